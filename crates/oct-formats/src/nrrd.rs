//! NRRD: `.nrrd`, and `.nhdr` with its data file.

use crate::{InputFile, OpenError, Opened};

/// Reads the volume.
pub(crate) fn read(file: InputFile, _others: Vec<InputFile>) -> Result<Opened, OpenError> {
    Err(OpenError::NotReadYet { file: file.path, format: "an NRRD file" })
}
