//! The fluid in space, in a dialog over the page. What draws is loaded only while it is open;
//! it is to look at: no figure comes from it, and each is on the page without it.

use leptos::html::{Dialog, Div};
use leptos::prelude::*;
use oct::FluidClass;
use web_sys::{KeyboardEvent, PointerEvent, WheelEvent};

use super::orbit::{Fingers, Gesture};
use super::{keyboard, scene_link};
use crate::canvas::surface::Surface;
use crate::canvas::wheel;
use crate::dialog;
use crate::effects::Page;
use crate::model::scene::ZOOM_STEP;
use crate::model::scene_volume::{is_to_scale, size_mm, why_no_scene};
use crate::model::{Input, Model, SceneInput, SceneStatus, Standpoint, ViewInput};
use crate::words::scene::Seen;
use crate::words::{Text, names, scene, shell, slug, use_words, viewer};

/// How far a hand turns the scan, degrees for each CSS pixel.
const DRAG_DEG: f64 = 0.4;
/// Travel of a wheel that enlarges by e.
const WHEEL_FOR_E: f64 = 600.0;

/// The button that opens the view.
#[component]
pub fn SceneButton() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let is_open = page.memo(|model| model.scene.is_open);
    let has_scan = page.memo(|model| model.scan().is_some());
    view! {
        <button class="chip unless-finding" data-testid="open-scene" aria-haspopup="dialog"
            aria-pressed=move || is_open.get().to_string()
            disabled=move || !has_scan.get()
            title=t(scene::BUTTON_TITLE)
            on:click=move |_| page.send(Input::Scene(SceneInput::Toggle))>
            {t(scene::BUTTON)} <kbd aria-hidden="true">"O"</kbd>
        </button>
    }
}

/// The dialog; empty while it is closed. The browser gives the focus back to what had it.
#[component]
pub fn SceneDialog() -> impl IntoView {
    let page = Page::expect();
    let dialog: NodeRef<Dialog> = NodeRef::new();
    let is_open = page.memo(|model| model.scene.is_open);
    let ask = move |input| page.send(Input::Scene(input));
    let on_close = dialog::follow(dialog, is_open, move || ask(SceneInput::Close));
    let on_key = move |event: KeyboardEvent| {
        // The browser closes the dialog itself, and the run behind it goes on.
        if event.key() == "Escape" {
            event.stop_propagation();
        }
    };
    view! {
        <dialog class="scene" node_ref=dialog data-testid="scene" aria-labelledby="scene-title"
            on:keydown=on_key on:cancel=move |_: web_sys::Event| ask(SceneInput::Close) on:close=move |_: web_sys::Event| on_close()>
            <Show when=move || is_open.get()>
                <Contents />
            </Show>
        </dialog>
    }
}

#[component]
fn Contents() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let name = page.memo(|model| model.scan().map(|scan| scan.info.name.clone()).unwrap_or_default());
    let why_not = page.memo(|model| model.scan().and_then(why_no_scene));
    view! {
        <header class="scene-head">
            <h2 id="scene-title">{t(scene::TITLE)}</h2>
            <span class="quiet scene-name">{name}</span>
            <button class="button button-quiet button-icon" data-testid="close-scene"
                aria-label=t(scene::CLOSE) title=t(scene::CLOSE)
                on:click=move |_| page.send(Input::Scene(SceneInput::Close))>
                "×"
            </button>
        </header>
        {move || match why_not.get() {
            Some(why) => view! { <p class="scene-refusal" data-testid="scene-refusal">{why}</p> }.into_any(),
            None => view! { <Picture /><Switches /> }.into_any(),
        }}
    }
}

/// The picture, with hands and keys on it.
#[component]
fn Picture() -> impl IntoView {
    let page = Page::expect();
    let locale = page.locale();
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);
    scene_link::draw_on(surface);
    Effect::new(move |_| {
        if let Some(holder) = holder.get() {
            // A picture that is not shown takes no focus.
            drop(holder.focus());
        }
    });

    let ask = move |input| page.send(Input::Scene(input));
    let fingers = StoredValue::new(Fingers::default());
    let at = |event: &PointerEvent| [f64::from(event.client_x()), f64::from(event.client_y())];
    let on_down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(holder) = holder.get_untracked() {
            // Only a pointer that is gone already cannot be captured.
            drop(holder.set_pointer_capture(event.pointer_id()));
        }
        fingers.update_value(|fingers| fingers.press(event.pointer_id(), at(&event)));
    };
    let on_move = move |event: PointerEvent| {
        let travel = |fingers: &mut Fingers| fingers.travel(event.pointer_id(), at(&event));
        match fingers.try_update_value(travel).flatten() {
            Some(Gesture::Turn([dx, dy])) => ask(SceneInput::Turn {
                yaw_deg: (-dx * DRAG_DEG) as f32,
                pitch_deg: (dy * DRAG_DEG) as f32,
                by_hand: true,
            }),
            Some(Gesture::Pinch(factor)) => ask(SceneInput::Zoom { factor: factor as f32, by_hand: true }),
            None => {}
        }
    };
    let release = move |event: PointerEvent| {
        fingers.update_value(|fingers| fingers.release(event.pointer_id()));
    };
    let on_wheel = move |event: WheelEvent| {
        event.prevent_default();
        let factor = (-wheel::travel(&event) / WHEEL_FOR_E).exp() as f32;
        ask(SceneInput::Zoom { factor, by_hand: true });
    };
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if let Some(input) = keyboard::asked_in_space(&event.key()) {
            event.prevent_default();
            event.stop_propagation();
            ask(input);
        }
    };

    let triangles = page.memo(|model| match &model.scene.status {
        SceneStatus::Drawn(triangles) => triangles.map(|count| count.to_string()).join(" "),
        SceneStatus::Loading | SceneStatus::Failed(_) => String::new(),
    });
    let alternative = page
        .memo(|model| seen(model).map(|seen| scene::alternative(model.locale, &seen)).unwrap_or_default());
    let note = page.memo(note);
    let is_failed = page.memo(|model| matches!(model.scene.status, SceneStatus::Failed(_)));
    let size = page.memo(|model| {
        let scan = model.scan()?;
        Some(if is_to_scale(scan) {
            scene::size(model.locale, size_mm(scan))
        } else {
            scene::NOT_TO_SCALE.say(model.locale).to_owned()
        })
    });
    view! {
        <div class="scene-picture" node_ref=holder data-testid="scene-picture" role="img" tabindex="0" autofocus=true
            aria-label=alternative data-triangles=triangles
            on:pointerdown=on_down on:pointermove=on_move on:pointerup=release on:pointercancel=release
            on:wheel=on_wheel on:keydown=on_key
            on:dblclick=move |_| ask(SceneInput::StandAt(Standpoint::Start))>
            <canvas class="layer" data-testid="scene-canvas" node_ref=surface.canvas() aria-hidden="true"></canvas>
            <span class="scene-size" aria-hidden="true">{move || size.get()}</span>
        </div>
        <p class="scene-note" data-testid="scene-note" role=move || if is_failed.get() { "alert" } else { "status" }>
            {move || note.get().map(|note| note.say(locale.get()))}
        </p>
    }
}

/// Switches, places to look from, and the way through the scan.
#[component]
fn Switches() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let ask = move |input| page.send(Input::Scene(input));
    let view = page.memo(|model| model.view.clone());
    let depth = page.memo(|model| model.scene.depth);
    let place = page.memo(|model| model.scan().map_or((0, 0), |scan| (scan.cursor.bscan, scan.info.bscans)));
    let position = move || format!("{} / {}", place.get().0 + 1, place.get().1);
    let classes = FluidClass::ALL.map(|class| {
        view! {
            <button class=format!("chip chip-{}", slug(class)) data-testid=format!("scene-toggle-{}", slug(class))
                aria-pressed=move || view.with(|view| view.is_visible(class)).to_string()
                title=t(names::fluid(class))
                on:click=move |_| page.send(Input::View(ViewInput::Toggle(class)))>
                <i class="swatch" aria-hidden="true"></i>
                {class.abbreviation()}
            </button>
        }
    });
    let stand = [
        ("scene-above", scene::ABOVE, Standpoint::Above),
        ("scene-front", scene::FRONT, Standpoint::Front),
        ("scene-side", scene::SIDE, Standpoint::Side),
        ("scene-reset", scene::RESET, Standpoint::Start),
    ]
    .map(|(id, words, standpoint)| {
        view! {
            <button class="chip" data-testid=id on:click=move |_| ask(SceneInput::StandAt(standpoint))>
                {t(words)}
            </button>
        }
    });
    let zoom = [
        ("scene-zoom-out", "−", viewer::ZOOM_OUT, 1.0 / ZOOM_STEP),
        ("scene-zoom-in", "+", viewer::ZOOM_IN, ZOOM_STEP),
    ]
    .map(|(id, sign, words, factor)| {
        view! {
            <button class="chip" data-testid=id aria-label=t(words) title=t(words)
                on:click=move |_| ask(SceneInput::Zoom { factor, by_hand: false })>
                {sign}
            </button>
        }
    });
    view! {
        <div class="scene-switches" role="group" aria-label=t(scene::TOOLBAR)>
            <div class="toolbar-group">{classes}</div>
            <div class="toolbar-group">{stand}</div>
            <div class="toolbar-group">
                {zoom}
                <button class="chip" data-testid="scene-depth"
                    aria-pressed=move || (depth.get() > 1).to_string()
                    title=t(viewer::DEPTH_TITLE)
                    on:click=move |_| ask(SceneInput::NextDepth)>
                    {move || viewer::depth(locale.get(), depth.get())}
                </button>
            </div>
            <label class="scene-slider">
                <span>{t(viewer::BSCAN)}</span>
                <input type="range" data-testid="scene-slider" min="1" step="1"
                    prop:max=move || place.get().1.max(1).to_string()
                    prop:value=move || (place.get().0 + 1).to_string()
                    aria-valuetext=position
                    on:input:target=move |event| {
                        if let Ok(number) = event.target().value().parse::<i64>() {
                            page.send(Input::GoTo(number - 1));
                        }
                    } />
                <output data-testid="scene-position">{position}</output>
            </label>
        </div>
        <p class="scene-hint quiet"><span>{t(scene::HINT)}" "{t(scene::NO_FIGURES)}</span>" "{t(shell::RESEARCH_USE)}</p>
    }
}

/// What there is to be said over the picture; `None` where it speaks for itself.
fn note(model: &Model) -> Option<Text> {
    let has_results = model.scan().is_some_and(|scan| scan.has_results());
    match &model.scene.status {
        SceneStatus::Failed(failure) => Some(scene::failure(failure)),
        SceneStatus::Loading => Some(scene::LOADING),
        SceneStatus::Drawn(_) if !has_results => Some(scene::NOT_MEASURED),
        SceneStatus::Drawn([0, 0, 0]) => Some(scene::NO_FLUID),
        SceneStatus::Drawn(_) => None,
    }
}

/// What is seen, for who does not see it.
fn seen(model: &Model) -> Option<Seen> {
    let scan = model.scan()?;
    let with = |class: FluidClass| {
        let voxels = scan.measurement.iter().flat_map(|found| &found.class(class).voxels_per_bscan);
        voxels.flatten().filter(|voxels| **voxels > 0).count() as u32
    };
    Some(Seen {
        bscans_with: FluidClass::ALL.map(with),
        visible: model.view.visible,
        measured: scan.measured_bscans() as u32,
        bscans: scan.info.bscans,
        marked: scan.cursor.bscan + 1,
        camera: model.scene.camera,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_of_a_scan_that_is_not_there() {
        assert_eq!(seen(&Model::default()), None);
        assert_eq!(note(&Model::default()), Some(scene::LOADING));
    }
}
