//! Switches under the stage.

use leptos::prelude::*;
use oct::{Axis, FluidClass};

use super::scene::SceneButton;
use crate::effects::Page;
use crate::model::{Input, Model, Scan, ViewInput};
use crate::words::{Text, looking, slug, use_words, viewer};

/// A switch of the viewer, as data: what it says, whether it is on, what it asks for.
#[derive(Clone, Copy)]
struct Switch {
    id: &'static str,
    key: &'static str,
    title: fn(&Model) -> String,
    words: fn(&Model) -> String,
    is_on: fn(&Model) -> bool,
    is_there: fn(&Model) -> bool,
    wanted: ViewInput,
}

const OVERLAY: Switch = Switch {
    id: "toggle-overlay",
    key: "M",
    title: |model| said(model, viewer::OVERLAY_TITLE),
    words: |model| said(model, viewer::OVERLAY),
    is_on: |model| model.view.overlay,
    is_there: always,
    wanted: ViewInput::ToggleOverlay,
};

/// Ways of showing the B-scan.
const OF_BSCAN: [Switch; 3] = [
    Switch {
        id: "toggle-patterns",
        key: "P",
        title: |model| said(model, looking::PATTERNS_TITLE),
        words: |model| said(model, looking::PATTERNS),
        is_on: |model| model.view.patterns,
        is_there: always,
        wanted: ViewInput::TogglePatterns,
    },
    Switch {
        id: "window",
        key: "W",
        title: |model| said(model, looking::WINDOW_TITLE),
        words: |model| looking::window(model.locale, model.view.window),
        is_on: |model| !model.view.window.is_default(),
        is_there: always,
        wanted: ViewInput::NextWindow,
    },
    Switch {
        id: "toggle-mean",
        key: "A",
        title: |model| said(model, looking::MEAN_TITLE),
        words: |model| looking::mean_of(model.locale, model.view.mean_of),
        is_on: |model| model.view.mean_of > 1,
        is_there: has_neighbours,
        wanted: ViewInput::NextMean,
    },
];

/// What stands beside the B-scan or lies over it.
const BESIDE: [Switch; 3] = [
    Switch {
        id: "views",
        key: "V",
        title: |model| said(model, looking::VIEWS_TITLE),
        words: |model| said(model, looking::views(model.view.views)),
        is_on: |model| model.view.views.has_front(),
        is_there: |model| is_open(model) && has_neighbours(model),
        wanted: ViewInput::NextViews,
    },
    Switch {
        id: "toggle-doubt",
        key: "U",
        title: |model| said(model, looking::DOUBT_TITLE),
        words: |model| said(model, looking::DOUBT),
        is_on: |model| model.view.doubt,
        is_there: is_open,
        wanted: ViewInput::ToggleDoubt,
    },
    Switch {
        id: "toggle-layers",
        key: "R",
        title: |model| said(model, looking::LAYERS_TITLE),
        words: |model| said(model, looking::LAYERS),
        is_on: |model| model.view.layers,
        is_there: is_open,
        wanted: ViewInput::ToggleLayers,
    },
];

/// The rest, after the view in space.
const MORE: [Switch; 3] = [
    Switch {
        id: "toggle-similarity",
        key: "S",
        title: |model| said(model, viewer::SIMILARITY_TITLE),
        words: |model| said(model, viewer::SIMILARITY),
        is_on: |model| model.view.similarity,
        is_there: is_open,
        wanted: ViewInput::ToggleSimilarity,
    },
    Switch {
        id: "toggle-boundaries",
        key: "L",
        title: |model| viewer::layers_title(model.locale, &surfaces(model)),
        words: |model| said(model, viewer::LAYERS),
        is_on: |model| model.view.boundaries,
        is_there: |model| is_open(model) && !surfaces(model).is_empty(),
        wanted: ViewInput::ToggleBoundaries,
    },
    Switch {
        id: "toggle-depth",
        key: "D",
        title: |model| said(model, viewer::DEPTH_TITLE),
        words: |model| viewer::depth(model.locale, model.view.depth),
        is_on: |model| model.view.depth > 1,
        is_there: |model| {
            let knows = |scan: &Scan, axis| scan.info.geometry.trusted_mm(axis).is_some();
            model.scan().is_some_and(|scan| knows(scan, Axis::Axial) && knows(scan, Axis::Lateral))
        },
        wanted: ViewInput::NextDepth,
    },
];

fn said(model: &Model, text: Text) -> String {
    text.say(model.locale).to_owned()
}

/// Whether nobody is to find the fluid by themselves.
fn is_open(model: &Model) -> bool {
    model.find.is_none()
}

fn always(_: &Model) -> bool {
    true
}

fn has_neighbours(model: &Model) -> bool {
    model.scan().is_some_and(Scan::has_neighbours)
}

/// Names of the boundaries that the device stored.
fn surfaces(model: &Model) -> String {
    model.scan().map(|scan| scan.info.surfaces.join(", ")).unwrap_or_default()
}

fn chip(switch: Switch) -> impl IntoView {
    let page = Page::expect();
    let Switch { id, key, wanted, .. } = switch;
    let (title, words) = (page.memo(switch.title), page.memo(switch.words));
    let (is_on, is_there) = (page.memo(switch.is_on), page.memo(switch.is_there));
    view! {
        <Show when=move || is_there.get()>
            <button class="chip" data-testid=id title=title aria-pressed=move || is_on.get().to_string()
                on:click=move |_| page.send(Input::View(wanted))>
                {words} " " <kbd aria-hidden="true">{key}</kbd>
            </button>
        </Show>
    }
}

/// The toolbar.
#[component]
pub fn Toolbar() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let ask = move |wanted| page.send(Input::View(wanted));
    let visible = page.memo(|model| model.view.visible);
    let opacity = page.memo(|model| model.view.opacity * 100.0);
    let classes = FluidClass::ALL.map(|class| {
        view! {
            <button class=format!("chip chip-{}", slug(class)) data-testid=format!("toggle-{}", slug(class))
                aria-pressed=move || visible.get()[class.index()].to_string()
                title=move || viewer::class_title(locale.get(), class)
                on:click=move |_| ask(ViewInput::Toggle(class))>
                <i class="swatch" aria-hidden="true"></i>
                {class.abbreviation()}
                <kbd aria-hidden="true">{class.label()}</kbd>
            </button>
        }
    });

    view! {
        <div class="toolbar" role="toolbar" aria-label=t(viewer::WHAT_IS_SHOWN)>
            <div class="toolbar-group">
                {classes}
            </div>
            <div class="toolbar-group">
                {chip(OVERLAY)}
                <label class="opacity">
                    <span>{t(viewer::FILL)}</span>
                    <input type="range" min="0" max="100" step="1" data-testid="opacity"
                        aria-label=t(viewer::OPACITY)
                        prop:value=move || opacity.get().round().to_string()
                        on:input:target=move |event| {
                            if let Ok(percent) = event.target().value().parse::<f64>() {
                                ask(ViewInput::Opacity(percent / 100.0));
                            }
                        } />
                    <output>{move || format!("{:.0} %", opacity.get())}</output>
                </label>
            </div>
            <div class="toolbar-group">{OF_BSCAN.map(chip)}</div>
            <div class="toolbar-group toolbar-end">
                {BESIDE.map(chip)}
                <SceneButton />
                {MORE.map(chip)}
            </div>
        </div>
    }
}
