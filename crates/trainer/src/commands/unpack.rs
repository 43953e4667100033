//! `trainer unpack`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use trainer::run::{Pack, RunFolder};

/// `trainer unpack --help`.
#[derive(Args)]
pub struct Arguments {
    /// The folder that `pack` wrote, with the run that was trained in it.
    #[arg(long)]
    pack: PathBuf,
    /// Run folder to take it into.
    #[arg(long)]
    run: PathBuf,
}

impl Arguments {
    pub fn run(&self) -> Result<()> {
        let done = Pack::new(&self.pack).take_back(&RunFolder::new(&self.run))?;
        println!("{done} steps are in {}", self.run.display());
        Ok(())
    }
}
