//! What a batch wants of the network, at one scale.

use std::ops::Range;

use crate::data::Batch;
use crate::data::{IGNORE_BIT, Planes};

/// Targets of the planes that any sample of a batch teaches.
#[derive(Debug, Clone)]
pub struct Targets {
    /// The planes, in order.
    pub live: Vec<usize>,
    /// Labels that these planes, and those of `present`, are made of: the heads are asked
    /// for no others.
    pub labels: Range<usize>,
    /// Samples, rows and columns.
    pub size: [usize; 3],
    /// Bits of the planes that each sample teaches.
    taught: Vec<u32>,
    /// Of each sample the planes of which no more is known than that they are in it.
    pub present: Vec<u32>,
    /// `[samples, live planes, rows, columns]`, 0..=1.
    pub marked: Vec<f32>,
    /// 1 where the plane is taught and the pixel counts: same shape.
    pub weights: Vec<f32>,
}

impl Targets {
    /// Unpacks the bits of `batch`.
    pub fn new(batch: &Batch, planes: &Planes) -> Self {
        let pixels = batch.size[0] * batch.size[1];
        let samples = batch.taught.len();
        let any = batch.taught.iter().fold(0, |any, taught| any | taught);
        let live: Vec<usize> = planes.in_bits(any).collect();
        let somewhere = batch.present.iter().fold(any, |any, present| any | present);
        let leaves = || planes.in_bits(somewhere).flat_map(|plane| planes.leaves(plane));
        let labels = leaves().min().map_or(0..0, |first| *first..leaves().max().unwrap_or(first) + 1);
        let values = samples * live.len() * pixels;
        let mut targets = Self {
            live,
            labels,
            size: [samples, batch.size[0], batch.size[1]],
            taught: batch.taught.clone(),
            present: batch.present.clone(),
            marked: vec![0.0; values],
            weights: vec![0.0; values],
        };
        for (sample, bits) in batch.bits.chunks_exact(pixels).enumerate() {
            for position in 0..targets.live.len() {
                if !targets.teaches(sample, position) {
                    continue;
                }
                let plane = targets.live[position];
                // Of a plane that is marked in part, what is unmarked says nothing.
                let partial = batch.partial[sample] >> plane & 1 == 1;
                let map = targets.map(sample, position);
                let into = targets.marked[map.clone()].iter_mut().zip(&mut targets.weights[map]);
                for ((marked, weight), bits) in into.zip(bits) {
                    let is_marked = bits >> plane & 1 == 1;
                    *marked = f32::from(u8::from(is_marked));
                    *weight = f32::from(u8::from((is_marked || !partial) && bits >> IGNORE_BIT & 1 == 0));
                }
                // Of several graders the mean.
                let others = batch.others.get(sample).map_or(&[][..], Vec::as_slice);
                if others.is_empty() {
                    continue;
                }
                let graders = (1 + others.len()) as f32;
                let map = targets.map(sample, position);
                let into = targets.marked[map].iter_mut();
                for (pixel, marked) in into.enumerate() {
                    let more = others.iter().filter(|bits| bits[pixel] >> plane & 1 == 1).count();
                    *marked = (*marked + more as f32) / graders;
                }
            }
        }
        targets
    }

    /// Whether `sample` teaches the live plane at `position`.
    pub fn teaches(&self, sample: usize, position: usize) -> bool {
        self.taught[sample] >> self.live[position] & 1 == 1
    }

    /// At half the size, where rows and columns are even; what does not count
    /// has no say in a target.
    pub fn halved(&self) -> Self {
        let [samples, rows, columns] = self.size;
        let mut half = Self {
            live: self.live.clone(),
            labels: self.labels.clone(),
            size: [samples, rows / 2, columns / 2],
            taught: self.taught.clone(),
            present: self.present.clone(),
            marked: Vec::with_capacity(self.marked.len() / 4),
            weights: Vec::with_capacity(self.weights.len() / 4),
        };
        let pairs = self.marked.chunks_exact(2 * columns).zip(self.weights.chunks_exact(2 * columns));
        for (marked, weights) in pairs {
            for column in (0..columns).step_by(2) {
                let cell = [column, column + 1, columns + column, columns + column + 1];
                let weight: f32 = cell.iter().map(|index| weights[*index]).sum();
                let mark: f32 = cell.iter().map(|index| marked[*index] * weights[*index]).sum();
                half.marked.push(mark / weight.max(4e-6));
                half.weights.push(weight / 4.0);
            }
        }
        half
    }

    /// Where the map of a live plane of a sample lies in `marked` and `weights`.
    pub fn map(&self, sample: usize, position: usize) -> Range<usize> {
        let pixels = self.size[1] * self.size[2];
        let start = (sample * self.live.len() + position) * pixels;
        start..start + pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmis_model::LabelSpace;

    fn planes() -> Planes {
        Planes::of(&LabelSpace::training().unwrap(), &["fluid".to_owned()]).unwrap()
    }

    fn targets(taught: u32, partial: u32, bits: Vec<u32>) -> Targets {
        Targets::new(
            &Batch {
                images: vec![],
                bits,
                others: vec![],
                present: vec![],
                taught: vec![taught],
                partial: vec![partial],
                names: vec![],
                size: [4, 4],
            },
            &planes(),
        )
    }

    #[test]
    fn ignored_and_unmarked_pixels_do_not_vote_at_half_size() {
        // The first 2 x 2 cell holds one marked, two unmarked and one ignored pixel.
        let mut bits = vec![0u32; 16];
        bits[0] = 0b1;
        bits[5] = 1 << IGNORE_BIT | 0b1;
        let first = |partial: u32| {
            let halved = targets(0b1, partial, bits.clone()).halved();
            assert_eq!((halved.size, halved.marked.len(), halved.weights.len()), ([1, 2, 2], 4, 4));
            (halved.marked[0], halved.weights[0])
        };
        let (marked, weight) = first(0);
        assert!((marked - 1.0 / 3.0).abs() < 1e-5 && (weight - 0.75).abs() < 1e-6, "{marked} {weight}");
        let (marked, weight) = first(0b1);
        assert!((marked - 1.0).abs() < 1e-5 && (weight - 0.25).abs() < 1e-6, "{marked} {weight}");
    }

    #[test]
    fn the_mean_of_graders_is_a_soft_target() {
        let mut batch = Batch {
            images: vec![],
            bits: vec![0b1; 16],
            others: vec![vec![vec![0; 16], vec![0b1; 16]]],
            present: vec![0],
            taught: vec![0b1],
            partial: vec![0],
            names: vec![],
            size: [4, 4],
        };
        batch.bits[0] |= 1 << IGNORE_BIT;
        let targets = Targets::new(&batch, &planes());
        assert!(targets.marked.iter().all(|marked| (marked - 2.0 / 3.0).abs() < 1e-6));
        assert_eq!((targets.weights[0], targets.weights[1]), (0.0, 1.0));
    }

    #[test]
    fn the_heads_are_asked_for_the_labels_of_the_live_planes() {
        assert_eq!(targets(0b100, 0, vec![0; 16]).labels, 2..3);
        assert_eq!(targets(0b1_0010, 0, vec![0; 16]).labels, 1..5);
        assert_eq!(targets(1 << planes().index("fluid").unwrap(), 0, vec![0; 16]).labels, 0..2);
    }
}
