//! `trainer resume`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use trainer::run::{Pack, RunFolder};

use super::train::go_on;
use super::{Entries, Sources};

/// `trainer resume --help`.
#[derive(Args)]
pub struct Arguments {
    /// Run folder of a run that was begun.
    #[arg(long)]
    run: PathBuf,
    /// Go on on the samples of this folder, which `trainer pack` wrote.
    #[arg(long)]
    pack: Option<PathBuf>,
    /// Another peak learning rate from here on, e.g. after a loss that was not finite.
    #[arg(long)]
    learning_rate: Option<f64>,
    /// Devices to train on side by side.
    #[arg(long, default_value_t = 1)]
    devices: usize,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let folder = RunFolder::new(&self.run);
        let entries = Entries::from_text(folder.datasets()?)?;
        if let Some(rate) = self.learning_rate {
            folder.set_learning_rate(rate)?;
        }
        let pack = self.pack.as_deref().map(Pack::new);
        go_on(sources, &entries, pack.as_ref(), &folder.config()?, &folder, self.devices)
    }
}
