//! Everything that only a browser can run, as thin as it can be.
//!
//! | module | what it does |
//! |---|---|
//! | [`page`] | the worker that the page talks to |
//! | [`start`] | weights, device, CPU workers |
//! | [`files`] | dropped files and the sample eye |
//! | [`drive`] | driving a run |
//! | [`compare`] | two visits |
//! | [`similarity`] | the similarity maps of the B-scan in view |
//! | [`tell`] | answers on their way to the page |

mod compare;
mod drive;
mod files;
mod page;
mod similarity;
mod start;
mod tell;

use std::rc::Rc;

use engine_protocol::{Event, worker};
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use self::page::PageWorker;

/// Listens as long as the worker lives.
pub fn run() {
    worker::report_panics();
    let page_worker: Rc<PageWorker> = Rc::default();
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        Rc::clone(&page_worker).hear(&message.data());
    });
    worker::scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    tell::tell(Event::Loaded);
}
