//! The running median of a picture.

use crate::rank::{key, of_key};

/// Samples on either side of a sample that its running median takes in.
const REACH: usize = 2;
/// Samples that a running median is of.
const NEAR: usize = 2 * REACH + 1;

/// The median along rows, then along columns: noise goes, straight edges stay. Samples are
/// ordered as by [`f32::total_cmp`].
pub(super) fn running_median(samples: &[f32], columns: usize) -> Vec<f32> {
    let mut along_rows = vec![0; samples.len()];
    let mut keys = vec![0; columns];
    for (line, along) in samples.chunks_exact(columns).zip(along_rows.chunks_exact_mut(columns)) {
        for (key_of, sample) in keys.iter_mut().zip(line) {
            *key_of = key(*sample);
        }
        median_along(&keys, along);
    }
    let rows = samples.len() / columns;
    let mut smooth = Vec::with_capacity(samples.len());
    let mut medians = vec![0; columns];
    for row in 0..rows {
        let lines = near(row, rows).map(|row| &along_rows[row * columns..(row + 1) * columns]);
        medians_of(lines, &mut medians);
        smooth.extend(medians.iter().map(|median| of_key(*median)));
    }
    smooth
}

/// The running median of one line.
fn median_along(line: &[i32], medians: &mut [i32]) {
    let length = line.len();
    if let Some(inner) = length.checked_sub(NEAR - 1) {
        let shifted = std::array::from_fn(|step| &line[step..step + inner]);
        medians_of(shifted, &mut medians[REACH..REACH + inner]);
    }
    let at_ends = (0..length).filter(|at| *at < REACH || at + REACH >= length);
    for at in at_ends {
        medians[at] = median(near(at, length).map(|at| line[at]));
    }
}

/// Where the samples near `at` stand; the first and the last go on beyond the ends.
fn near(at: usize, length: usize) -> [usize; NEAR] {
    std::array::from_fn(|step| (at + step).saturating_sub(REACH).min(length - 1))
}

/// The medians of what stands at one place of five lines.
fn medians_of(lines: [&[i32]; NEAR], medians: &mut [i32]) {
    // Of one length to the compiler, which then computes several at once.
    let [a, b, c, d, e] = lines.map(|line| &line[..medians.len()]);
    for (at, found) in medians.iter_mut().enumerate() {
        *found = median([a[at], b[at], c[at], d[at], e[at]]);
    }
}

/// The median of five without a branch: neither the least nor the largest of four is it.
fn median([a, b, c, d, e]: [i32; NEAR]) -> i32 {
    let low = a.min(b).max(c.min(d));
    let high = a.max(b).min(c.max(d));
    low.min(high).max(low.max(high).min(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_median_is_the_middle_of_five_sorted_along_rows_then_columns() {
        let special = [f32::NAN, -0.0, 0.0, f32::INFINITY, -f32::NAN, 1e38];
        let sample = |index: usize| match index * 7919 % 31 {
            kind if kind < special.len() => special[kind],
            kind => kind as f32 - 12.0,
        };
        for (rows, columns) in [(1, 1), (1, 2), (3, 5), (4, 4), (5, 3), (9, 13), (17, 8)] {
            let samples: Vec<f32> = (0..rows * columns).map(sample).collect();
            let middle = |place: &dyn Fn(usize) -> f32, at: usize, length: usize| {
                let mut near = near(at, length).map(place);
                near.sort_by(f32::total_cmp);
                near[REACH]
            };
            let along_rows: Vec<f32> = (0..rows * columns)
                .map(|at| middle(&|column| samples[at / columns * columns + column], at % columns, columns))
                .collect();
            let expected: Vec<u32> = (0..rows * columns)
                .map(|at| middle(&|row| along_rows[row * columns + at % columns], at / columns, rows))
                .map(f32::to_bits)
                .collect();
            let found = running_median(&samples, columns);
            assert_eq!(
                found.into_iter().map(f32::to_bits).collect::<Vec<_>>(),
                expected,
                "{rows} x {columns}"
            );
        }
    }
}
