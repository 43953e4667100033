//! The operations put together out of Burn's own: what trains, and what every
//! other implementation is held against.

mod conv_block;
#[cfg(feature = "training")]
mod differentiable_norm;
mod fusion;
mod instance_norm;
mod pointwise;
mod upsample;

use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;

use super::seam::{
    AttentionParameters, ConvBlockParameters, Gated, Operations, PointwiseParameters, SimilarityParameters,
};

/// The reference.
#[derive(Debug, Clone, Copy, Default)]
pub struct Composed;

impl Operations for Composed {
    fn conv_block(&self, input: Tensor<4>, parameters: ConvBlockParameters) -> Tensor<4> {
        conv_block::conv_block(input, parameters)
    }

    fn pointwise(&self, input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4> {
        pointwise::pointwise(input, parameters)
    }

    fn probabilities(&self, input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4> {
        sigmoid(pointwise::pointwise(input, parameters))
    }

    fn upsample(&self, input: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
        upsample::upsample(input, size)
    }

    fn concatenate(&self, first: Tensor<4>, second: Tensor<4>) -> Tensor<4> {
        Tensor::cat(vec![first, second], 1)
    }

    fn similarity(&self, detail: Tensor<4>, semantics: Tensor<4>, parameters: SimilarityParameters) -> Gated {
        fusion::similarity(detail, semantics, parameters)
    }

    fn attention(&self, detail: Tensor<4>, semantics: Tensor<4>, parameters: AttentionParameters) -> Gated {
        fusion::attention(detail, semantics, parameters)
    }
}
