//! Convolutions: whole numbers in, sums and their statistics out.

use mmis_model::weights::quantize::{Quantized, quantize};

use crate::lanes::{LANES, Lanes, PairWeights};
use crate::map::{Map, Memory, Sums};
use crate::products::{add_products, as_floats};
use crate::statistics::RowSums;
use crate::winograd::{TransformedWeights, convolve_transformed};

/// Most blocks of eight channels of a map: 512 channels.
pub(crate) const MOST_BLOCKS: usize = 64;

/// Weights of a convolution as whole numbers.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    /// 1 or 3.
    side: usize,
    /// Pairs of channels in.
    pairs: usize,
    /// Blocks of eight channels out.
    blocks: usize,
    /// What a weight of 1 stands for, by channel out; 0 where there is none.
    pub(crate) scales: Vec<f32>,
    /// Block by block, tap by tap, pair by pair.
    packed: Vec<PairWeights>,
    /// The same for [`convolve_transformed`], where its sums are exact.
    transformed: Option<TransformedWeights>,
}

impl Weights {
    /// From `[channels out, channels in, side, side]`, each channel out to a whole number of
    /// -127 to 127 times its own scale, as the weight file has them.
    pub(crate) fn new(values: &[f32], [out, channels, side]: [usize; 3]) -> Self {
        let (blocks, pairs) = (out.div_ceil(LANES), channels.next_multiple_of(LANES) / 2);
        let taps = side * side;
        let Quantized { values: wholes, mut scales } = quantize(values, out);
        scales.resize(blocks * LANES, 0.0);
        let wholes: Vec<i16> = wholes.into_iter().map(i16::from).collect();
        let mut packed = vec![[0i16; 2 * LANES]; blocks * taps * pairs];
        for (index, whole) in wholes.iter().enumerate() {
            let (channel_out, rest) = (index / (channels * taps), index % (channels * taps));
            let (channel, tap, block) = (rest / taps, rest % taps, channel_out / LANES);
            packed[(block * taps + tap) * pairs + channel / 2][2 * (channel_out % LANES) + channel % 2] =
                *whole;
        }
        let transformed = (side == 3).then(|| TransformedWeights::new(&wholes, [out, channels])).flatten();
        Self { side, pairs, blocks, scales, packed, transformed }
    }

    /// Weights of `block`, tap by tap, pair by pair.
    #[inline(always)]
    fn of_block(&self, block: usize) -> &[PairWeights] {
        let size = self.side * self.side * self.pairs;
        &self.packed[block * size..(block + 1) * size]
    }
}

/// `map` by `weights`, every `stride`-th row and column; outside of the map lie zeros.
#[inline(always)]
pub(crate) fn convolve<L: Lanes>(map: &Map, weights: &Weights, stride: usize, memory: &mut Memory) -> Sums {
    match &weights.transformed {
        Some(transformed) if stride == 1 && map.rows.is_multiple_of(2) && map.columns.is_multiple_of(2) => {
            convolve_transformed::<L>(map, transformed, memory)
        }
        _ => convolve_directly::<L>(map, weights, stride, memory),
    }
}

#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
fn convolve_directly<L: Lanes>(map: &Map, weights: &Weights, stride: usize, memory: &mut Memory) -> Sums {
    let size = [map.rows.div_ceil(stride), map.columns.div_ceil(stride)];
    let mut sums = Sums::new(size, weights.blocks, memory);
    for row in 0..size[0] {
        let mut block = 0;
        if L::WIDE {
            while block + 2 <= weights.blocks {
                row_of::<L, 6, 2>(map, weights, stride, row, block, &mut sums);
                block += 2;
            }
            if block < weights.blocks {
                row_of::<L, 12, 1>(map, weights, stride, row, block, &mut sums);
            }
        } else {
            while block < weights.blocks {
                row_of::<L, 4, 1>(map, weights, stride, row, block, &mut sums);
                block += 1;
            }
        }
    }
    sums
}

/// One row of `B` blocks, `P` pixels at a time.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
fn row_of<L: Lanes, const P: usize, const B: usize>(
    map: &Map,
    weights: &Weights,
    stride: usize,
    row: usize,
    block: usize,
    sums: &mut Sums,
) {
    let (columns, blocks) = (sums.columns, sums.blocks);
    let mut row_sums = RowSums::<L, B>::new();
    let line = &mut sums.values[row * columns * blocks..(row + 1) * columns * blocks];
    let mut column = 0;
    while column + P <= columns {
        let found = tile::<L, P, B>(map, weights, block, stride, row, column);
        row_sums.take(&found, &mut line[column * blocks..], blocks, block);
        column += P;
    }
    while column < columns {
        let found = tile::<L, 1, B>(map, weights, block, stride, row, column);
        row_sums.take(&found, &mut line[column * blocks..], blocks, block);
        column += 1;
    }
    row_sums.add_to(sums, block);
}

/// Sums of `P` pixels from `column` of `row` on, for `B` blocks from `block` on.
#[inline(always)]
fn tile<L: Lanes, const P: usize, const B: usize>(
    map: &Map,
    weights: &Weights,
    block: usize,
    stride: usize,
    row: usize,
    column: usize,
) -> [[L::Floats; B]; P] {
    let side = weights.side;
    let border = usize::from(side == 1);
    // The taps of a row lie side by side, in the map and among the weights.
    let run = side * map.pairs;
    let step = stride * map.pairs;
    let mut sums = [[L::no_ints(); B]; P];
    for tap_row in 0..side {
        let pixels = map.line_before(row * stride + tap_row + border, column * stride + border);
        let pixels = &pixels[..(P - 1) * step + run];
        let mut of_blocks = [&[] as &[PairWeights]; B];
        for (b, of_block) in of_blocks.iter_mut().enumerate() {
            *of_block = &weights.of_block(block + b)[tap_row * run..(tap_row + 1) * run];
        }
        // `of_blocks` hold `run` each, `pixels` (P - 1) * step + run.
        add_products::<L, P, B>(pixels, step, of_blocks, &mut sums);
    }
    as_floats::<L, P, B>(&sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::Portable;

    /// Whole numbers from -`largest` to `largest`, of a fixed sequence.
    fn wholes(count: usize, largest: u32) -> Vec<i16> {
        let mut state = 0x9E37_79B9u32;
        let mut next = || {
            // Marsaglia's 32-bit xorshift (J. Stat. Softw. 8(14), 2003).
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state % (2 * largest + 1)) as i16 - largest as i16
        };
        (0..count).map(|_| next()).collect()
    }

    fn map_of(size: [usize; 2], blocks: usize, memory: &mut Memory) -> Map {
        let mut map = Map::new(size, blocks, 1.0, memory);
        let values = wholes(size[0] * size[1] * map.pairs * 2, 8191);
        for row in 0..size[0] {
            let line = map.row_mut(row);
            let (start, count) = (row * line.len() * 2, line.len());
            line.copy_from_slice(&values[start..start + 2 * count].as_chunks::<2>().0[..count]);
        }
        map
    }

    #[test]
    fn fewer_products_give_the_same_sums_bit_for_bit() {
        let memory = &mut Memory::default();
        for (size, channels, out) in [([2, 2], 8, 8), ([4, 30], 16, 24), ([6, 10], 32, 5)] {
            let values: Vec<f32> = wholes(out * channels * 9, 127).into_iter().map(f32::from).collect();
            let weights = Weights::new(&values, [out, channels, 3]);
            let map = map_of(size, channels / LANES, memory);
            let direct = convolve_directly::<Portable>(&map, &weights, 1, memory);
            let transformed = weights.transformed.as_ref().expect("its sums fit");
            let other = convolve_transformed::<Portable>(&map, transformed, memory);
            let count = size[0] * size[1] * weights.blocks;
            assert_eq!(direct.values[..count], other.values[..count], "{size:?}");
            for (a, b) in direct.statistics.iter().zip(&other.statistics) {
                assert_eq!((a.sum, a.squares, a.least, a.most), (b.sum, b.squares, b.least, b.most));
            }
        }
    }
}
