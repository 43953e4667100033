//! Weights of one fusion as the start of a wider or a narrower one.

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

/// Fills `into`, a network with [`FusionKind::SimilarityDot`](crate::FusionKind), with
/// `from`, the same network with [`FusionKind::SimilarityBeside`](crate::FusionKind): the
/// way back from [`put_semantics_beside`]. What the layers behind a fusion read of semantics is
/// lost, so that the network answers otherwise than `from` until it learns again. Arrays that
/// are no such network's stay as they are.
pub fn leave_semantics_out(from: &Arrays, into: &Arrays) -> Arrays {
    let narrower = |(name, array): (&String, &(Vec<usize>, Vec<f32>))| {
        let name = name.replace(".fusion.Beside.", ".fusion.Similarity.");
        let inputs = into.get(&name).and_then(|(shape, _)| shape.get(1).copied()).unwrap_or(usize::MAX);
        (name, without_inputs(array, inputs))
    };
    from.iter().map(narrower).collect()
}

/// `array`, `[outputs, inputs, ...]`, without the inputs from `inputs` on.
fn without_inputs((shape, values): &(Vec<usize>, Vec<f32>), inputs: usize) -> (Vec<usize>, Vec<f32>) {
    let mut narrower = (shape.clone(), values.clone());
    let (Some(&outputs), Some(&before)) = (shape.first(), shape.get(1)) else { return narrower };
    let row = values.len() / outputs.max(1);
    if inputs >= before || row == 0 {
        return narrower;
    }
    narrower.1 = values.chunks_exact(row).flat_map(|all| &all[..row / before * inputs]).copied().collect();
    narrower.0[1] = inputs;
    narrower
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_widened_comes_back_as_it_was() {
        let narrow: Arrays = [
            ("decoder.0.fusion.Similarity.f.weight".to_owned(), (vec![2, 3], vec![1.0; 6])),
            ("decoder.0.block.weight".to_owned(), (vec![2, 3, 1, 2], (0..12).map(|n| n as f32).collect())),
            ("decoder.0.block.bias".to_owned(), (vec![2], vec![5.0, 6.0])),
        ]
        .into();
        let mut wide = narrow.clone();
        let array = wide.remove("decoder.0.fusion.Similarity.f.weight").unwrap();
        wide.insert("decoder.0.fusion.Beside.f.weight".to_owned(), array);
        wide.insert("decoder.0.block.weight".to_owned(), (vec![2, 6, 1, 2], vec![0.0; 24]));
        let widened = put_semantics_beside(&narrow, &wide);
        assert_eq!(widened["decoder.0.block.weight"].0, [2, 6, 1, 2]);
        assert_eq!(leave_semantics_out(&widened, &narrow), narrow);
    }
}
