//! NRRD with its samples behind the header.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lacuna_fuzz::open("eye.nrrd", data));
