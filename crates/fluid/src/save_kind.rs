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
    /// `regions.csv`: a row a subfield of the ETDRS grid.
    RegionsCsv,
    /// `bscans.csv`: a row a B-scan.
    #[serde(rename = "bscans_csv")]
    BScansCsv,
    /// Scan and labels in force as the trainer reads them, with which B-scans a person looked at,
    /// in one zip.
    TrainingData,
}

impl SaveKind {
    /// All kinds, in the order the page lists them.
    pub const ALL: [Self; 8] = [
        Self::MetaImage,
        Self::Nifti,
        Self::DicomSeg,
        Self::Json,
        Self::Csv,
        Self::RegionsCsv,
        Self::BScansCsv,
        Self::TrainingData,
    ];

    /// Whether it holds the mask, which has to be whole.
    pub fn is_mask(self) -> bool {
        matches!(self, Self::MetaImage | Self::Nifti | Self::DicomSeg)
    }
}
