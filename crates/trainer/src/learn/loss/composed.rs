//! The loss out of tensor operations, whose gradient Burn derives: for GPUs,
//! where logits are not to leave the device, and to hold the closed form against.

use burn::tensor::activation::sigmoid;
use burn::tensor::{Tensor, TensorData};

use super::ENTROPY_WEIGHT;
use super::targets::Targets;
use crate::data::Planes;

/// Logits of the live planes from those of the labels.
fn of_planes(logits: &Tensor<4>, targets: &Targets, planes: &Planes) -> Tensor<4> {
    let leaf = |leaf: &usize| logits.clone().narrow(1, leaf - targets.labels.start, 1);
    let plane = |plane: &usize| planes.leaves(*plane).iter().map(leaf).reduce(union_logit);
    Tensor::cat(targets.live.iter().filter_map(plane).collect(), 1)
}

/// Logit of `1 - (1 - sigmoid(a)) (1 - sigmoid(b))`.
fn union_logit(a: Tensor<4>, b: Tensor<4>) -> Tensor<4> {
    let both = a.clone() + b.clone();
    let largest = a.clone().max_pair(b.clone()).max_pair(both.clone());
    let sum = (a - largest.clone()).exp() + (b - largest.clone()).exp() + (both - largest.clone()).exp();
    largest + sum.log()
}

/// Loss at one scale, `[1]`.
///
/// # Shapes
/// - `logits`: `[samples, labels of targets, rows, columns]`
pub fn at_scale(logits: &Tensor<4>, targets: &Targets, planes: &Planes) -> Tensor<1> {
    let device = logits.device();
    let [samples, rows, columns] = targets.size;
    let shape = [samples, targets.live.len(), rows, columns];
    let map = |values: &Vec<f32>| Tensor::<4>::from_data(TensorData::new(values.clone(), shape), &device);
    let (target, weight) = (map(&targets.marked), map(&targets.weights));
    let logits = of_planes(logits, targets, planes);
    // log(1 + exp(-|z|)) + max(z, 0) - z y never overflows. Written as (z + |z|) / 2
    // the maximum has the right slope at 0, too.
    let magnitude = logits.clone().abs();
    let entropy = (magnitude.clone().neg().exp() + 1.0).log() + (logits.clone() + magnitude) * 0.5
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
