//! Damaged copies of a sound file: cut, flipped, with other lengths in it.

use std::time::Instant;

use oct_formats::{InputFile, open};

/// Copies that each reader has to survive.
const COPIES: usize = 200;

/// Opens [`COPIES`] damaged copies of `bytes` as `path`, beside `others`. Some
/// open all the same (a byte of a date was hit); those that do not must name
/// their file, and a tenth do not, those that were cut among them. None may panic
/// or take five seconds.
pub fn survives(path: &str, bytes: &[u8], others: &[InputFile]) {
    let mut refused = 0;
    for copy in 0..COPIES {
        let mut files = others.to_vec();
        files.push(InputFile { path: path.to_owned(), bytes: damaged(bytes, copy) });
        let started = Instant::now();
        if let Err(error) = open(files) {
            refused += 1;
            let sentence = error.to_string();
            let named = std::iter::once(path).chain(others.iter().map(|file| file.path.as_str()));
            let mut names = named.map(|path| path.rsplit('/').next().unwrap_or(path));
            assert!(names.any(|name| sentence.contains(name)), "copy {copy}: {sentence}");
        }
        assert!(started.elapsed().as_secs() < 5, "copy {copy} took {:?}", started.elapsed());
    }
    assert!(refused >= COPIES / 10, "only {refused} of {COPIES} damaged copies were refused");
}

/// The same `copy` is always damaged alike.
fn damaged(bytes: &[u8], copy: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ (copy as u64 + 1).wrapping_mul(0x2545_F491_4F6C_DD1D);
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below.max(1)
    };
    let mut bytes = bytes.to_vec();
    // Headers are small and decide most: half of the damage goes there.
    let reach = if copy.is_multiple_of(2) { bytes.len().min(1024) } else { bytes.len() };
    match copy % 4 {
        0 | 1 if copy % 8 < 2 => bytes.truncate(random(reach)),
        0 | 1 => {
            for _ in 0..=random(8) {
                let at = random(reach);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random(8);
                }
            }
        }
        2 => {
            let values = [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x8000_0000, random(1 << 24) as u32];
            for _ in 0..=random(3) {
                let (at, value) = (random(reach), values[random(values.len())]);
                if let Some(word) = bytes.get_mut(at..at + 4) {
                    word.copy_from_slice(&value.to_le_bytes());
                }
            }
        }
        _ => {
            let (one, other) = (random(reach / 4) * 4, random(reach / 4) * 4);
            if one.max(other) + 4 <= bytes.len() {
                for byte in 0..4 {
                    bytes.swap(one + byte, other + byte);
                }
            }
        }
    }
    bytes
}
