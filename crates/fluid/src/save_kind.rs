//! What can be saved of a measured scan.

use serde::{Deserialize, Serialize};

/// What can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaveKind {
    /// `mask.mhd` and `mask.raw` in the original grid, in one zip.
    MetaImage,
    /// `mask.nii.gz` in the original grid.
    Nifti,
    /// DICOM Segmentation, a segment a class.
    DicomSeg,
    /// `report.json`.
    Json,
    /// `report.csv`.
    Csv,
}

impl SaveKind {
    /// All kinds, in the order the page lists them.
    pub const ALL: [Self; 5] = [Self::MetaImage, Self::Nifti, Self::DicomSeg, Self::Json, Self::Csv];

    /// Whether it holds the mask, which has to be whole.
    pub fn is_mask(self) -> bool {
        matches!(self, Self::MetaImage | Self::Nifti | Self::DicomSeg)
    }
}
