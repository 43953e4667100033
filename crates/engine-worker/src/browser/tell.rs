//! Answers on their way to the page.

use engine_protocol::{wire, worker};

use crate::session::Answer;

/// Tells the page.
pub fn tell(answer: impl Into<Answer>) {
    let answer = answer.into();
    worker::post(wire::PAGE, &answer.event, &wire::buffers(&answer.buffers));
}

/// Tells the page several things, in their order.
pub fn tell_all(answers: impl IntoIterator<Item = Answer>) {
    answers.into_iter().for_each(tell);
}
