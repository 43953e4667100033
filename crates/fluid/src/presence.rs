//! The score that a fluid class is present somewhere in the volume.
//!
//! RETOUCH asks for one number per class and volume and ranks it by AUC
//! (Bogunovic et al., IEEE TMI 2019). Ours is, per B-scan, the mean of the
//! [`TOP_PIXELS`] highest pixel probabilities ([`bscan_evidence`]), and per
//! volume the maximum over its B-scans. The mean over some pixels keeps one
//! stray pixel from deciding; the maximum keeps a small pocket on one B-scan
//! from being averaged away.
//!
//! The engine turns the evidence of each B-scan into a chance, with the
//! temperature and bias that the weight file carries. **The score of a volume is
//! a maximum of such chances**: it orders volumes, and tends to rise with the
//! number of B-scans, as every maximum does.

use std::collections::BTreeMap;

use oct::FluidClass;
use serde::{Deserialize, Serialize};

/// Pixels that the evidence of a B-scan rests on. 64 pixels are an 8 x 8
/// patch, 0.09 mm x 0.03 mm at a Spectralis' 0.0113 x 0.0039 mm: small enough
/// for a small pocket, too many for speckle. Chosen, not tuned.
pub const TOP_PIXELS: usize = 64;

/// Pixels that are compared with no look at each, which the processor does side by side.
const AT_ONCE: usize = 64;

/// How the score is made, in words for reports.
pub const METHOD: &str = "maximum over B-scans of the mean of the 64 highest pixel probabilities, made a chance by the calibration in the weight file";

/// Evidence for one class on one B-scan: the mean of the [`TOP_PIXELS`]
/// highest of `probs`, or of all of them where there are fewer.
///
/// `probs` are probabilities on any grid, clamped to 0..=1; their order does
/// not matter. An empty map gives 0. A NaN anywhere gives NaN, so that a
/// broken map never reads as "no fluid"; [`PresenceAccumulator`] takes NaN
/// for unmeasured.
pub fn bscan_evidence(probs: &[f32]) -> f32 {
    if probs.is_empty() {
        return 0.0;
    }
    if probs.iter().any(|p| p.is_nan()) {
        return f32::NAN;
    }
    let mut probs = if probs.len() > TOP_PIXELS { highest(probs) } else { clamped(probs).collect() };
    // Selection leaves the top in no particular order, and f32 sums depend on it.
    probs.sort_unstable_by(f32::total_cmp);
    let sum: f64 = probs.iter().map(|p| f64::from(*p)).sum();
    (sum / probs.len() as f64) as f32
}

fn clamped(probs: &[f32]) -> impl Iterator<Item = f32> {
    probs.iter().map(|p| p.clamp(0.0, 1.0))
}

/// The [`TOP_PIXELS`] highest of more, clamped, in no particular order.
fn highest(probs: &[f32]) -> Vec<f32> {
    // Most of a map is nearly nothing: what as many pixels before it reach is not kept.
    let mut kept: Vec<f32> = Vec::with_capacity(2 * TOP_PIXELS + AT_ONCE);
    let mut least = f32::NEG_INFINITY;
    for probs in probs.chunks(AT_ONCE) {
        let exceeds = |p: &f32| p.total_cmp(&least).is_gt();
        if clamped(probs).fold(false, |any, p| any | exceeds(&p)) {
            kept.extend(clamped(probs).filter(exceeds));
        }
        if kept.len() > 2 * TOP_PIXELS {
            // Selection is linear; sorting 262,144 pixels x 3 classes x 128 B-scans is not.
            least = *kept.select_nth_unstable_by(TOP_PIXELS - 1, |a, b| b.total_cmp(a)).1;
            kept.truncate(TOP_PIXELS);
        }
    }
    kept.select_nth_unstable_by(TOP_PIXELS - 1, |a, b| b.total_cmp(a));
    kept.truncate(TOP_PIXELS);
    kept
}

/// Evidence per B-scan and class, gathered in any order from any worker.
///
/// Adding a B-scan again replaces what it said before, so a job that is run
/// twice does not count twice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Evidence>", into = "Vec<Evidence>")]
pub struct PresenceAccumulator {
    /// Finite evidence in 0..=1 by B-scan, one map a class by [`FluidClass::index`].
    evidence: [BTreeMap<usize, f32>; 3],
}

/// How the accumulator travels: a flat list, since maps with number keys do
/// not survive every serialiser (JavaScript objects).
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Evidence {
    #[serde(rename = "frame")]
    bscan: usize,
    class: FluidClass,
    evidence: f32,
}

impl From<Vec<Evidence>> for PresenceAccumulator {
    fn from(list: Vec<Evidence>) -> Self {
        let mut presence = Self::default();
        for Evidence { bscan, class, evidence } in list {
            presence.add_evidence(bscan, class, evidence);
        }
        presence
    }
}

impl From<PresenceAccumulator> for Vec<Evidence> {
    fn from(presence: PresenceAccumulator) -> Self {
        FluidClass::ALL
            .into_iter()
            .flat_map(|class| {
                let bscans = presence.evidence[class.index()].iter();
                bscans.map(move |(bscan, evidence)| Evidence { bscan: *bscan, class, evidence: *evidence })
            })
            .collect()
    }
}

impl PresenceAccumulator {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the probability map of `class` on B-scan `bscan`, on any grid, row
    /// by row. An empty map leaves the B-scan unmeasured.
    pub fn add_bscan(&mut self, bscan: usize, class: FluidClass, probs: &[f32]) {
        let evidence = if probs.is_empty() { f32::NAN } else { bscan_evidence(probs) };
        self.add_evidence(bscan, class, evidence);
    }

    /// Takes a [`bscan_evidence`] that was computed elsewhere, clamped to
    /// 0..=1. NaN leaves the B-scan unmeasured.
    pub fn add_evidence(&mut self, bscan: usize, class: FluidClass, evidence: f32) {
        let bscans = &mut self.evidence[class.index()];
        if evidence.is_nan() {
            bscans.remove(&bscan);
        } else {
            bscans.insert(bscan, evidence.clamp(0.0, 1.0));
        }
    }

    /// The volume's score for `class` in 0..=1: the maximum over the B-scans
    /// seen so far, or `None` before the first. While B-scans are missing it is
    /// a lower bound.
    pub fn score(&self, class: FluidClass) -> Option<f32> {
        self.evidence[class.index()].values().copied().max_by(f32::total_cmp)
    }

    /// Evidence for `class` on one B-scan, or `None` where it gave none.
    pub fn evidence(&self, bscan: usize, class: FluidClass) -> Option<f32> {
        self.evidence[class.index()].get(&bscan).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small deterministic generator: tests need permutations, not quality.
    fn shuffle<T>(items: &mut [T], mut seed: u64) {
        for last in (1..items.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            items.swap(last, (seed >> 33) as usize % (last + 1));
        }
    }

    #[test]
    fn evidence_is_the_mean_of_the_top_64_pixels() {
        // 32 pixels of 1.0, 32 of 0.5 and a sea of 0.25: (32 + 16) / 64 = 0.75.
        let mut probs = vec![0.25; 1000];
        probs[100..132].fill(1.0);
        probs[500..532].fill(0.5);
        assert_eq!(bscan_evidence(&probs), 0.75);
    }

    #[test]
    fn one_stray_pixel_moves_the_evidence_by_a_64th() {
        let mut probs = vec![0.0; 4096];
        probs[7] = 1.0;
        assert_eq!(bscan_evidence(&probs), 1.0 / 64.0);
    }

    #[test]
    fn a_map_smaller_than_64_pixels_gives_its_mean() {
        assert_eq!(bscan_evidence(&[0.5, 1.0]), 0.75);
        assert_eq!(bscan_evidence(&[]), 0.0);
    }

    #[test]
    fn the_order_of_pixels_does_not_matter() {
        let mut probs: Vec<f32> = (0..1000).map(|n| (n as f32 * 0.618).fract()).collect();
        let evidence = bscan_evidence(&probs);
        for seed in 1..20 {
            shuffle(&mut probs, seed);
            assert_eq!(bscan_evidence(&probs).to_bits(), evidence.to_bits());
        }
    }

    #[test]
    fn probabilities_outside_0_to_1_are_clamped_and_nan_is_kept() {
        assert_eq!(bscan_evidence(&[f32::INFINITY, -3.0]), 0.5);
        assert!(bscan_evidence(&[0.2, -f32::NAN]).is_nan());
    }

    #[test]
    fn the_score_is_the_maximum_over_bscans_in_any_order() {
        let mut bscans: Vec<(usize, f32)> = (0..50).map(|n| (n, (n as f32 * 0.618).fract())).collect();
        let gather = |bscans: &[(usize, f32)]| {
            let mut presence = PresenceAccumulator::new();
            for (bscan, evidence) in bscans {
                presence.add_evidence(*bscan, FluidClass::Srf, *evidence);
            }
            presence
        };
        let first = gather(&bscans);
        let highest = bscans.iter().map(|(_, evidence)| *evidence).fold(0.0, f32::max);
        assert_eq!(first.score(FluidClass::Srf), Some(highest));
        assert_eq!(first.score(FluidClass::Irf), None);
        for seed in 1..20 {
            shuffle(&mut bscans, seed);
            assert_eq!(gather(&bscans), first);
        }
    }

    #[test]
    fn adding_a_bscan_again_replaces_what_it_said() {
        let mut presence = PresenceAccumulator::new();
        presence.add_bscan(4, FluidClass::Irf, &[0.9; 64]);
        presence.add_bscan(4, FluidClass::Irf, &[0.1; 64]);
        assert_eq!(presence.score(FluidClass::Irf), Some(0.1));
        assert_eq!(presence.evidence(4, FluidClass::Irf), Some(0.1));
    }

    #[test]
    fn a_broken_or_empty_map_is_unmeasured_not_absent() {
        let mut presence = PresenceAccumulator::new();
        presence.add_bscan(0, FluidClass::Ped, &[f32::NAN; 64]);
        presence.add_bscan(1, FluidClass::Ped, &[]);
        assert_eq!(presence.score(FluidClass::Ped), None);
        presence.add_bscan(0, FluidClass::Ped, &[0.0; 64]);
        assert_eq!(presence.score(FluidClass::Ped), Some(0.0));
    }

    #[test]
    fn the_method_names_the_number_of_pixels_it_uses() {
        assert!(METHOD.contains(&format!("{TOP_PIXELS} highest")));
    }

    #[test]
    fn evidence_survives_json() {
        let mut presence = PresenceAccumulator::new();
        presence.add_evidence(12, FluidClass::Irf, 0.25);
        presence.add_evidence(3, FluidClass::Ped, 0.5);
        let json = serde_json::to_string(&presence).unwrap();
        assert!(json.starts_with(r#"[{"frame":12,"class":"IRF","evidence":0.25}"#), "{json}");
        assert_eq!(serde_json::from_str::<PresenceAccumulator>(&json).unwrap(), presence);
    }
}
