//! The network: encoder, Similarity Fusion decoder, head.

use std::ops::Range;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::conv_block::{ConvBlock, ConvBlockConfig};
use crate::fusion::{Fusion, FusionKind};
use crate::ops::{Composed, Operations};
use crate::pointwise::{Pointwise, PointwiseConfig};

/// Configuration of [`MmisNet`].
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

    /// Parameters on `device`, drawn at random.
    pub fn init(&self, device: &Device) -> MmisNet {
        let mut encoder = Vec::new();
        let mut previous = self.channels_in;
        for (stage, (&width, &blocks)) in self.widths.iter().zip(&self.encoder_blocks).enumerate() {
            let first = ConvBlockConfig::new(previous, width);
            let first = if stage == 0 { first } else { first.halving() };
            let rest = (1..blocks).map(|_| ConvBlockConfig::new(width, width));
            encoder.push(Stage {
                blocks: std::iter::once(first).chain(rest).map(|block| block.init(device)).collect(),
            });
            previous = width;
        }
        let decoder = self
            .decoder_blocks
            .iter()
            .enumerate()
            .map(|(stage, &blocks)| {
                let (width, coarser) = (self.widths[stage], self.widths[stage + 1]);
                DecoderStage {
                    project: PointwiseConfig::new(coarser, width).init(device),
                    fusion: self.fusion.init(width, device),
                    auxiliary: self.auxiliary.then(|| {
                        PointwiseConfig::new(self.fusion.channels_out(width), self.labels).init(device)
                    }),
                    refine: Stage {
                        blocks: (0..blocks)
                            .map(|block| {
                                let from = if block == 0 { self.fusion.channels_out(width) } else { width };
                                ConvBlockConfig::new(from, width).init(device)
                            })
                            .collect(),
                    },
                }
            })
            .collect();
        MmisNet { encoder, decoder, head: PointwiseConfig::new(self.widths[0], self.labels).init(device) }
    }
}

/// A run of 3x3 blocks at one scale.
#[derive(Module, Debug)]
struct Stage {
    blocks: Vec<ConvBlock>,
}

impl Stage {
    fn forward(&self, ops: &dyn Operations, input: Tensor<4>) -> Tensor<4> {
        self.blocks.iter().fold(input, |features, block| block.forward(ops, features))
    }
}

/// One step up: project, upsample, fuse with the skip, refine.
#[derive(Module, Debug)]
struct DecoderStage {
    project: Pointwise,
    fusion: Fusion,
    auxiliary: Option<Pointwise>,
    refine: Stage,
}

/// MMIS-Net.
#[derive(Module, Debug)]
pub struct MmisNet {
    encoder: Vec<Stage>,
    decoder: Vec<DecoderStage>,
    head: Pointwise,
}

/// What [`MmisNet::forward_with_maps`] returns beside the logits.
#[derive(Debug)]
pub struct MmisNetOutput {
    /// `[batch, labels, rows, columns]`
    pub logits: Tensor<4>,
    /// Similarity map of each fusion that has one, finest first:
    /// `[batch, 1, rows >> i, columns >> i]`, 0..=1.
    pub similarities: Vec<Tensor<4>>,
}

/// What the heads are put upon.
struct Decoded {
    /// `[batch, widths[0], rows, columns]`
    features: Tensor<4>,
    /// As [`MmisNetOutput::similarities`].
    similarities: Vec<Tensor<4>>,
    /// Fused features of each stage, finest first.
    fused: Vec<Tensor<4>>,
}

impl MmisNet {
    /// Logits for every label and pixel; a sigmoid makes them probabilities.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels_in, rows, columns]`, rows and columns
    ///   multiples of [`MmisNetConfig::size_multiple`]
    /// - output: `[batch, labels, rows, columns]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.forward_with_maps(input).logits
    }

    /// As [`Self::forward`], with the similarity maps.
    pub fn forward_with_maps(&self, input: Tensor<4>) -> MmisNetOutput {
        self.forward_by(&Composed, input)
    }

    /// As [`Self::forward_with_maps`], by the operations of `ops`.
    pub fn forward_by(&self, ops: &dyn Operations, input: Tensor<4>) -> MmisNetOutput {
        let Decoded { features, similarities, .. } = self.decode(ops, input);
        MmisNetOutput { logits: self.head.forward(ops, features), similarities }
    }

    /// The probability of every label at every pixel.
    ///
    /// # Shapes
    /// As [`Self::forward`]; output 0..=1.
    pub fn probabilities(&self, input: Tensor<4>) -> Tensor<4> {
        self.probabilities_by(&Composed, input)
    }

    /// As [`Self::probabilities`], by the operations of `ops`.
    pub fn probabilities_by(&self, ops: &dyn Operations, input: Tensor<4>) -> Tensor<4> {
        ops.probabilities(self.decode(ops, input).features, self.head.parameters())
    }

    /// Logits of the head, and of the auxiliary head of each stage (where there
    /// are any), finest first, for `labels` alone: in training the other labels
    /// of a batch are not annotated and need no logits.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels_in, rows, columns]`
    /// - head: `[batch, labels.len(), rows, columns]`; auxiliary head i:
    ///   `[batch, labels.len(), rows >> i, columns >> i]`
    pub fn forward_supervised(&self, input: Tensor<4>, labels: Range<usize>) -> (Tensor<4>, Vec<Tensor<4>>) {
        let ops = &Composed;
        let Decoded { features, fused, .. } = self.decode(ops, input);
        let auxiliary = self.decoder.iter().zip(fused).filter_map(|(stage, fused)| {
            stage.auxiliary.as_ref().map(|head| head.forward_of(ops, fused, labels.clone()))
        });
        let auxiliary = auxiliary.collect();
        (self.head.forward_of(ops, features, labels), auxiliary)
    }

    fn decode(&self, ops: &dyn Operations, input: Tensor<4>) -> Decoded {
        let mut skips = Vec::with_capacity(self.encoder.len());
        let mut features = input;
        for stage in &self.encoder {
            features = stage.forward(ops, features);
            skips.push(features.clone());
        }
        // The deepest map is the start of the way up, not a skip.
        skips.pop();
        let mut similarities = Vec::with_capacity(self.decoder.len());
        let mut fused_maps = Vec::with_capacity(self.decoder.len());
        for (stage, skip) in self.decoder.iter().zip(skips).rev() {
            // Projecting before upsampling costs a quarter of the other order.
            let [_, _, rows, columns] = skip.dims();
            let semantics = ops.upsample(stage.project.forward(ops, features), [rows, columns]);
            let fused = stage.fusion.forward(ops, skip, semantics);
            similarities.extend(fused.similarity);
            fused_maps.push(fused.features.clone());
            features = stage.refine.forward(ops, fused.features);
        }
        similarities.reverse();
        fused_maps.reverse();
        Decoded { features, similarities, fused: fused_maps }
    }
}
