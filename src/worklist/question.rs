//! What was dropped holds several scans: one of them, or a list of all?

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{Input, ListInput};
use crate::words::{use_words, worklist};

/// Asks above the viewer.
#[component]
pub fn SeveralBar() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let several = page.memo(|model| model.worklist.several.as_ref().map(|several| several.scans.len()));
    let ask = move |input| page.send(Input::List(input));
    move || {
        several.get().map(|scans| {
            view! {
                <div class="notice notice-question" role="group" aria-label=t(worklist::SEVERAL) data-testid="several-question">
                    <div class="notice-text"><p role="status">{move || worklist::several(locale.get(), scans)}</p></div>
                    <div class="notice-actions">
                        <button class="button button-accent" data-testid="several-list"
                            on:click=move |_| ask(ListInput::Answer(true))>{move || worklist::as_list(locale.get(), scans)}</button>
                        <button class="button" data-testid="several-one"
                            on:click=move |_| ask(ListInput::Answer(false))>{t(worklist::AS_ONE)}</button>
                        <button class="button button-quiet" data-testid="several-none"
                            on:click=move |_| ask(ListInput::Dismiss)>{t(worklist::NOTHING)}</button>
                    </div>
                </div>
            }
        })
    }
}
