//! Topcon `.fda` and `.fds`: generated chunk by chunk, and real files cut down.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod mutations;
mod shared_data;

use oct::{Axis, Laterality, OctVolume, Samples, ScanPattern, SpacingSource};
use oct_formats::{Format, InputFile, OpenError, Opened, open};

const COLUMNS: u32 = 4;
const ROWS: u32 = 3;

fn chunk(name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![name.len() as u8];
    bytes.extend(name.as_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

/// B-scans whose samples count up.
fn scan(mode: u8, frames: u32) -> Vec<u8> {
    let mut content = vec![mode];
    for word in [COLUMNS, ROWS, 16, frames] {
        content.extend(word.to_le_bytes());
    }
    content.push(0);
    content.extend((COLUMNS * ROWS * frames * 2).to_le_bytes());
    for sample in 0..COLUMNS * ROWS * frames {
        content.extend((1000 + sample as u16).to_le_bytes());
    }
    chunk("@IMG_SCAN_03", &content)
}

fn parameters(field_mm: [f64; 2], axial_um: f64) -> Vec<u8> {
    let mut content = vec![0; 12];
    for value in [field_mm[0], field_mm[1], axial_um] {
        content.extend(value.to_le_bytes());
    }
    content.resize(61, 0);
    chunk("@PARAM_SCAN_04", &content)
}

fn capture(eye: u8) -> Vec<u8> {
    let mut content = vec![eye, 2];
    content.resize(106, 0);
    for part in [2019_u16, 3, 5, 14, 2, 11] {
        content.extend(part.to_le_bytes());
    }
    chunk("@CAPTURE_INFO_02", &content)
}

fn contour(name: &str, frames: u32, height: u16) -> Vec<u8> {
    let mut content = name.as_bytes().to_vec();
    content.resize(22, 0);
    for word in [COLUMNS, frames, COLUMNS * frames * 2] {
        content.extend(word.to_le_bytes());
    }
    for index in 0..COLUMNS * frames {
        content.extend((if index == 0 { 0 } else { height }).to_le_bytes());
    }
    chunk("@CONTOUR_INFO", &content)
}

fn everything() -> Vec<Vec<u8>> {
    let mut patient = b"MRN-4711".to_vec();
    patient.resize(32, 0);
    patient.extend(b"Erika");
    patient.resize(64, 0);
    patient.extend(b"M\xFCller");
    patient.resize(104, 0);
    patient.push(2);
    for part in [1950_u16, 1, 31] {
        patient.extend(part.to_le_bytes());
    }
    patient.resize(615, 0);
    let mut fundus = Vec::new();
    for word in [2_u32, 1, 24, 1] {
        fundus.extend(word.to_le_bytes());
    }
    fundus.push(0);
    fundus.extend(6_u32.to_le_bytes());
    fundus.extend([0, 0, 255, 10, 10, 10]);
    vec![
        chunk("@HW_INFO_03", b"3DOCT-2000\0\0\0\0\0\0"),
        chunk("@PATIENT_INFO_02", &patient),
        capture(1),
        scan(2, 5),
        parameters([6.0, 4.5], 2.6),
        chunk("@IMG_OBS", &fundus),
        contour("MULTILAYERS_1", 5, 2),
        contour("MULTILAYERS_7", 9, 1),
    ]
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"FOCTFDS\x01\0\0\0\xE9\x03\0\0".to_vec();
    bytes.extend(chunks.concat());
    bytes.push(0);
    bytes
}

fn opened(bytes: Vec<u8>) -> Result<Opened, OpenError> {
    open(vec![InputFile { path: "eye.fds".to_owned(), bytes }])
}

fn mm(volume: &OctVolume) -> [Option<f64>; 3] {
    Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm())
}

#[test]
fn a_volume_comes_with_all_that_the_file_says_of_it() {
    let opened = opened(file(&everything())).unwrap();
    let volume = &opened.volume;
    assert_eq!(opened.format, Format::Topcon);
    assert_eq!((volume.columns(), volume.rows(), volume.frames()), (4, 3, 5));
    assert_eq!(volume.samples(), &Samples::U16((1000..1060).collect()));
    let [lateral, axial, between] = mm(volume).map(Option::unwrap);
    assert!((lateral - 1.5).abs() < 1e-9 && (axial - 0.0026).abs() < 1e-9 && (between - 0.9).abs() < 1e-9);
    let tag = |name: &str| SpacingSource::FromFile { tag: format!("PARAM_SCAN_04 {name}") };
    assert_eq!(volume.geometry.lateral.source(), &tag("x dimension"));
    assert_eq!(volume.geometry.between_bscans.source(), &tag("y dimension"));
    assert_eq!(volume.geometry.pattern, ScanPattern::Raster);
    assert_eq!(volume.geometry.bscan_order(), None);
    assert_eq!(volume.geometry.laterality, Some(Laterality::Os));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2019-03-05T14:02:11"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("3DOCT-2000"));
    // A red pixel and a grey one.
    assert_eq!(volume.reference.as_ref().unwrap().greys(), [76, 10]);
    // Heights count from the last row up.
    assert_eq!(volume.surfaces.len(), 1);
    assert_eq!(volume.surfaces[0].name, "ILM");
    assert!(volume.surfaces[0].row[0].is_nan());
    assert_eq!(volume.surfaces[0].row[1..], [1.0; 19]);
    assert!(opened.warnings[0].contains("another number of B-scans"));
}

#[test]
fn the_patient_is_known_and_named_nowhere_else() {
    let mut opened = opened(file(&everything())).unwrap();
    let patient = opened.patient.take().unwrap();
    assert_eq!(patient.name.as_deref(), Some("M\u{fc}ller^Erika"));
    assert_eq!((patient.id.as_deref(), patient.sex.as_deref()), (Some("MRN-4711"), Some("F")));
    assert_eq!(patient.birth_date.as_deref(), Some("1950-01-31"));
    let rest = format!("{opened:?}");
    assert!(!["ller", "Erika", "4711", "1950"].iter().any(|word| rest.contains(word)));
}

#[test]
fn only_a_raster_has_a_distance_between_its_bscans() {
    for (mode, frames, pattern, has_distance) in [
        (2, 5, ScanPattern::Raster, true),
        (2, 1, ScanPattern::SingleBScan, false),
        (3, 5, ScanPattern::Radial, false),
        (4, 5, ScanPattern::Other, false),
        (9, 5, ScanPattern::NotStated, false),
    ] {
        let opened = opened(file(&[scan(mode, frames), parameters([6.0, 6.0], 2.6)])).unwrap();
        assert_eq!(opened.volume.geometry.pattern, pattern);
        assert_eq!(mm(&opened.volume)[2].is_some(), has_distance, "{mode}");
        assert_eq!(opened.volume.geometry.voxel_nl().is_some(), has_distance);
    }
    let bare = opened(file(&[scan(2, 5)])).unwrap();
    assert_eq!(mm(&bare.volume), [None; 3]);
    assert!(bare.warnings[0].contains("no capture parameters"));
}

#[test]
fn lies_are_refused_in_words() {
    assert!(matches!(opened(Vec::new()), Err(OpenError::NotWhatItSays { .. })));
    assert!(matches!(opened(file(&[capture(0)])), Err(OpenError::NoBScans { .. })));
    let field = opened(file(&[scan(2, 5), parameters([-6.0, 6.0], 2.6)])).unwrap_err();
    assert!(matches!(field, OpenError::ImpossibleSpacing { axis: "lateral", .. }));
    let changed = |at: usize, value: u32| {
        let mut bytes = file(&[scan(2, 5)]);
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        opened(bytes).unwrap_err()
    };
    // The length of the chunk, then columns, rows and B-scans.
    assert!(matches!(changed(28, u32::MAX), OpenError::Truncated { .. }));
    for at in [33, 37, 45] {
        assert!(matches!(changed(at, 0), OpenError::ImpossibleSize { .. }));
        assert!(matches!(changed(at, u32::MAX), OpenError::ImpossibleSize { .. }));
        assert!(matches!(changed(at, 1000), OpenError::Truncated { .. }));
    }
    assert!(matches!(changed(41, 12), OpenError::SampleType { .. }));
}

#[test]
fn damaged_copies_never_panic() {
    mutations::survives("eye.fds", &file(&everything()), &[]);
}

fn real(name: &str) -> Option<(Vec<u8>, Result<Opened, OpenError>)> {
    let path = shared_data::data(&format!("formats/topcon/{name}"))?;
    let bytes = std::fs::read(path).unwrap();
    Some((bytes.clone(), opened(bytes)))
}

#[test]
fn a_real_fda_is_read() {
    let Some((bytes, opened)) = real("fda_minimized.fda") else { return };
    let volume = opened.unwrap().volume;
    assert_eq!((volume.columns(), volume.rows(), volume.frames()), (512, 650, 1));
    // One B-scan of a field 6 mm high lies 6 mm from nothing.
    assert_eq!(mm(&volume), [Some(0.011_718_75), Some(0.0035), None]);
    assert_eq!(volume.geometry.laterality, Some(Laterality::Os));
    assert_eq!(volume.acquisition.device.as_deref(), Some("3DOCT-1000MK2"));
    let reference = volume.reference.as_ref().unwrap();
    assert_eq!((reference.columns(), reference.rows()), (2, 3));
    let Samples::U8(samples) = volume.samples() else { panic!("not 8 bits") };
    // The retina is in the middle, the vitreous above it dark.
    let mean = |rows: std::ops::Range<usize>| {
        let part = &samples[rows.start * 512..rows.end * 512];
        part.iter().map(|sample| f64::from(*sample)).sum::<f64>() / part.len() as f64
    };
    assert!(mean(300..360) > 3.0 * mean(0..150), "{} {}", mean(300..360), mean(0..150));
    mutations::survives("eye.fda", &bytes, &[]);
}

#[test]
fn a_real_fds_is_read_and_an_empty_one_is_named_empty() {
    let Some((bytes, opened)) = real("fds_minimized.fds") else { return };
    let volume = opened.unwrap().volume;
    assert_eq!((volume.columns(), volume.rows(), volume.frames()), (2, 3, 4));
    assert_eq!(mm(&volume), [Some(3.0), Some(0.0035), Some(1.5)]);
    assert_eq!(volume.geometry.pattern, ScanPattern::Raster);
    mutations::survives("eye.fds", &bytes, &[]);
    let Some((_, empty)) = real("corrupt.fds") else { return };
    assert!(matches!(empty, Err(OpenError::NotWhatItSays { .. })));
}
