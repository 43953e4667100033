//! What of a B-scan is padding: cells that hold no sample of the eye.
//!
//! Four things say so, and nothing else does, since bright tissue saturates too:
//!
//! - the file, by a range of values ([`StatedPadding`]);
//! - floats that are no number, or as large as Heidelberg's mark for what was not
//!   scanned;
//! - the picture, by regions along its border of one value that end in a straight line
//!   ([`border`]): what registration moved in, and letterboxes;
//! - letters that were burned into the dark ([`text`]).

pub mod border;
mod edge;
mod median;
mod region;
mod spots;
mod stated;
pub mod text;

pub use region::Region;
pub use stated::StatedPadding;

use std::borrow::Cow;

use crate::rank::{key, of_key};

/// Floats from here on, and below its negative, say that there is no sample.
pub(crate) const NO_SAMPLE: f32 = 1e30;

/// Samples of a B-scan with what of them is padding, both row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// `rows * columns` samples in the file's own units; padding holds the darkest sample
    /// of the eye.
    pub samples: Vec<f32>,
    /// Whether a cell is padding.
    pub is_padding: Vec<bool>,
    /// Samples of a row.
    columns: usize,
}

impl Scanned {
    /// Finds the padding of a B-scan of `columns` columns, whose cells may be no numbers.
    pub(crate) fn of(mut samples: Vec<f32>, columns: usize, stated: Option<StatedPadding>) -> Self {
        let mut is_padding: Vec<bool> = samples.iter().map(|s| !is_sample(*s)).collect();
        if let Some(stated) = stated {
            stated.mark(&samples, columns, &mut is_padding);
        }
        border::mark(&samples, columns, &mut is_padding);
        // Letters may stand on a canvas, which goes on behind them.
        if text::mark(&samples, columns, &mut is_padding) {
            border::mark(&samples, columns, &mut is_padding);
        }
        if is_padding.contains(&true) {
            let of_eye = samples.iter().zip(&is_padding).filter(|(_, padding)| !**padding);
            let darkest = of_eye.map(|(sample, _)| key(*sample)).min().map_or(0.0, of_key);
            for (sample, padding) in samples.iter_mut().zip(&is_padding) {
                *sample = if *padding { darkest } else { *sample };
            }
        }
        Self { samples, is_padding, columns }
    }

    /// For each of `columns` whether all of it is padding; of no length where none is.
    pub fn unscanned_columns(&self) -> Vec<bool> {
        let mut all = vec![self.is_padding.contains(&true); self.columns];
        for row in self.is_padding.chunks_exact(self.columns.max(1)) {
            all.iter_mut().zip(row).for_each(|(all, padding)| *all &= padding);
        }
        if all.contains(&true) { all } else { Vec::new() }
    }

    /// The samples that are no padding.
    pub(crate) fn of_eye(&self) -> Cow<'_, [f32]> {
        if !self.is_padding.contains(&true) {
            return Cow::Borrowed(&self.samples);
        }
        let of_eye = self.samples.iter().zip(&self.is_padding).filter(|(_, padding)| !**padding);
        of_eye.map(|(sample, _)| *sample).collect()
    }
}

/// A cell as a sample, 0 where it holds none.
pub fn sample_or_zero(value: f32) -> f32 {
    if is_sample(value) { value } else { 0.0 }
}

/// Whether a cell holds a number that a device measured.
pub fn is_sample(value: f32) -> bool {
    value.abs() < NO_SAMPLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canvas_goes_on_behind_the_letters_on_it() {
        let (columns, rows) = (128, 124);
        let noise = |index: usize| (index * 7919 % 23) as f32;
        let eye = |index: usize| match index / columns {
            row if row < 50 => 10.0 + noise(index),
            _ => 150.0 + 4.0 * noise(index),
        };
        let mut samples: Vec<f32> = (0..rows * columns).map(eye).collect();
        samples.resize((rows + 60) * columns, 0.0);
        for left in [10, 18, 26, 40, 48] {
            for row in rows + 20..rows + 27 {
                for column in [left, left + 4] {
                    samples[row * columns + column] = 255.0;
                }
                samples[(rows + 23) * columns + left + row - rows - 20] = 250.0;
            }
        }
        let scanned = Scanned::of(samples, columns, None);
        let seen = Region::without_padding(&scanned.is_padding, columns);
        assert_eq!(seen, Region::whole([rows, columns]));
    }

    #[test]
    fn what_is_no_number_is_padding_and_holds_the_darkest_sample() {
        let cells = vec![-3.0, f32::NAN, f32::MAX, -7.5, f32::INFINITY, 2.0];
        let scanned = Scanned::of(cells, 3, None);
        assert_eq!(scanned.samples, [-3.0, -7.5, -7.5, -7.5, -7.5, 2.0]);
        assert_eq!(scanned.is_padding, [false, true, true, false, true, false]);
    }
}
