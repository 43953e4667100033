//! Keeping a scan to be compared with another visit of the eye: the panel, and the bar while one
//! is kept.

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{CompareInput, Input, Model};
use crate::words::{compare, use_words};

/// The panel, until a scan is kept beside the one on show.
#[component]
pub fn Keep() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let is_there = page.memo(|model| model.scan().is_some() && model.scans.beside().is_none());
    let is_kept = page.memo(|model| model.scans.kept().is_some());
    let why_not = page.memo(Model::why_not_keep);
    view! {
        <Show when=move || is_there.get()>
            <section class="panel" aria-labelledby="kept-title">
                <header class="panel-head"><h2 id="kept-title">{t(compare::PANEL)}</h2></header>
                <p class="fine" role="status">{move || if is_kept.get() { compare::KEPT_HERE } else { compare::ABOUT }.say(locale.get())}</p>
                <div class="fovea-buttons">
                    {move || if is_kept.get() {
                        view! {
                            <button class="button button-small" data-testid="let-go-here"
                                on:click=move |_| page.send(Input::Compare(CompareInput::LetGo))>{t(compare::LET_GO)}</button>
                        }.into_any()
                    } else {
                        view! {
                            <button class="button button-small" data-testid="keep" disabled=move || why_not.get().is_some()
                                title=move || why_not.get().map(|why| why.say(locale.get()))
                                on:click=move |_| page.send(Input::Compare(CompareInput::Keep))>
                                {t(compare::KEEP)} <kbd aria-hidden="true">","</kbd>
                            </button>
                        }.into_any()
                    }}
                </div>
            </section>
        </Show>
    }
}

/// The bar over the workspace while a scan is kept beside the one on show.
#[component]
pub fn KeptBar() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let name = page.memo(|model| model.scans.beside().map(|kept| kept.info.name.clone()));
    let why_not_show = page.memo(Model::why_not_keep);
    let why_not = page.memo(Model::why_not_compare);
    let ask = move |input| page.send(Input::Compare(input));
    move || {
        name.get().map(|name| {
            view! {
                <div class="notice notice-question" role="group" aria-label=t(compare::PANEL) data-testid="kept">
                    <div class="notice-text">
                        <p>{t(compare::KEPT)}<strong data-testid="kept-name">{name}</strong>
                            <span class="quiet" role="status" data-testid="why-not-compare">{move || why_not.get().map(|why| format!(" {}", why.say(locale.get())))}</span></p>
                    </div>
                    <div class="notice-actions">
                        <button class="button button-accent" data-testid="compare" aria-haspopup="dialog" disabled=move || why_not.get().is_some()
                            on:click=move |_| ask(CompareInput::Open)>{t(compare::COMPARE)} <kbd aria-hidden="true">"."</kbd></button>
                        <button class="button" data-testid="show-kept" disabled=move || why_not_show.get().is_some()
                            on:click=move |_| ask(CompareInput::Keep)>{t(compare::SHOW)} <kbd aria-hidden="true">","</kbd></button>
                        <button class="button button-quiet" data-testid="let-go"
                            on:click=move |_| ask(CompareInput::LetGo)>{t(compare::LET_GO)}</button>
                    </div>
                </div>
            }
        })
    }
}
