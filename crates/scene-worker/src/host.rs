//! The worker's end: what it is told, and when it draws.

use std::cell::RefCell;
use std::rc::Rc;

use engine_protocol::{wire, worker};
use js_sys::Array;
use scene::{FromScene, Look, SceneFailure, ToScene};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, OffscreenCanvas};

use crate::glide::Glide;
use crate::painter::{Painter, Picture};

/// What is drawn and what waits to be.
#[derive(Default)]
struct Stage {
    painter: Option<Painter>,
    look: Option<Look>,
    glide: Option<Glide>,
    /// The volume that came last, until it is built: of several that came meanwhile only that.
    volume: Option<Vec<u8>>,
    frame: Option<Closure<dyn FnMut(f64)>>,
    awaits_frame: bool,
}

/// Listens as long as the worker lives.
pub fn listen() {
    worker::report_panics();
    let stage = Rc::new(RefCell::new(Stage::default()));
    stage.borrow_mut().frame = Some(Closure::new({
        let stage = Rc::clone(&stage);
        move |now_ms: f64| stage.borrow_mut().draw(now_ms)
    }));
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let mut stage = stage.borrow_mut();
        match wire::read::<ToScene>(&message.data(), wire::SCENE) {
            Ok((request, payload)) => stage.take_in(request, &payload),
            Err(error) => fail(&error.to_string()),
        }
        stage.ask_for_frame();
    });
    worker::scope().set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    tell(&FromScene::Loaded);
}

fn tell(event: &FromScene) {
    worker::post(wire::SCENE, event, &Array::new());
}

fn fail(details: &str) {
    tell(&FromScene::Failed { failure: SceneFailure::Other { details: details.to_owned() } });
}

impl Stage {
    fn take_in(&mut self, request: ToScene, payload: &Array) {
        match request {
            ToScene::Start => self.start(payload),
            ToScene::Build => self.volume = Some(wire::bytes(&payload.get(0))),
            ToScene::Picture { bscan, columns, rows } => {
                let picture = Picture { bscan, columns, rows, greys: wire::bytes(&payload.get(0)) };
                if let Some(painter) = &mut self.painter {
                    painter.take_picture(&picture);
                }
            }
            ToScene::Look(look) => {
                self.glide.get_or_insert(Glide::at(look.camera)).go(look.camera, look.glides);
                self.look = Some(look);
            }
        }
    }

    fn start(&mut self, payload: &Array) {
        let Ok(canvas) = payload.get(0).dyn_into::<OffscreenCanvas>() else {
            return fail("no canvas came with the start");
        };
        match Painter::on(canvas) {
            Ok(painter) => {
                painter.when_lost(|| tell(&FromScene::Failed { failure: SceneFailure::ContextLost }));
                self.painter = Some(painter);
                tell(&FromScene::Started);
            }
            Err(failure) => tell(&FromScene::Failed { failure }),
        }
    }

    fn ask_for_frame(&mut self) {
        let Some(frame) = self.frame.as_ref().filter(|_| self.painter.is_some() && !self.awaits_frame) else {
            return;
        };
        match worker::scope().request_animation_frame(frame.as_ref().unchecked_ref()) {
            Ok(_) => self.awaits_frame = true,
            // A worker without frames: the camera is where it is wanted.
            Err(_) => {
                if let (Some(glide), Some(look)) = (&mut self.glide, self.look) {
                    glide.go(look.camera, false);
                }
                self.draw(worker::now_ms());
            }
        }
    }

    fn draw(&mut self, now_ms: f64) {
        self.awaits_frame = false;
        let Some(painter) = &mut self.painter else { return };
        if let Some(bytes) = self.volume.take() {
            let start_ms = worker::now_ms();
            match painter.build(&bytes) {
                Ok(triangles) => {
                    let elapsed_ms = worker::now_ms() - start_ms;
                    tell(&FromScene::Built { triangles, elapsed_ms });
                }
                Err(error) => fail(&error.to_string()),
            }
        }
        let (Some(look), Some(glide)) = (self.look, &mut self.glide) else { return };
        let goes_on = glide.step(now_ms);
        painter.draw(&look, glide.now);
        if goes_on {
            self.ask_for_frame();
        }
    }
}
