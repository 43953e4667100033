//! The whole window as a drop zone, and the buttons that pick files.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::DragEvent;

use crate::effects::Page;
use crate::effects::dropped_files::{Dropped, IntakeError, PathsAndFiles, picked};
use crate::model::{Files, Input, Notice};
use crate::words::{opening, use_words};

/// Wraps the page and takes whatever is dropped on it.
#[component]
pub fn DropZone(children: Children) -> impl IntoView {
    let page = Page::expect();
    // Enter and leave fire for every element passed over; only their balance tells.
    let depth = RwSignal::new(0_i32);
    let (t, locale) = (use_words(), page.locale());

    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        depth.set(0);
        let Some(transfer) = event.data_transfer() else { return };
        let dropped = Dropped::take(&transfer);
        page.send(Input::DropBegun);
        let asked = page.peek(|model| model.times_asked_to_open);
        spawn_local(async move {
            let files = dropped.into_files().await;
            page.send(Input::Dropped { asked, files: taken(page, files) });
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
                    <strong>{t(opening::DROP)}</strong>
                    <span>{move || opening::may_be_dropped(locale.get())}</span>
                    <span class="quiet">{t(opening::STAYS_HERE)}</span>
                </div>
            </div>
        </div>
    }
}

/// Buttons for files, a folder and the sample.
#[component]
pub fn OpenButtons() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let files: NodeRef<html::Input> = NodeRef::new();
    let folder: NodeRef<html::Input> = NodeRef::new();

    // `webkitdirectory` is no attribute that the view macro's typed elements know.
    Effect::new(move |_| {
        if let Some(folder) = folder.get() {
            folder.set_webkitdirectory(true);
        }
    });

    let on_change = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()) else {
            return;
        };
        if let Some(list) = input.files().filter(|list| list.length() > 0) {
            let files = picked(&list);
            // Else choosing the same file again would be no change.
            input.set_value("");
            page.send(Input::Picked(taken(page, files)));
        }
    };
    let press = move |input: NodeRef<html::Input>| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };

    view! {
        <div class="open-buttons">
            <button class="button" on:click=move |_| press(files)>{t(opening::OPEN_FILES)}</button>
            <button class="button" on:click=move |_| press(folder)>{t(opening::OPEN_FOLDER)}</button>
            <button class="button button-quiet" data-testid="open-sample" on:click=move |_| page.send(Input::OpenSample)>
                {t(opening::SAMPLE_EYE)}
            </button>
            <input type="file" multiple=true class="visually-hidden" tabindex="-1" aria-label=t(opening::FILES_OF_ONE_VOLUME)
                data-testid="file-input" node_ref=files on:change=on_change />
            <input type="file" multiple=true class="visually-hidden" tabindex="-1" aria-label=t(opening::FOLDER_OF_ONE_VOLUME)
                data-testid="folder-input" node_ref=folder on:change=on_change />
        </div>
    }
}

fn taken(page: Page, files: Result<PathsAndFiles, IntakeError>) -> Result<Files, Notice> {
    files.map(|files| page.keep(files)).map_err(|error| Notice::new(error.said()))
}
