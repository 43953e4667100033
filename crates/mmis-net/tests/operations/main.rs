//! The network's operations: the composed ones against plain loops, and whether
//! a wrong one would be found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod plain;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use burn::tensor::{Device, Distribution, Tensor};
use mmis_model::{FusionKind, MmisNetConfig};
use mmis_net::MmisNet;
use mmis_net::ops::agreement::{Deviation, TOLERANCE, deviations};
use mmis_net::ops::{
    AttentionParameters, Composed, ConvBlockParameters, Gated, Operations, PointwiseParameters,
    SimilarityParameters,
};
use plain::Plain;

const OPERATIONS: [&str; 7] =
    ["conv_block", "pointwise", "probabilities", "upsample", "concatenate", "similarity", "attention"];

/// All deviations; a processor answers at once.
fn compared(candidate: &dyn Operations, reference: &dyn Operations, cases: usize) -> Vec<Deviation> {
    let device = Device::flex();
    let future = pin!(deviations(candidate, reference, &device, 7, cases));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(found) => found.unwrap(),
        Poll::Pending => panic!("a processor keeps nobody waiting"),
    }
}

/// The largest deviation of each of [`OPERATIONS`].
fn largest(found: &[Deviation]) -> [f32; 7] {
    OPERATIONS.map(|operation| {
        let mut of: Vec<f32> =
            found.iter().filter(|case| case.operation == operation).map(|case| case.largest).collect();
        of.sort_unstable_by(f32::total_cmp);
        *of.last().unwrap()
    })
}

#[test]
fn every_composed_operation_is_what_its_formula_says() {
    let found = compared(&Composed, &Plain, 40);
    assert_eq!(found.len(), 40 * OPERATIONS.len());
    for case in &found {
        assert!(case.largest <= TOLERANCE, "{case:?}");
    }
}

/// Composed, but for one operation.
#[derive(Debug)]
struct Spoilt {
    operation: &'static str,
    /// What it makes of the right answer.
    spoil: fn(Tensor<4>) -> Tensor<4>,
}

impl Spoilt {
    fn map(&self, operation: &str, map: Tensor<4>) -> Tensor<4> {
        if self.operation == operation { (self.spoil)(map) } else { map }
    }

    fn fused(&self, operation: &str, Gated { features, gate }: Gated) -> Gated {
        Gated { features, gate: self.map(operation, gate) }
    }
}

impl Operations for Spoilt {
    fn conv_block(&self, input: Tensor<4>, parameters: ConvBlockParameters) -> Tensor<4> {
        self.map("conv_block", Composed.conv_block(input, parameters))
    }

    fn pointwise(&self, input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4> {
        self.map("pointwise", Composed.pointwise(input, parameters))
    }

    fn probabilities(&self, input: Tensor<4>, parameters: PointwiseParameters) -> Tensor<4> {
        self.map("probabilities", Composed.probabilities(input, parameters))
    }

    fn upsample(&self, input: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
        self.map("upsample", Composed.upsample(input, size))
    }

    fn concatenate(&self, first: Tensor<4>, second: Tensor<4>) -> Tensor<4> {
        self.map("concatenate", Composed.concatenate(first, second))
    }

    fn similarity(&self, detail: Tensor<4>, semantics: Tensor<4>, parameters: SimilarityParameters) -> Gated {
        self.fused("similarity", Composed.similarity(detail, semantics, parameters))
    }

    fn attention(&self, detail: Tensor<4>, semantics: Tensor<4>, parameters: AttentionParameters) -> Gated {
        self.fused("attention", Composed.attention(detail, semantics, parameters))
    }
}

#[test]
fn a_wrong_operation_is_found_and_no_other_is_accused() {
    let last_column_wrong = |map: Tensor<4>| {
        let columns = map.dims()[3];
        let last = map.clone().narrow(3, columns - 1, 1) + 0.05;
        Tensor::cat(vec![map.narrow(3, 0, columns - 1), last], 3)
    };
    let another_size = |map: Tensor<4>| {
        let rows = map.dims()[2];
        map.narrow(2, 0, rows - 1)
    };
    let no_number = |map: Tensor<4>| map * f32::NAN;
    for operation in OPERATIONS {
        for spoil in [last_column_wrong, another_size, no_number] {
            let found = largest(&compared(&Spoilt { operation, spoil }, &Composed, 4));
            for (name, largest) in OPERATIONS.into_iter().zip(found) {
                assert_eq!(largest > TOLERANCE, name == operation, "{name} where {operation} is wrong");
            }
        }
    }
}

#[test]
fn a_network_answers_the_same_by_any_implementation() {
    let device = Device::flex();
    for fusion in FusionKind::ALL {
        let network = MmisNet::new(&MmisNetConfig { fusion, ..MmisNetConfig::tiny(3) }, &device);
        let input = Tensor::<4>::random([1, 1, 16, 24], Distribution::Default, &device);
        let values = |tensor: Tensor<4>| tensor.into_data().iter::<f32>().collect::<Vec<_>>();
        let pairs = [
            (network.forward(input.clone()), network.forward_by(&Plain, input.clone()).logits),
            (network.probabilities_by(&Composed, input.clone()), network.probabilities_by(&Plain, input)),
        ];
        for (composed, plain) in pairs {
            for (a, b) in values(composed).into_iter().zip(values(plain)) {
                assert!((a - b).abs() <= TOLERANCE, "{}: {a} and {b}", fusion.name());
            }
        }
    }
}

#[test]
fn every_operation_of_the_seam_has_its_part_in_an_answer() {
    let device = Device::flex();
    let network = MmisNet::new(
        &MmisNetConfig { fusion: FusionKind::SimilarityBeside, ..MmisNetConfig::tiny(3) },
        &device,
    );
    let input = Tensor::<4>::random([1, 1, 16, 24], Distribution::Default, &device);
    let nothing = |map: Tensor<4>| map.zeros_like();
    for operation in ["conv_block", "pointwise", "upsample", "concatenate"] {
        let without = network.forward_by(&Spoilt { operation, spoil: nothing }, input.clone()).logits;
        let with = network.forward(input.clone());
        let difference = (without - with).abs().max().into_data().iter::<f32>().next().unwrap();
        assert!(difference > 1e-3, "{operation} has no part in the answer");
    }
}

#[test]
fn what_is_no_number_stays_none() {
    let device = Device::flex();
    let network =
        MmisNet::new(&MmisNetConfig { fusion: FusionKind::AttentionGate, ..MmisNetConfig::tiny(3) }, &device);
    let mut values = vec![0.5f32; 16 * 16];
    values[40] = f32::NAN;
    let input = Tensor::<4>::from_data(burn::tensor::TensorData::new(values, [1, 1, 16, 16]), &device);
    let answer = network.probabilities_by(&Composed, input);
    assert!(answer.into_data().iter::<f32>().any(|value| value.is_nan()));
}
