//! Everything that touches the browser.
//!
//! | module | what it does |
//! |---|---|
//! | [`link`] | messages in and out |
//! | [`primary`] | the worker that the page talks to |
//! | [`starting`] | weights, device, lanes |
//! | [`opening`] | dropped files and the sample eye |
//! | [`segmenting`] | driving a segmentation |
//! | [`similarity`] | the similarity maps of the B-scan in view |
//! | [`lane`] | a nested worker that computes on one core: both of its ends |

mod lane;
mod link;
mod opening;
mod primary;
mod segmenting;
mod similarity;
mod starting;

use std::cell::RefCell;
use std::rc::Rc;

use engine_protocol::Event;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use self::primary::Primary;

/// What this worker turned out to be.
enum Role {
    Unknown,
    Primary(Rc<Primary>),
    Lane(Rc<lane::Far>),
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
            *role = if lane::is_for_a_lane(&data) {
                Role::Lane(Rc::new(lane::Far::default()))
            } else {
                Role::Primary(Rc::new(Primary::default()))
            };
        }
        match &*role {
            Role::Lane(lane) => Rc::clone(lane).hear(&data),
            Role::Primary(primary) => Rc::clone(primary).hear(&data),
            Role::Unknown => {}
        }
    });
    link::scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    // Listens as long as the worker lives.
    listen.forget();
    link::tell(&Event::Loaded, Vec::new());
}
