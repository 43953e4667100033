//! Saves a buffer as a file, through a link that lives for a moment.

use gloo::file::{Blob, ObjectUrl};
use js_sys::ArrayBuffer;
use wasm_bindgen::{JsCast, JsValue};

use crate::engine_client::describe;

/// Time the browser gets to read the object URL before it is revoked.
const URL_LIVES_MS: u32 = 60_000;

/// Hands `content` to the browser's download under `name`.
///
/// # Errors
/// The browser's words.
pub fn save(name: &str, mime: &str, content: &JsValue) -> Result<(), String> {
    let buffer = content.dyn_ref::<ArrayBuffer>().ok_or("the engine sent no buffer")?;
    let url = ObjectUrl::from(Blob::new_with_options(buffer.clone(), Some(mime)));
    let document = web_sys::window().and_then(|window| window.document()).ok_or("there is no document")?;
    let link = document.create_element("a").map_err(|error| describe(&error))?;
    let link = link.unchecked_into::<web_sys::HtmlAnchorElement>();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    gloo::timers::callback::Timeout::new(URL_LIVES_MS, move || drop(url)).forget();
    Ok(())
}
