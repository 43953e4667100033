//! How large the fluid of a class is: height, width, area, and how near it comes to the fovea.
//!
//! A height is a run of fluid without a gap in one column, a width a run of neighbouring
//! columns of one B-scan with fluid at any depth. Neither is measured across B-scans: those
//! lie too far apart.

use oct::{Axis, EnFace, EnFacePlace, FluidClass, Geometry, LabelMask};
use serde::{Deserialize, Serialize};

/// The largest of something, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Greatest {
    /// How large, µm.
    pub um: f64,
    /// On which B-scan, from 0.
    pub bscan: usize,
    /// The column, or the first of the columns, from 0.
    pub column: usize,
}

/// How large the fluid of one class is. Over all measured B-scans, and so at least so much
/// where some hold no picture; `None` while B-scans wait to be segmented, where the spacing
/// that it needs is unknown or in doubt, and where the scan shows no structure
/// ([`oct::ScanPattern::shows_structure`]).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClassExtents {
    /// Greatest height in µm: fluid without a gap in one column. 0 where there is none.
    pub height_um: Option<f64>,
    /// Where the greatest height is; `None` where there is no fluid, too.
    pub tallest: Option<Greatest>,
    /// Greatest width along a B-scan in µm: neighbouring columns with fluid at any depth.
    /// 0 where there is none.
    pub width_um: Option<f64>,
    /// Where the greatest width is; `None` where there is no fluid, too.
    pub widest: Option<Greatest>,
    /// Distance seen from the front from the fovea to the nearest column with fluid, µm;
    /// `None` where there is no fluid, too.
    pub fovea_distance_um: Option<f64>,
    /// Measured B-scans with fluid.
    pub bscans: usize,
    /// Area on each B-scan in mm², in volume order; `None` where it was not segmented.
    pub area_mm2: Vec<Option<f64>>,
}

impl ClassExtents {
    /// Measures `class`; `fovea` is `None` where no place is known in mm.
    pub fn measure(
        class: FluidClass,
        mask: &LabelMask,
        geometry: &Geometry,
        fovea: Option<(&EnFace, EnFacePlace)>,
    ) -> Self {
        let shows_structure = geometry.pattern.shows_structure();
        let [lateral_mm, axial_mm] =
            [Axis::Lateral, Axis::Axial].map(|axis| geometry.trusted_mm(axis).filter(|_| shows_structure));
        let voxel_mm2 = lateral_mm.zip(axial_mm).map(|(lateral, axial)| lateral * axial);
        let area_mm2 = |bscan: usize| {
            let counts = mask.column_counts(bscan)?;
            voxel_mm2.map(|mm2| counts.total(class) as f64 * mm2)
        };
        let mut extents = Self { area_mm2: (0..mask.bscans()).map(area_mm2).collect(), ..Self::default() };
        let (mut tallest, mut widest, mut nearest_mm) = (None, None, None::<f64>);
        for bscan in 0..mask.bscans() {
            let Some(counts) = mask.column_counts(bscan).filter(|counts| counts.total(class) > 0) else {
                continue;
            };
            extents.bscans += 1;
            for (column, run) in counts.longest_runs(class).iter().enumerate() {
                keep_larger(&mut tallest, (*run as usize, bscan, column));
            }
            let mut column = 0;
            for run in counts.voxels(class).chunk_by(|one, next| (*one > 0) == (*next > 0)) {
                if run[0] > 0 {
                    keep_larger(&mut widest, (run.len(), bscan, column));
                }
                column += run.len();
            }
            let Some((grid, fovea)) = fovea else { continue };
            let with_fluid = counts.voxels(class).iter().enumerate().filter(|(_, voxels)| **voxels > 0);
            for (column, _) in with_fluid {
                let mm = fovea.distance_mm(grid.place(bscan as f64, column as f64));
                nearest_mm = Some(nearest_mm.map_or(mm, |nearest| nearest.min(mm)));
            }
        }
        if !mask.is_complete() || mask.measured_bscans() == 0 {
            return extents;
        }
        let greatest = |found: Option<(usize, usize, usize)>, mm: Option<f64>| {
            let (samples, bscan, column) = found?;
            Some(Greatest { um: samples as f64 * mm? * 1000.0, bscan, column })
        };
        extents.tallest = greatest(tallest, axial_mm);
        extents.widest = greatest(widest, lateral_mm);
        let um = |greatest: Option<Greatest>, mm: Option<f64>| mm.map(|_| greatest.map_or(0.0, |at| at.um));
        extents.height_um = um(extents.tallest, axial_mm);
        extents.width_um = um(extents.widest, lateral_mm);
        extents.fovea_distance_um = nearest_mm.filter(|_| shows_structure).map(|mm| mm * 1000.0);
        extents
    }
}

/// Keeps the largest number of samples, of equal ones the first.
fn keep_larger(largest: &mut Option<(usize, usize, usize)>, found: (usize, usize, usize)) {
    if largest.is_none_or(|(samples, ..)| found.0 > samples) {
        *largest = Some(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::{AxisSpacing, ScanPattern, SpacingSource};

    fn geometry(samples: [usize; 3], mm: [f64; 3]) -> Geometry {
        let mut geometry = Geometry { samples: Some(samples), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip(mm) {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
        }
        geometry
    }

    /// Four columns 0.01 mm apart, five rows of 0.004 mm.
    #[rustfmt::skip]
    const LABELS: [u8; 20] = [
        0, 1, 0, 1,
        0, 1, 0, 1,
        1, 0, 0, 1,
        0, 1, 0, 0,
        0, 1, 0, 0,
    ];

    fn mask(bscans: [Option<Vec<u8>>; 3]) -> LabelMask {
        let mut mask = LabelMask::unmeasured(4, 5, 3);
        for (bscan, labels) in bscans.into_iter().enumerate() {
            if let Some(labels) = labels {
                mask.set_bscan(bscan, labels).unwrap();
            }
        }
        mask
    }

    fn close(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    #[test]
    fn height_is_a_run_in_a_column_and_width_a_run_of_columns() {
        let geometry = geometry([4, 5, 3], [0.01, 0.004, 0.25]);
        let mask = mask([Some(vec![0; 20]), Some(LABELS.to_vec()), Some(vec![0; 20])]);
        let grid = EnFace::of(&geometry).unwrap();
        let fovea = grid.place(0.0, 0.0);
        let irf = ClassExtents::measure(FluidClass::Irf, &mask, &geometry, Some((&grid, fovea)));
        assert!(close(irf.height_um, 12.0), "three rows without a gap, not four: {irf:?}");
        let tallest = irf.tallest.unwrap();
        assert_eq!((tallest.bscan, tallest.column), (1, 3));
        assert!(close(irf.width_um, 20.0) && irf.widest.unwrap().column == 0);
        assert_eq!((irf.area_mm2[0], irf.bscans), (Some(0.0), 1));
        assert!(close(irf.area_mm2[1], 8.0 * 0.01 * 0.004));
        assert!(close(irf.fovea_distance_um, 250.0));
    }

    #[test]
    fn absent_fluid_is_0_high_and_at_no_distance() {
        let geometry = geometry([4, 5, 3], [0.01, 0.004, 0.25]);
        let mask = mask([Some(vec![0; 20]), Some(LABELS.to_vec()), Some(vec![0; 20])]);
        let grid = EnFace::of(&geometry).unwrap();
        let fovea = Some((&grid, grid.place(0.0, 0.0)));
        let srf = ClassExtents::measure(FluidClass::Srf, &mask, &geometry, fovea);
        assert_eq!((srf.height_um, srf.width_um, srf.bscans), (Some(0.0), Some(0.0), 0));
        assert_eq!((srf.fovea_distance_um, srf.tallest), (None, None));
    }

    #[test]
    fn while_a_bscan_waits_only_areas_are_known() {
        let geometry = geometry([4, 5, 3], [0.01, 0.004, 0.25]);
        let irf = ClassExtents::measure(
            FluidClass::Irf,
            &mask([None, Some(LABELS.to_vec()), Some(vec![0; 20])]),
            &geometry,
            None,
        );
        assert_eq!((irf.height_um, irf.width_um, irf.fovea_distance_um), (None, None, None));
        assert_eq!(irf.area_mm2[0], None);
        assert!(irf.area_mm2[1].is_some());
    }

    #[test]
    fn a_single_bscan_has_areas_and_heights_although_it_has_no_volume() {
        let mut geometry = geometry([4, 5, 1], [0.01, 0.004, 0.25]);
        geometry.pattern = ScanPattern::SingleBScan;
        geometry.between_bscans = AxisSpacing::unknown();
        let mut mask = LabelMask::unmeasured(4, 5, 1);
        mask.set_bscan(0, LABELS.to_vec()).unwrap();
        let irf = ClassExtents::measure(FluidClass::Irf, &mask, &geometry, None);
        assert!(close(irf.height_um, 12.0) && close(irf.area_mm2[0], 3.2e-4));
        geometry.pattern = ScanPattern::Angiography;
        let flow = ClassExtents::measure(FluidClass::Irf, &mask, &geometry, None);
        assert_eq!((flow.height_um, flow.area_mm2), (None, vec![None]));
    }

    #[test]
    fn what_needs_an_unknown_spacing_is_not_there() {
        let mut geometry = geometry([4, 5, 3], [0.01, 0.004, 0.25]);
        geometry.axial = AxisSpacing::unknown();
        let mask = mask([Some(vec![0; 20]), Some(LABELS.to_vec()), Some(vec![0; 20])]);
        let irf = ClassExtents::measure(FluidClass::Irf, &mask, &geometry, None);
        assert_eq!((irf.height_um, irf.tallest, irf.area_mm2[1]), (None, None, None));
        assert!(close(irf.width_um, 20.0));
    }
}
