//! Instance normalisation with fewer passes over memory.

use burn::module::{Initializer, Module, Param};
use burn::tensor::{Device, Tensor};

/// Added to the variance, as nnU-Net does.
pub const EPSILON: f64 = 1e-5;

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
        let [batch, channels, rows, columns] = input.dims();
        let flat = input.reshape([batch, channels, rows * columns]);
        let mean = flat.clone().mean_dim(2);
        let mean_of_squares = flat.clone().powi_scalar(2).mean_dim(2);
        // Rounding can take the difference a hair below zero on a constant channel.
        let variance = (mean_of_squares - mean.clone().powi_scalar(2)).clamp_min(0.0);
        let factor = self.scale.val().reshape([1, channels, 1]) / variance.add_scalar(EPSILON).sqrt();
        let offset = self.shift.val().reshape([1, channels, 1]) - mean * factor.clone();
        (flat * factor + offset).reshape([batch, channels, rows, columns])
    }
}
