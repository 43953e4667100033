//! Padding by the look of the picture: text that was burned in.
//!
//! Letters are small, bright, alone in the dark and at least three in a line. Tissue is
//! large or lies in tissue, and bright spots in the vitreous do not line up.

use super::spots::{Spot, spots};
use crate::rank::extremes_but;

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

/// Whether both may stand in one line: as high, at one height, not far apart.
fn go_on(one: &Spot, other: &Spot) -> bool {
    let shared = (one.bottom.min(other.bottom) + 1).saturating_sub(one.top.max(other.top));
    let [low, high] = [one.height().min(other.height()), one.height().max(other.height())];
    let gap = other.left.max(one.left).saturating_sub(one.right.min(other.right));
    2 * shared > low && 2 * low >= high && gap <= 3 * high
}

/// Marks burned-in letters in a B-scan; whether there were any.
///
/// # Shapes
/// - `samples`, `is_padding`: rows x `columns`, row by row
pub fn mark(samples: &[f32], columns: usize, is_padding: &mut [bool]) -> bool {
    let rows = samples.len() / columns.max(1);
    let [black, white] = extremes_but(samples, is_padding);
    if black >= white {
        return false;
    }
    let grey = |sample: f32| (sample - black) / (white - black);
    let is_bright: Vec<bool> = samples
        .iter()
        .zip(is_padding.iter())
        .map(|(sample, padding)| !padding & (grey(*sample) >= BRIGHT))
        .collect();
    let largest = |size: usize| (size as f32 * LARGEST) as usize;
    let is_dark = |index: usize| is_padding[index] || grey(samples[index]) <= DARK;
    let letters: Vec<Spot> = spots(&is_bright, columns)
        .into_iter()
        .filter(|spot| spot.height() <= largest(rows) && spot.width() <= largest(columns))
        .filter(|spot| spot.cells >= LEAST && is_alone(spot, [rows, columns], is_dark))
        .collect();
    if letters.len() > MOST {
        return false;
    }
    let mut found = false;
    for letter in &letters {
        // A letter goes on with itself.
        let line = letters.iter().filter(|other| go_on(letter, other)).take(IN_LINE).count();
        if line == IN_LINE {
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

/// Whether what lies around a letter, as far again as its blur, is dark. Letters to both
/// sides are no darkness: only above and below counts.
fn is_alone(letter: &Spot, [rows, columns]: [usize; 2], is_dark: impl Fn(usize) -> bool) -> bool {
    let above = letter.top.saturating_sub(2 * BLUR)..letter.top.saturating_sub(BLUR);
    let below = (letter.bottom + BLUR + 1).min(rows)..(letter.bottom + 2 * BLUR + 1).min(rows);
    let (left, right) = (letter.left.saturating_sub(BLUR), (letter.right + BLUR).min(columns - 1));
    let (mut dark, mut all) = (0, 0);
    for row in above.chain(below) {
        all += right + 1 - left;
        dark += (row * columns + left..=row * columns + right).filter(|index| is_dark(*index)).count();
    }
    dark as f32 >= ALONE * all as f32
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
