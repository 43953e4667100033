//! An open volume, with all that was said of it.

use oct::OctVolume;

use crate::intake::without_names::{self, Name};
use crate::{Format, KeptHeader, Patient, dicom};

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
    /// What its header says of where the samples lie, for a mask of the same format.
    pub header: Option<KeptHeader>,
    /// Names by which the files could be told, the longest first.
    pub(crate) names: Vec<Name>,
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
            header: None,
            names: Vec::new(),
        }
    }

    /// [`Self::warnings`] without the names of files, for what is saved
    /// without naming anybody.
    pub fn nameless_warnings(&self) -> Vec<String> {
        self.warnings.iter().map(|warning| without_names::without(warning, &self.names)).collect()
    }
}
