//! Quick scores in the working grid, while a network is trained.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use burn::tensor::{Device, Tensor, TensorData};
use fluid::label::THRESHOLD;
use fluid::scores::Overlap;
use mmis_net::MmisNet;

use crate::data::{Dataset, Planes, Sample, Split};

use super::volumes::counted;

/// Probabilities of all labels for a sample, `[labels, rows, columns]`.
pub fn probabilities(network: &MmisNet, sample: &Sample, device: &Device) -> Vec<f32> {
    let values: Vec<f32> = sample.channels.iter().flatten().map(|value| f32::from(*value) / 255.0).collect();
    let input = TensorData::new(values, [1, sample.channels.len(), sample.rows, sample.columns]);
    let output = network.probabilities(Tensor::<4>::from_data(input, device));
    output.into_data().iter::<f32>().collect()
}

/// Whether `plane` is predicted, a pixel: the union of its leaves reaches the threshold.
pub fn predicted(probabilities: &[f32], pixels: usize, planes: &Planes, plane: usize) -> Vec<bool> {
    let leaves = planes.leaves(plane);
    let none =
        |index: usize| leaves.iter().map(|leaf| 1.0 - probabilities[leaf * pixels + index]).product::<f32>();
    (0..pixels).map(|index| 1.0 - none(index) >= THRESHOLD).collect()
}

/// Overlap of prediction and truth a plane that `dataset` marks in full, pooled over
/// the samples of `split`, in the working grid.
///
/// # Errors
/// Where the network's answer has another size than its input.
pub fn overlaps(
    network: &MmisNet,
    dataset: &Dataset,
    split: Split,
    planes: &Planes,
    device: &Device,
) -> Result<BTreeMap<usize, Overlap>> {
    let mut overlaps: BTreeMap<usize, Overlap> = BTreeMap::new();
    for sample in dataset.samples.iter().filter(|sample| sample.split == split) {
        let probabilities = probabilities(network, sample, device);
        for plane in planes.in_bits(dataset.taught & !dataset.partial) {
            let found = predicted(&probabilities, sample.bits.len(), planes, plane);
            let overlap =
                counted(&found, &sample.bits, plane).map_err(|error| anyhow!("{}: {error}", sample.name))?;
            *overlaps.entry(plane).or_default() += overlap;
        }
    }
    Ok(overlaps)
}
