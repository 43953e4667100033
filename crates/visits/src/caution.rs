//! What makes the figures of two visits no two of a kind.

use std::fmt::{self, Display, Formatter};

use fluid::{AxisReport, Coverage, FoveaSource};
use oct::{Axis, EnFace};
use serde::{Deserialize, Serialize};

use crate::registration::{RegisteredBy, Registration, Which};
use crate::visit::Visit;

/// Spacings within this part of each other are the same.
const SAME_SPACING_PART: f64 = 0.02;
/// Of the smaller scan both should see this part.
const LEAST_PART: f64 = 0.6;
/// Foveas of two scans that are laid on each other should lie within this, mm.
const FOVEAS_WITHIN_MM: f64 = 0.5;

/// A reason why a difference need not be a change of the eye; its text is a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Caution {
    /// Taken by another device.
    OtherDevice {
        /// Of the first scan.
        before: String,
        /// Of the second.
        after: String,
    },
    /// The spacing along an axis is known otherwise, such as from the file and from a person.
    OtherSpacingSource {
        /// The axis.
        axis: Axis,
        /// Source in the first scan ([`AxisReport::source`]).
        before: String,
        /// In the second.
        after: String,
    },
    /// Samples lie farther apart in one of them.
    OtherSpacing {
        /// The axis.
        axis: Axis,
        /// In the first scan.
        before_mm: f64,
        /// In the second.
        after_mm: f64,
    },
    /// Labelled by other weights.
    OtherWeights {
        /// Name of those of the first scan.
        before: String,
        /// Of the second.
        after: String,
    },
    /// Fluid is what reaches another probability.
    OtherThreshold {
        /// In the first scan.
        before: f32,
        /// In the second.
        after: f32,
    },
    /// A person corrected labels.
    Corrected {
        /// In which scan alone; `None` where in both.
        which: Option<Which>,
    },
    /// There are no volumes of a scan.
    NoVolume {
        /// Which.
        which: Which,
    },
    /// There is at least as much fluid as the figures of a scan say.
    LowerBound {
        /// Which.
        which: Which,
    },
    /// It is not known which eye a scan is of.
    EyeNotStated {
        /// Which; `None` for both.
        which: Option<Which>,
    },
    /// The second scan was taken before the first.
    OutOfOrder {
        /// How many days before.
        days: i64,
    },
    /// Laid on each other by the fovea alone, so nothing is turned.
    ByFoveaAlone,
    /// Both scans see little of the same.
    LittleInCommon {
        /// The part of the smaller scan, 0..=1.
        part: f64,
    },
    /// The foveas of the two scans do not lie on each other.
    FoveasDisagree {
        /// How far they lie apart, mm.
        mm: f64,
    },
    /// The fovea is not known in either: regions lie around the middle of the first scan.
    NoFovea,
}

impl Display for Caution {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherDevice { before, after } => write!(
                f,
                "The scans were taken with different devices ({before}, then {after}): volumes and thickness differ between devices by themselves."
            ),
            Self::OtherSpacingSource { axis, before, after } => write!(
                f,
                "The {} spacing comes from different sources ({before}, then {after}): if one is wrong, so is the change.",
                axis.name()
            ),
            Self::OtherSpacing { axis, before_mm, after_mm } => write!(
                f,
                "The {} spacing differs ({before_mm} mm, then {after_mm} mm): what lies between samples is measured more or less finely.",
                axis.name()
            ),
            Self::OtherWeights { before, after } => write!(
                f,
                "The scans were labelled with different weights ({before}, then {after}): segment both with the same."
            ),
            Self::OtherThreshold { before, after } => write!(
                f,
                "Fluid is what reaches a probability of {before} in the first scan and {after} in the second: use one threshold for both."
            ),
            Self::Corrected { which: Some(which) } => write!(
                f,
                "A person corrected labels in {} alone: a part of the change may be that correction.",
                which.words()
            ),
            Self::Corrected { which: None } => write!(
                f,
                "A person corrected labels in both scans: a part of the change may be how they were corrected."
            ),
            Self::NoVolume { which } => {
                write!(f, "There are no volumes of {}, so there is no change in nanolitres.", which.words())
            }
            Self::LowerBound { which } => write!(
                f,
                "B-scans of {} hold no picture: there is at least as much fluid as its figures say, and the change may be another one.",
                which.words()
            ),
            Self::EyeNotStated { which: Some(which) } => write!(
                f,
                "The file of {} does not say which eye it is of: make sure that both are of one eye.",
                which.words()
            ),
            Self::EyeNotStated { which: None } => {
                write!(f, "The files do not say which eye they are of: make sure that both are of one eye.")
            }
            Self::OutOfOrder { days } => write!(
                f,
                "The second scan was taken {days} {} before the first: give the earlier one first.",
                if *days == 1 { "day" } else { "days" }
            ),
            Self::ByFoveaAlone => write!(
                f,
                "The scans are laid on each other by the fovea alone, since their vessels do not agree surely: they may be turned, or shifted by some tenths of a millimetre."
            ),
            Self::LittleInCommon { part } => {
                write!(f, "Both scans see only {:.0} % of the smaller one in common.", part * 100.0)
            }
            Self::FoveasDisagree { mm } => write!(
                f,
                "Laid on each other, the foveas of the two scans lie {mm:.1} mm apart: one of them is wrong, or the scans do not lie on each other."
            ),
            Self::NoFovea => write!(
                f,
                "The fovea is not known in either scan, so regions lie around the middle of the first one."
            ),
        }
    }
}

/// All that makes `before` and `after` no two of a kind; without a registration what is of places
/// is left out.
pub(crate) fn cautions(
    before: &Visit<'_>,
    after: &Visit<'_>,
    registration: Option<&Registration>,
    days: Option<i64>,
) -> Vec<Caution> {
    let mut found = Vec::new();
    if let Some(days) = days.filter(|days| *days < 0) {
        found.push(Caution::OutOfOrder { days: -days });
    }
    let both = [(Which::Before, before), (Which::After, after)];
    let unstated: Vec<Which> = both
        .iter()
        .filter(|(_, visit)| visit.geometry.laterality.is_none())
        .map(|(which, _)| *which)
        .collect();
    match unstated.as_slice() {
        [] => {}
        [which] => found.push(Caution::EyeNotStated { which: Some(*which) }),
        _ => found.push(Caution::EyeNotStated { which: None }),
    }
    let device = |visit: &Visit<'_>| {
        let words: Vec<&str> = [visit.vendor, visit.device].into_iter().flatten().collect();
        words.join(" ")
    };
    let differs = |one: Option<&str>, other: Option<&str>| {
        one.zip(other).is_some_and(|(one, other)| !one.trim().eq_ignore_ascii_case(other.trim()))
    };
    if differs(before.vendor, after.vendor) || differs(before.device, after.device) {
        found.push(Caution::OtherDevice { before: device(before), after: device(after) });
    }
    let axes = |visit: &Visit<'_>| {
        let spacing = &visit.figures.spacing;
        [&spacing.lateral, &spacing.axial, &spacing.between_bscans].map(AxisReport::clone)
    };
    for (axis, (one, other)) in Axis::ALL.into_iter().zip(axes(before).into_iter().zip(axes(after))) {
        if one.source != other.source {
            found.push(Caution::OtherSpacingSource { axis, before: one.source, after: other.source });
        }
        if let Some((before_mm, after_mm)) = one.mm.zip(other.mm)
            && (before_mm - after_mm).abs() > SAME_SPACING_PART * before_mm.max(after_mm)
        {
            found.push(Caution::OtherSpacing { axis, before_mm, after_mm });
        }
    }
    if before.model.weights_sha256 != after.model.weights_sha256 {
        let [before, after] = [before, after].map(|visit| visit.model.name.clone());
        found.push(Caution::OtherWeights { before, after });
    }
    let [one, other] = [before, after].map(|visit| visit.measurement.threshold);
    if one.to_bits() != other.to_bits() {
        found.push(Caution::OtherThreshold { before: one, after: other });
    }
    match [before, after].map(|visit| !visit.measurement.corrected_bscans.is_empty()) {
        [false, false] => {}
        [true, true] => found.push(Caution::Corrected { which: None }),
        [of_before, _] => {
            let which = if of_before { Which::Before } else { Which::After };
            found.push(Caution::Corrected { which: Some(which) });
        }
    }
    for (which, visit) in both {
        if visit.voxel_nl().is_none() {
            found.push(Caution::NoVolume { which });
        } else if visit.measurement.coverage == Coverage::LowerBound {
            found.push(Caution::LowerBound { which });
        }
    }
    if let Some(registration) = registration {
        of_places(before, after, registration, &mut found);
    }
    found
}

/// What the registration itself leaves open.
fn of_places(before: &Visit<'_>, after: &Visit<'_>, registration: &Registration, found: &mut Vec<Caution>) {
    if registration.by == RegisteredBy::Fovea {
        found.push(Caution::ByFoveaAlone);
    }
    let Some((one, other)) = before.grid().zip(after.grid()) else { return };
    let mm2 = |grid: &EnFace| grid.cell_mm2() * (grid.columns() * grid.bscans()) as f64;
    let part = registration.overlap_mm2 / mm2(&one).min(mm2(&other));
    if part < LEAST_PART {
        found.push(Caution::LittleInCommon { part });
    }
    let known = |visit: &Visit<'_>, grid: &EnFace| {
        let fovea = visit.figures.fovea.filter(|fovea| fovea.source != FoveaSource::Middle)?;
        Some(grid.place(fovea.bscan, fovea.column))
    };
    match (known(before, &one), known(after, &other)) {
        (Some(one), Some(other)) => {
            let mm = registration.transform.apply(one).distance_mm(other);
            if mm > FOVEAS_WITHIN_MM {
                found.push(Caution::FoveasDisagree { mm });
            }
        }
        (None, None) => found.push(Caution::NoFovea),
        _ => {}
    }
}
