//! Saves a buffer as a file, through a link that lives for a moment.

use engine_protocol::wire::{self, describe};
use gloo::file::{Blob, ObjectUrl};
use wasm_bindgen::JsCast;

use super::js_bytes::JsBytes;
use crate::model::Pixels;

/// Time the browser gets to read the object URL before it is revoked.
const URL_LIVES_MS: u32 = 60_000;

/// Hands `content` to the browser's download under `name`.
///
/// # Errors
/// The browser's words.
pub fn save(name: &str, mime: &str, content: &Pixels) -> Result<(), String> {
    let buffer = match content.downcast_ref::<JsBytes>() {
        Some(bytes) => bytes.buffer(),
        None => wire::buffer(&content.to_vec()),
    };
    let url = ObjectUrl::from(Blob::new_with_options(buffer, Some(mime)));
    let document = web_sys::window().and_then(|window| window.document()).ok_or("there is no document")?;
    let link = document.create_element("a").map_err(|error| describe(&error))?;
    let link = link.unchecked_into::<web_sys::HtmlAnchorElement>();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    gloo::timers::callback::Timeout::new(URL_LIVES_MS, move || drop(url)).forget();
    Ok(())
}
