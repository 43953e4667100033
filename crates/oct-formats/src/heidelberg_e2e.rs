//! Heidelberg `.E2E` and `.sdb`.

use crate::{InputFile, OpenError, Opened};

/// Reads the volume.
pub(crate) fn read(file: InputFile, _choice: Option<usize>) -> Result<Opened, OpenError> {
    Err(OpenError::NotReadYet { file: file.path, format: "a Heidelberg E2E file" })
}
