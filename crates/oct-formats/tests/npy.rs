//! NumPy arrays, as `numpy.save` writes them.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod mutations;

use oct::{Axis, Samples, ScanPattern};
use oct_formats::{Cause, Format, InputFile, OpenError, Opened, open};

/// What `numpy.save` writes: version 1, padded so that the samples start at a multiple of 64.
fn npy(descr: &str, fortran: &str, shape: &str, samples: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
    while !(10 + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(samples);
    bytes
}

fn opened(bytes: Vec<u8>) -> Result<Opened, OpenError> {
    open(vec![InputFile { path: "eye.npy".to_owned(), bytes }])
}

#[test]
fn arrays_of_two_and_three_axes_are_volumes_without_spacing() {
    let volume = opened(npy("|u1", "False", "(2, 3, 4)", &(0..24).collect::<Vec<_>>())).unwrap();
    assert_eq!(volume.format, Format::Npy);
    let volume = volume.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (4, 3, 2));
    assert_eq!(volume.samples(), &Samples::U8((0..24).collect()));
    assert_eq!(volume.geometry.unknown_axes(), Axis::ALL);
    let single = opened(npy("<u2", "False", "(1, 3)", &[1, 0, 2, 0, 0, 1])).unwrap().volume;
    assert_eq!((single.columns(), single.rows(), single.geometry.pattern), (3, 1, ScanPattern::SingleBScan));
    assert_eq!(single.samples(), &Samples::U16(vec![1, 2, 256]));
    let swapped = opened(npy(">i2", "False", "(1, 1, 1, 2)", &[0xFF, 0xFE, 0, 3])).unwrap().volume;
    assert_eq!(swapped.samples(), &Samples::F32(vec![-2.0, 3.0]));
    let double = opened(npy("<f8", "False", "(1, 1)", &1.5_f64.to_le_bytes())).unwrap().volume;
    assert_eq!(double.samples(), &Samples::F32(vec![1.5]));
}

#[test]
fn an_array_is_the_same_whichever_axis_is_fastest() {
    let c = opened(npy("|u1", "False", "(2, 3, 4)", &(0..24).collect::<Vec<_>>())).unwrap().volume;
    let sample = |bscan: u8, row: u8, column: u8| (bscan * 3 + row) * 4 + column;
    let backwards =
        (0..4).flat_map(|column| (0..3).flat_map(move |row| (0..2).map(move |bscan| (bscan, row, column))));
    let samples: Vec<u8> = backwards.map(|(bscan, row, column)| sample(bscan, row, column)).collect();
    let fortran = opened(npy("|u1", "True", "(2, 3, 4)", &samples)).unwrap().volume;
    assert_eq!(fortran, c);
    let with_a_channel = opened(npy("|u1", "False", "(2, 3, 4, 1)", &(0..24).collect::<Vec<_>>())).unwrap();
    assert_eq!(with_a_channel.volume, c);
    let single = opened(npy("|u1", "True", "(2, 3)", &[0, 3, 1, 4, 2, 5])).unwrap().volume;
    assert_eq!((single.columns(), single.rows(), single.bscans()), (3, 2, 1));
    assert_eq!(single.samples(), &Samples::U8((0..6).collect()));
    assert_eq!(single.geometry.pattern, ScanPattern::SingleBScan);
}

#[test]
fn later_versions_have_a_longer_length() {
    let mut bytes = npy("|u1", "False", "(1, 2)", &[5, 6]);
    bytes[6] = 3;
    bytes.splice(10..10, [0, 0]);
    assert_eq!(opened(bytes).unwrap().volume.samples(), &Samples::U8(vec![5, 6]));
}

#[test]
fn what_is_no_volume_is_refused_in_words() {
    for (descr, order, shape, words) in [
        ("|O", "False", "(2, 2)", "stores its samples as |O"),
        ("<c8", "False", "(2, 2)", "stores its samples as <c8"),
        ("|u1", "False", "(4,)", "has 1 dimensions"),
        ("|u1", "False", "(2, 2, 2, 2)", "has 4 dimensions"),
        ("|u1", "False", "(0, 2)", "no OCT volume has"),
        ("|u1", "False", "(99999, 2)", "no OCT volume has"),
        ("|u1", "False", "(65535, 65535, 65535)", "no OCT volume has"),
        ("|u1", "False", "(2, two)", "not a list of whole numbers"),
        ("|u1", "False", "(300, 2)", "promises 600"),
        ("|u1", "False", "(512, 512, 3)", "colour"),
    ] {
        let error = opened(npy(descr, order, shape, &[0; 4])).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert!(matches!(opened(Vec::new()), Err(OpenError::InFile { cause: Cause::NotWhatItSays { .. }, .. })));
    let mut later = npy("|u1", "False", "(1, 2)", &[5, 6]);
    later[6] = 4;
    assert!(matches!(
        opened(later),
        Err(OpenError::InFile { cause: Cause::BadField { field: "the version", .. }, .. })
    ));
    // Another array behind the first, as it is saved twice into one file.
    let more = opened(npy("|u1", "False", "(1, 2)", b"\x05\x06\x93NUMPY")).unwrap_err().to_string();
    assert!(more.contains("holds 8 bytes, more than the 2 that its header declares"), "{more}");
}

#[test]
fn damaged_copies_never_panic() {
    mutations::survives("eye.npy", &npy("<u2", "False", "(2, 3, 4)", &[7; 48]), &[]);
}
