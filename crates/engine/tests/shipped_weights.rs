//! The shipped weights through the engine on this machine's processor.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod judged_eye;

use engine::{DeviceKind, DevicePreference, Engine, EngineError};
use judged_eye::{answers_to_the_bit, finds_most_fluid};
use mmis_model::weights::{WeightsError, WeightsFile};
use oct::{FluidClass, LabelMask, OctVolume};
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};

const WEIGHTS: &[u8] = include_bytes!("../../../weights/mmis-net.safetensors");

fn engine() -> Engine {
    pollster::block_on(Engine::new(WEIGHTS, DevicePreference::Cpu)).unwrap()
}

fn eye(seed: u64, style: VendorStyle, fluid: FluidMix) -> (OctVolume, LabelMask) {
    Eye::new(&EyeConfig { bscans: Some(3), fluid, ..EyeConfig::new(seed, style) }).volume()
}

#[test]
fn the_pace_is_what_a_second_pass_takes_by_the_clock() {
    let clock = std::cell::Cell::new(0.0);
    let tick = || {
        clock.set(clock.get() + 30.0);
        clock.get()
    };
    let pace_ms = pollster::block_on(engine().pace_ms(tick)).unwrap();
    assert_eq!(pace_ms, 30.0, "read before and after one B-scan, and not for the first");
}

#[test]
fn the_processor_reproduces_the_stored_answer() {
    let engine = engine();
    assert_eq!(engine.device().kind, DeviceKind::Cpu);
    assert!(engine.model().labels.iter().any(|label| label == "irf"));
    assert!((500_000..2_000_000).contains(&engine.model().parameters));
}

#[test]
fn the_processor_gives_the_bits_of_every_processor() {
    pollster::block_on(answers_to_the_bit(&engine()));
}

#[test]
fn every_vendor_style_gets_a_mask_in_its_own_grid_that_overlaps_the_truth() {
    let engine = engine();
    for style in VendorStyle::ALL {
        pollster::block_on(finds_most_fluid(&engine, style));
    }
}

#[test]
fn a_fluid_free_eye_stays_almost_free() {
    let engine = engine();
    let (volume, _) = eye(7, VendorStyle::Spectralis, FluidMix::Free);
    let voxel_nl = volume.geometry.voxel_nl().unwrap();
    let mut found = 0;
    for bscan in 0..volume.bscans() {
        let segmented = pollster::block_on(engine.segment_bscan(volume.bscan(bscan).unwrap())).unwrap();
        found += segmented.labels.iter().filter(|label| **label != 0).count();
    }
    let found_nl = found as f64 * voxel_nl;
    assert!(found_nl < 2.0, "{found_nl} nl of fluid in an eye without any");
}

#[test]
fn evidence_follows_what_is_there() {
    let engine = engine();
    let (volume, _) =
        eye(7, VendorStyle::Spectralis, FluidMix::Present { irf: false, srf: true, ped: false });
    let segmented = pollster::block_on(engine.segment_bscan(volume.bscan(1).unwrap())).unwrap();
    assert!(segmented.evidence[FluidClass::Srf.index()] > 0.5, "{:?}", segmented.evidence);
}

#[test]
fn the_similarity_maps_lie_in_the_grid_of_the_bscan() {
    let engine = engine();
    let (volume, _) = eye(7, VendorStyle::Spectralis, FluidMix::Random);
    let prepared = engine.prepare(volume.bscan(0).unwrap());
    let maps = pollster::block_on(engine.similarity_maps(&prepared)).unwrap();
    assert_eq!(maps.len(), 4);
    for map in maps {
        assert_eq!(map.values.len(), volume.rows() * volume.columns());
        let (least, most) = (map.values.iter().min(), map.values.iter().max());
        assert!(least < most, "{} is one value", map.name);
    }
}

#[test]
fn damaged_weights_are_refused_in_words() {
    let mut damaged = WEIGHTS.to_vec();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let error = pollster::block_on(Engine::new(&damaged, DevicePreference::Cpu)).unwrap_err();
    assert!(matches!(error, EngineError::Weights(_)));
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[test]
fn what_is_no_number_is_an_error_and_never_no_fluid() {
    let engine = engine();
    let (volume, _) = eye(7, VendorStyle::Spectralis, FluidMix::Free);
    let mut prepared = engine.prepare(volume.bscan(1).unwrap());
    prepared.image[0] = f32::NAN;
    let refused = pollster::block_on(engine.segment_prepared(&prepared));
    assert!(matches!(refused, Err(EngineError::Device(_))), "{refused:?}");
}

#[test]
fn what_the_shipped_file_says_of_itself_is_under_a_checksum_too() {
    let key = b"temperature\\\":";
    let at = WEIGHTS.windows(key.len()).position(|text| text == key).unwrap() + key.len();
    let mut other = WEIGHTS.to_vec();
    // The first digit of a calibration: as good JSON as before.
    other[at] = if other[at] == b'7' { b'8' } else { b'7' };
    let read = WeightsFile::read(&other);
    assert!(matches!(read, Err(WeightsError::Checksum { .. })), "{:?}", read.err());
}
