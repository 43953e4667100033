//! Heidelberg `.vol`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lacuna_fuzz::open("eye.vol", data));
