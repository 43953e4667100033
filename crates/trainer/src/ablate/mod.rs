//! Runs that differ in one thing, compared by subject.
//!
//! Each trial is a run folder of its own; a study that was interrupted goes on
//! where it stopped. Networks are compared on validation data only; what a kind
//! of data buys is measured on validation and test data together.

mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use burn::module::Module;
use burn::tensor::Device;
use fluid::scores::Overlap;
use mmis_model::FusionKind;
use mmis_net::MmisNet;
use serde::Serialize;

use crate::data::{Dataset, TrainingData};
use crate::judge::{HeldOut, Interval, Judge, VolumeScore, interval, scores};
use crate::learn::{Diverged, train};
use crate::run::{RunConfig, RunFolder};

pub use tables::{by_score, by_trial};

/// One thing that is tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// Its name in tables and of its folders.
    pub name: String,
    /// How it is configured, seed aside.
    pub config: RunConfig,
}

impl Trial {
    /// Its run folder below that of the study.
    fn run(&self, folder: &Path, seed: u64) -> PathBuf {
        folder.join(format!("{}-seed{seed}", self.name.replace([' ', ',', '+'], "_")))
    }

    /// Whether its runs with all `seeds` below `folder` have done their steps.
    pub fn is_finished(&self, folder: &Path, seeds: &[u64]) -> bool {
        seeds.iter().all(|seed| {
            let snapshot = RunFolder::new(&self.run(folder, *seed)).snapshot();
            matches!(snapshot, Ok(Some(snapshot)) if snapshot.step >= self.config.steps)
        })
    }
}

/// What a trial reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The trial.
    pub name: String,
    /// Parameters of the network.
    pub parameters: usize,
    /// GFLOP of one B-scan of 256 x 304 working pixels.
    pub gflop: f64,
    /// Seeds whose runs were trained and scored.
    pub seeds: Vec<u64>,
    /// Seeds whose runs came to a loss that is no number: they have no scores.
    pub diverged: Vec<u64>,
    /// Pooled Dice a seed of each dataset and label, over the volumes with it.
    pub dice: BTreeMap<String, Vec<f64>>,
    /// Mean difference of Dice to the first trial, paired by subject and
    /// averaged over seeds, with its 95 % interval by subject.
    pub difference: BTreeMap<String, (f64, Option<Interval>)>,
    /// Nanolitres found where there is none, a seed, of each dataset and label of known spacing.
    pub false_nl: BTreeMap<String, Vec<f64>>,
}

/// Every fusion with and without auxiliary heads; the first is U-Net's
/// concatenation without them.
pub fn fusion_trials(base: &RunConfig) -> Vec<Trial> {
    let mut trials = Vec::new();
    for fusion in FusionKind::ALL {
        for auxiliary in [false, true] {
            let mut config = base.clone();
            config.network.fusion = fusion;
            config.network.auxiliary = auxiliary;
            let name = format!("{}{}", fusion.name(), if auxiliary { " + auxiliary" } else { "" });
            trials.push(Trial { name, config });
        }
    }
    trials
}

/// All datasets, then all but each group of `left_out` (names joined by `+`).
pub fn dataset_trials(base: &RunConfig, left_out: &[String]) -> Vec<Trial> {
    let mut trials = vec![Trial { name: "all datasets".to_owned(), config: base.clone() }];
    for names in left_out {
        let mut config = base.clone();
        config.without.extend(names.split('+').map(str::to_owned));
        trials.push(Trial { name: format!("without {}", names.replace('+', ", ")), config });
    }
    trials
}

/// Trains and scores every trial with every seed below `folder`. A run that diverges
/// is left out, and the others go on.
///
/// # Errors
/// Where a run fails for another reason or a case cannot be judged.
pub fn study(
    folder: &Path,
    trials: &[Trial],
    seeds: &[u64],
    data: TrainingData<'_>,
    held_out: &[HeldOut<'_>],
    devices: &[Device],
) -> Result<Vec<Outcome>> {
    ensure!(!seeds.is_empty() && !devices.is_empty(), "a study needs a seed and a device");
    ensure!(!held_out.is_empty(), "a study needs held-out data, and no dataset has any");
    let mut outcomes = Vec::new();
    let mut reference: Option<Vec<Vec<VolumeScore>>> = None;
    for trial in trials {
        let (mut finished, mut diverged, mut of_seeds) = (Vec::new(), Vec::new(), Vec::new());
        for seed in seeds {
            let config = RunConfig { seed: *seed, ..trial.config.clone() };
            let run = trial.run(folder, *seed);
            eprintln!("{}, seed {seed}", trial.name);
            let kept: Vec<Dataset> =
                data.datasets.iter().filter(|dataset| config.learns_from(&dataset.entry)).cloned().collect();
            let trained = train(
                &RunFolder::new(&run),
                &config,
                TrainingData { datasets: &kept, ..data },
                devices,
                None,
            );
            match trained {
                Ok(_) => finished.push(*seed),
                Err(error) if error.is::<Diverged>() => {
                    eprintln!("left out: {error:#}");
                    diverged.push(*seed);
                    continue;
                }
                Err(error) => return Err(error.context(format!("{}, seed {seed}", trial.name))),
            }
            let judge = Judge::open(&run, data.planes, &devices[0])?;
            of_seeds.push(scores(&judge, held_out, data.planes)?);
        }
        outcomes.push(Outcome {
            name: trial.name.clone(),
            parameters: MmisNet::new(&trial.config.network, &devices[0]).num_params(),
            gflop: trial.config.network.flops(256, 304) as f64 / 1e9,
            seeds: finished,
            diverged,
            dice: pooled(&of_seeds),
            difference: differences(&of_seeds, reference.as_ref().unwrap_or(&of_seeds)),
            false_nl: false_nl(&of_seeds),
        });
        reference.get_or_insert(of_seeds);
    }
    Ok(outcomes)
}

fn key(volume: &VolumeScore) -> String {
    format!("{} {}", volume.dataset, volume.label)
}

fn pooled(of_seeds: &[Vec<VolumeScore>]) -> BTreeMap<String, Vec<f64>> {
    let mut dice: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for volumes in of_seeds {
        let mut overlaps: BTreeMap<String, Overlap> = BTreeMap::new();
        for volume in volumes.iter().filter(|volume| volume.overlap.truth() > 0) {
            *overlaps.entry(key(volume)).or_default() += volume.overlap;
        }
        for (key, overlap) in overlaps {
            dice.entry(key).or_default().extend(overlap.dice());
        }
    }
    dice
}

fn false_nl(of_seeds: &[Vec<VolumeScore>]) -> BTreeMap<String, Vec<f64>> {
    let mut found: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for volumes in of_seeds {
        let mut of_seed: BTreeMap<String, f64> = BTreeMap::new();
        for volume in volumes.iter().filter(|volume| volume.overlap.truth() == 0) {
            if let Some(voxel_nl) = volume.voxel_nl {
                *of_seed.entry(key(volume)).or_default() += voxel_nl * volume.overlap.predicted() as f64;
            }
        }
        for (key, nl) in of_seed {
            found.entry(key).or_default().push(nl);
        }
    }
    found
}

/// Dice of each subject, averaged over seeds, by dataset and label.
fn by_subject(of_seeds: &[Vec<VolumeScore>]) -> BTreeMap<String, BTreeMap<String, f64>> {
    let mut sums: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for volumes in of_seeds {
        let mut overlaps: BTreeMap<(String, String), Overlap> = BTreeMap::new();
        for volume in volumes.iter().filter(|volume| volume.overlap.truth() > 0) {
            *overlaps.entry((key(volume), volume.subject.clone())).or_default() += volume.overlap;
        }
        for ((key, subject), overlap) in overlaps {
            let dice = overlap.dice().unwrap_or(0.0) / of_seeds.len() as f64;
            *sums.entry(key).or_default().entry(subject).or_default() += dice;
        }
    }
    sums
}

fn differences(
    of_seeds: &[Vec<VolumeScore>],
    reference: &[Vec<VolumeScore>],
) -> BTreeMap<String, (f64, Option<Interval>)> {
    let (found, reference) = (by_subject(of_seeds), by_subject(reference));
    let mut differences = BTreeMap::new();
    for (key, subjects) in found {
        let Some(others) = reference.get(&key) else { continue };
        let paired: Vec<f64> =
            subjects.iter().filter_map(|(subject, dice)| Some(dice - others.get(subject)?)).collect();
        if paired.is_empty() {
            continue;
        }
        let mean = |values: &[&f64]| Some(values.iter().copied().sum::<f64>() / values.len() as f64);
        let all: Vec<&f64> = paired.iter().collect();
        differences.insert(key, (mean(&all).unwrap_or(0.0), interval(&paired, mean)));
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(subject: &str, tp: u64, fn_: u64) -> VolumeScore {
        VolumeScore {
            dataset: "duke".into(),
            device: String::new(),
            subject: subject.into(),
            label: "fluid".into(),
            bscans: 1,
            overlap: Overlap { tp, fp: 0, fn_ },
            voxel_nl: None,
            chance: 0.5,
            called: false,
            bscan_dice: BTreeMap::new(),
        }
    }

    #[test]
    fn differences_are_paired_by_subject_and_averaged_over_seeds() {
        // Dice 2/3 and 1 against 1 and 1 (a), 0 and 0 against 1 and 1 (b).
        let worse = [vec![volume("a", 1, 1), volume("b", 0, 2)], vec![volume("a", 2, 0), volume("b", 0, 2)]];
        let better = [vec![volume("a", 2, 0), volume("b", 2, 0)], vec![volume("a", 2, 0), volume("b", 2, 0)]];
        let (mean, interval) = differences(&worse, &better)["duke fluid"];
        assert!((mean - (-1.0 / 6.0 - 1.0) / 2.0).abs() < 1e-12, "{mean}");
        assert_eq!(interval, None, "two subjects are too few for one");
        assert!(differences(&better, &better)["duke fluid"].0.abs() < 1e-12);
    }

    #[test]
    fn every_fusion_is_tried_with_and_without_auxiliary_heads() {
        let base = RunConfig::standard(5, vec!["irf".into(); 5]);
        let names: Vec<String> = fusion_trials(&base).into_iter().map(|trial| trial.name).collect();
        assert_eq!(names.len(), 2 * FusionKind::ALL.len());
        assert_eq!(names[0], "concatenate");
        assert!(
            names.contains(&"SF dot + auxiliary".to_owned()) && names.contains(&"attention gate".to_owned())
        );
    }

    #[test]
    fn a_trial_that_has_not_run_is_not_finished() {
        let folder = tempfile::tempdir().unwrap();
        let base = RunConfig::standard(5, vec!["irf".into(); 5]);
        let trial = &fusion_trials(&base)[1];
        assert!(!trial.is_finished(folder.path(), &[1]));
        assert_eq!(trial.run(folder.path(), 2).file_name().unwrap(), "concatenate___auxiliary-seed2");
    }

    #[test]
    fn a_group_of_datasets_is_left_out_together() {
        let base = RunConfig::standard(5, vec!["irf".into(); 5]);
        let trials = dataset_trials(&base, &["phantom+painted_duke".to_owned()]);
        assert_eq!(trials[0].config.without, Vec::<String>::new());
        assert_eq!(trials[1].config.without, ["phantom", "painted_duke"]);
    }
}
