//! Messages in and out: `{ message, payload }`, buffers transferred.

use engine_protocol::{Event, FailedStep, Failure, JobId, MESSAGE_KEY, PAYLOAD_KEY};
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
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

/// Tells the page.
pub fn tell(event: &Event, buffers: Vec<Vec<u8>>) {
    let payload = transferable(&buffers);
    match envelope(MESSAGE_KEY, event, &payload) {
        // The page that would hear of a failure is the one that cannot be reached.
        Ok(envelope) => drop(scope().post_message_with_transfer(&envelope, &payload)),
        Err(error) => wasm_bindgen::throw_val(error),
    }
}

/// Tells the page that something failed.
pub fn tell_failure(job: Option<JobId>, during: FailedStep, error: &dyn std::error::Error) {
    let mut details = format!("{error:?}");
    let mut cause = error.source();
    while let Some(source) = cause {
        details.push_str(&format!("\ncaused by: {source}"));
        cause = source.source();
    }
    let failure = Failure { during, sentence: error.to_string(), details };
    tell(&Event::Failed { job, failure }, Vec::new());
}

/// A message object; `payload` is transferred by who posts it.
pub fn envelope(key: &str, message: &impl Serialize, payload: &Array) -> Result<Object, JsValue> {
    let message = message.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?;
    let envelope = Object::new();
    Reflect::set(&envelope, &key.into(), &message)?;
    Reflect::set(&envelope, &PAYLOAD_KEY.into(), payload)?;
    Ok(envelope)
}

/// The message under `key`, and the payload.
pub fn read<T: DeserializeOwned>(data: &JsValue, key: &str) -> Result<(T, Array), Unreadable> {
    let part = |key: &str| Reflect::get(data, &key.into()).unwrap_or(JsValue::UNDEFINED);
    let message = serde_wasm_bindgen::from_value(part(key)).map_err(|error| Unreadable(error.to_string()))?;
    Ok((message, part(PAYLOAD_KEY).dyn_into().unwrap_or_default()))
}

/// Copies for JavaScript, to be transferred.
pub fn transferable(contents: &[Vec<u8>]) -> Array {
    contents.iter().map(|bytes| Uint8Array::from(bytes.as_slice()).buffer()).collect()
}

/// The bytes of a transferred buffer.
pub fn bytes(buffer: &JsValue) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}

/// A JavaScript error in words.
pub fn describe(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}

/// A message that is none of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "The page and its engine are of different versions ({}): reload the page.", self.0)
    }
}

impl std::error::Error for Unreadable {}
