//! The language that the document speaks and the browser remembers.

use web_sys::Storage;

use crate::words::{Locale, shell};

/// Where the choice is kept in the browser's storage.
const KEY: &str = "lacuna-language";

/// The language to begin with.
pub fn first() -> Locale {
    // A browser that keeps nothing for the page refuses the storage or what is asked of it.
    let stored = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
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

/// Keeps the choice for the next visit, where the browser keeps anything.
pub fn remember(locale: Locale) {
    if let Some(storage) = storage() {
        // A full or forbidden storage costs the choice at the next visit and nothing now.
        let _not_kept = storage.set_item(KEY, locale.tag());
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
