//! `trainer train`.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use mmis_model::{FusionKind, MmisNetConfig};
use trainer::data::Augmentation;
use trainer::data::Split;
use trainer::data::TrainingData;
use trainer::learn::device;
use trainer::learn::train;
use trainer::run::{RunConfig, RunFolder};

use super::{Entries, Sources, note_learnt, size};

/// `trainer train --help`.
#[derive(Args)]
pub struct Arguments {
    /// Run folder: configuration, metrics, pictures, checkpoints.
    #[arg(long)]
    run: PathBuf,
    #[command(flatten)]
    recipe: Recipe,
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
pub struct Recipe {
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

impl Recipe {
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
        let entries = Entries::read(sources)?;
        let mut config = self.recipe.config(&entries, self.seed)?;
        config.from = self.from.clone();
        config.quantization_aware = self.quantization_aware;
        go_on(sources, &entries, &config, &RunFolder::new(&self.run), self.devices)
    }
}

/// Trains a run, from its newest checkpoint where it has one, and says how to go on.
pub(super) fn go_on(
    sources: &Sources,
    entries: &Entries,
    config: &RunConfig,
    folder: &RunFolder,
    devices: usize,
) -> Result<()> {
    ensure!(devices == 1 || !config.quantization_aware, "quantisation-aware training runs on one device");
    let datasets = entries.load(sources, &config.network, |entry| config.learns_from(entry))?;
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
