//! The training loop, its schedule and its checkpoints.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use indicatif::{ProgressBar, ProgressStyle};
use mmis_net::weights::{Parameters, load_parameters};
use mmis_net::{LabelSpace, MmisNet, MmisNetConfig};
use serde::{Deserialize, Serialize};

use crate::batch::{CropSize, Drawer};
use crate::datasets::{Dataset, Planes, Split};
use crate::evaluate::fluid_overlap;
use crate::loss::{Targets, loss};

/// What a run is made of; stored beside its checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunConfig {
    /// The network.
    pub network: MmisNetConfig,
    /// Seed of initialisation and drawing.
    pub seed: u64,
    /// Steps in all.
    pub steps: u64,
    /// Crops a step.
    pub batch_size: usize,
    /// Rows and columns of a crop.
    pub crop: [usize; 2],
    /// Peak learning rate of AdamW with a cosine to zero. \[ours\]: nnU-Net's
    /// SGD needs many times the steps that two CPU cores have.
    pub learning_rate: f64,
    /// Steps between validations and checkpoints.
    pub every: u64,
    /// Folder of the run whose averaged weights this one starts from; without
    /// it the start is random.
    #[serde(default)]
    pub from: Option<PathBuf>,
}

/// Steps over which the learning rate rises.
const WARM_UP: u64 = 100;
/// Steps between updates of the averaged weights, and what they keep of the old average.
const AVERAGE_EVERY: u64 = 10;
const AVERAGE_KEEP: f32 = 0.97;

/// A run on disk: `config.json`, `metrics.jsonl`, and `checkpoint/` with the
/// network, the optimizer's state and the averaged weights.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
}

/// The part of a checkpoint that is ours.
#[derive(Serialize, Deserialize)]
struct Checkpoint {
    step: u64,
    average: mmis_net::weights::file::Arrays,
}

impl RunFolder {
    /// The run in `path`.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Its configuration.
    ///
    /// # Errors
    /// Where the folder holds no run.
    pub fn config(&self) -> Result<RunConfig> {
        let file = self.path.join("config.json");
        let text = fs::read_to_string(&file).with_context(|| format!("no run in {}", self.path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))
    }

    /// The averaged weights of the newest checkpoint, and its step.
    ///
    /// # Errors
    /// Where there is no checkpoint.
    pub fn averaged_weights(&self) -> Result<(mmis_net::weights::file::Arrays, u64)> {
        let checkpoint = self.checkpoint()?.context("the run has no checkpoint yet")?;
        Ok((checkpoint.average, checkpoint.step))
    }

    fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        let file = self.path.join("checkpoint").join("average.json");
        if !file.exists() {
            return Ok(None);
        }
        let checkpoint = serde_json::from_slice(&fs::read(&file)?)
            .with_context(|| format!("the checkpoint {} is damaged", file.display()))?;
        Ok(Some(checkpoint))
    }

    /// Writes into a folder beside the old checkpoint and swaps the two, so that
    /// a killed process leaves one of them whole.
    fn save(&self, checkpoint: &Checkpoint, network: &MmisNet, optimizer: &ModuleOptimizer) -> Result<()> {
        let (fresh, current, old) = (
            self.path.join("checkpoint.new"),
            self.path.join("checkpoint"),
            self.path.join("checkpoint.old"),
        );
        for stale in [&fresh, &old] {
            if stale.exists() {
                fs::remove_dir_all(stale)?;
            }
        }
        fs::create_dir_all(&fresh)?;
        let average = fresh.join("average.json");
        fs::write(&average, serde_json::to_vec(checkpoint)?)?;
        network
            .clone()
            .save_file(fresh.join("network"))
            .map_err(|error| anyhow::anyhow!("network: {error}"))?;
        optimizer
            .save(fresh.join("optimizer"))
            .map_err(|error| anyhow::anyhow!("optimizer state: {error}"))?;
        for entry in fs::read_dir(&fresh)? {
            fs::File::open(entry?.path())?.sync_all()?;
        }
        if current.exists() {
            fs::rename(&current, &old)?;
        }
        fs::rename(&fresh, &current)?;
        Ok(())
    }

    fn record(&self, line: &serde_json::Value) -> Result<()> {
        use std::io::Write;
        let mut file =
            fs::OpenOptions::new().create(true).append(true).open(self.path.join("metrics.jsonl"))?;
        writeln!(file, "{line}")?;
        Ok(())
    }
}

/// Trains until `config.steps`.
///
/// A run folder that holds a checkpoint is resumed.
///
/// # Errors
/// Where the folder cannot be written, holds another configuration, or the loss
/// is not finite.
pub fn train(
    folder: &RunFolder,
    config: &RunConfig,
    datasets: &[Dataset],
    planes: &Planes,
    device: &Device,
) -> Result<()> {
    fs::create_dir_all(&folder.path)?;
    match folder.config() {
        Ok(existing) if existing != *config => {
            bail!("{} holds a run with another configuration", folder.path.display())
        }
        Ok(_) => {}
        Err(_) => fs::write(folder.path.join("config.json"), serde_json::to_string_pretty(config)?)?,
    }
    let training = device.clone().autodiff();
    training.seed(config.seed);
    let mut network = config.network.init(&training);
    if let Some(other) = &config.from {
        let (weights, _) = RunFolder::new(other).averaged_weights()?;
        network = load_parameters(network, &weights, &training)
            .with_context(|| format!("{} holds another network", other.display()))?
            .set_require_grad(true);
    }
    let mut optimizer = AdamWConfig::new()
        .with_weight_decay(1e-3)
        .with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)))
        .init();
    let mut average = Parameters::of(&network);
    let mut first = 0;
    if let Some(checkpoint) = folder.checkpoint()? {
        let saved = folder.path.join("checkpoint");
        // Burn's own record keeps the parameters' identities, by which the
        // optimizer finds its state again.
        network = network
            .try_load_file(saved.join("network"))
            .map_err(|error| anyhow::anyhow!("the checkpoint is of another network: {error}"))?
            .set_require_grad(true);
        optimizer = optimizer
            .load(saved.join("optimizer"))
            .map_err(|error| anyhow::anyhow!("optimizer state: {error}"))?;
        average = checkpoint.average;
        first = checkpoint.step;
    }
    let size = CropSize { rows: config.crop[0], columns: config.crop[1] };
    let drawer = Arc::new(Drawer::new(datasets, planes, config.seed, config.batch_size, size));
    let batches = drawer.stream(first, config.steps);
    let progress = ProgressBar::new(config.steps)
        .with_position(first)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {eta} left {msg}")?);
    let started = Instant::now();
    let (mut recent, mut recent_steps) = (0.0, 0u32);
    for (step, batch) in (first + 1..).zip(batches) {
        let images = TensorData::new(batch.images.clone(), [config.batch_size, 1, size.rows, size.columns]);
        let images = Tensor::<4>::from_data(images, &training);
        let targets = Targets::new(&batch, planes, &training);
        let value = loss(network.forward_supervised(images), targets, planes);
        let scalar = value.clone().into_data().iter::<f32>().next().unwrap_or(f32::NAN);
        if !scalar.is_finite() {
            fs::write(folder.path.join("bad-batch.json"), serde_json::to_vec(&batch.images)?)?;
            bail!("the loss of step {step} is {scalar}; its images are in bad-batch.json");
        }
        let gradients = GradientsParams::from_grads(value.backward(), &network);
        network = optimizer.step(learning_rate(config, step), network, gradients);
        (recent, recent_steps) = (recent + f64::from(scalar), recent_steps + 1);
        if step % AVERAGE_EVERY == 0 {
            // Early on the average would be mostly the random start.
            let keep = AVERAGE_KEEP.min(step as f32 / (step as f32 + 100.0));
            blend(&mut average, &Parameters::of(&network), keep);
        }
        progress.inc(1);
        if step % config.every == 0 || step == config.steps {
            let evaluated = load_parameters(config.network.init(device), &average, device)?;
            let validation = validate(&evaluated, datasets, planes, device)?;
            let line = serde_json::json!({
                "step": step, "loss": recent / f64::from(recent_steps.max(1)),
                "images_per_s": (step - first) as f64 * config.batch_size as f64 / started.elapsed().as_secs_f64(),
                "validation": validation,
            });
            progress.println(line.to_string());
            folder.record(&line)?;
            folder.save(&Checkpoint { step, average: average.clone() }, &network, &optimizer)?;
            (recent, recent_steps) = (0.0, 0);
        }
    }
    progress.finish();
    Ok(())
}

fn learning_rate(config: &RunConfig, step: u64) -> f64 {
    let rise = (step as f64 / WARM_UP as f64).min(1.0);
    let fall = 0.5 * (1.0 + (std::f64::consts::PI * step as f64 / config.steps as f64).cos());
    config.learning_rate * rise * fall.max(0.002)
}

fn blend(average: &mut mmis_net::weights::file::Arrays, new: &mmis_net::weights::file::Arrays, keep: f32) {
    for (name, (_, values)) in average {
        if let Some((_, new)) = new.get(name) {
            for (value, new) in values.iter_mut().zip(new) {
                *value = *value * keep + new * (1.0 - keep);
            }
        }
    }
}

/// Dice a plane on the validation splits, in the working grid.
fn validate(
    network: &MmisNet,
    datasets: &[Dataset],
    planes: &Planes,
    device: &Device,
) -> Result<std::collections::BTreeMap<String, f64>> {
    let mut dice = std::collections::BTreeMap::new();
    for dataset in datasets {
        for (plane, overlap) in fluid_overlap(network, dataset, Split::Validation, planes, device)? {
            if let Some(value) = overlap.dice() {
                dice.insert(format!("{}/{}", dataset.entry.name, planes.names()[plane]), value);
            }
        }
    }
    Ok(dice)
}

/// The label space and its planes over `datasets` entries.
///
/// # Errors
/// Where the label space or an entry is wrong.
pub fn planes(catalogue: &crate::datasets::Catalogue) -> Result<(LabelSpace, Planes)> {
    let space = LabelSpace::shipped()?;
    let mut supersets = Vec::new();
    for name in catalogue.datasets.iter().flat_map(|entry| entry.labels.values().chain(&entry.absent)) {
        if space.channel(name).is_none() && !supersets.contains(name) {
            supersets.push(name.clone());
        }
    }
    let planes = Planes::of(&space, &supersets)?;
    Ok((space, planes))
}
