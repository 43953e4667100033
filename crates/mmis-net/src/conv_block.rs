//! Convolution, instance norm, leaky ReLU: the unit of nnU-Net. \[strong\]

use burn::module::{Initializer, Module};
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

use crate::instance_norm::{InstanceNorm, InstanceNormConfig};
use crate::ops::{ConvBlockParameters, Operations};

/// Configuration of a [`ConvBlock`].
#[derive(Debug, Clone)]
pub struct ConvBlockConfig {
    channels_in: usize,
    channels_out: usize,
    stride: usize,
}

impl ConvBlockConfig {
    /// A 3x3 block from `channels_in` to `channels_out`.
    pub fn new(channels_in: usize, channels_out: usize) -> Self {
        Self { channels_in, channels_out, stride: 1 }
    }

    /// Halves rows and columns.
    pub fn halving(mut self) -> Self {
        self.stride = 2;
        self
    }

    /// Parameters on `device`.
    pub fn init(&self, device: &Device) -> ConvBlock {
        let conv = Conv2dConfig::new([self.channels_in, self.channels_out], [3, 3])
            .with_stride([self.stride; 2])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            // The norm that follows takes any bias out again.
            .with_bias(false)
            .with_initializer(Initializer::KaimingNormal { gain: 2f64.sqrt(), fan_out_only: false });
        ConvBlock { conv: conv.init(device), norm: InstanceNormConfig::new(self.channels_out).init(device) }
    }
}

/// A 3x3 convolution, instance norm and leaky ReLU.
#[derive(Module, Debug)]
pub struct ConvBlock {
    conv: Conv2d,
    norm: InstanceNorm,
}

impl ConvBlock {
    /// # Shapes
    /// - `input`: `[batch, channels_in, rows, columns]`
    /// - output: `[batch, channels_out, rows / stride, columns / stride]`
    pub fn forward(&self, ops: &dyn Operations, input: Tensor<4>) -> Tensor<4> {
        let parameters = ConvBlockParameters {
            weight: self.conv.weight.val(),
            scale: self.norm.scale.val(),
            shift: self.norm.shift.val(),
            stride: self.conv.stride[0],
        };
        ops.conv_block(input, parameters)
    }
}
