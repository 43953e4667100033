//! A network in training: one step on one device or on several.

use std::thread;

use anyhow::{Context, Result, anyhow};
use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer, MultiGradientsParams};
use burn::tensor::{Device, Tensor, TensorData};
use mmis_model::FusionKind;
use mmis_model::weights::{Arrays, leave_semantics_out, move_labels, put_semantics_beside};
use mmis_net::MmisNet;
use mmis_net::{Parameters, load_parameters};

use crate::data::{Batch, Planes};
use crate::run::{RunConfig, RunFolder, Snapshot, weights_of};

use super::loss::{Method, Targets, loss};
use super::quantization_aware::rounded;
use super::schedule::{average_in, learning_rate};

/// A network in training.
pub(super) struct Learner {
    pub(super) network: MmisNet,
    pub(super) optimizer: ModuleOptimizer,
    /// The running average of the weights: what is scored and shipped.
    pub(super) average: Arrays,
    /// Steps done.
    pub(super) step: u64,
}

impl Learner {
    /// From the weights that `config` names, or from a random start.
    pub(super) fn fresh(config: &RunConfig, device: &Device) -> Result<Self> {
        device.seed(config.seed);
        let mut network = MmisNet::new(&config.network, device);
        if let Some(other) = &config.from {
            let old = weights_of(other)?;
            let into = Parameters::of(&network);
            let same_size = (old.network.channels_in, &old.network.widths)
                == (config.network.channels_in, &config.network.widths);
            let from = match (old.network.fusion, config.network.fusion) {
                (FusionKind::SimilarityDot, FusionKind::SimilarityBeside) if same_size => {
                    put_semantics_beside(&old.parameters, &into)
                }
                (FusionKind::SimilarityBeside, FusionKind::SimilarityDot) if same_size => {
                    leave_semantics_out(&old.parameters, &into)
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
    pub(super) fn restored(
        folder: &RunFolder,
        snapshot: Snapshot,
        config: &RunConfig,
        device: &Device,
    ) -> Result<Self> {
        device.seed(config.seed);
        let (network, optimizer) = folder.restore(MmisNet::new(&config.network, device), optimizer())?;
        Ok(Self { network, optimizer, average: snapshot.average, step: snapshot.step })
    }

    /// Whether all weights are numbers.
    pub(super) fn is_finite(&self) -> bool {
        Parameters::of(&self.network).values().all(|(_, values)| values.iter().all(|value| value.is_finite()))
    }

    /// Learns from `batch`; its loss.
    pub(super) fn learn(
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
        average_in(&mut self.average, self.step, || Parameters::of(&self.network));
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
