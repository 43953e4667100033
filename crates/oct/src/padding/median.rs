//! The running median of a picture.

/// Samples on either side of a sample that its running median takes in.
const REACH: usize = 2;
/// Columns as rows.
pub(super) fn transposed<T: Copy>(cells: &[T], columns: usize) -> Vec<T> {
    (0..columns).flat_map(|column| cells.iter().skip(column).step_by(columns).copied()).collect()
}

/// The median along rows, then along columns: noise goes, straight edges stay.
pub(super) fn running_median(samples: &[f32], columns: usize) -> Vec<f32> {
    let along = |samples: &[f32], length: usize| -> Vec<f32> {
        let mut medians = Vec::with_capacity(samples.len());
        for line in samples.chunks_exact(length) {
            for at in 0..length {
                let mut near: [f32; 2 * REACH + 1] =
                    std::array::from_fn(|step| line[(at + step).saturating_sub(REACH).min(length - 1)]);
                near.sort_unstable_by(f32::total_cmp);
                medians.push(near[REACH]);
            }
        }
        medians
    };
    let rows = samples.len() / columns;
    transposed(&along(&transposed(&along(samples, columns), columns), rows), rows)
}
