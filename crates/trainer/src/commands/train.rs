//! `trainer train`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use mmis_model::{FusionKind, MmisNetConfig};
use trainer::data::{Augmentation, DatasetEntry, Split, TrainingData};
use trainer::learn::device;
use trainer::learn::train;
use trainer::run::{Pack, Recipe, RunConfig, RunFolder};

use super::{Entries, Sources, note_learnt, size};

/// `trainer train --help`.
#[derive(Args)]
pub struct Arguments {
    /// Run folder: configuration, metrics, pictures, checkpoints.
    #[arg(long)]
    run: PathBuf,
    /// Train by this recipe (a file like crates/trainer/real-eyes.toml) instead of by the options below.
    #[arg(long, conflicts_with = "Options")]
    recipe: Option<PathBuf>,
    /// Train what `trainer pack` put into this folder: its recipe and its samples.
    #[arg(long, conflicts_with_all = ["Options", "recipe", "from", "seed", "quantization_aware"])]
    pack: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
    /// Start from the weights of this run folder or weight file instead of at random.
    #[arg(long)]
    from: Option<PathBuf>,
    /// Train on the weights as int8 will store them (straight-through), for fine-tuning.
    #[arg(long)]
    quantization_aware: bool,
    /// Seed of initialisation and drawing.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Devices to train on side by side (feature `vulkan`; never run on two).
    #[arg(long, default_value_t = 1)]
    devices: usize,
}

/// Size of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Size {
    /// For browsers: 0.63 M parameters.
    Browser,
    /// nnU-Net's widths: for servers.
    Full,
}

/// How a network is trained.
#[derive(Args)]
pub struct Options {
    /// Size of the network.
    #[arg(long, value_enum, default_value = "browser")]
    size: Size,
    /// How the decoder joins detail and semantics.
    #[arg(long, default_value = "similarity_dot", value_parser = fusions())]
    fusion: FusionKind,
    /// Train without auxiliary heads behind the fusions.
    #[arg(long)]
    no_auxiliary: bool,
    /// Let the network see the B-scans before and after (2.5D).
    #[arg(long)]
    neighbours: bool,
    /// Steps in all.
    #[arg(long, default_value_t = 4000)]
    steps: u64,
    /// Crops a step.
    #[arg(long, default_value_t = 8)]
    batch_size: usize,
    /// Rows and columns of a crop.
    #[arg(long, default_value = "256x256", value_parser = size)]
    crop: [usize; 2],
    /// Peak learning rate.
    #[arg(long, default_value_t = 2e-3)]
    learning_rate: f64,
    /// Steps between validations and checkpoints.
    #[arg(long, default_value_t = 250)]
    every: u64,
    /// Datasets that are left out, e.g. phantom,painted_bonn.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// Augmentation that is switched off, e.g. vendor_style,elastic.
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(Augmentation::KINDS))]
    no: Vec<String>,
}

/// The kinds of fusion by the names that a run's configuration writes them with.
fn fusions() -> impl TypedValueParser<Value = FusionKind> {
    let named = |kind| serde_json::json!(kind).as_str().map(str::to_owned);
    let kinds = FusionKind::ALL.into_iter();
    let names = kinds.filter_map(move |kind| Some(PossibleValue::new(named(kind)?).help(kind.name())));
    PossibleValuesParser::new(names).try_map(|name| serde_json::from_value(serde_json::Value::from(name)))
}

impl Options {
    /// The run that these arguments describe.
    pub fn config(&self, entries: &Entries, seed: u64) -> Result<RunConfig> {
        entries.check_names(&self.without)?;
        let labels = entries.labels();
        let network = match self.size {
            Size::Browser => MmisNetConfig::browser(labels.len()),
            Size::Full => MmisNetConfig::full(labels.len()),
        };
        let network = MmisNetConfig {
            fusion: self.fusion,
            auxiliary: !self.no_auxiliary,
            channels_in: if self.neighbours { 3 } else { 1 },
            ..network
        };
        let mut config = RunConfig { network, ..RunConfig::standard(seed, labels) };
        for kind in &self.no {
            config.augmentation.switch_off(kind);
        }
        config.steps = self.steps;
        config.batch_size = self.batch_size;
        config.crop = self.crop;
        config.learning_rate = self.learning_rate;
        config.every = self.every;
        config.without = self.without.clone();
        config.check()?;
        Ok(config)
    }
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let run = RunFolder::new(&self.run);
        if let Some(pack) = &self.pack {
            let pack = Pack::new(pack);
            let entries = Entries::from_text(pack.entries()?)?;
            return go_on(sources, &entries, Some(&pack), &pack.config()?, &run, self.devices);
        }
        let entries = Entries::read(sources)?;
        let mut config = match &self.recipe {
            Some(file) => recipe_of(file, self.seed, &entries)?,
            None => self.options.config(&entries, self.seed)?,
        };
        config.from = self.from.clone().or(config.from);
        config.quantization_aware = self.quantization_aware;
        go_on(sources, &entries, None, &config, &run, self.devices)
    }
}

/// The run that the recipe in `file` describes.
pub(super) fn recipe_of(file: &Path, seed: u64, entries: &Entries) -> Result<RunConfig> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let config = Recipe::from_toml(&text).and_then(|recipe| recipe.config(seed, entries.labels()));
    let config = config.with_context(|| file.display().to_string())?;
    entries.check_names(&config.without)?;
    Ok(config)
}

/// Trains a run, from its newest checkpoint where it has one, on the samples of `pack` or on those
/// of the files, and says how to go on.
pub(super) fn go_on(
    sources: &Sources,
    entries: &Entries,
    pack: Option<&Pack>,
    config: &RunConfig,
    folder: &RunFolder,
    devices: usize,
) -> Result<()> {
    ensure!(devices == 1 || !config.quantization_aware, "quantisation-aware training runs on one device");
    let entries = &entries.adapted(config)?;
    let wanted = |entry: &DatasetEntry| config.learns_from(entry);
    let datasets = match pack {
        Some(pack) => entries.load_packed(pack, sources, &config.network, wanted)?,
        None => entries.load(sources, &config.network, wanted)?,
    };
    println!("on {}", device::name());
    if let Some(from) = &config.from {
        let learnt = RunFolder::learnt_by(from)?;
        for dataset in &datasets {
            let held_out = dataset.samples.iter().filter(|sample| sample.split != Split::Train);
            note_learnt(&dataset.entry, held_out.map(|sample| sample.subject.as_str()), &learnt);
        }
    }
    let data = TrainingData { entries: &entries.text, datasets: &datasets, planes: &entries.planes };
    let done = train(folder, config, data, &device::devices(devices)?, None)?;
    println!(
        "{done} steps done; `trainer evaluate --weights {}` says how good it is",
        folder.path().display()
    );
    Ok(())
}
