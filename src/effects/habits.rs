//! The habits that the document follows and the browser remembers.

use super::storage;
use crate::model::Habits;

/// Where they are kept in the browser's storage.
const KEY: &str = "lacuna-view";

/// Those of the last visit.
pub fn first() -> Habits {
    storage::read(KEY).map(|text| Habits::of_text(&text)).unwrap_or_default()
}

/// Has the document follow `habits`: the style sheet goes by the theme.
pub fn follow(habits: Habits) {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|it| it.document_element());
    if let Some(root) = root {
        // It fails only for a name that no attribute can have.
        let _never = root.set_attribute("data-theme", habits.theme.slug());
    }
}

/// Keeps them for the next visit.
pub fn remember(habits: Habits) {
    storage::keep(KEY, &habits.to_text());
}
