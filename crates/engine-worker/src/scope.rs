//! This worker in the browser: its messages and its clock.

use engine_protocol::wire;
use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// This worker.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds of a steady clock.
pub fn now_ms() -> f64 {
    scope().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// Lets messages that wait be heard.
pub async fn breathe() {
    gloo::timers::future::TimeoutFuture::new(0).await;
}

/// Sends a message under `key` to who started this worker; the buffers of
/// `payload` are handed over.
pub fn post(key: &str, message: &impl Serialize, payload: &Array) {
    match wire::envelope(key, message, payload) {
        // Who would hear of a failure is who cannot be reached.
        Ok(envelope) => {
            drop(scope().post_message_with_transfer(&envelope, &wire::transferred(payload)));
        }
        Err(error) => wasm_bindgen::throw_str(&error.to_string()),
    }
}
