//! Some validation B-scans of a run, drawn at each checkpoint.

use std::sync::Arc;

use anyhow::Result;
use burn::tensor::Device;
use mmis_net::MmisNet;

use crate::data::{Dataset, Planes, Sample, Split, TrainingData};
use crate::judge::{predicted, probabilities};
use crate::run::RunFolder;

use super::tile::{Tile, colour, write_sheet};

/// Validation samples in a picture, a dataset.
const A_DATASET: usize = 3;
const TILES_A_ROW: usize = 3;

/// `overlays/step-N.png`: some validation samples of each dataset.
///
/// # Errors
/// Where the file cannot be written.
pub fn validation_sheet(
    folder: &RunFolder,
    step: u64,
    network: &MmisNet,
    data: TrainingData<'_>,
    device: &Device,
) -> Result<()> {
    let mut tiles = Vec::new();
    for dataset in data.datasets {
        let mut held_out: Vec<&Arc<Sample>> =
            dataset.samples.iter().filter(|sample| sample.split == Split::Validation).collect();
        // Those with most to see; always the same ones.
        let shown = dataset.taught & data.planes.foreground();
        held_out.sort_by_cached_key(|sample| {
            std::cmp::Reverse(sample.bits.iter().filter(|bits| **bits & shown != 0).count())
        });
        for sample in held_out.into_iter().take(A_DATASET) {
            tiles.push(tile(network, dataset, sample, data.planes, device));
        }
    }
    if tiles.is_empty() {
        return Ok(());
    }
    write_sheet(&tiles, TILES_A_ROW, &folder.path().join("overlays").join(format!("step-{step:06}.png")))
}

fn tile(network: &MmisNet, dataset: &Dataset, sample: &Sample, planes: &Planes, device: &Device) -> Tile {
    let probabilities = probabilities(network, sample, device);
    let pixels = sample.bits.len();
    let named = |plane: usize| planes.names()[plane].as_str();
    let shown = dataset.taught & planes.foreground();
    let leaves = planes.in_bits(shown).flat_map(|plane| planes.leaves(plane).to_vec());
    Tile {
        size: [sample.rows, sample.columns],
        greys: sample.channels[sample.channels.len() / 2].clone(),
        predicted: leaves
            .map(|leaf| (colour(named(leaf)), predicted(&probabilities, pixels, planes, leaf)))
            .collect(),
        truth: planes
            .in_bits(shown)
            .map(|plane| {
                (colour(named(plane)), sample.bits.iter().map(|bits| bits >> plane & 1 == 1).collect())
            })
            .collect(),
    }
}
