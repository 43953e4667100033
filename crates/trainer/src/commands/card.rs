//! `trainer card`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use trainer::run::replace_file;
use trainer::ship::card::fill;
use trainer::ship::scores::Scores;

/// `trainer card --help`.
#[derive(Args)]
pub struct Arguments {
    /// Documents to fill. What is filled in stands between marks, so a document is its own template.
    #[arg(default_values = ["weights/MODEL_CARD.md", "weights/EVIDENCE.md", "README.md"])]
    documents: Vec<PathBuf>,
    /// Folder of the figures (`scores.json`), and of the tables that the other commands wrote.
    #[arg(long, default_value = "weights")]
    parts: PathBuf,
    /// Folder to write the filled documents to, instead of over those that were read.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self) -> Result<()> {
        let scores = Scores::read(&self.parts)?;
        for document in &self.documents {
            let shown = document.display();
            let text = std::fs::read_to_string(document).with_context(|| format!("cannot read {shown}"))?;
            let filled = fill(&text, &scores, &self.parts).with_context(|| shown.to_string())?;
            println!("{shown}: {} figures and tables filled in", filled.replaced);
            if !filled.left.is_empty() {
                let (names, parts) = (filled.left.join(", "), self.parts.display());
                eprintln!("note: the tables {names} stay as they stand: {parts} holds no others");
            }
            let name = document.file_name().with_context(|| format!("{shown} is no file"))?;
            let out = self.out.as_ref().map_or_else(|| document.clone(), |folder| folder.join(name));
            replace_file(&out, filled.text.as_bytes())?;
        }
        Ok(())
    }
}
