//! The first convolution: an image of floats in, sums and their statistics out.

use crate::lanes::{LANES, Lanes};
use crate::map::{Memory, Sums};
use crate::statistics::RowSums;

/// Weights of one channel in, 3x3.
#[derive(Debug, Clone)]
pub(crate) struct FirstWeights {
    /// Tap by tap for each block of eight channels out.
    taps: Vec<[[f32; LANES]; 9]>,
}

impl FirstWeights {
    /// From `[channels out, 1, 3, 3]`.
    pub(crate) fn new(values: &[f32]) -> Self {
        let out = values.len() / 9;
        let of = |block: usize, tap: usize| {
            std::array::from_fn(|lane| values.get((block * LANES + lane) * 9 + tap).copied().unwrap_or(0.0))
        };
        let block = |block: usize| std::array::from_fn(|tap| of(block, tap));
        Self { taps: (0..out.div_ceil(LANES)).map(block).collect() }
    }
}

/// `image` of `rows` x `columns` by `weights`; outside lie zeros.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
pub(crate) fn convolve_image<L: Lanes>(
    image: &[f32],
    [rows, columns]: [usize; 2],
    weights: &FirstWeights,
    memory: &mut Memory,
) -> Sums {
    const PIXELS: usize = 4;
    let blocks = weights.taps.len();
    let mut sums = Sums::new([rows, columns], blocks, memory);
    let wide = columns + 2 + PIXELS;
    let mut bordered = vec![0f32; (rows + 2) * wide];
    for (row, line) in image.chunks_exact(columns).enumerate() {
        bordered[(row + 1) * wide + 1..][..columns].copy_from_slice(line);
    }
    for row in 0..rows {
        for (block, taps) in weights.taps.iter().enumerate() {
            let mut row_sums = RowSums::<L, 1>::new();
            let line = &mut sums.values[row * columns * blocks..(row + 1) * columns * blocks];
            let mut column = 0;
            while column < columns {
                let mut found = [[L::splat(0.0)]; PIXELS];
                for (tap, weights) in taps.iter().enumerate() {
                    let weights = L::load(weights);
                    let pixels = &bordered[(row + tap / 3) * wide + column + tap % 3..][..PIXELS];
                    for (sum, pixel) in found.iter_mut().zip(pixels) {
                        sum[0] = L::add(sum[0], L::multiply(weights, L::splat(*pixel)));
                    }
                }
                let to = &mut line[column * blocks..];
                if column + PIXELS <= columns {
                    row_sums.take(&found, to, blocks, block);
                } else {
                    for (p, of_pixel) in found.iter().take(columns - column).enumerate() {
                        row_sums.take(&[*of_pixel], &mut to[p * blocks..], blocks, block);
                    }
                }
                column += PIXELS;
            }
            row_sums.add_to(&mut sums, block);
        }
    }
    sums
}
