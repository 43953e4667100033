//! Formats of OCT volumes and masks: a table of them, and their readers and
//! writers behind one [`open`].
//!
//! What a person drops (files, a folder, a zip) is unpacked, each file is
//! recognised, and exactly one candidate is read as a volume. Which formats there
//! are, what their files look like and what reads them stands once, in
//! [`formats`]: to add one is a file with its reader and a row there.
//!
//! Readers trust nothing: a header never makes them allocate, they take what the
//! file holds and compare. They return a [`Cause`]; which file it lies in is added
//! where the file was chosen, so that every error is one sentence with file, cause
//! and remedy. Spacing is read where the file carries it and is unknown otherwise;
//! it is never guessed.
//!
//! Without the feature `readers` only the table, [`is_litter`] and [`bounds`] are
//! left, which a page that reads nothing itself can carry.
//!
//! # Modules
//!
//! | module | what it holds |
//! |---|---|
//! | [`formats`] | the table: names, endings, signatures, companions, readers |
//! | [`bounds`] | how much may be dropped at once |
//! | `litter` | files that nobody means to open |
//! | `header_text` | text of headers in any encoding |
//! | `intake` | unpacking zips, recognising files, choosing the one to be read; [`FolderListing`]: what of a folder is read at once; [`DropListing`]: what of a drop |
//! | `device` | files of Heidelberg, Topcon, Zeiss, Optovue, Bioptigen |
//! | `array` | [`metaimage`], [`nifti`], NRRD, NumPy |
//! | [`images`] | PNG, JPEG, BMP, TIFF; multi-page TIFF; JPEG 2000 |
//! | [`dicom`] | DICOM: reading volumes, writing segmentations |
//! | `names` | what names and descriptions say: eye, day, what is shown |
//! | `stated` | what headers state: places, spacing, times, sample types |
//! | `told_apart` | choices that a person can tell from each other |
//! | `bytes` | fields, packed data, data files, what content looks like |
//! | [`error`] | what can be wrong |
//! | [`patient`] | who was scanned, kept out of everything unless asked for |
//!
//! What opens and what is written stands in `FORMATS.md`, which a test compares
//! with the table.

#[cfg(feature = "readers")]
mod array;
pub mod bounds;
#[cfg(feature = "readers")]
mod bytes;
#[cfg(feature = "readers")]
mod device;
#[cfg(feature = "readers")]
pub mod dicom;
#[cfg(feature = "readers")]
pub mod error;
pub mod formats;
mod header_text;
#[cfg(feature = "readers")]
pub mod images;
mod input_file;
#[cfg(feature = "readers")]
mod intake;
#[cfg(feature = "readers")]
mod kept_header;
mod litter;
#[cfg(feature = "readers")]
mod names;
#[cfg(feature = "readers")]
mod opened;
#[cfg(feature = "readers")]
pub mod patient;
#[cfg(feature = "readers")]
mod stated;
#[cfg(feature = "readers")]
mod told_apart;

#[cfg(feature = "readers")]
pub use array::{metaimage, nifti, orientation};
#[cfg(feature = "readers")]
pub use bytes::data_file::data_file_among;
#[cfg(feature = "readers")]
pub use error::{Cause, OpenError, WriteError};
pub use formats::Format;
pub use input_file::InputFile;
#[cfg(feature = "readers")]
pub use intake::drop_listing::{DropListing, DroppedScan};
#[cfg(feature = "readers")]
pub use intake::file_sets::{FileSet, FileSets, FolderListing, HEAD_BYTES};
#[cfg(feature = "readers")]
pub use intake::without_names::nameless;
#[cfg(feature = "readers")]
pub use kept_header::KeptHeader;
pub use litter::is_litter;
#[cfg(feature = "readers")]
pub use opened::Opened;
#[cfg(feature = "readers")]
pub use patient::Patient;

/// What a person says of files beyond what they hold.
#[cfg(feature = "readers")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Which volume of those that [`Opened::choices`] lists.
    pub choice: Option<usize>,
    /// The axes in the order in which the container lists them, where it does
    /// not say which is which ([`Opened::axis_question`]).
    pub axes: Option<oct::AxisOrder>,
}

/// Reads the volume among `files`, in whatever order they come; of several the
/// likeliest one ([`Opened::choices`] lists them).
///
/// # Errors
/// [`OpenError`] where there is none, it cannot be read, or files make several
/// volumes that cannot be chosen from.
#[cfg(feature = "readers")]
pub fn open(files: Vec<InputFile>) -> Result<Opened, OpenError> {
    open_with(files, OpenOptions::default())
}

/// Reads volume `choice` of those that [`Opened::choices`] listed.
///
/// # Errors
/// [`OpenError`] as from [`open`], and [`OpenError::NoSuchChoice`].
#[cfg(feature = "readers")]
pub fn open_choice(files: Vec<InputFile>, choice: usize) -> Result<Opened, OpenError> {
    open_with(files, OpenOptions { choice: Some(choice), ..OpenOptions::default() })
}

/// Reads the volume among `files` that `options` say, as they say.
///
/// # Errors
/// [`OpenError`] as from [`open_choice`].
#[cfg(feature = "readers")]
pub fn open_with(files: Vec<InputFile>, options: OpenOptions) -> Result<Opened, OpenError> {
    intake::open(files, options)
}
