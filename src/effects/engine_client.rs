//! The page's side of the engine's Web Worker: spawn it, send typed requests,
//! receive typed events, notice its death.

use engine_protocol::wire::{self, describe};
use engine_protocol::{Event, Request, worker};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker};

/// What reaches the page from the worker.
pub enum FromEngine {
    /// An event with its buffers.
    Event(Box<Event>, Array),
    /// The worker died or speaks another protocol; it must be replaced.
    Died {
        /// The cause, for a bug report.
        details: String,
    },
}

/// A running worker. Dropping it terminates the worker, and with it every
/// event that was still on its way.
pub struct EngineClient {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
    _on_message_error: Closure<dyn FnMut(MessageEvent)>,
}

impl EngineClient {
    /// Starts the module worker at `url`; `receive` gets all it says.
    ///
    /// # Errors
    /// The browser's words where it refuses to start a worker.
    pub fn spawn(url: &str, receive: impl Fn(FromEngine) + Clone + 'static) -> Result<Self, String> {
        let worker = worker::start(url).map_err(|error| describe(&error))?;

        let on_message = Closure::new({
            let receive = receive.clone();
            move |message: MessageEvent| receive(read(&message.data()))
        });
        let on_error = Closure::new({
            let receive = receive.clone();
            move |event: web_sys::Event| {
                // Said here once; without this the browser logs it a second time.
                event.prevent_default();
                // A script that cannot be fetched gives a bare event without a message.
                let details = match event.dyn_ref::<ErrorEvent>() {
                    Some(error) => format!("{} ({}:{})", error.message(), error.filename(), error.lineno()),
                    None => "the worker's script could not be loaded".to_owned(),
                };
                receive(FromEngine::Died { details });
            }
        });
        let on_message_error = Closure::new(move |_: MessageEvent| {
            receive(FromEngine::Died { details: "a message from the worker could not be read".to_owned() });
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_message_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error, _on_message_error: on_message_error })
    }

    /// Sends `request`. The `ArrayBuffer`s in `payload` are transferred, `File`s
    /// are handed over by reference.
    ///
    /// # Errors
    /// The browser's words where the message cannot be sent.
    pub fn send(&self, request: &Request, payload: &Array) -> Result<(), String> {
        let envelope = wire::envelope(wire::PAGE, request, payload).map_err(|error| error.to_string())?;
        self.worker
            .post_message_with_transfer(&envelope, &wire::transferred(payload))
            .map_err(|error| describe(&error))
    }
}

impl Drop for EngineClient {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}

fn read(data: &JsValue) -> FromEngine {
    match wire::read::<Event>(data, wire::PAGE) {
        Ok((event, payload)) => FromEngine::Event(Box::new(event), payload),
        Err(error) => FromEngine::Died { details: error.to_string() },
    }
}
