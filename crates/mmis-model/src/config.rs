//! What the network is built as.

use serde::{Deserialize, Serialize};

use crate::weights::WeightsError;

/// Configuration of MMIS-Net.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MmisNetConfig {
    /// Input channels: 1 for a B-scan alone, 3 with its two neighbours (2.5D).
    pub channels_in: usize,
    /// Labels, one logit each.
    pub labels: usize,
    /// Channels of each encoder stage, finest first; each stage halves rows and columns.
    pub widths: Vec<usize>,
    /// 3x3 blocks of each encoder stage.
    pub encoder_blocks: Vec<usize>,
    /// 3x3 blocks of each decoder stage, finest first; one less than encoder stages.
    pub decoder_blocks: Vec<usize>,
    /// How decoder stages join detail and semantics.
    #[serde(default)]
    pub fusion: FusionKind,
    /// Whether each fusion has a segmentation head behind it, for training only \[medium\].
    #[serde(default = "supervised")]
    pub auxiliary: bool,
}

fn supervised() -> bool {
    true
}

impl MmisNetConfig {
    /// The configuration for browsers \[ours\]: about 0.63 M parameters. The
    /// full-resolution stage is kept to eight channels and one block, because
    /// there a pass over memory costs four times what it costs a stage below.
    pub fn browser(labels: usize) -> Self {
        Self {
            channels_in: 1,
            labels,
            widths: vec![8, 32, 64, 96, 128],
            encoder_blocks: vec![1, 2, 2, 2, 2],
            decoder_blocks: vec![1, 1, 1, 1],
            fusion: FusionKind::default(),
            auxiliary: true,
        }
    }

    /// nnU-Net's widths, 32 to 320 \[strong\]: for servers, not for browsers.
    pub fn full(labels: usize) -> Self {
        Self {
            channels_in: 1,
            labels,
            widths: vec![32, 64, 128, 256, 320, 320],
            encoder_blocks: vec![2; 6],
            decoder_blocks: vec![2; 5],
            fusion: FusionKind::default(),
            auxiliary: true,
        }
    }

    /// A configuration of a few thousand parameters, for tests.
    pub fn tiny(labels: usize) -> Self {
        Self {
            channels_in: 1,
            labels,
            widths: vec![4, 8, 8],
            encoder_blocks: vec![1, 1, 1],
            decoder_blocks: vec![1, 1],
            fusion: FusionKind::default(),
            auxiliary: true,
        }
    }

    /// Rows and columns of an input must be multiples of this.
    pub fn size_multiple(&self) -> usize {
        1 << self.widths.len().saturating_sub(1)
    }

    /// Whether the lists fit each other and stay within what we would build:
    /// a weight file declares its configuration, and a hostile one must not
    /// make us allocate.
    pub fn is_buildable(&self) -> bool {
        let stages = self.widths.len();
        (2..=8).contains(&stages)
            && self.encoder_blocks.len() == stages
            && self.decoder_blocks.len() == stages - 1
            && (1..=16).contains(&self.channels_in)
            && (1..=256).contains(&self.labels)
            && self.widths.iter().all(|width| (1..=512).contains(width))
            && self.encoder_blocks.iter().chain(&self.decoder_blocks).all(|blocks| (1..=4).contains(blocks))
    }

    /// Whether the kernels that run without Burn know this network: one B-scan in, fused by
    /// the scaled dot product. The others are for comparison, in the trainer.
    ///
    /// # Errors
    /// [`WeightsError`] with what they do not know.
    pub fn check_kernels_know(&self) -> Result<(), WeightsError> {
        if !self.is_buildable() {
            return Err(WeightsError::Config("its sizes do not fit each other".to_owned()));
        }
        if self.channels_in != 1 {
            return Err(WeightsError::Inputs { channels: self.channels_in });
        }
        if self.fusion != FusionKind::SimilarityDot {
            return Err(WeightsError::Fusion { fusion: self.fusion });
        }
        Ok(())
    }

    /// Multiply-adds x 2 of one forward pass over `rows` x `columns`
    /// (convolutions and 1x1 convolutions; norms are not counted).
    pub fn flops(&self, rows: usize, columns: usize) -> u64 {
        let pixels = (rows * columns) as u64;
        let mut sum = 0;
        let mut previous = self.channels_in;
        for (stage, (&width, &blocks)) in self.widths.iter().zip(&self.encoder_blocks).enumerate() {
            let here = pixels >> (2 * stage);
            sum += here * 9 * (previous * width + (blocks - 1) * width * width) as u64;
            previous = width;
        }
        for (stage, &blocks) in self.decoder_blocks.iter().enumerate() {
            let (width, coarser) = (self.widths[stage], self.widths[stage + 1]);
            let here = pixels >> (2 * stage);
            let fused = self.fusion.channels_out(width);
            let refine = 9 * (fused * width + (blocks - 1) * width * width);
            sum += here * (self.fusion.multiply_adds(width) + refine) as u64;
            sum += (here / 4) * (coarser * width) as u64;
        }
        2 * (sum + pixels * (self.widths[0] * self.labels) as u64)
    }

    /// The path and the shape of every parameter, in no particular order.
    pub fn parameters(&self) -> Vec<(String, Vec<usize>)> {
        let mut all = Vec::new();
        let mut previous = self.channels_in;
        for (stage, (&width, &blocks)) in self.widths.iter().zip(&self.encoder_blocks).enumerate() {
            all.extend(stage_parameters(&format!("encoder.{stage}"), previous, width, blocks));
            previous = width;
        }
        for (stage, &blocks) in self.decoder_blocks.iter().enumerate() {
            let (width, coarser) = (self.widths[stage], self.widths[stage + 1]);
            let (path, fused) = (format!("decoder.{stage}"), self.fusion.channels_out(width));
            all.extend(pointwise_parameters(&format!("{path}.project"), [width, coarser]));
            let fusion = self.fusion.parameters(width);
            all.extend(fusion.into_iter().map(|(name, shape)| (format!("{path}.fusion.{name}"), shape)));
            if self.auxiliary {
                all.extend(pointwise_parameters(&format!("{path}.auxiliary"), [self.labels, fused]));
            }
            all.extend(stage_parameters(&format!("{path}.refine"), fused, width, blocks));
        }
        all.extend(pointwise_parameters("head", [self.labels, self.widths[0]]));
        all
    }
}

/// Of a run of `blocks` blocks of 3x3.
fn stage_parameters(path: &str, from: usize, width: usize, blocks: usize) -> Vec<(String, Vec<usize>)> {
    let of_block = |block: usize| {
        let path = format!("{path}.blocks.{block}");
        let from = if block == 0 { from } else { width };
        [
            (format!("{path}.conv.weight"), vec![width, from, 3, 3]),
            (format!("{path}.norm.scale"), vec![width]),
            (format!("{path}.norm.shift"), vec![width]),
        ]
    };
    (0..blocks).flat_map(of_block).collect()
}

/// Of a 1x1 convolution with bias, `[channels out, channels in]`.
fn pointwise_parameters(path: &str, shape: [usize; 2]) -> [(String, Vec<usize>); 2] {
    [(format!("{path}.weight"), shape.to_vec()), (format!("{path}.bias"), vec![shape[0]])]
}

/// The kinds of fusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FusionKind {
    /// Detail and semantics side by side, as in U-Net.
    Concatenate,
    /// Detail weighted by an attention gate, beside semantics.
    AttentionGate,
    /// Similarity Fusion by the scaled dot product.
    #[default]
    SimilarityDot,
    /// Similarity Fusion by the cosine, with a learnt sharpness.
    SimilarityCosine,
    /// Similarity Fusion by the scaled dot product, beside semantics.
    SimilarityBeside,
}

impl FusionKind {
    /// All kinds, in the order of the ablation table.
    pub const ALL: [Self; 5] = [
        Self::Concatenate,
        Self::AttentionGate,
        Self::SimilarityDot,
        Self::SimilarityCosine,
        Self::SimilarityBeside,
    ];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Concatenate => "concatenate",
            Self::AttentionGate => "attention gate",
            Self::SimilarityDot => "SF dot",
            Self::SimilarityCosine => "SF cosine",
            Self::SimilarityBeside => "SF dot beside semantics",
        }
    }

    /// Channels of the fused map where either input has `channels`.
    pub fn channels_out(self, channels: usize) -> usize {
        match self {
            Self::Concatenate | Self::AttentionGate | Self::SimilarityBeside => 2 * channels,
            Self::SimilarityDot | Self::SimilarityCosine => channels,
        }
    }

    /// Multiply-adds of the fusion itself, a pixel.
    fn multiply_adds(self, channels: usize) -> usize {
        match self {
            Self::Concatenate => 0,
            _ => 2 * channels * embedded_channels(channels),
        }
    }

    /// The path and the shape of every parameter of a fusion of maps of `channels` channels.
    fn parameters(self, channels: usize) -> Vec<(String, Vec<usize>)> {
        let embedded = embedded_channels(channels);
        let variant = match self {
            Self::Concatenate => return Vec::new(),
            Self::AttentionGate => "Attention",
            Self::SimilarityDot | Self::SimilarityCosine => "Similarity",
            Self::SimilarityBeside => "Beside",
        };
        let embedding = |of: &str| {
            [
                (format!("{variant}.{of}.weight"), vec![embedded, channels]),
                (format!("{variant}.{of}_norm.scale"), vec![embedded]),
                (format!("{variant}.{of}_norm.shift"), vec![embedded]),
            ]
        };
        let mut all: Vec<_> = ["detail", "semantics"].into_iter().flat_map(embedding).collect();
        match self {
            Self::AttentionGate => all.extend(pointwise_parameters("Attention.gate", [1, embedded])),
            Self::SimilarityCosine => all.push((format!("{variant}.sharpness"), vec![1])),
            _ => {}
        }
        all
    }
}

/// Channels of an embedding of `channels` channels.
pub fn embedded_channels(channels: usize) -> usize {
    (channels / 2).max(1)
}
