//! The app: what a person sees and does. No network, no parsing: both live in
//! the engine's Web Worker, and this crate talks to it by the messages of
//! [`engine_protocol`].
//!
//! All state is in [`session::Session`]. Components read its signals and call
//! its commands; the worker's events change it in one place. B-scans and masks
//! lie in a [`bscan_store::BScanStore`], outside the signals, so that a thousand
//! pictures cost no bookkeeping. The worker may die at any time: what is shown
//! stays, and a new worker is handed the masks that the page still holds.
//!
//! | module | what it holds |
//! |---|---|
//! | [`app`] | the shell |
//! | [`session`] | state, commands, the engine's events |
//! | [`engine_client`] | the worker, typed |
//! | [`bscan_store`] | B-scans, masks and similarity maps held by the page |
//! | [`file_intake`], [`drop_zone`] | files, folders, drops |
//! | [`viewer`] | the B-scan and what was found in it |
//! | [`panels`] | figures, spacing, export, device |
//! | [`failure`] | failures and questions in words |
//! | [`saving`] | downloads |
//! | [`page_settings`] | what the document and the address say |
//! | [`words`] | figures and times in words |

pub mod app;
pub mod bscan_store;
pub mod drop_zone;
pub mod engine_client;
pub mod failure;
pub mod file_intake;
pub mod page_settings;
pub mod panels;
pub mod saving;
pub mod session;
pub mod viewer;
pub mod words;

/// Mounts the app on the page's body.
pub fn mount() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
