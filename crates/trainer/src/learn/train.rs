//! The training loop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use burn::tensor::Device;
use indicatif::{ProgressBar, ProgressStyle};
use mmis_net::MmisNet;
use mmis_net::load_parameters;

use crate::data::{Batch, BatchSampler, Split, TrainingData};
use crate::judge::found;
use crate::pictures;
use crate::run::{RunConfig, RunFolder, Snapshot};

use super::learner::Learner;

/// Trains until `config.steps`, or `until` where that comes first. A run folder
/// that holds a checkpoint is resumed. Returns the steps done.
///
/// # Errors
/// Where the folder cannot be written or holds another run; [`Diverged`] where the
/// loss is not finite: the last two batches are then kept, and the last checkpoint stays.
pub fn train(
    folder: &RunFolder,
    config: &RunConfig,
    data: TrainingData<'_>,
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
    let sampler = Arc::new(BatchSampler::new(
        data.datasets,
        data.planes,
        config.augmentation.clone(),
        config.graders,
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
    let batches = sampler.stream(learner.step, last);
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
            let evaluated = load_parameters(MmisNet::new(&config.network, plain), &learner.average, plain)?;
            let validation = validate(&evaluated, data, plain)?;
            let line = serde_json::json!({
                "step": step,
                "loss": recent / f64::from(recent_steps),
                "images_per_s": f64::from(recent_steps) * config.batch_size as f64 / seconds,
                "data_wait": waited.as_secs_f64() / seconds,
                "validation": validation.validation,
                "graders": validation.graders,
                "images": validation.images,
                "false_pixels": validation.false_pixels,
            });
            // Not `progress.println`, which says nothing where there is no terminal.
            progress.suspend(|| println!("{line}"));
            folder.record(&line)?;
            pictures::draw_curves(folder)?;
            pictures::validation_sheet(folder, step, &evaluated, data, plain)?;
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

/// What the network finds in the validation splits, in the working grid: for `metrics.jsonl`.
#[derive(Debug, Default)]
struct Validation {
    /// Dice a plane that occurs, by dataset and label.
    validation: BTreeMap<String, f64>,
    /// Where there are several graders: Dice with each of them.
    graders: BTreeMap<String, Vec<Option<f64>>>,
    /// Where whole images are labelled: the evidence of a label in each image.
    images: BTreeMap<String, f32>,
    /// And the pixels that are found an image where the label is not: the mean.
    false_pixels: BTreeMap<String, f64>,
}

fn validate(network: &MmisNet, data: TrainingData<'_>, device: &Device) -> Result<Validation> {
    let mut line = Validation::default();
    for dataset in data.datasets {
        let found = found(network, dataset, Split::Validation, data.planes, device)?;
        let name = |plane: usize| format!("{}/{}", dataset.entry.name, data.planes.names()[plane]);
        for (plane, overlap) in &found.overlaps {
            if let Some(value) = overlap.dice().filter(|_| overlap.truth() > 0) {
                line.validation.insert(name(*plane), value);
                if let Some(others) = found.with_others.get(plane) {
                    let all = std::iter::once(Some(value)).chain(others.iter().map(|other| other.dice()));
                    line.graders.insert(name(*plane), all.collect());
                }
            }
        }
        let mut free: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for image in &found.images {
            line.images.insert(format!("{} in {}", name(image.plane), image.name), image.evidence);
            if !image.present {
                free.entry(name(image.plane)).or_default().push(image.pixels);
            }
        }
        let mean = |pixels: Vec<u64>| pixels.iter().sum::<u64>() as f64 / pixels.len() as f64;
        line.false_pixels.extend(free.into_iter().map(|(name, pixels)| (name, mean(pixels))));
    }
    Ok(line)
}
