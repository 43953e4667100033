//! Padding by the look of the picture: regions of one value along the border.
//!
//! Registration turns and shifts a B-scan as a whole and fills what it moved in with white
//! or black, so that such a region begins at a side, has one value and ends in a straight
//! line. Tissue that saturates is bright too, and ends in speckle, a curve or a slope. Later
//! steps blur a region's end, add noise, or frame the picture once more, so that its edge is
//! looked for in the picture's running median, over some samples, and below what is padding
//! already.

use super::edge::{Line, Part};
use super::is_sample;
use super::median::running_median;
use super::region::Region;
use crate::rank::extremes_but;

/// White: within this share of the range of the brightest sample. JPEG leaves no white exact.
const WHITE: f32 = 0.1;
/// A white region ends where it is darker than this.
const BRIGHT: f32 = 0.7;
/// Any other value: within this share of the range.
const SAME: f32 = 0.01;
/// White ends with a fall by this share of the range, in [`ENOUGH`] of its columns, within
/// [`SOFT`] samples: a blur of 1.5 samples makes an edge so wide.
const FALL: f32 = 0.6;
const ENOUGH: f32 = 0.8;
const SOFT: usize = 4;
/// A sharp edge has so much of its fall within two samples on either side.
const SHARP: f32 = 0.85;
/// A blurred edge is over where a sample is darker by less than this than the one before.
const SLOPE: f32 = 0.05;
/// This part of a region is white in the median, and without noise; its edge is left out.
const CLEAN: f32 = 0.95;
const FILLED: f32 = 0.9;
/// Columns that end within one sample of the line. Noise that is black here and there makes
/// the ends of black regions ragged, and letters those of white ones that go from side to
/// side.
const STRAIGHT_WHITE: f32 = 0.95;
const STRAIGHT: f32 = 0.8;
const STRAIGHT_BUT_LETTERS: f32 = 0.7;
/// No letter is wider than this share of the columns.
const LETTER: f32 = 0.05;
/// A line steeper than this belongs to a region along the border beside.
const STEEPEST: f32 = 1.0;
/// A stretch has at least this share of all columns.
const WIDTH: f32 = 0.05;
/// Rows of a region of any value but white: less may be chance.
const DEPTH: usize = 4;
/// Rows and columns of a picture that has a border at all.
const LEAST: usize = 8;
/// Samples between a side, or padding, and where a region begins: what turned a picture blends them.
const BLENDED: usize = 2;
/// Whole rows of one value end in a row of which more than this share is another. A vitreous
/// whose dark greys were cut off begins with single bright samples; a dark one that was not
/// has a fifth of them at least.
const APART: f32 = 0.125;
/// Padding may stand within padding so often.
const NESTED: usize = 3;

/// Marks padding along the border of a B-scan.
///
/// # Shapes
/// - `samples`, `is_padding`: rows x `columns`, row by row
pub fn mark(samples: &[f32], columns: usize, is_padding: &mut [bool]) {
    mark_nested(samples, columns, is_padding, NESTED);
}

/// Marks padding, and up to `nested` times what stands within it.
fn mark_nested(samples: &[f32], columns: usize, is_padding: &mut [bool], nested: usize) {
    let rows = samples.len() / columns.max(1);
    if rows < LEAST || columns < LEAST {
        return;
    }
    let smooth = running_median(samples, columns);
    let is_unknown: Vec<bool> =
        smooth.iter().zip(&*is_padding).map(|(smooth, padding)| padding | !is_sample(*smooth)).collect();
    // A border of a row or two is no less black for its median.
    let [black, white] = extremes_but(&smooth, &is_unknown);
    let [exact_black, _] = extremes_but(samples, &is_unknown);
    let black = black.min(exact_black);
    if black >= white {
        return;
    }
    let picture = Picture { samples, smooth, black, white, rows, columns };
    let mut padding_around = None;
    for _ in 0..NESTED {
        let before = count(is_padding);
        picture.mark(Border::Upper, is_padding);
        picture.mark(Border::Lower, is_padding);
        picture.mark_sides(is_padding);
        picture.mark(Border::Left, is_padding);
        picture.mark(Border::Right, is_padding);
        // Padding only grows: as much as the last time is the same, with the same within.
        let around = count(is_padding);
        if nested > 0 && padding_around.replace(around) != Some(around) {
            mark_within(samples, columns, is_padding, nested - 1);
        }
        if count(is_padding) == before {
            break;
        }
    }
}

fn count(is_padding: &[bool]) -> usize {
    // As many as a byte can count at a time: the compiler adds up several at once.
    let parts = is_padding.chunks(usize::from(u8::MAX));
    parts.map(|part| usize::from(part.iter().map(|padding| u8::from(*padding)).sum::<u8>())).sum()
}

/// A letterbox stands around a B-scan that may have wedges along a border of its own.
fn mark_within(samples: &[f32], columns: usize, is_padding: &mut [bool], nested: usize) {
    let region = Region::without_padding(is_padding, columns);
    if region.rows * region.columns == samples.len() {
        return;
    }
    let mut inner_padding = region.cut(is_padding, columns);
    mark_nested(&region.cut(samples, columns), region.columns, &mut inner_padding, nested);
    region.put(&inner_padding, is_padding, columns);
}

/// Greys are 0 black to 1 white. They are looked at here and there alone, and computed there.
struct Picture<'a> {
    samples: &'a [f32],
    /// Their running median.
    smooth: Vec<f32>,
    black: f32,
    white: f32,
    rows: usize,
    columns: usize,
}

#[derive(Debug, Clone, Copy)]
enum Border {
    Upper,
    Lower,
    Left,
    Right,
}

/// A picture turned so that one of its borders is the upper one.
struct View<'a> {
    picture: &'a Picture<'a>,
    is_padding: &'a [bool],
    border: Border,
    /// Of the turned picture.
    rows: usize,
    columns: usize,
}

impl Picture<'_> {
    fn grey(&self, index: usize) -> f32 {
        (self.samples[index] - self.black) / (self.white - self.black)
    }

    fn smooth(&self, index: usize) -> f32 {
        (self.smooth[index] - self.black) / (self.white - self.black)
    }

    /// Where the cell is that lies `step` from a border, at `column` along it.
    fn index(&self, border: Border, step: usize, column: usize) -> usize {
        match border {
            Border::Upper => step * self.columns + column,
            Border::Lower => (self.rows - 1 - step) * self.columns + column,
            Border::Left => column * self.columns + step,
            Border::Right => column * self.columns + self.columns - 1 - step,
        }
    }

    /// Marks regions along a border.
    fn mark(&self, border: Border, is_padding: &mut [bool]) {
        let [rows, columns] = match border {
            Border::Upper | Border::Lower => [self.rows, self.columns],
            Border::Left | Border::Right => [self.columns, self.rows],
        };
        for part in (View { picture: self, is_padding, border, rows, columns }).padded_parts() {
            for step in 0..part.end {
                is_padding[self.index(border, step, part.column)] = true;
            }
        }
    }

    /// Marks whole columns at the sides, and whole rows above and below. White rows are left
    /// alone, since a flat layer that is cut may fill some, and so are rows that end in the
    /// speckle of a vitreous whose dark greys were cut off.
    fn mark_sides(&self, is_padding: &mut [bool]) {
        let is_side = |column: &usize| {
            let column = *column..self.samples.len();
            is_of_one_value(column.clone().step_by(self.columns).map(|index| self.grey(index)))
                || column.step_by(self.columns).all(|index| self.smooth(index) >= 1.0 - WHITE)
        };
        let left = (0..self.columns).take_while(is_side);
        for column in left.chain((0..self.columns).rev().take_while(is_side)) {
            for row in 0..self.rows {
                is_padding[row * self.columns + column] = true;
            }
        }
        let above: Vec<usize> = (0..self.rows).collect();
        let below: Vec<usize> = (0..self.rows).rev().collect();
        for rows in [above, below] {
            for row in self.rows_of_one_value(&rows, is_padding) {
                is_padding[row * self.columns..][..self.columns].fill(true);
            }
        }
    }

    /// The first of `rows` that hold one value, but for padding, where [`APART`] of the next
    /// row is another.
    fn rows_of_one_value<'a>(&self, rows: &'a [usize], is_padding: &[bool]) -> &'a [usize] {
        let known = |row: usize| {
            let row = row * self.columns..(row + 1) * self.columns;
            row.filter(|index| !is_padding[*index]).map(|index| self.grey(index))
        };
        let Some(value) = rows.iter().find_map(|row| known(*row).next()) else { return &[] };
        let is_value = |grey: f32| (grey - value).abs() <= SAME;
        let count = rows.iter().take_while(|row| known(**row).all(is_value)).count();
        let Some(next) = rows.get(count).filter(|_| value < 1.0 - WHITE) else { return &[] };
        let others = known(*next).filter(|grey| !is_value(*grey)).count();
        let enough = others as f32 > APART * known(*next).count() as f32;
        if enough { &rows[..count] } else { &[] }
    }
}

fn is_of_one_value(mut greys: impl Iterator<Item = f32>) -> bool {
    let Some(first) = greys.next() else { return false };
    greys.all(|grey| (grey - first).abs() <= SAME)
}

impl View<'_> {
    fn index(&self, step: usize, column: usize) -> usize {
        self.picture.index(self.border, step, column)
    }

    fn grey(&self, step: usize, column: usize) -> f32 {
        self.picture.grey(self.index(step, column))
    }

    fn smooth(&self, step: usize, column: usize) -> f32 {
        self.picture.smooth(self.index(step, column))
    }

    /// Regions along this border.
    fn padded_parts(&self) -> Vec<Part> {
        let mut found = Vec::new();
        for value in self.values() {
            let parts: Vec<Part> = (0..self.columns).filter_map(|column| self.part(value, column)).collect();
            for stretch in parts.chunk_by(|one, next| next.column - one.column <= 2) {
                found.extend(if value.is_none() { self.white(stretch) } else { self.of_one_value(stretch) });
            }
        }
        found
    }

    /// What the border may be padded with: white (`None`), and the value most frequent in it.
    fn values(&self) -> [Option<f32>; 2] {
        let at = |column: usize| Some(self.grey(self.start(column)?, column));
        let mut greys: Vec<f32> = (0..self.columns).filter_map(at).collect();
        greys.sort_unstable_by(f32::total_cmp);
        let most = greys.chunk_by(|a, b| a == b).max_by_key(|equal| equal.len());
        [None, most.map(|equal| equal[0]).filter(|grey| *grey < 1.0 - WHITE)]
    }

    /// The first step that is no padding yet.
    fn start(&self, column: usize) -> Option<usize> {
        (0..self.rows).find(|step| !self.is_padding[self.index(*step, column)])
    }

    /// What has `value` from the border, or the padding there, on; `None` where nothing
    /// has, or all.
    fn part(&self, value: Option<f32>, column: usize) -> Option<Part> {
        let rows = self.rows;
        let first = self.start(column)?;
        let has = |step: usize| match value {
            None => self.smooth(step, column) >= BRIGHT,
            Some(value) => {
                self.is_padding[self.index(step, column)] || (self.grey(step, column) - value).abs() <= SAME
            }
        };
        let start = (first..=first + BLENDED).find(|step| *step < rows && has(*step))?;
        let end = (start..rows).find(|step| !has(*step))?;
        Some(Part { column, start, end })
    }

    /// Whether a stretch is wide enough.
    fn is_wide(&self, stretch: &[Part]) -> bool {
        stretch.len() >= LEAST.max((self.columns as f32 * WIDTH) as usize)
    }

    /// A stretch as padding with a value that is not white.
    fn of_one_value(&self, stretch: &[Part]) -> Vec<Part> {
        if !self.is_wide(stretch) {
            return Vec::new();
        }
        let line = Line::through(stretch);
        let depth = stretch.iter().map(|part| part.end - part.start).sum::<usize>() / stretch.len();
        if line.slope.abs() > STEEPEST || line.share_on(stretch) < STRAIGHT || depth < DEPTH {
            return Vec::new();
        }
        let cut = |part: &Part| Part { end: part.end.min(line.past(part.column)), ..*part };
        stretch.iter().map(cut).collect()
    }

    /// A stretch as white padding.
    fn white(&self, stretch: &[Part]) -> Vec<Part> {
        let (rows, columns) = (self.rows, self.columns);
        let (first, last) = (stretch[0], stretch[stretch.len() - 1]);
        let at_left = self.is_at_side(first, &|beyond| first.column.checked_sub(beyond));
        let at_right =
            self.is_at_side(last, &|beyond| Some(last.column + beyond).filter(|column| *column < columns));
        if !self.is_wide(stretch) || !(at_left || at_right) {
            return Vec::new();
        }
        let line = Line::through(stretch);
        let letters = (self.columns as f32 * LETTER) as usize;
        let has_letters = at_left && at_right && line.longest_off(stretch) <= letters;
        let straight = if has_letters { STRAIGHT_BUT_LETTERS } else { STRAIGHT_WHITE };
        let falls = |part: &&Part| {
            let end = part.end.min(line.past(part.column));
            let after = (end..rows.min(end + SOFT)).map(|step| self.smooth(step, part.column));
            1.0 - after.fold(1.0, f32::min) >= FALL
        };
        let enough = stretch.iter().filter(falls).count() as f32 >= ENOUGH * stretch.len() as f32;
        if line.slope.abs() > STEEPEST
            || line.share_on(stretch) < straight
            || !enough
            || !self.is_filled(stretch, &line)
            || !(self.is_clean(stretch, &line) || self.is_sharp(stretch))
        {
            return Vec::new();
        }
        stretch.iter().map(|part| self.trimmed(*part, &line)).collect()
    }

    /// Whether a region has no noise. What blurs an edge takes noise away: a noisy region
    /// with a soft edge is tissue.
    fn is_clean(&self, stretch: &[Part], line: &Line) -> bool {
        let within = stretch.iter().flat_map(|part| {
            let last = part.end.min(line.past(part.column)).saturating_sub(SOFT);
            (part.start + BLENDED..last).map(|step| self.grey(step, part.column))
        });
        let (mut white, mut all) = (0, 0);
        for grey in within {
            all += 1;
            white += usize::from(grey >= 1.0 - WHITE);
        }
        white as f32 >= CLEAN * all as f32
    }

    /// Whether a region ends all at once, in the mean of its columns.
    fn is_sharp(&self, stretch: &[Part]) -> bool {
        let mean = |places: &dyn Fn(&Part) -> Option<usize>| {
            let greys: Vec<f32> = stretch
                .iter()
                .filter_map(|part| Some((places(part)?, part.column)))
                .filter(|(step, _)| *step < self.rows)
                .map(|(step, column)| self.grey(step, column))
                .collect();
            greys.iter().sum::<f32>() / greys.len().max(1) as f32
        };
        let thick = |part: &Part, back: usize| part.end.checked_sub(back).filter(|step| *step >= part.start);
        let fall = mean(&|part| thick(part, SOFT)) - mean(&|part| Some(part.end + SOFT));
        let at_once = mean(&|part| thick(part, 2)) - mean(&|part| Some(part.end + 1));
        at_once >= SHARP * fall
    }

    /// Whether a stretch that ends with `part` reaches a side, or padding there: `beyond`
    /// is the column so many columns on.
    fn is_at_side(&self, part: Part, beyond: &dyn Fn(usize) -> Option<usize>) -> bool {
        let middle = (part.start + part.end) / 2;
        let is_out =
            |column: Option<usize>| column.is_none_or(|column| self.is_padding[self.index(middle, column)]);
        let tapers_under_padding = part.start > 0 && part.end - part.start <= SOFT;
        tapers_under_padding || (1..=BLENDED + 1).any(|step| is_out(beyond(step)))
    }

    /// Whether what lies within a region, its edges left out, is white.
    fn is_filled(&self, stretch: &[Part], line: &Line) -> bool {
        let leaves_a_gap = |part: &&Part| part.start > 0 && self.start(part.column) == Some(0);
        if stretch.iter().filter(leaves_a_gap).count() as f32 > (1.0 - FILLED) * stretch.len() as f32 {
            return false;
        }
        let (mut white, mut all) = (0, 0);
        for part in stretch {
            let blended = if part.start > 0 { BLENDED } else { 0 };
            let first = part.start + blended;
            let last = part.end.min(line.past(part.column)).saturating_sub(SOFT);
            for step in first..last.max((first + 1).min(part.end)) {
                all += 1;
                white += usize::from(self.smooth(step, part.column) >= 1.0 - WHITE);
            }
        }
        white as f32 >= FILLED * all as f32
    }

    /// A part of a white region, without bright tissue that touches it and with what is
    /// left of its blurred edge.
    fn trimmed(&self, part: Part, line: &Line) -> Part {
        let Part { column, start, end } = part;
        let rows = self.rows;
        let last = rows.min(line.past(column));
        // Nothing blurred an edge up to which all is of one value.
        let exact_end = (start..rows).find(|step| self.grey(*step, column) != self.grey(start, column));
        let is_exact = exact_end.is_some_and(|exact| exact.abs_diff(end) <= 1);
        let is_white = |step: usize| {
            if is_exact {
                self.grey(step, column) >= 1.0 - WHITE
            } else {
                self.smooth(step, column) >= BRIGHT
            }
        };
        let from = end.saturating_sub(SOFT).max(start).min(last);
        let end = (from..last).find(|step| !is_white(*step)).unwrap_or(last);
        let falls = |step: &usize| self.smooth(*step, column) + SLOPE <= self.smooth(step - 1, column);
        let reach = if is_exact { 0 } else { SOFT };
        let blurred = (end.max(1)..rows.min(end + reach)).take_while(falls).count();
        Part { end: end + blurred, ..part }
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
            !marked(&eye(|column| 38 + column.abs_diff(30).pow(2) / 200, 12)).contains(&true),
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
    fn black_rows_are_padding_where_they_end_straight_and_not_in_speckle() {
        let dim = |grey: f32, least: f32| if grey < least { 0.0 } else { grey };
        let mut letterbox: Vec<f32> = eye(|_| 25, 6).into_iter().map(|grey| dim(grey, 25.0)).collect();
        letterbox[..8 * COLUMNS].fill(0.0);
        let found = marked(&letterbox);
        assert!(!found[..8 * COLUMNS].contains(&false));
        assert!(!found[9 * COLUMNS..].contains(&true));
        let mut vitreous = eye(|_| 25, 6);
        vitreous[..12 * COLUMNS].fill(0.0);
        let speckled = vitreous[12 * COLUMNS..25 * COLUMNS].iter_mut().enumerate();
        speckled.filter(|(index, _)| index % 9 != 0).for_each(|(_, grey)| *grey = 0.0);
        assert!(!marked(&vitreous).contains(&true));
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
    fn a_letterbox_hides_no_wedge_of_what_stands_in_it() {
        let (samples, cells) = with_wedge(eye(|_| 25, 6), 255.0);
        let (wide, high) = (COLUMNS + 20, ROWS + 12);
        let mut framed = vec![0.0; wide * high];
        for (row, samples) in samples.chunks_exact(COLUMNS).enumerate() {
            framed[(row + 6) * wide + 10..][..COLUMNS].copy_from_slice(samples);
        }
        let mut is_padding = vec![false; framed.len()];
        mark(&framed, wide, &mut is_padding);
        let count = is_padding.iter().filter(|padding| **padding).count();
        let expected = wide * high - COLUMNS * ROWS + cells;
        assert!(count.abs_diff(expected) <= 2, "{count} of {expected}");
    }

    fn with_noise(samples: Vec<f32>, sigma: f32) -> Vec<f32> {
        let noise = |index: usize| {
            let draws = (0..4u32).map(|draw| (index as u32 * 4 + draw).wrapping_mul(2_654_435_761) >> 16);
            draws.map(|draw| (draw as f32 / 65536.0 - 0.5) * 3.4 / 2.0 * sigma).sum::<f32>()
        };
        samples.iter().enumerate().map(|(index, grey)| (grey + noise(index)).clamp(0.0, 255.0)).collect()
    }

    /// Columns as rows.
    fn transposed(cells: &[f32], columns: usize) -> Vec<f32> {
        (0..columns).flat_map(|column| cells.iter().skip(column).step_by(columns).copied()).collect()
    }

    /// A Gauss of a sigma of one and a half samples, nearly: three means over three.
    fn blurred(mut samples: Vec<f32>) -> Vec<f32> {
        for _ in 0..3 {
            for columns in [COLUMNS, ROWS] {
                let means = samples.chunks_exact(columns).flat_map(|line| {
                    (0..columns).map(|at| {
                        (line[at.saturating_sub(1)] + line[at] + line[(at + 1).min(columns - 1)]) / 3.0
                    })
                });
                samples = transposed(&means.collect::<Vec<_>>(), columns);
            }
        }
        samples
    }

    #[test]
    fn wedges_are_found_through_blur_noise_and_letters() {
        let wedge = |letters: bool| {
            let mut samples = eye(|_| 25, 6);
            for (index, sample) in samples.iter_mut().enumerate() {
                let (row, column) = (index / COLUMNS, index % COLUMNS);
                let is_letter = letters && column % 8 < 2 && (16..40).contains(&column) && row < 16;
                if row < 8 + column / 16 || is_letter {
                    *sample = 255.0;
                }
            }
            samples
        };
        let cells = (0..COLUMNS).map(|column| 8 + column / 16).sum::<usize>();
        let noisy = with_noise(wedge(false), 15.0);
        for (name, samples) in [("blur", blurred(wedge(false))), ("noise", noisy), ("letters", wedge(true))] {
            let found = marked(&samples).iter().filter(|padding| **padding).count();
            assert!(found >= cells - 4 && found <= cells + 4 * COLUMNS, "{name}: {found} of {cells}");
        }
        let layer = eye(|column| 3 + (column as f32 * 0.1).sin().abs() as usize * 2, 8);
        for (name, samples) in [("blur", blurred(layer.clone())), ("noise", with_noise(layer, 15.0))] {
            assert!(!marked(&samples).contains(&true), "no layer is padding for its {name}");
        }
    }

    #[test]
    fn a_wedge_under_the_black_corner_of_a_turned_picture_is_padding() {
        let mut samples = eye(|_| 32, 6);
        let mut cells = 0;
        for (index, sample) in samples.iter_mut().enumerate() {
            let (row, column) = (index / COLUMNS, index % COLUMNS);
            let down = row + column / 4;
            if down < 18 {
                *sample = if down < 10 { 0.0 } else { 255.0 };
                cells += 1;
            }
        }
        let count = marked(&samples).iter().filter(|padding| **padding).count();
        assert!(count.abs_diff(cells) <= 8, "{count} of {cells}");
    }

    #[test]
    fn a_picture_of_nothing_but_borders_takes_no_longer() {
        let steps = |index: usize| (index % COLUMNS + index / COLUMNS) as f32;
        assert_eq!(marked(&(0..ROWS * COLUMNS).map(steps).collect::<Vec<_>>()).len(), ROWS * COLUMNS);
        let columns: Vec<f32> = (0..ROWS * COLUMNS).map(|index| (index % COLUMNS) as f32).collect();
        assert!(!marked(&columns).contains(&false), "each column is of one value");
    }

    #[test]
    fn a_flat_picture_has_no_border_to_speak_of() {
        assert!(!marked(&[9.0; ROWS * COLUMNS]).contains(&true));
    }
}
