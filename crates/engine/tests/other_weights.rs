//! Weights that the engine cannot use are refused in words.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;

use engine::{DevicePreference, Engine, EngineError};
use mmis_model::weights::{Arrays, Metadata, Precision, WeightsError, WeightsFile};
use mmis_model::{FusionKind, LabelSpace, MmisNetConfig};

fn tiny(label_space: &LabelSpace) -> MmisNetConfig {
    MmisNetConfig::tiny(label_space.len())
}

fn weights(config: MmisNetConfig, label_space: LabelSpace) -> Vec<u8> {
    let parameter = |(name, shape): (String, Vec<usize>)| {
        let values = vec![0.5; shape.iter().product()];
        (name, (shape, values))
    };
    let parameters: Arrays = config.parameters().into_iter().map(parameter).collect();
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
    let space = LabelSpace::training().unwrap();
    let error = refused(&weights(MmisNetConfig { channels_in: 3, ..tiny(&space) }, space));
    assert!(matches!(error, EngineError::Weights(WeightsError::Inputs { channels: 3 })));
    assert!(error.to_string().contains("2D network"), "{error}");
}

#[test]
fn a_network_of_a_study_is_refused_with_its_fusion() {
    let space = LabelSpace::training().unwrap();
    let config = MmisNetConfig { fusion: FusionKind::Concatenate, ..tiny(&space) };
    let error = refused(&weights(config, space));
    assert!(error.to_string().contains("fuses by `concatenate`"), "{error}");
}

#[test]
fn a_label_space_without_a_fluid_is_refused_by_name() {
    let space = LabelSpace::training().unwrap().of_organ("brain");
    let error = refused(&weights(tiny(&space), space));
    assert!(matches!(error, EngineError::NoSuchLabel { label: "IRF" }), "{error}");
}
