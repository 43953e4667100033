//! Zeiss `.img`: the name decides as much as the content, so both are fuzzed.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lacuna_fuzz::open_named(data));
