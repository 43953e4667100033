//! Padding by the look of the picture: text that was burned in.
//!
//! Letters are small, bright, alone in the dark and at least three in a line. Tissue is
//! large or lies in tissue, and bright spots in the vitreous do not line up.

/// A letter is at least so bright, and what surrounds it at most so bright, of the range.
const BRIGHT: f32 = 0.6;
const DARK: f32 = 0.3;
/// So much of what surrounds it is that dark.
const ALONE: f32 = 0.8;
/// It covers at most this share of the rows and of the columns, and at least so many samples.
const LARGEST: f32 = 0.12;
const LEAST: usize = 4;
/// More spots than a screen has letters are noise.
const MOST: usize = 4000;
/// Letters of one line.
const IN_LINE: usize = 3;
/// Samples around a letter that its blur, or JPEG's ringing, reaches.
const BLUR: usize = 2;

/// Rows and columns that a letter covers, both included.
#[derive(Debug, Clone, Copy)]
struct Letter {
    top: usize,
    bottom: usize,
    left: usize,
    right: usize,
}

impl Letter {
    fn height(&self) -> usize {
        self.bottom - self.top + 1
    }

    /// Whether both may stand in one line: as high, at one height, not far apart.
    fn goes_on_with(&self, other: &Self) -> bool {
        let shared = (self.bottom.min(other.bottom) + 1).saturating_sub(self.top.max(other.top));
        let [low, high] = [self.height().min(other.height()), self.height().max(other.height())];
        let gap = other.left.max(self.left).saturating_sub(self.right.min(other.right));
        2 * shared > low && 2 * low >= high && gap <= 3 * high
    }
}

/// Marks burned-in letters in a B-scan; whether there were any.
///
/// # Shapes
/// - `samples`, `is_padding`: rows x `columns`, row by row
pub fn mark(samples: &[f32], columns: usize, is_padding: &mut [bool]) -> bool {
    let rows = samples.len() / columns.max(1);
    let (mut black, mut white) = (f32::INFINITY, f32::NEG_INFINITY);
    for (sample, _) in samples.iter().zip(is_padding.iter()).filter(|(_, padding)| !**padding) {
        (black, white) = (black.min(*sample), white.max(*sample));
    }
    if black >= white {
        return false;
    }
    let grey = |index: usize| (samples[index] - black) / (white - black);
    let is_bright: Vec<bool> =
        (0..samples.len()).map(|index| !is_padding[index] && grey(index) >= BRIGHT).collect();
    let letters: Vec<Letter> = bright_spots(&is_bright, columns, rows)
        .into_iter()
        .filter(|letter| {
            let around = around(letter, BLUR, rows, columns);
            let dark = around.iter().filter(|index| is_padding[**index] || grey(**index) <= DARK).count();
            dark as f32 >= ALONE * around.len() as f32
        })
        .collect();
    if letters.len() > MOST {
        return false;
    }
    let mut found = false;
    for letter in &letters {
        let line = letters.iter().filter(|other| letter.goes_on_with(other)).count();
        // A letter goes on with itself.
        if line >= IN_LINE {
            found = true;
            for row in letter.top.saturating_sub(BLUR)..=(letter.bottom + BLUR).min(rows - 1) {
                for column in letter.left.saturating_sub(BLUR)..=(letter.right + BLUR).min(columns - 1) {
                    is_padding[row * columns + column] = true;
                }
            }
        }
    }
    found
}

/// What lies around a letter, `wide` samples beyond its blur.
fn around(letter: &Letter, wide: usize, rows: usize, columns: usize) -> Vec<usize> {
    let reach = BLUR + wide;
    let mut around = Vec::new();
    for row in letter.top.saturating_sub(reach)..=(letter.bottom + reach).min(rows - 1) {
        for column in letter.left.saturating_sub(reach)..=(letter.right + reach).min(columns - 1) {
            let is_beside_rows = row + BLUR < letter.top || row > letter.bottom + BLUR;
            let is_beside_columns = column + BLUR < letter.left || column > letter.right + BLUR;
            // Letters to both sides are no darkness: only above and below counts.
            if is_beside_rows && !is_beside_columns {
                around.push(row * columns + column);
            }
        }
    }
    around
}

/// Small bright regions that hang together, corners included.
fn bright_spots(is_bright: &[bool], columns: usize, rows: usize) -> Vec<Letter> {
    let largest = |size: usize| (size as f32 * LARGEST) as usize;
    let mut is_open = is_bright.to_vec();
    let mut spots = Vec::new();
    for start in 0..is_open.len() {
        if !is_open[start] {
            continue;
        }
        is_open[start] = false;
        let (mut open, mut count) = (vec![start], 0);
        let mut spot = Letter { top: rows, bottom: 0, left: columns, right: 0 };
        while let Some(index) = open.pop() {
            let (row, column) = (index / columns, index % columns);
            count += 1;
            spot.top = spot.top.min(row);
            spot.bottom = spot.bottom.max(row);
            spot.left = spot.left.min(column);
            spot.right = spot.right.max(column);
            for beside_row in row.saturating_sub(1)..=(row + 1).min(rows - 1) {
                for beside in column.saturating_sub(1)..=(column + 1).min(columns - 1) {
                    let beside = beside_row * columns + beside;
                    if is_open[beside] {
                        is_open[beside] = false;
                        open.push(beside);
                    }
                }
            }
        }
        let fits = spot.height() <= largest(rows) && spot.right - spot.left < largest(columns);
        if fits && count >= LEAST {
            spots.push(spot);
        }
    }
    spots
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: usize = 128;
    const ROWS: usize = 124;

    /// A dark vitreous over a bright retina.
    fn eye() -> Vec<f32> {
        (0..ROWS * COLUMNS)
            .map(|index| {
                let noise = (index * 7919 % 23) as f32;
                if index / COLUMNS < 50 { 10.0 + noise } else { 150.0 + 4.0 * noise }
            })
            .collect()
    }

    /// An H of 7 x 5 samples.
    fn letter(samples: &mut [f32], top: usize, left: usize) {
        for row in 0..7 {
            for column in [0, 4] {
                samples[(top + row) * COLUMNS + left + column] = 255.0;
            }
        }
        for column in 0..5 {
            samples[(top + 3) * COLUMNS + left + column] = 250.0;
        }
    }

    fn marked(samples: &[f32]) -> usize {
        let mut is_padding = vec![false; samples.len()];
        mark(samples, COLUMNS, &mut is_padding);
        is_padding.iter().filter(|padding| **padding).count()
    }

    #[test]
    fn a_line_of_letters_in_the_vitreous_is_padding() {
        let mut samples = eye();
        for left in [10, 18, 26, 40] {
            letter(&mut samples, 8, left);
        }
        let found = marked(&samples);
        assert!((4 * 60..=4 * 11 * 9).contains(&found), "{found}");
    }

    #[test]
    fn thousands_of_spots_are_noise_and_cost_no_more_than_letters() {
        let columns = 1024;
        let is_spot = |index: usize| (index / columns % 6) < 2 && (index % columns % 6) < 2;
        let samples: Vec<f32> =
            (0..columns * 1024).map(|index| if is_spot(index) { 255.0 } else { 0.0 }).collect();
        let mut is_padding = vec![false; samples.len()];
        assert!(!mark(&samples, columns, &mut is_padding));
        assert!(!is_padding.contains(&true));
    }

    #[test]
    fn bright_spots_out_of_line_and_letters_in_tissue_are_left_alone() {
        assert_eq!(marked(&eye()), 0);
        let mut spots = eye();
        letter(&mut spots, 8, 10);
        letter(&mut spots, 30, 60);
        assert_eq!(marked(&spots), 0, "floaters");
        let mut within = eye();
        for left in [10, 18, 26, 40] {
            letter(&mut within, 80, left);
        }
        assert_eq!(marked(&within), 0, "they cannot be told from tissue");
    }
}
