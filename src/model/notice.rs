//! Failures and questions in words.

use engine_protocol::Failure;

use super::source::Source;
use crate::words::Said;

/// A failure in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What, why, and what to do.
    pub sentence: Said,
    /// The chain of causes, for a bug report.
    pub details: String,
}

impl Notice {
    /// A notice without causes behind it.
    pub fn new(sentence: impl Into<Said>) -> Self {
        Self { sentence: sentence.into(), details: String::new() }
    }

    /// A notice with the causes behind it.
    pub fn with_details(sentence: impl Into<Said>, details: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), details: details.into() }
    }
}

impl From<Failure> for Notice {
    fn from(failure: Failure) -> Self {
        Self::with_details(Said::verbatim(failure.sentence), failure.details)
    }
}

/// Whether a run may be stopped for another scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The scan that waits for the answer.
    pub source: Source,
}
