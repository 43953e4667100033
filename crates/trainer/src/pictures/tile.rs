//! B-scans with truth and prediction drawn in, as PNG.
//!
//! IRF, SRF and PED have the colours of the page; other labels are green. The prediction is a tint, the truth an outline: white, or of the label's colour where the
//! annotation tells the fluids apart.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use image::{Rgb, RgbImage};
use oct::FluidClass;

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

/// The colour of a label or superset: a fluid's own, white for fluids that are not told
/// apart, green for all else.
pub fn colour(name: &str) -> [u8; 3] {
    let fluid = FluidClass::ALL.into_iter().find(|class| class.abbreviation().eq_ignore_ascii_case(name));
    match fluid {
        Some(class) => class.colour(),
        None if name == "fluid" => [255; 3],
        None => [60, 200, 90],
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
pub fn write_sheet(tiles: &[Tile], a_row: usize, path: &Path) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fluids_have_the_colours_of_the_page_and_nothing_else_has_one_of_them() {
        let fluids = ["irf", "srf", "ped"].map(colour);
        assert_eq!(fluids, FluidClass::ALL.map(FluidClass::colour));
        for other in ["fluid", "retina", "rpe_bm"] {
            assert!(!fluids.contains(&colour(other)), "{other}");
        }
    }

    #[test]
    fn a_prediction_is_a_tint_and_the_truth_an_outline_beside_the_plain_image() {
        let tile = Tile {
            size: [3, 3],
            greys: vec![100; 9],
            predicted: vec![([200, 0, 0], vec![true; 9])],
            truth: vec![([255; 3], vec![true; 9])],
        };
        let image = tile.draw();
        assert_eq!(image.dimensions(), (6, 3));
        assert_eq!((image.get_pixel(1, 1).0, image.get_pixel(3, 0).0), ([100; 3], [255; 3]));
        // 0.6 of the grey and 0.4 of the colour; within the outline the tint alone.
        assert_eq!(image.get_pixel(4, 1).0, [140, 60, 60]);
    }
}
