//! An open volume, with all that was said of it.

use oct::{AxisOrder, OctVolume};

use crate::array::orientation::{AxesRead, AxisQuestion, Listing, settle, settle_upright};
use crate::intake::without_names::{self, Name};
use crate::{Cause, Format, KeptHeader, Patient, dicom};

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
    /// Every volume that the files hold, in words that tell them apart: eye, size,
    /// date; where nothing else does, the name of the file or folder, which may be a
    /// person's. So they are shown and never saved. Empty where there is one only.
    pub choices: Vec<String>,
    /// Which of [`Self::choices`] this is.
    pub chosen: usize,
    /// Who was scanned; for files that the user wants identified, never shown.
    pub patient: Option<Patient>,
    /// The DICOM objects it was read from.
    pub dicom: Option<dicom::Source>,
    /// What its header says of where the samples lie, for a mask of the same format.
    pub header: Option<KeptHeader>,
    /// How its axes were read; `None` where the format says which is which.
    pub axes: Option<AxesRead>,
    /// Which axis is depth, where nothing tells: nothing may be measured before a
    /// person says so ([`crate::OpenOptions::axes`]).
    pub axis_question: Option<AxisQuestion>,
    /// How the container lists its axes, where it does not say which is which.
    pub(crate) listing: Option<Listing>,
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
            axes: None,
            axis_question: None,
            listing: None,
            names: Vec::new(),
        }
    }

    /// The volume with its axes in the order that its picture, its sides and its
    /// spacing tell, or in the one that was `stated`.
    ///
    /// # Errors
    /// [`Cause::TooLarge`] where the memory does not suffice.
    pub(crate) fn with_axes_settled(self, stated: Option<AxisOrder>) -> Result<Self, Cause> {
        let settled = match self.listing {
            Some(listing) => settle(self.volume, listing, self.format, stated)?,
            None => settle_upright(self.volume, self.format, stated)?,
        };
        let mut warnings = self.warnings;
        warnings.extend(settled.warning);
        Ok(Self {
            volume: settled.volume,
            warnings,
            axes: settled.read,
            axis_question: settled.question,
            ..self
        })
    }

    /// [`Self::warnings`] without the names of files, for what is saved
    /// without naming anybody.
    pub fn nameless_warnings(&self) -> Vec<String> {
        self.warnings.iter().map(|warning| without_names::without(warning, &self.names)).collect()
    }
}
