//! All figures of a volume at one place: sizes, the ETDRS grid, the fovea, and what they rest
//! on. Cheap enough to be made anew after every B-scan and while the fovea is moved.

use oct::{Axis, EnFace, Geometry, LabelMask, Sides};
use serde::{Deserialize, Serialize};

use crate::boundaries::Boundaries;
use crate::by_class::ByClass;
use crate::extents::ClassExtents;
use crate::fovea::{Fovea, FoveaPlace};
use crate::measure::Coverage;
use crate::presence::PresenceAccumulator;
use crate::regions::Regions;
use crate::report::SpacingReport;
use crate::thickness::Thickness;

/// What becomes of a B-scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BScanState {
    /// It is segmented.
    Measured,
    /// It waits to be segmented.
    Waits,
    /// It holds no picture.
    NoPicture,
}

/// The figures of a volume, with what they rest on. Absent fluid is 0, what is not measured
/// and what needs a spacing that is unknown or in doubt is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Spacing per axis with its source.
    pub spacing: SpacingReport,
    /// Whether that spacing is in doubt: what needs a doubted axis is `None`.
    pub spacing_in_doubt: bool,
    /// How much of the eye the figures cover.
    pub coverage: Coverage,
    /// The fovea and who says so; `None` where the B-scans span no volume.
    pub fovea: Option<Fovea>,
    /// Which side of the retina lies at which end of the scan.
    pub sides: Sides,
    /// The ETDRS grid around the fovea; `None` where places are not known in mm
    /// ([`EnFace::of`]).
    pub regions: Option<Regions>,
    /// Mean thickness of the retina in the central subfield, ILM to Bruch's membrane, µm.
    pub central_subfield_thickness_um: Option<f64>,
    /// How large the fluid of each class is.
    pub extents: ByClass<ClassExtents>,
    /// Evidence that each class is present, by B-scan ([`crate::presence`]); `None` where a
    /// B-scan gave none.
    pub evidence: ByClass<Vec<Option<f32>>>,
    /// What became of each B-scan.
    pub bscans: Vec<BScanState>,
}

impl Figures {
    /// Measures `mask` with the spacing of `geometry`. `boundaries` are those of the retina by
    /// B-scan, fewer or `None` where they are not known; `placed` is where a person put the
    /// fovea, else it is guessed.
    pub fn measure(
        mask: &LabelMask,
        geometry: &Geometry,
        presence: &PresenceAccumulator,
        boundaries: &[Option<Boundaries>],
        placed: Option<FoveaPlace>,
    ) -> Self {
        let coverage = Coverage::of(mask, geometry);
        let sides = Sides::of(geometry);
        let grid = EnFace::of(geometry).filter(|grid| fits(grid, mask));
        let axial_mm = geometry.trusted_mm(Axis::Axial);
        let thickness = axial_mm.map(|mm| Thickness::new(boundaries, mm));

        let spans_volume = mask.bscans() > 1 && geometry.pattern.why_no_volume().is_none();
        let fovea = spans_volume.then(|| match (placed.filter(FoveaPlace::is_finite), &grid, thickness) {
            (Some(place), ..) => Fovea::by_hand(place),
            (None, Some(grid), Some(thickness)) => Fovea::guess(grid, thickness, mask),
            _ => Fovea::middle(mask.bscans(), mask.columns()),
        });
        let placed = grid.as_ref().zip(fovea).map(|(grid, at)| (grid, grid.place(at.bscan, at.column)));

        let voxel_nl = geometry.voxel_nl().filter(|_| coverage != Coverage::Withheld);
        let regions =
            placed.map(|(grid, fovea)| Regions::measure(grid, &sides, fovea, mask, voxel_nl, thickness));
        let shows_structure = geometry.pattern.shows_structure();
        let evidence = ByClass::of(|class| {
            let of_bscan = |bscan| presence.evidence(bscan, class).filter(|_| shows_structure);
            (0..mask.bscans()).map(of_bscan).collect()
        });
        let state = |bscan| match mask.class_voxels(bscan) {
            Some(_) => BScanState::Measured,
            None if mask.lacks_picture(bscan) => BScanState::NoPicture,
            None => BScanState::Waits,
        };
        Self {
            spacing: geometry.into(),
            spacing_in_doubt: geometry.doubt().is_some(),
            coverage,
            fovea,
            sides,
            central_subfield_thickness_um: regions.as_ref().and_then(Regions::central_thickness_um),
            regions,
            extents: ByClass::of(|class| ClassExtents::measure(class, mask, geometry, placed)),
            evidence,
            bscans: (0..mask.bscans()).map(state).collect(),
        }
    }
}

/// Whether mask and geometry are of one volume.
fn fits(grid: &EnFace, mask: &LabelMask) -> bool {
    grid.columns() == mask.columns() && grid.bscans() == mask.bscans()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fovea::FoveaSource;
    use oct::{AxisSpacing, FluidClass, ScanPattern, SpacingSource};
    use std::f64::consts::FRAC_PI_4;

    /// 61 columns and 31 B-scans over 6 mm, ten rows of 0.004 mm.
    fn geometry() -> Geometry {
        let mut geometry = Geometry { samples: Some([61, 10, 31]), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip([0.1, 0.004, 0.2]) {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
        }
        geometry
    }

    /// Fluid of two rows everywhere, but on B-scans without a picture.
    fn mask(without_picture: &[usize]) -> LabelMask {
        let mut mask = LabelMask::unmeasured(61, 10, 31);
        for bscan in 0..31 {
            if without_picture.contains(&bscan) {
                mask.set_without_picture(bscan).unwrap();
            } else {
                let labels = (0..610).map(|at| if at < 122 { 2 } else { 0 }).collect();
                mask.set_bscan(bscan, labels).unwrap();
            }
        }
        mask
    }

    fn figures(geometry: &Geometry, mask: &LabelMask, placed: Option<FoveaPlace>) -> Figures {
        let mut presence = PresenceAccumulator::new();
        presence.add_evidence(3, FluidClass::Srf, 0.75);
        Figures::measure(mask, geometry, &presence, &[], placed)
    }

    #[test]
    fn without_boundaries_the_grid_lies_on_the_middle_and_says_so() {
        let found = figures(&geometry(), &mask(&[]), None);
        assert_eq!(found.fovea, Some(Fovea { bscan: 15.0, column: 30.0, source: FoveaSource::Middle }));
        let regions = found.regions.unwrap();
        assert!((regions.discs[0].figures.volume_nl.srf.unwrap() - 8.0 * FRAC_PI_4).abs() < 0.02);
        assert_eq!(found.central_subfield_thickness_um, None);
        assert_eq!((found.coverage, found.spacing_in_doubt), (Coverage::Whole, false));
        assert_eq!(found.spacing.axial.source, "from_user");
        assert_eq!((found.evidence.srf[3], found.evidence.irf[3]), (Some(0.75), None));
        assert_eq!(found.extents.srf.fovea_distance_um, Some(0.0));
    }

    #[test]
    fn a_fovea_placed_by_hand_moves_the_grid() {
        let placed = |bscan, column| figures(&geometry(), &mask(&[]), Some(FoveaPlace { bscan, column }));
        let corner = placed(0.0, 0.0);
        assert_eq!(corner.fovea.unwrap().source, FoveaSource::ByHand);
        let scanned = corner.regions.unwrap().discs[2].figures.scanned;
        assert!(scanned > 0.25 && scanned < 0.3, "a quarter and half a cell: {scanned}");
        assert_eq!(placed(f64::NAN, 0.0).fovea.unwrap().source, FoveaSource::Middle);
        assert_eq!(placed(1e300, -1e300).regions.unwrap().discs[2].figures.scanned, 0.0);
    }

    #[test]
    fn what_needs_an_unknown_or_doubted_spacing_is_none() {
        let mut unknown = geometry();
        unknown.between_bscans = AxisSpacing::unknown();
        let found = figures(&unknown, &mask(&[]), None);
        assert_eq!((found.regions, found.central_subfield_thickness_um), (None, None));
        assert_eq!(found.extents.srf.fovea_distance_um, None);
        assert!(found.extents.srf.height_um.is_some(), "it is known within a B-scan");
        assert_eq!(found.fovea.unwrap().source, FoveaSource::Middle);
        let mut doubted = geometry();
        for axis in Axis::ALL {
            let source = SpacingSource::FromFile { tag: "ElementSpacing".to_owned() };
            doubted.set_spacing(axis, AxisSpacing::new(axis, 1.0, source).unwrap());
        }
        let found = figures(&doubted, &mask(&[]), None);
        assert!(found.spacing_in_doubt && found.regions.is_none());
        assert_eq!((found.extents.srf.height_um, found.extents.srf.area_mm2[0]), (None, None));
        let radial = Geometry { pattern: ScanPattern::Radial, ..geometry() };
        let found = figures(&radial, &mask(&[]), None);
        assert_eq!((found.fovea, found.regions), (None, None));
        assert!(found.extents.srf.area_mm2[0].is_some());
    }

    #[test]
    fn without_too_much_of_the_eye_there_are_no_volumes_of_regions_either() {
        let found = figures(&geometry(), &mask(&[4, 5, 6]), None);
        assert_eq!(found.coverage, Coverage::Withheld);
        assert!(found.regions.unwrap().discs.iter().all(|disc| disc.figures.volume_nl.srf.is_none()));
        let found = figures(&geometry(), &mask(&[4]), None);
        assert_eq!(found.coverage, Coverage::LowerBound);
        assert!(found.regions.unwrap().discs[2].figures.volume_nl.srf.is_some());
        assert_eq!((found.bscans[3], found.bscans[4]), (BScanState::Measured, BScanState::NoPicture));
    }

    #[test]
    fn figures_survive_json() {
        let found = figures(&geometry(), &mask(&[4]), None);
        let json = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Figures>(&json).unwrap(), found);
    }

    #[test]
    fn odd_masks_and_geometries_measure_nothing_and_do_not_panic() {
        for mask in
            [LabelMask::unmeasured(0, 0, 0), LabelMask::unmeasured(0, 0, 5), LabelMask::unmeasured(3, 2, 31)]
        {
            let found = figures(&geometry(), &mask, None);
            assert_eq!((found.regions, found.extents.irf.height_um), (None, None));
        }
        let found = figures(&Geometry::default(), &mask(&[]), None);
        assert_eq!(found.regions, None);
    }
}
