//! Reads DICOM images as volumes.

use crate::{InputFile, OpenError, Opened};

/// Reads volume `choice` of those that `files` hold together; the first without a choice.
pub(crate) fn read(files: Vec<InputFile>, choice: Option<usize>) -> Result<Opened, OpenError> {
    let _ = choice;
    let file = files.into_iter().next().map(|file| file.path).unwrap_or_default();
    Err(OpenError::NotReadYet { file, format: "a DICOM file" })
}
