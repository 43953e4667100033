//! Padding by the look of the picture: regions of one value along the border.
//!
//! Registration turns and shifts a B-scan as a whole and fills what it moved in with white
//! or black, so that such a region ends in a straight line, without a gradient. Tissue that
//! saturates is bright too, and ends in speckle, a curve or a slope. Measured on the real
//! images (`oct-formats`, example `pictures`): in all 123 white wedges of Duke's 88 B-scans every column
//! ends within one sample of one line, and falls by at least 0.84 of the range; of 14,560
//! borders cut through the retinas of other eyes, brightened 1.3 to 2 times, 86 do
//! so for an accidentally straight layer.

/// White: within this share of the range of the brightest sample. JPEG leaves no white exact.
const WHITE: f32 = 0.1;
/// Any other value: within this share of the range.
const SAME: f32 = 0.01;
/// White ends with a fall by this share of the range, in [`ENOUGH`] of its columns.
const FALL: f32 = 0.6;
const ENOUGH: f32 = 0.8;
/// Columns that end within one sample of the line. Noise that is black here and there makes
/// the ends of black regions ragged.
const STRAIGHT_WHITE: f32 = 0.95;
const STRAIGHT: f32 = 0.8;
/// A stretch has at least this share of all columns.
const WIDTH: f32 = 0.05;
/// Rows of a region of any value but white: less may be chance.
const DEPTH: usize = 4;
/// Rows and columns of a picture that has a border at all.
const LEAST: usize = 8;
/// Rows beside a region that JPEG smeared.
const SMEARED: usize = 3;

/// Marks padding along the border of a B-scan.
///
/// # Shapes
/// - `samples`, `is_padding`: rows x `columns`, row by row
pub fn mark(samples: &[f32], columns: usize, is_padding: &mut [bool]) {
    let rows = samples.len() / columns.max(1);
    let known = samples.iter().zip(is_padding.iter()).filter(|(_, padding)| !**padding);
    let (mut black, mut white) = (f32::INFINITY, f32::NEG_INFINITY);
    for (sample, _) in known {
        (black, white) = (black.min(*sample), white.max(*sample));
    }
    if rows < LEAST || columns < LEAST || black >= white {
        return;
    }
    let picture = Picture { samples, columns, rows, black, range: white - black };
    for from_below in [false, true] {
        for stretch in picture.padded_stretches(from_below) {
            for (column, depth) in stretch {
                for step in 0..depth {
                    is_padding[picture.index(step, column, from_below)] = true;
                }
            }
        }
    }
    let mut one_value =
        (0..columns).take_while(|column| picture.is_of_one_value(*column)).collect::<Vec<_>>();
    one_value.extend((0..columns).rev().take_while(|column| picture.is_of_one_value(*column)));
    for column in one_value {
        for row in 0..rows {
            is_padding[row * columns + column] = true;
        }
    }
}

struct Picture<'a> {
    samples: &'a [f32],
    columns: usize,
    rows: usize,
    black: f32,
    range: f32,
}

impl Picture<'_> {
    fn index(&self, step: usize, column: usize, from_below: bool) -> usize {
        (if from_below { self.rows - 1 - step } else { step }) * self.columns + column
    }

    /// 0 black to 1 white.
    fn grey(&self, step: usize, column: usize, from_below: bool) -> f32 {
        (self.samples[self.index(step, column, from_below)] - self.black) / self.range
    }

    /// Whether all of a column is white, or all of it one value.
    fn is_of_one_value(&self, column: usize) -> bool {
        let first = self.grey(0, column, false);
        (0..self.rows).all(|row| {
            let grey = self.grey(row, column, false);
            (grey - first).abs() <= SAME || (grey >= 1.0 - WHITE && first >= 1.0 - WHITE)
        })
    }

    /// Columns of each region along one border, with its rows there.
    fn padded_stretches(&self, from_below: bool) -> Vec<Vec<(usize, usize)>> {
        let mut found = Vec::new();
        for value in self.values(from_below) {
            let depths: Vec<usize> =
                (0..self.columns).map(|column| self.depth(value, column, from_below)).collect();
            let is_part = |column: &usize| depths[*column] > 0 && depths[*column] < self.rows;
            let parts: Vec<usize> = (0..self.columns).filter(is_part).collect();
            for stretch in parts.chunk_by(|one, next| next - one <= 2) {
                let ends: Vec<(usize, usize)> =
                    stretch.iter().map(|column| (*column, depths[*column])).collect();
                found.extend(self.padding(value, ends, from_below));
            }
        }
        found
    }

    /// What the border may be padded with: white, and the value most frequent in it.
    fn values(&self, from_below: bool) -> Vec<f32> {
        let mut greys: Vec<f32> = (0..self.columns).map(|column| self.grey(0, column, from_below)).collect();
        greys.sort_unstable_by(f32::total_cmp);
        let most =
            greys.chunk_by(|a, b| a == b).max_by_key(|equal| equal.len()).map_or(1.0, |equal| equal[0]);
        if most >= 1.0 - WHITE { vec![1.0] } else { vec![1.0, most] }
    }

    fn depth(&self, value: f32, column: usize, from_below: bool) -> usize {
        let tolerance = if value == 1.0 { WHITE } else { SAME };
        (0..self.rows)
            .take_while(|step| (self.grey(*step, column, from_below) - value).abs() <= tolerance)
            .count()
    }

    /// The region that ends at `ends`, if it is padding.
    fn padding(
        &self,
        value: f32,
        ends: Vec<(usize, usize)>,
        from_below: bool,
    ) -> Option<Vec<(usize, usize)>> {
        if ends.len() < 8.max((self.columns as f32 * WIDTH) as usize) {
            return None;
        }
        let line = Line::through(&ends);
        let share = |holds: &dyn Fn(usize, usize) -> bool| {
            ends.iter().filter(|(column, depth)| holds(*column, *depth)).count() as f32 / ends.len() as f32
        };
        let straight = share(&|column, depth| (depth as f32 - line.at(column)).abs() <= 1.0);
        let is_white = value == 1.0;
        if is_white {
            // The sample after the end, or the one after that where JPEG blurred the edge.
            let falls = share(&|column, depth| {
                let next = (depth + 1).min(self.rows - 1);
                let after = self.grey(depth, column, from_below).min(self.grey(next, column, from_below));
                1.0 - after >= FALL
            });
            if straight < STRAIGHT_WHITE || falls < ENOUGH {
                return None;
            }
        } else {
            let depth = ends.iter().map(|(_, depth)| depth).sum::<usize>() / ends.len();
            if straight < STRAIGHT || depth < DEPTH {
                return None;
            }
        }
        let is_exact = |column: usize, depth: usize| {
            (0..depth).all(|step| self.grey(step, column, from_below) == self.grey(0, column, from_below))
        };
        let smeared = if is_white && !ends.iter().all(|(column, depth)| is_exact(*column, *depth)) {
            SMEARED
        } else {
            0
        };
        let trimmed = ends.iter().map(|(column, depth)| {
            // Bright tissue that touches the region is no part of it.
            let depth = (*depth).min((line.at(*column) + 1.5).max(0.0) as usize);
            let blurred = (depth..self.rows.min(depth + smeared))
                .take_while(|step| self.grey(*step, *column, from_below) >= 0.5)
                .count();
            (*column, depth + blurred)
        });
        Some(trimmed.collect())
    }
}

/// Depth over column.
struct Line {
    slope: f32,
    start: f32,
}

impl Line {
    /// Through most of `ends`: by least squares, those far from it left out.
    fn through(ends: &[(usize, usize)]) -> Self {
        let mut line = Self::by_least_squares(ends.iter());
        for _ in 0..3 {
            let off = |(column, depth): &(usize, usize)| (*depth as f32 - line.at(*column)).abs();
            let mut offs: Vec<f32> = ends.iter().map(off).collect();
            offs.sort_unstable_by(f32::total_cmp);
            let near = (2.0 * offs[offs.len() / 2]).max(1.0);
            let next = Self::by_least_squares(ends.iter().filter(|end| off(end) <= near));
            line = next;
        }
        line
    }

    fn by_least_squares<'a>(ends: impl Iterator<Item = &'a (usize, usize)>) -> Self {
        let (mut count, mut sum_x, mut sum_y, mut sum_xx, mut sum_xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (column, depth) in ends {
            let (x, y) = (*column as f64, *depth as f64);
            count += 1.0;
            sum_x += x;
            sum_y += y;
            sum_xx += x * x;
            sum_xy += x * y;
        }
        let spread = count * sum_xx - sum_x * sum_x;
        let slope = if spread > 0.0 { (count * sum_xy - sum_x * sum_y) / spread } else { 0.0 };
        let start = if count > 0.0 { (sum_y - slope * sum_x) / count } else { 0.0 };
        Self { slope: slope as f32, start: start as f32 }
    }

    fn at(&self, column: usize) -> f32 {
        self.slope * column as f32 + self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: usize = 64;
    const ROWS: usize = 48;

    /// Speckle of 10 to 59, with a layer of saturated speckle that tilts over `first`.
    fn eye(first: impl Fn(usize) -> usize, thick: usize) -> Vec<f32> {
        let noise = |index: usize| ((index as u32).wrapping_mul(2_654_435_761) >> 20) as usize % 50;
        (0..ROWS * COLUMNS)
            .map(|index| {
                let (row, column) = (index / COLUMNS, index % COLUMNS);
                let top = first(column);
                // The layer's lower edge falls off over four rows.
                let bright = match row {
                    row if (top..top + thick).contains(&row) => 300,
                    row if (top + thick..top + thick + 4).contains(&row) => {
                        300 - 60 * (row - top - thick + 1)
                    }
                    _ => 0,
                };
                (10 + noise(index) + bright).min(255) as f32
            })
            .collect()
    }

    fn marked(samples: &[f32]) -> Vec<bool> {
        let mut is_padding = vec![false; samples.len()];
        mark(samples, COLUMNS, &mut is_padding);
        is_padding
    }

    fn with_wedge(mut samples: Vec<f32>, value: f32) -> (Vec<f32>, usize) {
        let mut cells = 0;
        for column in 0..40 {
            for row in 0..(40 - column) / 4 + 1 {
                samples[row * COLUMNS + column] = value;
                cells += 1;
            }
        }
        (samples, cells)
    }

    #[test]
    fn a_wedge_that_ends_in_a_straight_line_is_padding_whatever_its_value() {
        for value in [255.0, 0.0, 128.0] {
            let (samples, cells) = with_wedge(eye(|_| 25, 6), value);
            let found = marked(&samples);
            let count = found.iter().filter(|padding| **padding).count();
            assert!(count.abs_diff(cells) <= 2, "{value}: {count} of {cells}");
            assert!(found[0] && !found[30 * COLUMNS]);
        }
    }

    #[test]
    fn saturated_layers_are_tissue_whichever_border_they_touch() {
        let tilted = |column: usize| 20 + column / 3;
        let cut = |column: usize| ((column as f32 * 0.1).sin() * 4.0).abs() as usize;
        assert!(!marked(&eye(tilted, 8)).contains(&true), "left and right");
        assert!(!marked(&eye(cut, 8)).contains(&true), "cut above");
        assert!(
            !marked(&eye(|column| 38 + (column as usize).abs_diff(30).pow(2) / 200, 12)).contains(&true),
            "cut below"
        );
        let speckled: Vec<f32> = eye(|_| 0, 9)
            .into_iter()
            .enumerate()
            .map(|(index, grey)| if (index * 7919) % 11 == 0 { grey * 0.6 } else { grey })
            .collect();
        assert!(!marked(&speckled).contains(&true), "flat, cut above, in speckle");
    }

    #[test]
    fn a_saturated_layer_that_touches_a_wedge_is_no_part_of_it() {
        let (samples, _) = with_wedge(eye(|column| 3 + 4 * column, 2), 255.0);
        let found = marked(&samples);
        let attached = 12 * COLUMNS + 2;
        assert_eq!(samples[attached], 255.0);
        assert!(found[0] && !found[attached]);
    }

    #[test]
    fn columns_of_one_value_at_the_sides_are_padding() {
        let mut samples = eye(|_| 20, 8);
        for row in 0..ROWS {
            samples[row * COLUMNS] = 255.0;
            samples[row * COLUMNS + COLUMNS - 1] = 0.0;
        }
        let found = marked(&samples);
        assert_eq!(found.iter().filter(|padding| **padding).count(), 2 * ROWS);
    }

    #[test]
    fn a_flat_picture_has_no_border_to_speak_of() {
        assert!(!marked(&[9.0; ROWS * COLUMNS]).contains(&true));
    }
}
