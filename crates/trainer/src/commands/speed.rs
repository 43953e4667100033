//! `trainer speed`.

use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Args;
use mmis_model::MmisNetConfig;
use trainer::data::{Augmentation, BatchSampler, Graders, check_batch};
use trainer::learn::device;
use trainer::learn::speed::measure;

use super::{Entries, Sources, size};

/// `trainer speed --help`.
#[derive(Args)]
pub struct Arguments {
    /// Seconds for each figure.
    #[arg(long, default_value_t = 15.0)]
    seconds: f64,
    /// Crops a step.
    #[arg(long, default_value_t = 8)]
    batch_size: usize,
    /// Rows and columns of a crop.
    #[arg(long, default_value = "256x256", value_parser = size)]
    crop: [usize; 2],
    /// Labels of the network.
    #[arg(long, default_value_t = 5)]
    labels: usize,
    /// Measure the loader, too: crops a second that one thread draws from this dataset.
    #[arg(long)]
    loader: Option<String>,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let network = MmisNetConfig::browser(self.labels);
        let device = device::devices(1)?.swap_remove(0);
        ensure!(self.labels > 0, "a network has 1 label or more");
        check_batch(self.batch_size, self.crop, &network)?;
        let speed = measure(&network, self.batch_size, self.crop, self.seconds, &device);
        println!(
            "{}: {:.1} images/s forward, {:.1} forward + backward, {:.1} training step",
            device::name(),
            speed.forward,
            speed.backward,
            speed.step
        );
        if let Some(name) = &self.loader {
            let entries = Entries::read(sources)?;
            entries.check_names([name])?;
            let datasets = entries.load(sources, &network, |entry| entry.name == *name)?;
            let sampler = BatchSampler::new(
                &datasets,
                &entries.planes,
                Augmentation::all(),
                Graders::default(),
                1,
                self.batch_size,
                self.crop,
            )?;
            let (started, mut crops) = (Instant::now(), 0);
            while started.elapsed().as_secs_f64() < self.seconds {
                crops += sampler.draw(crops as u64).taught.len();
            }
            println!("loader: {:.1} crops/s on one thread", crops as f64 / started.elapsed().as_secs_f64());
        }
        Ok(())
    }
}
