//! Files to save.

use engine_protocol::SaveKind;
use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{EngineStatus, Input, Model, Scan};
use crate::sheets::report::ReportButton;
use crate::words::{Text, run, saving, use_words};

/// One button a kind.
#[component]
pub fn Export() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let buttons = SaveKind::ALL.map(|kind| {
        let (slug, title, what) = describe(kind);
        let busy = page.memo(move |model| model.scan().is_some_and(|scan| scan.exporting.contains(&kind)));
        let why_not = page.memo(move |model| why_not(model, kind));
        view! {
            <button class="button export" data-testid=format!("export-{slug}")
                disabled=move || busy.get() || why_not.get().is_some()
                title=move || why_not.get().unwrap_or(what).say(locale.get())
                on:click=move |_| page.send(Input::Export(kind))>
                <strong>{move || if busy.get() { saving::SAVING } else { title }.say(locale.get())}</strong>
                <small>{t(what)}</small>
            </button>
        }
    });
    // The reason that most buttons share stands under them; a title alone
    // reaches neither touch nor keyboard.
    let note = page.memo(|model| why_not(model, SaveKind::MetaImage));
    let may_name_a_patient = page.memo_scan(|scan| scan.info.may_name_a_patient);
    let identified = page.memo_scan(|scan| scan.identified);
    view! {
        <section class="panel unless-finding" aria-labelledby="export-title">
            <header class="panel-head"><h2 id="export-title">{t(saving::TITLE)}</h2></header>
            <div class="exports">{buttons}<ReportButton /></div>
            <Show when=move || may_name_a_patient.get() == Some(true)>
                <label class="switch">
                    <input type="checkbox" data-testid="identified" prop:checked=move || identified.get() == Some(true)
                        on:change:target=move |event| page.send(Input::Identify(event.target().checked())) />
                    <span>{t(saving::KEEP_NAMES)}
                        <small>{t(saving::NAMES_ARE_OFF)}</small></span>
                </label>
            </Show>
            {move || note.get().map(|note| view! { <p class="note" data-testid="export-note">{t(note)}</p> })}
        </section>
    }
}

/// Why a file cannot be saved now, or `None` where it can.
fn why_not(model: &Model, kind: SaveKind) -> Option<Text> {
    let is_measured = model.scan().is_some_and(Scan::has_results);
    match model.engine.status {
        EngineStatus::Stopped => return Some(run::ENGINE_STOPPED),
        EngineStatus::NoDevice if is_measured => return Some(saving::NO_DEVICE),
        EngineStatus::Starting(_) if is_measured => return Some(run::ENGINE_STARTING),
        _ => {}
    }
    let scan = model.scan().filter(|_| is_measured);
    let Some(scan) = scan else { return Some(saving::SEGMENT_FIRST) };
    if let Some(why_not) = model.why_not_held() {
        return Some(why_not);
    }
    if scan.is_running() {
        Some(saving::WAIT)
    } else if kind.is_mask() && !scan.is_complete() {
        Some(saving::MASK_WHEN_COMPLETE)
    } else {
        None
    }
}

/// Slug, title, what it is.
fn describe(kind: SaveKind) -> (&'static str, Text, Text) {
    match kind {
        SaveKind::MetaImage => ("metaimage", saving::METAIMAGE, saving::METAIMAGE_IS),
        SaveKind::Nifti => ("nifti", saving::NIFTI, saving::NIFTI_IS),
        SaveKind::DicomSeg => ("dicom", saving::DICOM, saving::DICOM_IS),
        SaveKind::Json => ("json", saving::JSON, saving::JSON_IS),
        SaveKind::Csv => ("csv", saving::CSV, saving::CSV_IS),
        SaveKind::RegionsCsv => ("regions", saving::REGIONS, saving::REGIONS_IS),
        SaveKind::BScansCsv => ("bscans", saving::BSCANS, saving::BSCANS_IS),
        SaveKind::TrainingData => ("training", saving::TRAINING, saving::TRAINING_IS),
    }
}
