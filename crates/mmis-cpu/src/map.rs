//! Feature maps, and the memory that forward passes use again.

use crate::lanes::{LANES, Pair};

/// The largest magnitude of a feature as a whole number. With weights of at most 127 the sum
/// over 9 x 128 channels stays below 2^31.
pub(crate) const LARGEST: f32 = 8191.0;

/// Memory of maps and sums that are no longer needed. Fresh memory costs a forward pass
/// a sixth of its time: the system clears every page of it.
#[derive(Debug, Default)]
pub struct Memory {
    pixels: Vec<Vec<Pair>>,
    values: Vec<Vec<[f32; LANES]>>,
}

/// Features as whole numbers, channels side by side, with a border of zeros one pixel wide.
#[derive(Debug, Clone)]
pub(crate) struct Map {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// A multiple of four: channels are a multiple of eight.
    pub(crate) pairs: usize,
    /// What a feature of 1 stands for.
    pub(crate) scale: f32,
    /// Perhaps more than the map needs.
    pixels: Vec<Pair>,
}

impl Map {
    /// A map with its border; the pixels are to be written.
    pub(crate) fn new([rows, columns]: [usize; 2], blocks: usize, scale: f32, memory: &mut Memory) -> Self {
        let (pairs, wide) = (blocks * LANES / 2, columns + 2);
        let size = (rows + 2) * wide * pairs;
        let mut pixels = memory.pixels.pop().unwrap_or_default();
        if pixels.len() < size {
            pixels.resize(size, [0; 2]);
        }
        pixels[..wide * pairs].fill([0; 2]);
        pixels[(rows + 1) * wide * pairs..size].fill([0; 2]);
        for row in 1..=rows {
            let line = &mut pixels[row * wide * pairs..(row + 1) * wide * pairs];
            line[..pairs].fill([0; 2]);
            line[(wide - 1) * pairs..].fill([0; 2]);
        }
        Self { rows, columns, pairs, scale, pixels }
    }

    /// Gives its memory back.
    pub(crate) fn end(self, memory: &mut Memory) {
        memory.pixels.push(self.pixels);
    }

    /// From column `column - 1` of row `row - 1` on to the end of the row, its border included.
    #[inline(always)]
    pub(crate) fn line_before(&self, row: usize, column: usize) -> &[Pair] {
        let wide = self.columns + 2;
        &self.pixels[(row * wide + column) * self.pairs..(row + 1) * wide * self.pairs]
    }

    /// The pixels of `row`.
    #[inline(always)]
    pub(crate) fn row(&self, row: usize) -> &[Pair] {
        let start = ((row + 1) * (self.columns + 2) + 1) * self.pairs;
        &self.pixels[start..start + self.columns * self.pairs]
    }

    /// As [`Self::row`], to be written.
    #[inline(always)]
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [Pair] {
        let start = ((row + 1) * (self.columns + 2) + 1) * self.pairs;
        &mut self.pixels[start..start + self.columns * self.pairs]
    }
}

/// Sums of a convolution before they are scaled: whole numbers, rounded to 24 bits.
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Blocks of eight channels.
    pub(crate) blocks: usize,
    /// Pixel by pixel, block by block; perhaps more than these.
    pub(crate) values: Vec<[f32; LANES]>,
    /// By block.
    pub(crate) statistics: Vec<Statistics>,
}

/// Of eight channels over all pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statistics {
    pub(crate) sum: [f64; LANES],
    pub(crate) squares: [f64; LANES],
    pub(crate) least: [f32; LANES],
    pub(crate) most: [f32; LANES],
}

impl Sums {
    pub(crate) fn new([rows, columns]: [usize; 2], blocks: usize, memory: &mut Memory) -> Self {
        let none = Statistics {
            sum: [0.0; LANES],
            squares: [0.0; LANES],
            least: [f32::INFINITY; LANES],
            most: [f32::NEG_INFINITY; LANES],
        };
        let mut values = memory.values.pop().unwrap_or_default();
        if values.len() < rows * columns * blocks {
            values.resize(rows * columns * blocks, [0.0; LANES]);
        }
        Self { rows, columns, blocks, values, statistics: vec![none; blocks] }
    }

    pub(crate) fn size(&self) -> [usize; 2] {
        [self.rows, self.columns]
    }

    /// Gives its memory back.
    pub(crate) fn end(self, memory: &mut Memory) {
        memory.values.push(self.values);
    }
}
