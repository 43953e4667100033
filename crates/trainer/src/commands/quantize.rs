//! `trainer quantize`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use trainer::data::Split;
use trainer::learn::device;
use trainer::run::RunFolder;
use trainer::run::replace_file;
use trainer::ship::card::write_part;
use trainer::ship::quantize::{LARGEST_COST, Shipped, calibrated};

use super::{Entries, Sources, presence_table};

/// `trainer quantize --help`.
#[derive(Args)]
pub struct Arguments {
    /// Run folder.
    #[arg(long)]
    run: PathBuf,
    /// Ship these weights of it instead of the newest: a file of its `averages`, or a mean of runs.
    #[arg(long)]
    weights: Option<PathBuf>,
    /// Weight file to write; the app loads `weights/mmis-net.safetensors`.
    #[arg(long)]
    out: PathBuf,
    /// Name and version that the file carries and reports name, such as "mine 1".
    #[arg(long)]
    name: String,
    /// Write tables for the model card into this folder, and look at test data for them:
    /// for the weights that were chosen, not for candidates.
    #[arg(long)]
    card: Option<PathBuf>,
    /// Write the file even where int8 costs a class more than 0.005 Dice.
    #[arg(long)]
    whatever_it_costs: bool,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let entries = Entries::read(sources)?;
        let shipped = Shipped::of(&RunFolder::new(&self.run), self.weights.as_deref(), &self.name)?;
        let device = device::devices(1)?.swap_remove(0);
        let validation = entries.held_out(sources, Split::Validation)?;
        let test = match &self.card {
            Some(_) => entries.held_out(sources, Split::Test)?,
            None => Vec::new(),
        };
        let mut table = String::from(
            "| split | dataset | label | float, pooled Dice of all | int8, pooled Dice of all | cost |\n|---|---|---|---|---|---|\n",
        );
        let (mut too_much, mut scores) = (Vec::new(), serde_json::Map::new());
        for (split, data) in [("validation", &validation), ("test", &test)] {
            for cost in shipped.costs(data, &entries.planes, &device)? {
                // Writing to a String cannot fail.
                let _ = writeln!(
                    table,
                    "| {split} | {} | {} | {:.4} | {:.4} | {:+.4} |",
                    cost.dataset,
                    cost.label,
                    cost.float,
                    cost.int8,
                    cost.dice()
                );
                if cost.dice() > LARGEST_COST {
                    too_much.push(format!("{} {} {:+.4}", cost.dataset, cost.label, cost.dice()));
                }
                scores.insert(format!("{split} {} {}", cost.dataset, cost.label), cost.int8.into());
            }
        }
        print!("{table}");
        if !too_much.is_empty() && !self.whatever_it_costs {
            bail!(
                "int8 costs more than {LARGEST_COST} Dice: {}. Fine-tune with `trainer train --from {} --quantization-aware`, or pass --whatever-it-costs",
                too_much.join(", "),
                self.run.display()
            );
        }
        let presence = calibrated(&shipped.int8, &validation, &entries.planes, &device)?;
        let points = presence_table(&presence);
        print!("{points}");
        let bytes = shipped.file(presence, serde_json::Value::from(scores).to_string(), &device)?;
        replace_file(&self.out, &bytes)?;
        println!("{} bytes in {}", bytes.len(), self.out.display());
        if let Some(folder) = &self.card {
            write_part(folder, "quantisation", &table)?;
            write_part(folder, "presence", &points)?;
        }
        Ok(())
    }
}
