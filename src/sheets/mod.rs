//! What is opened over the page to be read, in one dialog. It is made when it is opened, in one
//! language, and anew when another is chosen: nothing of it is kept up to date piece by piece.
//!
//! | module | what it holds |
//! |---|---|
//! | [`help`] | keys, fluids, what the network learnt from |
//! | [`report`] | the report of the scan on show, to be printed |
//! | [`compare`] | two visits beside each other |
//! | [`drawn`] | pictures in them |
//! | [`plain`] | elements that never change |

pub mod compare;
pub mod drawn;
pub mod help;
pub mod plain;
pub mod report;

use leptos::html::Dialog;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::dialog;
use crate::effects::Page;
use crate::model::{Input, Sheet};
use crate::viewer::keyboard::asked_in_comparison;
use crate::words::{self, Text, use_words};

/// The dialog; empty while it is closed.
#[component]
pub fn Sheets() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let dialog: NodeRef<Dialog> = NodeRef::new();
    let sheet = page.memo(|model| model.sheet);
    let close = move || page.send(Input::Sheet(None));
    let on_close = dialog::follow(dialog, page.memo(|model| model.sheet.is_some()), close);
    let locale = page.locale();
    let contents = move || {
        sheet.get().map(|sheet| match sheet {
            Sheet::Help => help::contents(page, locale.get()).into_any(),
            Sheet::Report => report::contents(page).into_any(),
            Sheet::Compare => compare::contents(page).into_any(),
        })
    };
    let on_key = move |event: KeyboardEvent| {
        event.stop_propagation();
        let compares = sheet.get_untracked() == Some(Sheet::Compare);
        if let Some(input) = asked_in_comparison(&event).filter(|_| compares) {
            event.prevent_default();
            page.send(Input::Compare(input));
        }
    };
    view! {
        // Keys of the page stay the page's: what lies beneath is not to change.
        <dialog class="sheet" node_ref=dialog data-testid="sheet" aria-labelledby="sheet-title"
            on:keydown=on_key
            on:cancel=move |_: web_sys::Event| close() on:close=move |_: web_sys::Event| on_close()>
            <header class="sheet-head">
                <h2 id="sheet-title">{move || sheet.get().map(|sheet| title(sheet).say(locale.get()))}</h2>
                <button class="button button-quiet button-icon" data-testid="close-sheet"
                    aria-label=t(words::help::CLOSE) title=t(words::help::CLOSE) on:click=move |_| close()>"×"</button>
            </header>
            {contents}
        </dialog>
    }
}

fn title(sheet: Sheet) -> Text {
    match sheet {
        Sheet::Help => words::help::TITLE,
        Sheet::Report => words::report::BUTTON,
        Sheet::Compare => words::compare::TITLE,
    }
}
