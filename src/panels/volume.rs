//! What is known of the open volume.

use leptos::prelude::*;
use oct::Axis;

use crate::effects::Page;
use crate::words::{Locale, millimetres, names, spacing, use_words, volume};

/// The volume.
#[component]
pub fn VolumePanel() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    // Of an open scan nothing else changes. Not all that is known of it: a quality
    // that is no number equals nothing, and the panel would be made anew each time.
    let changes =
        page.memo_scan(|scan| (scan.id, Axis::ALL.map(|axis| scan.info.geometry.spacing(axis).clone())));
    let rows = move || {
        changes.get();
        let locale = page.locale().get();
        page.peek(|model| model.scan().map(|scan| scan.info.clone())).map(|scan| {
            let spacings = Axis::ALL
                .map(|axis| {
                    let along = scan.geometry.spacing(axis);
                    let figure = along.mm().map_or_else(|| "—".to_owned(), millimetres);
                    view! {
                        <div class="fact">
                            <dt>{t(names::axis_title(axis))}</dt>
                            <dd>{figure}<small>{spacing::source(locale, along)}</small></dd>
                        </div>
                    }
                })
                .into_iter()
                .collect_view();
            let eye = scan.geometry.laterality.map_or(volume::NOT_IN_FILE, names::eye_with_abbreviation);
            let warnings = scan
                .warnings
                .iter()
                .map(|warning| view! { <li>{warning.clone()}</li> })
                .collect_view();
            let has_warnings = !scan.warnings.is_empty();
            view! {
                <Show when=move || has_warnings>
                    <ul class="warnings" lang=Locale::English.tag() data-testid="volume-warnings">{warnings.clone()}</ul>
                </Show>
                <dl class="facts">
                    <div class="fact"><dt>{t(volume::FORMAT)}</dt><dd>{volume::format_and_bits(locale, &scan.format, scan.bits)}</dd></div>
                    <div class="fact"><dt>{t(volume::DEVICE_MAKER)}</dt>
                        <dd>{scan.vendor.clone().unwrap_or_else(|| volume::NOT_IN_FILE.say(locale).to_owned())}
                            {scan.acquisition.device.clone().map(|device| view! { <small>{device}</small> })}</dd></div>
                    {scan.acquisition.acquired.clone().map(|acquired| view! {
                        <div class="fact"><dt>{t(volume::TAKEN)}</dt><dd>{acquired.replace('T', ", ")}</dd></div>
                    })}
                    <div class="fact"><dt>{t(volume::PATTERN)}</dt><dd>{names::pattern(scan.geometry.pattern).say(locale)}</dd></div>
                    <div class="fact"><dt>{t(volume::EYE)}</dt><dd>{t(eye)}</dd></div>
                    <div class="fact"><dt>{t(volume::SIZE)}</dt>
                        <dd>{format!("{} × {}", scan.columns, scan.rows)}
                            <small>{volume::columns_and_rows(locale, scan.bscans as usize)}</small></dd></div>
                    {spacings}
                </dl>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="volume-title" data-testid="volume-panel">
            <header class="panel-head"><h2 id="volume-title">{t(volume::TITLE)}</h2></header>
            {rows}
        </section>
    }
}
