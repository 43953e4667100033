//! Nearest-neighbour upsampling: a transposed convolution would run Burn's
//! direct kernel in browsers, and the refining 3x3 block smooths.

use burn::tensor::Tensor;
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};

/// See [`crate::ops::Operations::upsample`].
pub(super) fn upsample(input: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    interpolate(input, InterpolateOptions::new(InterpolateMode::Nearest).with_output_size(size))
}
