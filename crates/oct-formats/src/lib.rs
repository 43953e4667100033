//! Readers and writers of OCT volumes and masks: one file a format, behind one
//! [`open`].
//!
//! What a person drops (files, a folder, a zip) is first unpacked and sorted
//! into candidates ([`intake`]), then exactly one candidate is read as a volume.
//! Readers trust nothing: a header never makes them allocate, they take what the
//! file holds and compare. Every error is one sentence that names the file, the
//! cause and the remedy. Spacing is read where the file carries it and is
//! unknown otherwise; it is never guessed.
//!
//! # Modules
//!
//! | module | what it holds |
//! |---|---|
//! | [`intake`] | unpacking zips, sorting what was dropped, choosing the reader |
//! | [`metaimage`] | MetaImage `.mhd` + `.raw`/`.zraw`, `.mha` |
//! | [`nifti`] | NIfTI-1 `.nii`, `.nii.gz` |
//! | [`images`] | PNG, JPEG, TIFF B-scans; multi-page TIFF |
//! | `stated_spacing` | which spacing in a header says something |
//! | `stored_samples` | sample types, byte orders, scaling |
//! | [`error`] | what can be wrong with a file |
//!
//! # Support
//!
//! A test reads this table and holds it true.
//!
//! | endings | format | opens | spacing from | written |
//! |---|---|---|---|---|
//! | `.mhd` `.mha` | MetaImage of 2 or 3 axes, 8 to 32-bit integers and floats, raw or zlib | yes | `ElementSpacing`, else `ElementSize` | masks, volumes |
//! | `.nii` `.nii.gz` | NIfTI-1 in one file, either byte order | yes | `pixdim`, where its unit is stated | masks |
//! | `.png` `.jpg` `.jpeg` `.tif` `.tiff` | B-scans, 8 and 16-bit grey, float TIFF; TIFF of several pages | yes | nothing | masks as PNG |
//! | `.zip` | any of these, in folders or not | yes | | |
//! | `.dcm` `.dicom` | DICOM | not yet | | |
//! | `.vol` `.e2e` `.sdb` | Heidelberg | not yet | | |
//! | `.fda` `.fds` | Topcon | not yet | | |
//! | `.img` | Zeiss | not yet | | |
//! | `.oct` | Optovue, Bioptigen | not yet | | |
//! | `.nrrd` `.nhdr` `.mat` `.bmp` `.gif` `.webp` `.jp2` `.j2k` | other programs' | not yet | | |
//!
//! Samples of 8 and 16 bits unsigned keep their type; all others become 32-bit
//! floats.

pub mod error;
pub mod images;
pub mod intake;
pub mod metaimage;
pub mod nifti;
mod stated_spacing;
mod stored_samples;

use oct::OctVolume;

pub use error::{OpenError, WriteError};

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
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Format of an open volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// MetaImage.
    MetaImage,
    /// NIfTI-1.
    Nifti,
    /// One image a B-scan.
    ImageStack,
    /// One TIFF, a page a B-scan.
    MultiPageTiff,
}

impl Format {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::MetaImage => "MetaImage",
            Self::Nifti => "NIfTI",
            Self::ImageStack => "image stack",
            Self::MultiPageTiff => "multi-page TIFF",
        }
    }
}

/// An open volume.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// Short name for people: the file's or the folder's.
    pub name: String,
    /// What it was read from.
    pub format: Format,
    /// The volume.
    pub volume: OctVolume,
    /// File name of each B-scan of an image stack; empty otherwise.
    pub frame_names: Vec<String>,
    /// What the user should know, each one sentence.
    pub warnings: Vec<String>,
}

/// Reads the one volume among `files`, in whatever order they come.
///
/// # Errors
/// [`OpenError`] where there is none, more than one, or it cannot be read.
pub fn open(files: Vec<InputFile>) -> Result<Opened, OpenError> {
    intake::open(files)
}
