//! How a decoder stage joins encoder detail with decoder semantics.
//!
//! \[paper\] SF blocks in the backbone "utilize supervision and pixel-wise
//! similarity knowledge selection for feature map fusion". \[medium\] Their place
//! (between encoder skip and upsampled decoder feature) and their formula, after
//! the closest published match, the pixel-attention-guided fusion of PIDNet
//! (Xu et al., CVPR 2023). The others are here to be compared with it: the
//! cosine is \[ours\], the attention gate is that of Oktay et al. (MIDL 2018),
//! which the authors' earlier networks used \[strong\], concatenation is U-Net's.

use burn::module::{Initializer, Module, Param};
use burn::tensor::{Device, Tensor};
use mmis_model::FusionKind;
use mmis_model::config::embedded_channels;

use crate::instance_norm::{InstanceNorm, InstanceNormConfig};
use crate::ops::{AttentionParameters, EmbeddingParameters, Operations, SimilarityParameters};
use crate::pointwise::{Pointwise, PointwiseConfig};

pub use crate::ops::seam::LENGTHS_EPSILON;

/// Of the cosine at the start of training: the gate then spans 0.02 to 0.98.
const FIRST_SHARPNESS: f64 = 4.0;

/// A fusion with its parameters.
#[derive(Module, Debug)]
pub enum Fusion {
    /// See [`FusionKind::Concatenate`].
    Concatenate(Concatenate),
    /// See [`FusionKind::AttentionGate`].
    Attention(AttentionGate),
    /// See [`SimilarityFusion`].
    Similarity(SimilarityFusion),
    /// See [`SimilarityFusion`]; its output with semantics beside it, so that what
    /// semantics say stays readable where the gate keeps detail \[ours\].
    Beside(SimilarityFusion),
}

/// What a [`Fusion`] returns.
#[derive(Debug)]
pub struct Fused {
    /// The fused map, `[batch, channels_out, rows, columns]`.
    pub features: Tensor<4>,
    /// The similarity s (or the gate), `[batch, 1, rows, columns]`, 0..=1; concatenation has none.
    pub similarity: Option<Tensor<4>>,
}

impl Fusion {
    /// Parameters on `device` for maps of `channels` channels.
    pub fn new(kind: FusionKind, channels: usize, device: &Device) -> Self {
        match kind {
            FusionKind::Concatenate => Self::Concatenate(Concatenate {}),
            FusionKind::AttentionGate => Self::Attention(AttentionGate::new(channels, device)),
            FusionKind::SimilarityDot => Self::Similarity(SimilarityFusion::new(channels, None, device)),
            FusionKind::SimilarityCosine => {
                Self::Similarity(SimilarityFusion::new(channels, Some(FIRST_SHARPNESS), device))
            }
            FusionKind::SimilarityBeside => Self::Beside(SimilarityFusion::new(channels, None, device)),
        }
    }

    /// # Shapes
    /// - `detail`, `semantics`: `[batch, channels, rows, columns]`
    pub fn forward(&self, ops: &dyn Operations, detail: Tensor<4>, semantics: Tensor<4>) -> Fused {
        let (features, similarity) = match self {
            Self::Concatenate(_) => (ops.concatenate(detail, semantics), None),
            Self::Attention(gate) => {
                let gated = ops.attention(detail, semantics.clone(), gate.parameters());
                (ops.concatenate(gated.features, semantics), Some(gated.gate))
            }
            Self::Similarity(fusion) => {
                let fused = ops.similarity(detail, semantics, fusion.parameters());
                (fused.features, Some(fused.gate))
            }
            Self::Beside(fusion) => {
                let fused = ops.similarity(detail, semantics.clone(), fusion.parameters());
                (ops.concatenate(fused.features, semantics), Some(fused.gate))
            }
        };
        Fused { features, similarity }
    }
}

/// Nothing to learn.
#[derive(Module, Debug)]
pub struct Concatenate {}

/// Detail weighted by the gate of [`Operations::attention`], beside semantics.
#[derive(Module, Debug)]
pub struct AttentionGate {
    detail: Pointwise,
    detail_norm: InstanceNorm,
    semantics: Pointwise,
    semantics_norm: InstanceNorm,
    gate: Pointwise,
}

impl AttentionGate {
    fn new(channels: usize, device: &Device) -> Self {
        let embedded = embedded_channels(channels);
        Self {
            detail: PointwiseConfig::new(channels, embedded).without_bias().init(device),
            detail_norm: InstanceNormConfig::new(embedded).init(device),
            semantics: PointwiseConfig::new(channels, embedded).without_bias().init(device),
            semantics_norm: InstanceNormConfig::new(embedded).init(device),
            gate: PointwiseConfig::new(embedded, 1).init(device),
        }
    }

    fn parameters(&self) -> AttentionParameters {
        AttentionParameters {
            detail: embedding(&self.detail, &self.detail_norm),
            semantics: embedding(&self.semantics, &self.semantics_norm),
            gate: self.gate.parameters(),
        }
    }
}

/// Fuses detail `x` (encoder) with semantics `y` (decoder), pixel by pixel, by
/// the formula of [`Operations::similarity`], with 1x1 convolutions f, g to
/// C' = C/2 channels and normalisation. Where the
/// two agree, semantics are trusted; where they differ, detail is kept. The
/// division by sqrt(C') is \[ours\]: after the norms the sum has a spread of
/// about sqrt(C'), which would saturate the gate from the first step. The
/// cosine with its learnt sharpness is \[ours\], too.
#[derive(Module, Debug)]
pub struct SimilarityFusion {
    detail: Pointwise,
    detail_norm: InstanceNorm,
    semantics: Pointwise,
    semantics_norm: InstanceNorm,
    sharpness: Option<Param<Tensor<1>>>,
}

impl SimilarityFusion {
    fn new(channels: usize, sharpness: Option<f64>, device: &Device) -> Self {
        let embedded = embedded_channels(channels);
        Self {
            detail: PointwiseConfig::new(channels, embedded).without_bias().init(device),
            detail_norm: InstanceNormConfig::new(embedded).init(device),
            semantics: PointwiseConfig::new(channels, embedded).without_bias().init(device),
            semantics_norm: InstanceNormConfig::new(embedded).init(device),
            sharpness: sharpness.map(|value| Initializer::Constant { value }.init([1], device)),
        }
    }

    fn parameters(&self) -> SimilarityParameters {
        SimilarityParameters {
            detail: embedding(&self.detail, &self.detail_norm),
            semantics: embedding(&self.semantics, &self.semantics_norm),
            sharpness: self.sharpness.as_ref().map(Param::val),
        }
    }
}

fn embedding(map: &Pointwise, norm: &InstanceNorm) -> EmbeddingParameters {
    EmbeddingParameters { weight: map.weight.val(), scale: norm.scale.val(), shift: norm.shift.val() }
}
