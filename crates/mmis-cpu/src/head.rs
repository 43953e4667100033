//! From the last map to probabilities.

use crate::lanes::{LANES, Lanes};
use crate::map::Sums;
use crate::norm::Affine;
use crate::sigmoid::sigmoid;

/// The probability of each of `labels` at each pixel, label by label, row by row.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
pub(crate) fn probabilities<L: Lanes>(sums: &Sums, affine: &Affine, labels: usize) -> Vec<f32> {
    let pixels = sums.rows * sums.columns;
    let mut all = vec![0f32; labels * pixels];
    for (block, planes) in all.chunks_mut(LANES * pixels).enumerate() {
        let (factor, shift) = (L::load(&affine.factor[block]), L::load(&affine.shift[block]));
        for pixel in 0..pixels {
            let sum = L::load(&sums.values[pixel * sums.blocks + block]);
            let mut of_pixel = [0f32; LANES];
            L::store(sigmoid::<L>(L::add(L::multiply(sum, factor), shift)), &mut of_pixel);
            for (plane, probability) in planes.chunks_exact_mut(pixels).zip(of_pixel) {
                plane[pixel] = probability;
            }
        }
    }
    all
}
