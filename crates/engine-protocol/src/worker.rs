//! A worker in the browser: its messages, its clock, its panics.

use js_sys::{Array, Function, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::wire;

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

/// Shows in the browser's profiler that `lacuna NAME` took from `start_ms` to `end_ms`.
pub fn show_time(name: &str, start_ms: f64, end_ms: f64) {
    let options = Object::new();
    let set = |key: &str, value: f64| Reflect::set(&options, &key.into(), &value.into());
    let measure = || -> Result<(), JsValue> {
        set("start", start_ms)?;
        set("end", end_ms)?;
        let clock = scope().performance().ok_or(JsValue::UNDEFINED)?;
        let measure: Function = Reflect::get(&clock, &"measure".into())?.dyn_into()?;
        measure.call2(&clock, &format!("lacuna {name}").into(), &options)?;
        Ok(())
    };
    // A browser without it shows less; nothing else depends on it.
    drop(measure());
}

/// Has a panic end in an error event of this worker, which who started it hears of. Inside a
/// task it would end as a rejected promise, which nobody does.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        let words = panic.to_string();
        gloo::timers::callback::Timeout::new(0, move || wasm_bindgen::throw_str(&words)).forget();
    }));
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
