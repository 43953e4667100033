//! Failures and questions on show: a sentence, the details for a bug report, a way on.

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{Input, Notice, Scan};
use crate::words::{Locale, Text, notices, use_words};

/// The failure bar above the viewer.
#[component]
pub fn FailureBar() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let notice = page.memo(|model| model.notice.clone());
    let is_out = page.memo(|model| model.engine.status.is_out());
    move || {
        notice.get().map(|Notice { sentence, details }| {
            let tag_of = sentence.clone();
            let has_details = !details.is_empty();
            view! {
                <div class="notice notice-failure">
                    <span class="notice-mark" aria-hidden="true">"!"</span>
                    <div class="notice-text">
                        <p role="alert" data-testid="error"
                            lang=move || tag_of.tag(locale.get())>{move || sentence.say(locale.get()).to_owned()}</p>
                        <Show when=move || has_details>
                            <details>
                                <summary>{t(notices::DETAILS)}</summary>
                                <pre lang=Locale::English.tag()>{details.clone()}</pre>
                            </details>
                        </Show>
                    </div>
                    <div class="notice-actions">
                        <Show when=move || is_out.get()>
                            <button class="button" data-testid="restart-engine" on:click=move |_| page.send(Input::StartEngine)>{t(notices::RESTART_ENGINE)}</button>
                        </Show>
                        <button class="button button-quiet" data-testid="dismiss-error"
                            aria-label=t(notices::DISMISS_THIS)
                            on:click=move |_| page.send(Input::DismissNotice)>{t(notices::DISMISS)}</button>
                    </div>
                </div>
            }
        })
    }
}

/// Asks whether a run may be stopped for another volume.
#[component]
pub fn ReplaceBar() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let waiting =
        page.memo(|model| model.question.as_ref().map(|question| question.source.name(model.locale)));
    let is_running = page.memo(|model| model.scan().is_some_and(Scan::is_running));
    let either =
        move |running: Text, over: Text| if is_running.get() { running } else { over }.say(locale.get());
    move || {
        waiting.get().map(|name| {
            view! {
                <div class="notice notice-question" role="group" aria-label=t(notices::VOLUME_WAITS) data-testid="replace-question">
                    <div class="notice-text">
                        <p role="status">
                            {move || either(notices::STOP_AND_OPEN_WHAT, notices::OPEN_WHAT)}
                            <strong>{name}</strong> {t(notices::END_OF_QUESTION)}
                        </p>
                    </div>
                    <div class="notice-actions">
                        <button class="button button-accent" data-testid="replace-yes"
                            on:click=move |_| page.send(Input::AnswerReplace(true))>{move || either(notices::STOP_AND_OPEN, notices::OPEN)}</button>
                        <button class="button button-quiet" data-testid="replace-no"
                            on:click=move |_| page.send(Input::AnswerReplace(false))>{move || either(notices::KEEP_RUNNING, notices::KEEP_VOLUME)}</button>
                    </div>
                </div>
            }
        })
    }
}
