//! Scores: quick ones in the working grid while training, and those of a weight
//! file in the original grid, through the same engine that people use.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor, TensorData};
use engine::postprocess::THRESHOLD;
use engine::{DevicePreference, Engine};
use fluid::scores::Overlap;
use indicatif::ProgressBar;
use mmis_net::MmisNet;
use oct::FluidClass;
use serde::Serialize;

use crate::datasets::{Catalogue, Dataset, IGNORE_BIT, Planes, Split, held_out};

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

/// Scores of one group (a subject, a vendor style) for one plane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupScore {
    /// The dataset.
    pub dataset: String,
    /// Subject or vendor style.
    pub group: String,
    /// Label or superset.
    pub plane: String,
    /// B-scans scored.
    pub bscans: usize,
    /// Dice over all pixels of the group together; `None` where the class is
    /// neither there nor predicted.
    pub pooled_dice: Option<f64>,
    /// Pixels annotated.
    pub true_pixels: u64,
    /// Pixels predicted.
    pub predicted_pixels: u64,
    /// Predicted volume, nl, where the entry declares the spacing.
    pub predicted_nl: Option<f64>,
}

/// Scores `weights` on `split` of every OCT dataset, in the original grid, on the CPU.
///
/// # Errors
/// Where the weights or a file cannot be read.
pub fn evaluate(
    weights: &[u8],
    catalogue: &Catalogue,
    data: &Path,
    planes: &Planes,
    split: Split,
) -> Result<Vec<GroupScore>> {
    let engine = futures::executor::block_on(Engine::new(weights, DevicePreference::Cpu))?;
    let mut scores = Vec::new();
    for entry in &catalogue.datasets {
        let cases = held_out(entry, data, planes, split)?;
        let annotated = planes.annotated(entry);
        let progress = ProgressBar::new(cases.len() as u64).with_message(entry.name.clone());
        let mut groups: BTreeMap<(String, usize), (usize, Overlap)> = BTreeMap::new();
        for case in &cases {
            let bscan = case.volume.bscan(0).context("a case without a B-scan")?;
            let labels = futures::executor::block_on(engine.segment_bscan(bscan))?.labels;
            for plane in (0..planes.len()).filter(|plane| annotated >> plane & 1 == 1) {
                let Some(wanted) = fluid_labels(planes, plane) else { continue };
                let counted = labels.iter().zip(&case.bits).filter(|(_, bits)| **bits >> IGNORE_BIT & 1 == 0);
                let (predicted, truth): (Vec<bool>, Vec<bool>) =
                    counted.map(|(label, bits)| (wanted.contains(label), bits >> plane & 1 == 1)).unzip();
                let (bscans, overlap) = groups.entry((case.group.clone(), plane)).or_default();
                *bscans += 1;
                overlap.add_masks(&predicted, &truth).map_err(|error| anyhow!("{}: {error}", case.name))?;
            }
            progress.inc(1);
        }
        let voxel_nl = entry.spacing_mm.map(|spacing| spacing.iter().product::<f64>() * 1000.0);
        scores.extend(groups.into_iter().map(|((group, plane), (bscans, overlap))| GroupScore {
            dataset: entry.name.clone(),
            group,
            plane: planes.names()[plane].clone(),
            bscans,
            pooled_dice: overlap.dice(),
            true_pixels: overlap.truth(),
            predicted_pixels: overlap.predicted(),
            predicted_nl: voxel_nl.map(|voxel_nl| voxel_nl * overlap.predicted() as f64),
        }));
    }
    Ok(scores)
}

/// Mask values that mean `plane`, or `None` where it is no fluid.
fn fluid_labels(planes: &Planes, plane: usize) -> Option<Vec<u8>> {
    planes
        .leaves(plane)
        .iter()
        .map(|leaf| {
            let name = planes.names()[*leaf].to_uppercase();
            FluidClass::ALL.into_iter().find(|class| class.abbreviation() == name).map(FluidClass::label)
        })
        .collect()
}

/// The scores as a Markdown table.
pub fn markdown(scores: &[GroupScore]) -> String {
    let mut table = String::from(
        "| dataset | group | label | B-scans | pooled Dice | true px | predicted px | predicted nl |\n|---|---|---|---|---|---|---|---|\n",
    );
    let or_dash = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |value| format!("{value:.3}"));
    for score in scores {
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            score.dataset,
            score.group,
            score.plane,
            score.bscans,
            or_dash(score.pooled_dice),
            score.true_pixels,
            score.predicted_pixels,
            or_dash(score.predicted_nl)
        );
    }
    table
}
