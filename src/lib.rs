//! The app: what a person sees and does. No network, no parsing: both live in
//! the engine's Web Worker, and this crate talks to it by the messages of
//! [`engine_protocol`].
//!
//! All state is the plain data of [`model::Model`]. Components read it and send
//! [`model::Input`]s; [`model::update`] changes it and says what is to be done,
//! which [`effects`] does in the browser. The worker may die at any time: what is
//! shown stays, and a new worker is handed the masks that the page still holds.
//!
//! | module | what it holds |
//! |---|---|
//! | [`model`] | state as data, without a browser |
//! | [`effects`] | what the model asks of the browser: worker, files, downloads |
//! | [`app`] | the shell |
//! | [`action`] | a button that sends an input |
//! | [`dialog`] | dialogs over the page |
//! | [`drop_zone`] | drops and file pickers |
//! | [`notices`] | failures and questions |
//! | [`tour`] | a first way around the page |
//! | [`viewer`] | the B-scan and what was found in it |
//! | [`panels`] | figures, spacing, files to save, device |
//! | [`sheets`] | what is opened over the page to be read: help and report |
//! | [`canvas`] | what every canvas is made of |
//! | [`worklist`] | the list of scans |
//! | [`words`] | everything that a person reads, in every language |

pub mod action;
pub mod app;
pub mod canvas;
pub mod dialog;
pub mod drop_zone;
pub mod effects;
pub mod model;
pub mod notices;
pub mod panels;
pub mod sheets;
pub mod tour;
pub mod viewer;
pub mod words;
pub mod worklist;

/// Mounts the app on the page's body.
pub fn mount() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
