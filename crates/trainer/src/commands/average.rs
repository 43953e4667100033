//! `trainer average`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use trainer::learn::average::average;
use trainer::run::replace_file;

/// `trainer average --help`.
#[derive(Args)]
pub struct Arguments {
    /// Run folders or float weight files, two or more, that go back to the same weights.
    #[arg(required = true)]
    runs: Vec<PathBuf>,
    /// Float weight file to write, for `train --from`, `evaluate --weights` and `quantize --weights`.
    #[arg(long)]
    out: PathBuf,
}

impl Arguments {
    pub fn run(&self) -> Result<()> {
        let bytes = average(&self.runs)?;
        replace_file(&self.out, &bytes)?;
        println!("the mean of {} runs in {}", self.runs.len(), self.out.display());
        Ok(())
    }
}
