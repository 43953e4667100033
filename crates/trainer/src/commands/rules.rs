//! `trainer rules`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use trainer::data::Split;
use trainer::judge::rules::Rule;
use trainer::judge::{Judge, scores, side_by_side, summarise};
use trainer::learn::device;
use trainer::ship::card::write_part;

use super::{Entries, Sources};

/// `trainer rules --help`.
#[derive(Args)]
pub struct Arguments {
    /// Weight file or run folder.
    #[arg(long, default_value = "weights/mmis-net.safetensors")]
    weights: PathBuf,
    /// Write the table for the model card into this folder.
    #[arg(long)]
    card: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let entries = Entries::read(sources)?;
        let device = device::devices(1)?.swap_remove(0);
        let judge = Judge::open(&self.weights, &entries.planes, &device)?;
        let validation = entries.held_out(sources, Split::Validation)?;
        let compared = Rule::ALL.into_iter().map(|rule| -> Result<_> {
            let scores = scores(&judge.clone().with_rule(rule), &validation, &entries.planes)?;
            Ok((rule.name(), summarise(&scores)))
        });
        let table = side_by_side(&compared.collect::<Result<Vec<_>>>()?);
        print!("{table}");
        if let Some(folder) = &self.card {
            write_part(folder, "rules", &table)?;
        }
        Ok(())
    }
}
