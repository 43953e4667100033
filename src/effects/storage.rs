//! What the browser keeps for the page between visits, where it keeps anything.

use web_sys::Storage;

/// What is kept under `key`.
pub fn read(key: &str) -> Option<String> {
    // A browser that keeps nothing for the page refuses the storage or what is asked of it.
    storage()?.get_item(key).ok().flatten()
}

/// Keeps `value` under `key`.
pub fn keep(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage costs the choice at the next visit and nothing now.
        let _not_kept = storage.set_item(key, value);
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
