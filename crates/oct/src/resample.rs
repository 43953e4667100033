//! Separable resampling between a B-scan's own grid and the working grid.

use std::ops::Range;

/// Resampling along one axis with a triangle filter: bilinear when enlarging,
/// widened to the ratio when shrinking, so that speckle averages instead of
/// aliasing. Sample positions are pixel centres.
#[derive(Debug, Clone)]
pub struct Axis {
    input: usize,
    /// First input sample and weights of each output sample.
    taps: Vec<(usize, Vec<f32>)>,
}

impl Axis {
    /// From `input` to `output` samples, both at least 1.
    pub fn new(input: usize, output: usize) -> Self {
        let ratio = input as f64 / output as f64;
        let support = ratio.max(1.0);
        let taps = (0..output)
            .map(|position| {
                let centre = (position as f64 + 0.5) * ratio - 0.5;
                let first = (centre - support).ceil().max(0.0) as usize;
                let last = ((centre + support).floor().max(0.0) as usize).min(input - 1);
                let first = first.min(last);
                let weights: Vec<f64> = (first..=last)
                    .map(|sample| (1.0 - (sample as f64 - centre).abs() / support).max(0.0))
                    .collect();
                let sum: f64 = weights.iter().sum();
                if sum > 0.0 {
                    (first, weights.iter().map(|weight| (weight / sum) as f32).collect())
                } else {
                    (first, vec![1.0])
                }
            })
            .collect();
        Self { input, taps }
    }

    /// The output samples that `input` samples have a share in.
    pub fn reached_by(&self, input: Range<usize>) -> Range<usize> {
        let reached =
            |(first, weights): &(usize, Vec<f32>)| *first < input.end && first + weights.len() > input.start;
        let start = self.taps.iter().position(reached).unwrap_or(0);
        start..self.taps.iter().rposition(reached).map_or(start, |last| last + 1)
    }

    /// These output samples alone.
    pub fn only(&self, output: Range<usize>) -> Self {
        Self { input: self.input, taps: self.taps[output].to_vec() }
    }

    /// The input samples that any output sample takes.
    fn taken(&self) -> Range<usize> {
        let start = self.taps.iter().map(|(first, _)| *first).min().unwrap_or(0);
        start..self.taps.iter().map(|(first, weights)| first + weights.len()).max().unwrap_or(0)
    }
}

/// Resampling of whole images between two grids.
#[derive(Debug, Clone)]
pub struct Resampler {
    /// From row to row.
    pub rows: Axis,
    /// From column to column.
    pub columns: Axis,
}

/// Rows that are resampled at once, each in a lane of its own.
const LANES: usize = 8;

impl Resampler {
    /// From `[rows, columns]` to `[rows, columns]`.
    pub fn new(from: [usize; 2], to: [usize; 2]) -> Self {
        Self { rows: Axis::new(from[0], to[0]), columns: Axis::new(from[1], to[1]) }
    }

    /// Resamples one image, row by row in memory.
    pub fn apply(&self, image: &[f32]) -> Vec<f32> {
        let (columns_in, columns_out) = (self.columns.input, self.columns.taps.len());
        let taken = self.rows.taken();
        if taken.is_empty() || columns_out == 0 {
            return Vec::new();
        }
        // Columns first: each row is short and stays in cache.
        let mut narrowed = vec![0f32; taken.len() * columns_out];
        let lines = image[taken.start * columns_in..taken.end * columns_in].chunks(LANES * columns_in);
        let mut turned = vec![[0f32; LANES]; columns_in];
        for (lines, narrowed) in lines.zip(narrowed.chunks_mut(LANES * columns_out)) {
            for (lane, line) in lines.chunks_exact(columns_in).enumerate() {
                for (samples, sample) in turned.iter_mut().zip(line) {
                    samples[lane] = *sample;
                }
            }
            for (column, (first, weights)) in self.columns.taps.iter().enumerate() {
                // What a sum begins with: so -0 stays what it is.
                let mut sums = [-0f32; LANES];
                for (samples, weight) in turned[*first..].iter().zip(weights) {
                    for (sum, sample) in sums.iter_mut().zip(samples) {
                        *sum += sample * weight;
                    }
                }
                for (line, sum) in narrowed.chunks_exact_mut(columns_out).zip(sums) {
                    line[column] = sum;
                }
            }
        }
        // Then rows, whole rows at a time, which vectorises.
        let mut output = vec![0f32; self.rows.taps.len() * columns_out];
        for (out, (first, weights)) in output.chunks_exact_mut(columns_out).zip(&self.rows.taps) {
            for (offset, weight) in weights.iter().enumerate() {
                let start = (first + offset - taken.start) * columns_out;
                for (value, sample) in out.iter_mut().zip(&narrowed[start..start + columns_out]) {
                    *value += sample * weight;
                }
            }
        }
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_image_stays_constant_whatever_the_sizes() {
        for (from, to) in [([7, 5], [16, 32]), ([64, 100], [16, 16]), ([1, 1], [4, 4]), ([9, 3], [1, 1])] {
            let image = vec![3.5; from[0] * from[1]];
            let resampled = Resampler::new(from, to).apply(&image);
            assert_eq!(resampled.len(), to[0] * to[1]);
            assert!(resampled.iter().all(|value| (value - 3.5).abs() < 1e-5), "{from:?} to {to:?}");
        }
    }

    #[test]
    fn the_same_size_changes_nothing() {
        let image: Vec<f32> = (0..35).map(|n| n as f32).collect();
        assert_eq!(Resampler::new([7, 5], [7, 5]).apply(&image), image);
    }

    #[test]
    fn shrinking_averages_instead_of_picking() {
        let stripes: Vec<f32> = (0..64).map(|n| (n % 2) as f32).collect();
        let shrunk = Resampler::new([1, 64], [1, 16]).apply(&stripes);
        assert!(shrunk[2..14].iter().all(|value| (value - 0.5).abs() < 0.02), "{shrunk:?}");
    }

    #[test]
    fn a_part_of_the_output_is_what_the_whole_holds_there() {
        let image: Vec<f32> = (0..19 * 23).map(|n| (n * 7919 % 101) as f32 / 7.0).collect();
        for to in [[40, 31], [7, 50], [19, 23]] {
            let all = Resampler::new([19, 23], to);
            let (rows, columns) = (all.rows.reached_by(5..9), all.columns.reached_by(20..21));
            let part =
                Resampler { rows: all.rows.only(rows.clone()), columns: all.columns.only(columns.clone()) };
            let whole = all.apply(&image);
            let expected: Vec<f32> =
                rows.flat_map(|row| whole[row * to[1]..][columns.clone()].to_vec()).collect();
            assert_eq!(part.apply(&image), expected);
        }
    }

    #[test]
    fn a_ramp_keeps_its_place_when_enlarged() {
        let ramp: Vec<f32> = (0..8).map(|n| n as f32).collect();
        let enlarged = Resampler::new([1, 8], [1, 32]).apply(&ramp);
        for (position, value) in enlarged.iter().enumerate().take(28).skip(4) {
            let expected = (position as f32 + 0.5) / 4.0 - 0.5;
            assert!((value - expected).abs() < 1e-5);
        }
    }
}
