//! Similarity Fusion and the attention gate.

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};

use super::instance_norm::normalise;
use super::pointwise::pointwise;
use crate::ops::seam::{
    AttentionParameters, EmbeddingParameters, Gated, LENGTHS_EPSILON, PointwiseParameters,
    SimilarityParameters,
};

fn embed(input: Tensor<4>, parameters: EmbeddingParameters) -> Tensor<4> {
    let EmbeddingParameters { weight, scale, shift } = parameters;
    normalise(pointwise(input, PointwiseParameters { weight, bias: None }), scale, shift, false)
}

/// See [`crate::ops::Operations::similarity`].
pub(super) fn similarity(detail: Tensor<4>, semantics: Tensor<4>, parameters: SimilarityParameters) -> Gated {
    let f = embed(detail.clone(), parameters.detail);
    let g = embed(semantics.clone(), parameters.semantics);
    let agreement = match parameters.sharpness {
        None => {
            let spread = (f.dims()[1] as f64).sqrt();
            (f * g).sum_dim(1).div_scalar(spread)
        }
        Some(sharpness) => {
            let square = |t: &Tensor<4>| (t.clone() * t.clone()).sum_dim(1);
            let lengths = (square(&f) * square(&g)).add_scalar(LENGTHS_EPSILON).sqrt();
            (f * g).sum_dim(1) / lengths * sharpness.reshape([1, 1, 1, 1])
        }
    };
    let similarity = sigmoid(agreement);
    // (1 - s) x + s y, written with one product.
    let features = detail.clone() + (semantics - detail) * similarity.clone();
    Gated { features, gate: similarity }
}

/// See [`crate::ops::Operations::attention`].
pub(super) fn attention(detail: Tensor<4>, semantics: Tensor<4>, parameters: AttentionParameters) -> Gated {
    let f = embed(detail.clone(), parameters.detail);
    let g = embed(semantics, parameters.semantics);
    let gate = sigmoid(pointwise(relu(f + g), parameters.gate));
    Gated { features: detail * gate.clone(), gate }
}
