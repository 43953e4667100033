//! Weights of one fusion as the start of a wider one.

use super::file::Arrays;

/// Fills `into`, a network with [`FusionKind::SimilarityBeside`](crate::FusionKind),
/// with `from`, the same network with [`FusionKind::SimilarityDot`](crate::FusionKind).
/// The layers behind a fusion read semantics with weights of zero at first, so
/// the network answers as `from` does until it learns otherwise. Arrays that are
/// no such network's stay as they are.
pub fn put_semantics_beside(from: &Arrays, into: &Arrays) -> Arrays {
    let wider = |(name, array): (&String, &(Vec<usize>, Vec<f32>))| {
        let name = name.replace(".fusion.Similarity.", ".fusion.Beside.");
        let inputs = into.get(&name).and_then(|(shape, _)| shape.get(1).copied()).unwrap_or(0);
        (name, with_inputs(array, inputs))
    };
    from.iter().map(wider).collect()
}

/// `array`, `[outputs, inputs, ...]`, with weights of zero for inputs up to `inputs`.
fn with_inputs((shape, values): &(Vec<usize>, Vec<f32>), inputs: usize) -> (Vec<usize>, Vec<f32>) {
    let mut wider = (shape.clone(), values.clone());
    let (Some(&outputs), Some(&before)) = (shape.first(), shape.get(1)) else { return wider };
    let row = values.len() / outputs.max(1);
    if before == 0 || inputs <= before || row == 0 {
        return wider;
    }
    let width = row / before * inputs;
    let rows = values.chunks_exact(row);
    wider.1 =
        rows.flat_map(|row| row.iter().copied().chain(std::iter::repeat_n(0.0, width - row.len()))).collect();
    wider.0[1] = inputs;
    wider
}
