//! The network: a plan that is made once from the weights, and its forward pass.

use mmis_model::MmisNetConfig;
use mmis_model::config::embedded_channels;
use mmis_model::weights::{Arrays, WeightsError, parameter};

use crate::convolution::{Weights, convolve};
use crate::first::{FirstWeights, convolve_image};
use crate::fusion::fuse;
use crate::head::probabilities;
use crate::lanes::Lanes;
use crate::map::{Map, Memory, Sums};
use crate::norm::{Affine, activate};

/// What one forward pass gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// `labels * rows * columns`, 0..=1.
    pub probabilities: Vec<f32>,
    /// Similarity of each stage, finest first: `(rows >> i) * (columns >> i)`, 0..=1.
    pub similarities: Vec<Vec<f32>>,
}

/// A convolution with the norm behind it.
#[derive(Debug, Clone)]
struct Normed<W> {
    weights: W,
    scale: Vec<f32>,
    shift: Vec<f32>,
}

/// A 1x1 convolution with bias.
#[derive(Debug, Clone)]
struct Biased {
    weights: Weights,
    bias: Vec<f32>,
}

#[derive(Debug, Clone)]
struct DecoderStage {
    project: Biased,
    f: Normed<Weights>,
    g: Normed<Weights>,
    embedded: usize,
    refine: Vec<Normed<Weights>>,
}

/// MMIS-Net with Similarity Fusion by the scaled dot product, for one channel in.
#[derive(Debug, Clone)]
pub struct Network {
    labels: usize,
    first: Normed<FirstWeights>,
    /// The other blocks of each encoder stage.
    encoder: Vec<Vec<Normed<Weights>>>,
    /// Finest first.
    decoder: Vec<DecoderStage>,
    head: Biased,
}

impl Network {
    /// From `parameters`, whose weights are rounded as the weight file rounds them: to whole
    /// numbers of -127 to 127 times one scale a channel. Of a weight file they are exact.
    ///
    /// # Errors
    /// [`WeightsError`] where `config` is of a network that is not known here, or the
    /// parameters are not of a network of `config`.
    pub fn new(config: &MmisNetConfig, parameters: &Arrays) -> Result<Self, WeightsError> {
        config.check_kernels_know()?;
        let read = Reader(parameters);
        let mut encoder = Vec::new();
        let mut first = None;
        for (stage, (width, blocks)) in config.widths.iter().zip(&config.encoder_blocks).enumerate() {
            let mut of_stage = Vec::new();
            for block in 0..*blocks {
                let path = format!("encoder.{stage}.blocks.{block}");
                if stage == 0 && block == 0 {
                    let values = read.array(&format!("{path}.conv.weight"), &[*width, 1, 3, 3])?;
                    first = Some(read.norm(&format!("{path}.norm"), *width, FirstWeights::new(values))?);
                } else {
                    let from = if block > 0 { *width } else { config.widths[stage - 1] };
                    of_stage.push(read.block(&path, [*width, from])?);
                }
            }
            encoder.push(of_stage);
        }
        let mut decoder = Vec::new();
        for (stage, blocks) in config.decoder_blocks.iter().enumerate() {
            let (width, coarser) = (config.widths[stage], config.widths[stage + 1]);
            let (path, embedded) = (format!("decoder.{stage}"), embedded_channels(width));
            let embedding = |of: &str| {
                let weight =
                    read.array(&format!("{path}.fusion.Similarity.{of}.weight"), &[embedded, width])?;
                let weights = Weights::new(weight, [embedded, width, 1]);
                read.norm(&format!("{path}.fusion.Similarity.{of}_norm"), embedded, weights)
            };
            let refine =
                (0..*blocks).map(|block| read.block(&format!("{path}.refine.blocks.{block}"), [width; 2]));
            decoder.push(DecoderStage {
                project: read.pointwise(&format!("{path}.project"), [width, coarser])?,
                f: embedding("detail")?,
                g: embedding("semantics")?,
                embedded,
                refine: refine.collect::<Result<_, _>>()?,
            });
        }
        let first = first.ok_or_else(|| WeightsError::Config("it has no first block".to_owned()))?;
        let head = read.pointwise("head", [config.labels, config.widths[0]])?;
        Ok(Self { labels: config.labels, first, encoder, decoder, head })
    }

    /// Rows and columns of an image are multiples of this.
    pub fn size_multiple(&self) -> usize {
        1 << self.decoder.len()
    }

    /// Probabilities of an image of `rows` x `columns`, row by row, 0..=1. Where the image
    /// holds what is no number, so does all of the output. `memory` is used again from one
    /// pass to the next.
    pub fn forward(&self, image: &[f32], size: [usize; 2], memory: &mut Memory) -> Output {
        if image.iter().any(|value| !value.is_finite()) {
            let pixels = |stage: usize| (size[0] >> stage) * (size[1] >> stage);
            return Output {
                probabilities: vec![f32::NAN; self.labels * pixels(0)],
                similarities: (0..self.decoder.len()).map(|stage| vec![f32::NAN; pixels(stage)]).collect(),
            };
        }
        crate::lanes::forward(self, image, size, memory)
    }

    #[inline(always)]
    pub(crate) fn forward_by<L: Lanes>(
        &self,
        image: &[f32],
        size: [usize; 2],
        memory: &mut Memory,
    ) -> Output {
        let sums = convolve_image::<L>(image, size, &self.first.weights, memory);
        let norm = Affine::of_norm(&sums, |_| 1.0, &self.first.scale, &self.first.shift);
        let mut features = activate::<L>(&sums, &norm, true, memory);
        sums.end(memory);
        let mut skips = Vec::new();
        for (stage, blocks) in self.encoder.iter().enumerate() {
            for (block, weights) in blocks.iter().enumerate() {
                let halving = stage > 0 && block == 0;
                let next = normed::<L>(&features, weights, if halving { 2 } else { 1 }, memory);
                let before = std::mem::replace(&mut features, next);
                if halving {
                    skips.push(before);
                } else {
                    before.end(memory);
                }
            }
        }
        let mut similarities = Vec::new();
        for (stage, detail) in self.decoder.iter().zip(skips).rev() {
            let (sums, affine) = biased::<L>(&features, &stage.project, memory);
            features.end(memory);
            let semantics = activate::<L>(&sums, &affine, false, memory);
            sums.end(memory);
            let f = convolve::<L>(&detail, &stage.f.weights, 1, memory);
            let g = convolve::<L>(&semantics, &stage.g.weights, 1, memory);
            let of_f = affine_of(&f, detail.scale, &stage.f);
            let of_g = affine_of(&g, semantics.scale, &stage.g);
            let (fused, similarity) =
                fuse::<L>(&detail, &semantics, [(&f, &of_f), (&g, &of_g)], stage.embedded, memory);
            similarities.push(similarity);
            [f, g].into_iter().for_each(|sums| sums.end(memory));
            [detail, semantics].into_iter().for_each(|map| map.end(memory));
            features = fused;
            for block in &stage.refine {
                let next = normed::<L>(&features, block, 1, memory);
                std::mem::replace(&mut features, next).end(memory);
            }
        }
        similarities.reverse();
        let (sums, affine) = biased::<L>(&features, &self.head, memory);
        features.end(memory);
        let probabilities = probabilities::<L>(&sums, &affine, self.labels);
        sums.end(memory);
        Output { probabilities, similarities }
    }
}

#[inline(always)]
fn normed<L: Lanes>(map: &Map, block: &Normed<Weights>, stride: usize, memory: &mut Memory) -> Map {
    let sums = convolve::<L>(map, &block.weights, stride, memory);
    let next = activate::<L>(&sums, &affine_of(&sums, map.scale, block), true, memory);
    sums.end(memory);
    next
}

fn affine_of(sums: &Sums, scale: f32, block: &Normed<Weights>) -> Affine {
    Affine::of_norm(sums, |channel| scale * block.weights.scales[channel], &block.scale, &block.shift)
}

#[inline(always)]
fn biased<L: Lanes>(map: &Map, of: &Biased, memory: &mut Memory) -> (Sums, Affine) {
    let sums = convolve::<L>(map, &of.weights, 1, memory);
    let affine = Affine::of_bias(&sums, |channel| map.scale * of.weights.scales[channel], &of.bias);
    (sums, affine)
}

struct Reader<'a>(&'a Arrays);

impl<'a> Reader<'a> {
    fn array(&self, name: &str, wanted: &[usize]) -> Result<&'a [f32], WeightsError> {
        parameter(self.0, name, wanted)
    }

    fn norm<W>(&self, path: &str, channels: usize, weights: W) -> Result<Normed<W>, WeightsError> {
        let of = |what: &str| self.array(&format!("{path}.{what}"), &[channels]);
        Ok(Normed { weights, scale: of("scale")?.to_vec(), shift: of("shift")?.to_vec() })
    }

    fn block(&self, path: &str, [out, from]: [usize; 2]) -> Result<Normed<Weights>, WeightsError> {
        let values = self.array(&format!("{path}.conv.weight"), &[out, from, 3, 3])?;
        self.norm(&format!("{path}.norm"), out, Weights::new(values, [out, from, 3]))
    }

    fn pointwise(&self, path: &str, [out, from]: [usize; 2]) -> Result<Biased, WeightsError> {
        let weight = self.array(&format!("{path}.weight"), &[out, from])?;
        let bias = self.array(&format!("{path}.bias"), &[out])?.to_vec();
        Ok(Biased { weights: Weights::new(weight, [out, from, 1]), bias })
    }
}
