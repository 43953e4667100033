//! From the network's probabilities to labels in the B-scan's own grid.

use oct::FluidClass;

use crate::preprocess::WorkingGrid;
use crate::resample::Resampler;

/// A pixel is fluid where the probability of a class reaches this.
pub const THRESHOLD: f32 = 0.5;

/// Labels of a B-scan of `rows` x `columns` from the probabilities of the three
/// fluids in the working grid, by [`FluidClass::index`].
///
/// Probabilities, not labels, are brought back to the original grid, so that
/// borders do not follow the coarser one. Each pixel gets the most probable
/// class that reaches [`THRESHOLD`], else background.
pub fn label(probabilities: [&[f32]; 3], grid: WorkingGrid, rows: usize, columns: usize) -> Vec<u8> {
    let back = Resampler::new([grid.rows, grid.columns], [rows, columns]);
    let mut labels = vec![0u8; rows * columns];
    let mut best = vec![THRESHOLD; rows * columns];
    for class in FluidClass::ALL {
        let working = probabilities[class.index()];
        // Most B-scans hold at most one kind of fluid: an interpolation cannot
        // exceed its samples, so a map below the threshold is not worth enlarging.
        if working.iter().all(|probability| *probability < THRESHOLD) {
            continue;
        }
        let enlarged = back.apply(working);
        for ((label, best), probability) in labels.iter_mut().zip(&mut best).zip(enlarged) {
            if probability >= *best {
                *best = probability;
                *label = class.label();
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pixel_gets_the_most_probable_class_that_reaches_the_threshold() {
        let grid = WorkingGrid { rows: 1, columns: 4 };
        let labels =
            label([&[0.9, 0.6, 0.4, 0.0], &[0.1, 0.7, 0.45, 0.0], &[0.0, 0.0, 0.3, 0.5]], grid, 1, 4);
        assert_eq!(labels, [1, 2, 0, 3]);
    }
}
