//! The training loop and its schedule.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer, MultiGradientsParams};
use burn::tensor::{Device, Tensor, TensorData};
use indicatif::{ProgressBar, ProgressStyle};
use mmis_net::weights::{Arrays, Parameters, load_parameters, move_labels, put_semantics_beside};
use mmis_net::{FusionKind, MmisNet};

use crate::batch::{Batch, Drawer};
use crate::curves;
use crate::datasets::{Dataset, Planes, Split};
use crate::loss::{Method, Targets, loss};
use crate::overlay;
use crate::quantization_aware::rounded;
use crate::run_folder::{RunConfig, RunFolder, Snapshot, weights_of};
use crate::validate::overlaps;

/// Steps over which the learning rate rises.
const WARM_UP: u64 = 100;
/// Steps between updates of the averaged weights, and what they keep of the old average.
const AVERAGE_EVERY: u64 = 10;
const AVERAGE_KEEP: f32 = 0.97;

/// What a run learns from.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    /// The dataset entries, as written.
    pub entries: &'a str,
    /// The datasets.
    pub datasets: &'a [Dataset],
    /// The planes over them.
    pub planes: &'a Planes,
}

/// A network in training.
struct Learner {
    network: MmisNet,
    optimizer: ModuleOptimizer,
    average: Arrays,
    step: u64,
}

impl Learner {
    /// From the weights that `config` names, or from a random start.
    fn fresh(config: &RunConfig, device: &Device) -> Result<Self> {
        device.seed(config.seed);
        let mut network = config.network.init(device);
        if let Some(other) = &config.from {
            let old = weights_of(other)?;
            let into = Parameters::of(&network);
            let same_size = (old.network.channels_in, &old.network.widths)
                == (config.network.channels_in, &config.network.widths);
            let from = match (old.network.fusion, config.network.fusion) {
                (FusionKind::SimilarityDot, FusionKind::SimilarityBeside) if same_size => {
                    put_semantics_beside(&old.parameters, &into)
                }
                _ => old.parameters,
            };
            let moved = move_labels(&from, &old.labels, &into, &config.labels);
            network = load_parameters(network, &moved, device)
                .with_context(|| format!("{} holds another network", other.display()))?
                .set_require_grad(true);
        }
        let average = Parameters::of(&network);
        Ok(Self { network, optimizer: optimizer(), average, step: 0 })
    }

    /// From the checkpoint of `snapshot`.
    fn restored(folder: &RunFolder, snapshot: Snapshot, config: &RunConfig, device: &Device) -> Result<Self> {
        device.seed(config.seed);
        let (network, optimizer) = folder.restore(config.network.init(device), optimizer())?;
        Ok(Self { network, optimizer, average: snapshot.average, step: snapshot.step })
    }

    fn is_finite(&self) -> bool {
        Parameters::of(&self.network).values().all(|(_, values)| values.iter().all(|value| value.is_finite()))
    }

    /// Learns from `batch`; its loss.
    fn learn(
        &mut self,
        batch: &Batch,
        config: &RunConfig,
        planes: &Planes,
        devices: &[Device],
    ) -> Result<f64> {
        self.step += 1;
        let rate = learning_rate(config, self.step);
        let network = self.network.clone();
        let (value, network) = if let [device] = devices {
            // Straight through: the gradient at the rounded weights moves the float ones.
            let seen = if config.quantization_aware { rounded(network.clone()) } else { network.clone() };
            let (value, gradients) = gradients(&seen, batch, planes, device, 1.0);
            (value, self.optimizer.step(rate, network, gradients))
        } else {
            let (value, gradients) = gradients_on_all(&network, batch, planes, devices)?;
            (value, self.optimizer.step_multi(rate, network, gradients))
        };
        self.network = network;
        if self.step.is_multiple_of(AVERAGE_EVERY) {
            // Early on the average would be mostly the random start.
            let keep = AVERAGE_KEEP.min(self.step as f32 / (self.step as f32 + 100.0));
            blend(&mut self.average, &Parameters::of(&self.network), keep);
        }
        Ok(value)
    }
}

fn optimizer() -> ModuleOptimizer {
    AdamWConfig::new()
        .with_weight_decay(1e-3)
        .with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)))
        .init()
}

/// Loss of `batch` on one device, and `share` of its gradients.
fn gradients(
    network: &MmisNet,
    batch: &Batch,
    planes: &Planes,
    device: &Device,
    share: f64,
) -> (f64, GradientsParams) {
    let [rows, columns] = batch.size;
    let samples = batch.taught.len();
    let channels = batch.images.len() / (samples * rows * columns);
    let images = TensorData::new(batch.images.clone(), [samples, channels, rows, columns]);
    let images = Tensor::<4>::from_data(images, device);
    let targets = Targets::new(batch, planes);
    let (head, auxiliary) = network.forward_supervised(images, targets.labels.clone());
    let loss = loss(head, auxiliary, targets, planes, Method::OF_BUILD);
    (loss.value, GradientsParams::from_grads((loss.root * share).backward(), network))
}

/// The batch in equal parts, one a device, side by side (data parallel); the
/// optimizer adds up their gradients, so each gives its share of the mean.
/// Untested: no machine with two GPUs was at hand.
fn gradients_on_all(
    network: &MmisNet,
    batch: &Batch,
    planes: &Planes,
    devices: &[Device],
) -> Result<(f64, MultiGradientsParams)> {
    let parts = batch.split(devices.len());
    let share = 1.0 / devices.len() as f64;
    let results: Vec<Result<(f64, GradientsParams, Device)>> = thread::scope(|scope| {
        let workers: Vec<_> = parts
            .iter()
            .zip(devices)
            .map(|(part, device)| {
                let network = network.clone().fork(device);
                scope.spawn(move || {
                    let (value, gradients) = gradients(&network, part, planes, device, share);
                    (value, gradients, device.clone())
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("a device failed"))).collect()
    });
    let (mut sum, mut all) = (0.0, MultiGradientsParams::default());
    for result in results {
        let (value, gradients, device) = result?;
        sum += value;
        all.grads.push((gradients, device));
    }
    Ok((sum * share, all))
}

/// Trains until `config.steps`, or `until` where that comes first. A run folder
/// that holds a checkpoint is resumed. Returns the steps done.
///
/// # Errors
/// Where the folder cannot be written or holds another run; [`Diverged`] where the
/// loss is not finite: the last two batches are then kept, and the last checkpoint stays.
pub fn train(
    folder: &RunFolder,
    config: &RunConfig,
    data: Data<'_>,
    devices: &[Device],
    until: Option<u64>,
) -> Result<u64> {
    ensure!(
        devices.len() <= config.batch_size,
        "{} devices cannot share a batch of {} crops",
        devices.len(),
        config.batch_size
    );
    ensure!(
        config.labels == data.planes.names()[..data.planes.labels()],
        "the run {} is over the labels {}, and the label space has others now: {}",
        folder.path().display(),
        config.labels.join(", "),
        data.planes.names()[..data.planes.labels()].join(", ")
    );
    config.check().with_context(|| {
        let (path, crops, every) = (folder.path().display(), config.batch_size, config.every);
        format!("the run {path} ({crops} crops a step, a checkpoint every {every} steps) cannot be trained")
    })?;
    let drawer = Arc::new(Drawer::new(
        data.datasets,
        data.planes,
        config.augmentation.clone(),
        config.seed,
        config.batch_size,
        config.crop,
    )?);
    let training: Vec<Device> = devices.iter().map(|device| device.clone().autodiff()).collect();
    let (Some(first), Some(plain)) = (training.first(), devices.first()) else {
        bail!("no device to train on")
    };
    let mut learner = match folder.snapshot()? {
        Some(snapshot) => {
            folder.begin(config, data.entries, data.datasets)?;
            Learner::restored(folder, snapshot, config, first)?
        }
        None => {
            // A start that cannot be read must not leave a folder that holds a run.
            let fresh = Learner::fresh(config, first)?;
            folder.begin(config, data.entries, data.datasets)?;
            fresh
        }
    };
    folder.note_code(learner.step)?;
    let last = until.unwrap_or(config.steps).min(config.steps);
    let batches = drawer.stream(learner.step, last);
    let progress = ProgressBar::new(config.steps)
        .with_position(learner.step)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {eta} left, {msg}")?);
    let (mut recent, mut recent_steps) = (0.0, 0u32);
    let mut before: Option<Batch> = None;
    let (mut started, mut waited) = (Instant::now(), Duration::ZERO);
    while learner.step < last {
        let asked = Instant::now();
        let batch = batches.recv().context("the loader stopped")?;
        waited += asked.elapsed();
        let value = learner.learn(&batch, config, data.planes, &training)?;
        let step = learner.step;
        let due = step % config.every == 0 || step == last;
        if !value.is_finite() {
            let why = format!("the loss of step {step} is {value}");
            bail!(Diverged::at(folder, step, &batch, before.as_ref(), &why));
        }
        if due && !learner.is_finite() {
            let why = format!("after step {step} the weights are no numbers any more");
            bail!(Diverged::at(folder, step, &batch, before.as_ref(), &why));
        }
        before = Some(batch);
        (recent, recent_steps) = (recent + value, recent_steps + 1);
        progress.set_position(step);
        progress.set_message(format!("loss {:.3}", recent / f64::from(recent_steps)));
        if due {
            let seconds = started.elapsed().as_secs_f64();
            // First of all: a failure from here on costs a line of figures, not the steps.
            let snapshot = Snapshot { step, average: learner.average.clone() };
            folder.save(&snapshot, config, &learner.network, &learner.optimizer)?;
            let evaluated = load_parameters(config.network.init(plain), &learner.average, plain)?;
            let validation = validate(&evaluated, data, plain)?;
            let line = serde_json::json!({
                "step": step,
                "loss": recent / f64::from(recent_steps),
                "images_per_s": f64::from(recent_steps) * config.batch_size as f64 / seconds,
                "data_wait": waited.as_secs_f64() / seconds,
                "validation": validation,
            });
            // Not `progress.println`, which says nothing where there is no terminal.
            progress.suspend(|| println!("{line}"));
            folder.record(&line)?;
            curves::draw(folder)?;
            overlay::of_validation(folder, step, &evaluated, data, plain)?;
            (recent, recent_steps) = (0.0, 0);
            (started, waited) = (Instant::now(), Duration::ZERO);
        }
    }
    progress.finish();
    Ok(learner.step)
}

/// A run whose loss or weights are no numbers any more. It says what is to be done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Diverged(String);

impl Diverged {
    /// Keeps the batch of the step that failed and the one `before`, after which
    /// the weights may have been no numbers already.
    fn at(folder: &RunFolder, step: u64, batch: &Batch, before: Option<&Batch>, why: &str) -> Self {
        let keep = || {
            if let Some(before) = before {
                folder.keep_bad_batch(step - 1, before)?;
            }
            folder.keep_bad_batch(step, batch)
        };
        let kept = match keep() {
            Ok(kept) => format!("The last batches are in {}", kept.display()),
            Err(error) => format!("The last batches could not be kept ({error:#})"),
        };
        Self(format!(
            "{why}: training stopped before it was saved. {kept}; \
             go on from the checkpoint before it with `trainer resume` and a lower --learning-rate"
        ))
    }
}

fn learning_rate(config: &RunConfig, step: u64) -> f64 {
    let rise = (step as f64 / WARM_UP as f64).min(1.0);
    let fall = 0.5 * (1.0 + (std::f64::consts::PI * step as f64 / config.steps as f64).cos());
    config.learning_rate * rise * fall.max(0.002)
}

fn blend(average: &mut Arrays, new: &Arrays, keep: f32) {
    for (name, (_, values)) in average {
        if let Some((_, new)) = new.get(name) {
            for (value, new) in values.iter_mut().zip(new) {
                *value = *value * keep + new * (1.0 - keep);
            }
        }
    }
}

/// Dice a plane that occurs in the validation splits, in the working grid.
fn validate(network: &MmisNet, data: Data<'_>, device: &Device) -> Result<BTreeMap<String, f64>> {
    let mut dice = BTreeMap::new();
    for dataset in data.datasets {
        for (plane, overlap) in overlaps(network, dataset, Split::Validation, data.planes, device)? {
            if let Some(value) = overlap.dice().filter(|_| overlap.truth() > 0) {
                dice.insert(format!("{}/{}", dataset.entry.name, data.planes.names()[plane]), value);
            }
        }
    }
    Ok(dice)
}
