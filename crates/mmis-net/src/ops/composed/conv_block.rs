//! Convolution, instance norm, leaky ReLU.

use burn::tensor::Tensor;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;

use super::instance_norm::normalise;
use crate::ops::seam::ConvBlockParameters;

/// See [`crate::ops::Operations::conv_block`].
pub(super) fn conv_block(input: Tensor<4>, parameters: ConvBlockParameters) -> Tensor<4> {
    let ConvBlockParameters { weight, scale, shift, stride } = parameters;
    let options = ConvOptions::new_with_padding([stride; 2], [(1, 1); 2], [1; 2], 1);
    // No bias: the norm that follows takes any out again.
    normalise(conv2d(input, weight, None, options), scale, shift, true)
}
