//! Quick scores in the working grid, while a network is trained.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use burn::tensor::{Device, Tensor, TensorData};
use fluid::label::THRESHOLD;
use fluid::presence::bscan_evidence;
use fluid::scores::Overlap;
use mmis_net::MmisNet;

use crate::data::{Dataset, IGNORE_BIT, Planes, Sample, Split};

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

/// What a network finds in the validation part of a dataset, in the working grid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Overlap with the truth a plane that the dataset marks in full, over all samples.
    pub overlaps: BTreeMap<usize, Overlap>,
    /// The same with each further grader.
    pub with_others: BTreeMap<usize, Vec<Overlap>>,
    /// What is said of the planes that are known of whole images.
    pub images: Vec<ImageFound>,
}

/// What a network says of one plane in an image of which no more is known than whether it is there.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageFound {
    /// The image.
    pub name: String,
    /// The plane.
    pub plane: usize,
    /// Whether it is there.
    pub present: bool,
    /// Mean of its most probable pixels, as presence takes it.
    pub evidence: f32,
    /// Pixels that are called so.
    pub pixels: u64,
}

/// What `network` finds in the samples `split` of `dataset`.
///
/// # Errors
/// Where the network's answer has another size than its input.
pub fn found(
    network: &MmisNet,
    dataset: &Dataset,
    split: Split,
    planes: &Planes,
    device: &Device,
) -> Result<Found> {
    let mut all = Found::default();
    for sample in dataset.samples.iter().filter(|sample| sample.split == split) {
        let probabilities = probabilities(network, sample, device);
        let pixels = sample.bits.len();
        let wrong = |error| anyhow!("{}: {error}", sample.name);
        for plane in planes.in_bits(dataset.taught & !dataset.partial) {
            let mask = predicted(&probabilities, pixels, planes, plane);
            *all.overlaps.entry(plane).or_default() += counted(&mask, &sample.bits, plane).map_err(wrong)?;
            if !sample.others.is_empty() {
                let sums = all.with_others.entry(plane).or_default();
                sums.resize(sample.others.len().max(sums.len()), Overlap::default());
                for (sum, bits) in sums.iter_mut().zip(&sample.others) {
                    *sum += counted(&mask, bits, plane).map_err(wrong)?;
                }
            }
        }
        let known = sample.image_level;
        for plane in planes.in_bits(known.present | known.absent) {
            let mask = predicted(&probabilities, pixels, planes, plane);
            let counts = |index: &usize| sample.bits[*index] >> IGNORE_BIT & 1 == 0;
            let of_leaf = |leaf: &usize| {
                let map = &probabilities[leaf * pixels..(leaf + 1) * pixels];
                bscan_evidence(&(0..pixels).filter(counts).map(|index| map[index]).collect::<Vec<_>>())
            };
            all.images.push(ImageFound {
                name: sample.name.clone(),
                plane,
                present: known.present >> plane & 1 == 1,
                evidence: planes.leaves(plane).iter().map(of_leaf).fold(0.0, f32::max),
                pixels: (0..pixels).filter(counts).filter(|index| mask[*index]).count() as u64,
            });
        }
    }
    Ok(all)
}
