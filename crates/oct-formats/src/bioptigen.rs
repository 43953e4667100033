//! Bioptigen `.OCT`.

use crate::{InputFile, OpenError, Opened};

/// Whether `bytes` begin like a Bioptigen file.
pub(crate) fn is_bioptigen(_bytes: &[u8]) -> bool {
    false
}

/// Reads the volume.
pub(crate) fn read(file: InputFile) -> Result<Opened, OpenError> {
    Err(OpenError::NotReadYet { file: file.path, format: "a Bioptigen .OCT file" })
}
