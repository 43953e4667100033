//! A file as it was dropped.

/// A file as it was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Path relative to what was dropped, `/` between its parts.
    pub path: String,
    /// All of its bytes.
    pub bytes: Vec<u8>,
}

impl InputFile {
    /// The last part of the path.
    pub fn name(&self) -> &str {
        name_of(&self.path)
    }
}

/// The last part of `path`.
pub(crate) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
