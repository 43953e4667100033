//! The shipped weights through the engine compiled to wasm, under Node.
#![cfg(target_family = "wasm")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod judged_eye;

use engine::{DeviceKind, DevicePreference, Engine};
use judged_eye::{answers_to_the_bit, finds_most_fluid};
use oct_phantom::VendorStyle;
use wasm_bindgen_test::wasm_bindgen_test;

const WEIGHTS: &[u8] = include_bytes!("../../../weights/mmis-net.safetensors");

#[wasm_bindgen_test]
async fn wasm_simd_gives_the_bits_of_every_processor_and_finds_fluid() {
    let engine = Engine::new(WEIGHTS, DevicePreference::Cpu).await.unwrap();
    assert_eq!(engine.device().kind, DeviceKind::Cpu);
    answers_to_the_bit(&engine).await;
    finds_most_fluid(&engine, VendorStyle::Spectralis).await;
}
