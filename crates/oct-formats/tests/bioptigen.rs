//! Bioptigen `.OCT`, generated record by record: no public sample is at hand.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod mutations;

use oct::{Axis, Laterality, OctVolume, Samples, ScanPattern, SpacingSource};
use oct_formats::{Cause, Format, InputFile, OpenError, Opened, open};

const NAME: &str = "subject_OD_V_12x12.OCT";
const ROWS: u32 = 3;
const COLUMNS: u32 = 2;

fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = (key.len() as u32).to_le_bytes().to_vec();
    bytes.extend(key.as_bytes());
    bytes.extend((value.len() as u32).to_le_bytes());
    bytes.extend(value);
    bytes
}

/// `bscans` B-scans whose samples count up along each A-scan.
fn file(scan_type: u32, scans: u32, bscans: u32) -> Vec<u8> {
    let mut bytes = vec![0xAE, 0x0C, 0, 0, 2, 0];
    let whole = |value: u32| value.to_le_bytes().to_vec();
    let mm = |value: f64| value.to_le_bytes().to_vec();
    for (key, value) in [
        ("FRAMEHEADER", vec![]),
        ("FRAMECOUNT", whole(bscans)),
        ("LINECOUNT", whole(COLUMNS)),
        ("LINELENGTH", whole(ROWS)),
        ("SAMPLEFORMAT", whole(2)),
        ("DESCRIPTION", b"rabbit".to_vec()),
        ("SCANTYPE", whole(scan_type)),
        ("SCANDEPTH", mm(1.5)),
        ("SCANLENGTH", mm(8.0)),
        ("AZSCANLENGTH", mm(6.0)),
        ("ELSCANLENGTH", mm(9.0)),
        ("SCANS", whole(scans)),
        ("DOPPLERFLAG", vec![0, 0]),
    ] {
        bytes.extend(record(key, &value));
    }
    bytes.extend([0; 4]);
    for bscan in 0..bscans {
        bytes.extend(record("FRAMEDATA", &[]));
        let date: Vec<u8> =
            [2019_u16, 3, 2, 5, 14, 2, 11, 0].iter().flat_map(|part| part.to_le_bytes()).collect();
        bytes.extend(record("FRAMEDATETIME", &date));
        bytes.extend(record("FRAMELINES", &whole(COLUMNS)));
        let samples = (0..ROWS * COLUMNS).map(|sample| (100 * bscan + sample) as u16);
        bytes.extend(record("FRAMESAMPLES", &samples.flat_map(u16::to_le_bytes).collect::<Vec<_>>()));
        bytes.extend([0; 4]);
    }
    bytes
}

fn opened(bytes: Vec<u8>) -> Result<Opened, OpenError> {
    open(vec![InputFile { path: NAME.to_owned(), bytes }])
}

fn mm(volume: &OctVolume) -> [Option<f64>; 3] {
    Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm())
}

#[test]
fn a_raster_comes_with_a_scans_as_columns() {
    let opened = opened(file(1, 3, 3)).unwrap();
    assert_eq!(opened.format, Format::Bioptigen);
    let volume = &opened.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (2, 3, 3));
    let Samples::U16(samples) = volume.samples() else { unreachable!("16 bits") };
    assert_eq!(samples[..8], [0, 3, 1, 4, 2, 5, 100, 103]);
    assert_eq!(mm(volume), [Some(3.0), Some(0.5), Some(3.0)]);
    assert_eq!(
        volume.geometry.between_bscans.source(),
        &SpacingSource::FromFile { tag: "ELSCANLENGTH".to_owned() }
    );
    assert_eq!(volume.geometry.pattern, ScanPattern::Raster);
    assert_eq!(volume.geometry.laterality, Some(Laterality::Od));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2019-03-05T14:02:11"));
}

#[test]
fn files_of_8_bits_and_of_older_software_are_read_alike() {
    let mut bytes = file(1, 3, 0);
    let at = bytes.windows(5).position(|window| window == b"SCANS").unwrap() - 4;
    bytes.splice(at..at + 17, record("FRAMESPERVOLUME", &3_u32.to_le_bytes()));
    for bscan in 0..3 {
        bytes.extend(record("FRAMEDATA", &[]));
        let samples: Vec<u8> = (0..6).map(|sample| 100 * bscan + sample).collect();
        bytes.extend(record("FRAMESAMPLES", &samples));
        bytes.extend([0; 4]);
    }
    let volume = opened(bytes).unwrap().volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (2, 3, 3));
    let Samples::U8(samples) = volume.samples() else { unreachable!("8 bits") };
    assert_eq!(samples[..8], [0, 3, 1, 4, 2, 5, 100, 103]);
    assert_eq!(volume.geometry.pattern, ScanPattern::Raster);
    assert_eq!(mm(&volume), [Some(3.0), Some(0.5), Some(3.0)]);
}

#[test]
fn other_patterns_have_no_volume() {
    for (scan_type, scans, pattern) in
        [(0, 1, ScanPattern::Repeated), (3, 3, ScanPattern::Radial), (1, 1, ScanPattern::Other)]
    {
        let volume = opened(file(scan_type, scans, 3)).unwrap().volume;
        assert_eq!(volume.geometry.pattern, pattern);
        assert_eq!((mm(&volume)[2], volume.geometry.voxel_nl()), (None, None));
    }
    assert_eq!(opened(file(0, 1, 1)).unwrap().volume.geometry.pattern, ScanPattern::SingleBScan);
}

#[test]
fn missing_bscans_are_said_and_lies_refused() {
    let mut short = file(1, 3, 3);
    short.truncate(file(1, 3, 2).len());
    let opened_short = opened(short).unwrap();
    assert!(opened_short.warnings[0].contains("holds 2 of the 3"), "{:?}", opened_short.warnings);
    let mut fewer_scans = file(1, 2, 3);
    fewer_scans.truncate(file(1, 2, 2).len());
    assert_eq!(opened(fewer_scans).unwrap().volume.geometry.pattern, ScanPattern::Incomplete);
    assert!(matches!(opened(file(1, 3, 0)), Err(OpenError::InFile { cause: Cause::NoBScans { .. }, .. })));
    let at = |key: &[u8]| file(1, 3, 3).windows(key.len()).position(|window| window == key).unwrap();
    let changed = |at: usize, value: u32| {
        let mut bytes = file(1, 3, 3);
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        opened(bytes).unwrap_err()
    };
    assert!(matches!(
        changed(at(b"LINELENGTH") + 14, 0),
        OpenError::InFile { cause: Cause::ImpossibleSize { .. }, .. }
    ));
    assert!(matches!(
        changed(at(b"LINELENGTH") + 14, 100),
        OpenError::InFile { cause: Cause::Malformed { .. }, .. }
    ));
    assert!(matches!(
        changed(at(b"FRAMESAMPLES") + 12, u32::MAX),
        OpenError::InFile { cause: Cause::Truncated { .. }, .. }
    ));
    assert!(matches!(
        changed(at(b"SCANTYPE") - 4, u32::MAX),
        OpenError::InFile { cause: Cause::Malformed { .. }, .. }
    ));
}

#[test]
fn damaged_copies_never_panic() {
    mutations::survives(NAME, &file(1, 3, 3), &[]);
}
