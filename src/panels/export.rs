//! Files to save.

use engine_protocol::SaveKind;
use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{EngineStatus, Input, Model, Scan};

/// One button a kind.
#[component]
pub fn Export() -> impl IntoView {
    let page = Page::expect();
    let buttons = SaveKind::ALL.map(|kind| {
        let (slug, title, what) = describe(kind);
        let busy = page.memo(move |model| model.scan().is_some_and(|scan| scan.exporting.contains(&kind)));
        let why_not = page.memo(move |model| why_not(model, kind));
        view! {
            <button class="button export" data-testid=format!("export-{slug}")
                disabled=move || busy.get() || why_not.get().is_some()
                title=move || why_not.get().unwrap_or(what)
                on:click=move |_| page.send(Input::Export(kind))>
                <strong>{move || if busy.get() { "Saving…" } else { title }}</strong>
                <small>{what}</small>
            </button>
        }
    });
    // The reason that most buttons share stands under them; a title alone
    // reaches neither touch nor keyboard.
    let note = page.memo(|model| why_not(model, SaveKind::MetaImage));
    let may_name_a_patient = page.memo_scan(|scan| scan.info.may_name_a_patient);
    let identified = page.memo_scan(|scan| scan.identified);
    view! {
        <section class="panel" aria-labelledby="export-title">
            <header class="panel-head"><h2 id="export-title">"Save"</h2></header>
            <div class="exports">{buttons}</div>
            <Show when=move || may_name_a_patient.get() == Some(true)>
                <label class="switch">
                    <input type="checkbox" data-testid="identified" prop:checked=move || identified.get() == Some(true)
                        on:change:target=move |event| page.send(Input::Identify(event.target().checked())) />
                    <span>"Keep the file's name and the patient's data"
                        <small>"Off: nothing that is saved names the patient"</small></span>
                </label>
            </Show>
            {move || note.get().map(|note| view! { <p class="note" data-testid="export-note">{note}</p> })}
        </section>
    }
}

/// Why a file cannot be saved now, or `None` where it can.
fn why_not(model: &Model, kind: SaveKind) -> Option<&'static str> {
    let is_measured = model.scan().is_some_and(Scan::has_results);
    match model.engine.status {
        EngineStatus::Stopped => return Some("The engine stopped: restart it first."),
        EngineStatus::NoDevice if is_measured => {
            return Some("The engine found no device: restart it to save.");
        }
        EngineStatus::Starting(_) if is_measured => return Some("The engine is still starting."),
        _ => {}
    }
    let scan = model.scan().filter(|_| is_measured);
    let Some(scan) = scan else { return Some("Segment the volume first.") };
    if let Some(why_not) = model.why_not_held() {
        return Some(why_not);
    }
    if scan.is_running() {
        Some("Wait until the run is over, or cancel it.")
    } else if kind.is_mask() && !scan.is_complete() {
        Some("A mask is saved once every B-scan is measured; the report can be saved now.")
    } else {
        None
    }
}

/// Slug, title, what it is.
fn describe(kind: SaveKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        SaveKind::MetaImage => ("metaimage", "MetaImage", "mask, .mhd + .raw"),
        SaveKind::Nifti => ("nifti", "NIfTI", "mask, .nii.gz"),
        SaveKind::DicomSeg => ("dicom", "DICOM SEG", "mask, .dcm"),
        SaveKind::Json => ("json", "JSON", "full report"),
        SaveKind::Csv => ("csv", "CSV", "figures per class"),
        SaveKind::RegionsCsv => ("regions", "Regions CSV", "ETDRS grid"),
        SaveKind::BScansCsv => ("bscans", "B-scans CSV", "figures per B-scan"),
    }
}
