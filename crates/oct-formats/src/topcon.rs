//! Topcon `.fda` and `.fds`.

use crate::{InputFile, OpenError, Opened};

/// Reads the volume.
pub(crate) fn read(file: InputFile) -> Result<Opened, OpenError> {
    Err(OpenError::NotReadYet { file: file.path, format: "a Topcon file" })
}
