//! Dialogs over the page. The browser holds the focus in them, gives it back to what had it, and
//! closes them on Escape.

use leptos::html::Dialog;
use leptos::prelude::*;

/// Has `dialog` open and close as `is_open` says. What it gives is to be called when the browser
/// has closed the dialog: it calls `closed` unless the dialog was opened again meanwhile.
pub fn follow(
    dialog: NodeRef<Dialog>,
    is_open: Memo<bool>,
    closed: impl Fn() + Copy + 'static,
) -> impl Fn() + Copy + 'static {
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if is_open.get() && !dialog.open() {
            // It fails only for a dialog that is open already.
            drop(dialog.show_modal());
        } else if !is_open.get() && dialog.open() {
            dialog.close();
        }
    });
    move || {
        // It is told later: meanwhile the dialog may have been opened again.
        if dialog.get_untracked().is_none_or(|dialog| !dialog.open()) {
            closed();
        }
    }
}
