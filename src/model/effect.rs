//! What is to be done outside of the model.

use engine_protocol::Request;
use oct::RunLengths;

use super::habits::Habits;
use super::pixels::Pixels;
use super::source::DropId;
use crate::words::Locale;

/// What is to be done in the browser.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Start a worker in place of the one there is.
    StartEngine,
    /// Let go of the worker.
    StopEngine,
    /// Send a request to the worker.
    Send(Request, Payload),
    /// Follow these habits, and keep them for the next visit.
    KeepHabits(Habits),
    /// Hand a file to the browser's download.
    Save {
        /// Its name.
        name: String,
        /// Its MIME type.
        mime: String,
        /// Its bytes.
        content: Pixels,
    },
    /// The document speaks this language, and so does the next visit.
    UseLanguage(Locale),
}

/// What goes with a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// Nothing.
    Nothing,
    /// The files of a drop.
    Files(DropId),
    /// Masks, each as the labels of its B-scan, with the boundaries of the retina there. They are
    /// run lengths until they are sent, one after the other: a whole eye of labels is large.
    Masks(Vec<(RunLengths, Vec<f32>)>),
}
