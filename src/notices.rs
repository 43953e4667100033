//! Failures and questions on show: a sentence, the details for a bug report, a way on.

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{Input, Scan};

/// The failure bar above the viewer.
#[component]
pub fn FailureBar() -> impl IntoView {
    let page = Page::expect();
    let notice = page.memo(|model| model.notice.clone());
    let is_out = page.memo(|model| model.engine.status.is_out());
    move || {
        notice.get().map(|notice| {
            let has_details = !notice.details.is_empty();
            view! {
                <div class="notice notice-failure">
                    <span class="notice-mark" aria-hidden="true">"!"</span>
                    <div class="notice-text">
                        <p role="alert" data-testid="error">{notice.sentence}</p>
                        <Show when=move || has_details>
                            <details>
                                <summary>"Details"</summary>
                                <pre>{notice.details.clone()}</pre>
                            </details>
                        </Show>
                    </div>
                    <div class="notice-actions">
                        <Show when=move || is_out.get()>
                            <button class="button" data-testid="restart-engine" on:click=move |_| page.send(Input::StartEngine)>"Restart the engine"</button>
                        </Show>
                        <button class="button button-quiet" data-testid="dismiss-error"
                            aria-label="Dismiss this message"
                            on:click=move |_| page.send(Input::DismissNotice)>"Dismiss"</button>
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
    let waiting = page.memo(|model| model.question.as_ref().map(|question| question.source.name()));
    let is_running = page.memo(|model| model.scan().is_some_and(Scan::is_running));
    move || {
        waiting.get().map(|name| {
            view! {
                <div class="notice notice-question" role="group" aria-label="A volume waits" data-testid="replace-question">
                    <div class="notice-text">
                        <p role="status">
                            {move || if is_running.get() { "Stop the run and open " } else { "The run is over. Open " }}
                            <strong>{name}</strong> "?"
                        </p>
                    </div>
                    <div class="notice-actions">
                        <button class="button button-accent" data-testid="replace-yes"
                            on:click=move |_| page.send(Input::AnswerReplace(true))>{move || if is_running.get() { "Stop and open" } else { "Open" }}</button>
                        <button class="button button-quiet" data-testid="replace-no"
                            on:click=move |_| page.send(Input::AnswerReplace(false))>{move || if is_running.get() { "Keep running" } else { "Keep this volume" }}</button>
                    </div>
                </div>
            }
        })
    }
}
