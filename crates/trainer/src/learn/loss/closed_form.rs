//! The loss and its gradient in one walk over the logits, on the processor.
//!
//! For a plane with logit z, p = sigmoid(z), target y, weight w, and the sums
//! C = sum w, O = sum (p w)(y w), E = sum p w + sum y w:
//!
//! `dL/dz = 8 w (p - y) / max(C, 1) - min(C, 1) p (1 - p) (2 y w^2 (E + 1) - (2 O + 1) w) / (E + 1)^2`.
//!
//! Of a superset z is the logit of the union of its leaves a; then `dz/da = sigmoid(a) / p`.

use super::ENTROPY_WEIGHT;
use super::targets::Targets;
use crate::data::Planes;

/// Loss at one scale, and its gradient with respect to `logits`.
///
/// # Shapes
/// - `logits` and gradient: `[samples, labels of targets, rows, columns]`
pub fn at_scale(logits: &[f32], targets: &Targets, planes: &Planes) -> (f64, Vec<f32>) {
    let mut gradient = vec![0f32; logits.len()];
    let mut value = 0.0;
    for (position, plane) in targets.live.iter().enumerate() {
        let leaves: Vec<usize> =
            planes.leaves(*plane).iter().map(|leaf| leaf - targets.labels.start).collect();
        value += of_plane(logits, targets, position, &leaves, &mut gradient);
    }
    (value, gradient)
}

/// Sums over the pixels of a plane that count.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    entropy: f64,
    counted: f64,
    overlap: f64,
    extent: f64,
}

fn of_plane(
    logits: &[f32],
    targets: &Targets,
    position: usize,
    leaves: &[usize],
    gradient: &mut [f32],
) -> f64 {
    let pixels = targets.size[1] * targets.size[2];
    let samples: Vec<usize> =
        (0..targets.size[0]).filter(|sample| targets.teaches(*sample, position)).collect();
    // Of a label alone or of a leaf: where its map lies.
    let at = |sample: usize, leaf: usize| (sample * targets.labels.len() + leaf) * pixels;
    let mut probabilities = vec![0f32; samples.len() * pixels];
    let mut sums = Sums::default();
    for (sample, into) in samples.iter().zip(probabilities.chunks_exact_mut(pixels)) {
        let map = targets.map(*sample, position);
        let (marked, weights) = (&targets.marked[map.clone()], &targets.weights[map]);
        if let [leaf] = leaves {
            let start = at(*sample, *leaf);
            sums.add(&logits[start..start + pixels], marked, weights, into);
        } else {
            let union = |pixel: usize| {
                leaves.iter().map(|leaf| logits[at(*sample, *leaf) + pixel]).reduce(union_logit)
            };
            let union: Vec<f32> = (0..pixels).filter_map(union).collect();
            sums.add(&union, marked, weights, into);
        }
    }
    let Sums { entropy, counted, overlap, extent } = sums;
    let annotated = counted.min(1.0);
    // One pixel of smoothing on either side: a plane that is rightly empty scores 1.
    let dice = (2.0 * overlap + 1.0) / (extent + 1.0);
    let of_entropy = (ENTROPY_WEIGHT / counted.max(1.0)) as f32;
    let of_overlap = (annotated * 2.0 / (extent + 1.0)) as f32;
    let of_extent = (annotated * dice / (extent + 1.0)) as f32;
    for (sample, probabilities) in samples.iter().zip(probabilities.chunks_exact(pixels)) {
        let map = targets.map(*sample, position);
        let (marked, weights) = (&targets.marked[map.clone()], &targets.weights[map]);
        for leaf in leaves {
            let start = at(*sample, *leaf);
            let alone = leaves.len() == 1;
            let into = gradient[start..start + pixels].iter_mut().zip(&logits[start..start + pixels]);
            let wanted = marked.iter().zip(weights).zip(probabilities);
            for ((gradient, logit), ((y, w), p)) in into.zip(wanted) {
                let slope = w * of_entropy * (p - y) - p * (1.0 - p) * w * (of_overlap * y * w - of_extent);
                *gradient += if alone { slope } else { slope * sigmoid(*logit) / p.max(f32::MIN_POSITIVE) };
            }
        }
    }
    entropy / counted.max(1.0) * ENTROPY_WEIGHT + (1.0 - dice) * annotated
}

impl Sums {
    /// Adds the pixels of a sample, and keeps their probabilities.
    fn add(&mut self, logits: &[f32], marked: &[f32], weights: &[f32], probabilities: &mut [f32]) {
        let wanted = marked.iter().zip(weights);
        for ((z, (y, w)), p) in logits.iter().zip(wanted).zip(probabilities) {
            let small = (-z.abs()).exp();
            *p = if *z >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
            // log(1 + exp(-|z|)) + max(z, 0) - z y never overflows.
            self.entropy += f64::from(w * ((1.0 + small).ln() + z.max(0.0) - z * y));
            self.counted += f64::from(*w);
            self.overlap += f64::from(*p * w * y * w);
            self.extent += f64::from((*p + y) * w);
        }
    }
}

fn sigmoid(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}

/// Logit of `1 - (1 - sigmoid(a)) (1 - sigmoid(b))`.
fn union_logit(a: f32, b: f32) -> f32 {
    let largest = a.max(b).max(a + b);
    largest + ((a - largest).exp() + (b - largest).exp() + (a + b - largest).exp()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logit_of_a_union_matches_its_probability() {
        for (a, b) in [(0.7f32, -1.9f32), (-40.0, 3.0), (60.0, 80.0), (-90.0, -95.0)] {
            let p = |z: f32| 1.0 / (1.0 + (-f64::from(z)).exp());
            let expected = p(a) + p(b) - p(a) * p(b);
            let got = p(union_logit(a, b));
            assert!((got - expected).abs() <= 1e-5 * expected, "{a}, {b}: {got} and {expected}");
        }
    }
}
