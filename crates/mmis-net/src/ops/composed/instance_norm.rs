//! Instance normalisation with fewer passes over memory.
//!
//! Burn's own walks seven times over the feature map (mean, subtract, square,
//! mean, divide, multiply, add); here the statistics are folded into one factor
//! and one offset a channel, which leaves five. Without kernel fusion, as in
//! the browser, those passes cost more than the convolutions they follow.

use burn::tensor::Tensor;
use burn::tensor::activation::leaky_relu;

use crate::ops::seam::{EPSILON, NEGATIVE_SLOPE};

/// The norm of [`crate::ops::Operations::conv_block`], and its leaky ReLU where
/// it is `activated`.
///
/// # Shapes
/// - `input` and output: `[batch, channels, rows, columns]`
/// - `scale`, `shift`: `[channels]`
pub(super) fn normalise(input: Tensor<4>, scale: Tensor<1>, shift: Tensor<1>, activated: bool) -> Tensor<4> {
    #[cfg(feature = "training")]
    if input.device().is_autodiff() {
        return super::differentiable_norm::normalise(input, scale, shift, activated);
    }
    folded(input, scale, shift, activated)
}

fn folded(input: Tensor<4>, scale: Tensor<1>, shift: Tensor<1>, activated: bool) -> Tensor<4> {
    let [batch, channels, rows, columns] = input.dims();
    let flat = input.reshape([batch, channels, rows * columns]);
    let mean = flat.clone().mean_dim(2);
    let mean_of_squares = flat.clone().powi_scalar(2).mean_dim(2);
    // Rounding can take the difference a hair below zero on a constant channel.
    let variance = (mean_of_squares - mean.clone().powi_scalar(2)).clamp_min(0.0);
    let factor = scale.reshape([1, channels, 1]) / variance.add_scalar(EPSILON).sqrt();
    let offset = shift.reshape([1, channels, 1]) - mean * factor.clone();
    let output = (flat * factor + offset).reshape([batch, channels, rows, columns]);
    if activated { leaky_relu(output, NEGATIVE_SLOPE) } else { output }
}

#[cfg(all(test, any(feature = "training-flex", feature = "training-tch")))]
mod tests {
    use burn::tensor::Device;

    use super::*;

    /// The processors that this build trains on.
    fn processors() -> Vec<Device> {
        vec![
            #[cfg(feature = "training-flex")]
            Device::flex(),
            #[cfg(feature = "training-tch")]
            #[expect(deprecated, reason = "weights are trained on it")]
            Device::libtorch(),
        ]
    }

    /// Output and gradients of a loss that weighs every pixel differently, as one
    /// operation or composed of Burn's.
    #[allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
    fn passes(device: &Device, activated: bool, composed: bool) -> [Vec<f32>; 4] {
        let device = device.clone().autodiff();
        let shape = [2, 3, 4, 5];
        let numbers = |seed: usize, count: usize| -> Vec<f32> {
            (0..count).map(|n| ((n * 37 + seed * 101) as f32 * 0.618_034).fract() * 4.0 - 1.5).collect()
        };
        let tensor = |seed| {
            let data = burn::tensor::TensorData::new(numbers(seed, 120), shape);
            Tensor::<4>::from_data(data, &device)
        };
        let of_channels = |seed| {
            let data = burn::tensor::TensorData::new(numbers(seed, 3), [3]);
            Tensor::<1>::from_data(data, &device).require_grad()
        };
        let (scale, shift) = (of_channels(1), of_channels(2));
        let input = tensor(3).require_grad();
        let norm = if composed { folded } else { normalise };
        let output = norm(input.clone(), scale.clone(), shift.clone(), activated);
        let gradients = (output.clone() * tensor(4)).sum().backward();
        let values = |tensor: Tensor<1>| tensor.into_data().iter::<f32>().collect::<Vec<_>>();
        [
            values(output.reshape([120])),
            values(input.grad(&gradients).unwrap().reshape([120])),
            values(scale.grad(&gradients).unwrap()),
            values(shift.grad(&gradients).unwrap()),
        ]
    }

    #[test]
    fn the_one_operation_gives_the_outputs_and_gradients_of_the_many() {
        let both = processors().into_iter().flat_map(|device| [(device.clone(), true), (device, false)]);
        for (device, activated) in both {
            let (one, many) = (passes(&device, activated, false), passes(&device, activated, true));
            for (part, (one, many)) in ["output", "input", "scale", "shift"].iter().zip(one.iter().zip(&many))
            {
                assert!(many.iter().any(|value| value.abs() > 0.1), "{part} is not tested");
                for (a, b) in one.iter().zip(many) {
                    assert!((a - b).abs() < 1e-4, "{device:?}, {part}, activated {activated}: {a} and {b}");
                }
            }
        }
    }
}
