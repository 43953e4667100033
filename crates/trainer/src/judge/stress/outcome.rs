//! The figures of a row, and whether it meets the bars.

use std::fmt::Write as _;

use fluid::scores::Overlap;
use oct::FluidClass;
use serde::{Deserialize, Serialize};

use super::super::volumes::{VolumeScore, merged};
use super::strain::Strain;
use super::table::Stress;

/// Most fluid that a stress may make in an eye without any, nl.
pub const MOST_FALSE_NL: f64 = 1.0;
/// Most by which a stress may move Dice, up or down.
pub const MOST_MOVED_DICE: f64 = 0.03;

/// What the stresses do to the figures of some weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StressTable {
    /// What was scored: a weight file or run folder.
    pub weights: String,
    /// SHA-256 of the weights that a weight file states, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// A stress each, as [`super::STRESSES`] has them.
    pub rows: Vec<StressRow>,
}

/// What one stress does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StressRow {
    /// The stress.
    pub stress: String,
    /// Why it is held to no bar, where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroys: Option<String>,
    /// Of each dataset and fluid that is there.
    pub dice: Vec<MovedDice>,
    /// Of each dataset without fluid and of known spacing.
    pub false_fluid: Vec<FalseFluid>,
    /// Of each dataset.
    pub presence: Vec<PresenceCalls>,
    /// The bars that it misses, in words.
    pub missed: Vec<String>,
}

/// Dice over all pixels of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedDice {
    /// The dataset.
    pub dataset: String,
    /// The fluid, or a superset of fluids.
    pub label: String,
    /// In the stressed B-scans.
    pub dice: f64,
    /// Of what is found in the unchanged ones, moved as the image is.
    pub unchanged: f64,
}

/// Fluid found in a dataset that has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FalseFluid {
    /// The dataset.
    pub dataset: String,
    /// All fluids together, in all B-scans of the part that was scored (those between the
    /// chosen ones are taken to be like them), nl.
    pub nl: f64,
}

/// Whether fluids are said to be there where they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresenceCalls {
    /// The dataset.
    pub dataset: String,
    /// Right calls, a volume and fluid each.
    pub right: usize,
    /// Of so many.
    pub of: usize,
}

impl StressRow {
    /// The row of `stress` from what it did in each dataset. For each dataset the B-scans
    /// stand for `every` times as many.
    pub fn new(stress: &Stress, datasets: &[(&str, usize, &Strain)]) -> Self {
        let mut row = Self {
            stress: stress.name.to_owned(),
            destroys: stress.destroys.map(str::to_owned),
            dice: Vec::new(),
            false_fluid: Vec::new(),
            presence: Vec::new(),
            missed: Vec::new(),
        };
        for (dataset, every, strain) in datasets {
            row.add(dataset, *every, strain);
        }
        if row.destroys.is_none() {
            row.missed = row.missed();
        }
        row
    }

    fn add(&mut self, dataset: &str, every: usize, strain: &Strain) {
        let dataset = dataset.to_owned();
        let volumes = merged(strain.found.iter().cloned());
        let right = volumes.iter().filter(|volume| volume.called == (volume.overlap.truth() > 0)).count();
        self.presence.push(PresenceCalls { dataset: dataset.clone(), right, of: volumes.len() });
        let mut labels: Vec<&str> = Vec::new();
        for score in &strain.found {
            if !labels.contains(&score.label.as_str()) {
                labels.push(&score.label);
            }
        }
        let mut fluid_free = true;
        for label in &labels {
            let (found, unchanged) = (overlap(&strain.found, label), overlap(&strain.unchanged, label));
            if found.truth() > 0 {
                fluid_free = false;
                if let (Some(dice), Some(unchanged)) = (found.dice(), unchanged.dice()) {
                    let (dataset, label) = (dataset.clone(), (*label).to_owned());
                    self.dice.push(MovedDice { dataset, label, dice, unchanged });
                }
            }
        }
        if fluid_free {
            // A superset holds no fluid beyond its leaves.
            let leaf = |label: &str| {
                FluidClass::ALL.iter().any(|class| class.abbreviation().eq_ignore_ascii_case(label))
            };
            let nl = |score: &VolumeScore| Some(score.overlap.predicted() as f64 * score.voxel_nl?);
            let all = strain.found.iter().filter(|score| leaf(&score.label)).map(nl);
            if let Some(nl) = all.sum::<Option<f64>>().filter(|_| labels.iter().any(|label| leaf(label))) {
                self.false_fluid.push(FalseFluid { dataset, nl: nl * every as f64 });
            }
        }
    }

    fn missed(&self) -> Vec<String> {
        let moved = self.dice.iter().filter(|dice| dice.moved().abs() > MOST_MOVED_DICE);
        let moved = moved.map(|dice| format!("{} {} {:+.3}", dice.dataset, dice.label, dice.moved()));
        let false_fluid = self.false_fluid.iter().filter(|found| found.nl > MOST_FALSE_NL);
        moved.chain(false_fluid.map(|found| format!("{} {:.2} nl", found.dataset, found.nl))).collect()
    }
}

impl MovedDice {
    fn moved(&self) -> f64 {
        self.dice - self.unchanged
    }
}

fn overlap(scores: &[VolumeScore], label: &str) -> Overlap {
    let mut sum = Overlap::default();
    for score in scores.iter().filter(|score| score.label == label) {
        sum += score.overlap;
    }
    sum
}

impl StressTable {
    /// The rows that miss a bar, by name.
    pub fn missed(&self) -> Vec<&str> {
        self.rows.iter().filter(|row| !row.missed.is_empty()).map(|row| row.stress.as_str()).collect()
    }

    /// The table as Markdown: Dice and by how much the stress moved it, false fluid,
    /// right calls of presence, and whether the bars are met.
    pub fn markdown(&self) -> String {
        let Some(first) = self.rows.first() else { return String::new() };
        let mut heads = vec!["stress".to_owned()];
        heads.extend(first.dice.iter().map(|dice| format!("{} {}: Dice (moved)", dice.dataset, dice.label)));
        heads.extend(first.false_fluid.iter().map(|found| format!("{}: nl found of none", found.dataset)));
        heads.extend(first.presence.iter().map(|calls| format!("{}: presence right", calls.dataset)));
        heads.push("bars".to_owned());
        let mut table = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
        for row in &self.rows {
            let mut cells = vec![row.stress.clone()];
            cells.extend(first.dice.iter().map(|head| {
                let same = |dice: &&MovedDice| (&dice.dataset, &dice.label) == (&head.dataset, &head.label);
                // A crop can leave nothing of a fluid.
                let dice = row.dice.iter().find(same);
                dice.map_or("—".to_owned(), |dice| format!("{:.3} ({:+.3})", dice.dice, dice.moved()))
            }));
            cells.extend(row.false_fluid.iter().map(|found| format!("{:.2}", found.nl)));
            cells.extend(row.presence.iter().map(|calls| format!("{} of {}", calls.right, calls.of)));
            cells.push(match (&row.destroys, row.missed.is_empty()) {
                (Some(why), _) => format!("none: {why}"),
                (None, true) => "met".to_owned(),
                (None, false) => format!("**missed**: {}", row.missed.join(", ")),
            });
            // Writing to a String cannot fail.
            let _ = writeln!(table, "| {} |", cells.join(" | "));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::STRESSES;
    use super::*;

    fn score(subject: &str, label: &str, [tp, fp, fn_]: [u64; 3], called: bool) -> VolumeScore {
        VolumeScore {
            dataset: String::new(),
            device: String::new(),
            subject: subject.into(),
            label: label.into(),
            bscans: 1,
            overlap: Overlap { tp, fp, fn_ },
            voxel_nl: Some(0.01),
            chance: 0.5,
            called,
            bscan_dice: BTreeMap::new(),
        }
    }

    fn row(stress: &Stress, found: [u64; 3], invented: u64) -> StressRow {
        let eye = Strain {
            found: vec![score("a", "fluid", found, true), score("a", "ped", [0, 0, 0], true)],
            unchanged: vec![score("a", "fluid", [50, 50, 50], true), score("a", "ped", [0, 0, 0], false)],
        };
        let none = Strain {
            found: vec![
                score("b", "irf", [0, invented, 0], false),
                score("b", "srf", [0, 1, 0], false),
                score("b", "fluid", [0, invented + 1, 0], false),
            ],
            unchanged: Vec::new(),
        };
        StressRow::new(stress, &[("duke", 1, &eye), ("bonn", 4, &none)])
    }

    #[test]
    fn a_row_has_the_dice_the_false_nanolitres_and_the_calls_counted_by_hand() {
        // Dice 120/200 against 100/200; 24 and 1 voxels of 0.01 nl, each four times; PED is called.
        let row = row(&STRESSES[0], [60, 40, 40], 24);
        assert_eq!(row.dice.len(), 1);
        assert!((row.dice[0].dice - 0.6).abs() < 1e-12 && (row.dice[0].moved() - 0.1).abs() < 1e-12);
        assert!((row.false_fluid[0].nl - 1.0).abs() < 1e-12, "{}", row.false_fluid[0].nl);
        let calls: Vec<_> = row.presence.iter().map(|calls| (calls.right, calls.of)).collect();
        assert_eq!(calls, [(1, 2), (3, 3)]);
        assert_eq!(row.missed, ["duke fluid +0.100"]);
    }

    #[test]
    fn a_bar_that_is_missed_is_marked_unless_the_stress_destroys_the_picture() {
        let gentle = row(&STRESSES[0], [51, 49, 49], 10);
        let harsh = row(&STRESSES[1], [20, 80, 80], 30);
        let destroyed = Stress { destroys: Some("nothing is seen"), ..STRESSES[2] };
        let rows = vec![gentle, harsh, row(&destroyed, [0, 100, 100], 30)];
        let table = StressTable { weights: String::new(), sha256: None, rows };
        assert_eq!(table.missed(), [STRESSES[1].name]);
        let text = table.markdown();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains("| duke fluid: Dice (moved) | bonn: nl found of none |"), "{text}");
        assert!(lines[2].ends_with("| 0.510 (+0.010) | 0.44 | 1 of 2 | 3 of 3 | met |"), "{text}");
        assert!(lines[3].ends_with("| **missed**: duke fluid -0.300, bonn 1.24 nl |"), "{text}");
        assert!(lines[4].ends_with("| none: nothing is seen |"), "{text}");
    }
}
