//! Padding by what the file says.

use serde::{Deserialize, Serialize};

use super::is_sample;

/// A value that no sample of the eye has lies this share of their range away from them.
const APART: f32 = 0.05;

/// Values that the file says are no samples: DICOM's Pixel Padding Value and its Range
/// Limit (PS3.3 C.7.5.1.1.2), in the units of the volume's samples, both included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StatedPadding {
    low: f32,
    high: f32,
}

impl StatedPadding {
    /// From one value to another, in either order.
    pub fn new(one: f32, other: f32) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }

    /// Whether `value` is one of these.
    pub fn contains(&self, value: f32) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Marks padding in a B-scan. A value far from those of the eye is padding wherever it
    /// stands. One that the eye has too, as a stated 0 where black is 0, is padding where it
    /// hangs together with the border: a black cyst is none. White ones are left to
    /// [`super::border`], since a saturated layer reaches the border as well.
    pub(crate) fn mark(&self, samples: &[f32], columns: usize, is_padding: &mut [bool]) {
        let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
        for sample in samples.iter().filter(|sample| is_sample(**sample) && !self.contains(**sample)) {
            (least, most) = (least.min(*sample), most.max(*sample));
        }
        let gap = APART * (most - least);
        if least > most || self.high < least - gap || self.low > most + gap {
            for (padding, sample) in is_padding.iter_mut().zip(samples) {
                *padding |= self.contains(*sample);
            }
        } else if self.low <= least {
            self.mark_from_border(samples, columns, is_padding);
        }
    }

    fn mark_from_border(&self, samples: &[f32], columns: usize, is_padding: &mut [bool]) {
        let rows = samples.len() / columns.max(1);
        let mut open: Vec<usize> = (0..rows * columns)
            .filter(|index| {
                let (row, column) = (index / columns, index % columns);
                row == 0 || column == 0 || row + 1 == rows || column + 1 == columns
            })
            .filter(|index| self.contains(samples[*index]))
            .collect();
        for index in &open {
            is_padding[*index] = true;
        }
        while let Some(index) = open.pop() {
            let (row, column) = (index / columns, index % columns);
            let neighbours = [
                (row > 0).then(|| index - columns),
                (row + 1 < rows).then(|| index + columns),
                (column > 0).then(|| index - 1),
                (column + 1 < columns).then(|| index + 1),
            ];
            for neighbour in neighbours.into_iter().flatten() {
                if !is_padding[neighbour] && self.contains(samples[neighbour]) {
                    is_padding[neighbour] = true;
                    open.push(neighbour);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(stated: StatedPadding, samples: &[f32], columns: usize) -> Vec<bool> {
        let mut is_padding = vec![false; samples.len()];
        stated.mark(samples, columns, &mut is_padding);
        is_padding
    }

    #[test]
    fn a_value_that_no_tissue_has_is_padding_everywhere() {
        let samples = [10.0, 20.0, 30.0, 40.0, -2000.0, 50.0, 60.0, 70.0, 80.0];
        let expected = [false, false, false, false, true, false, false, false, false];
        assert_eq!(marked(StatedPadding::new(-2000.0, -2000.0), &samples, 3), expected);
        assert_eq!(marked(StatedPadding::new(-1000.0, -3000.0), &samples, 3), expected, "in either order");
    }

    #[test]
    fn black_is_padding_only_where_it_hangs_together_with_the_border() {
        let samples = [0.0, 1.0, 200.0, 3.0, 1.0, 0.0, 1.0, 2.0, 2.0, 3.0, 1.0, 2.0];
        let found = marked(StatedPadding::new(0.0, 0.0), &samples, 4);
        assert!(found[0] && !found[5], "a black cyst stays tissue: {found:?}");
    }

    #[test]
    fn white_that_saturated_tissue_has_too_is_not_believed_without_a_look() {
        let samples = [255.0, 255.0, 250.0, 10.0, 245.0, 20.0];
        assert_eq!(marked(StatedPadding::new(255.0, 255.0), &samples, 3), [false; 6]);
    }
}
