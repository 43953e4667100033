//! The network in whole numbers against its definition on Burn.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use burn::tensor::{Device, Distribution, Tensor};
use mmis_cpu::{Memory, Network};
use mmis_model::MmisNetConfig;
use mmis_model::weights::Arrays;
use mmis_model::weights::quantize::{dequantize, quantize};
use mmis_net::{MmisNet, Parameters, load_parameters};

/// A probability that features of 14 bits may cost. We saw at most a fifth of it.
const TOLERANCE: f32 = 0.005;

/// As a weight file would give them back.
fn through_a_file(parameters: Arrays) -> Arrays {
    let rounded = |(name, (shape, values)): (String, (Vec<usize>, Vec<f32>))| {
        let values = if shape.len() < 2 {
            values
        } else {
            let quantized = quantize(&values, shape[0]);
            dequantize(&quantized.values, &quantized.scales)
        };
        (name, (shape, values))
    };
    parameters.into_iter().map(rounded).collect()
}

fn largest(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[test]
fn probabilities_and_similarities_are_those_of_the_definition_in_every_shape() {
    let device = Device::flex();
    let tiny = MmisNetConfig::tiny(2);
    let odd = MmisNetConfig {
        widths: vec![5, 12, 20, 9],
        encoder_blocks: vec![2, 1, 3, 1],
        decoder_blocks: vec![1, 2, 1],
        ..MmisNetConfig::tiny(9)
    };
    let cases = [
        (tiny.clone(), [4, 4]),
        (tiny, [12, 28]),
        (odd.clone(), [8, 16]),
        (odd, [40, 24]),
        (MmisNetConfig::browser(5), [48, 80]),
    ];
    for (seed, (config, [rows, columns])) in cases.into_iter().enumerate() {
        device.seed(seed as u64);
        let config = MmisNetConfig { auxiliary: false, ..config };
        let parameters = through_a_file(Parameters::of(&MmisNet::new(&config, &device)));
        let definition = load_parameters(MmisNet::new(&config, &device), &parameters, &device).unwrap();
        let image = Tensor::<4>::random([1, 1, rows, columns], Distribution::Uniform(0.0, 1.0), &device);
        let expected = values(definition.probabilities(image.clone()));
        let similarities = definition.forward_with_maps(image.clone()).similarities;
        let network = Network::new(&config, &parameters).unwrap();
        let found = network.forward(&values(image), [rows, columns], &mut Memory::default());
        let deviation = largest(&expected, &found.probabilities);
        assert!(deviation < TOLERANCE, "{rows} x {columns}: {deviation}");
        assert_eq!(similarities.len(), found.similarities.len());
        for (expected, found) in similarities.into_iter().zip(&found.similarities) {
            let deviation = largest(&values(expected), found);
            assert!(deviation < TOLERANCE, "{rows} x {columns}, a similarity: {deviation}");
        }
    }
}

#[test]
fn memory_that_was_used_for_another_size_changes_nothing() {
    let device = Device::flex();
    device.seed(3);
    let config = MmisNetConfig::tiny(3);
    let parameters = through_a_file(Parameters::of(&MmisNet::new(&config, &device)));
    let network = Network::new(&config, &parameters).unwrap();
    let image = |count: usize| (0..count).map(|at| (at * 37 % 101) as f32 / 101.0).collect::<Vec<_>>();
    let mut memory = Memory::default();
    let first = network.forward(&image(12 * 20), [12, 20], &mut memory);
    network.forward(&image(40 * 8), [40, 8], &mut memory);
    assert_eq!(network.forward(&image(12 * 20), [12, 20], &mut memory), first);
}

#[test]
fn an_image_with_what_is_no_number_has_no_number_for_an_answer() {
    let device = Device::flex();
    let config = MmisNetConfig::tiny(3);
    let parameters = through_a_file(Parameters::of(&MmisNet::new(&config, &device)));
    let network = Network::new(&config, &parameters).unwrap();
    let mut image = vec![0.5; 16 * 16];
    image[7] = f32::INFINITY;
    let found = network.forward(&image, [16, 16], &mut Memory::default());
    assert!(found.probabilities.iter().all(|probability| probability.is_nan()));
}
