//! The Similarity Fusion block.
//!
//! \[paper\] SF blocks in the backbone "utilize supervision and pixel-wise
//! similarity knowledge selection for feature map fusion". \[medium\] Their place
//! (between encoder skip and upsampled decoder feature) and their formula, after
//! the closest published match, the pixel-attention-guided fusion of PIDNet
//! (Xu et al., CVPR 2023). \[medium\] "Supervision": an auxiliary segmentation
//! head behind each block, used in training only.

use burn::module::Module;
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor};

use crate::instance_norm::{InstanceNorm, InstanceNormConfig};
use crate::pointwise::{Pointwise, PointwiseConfig};

/// Configuration of [`SimilarityFusion`].
#[derive(Debug, Clone)]
pub struct SimilarityFusionConfig {
    channels: usize,
    labels: usize,
}

impl SimilarityFusionConfig {
    /// Fuses maps of `channels` channels; the auxiliary head predicts `labels` labels.
    pub fn new(channels: usize, labels: usize) -> Self {
        Self { channels, labels }
    }

    /// Parameters on `device`.
    pub fn init(&self, device: &Device) -> SimilarityFusion {
        let embedded = (self.channels / 2).max(1);
        SimilarityFusion {
            detail: PointwiseConfig::new(self.channels, embedded).without_bias().init(device),
            detail_norm: InstanceNormConfig::new(embedded).init(device),
            semantics: PointwiseConfig::new(self.channels, embedded).without_bias().init(device),
            semantics_norm: InstanceNormConfig::new(embedded).init(device),
            auxiliary: PointwiseConfig::new(self.channels, self.labels).init(device),
        }
    }
}

/// Fuses detail `x` (encoder) with semantics `y` (decoder), pixel by pixel:
///
/// `s = sigmoid( sum_c f(x)_c * g(y)_c / sqrt(C') )`, `out = (1 - s) * x + s * y`,
///
/// with 1x1 convolutions f, g to C' = C/2 channels and normalisation. Where the
/// two agree, semantics are trusted; where they differ, detail is kept. The
/// division by sqrt(C') is \[ours\]: after the norms the sum has a spread of
/// about sqrt(C'), which would saturate the gate from the first step.
#[derive(Module, Debug)]
pub struct SimilarityFusion {
    detail: Pointwise,
    detail_norm: InstanceNorm,
    semantics: Pointwise,
    semantics_norm: InstanceNorm,
    auxiliary: Pointwise,
}

/// What a [`SimilarityFusion`] returns.
#[derive(Debug)]
pub struct Fused {
    /// The fused map, `[batch, channels, rows, columns]`.
    pub features: Tensor<4>,
    /// The similarity s, `[batch, 1, rows, columns]`, 0..=1.
    pub similarity: Tensor<4>,
}

impl SimilarityFusion {
    /// # Shapes
    /// - `detail`, `semantics`: `[batch, channels, rows, columns]`
    pub fn forward(&self, detail: Tensor<4>, semantics: Tensor<4>) -> Fused {
        let embedded_detail = self.detail_norm.forward(self.detail.forward(detail.clone()));
        let embedded_semantics = self.semantics_norm.forward(self.semantics.forward(semantics.clone()));
        let spread = (embedded_detail.dims()[1] as f64).sqrt();
        let similarity = sigmoid((embedded_detail * embedded_semantics).sum_dim(1).div_scalar(spread));
        // (1 - s) x + s y, written with one product.
        let features = detail.clone() + (semantics - detail) * similarity.clone();
        Fused { features, similarity }
    }

    /// Logits of the auxiliary head, for training.
    ///
    /// # Shapes
    /// - `features`: `[batch, channels, rows, columns]`
    /// - output: `[batch, labels, rows, columns]`
    pub fn auxiliary_logits(&self, features: Tensor<4>) -> Tensor<4> {
        self.auxiliary.forward(features)
    }
}
