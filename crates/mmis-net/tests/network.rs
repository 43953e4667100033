//! The network on the CPU: shapes, fusion, weights.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use burn::tensor::{Device, Distribution, Tensor};
use mmis_model::weights::{
    Arrays, Metadata, Precision, PresenceCalibration, WeightsError, WeightsFile, keep_labels, move_labels,
    put_semantics_beside,
};
use mmis_model::{FusionKind, LabelSpace, MmisNetConfig};
use mmis_net::fusion::Fusion;
use mmis_net::ops::Composed;
use mmis_net::{MmisNet, Parameters, load, load_parameters};

fn tiny() -> (MmisNetConfig, MmisNet, Device) {
    let device = Device::flex();
    device.seed(7);
    let config = MmisNetConfig::tiny(LabelSpace::training().unwrap().len());
    (config.clone(), MmisNet::new(&config, &device), device)
}

fn metadata(config: MmisNetConfig) -> Metadata {
    Metadata {
        name: "test 0".into(),
        config,
        label_space: LabelSpace::training().unwrap(),
        preprocessing: String::new(),
        training: String::new(),
        scores: String::new(),
        presence: [("irf".to_owned(), PresenceCalibration { temperature: 2.0, bias: -0.5, threshold: 0.4 })]
            .into(),
        float_parent_sha256: String::new(),
    }
}

/// A weight file of the tiny network.
fn int8_file() -> Vec<u8> {
    let (config, network, _) = tiny();
    WeightsFile::write(&Parameters::of(&network), &metadata(config), &[], Precision::Int8).unwrap()
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[test]
fn logits_have_the_size_of_the_input_and_a_channel_for_each_label() {
    let (config, network, device) = tiny();
    let input = Tensor::<4>::random([2, 1, 16, 24], Distribution::Default, &device);
    let output = network.forward_with_maps(input.clone());
    assert_eq!(output.logits.dims(), [2, config.labels, 16, 24]);
    let maps: Vec<_> = output.similarities.iter().map(|map| map.dims()).collect();
    assert_eq!(maps, [[2, 1, 16, 24], [2, 1, 8, 12]]);
    let (head, auxiliary) = network.forward_supervised(input, 0..config.labels);
    assert_eq!(head.dims(), [2, config.labels, 16, 24]);
    let auxiliary: Vec<_> = auxiliary.iter().map(|logits| logits.dims()).collect();
    assert_eq!(auxiliary, [[2, config.labels, 16, 24], [2, config.labels, 8, 12]]);
}

#[test]
fn heads_asked_for_some_labels_answer_for_these_as_those_asked_for_all() {
    let (config, network, device) = tiny();
    let input = Tensor::<4>::random([2, 1, 16, 24], Distribution::Default, &device);
    let (head, auxiliary) = network.forward_supervised(input.clone(), 1..3);
    let (whole_head, whole_auxiliary) = network.forward_supervised(input, 0..config.labels);
    let some = std::iter::once(head).chain(auxiliary);
    for (some, whole) in some.zip(std::iter::once(whole_head).chain(whole_auxiliary)) {
        assert_eq!(values(some), values(whole.narrow(1, 1, 2)));
    }
}

#[test]
fn a_fused_pixel_lies_between_detail_and_semantics_where_the_similarity_puts_it() {
    let device = Device::flex();
    for kind in [FusionKind::SimilarityDot, FusionKind::SimilarityCosine, FusionKind::SimilarityBeside] {
        lies_between(kind, &device);
    }
}

fn lies_between(kind: FusionKind, device: &Device) {
    let fusion = Fusion::new(kind, 4, device);
    let detail = Tensor::<4>::random([1, 4, 6, 5], Distribution::Default, device);
    let semantics = Tensor::<4>::random([1, 4, 6, 5], Distribution::Default, device) + 3.0;
    let fused = fusion.forward(&Composed, detail.clone(), semantics.clone());
    let (detail, semantics) = (values(detail), values(semantics));
    let features = values(fused.features.narrow(1, 0, 4));
    let similarity = values(fused.similarity.unwrap());
    for (index, feature) in features.iter().enumerate() {
        let s = similarity[index % 30];
        assert!((0.0..=1.0).contains(&s));
        let expected = (1.0 - s) * detail[index] + s * semantics[index];
        assert!((feature - expected).abs() < 1e-4, "{feature} is not {expected}");
    }
    assert!(similarity.iter().any(|s| (s - similarity[0]).abs() > 1e-3), "the gate must depend on the pixel");
}

#[test]
fn beside_the_fused_map_semantics_stay_as_they_came() {
    let device = Device::flex();
    let fusion = Fusion::new(FusionKind::SimilarityBeside, 4, &device);
    let detail = Tensor::<4>::random([1, 4, 6, 5], Distribution::Default, &device);
    let semantics = Tensor::<4>::random([1, 4, 6, 5], Distribution::Default, &device) + 3.0;
    let fused = fusion.forward(&Composed, detail, semantics.clone());
    assert_eq!(fused.features.dims(), [1, 8, 6, 5]);
    assert_eq!(values(fused.features.narrow(1, 4, 4)), values(semantics));
}

#[test]
fn weights_come_back_from_the_file_within_half_a_quantisation_step() {
    let (config, network, device) = tiny();
    let parameters = Parameters::of(&network);
    let bytes = WeightsFile::write(&parameters, &metadata(config), &[0.25, -1.0], Precision::Int8).unwrap();
    let file = WeightsFile::read(&bytes).unwrap();
    assert_eq!(file.self_test_answer, [0.25, -1.0]);
    assert_eq!(file.metadata.presence["irf"].threshold, 0.4);
    assert_eq!(file.parameters.len(), parameters.len());
    let restored = Parameters::of(&load(&file, &device).unwrap());
    for (name, (shape, before)) in &parameters {
        let after = &restored[name].1;
        let largest = before.iter().fold(0f32, |largest, value| largest.max(value.abs()));
        let bound = if shape.len() < 2 { 0.0 } else { largest / 127.0 * 0.51 };
        for (before, after) in before.iter().zip(after) {
            assert!((before - after).abs() <= bound, "{name}: {before} became {after}");
        }
    }
}

#[test]
fn a_calibration_is_replaced_without_touching_a_weight() {
    let old = int8_file();
    let calibration = PresenceCalibration { temperature: 3.0, bias: 0.25, threshold: 0.6 };
    let presence = [("srf".to_owned(), calibration)].into();
    let bytes = WeightsFile::recalibrated(&old, "test 2", &presence).unwrap();
    let (old, new) = (WeightsFile::read(&old).unwrap(), WeightsFile::read(&bytes).unwrap());
    assert_eq!((new.metadata.name.as_str(), new.metadata.presence), ("test 2", presence));
    assert_eq!((&new.sha256, &new.parameters), (&old.sha256, &old.parameters));
    assert_eq!(new.self_test_answer, old.self_test_answer);
    assert_eq!(new.metadata.float_parent_sha256, old.metadata.float_parent_sha256);
    let mut damaged = bytes;
    *damaged.last_mut().unwrap() ^= 1;
    assert!(WeightsFile::recalibrated(&damaged, "test 3", &old.metadata.presence).is_err());
}

#[test]
fn a_damaged_weight_file_is_refused_whatever_byte_is_hit() {
    let bytes = int8_file();
    for cut in [0, 1, 7, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        assert!(WeightsFile::read(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    let mut refused = 0;
    for position in (bytes.len() * 3 / 4..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[position] ^= 0x10;
        assert!(
            matches!(
                WeightsFile::read(&damaged),
                Err(WeightsError::Checksum { .. } | WeightsError::NotFinite { .. })
            ),
            "flip at {position}"
        );
        refused += 1;
    }
    assert!(refused > 5);
}

#[test]
fn a_damaged_header_is_refused_or_says_what_the_whole_one_says() {
    let bytes = int8_file();
    let whole = WeightsFile::read(&bytes).unwrap();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut refused = 0;
    for position in 8..header {
        let mut damaged = bytes.clone();
        damaged[position] ^= 0x04;
        match WeightsFile::read(&damaged) {
            Err(_) => refused += 1,
            // E.g. in the blanks that fill the header up, or in the name of the checksum.
            Ok(file) => {
                assert_eq!(file.metadata, whole.metadata, "flip at {position}");
                assert_eq!(file.parameters, whole.parameters, "flip at {position}");
            }
        }
    }
    assert!(refused * 10 > (header - 8) * 9, "{refused} of {} are refused", header - 8);
    // What the checksum is for: another temperature is as good JSON as the one that was fitted.
    let at = bytes.windows(18).position(|text| text == br#"temperature\":2.0,"#).unwrap();
    let mut other = bytes.clone();
    other[at + 14] = b'7';
    assert!(matches!(WeightsFile::read(&other), Err(WeightsError::Checksum { .. })));
}

#[test]
fn a_file_from_before_the_checksum_of_its_metadata_is_read() {
    let bytes = int8_file();
    let mut old = bytes.clone();
    let key = b"metadata_sha256";
    let at = bytes.windows(key.len()).position(|text| text == key).unwrap();
    // A key that nobody asks for stands for none.
    old[at] = b'_';
    assert_eq!(WeightsFile::read(&old).unwrap().metadata, WeightsFile::read(&bytes).unwrap().metadata);
}

#[test]
fn scales_that_are_more_than_one_a_channel_are_refused() {
    use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
    let bytes = int8_file();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let name = file.names().into_iter().find(|name| name.ends_with("conv.weight.scale")).unwrap().to_owned();
    let rows = file.tensor(&name).unwrap().shape()[0];
    let doubled = file.tensor(&name).unwrap().data().repeat(2);
    let tensors: Vec<(String, TensorView<'_>)> = file
        .tensors()
        .into_iter()
        .map(|(of, view)| {
            let wrong = || TensorView::new(Dtype::F32, vec![rows, 2], &doubled).unwrap();
            let view = if of == name { wrong() } else { view };
            (of, view)
        })
        .collect();
    // With checksums that fit, as one who means harm would write them.
    let mut strings = header.metadata().clone().unwrap();
    strings.remove("metadata_sha256");
    let hostile = |strings| serialize(tensors.clone(), Some(strings)).unwrap();
    let Err(WeightsError::Checksum { found, .. }) = WeightsFile::read(&hostile(strings.clone())) else {
        panic!("the checksum does not fit yet")
    };
    strings.insert("sha256".to_owned(), found);
    let read = WeightsFile::read(&hostile(strings));
    assert!(matches!(read, Err(WeightsError::Layout { .. })), "{:?}", read.err());
}

#[test]
fn weights_of_another_architecture_are_refused_by_name() {
    let (config, network, device) = tiny();
    let mut parameters = Parameters::of(&network);
    let removed = parameters.keys().next().unwrap().clone();
    parameters.remove(&removed);
    let result = load_parameters(MmisNet::new(&config, &device), &parameters, &device);
    assert_eq!(result.err(), Some(WeightsError::MissingTensor { name: removed }));
}

#[test]
fn the_browser_configuration_keeps_its_budget() {
    let labels = LabelSpace::training().unwrap().len();
    let config = MmisNetConfig::browser(labels);
    let parameters = burn::module::Module::num_params(&MmisNet::new(&config, &Device::flex()));
    assert!((500_000..=2_000_000).contains(&parameters), "{parameters} parameters");
    // The working size of a 6 mm x 2 mm B-scan.
    let flops = config.flops(256, 304);
    assert!(flops <= 6_000_000_000, "{flops} FLOP");
}

#[test]
fn configurations_that_cannot_be_built_are_told_apart() {
    assert!(MmisNetConfig::browser(5).is_buildable());
    assert!(MmisNetConfig::full(5).is_buildable());
    let huge = MmisNetConfig { widths: vec![8, 1 << 40], ..MmisNetConfig::tiny(5) };
    assert!(!huge.is_buildable());
}

#[test]
fn a_float_file_brings_every_parameter_back_exactly() {
    let (config, network, _) = tiny();
    let parameters = Parameters::of(&network);
    let bytes = WeightsFile::write(&parameters, &metadata(config), &[], Precision::Float32).unwrap();
    assert_eq!(WeightsFile::read(&bytes).unwrap().parameters, parameters);
}

#[test]
fn every_fusion_builds_with_and_without_auxiliary_heads_and_trains_only_with_them() {
    let device = Device::flex();
    for kind in FusionKind::ALL {
        for auxiliary in [true, false] {
            let config = MmisNetConfig { fusion: kind, auxiliary, ..MmisNetConfig::tiny(3) };
            let input = Tensor::<4>::random([1, 1, 16, 16], Distribution::Default, &device);
            let (head, others) = MmisNet::new(&config, &device).forward_supervised(input, 0..3);
            assert_eq!(others.len(), if auxiliary { 2 } else { 0 }, "{}", kind.name());
            assert_eq!(head.dims(), [1, 3, 16, 16]);
        }
    }
}

#[test]
fn dropping_the_labels_of_other_organs_changes_no_answer_of_those_that_stay() {
    let (config, network, device) = tiny();
    let whole = LabelSpace::training().unwrap();
    let names: Vec<String> = whole.names().map(str::to_owned).collect();
    let part = whole.of_organ("retina");
    let (kept, small) = keep_labels(&Parameters::of(&network), &config, &names, &part);
    let pruned = load_parameters(MmisNet::new(&small, &device), &kept, &device).unwrap();
    let input = Tensor::<4>::random([1, 1, 16, 16], Distribution::Default, &device);
    let (all, few) = (values(network.forward(input.clone())), values(pruned.forward(input)));
    assert_eq!(few.len(), part.len() * 256);
    for (few, all) in few.iter().zip(&all) {
        assert!((few - all).abs() < 1e-5, "{few} is not {all}");
    }
}

#[test]
fn labels_find_their_channels_again_in_another_label_space() {
    let (config, _, device) = tiny();
    let old: Vec<String> = ["srf", "irf"].map(str::to_owned).to_vec();
    let new: Vec<String> = ["irf", "ped", "srf"].map(str::to_owned).to_vec();
    let from = Parameters::of(&MmisNet::new(&MmisNetConfig { labels: 2, ..config.clone() }, &device));
    let into = Parameters::of(&MmisNet::new(&MmisNetConfig { labels: 3, ..config }, &device));
    let moved = move_labels(&from, &old, &into, &new);
    let width = from["head.weight"].1.len() / 2;
    let row = |arrays: &Arrays, row: usize| arrays["head.weight"].1[row * width..(row + 1) * width].to_vec();
    assert_eq!(row(&moved, 0), row(&from, 1));
    assert_eq!(row(&moved, 1), row(&into, 1));
    assert_eq!(row(&moved, 2), row(&from, 0));
}

#[test]
fn a_network_that_semantics_are_put_beside_answers_as_before() {
    let (config, network, device) = tiny();
    let wider = MmisNet::new(&MmisNetConfig { fusion: FusionKind::SimilarityBeside, ..config }, &device);
    let widened = put_semantics_beside(&Parameters::of(&network), &Parameters::of(&wider));
    let wider = load_parameters(wider, &widened, &device).unwrap();
    let input = Tensor::<4>::random([1, 1, 16, 24], Distribution::Default, &device);
    let labels = 0..network.forward(input.clone()).dims()[1];
    let (before, auxiliary_before) = network.forward_supervised(input.clone(), labels.clone());
    let (after, auxiliary_after) = wider.forward_supervised(input, labels);
    let before = std::iter::once(before).chain(auxiliary_before);
    for (before, after) in before.zip(std::iter::once(after).chain(auxiliary_after)) {
        for (before, after) in values(before).iter().zip(values(after)) {
            assert!((before - after).abs() < 1e-5, "{before} became {after}");
        }
    }
}

#[test]
fn calibration_keeps_the_order_and_its_midpoint_moves_with_the_bias() {
    let calibration = PresenceCalibration { temperature: 3.0, bias: -1.0, threshold: 0.5 };
    let chances: Vec<f32> = [0.0, 0.2, 0.5, 0.8, 1.0].iter().map(|e| calibration.chance(*e)).collect();
    assert!(chances.is_sorted() && chances.iter().all(|p| (0.0..=1.0).contains(p)));
    assert!((chances[2] - 1.0 / (1.0 + 1f32.exp())).abs() < 1e-6);
    assert!((PresenceCalibration::IDENTITY.chance(0.3) - 0.3).abs() < 1e-6);
}

#[test]
fn the_configuration_names_every_parameter_of_every_fusion_with_its_shape() {
    let device = Device::flex();
    for fusion in FusionKind::ALL {
        for auxiliary in [true, false] {
            let config = MmisNetConfig { fusion, auxiliary, channels_in: 2, ..MmisNetConfig::tiny(3) };
            let found = Parameters::of(&MmisNet::new(&config, &device));
            let found: Vec<_> = found.into_iter().map(|(name, (shape, _))| (name, shape)).collect();
            let mut named = config.parameters();
            named.sort();
            assert_eq!(named, found, "{}", fusion.name());
        }
    }
}
