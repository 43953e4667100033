//! What the page is told.

use std::error::Error;

use correct::{BytesError, CorrectError};
use engine_protocol::{Event, FailedStep, Failure, ScanId};
use oct::{GeometryError, MaskError};
use oct_formats::WriteError;
use study::{DrawnError, ThresholdError};
use visits::NotRegistered;

/// An event with the buffers that its documentation names.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The event.
    pub event: Event,
    /// Its buffers.
    pub buffers: Vec<Vec<u8>>,
}

impl From<Event> for Answer {
    fn from(event: Event) -> Self {
        Self { event, buffers: Vec::new() }
    }
}

impl Answer {
    /// Something failed `during` a step, for `scan` where it belongs to one.
    pub fn failed(scan: Option<ScanId>, during: FailedStep, error: &dyn Error) -> Self {
        let mut details = format!("{error:?}");
        let mut cause = error.source();
        while let Some(source) = cause {
            details.push_str(&format!("\ncaused by: {source}"));
            cause = source.source();
        }
        Event::Failed { scan, failure: Failure { during, sentence: error.to_string(), details } }.into()
    }

    /// The answer to a request about `scan`; none where the scan is not open,
    /// which the page has heard by then.
    pub fn to_request(scan: ScanId, during: FailedStep, answer: Result<Self, RequestError>) -> Option<Self> {
        match answer {
            Ok(answer) => Some(answer),
            Err(RequestError::NotOpen) => None,
            Err(error) => Some(Self::failed(Some(scan), during, &error)),
        }
    }
}

/// Why a request could not be met.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RequestError {
    /// The scan is not open, or not any more.
    #[error("The scan is not open any more: open it again.")]
    NotOpen,
    /// There is no engine yet.
    #[error("The engine is still starting: try again in a moment.")]
    EngineStarting,
    /// One run a scan.
    #[error("A segmentation is running already: wait for it or cancel it.")]
    AlreadyRunning,
    /// The volume has no such B-scan.
    #[error("The volume has no B-scan number {}.", .0 + 1)]
    NoSuchBScan(u32),
    /// Nobody knows which axis is depth, or the picture is odd.
    #[error("{}", about_axes(*.because))]
    AxesAsked {
        /// What is odd about the picture, a clause, where its axes are known.
        because: Option<&'static str>,
    },
    /// A spacing that cannot be.
    #[error(transparent)]
    Spacing(#[from] GeometryError),
    /// A threshold that is none.
    #[error(transparent)]
    Threshold(#[from] ThresholdError),
    /// A mask that does not fit the volume.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// An edit that cannot be made.
    #[error(transparent)]
    Correct(#[from] CorrectError),
    /// Kept corrections of another scan, or damaged ones.
    #[error(transparent)]
    Kept(#[from] BytesError),
    /// What was drawn before a restart does not fit.
    #[error(transparent)]
    Drawn(#[from] DrawnError),
    /// One of two visits is not segmented.
    #[error("Nothing is measured yet in one of the two scans: segment both first.")]
    NotSegmented,
    /// Two visits cannot be laid on each other as they must.
    #[error("{}", sentence(&.0.to_string()))]
    NotRegistered(#[from] NotRegistered),
    /// A file that cannot be made.
    #[error(transparent)]
    Save(#[from] WriteError),
}

/// Weights that a person dropped are not used; all stays as it is.
#[derive(Debug, thiserror::Error)]
#[error(
    "{name} is not used: {cause}. The weights in use stay; a file that the trainer's `quantize` wrote can be dropped here."
)]
pub struct NotUsed {
    /// The file.
    pub name: String,
    /// Why not.
    #[source]
    pub cause: Box<dyn Error>,
}

fn about_axes(because: Option<&'static str>) -> String {
    match because {
        None => "It is not sure which axis of the scan is depth: choose the picture that is a B-scan first."
            .to_owned(),
        Some(because) => {
            let because = sentence(because);
            let because = because.trim_end_matches('.');
            format!("{because}, so nothing is segmented before you say whether it is right as it is.")
        }
    }
}

/// Floats as a buffer holds them: 32-bit, little-endian.
pub(super) fn float_bytes(floats: impl IntoIterator<Item = f32>) -> Vec<u8> {
    floats.into_iter().flat_map(f32::to_le_bytes).collect()
}

/// A clause as a sentence.
pub(super) fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_that_are_not_used_are_named_with_the_cause_and_what_stays() {
        let cause = Box::new(std::io::Error::other("the weight file is damaged: its checksum is 00, not 11"));
        let answer = Answer::failed(
            None,
            FailedStep::UseWeights,
            &NotUsed { name: "mine.safetensors".to_owned(), cause },
        );
        let Event::Failed { scan: None, failure } = answer.event else { panic!("{answer:?}") };
        assert_eq!(failure.during, FailedStep::UseWeights);
        assert_eq!(
            failure.sentence,
            "mine.safetensors is not used: the weight file is damaged: its checksum is 00, not 11. The weights in use stay; a file that the trainer's `quantize` wrote can be dropped here."
        );
        assert!(failure.details.contains("caused by: the weight file is damaged"), "{}", failure.details);
    }

    #[test]
    fn a_refusal_says_what_is_asked() {
        let said = |because| RequestError::AxesAsked { because }.to_string();
        assert!(said(None).contains("which axis of the scan is depth"));
        assert_eq!(
            said(Some("the picture seems to be upside down")),
            "The picture seems to be upside down, so nothing is segmented before you say whether it is right as it is."
        );
    }
}
