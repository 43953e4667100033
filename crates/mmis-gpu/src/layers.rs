//! The layers of a network: which shaders, and which parameters each reads.

use mmis_model::MmisNetConfig;
use mmis_model::weights::{Arrays, WeightsError};

use crate::parameters::{
    Parameter, Parameters, Reader, Walk, float_weights, norms, pointwise_weights, product,
    transposed_weights, whole_weights,
};
use crate::shader::{Convolution, Gate, Input, Pointwise};

/// A 3x3 convolution with the norm behind it.
#[derive(Debug)]
pub(crate) struct ConvBlock {
    pub(crate) shader: Convolution,
    pub(crate) weights: Parameter,
    pub(crate) norm: Parameter,
}

/// 1x1 convolutions; how many pixels an invocation makes is the plan's.
#[derive(Debug)]
pub(crate) struct Mixed {
    pub(crate) shader: Pointwise,
    pub(crate) weights: Parameter,
    pub(crate) biases: Option<Parameter>,
}

/// One step up.
#[derive(Debug)]
pub(crate) struct DecoderStage {
    /// f of detail, of which statistics alone are taken.
    pub(crate) f: Mixed,
    /// Semantics, and g of them, both from the map below.
    pub(crate) semantics: Mixed,
    /// Of f, then of g.
    pub(crate) norms: Parameter,
    pub(crate) gate: Gate,
    pub(crate) gate_weights: Parameter,
    pub(crate) refine: Vec<ConvBlock>,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Layers {
    labels: usize,
    pub(crate) encoder: Vec<Vec<ConvBlock>>,
    /// Finest first.
    pub(crate) decoder: Vec<DecoderStage>,
    pub(crate) head: Mixed,
    sizes: Vec<usize>,
}

impl Layers {
    pub(crate) fn new(
        config: &MmisNetConfig,
        arrays: &Arrays,
        parameters: &mut Parameters,
    ) -> Result<Self, WeightsError> {
        config.check_kernels_know()?;
        let stages = config.widths.len();
        let mut build = Builder { read: Reader(arrays), parameters };
        let encoder =
            (0..stages).map(|stage| build.encoder_stage(config, stage)).collect::<Result<_, _>>()?;
        let decoder =
            (0..stages - 1).map(|stage| build.decoder_stage(config, stage)).collect::<Result<_, _>>()?;
        let head = build.head([config.labels, config.widths[0]])?;
        let sizes = (0..parameters.uploads.len()).map(|at| parameters.bytes(Parameter(at))).collect();
        Ok(Self { labels: config.labels, encoder, decoder, head, sizes })
    }

    pub(crate) fn labels(&self) -> usize {
        self.labels
    }

    pub(crate) fn size_multiple(&self) -> usize {
        1 << self.decoder.len()
    }

    /// Bytes of a parameter.
    pub(crate) fn bytes(&self, of: Parameter) -> usize {
        self.sizes.get(of.0).copied().unwrap_or(0)
    }
}

struct Builder<'a, 'b> {
    read: Reader<'a>,
    parameters: &'b mut Parameters,
}

impl Builder<'_, '_> {
    fn encoder_stage(
        &mut self,
        config: &MmisNetConfig,
        stage: usize,
    ) -> Result<Vec<ConvBlock>, WeightsError> {
        let width = config.widths[stage];
        (0..config.encoder_blocks[stage])
            .map(|block| {
                let path = format!("encoder.{stage}.blocks.{block}");
                match (stage, block) {
                    (0, 0) => self.first_block(&path, width),
                    (_, 0) => self.block(&path, [width, config.widths[stage - 1]], Input::Sums, true),
                    _ => self.block(&path, [width; 2], Input::Sums, false),
                }
            })
            .collect()
    }

    fn first_block(&mut self, path: &str, width: usize) -> Result<ConvBlock, WeightsError> {
        let shader =
            Convolution { input: Input::Image, groups_in: 1, groups_out: groups(width), halving: false };
        let values = self.read.array(&format!("{path}.conv.weight"), &[width, 1, 3, 3])?;
        let norm = self.read.norm(&format!("{path}.norm"), width)?;
        Ok(ConvBlock {
            shader,
            weights: self.parameters.add_floats(float_weights(values, walk(shader))),
            norm: self.parameters.add_floats(norms(norm, |_| 1.0)),
        })
    }

    fn block(
        &mut self,
        path: &str,
        [width, from]: [usize; 2],
        input: Input,
        halving: bool,
    ) -> Result<ConvBlock, WeightsError> {
        let shader = Convolution { input, groups_in: groups(from), groups_out: groups(width), halving };
        let values = self.read.array(&format!("{path}.conv.weight"), &[width, from, 3, 3])?;
        let norm = self.read.norm(&format!("{path}.norm"), width)?;
        let whole = whole_weights(values, from, walk(shader));
        Ok(ConvBlock {
            shader,
            weights: self.parameters.add(whole.words),
            norm: self.parameters.add_floats(norms(norm, |channel| whole.ones[channel])),
        })
    }

    fn decoder_stage(&mut self, config: &MmisNetConfig, stage: usize) -> Result<DecoderStage, WeightsError> {
        let (width, coarser) = (config.widths[stage], config.widths[stage + 1]);
        let (path, embedded) = (format!("decoder.{stage}"), (width / 2).max(1));
        let embedding = |of: &str| format!("{path}.fusion.Similarity.{of}");
        let f = self.read.pointwise(&embedding("detail.weight"), [embedded, width])?;
        let g = self.read.pointwise(&embedding("semantics.weight"), [embedded, width])?;
        let project = self.read.pointwise(&format!("{path}.project.weight"), [width, coarser])?;
        let bias = self.read.array(&format!("{path}.project.bias"), &[width])?;
        // The norm behind g takes the bias out again: g of the map below is one product.
        let g = product(&g, &project);
        let mut both = norms(self.read.norm(&embedding("detail_norm"), embedded)?, |_| 1.0);
        both.extend(norms(self.read.norm(&embedding("semantics_norm"), embedded)?, |_| 1.0));
        let gate = Gate { groups_in: groups(width), embedded: embedded as u32 };
        let refine = (0..config.decoder_blocks[stage])
            .map(|block| {
                let input = if block == 0 { Input::Fused } else { Input::Sums };
                self.block(&format!("{path}.refine.blocks.{block}"), [width; 2], input, false)
            })
            .collect::<Result<_, _>>()?;
        Ok(DecoderStage {
            gate_weights: self.parameters.add_floats(transposed_weights(&f, groups(width) as usize)),
            f: self.mixed(width, [&[], &f], None),
            semantics: self.mixed(coarser, [&project, &g], Some(bias)),
            norms: self.parameters.add_floats(both),
            gate,
            refine,
        })
    }

    fn head(&mut self, [labels, width]: [usize; 2]) -> Result<Mixed, WeightsError> {
        let weights = self.read.pointwise("head.weight", [labels, width])?;
        let bias = self.read.array("head.bias", &[labels])?;
        let mut head = self.mixed(width, [&weights, &[]], Some(bias));
        head.shader.labels = labels as u32;
        Ok(head)
    }

    fn mixed(&mut self, from: usize, kinds: [&[Vec<f32>]; 2], bias: Option<&[f32]>) -> Mixed {
        let [biased, normed] = kinds.map(|rows| groups(rows.len()));
        let shader = Pointwise { groups_in: groups(from), biased, normed, labels: 0, each: 1 };
        let weights = pointwise_weights(&kinds, groups(from) as usize, shader.most() as usize);
        let padded = |bias: &[f32]| {
            let padding = bias.len().next_multiple_of(4) - bias.len();
            bias.iter().copied().chain(std::iter::repeat_n(0.0, padding)).collect::<Vec<f32>>()
        };
        Mixed {
            shader,
            weights: self.parameters.add_floats(weights),
            biases: bias.map(|bias| self.parameters.add_floats(padded(bias))),
        }
    }
}

fn groups(channels: usize) -> u32 {
    channels.div_ceil(4) as u32
}

fn walk(shader: Convolution) -> Walk {
    Walk {
        parts: shader.parts() as usize,
        groups: shader.groups() as usize,
        groups_in: shader.groups_in as usize,
        channels: shader.channels() as usize,
    }
}
