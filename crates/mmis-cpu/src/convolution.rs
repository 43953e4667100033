//! Convolutions: whole numbers in, sums and their statistics out.
#![allow(unsafe_code, reason = "checks of bounds that hold cost the inner loop a third")]

use crate::lanes::{LANES, Lanes, PairWeights};
use crate::map::{Map, Memory, Sums};

/// Most blocks of eight channels of a map: 512 channels.
pub(crate) const MOST_BLOCKS: usize = 64;

/// Weights of a convolution as whole numbers.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    /// 1 or 3.
    pub(crate) side: usize,
    /// Pairs of channels in.
    pairs: usize,
    /// Blocks of eight channels out.
    pub(crate) blocks: usize,
    /// What a weight of 1 stands for, by channel out; 0 where there is none.
    pub(crate) scales: Vec<f32>,
    /// Block by block, tap by tap, pair by pair.
    packed: Vec<PairWeights>,
}

impl Weights {
    /// From `[channels out, channels in, side, side]`, each channel out to a whole number of
    /// -127 to 127 times its own scale, as the weight file has them.
    pub(crate) fn new(values: &[f32], [out, channels, side]: [usize; 3]) -> Self {
        let (blocks, pairs) = (out.div_ceil(LANES), channels.next_multiple_of(LANES) / 2);
        let taps = side * side;
        let mut scales = vec![0.0; blocks * LANES];
        let mut packed = vec![[0i16; 2 * LANES]; blocks * taps * pairs];
        for (channel_out, of_channel) in values.chunks_exact(channels * taps).enumerate() {
            let largest = of_channel.iter().fold(0f32, |largest, value| largest.max(value.abs()));
            let scale = largest / 127.0;
            scales[channel_out] = scale;
            let (block, lane) = (channel_out / LANES, channel_out % LANES);
            for (index, value) in of_channel.iter().enumerate() {
                let (channel, tap) = (index / taps, index % taps);
                let whole = if scale > 0.0 { (value / scale).round().clamp(-127.0, 127.0) } else { 0.0 };
                packed[(block * taps + tap) * pairs + channel / 2][2 * lane + channel % 2] = whole as i16;
            }
        }
        Self { side, pairs, blocks, scales, packed }
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
                row_of::<L, 6, 1>(map, weights, stride, row, block, &mut sums);
                block += 1;
            }
        }
    }
    sums
}

/// One row of `B` blocks, `P` pixels at a time.
#[inline(always)]
fn row_of<L: Lanes, const P: usize, const B: usize>(
    map: &Map,
    weights: &Weights,
    stride: usize,
    row: usize,
    block: usize,
    sums: &mut Sums,
) {
    let (columns, blocks) = (sums.columns, sums.blocks);
    let mut row_sums = RowSums::<L, B>::new(sums, block);
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
        let pixels = map.from_before(row * stride + tap_row + border, column * stride + border);
        let pixels = &pixels[..(P - 1) * step + run];
        let mut of_blocks = [&[] as &[PairWeights]; B];
        for (b, of_block) in of_blocks.iter_mut().enumerate() {
            *of_block = &weights.of_block(block + b)[tap_row * run..(tap_row + 1) * run];
        }
        for at in 0..run {
            let mut of_pair = [&[0i16; 2 * LANES]; B];
            for b in 0..B {
                // `of_blocks` hold `run` each.
                of_pair[b] = unsafe { of_blocks[b].get_unchecked(at) };
            }
            for p in 0..P {
                // At most (P - 1) * step + run - 1.
                let pixel = unsafe { pixels.get_unchecked(p * step + at) };
                for b in 0..B {
                    sums[p][b] = L::add_products(sums[p][b], of_pair[b], pixel);
                }
            }
        }
    }
    let mut found = [[L::splat(0.0); B]; P];
    for p in 0..P {
        for b in 0..B {
            found[p][b] = L::to_floats(sums[p][b]);
        }
    }
    found
}

/// Statistics of one row. Rows are summed apart, so that single precision is enough.
struct RowSums<L: Lanes, const B: usize> {
    sum: [L::Floats; B],
    squares: [L::Floats; B],
    least: [L::Floats; B],
    most: [L::Floats; B],
}

impl<L: Lanes, const B: usize> RowSums<L, B> {
    #[inline(always)]
    fn new(sums: &Sums, block: usize) -> Self {
        let none = [L::splat(0.0); B];
        let mut row = Self { sum: none, squares: none, least: none, most: none };
        for b in 0..B {
            row.least[b] = L::load(&sums.statistics[block + b].least);
            row.most[b] = L::load(&sums.statistics[block + b].most);
        }
        row
    }

    /// Takes in `found` and writes it where `line` begins.
    #[inline(always)]
    fn take<const P: usize>(
        &mut self,
        found: &[[L::Floats; B]; P],
        line: &mut [[f32; LANES]],
        blocks: usize,
        block: usize,
    ) {
        for (p, of_pixel) in found.iter().enumerate() {
            for (b, values) in of_pixel.iter().enumerate() {
                L::store(*values, &mut line[p * blocks + block + b]);
                self.sum[b] = L::add(self.sum[b], *values);
                self.squares[b] = L::add(self.squares[b], L::multiply(*values, *values));
                self.least[b] = L::least(self.least[b], *values);
                self.most[b] = L::most(self.most[b], *values);
            }
        }
    }

    #[inline(always)]
    fn add_to(self, sums: &mut Sums, block: usize) {
        for b in 0..B {
            let statistics = &mut sums.statistics[block + b];
            let mut of_row = [[0.0; LANES]; 2];
            L::store(self.sum[b], &mut of_row[0]);
            L::store(self.squares[b], &mut of_row[1]);
            for lane in 0..LANES {
                statistics.sum[lane] += f64::from(of_row[0][lane]);
                statistics.squares[lane] += f64::from(of_row[1][lane]);
            }
            L::store(self.least[b], &mut statistics.least);
            L::store(self.most[b], &mut statistics.most);
        }
    }
}

/// The first convolution: one channel of floats, 3x3, every pixel.
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
#[inline(always)]
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
            let mut row_sums = RowSums::<L, 1>::new(&sums, block);
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
