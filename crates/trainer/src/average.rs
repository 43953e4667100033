//! The mean of the weights of several runs.
//!
//! \[ours\] after model soups (Wortsman et al., ICML 2022): runs that began from
//! the same weights and differ in seed or data end in one basin, where the mean
//! of their weights is as good as their ensemble and costs one network. It also
//! lets cores train side by side without waiting for each other.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use mmis_net::weights::Arrays;

use crate::run_folder::{RunFolder, weights_file};

/// The mean of the averaged weights of `runs`, as a float weight file that
/// `train --from` takes.
///
/// # Errors
/// Where fewer than two runs are given, one has no checkpoint, or two have
/// different networks or labels.
pub fn average(runs: &[PathBuf]) -> Result<Vec<u8>> {
    ensure!(runs.len() > 1, "an average takes two runs or more");
    let mut all = Vec::new();
    let mut first = None;
    for path in runs {
        let run = RunFolder::new(path);
        let config = run.config()?;
        let first = first.get_or_insert_with(|| config.clone());
        if (&config.network, &config.labels) != (&first.network, &first.labels) {
            bail!("{} and {} have different networks or labels", runs[0].display(), path.display());
        }
        let snapshot =
            run.snapshot()?.with_context(|| format!("{} holds no checkpoint yet", path.display()))?;
        all.push(snapshot.average);
    }
    let config = first.context("no run")?;
    weights_file(&mean(&all), &config)
}

/// The mean of arrays of the same names and shapes.
fn mean(all: &[Arrays]) -> Arrays {
    let mut mean = all[0].clone();
    for (name, (_, values)) in &mut mean {
        for (position, value) in values.iter_mut().enumerate() {
            let sum: f64 = all.iter().map(|arrays| f64::from(arrays[name].1[position])).sum();
            *value = (sum / all.len() as f64) as f32;
        }
    }
    mean
}
