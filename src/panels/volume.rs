//! What is known of the open volume.

use leptos::prelude::*;
use oct::{Axis, Laterality};

use crate::effects::Page;
use crate::words;

/// The volume.
#[component]
pub fn VolumePanel() -> impl IntoView {
    let page = Page::expect();
    // Of an open scan nothing else changes. Not all that is known of it: a quality
    // that is no number equals nothing, and the panel would be made anew each time.
    let changes =
        page.memo_scan(|scan| (scan.id, Axis::ALL.map(|axis| scan.info.geometry.spacing(axis).clone())));
    let rows = move || {
        changes.get();
        page.peek(|model| model.scan().map(|scan| scan.info.clone())).map(|volume| {
            let spacings = Axis::ALL
                .map(|axis| {
                    let spacing = volume.geometry.spacing(axis);
                    let figure = spacing.mm().map_or_else(|| "—".to_owned(), words::millimetres);
                    view! {
                        <div class="fact">
                            <dt>{words::axis_title(axis)}</dt>
                            <dd>{figure}<small>{words::spacing_source(spacing)}</small></dd>
                        </div>
                    }
                })
                .into_iter()
                .collect_view();
            let eye = match volume.geometry.laterality {
                Some(Laterality::Od) => "right (OD)",
                Some(Laterality::Os) => "left (OS)",
                None => "not in the file",
            };
            let warnings = volume
                .warnings
                .iter()
                .map(|warning| view! { <li>{warning.clone()}</li> })
                .collect_view();
            let has_warnings = !volume.warnings.is_empty();
            view! {
                <Show when=move || has_warnings>
                    <ul class="warnings" data-testid="volume-warnings">{warnings.clone()}</ul>
                </Show>
                <dl class="facts">
                    <div class="fact"><dt>"Format"</dt><dd>{format!("{}, {} bit", volume.format, volume.bits)}</dd></div>
                    <div class="fact"><dt>"Device maker"</dt>
                        <dd>{volume.vendor.clone().unwrap_or_else(|| "not in the file".to_owned())}
                            {volume.acquisition.device.clone().map(|device| view! { <small>{device}</small> })}</dd></div>
                    {volume.acquisition.acquired.clone().map(|acquired| view! {
                        <div class="fact"><dt>"Taken"</dt><dd>{acquired.replace('T', ", ")}</dd></div>
                    })}
                    <div class="fact"><dt>"Pattern"</dt><dd>{volume.geometry.pattern.name()}</dd></div>
                    <div class="fact"><dt>"Eye"</dt><dd>{eye}</dd></div>
                    <div class="fact"><dt>"Size"</dt>
                        <dd>{format!("{} × {}", volume.columns, volume.rows)}
                            <small>{format!("columns × rows, {}", words::bscans(volume.bscans as usize))}</small></dd></div>
                    {spacings}
                </dl>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="volume-title" data-testid="volume-panel">
            <header class="panel-head"><h2 id="volume-title">"Volume"</h2></header>
            {rows}
        </section>
    }
}
