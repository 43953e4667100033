//! `trainer ablate`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use clap::{Args, ValueEnum};
use mmis_model::FusionKind;
use trainer::ablate::{by_score, by_trial, dataset_trials, fusion_trials, study};
use trainer::data::Split;
use trainer::data::TrainingData;
use trainer::learn::device;
use trainer::run::replace_file;
use trainer::ship::card::write_part;

use super::train::Options;
use super::{Entries, Sources};

/// `trainer ablate --help`.
#[derive(Args)]
pub struct Arguments {
    /// What differs between the runs.
    #[arg(long, value_enum)]
    study: Study,
    /// Folder for the runs; what is finished there is not run again.
    #[arg(long)]
    out: PathBuf,
    /// Seeds, one run each.
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    seeds: Vec<u64>,
    /// Run only this trial, by its name in the table, and show it beside those
    /// that have run before; may be given several times.
    #[arg(long)]
    only: Vec<String>,
    /// For `datasets`: what is left out, run by run; names joined by + go together.
    #[arg(long, value_delimiter = ',')]
    leave_out: Vec<String>,
    /// Write the table for the model card into this folder.
    #[arg(long)]
    card: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Study {
    /// Concatenation, attention gate, SF dot, SF cosine and SF dot beside semantics,
    /// each with and without auxiliary heads; compared on validation data.
    Fusion,
    /// All datasets, then all but some; compared on validation and test data.
    Datasets,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let distinct: BTreeSet<&u64> = self.seeds.iter().collect();
        ensure!(distinct.len() == self.seeds.len(), "--seeds names a seed twice");
        let entries = Entries::read(sources)?;
        let base = self.options.config(&entries, 0)?;
        entries.check_names(self.leave_out.iter().flat_map(|names| names.split('+')))?;
        let (mut trials, name) = match self.study {
            Study::Fusion => {
                ensure!(
                    base.network.fusion == FusionKind::default() && base.network.auxiliary,
                    "--study fusion tries every fusion with and without auxiliary heads: \
                     choose among them by --only, not by --fusion or --no-auxiliary"
                );
                (fusion_trials(&base), "fusion")
            }
            Study::Datasets => {
                ensure!(!self.leave_out.is_empty(), "--study datasets needs --leave-out");
                (dataset_trials(&base, &self.leave_out), "domains")
            }
        };
        if let Some(unknown) = self.only.iter().find(|name| !trials.iter().any(|trial| trial.name == **name))
        {
            let names: Vec<&str> = trials.iter().map(|trial| trial.name.as_str()).collect();
            bail!("the study has no trial `{unknown}`; it has {}", names.join(", "));
        }
        // What ran before stays in the table, the reference first of all.
        trials.retain(|trial| {
            self.only.is_empty()
                || self.only.contains(&trial.name)
                || trial.is_finished(&self.out, &self.seeds)
        });
        let mut held_out = entries.held_out(sources, Split::Validation)?;
        if self.study == Study::Datasets {
            held_out.extend(entries.held_out(sources, Split::Test)?);
        }
        let datasets = entries.load(sources, &base.network, |entry| base.learns_from(entry))?;
        let data = TrainingData { entries: &entries.text, datasets: &datasets, planes: &entries.planes };
        let outcomes = study(&self.out, &trials, &self.seeds, data, &held_out, &device::devices(1)?)?;
        let table = match self.study {
            Study::Fusion => by_trial(&outcomes),
            Study::Datasets => by_score(&outcomes),
        };
        print!("{table}");
        replace_file(
            &self.out.join(format!("{name}.json")),
            serde_json::to_string_pretty(&outcomes)?.as_bytes(),
        )?;
        if let Some(folder) = &self.card {
            write_part(folder, name, &table)?;
        }
        Ok(())
    }
}
