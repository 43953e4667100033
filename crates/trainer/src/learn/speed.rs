//! Images a second: what `tests/pytorch/speed.py` measures for PyTorch, with
//! the same network, batch and loss.

use std::time::Instant;

use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Distribution, Tensor};
use mmis_model::MmisNetConfig;
use mmis_net::MmisNet;
use serde::Serialize;

/// Images a second on one device.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Speed {
    /// Forward pass alone.
    pub forward: f64,
    /// Forward and backward pass.
    pub backward: f64,
    /// Forward, backward and AdamW: a training step.
    pub step: f64,
}

/// Measures each for `seconds`, after one pass that does not count.
pub fn measure(
    network: &MmisNetConfig,
    batch: usize,
    size: [usize; 2],
    seconds: f64,
    device: &Device,
) -> Speed {
    let training = device.clone().autodiff();
    training.seed(1);
    let mut model = MmisNet::new(network, &training);
    let mut optimizer = AdamWConfig::new().init();
    let shape = [batch, network.channels_in, size[0], size[1]];
    let image = |device: &Device| Tensor::<4>::random(shape, Distribution::Uniform(0.0, 1.0), device);
    let images = image(&training);
    let targets = Tensor::<4>::random(
        [batch, network.labels, size[0], size[1]],
        Distribution::Bernoulli(0.1),
        &training,
    );
    let loss = |logits: Tensor<4>| {
        let product = logits.clone() * targets.clone();
        (relu(logits.clone()) - product + (logits.abs().neg().exp() + 1.0).log()).mean()
    };
    let plain = MmisNet::new(network, device);
    let plain_images = image(device);
    let forward = rate(batch, seconds, || {
        plain.forward(plain_images.clone()).sum().into_data();
    });
    let backward = rate(batch, seconds, || {
        let value = loss(model.forward_supervised(images.clone(), 0..network.labels).0);
        let gradients = GradientsParams::from_grads(value.backward(), &model);
        drop(gradients);
        value.into_data();
    });
    let step = rate(batch, seconds, || {
        let value = loss(model.forward_supervised(images.clone(), 0..network.labels).0);
        let gradients = GradientsParams::from_grads(value.backward(), &model);
        model = optimizer.step(1e-3, model.clone(), gradients);
        value.into_data();
    });
    Speed { forward, backward, step }
}

fn rate(batch: usize, seconds: f64, mut run: impl FnMut()) -> f64 {
    run();
    let started = Instant::now();
    let mut images = 0;
    while started.elapsed().as_secs_f64() < seconds {
        run();
        images += batch;
    }
    images as f64 / started.elapsed().as_secs_f64()
}
