//! What an implementation of the network's operations promises.
//!
//! Feature maps are `[batch, channels, rows, columns]`, samples and channels
//! independent of each other where nothing else is said. Where an input holds
//! what is no number, so does the output: a broken map must not read as no fluid.

use std::fmt::Debug;

use burn::tensor::Tensor;

/// Added to the variance of a norm, as nnU-Net does.
pub const EPSILON: f64 = 1e-5;

/// nnU-Net's slope of the leaky ReLU for negative inputs.
pub const NEGATIVE_SLOPE: f64 = 0.01;

/// Added under the root to the squared lengths that the cosine is divided by.
pub const LENGTHS_EPSILON: f64 = 1e-6;

/// Every operation of the network.
pub trait Operations: Debug {
    /// A 3x3 convolution with zeros around the map, an instance norm and a leaky
    /// ReLU of slope [`NEGATIVE_SLOPE`].
    ///
    /// The norm takes each channel of each sample to mean 0 and variance 1 over
    /// its pixels, then scales and shifts it:
    /// `scale * (x - mean) / sqrt(variance + EPSILON) + shift`.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels_in, rows, columns]`
    /// - output: `[batch, channels_out, rows / stride, columns / stride]`, rounded up
    fn conv_block(&self, input: Tensor<4>, parameters: ConvBlockParameters) -> Tensor<4>;

    /// Mixes channels pixel by pixel: `weight * input + bias`.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels_in, rows, columns]`
    /// - output: `[batch, channels_out, rows, columns]`
    fn pointwise(&self, input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4>;

    /// [`Self::pointwise`] and a sigmoid: the head, where probabilities are wanted.
    ///
    /// # Shapes
    /// As [`Self::pointwise`]; output 0..=1.
    fn probabilities(&self, input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4>;

    /// Each pixel of the output is that of the input at `row * rows_in / rows_out`,
    /// rounded down, and the same of columns.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels, rows_in, columns_in]`
    /// - output: `[batch, channels, size[0], size[1]]`
    fn upsample(&self, input: Tensor<4>, size: [usize; 2]) -> Tensor<4>;

    /// The channels of `first`, then those of `second`.
    ///
    /// # Shapes
    /// - `first`, `second`: `[batch, channels, rows, columns]`, of the same but for channels
    fn concatenate(&self, first: Tensor<4>, second: Tensor<4>) -> Tensor<4>;

    /// Fuses detail `x` with semantics `y`, pixel by pixel:
    ///
    /// `s = sigmoid( sum_c f(x)_c * g(y)_c / sqrt(C') )`, `out = (1 - s) * x + s * y`,
    ///
    /// with the embeddings f, g to C' channels. With a sharpness t the sum over
    /// sqrt(C') is replaced by `t * cos(f(x), g(y))`, in which
    /// [`LENGTHS_EPSILON`] stands under the root of the squared lengths.
    ///
    /// # Shapes
    /// - `detail`, `semantics` and `features`: `[batch, channels, rows, columns]`
    /// - `gate` (s): `[batch, 1, rows, columns]`
    fn similarity(&self, detail: Tensor<4>, semantics: Tensor<4>, parameters: SimilarityParameters) -> Gated;

    /// Weighs detail `x` by a gate that semantics `y` open:
    ///
    /// `a = sigmoid(p(relu(f(x) + g(y))))`, `out = a * x`,
    ///
    /// with the embeddings f, g and a 1x1 convolution p to one channel.
    ///
    /// # Shapes
    /// - `detail`, `semantics` and `features`: `[batch, channels, rows, columns]`
    /// - `gate` (a): `[batch, 1, rows, columns]`
    fn attention(&self, detail: Tensor<4>, semantics: Tensor<4>, parameters: AttentionParameters) -> Gated;
}

/// Of [`Operations::conv_block`].
#[derive(Debug, Clone)]
pub struct ConvBlockParameters {
    /// `[channels_out, channels_in, 3, 3]`
    pub weight: Tensor<4>,
    /// Scale of the norm, `[channels_out]`.
    pub scale: Tensor<1>,
    /// Shift of the norm, `[channels_out]`.
    pub shift: Tensor<1>,
    /// 1, or 2 to halve rows and columns.
    pub stride: usize,
}

/// Of [`Operations::pointwise`].
#[derive(Debug, Clone)]
pub struct PointwiseParameters {
    /// `[channels_out, channels_in]`
    pub weight: Tensor<2>,
    /// `[channels_out]`
    pub bias: Option<Tensor<1>>,
}

/// A 1x1 convolution without bias and an instance norm without activation, as
/// [`Operations::conv_block`] has it: how a fusion looks at a map.
#[derive(Debug, Clone)]
pub struct EmbeddingParameters {
    /// `[embedded, channels]`
    pub weight: Tensor<2>,
    /// Scale of the norm, `[embedded]`.
    pub scale: Tensor<1>,
    /// Shift of the norm, `[embedded]`.
    pub shift: Tensor<1>,
}

/// Of [`Operations::similarity`].
#[derive(Debug, Clone)]
pub struct SimilarityParameters {
    /// f
    pub detail: EmbeddingParameters,
    /// g
    pub semantics: EmbeddingParameters,
    /// t, `[1]`; none for the scaled dot product.
    pub sharpness: Option<Tensor<1>>,
}

/// Of [`Operations::attention`].
#[derive(Debug, Clone)]
pub struct AttentionParameters {
    /// f
    pub detail: EmbeddingParameters,
    /// g
    pub semantics: EmbeddingParameters,
    /// p, to one channel.
    pub gate: PointwiseParameters,
}

/// A map that a gate has decided on, and the gate.
#[derive(Debug)]
pub struct Gated {
    /// `[batch, channels, rows, columns]`
    pub features: Tensor<4>,
    /// `[batch, 1, rows, columns]`, 0..=1
    pub gate: Tensor<4>,
}
