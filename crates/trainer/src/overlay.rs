//! B-scans with truth and prediction drawn in, as PNG.
//!
//! IRF is red, SRF blue, PED yellow, as on the page; other labels are green. The prediction is
//! a tint, the truth an outline: white, or of the label's colour where the
//! annotation tells the fluids apart.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use burn::tensor::Device;
use image::{Rgb, RgbImage};
use mmis_net::MmisNet;

use crate::datasets::{Dataset, Planes, Sample, Split};
use crate::run_folder::RunFolder;
use crate::train::Data;
use crate::validate::{predicted, probabilities};

/// Validation samples in a picture, a dataset.
const A_DATASET: usize = 3;
const TILES_A_ROW: usize = 3;

/// One picture to be shown beside others.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Rows and columns.
    pub size: [usize; 2],
    /// Greys 0..=255.
    pub greys: Vec<u8>,
    /// Masks that are predicted, with their colour.
    pub predicted: Vec<([u8; 3], Vec<bool>)>,
    /// Masks that are annotated, with their colour.
    pub truth: Vec<([u8; 3], Vec<bool>)>,
}

/// The colour of a label or superset.
pub fn colour(name: &str) -> [u8; 3] {
    match name {
        "irf" => [235, 70, 70],
        "srf" => [80, 130, 255],
        "ped" => [240, 210, 60],
        "fluid" => [255, 255, 255],
        _ => [60, 200, 90],
    }
}

impl Tile {
    /// The tile, twice beside itself: plain, and with what is drawn in.
    fn draw(&self) -> RgbImage {
        let [rows, columns] = self.size;
        let mut image = RgbImage::new(2 * columns as u32, rows as u32);
        for row in 0..rows {
            for column in 0..columns {
                let index = row * columns + column;
                let grey = self.greys[index];
                image.put_pixel(column as u32, row as u32, Rgb([grey; 3]));
                let mut pixel = [f32::from(grey); 3];
                for (colour, _) in self.predicted.iter().filter(|(_, mask)| mask[index]) {
                    for (value, colour) in pixel.iter_mut().zip(colour) {
                        *value = 0.6 * *value + 0.4 * f32::from(*colour);
                    }
                }
                for (colour, mask) in &self.truth {
                    if mask[index] && at_border(mask, [row, column], self.size) {
                        pixel = colour.map(f32::from);
                    }
                }
                image.put_pixel((columns + column) as u32, row as u32, Rgb(pixel.map(|value| value as u8)));
            }
        }
        image
    }
}

fn at_border(mask: &[bool], [row, column]: [usize; 2], [rows, columns]: [usize; 2]) -> bool {
    row == 0
        || column == 0
        || row + 1 == rows
        || column + 1 == columns
        || !mask[(row - 1) * columns + column]
        || !mask[(row + 1) * columns + column]
        || !mask[row * columns + column - 1]
        || !mask[row * columns + column + 1]
}

/// Writes `tiles` as one PNG, some a row.
///
/// # Errors
/// Where there is no tile or the file cannot be written.
pub fn write(tiles: &[Tile], a_row: usize, path: &Path) -> Result<()> {
    const GAP: u32 = 6;
    let pictures: Vec<RgbImage> = tiles.iter().map(Tile::draw).collect();
    let width = pictures.iter().map(RgbImage::width).max().context("no tile to draw")? + GAP;
    let height = pictures.iter().map(RgbImage::height).max().unwrap_or(0) + GAP;
    let rows = pictures.len().div_ceil(a_row);
    let mut sheet = RgbImage::from_pixel(width * a_row as u32, height * rows as u32, Rgb([255; 3]));
    for (position, picture) in pictures.iter().enumerate() {
        let (x, y) = ((position % a_row) as u32 * width, (position / a_row) as u32 * height);
        image::imageops::replace(&mut sheet, picture, i64::from(x), i64::from(y));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    sheet.save(path).with_context(|| format!("cannot write {}", path.display()))
}

/// `overlays/step-N.png`: some validation samples of each dataset.
///
/// # Errors
/// Where the file cannot be written.
pub fn of_validation(
    folder: &RunFolder,
    step: u64,
    network: &MmisNet,
    data: Data<'_>,
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
    write(&tiles, TILES_A_ROW, &folder.path().join("overlays").join(format!("step-{step:06}.png")))
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
