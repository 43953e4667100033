//! Keeping a scan to be compared with another visit of the eye: the panel, and the bar while one
//! is kept.

use leptos::prelude::*;

use crate::action::{Now, action};
use crate::effects::Page;
use crate::model::{CompareInput, Input, Model};
use crate::words::{compare, use_words};

/// The panel, until a scan is kept beside the one on show.
#[component]
pub fn Keep() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let is_over = page.memo(|model| model.scan().is_none() || model.scans.beside().is_some());
    let about = page.memo(|model| {
        let about = if model.scans.kept().is_some() { compare::KEPT_HERE } else { compare::ABOUT };
        about.say(model.locale)
    });
    let keep = |model: &Model| Now {
        why_not: model.why_not_keep(),
        is_hidden: model.scans.kept().is_some(),
        ..Now::default()
    };
    let let_go = |model: &Model| Now { is_hidden: model.scans.kept().is_none(), ..Now::default() };
    view! {
        <section class="panel unless-finding" aria-labelledby="kept-title" hidden=is_over>
            <header class="panel-head"><h2 id="kept-title">{t(compare::PANEL)}</h2></header>
            <p class="fine" role="status">{about}</p>
            <div class="fovea-buttons">
                {action(("keep", "button-small"), (compare::KEEP, ","), keep, || Input::Compare(CompareInput::Keep))}
                {action(("let-go-here", "button-small"), (compare::LET_GO, ""), let_go, || Input::Compare(CompareInput::LetGo))}
            </div>
        </section>
    }
}

/// The bar over the workspace while a scan is kept beside the one on show.
#[component]
pub fn KeptBar() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let is_none = page.memo(|model| model.scans.beside().is_none());
    let name = page.memo(|model| model.scans.beside().map(|kept| kept.info.name.clone()).unwrap_or_default());
    let why_not = page.memo(|model| model.why_not_compare().map_or("", |why| why.say(model.locale)));
    let compares = |model: &Model| Now { why_not: model.why_not_compare(), ..Now::default() };
    let shows = |model: &Model| Now { why_not: model.why_not_keep(), ..Now::default() };
    view! {
        <div class="notice notice-question unless-finding" role="group" aria-label=t(compare::PANEL) data-testid="kept" hidden=is_none>
            <div class="notice-text">
                <p>{t(compare::KEPT)}<strong data-testid="kept-name">{name}</strong>" "
                    <span class="quiet" role="status" data-testid="why-not-compare">{why_not}</span></p>
            </div>
            <div class="notice-actions">
                {action(("compare", "button-accent"), (compare::COMPARE, ";"), compares, || Input::Compare(CompareInput::Open))}
                {action(("show-kept", ""), (compare::SHOW, ","), shows, || Input::Compare(CompareInput::Keep))}
                {action(("let-go", "button-quiet"), (compare::LET_GO, ""), |_| Now::default(), || Input::Compare(CompareInput::LetGo))}
            </div>
        </div>
    }
}
