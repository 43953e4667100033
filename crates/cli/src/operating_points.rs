//! From which presence score on a fluid counts as present, with what the shipped weights
//! reached there.

use fluid::{ByClass, OperatingPoint};
use oct::FluidClass;
use serde::Deserialize;

/// What the shipped weights were judged to reach.
const SCORES: &str = include_str!("../../../weights/scores.json");
/// The part of the data on which nothing was fitted.
const SPLIT: &str = "test";
/// The only data with volumes enough, with the fluid and without.
const DATASET: &str = "phantom";

#[derive(Deserialize)]
struct Scores {
    evaluations: std::collections::BTreeMap<String, Evaluation>,
}

#[derive(Deserialize)]
struct Evaluation {
    /// Missing where figures were carried over from weights that are not kept.
    sha256: Option<String>,
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    dataset: String,
    device: String,
    label: String,
    volumes: u64,
    present: u64,
    sensitivity: Option<f64>,
    specificity: Option<f64>,
}

/// The operating points of the weights with `sha256`: the score that `threshold` gives for each
/// class, with sensitivity and specificity where these very weights were judged.
pub fn of(sha256: &str, threshold: impl Fn(FluidClass) -> f32) -> ByClass<Option<OperatingPoint>> {
    let scores: Option<Scores> = serde_json::from_str(SCORES).ok();
    let evaluation = scores.and_then(|mut scores| scores.evaluations.remove(SPLIT));
    let evaluation = evaluation.filter(|judged| judged.sha256.as_deref() == Some(sha256));
    ByClass::of(|class| {
        let label = class.abbreviation().to_lowercase();
        let judged = evaluation.as_ref().and_then(|evaluation| {
            let all =
                |group: &&Group| group.dataset == DATASET && group.device == "all" && group.label == label;
            evaluation.groups.iter().find(all)
        });
        Some(OperatingPoint {
            threshold: threshold(class),
            sensitivity: judged.and_then(|group| group.sensitivity),
            specificity: judged.and_then(|group| group.specificity),
            judged_on: judged
                .map(|group| format!("{} generated eyes, {} of them with it", group.volumes, group.present)),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_have_the_figures_of_their_card_and_others_only_a_threshold() {
        let scores: Scores = serde_json::from_str(SCORES).unwrap();
        let sha256 = scores.evaluations[SPLIT].sha256.clone().unwrap();
        let shipped = of(&sha256, |_| 0.25);
        for class in FluidClass::ALL {
            let point = shipped.get(class).as_ref().unwrap();
            assert_eq!(point.threshold, 0.25);
            assert!(point.sensitivity.is_some_and(|part| (0.5..=1.0).contains(&part)), "{point:?}");
            assert!(point.specificity.is_some_and(|part| (0.5..=1.0).contains(&part)), "{point:?}");
            assert!(point.judged_on.as_ref().unwrap().contains("generated eyes"));
        }
        let others = of("00", |_| 0.5);
        let irf = others.irf.unwrap();
        assert_eq!((irf.threshold, irf.sensitivity, irf.judged_on), (0.5, None, None));
    }
}
