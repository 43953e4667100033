//! What a reader returns where it cannot go on.

use super::{Cause, OpenError};

/// A cause, with what it concerns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// The file that the reader was given.
    Here(Cause),
    /// Another file, or all that was dropped.
    Elsewhere(OpenError),
}

impl Fault {
    /// The error of a reader that was given `file`.
    pub(crate) fn of(self, file: &str) -> OpenError {
        match self {
            Self::Here(cause) => cause.of(file),
            Self::Elsewhere(error) => error,
        }
    }
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self::Here(cause)
    }
}

impl From<OpenError> for Fault {
    fn from(error: OpenError) -> Self {
        Self::Elsewhere(error)
    }
}

impl Cause {
    /// The error of `file`, which the reader was given.
    pub(crate) fn of(self, file: &str) -> OpenError {
        OpenError::InFile { file: file.to_owned(), cause: self }
    }

    /// The same in another file than the reader was given: the data file of a
    /// header, one image of a stack.
    pub(crate) fn in_file(self, file: &str) -> Fault {
        Fault::Elsewhere(self.of(file))
    }
}
