//! `trainer prepare`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mmis_model::MmisNetConfig;
use trainer::data::table;
use trainer::ship::card::write_part;

use super::{Entries, Sources};

/// `trainer prepare --help`.
#[derive(Args)]
pub struct Arguments {
    /// Datasets that are left out, e.g. those whose files are not here.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// Write the table for the model card into this folder, too.
    #[arg(long)]
    card: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let entries = Entries::read(sources)?;
        entries.check_names(&self.without)?;
        let network = MmisNetConfig::browser(entries.planes.labels());
        let datasets = entries.load(sources, &network, |entry| !self.without.contains(&entry.name))?;
        if let Some(folder) = &self.card {
            write_part(folder, "data", &table(&datasets, &entries.planes))?;
        }
        Ok(())
    }
}
