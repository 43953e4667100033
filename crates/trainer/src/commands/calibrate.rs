//! `trainer calibrate`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use mmis_model::weights::WeightsFile;
use trainer::data::Split;
use trainer::learn::device;
use trainer::run::replace_file;
use trainer::ship::card::write_part;
use trainer::ship::quantize::calibrated;

use super::{Entries, Sources, presence_table};

/// `trainer calibrate --help`.
#[derive(Args)]
pub struct Arguments {
    /// Weight file, whose tensors stay as they are.
    #[arg(long, default_value = "weights/mmis-net.safetensors")]
    weights: PathBuf,
    /// Weight file to write.
    #[arg(long)]
    out: PathBuf,
    /// Name and version that the file carries and reports name: presence is another one now.
    #[arg(long)]
    name: String,
    /// Write the table for the model card into this folder.
    #[arg(long)]
    card: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let entries = Entries::read(sources)?;
        let shown = self.weights.display();
        let bytes = std::fs::read(&self.weights).with_context(|| format!("cannot read {shown}"))?;
        let file = WeightsFile::read(&bytes).with_context(|| shown.to_string())?;
        let device = device::devices(1)?.swap_remove(0);
        let validation = entries.held_out(sources, Split::Validation)?;
        let presence = calibrated(&file, &validation, &entries.planes, &device)?;
        let points = presence_table(&presence);
        print!("{points}");
        replace_file(&self.out, &WeightsFile::recalibrated(&bytes, &self.name, &presence)?)?;
        match &self.card {
            Some(folder) => write_part(folder, "presence", &points),
            None => Ok(()),
        }
    }
}
