//! Drawing samples by share, and a loader thread that keeps ahead of the device.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::augment::augment;
use crate::datasets::{Dataset, Planes, Sample, Split};

/// Size of a training crop in the working grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CropSize {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

/// Crops side by side, ready for the device.
#[derive(Debug, Clone)]
pub struct Batch {
    /// `[samples, 1, rows, columns]`, row by row.
    pub images: Vec<f32>,
    /// One byte a pixel, as [`Sample::bits`].
    pub bits: Vec<u8>,
    /// Bits of the annotated planes of each sample.
    pub annotated: Vec<u8>,
    /// Size of each crop.
    pub size: CropSize,
}

/// Draws training batches; the same seed and step give the same batch, so a
/// resumed run sees what the interrupted one would have seen.
#[derive(Debug)]
pub struct Drawer {
    pools: Vec<Pool>,
    total_share: f64,
    foreground: u8,
    seed: u64,
    batch_size: usize,
    size: CropSize,
}

#[derive(Debug)]
struct Pool {
    share: f64,
    annotated: u8,
    samples: Vec<Sample>,
}

impl Drawer {
    /// Draws from the training splits of `datasets`.
    pub fn new(datasets: &[Dataset], planes: &Planes, seed: u64, batch_size: usize, size: CropSize) -> Self {
        let pools: Vec<Pool> = datasets
            .iter()
            .map(|dataset| Pool {
                share: dataset.entry.share,
                annotated: dataset.annotated,
                samples: dataset.samples.iter().filter(|s| s.split == Split::Train).cloned().collect(),
            })
            .filter(|pool| pool.share > 0.0 && !pool.samples.is_empty())
            .collect();
        let total_share = pools.iter().map(|pool| pool.share).sum();
        // The retina is in every crop anyway; crops are centred on all else.
        let foreground = (0..planes.len())
            .filter(|plane| planes.names()[*plane] != "retina")
            .fold(0, |bits, plane| bits | 1 << plane);
        Self { pools, total_share, foreground, seed, batch_size, size }
    }

    /// The batch of `step`.
    pub fn draw(&self, step: u64) -> Batch {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed ^ step.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut batch =
            Batch { images: Vec::new(), bits: Vec::new(), annotated: Vec::new(), size: self.size };
        for _ in 0..self.batch_size {
            let mut ticket = rng.random_range(0.0..self.total_share);
            let pool = self
                .pools
                .iter()
                .find(|pool| {
                    ticket -= pool.share;
                    ticket < 0.0
                })
                .unwrap_or(&self.pools[0]);
            let sample = &pool.samples[rng.random_range(0..pool.samples.len())];
            let crop = augment(sample, self.foreground, self.size.rows, self.size.columns, &mut rng);
            batch.images.extend(crop.image);
            batch.bits.extend(crop.bits);
            batch.annotated.push(pool.annotated);
        }
        batch
    }

    /// Batches of the steps `from..to`, drawn ahead on a thread of their own.
    pub fn stream(self: &Arc<Self>, from: u64, to: u64) -> Receiver<Batch> {
        let (sender, receiver) = sync_channel(4);
        let drawer = Arc::clone(self);
        thread::spawn(move || {
            for step in from..to {
                if sender.send(drawer.draw(step)).is_err() {
                    return; // training stopped
                }
            }
        });
        receiver
    }
}
