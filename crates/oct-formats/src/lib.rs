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
//! | [`dicom`] | DICOM: reading volumes, writing segmentations |
//! | `heidelberg_vol` | Heidelberg `.vol` |
//! | `heidelberg_e2e` | Heidelberg `.E2E`, `.sdb` |
//! | `heidelberg_xml` | Heidelberg XML export with its images |
//! | `topcon` | Topcon `.fda`, `.fds` |
//! | `zeiss_img` | Zeiss Cirrus `.img` |
//! | `optovue` | Optovue `.OCT` |
//! | `bioptigen` | Bioptigen `.OCT` |
//! | `nrrd` | NRRD `.nrrd`, `.nhdr` |
//! | `npy` | NumPy `.npy` |
//! | `nameless` | sentences without the names of files |
//! | [`patient`] | who was scanned, kept out of everything unless asked for |
//! | `byte_fields` | fields of a binary layout, checked against the file's end |
//! | `data_file` | the data file that a header names |
//! | `heidelberg_boundaries` | boundaries of layers, of all three Heidelberg formats |
//! | `jpeg2000` | JPEG 2000 codestreams, of DICOM and Topcon |
//! | `stated_places` | what positions of B-scans say of the geometry |
//! | `stated_time` | points in time as device files store them |
//! | `stated_spacing` | which spacing in a header says something |
//! | `stored_samples` | sample types, byte orders, scaling |
//! | `unpack` | compressed samples to bytes |
//! | [`error`] | what can be wrong with a file |
//!
//! What opens and what is written stands in `FORMATS.md`, which a test holds true.

mod array;
mod bytes;
mod device;
pub mod dicom;
pub mod error;
pub mod images;
pub mod intake;
pub mod patient;
mod stated;

use oct::OctVolume;

pub use array::{metaimage, nifti};
pub use error::{OpenError, WriteError};
pub use patient::Patient;

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
    /// NRRD.
    Nrrd,
    /// NumPy array.
    Npy,
    /// One image a B-scan.
    ImageStack,
    /// One TIFF, a page a B-scan.
    MultiPageTiff,
    /// DICOM, multi-B-scan or a series.
    Dicom,
    /// Heidelberg `.vol`.
    HeidelbergVol,
    /// Heidelberg `.E2E` or `.sdb`.
    HeidelbergE2e,
    /// Heidelberg XML export with its images.
    HeidelbergXml,
    /// Topcon `.fda` or `.fds`.
    Topcon,
    /// Zeiss Cirrus `.img`.
    ZeissImg,
    /// Optovue `.OCT`.
    Optovue,
    /// Bioptigen `.OCT`.
    Bioptigen,
}

impl Format {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::MetaImage => "MetaImage",
            Self::Nifti => "NIfTI",
            Self::Nrrd => "NRRD",
            Self::Npy => "NumPy array",
            Self::ImageStack => "image stack",
            Self::MultiPageTiff => "multi-page TIFF",
            Self::Dicom => "DICOM",
            Self::HeidelbergVol => "Heidelberg .vol",
            Self::HeidelbergE2e => "Heidelberg E2E",
            Self::HeidelbergXml => "Heidelberg XML export",
            Self::Topcon => "Topcon",
            Self::ZeissImg => "Zeiss Cirrus .img",
            Self::Optovue => "Optovue .OCT",
            Self::Bioptigen => "Bioptigen .OCT",
        }
    }

    /// What to know of a format that was read after public descriptions only.
    pub(crate) fn not_proven(self) -> String {
        format!(
            "The reader of {} was never proven on a file of the device: check that the picture is upright and the spacing right.",
            self.name()
        )
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
    pub bscan_names: Vec<String>,
    /// What the user should know, each one sentence.
    pub warnings: Vec<String>,
    /// Every volume that the files hold, in words that tell them apart (eye,
    /// size, date; never a person's name); empty where there is one only.
    pub choices: Vec<String>,
    /// Which of [`Self::choices`] this is.
    pub chosen: usize,
    /// Who was scanned; for files that the user wants identified, never shown.
    pub patient: Option<Patient>,
    /// The DICOM objects it was read from.
    pub dicom: Option<dicom::Source>,
    /// Names by which the files could be told, the longest first.
    names: Vec<String>,
}

impl Opened {
    /// A volume of `format`, the only one in its files.
    pub(crate) fn new(name: impl Into<String>, format: Format, volume: OctVolume) -> Self {
        Self {
            name: name.into(),
            format,
            volume,
            bscan_names: Vec::new(),
            warnings: Vec::new(),
            choices: Vec::new(),
            chosen: 0,
            patient: None,
            dicom: None,
            names: Vec::new(),
        }
    }

    /// [`Self::warnings`] without the names of files, for what is saved
    /// without naming anybody.
    pub fn nameless_warnings(&self) -> Vec<String> {
        self.warnings.iter().map(|warning| intake::without_names::without(warning, &self.names)).collect()
    }
}

/// Reads the one volume among `files`, in whatever order they come; of several
/// in one file the first that can be read ([`Opened::choices`] lists them).
///
/// # Errors
/// [`OpenError`] where there is none, more than one, or it cannot be read.
pub fn open(files: Vec<InputFile>) -> Result<Opened, OpenError> {
    intake::open(files, None)
}

/// Reads volume `choice` of those that [`Opened::choices`] listed.
///
/// # Errors
/// [`OpenError`] as from [`open`], and [`OpenError::NoSuchChoice`].
pub fn open_choice(files: Vec<InputFile>, choice: usize) -> Result<Opened, OpenError> {
    intake::open(files, Some(choice))
}
