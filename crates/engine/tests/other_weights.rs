//! Weights that the engine cannot use are refused in words.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;

use burn::tensor::Device;
use engine::{DevicePreference, Engine, EngineError};
use mmis_net::weights::{Metadata, Parameters, Precision, WeightsFile};
use mmis_net::{LabelSpace, MmisNetConfig};

fn weights(channels_in: usize, label_space: LabelSpace) -> Vec<u8> {
    let config = MmisNetConfig { channels_in, ..MmisNetConfig::tiny(label_space.len()) };
    let parameters = Parameters::of(&config.init(&Device::flex()));
    let metadata = Metadata {
        name: "tiny".into(),
        config,
        label_space,
        preprocessing: String::new(),
        training: String::new(),
        scores: String::new(),
        presence: BTreeMap::new(),
        float_parent_sha256: String::new(),
    };
    WeightsFile::write(&parameters, &metadata, &[], Precision::Int8).unwrap()
}

fn refused(bytes: &[u8]) -> EngineError {
    pollster::block_on(Engine::new(bytes, DevicePreference::Cpu)).unwrap_err()
}

#[test]
fn a_network_that_wants_the_neighbours_is_refused_with_what_to_do() {
    let error = refused(&weights(3, LabelSpace::training().unwrap()));
    assert!(matches!(error, EngineError::Inputs { channels: 3 }));
    assert!(error.to_string().contains("2D network"), "{error}");
}

#[test]
fn a_label_space_without_a_fluid_is_refused_by_name() {
    let error = refused(&weights(1, LabelSpace::training().unwrap().of_organ("brain")));
    assert!(matches!(error, EngineError::NoSuchLabel { label: "IRF" }), "{error}");
}
