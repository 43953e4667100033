//! The page's side of the worker that draws in space: spawn it, hand it a canvas, tell it
//! what is wanted. It lives as long as that view is open.

use engine_protocol::{wire, worker};
use js_sys::Array;
use scene::{FromScene, Look, SceneFailure, SceneVolume, ToScene};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, HtmlCanvasElement, MessageEvent, Worker};

use super::document;
use crate::model::Pixels;

/// A running worker. Dropping it terminates the worker, and the graphics with it.
pub struct SceneClient {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl SceneClient {
    /// Starts the worker; `receive` gets all it says, [`FromScene::Loaded`] first. What is
    /// sent before that is lost.
    ///
    /// # Errors
    /// [`SceneFailure`] where the browser refuses to start a worker.
    pub fn spawn(receive: impl Fn(FromScene) + Clone + 'static) -> Result<Self, SceneFailure> {
        let url = document::scene_url();
        let url =
            url.ok_or_else(|| other("the page does not name the scene's script (meta lacuna-scene)"))?;
        let worker = worker::start(&url).map_err(|error| other(&wire::describe(&error)))?;
        let on_message = Closure::new({
            let receive = receive.clone();
            move |message: MessageEvent| match wire::read::<FromScene>(&message.data(), wire::SCENE) {
                Ok((event, _)) => receive(event),
                Err(error) => receive(FromScene::Failed { failure: other(&error.to_string()) }),
            }
        });
        let on_error = Closure::new(move |event: web_sys::Event| {
            event.prevent_default();
            let details = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            let details = details.unwrap_or_else(|| "the worker's script could not be loaded".to_owned());
            receive(FromScene::Failed { failure: other(&details) });
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Hands over a canvas; the page draws on it no more.
    ///
    /// # Errors
    /// [`SceneFailure::NoOffscreenCanvas`] where the browser cannot, else its words.
    pub fn start(&self, canvas: &HtmlCanvasElement) -> Result<(), SceneFailure> {
        let canvas = canvas.transfer_control_to_offscreen().map_err(|_| SceneFailure::NoOffscreenCanvas)?;
        let payload = Array::of1(&canvas);
        self.post(ToScene::Start, &payload, &payload)
    }

    /// Has it draw another volume.
    ///
    /// # Errors
    /// The browser's words.
    pub fn build(&self, volume: &SceneVolume) -> Result<(), SceneFailure> {
        let payload = Array::of1(&wire::buffer(&scene::bytes::write(volume)));
        self.post(ToScene::Build, &payload, &payload)
    }

    /// Gives it the picture of a B-scan.
    ///
    /// # Errors
    /// The browser's words.
    pub fn picture(&self, bscan: u32, [columns, rows]: [u32; 2], greys: &Pixels) -> Result<(), SceneFailure> {
        let payload = Array::of1(&wire::buffer(&greys.to_vec()));
        self.post(ToScene::Picture { bscan, columns, rows }, &payload, &payload)
    }

    /// Has it look otherwise.
    ///
    /// # Errors
    /// The browser's words.
    pub fn look(&self, look: Look) -> Result<(), SceneFailure> {
        self.post(ToScene::Look(look), &Array::new(), &Array::new())
    }

    fn post(&self, request: ToScene, payload: &Array, transferred: &Array) -> Result<(), SceneFailure> {
        let envelope =
            wire::envelope(wire::SCENE, &request, payload).map_err(|error| other(&error.to_string()))?;
        self.worker
            .post_message_with_transfer(&envelope, transferred)
            .map_err(|error| other(&wire::describe(&error)))
    }
}

impl Drop for SceneClient {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn other(details: &str) -> SceneFailure {
    SceneFailure::Other { details: details.to_owned() }
}
