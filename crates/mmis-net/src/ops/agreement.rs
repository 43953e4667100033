//! Where two implementations of the operations differ.
//!
//! Both get the same random inputs, in shapes that the network has and in
//! shapes that a kernel is likely to get wrong: odd sizes, one channel, more
//! samples than one, maps of a single value.

use burn::tensor::{Device, Tensor, TensorData};

use super::seam::{
    AttentionParameters, ConvBlockParameters, EmbeddingParameters, Gated, Operations, PointwiseParameters,
    SimilarityParameters,
};

/// Deviation that is put down to rounding: between loops in double precision and
/// Burn on a processor we saw less than a fiftieth of it.
pub const TOLERANCE: f32 = 1e-3;

/// How far two implementations were apart in one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// The operation, as [`Operations`] names it.
    pub operation: &'static str,
    /// The shapes of the case.
    pub case: String,
    /// Largest difference of two values, over the size of the value where that
    /// is above 1. Infinite where the shapes differ or one of the two is no number.
    pub largest: f32,
}

/// Runs `cases` random cases of every operation by `candidate` and `reference`
/// on `device`; the same cases for a `seed`.
///
/// # Errors
/// What a device says that fails while it is read.
pub async fn deviations(
    candidate: &dyn Operations,
    reference: &dyn Operations,
    device: &Device,
    seed: u64,
    cases: usize,
) -> Result<Vec<Deviation>, String> {
    let mut random = Random { state: seed, device: device.clone() };
    let mut found = Vec::new();
    for number in 0..cases {
        let inputs = Inputs::draw(&mut random, number);
        for ((operation, answers), (_, expected)) in
            inputs.answers(candidate).into_iter().zip(inputs.answers(reference))
        {
            let mut largest = 0f32;
            for (answer, expected) in answers.into_iter().zip(expected) {
                largest = largest.max(difference(answer, expected).await?);
            }
            found.push(Deviation { operation, case: inputs.described.clone(), largest });
        }
    }
    Ok(found)
}

async fn difference(a: Tensor<4>, b: Tensor<4>) -> Result<f32, String> {
    if a.dims() != b.dims() {
        return Ok(f32::INFINITY);
    }
    let values = async |tensor: Tensor<4>| {
        let data = tensor.into_data_async().await.map_err(|error| format!("{error:?}"))?;
        Ok::<_, String>(data.iter::<f32>().collect::<Vec<f32>>())
    };
    let (a, b) = (values(a).await?, values(b).await?);
    Ok(a.iter().zip(&b).fold(0f32, |largest, (a, b)| {
        let difference = (a - b).abs() / b.abs().max(1.0);
        // `max` would drop what is no number.
        if difference.is_nan() { f32::INFINITY } else { largest.max(difference) }
    }))
}

/// What every operation is asked in one case.
struct Inputs {
    map: Tensor<4>,
    other: Tensor<4>,
    block: ConvBlockParameters,
    pointwise: PointwiseParameters,
    size: [usize; 2],
    similarity: SimilarityParameters,
    attention: AttentionParameters,
    described: String,
}

impl Inputs {
    /// Case `number`; every fourth has maps of a single value, as the padding of
    /// a B-scan has.
    fn draw(random: &mut Random, number: usize) -> Self {
        let flat = number % 4 == 3;
        let [batch, channels, outputs] = [random.between(1, 2), random.between(1, 9), random.between(1, 9)];
        let [rows, columns] = [random.between(6, 20), random.between(6, 20)];
        let stride = random.between(1, 2);
        let shape = [batch, channels, rows, columns];
        let embedded = (channels / 2).max(1);
        let cosine = number % 3 == 1;
        // Twice as large, or anything else.
        let size = if number % 2 == 1 { [2 * rows - 1, 2 * columns + 1] } else { [2 * rows, 2 * columns] };
        let mut map = |value| {
            if flat { Tensor::full(shape, value, &random.device) } else { random.tensor(shape) }
        };
        Self {
            map: map(0.5),
            other: map(-0.5),
            block: ConvBlockParameters {
                weight: random.tensor([outputs, channels, 3, 3]),
                scale: random.tensor([outputs]),
                shift: random.tensor([outputs]),
                stride,
            },
            pointwise: random.pointwise(channels, outputs),
            size,
            similarity: SimilarityParameters {
                detail: random.embedding(channels, embedded),
                semantics: random.embedding(channels, embedded),
                sharpness: cosine.then(|| random.tensor([1])),
            },
            attention: AttentionParameters {
                detail: random.embedding(channels, embedded),
                semantics: random.embedding(channels, embedded),
                gate: random.pointwise(embedded, 1),
            },
            described: format!(
                "{shape:?} to {outputs} channels, stride {stride}, upsampled to {size:?}, flat {flat}, cosine {cosine}"
            ),
        }
    }

    /// What `ops` makes of them, by operation.
    fn answers(&self, ops: &dyn Operations) -> [(&'static str, Vec<Tensor<4>>); 7] {
        let (map, other) = (|| self.map.clone(), || self.other.clone());
        let both = |Gated { features, gate }: Gated| vec![features, gate];
        [
            ("conv_block", vec![ops.conv_block(map(), self.block.clone())]),
            ("pointwise", vec![ops.pointwise(map(), self.pointwise.clone())]),
            ("probabilities", vec![ops.probabilities(map(), self.pointwise.clone())]),
            ("upsample", vec![ops.upsample(map(), self.size)]),
            ("concatenate", vec![ops.concatenate(map(), other())]),
            ("similarity", both(ops.similarity(map(), other(), self.similarity.clone()))),
            ("attention", both(ops.attention(map(), other(), self.attention.clone()))),
        ]
    }
}

/// Random shapes and values.
struct Random {
    state: u64,
    device: Device,
}

impl Random {
    fn pointwise(&mut self, channels: usize, outputs: usize) -> PointwiseParameters {
        PointwiseParameters {
            weight: self.tensor([outputs, channels]),
            bias: (self.between(0, 1) == 1).then(|| self.tensor([outputs])),
        }
    }

    fn embedding(&mut self, channels: usize, embedded: usize) -> EmbeddingParameters {
        EmbeddingParameters {
            weight: self.tensor([embedded, channels]),
            scale: self.tensor([embedded]),
            shift: self.tensor([embedded]),
        }
    }

    /// Values of -2..2.
    fn tensor<const D: usize>(&mut self, shape: [usize; D]) -> Tensor<D> {
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| (self.bits() >> 40) as f32 / (1u32 << 22) as f32 - 2.0)
            .collect();
        Tensor::from_data(TensorData::new(values, shape), &self.device)
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + (self.bits() >> 33) as usize % (high - low + 1)
    }

    /// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
