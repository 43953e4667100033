//! Switches under the stage.

use leptos::prelude::*;
use oct::{Axis, FluidClass};

use super::scene::SceneButton;
use crate::effects::Page;
use crate::model::{Input, Scan, ViewInput};
use crate::words::{looking, slug, use_words, viewer};

/// The toolbar.
#[component]
pub fn Toolbar() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let ask = move |wanted| page.send(Input::View(wanted));
    let view = page.memo(|model| model.view.clone());
    let has_both_spacings = page.memo(|model| {
        model.scan().is_some_and(|scan| {
            let geometry = &scan.info.geometry;
            [Axis::Axial, Axis::Lateral].iter().all(|axis| geometry.trusted_mm(*axis).is_some())
        })
    });
    let has_neighbours = page.memo(|model| model.scan().is_some_and(Scan::has_neighbours));
    let boundaries = page.memo_scan(|scan| scan.info.surfaces.join(", "));
    let has_boundaries = move || boundaries.with(|names| names.as_ref().is_some_and(|n| !n.is_empty()));
    let boundary_names = move || {
        let names = boundaries.get().unwrap_or_default();
        viewer::layers_title(locale.get(), &names)
    };
    let classes = FluidClass::ALL.map(|class| {
        view! {
            <button class=format!("chip chip-{}", slug(class)) data-testid=format!("toggle-{}", slug(class))
                aria-pressed=move || view.with(|view| view.is_visible(class)).to_string()
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
                <button class="chip" data-testid="toggle-overlay" aria-pressed=move || view.with(|view| view.overlay).to_string()
                    title=t(viewer::OVERLAY_TITLE)
                    on:click=move |_| ask(ViewInput::ToggleOverlay)>
                    {t(viewer::OVERLAY)} <kbd aria-hidden="true">"M"</kbd>
                </button>
                <label class="opacity">
                    <span>{t(viewer::FILL)}</span>
                    <input type="range" min="0" max="100" step="1" data-testid="opacity"
                        aria-label=t(viewer::OPACITY)
                        prop:value=move || (view.with(|view| view.opacity) * 100.0).round().to_string()
                        on:input:target=move |event| {
                            if let Ok(percent) = event.target().value().parse::<f64>() {
                                ask(ViewInput::Opacity(percent / 100.0));
                            }
                        } />
                    <output>{move || format!("{:.0} %", view.with(|view| view.opacity) * 100.0)}</output>
                </label>
            </div>
            <div class="toolbar-group">
                <button class="chip" data-testid="toggle-patterns"
                    aria-pressed=move || view.with(|view| view.patterns).to_string()
                    title=t(looking::PATTERNS_TITLE)
                    on:click=move |_| ask(ViewInput::TogglePatterns)>
                    {t(looking::PATTERNS)} <kbd aria-hidden="true">"P"</kbd>
                </button>
                <button class="chip" data-testid="window" title=t(looking::WINDOW_TITLE)
                    aria-pressed=move || (!view.with(|view| view.window.is_default())).to_string()
                    on:click=move |_| ask(ViewInput::NextWindow)>
                    {move || looking::window(locale.get(), view.with(|view| view.window))} <kbd aria-hidden="true">"W"</kbd>
                </button>
                <Show when=move || has_neighbours.get()>
                    <button class="chip" data-testid="toggle-mean" title=t(looking::MEAN_TITLE)
                        aria-pressed=move || (view.with(|view| view.mean_of) > 1).to_string()
                        on:click=move |_| ask(ViewInput::NextMean)>
                        {move || looking::mean_of(locale.get(), view.with(|view| view.mean_of))} <kbd aria-hidden="true">"A"</kbd>
                    </button>
                </Show>
            </div>
            <div class="toolbar-group toolbar-end">
                <Show when=move || has_neighbours.get()>
                    <button class="chip" data-testid="views" title=t(looking::VIEWS_TITLE)
                        aria-pressed=move || view.with(|view| view.views.has_front()).to_string()
                        on:click=move |_| ask(ViewInput::NextViews)>
                        {move || looking::views(view.with(|view| view.views)).say(locale.get())} <kbd aria-hidden="true">"V"</kbd>
                    </button>
                </Show>
                <button class="chip" data-testid="toggle-doubt"
                    aria-pressed=move || view.with(|view| view.doubt).to_string()
                    title=t(looking::DOUBT_TITLE)
                    on:click=move |_| ask(ViewInput::ToggleDoubt)>
                    {t(looking::DOUBT)} <kbd aria-hidden="true">"U"</kbd>
                </button>
                <button class="chip" data-testid="toggle-layers"
                    aria-pressed=move || view.with(|view| view.layers).to_string()
                    title=t(looking::LAYERS_TITLE)
                    on:click=move |_| ask(ViewInput::ToggleLayers)>
                    {t(looking::LAYERS)} <kbd aria-hidden="true">"R"</kbd>
                </button>
                <SceneButton />
                <button class="chip" data-testid="toggle-similarity"
                    aria-pressed=move || view.with(|view| view.similarity).to_string()
                    title=t(viewer::SIMILARITY_TITLE)
                    on:click=move |_| ask(ViewInput::ToggleSimilarity)>
                    {t(viewer::SIMILARITY)} <kbd aria-hidden="true">"S"</kbd>
                </button>
                <Show when=has_boundaries>
                    <button class="chip" data-testid="toggle-boundaries"
                        aria-pressed=move || view.with(|view| view.boundaries).to_string()
                        title=boundary_names
                        on:click=move |_| ask(ViewInput::ToggleBoundaries)>
                        {t(viewer::LAYERS)} <kbd aria-hidden="true">"L"</kbd>
                    </button>
                </Show>
                <Show when=move || has_both_spacings.get()>
                    <button class="chip" data-testid="toggle-depth"
                        aria-pressed=move || (view.with(|view| view.depth) > 1).to_string()
                        title=t(viewer::DEPTH_TITLE)
                        on:click=move |_| ask(ViewInput::NextDepth)>
                        {move || viewer::depth(locale.get(), view.with(|view| view.depth))} <kbd aria-hidden="true">"D"</kbd>
                    </button>
                </Show>
            </div>
        </div>
    }
}
