//! A Heidelberg XML export beside images of the usual names.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lacuna_fuzz::open_export(data));
