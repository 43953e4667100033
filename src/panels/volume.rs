//! What is known of the open volume.

use engine_protocol::VolumeInfo;
use leptos::prelude::*;
use oct::Axis;

use crate::effects::Page;
use crate::words::{Locale, Text, millimetres, names, spacing, use_words, volume};

/// What is known of something: what it is, the figure, a line in small.
pub struct Fact(pub Text, pub String, pub Option<String>);

impl Fact {
    /// The fact in a list of them.
    pub fn shown(self, locale: Locale) -> AnyView {
        let Self(term, figure, note) = self;
        let note = note.map(|note| view! { <small>{note}</small> });
        view! { <div class="fact"><dt>{term.say(locale)}</dt><dd>{figure}{note}</dd></div> }.into_any()
    }
}

/// What is known of a scan; the day on which it was taken only where it is `identified`.
pub fn facts(locale: Locale, scan: &VolumeInfo, identified: bool) -> Vec<Fact> {
    let say = |text: Text| text.say(locale).to_owned();
    let format = volume::format_and_bits(locale, &scan.format, scan.bits);
    let maker = scan.vendor.clone().unwrap_or_else(|| say(volume::NOT_IN_FILE));
    let mut facts = vec![
        Fact(volume::FORMAT, format, None),
        Fact(volume::DEVICE_MAKER, maker, scan.acquisition.device.clone()),
    ];
    if let Some(acquired) = scan.acquisition.acquired.as_ref().filter(|_| identified) {
        facts.push(Fact(volume::TAKEN, acquired.replace('T', ", "), None));
    }
    let eye = scan.geometry.laterality.map_or(volume::NOT_IN_FILE, names::eye_with_abbreviation);
    let size = format!("{} × {}", scan.columns, scan.rows);
    facts.extend([
        Fact(volume::PATTERN, say(names::pattern(scan.geometry.pattern)), None),
        Fact(volume::EYE, say(eye), None),
        Fact(volume::SIZE, size, Some(volume::columns_and_rows(locale, scan.bscans as usize))),
    ]);
    facts.extend(Axis::ALL.map(|axis| {
        let along = scan.geometry.spacing(axis);
        let figure = along.mm().map_or_else(|| "—".to_owned(), millimetres);
        Fact(names::axis_title(axis), figure, Some(spacing::source(locale, along)))
    }));
    facts
}

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
            let warnings = (!scan.warnings.is_empty()).then(|| {
                let warnings = scan.warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> });
                view! {
                    <ul class="warnings" lang=Locale::English.tag() data-testid="volume-warnings">{warnings.collect_view()}</ul>
                }
            });
            view! {
                {warnings}
                <dl class="facts">{facts(locale, &scan, true).into_iter().map(|fact| fact.shown(locale)).collect_view()}</dl>
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
