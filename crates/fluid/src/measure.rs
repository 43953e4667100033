//! Voxels, nanolitres and B-scans with fluid, per class.

use oct::{Axis, FluidClass, Geometry, LabelMask};
use serde::{Deserialize, Serialize};

use crate::correction::ClassCorrection;
use crate::label::THRESHOLD;
use crate::presence::PresenceAccumulator;

/// More than one B-scan in so many without a picture, and there is no volume: a figure of
/// which a fifth may be missing says little of an eye.
const LEAST_SEEN: usize = 5;
/// Nor where B-scans without a picture in a row span more than this, mm: a detachment of
/// such a width, some 10 to 20 nl, may lie whole between those that are left.
const WIDEST_GAP_MM: f64 = 0.5;

/// How much of an eye the figures cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// B-scans wait to be segmented.
    #[default]
    Unfinished,
    /// Every B-scan is measured.
    Whole,
    /// Some B-scans hold no picture: there is at least so much fluid.
    LowerBound,
    /// Too many B-scans hold no picture for a volume.
    Withheld,
}

impl Coverage {
    /// Its name in tables and reports.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Unfinished => "unfinished",
            Self::Whole => "whole",
            Self::LowerBound => "lower_bound",
            Self::Withheld => "withheld",
        }
    }

    /// How much of the eye figures of `mask` cover.
    pub fn of(mask: &LabelMask, geometry: &Geometry) -> Self {
        let missing = mask.without_picture();
        if !mask.is_complete() {
            return Self::Unfinished;
        }
        if missing.is_empty() {
            return Self::Whole;
        }
        let in_a_row = missing.chunk_by(|one, next| one + 1 == *next).map(<[usize]>::len).max().unwrap_or(0);
        let gap_mm = geometry.trusted_mm(Axis::BetweenBScans).map(|mm| mm * in_a_row as f64);
        let too_wide = gap_mm.is_some_and(|mm| mm > WIDEST_GAP_MM);
        if missing.len() * LEAST_SEEN > mask.bscans() || too_wide { Self::Withheld } else { Self::LowerBound }
    }
}

/// What was measured of one fluid class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassMeasure {
    /// The class.
    pub class: FluidClass,
    /// Voxels of the class over the measured B-scans, in the original grid.
    pub voxels: u64,
    /// Volume in nanolitres; 0 where the class is absent, `None` where a spacing is unknown,
    /// B-scans wait to be segmented or too many hold no picture. At least so much where
    /// [`Measurement::coverage`] says [`Coverage::LowerBound`].
    pub volume_nl: Option<f64>,
    /// Volume of what is fluid without much doubt and of what may be fluid, nanolitres
    /// ([`crate::chances::CONFIDENT`], [`crate::chances::POSSIBLE`]); `None` where there is no
    /// volume or not every B-scan's probabilities are known.
    #[serde(default)]
    pub between_nl: Option<[f64; 2]>,
    /// Measured B-scans with at least one voxel of the class.
    pub bscans_with_fluid: usize,
    /// Presence score in 0..=1 (see [`crate::presence`]), `None` while no B-scan gave
    /// evidence, and for what is no picture of a retina ([`oct::ScanPattern::shows_structure`]).
    pub presence_score: Option<f32>,
    /// Voxels of the class per B-scan, in volume order; `None` where the
    /// B-scan was not segmented.
    pub voxels_per_bscan: Vec<Option<u64>>,
    /// What a person changed of it; `None` where nobody drew in a measured B-scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<ClassCorrection>,
}

/// What was measured of a volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Per class, in the order of [`FluidClass::ALL`].
    pub classes: Box<[ClassMeasure; 3]>,
    /// B-scans that were segmented.
    #[serde(rename = "measured_frames")]
    pub measured_bscans: usize,
    /// B-scans in the volume.
    #[serde(rename = "frames")]
    pub bscans: usize,
    /// Volume of one voxel in nanolitres, `None` while a spacing is unknown.
    pub voxel_nl: Option<f64>,
    /// Indices of the B-scans that hold no picture, and so are not measured.
    #[serde(rename = "frames_without_picture", default)]
    pub without_picture: Vec<usize>,
    /// How much of the eye the figures cover.
    #[serde(default)]
    pub coverage: Coverage,
    /// What is fluid reaches this probability.
    #[serde(default = "usual_threshold")]
    pub threshold: f32,
    /// Indices of the B-scans in which a person drew.
    #[serde(rename = "frames_corrected", default, skip_serializing_if = "Vec::is_empty")]
    pub corrected_bscans: Vec<usize>,
    /// Indices of the B-scans of which a person says that all of it is right.
    #[serde(rename = "frames_reviewed", default, skip_serializing_if = "Vec::is_empty")]
    pub reviewed_bscans: Vec<usize>,
}

fn usual_threshold() -> f32 {
    THRESHOLD
}

impl Measurement {
    /// What was measured of `class`.
    pub fn class(&self, class: FluidClass) -> &ClassMeasure {
        &self.classes[class.index()]
    }

    /// Whether every B-scan was segmented or holds no picture.
    pub fn is_complete(&self) -> bool {
        self.bscans > 0 && self.measured_bscans + self.without_picture.len() == self.bscans
    }

    /// Whether volumes are at least so much, not just so much.
    pub fn is_lower_bound(&self) -> bool {
        self.coverage == Coverage::LowerBound
    }

    /// That a person corrected labels, in a sentence; `None` where nobody did.
    pub fn about_corrections(&self) -> Option<String> {
        let where_ = match self.corrected_bscans.len() {
            0 => return None,
            1 => "one B-scan".to_owned(),
            count => format!("{count} B-scans"),
        };
        Some(format!(
            "A person corrected labels in {where_}: figures are of the corrected labels, presence and evidence are the network's."
        ))
    }

    /// Why there is no volume although every B-scan is measured that holds a picture.
    pub fn why_withheld(&self) -> Option<String> {
        self.about_missing_pictures().filter(|_| self.coverage == Coverage::Withheld)
    }

    /// What B-scans without a picture mean for the figures, in a sentence.
    pub fn about_missing_pictures(&self) -> Option<String> {
        let count = match self.without_picture.len() {
            0 => return None,
            1 => format!("1 of {} B-scans holds no picture and was not measured", self.bscans),
            count => format!("{count} of {} B-scans hold no picture and were not measured", self.bscans),
        };
        Some(match self.coverage {
            Coverage::Withheld => format!(
                "{count}: too much of the eye is missing for a volume, so export it again, or take the scan again."
            ),
            Coverage::LowerBound => format!("{count}: there is at least as much fluid as the figures say."),
            Coverage::Whole | Coverage::Unfinished => format!("{count}."),
        })
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
    let coverage = Coverage::of(mask, geometry);
    let has_volume = matches!(coverage, Coverage::Whole | Coverage::LowerBound);
    let has_presence = geometry.pattern.shows_structure();

    let classes = FluidClass::ALL.map(|class| {
        let voxels_per_bscan: Vec<Option<u64>> =
            per_bscan.iter().map(|counts| counts.map(|counts| counts[class.index()])).collect();
        let voxels = voxels_per_bscan.iter().flatten().sum();
        ClassMeasure {
            class,
            voxels,
            volume_nl: voxel_nl.filter(|_| has_volume).map(|nl| voxels as f64 * nl),
            between_nl: None,
            bscans_with_fluid: voxels_per_bscan.iter().flatten().filter(|count| **count > 0).count(),
            presence_score: presence.score(class).filter(|_| has_presence),
            voxels_per_bscan,
            corrected: None,
        }
    });
    let without_picture = mask.without_picture();
    Measurement {
        classes: Box::new(classes),
        measured_bscans,
        bscans,
        voxel_nl,
        without_picture,
        coverage,
        threshold: THRESHOLD,
        corrected_bscans: Vec::new(),
        reviewed_bscans: Vec::new(),
    }
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
        for class in measured.classes.iter() {
            assert_eq!(class.volume_nl, None);
            assert_eq!(class.voxels_per_bscan[0], None);
        }
        assert_eq!(measured.class(FluidClass::Ped).voxels, 4);
        assert!(measured.voxel_nl.is_some());
    }

    /// Thirty B-scans 0.12 mm apart with one voxel of IRF each, some without a picture.
    fn with_gaps(missing: &[usize]) -> Measurement {
        let mut geometry = geometry();
        let between = AxisSpacing::new(Axis::BetweenBScans, 0.12, SpacingSource::FromUser).unwrap();
        geometry.set_spacing(Axis::BetweenBScans, between);
        let mut mask = LabelMask::unmeasured(2, 1, 30);
        for bscan in 0..30 {
            if missing.contains(&bscan) {
                mask.set_without_picture(bscan).unwrap();
            } else {
                mask.set_bscan(bscan, vec![1, 0]).unwrap();
            }
        }
        measure(&mask, &geometry, &PresenceAccumulator::default())
    }

    #[test]
    fn bscans_without_a_picture_make_the_volume_a_lower_bound() {
        let measured = with_gaps(&[3, 4, 11]);
        assert!(measured.is_complete() && measured.is_lower_bound());
        assert_eq!((measured.measured_bscans, measured.bscans), (27, 30));
        assert!(close(measured.class(FluidClass::Irf).volume_nl, 27.0 * 0.01 * 0.004 * 0.12 * 1000.0));
        assert_eq!(measured.class(FluidClass::Irf).voxels_per_bscan[3], None);
        let said = measured.about_missing_pictures().unwrap();
        assert!(said.starts_with("3 of 30 B-scans hold no picture"), "{said}");
        assert!(said.contains("at least"), "{said}");
        let json = serde_json::to_string(&measured).unwrap();
        assert!(json.contains(r#""frames_without_picture":[3,4,11],"coverage":"lower_bound""#), "{json}");
        assert_eq!(with_gaps(&[]).coverage, Coverage::Whole);
        assert_eq!(with_gaps(&[]).about_missing_pictures(), None);
    }

    #[test]
    fn a_volume_is_withheld_where_too_much_of_the_eye_is_missing() {
        let scattered = with_gaps(&[0, 4, 8, 12, 16, 20, 24]);
        assert_eq!(scattered.coverage, Coverage::Withheld, "more than a fifth");
        assert_eq!(with_gaps(&[0, 4, 8, 12, 16, 20]).coverage, Coverage::LowerBound, "a fifth");
        assert_eq!(with_gaps(&[7, 8, 9, 10, 11]).coverage, Coverage::Withheld, "0.6 mm in a row");
        assert_eq!(with_gaps(&[7, 8, 9, 10]).coverage, Coverage::LowerBound);
        let none = with_gaps(&(0..30).collect::<Vec<_>>());
        for measured in [&scattered, &none] {
            assert!(measured.classes.iter().all(|class| class.volume_nl.is_none()));
            assert!(measured.about_missing_pictures().unwrap().contains("too much"));
        }
        assert!(none.is_complete() && none.measured_bscans == 0);
        assert!(none.classes.iter().all(|class| class.presence_score.is_none()));
    }

    #[test]
    fn what_is_no_picture_of_a_retina_has_no_presence_and_a_radial_scan_has() {
        let mut presence = PresenceAccumulator::default();
        presence.add_evidence(0, FluidClass::Irf, 0.9);
        let score = |pattern| {
            let geometry = Geometry { pattern, ..geometry() };
            measure(&mask(&[0, 1]), &geometry, &presence).class(FluidClass::Irf).presence_score
        };
        for pattern in [oct::ScanPattern::Labels, oct::ScanPattern::Angiography, oct::ScanPattern::NoScan] {
            assert_eq!(score(pattern), None, "{}", pattern.name());
        }
        assert_eq!(score(oct::ScanPattern::Radial), Some(0.9));
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
