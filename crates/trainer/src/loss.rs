//! The masked loss over the label space, with supersets and auxiliary heads.
//!
//! \[strong\] For each sample only the planes its dataset annotates take part;
//! the others get no gradient (MultiTalent, Ulrich et al., 2023):
//! `L = sum_i w_i [ 8 sum_k mean BCE_k - sum_k 2 TP_k / (2 TP_k + FP_k + FN_k) ]`,
//! both over samples that annotate plane k. \[ours\] The weight 8 (`ENTROPY_WEIGHT`) and
//! one pixel of smoothing in the quotient. \[strong\] The weights of the scales
//! are nnU-Net's 1/2^i. A superset's probability is the union of its leaves':
//! `p = 1 - prod(1 - p_leaf)`, whose logit is `logsumexp(a, b, a + b)` for two leaves.

use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Device, Tensor, TensorData};

use crate::batch::Batch;
use crate::datasets::{IGNORE_BIT, Planes};

/// Weight of the cross-entropy beside Dice \[ours\]. Dice alone leaves a fluid
/// that is absent from a batch almost without gradient, and at weight 1 PED
/// learnt to fire on all SRF, 2000 steps long: two dark domes at the RPE that
/// only the cross-entropy tells apart.
const ENTROPY_WEIGHT: f64 = 8.0;

/// What a batch wants of the network: the planes that any of its samples teaches.
#[derive(Debug, Clone)]
pub struct Targets {
    /// The planes, in order.
    live: Vec<usize>,
    /// `[samples, live planes, rows, columns]`, 0..=1.
    planes: Tensor<4>,
    /// 1 where the plane is taught and the pixel counts: same shape.
    weights: Tensor<4>,
}

impl Targets {
    /// Unpacks the bits of `batch` on `device`.
    pub fn new(batch: &Batch, planes: &Planes, device: &Device) -> Self {
        let pixels = batch.size[0] * batch.size[1];
        let samples = batch.taught.len();
        let any = batch.taught.iter().fold(0, |any, taught| any | taught);
        let live: Vec<usize> = planes.in_bits(any).collect();
        let mut target = vec![0f32; samples * live.len() * pixels];
        let mut weight = vec![0f32; samples * live.len() * pixels];
        for (sample, bits) in batch.bits.chunks_exact(pixels).enumerate() {
            for (position, plane) in live.iter().enumerate() {
                if batch.taught[sample] >> plane & 1 == 0 {
                    continue;
                }
                // Of a plane that is marked in part, what is unmarked says nothing.
                let partial = batch.partial[sample] >> plane & 1 == 1;
                let start = (sample * live.len() + position) * pixels;
                let into = target[start..start + pixels].iter_mut().zip(&mut weight[start..start + pixels]);
                for ((target, weight), bits) in into.zip(bits) {
                    let marked = bits >> plane & 1 == 1;
                    *target = f32::from(u8::from(marked));
                    *weight = f32::from(u8::from((marked || !partial) && bits >> IGNORE_BIT & 1 == 0));
                }
            }
        }
        let shape = [samples, live.len(), batch.size[0], batch.size[1]];
        Self {
            live,
            planes: Tensor::from_data(TensorData::new(target, shape), device),
            weights: Tensor::from_data(TensorData::new(weight, shape), device),
        }
    }

    /// At half the size; what does not count has no say in a target.
    fn halved(&self) -> Self {
        let weights = halve(self.weights.clone());
        let marked = halve(self.planes.clone() * self.weights.clone());
        Self { live: self.live.clone(), planes: marked / weights.clone().clamp_min(1e-6), weights }
    }
}

fn halve(tensor: Tensor<4>) -> Tensor<4> {
    avg_pool2d(tensor, AvgPoolOptions::new([2, 2]).with_stride([2, 2]))
}

/// Logits of the planes `live` from the logits of all labels.
fn of_planes(logits: &Tensor<4>, live: &[usize], planes: &Planes) -> Tensor<4> {
    let leaf = |leaf: &usize| logits.clone().narrow(1, *leaf, 1);
    let plane = |plane: &usize| planes.leaves(*plane).iter().map(leaf).reduce(union_logit);
    Tensor::cat(live.iter().filter_map(plane).collect(), 1)
}

/// Logit of `1 - (1 - sigmoid(a)) (1 - sigmoid(b))`.
fn union_logit(a: Tensor<4>, b: Tensor<4>) -> Tensor<4> {
    let both = a.clone() + b.clone();
    let largest = a.clone().max_pair(b.clone()).max_pair(both.clone());
    let sum = (a - largest.clone()).exp() + (b - largest.clone()).exp() + (both - largest.clone()).exp();
    largest + sum.log()
}

/// Loss at one scale, `[1]`.
fn at_scale(logits: Tensor<4>, targets: &Targets, planes: &Planes) -> Tensor<1> {
    let logits = of_planes(&logits, &targets.live, planes);
    let (target, weight) = (targets.planes.clone(), targets.weights.clone());
    // log(1 + exp(-|z|)) + max(z, 0) - z y never overflows.
    let entropy = (logits.clone().abs().neg().exp() + 1.0).log() + relu(logits.clone())
        - logits.clone() * target.clone();
    let over = [0, 2, 3];
    let counted = weight.clone().sum_dims(&over);
    let entropy = (entropy * weight.clone()).sum_dims(&over) / counted.clone().clamp_min(1.0);
    let probability = sigmoid(logits) * weight.clone();
    let target = target * weight;
    let overlap = (probability.clone() * target.clone()).sum_dims(&over);
    let extent = probability.sum_dims(&over) + target.sum_dims(&over);
    // One pixel of smoothing on either side: a plane that is rightly empty scores 1.
    let dice = (overlap * 2.0 + 1.0) / (extent + 1.0);
    let annotated = counted.clamp(0.0, 1.0);
    (entropy * ENTROPY_WEIGHT + (dice.neg() + 1.0) * annotated).sum()
}

/// Loss of the head and the auxiliary heads, `[1]`.
///
/// # Shapes
/// - `supervised`: as [`mmis_net::MmisNet::forward_supervised`] returns it
pub fn loss(supervised: Vec<Tensor<4>>, targets: Targets, planes: &Planes) -> Tensor<1> {
    let mut heads = supervised.into_iter();
    let Some(main) = heads.next() else { return Tensor::zeros([1], &targets.planes.device()) };
    let mut total = at_scale(main, &targets, planes);
    let mut targets = targets.halved();
    for (scale, logits) in heads.enumerate() {
        // The finest SF block's head is compared at half size: at full size it
        // would cost as much as the main loss for a twin of its information.
        let logits = if scale == 0 { halve(logits) } else { logits };
        if scale > 1 {
            targets = targets.halved();
        }
        let weight = 0.5f64.powi(scale.max(1) as i32);
        total = total + at_scale(logits, &targets, planes) * weight;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmis_net::LabelSpace;

    fn planes() -> Planes {
        Planes::of(&LabelSpace::training().unwrap(), &["fluid".to_owned()]).unwrap()
    }

    fn batch(taught: u32, partial: u32, bits: Vec<u32>) -> Batch {
        Batch {
            images: vec![],
            bits,
            taught: vec![taught],
            partial: vec![partial],
            names: vec![],
            size: [4, 4],
        }
    }

    fn gradient(taught: u32, partial: u32, bits: Vec<u32>) -> Vec<f32> {
        let device = Device::flex().autodiff();
        let planes = planes();
        let targets = Targets::new(&batch(taught, partial, bits), &planes, &device);
        let logits = Tensor::<4>::full([1, planes.labels(), 4, 4], 0.3, &device).require_grad();
        let gradients = at_scale(logits.clone(), &targets, &planes).backward();
        let gradient = logits.grad(&gradients).unwrap();
        gradient.into_data().iter::<f32>().collect()
    }

    #[test]
    fn a_label_that_the_dataset_does_not_annotate_gets_no_gradient() {
        let gradient = gradient(0b00_0100, 0, vec![0; 16]);
        for (index, value) in gradient.iter().enumerate() {
            let annotated = index / 16 == 2;
            assert_eq!(*value != 0.0, annotated, "channel {} has gradient {value}", index / 16);
        }
    }

    #[test]
    fn a_superset_teaches_all_its_leaves_and_nothing_else() {
        let fluid = 1 << planes().index("fluid").unwrap();
        let gradient = gradient(fluid, 0, vec![fluid; 16]);
        for (index, value) in gradient.iter().enumerate() {
            match index / 16 {
                0 | 1 => assert!(*value < 0.0, "fluid must push IRF and SRF up, not {value}"),
                _ => assert_eq!(*value, 0.0),
            }
        }
    }

    #[test]
    fn ignored_pixels_take_no_part() {
        let mut bits = vec![0u32; 16];
        bits[3] = 1 << IGNORE_BIT;
        let gradient = gradient(0b1, 0, bits);
        assert_eq!(gradient[3], 0.0);
        assert!(gradient[4] > 0.0);
    }

    #[test]
    fn what_a_partial_annotation_leaves_unmarked_teaches_nothing() {
        let mut bits = vec![0u32; 16];
        bits[3] = 0b1;
        let gradient = gradient(0b1, 0b1, bits);
        assert!(gradient[3] < 0.0, "the marked pixel is pushed up");
        assert_eq!(gradient.iter().filter(|value| **value != 0.0).count(), 1);
    }

    #[test]
    fn ignored_and_unmarked_pixels_do_not_vote_at_half_size() {
        let device = Device::flex();
        let planes = planes();
        // The first 2 x 2 cell holds one marked, two unmarked and one ignored pixel.
        let mut bits = vec![0u32; 16];
        bits[0] = 0b1;
        bits[5] = 1 << IGNORE_BIT | 0b1;
        let first = |partial: u32| {
            let halved = Targets::new(&batch(0b1, partial, bits.clone()), &planes, &device).halved();
            let of = |tensor: Tensor<4>| tensor.into_data().iter::<f32>().next().unwrap();
            (of(halved.planes), of(halved.weights))
        };
        let (target, weight) = first(0);
        assert!((target - 1.0 / 3.0).abs() < 1e-5 && (weight - 0.75).abs() < 1e-6, "{target} {weight}");
        let (target, weight) = first(0b1);
        assert!((target - 1.0).abs() < 1e-5 && (weight - 0.25).abs() < 1e-6, "{target} {weight}");
    }

    #[test]
    fn the_logit_of_a_union_matches_its_probability() {
        let device = Device::flex();
        let (a, b) = (0.7f64, -1.9f64);
        let logit =
            union_logit(Tensor::full([1, 1, 1, 1], a, &device), Tensor::full([1, 1, 1, 1], b, &device));
        let logit = logit.into_data().iter::<f32>().next().unwrap();
        let p = |z: f64| 1.0 / (1.0 + (-z).exp());
        let expected = 1.0 - (1.0 - p(a)) * (1.0 - p(b));
        assert!((p(f64::from(logit)) - expected).abs() < 1e-6);
    }
}
