//! Scores: quick ones in the working grid while training.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor, TensorData};
use engine::postprocess::THRESHOLD;
use fluid::scores::Overlap;
use mmis_net::MmisNet;

use crate::datasets::{Dataset, IGNORE_BIT, Planes, Split};

/// Overlap of prediction and truth a plane, pooled over the samples of `split`,
/// in the working grid. A superset is predicted where any of its leaves is.
///
/// # Errors
/// Where the network's answer has another size than its input.
pub fn fluid_overlap(
    network: &MmisNet,
    dataset: &Dataset,
    split: Split,
    planes: &Planes,
    device: &Device,
) -> Result<BTreeMap<usize, Overlap>> {
    let mut overlaps: BTreeMap<usize, Overlap> = BTreeMap::new();
    for sample in dataset.samples.iter().filter(|sample| sample.split == split) {
        let image: Vec<f32> = sample.image.iter().map(|value| f32::from(*value) / 255.0).collect();
        let input = TensorData::new(image, [1, 1, sample.rows, sample.columns]);
        let output = sigmoid(network.forward(Tensor::<4>::from_data(input, device)));
        let probabilities: Vec<f32> = output.into_data().iter::<f32>().collect();
        let pixels = sample.rows * sample.columns;
        for plane in (0..planes.len()).filter(|plane| dataset.annotated >> plane & 1 == 1) {
            let counted = sample.bits.iter().enumerate().filter(|(_, bits)| **bits >> IGNORE_BIT & 1 == 0);
            let (predicted, truth): (Vec<bool>, Vec<bool>) = counted
                .map(|(index, bits)| {
                    let leaf_above = |leaf: &usize| probabilities[leaf * pixels + index] >= THRESHOLD;
                    (planes.leaves(plane).iter().any(leaf_above), bits >> plane & 1 == 1)
                })
                .unzip();
            overlaps
                .entry(plane)
                .or_default()
                .add_masks(&predicted, &truth)
                .map_err(|error| anyhow!("{}: {error}", sample.name))?;
        }
    }
    Ok(overlaps)
}
