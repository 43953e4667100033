//! The masked loss over the label space, with supersets and auxiliary heads.
//!
//! \[strong\] For each sample only the planes its dataset annotates take part;
//! the others get no gradient (MultiTalent, Ulrich et al., 2023):
//! `L = sum_i w_i [ 8 sum_k mean BCE_k - sum_k 2 TP_k / (2 TP_k + FP_k + FN_k) ]`,
//! both over samples that annotate plane k. \[ours\] The weight 8 (`ENTROPY_WEIGHT`) and
//! one pixel of smoothing in the quotient. \[strong\] The weights of the scales
//! are nnU-Net's 1/2^i. A superset's probability is the union of its leaves':
//! `p = 1 - prod(1 - p_leaf)`, whose logit is `logsumexp(a, b, a + b)` for two leaves.
//!
//! \[ours\] A label of which no more is known than that it is in an image adds -ln of its
//! evidence, at the finest head alone (`evidence`).

mod closed_form;
mod composed;
mod evidence;
mod targets;

use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Tensor, TensorData};

use crate::data::Planes;

pub use targets::Targets;

/// Weight of the cross-entropy beside Dice \[ours\]. Dice alone leaves a fluid
/// that is absent from a batch almost without gradient, and at weight 1 PED
/// learnt to fire on all SRF, 2000 steps long: two dark domes at the RPE that
/// only the cross-entropy tells apart.
const ENTROPY_WEIGHT: f64 = 8.0;

/// How loss and gradient are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// In one walk over the logits, on the processor.
    ClosedForm,
    /// Of tensor operations, where the logits are.
    Composed,
}

impl Method {
    /// The one that suits the device this was built for: Burn's operations walk
    /// some fifty times over every map, but a GPU is not to wait for a processor.
    pub const OF_BUILD: Self = if cfg!(feature = "vulkan") { Self::Composed } else { Self::ClosedForm };
}

/// A loss and what to send the backward pass through.
#[derive(Debug)]
pub struct Loss {
    /// The loss.
    pub value: f64,
    /// `[1]`; its gradient is that of the loss, its value need not be.
    pub root: Tensor<1>,
}

/// Loss of the head and the auxiliary heads.
///
/// # Shapes
/// - `head`, `auxiliary`: as [`mmis_net::MmisNet::forward_supervised`] returns
///   them for the labels of `targets`
pub fn loss(
    head: Tensor<4>,
    auxiliary: Vec<Tensor<4>>,
    mut targets: Targets,
    planes: &Planes,
    method: Method,
) -> Loss {
    let mut value = 0.0;
    let mut root = Tensor::zeros([1], &head.device());
    if let Some(missing) = evidence::missing(&head, &targets, planes) {
        value += missing.to_data().iter::<f32>().next().map_or(f64::NAN, f64::from);
        root = root + missing;
    }
    if targets.live.is_empty() {
        return Loss { value, root };
    }
    // The finest SF block's head is compared at half size: at full size it
    // would cost as much as the main loss for a twin of its information.
    let coarser = |(scale, logits)| if scale == 0 { (1, halve(logits)) } else { (scale, logits) };
    let mut halvings = 0;
    for (scale, logits) in std::iter::once((0, head)).chain(auxiliary.into_iter().enumerate().map(coarser)) {
        if scale > halvings {
            targets = targets.halved();
            halvings += 1;
        }
        let weight = 0.5f64.powi(scale as i32);
        root = root
            + match method {
                Method::Composed => composed::at_scale(&logits, &targets, planes) * weight,
                Method::ClosedForm => {
                    let values: Vec<f32> = logits.to_data().iter::<f32>().collect();
                    let (here, gradient) = closed_form::at_scale(&values, &targets, planes);
                    value += here * weight;
                    let gradient = TensorData::new(gradient, logits.dims());
                    (Tensor::from_data(gradient, &logits.device()) * logits).sum() * weight
                }
            };
    }
    if method == Method::Composed {
        value = root.to_data().iter::<f32>().next().map_or(f64::NAN, f64::from);
    }
    Loss { value, root }
}

fn halve(tensor: Tensor<4>) -> Tensor<4> {
    avg_pool2d(tensor, AvgPoolOptions::new([2, 2]).with_stride([2, 2]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Batch;
    use crate::data::IGNORE_BIT;
    use burn::tensor::{Device, Distribution};
    use mmis_model::LabelSpace;

    fn planes() -> Planes {
        Planes::of(&LabelSpace::training().unwrap(), &["fluid".to_owned()]).unwrap()
    }

    fn batch(taught: Vec<u32>, partial: Vec<u32>, side: usize, bits: Vec<u32>) -> Batch {
        let (others, present) = (vec![], vec![]);
        Batch { images: vec![], bits, others, taught, present, partial, names: vec![], size: [side; 2] }
    }

    /// Value of the loss of a head alone, all of whose logits are `logit`, and
    /// the gradient, a pixel of a label each.
    fn of_constant(logit: f32, batch: &Batch, method: Method) -> (f64, Vec<Vec<f32>>, Targets) {
        let device = Device::flex().autodiff();
        let targets = Targets::new(batch, &planes());
        let [samples, rows, columns] = targets.size;
        let shape = [samples, targets.labels.len(), rows, columns];
        let logits = Tensor::<4>::full(shape, logit, &device).require_grad();
        let loss = loss(logits.clone(), vec![], targets.clone(), &planes(), method);
        let gradient: Vec<f32> =
            logits.grad(&loss.root.backward()).unwrap().into_data().iter::<f32>().collect();
        (loss.value, gradient.chunks(rows * columns).map(<[f32]>::to_vec).collect(), targets)
    }

    #[test]
    fn a_loss_computed_by_hand_is_reached() {
        // One of four pixels marked, p = 1/2 everywhere: the cross-entropy is
        // 8 ln 2 and Dice (2 x 0.5 + 1) / (2 + 1 + 1).
        let batch = batch(vec![0b100], vec![0], 2, vec![0b100, 0, 0, 0]);
        for method in [Method::ClosedForm, Method::Composed] {
            let (value, gradient, _) = of_constant(0.0, &batch, method);
            assert!((value - (8.0 * 2f64.ln() + 0.5)).abs() < 1e-6, "{method:?}: {value}");
            // 8/4 (p - y) - p (1 - p) (2 y 4 - 2) / 16
            for (pixel, expected) in [(0, -1.0 - 6.0 / 64.0), (1, 1.0 + 2.0 / 64.0)] {
                let got = gradient[0][pixel];
                assert!((got - expected).abs() < 1e-6, "{method:?}, pixel {pixel}: {got}, not {expected}");
            }
        }
    }

    #[test]
    fn the_closed_form_and_burns_own_gradient_agree_at_all_scales() {
        let device = Device::flex().autodiff();
        device.seed(7);
        let planes = planes();
        let fluid = 1u32 << planes.index("fluid").unwrap();
        // Phantoms, Duke, and one that marks SRF in part; pixels that are left out among them.
        let taught = vec![0b1_1111, fluid | 0b100, 0b1_0010];
        let bits = (0..3 * 256u32).map(|n| {
            let marked = [n % 5 == 0, n % 7 == 0, n % 11 == 0, n % 3 == 0, n % 13 == 0];
            let labels = marked.iter().enumerate().map(|(bit, on)| u32::from(*on) << bit).sum::<u32>();
            labels | if n % 4 == 0 { fluid } else { 0 } | u32::from(n % 17 == 0) << IGNORE_BIT
        });
        let batch = batch(taught, vec![0, 0, 0b10], 16, bits.collect());
        let logits: Vec<Tensor<4>> = [16, 16, 8, 4]
            .map(|side| Tensor::random([3, 5, side, side], Distribution::Normal(0.0, 3.0), &device))
            .map(Tensor::require_grad)
            .to_vec();
        let run = |method| {
            let targets = Targets::new(&batch, &planes);
            let loss = loss(logits[0].clone(), logits[1..].to_vec(), targets, &planes, method);
            let gradients = loss.root.backward();
            let of = |tensor: &Tensor<4>| {
                tensor.grad(&gradients).unwrap().into_data().iter::<f32>().collect::<Vec<f32>>()
            };
            (loss.value, logits.iter().map(of).collect::<Vec<_>>())
        };
        let (value, gradients) = run(Method::ClosedForm);
        let (reference, references) = run(Method::Composed);
        assert!((value - reference).abs() < 1e-5 * reference, "{value} and {reference}");
        for (scale, (got, wanted)) in gradients.iter().zip(&references).enumerate() {
            let largest = wanted.iter().fold(0f32, |largest, value| largest.max(value.abs()));
            assert!(largest > 1e-3, "scale {scale} is taught nothing");
            for (got, wanted) in got.iter().zip(wanted) {
                assert!((got - wanted).abs() < 1e-5 * largest, "scale {scale}: {got} and {wanted}");
            }
        }
    }

    #[test]
    fn a_label_that_the_dataset_does_not_annotate_gets_no_gradient() {
        // The second sample makes the label live.
        let batch = batch(vec![0b00_0100, 0b00_1000], vec![0; 2], 4, vec![0; 32]);
        let (_, gradient, targets) = of_constant(0.3, &batch, Method::ClosedForm);
        assert_eq!(targets.labels, 2..4);
        for (map, annotated) in gradient.iter().zip([true, false, false, true]) {
            assert!(map.iter().all(|value| (*value != 0.0) == annotated), "{map:?}");
        }
    }

    #[test]
    fn a_superset_teaches_all_its_leaves_and_nothing_else() {
        let fluid = 1 << planes().index("fluid").unwrap();
        let batch = batch(vec![fluid | 0b100], vec![fluid], 4, vec![fluid; 16]);
        let (_, gradient, targets) = of_constant(0.3, &batch, Method::ClosedForm);
        assert_eq!(targets.labels, 0..3);
        for leaf in &gradient[..2] {
            assert!(leaf.iter().all(|value| *value < 0.0), "fluid must push IRF and SRF up: {leaf:?}");
        }
        assert!(gradient[2].iter().all(|value| *value > 0.0), "PED is absent and must fall");
    }

    #[test]
    fn ignored_pixels_take_no_part() {
        let mut bits = vec![0u32; 16];
        bits[3] = 1 << IGNORE_BIT;
        let (_, gradient, _) = of_constant(0.3, &batch(vec![0b1], vec![0], 4, bits), Method::ClosedForm);
        assert_eq!(gradient[0][3], 0.0);
        assert!(gradient[0][4] > 0.0);
    }

    #[test]
    fn what_a_partial_annotation_leaves_unmarked_teaches_nothing() {
        let mut bits = vec![0u32; 16];
        bits[3] = 0b1;
        let (_, gradient, _) = of_constant(0.3, &batch(vec![0b1], vec![0b1], 4, bits), Method::ClosedForm);
        assert!(gradient[0][3] < 0.0, "the marked pixel is pushed up");
        assert_eq!(gradient[0].iter().filter(|value| **value != 0.0).count(), 1);
    }
}
