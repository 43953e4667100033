//! Every operation as its formula reads: straight loops in double precision over
//! arrays of its own. Slow, and hard to get wrong. An implementation that keeps
//! its own buffers is put behind the seam in the same way.

use burn::tensor::{Device, Tensor, TensorData};
use mmis_net::ops::seam::{EPSILON, LENGTHS_EPSILON, NEGATIVE_SLOPE};
use mmis_net::ops::{
    AttentionParameters, ConvBlockParameters, EmbeddingParameters, Gated, Operations, PointwiseParameters,
    SimilarityParameters,
};

/// The loops.
#[derive(Debug)]
pub struct Plain;

/// `[batch, channels, rows, columns]`, the column fastest.
struct Map {
    shape: [usize; 4],
    values: Vec<f64>,
}

impl Map {
    fn of(tensor: Tensor<4>) -> Self {
        Self { shape: tensor.dims(), values: tensor.into_data().iter::<f64>().collect() }
    }

    /// A map of `shape` whose value at batch, channel, row and column is `value`.
    fn from(shape: [usize; 4], mut value: impl FnMut([usize; 4]) -> f64) -> Self {
        let [batch, channels, rows, columns] = shape;
        let mut values = Vec::with_capacity(shape.iter().product());
        for b in 0..batch {
            for c in 0..channels {
                for row in 0..rows {
                    for column in 0..columns {
                        values.push(value([b, c, row, column]));
                    }
                }
            }
        }
        Self { shape, values }
    }

    fn at(&self, [b, c, row, column]: [usize; 4]) -> f64 {
        let [_, channels, rows, columns] = self.shape;
        self.values[((b * channels + c) * rows + row) * columns + column]
    }

    fn tensor(self, device: &Device) -> Tensor<4> {
        let values: Vec<f32> = self.values.into_iter().map(|value| value as f32).collect();
        Tensor::from_data(TensorData::new(values, self.shape), device)
    }
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn normalised(map: &Map, scale: &[f64], shift: &[f64], slope: f64) -> Map {
    let [batch, channels, rows, columns] = map.shape;
    let pixels = (rows * columns) as f64;
    let over_pixels = |b: usize, c: usize, value: &dyn Fn(f64) -> f64| {
        let mut sum = 0.0;
        for row in 0..rows {
            for column in 0..columns {
                sum += value(map.at([b, c, row, column]));
            }
        }
        sum / pixels
    };
    let mut statistics = Vec::new();
    for b in 0..batch {
        for c in 0..channels {
            let mean = over_pixels(b, c, &|x| x);
            statistics.push((mean, over_pixels(b, c, &|x| (x - mean).powi(2))));
        }
    }
    Map::from(map.shape, |[b, c, row, column]| {
        let (mean, variance) = statistics[b * channels + c];
        let x = scale[c] * (map.at([b, c, row, column]) - mean) / (variance + EPSILON).sqrt() + shift[c];
        if x < 0.0 { slope * x } else { x }
    })
}

fn mixed(map: &Map, weight: &[f64], bias: Option<&[f64]>) -> Map {
    let [batch, channels, rows, columns] = map.shape;
    Map::from([batch, weight.len() / channels, rows, columns], |[b, out, row, column]| {
        let sum: f64 = (0..channels).map(|c| weight[out * channels + c] * map.at([b, c, row, column])).sum();
        sum + bias.map_or(0.0, |bias| bias[out])
    })
}

fn embedded(map: &Map, parameters: EmbeddingParameters) -> Map {
    let mixed = mixed(map, &numbers(parameters.weight), None);
    normalised(&mixed, &numbers(parameters.scale), &numbers(parameters.shift), 1.0)
}

fn pointwise(input: Tensor<4>, parameters: PointwiseParameters) -> Map {
    let bias = parameters.bias.map(numbers);
    mixed(&Map::of(input), &numbers(parameters.weight), bias.as_deref())
}

impl Operations for Plain {
    fn conv_block(&self, input: Tensor<4>, parameters: ConvBlockParameters) -> Tensor<4> {
        let device = input.device();
        let (map, weight, stride) = (Map::of(input), Map::of(parameters.weight), parameters.stride);
        let [batch, channels, rows, columns] = map.shape;
        let shape = [batch, weight.shape[0], rows.div_ceil(stride), columns.div_ceil(stride)];
        let convolved = Map::from(shape, |[b, out, row, column]| {
            let mut sum = 0.0;
            for c in 0..channels {
                for down in 0..3 {
                    for across in 0..3 {
                        // Zeros lie around the map.
                        let (r, x) = (row * stride + down, column * stride + across);
                        if (1..=rows).contains(&r) && (1..=columns).contains(&x) {
                            sum += weight.at([out, c, down, across]) * map.at([b, c, r - 1, x - 1]);
                        }
                    }
                }
            }
            sum
        });
        let (scale, shift) = (numbers(parameters.scale), numbers(parameters.shift));
        normalised(&convolved, &scale, &shift, NEGATIVE_SLOPE).tensor(&device)
    }

    fn pointwise(&self, input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4> {
        let device = input.device();
        pointwise(input, parameters).tensor(&device)
    }

    fn probabilities(&self, input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4> {
        let device = input.device();
        let logits = pointwise(input, parameters);
        Map::from(logits.shape, |at| sigmoid(logits.at(at))).tensor(&device)
    }

    fn upsample(&self, input: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
        let device = input.device();
        let map = Map::of(input);
        let [batch, channels, rows, columns] = map.shape;
        Map::from([batch, channels, size[0], size[1]], |[b, c, row, column]| {
            map.at([b, c, row * rows / size[0], column * columns / size[1]])
        })
        .tensor(&device)
    }

    fn concatenate(&self, first: Tensor<4>, second: Tensor<4>) -> Tensor<4> {
        let device = first.device();
        let (first, second) = (Map::of(first), Map::of(second));
        let [batch, channels, rows, columns] = first.shape;
        Map::from([batch, channels + second.shape[1], rows, columns], |[b, c, row, column]| {
            if c < channels {
                first.at([b, c, row, column])
            } else {
                second.at([b, c - channels, row, column])
            }
        })
        .tensor(&device)
    }

    fn similarity(&self, detail: Tensor<4>, semantics: Tensor<4>, parameters: SimilarityParameters) -> Gated {
        let device = detail.device();
        let (detail, semantics) = (Map::of(detail), Map::of(semantics));
        let f = embedded(&detail, parameters.detail);
        let g = embedded(&semantics, parameters.semantics);
        let sharpness = parameters.sharpness.map(|sharpness| numbers(sharpness)[0]);
        let [batch, embedded, rows, columns] = f.shape;
        let similarity = Map::from([batch, 1, rows, columns], |[b, _, row, column]| {
            let sum = |value: &dyn Fn([usize; 4]) -> f64| -> f64 {
                (0..embedded).map(|c| value([b, c, row, column])).sum()
            };
            let product = sum(&|at| f.at(at) * g.at(at));
            sigmoid(match sharpness {
                None => product / (embedded as f64).sqrt(),
                Some(sharpness) => {
                    let lengths = sum(&|at| f.at(at).powi(2)) * sum(&|at| g.at(at).powi(2));
                    sharpness * product / (lengths + LENGTHS_EPSILON).sqrt()
                }
            })
        });
        let features = Map::from(detail.shape, |[b, c, row, column]| {
            let s = similarity.at([b, 0, row, column]);
            let at = [b, c, row, column];
            (1.0 - s) * detail.at(at) + s * semantics.at(at)
        });
        Gated { features: features.tensor(&device), gate: similarity.tensor(&device) }
    }

    fn attention(&self, detail: Tensor<4>, semantics: Tensor<4>, parameters: AttentionParameters) -> Gated {
        let device = detail.device();
        let (detail, semantics) = (Map::of(detail), Map::of(semantics));
        let f = embedded(&detail, parameters.detail);
        let g = embedded(&semantics, parameters.semantics);
        let sum = Map::from(f.shape, |at| {
            let sum = f.at(at) + g.at(at);
            if sum < 0.0 { 0.0 } else { sum }
        });
        let bias = parameters.gate.bias.map(numbers);
        let gate = mixed(&sum, &numbers(parameters.gate.weight), bias.as_deref());
        let gate = Map::from(gate.shape, |at| sigmoid(gate.at(at)));
        let features = Map::from(detail.shape, |[b, c, row, column]| {
            gate.at([b, 0, row, column]) * detail.at([b, c, row, column])
        });
        Gated { features: features.tensor(&device), gate: gate.tensor(&device) }
    }
}
