//! How the B-scans of a volume lie, and whether they span one.

use serde::{Deserialize, Serialize};

/// How the B-scans lie on the retina.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum ScanPattern {
    /// Parallel, evenly spaced B-scans.
    Raster,
    /// Parallel B-scans at distances that differ.
    UnevenRaster,
    /// One B-scan alone.
    #[serde(rename = "single_bscan")]
    SingleBScan,
    /// The same place again and again.
    Repeated,
    /// B-scans through one centre.
    Radial,
    /// B-scans around a centre.
    Circle,
    /// Crossed or otherwise neither parallel nor radial.
    Other,
    /// Flow, not structure: OCT angiography.
    Angiography,
    /// A map, a photograph or a page for reading, by its name.
    NoScan,
    /// The front of the eye or another organ, by what the file says of it.
    NoRetina,
    /// Labels of a mask, not a picture.
    Labels,
    /// Some B-scans of the scan are not there.
    Incomplete,
    /// The file does not say. A stack is treated as a raster.
    #[default]
    NotStated,
}

impl ScanPattern {
    /// In words a clinician reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raster => "parallel B-scans",
            Self::UnevenRaster => "parallel B-scans at uneven distances",
            Self::SingleBScan => "a single B-scan",
            Self::Repeated => "one place scanned repeatedly",
            Self::Radial => "radial B-scans",
            Self::Circle => "a circle scan",
            Self::Other => "B-scans that are not parallel",
            Self::Angiography => "OCT angiography",
            Self::NoScan => "no OCT scan, by its name",
            Self::NoRetina => "a scan of another part than the retina",
            Self::Labels => "a mask",
            Self::Incomplete => "a scan of which some B-scans are missing",
            Self::NotStated => "not stated",
        }
    }

    /// Whether B-scans of this pattern show the structure of a retina, in which fluid is
    /// seen even where it cannot be measured. Flow, maps, masks and other parts of the body do not.
    pub fn shows_structure(self) -> bool {
        !matches!(self, Self::Angiography | Self::NoScan | Self::NoRetina | Self::Labels)
    }

    /// Why no volume can be measured in scans of this pattern, one sentence;
    /// `None` where one can.
    pub fn why_no_volume(self) -> Option<&'static str> {
        Some(match self {
            Self::Raster | Self::NotStated => return None,
            Self::UnevenRaster => {
                "The B-scans lie at uneven distances, so a count of voxels says nothing about a volume."
            }
            Self::SingleBScan => "A single B-scan shows an area, not a volume.",
            Self::Repeated => "All B-scans show the same place, so they span no volume.",
            Self::Radial => {
                "Radial B-scans lie close together in the centre and far apart outside, so a count of voxels says nothing about a volume."
            }
            Self::Circle => "A circle scan surrounds a volume and does not fill it.",
            Self::Other => "The B-scans are not parallel, so a count of voxels says nothing about a volume.",
            Self::NoScan => {
                "By its name it is a map, a photograph or a report and no OCT scan: give a scan another name to measure it."
            }
            Self::NoRetina => {
                "By what its file says it shows another part than the retina, where there is no retinal fluid."
            }
            Self::Labels => "A mask holds labels and no picture, so there is nothing in it to measure.",
            Self::Incomplete => "Some B-scans are missing, so what is there is not all of the scan.",
            Self::Angiography => "OCT angiography shows flow, in which fluid cannot be measured.",
        })
    }
}
