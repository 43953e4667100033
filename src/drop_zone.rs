//! The whole window as a drop zone, and the buttons that pick files.

use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::DragEvent;

use crate::failure::Notice;
use crate::file_intake::{Dropped, Intake, IntakeError, bounded};
use crate::session::Session;

/// Wraps the page and takes whatever is dropped on it.
#[component]
pub fn DropZone(children: Children) -> impl IntoView {
    let session = Session::expect();
    // Enter and leave fire for every element passed over; only their balance tells.
    let depth = RwSignal::new(0_i32);

    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        depth.set(0);
        let Some(transfer) = event.data_transfer() else { return };
        let dropped = Dropped::take(&transfer);
        let wish = session.new_wish();
        spawn_local(async move {
            let intake = dropped.into_intake().await;
            // A folder takes its time: what was asked for meanwhile comes instead.
            if session.is_newest_wish(wish) {
                take_in(session, intake);
            }
        });
    };

    view! {
        <div class="app" data-testid="drop-zone"
            on:dragenter=move |event| { event.prevent_default(); depth.update(|n| *n += 1); }
            on:dragover=move |event| event.prevent_default()
            on:dragleave=move |_| depth.update(|n| *n = (*n - 1).max(0))
            on:drop=on_drop>
            {children()}
            <div class="drop-overlay" class:is-shown=move || depth.get().is_positive() aria-hidden="true">
                <div class="drop-overlay-card">
                    <strong>"Drop an OCT volume"</strong>
                    <span>"DICOM, Heidelberg (.vol, .E2E, XML), Topcon, Zeiss .img, MetaImage, NIfTI, TIFF, or B-scan images: files, a folder or a zip"</span>
                    <span class="quiet">"It stays on this computer."</span>
                </div>
            </div>
        </div>
    }
}

/// "Open files", "Open folder" and "Sample".
#[component]
pub fn OpenButtons() -> impl IntoView {
    let session = Session::expect();
    let files: NodeRef<Input> = NodeRef::new();
    let folder: NodeRef<Input> = NodeRef::new();

    // `webkitdirectory` is no attribute that the view macro's typed elements know.
    Effect::new(move |_| {
        if let Some(folder) = folder.get() {
            folder.set_webkitdirectory(true);
        }
    });

    let picked = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()) else {
            return;
        };
        if let Some(list) = input.files().filter(|list| list.length() > 0) {
            let intake = bounded(Intake::from_list(&list));
            // Else choosing the same file again would be no change.
            input.set_value("");
            session.new_wish();
            take_in(session, intake);
        }
    };
    let press = move |input: NodeRef<Input>| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };

    view! {
        <div class="open-buttons">
            <button class="button" on:click=move |_| press(files)>"Open files"</button>
            <button class="button" on:click=move |_| press(folder)>"Open folder"</button>
            <button class="button button-quiet" data-testid="open-sample" on:click=move |_| session.open_sample()>
                "Sample eye"
            </button>
            <input type="file" multiple=true class="visually-hidden" tabindex="-1" aria-label="Files of one volume"
                data-testid="file-input" node_ref=files on:change=picked />
            <input type="file" multiple=true class="visually-hidden" tabindex="-1" aria-label="Folder of one volume"
                data-testid="folder-input" node_ref=folder on:change=picked />
        </div>
    }
}

fn take_in(session: Session, intake: Result<Intake, IntakeError>) {
    match intake {
        Ok(intake) => session.open_files(intake),
        Err(error) => session.notice.set(Some(Notice::new(&error.sentence(), ""))),
    }
}
