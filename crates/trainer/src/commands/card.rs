//! `trainer card`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use trainer::card::fill;
use trainer::durable::replace_file;

/// `trainer card --help`.
#[derive(Args)]
pub struct Arguments {
    /// Folder that the other commands wrote their tables to.
    #[arg(long)]
    parts: PathBuf,
    /// Text of the card, with a line `{{name}}` for each table.
    #[arg(long, default_value = "crates/trainer/MODEL_CARD.template.md")]
    template: PathBuf,
    /// The card.
    #[arg(long, default_value = "weights/MODEL_CARD.md")]
    out: PathBuf,
}

impl Arguments {
    pub fn run(&self) -> Result<()> {
        let template = std::fs::read_to_string(&self.template)
            .with_context(|| format!("cannot read {}", self.template.display()))?;
        replace_file(&self.out, fill(&template, &self.parts)?.as_bytes())
    }
}
