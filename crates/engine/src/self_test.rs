//! The self-test: a fixed input through the real network must reproduce the
//! answer stored in the weight file. A driver that computes wrongly is refused
//! before it can show anybody a mask.

/// Rows and columns of the input.
pub const SIZE: usize = 64;
/// The answer holds every fourth row and column of every channel.
const STRIDE: usize = 4;
/// Largest deviation of a probability that is put down to rounding. Between
/// AVX, wasm SIMD and SwiftShader we saw less than 0.001.
pub const TOLERANCE: f32 = 0.01;

/// The input: `SIZE * SIZE` values, row by row, 0..=1. A band of layers with a
/// dark lens in it and noise of a fixed sequence, so that every part of the
/// network has something to answer.
pub fn input() -> Vec<f32> {
    let mut state = 0x2545_F491u32;
    (0..SIZE * SIZE)
        .map(|index| {
            let (row, column) = ((index / SIZE) as f32, (index % SIZE) as f32);
            // Marsaglia's 32-bit xorshift (J. Stat. Softw. 8(14), 2003).
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let noise = (state >> 16) as f32 / 65535.0;
            let band = if (20.0..48.0).contains(&row) { 0.45 } else { 0.05 };
            let epithelium = if (44.0..48.0).contains(&row) { 0.4 } else { 0.0 };
            let lens = ((row - 33.0) / 6.0).powi(2) + ((column - 30.0) / 12.0).powi(2);
            let value = if lens < 1.0 { 0.1 } else { band + epithelium };
            value * (0.75 + 0.5 * noise)
        })
        .collect()
}

/// The part of `probabilities` (`[labels, SIZE, SIZE]`, row by row) that is stored.
pub fn answer(probabilities: &[f32]) -> Vec<f32> {
    probabilities
        .chunks_exact(SIZE * SIZE)
        .flat_map(|channel| {
            (0..SIZE).step_by(STRIDE).flat_map(move |row| {
                (0..SIZE).step_by(STRIDE).map(move |column| channel[row * SIZE + column])
            })
        })
        .collect()
}

/// Largest deviation between two answers; infinite where they do not compare.
pub fn deviation(stored: &[f32], computed: &[f32]) -> f32 {
    if stored.is_empty() || stored.len() != computed.len() {
        return f32::INFINITY;
    }
    stored.iter().zip(computed).fold(0f32, |largest, (stored, computed)| {
        let difference = (stored - computed).abs();
        // A NaN must fail the test, and `max` would drop it.
        if difference.is_nan() { f32::INFINITY } else { largest.max(difference) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_a_missing_and_a_nan_answer_deviate() {
        assert_eq!(deviation(&[0.5, 0.25], &[0.5, 0.75]), 0.5);
        assert_eq!(deviation(&[0.5], &[]), f32::INFINITY);
        assert_eq!(deviation(&[], &[]), f32::INFINITY);
        assert_eq!(deviation(&[0.5, 0.5], &[0.5, f32::NAN]), f32::INFINITY);
    }

    #[test]
    fn the_input_is_the_same_on_every_machine() {
        let input = input();
        assert_eq!(input.len(), SIZE * SIZE);
        let sum: f64 = input.iter().map(|value| f64::from(*value)).sum();
        assert!((sum - SUM_OF_INPUT).abs() < 1e-2, "{sum}");
    }

    const SUM_OF_INPUT: f64 = 944.293;
}
