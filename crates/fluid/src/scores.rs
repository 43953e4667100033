//! Scores of a segmentation against a reference, as RETOUCH defines them
//! (Bogunovic et al., IEEE TMI 2019): Dice, absolute volume difference in mm³
//! and the AUC of detection.
//!
//! How a volume without the class is scored decides a headline figure, so
//! nothing is decided in passing: Dice is `None` where both are empty, and a
//! fluid predicted where there is none is reported by itself
//! ([`false_positive_volume`]).

use std::ops::AddAssign;

use oct::{FluidClass, LabelMask};
use serde::{Deserialize, Serialize};

use crate::by_class::ByClass;

/// True positives, false positives and false negatives, added up over any
/// number of B-scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Overlap {
    /// Pixels in both.
    pub tp: u64,
    /// Pixels in the prediction only.
    pub fp: u64,
    /// Pixels in the reference only (`fn` is a keyword; in JSON it is `fn`).
    #[serde(rename = "fn")]
    pub fn_: u64,
}

/// What can be wrong with two masks that are compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// The masks are not of one grid.
    #[error("a prediction of {pred} pixels cannot be scored against a reference of {truth}")]
    Size {
        /// Pixels predicted.
        pred: usize,
        /// Pixels in the reference.
        truth: usize,
    },
}

impl Overlap {
    /// Adds one B-scan (or volume) of labels 0..=3, counting `class`.
    ///
    /// # Errors
    /// [`ScoreError::Size`] where the two differ in length; nothing is added.
    pub fn add_labels(&mut self, pred: &[u8], truth: &[u8], class: FluidClass) -> Result<(), ScoreError> {
        let label = class.label();
        self.add_by(pred, truth, |value| *value == label)
    }

    /// Adds one B-scan of boolean masks, for any union or region of one's own.
    ///
    /// # Errors
    /// [`ScoreError::Size`] where the two differ in length; nothing is added.
    pub fn add_masks(&mut self, pred: &[bool], truth: &[bool]) -> Result<(), ScoreError> {
        self.add_by(pred, truth, |value| *value)
    }

    fn add_by<T>(&mut self, pred: &[T], truth: &[T], inside: impl Fn(&T) -> bool) -> Result<(), ScoreError> {
        if pred.len() != truth.len() {
            return Err(ScoreError::Size { pred: pred.len(), truth: truth.len() });
        }
        for (pred, truth) in pred.iter().zip(truth) {
            match (inside(pred), inside(truth)) {
                (true, true) => self.tp += 1,
                (true, false) => self.fp += 1,
                (false, true) => self.fn_ += 1,
                (false, false) => {}
            }
        }
        Ok(())
    }

    /// Dice, `2 TP / (2 TP + FP + FN)` in 0..=1; `None` where both are empty.
    pub fn dice(&self) -> Option<f64> {
        ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn_)
    }

    /// Pixels predicted.
    pub fn predicted(&self) -> u64 {
        self.tp + self.fp
    }

    /// Pixels in the reference.
    pub fn truth(&self) -> u64 {
        self.tp + self.fn_
    }
}

impl AddAssign for Overlap {
    fn add_assign(&mut self, other: Self) {
        self.tp += other.tp;
        self.fp += other.fp;
        self.fn_ += other.fn_;
    }
}

/// How a mask agrees with a reference in one class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Voxels in both, in either.
    pub overlap: Overlap,
    /// Dice, 0..=1; `None` where the class is absent in both.
    pub dice: Option<f64>,
    /// Absolute volume difference in mm³; `None` where a spacing is unknown or in doubt.
    pub avd_mm3: Option<f64>,
}

impl Agreement {
    /// How `mask` agrees with `truth` in each class, over the B-scans that both hold; a voxel has
    /// `voxel_nl` nanolitres. B-scans of different sizes are left out.
    pub fn of(mask: &LabelMask, truth: &LabelMask, voxel_nl: Option<f64>) -> ByClass<Self> {
        ByClass::of(|class| {
            let mut overlap = Overlap::default();
            for bscan in 0..mask.bscans() {
                if let (Some(pred), Some(truth)) = (mask.bscan(bscan), truth.bscan(bscan)) {
                    // What is refused adds nothing.
                    drop(overlap.add_labels(pred, truth, class));
                }
            }
            let avd_mm3 = voxel_nl.map(|nl| avd_mm3(overlap.predicted(), overlap.truth(), nl));
            Self { overlap, dice: overlap.dice(), avd_mm3 }
        })
    }
}

/// Dice of `class` between two label maps of one grid; `None` where the class
/// is absent in both, and where the maps differ in length (there is no score
/// then; [`Overlap::add_labels`] says why).
pub fn dice(pred: &[u8], truth: &[u8], class: FluidClass) -> Option<f64> {
    let mut overlap = Overlap::default();
    overlap.add_labels(pred, truth, class).ok()?;
    overlap.dice()
}

/// Absolute volume difference in mm³: voxel counts predicted and true, and the
/// volume of one voxel in nanolitres ([`oct::Geometry::voxel_nl`]; 1 mm³ = 1000 nl).
pub fn avd_mm3(predicted_voxels: u64, true_voxels: u64, voxel_nl: f64) -> f64 {
    predicted_voxels.abs_diff(true_voxels) as f64 * voxel_nl / 1000.0
}

/// Volume in mm³ predicted in a volume where the reference has none of the
/// class; `None` where the reference has some (Dice speaks there).
pub fn false_positive_volume(predicted_voxels: u64, true_voxels: u64, voxel_nl: f64) -> Option<f64> {
    (true_voxels == 0).then(|| predicted_voxels as f64 * voxel_nl / 1000.0)
}

/// Area under the ROC curve of `(score, present)` pairs: the chance that a
/// present case scores above an absent one, a tie counting half
/// (Mann-Whitney U). `None` where either kind is missing or a score is NaN.
pub fn auc(scores: &[(f64, bool)]) -> Option<f64> {
    if scores.iter().any(|(score, _)| score.is_nan()) {
        return None;
    }
    let mut sorted = scores.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut absent_below, mut present, mut half_wins) = (0_u64, 0_u64, 0_u64);
    // `==` and not bits: -0.0 and 0.0 are one score, and total_cmp puts them side by side.
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let tied_present = tied.iter().filter(|(_, is_present)| *is_present).count() as u64;
        let tied_absent = tied.len() as u64 - tied_present;
        half_wins += tied_present * (2 * absent_below + tied_absent);
        absent_below += tied_absent;
        present += tied_present;
    }
    ratio(half_wins, 2 * present * absent_below)
}

/// Part of the present cases that score at or above `threshold`; `None` where
/// no case is present.
pub fn sensitivity(scores: &[(f64, bool)], threshold: f64) -> Option<f64> {
    let present = scores.iter().filter(|(_, is_present)| *is_present);
    let found = present.clone().filter(|(score, _)| *score >= threshold);
    ratio(found.count() as u64, present.count() as u64)
}

/// Part of the absent cases that score below `threshold`; `None` where no case
/// is absent.
pub fn specificity(scores: &[(f64, bool)], threshold: f64) -> Option<f64> {
    let absent = scores.iter().filter(|(_, is_present)| !is_present);
    let spared = absent.clone().filter(|(score, _)| *score < threshold);
    ratio(spared.count() as u64, absent.count() as u64)
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRED: [u8; 8] = [1, 1, 1, 0, 2, 0, 0, 0];
    const TRUTH: [u8; 8] = [0, 1, 1, 1, 3, 0, 0, 0];

    #[test]
    fn dice_counts_each_class_by_itself() {
        // IRF: TP 2, FP 1, FN 1 -> 4 / 6.
        assert_eq!(dice(&PRED, &TRUTH, FluidClass::Irf), Some(4.0 / 6.0));
        assert_eq!(dice(&PRED, &TRUTH, FluidClass::Srf), Some(0.0));
        assert_eq!(dice(&PRED, &TRUTH, FluidClass::Ped), Some(0.0));
        assert_eq!(dice(&TRUTH, &TRUTH, FluidClass::Ped), Some(1.0));
    }

    #[test]
    fn dice_of_a_class_absent_in_both_is_no_score() {
        assert_eq!(dice(&[0, 1], &[1, 0], FluidClass::Ped), None);
        assert_eq!(dice(&[], &[], FluidClass::Irf), None);
    }

    #[test]
    fn a_mask_agrees_with_its_truth_over_what_is_measured() {
        let (mut mask, mut truth) = (LabelMask::unmeasured(2, 1, 2), LabelMask::unmeasured(2, 1, 2));
        for bscan in 0..2 {
            truth.set_bscan(bscan, vec![1, 1]).unwrap();
        }
        mask.set_bscan(0, vec![1, 2]).unwrap();
        let of = Agreement::of(&mask, &truth, Some(3.0));
        assert_eq!((of.irf.dice, of.irf.avd_mm3), (Some(2.0 / 3.0), Some(0.003)));
        assert_eq!((of.srf.dice, of.srf.overlap.fp), (Some(0.0), 1));
        assert_eq!((of.ped.dice, Agreement::of(&mask, &truth, None).ped.avd_mm3), (None, None));
    }

    #[test]
    fn masks_of_different_grids_are_not_scored() {
        assert_eq!(dice(&[1], &[1, 1], FluidClass::Irf), None);
        let mut overlap = Overlap::default();
        let refused = overlap.add_masks(&[true], &[true, true]);
        assert_eq!(refused, Err(ScoreError::Size { pred: 1, truth: 2 }));
        assert_eq!(overlap, Overlap::default());
    }

    #[test]
    fn overlap_over_bscans_is_that_of_the_volume_in_any_order() {
        let bscans = [(&PRED[..4], &TRUTH[..4]), (&PRED[4..], &TRUTH[4..])];
        let mut whole = Overlap::default();
        whole.add_labels(&PRED, &TRUTH, FluidClass::Irf).unwrap();
        assert_eq!(whole, Overlap { tp: 2, fp: 1, fn_: 1 });
        for order in [[0, 1], [1, 0]] {
            let mut sum = Overlap::default();
            for index in order {
                let mut part = Overlap::default();
                part.add_labels(bscans[index].0, bscans[index].1, FluidClass::Irf).unwrap();
                sum += part;
            }
            assert_eq!(sum, whole);
        }
        assert_eq!((whole.predicted(), whole.truth()), (3, 3));
    }

    #[test]
    fn arbitrary_masks_can_be_added_up() {
        let any = |labels: &[u8]| labels.iter().map(|label| *label > 0).collect::<Vec<_>>();
        let mut overlap = Overlap::default();
        overlap.add_masks(&any(&PRED), &any(&TRUTH)).unwrap();
        assert_eq!(overlap, Overlap { tp: 3, fp: 1, fn_: 1 });
        assert_eq!(overlap.dice(), Some(0.75));
        let json = serde_json::to_string(&overlap).unwrap();
        assert_eq!(json, r#"{"tp":3,"fp":1,"fn":1}"#);
        assert_eq!(serde_json::from_str::<Overlap>(&json).unwrap(), overlap);
    }

    #[test]
    fn volume_difference_is_in_cubic_millimetres_and_has_no_sign() {
        // 4000 voxels of 0.005 nl are 20 nl, 0.02 mm³.
        assert!((avd_mm3(1000, 5000, 0.005) - 0.02).abs() < 1e-12);
        assert_eq!(avd_mm3(1000, 5000, 0.005), avd_mm3(5000, 1000, 0.005));
    }

    #[test]
    fn false_positive_volume_exists_only_where_the_class_is_absent() {
        assert_eq!(false_positive_volume(0, 0, 0.005), Some(0.0));
        assert!((false_positive_volume(2000, 0, 0.005).unwrap() - 0.01).abs() < 1e-12);
        assert_eq!(false_positive_volume(2000, 1, 0.005), None);
    }

    #[test]
    fn auc_counts_won_pairs_and_half_of_the_ties() {
        // Present 0.9, 0.5; absent 0.5, 0.1: wins 0.9>0.5, 0.9>0.1, 0.5>0.1, tie 0.5=0.5: 3.5 / 4.
        let scores = [(0.5, true), (0.1, false), (0.9, true), (0.5, false)];
        assert_eq!(auc(&scores), Some(0.875));
        let mut reversed = scores;
        reversed.reverse();
        assert_eq!(auc(&reversed), Some(0.875));
    }

    #[test]
    fn auc_is_one_half_where_all_scores_are_equal() {
        assert_eq!(auc(&[(0.0, true), (-0.0, false), (0.0, false)]), Some(0.5));
        assert_eq!(auc(&[(1.0, true), (0.0, false)]), Some(1.0));
        assert_eq!(auc(&[(0.0, true), (1.0, false)]), Some(0.0));
    }

    #[test]
    fn auc_needs_both_kinds_and_no_nan() {
        assert_eq!(auc(&[(0.4, true)]), None);
        assert_eq!(auc(&[(0.4, false)]), None);
        assert_eq!(auc(&[]), None);
        assert_eq!(auc(&[(f64::NAN, true), (0.4, false)]), None);
    }

    #[test]
    fn auc_agrees_with_counting_every_pair() {
        let mut seed = 7_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            seed >> 33
        };
        let scores: Vec<(f64, bool)> =
            (0..60).map(|_| ((next() % 10) as f64, next().is_multiple_of(3))).collect();
        let (mut won, mut pairs) = (0.0, 0.0);
        for (present, _) in scores.iter().filter(|(_, is_present)| *is_present) {
            for (absent, _) in scores.iter().filter(|(_, is_present)| !is_present) {
                pairs += 1.0;
                won += if present > absent { 1.0 } else { f64::from(u8::from(present == absent)) / 2.0 };
            }
        }
        assert!((auc(&scores).unwrap() - won / pairs).abs() < 1e-12);
    }

    #[test]
    fn sensitivity_and_specificity_share_a_threshold() {
        let scores = [(0.5, true), (0.4, true), (0.5, false), (0.1, false), (0.2, false)];
        assert_eq!(sensitivity(&scores, 0.5), Some(0.5));
        assert_eq!(specificity(&scores, 0.5), Some(2.0 / 3.0));
        assert_eq!(sensitivity(&scores[2..], 0.5), None);
        assert_eq!(specificity(&scores[..2], 0.5), None);
    }
}
