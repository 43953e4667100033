//! Separable resampling between a B-scan's own grid and the working grid.

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
}

/// Resampling of whole images between two grids.
#[derive(Debug, Clone)]
pub struct Resampler {
    rows: Axis,
    columns: Axis,
}

impl Resampler {
    /// From `[rows, columns]` to `[rows, columns]`.
    pub fn new(from: [usize; 2], to: [usize; 2]) -> Self {
        Self { rows: Axis::new(from[0], to[0]), columns: Axis::new(from[1], to[1]) }
    }

    /// Resamples one image, row by row in memory.
    pub fn apply(&self, image: &[f32]) -> Vec<f32> {
        let (columns_in, columns_out) = (self.columns.input, self.columns.taps.len());
        // Columns first: each row is short and stays in cache.
        let mut narrowed = vec![0f32; self.rows.input * columns_out];
        for (row, out) in image.chunks_exact(columns_in).zip(narrowed.chunks_exact_mut(columns_out)) {
            for (value, (first, weights)) in out.iter_mut().zip(&self.columns.taps) {
                let samples = &row[*first..*first + weights.len()];
                *value = samples.iter().zip(weights).map(|(sample, weight)| sample * weight).sum();
            }
        }
        // Then rows, whole rows at a time, which vectorises.
        let mut output = vec![0f32; self.rows.taps.len() * columns_out];
        for (out, (first, weights)) in output.chunks_exact_mut(columns_out).zip(&self.rows.taps) {
            for (offset, weight) in weights.iter().enumerate() {
                let start = (first + offset) * columns_out;
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
    fn a_ramp_keeps_its_place_when_enlarged() {
        let ramp: Vec<f32> = (0..8).map(|n| n as f32).collect();
        let enlarged = Resampler::new([1, 8], [1, 32]).apply(&ramp);
        for (position, value) in enlarged.iter().enumerate().take(28).skip(4) {
            let expected = (position as f32 + 0.5) / 4.0 - 0.5;
            assert!((value - expected).abs() < 1e-5);
        }
    }
}
