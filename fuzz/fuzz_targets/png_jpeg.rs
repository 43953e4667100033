//! An image; the content tells which format.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lacuna_fuzz::open("B001.png", data));
