//! Optovue `.OCT` with the text beside it, which says what the samples are.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lacuna_fuzz::open_with_text(data));
