//! A 1x1 convolution, written as the matrix product that it is.

use std::ops::Range;

use burn::module::{Initializer, Module, Param};
use burn::tensor::{Device, Tensor};

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

/// A 1x1 convolution. In browsers Burn's convolution runs one pixel a thread
/// without shared memory; its matrix product is tiled.
#[derive(Module, Debug)]
pub struct Pointwise {
    /// `[channels_out, channels_in]`
    pub weight: Param<Tensor<2>>,
    /// `[channels_out]`
    pub bias: Option<Param<Tensor<1>>>,
}

impl Pointwise {
    /// Mixes channels pixel by pixel.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels_in, rows, columns]`
    /// - output: `[batch, channels_out, rows, columns]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        mix(self.weight.val(), self.bias.as_ref().map(Param::val), input)
    }

    /// As [`Self::forward`], the output channels `outputs` alone.
    pub fn forward_of(&self, input: Tensor<4>, outputs: Range<usize>) -> Tensor<4> {
        let (start, length) = (outputs.start, outputs.len());
        let weight = self.weight.val().narrow(0, start, length);
        mix(weight, self.bias.as_ref().map(|bias| bias.val().narrow(0, start, length)), input)
    }
}

fn mix(weight: Tensor<2>, bias: Option<Tensor<1>>, input: Tensor<4>) -> Tensor<4> {
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
