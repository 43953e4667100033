//! What can be wrong: one variant a cause, with the offending value. Each error
//! is one sentence that says what is wrong and what to do.
//!
//! A reader says only the [`Cause`]. Which file it lies in is added once, where
//! the file was chosen ([`crate::intake`]), unless the reader blames another one
//! than it was given.

mod cause;
mod fault;
mod words;
mod write;

use crate::formats::what_to_drop;

pub use cause::Cause;
pub(crate) use fault::Fault;
pub(crate) use words::{MORE, listed, shortened, was};
pub use write::WriteError;

/// Why a volume could not be opened.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// Nothing was dropped.
    #[error("Nothing was dropped: choose an OCT volume ({}).", what_to_drop())]
    Nothing,
    /// Nothing but what systems and programs leave in folders.
    #[error("{names} {}", words::only_litter(*count, *are_small_copies))]
    OnlyLitter {
        /// How many files there were.
        count: usize,
        /// The first few names.
        names: String,
        /// Whether all are small copies of images.
        are_small_copies: bool,
    },
    /// None of the files is an OCT volume.
    #[error(
        "{} an OCT volume that Lacuna reads ({names}): drop {}.",
        words::none_of(*count),
        what_to_drop()
    )]
    NoVolume {
        /// How many files there were.
        count: usize,
        /// The first few names.
        names: String,
    },
    /// More than one volume.
    #[error("{count} volumes were dropped at once ({names}): drop one of them.")]
    SeveralVolumes {
        /// How many.
        count: usize,
        /// The first few names.
        names: String,
    },
    /// A volume was chosen that the files do not hold.
    #[error("There is no volume number {} among the {count} in {name}: choose one of those that are there.", choice + 1)]
    NoSuchChoice {
        /// What was opened, as people call it.
        name: String,
        /// The choice, counted from 0.
        choice: usize,
        /// How many there are.
        count: usize,
    },
    /// Something is wrong with one file.
    #[error("{file} {cause}")]
    InFile {
        /// The file.
        file: String,
        /// What is wrong.
        cause: Cause,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncated_file_is_one_sentence_with_file_cause_and_remedy() {
        let cause = Cause::Truncated {
            promised_by: "oct.mhd".to_owned(),
            expected: 25_165_824,
            found: 12_000,
            content: "512 x 1024 x 48 B-scans of uint8".to_owned(),
        };
        assert_eq!(
            OpenError::InFile { file: "oct.raw".to_owned(), cause }.to_string(),
            "oct.raw holds 12,000 bytes but oct.mhd promises 25,165,824 (512 x 1024 x 48 B-scans of uint8): \
             the copy is probably incomplete, copy the files again."
        );
    }

    #[test]
    fn litter_alone_is_called_what_it_is_with_what_to_drop_instead() {
        let said = |names: &str, count, are_small_copies| {
            OpenError::OnlyLitter { count, names: names.to_owned(), are_small_copies }.to_string()
        };
        assert_eq!(
            said("b1_thumb.png", 1, true),
            "b1_thumb.png is a small copy of an image and no scan: drop the image itself."
        );
        assert!(said("a_thumb.png, b_thumb.png", 2, true).contains("are small copies of images"));
        assert!(
            said(".DS_Store", 1, false).starts_with(".DS_Store is a file that a system or program keeps")
        );
    }

    #[test]
    fn what_to_drop_is_said_in_one_sentence() {
        assert_eq!(
            OpenError::Nothing.to_string(),
            "Nothing was dropped: choose an OCT volume (DICOM, the file of a Heidelberg, Topcon, Zeiss or \
             Optovue device, MetaImage, NIfTI, or B-scans as images)."
        );
        assert_eq!(
            OpenError::NoVolume { count: 1, names: "a.txt".to_owned() }.to_string(),
            "The file dropped is not an OCT volume that Lacuna reads (a.txt): drop DICOM, the file of a \
             Heidelberg, Topcon, Zeiss or Optovue device, MetaImage, NIfTI, or B-scans as images."
        );
    }
}
