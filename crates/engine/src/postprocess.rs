//! From the network's probabilities to labels in the B-scan's own grid.

use oct::FluidClass;

use crate::preprocess::WorkingGrid;
use crate::resample::Resampler;

/// A pixel is fluid where the probability of a class reaches this.
pub const THRESHOLD: f32 = 0.5;

/// Settles by anatomy which fluid a pixel holds \[ours\].
///
/// SRF and PED are both dark domes at the RPE; what tells them apart is the side
/// of the RPE they lie on. So the classes compete by their probability times
/// that of their place (IRF and SRF within the retina, PED beneath it), and the
/// winner takes over the largest of the three probabilities: how sure the
/// network is of *fluid* does not change, only which.
///
/// # Shapes
/// - `probabilities`, `retina` and output: maps of one size
pub fn place_by_anatomy(probabilities: [&[f32]; 3], retina: &[f32]) -> [Vec<f32>; 3] {
    let mut placed = probabilities.map(<[f32]>::to_vec);
    for (pixel, inside) in retina.iter().enumerate() {
        let at = FluidClass::ALL.map(|class| {
            let place = if class == FluidClass::Ped { 1.0 - inside } else { *inside };
            probabilities[class.index()][pixel] * place
        });
        let fluid = probabilities.iter().fold(0f32, |largest, map| largest.max(map[pixel]));
        let best = at.iter().fold(0f32, |best, score| best.max(*score));
        if best > 0.0 {
            for (map, score) in placed.iter_mut().zip(at) {
                map[pixel] = fluid * score / best;
            }
        }
    }
    placed
}

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
    fn the_side_of_the_rpe_tells_srf_from_ped() {
        let (irf, srf, ped) = ([0.0, 0.0, 0.9, 0.1], [0.9, 0.1, 0.2, 0.1], [0.95, 0.98, 0.0, 0.1]);
        let placed = place_by_anatomy([&irf, &srf, &ped], &[0.7, 0.02, 0.9, 0.5]);
        let labels = label([&placed[0], &placed[1], &placed[2]], WorkingGrid { rows: 1, columns: 4 }, 1, 4);
        assert_eq!(labels, [2, 3, 1, 0]);
        let sure = placed[1][0];
        assert!((sure - 0.95).abs() < 1e-6, "how sure the network is of fluid must not change: {sure}");
    }

    #[test]
    fn each_pixel_gets_the_most_probable_class_that_reaches_the_threshold() {
        let grid = WorkingGrid { rows: 1, columns: 4 };
        let labels =
            label([&[0.9, 0.6, 0.4, 0.0], &[0.1, 0.7, 0.45, 0.0], &[0.0, 0.0, 0.3, 0.5]], grid, 1, 4);
        assert_eq!(labels, [1, 2, 0, 3]);
    }
}
