//! `trainer pack`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use trainer::run::Pack;

use super::train::recipe_of;
use super::{Entries, Sources};

/// `trainer pack --help`.
#[derive(Args)]
pub struct Arguments {
    /// The recipe of the run.
    #[arg(long, default_value = "crates/trainer/real-eyes.toml")]
    recipe: PathBuf,
    /// Folder to write: program, samples, schedule, and how to start it.
    #[arg(long)]
    out: PathBuf,
    /// Datasets that are left out, e.g. all that is no OCT where only the retina is to ship.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// Program to pack instead of this one, e.g. one built for GPUs.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Seed of initialisation and drawing.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let entries = Entries::read(sources)?;
        entries.check_names(&self.without)?;
        let mut config = recipe_of(&self.recipe, self.seed, &entries)?;
        config.without.extend(self.without.iter().cloned());
        let datasets =
            entries.adapted(&config)?.load(sources, &config.network, |entry| config.learns_from(entry))?;
        let program = match &self.program {
            Some(program) => program.clone(),
            None => std::env::current_exe().context("the program does not find itself")?,
        };
        let files = Pack::new(&self.out).write(&config, &entries.text, &datasets, &program)?;
        for (name, bytes) in &files {
            println!("{:8.1} MB  {name}", *bytes as f64 / 1e6);
        }
        let whole: u64 = files.iter().map(|(_, bytes)| bytes).sum();
        println!(
            "{:8.1} MB in {}; its README.md says how it is trained",
            whole as f64 / 1e6,
            self.out.display()
        );
        Ok(())
    }
}
