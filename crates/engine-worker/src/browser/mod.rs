//! Everything that only a browser can run, as thin as it can be.
//!
//! | module | what it does |
//! |---|---|
//! | [`page`] | the worker that the page talks to |
//! | [`start`] | weights, device, CPU workers |
//! | [`files`] | dropped files and the sample eye |
//! | [`drive`] | driving a run |
//! | [`similarity`] | the similarity maps of the B-scan in view |
//! | [`tell`] | answers on their way to the page |

mod drive;
mod files;
mod page;
mod similarity;
mod start;
mod tell;

use std::cell::RefCell;
use std::rc::Rc;

use engine_protocol::{Event, wire};
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use self::page::PageWorker;
use crate::cpu::CpuHost;

/// What this worker turned out to be.
enum Role {
    Unknown,
    OfPage(Rc<PageWorker>),
    Cpu(Rc<CpuHost>),
}

/// Listens; the first message decides the role.
pub fn run() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        // A panic inside a task ends as a rejected promise, which the page never
        // hears of; thrown from a timer it reaches the page as an error event.
        let words = panic.to_string();
        gloo::timers::callback::Timeout::new(0, move || wasm_bindgen::throw_str(&words)).forget();
    }));
    let role = RefCell::new(Role::Unknown);
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let data = message.data();
        let mut role = role.borrow_mut();
        if matches!(*role, Role::Unknown) {
            *role = if wire::is_under(&data, wire::CPU) {
                Role::Cpu(Rc::new(CpuHost::default()))
            } else {
                Role::OfPage(Rc::new(PageWorker::default()))
            };
        }
        match &*role {
            Role::Cpu(host) => Rc::clone(host).hear(&data),
            Role::OfPage(worker) => Rc::clone(worker).hear(&data),
            Role::Unknown => {}
        }
    });
    crate::scope::scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    // Listens as long as the worker lives.
    listen.forget();
    tell::tell(Event::Loaded);
}
