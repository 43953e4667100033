//! The mean of the weights of several runs.
//!
//! \[ours\] after model soups (Wortsman et al., ICML 2022): runs that began from
//! the same weights and differ in seed or augmentation end in one basin, where
//! the mean of their weights is about as good as their ensemble and costs one
//! network. It also lets cores train side by side without waiting for each other.

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use mmis_model::weights::Arrays;

use crate::run::{NetworkWeights, weights_file, weights_of};

/// The mean of the weights of `sources`, run folders or weight files, as a float
/// weight file.
///
/// # Errors
/// Where fewer than two are given, one cannot be read, or two are of different
/// networks or labels.
pub fn average(sources: &[PathBuf]) -> Result<Vec<u8>> {
    ensure!(sources.len() > 1, "an average takes two runs or more");
    let all = sources.iter().map(|path| weights_of(path)).collect::<Result<Vec<NetworkWeights>>>()?;
    let [first, others @ ..] = &all[..] else { bail!("nothing to average") };
    for (path, other) in sources[1..].iter().zip(others) {
        if (&other.network, &other.labels) != (&first.network, &first.labels) {
            bail!("{} and {} have different networks or labels", sources[0].display(), path.display());
        }
    }
    let parameters: Vec<&Arrays> = all.iter().map(|weights| &weights.parameters).collect();
    weights_file(&mean(&parameters), &first.network, &first.labels)
}

/// The mean of arrays of the same names and shapes.
fn mean(all: &[&Arrays]) -> Arrays {
    let mut mean = all[0].clone();
    for (name, (_, values)) in &mut mean {
        for (position, value) in values.iter_mut().enumerate() {
            let sum: f64 = all.iter().map(|arrays| f64::from(arrays[name].1[position])).sum();
            *value = (sum / all.len() as f64) as f32;
        }
    }
    mean
}
