//! What a norm wants to know of sums, gathered while they are written.

use crate::lanes::{LANES, Lanes};
use crate::map::Sums;

/// Statistics of one row. Rows are summed apart, so that single precision is enough.
pub(crate) struct RowSums<L: Lanes, const B: usize> {
    sum: [L::Floats; B],
    squares: [L::Floats; B],
    least: [L::Floats; B],
    most: [L::Floats; B],
}

impl<L: Lanes, const B: usize> RowSums<L, B> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        let none = [L::splat(0.0); B];
        Self {
            sum: none,
            squares: none,
            least: [L::splat(f32::INFINITY); B],
            most: [L::splat(f32::NEG_INFINITY); B],
        }
    }

    /// Takes in `found` and writes it where `line` begins.
    #[inline(always)]
    pub(crate) fn take<const P: usize>(
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
    pub(crate) fn add_to(self, sums: &mut Sums, block: usize) {
        for b in 0..B {
            let statistics = &mut sums.statistics[block + b];
            let mut of_row = [[0.0; LANES]; 2];
            L::store(self.sum[b], &mut of_row[0]);
            L::store(self.squares[b], &mut of_row[1]);
            for lane in 0..LANES {
                statistics.sum[lane] += f64::from(of_row[0][lane]);
                statistics.squares[lane] += f64::from(of_row[1][lane]);
            }
            L::store(L::least(self.least[b], L::load(&statistics.least)), &mut statistics.least);
            L::store(L::most(self.most[b], L::load(&statistics.most)), &mut statistics.most);
        }
    }
}
