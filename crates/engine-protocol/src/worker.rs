//! A worker in the browser: its messages, its clock, its panics.

use js_sys::{Array, Function, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, DedicatedWorkerGlobalScope, Url, Worker, WorkerOptions, WorkerType};

use crate::wire;

/// This worker.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Starts a worker whose module script lies at `url`, which is absolute.
///
/// A worker that is loaded from an address obeys the policy that its own response carries,
/// and a static host sends none. One that starts from a blob inherits the policy of who
/// starts it: no request leaves it, wherever the page is hosted.
///
/// # Errors
/// What the browser throws.
pub fn start(url: &str) -> Result<Worker, JsValue> {
    let script = Array::of1(&format!("import {};", js_sys::JSON::stringify(&url.into())?).into());
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&script, &kind)?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    Worker::new_with_options(&Url::create_object_url_with_blob(&blob)?, &options)
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
