//! 3x3 convolution by the minimal filtering F(2x2, 3x3) of Lavin and Gray (CVPR 2016), in
//! whole numbers: 16 products for four pixels instead of 36.
//!
//! Of the paper's three transforms, that of the map, `B^T d B`, has whole coefficients; that of
//! the weights is taken times four, `(2G) g (2G)^T`; the sums are then four times those of the
//! convolution, and a shift makes them exact.
//!
//! A feature of the transformed map is a sum of four of at most [`LARGEST`], which 16 bits
//! hold. What overflows 32 bits on the way cancels out again, as long as four times the result
//! does not.

use crate::lanes::{LANES, Lanes, Pair, PairWeights};
use crate::map::{LARGEST, Map, Memory, Sums};
use crate::products::add_products;
use crate::statistics::RowSums;

/// Places of a transformed tile of 4 x 4.
const PLACES: usize = 16;

/// Weights times four in the transformed domain.
#[derive(Debug, Clone)]
pub(crate) struct TransformedWeights {
    /// Pairs of channels in.
    pairs: usize,
    /// Blocks of eight channels out.
    blocks: usize,
    /// Block by block, place by place, pair by pair.
    packed: Vec<PairWeights>,
}

impl TransformedWeights {
    /// From whole numbers `[channels out, channels in, 3, 3]`; `None` where a sum could
    /// overflow.
    pub(crate) fn new(wholes: &[i16], [out, channels]: [usize; 2]) -> Option<Self> {
        let largest_sum = |of_channel: &[i16]| {
            of_channel.iter().map(|weight| 4 * LARGEST as i64 * i64::from(weight.abs())).sum::<i64>()
        };
        if wholes.chunks_exact(channels * 9).any(|of_channel| largest_sum(of_channel) > i64::from(i32::MAX)) {
            return None;
        }
        let (blocks, pairs) = (out.div_ceil(LANES), channels.next_multiple_of(LANES) / 2);
        let mut packed = vec![[0i16; 2 * LANES]; blocks * PLACES * pairs];
        for (index, kernel) in wholes.as_chunks::<9>().0.iter().enumerate() {
            let (channel_out, channel) = (index / channels, index % channels);
            for (place, weight) in transform_kernel(kernel).into_iter().enumerate() {
                let at = (channel_out / LANES * PLACES + place) * pairs + channel / 2;
                packed[at][2 * (channel_out % LANES) + channel % 2] = weight;
            }
        }
        Some(Self { pairs, blocks, packed })
    }

    /// Weights of `block` for `place`, pair by pair.
    #[inline(always)]
    fn of(&self, block: usize, place: usize) -> &[PairWeights] {
        let start = (block * PLACES + place) * self.pairs;
        &self.packed[start..start + self.pairs]
    }
}

/// `(2G) g (2G)^T`, row by row.
fn transform_kernel(kernel: &[i16; 9]) -> [i16; PLACES] {
    let line = |a: i16, b: i16, c: i16| [2 * a, a + b + c, a - b + c, 2 * c];
    let columns = [0, 1, 2].map(|column| line(kernel[column], kernel[3 + column], kernel[6 + column]));
    let mut transformed = [0; PLACES];
    for row in 0..4 {
        let of_row = line(columns[0][row], columns[1][row], columns[2][row]);
        transformed[4 * row..4 * row + 4].copy_from_slice(&of_row);
    }
    transformed
}

/// `map`, of an even number of rows and columns, by `weights`; outside of the map lie zeros.
#[inline(always)]
pub(crate) fn convolve_transformed<L: Lanes>(
    map: &Map,
    weights: &TransformedWeights,
    memory: &mut Memory,
) -> Sums {
    let mut sums = Sums::new([map.rows, map.columns], weights.blocks, memory);
    let tiles = map.columns / 2;
    let mut transformed = vec![[0; 2]; PLACES * tiles * map.pairs];
    for pair_of_rows in 0..map.rows / 2 {
        transform_rows::<L>(map, 2 * pair_of_rows, &mut transformed);
        let mut block = 0;
        if L::WIDE {
            while block + 2 <= weights.blocks {
                rows_of::<L, 6, 2>(&transformed, weights, 2 * pair_of_rows, block, &mut sums);
                block += 2;
            }
        }
        while block < weights.blocks {
            if L::WIDE {
                rows_of::<L, 12, 1>(&transformed, weights, 2 * pair_of_rows, block, &mut sums);
            } else {
                rows_of::<L, 4, 1>(&transformed, weights, 2 * pair_of_rows, block, &mut sums);
            }
            block += 1;
        }
    }
    sums
}

/// `B^T d B` of the tiles for two rows from `row` on: place by place, tile by tile, pair by pair.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
fn transform_rows<L: Lanes>(map: &Map, row: usize, transformed: &mut [Pair]) {
    let (pairs, tiles) = (map.pairs, map.columns / 2);
    let lines = [
        map.line_before(row, 0),
        map.line_before(row + 1, 0),
        map.line_before(row + 2, 0),
        map.line_before(row + 3, 0),
    ];
    let places = transformed.as_chunks_mut::<{ LANES / 2 }>().0;
    let blocks = pairs / (LANES / 2);
    for block in 0..blocks {
        let mut columns = [[L::no_shorts(); 4]; 4];
        columns[2] = transform_column::<L>(lines, block);
        columns[3] = transform_column::<L>(lines, blocks + block);
        for tile in 0..tiles {
            columns[0] = columns[2];
            columns[1] = columns[3];
            columns[2] = transform_column::<L>(lines, (2 * tile + 2) * blocks + block);
            columns[3] = transform_column::<L>(lines, (2 * tile + 3) * blocks + block);
            for line in 0..4 {
                let of_line = [
                    L::subtract_shorts(columns[0][line], columns[2][line]),
                    L::add_shorts(columns[1][line], columns[2][line]),
                    L::subtract_shorts(columns[2][line], columns[1][line]),
                    L::subtract_shorts(columns[1][line], columns[3][line]),
                ];
                for (column, shorts) in of_line.into_iter().enumerate() {
                    let at = ((4 * line + column) * tiles + tile) * blocks + block;
                    L::store_shorts(shorts, &mut places[at]);
                }
            }
        }
    }
}

/// One column of `B^T d`, of eight channels; `at` counts them along the lines.
#[inline(always)]
fn transform_column<L: Lanes>(lines: [&[Pair]; 4], at: usize) -> [L::Shorts; 4] {
    let mut column = [L::no_shorts(); 4];
    for (shorts, line) in column.iter_mut().zip(lines) {
        *shorts = L::load_shorts(&line.as_chunks().0[at]);
    }
    [
        L::subtract_shorts(column[0], column[2]),
        L::add_shorts(column[1], column[2]),
        L::subtract_shorts(column[2], column[1]),
        L::subtract_shorts(column[1], column[3]),
    ]
}

/// Two rows of `B` blocks, `P` tiles at a time.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
fn rows_of<L: Lanes, const P: usize, const B: usize>(
    transformed: &[Pair],
    weights: &TransformedWeights,
    row: usize,
    block: usize,
    sums: &mut Sums,
) {
    let (columns, blocks, tiles) = (sums.columns, sums.blocks, sums.columns / 2);
    let mut of_rows = [RowSums::<L, B>::new(), RowSums::<L, B>::new()];
    let lines = &mut sums.values[row * columns * blocks..(row + 2) * columns * blocks];
    let (above, below) = lines.split_at_mut(columns * blocks);
    let mut tile = 0;
    while tile < tiles {
        let at = 2 * tile * blocks;
        let lines = [&mut above[at..], &mut below[at..]];
        if tile + P <= tiles {
            tiles_of::<L, P, B>(transformed, weights, [tile, tiles], block, &mut of_rows, lines, blocks);
            tile += P;
        } else {
            tiles_of::<L, 1, B>(transformed, weights, [tile, tiles], block, &mut of_rows, lines, blocks);
            tile += 1;
        }
    }
    for of_row in of_rows {
        of_row.add_to(sums, block);
    }
}

/// `P` tiles from `tile` of `tiles` on, for `B` blocks from `block` on, written where the two
/// `lines` begin.
#[inline(always)]
fn tiles_of<L: Lanes, const P: usize, const B: usize>(
    transformed: &[Pair],
    weights: &TransformedWeights,
    [tile, tiles]: [usize; 2],
    block: usize,
    of_rows: &mut [RowSums<L, B>; 2],
    [above, below]: [&mut [[f32; LANES]]; 2],
    blocks: usize,
) {
    let pairs = weights.pairs;
    let mut products = [[[L::no_ints(); B]; P]; PLACES];
    for (place, products) in products.iter_mut().enumerate() {
        let pixels = &transformed[(place * tiles + tile) * pairs..][..P * pairs];
        let mut of_blocks = [&[] as &[PairWeights]; B];
        for (b, of_block) in of_blocks.iter_mut().enumerate() {
            *of_block = weights.of(block + b, place);
        }
        add_products::<L, P, B>(pixels, pairs, of_blocks, products);
    }
    for p in 0..P {
        // A^T m A with A^T = [1 1 1 0; 0 1 -1 -1].
        let mut found = [[[L::splat(0.0); B]; 2]; 2];
        for b in 0..B {
            let mut columns = [[L::no_ints(); 4]; 2];
            for column in 0..4 {
                let [m0, m1] = [products[column][p][b], products[4 + column][p][b]];
                let [m2, m3] = [products[8 + column][p][b], products[12 + column][p][b]];
                columns[0][column] = L::add_ints(L::add_ints(m0, m1), m2);
                columns[1][column] = L::subtract_ints(L::subtract_ints(m1, m2), m3);
            }
            for (row, [c0, c1, c2, c3]) in columns.into_iter().enumerate() {
                let left = L::add_ints(L::add_ints(c0, c1), c2);
                let right = L::subtract_ints(L::subtract_ints(c1, c2), c3);
                found[row][0][b] = L::to_floats(L::quarter(left));
                found[row][1][b] = L::to_floats(L::quarter(right));
            }
        }
        let at = 2 * p * blocks;
        of_rows[0].take(&found[0], &mut above[at..], blocks, block);
        of_rows[1].take(&found[1], &mut below[at..], blocks, block);
    }
}
