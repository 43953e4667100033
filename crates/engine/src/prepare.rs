//! From a B-scan as the file holds it to the network's input.
//!
//! All of it is \[ours\]. Training and inference call the same functions.

use oct::{BScan, SampleType, WorkingGrid};

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
    /// `grid.rows * grid.columns` values, row by row, 0..=1.
    pub image: Vec<f32>,
}

/// The network's input for `bscan`: `grid.rows * grid.columns` values, row by
/// row, 0 (black) to 1.
pub fn prepare(bscan: BScan<'_>, grid: WorkingGrid) -> Vec<f32> {
    let mut samples = bscan.to_f32();
    let saturated = match bscan.sample_type() {
        SampleType::U8 => Some(255.0),
        SampleType::U16 => Some(65535.0),
        SampleType::F32 => None,
    };
    if let Some(white) = saturated {
        blacken_padding(&mut samples, bscan.columns(), white);
    }
    let from = [bscan.rows(), bscan.columns()];
    let mut image = Resampler::new(from, [grid.rows, grid.columns]).apply(&samples);
    normalise(&mut image);
    image
}

/// Registration fills what it moved in with white wedges that touch the border
/// (the Duke set is full of them). They are no tissue: pixels of the largest
/// value that hang together with the border become 0.
///
/// # Shapes
/// - `samples`: rows x `columns`, row by row
pub fn blacken_padding(samples: &mut [f32], columns: usize, white: f32) {
    let rows = samples.len() / columns.max(1);
    let mut open: Vec<usize> = (0..rows * columns)
        .filter(|index| {
            let (row, column) = (index / columns, index % columns);
            row == 0 || column == 0 || row + 1 == rows || column + 1 == columns
        })
        .filter(|index| samples[*index] >= white)
        .collect();
    for index in &open {
        samples[*index] = 0.0;
    }
    while let Some(index) = open.pop() {
        let (row, column) = (index / columns, index % columns);
        let neighbours = [
            (row > 0).then(|| index - columns),
            (row + 1 < rows).then(|| index + columns),
            (column > 0).then(|| index - 1),
            (column + 1 < columns).then(|| index + 1),
        ];
        for neighbour in neighbours.into_iter().flatten() {
            if samples[neighbour] >= white {
                samples[neighbour] = 0.0;
                open.push(neighbour);
            }
        }
    }
}

/// Maps the 1st percentile to 0 and the 99.5th to 1, and clamps.
pub fn normalise(image: &mut [f32]) {
    let mut sorted = image.to_vec();
    let low = percentile(&mut sorted, LOW_PERCENTILE);
    let high = percentile(&mut sorted, HIGH_PERCENTILE);
    let range = if high > low { high - low } else { 1.0 };
    for value in image {
        *value = ((*value - low) / range).clamp(0.0, 1.0);
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
    fn white_wedges_at_the_border_turn_black_and_bright_tissue_does_not() {
        let mut samples = vec![100.0; 25];
        samples[0] = 255.0;
        samples[1] = 255.0;
        samples[6] = 255.0;
        samples[18] = 255.0;
        blacken_padding(&mut samples, 5, 255.0);
        assert_eq!((samples[0], samples[1], samples[6]), (0.0, 0.0, 0.0));
        assert_eq!(samples[18], 255.0);
    }

    #[test]
    fn a_flat_image_becomes_black_not_nan() {
        let mut flat = vec![7.0; 12];
        normalise(&mut flat);
        assert_eq!(flat, vec![0.0; 12]);
    }
}
