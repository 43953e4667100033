//! From sums to the next map: norm or bias, activation, whole numbers.

use crate::convolution::MOST_BLOCKS;
use crate::lanes::{LANES, Lanes};
use crate::map::{LARGEST, Map, Memory, Sums};

/// Added to the variance of a norm, as nnU-Net does.
const EPSILON: f64 = 1e-5;
/// nnU-Net's slope of the leaky ReLU for negative inputs.
const NEGATIVE_SLOPE: f32 = 0.01;

/// What makes a feature of a sum: `factor * sum + shift`, by block of eight channels.
#[derive(Debug, Clone)]
pub(crate) struct Affine {
    pub(crate) factor: Vec<[f32; LANES]>,
    pub(crate) shift: Vec<[f32; LANES]>,
}

impl Affine {
    /// Of an instance norm with `scale` and `shift` by channel. `one` is what a sum of 1
    /// stands for, by channel.
    pub(crate) fn of_norm(sums: &Sums, one: impl Fn(usize) -> f32, scale: &[f32], shift: &[f32]) -> Self {
        let pixels = (sums.rows * sums.columns) as f64;
        let of = |channel: usize| {
            let Some((scale, shift)) = scale.get(channel).zip(shift.get(channel)) else { return [0.0; 2] };
            let statistics = &sums.statistics[channel / LANES];
            let mean = statistics.sum[channel % LANES] / pixels;
            let variance = (statistics.squares[channel % LANES] / pixels - mean * mean).max(0.0);
            let one = f64::from(one(channel));
            let factor = f64::from(*scale) * one / (variance * one * one + EPSILON).sqrt();
            [factor as f32, (f64::from(*shift) - mean * factor) as f32]
        };
        Self::by_channel(sums.blocks, of)
    }

    /// Of a bias by channel.
    pub(crate) fn of_bias(sums: &Sums, one: impl Fn(usize) -> f32, bias: &[f32]) -> Self {
        Self::by_channel(sums.blocks, |channel| match bias.get(channel) {
            Some(bias) => [one(channel), *bias],
            None => [0.0; 2],
        })
    }

    fn by_channel(blocks: usize, of: impl Fn(usize) -> [f32; 2]) -> Self {
        let part = |part: usize| {
            let block = |block: usize| std::array::from_fn(|lane| of(block * LANES + lane)[part]);
            (0..blocks).map(block).collect()
        };
        Self { factor: part(0), shift: part(1) }
    }

    /// The largest magnitude that it makes of `sums`.
    fn largest(&self, sums: &Sums, leaky: bool) -> f32 {
        let mut largest = 0f32;
        for (block, statistics) in sums.statistics.iter().enumerate() {
            for lane in 0..LANES {
                for sum in [statistics.least[lane], statistics.most[lane]] {
                    let value = self.factor[block][lane] * sum + self.shift[block][lane];
                    let value = if leaky && value < 0.0 { NEGATIVE_SLOPE * value } else { value };
                    largest = largest.max(value.abs());
                }
            }
        }
        largest
    }

    /// Times `by`.
    fn times(&self, by: f32) -> Self {
        let times = |of: &[[f32; LANES]]| of.iter().map(|block| block.map(|value| value * by)).collect();
        Self { factor: times(&self.factor), shift: times(&self.shift) }
    }
}

/// The map of `sums` by `affine`, then the leaky ReLU where `leaky`.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
pub(crate) fn activate<L: Lanes>(sums: &Sums, affine: &Affine, leaky: bool, memory: &mut Memory) -> Map {
    let largest = affine.largest(sums, leaky);
    // What is no number becomes a map of none, which every later sum shows.
    let scale = if largest > 0.0 { largest / LARGEST } else { 1.0 };
    let in_wholes = affine.times(1.0 / scale);
    let mut map = Map::new(sums.size(), sums.blocks, scale, memory);
    let mut factors = [L::splat(0.0); MOST_BLOCKS];
    let mut shifts = [L::splat(0.0); MOST_BLOCKS];
    for block in 0..sums.blocks {
        factors[block] = L::load(&in_wholes.factor[block]);
        shifts[block] = L::load(&in_wholes.shift[block]);
    }
    let slope = L::splat(if leaky { NEGATIVE_SLOPE } else { 1.0 });
    for row in 0..sums.rows {
        let pixels = map.row_mut(row).as_chunks_mut::<{ LANES / 2 }>().0;
        let values = &sums.values[row * sums.columns * sums.blocks..][..sums.columns * sums.blocks];
        for (pixel, values) in pixels.chunks_exact_mut(sums.blocks).zip(values.chunks_exact(sums.blocks)) {
            for block in 0..sums.blocks {
                let value = L::add(L::multiply(L::load(&values[block]), factors[block]), shifts[block]);
                L::store_pairs(L::most(value, L::multiply(value, slope)), &mut pixel[block]);
            }
        }
    }
    map
}
