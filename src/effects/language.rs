//! The language that the document speaks and the browser remembers.

use super::storage;
use crate::words::{Locale, shell};

/// Where the choice is kept in the browser's storage.
const KEY: &str = "lacuna-language";

/// The language to begin with.
pub fn first() -> Locale {
    let stored = storage::read(KEY);
    let browser = web_sys::window().and_then(|window| window.navigator().language());
    Locale::first(stored.as_deref(), browser.as_deref())
}

/// Has the document speak `locale`: screen readers and fonts go by it.
pub fn speak(locale: Locale) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    document.set_title(shell::TITLE.say(locale));
    if let Some(root) = document.document_element() {
        // It fails only for a name that no attribute can have.
        let _never = root.set_attribute("lang", locale.tag());
    }
}

/// Keeps the choice for the next visit.
pub fn remember(locale: Locale) {
    storage::keep(KEY, locale.tag());
}
