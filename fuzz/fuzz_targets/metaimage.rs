//! A MetaImage header with its samples behind it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lacuna_fuzz::open("eye.mha", data));
