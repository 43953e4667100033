//! Switches under the stage.

use leptos::prelude::*;
use oct::{Axis, FluidClass};

use super::scene::SceneButton;
use crate::effects::Page;
use crate::model::{Input, ViewInput};
use crate::words::slug;

/// The toolbar.
#[component]
pub fn Toolbar() -> impl IntoView {
    let page = Page::expect();
    let ask = move |wanted| page.send(Input::View(wanted));
    let view = page.memo(|model| model.view.clone());
    let has_both_spacings = page.memo(|model| {
        model.scan().is_some_and(|scan| {
            let geometry = &scan.info.geometry;
            [Axis::Axial, Axis::Lateral].iter().all(|axis| geometry.trusted_mm(*axis).is_some())
        })
    });
    let boundaries = page.memo_scan(|scan| scan.info.surfaces.join(", "));
    let has_boundaries = move || boundaries.with(|names| names.as_ref().is_some_and(|n| !n.is_empty()));
    let boundary_names = move || {
        let names = boundaries.get().unwrap_or_default();
        format!("Layer boundaries as the device stored them: {names} (key L)")
    };
    let classes = FluidClass::ALL.map(|class| {
        view! {
            <button class=format!("chip chip-{}", slug(class)) data-testid=format!("toggle-{}", slug(class))
                aria-pressed=move || view.with(|view| view.is_visible(class)).to_string()
                title=format!("{} (key {})", class.name(), class.label())
                on:click=move |_| ask(ViewInput::Toggle(class))>
                <i class="swatch" aria-hidden="true"></i>
                {class.abbreviation()}
                <kbd aria-hidden="true">{class.label()}</kbd>
            </button>
        }
    });

    view! {
        <div class="toolbar" role="toolbar" aria-label="What is shown">
            <div class="toolbar-group">
                {classes}
            </div>
            <div class="toolbar-group">
                <button class="chip" data-testid="toggle-overlay" aria-pressed=move || view.with(|view| view.overlay).to_string()
                    title="Show or hide all masks (space or M; hold H to look beneath)"
                    on:click=move |_| ask(ViewInput::ToggleOverlay)>
                    "Overlay" <kbd aria-hidden="true">"M"</kbd>
                </button>
                <label class="opacity">
                    <span>"Fill"</span>
                    <input type="range" min="0" max="100" step="1" data-testid="opacity"
                        aria-label="Opacity of the fill in per cent"
                        prop:value=move || (view.with(|view| view.opacity) * 100.0).round().to_string()
                        on:input:target=move |event| {
                            if let Ok(percent) = event.target().value().parse::<f64>() {
                                ask(ViewInput::Opacity(percent / 100.0));
                            }
                        } />
                    <output>{move || format!("{:.0} %", view.with(|view| view.opacity) * 100.0)}</output>
                </label>
            </div>
            <div class="toolbar-group toolbar-end">
                <SceneButton />
                <button class="chip" data-testid="toggle-similarity"
                    aria-pressed=move || view.with(|view| view.similarity).to_string()
                    title="Where the network kept fine detail and where it trusted meaning (key S)"
                    on:click=move |_| ask(ViewInput::ToggleSimilarity)>
                    "Similarity map" <kbd aria-hidden="true">"S"</kbd>
                </button>
                <Show when=has_boundaries>
                    <button class="chip" data-testid="toggle-boundaries"
                        aria-pressed=move || view.with(|view| view.boundaries).to_string()
                        title=boundary_names
                        on:click=move |_| ask(ViewInput::ToggleBoundaries)>
                        "Layers" <kbd aria-hidden="true">"L"</kbd>
                    </button>
                </Show>
                <Show when=move || has_both_spacings.get()>
                    <button class="chip" data-testid="toggle-depth"
                        aria-pressed=move || (view.with(|view| view.depth) > 1).to_string()
                        title="True proportions, or depth drawn two or three times larger (key D)"
                        on:click=move |_| ask(ViewInput::NextDepth)>
                        {move || format!("Depth ×{}", view.with(|view| view.depth))} <kbd aria-hidden="true">"D"</kbd>
                    </button>
                </Show>
            </div>
        </div>
    }
}
