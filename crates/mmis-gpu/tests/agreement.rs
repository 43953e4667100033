//! On whatever graphics processor there is: the same probabilities as Burn and `mmis-cpu`.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::sync::LazyLock;

use burn::tensor::{Device as BurnDevice, Tensor, TensorData};
use mmis_gpu::{Device, Network, NetworkError};
use mmis_model::MmisNetConfig;
use mmis_model::weights::{Arrays, WeightsError};
use mmis_net::{MmisNet, Parameters, load_parameters};

/// Of a probability against Burn in single precision: above 2.6e-5 nothing was seen.
const TOLERANCE: f32 = 2e-4;

/// Without a graphics processor these tests fail: `cargo xtask test` brings one in software.
static DEVICE: LazyLock<Device> = LazyLock::new(|| {
    pollster::block_on(Device::open())
        .map(|(device, _)| device)
        .expect("no Vulkan adapter: run `cargo xtask test`, or see it for how")
});

/// A network with random parameters, the same ones for all three.
struct Trio {
    config: MmisNetConfig,
    arrays: Arrays,
    burn: MmisNet,
}

impl Trio {
    fn new(config: &MmisNetConfig, seed: u64) -> Self {
        let device = BurnDevice::flex();
        device.seed(seed);
        let network = MmisNet::new(config, &device);
        let mut random = Random(seed);
        let mut arrays = Parameters::of(&network);
        for (name, (shape, values)) in &mut arrays {
            if shape.len() == 1 {
                // Norms and biases of a fresh network are ones and zeros.
                values.iter_mut().for_each(|value| *value += 0.4 * random.next());
            } else {
                // As the weight file rounds them.
                let channels = shape[0];
                let rounded = values.chunks_exact(values.len() / channels).flat_map(|of_channel| {
                    let scale = of_channel.iter().fold(0f32, |a, b| a.max(b.abs())) / 127.0;
                    of_channel.iter().map(move |value| (value / scale).round() * scale)
                });
                *values = rounded.collect();
            }
            assert!(!values.is_empty(), "{name}");
        }
        let burn = load_parameters(network, &arrays, &device).unwrap();
        Self { config: config.clone(), arrays, burn }
    }

    /// Runs a batch of three ways and says how far probabilities and similarities are from
    /// Burn's, and probabilities from those of `mmis-cpu`.
    fn deviations(&self, batch: usize, [rows, columns]: [usize; 2]) -> [f32; 4] {
        let mut random = Random(batch as u64 * 31 + rows as u64);
        let images: Vec<Vec<f32>> = (0..batch).map(|_| image(&mut random, [rows, columns])).collect();
        let gpu = Network::new(&DEVICE, &self.config, &self.arrays).unwrap();
        let slices: Vec<&[f32]> = images.iter().map(Vec::as_slice).collect();
        let answers = pollster::block_on(gpu.forward_with_maps(&slices, [rows, columns])).unwrap();
        assert_eq!(answers.len(), batch);
        let cpu = mmis_cpu::Network::new(&self.config, &self.arrays).unwrap();
        let mut memory = mmis_cpu::Memory::default();
        let mut worst = [0f32; 4];
        for (image, answer) in images.iter().zip(&answers) {
            let data = TensorData::new(image.clone(), [1, 1, rows, columns]);
            let input = Tensor::<4>::from_data(data, &BurnDevice::flex());
            let expected = self.burn.forward_with_maps(input);
            let logits = values(expected.logits);
            let probabilities: Vec<f32> = logits.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
            worst[0] = worst[0].max(difference(&answer.probabilities, &probabilities));
            assert_eq!(answer.similarities.len(), expected.similarities.len());
            for (map, expected) in answer.similarities.iter().zip(expected.similarities) {
                worst[1] = worst[1].max(difference(map, &values(expected)));
            }
            let by_wholes = cpu.forward(image, [rows, columns], &mut memory).probabilities;
            worst[2] = worst[2].max(difference(&answer.probabilities, &by_wholes));
            worst[3] = worst[3].max(difference(&by_wholes, &probabilities));
        }
        worst
    }

    fn agrees(&self, batch: usize, size: [usize; 2]) {
        let found = self.deviations(batch, size);
        println!("batch {batch} of {size:?}: {found:?}");
        assert!(found[0] < TOLERANCE, "batch {batch} of {size:?}: {found:?}");
        assert!(found[1] < TOLERANCE, "batch {batch} of {size:?}: {found:?}");
        // It rounds features to 14 bits; the rest is its distance from Burn.
        assert!(found[2] < found[3] + TOLERANCE, "batch {batch} of {size:?}: {found:?}");
    }
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

/// Infinite where one of the two is no number.
fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).fold(0f32, |largest, (a, b)| {
        let difference = (a - b).abs();
        if difference.is_nan() { f32::INFINITY } else { largest.max(difference) }
    })
}

/// Bright layers with noise, and a part without signal, as B-scans have them.
fn image(random: &mut Random, [rows, columns]: [usize; 2]) -> Vec<f32> {
    let level = 0.3 + 0.2 * random.next();
    (0..rows * columns)
        .map(|at| {
            let (row, column) = (at / columns, at % columns);
            let band = if row / 7 % 2 == 0 { level } else { 0.05 };
            if column < columns / 8 { 0.0 } else { band * (1.0 + 0.5 * random.next()) }
        })
        .collect()
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    /// -1..1
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    }
}

#[test]
fn the_tiny_network_agrees_with_burn_and_with_the_processor_s() {
    let trio = Trio::new(&MmisNetConfig::tiny(5), 1);
    trio.agrees(1, [16, 48]);
    trio.agrees(3, [20, 36]);
}

#[test]
fn the_network_for_browsers_agrees_with_burn_and_with_the_processor_s() {
    let trio = Trio::new(&MmisNetConfig::browser(5), 2);
    trio.agrees(1, [80, 112]);
    trio.agrees(3, [16, 48]);
}

#[test]
fn widths_that_are_no_multiples_of_four_and_more_blocks_agree_too() {
    let config = MmisNetConfig {
        widths: vec![6, 13, 22],
        encoder_blocks: vec![2, 1, 2],
        decoder_blocks: vec![2, 1],
        ..MmisNetConfig::tiny(9)
    };
    Trio::new(&config, 3).agrees(2, [28, 40]);
}

#[test]
fn a_batch_gives_what_its_images_give_alone_whatever_ran_before() {
    let trio = Trio::new(&MmisNetConfig::tiny(5), 4);
    let network = Network::new(&DEVICE, &trio.config, &trio.arrays).unwrap();
    let mut random = Random(5);
    let images: Vec<Vec<f32>> = (0..4).map(|_| image(&mut random, [32, 32])).collect();
    let slices: Vec<&[f32]> = images.iter().map(Vec::as_slice).collect();
    let forward = |images: &[&[f32]], size| pollster::block_on(network.forward(images, size)).unwrap();
    let together = forward(&slices, [32, 32]);
    forward(&slices[..2], [16, 64]);
    for (image, expected) in slices.iter().zip(&together) {
        assert_eq!(forward(&[image], [32, 32]), std::slice::from_ref(expected));
    }
    assert_eq!(forward(&slices, [32, 32]), together);
}

#[test]
fn what_is_no_number_is_passed_on_and_stays_with_its_image() {
    let trio = Trio::new(&MmisNetConfig::tiny(5), 6);
    let network = Network::new(&DEVICE, &trio.config, &trio.arrays).unwrap();
    for broken in [f32::NAN, f32::INFINITY] {
        let mut images = vec![image(&mut Random(7), [16, 16]); 2];
        images[1][37] = broken;
        let slices: Vec<&[f32]> = images.iter().map(Vec::as_slice).collect();
        let answers = pollster::block_on(network.forward(&slices, [16, 16])).unwrap();
        assert!(answers[0].probabilities.iter().all(|value| value.is_finite()));
        assert!(answers[1].probabilities.iter().all(|value| value.is_nan()), "{broken}");
    }
}

#[test]
fn sizes_and_batches_that_do_not_fit_are_errors() {
    let trio = Trio::new(&MmisNetConfig::tiny(5), 8);
    let network = Network::new(&DEVICE, &trio.config, &trio.arrays).unwrap();
    let image = vec![0.0; 16 * 18];
    let answer = |images: &[&[f32]], size| pollster::block_on(network.forward(images, size)).unwrap_err();
    let size = |rows, columns| NetworkError::Size { rows, columns, multiple: 4 };
    assert_eq!(answer(&[&image], [16, 18]), size(16, 18));
    assert_eq!(answer(&[&image], [0, 16]), size(0, 16));
    assert_eq!(answer(&[&image], [usize::MAX - 3, 16]), size(usize::MAX - 3, 16));
    assert_eq!(answer(&[&image], [16, 16]), NetworkError::Pixels { pixels: 288, wanted: 256 });
    assert_eq!(answer(&[], [16, 16]), NetworkError::Batch { batch: 0 });
    assert_eq!(answer(&[&image[..]; 9], [16, 16]), NetworkError::Batch { batch: 9 });
}

#[test]
fn a_missing_parameter_and_a_wrong_shape_are_errors() {
    let mut trio = Trio::new(&MmisNetConfig::tiny(5), 9);
    let name = "decoder.0.project.bias";
    trio.arrays.remove(name);
    let error = Network::new(&DEVICE, &trio.config, &trio.arrays).unwrap_err();
    assert_eq!(error, WeightsError::Layout { name: name.to_owned() });
    trio.config.decoder_blocks.push(1);
    let error = Network::new(&DEVICE, &trio.config, &trio.arrays).unwrap_err();
    assert!(matches!(error, WeightsError::Config(_)), "{error}");
}
