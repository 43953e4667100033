//! Messages between page, worker and CPU workers as JavaScript objects
//! `{ message, payload }`: the serialised enum under a key that says who speaks
//! with whom, and an array of buffers (or files) that are handed over.

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

/// Key of a message between the page and the engine's worker.
pub const PAGE: &str = "message";
/// Key of a message between the engine's worker and its CPU workers.
pub const CPU: &str = "cpu";
/// Key of a message between the page and the worker that draws in space.
pub const SCENE: &str = "scene";
/// Key of the buffers or files that come with a message.
const PAYLOAD: &str = "payload";

/// Why a message could not be sent or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// It is none of ours.
    #[error("The page and its engine are of different versions ({0}): reload the page.")]
    Unreadable(String),
    /// The browser could not take it.
    #[error("the browser could not pass a message on ({0})")]
    Unsendable(String),
}

/// A message object; who posts it hands over what [`transferred`] lists.
///
/// # Errors
/// [`WireError::Unsendable`] where the message cannot become a JavaScript object.
pub fn envelope(key: &str, message: &impl Serialize, payload: &Array) -> Result<Object, WireError> {
    let unsendable = |error: JsValue| WireError::Unsendable(describe(&error));
    let message = message
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|error| WireError::Unsendable(error.to_string()))?;
    let envelope = Object::new();
    Reflect::set(&envelope, &key.into(), &message).map_err(unsendable)?;
    Reflect::set(&envelope, &PAYLOAD.into(), payload).map_err(unsendable)?;
    Ok(envelope)
}

/// The message under `key`, and what came with it.
///
/// # Errors
/// [`WireError::Unreadable`] where there is no such message.
pub fn read<T: DeserializeOwned>(data: &JsValue, key: &str) -> Result<(T, Array), WireError> {
    let part = |key: &str| Reflect::get(data, &key.into()).unwrap_or(JsValue::UNDEFINED);
    let message = serde_wasm_bindgen::from_value(part(key))
        .map_err(|error| WireError::Unreadable(error.to_string()))?;
    Ok((message, part(PAYLOAD).dyn_into().unwrap_or_default()))
}

/// Whether `data` is a message under `key`.
pub fn is_under(data: &JsValue, key: &str) -> bool {
    Reflect::has(data, &key.into()).unwrap_or(false)
}

/// What of `payload` changes hands: buffers do, files are handed over by reference.
pub fn transferred(payload: &Array) -> Array {
    payload.iter().filter(|part| part.is_instance_of::<ArrayBuffer>()).collect()
}

/// A copy of `content` for JavaScript.
pub fn buffer(content: &[u8]) -> ArrayBuffer {
    Uint8Array::from(content).buffer()
}

/// Copies of `contents` for JavaScript.
pub fn buffers(contents: &[Vec<u8>]) -> Array {
    contents.iter().map(|content| buffer(content)).collect()
}

/// The bytes of a buffer that was handed over.
pub fn bytes(buffer: &JsValue) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}

/// What JavaScript threw, in words.
pub fn describe(thrown: &JsValue) -> String {
    thrown
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| format!("{thrown:?}"))
}
