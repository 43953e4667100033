//! A button that sends an input: compiled once for all that are made with it.

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{Input, Model};
use crate::words::{Text, use_words};

/// What is to be known of a button now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Why it cannot be pressed.
    pub why_not: Option<Text>,
    /// Whether what it switches is on; `None` for no switch.
    pub is_on: Option<bool>,
    /// Whether there is nothing that it is for.
    pub is_hidden: bool,
}

/// The button `id`, of the kind `class` (`button-small`, `button-accent`): its words, its key or nothing, how it is now, what a
/// press sends.
pub fn action(
    (id, class): (&'static str, &'static str),
    (words, key): (Text, &'static str),
    now: fn(&Model) -> Now,
    input: fn() -> Input,
) -> AnyView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let now = page.memo(now);
    view! {
        <button class=format!("button {class}") data-testid=id
            hidden=move || now.get().is_hidden
            disabled=move || now.get().why_not.is_some()
            title=move || now.get().why_not.map(|why| why.say(locale.get()))
            aria-pressed=move || now.get().is_on.map(|on| on.to_string())
            on:click=move |_| page.send(input())>
            {t(words)}
            <kbd aria-hidden="true">{key}</kbd>
        </button>
    }
    .into_any()
}
