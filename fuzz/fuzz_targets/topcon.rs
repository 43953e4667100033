//! Topcon `.fda` and `.fds`, with JPEG 2000 in them.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lacuna_fuzz::open("eye.fda", data));
