//! What stands in the corners of the stage.

use leptos::prelude::*;
use oct::Axis;

use super::placement::scale_bar;
use crate::canvas::image::Placement;
use crate::effects::Page;
use crate::model::{Input, ViewInput};
use crate::words::{millimetres, names, use_words, viewer};

/// Which eye it is, and whether it is a generated one.
#[component]
pub fn TopLeft() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let eye = page.memo(|model| model.scan().and_then(|scan| scan.info.geometry.laterality));
    let is_sample = page.memo(|model| model.scan().is_some_and(|scan| scan.info.is_sample));
    view! {
        <div class="corner corner-top-left">
            {move || eye.get().map(|eye| view! { <abbr title=t(names::eye(eye))>{eye.abbreviation()}</abbr> })}
            <Show when=move || is_sample.get()>
                <span class="badge" data-testid="sample-badge">{t(viewer::SAMPLE)}</span>
            </Show>
        </div>
    }
}

/// Zoom buttons, and whether the B-scan in view is measured.
#[component]
pub fn TopRight() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let look = move |wanted| page.send(Input::View(wanted));
    let scale = page.memo(|model| model.scan().map_or(1.0, |scan| scan.zoom.scale));
    view! {
        <div class="corner corner-top-right">
            // What is pressed here is no grip on the B-scan, and twice in a row no wish to fit it.
            <div class="zoom" role="group" aria-label=t(viewer::ZOOM)
                on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>
                <Show when=move || { scale.get() > 1.0 }>
                    <button class="button button-small" data-testid="zoom-fit" title=t(viewer::FIT_TITLE)
                        on:click=move |_| look(ViewInput::Fit)>
                        {move || viewer::enlarged(locale.get(), scale.get())}
                    </button>
                    <button class="button button-small" data-testid="zoom-out" aria-label=t(viewer::ZOOM_OUT) title=t(viewer::ZOOM_OUT_TITLE)
                        on:click=move |_| look(ViewInput::ZoomOut)>"−"</button>
                </Show>
                <button class="button button-small" data-testid="zoom-in" aria-label=t(viewer::ZOOM_IN)
                    title=t(viewer::ZOOM_IN_TITLE)
                    on:click=move |_| look(ViewInput::ZoomIn)>"+"</button>
            </div>
            <BScanState />
        </div>
    }
}

/// Whether the B-scan in view is measured, in words: a scan without a mask must
/// never pass for a scan without fluid.
#[component]
fn BScanState() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let measured = page.memo_scan(|scan| scan.bscans.measured(scan.cursor.bscan).is_some());
    view! {
        {move || measured.get().map(|measured| view! {
            <span class="bscan-state" class:is-measured=measured data-testid="bscan-state">
                {t(if measured { viewer::MEASURED } else { viewer::NOT_MEASURED })}
            </span>
        })}
    }
}

/// Lateral and axial bar, each with its own scale: depth may be drawn larger.
#[component]
pub fn BottomLeft(
    /// Where the B-scan lies on the stage.
    placement: Memo<Option<Placement>>,
) -> impl IntoView {
    let page = Page::expect();
    let locale = page.locale();
    let size_mm = page.memo(|model| {
        let info = &model.scan()?.info;
        let lateral_mm = info.geometry.trusted_mm(Axis::Lateral)? * f64::from(info.columns);
        Some((lateral_mm, info.geometry.trusted_mm(Axis::Axial)? * f64::from(info.rows)))
    });
    let bars = move || {
        let (at, (lateral_mm, axial_mm)) = (placement.get()?, size_mm.get()?);
        let deepest = if at.height < 200.0 { 40.0 } else { 90.0 };
        Some((scale_bar(at.width / lateral_mm, 160.0)?, scale_bar(at.height / axial_mm, deepest)?))
    };
    view! {
        <div class="corner corner-bottom-left">
            {move || bars().map(|((across, width), (deep, height))| view! {
                <div class="scale-bar" role="img" data-testid="scale-bar"
                    aria-label=move || viewer::scale_bars(locale.get(), across, deep)>
                    <span class="scale-deep">{millimetres(deep)}</span>
                    <i style:width=format!("{width:.1}px") style:height=format!("{height:.1}px")></i>
                    <span>{millimetres(across)}</span>
                </div>
            })}
        </div>
    }
}

/// The legend of the similarity map.
#[component]
pub fn BottomRight() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let is_wanted = page.memo(|model| model.view.similarity);
    let maps =
        page.memo(|model| model.scan().map_or(0, |scan| scan.bscans.similarity(scan.cursor.bscan).len()));
    let level = page.memo(|model| model.view.similarity_level);
    let locale = page.locale();
    let levels = move || {
        let option = |at: usize| {
            view! {
                <option value=at.to_string() prop:selected=move || level.get() == at>{move || viewer::level(locale.get(), at)}</option>
            }
        };
        (0..maps.get()).map(option).collect_view()
    };
    let choose = move |at: String| {
        if let Ok(at) = at.parse() {
            page.send(Input::View(ViewInput::SimilarityLevel(at)));
        }
    };
    view! {
        <div class="corner corner-bottom-right">
            <Show when=move || is_wanted.get()>
                <Show when=move || { maps.get() > 0 }
                    fallback=move || view! { <span class="quiet" role="status">{t(viewer::COMPUTING_SIMILARITY)}</span> }>
                    <div class="heat-legend" data-testid="similarity-legend" title=t(viewer::ABOUT_SIMILARITY)
                        on:pointerdown=|event| event.stop_propagation()>
                        <select data-testid="similarity-level" aria-label=t(viewer::SIMILARITY_LEVEL)
                            on:change:target=move |event| choose(event.target().value())>{levels}</select>
                        <span>{t(viewer::DETAIL_KEPT)}</span><i aria-hidden="true"></i><span>{t(viewer::SEMANTICS_TRUSTED)}</span>
                    </div>
                </Show>
            </Show>
        </div>
    }
}
