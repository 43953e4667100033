//! Instance normalisation with fewer passes over memory.

#[cfg(feature = "training")]
mod differentiable;

use burn::module::{Initializer, Module, Param};
use burn::tensor::activation::leaky_relu;
use burn::tensor::{Device, Tensor};

/// Added to the variance, as nnU-Net does.
pub const EPSILON: f64 = 1e-5;

/// nnU-Net's slope of the leaky ReLU for negative inputs.
pub const NEGATIVE_SLOPE: f64 = 0.01;

/// Configuration of [`InstanceNorm`].
#[derive(Debug, Clone)]
pub struct InstanceNormConfig {
    channels: usize,
}

impl InstanceNormConfig {
    /// For `channels` channels.
    pub fn new(channels: usize) -> Self {
        Self { channels }
    }

    /// Scale 1 and shift 0 on `device`.
    pub fn init(&self, device: &Device) -> InstanceNorm {
        InstanceNorm {
            scale: Initializer::Ones.init([self.channels], device),
            shift: Initializer::Zeros.init([self.channels], device),
        }
    }
}

/// Normalises each channel of each sample to mean 0 and variance 1, then scales
/// and shifts it. \[strong\]: nnU-Net's norm.
///
/// Burn's own walks seven times over the feature map (mean, subtract, square,
/// mean, divide, multiply, add); here the statistics are folded into one factor
/// and one offset a channel, which leaves five. Without kernel fusion, as in
/// the browser, those passes cost more than the convolutions they follow.
#[derive(Module, Debug)]
pub struct InstanceNorm {
    /// `[channels]`
    pub scale: Param<Tensor<1>>,
    /// `[channels]`
    pub shift: Param<Tensor<1>>,
}

impl InstanceNorm {
    /// # Shapes
    /// - `input` and output: `[batch, channels, rows, columns]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.normalised(input, false)
    }

    /// As [`Self::forward`], and a leaky ReLU of slope [`NEGATIVE_SLOPE`] after it.
    pub fn forward_leaky(&self, input: Tensor<4>) -> Tensor<4> {
        self.normalised(input, true)
    }

    fn normalised(&self, input: Tensor<4>, activated: bool) -> Tensor<4> {
        #[cfg(feature = "training")]
        if input.device().is_autodiff() {
            return differentiable::normalise(input, self.scale.val(), self.shift.val(), activated);
        }
        self.composed(input, activated)
    }

    fn composed(&self, input: Tensor<4>, activated: bool) -> Tensor<4> {
        let [batch, channels, rows, columns] = input.dims();
        let flat = input.reshape([batch, channels, rows * columns]);
        let mean = flat.clone().mean_dim(2);
        let mean_of_squares = flat.clone().powi_scalar(2).mean_dim(2);
        // Rounding can take the difference a hair below zero on a constant channel.
        let variance = (mean_of_squares - mean.clone().powi_scalar(2)).clamp_min(0.0);
        let factor = self.scale.val().reshape([1, channels, 1]) / variance.add_scalar(EPSILON).sqrt();
        let offset = self.shift.val().reshape([1, channels, 1]) - mean * factor.clone();
        let output = (flat * factor + offset).reshape([batch, channels, rows, columns]);
        if activated { leaky_relu(output, NEGATIVE_SLOPE) } else { output }
    }
}

#[cfg(all(test, any(feature = "training-flex", feature = "training-tch")))]
mod tests {
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
        let mut norm = InstanceNormConfig::new(3).init(&device);
        let of_channels = |seed| {
            let data = burn::tensor::TensorData::new(numbers(seed, 3), [3]);
            Param::from_tensor(Tensor::<1>::from_data(data, &device).require_grad())
        };
        (norm.scale, norm.shift) = (of_channels(1), of_channels(2));
        let input = tensor(3).require_grad();
        let output = if composed {
            norm.composed(input.clone(), activated)
        } else {
            norm.normalised(input.clone(), activated)
        };
        let gradients = (output.clone() * tensor(4)).sum().backward();
        let values = |tensor: Tensor<1>| tensor.into_data().iter::<f32>().collect::<Vec<_>>();
        [
            values(output.reshape([120])),
            values(input.grad(&gradients).unwrap().reshape([120])),
            values(norm.scale.val().grad(&gradients).unwrap()),
            values(norm.shift.val().grad(&gradients).unwrap()),
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
