//! Files to save.

use engine_protocol::ExportKind;
use leptos::prelude::*;

use crate::session::{EngineStatus, Session};

/// One button a kind.
#[component]
pub fn Export() -> impl IntoView {
    let session = Session::expect();
    let measured = Memo::new(move |_| session.measured_bscans());
    let complete = Memo::new(move |_| session.is_complete());
    let running = Memo::new(move |_| session.run.with(Option::is_some));
    let why_not = move |kind: ExportKind| -> Option<&'static str> {
        match session.engine.get() {
            EngineStatus::Stopped => return Some("The engine stopped: restart it first."),
            EngineStatus::NoDevice if measured.get() > 0 => {
                return Some("The engine found no device: restart it to save.");
            }
            EngineStatus::Starting(_) if measured.get() > 0 => return Some("The engine is still starting."),
            _ => {}
        }
        if let Some(why_not) = session.why_not_held().filter(|_| measured.get() > 0) {
            return Some(why_not);
        }
        match kind {
            _ if measured.get() == 0 => Some("Segment the volume first."),
            _ if running.get() => Some("Wait until the run is over, or cancel it."),
            _ if kind.is_mask() && !complete.get() => {
                Some("A mask is saved once every B-scan is measured; the report can be saved now.")
            }
            _ => None,
        }
    };
    let buttons = ExportKind::ALL.map(|kind| {
        let (slug, title, what) = describe(kind);
        let busy = move || session.exporting.with(|kinds| kinds.contains(&kind));
        view! {
            <button class="button export" data-testid=format!("export-{slug}")
                disabled=move || busy() || why_not(kind).is_some()
                title=move || why_not(kind).unwrap_or(what)
                on:click=move |_| session.export(kind)>
                <strong>{move || if busy() { "Saving…" } else { title }}</strong>
                <small>{what}</small>
            </button>
        }
    });
    // The reason that most buttons share stands under them; a title alone
    // reaches neither touch nor keyboard.
    let note = move || why_not(ExportKind::MetaImage);
    view! {
        <section class="panel" aria-labelledby="export-title">
            <header class="panel-head"><h2 id="export-title">"Save"</h2></header>
            <div class="exports">{buttons}</div>
            <Show when=move || session.volume.with(|v| v.as_ref().is_some_and(|v| v.may_name_a_patient))>
                <label class="switch">
                    <input type="checkbox" data-testid="identified" prop:checked=move || session.identified.get()
                        on:change:target=move |event| session.identified.set(event.target().checked()) />
                    <span>"Keep the file's name and the patient's data"
                        <small>"Off: nothing that is saved names the patient"</small></span>
                </label>
            </Show>
            {move || note().map(|note| view! { <p class="note" data-testid="export-note">{note}</p> })}
        </section>
    }
}

/// Slug, title, what it is.
fn describe(kind: ExportKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        ExportKind::MetaImage => ("metaimage", "MetaImage", "mask, .mhd + .raw"),
        ExportKind::Nifti => ("nifti", "NIfTI", "mask, .nii.gz"),
        ExportKind::DicomSeg => ("dicom", "DICOM SEG", "mask, .dcm"),
        ExportKind::Json => ("json", "JSON", "full report"),
        ExportKind::Csv => ("csv", "CSV", "figures per class"),
    }
}
