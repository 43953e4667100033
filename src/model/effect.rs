//! What is to be done outside of the model.

use engine_protocol::{Request, ScanId};
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
    /// Keep what a person drew in the scan that `digest` names; forget it where it is nothing.
    KeepCorrections {
        /// By what the scan is known again.
        digest: String,
        /// What was drawn.
        bytes: Option<Pixels>,
    },
    /// Look whether an earlier visit kept what was drawn in a scan.
    LookUpCorrections {
        /// The scan.
        scan: ScanId,
        /// By what it is known again.
        digest: String,
    },
    /// Forget all that was ever drawn and kept.
    ForgetCorrections,
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
    Masks {
        /// What the network found.
        found: Vec<(RunLengths, Vec<f32>)>,
        /// What a person drew, as run lengths.
        drawn: Vec<RunLengths>,
    },
    /// One buffer.
    Bytes(Pixels),
}
