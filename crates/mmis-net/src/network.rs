//! The network: encoder, Similarity Fusion decoder, head.

use std::ops::Range;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use mmis_model::MmisNetConfig;

use crate::conv_block::{ConvBlock, ConvBlockConfig};
use crate::fusion::Fusion;
use crate::ops::{Composed, Operations};
use crate::pointwise::{Pointwise, PointwiseConfig};

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
    /// The network of `config` with parameters on `device`, drawn at random.
    pub fn new(config: &MmisNetConfig, device: &Device) -> Self {
        let mut encoder = Vec::new();
        let mut previous = config.channels_in;
        for (stage, (&width, &blocks)) in config.widths.iter().zip(&config.encoder_blocks).enumerate() {
            let first = ConvBlockConfig::new(previous, width);
            let first = if stage == 0 { first } else { first.halving() };
            let rest = (1..blocks).map(|_| ConvBlockConfig::new(width, width));
            encoder.push(Stage {
                blocks: std::iter::once(first).chain(rest).map(|block| block.init(device)).collect(),
            });
            previous = width;
        }
        let decoder = config
            .decoder_blocks
            .iter()
            .enumerate()
            .map(|(stage, &blocks)| {
                let (width, coarser) = (config.widths[stage], config.widths[stage + 1]);
                DecoderStage {
                    project: PointwiseConfig::new(coarser, width).init(device),
                    fusion: Fusion::new(config.fusion, width, device),
                    auxiliary: config.auxiliary.then(|| {
                        PointwiseConfig::new(config.fusion.channels_out(width), config.labels).init(device)
                    }),
                    refine: Stage {
                        blocks: (0..blocks)
                            .map(|block| {
                                let from = if block == 0 { config.fusion.channels_out(width) } else { width };
                                ConvBlockConfig::new(from, width).init(device)
                            })
                            .collect(),
                    },
                }
            })
            .collect();
        Self { encoder, decoder, head: PointwiseConfig::new(config.widths[0], config.labels).init(device) }
    }

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
