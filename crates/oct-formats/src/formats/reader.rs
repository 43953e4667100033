//! What reads a format.

use crate::error::Fault;
use crate::{InputFile, Opened};

/// What reads a format.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reader {
    /// A volume is one file, with what belongs beside it.
    OneFile(fn(Chosen) -> Result<Opened, Fault>),
    /// Files make a volume together.
    ManyFiles {
        /// All of them in words.
        called: &'static str,
        /// Reads the volume of that number, if one was chosen.
        read: fn(Vec<InputFile>, Option<usize>) -> Result<Opened, Fault>,
    },
    /// It is a folder, and unpacked as one.
    Folder,
    /// Nothing does.
    None,
}

/// The file that was chosen as the volume, and what lies around it.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// The file.
    pub(crate) file: InputFile,
    /// All other files of the drop.
    pub(crate) others: Vec<InputFile>,
    /// Which volume of several in the file.
    pub(crate) choice: Option<usize>,
}
