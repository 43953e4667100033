//! One file a command; this one holds what they share.

pub mod ablate;
pub mod average;
pub mod calibrate;
pub mod card;
pub mod evaluate;
pub mod export;
mod intervals;
pub mod pack;
pub mod prepare;
pub mod quantize;
pub mod resume;
pub mod rules;
pub mod speed;
mod stress;
pub mod train;
pub mod unpack;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use mmis_model::weights::PresenceCalibration;
use mmis_model::{LabelSpace, MmisNetConfig};
use oct::FluidClass;
use trainer::data::{
    Catalogue, Dataset, DatasetEntry, Input, Planes, Split, SubjectRule, check, held_out_files, read, table,
};
use trainer::judge::HeldOut;
use trainer::run::{Learnt, Pack, RunConfig};

/// Where the data is.
#[derive(Args)]
pub struct Sources {
    /// Folder that holds the data; the entries' paths are relative to it.
    #[arg(long, env = "LACUNA_DATA", default_value = "../shared/data", global = true)]
    pub data: PathBuf,
    /// The dataset entries.
    #[arg(long, default_value = "crates/trainer/datasets.toml", global = true)]
    pub datasets: PathBuf,
}

/// How presence was calibrated, as a Markdown table; says which fluid could not be.
fn presence_table(presence: &BTreeMap<String, PresenceCalibration>) -> String {
    let mut table = String::from("| fluid | temperature | bias | operating point |\n|---|---|---|---|\n");
    for (name, calibration) in presence {
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {name} | {:.2} | {:+.2} | {:.2} |",
            calibration.temperature, calibration.bias, calibration.threshold
        );
    }
    for class in FluidClass::ALL {
        if !presence.contains_key(&class.abbreviation().to_lowercase()) {
            eprintln!(
                "note: too few validation B-scans with and without {} to calibrate its presence",
                class.abbreviation()
            );
        }
    }
    table
}

/// The dataset entries, as text and as read, and the planes over them.
pub struct Entries {
    pub text: String,
    pub catalogue: Catalogue,
    pub planes: Planes,
}

impl Entries {
    pub fn read(sources: &Sources) -> Result<Self> {
        let text = std::fs::read_to_string(&sources.datasets)
            .with_context(|| format!("cannot read {}", sources.datasets.display()))?;
        Self::from_text(text)
    }

    pub fn from_text(text: String) -> Result<Self> {
        let space = LabelSpace::training()?;
        let catalogue = Catalogue::from_toml(&text, &space)?;
        let planes = Planes::over(&space, &catalogue)?;
        Ok(Self { text, catalogue, planes })
    }

    /// With the datasets as the run of `config` learns from them.
    pub fn adapted(&self, config: &RunConfig) -> Result<Self> {
        self.check_names(config.factors.keys().chain(config.variants.keys()))?;
        let datasets = self.catalogue.datasets.iter().map(|entry| config.adapted(entry.clone())).collect();
        Ok(Self { text: self.text.clone(), catalogue: Catalogue { datasets }, planes: self.planes.clone() })
    }

    /// Names of the labels, in channel order.
    pub fn labels(&self) -> Vec<String> {
        self.planes.names()[..self.planes.labels()].to_vec()
    }

    /// Whether there are datasets of these names.
    pub fn check_names(&self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<()> {
        names.into_iter().try_for_each(|name| self.catalogue.find(name.as_ref()).map(drop))
    }

    /// Reads the wanted datasets, prints what they teach, and stops where a check fails:
    /// a subject that is learnt from may stand in the held-out part of another entry
    /// of the same images, so such entries are read for the check, too.
    pub fn load(
        &self,
        sources: &Sources,
        network: &MmisNetConfig,
        wanted: impl Fn(&DatasetEntry) -> bool,
    ) -> Result<Vec<Dataset>> {
        let input = Input { multiple: network.size_multiple(), channels: network.channels_in };
        let read = |entry: &&DatasetEntry| read(entry, &sources.data, &self.planes, input);
        let (learnt, others): (Vec<&DatasetEntry>, Vec<_>) =
            self.catalogue.datasets.iter().partition(|entry| wanted(entry));
        let (mut datasets, mut errors, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for entry in &learnt {
            match read(entry) {
                Ok(dataset) => datasets.push(dataset),
                // The others are looked at all the same: one look finds all mistakes.
                Err(error) => {
                    errors.push(format!("{error:#}"));
                    unread.push(entry.name.as_str());
                }
            }
        }
        let mut beside = Vec::new();
        for entry in others.iter().filter(|entry| learnt.iter().any(|of| of.source() == entry.source())) {
            match read(entry) {
                Ok(dataset) => beside.push(dataset),
                Err(error) => eprintln!("note: not checked for subjects that are learnt from: {error:#}"),
            }
        }
        print!("{}", table(&datasets, &self.planes));
        let findings = check(&datasets, &beside, &self.planes);
        for warning in &findings.warnings {
            eprintln!("note: {warning}");
        }
        errors.extend(findings.errors);
        if !unread.is_empty() {
            let names = unread.join(",");
            errors.push(format!(
                "Put the files right; `prepare`, `train` and `ablate` do without them by `--without {names}`."
            ));
        }
        if errors.is_empty() { Ok(datasets) } else { bail!("{}", errors.join("\n")) }
    }

    /// The wanted datasets from `pack`, and those that are drawn.
    pub fn load_packed(
        &self,
        pack: &Pack,
        sources: &Sources,
        network: &MmisNetConfig,
        wanted: impl Fn(&DatasetEntry) -> bool,
    ) -> Result<Vec<Dataset>> {
        let input = Input { multiple: network.size_multiple(), channels: network.channels_in };
        let load = |entry: &DatasetEntry| match pack.dataset(entry, &self.planes)? {
            Some(dataset) => Ok(dataset),
            None => read(entry, &sources.data, &self.planes, input),
        };
        let datasets = self.catalogue.datasets.iter().filter(|entry| wanted(entry)).map(load);
        let datasets = datasets.collect::<Result<Vec<_>>>()?;
        print!("{}", table(&datasets, &self.planes));
        Ok(datasets)
    }

    /// The part `split` of every OCT dataset that is there and has one.
    pub fn held_out<'a>(&'a self, sources: &'a Sources, split: Split) -> Result<Vec<HeldOut<'a>>> {
        let mut all = Vec::new();
        for entry in self.catalogue.datasets.iter().filter(|entry| entry.is_oct()) {
            if is_there(entry, sources) && held_out_files(entry, &sources.data, &self.planes, split)? > 0 {
                all.push(HeldOut { entry, data: &sources.data, split });
            }
        }
        ensure!(
            !all.is_empty(),
            "no OCT dataset has held-out data of this kind in {}",
            sources.data.display()
        );
        Ok(all)
    }
}

/// Whether the images of `entry` are there; where they are not, a note says so.
pub fn is_there(entry: &DatasetEntry, sources: &Sources) -> bool {
    let absent = entry.images.as_ref().map(|images| sources.data.join(images));
    match absent.filter(|folder| !folder.exists()) {
        Some(absent) => {
            eprintln!("note: {} is not scored: there is no {}", entry.name, absent.display());
            false
        }
        None => true,
    }
}

/// Says which subjects of `entry` among `scored` the weights have learnt from.
/// Where all of a dataset is one subject, its entry says so and no note does.
pub fn note_learnt<'a>(entry: &DatasetEntry, scored: impl Iterator<Item = &'a str>, learnt: &Learnt) {
    let Some(subjects) = learnt.get(&entry.source()) else { return };
    if matches!(entry.subject, SubjectRule::One | SubjectRule::Unknown) {
        return;
    }
    let both: BTreeSet<&str> = scored.filter(|subject| subjects.contains(*subject)).collect();
    if !both.is_empty() {
        let names = Vec::from_iter(both).join(", ");
        eprintln!(
            "note: these weights learnt from {names} of {}: a score on what was learnt says nothing of other eyes",
            entry.name
        );
    }
}

/// `RxC` as rows and columns.
pub fn size(text: &str) -> Result<[usize; 2], String> {
    let parsed =
        text.split_once('x').and_then(|(rows, columns)| Some([rows.parse().ok()?, columns.parse().ok()?]));
    parsed.ok_or_else(|| format!("`{text}` is not rows x columns like 256x256"))
}
