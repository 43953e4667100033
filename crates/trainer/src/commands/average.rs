//! `trainer average`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use trainer::average::average;
use trainer::durable::replace_file;

/// `trainer average --help`.
#[derive(Args)]
pub struct Arguments {
    /// Run folders, two or more, that began from the same weights.
    #[arg(required = true)]
    runs: Vec<PathBuf>,
    /// Float weight file to write, for `trainer train --from`.
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
