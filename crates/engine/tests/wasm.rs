//! The shipped weights through the engine compiled to wasm, under Node.
#![cfg(target_family = "wasm")]

use engine::{DeviceKind, DevicePreference, Engine};
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};
use wasm_bindgen_test::wasm_bindgen_test;

const WEIGHTS: &[u8] = include_bytes!("../../../weights/mmis-net.safetensors");

#[wasm_bindgen_test]
async fn wasm_simd_reproduces_the_stored_answer_and_finds_fluid() {
    let engine = Engine::new(WEIGHTS, DevicePreference::Cpu).await.unwrap();
    assert_eq!(engine.device().kind, DeviceKind::Cpu);
    let fluid = FluidMix::Present { irf: true, srf: true, ped: true };
    let config = EyeConfig { frames: Some(3), fluid, ..EyeConfig::new(60, VendorStyle::Spectralis) };
    let (volume, truth) = Eye::new(&config).volume();
    let (mut hit, mut wanted) = (0, 0);
    for frame in 0..volume.frames() {
        let segmented = engine.segment_bscan(volume.bscan(frame).unwrap()).await.unwrap();
        let truth = truth.frame(frame).unwrap();
        wanted += truth.iter().filter(|label| **label != 0).count();
        hit += truth.iter().zip(&segmented.labels).filter(|(t, s)| **t != 0 && **s != 0).count();
    }
    assert!(wanted > 500, "the phantom holds only {wanted} fluid pixels");
    assert!(hit * 2 > wanted, "{hit} of {wanted} fluid pixels found");
}
