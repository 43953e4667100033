//! Drawing samples, and a loader thread that keeps ahead of the device.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use anyhow::{Result, ensure};
use mmis_model::MmisNetConfig;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::augment::{Augmentation, Cutter};
use super::catalogue::Split;
use super::graders::Graders;
use super::planes::Planes;
use super::sample::{Dataset, Sample};

/// Crops side by side, ready for the device.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// `[samples, channels, rows, columns]`, row by row.
    pub images: Vec<f32>,
    /// One `u32` a pixel, as [`Sample::bits`].
    pub bits: Vec<u32>,
    /// The same by each further grader of each sample, where the mean of all is learnt.
    pub others: Vec<Vec<Vec<u32>>>,
    /// Bits of the planes that the dataset of each sample teaches pixel by pixel.
    pub taught: Vec<u32>,
    /// Bits of the planes of which no more is known than that they are in each sample.
    pub present: Vec<u32>,
    /// Bits of the planes of which it marks only a part.
    pub partial: Vec<u32>,
    /// Samples by name, to be found again.
    pub names: Vec<String>,
    /// Rows and columns of each crop.
    pub size: [usize; 2],
}

impl Batch {
    /// In `parts` parts of as equal size as can be, for as many devices.
    pub fn split(&self, parts: usize) -> Vec<Self> {
        let samples = self.taught.len();
        let pixels = self.size[0] * self.size[1];
        let per_sample = self.images.len() / samples.max(1);
        let part = |n: usize| {
            let range = samples * n / parts..samples * (n + 1) / parts;
            Self {
                images: self.images[range.start * per_sample..range.end * per_sample].to_vec(),
                bits: self.bits[range.start * pixels..range.end * pixels].to_vec(),
                others: self.others[range.clone()].to_vec(),
                present: self.present[range.clone()].to_vec(),
                taught: self.taught[range.clone()].to_vec(),
                partial: self.partial[range.clone()].to_vec(),
                names: self.names[range].to_vec(),
                size: self.size,
            }
        };
        (0..parts).map(part).collect()
    }
}

/// Whether `network` takes such batches.
///
/// # Errors
/// Where it does not.
pub fn check_batch(batch_size: usize, crop: [usize; 2], network: &MmisNetConfig) -> Result<()> {
    let multiple = network.size_multiple();
    ensure!(batch_size > 0, "a batch holds 1 crop or more");
    ensure!(
        crop.iter().all(|side| *side > 0 && side.is_multiple_of(multiple)),
        "rows and columns of the crop {}x{} must be multiples of {multiple}",
        crop[0],
        crop[1]
    );
    Ok(())
}

/// Draws training batches; the same seed and step give the same batch, so a
/// resumed run sees what the interrupted one would have seen.
///
/// \[strong\] A dataset of n samples is drawn with a chance proportional to
/// n x 1/sqrt(n) (MultiTalent, Ulrich et al., 2023) \[ours\] times its factor.
/// \[ours\] The crops of a batch are all OCT or all something else, so that the
/// loss is computed over the channels of one kind only.
#[derive(Debug)]
pub struct BatchSampler {
    families: Vec<Family>,
    foreground: u32,
    kinds: Augmentation,
    graders: Graders,
    seed: u64,
    batch_size: usize,
    size: [usize; 2],
}

#[derive(Debug)]
struct Family {
    is_oct: bool,
    pools: Vec<Pool>,
}

#[derive(Debug)]
struct Pool {
    weight: f64,
    taught: u32,
    partial: u32,
    samples: Vec<Arc<Sample>>,
}

impl Family {
    fn weight(&self) -> f64 {
        self.pools.iter().map(|pool| pool.weight).sum()
    }

    fn pool(&self, rng: &mut impl Rng) -> &Pool {
        by_weight(&self.pools, |pool| pool.weight, rng)
    }
}

/// One of `items`, by chance; there is at least one.
fn by_weight<'a, T>(items: &'a [T], weight: impl Fn(&T) -> f64, rng: &mut impl Rng) -> &'a T {
    let total: f64 = items.iter().map(&weight).sum();
    let mut ticket = rng.random_range(0.0..total);
    let mut chosen = items.iter().filter(|item| {
        ticket -= weight(item);
        ticket < 0.0
    });
    chosen.next().unwrap_or(&items[items.len() - 1])
}

impl BatchSampler {
    /// Draws from the training splits of `datasets`.
    ///
    /// # Errors
    /// Where there is nothing to learn from.
    pub fn new(
        datasets: &[Dataset],
        planes: &Planes,
        kinds: Augmentation,
        graders: Graders,
        seed: u64,
        batch_size: usize,
        size: [usize; 2],
    ) -> Result<Self> {
        let mut families = Vec::new();
        for is_oct in [true, false] {
            let of = datasets.iter().filter(|dataset| dataset.entry.is_oct() == is_oct);
            let pools: Vec<Pool> = of
                .map(|dataset| {
                    let training = dataset.samples.iter().filter(|sample| {
                        let teaches = dataset.taught != 0 || !sample.image_level.is_unknown();
                        sample.split == Split::Train && teaches
                    });
                    let samples: Vec<Arc<Sample>> = training.cloned().collect();
                    let weight = (samples.len() as f64).sqrt() * dataset.entry.factor;
                    Pool { weight, taught: dataset.taught, partial: dataset.partial, samples }
                })
                .filter(|pool| pool.weight > 0.0)
                .collect();
            if !pools.is_empty() {
                families.push(Family { is_oct, pools });
            }
        }
        ensure!(!families.is_empty(), "no dataset has a training sample and a factor above 0");
        Ok(Self { families, foreground: planes.foreground(), kinds, graders, seed, batch_size, size })
    }

    /// The batch of `step`.
    pub fn draw(&self, step: u64) -> Batch {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed ^ step.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut batch = Batch {
            images: Vec::new(),
            bits: Vec::new(),
            others: Vec::new(),
            present: Vec::new(),
            taught: Vec::new(),
            partial: Vec::new(),
            names: Vec::new(),
            size: self.size,
        };
        let family = by_weight(&self.families, Family::weight, &mut rng);
        for _ in 0..self.batch_size {
            let pool = family.pool(&mut rng);
            let sample = &pool.samples[rng.random_range(0..pool.samples.len())];
            let other = family.pool(&mut rng);
            let style = &other.samples[rng.random_range(0..other.samples.len())];
            let cutter = Cutter {
                kinds: &self.kinds,
                foreground: self.foreground,
                size: self.size,
                is_oct: family.is_oct,
                style: Some(&style.look),
                graders: self.graders,
            };
            let crop = cutter.cut(sample, &mut rng);
            batch.images.extend(crop.image);
            batch.bits.extend(crop.bits);
            batch.others.push(crop.others);
            batch.taught.push(pool.taught | sample.image_level.absent);
            batch.present.push(sample.image_level.present);
            batch.partial.push(pool.partial);
            batch.names.push(sample.name.clone());
        }
        batch
    }

    /// Batches of the steps `from..to`, drawn ahead on a thread of their own.
    pub fn stream(self: &Arc<Self>, from: u64, to: u64) -> Receiver<Batch> {
        let (sender, receiver) = sync_channel(4);
        let sampler = Arc::clone(self);
        thread::spawn(move || {
            for step in from..to {
                if sender.send(sampler.draw(step)).is_err() {
                    return; // training stopped
                }
            }
        });
        receiver
    }
}
