//! NumPy arrays: what is read, what is refused, and that nothing panics.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod mutations;

use oct::{Axis, Samples, ScanPattern};
use oct_formats::{Format, InputFile, OpenError, Opened, open};

/// A file as `numpy.save` writes it: the header padded to a multiple of 64.
fn npy(version: u8, descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let before = if version == 1 { 10 } else { 12 };
    while (before + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = vec![0x93, b'N', b'U', b'M', b'P', b'Y', version, 0];
    if version == 1 {
        bytes.extend((header.len() as u16).to_le_bytes());
    } else {
        bytes.extend((header.len() as u32).to_le_bytes());
    }
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}

fn opened(bytes: Vec<u8>) -> Result<Opened, OpenError> {
    open(vec![InputFile { path: "eye/scan.npy".to_owned(), bytes }])
}

/// B-scan 1, row 2, column 3 of 2 x 3 x 4 is number 23 of 0..24.
const SHAPE: &str = "(2, 3, 4)";

#[test]
fn arrays_of_every_type_and_byte_order_are_read() {
    let numbers: Vec<u8> = (0..24).collect();
    let floats = Samples::F32((0..24_u8).map(f32::from).collect());
    fn data<const N: usize>(bytes: impl Fn(u8) -> [u8; N]) -> Vec<u8> {
        (0..24).flat_map(bytes).collect()
    }
    // 0, 1 and -2 as IEEE halves.
    let halves: Vec<u8> = [0_u16, 0x3C00, 0xC000].iter().cycle().take(24).flat_map(|h| h.to_le_bytes()).collect();
    let half_values = [0.0, 1.0, -2.0].iter().cycle().take(24).copied().collect();
    for (version, descr, bytes, samples) in [
        (1, "|u1", numbers.clone(), Samples::U8(numbers.clone())),
        (2, "|u1", numbers.clone(), Samples::U8(numbers.clone())),
        (3, "|i1", numbers.clone(), floats.clone()),
        (1, "<u2", data(|n| u16::from(n).to_le_bytes()), Samples::U16((0..24).collect())),
        (1, ">u2", data(|n| u16::from(n).to_be_bytes()), Samples::U16((0..24).collect())),
        (1, ">i2", data(|n| i16::from(n).to_be_bytes()), floats.clone()),
        (1, "<i4", data(|n| i32::from(n).to_le_bytes()), floats.clone()),
        (1, "<u4", data(|n| u32::from(n).to_le_bytes()), floats.clone()),
        (1, ">f4", data(|n| f32::from(n).to_be_bytes()), floats.clone()),
        (1, "<f8", data(|n| f64::from(n).to_le_bytes()), floats.clone()),
        (1, "<f2", halves, Samples::F32(half_values)),
    ] {
        let opened = opened(npy(version, descr, false, SHAPE, &bytes)).unwrap();
        let volume = &opened.volume;
        assert_eq!((volume.columns(), volume.rows(), volume.frames()), (4, 3, 2), "{descr}");
        assert_eq!(*volume.samples(), samples, "{descr}");
        assert_eq!(opened.format, Format::Npy);
        assert_eq!(volume.geometry.unknown_axes(), Axis::ALL);
    }
}

#[test]
fn an_array_in_fortran_order_is_turned() {
    // numpy.asfortranarray(numpy.arange(24).reshape(2, 3, 4)) lies thus in memory.
    let stored = [0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23];
    let opened = opened(npy(1, "|u1", true, SHAPE, &stored)).unwrap();
    assert_eq!(*opened.volume.samples(), Samples::U8((0..24).collect()));
}

#[test]
fn two_axes_are_a_single_bscan() {
    let opened = opened(npy(1, "|u1", false, "(3, 8)", &[5; 24])).unwrap();
    assert_eq!((opened.volume.columns(), opened.volume.rows()), (8, 3));
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::SingleBScan);
}

#[test]
fn what_is_wrong_is_said_with_the_file_the_cause_and_the_remedy() {
    let sentence = |bytes: Vec<u8>| opened(bytes).unwrap_err().to_string();
    let with = |descr: &str, shape: &str| npy(1, descr, false, shape, &[0; 24]);
    let huge = npy(1, "|u1", false, "(60000, 60000, 60000)", &[]);
    let mut version = with("|u1", SHAPE);
    version[6] = 9;
    let record = {
        let mut bytes = npy(1, "X", false, SHAPE, &[]);
        let at = bytes.iter().position(|byte| *byte == b'X').unwrap();
        bytes[at - 1] = b'[';
        bytes
    };
    let mut long_header = npy(2, "|u1", false, SHAPE, &[0; 24]);
    long_header[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    for (bytes, words) in [
        (with("|u1", "(2, 3, 5)"), "holds 24 bytes but its header promises 30 (5 x 3 x 2 B-scans of uint8)"),
        (with("<i8", SHAPE), "stores its samples as NumPy's <i8"),
        (with("|b1", SHAPE), "stores its samples as NumPy's |b1"),
        (with("|u2", SHAPE), "NumPy's |u2"),
        (record, "records of several fields"),
        (with("|u1", "(24,)"), "has 1 dimensions"),
        (with("|u1", "()"), "has 0 dimensions"),
        (with("|u1", "(1, 2, 3, 4)"), "has 4 dimensions"),
        (with("|u1", "(0, 3, 4)"), "no OCT volume has"),
        (with("|u1", "(99999999999999999999, 3)"), "is no dict"),
        (with("|u1", "(512, 512, 3)"), "colour"),
        (huge, "no OCT volume has"),
        (version, "its version is 9"),
        (long_header, "4294967295 bytes"),
        (b"no array".to_vec(), "does not begin with NumPy's mark"),
        (b"\x93NUMPY\x01".to_vec(), "its header promises"),
        (Vec::new(), "does not begin with NumPy's mark"),
    ] {
        let found = sentence(bytes);
        assert!(found.contains(words) && found.contains("eye/scan.npy"), "{found}");
    }
}

#[test]
fn an_array_that_is_longer_than_declared_opens_with_a_warning() {
    let opened = opened(npy(1, "|u1", false, SHAPE, &[7; 30])).unwrap();
    assert_eq!(opened.volume.samples().len(), 24);
    assert_eq!(opened.warnings.len(), 1);
}

#[test]
fn damaged_arrays_never_panic() {
    mutations::survives("scan.npy", &npy(1, "<u2", false, "(2, 30, 40)", &[9; 4800]), &[]);
    mutations::survives("scan.npy", &npy(2, ">f8", true, "(2, 30, 40)", &[9; 19200]), &[]);
}
