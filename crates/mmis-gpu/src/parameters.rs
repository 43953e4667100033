//! Parameters of the network as the shaders read them.

use mmis_model::weights::quantize::{Quantized, dequantize, quantize};
use mmis_model::weights::{Arrays, WeightsError, parameter};

/// The largest magnitude of a weight as a whole number: what a shader reads as 1.
const LARGEST: f32 = 127.0;

/// Everything that is uploaded once, in words of 32 bits.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) uploads: Vec<Vec<u32>>,
}

/// Index of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Parameter(pub(crate) usize);

impl Parameters {
    pub(crate) fn add(&mut self, words: Vec<u32>) -> Parameter {
        self.uploads.push(words);
        Parameter(self.uploads.len() - 1)
    }

    pub(crate) fn add_floats(&mut self, values: impl IntoIterator<Item = f32>) -> Parameter {
        self.add(values.into_iter().map(f32::to_bits).collect())
    }

    /// Bytes of an upload.
    pub(crate) fn bytes(&self, of: Parameter) -> usize {
        4 * self.uploads.get(of.0).map_or(0, Vec::len)
    }
}

/// Reads arrays by their path.
pub(crate) struct Reader<'a>(pub(crate) &'a Arrays);

impl<'a> Reader<'a> {
    pub(crate) fn array(&self, name: &str, wanted: &[usize]) -> Result<&'a [f32], WeightsError> {
        parameter(self.0, name, wanted)
    }

    /// Weights of a 1x1 convolution, `[out, channels]`, rounded as the weight file rounds them.
    pub(crate) fn pointwise(
        &self,
        name: &str,
        [out, channels]: [usize; 2],
    ) -> Result<Vec<Vec<f32>>, WeightsError> {
        let Quantized { values, scales } = quantize(self.array(name, &[out, channels])?, out);
        Ok(dequantize(&values, &scales).chunks_exact(channels).map(<[f32]>::to_vec).collect())
    }

    /// Scale and shift of a norm.
    pub(crate) fn norm(&self, path: &str, channels: usize) -> Result<[&'a [f32]; 2], WeightsError> {
        let of = |what: &str| self.array(&format!("{path}.{what}"), &[channels]);
        Ok([of("scale")?, of("shift")?])
    }
}

/// How a 3x3 convolution walks over its weights: workgroup by workgroup, group in by group in,
/// tap by tap (columns first), channel in by channel in, group out by group out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    /// Workgroups that share pixels, and groups out of each.
    pub(crate) parts: usize,
    pub(crate) groups: usize,
    pub(crate) groups_in: usize,
    /// Channels that a group in has.
    pub(crate) channels: usize,
}

impl Walk {
    /// Channels out by four, channel in, row and column of the tap, in the order of the shader.
    fn steps(self) -> impl Iterator<Item = ([usize; 4], usize, [usize; 2])> {
        (0..self.parts).flat_map(move |part| {
            (0..self.groups_in).flat_map(move |group_in| {
                (0..9).flat_map(move |tap| {
                    (0..self.channels).flat_map(move |channel| {
                        (0..self.groups).map(move |group| {
                            let out = 4 * (part * self.groups + group);
                            let outs = [out, out + 1, out + 2, out + 3];
                            (outs, group_in * self.channels + channel, [tap % 3, tap / 3])
                        })
                    })
                })
            })
        })
    }
}

/// Weights of a 3x3 convolution, four channels out to a word.
pub(crate) struct Whole {
    pub(crate) words: Vec<u32>,
    /// What a weight of 127 stands for, by channel out: that is what the shader reads as 1.
    pub(crate) ones: Vec<f32>,
}

/// From `[channels out, channels, 3, 3]`, each channel out to whole numbers of -127 to 127 times
/// its own scale, as the weight file has them.
pub(crate) fn whole_weights(values: &[f32], channels: usize, walk: Walk) -> Whole {
    let Quantized { values, scales } = quantize(values, values.len() / (9 * channels));
    let word = |(outs, channel, [row, column]): ([usize; 4], usize, [usize; 2])| {
        u32::from_le_bytes(outs.map(|out| {
            if out < scales.len() && channel < channels {
                values[(out * channels + channel) * 9 + 3 * row + column].to_le_bytes()[0]
            } else {
                0
            }
        }))
    };
    Whole { words: walk.steps().map(word).collect(), ones: scales.iter().map(|s| LARGEST * s).collect() }
}

/// From `[channels out, 1, 3, 3]`, as they are.
pub(crate) fn float_weights(values: &[f32], walk: Walk) -> Vec<f32> {
    let four = |(outs, _, [row, column]): ([usize; 4], usize, [usize; 2])| {
        outs.map(|out| values.get(out * 9 + 3 * row + column).copied().unwrap_or(0.0))
    };
    walk.steps().flat_map(four).collect()
}

/// Scale and shift of a norm and what a sum of 1 stands for, by group of four channels.
pub(crate) fn norms([scale, shift]: [&[f32]; 2], one: impl Fn(usize) -> f32) -> Vec<f32> {
    let channel = |values: &[f32], channel: usize| values.get(channel).copied().unwrap_or(0.0);
    (0..scale.len().div_ceil(4))
        .flat_map(|group| {
            let four = |of: &dyn Fn(usize) -> f32| [0, 1, 2, 3].map(|lane| of(4 * group + lane));
            let ones = |channel: usize| if channel < scale.len() { one(channel) } else { 0.0 };
            [four(&|at| channel(scale, at)), four(&|at| channel(shift, at)), four(&ones)]
        })
        .flatten()
        .collect()
}

/// Rows of 1x1 weights by part of `most` groups out: group in by group in, channel by channel.
///
/// Each of `kinds` begins a group of its own.
pub(crate) fn pointwise_weights(kinds: &[&[Vec<f32>]], groups_in: usize, most: usize) -> Vec<f32> {
    let groups: Vec<&[Vec<f32>]> = kinds.iter().flat_map(|rows| rows.chunks(4)).collect();
    let mut values = Vec::new();
    for part in groups.chunks(most) {
        for channel in 0..4 * groups_in {
            for group in 0..most {
                values.extend([0, 1, 2, 3].map(|lane| {
                    let row = part.get(group).and_then(|rows| rows.get(lane));
                    row.and_then(|row| row.get(channel)).copied().unwrap_or(0.0)
                }));
            }
        }
    }
    values
}

/// The same the other way round: four channels in by group in, then channel out.
pub(crate) fn transposed_weights(rows: &[Vec<f32>], groups_in: usize) -> Vec<f32> {
    let outs = rows.len().next_multiple_of(4);
    let value =
        |out: usize, channel: usize| rows.get(out).and_then(|row| row.get(channel)).copied().unwrap_or(0.0);
    (0..groups_in)
        .flat_map(|group| (0..outs).flat_map(move |out| [0, 1, 2, 3].map(|lane| (out, 4 * group + lane))))
        .map(|(out, channel)| value(out, channel))
        .collect()
}

/// `first` applied to what `second` makes: the product of the two.
pub(crate) fn product(first: &[Vec<f32>], second: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let columns = second.first().map_or(0, Vec::len);
    let row = |row: &Vec<f32>| {
        let of = |column: usize| -> f64 {
            row.iter().zip(second).map(|(a, b)| f64::from(*a) * f64::from(b[column])).sum()
        };
        (0..columns).map(|column| of(column) as f32).collect()
    };
    first.iter().map(row).collect()
}
