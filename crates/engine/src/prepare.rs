//! From a B-scan as the file holds it to the network's input.
//!
//! All of it is \[ours\]. Training and inference call the same functions.

use oct::{BScan, Scanned, WorkingGrid};

use crate::resample::Resampler;

/// Input of the network at the 1st and 99.5th percentile of the B-scan.
const LOW_PERCENTILE: f64 = 0.01;
const HIGH_PERCENTILE: f64 = 0.995;

/// A B-scan in the working grid.
#[derive(Debug, Clone, PartialEq)]
pub struct PreparedBScan {
    /// Rows of the B-scan itself.
    pub rows: usize,
    /// Columns of the B-scan itself.
    pub columns: usize,
    /// Size of the working grid.
    pub grid: WorkingGrid,
    /// `grid.rows * grid.columns` values, row by row, 0 (black) to 1.
    pub image: Vec<f32>,
    /// What of the B-scan is padding, `rows * columns`, row by row; empty where nothing is.
    /// No fluid lies there.
    pub padding: Vec<bool>,
}

/// Working pixels of which at least this part is padding are padding.
const PADDED: f32 = 0.5;

/// The network's input for `bscan`.
pub fn prepare(bscan: BScan<'_>, grid: WorkingGrid) -> PreparedBScan {
    let (rows, columns) = (bscan.rows(), bscan.columns());
    let Scanned { samples, is_padding } = bscan.scanned();
    let resampler = Resampler::new([rows, columns], [grid.rows, grid.columns]);
    let mut image = resampler.apply(&samples);
    let padding = if is_padding.contains(&true) { is_padding } else { Vec::new() };
    let prepared_padding = padding_in(&resampler, &padding);
    normalise_but(&mut image, &prepared_padding);
    PreparedBScan { rows, columns, grid, image, padding }
}

impl PreparedBScan {
    /// What of the working grid is padding; empty where nothing is.
    pub fn working_padding(&self) -> Vec<bool> {
        let resampler = Resampler::new([self.rows, self.columns], [self.grid.rows, self.grid.columns]);
        padding_in(&resampler, &self.padding)
    }
}

fn padding_in(resampler: &Resampler, padding: &[bool]) -> Vec<bool> {
    if padding.is_empty() {
        return Vec::new();
    }
    let cells: Vec<f32> = padding.iter().map(|padding| f32::from(u8::from(*padding))).collect();
    resampler.apply(&cells).into_iter().map(|part| part >= PADDED).collect()
}

/// Maps the 1st percentile to 0 and the 99.5th to 1, and clamps.
pub fn normalise(image: &mut [f32]) {
    normalise_but(image, &[]);
}

/// As [`normalise`], of what is no padding; padding becomes black, as the network learnt it.
fn normalise_but(image: &mut [f32], padding: &[bool]) {
    let is_padding = |index: usize| padding.get(index).is_some_and(|padding| *padding);
    let of_eye = image.iter().enumerate().filter(|(index, _)| !is_padding(*index));
    let mut sorted: Vec<f32> = of_eye.map(|(_, value)| *value).collect();
    let low = percentile(&mut sorted, LOW_PERCENTILE);
    let high = percentile(&mut sorted, HIGH_PERCENTILE);
    let range = if high > low { high - low } else { 1.0 };
    for (index, value) in image.iter_mut().enumerate() {
        *value = if is_padding(index) { 0.0 } else { ((*value - low) / range).clamp(0.0, 1.0) };
    }
}

fn percentile(values: &mut [f32], fraction: f64) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let index = ((values.len() - 1) as f64 * fraction).round() as usize;
    *values.select_nth_unstable_by(index, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_image_becomes_black_not_nan() {
        let mut flat = vec![7.0; 12];
        normalise(&mut flat);
        assert_eq!(flat, vec![0.0; 12]);
    }
}
