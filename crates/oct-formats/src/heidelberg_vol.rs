//! Heidelberg `.vol`.

use crate::{InputFile, OpenError, Opened};

/// Reads the volume.
pub(crate) fn read(file: InputFile) -> Result<Opened, OpenError> {
    Err(OpenError::NotReadYet { file: file.path, format: "a Heidelberg .vol file" })
}
