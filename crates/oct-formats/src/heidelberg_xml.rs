//! Heidelberg XML export with its images.

use crate::{InputFile, OpenError, Opened};

/// Whether `bytes` are a Heidelberg XML export.
pub(crate) fn is_export(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    head.contains("<HEDX")
}

/// Reads the volume.
pub(crate) fn read(file: InputFile, _images: Vec<InputFile>) -> Result<Opened, OpenError> {
    Err(OpenError::NotReadYet { file: file.path, format: "a Heidelberg XML export" })
}
