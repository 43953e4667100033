//! Metamorphic tests: one eye whose fluid is known, written in every way that
//! people's programs write it.
//!
//! A *way* keeps the truth (another order of axes, another packing, other names)
//! or breaks it (a B-scan without a picture, micrometres called millimetres, a
//! part that is missing). Where it keeps the truth the program must find the same
//! nanolitres and lay its masks on the same samples; where it breaks it, the
//! answer is a question, a marked bound or a refusal, and never a plain figure.
//!
//! The table of ways is data: [`table`] composes a few lists of rows, so that one
//! more row is tried with all that it can be combined with. Nothing here knows the
//! readers under test, on purpose: what writes a file is independent of what reads it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`scan`] | the eye and its truth |
//! | [`picture`] | what may have happened to the pictures |
//! | [`spacing`] | what a file may say of its spacing |
//! | [`samples`] | how a grey becomes a stored number, in which order |
//! | [`container`] | the formats, each with what may vary in it |
//! | [`packing`] | names, folders, zips, and what lies beside |
//! | [`way`] | a composition of these, and what is right for it |
//! | [`table`] | the rows |
//! | [`random`] | compositions that nobody thought of, by seed |
//!
//! The runner is `crates/cli/tests/ways`, and `tests/e2e/ways.spec.ts` for a sample.

// The writers are test code: what cannot fail may be unwrapped.
#![allow(clippy::unwrap_used, clippy::panic, reason = "input for tests, never shipped")]

pub mod container;
pub mod packing;
pub mod picture;
pub mod random;
pub mod samples;
pub mod scan;
pub mod spacing;
pub mod table;
pub mod way;

pub use scan::Scan;
pub use way::{Expected, Way};

/// A file that a way consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Folders and name, `/` between.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl File {
    /// The file `path` of `bytes`.
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }
}
