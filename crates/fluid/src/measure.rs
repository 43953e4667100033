//! Voxels, nanolitres and B-scans with fluid, per class.

use oct::{FluidClass, Geometry, LabelMask};
use serde::{Deserialize, Serialize};

use crate::presence::PresenceAccumulator;

/// What was measured of one fluid class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassMeasure {
    /// The class.
    pub class: FluidClass,
    /// Voxels of the class over the measured B-scans, in the original grid.
    pub voxels: u64,
    /// Volume in nanolitres; 0 where the class is absent, `None` where a
    /// spacing is unknown or not all B-scans are measured.
    pub volume_nl: Option<f64>,
    /// Measured B-scans with at least one voxel of the class.
    pub bscans_with_fluid: usize,
    /// Presence score in 0..=1 (see [`crate::presence`]), `None`
    /// while no B-scan gave evidence.
    pub presence_score: Option<f32>,
    /// Voxels of the class per B-scan, in volume order; `None` where the
    /// B-scan was not segmented.
    pub voxels_per_bscan: Vec<Option<u64>>,
}

/// What was measured of a volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Per class, in the order of [`FluidClass::ALL`].
    pub classes: [ClassMeasure; 3],
    /// B-scans that were segmented.
    #[serde(rename = "measured_frames")]
    pub measured_bscans: usize,
    /// B-scans in the volume.
    #[serde(rename = "frames")]
    pub bscans: usize,
    /// Volume of one voxel in nanolitres, `None` while a spacing is unknown.
    pub voxel_nl: Option<f64>,
}

impl Measurement {
    /// What was measured of `class`.
    pub fn class(&self, class: FluidClass) -> &ClassMeasure {
        &self.classes[class.index()]
    }

    /// Whether every B-scan was segmented.
    pub fn is_complete(&self) -> bool {
        self.bscans > 0 && self.measured_bscans == self.bscans
    }
}

/// Measures `mask` with the spacing of `geometry` and the evidence of
/// `presence`.
///
/// The volume is the voxel count times the voxel volume, which takes the
/// B-scans for evenly spaced and parallel, as RETOUCH's volumes are
/// (Bogunovic et al., IEEE TMI 2019).
pub fn measure(mask: &LabelMask, geometry: &Geometry, presence: &PresenceAccumulator) -> Measurement {
    let per_bscan: Vec<Option<[u64; 3]>> = (0..mask.bscans()).map(|bscan| mask.class_voxels(bscan)).collect();
    let bscans = mask.bscans();
    let measured_bscans = mask.measured_bscans();
    let voxel_nl = geometry.voxel_nl();
    let complete = bscans > 0 && measured_bscans == bscans;

    let classes = FluidClass::ALL.map(|class| {
        let voxels_per_bscan: Vec<Option<u64>> =
            per_bscan.iter().map(|counts| counts.map(|counts| counts[class.index()])).collect();
        let voxels = voxels_per_bscan.iter().flatten().sum();
        ClassMeasure {
            class,
            voxels,
            volume_nl: voxel_nl.filter(|_| complete).map(|nl| voxels as f64 * nl),
            bscans_with_fluid: voxels_per_bscan.iter().flatten().filter(|count| **count > 0).count(),
            presence_score: presence.score(class),
            voxels_per_bscan,
        }
    });
    Measurement { classes, measured_bscans, bscans, voxel_nl }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::{Axis, AxisSpacing, SpacingSource};

    /// 0.01 x 0.004 x 0.125 mm: one voxel is 5e-6 mm³ = 0.005 nl.
    fn geometry() -> Geometry {
        let mut geometry = Geometry::default();
        for (axis, mm) in Axis::ALL.into_iter().zip([0.01, 0.004, 0.125]) {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
        }
        geometry
    }

    /// 3 x 2 labels a B-scan; over both B-scans 3 IRF, 0 SRF, 5 PED.
    const FRAMES: [[u8; 6]; 2] = [[1, 1, 0, 3, 0, 0], [1, 3, 3, 3, 3, 0]];

    fn mask(order: &[usize]) -> LabelMask {
        let mut mask = LabelMask::unmeasured(3, 2, 2);
        for bscan in order {
            mask.set_bscan(*bscan, FRAMES[*bscan].to_vec()).unwrap();
        }
        mask
    }

    fn close(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-12)
    }

    #[test]
    fn volumes_are_voxel_counts_times_voxel_volume() {
        let measured = measure(&mask(&[0, 1]), &geometry(), &PresenceAccumulator::default());
        assert!(close(measured.voxel_nl, 0.005));
        let irf = measured.class(FluidClass::Irf);
        assert_eq!((irf.voxels, irf.bscans_with_fluid), (3, 2));
        assert!(close(irf.volume_nl, 0.015), "{:?}", irf.volume_nl);
        let ped = measured.class(FluidClass::Ped);
        assert_eq!(ped.voxels_per_bscan, vec![Some(1), Some(4)]);
        assert!(close(ped.volume_nl, 0.025), "{:?}", ped.volume_nl);
        assert!(measured.is_complete());
    }

    #[test]
    fn absent_fluid_is_zero_nanolitres() {
        let measured = measure(&mask(&[0, 1]), &geometry(), &PresenceAccumulator::default());
        let srf = measured.class(FluidClass::Srf);
        assert_eq!(srf.volume_nl, Some(0.0));
        assert_eq!((srf.voxels, srf.bscans_with_fluid), (0, 0));
        assert_eq!(srf.presence_score, None);
    }

    #[test]
    fn a_volume_with_an_unmeasured_bscan_has_no_nanolitres_yet() {
        let measured = measure(&mask(&[1]), &geometry(), &PresenceAccumulator::default());
        assert_eq!((measured.measured_bscans, measured.bscans), (1, 2));
        assert!(!measured.is_complete());
        for class in &measured.classes {
            assert_eq!(class.volume_nl, None);
            assert_eq!(class.voxels_per_bscan[0], None);
        }
        assert_eq!(measured.class(FluidClass::Ped).voxels, 4);
        assert!(measured.voxel_nl.is_some());
    }

    #[test]
    fn an_unknown_spacing_leaves_voxels_but_no_nanolitres() {
        let mut geometry = geometry();
        geometry.set_spacing(Axis::BetweenBScans, AxisSpacing::unknown());
        let measured = measure(&mask(&[0, 1]), &geometry, &PresenceAccumulator::default());
        assert_eq!(measured.voxel_nl, None);
        assert_eq!(measured.class(FluidClass::Irf).voxels, 3);
        assert!(measured.classes.iter().all(|class| class.volume_nl.is_none()));
    }

    #[test]
    fn a_mask_without_bscans_measures_nothing() {
        let empty = LabelMask::unmeasured(3, 2, 0);
        let measured = measure(&empty, &geometry(), &PresenceAccumulator::default());
        assert!(!measured.is_complete());
        assert!(measured.classes.iter().all(|class| class.volume_nl.is_none()));
    }

    #[test]
    fn the_order_in_which_bscans_arrive_does_not_matter() {
        let presence = |order: [usize; 2]| {
            let mut presence = PresenceAccumulator::default();
            for bscan in order {
                presence.add_evidence(bscan, FluidClass::Irf, [0.3, 0.8][bscan]);
            }
            presence
        };
        assert_eq!(
            measure(&mask(&[0, 1]), &geometry(), &presence([0, 1])),
            measure(&mask(&[1, 0]), &geometry(), &presence([1, 0])),
        );
    }

    #[test]
    fn a_measurement_survives_json() {
        let mut presence = PresenceAccumulator::default();
        presence.add_evidence(0, FluidClass::Ped, 0.7);
        let measured = measure(&mask(&[0]), &geometry(), &presence);
        let json = serde_json::to_string(&measured).unwrap();
        assert_eq!(serde_json::from_str::<Measurement>(&json).unwrap(), measured);
        assert!(json.contains(r#""volume_nl":null"#), "{json}");
    }
}
