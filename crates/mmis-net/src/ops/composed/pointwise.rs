//! A 1x1 convolution, written as the matrix product that it is: in browsers
//! Burn's convolution runs one pixel a thread without shared memory, its matrix
//! product is tiled.

use burn::tensor::Tensor;

use crate::ops::seam::PointwiseParameters;

/// See [`crate::ops::Operations::pointwise`].
pub(super) fn pointwise(input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4> {
    let PointwiseParameters { weight, bias } = parameters;
    let [batch, channels_in, rows, columns] = input.dims();
    let channels_out = weight.dims()[0];
    let mixed = weight
        .unsqueeze::<3>()
        .matmul(input.reshape([batch, channels_in, rows * columns]))
        .reshape([batch, channels_out, rows, columns]);
    match bias {
        Some(bias) => mixed + bias.reshape([1, channels_out, 1, 1]),
        None => mixed,
    }
}
