//! Parameters of a 1x1 convolution.

use std::ops::Range;

use burn::module::{Initializer, Module, Param};
use burn::tensor::{Device, Tensor};

use crate::ops::{Operations, PointwiseParameters};

/// Configuration of a [`Pointwise`] convolution.
#[derive(Debug, Clone)]
pub struct PointwiseConfig {
    channels_in: usize,
    channels_out: usize,
    bias: bool,
}

impl PointwiseConfig {
    /// From `channels_in` to `channels_out`, with a bias.
    pub fn new(channels_in: usize, channels_out: usize) -> Self {
        Self { channels_in, channels_out, bias: true }
    }

    /// Without bias: a norm follows.
    pub fn without_bias(mut self) -> Self {
        self.bias = false;
        self
    }

    /// Parameters on `device`, Kaiming uniform.
    pub fn init(&self, device: &Device) -> Pointwise {
        let initializer = Initializer::KaimingUniform { gain: 1.0, fan_out_only: false };
        Pointwise {
            weight: initializer.init_with(
                [self.channels_out, self.channels_in],
                Some(self.channels_in),
                Some(self.channels_out),
                device,
            ),
            bias: self.bias.then(|| Initializer::Zeros.init([self.channels_out], device)),
        }
    }
}

/// A 1x1 convolution.
#[derive(Module, Debug)]
pub struct Pointwise {
    /// `[channels_out, channels_in]`
    pub weight: Param<Tensor<2>>,
    /// `[channels_out]`
    pub bias: Option<Param<Tensor<1>>>,
}

impl Pointwise {
    /// Its parameters as an operation takes them.
    pub fn parameters(&self) -> PointwiseParameters {
        PointwiseParameters { weight: self.weight.val(), bias: self.bias.as_ref().map(Param::val) }
    }

    /// As [`Self::parameters`], of the output channels `outputs` alone.
    pub fn parameters_of(&self, outputs: Range<usize>) -> PointwiseParameters {
        let (start, length) = (outputs.start, outputs.len());
        PointwiseParameters {
            weight: self.weight.val().narrow(0, start, length),
            bias: self.bias.as_ref().map(|bias| bias.val().narrow(0, start, length)),
        }
    }

    /// Mixes channels pixel by pixel.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels_in, rows, columns]`
    /// - output: `[batch, channels_out, rows, columns]`
    pub fn forward(&self, ops: &dyn Operations, input: Tensor<4>) -> Tensor<4> {
        ops.pointwise(input, self.parameters())
    }

    /// As [`Self::forward`], the output channels `outputs` alone.
    pub fn forward_of(&self, ops: &dyn Operations, input: Tensor<4>, outputs: Range<usize>) -> Tensor<4> {
        ops.pointwise(input, self.parameters_of(outputs))
    }
}
