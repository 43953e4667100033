//! The grid in which the network sees a B-scan.
//!
//! Devices store rows 2 to 8 µm apart and columns 6 to 20 µm apart; the network
//! sees all of them at one spacing. Which grid that is follows from a B-scan's
//! size and geometry alone, so it stands with the nouns. All of it is \[ours\].

use serde::{Deserialize, Serialize};

use crate::{Axis, Geometry};

/// Distance between working rows, µm: half of a Spectralis row, four of a Cirrus row.
pub const WORKING_AXIAL_UM: f64 = 7.8;
/// Distance between working columns, µm.
pub const WORKING_LATERAL_UM: f64 = 20.0;
/// Depth taken for a B-scan whose axial spacing is not known or in doubt, µm: the devices
/// of RETOUCH image 1.9 to 2.3 mm. Used to choose the working grid only, never
/// for a volume.
pub const ASSUMED_DEPTH_UM: f64 = 2000.0;
/// The network learnt from nothing less deep: a Spectralis images 496 rows of 3.87 µm.
pub const USUAL_DEPTH_UM: f64 = 1900.0;
/// Column distance taken where it is not known, µm; RETOUCH's three devices have
/// 10.9 to 12.0. For the working grid only, never for a volume.
pub const ASSUMED_LATERAL_UM: f64 = 11.6;
/// Rows and columns of the working grid lie within these bounds.
const WORKING_ROWS: [usize; 2] = [128, 512];
const WORKING_COLUMNS: [usize; 2] = [64, 1024];

/// Sizes of samples that a working grid is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WorkingScale {
    /// Distance between rows, µm; `None` where it is unknown or in doubt.
    pub axial_um: Option<f64>,
    /// Distance between columns, µm; `None` likewise.
    pub lateral_um: Option<f64>,
}

impl WorkingScale {
    /// What `geometry` says without doubt.
    pub fn of(geometry: &Geometry) -> Self {
        let um = |axis| geometry.trusted_mm(axis).map(|mm| mm * 1000.0);
        Self { axial_um: um(Axis::Axial), lateral_um: um(Axis::Lateral) }
    }

    /// Rows by which `rows` are less than [`USUAL_DEPTH_UM`] deep, at most as many again; 0
    /// where their distance is not known.
    pub fn rows_to_a_usual_depth(self, rows: usize) -> usize {
        let missing = |um: f64| (USUAL_DEPTH_UM / um - rows as f64).clamp(0.0, rows as f64) as usize;
        self.axial_um.map_or(0, missing)
    }
}

/// Size of the network's input for a B-scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WorkingGrid {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

impl WorkingGrid {
    /// The grid for B-scans of `rows` x `columns`, as close to
    /// [`WORKING_AXIAL_UM`] x [`WORKING_LATERAL_UM`] as the bounds allow; rows and
    /// columns are multiples of `multiple`.
    pub fn choose(rows: usize, columns: usize, scale: WorkingScale, multiple: usize) -> Self {
        let depth_um = scale.axial_um.map_or(ASSUMED_DEPTH_UM, |um| um * rows as f64);
        let lateral_um = scale.lateral_um.unwrap_or(ASSUMED_LATERAL_UM);
        Self {
            rows: rounded(depth_um / WORKING_AXIAL_UM, multiple, WORKING_ROWS),
            columns: rounded(lateral_um * columns as f64 / WORKING_LATERAL_UM, multiple, WORKING_COLUMNS),
        }
    }
}

fn rounded(samples: f64, multiple: usize, [low, high]: [usize; 2]) -> usize {
    let steps = (samples / multiple as f64).round().clamp(1.0, high as f64) as usize;
    (steps * multiple).clamp(low.next_multiple_of(multiple), high / multiple * multiple)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AxisSpacing, OctVolume, Samples, SpacingSource};

    fn scale(lateral_mm: f64, axial_mm: f64) -> WorkingScale {
        WorkingScale { axial_um: Some(axial_mm * 1000.0), lateral_um: Some(lateral_mm * 1000.0) }
    }

    const UNKNOWN: WorkingScale = WorkingScale { axial_um: None, lateral_um: None };

    #[test]
    fn the_three_vendors_of_retouch_share_one_working_size() {
        let cirrus = WorkingGrid::choose(1024, 512, scale(0.01174, 0.00196), 16);
        let spectralis = WorkingGrid::choose(496, 512, scale(0.0115, 0.00387), 16);
        let topcon = WorkingGrid::choose(885, 512, scale(0.01172, 0.0026), 16);
        assert_eq!(cirrus, WorkingGrid { rows: 256, columns: 304 });
        assert_eq!(spectralis, WorkingGrid { rows: 240, columns: 288 });
        assert_eq!(topcon, WorkingGrid { rows: 288, columns: 304 });
    }

    #[test]
    fn a_spacing_in_doubt_makes_no_grid_until_it_is_confirmed() {
        let stated = |axis, mm| {
            let source = SpacingSource::FromFile { tag: "ElementSpacing".into() };
            AxisSpacing::new(axis, mm, source).unwrap()
        };
        let micrometres = Geometry {
            lateral: stated(Axis::Lateral, 11.7),
            axial: stated(Axis::Axial, 3.9),
            ..Geometry::default()
        };
        let samples = Samples::U8(vec![0; 496 * 768]);
        let mut volume = OctVolume::new(768, 496, 1, samples, micrometres).unwrap();
        let grid = |volume: &OctVolume| WorkingGrid::choose(496, 768, WorkingScale::of(&volume.geometry), 16);
        assert_eq!(grid(&volume), WorkingGrid::choose(496, 768, UNKNOWN, 16));
        let meant = volume.geometry.doubt().unwrap().proposal.unwrap().spacing;
        volume.geometry.confirm(&meant).unwrap();
        assert_eq!(grid(&volume), WorkingGrid::choose(496, 768, scale(0.0117, 0.0039), 16));
    }

    #[test]
    fn a_cut_bscan_lacks_rows_to_a_usual_depth_and_a_whole_one_none() {
        assert_eq!(scale(0.0117, 0.0039).rows_to_a_usual_depth(400), 87);
        assert_eq!(scale(0.0117, 0.0039).rows_to_a_usual_depth(496), 0);
        assert_eq!(scale(0.0117, 0.0001).rows_to_a_usual_depth(496), 496);
        assert_eq!(UNKNOWN.rows_to_a_usual_depth(400), 0);
    }

    #[test]
    fn a_bscan_without_spacing_gets_a_usual_grid_and_hostile_sizes_stay_bounded() {
        let unknown = WorkingGrid::choose(496, 768, UNKNOWN, 16);
        assert_eq!(unknown, WorkingGrid { rows: 256, columns: 448 });
        let huge = WorkingGrid::choose(60_000, 60_000, scale(10.0, 10.0), 16);
        assert_eq!(huge, WorkingGrid { rows: 512, columns: 1024 });
        let small = WorkingGrid::choose(1, 1, scale(1e-9, 1e-9), 16);
        assert_eq!(small, WorkingGrid { rows: 128, columns: 64 });
    }
}
