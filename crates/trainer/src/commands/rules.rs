//! `trainer rules`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use trainer::card::write_part;
use trainer::datasets::Split;
use trainer::device;
use trainer::evaluate::{Judge, scores, summarise};
use trainer::rules::Rule;

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
        let mut table = String::from(
            "| rule | dataset | device | label | pooled Dice of all volumes | found where absent, px |\n|---|---|---|---|---|---|\n",
        );
        for rule in Rule::ALL {
            let groups = summarise(&scores(&judge.clone().with_rule(rule), &validation, &entries.planes)?);
            for group in groups {
                let dice =
                    group.pooled_dice_of_all.map_or_else(|| "—".to_owned(), |dice| format!("{dice:.4}"));
                // Writing to a String cannot fail.
                let _ = writeln!(
                    table,
                    "| {} | {} | {} | {} | {dice} | {} |",
                    rule.name(),
                    group.dataset,
                    group.device,
                    group.label,
                    group.false_positive_pixels
                );
            }
        }
        print!("{table}");
        if let Some(folder) = &self.card {
            write_part(folder, "rules", &table)?;
        }
        Ok(())
    }
}
