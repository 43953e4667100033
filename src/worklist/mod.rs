//! The list of scans that are measured one after the other, in a dialog over the page.
//!
//! | module | what it holds |
//! |---|---|
//! | [`question`] | one scan, or a list |
//! | [`table`] | the rows |

mod question;
mod table;

use leptos::html::Dialog;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

pub use question::SeveralBar;

use crate::dialog;
use crate::effects::Page;
use crate::model::{EngineStatus, Input, ListInput, Model};
use crate::words::{notices, run, shell, use_words, worklist};

/// The button that shows the list, with how far it is; nothing where there is no list.
#[component]
pub fn ListButton() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let count = page.memo(|model| (model.worklist.settled(), model.worklist.rows().len()));
    let has_rows = Memo::new(move |_| count.get().1 > 0);
    let figures = move || format!("{}/{}", count.get().0, count.get().1);
    view! {
        <Show when=move || has_rows.get()>
            <button class="button list-button" data-testid="show-list" aria-haspopup="dialog" title=t(worklist::BUTTON_TITLE)
                on:click=move |_| page.send(Input::List(ListInput::Show))>
                {t(worklist::TITLE)} <b>{figures}</b>
            </button>
        </Show>
    }
}

/// The dialog; empty while it is closed. The browser gives the focus back to what had it.
#[component]
pub fn ListDialog() -> impl IntoView {
    let page = Page::expect();
    let dialog: NodeRef<Dialog> = NodeRef::new();
    let is_open = page.memo(|model| model.worklist.is_open);
    let close = move || page.send(Input::List(ListInput::Close));
    let on_close = dialog::follow(dialog, is_open, close);
    view! {
        <dialog class="worklist" node_ref=dialog data-testid="worklist" aria-labelledby="worklist-title"
            on:keydown=|event: KeyboardEvent| event.stop_propagation()
            on:cancel=move |_: web_sys::Event| close() on:close=move |_: web_sys::Event| on_close()>
            <Show when=move || is_open.get()>
                <Contents />
            </Show>
        </dialog>
    }
}

#[component]
fn Contents() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let ask = move |input| page.send(Input::List(input));
    let progress = page.memo(|model| {
        let list = &model.worklist;
        worklist::progress(model.locale, list.settled(), list.rows().len(), list.troubled())
    });
    let why_still = page.memo(why_still);
    let is_out = page.memo(|model| model.engine.status.is_out());
    let is_paused = page.memo(|model| model.worklist.is_paused);
    let is_over = page.memo(|model| model.worklist.settled() == model.worklist.rows().len());
    let identified = page.memo(|model| model.worklist.identified);
    let pause = move || if is_paused.get() { worklist::GO_ON } else { worklist::PAUSE }.say(locale.get());
    view! {
        <header class="list-head">
            <h2 id="worklist-title">{t(worklist::TITLE)}</h2>
            <p role="status" data-testid="list-progress">{progress} " " <span class="quiet">{why_still}</span></p>
            <button class="button button-quiet button-icon" data-testid="close-list"
                aria-label=t(worklist::CLOSE) title=t(worklist::CLOSE)
                on:click=move |_| ask(ListInput::Close)>"×"</button>
        </header>
        <div class="list-actions">
            <button class="button" data-testid="list-pause" disabled=move || is_over.get()
                on:click=move |_| ask(ListInput::Pause(!is_paused.get_untracked()))>{pause}</button>
            <Show when=move || is_out.get()>
                <button class="button" on:click=move |_| page.send(Input::StartEngine)>{t(notices::RESTART_ENGINE)}</button>
            </Show>
            <span class="list-save">
                <button class="button" data-testid="list-save" on:click=move |_| ask(ListInput::Save)>{t(worklist::SAVE)}</button>
                <label><input type="checkbox" data-testid="list-identified" prop:checked=move || identified.get()
                    on:change:target=move |event| ask(ListInput::Identify(event.target().checked())) />{t(worklist::KEEP_NAMES)}</label>
            </span>
            <button class="button button-quiet" data-testid="list-clear" on:click=move |_| ask(ListInput::Clear)>{t(worklist::CLEAR)}</button>
        </div>
        <table::Table />
        <p class="fine list-note"><strong>{t(shell::RESEARCH_USE)}</strong> " " {t(worklist::STAYS_HOW_LONG)}</p>
    }
}

/// Why the queue stands still, where it does and something waits.
fn why_still(model: &Model) -> Option<&'static str> {
    let list = &model.worklist;
    let waits = list.settled() < list.rows().len();
    let why = match model.engine.status {
        EngineStatus::Loading | EngineStatus::Starting(_) => run::ENGINE_STARTING,
        EngineStatus::NoDevice => run::NO_DEVICE,
        EngineStatus::Stopped => run::ENGINE_STOPPED,
        EngineStatus::Ready if list.is_paused => worklist::PAUSED,
        EngineStatus::Ready if model.is_in_view_busy() => worklist::NOW_IN_VIEW,
        EngineStatus::Ready => return None,
    };
    waits.then(|| why.say(model.locale))
}
