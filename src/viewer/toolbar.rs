//! Switches under the stage.

use leptos::prelude::*;
use oct::FluidClass;

use super::view_settings::{ViewSettings, slug};
use crate::session::Session;

/// The toolbar.
#[component]
pub fn Toolbar() -> impl IntoView {
    let session = Session::expect();
    let settings = ViewSettings::expect();
    let has_both_spacings = move || {
        session.volume.with(|v| {
            v.as_ref().is_some_and(|v| v.geometry.axial.mm().is_some() && v.geometry.lateral.mm().is_some())
        })
    };
    let has_boundaries = move || session.volume.with(|v| v.as_ref().is_some_and(|v| !v.surfaces.is_empty()));
    let boundary_names = move || {
        let names = session.volume.with(|v| v.as_ref().map(|v| v.surfaces.join(", ")).unwrap_or_default());
        format!("Layer boundaries as the device stored them: {names} (key L)")
    };
    let classes = FluidClass::ALL.map(|class| {
        let visible = settings.visible(class);
        view! {
            <button class=format!("chip chip-{}", slug(class)) data-testid=format!("toggle-{}", slug(class))
                aria-pressed=move || visible.get().to_string()
                title=format!("{} (key {})", class.name(), class.label())
                on:click=move |_| visible.update(|on| *on = !*on)>
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
                <button class="chip" data-testid="toggle-overlay" aria-pressed=move || settings.overlay.get().to_string()
                    title="Show or hide all masks (space or M; hold H to look beneath)"
                    on:click=move |_| settings.overlay.update(|on| *on = !*on)>
                    "Overlay" <kbd aria-hidden="true">"M"</kbd>
                </button>
                <label class="opacity">
                    <span>"Fill"</span>
                    <input type="range" min="0" max="100" step="1" data-testid="opacity"
                        aria-label="Opacity of the fill in per cent"
                        prop:value=move || (settings.opacity.get() * 100.0).round().to_string()
                        on:input:target=move |event| {
                            if let Ok(percent) = event.target().value().parse::<f64>() {
                                settings.opacity.set(percent / 100.0);
                            }
                        } />
                    <output>{move || format!("{:.0} %", settings.opacity.get() * 100.0)}</output>
                </label>
            </div>
            <div class="toolbar-group toolbar-end">
                <button class="chip" data-testid="toggle-similarity"
                    aria-pressed=move || session.similarity_wanted().get().to_string()
                    title="Where the network kept fine detail and where it trusted meaning (key S)"
                    on:click=move |_| session.show_similarity(!session.similarity_wanted().get_untracked())>
                    "Similarity map" <kbd aria-hidden="true">"S"</kbd>
                </button>
                <Show when=has_boundaries>
                    <button class="chip" data-testid="toggle-boundaries"
                        aria-pressed=move || settings.boundaries.get().to_string()
                        title=boundary_names
                        on:click=move |_| settings.boundaries.update(|on| *on = !*on)>
                        "Layers" <kbd aria-hidden="true">"L"</kbd>
                    </button>
                </Show>
                <Show when=has_both_spacings>
                    <button class="chip" data-testid="toggle-depth"
                        aria-pressed=move || (settings.depth.get() > 1).to_string()
                        title="True proportions, or depth drawn two or three times larger (key D)"
                        on:click=move |_| settings.next_depth()>
                        {move || format!("Depth ×{}", settings.depth.get())} <kbd aria-hidden="true">"D"</kbd>
                    </button>
                </Show>
            </div>
        </div>
    }
}
