//! One failure on show: a sentence, the details for a bug report, a way on.

use leptos::prelude::*;

use crate::session::{EngineStatus, Session};

/// A failure in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What, why, and what to do.
    pub sentence: String,
    /// The chain of causes.
    pub details: String,
}

impl Notice {
    /// A notice.
    pub fn new(sentence: &str, details: &str) -> Self {
        Self { sentence: sentence.to_owned(), details: details.to_owned() }
    }
}

/// The failure bar above the viewer.
#[component]
pub fn FailureBar() -> impl IntoView {
    let session = Session::expect();
    let stopped = move || matches!(session.engine.get(), EngineStatus::Stopped | EngineStatus::NoDevice);
    move || {
        session.notice.get().map(|notice| {
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
                        <Show when=stopped>
                            <button class="button" data-testid="restart-engine" on:click=move |_| {
                                session.notice.set(None);
                                session.start_engine();
                            }>"Restart the engine"</button>
                        </Show>
                        <button class="button button-quiet" data-testid="dismiss-error"
                            aria-label="Dismiss this message"
                            on:click=move |_| session.notice.set(None)>"Dismiss"</button>
                    </div>
                </div>
            }
        })
    }
}

/// Asks whether a run may be stopped for another volume.
#[component]
pub fn ReplaceBar() -> impl IntoView {
    let session = Session::expect();
    move || {
        session.asks_to_replace.get().map(|name| {
            view! {
                <div class="notice notice-question" role="group" aria-label="A volume waits" data-testid="replace-question">
                    <div class="notice-text">
                        <p role="status">
                            {move || if session.run.with(Option::is_some) { "Stop the run and open " } else { "The run is over. Open " }}
                            <strong>{name}</strong> "?"
                        </p>
                    </div>
                    <div class="notice-actions">
                        <button class="button button-accent" data-testid="replace-yes"
                            on:click=move |_| session.answer_replace(true)>{move || if session.run.with(Option::is_some) { "Stop and open" } else { "Open" }}</button>
                        <button class="button button-quiet" data-testid="replace-no"
                            on:click=move |_| session.answer_replace(false)>{move || if session.run.with(Option::is_some) { "Keep running" } else { "Keep this volume" }}</button>
                    </div>
                </div>
            }
        })
    }
}
