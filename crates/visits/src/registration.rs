//! Two scans of one eye laid on each other as seen from the front.

use fluid::{Figures, Fovea, FoveaSource};
use oct::{EnFace, EnFacePlace, Geometry, LabelMask, Laterality};
use serde::{Deserialize, Serialize};

use crate::orientation::turns;
use crate::picture::EnFacePicture;
use crate::search::{Confidence, search};
use crate::seen::seen_by_both_mm2;
use crate::transform::EnFaceTransform;

/// Vessels are believed where they agree at least so strongly, and so much more than anywhere
/// else. Of 12 generated eyes scanned again (`examples/registration.rs`: shift to 1 mm, turn to 5°,
/// other noise, half without the fluid) all agreed with 0.37 and more, at least 2.5 times the
/// runner-up, and were laid within 0.005 mm; 12 pairs of different eyes reached 0.18 and 1.26. Parts
/// of real volumes (`examples/real_eyes.rs`) reached from 0.16 to 0.89. \[ours\]
pub const LEAST_STRENGTH: f64 = 0.2;
/// See [`LEAST_STRENGTH`].
pub const LEAST_RATIO: f64 = 1.5;
/// Nor are they where B-scans lie farther apart, mm: at 0.48 a real volume was laid on itself 0.17
/// mm off.
pub const MOST_BETWEEN_BSCANS_MM: f64 = 0.3;
/// Two pairs of landmarks must lie as far from each other in both scans, to so much, mm, or to
/// this part.
const LANDMARKS_WITHIN_MM: f64 = 0.2;
const LANDMARKS_WITHIN_PART: f64 = 0.1;
/// Landmarks nearer than this to each other, mm, tell no turn.
const LEAST_BETWEEN_LANDMARKS_MM: f64 = 0.5;
/// Cells of a scan: what has more is none of a retina.
pub const MOST_CELLS: usize = 5_000_000;

/// By what two scans are laid on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisteredBy {
    /// Vessels, by themselves.
    Vessels,
    /// The fovea of each scan: nothing is turned then.
    Fovea,
    /// Landmarks that a person gave.
    ByHand,
}

impl RegisteredBy {
    /// `vessels`, `fovea` or `by_hand`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vessels => "vessels",
            Self::Fovea => "fovea",
            Self::ByHand => "by_hand",
        }
    }
}

/// Where the earlier scan lies in the later one, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// From places of the earlier scan to those of the later one.
    pub transform: EnFaceTransform,
    /// By what.
    pub by: RegisteredBy,
    /// What both scans cover, mm².
    pub overlap_mm2: f64,
    /// How well the vessels agree; also where they were not sure enough and the fovea was taken;
    /// `None` where they were not sought.
    pub confidence: Option<Confidence>,
}

/// A place that a person marked in both scans.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Landmark {
    /// In the earlier scan.
    pub before: EnFacePlace,
    /// In the later one.
    pub after: EnFacePlace,
}

/// What of a scan says where it lies.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    /// Spacing, eye, places of the B-scans.
    pub geometry: &'a Geometry,
    /// What was scanned; nothing where it was not segmented, and then all of it counts as scanned.
    pub mask: Option<&'a LabelMask>,
    /// Its fovea ([`Figures::fovea`]).
    pub fovea: Option<Fovea>,
    /// Its picture from the front, for vessels.
    pub picture: Option<&'a EnFacePicture>,
}

impl<'a> Scan<'a> {
    /// A scan that is segmented.
    pub fn segmented(
        geometry: &'a Geometry,
        mask: &'a LabelMask,
        figures: &Figures,
        picture: Option<&'a EnFacePicture>,
    ) -> Self {
        Self { geometry, mask: Some(mask), fovea: figures.fovea, picture }
    }

    fn grid(&self, which: Which) -> Result<EnFace, NotRegistered> {
        let grid = EnFace::of(self.geometry).ok_or(NotRegistered::NoPlaces { which })?;
        let cells = grid.columns().saturating_mul(grid.bscans());
        if cells > MOST_CELLS {
            return Err(NotRegistered::TooLarge { which, cells });
        }
        Ok(grid)
    }

    /// Where its fovea lies, where somebody knows.
    fn fovea_mm(&self, grid: &EnFace) -> Option<EnFacePlace> {
        let known = self.fovea.filter(|fovea| fovea.source != FoveaSource::Middle)?;
        Some(grid.place(known.bscan, known.column)).filter(is_place)
    }
}

/// Of two scans the earlier or the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The earlier one.
    Before,
    /// The later one.
    After,
}

impl Which {
    /// In words: `the first scan`, `the second scan`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Before => "the first scan",
            Self::After => "the second scan",
        }
    }
}

/// Why two scans are not laid on each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotRegistered {
    /// A right and a left eye.
    #[error("the first scan is of {} and the second of {}: compare scans of one eye", before.abbreviation(), after.abbreviation())]
    OtherEye {
        /// The eye of the earlier scan.
        before: Laterality,
        /// That of the later one.
        after: Laterality,
    },
    /// Its columns have no places in mm.
    #[error("{} cannot be laid on the other, since its B-scans span no volume, or the lateral spacing or that between B-scans is unknown or in doubt: give the spacing", which.words())]
    NoPlaces {
        /// Which scan.
        which: Which,
    },
    /// No scan of a retina has so many columns.
    #[error("{} has {cells} columns in all, more than any scan of a retina", which.words())]
    TooLarge {
        /// Which scan.
        which: Which,
        /// Columns of all B-scans.
        cells: usize,
    },
    /// Neither vessels nor foveas say it surely.
    #[error(
        "the vessels of the two scans do not lie on each other surely, and the fovea is not known in both: mark one place in both scans by hand, or make sure that they show the same eye"
    )]
    NotSure {
        /// How well the vessels agree at best; `None` where they could not be sought.
        confidence: Option<Confidence>,
    },
    /// Laid on each other as was said they have nothing in common.
    #[error("laid on each other so, the two scans have no place in common: mark the same place in both")]
    Apart,
    /// Landmarks that are no places.
    #[error("landmarks need places in mm, one or two in each scan")]
    NoLandmarks,
    /// Landmarks that lie too near for a turn.
    #[error(
        "the two landmarks lie {mm:.2} mm apart, too near for telling a turn: mark places at least 0.5 mm apart, or one alone"
    )]
    LandmarksTooNear {
        /// How far they lie apart, mm.
        mm: f64,
    },
    /// Landmarks that lie otherwise in one scan than in the other.
    #[error(
        "the two landmarks lie {before_mm:.2} mm apart in the first scan and {after_mm:.2} mm in the second: mark the same places in both, and check the spacing"
    )]
    LandmarksDisagree {
        /// In the earlier scan, mm.
        before_mm: f64,
        /// In the later one, mm.
        after_mm: f64,
    },
}

/// Lays `before` on `after`: by vessels where they are sure, else by the fovea of both.
///
/// # Errors
/// [`NotRegistered`] where neither is sure, and for what cannot be laid on each other at all.
pub fn register(before: &Scan<'_>, after: &Scan<'_>) -> Result<Registration, NotRegistered> {
    let (grids, turns) = prepared(before, after)?;
    let found = said_by_vessels(before, after)?;
    let confidence = found.map(|(_, confidence)| confidence);
    let is_sure =
        |confidence: Confidence| confidence.strength >= LEAST_STRENGTH && confidence.ratio() >= LEAST_RATIO;
    let is_fine = grids.iter().all(|grid| grid.slow_mm() <= MOST_BETWEEN_BSCANS_MM);
    if let Some((transform, _)) = found.filter(|(_, confidence)| is_fine && is_sure(*confidence)) {
        return laid(before, after, transform, RegisteredBy::Vessels, confidence);
    }
    let foveas = before.fovea_mm(&grids[0]).zip(after.fovea_mm(&grids[1]));
    match (foveas, turns.first()) {
        (Some((from, to)), Some(turn)) => {
            let transform = EnFaceTransform::new(*turn, 0.0, from, to);
            laid(before, after, transform, RegisteredBy::Fovea, confidence)
        }
        _ => Err(NotRegistered::NotSure { confidence }),
    }
}

/// Where the vessels of both lie on each other best, sure or not; `None` without pictures or where
/// nothing in them agrees. Half a second of work.
///
/// # Errors
/// [`NotRegistered`] for what cannot be laid on each other at all.
pub fn said_by_vessels(
    before: &Scan<'_>,
    after: &Scan<'_>,
) -> Result<Option<(EnFaceTransform, Confidence)>, NotRegistered> {
    let (_, turns) = prepared(before, after)?;
    let found = before.picture.zip(after.picture).and_then(|(one, other)| search(one, other, &turns));
    Ok(found.map(|found| (found.transform, found.confidence)))
}

/// Lays `before` on `after` by what a person marked in both: one landmark shifts, two turn, too.
///
/// # Errors
/// [`NotRegistered`] where landmarks contradict each other, and for what cannot be laid on each
/// other at all.
pub fn register_by_hand(
    before: &Scan<'_>,
    after: &Scan<'_>,
    landmarks: &[Landmark],
) -> Result<Registration, NotRegistered> {
    let (_, turns) = prepared(before, after)?;
    let turn = *turns.first().ok_or(NotRegistered::NoLandmarks)?;
    if landmarks.iter().any(|one| !is_place(&one.before) || !is_place(&one.after)) {
        return Err(NotRegistered::NoLandmarks);
    }
    let transform = match landmarks {
        [one] => EnFaceTransform::new(turn, 0.0, one.before, one.after),
        [one, other] => {
            let before_mm = one.before.distance_mm(other.before);
            let after_mm = one.after.distance_mm(other.after);
            let least = before_mm.min(after_mm);
            if least < LEAST_BETWEEN_LANDMARKS_MM {
                return Err(NotRegistered::LandmarksTooNear { mm: least });
            }
            let within = LANDMARKS_WITHIN_MM.max(LANDMARKS_WITHIN_PART * before_mm.max(after_mm));
            if (before_mm - after_mm).abs() > within {
                return Err(NotRegistered::LandmarksDisagree { before_mm, after_mm });
            }
            let unturned = EnFaceTransform::new(turn, 0.0, one.before, one.after);
            let angle = |from: EnFacePlace, to: EnFacePlace| {
                (to.slow_mm - from.slow_mm).atan2(to.lateral_mm - from.lateral_mm)
            };
            let was = angle(unturned.apply(one.before), unturned.apply(other.before));
            let radians = angle(one.after, other.after) - was;
            // What differs in length is shared by both.
            let middle = |a: EnFacePlace, b: EnFacePlace| EnFacePlace {
                lateral_mm: (a.lateral_mm + b.lateral_mm) / 2.0,
                slow_mm: (a.slow_mm + b.slow_mm) / 2.0,
            };
            let from = middle(one.before, other.before);
            EnFaceTransform::new(turn, radians, from, middle(one.after, other.after))
        }
        _ => return Err(NotRegistered::NoLandmarks),
    };
    laid(before, after, transform, RegisteredBy::ByHand, None)
}

/// The grids of two scans of one eye, and how they are stored against each other.
fn prepared(
    before: &Scan<'_>,
    after: &Scan<'_>,
) -> Result<([EnFace; 2], Vec<crate::transform::Turn>), NotRegistered> {
    if let (Some(one), Some(other)) = (before.geometry.laterality, after.geometry.laterality)
        && one != other
    {
        return Err(NotRegistered::OtherEye { before: one, after: other });
    }
    let grids = [before.grid(Which::Before)?, after.grid(Which::After)?];
    Ok((grids, turns(before.geometry, after.geometry)))
}

/// The registration by `transform`, where both scans see anything under it.
fn laid(
    before: &Scan<'_>,
    after: &Scan<'_>,
    transform: EnFaceTransform,
    by: RegisteredBy,
    confidence: Option<Confidence>,
) -> Result<Registration, NotRegistered> {
    let grids = [before.grid(Which::Before)?, after.grid(Which::After)?];
    let overlap_mm2 = seen_by_both_mm2([(&grids[0], before.mask), (&grids[1], after.mask)], &transform);
    if overlap_mm2 <= 0.0 {
        return Err(NotRegistered::Apart);
    }
    Ok(Registration { transform, by, overlap_mm2, confidence })
}

fn is_place(place: &EnFacePlace) -> bool {
    place.lateral_mm.is_finite() && place.slow_mm.is_finite()
}
