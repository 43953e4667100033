//! The stage: the B-scan in its proportions, with pointer, wheel and swipe.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{PointerEvent, WheelEvent};

use super::corners::{BottomLeft, BottomRight, TopLeft, TopRight};
use super::draft::Draft;
use super::placement::{pixel_aspect, place};
use super::read_out::ReadOut;
use super::{overlay, picture};
use crate::canvas::drag::{Drag, STILL};
use crate::canvas::image::Placement;
use crate::canvas::pinch::Pinch;
use crate::canvas::surface::Surface;
use crate::canvas::wheel;
use crate::effects::Page;
use crate::model::{EngineStatus, HandInput, Input, Model, ViewInput, Window, Zoom};
use crate::words::{correcting, shell, use_words, viewer};

/// Travel of a finger for one B-scan, CSS pixels.
const SWIPE_PER_BSCAN: f64 = 14.0;

/// What a drag on the stage does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// It moves the enlarged B-scan: with Shift, the middle button, or a finger.
    Move,
    /// It sets window and level.
    Window,
    /// It scrolls through the scan: a finger, while the B-scan is whole.
    Scroll,
    /// It uses the tool in hand.
    Draw,
}

/// What was true when the pointer went down.
#[derive(Debug, Clone, Copy)]
struct Held {
    does: Does,
    bscan: i64,
    zoom: Zoom,
    window: Window,
}

/// The stage.
#[component]
pub fn Stage() -> impl IntoView {
    let page = Page::expect();
    let stage: NodeRef<Div> = NodeRef::new();
    let greys = Surface::in_element(stage);
    let over = greys.above();

    let proportions = page.memo(|model| {
        let scan = model.scan()?;
        let aspect = pixel_aspect(&scan.info.geometry, model.view.depth);
        Some((scan.info.columns, scan.info.rows, aspect, scan.zoom))
    });
    let placement: Memo<Option<Placement>> = Memo::new(move |_| {
        let (columns, rows, aspect, zoom) = proportions.get()?;
        let size = greys.size();
        Some(place((size.width, size.height), columns, rows, aspect, zoom))
    });
    picture::draw_on(greys, placement);
    overlay::draw_on(over, placement);
    let marks = greys.above();
    let draft = Draft::on(marks, placement);

    let zoom = move || page.peek(|model| model.scan().map(|scan| scan.zoom).unwrap_or_default());
    let look = move |wanted| page.send(Input::View(wanted));
    let steps = wheel::Steps::new();
    let on_wheel = move |event: WheelEvent| {
        event.prevent_default();
        if event.ctrl_key() {
            let delta = wheel::travel(&event);
            let Some(stage) = stage.get_untracked() else { return };
            let (bounds, size) = (stage.get_bounding_client_rect(), greys.size_now());
            let x = f64::from(event.client_x()) - bounds.left() - size.width / 2.0;
            let y = f64::from(event.client_y()) - bounds.top() - size.height / 2.0;
            return look(ViewInput::ZoomAt { factor: (-delta / 300.0).exp(), x, y });
        }
        let steps = steps.of(&event);
        if steps != 0 {
            page.send(Input::GoBy(steps));
        }
    };

    // The column and row of a pointer.
    let place_of = move |event: &PointerEvent| {
        let (at, (columns, rows, ..)) = (placement.get_untracked()?, proportions.get_untracked()?);
        let bounds = stage.get_untracked()?.get_bounding_client_rect();
        let part = |to: f64, from: f64, size: f64| (to - from) / size.max(1.0);
        let across = part(f64::from(event.client_x()) - bounds.left(), at.x, at.width);
        let down = part(f64::from(event.client_y()) - bounds.top(), at.y, at.height);
        Some([across * f64::from(columns), down * f64::from(rows)])
    };
    let (pointed_at, point_at) = signal(None::<[f64; 2]>);
    let pinch = Pinch::new();
    let drag: Drag<Held> = Drag::on(stage);
    let on_down = move |event: PointerEvent| {
        if pinch.press(&event) {
            // The second finger: no stroke was meant.
            draft.end();
            return drag.release();
        }
        let held = page.peek(|model| {
            let does = if event.button() == 1 || event.shift_key() {
                Does::Move
            } else if model.hand.tool.is_some() {
                Does::Draw
            } else if event.pointer_type() == "mouse" {
                Does::Window
            } else if zoom().is_enlarged() {
                Does::Move
            } else {
                Does::Scroll
            };
            let bscan = i64::from(model.scan().map_or(0, |scan| scan.cursor.bscan));
            Held { does, bscan, zoom: zoom(), window: model.view.window }
        });
        if event.button() == 1 {
            // Else the browser begins to scroll by itself.
            event.prevent_default();
        }
        if held.does == Does::Draw
            && event.button() == 0
            && let Some(at) = place_of(&event)
        {
            draft.go_to(at);
        }
        drag.press(&event, held);
    };
    let on_move = move |event: PointerEvent| {
        if event.pointer_type() != "touch" {
            let at = place_of(&event);
            point_at.set(at);
            draft.point(at);
        }
        if let Some(step) = pinch.travel(&event) {
            let Some(stage) = stage.get_untracked() else { return };
            let (bounds, size) = (stage.get_bounding_client_rect(), greys.size_now());
            let x = step.middle[0] - bounds.left() - size.width / 2.0;
            let y = step.middle[1] - bounds.top() - size.height / 2.0;
            look(ViewInput::ZoomAt { factor: step.factor, x, y });
            let now = zoom();
            return look(ViewInput::ShiftTo { x: now.dx + step.travel[0], y: now.dy + step.travel[1] });
        }
        let Some((dx, dy, held)) = drag.travel(&event) else { return };
        if held.does == Does::Draw {
            return place_of(&event).into_iter().for_each(|at| draft.go_to(at));
        }
        if dx.hypot(dy) < STILL && held.does != Does::Scroll {
            return;
        }
        match held.does {
            Does::Move => look(ViewInput::ShiftTo { x: held.zoom.dx + dx, y: held.zoom.dy + dy }),
            Does::Window => look(ViewInput::Window(held.window.dragged(dx, dy))),
            Does::Scroll => {
                page.send(Input::GoTo(held.bscan - (dx / SWIPE_PER_BSCAN).trunc() as i64));
            }
            Does::Draw => {}
        }
    };
    let on_up = move |event: PointerEvent| {
        pinch.release(&event);
        let ended = drag.ended(&event);
        if ended.is_some_and(|(.., held)| held.does == Does::Draw) {
            drag.release();
            return page.send(Input::Hand(HandInput::Used(draft.end())));
        }
        // A press that went nowhere points at a place.
        if let Some((dx, dy, _)) = ended
            && dx.hypot(dy) < STILL
            && let Some([column, row]) = place_of(&event)
        {
            page.send(Input::PointAt { column, row: Some(row) });
        }
        drag.release();
    };
    let release = move |event: PointerEvent| {
        pinch.release(&event);
        draft.end();
        drag.release();
    };
    let leave = move |_| {
        point_at.set(None);
        draft.point(None);
    };

    let draws = page.memo(|model| model.hand.tool.is_some());
    let is_enlarged = page.memo(|model| model.scan().is_some_and(|scan| scan.zoom.is_enlarged()));
    let t = use_words();
    let label = page.memo(label);
    let note = page.memo(note);
    let lacks_picture = page.memo_scan(|scan| {
        let bscan = scan.cursor.bscan as usize;
        scan.measurement.as_ref().is_some_and(|measurement| measurement.without_picture.contains(&bscan))
    });
    view! {
        <div class="stage" node_ref=stage class:is-zoomed=move || is_enlarged.get() class:is-drawn-on=move || draws.get()
            tabindex=move || draws.get().then_some("0") data-draws=move || draws.get().then_some("")
            aria-label=move || draws.get().then(|| t(correcting::STAGE_HELP).to_owned())

            on:wheel=on_wheel on:pointerdown=on_down on:pointermove=on_move
            on:pointerup=on_up on:pointercancel=release on:pointerleave=leave
            on:dblclick=move |_| {
                if !draws.get_untracked() {
                    look(ViewInput::Fit);
                }
            }>
            <canvas class="layer" data-testid="bscan-canvas" node_ref=greys.canvas() role="img" aria-label=label></canvas>
            <canvas class="layer" data-testid="overlay-canvas" node_ref=over.canvas() aria-hidden="true"></canvas>
            <canvas class="layer" data-testid="draft-canvas" node_ref=marks.canvas() aria-hidden="true"></canvas>
            <TopLeft />
            <TopRight />
            <BottomLeft placement />
            <BottomRight />
            <ReadOut at=pointed_at />
            <Show when=move || lacks_picture.get() == Some(true)>
                <p class="stage-note no-picture" role="status" data-testid="no-picture">
                    <span>{t(viewer::NO_PICTURE)}</span>
                </p>
            </Show>
            {move || note.get().map(|note| view! { <p class="stage-note" role="status">{note}</p> })}
        </div>
    }
}

/// What the stage shows, for who does not see it.
fn label(model: &Model) -> String {
    match model.scan() {
        Some(scan) => {
            let (number, info) = (scan.cursor.bscan + 1, &scan.info);
            viewer::bscan_of(model.locale, number, info.bscans, &info.name)
        }
        None => viewer::NO_VOLUME.say(model.locale).to_owned(),
    }
}

/// Why there is no picture, or `None` where there is one.
fn note(model: &Model) -> Option<String> {
    let locale = model.locale;
    let Some(scan) = model.scan() else {
        return Some(match model.scans.opening_name(locale) {
            Some(name) => shell::opening(locale, &name),
            None if model.engine.status == EngineStatus::Loading => viewer::STARTING.say(locale).to_owned(),
            None => viewer::NO_VOLUME_NOTE.say(locale).to_owned(),
        });
    };
    let bscan = scan.cursor.bscan;
    scan.bscans.picture(bscan).is_none().then(|| viewer::reading(locale, bscan + 1))
}
