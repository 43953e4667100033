//! What is learnt from an image of which no more is known than that a label is in it.
//!
//! \[ours\] The evidence e of a label is what its presence is told by: the mean of its most
//! probable pixels ([`fluid::presence`]). The loss is -ln e, so that only those pixels are
//! raised, and the less the surer the network is already.

use burn::tensor::activation::sigmoid;
use burn::tensor::{Tensor, TensorData};
use fluid::presence::TOP_PIXELS;

use super::targets::Targets;
use crate::data::Planes;

/// Keeps the logarithm finite where the network sees nothing at all.
const LEAST: f32 = 1e-6;

/// `[1]`, the sum over planes of the mean of -ln e over the samples that hold them
/// somewhere; `None` where no sample does.
///
/// # Shapes
/// - `logits`: `[samples, labels of targets, rows, columns]`, of the finest head
pub fn missing(logits: &Tensor<4>, targets: &Targets, planes: &Planes) -> Option<Tensor<1>> {
    let any = targets.present.iter().fold(0, |any, present| any | present);
    let of_plane = |plane: usize| {
        let holding: Vec<usize> =
            (0..targets.present.len()).filter(|sample| targets.present[*sample] >> plane & 1 == 1).collect();
        let share = 1.0 / holding.len().max(1) as f64;
        let of_sample = |sample: usize| {
            let leaf = |leaf: &usize| {
                let map = logits.clone().narrow(0, sample, 1).narrow(1, leaf - targets.labels.start, 1);
                sigmoid(map)
            };
            let union = |a: Tensor<4>, b: Tensor<4>| a.clone() + b.clone() - a * b;
            let probability = planes.leaves(plane).iter().map(leaf).reduce(union)?;
            Some((evidence(probability) + LEAST).log().neg() * share)
        };
        holding.into_iter().filter_map(of_sample).reduce(|sum, one| sum + one)
    };
    planes.in_bits(any).filter_map(of_plane).reduce(|sum, one| sum + one)
}

/// `[1]`: the mean of the most probable pixels of `[1, 1, rows, columns]`.
fn evidence(probability: Tensor<4>) -> Tensor<1> {
    let values: Vec<f32> = probability.to_data().iter::<f32>().collect();
    let count = TOP_PIXELS.min(values.len());
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*b].total_cmp(&values[*a]));
    // Which pixels they are is no matter of gradients.
    let mut chosen = vec![0f32; values.len()];
    order[..count].iter().for_each(|index| chosen[*index] = 1.0 / count.max(1) as f32);
    let chosen = TensorData::new(chosen, probability.dims());
    (Tensor::<4>::from_data(chosen, &probability.device()) * probability).sum()
}

#[cfg(test)]
mod tests {
    use super::super::{Method, loss};
    use super::*;
    use crate::data::Batch;
    use burn::tensor::Device;
    use fluid::presence::bscan_evidence;
    use mmis_model::LabelSpace;

    fn planes() -> Planes {
        Planes::of(&LabelSpace::training().unwrap(), &["fluid".to_owned()]).unwrap()
    }

    fn batch(taught: u32, present: u32) -> Batch {
        Batch {
            images: vec![],
            bits: vec![0; 256],
            others: vec![],
            taught: vec![taught],
            present: vec![present],
            partial: vec![0],
            names: vec![],
            size: [16; 2],
        }
    }

    /// Loss and gradient, a label each, of logits that rise from pixel to pixel.
    fn of(batch: &Batch, method: Method) -> (f64, Vec<Vec<f32>>) {
        let device = Device::flex().autodiff();
        let targets = Targets::new(batch, &planes());
        let labels = targets.labels.len();
        let values: Vec<f32> = (0..labels * 256).map(|n| (n % 256) as f32 * 0.01 - 2.0).collect();
        let logits = TensorData::new(values, [1, labels, 16, 16]);
        let logits = Tensor::<4>::from_data(logits, &device).require_grad();
        let loss = loss(logits.clone(), vec![], targets, &planes(), method);
        let gradient: Vec<f32> =
            logits.grad(&loss.root.backward()).unwrap().into_data().iter::<f32>().collect();
        (loss.value, gradient.chunks(256).map(<[f32]>::to_vec).collect())
    }

    #[test]
    fn a_label_that_is_somewhere_raises_its_most_probable_pixels_and_no_other() {
        for method in [Method::ClosedForm, Method::Composed] {
            let (value, gradient) = of(&batch(0, 0b1), method);
            let probabilities: Vec<f32> =
                (0..256).map(|n| 1.0 / (1.0 + (2.0 - n as f32 * 0.01).exp())).collect();
            let expected = -f64::from(bscan_evidence(&probabilities)).ln();
            assert!((value - expected).abs() < 1e-5, "{method:?}: {value}, not {expected}");
            let [irf] = gradient.as_slice() else { panic!("one label") };
            assert!(irf[..192].iter().all(|slope| *slope == 0.0), "{method:?}");
            assert!(irf[192..].iter().all(|slope| *slope < 0.0), "{method:?}");
        }
    }

    #[test]
    fn a_superset_that_is_somewhere_raises_all_its_leaves() {
        let fluid = 1 << planes().index("fluid").unwrap();
        let (_, gradient) = of(&batch(0, fluid), Method::ClosedForm);
        assert_eq!(gradient.len(), 2);
        assert!(gradient.iter().all(|leaf| leaf[255] < 0.0 && leaf[0] == 0.0));
    }

    #[test]
    fn an_absent_label_lowers_every_pixel_and_an_unknown_one_none() {
        // IRF is somewhere, PED is nowhere, and of SRF between them nothing is known.
        let (_, gradient) = of(&batch(0b100, 0b1), Method::ClosedForm);
        assert!(gradient[1].iter().all(|slope| *slope == 0.0));
        assert!(gradient[2].iter().all(|slope| *slope > 0.0));
        assert!(gradient[0][255] < 0.0);
    }
}
