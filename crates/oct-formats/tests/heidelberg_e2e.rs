//! Heidelberg E2E: generated container by container, and a real file cut down.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod mutations;
mod shared_data;

use oct::{Axis, BScanOrder, BScanPlace, Laterality, OctVolume, Samples, ScanPattern, SpacingSource};
use oct_formats::{Cause, Format, InputFile, OpenError, Opened, open, open_choice};

const COLUMNS: u32 = 6;
const ROWS: u32 = 4;

/// One container of the file.
struct Part {
    series: i32,
    slice: i32,
    kind: u32,
    data: Vec<u8>,
}

/// The float 2^-exponent in 16 bits, with a mantissa of 0.
fn float16(exponent: u16) -> u16 {
    (63 - exponent) << 10
}

fn image(kind: u32, columns: u32, rows: u32, samples: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    for word in [20 + samples.len() as u32, kind, columns * rows, rows, columns] {
        data.extend(word.to_le_bytes());
    }
    data.extend(samples);
    data
}

/// A B-scan of 2^-4 but for its last sample, which is 2^-8.
fn bscan() -> Vec<u8> {
    let mut samples = vec![float16(4); (COLUMNS * ROWS) as usize];
    *samples.last_mut().unwrap() = float16(8);
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    image(0x0220_0201, COLUMNS, ROWS, &bytes)
}

fn meta(ends: [f32; 4], pattern: u32, bscans: u32) -> Vec<u8> {
    let mut data = vec![0; 164];
    let mut put = |at: usize, bytes: [u8; 4]| data[at..at + 4].copy_from_slice(&bytes);
    for (index, end) in ends.iter().enumerate() {
        put(12 + 4 * index, end.to_le_bytes());
    }
    put(36, 0.003_872_f32.to_le_bytes());
    put(60, COLUMNS.to_le_bytes());
    put(64, bscans.to_le_bytes());
    put(72, pattern.to_le_bytes());
    put(76, ((ends[0] + ends[2]) / 2.0).to_le_bytes());
    put(80, ((ends[1] + ends[3]) / 2.0).to_le_bytes());
    put(156, 31.5_f32.to_le_bytes());
    data[88..96].copy_from_slice(&(13_196_268_131_u64 * 10_000_000).to_le_bytes());
    data
}

fn texts(words: &[&str]) -> Vec<u8> {
    let mut data = Vec::new();
    data.extend((words.len() as u32).to_le_bytes());
    data.extend(64_u32.to_le_bytes());
    for word in words {
        let mut text: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        text.resize(64, 0);
        data.extend(text);
    }
    data
}

/// All parts of series `series`: a raster 1 degree apart, from below.
fn series(series: i32, lines: &[[f32; 4]], pattern: u32) -> Vec<Part> {
    let part = |slice, kind, data| Part { series, slice, kind, data };
    let mut laterality = vec![0; 27];
    laterality[14] = b'L';
    let mut patient = b"Erika".to_vec();
    patient.resize(31, 0);
    patient.extend(b"M\xFCller");
    patient.resize(101, 0);
    patient.extend(b"FMRN-4711");
    patient.resize(131, 0);
    let mut parts = vec![
        part(-1, 9, patient),
        part(-1, 11, laterality),
        part(-1, 9001, texts(&["Heidelberg Retina Angiograph", "HRA"])),
        part(-1, 9006, texts(&["OCT ART Volume"])),
        part(-1, 0x4000_0000, image(0x0201_0201, 3, 2, &[10, 20, 30, 40, 50, 60])),
    ];
    for (index, line) in lines.iter().enumerate() {
        let slice = 2 * index as i32;
        parts.push(part(slice, 0x4000_0000, bscan()));
        parts.push(part(slice, 10_004, meta(*line, pattern, lines.len() as u32)));
        let mut surface = Vec::new();
        for word in [0, 0, 0, COLUMNS, 1] {
            surface.extend(word.to_le_bytes());
        }
        for row in [f32::MAX, 1.0, 1.5, 2.0, 0.0, 3.0] {
            surface.extend(row.to_le_bytes());
        }
        parts.push(part(slice, 10_019, surface));
    }
    parts
}

fn raster(count: u8) -> Vec<[f32; 4]> {
    (0..count).map(|n| [-10.0, 5.0 - f32::from(n), 10.0, 5.0 - f32::from(n)]).collect()
}

/// The file with one directory; `with_directory` false breaks its chain.
fn file(parts: &[Part], with_directory: bool) -> Vec<u8> {
    let header = |letters: &[u8], entries: u32, current: u32, previous: u32| {
        let mut bytes = letters.to_vec();
        bytes.resize(12, 0);
        bytes.extend(100_u32.to_le_bytes());
        bytes.resize(36, 0xFF);
        for word in [entries, current, previous, 0] {
            bytes.extend(word.to_le_bytes());
        }
        bytes
    };
    let mut bytes = b"CMDb".to_vec();
    bytes.resize(36, 0);
    let directory = if with_directory { 88 } else { 1 << 30 };
    bytes.extend(header(b"MDbMDir", 512, directory, 0));
    bytes.extend(header(b"MDbDir", parts.len() as u32, 88, 0));
    let mut start = bytes.len() + 44 * parts.len();
    for part in parts {
        for word in [0, start as u32, part.data.len() as u32, 0] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.resize(bytes.len() + 28, 0);
        start += 60 + part.data.len();
    }
    for part in parts {
        bytes.extend(b"MDbData\0\0\0\0\0");
        bytes.extend([0; 12]);
        bytes.extend((part.data.len() as u32).to_le_bytes());
        bytes.extend([0; 4]);
        for word in [7, 8, part.series, part.slice, 0] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(part.kind.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(&part.data);
    }
    bytes
}

fn input(bytes: Vec<u8>) -> Vec<InputFile> {
    vec![InputFile { path: "eye.E2E".to_owned(), bytes }]
}

fn opened(parts: &[Part]) -> Result<Opened, OpenError> {
    open(input(file(parts, true)))
}

fn floats(volume: &OctVolume) -> &[f32] {
    match volume.samples() {
        Samples::F32(samples) => samples,
        other => panic!("{:?}", other.sample_type()),
    }
}

fn mm(volume: &OctVolume) -> [Option<f64>; 3] {
    Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm())
}

#[test]
fn a_volume_comes_with_all_that_the_file_says_of_it() {
    let opened = opened(&series(1, &raster(3), 3)).unwrap();
    let volume = &opened.volume;
    assert_eq!(opened.format, Format::HeidelbergE2e);
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (6, 4, 3));
    // The fourth roots of 2^-4 and 2^-8.
    let floats = floats(volume);
    assert_eq!((floats[0], floats[22], floats[23], floats[24]), (0.5, 0.5, 0.25, 0.5));
    let geometry = &volume.geometry;
    assert_eq!(geometry.pattern, ScanPattern::Raster);
    assert_eq!(geometry.bscan_order(), Some(BScanOrder::InferiorFirst));
    assert_eq!(geometry.laterality, Some(Laterality::Os));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2019-03-05T14:02:11"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("Heidelberg Retina Angiograph"));
    assert_eq!(volume.acquisition.bscan_quality, [31.5; 3]);
    assert_eq!(volume.fundus.as_ref().unwrap().greys(), [10, 20, 30, 40, 50, 60]);
    assert_eq!(volume.surfaces.len(), 1);
    assert_eq!(volume.surfaces[0].name, "ILM");
    assert_eq!(volume.surfaces[0].row[1..4], [1.0, 1.5, 2.0]);
    assert!((volume.surfaces[0].coverage() - 4.0 / 6.0).abs() < 1e-9);
    assert_eq!(opened.choices, [""; 0]);
}

#[test]
fn only_the_axial_spacing_is_the_files_own() {
    let opened = opened(&series(1, &raster(3), 3)).unwrap();
    let geometry = &opened.volume.geometry;
    let [lateral, axial, between] = mm(&opened.volume).map(Option::unwrap);
    // 20 degrees over 6 columns, and 1 degree from one B-scan to the next.
    assert!((lateral - 20.0 * 0.2896 / 6.0).abs() < 1e-6 && (between - 0.2896).abs() < 1e-6);
    assert!((axial - 0.003_872).abs() < 1e-9);
    assert_eq!(geometry.axial.source(), &SpacingSource::FromFile { tag: "scale_y".to_owned() });
    for axis in [Axis::Lateral, Axis::BetweenBScans] {
        assert!(matches!(geometry.spacing(axis).source(), SpacingSource::VendorDefault { .. }));
    }
    assert!(opened.warnings[0].contains("0.2896 mm a degree"));
    // Without a word of the B-scans' geometry there is none.
    let mut bare = series(1, &raster(3), 3);
    bare.retain(|part| part.kind != 10_004);
    assert_eq!(mm(&self::opened(&bare).unwrap().volume), [None; 3]);
}

#[test]
fn bscans_that_are_not_as_wide_as_they_say_are_in_doubt() {
    let with_columns = |columns: u32, lines: &[[f32; 4]]| {
        let mut parts = series(1, lines, 3);
        for part in parts.iter_mut().filter(|part| part.kind == 10_004) {
            part.data[60..64].copy_from_slice(&columns.to_le_bytes());
        }
        opened(&parts).unwrap().volume.geometry
    };
    let contradicts = |geometry: oct::Geometry| !geometry.contradictions.is_empty();
    assert!(!contradicts(with_columns(COLUMNS, &raster(3))));
    assert!(contradicts(with_columns(2 * COLUMNS, &raster(3))));
    let mut lines = raster(3);
    lines[2] = [-10.0, 3.0, 20.0, 3.0];
    assert!(contradicts(with_columns(COLUMNS, &lines)));
}

#[test]
fn a_scan_that_is_no_whole_structure_of_a_retina_by_its_own_words_is_not_measured() {
    let with = |kind: u32, text: &str| {
        let mut parts = series(1, &raster(3), 3);
        parts.push(Part { series: 1, slice: -1, kind, data: texts(&[text]) });
        opened(&parts).unwrap().volume.geometry
    };
    for (kind, text, pattern) in [
        (9008, "OCT-A", ScanPattern::Angiography),
        (9008, "OCT", ScanPattern::Raster),
        (9005, "Retina", ScanPattern::Raster),
        (9005, "Cornea", ScanPattern::NoRetina),
    ] {
        assert_eq!(with(kind, text).pattern, pattern, "{text}");
    }
    let mut cut = series(1, &raster(5), 3);
    cut.retain(|part| part.slice < 6);
    let cut = opened(&cut).unwrap();
    assert_eq!((cut.volume.bscans(), cut.volume.geometry.pattern), (3, ScanPattern::Incomplete));
    assert!(cut.warnings[0].contains("3 of the 5"), "{:?}", cut.warnings);
}

#[test]
fn series_of_the_same_words_are_told_apart_by_their_numbers() {
    let parts: Vec<Part> = [7, 9].into_iter().flat_map(|number| series(number, &raster(3), 3)).collect();
    let choices = opened(&parts).unwrap().choices;
    assert!(choices[0].ends_with(", series 7") && choices[1].ends_with(", series 9"), "{choices:?}");
}

#[test]
fn the_patient_is_known_and_named_nowhere_else() {
    let mut opened = opened(&series(1, &raster(3), 3)).unwrap();
    let patient = opened.patient.take().unwrap();
    assert_eq!(patient.name.as_deref(), Some("M\u{fc}ller^Erika"));
    assert_eq!((patient.id.as_deref(), patient.sex.as_deref()), (Some("MRN-4711"), Some("F")));
    let rest = format!("{opened:?}");
    assert!(!["ller", "Erika", "4711"].iter().any(|word| rest.contains(word)));
}

#[test]
fn each_volume_of_a_file_can_be_chosen() {
    let parts = || {
        let mut parts = series(2, &raster(1), 1);
        parts.extend(series(5, &raster(4), 3));
        file(&parts, true)
    };
    let opened = open(input(parts())).unwrap();
    assert_eq!(
        opened.choices,
        [
            "OS, 1 B-scan of 6 x 4, OCT ART Volume, 2019-03-05 14:02:11",
            "OS, 4 B-scans of 6 x 4, OCT ART Volume, 2019-03-05 14:02:11"
        ]
    );
    assert_eq!((opened.chosen, opened.volume.bscans()), (1, 4));
    assert_eq!(open_choice(input(parts()), 0).unwrap().volume.bscans(), 1);
    assert!(matches!(
        open_choice(input(parts()), 2),
        Err(OpenError::NoSuchChoice { choice: 2, count: 2, .. })
    ));
}

#[test]
fn patterns_without_a_volume_are_recognised() {
    let star = [[-10.0, 0.0, 10.0, 0.0], [-5.0, -8.66, 5.0, 8.66], [5.0, -8.66, -5.0, 8.66]];
    assert_eq!(opened(&series(1, &star, 5)).unwrap().volume.geometry.pattern, ScanPattern::Radial);
    let circle = opened(&series(1, &[[-6.0, 1.0, 6.0, 1.0]], 2)).unwrap().volume;
    assert_eq!(circle.geometry.pattern, ScanPattern::Circle);
    let [BScanPlace::Circle { centre_mm, start_mm }] = circle.geometry.places[..] else {
        panic!("no circle")
    };
    assert!((centre_mm[0] - 15.0 * 0.2896).abs() < 1e-6 && (start_mm[0] - 9.0 * 0.2896).abs() < 1e-6);
    // Once around a circle of 6 degrees.
    assert!((mm(&circle)[0].unwrap() - 12.0 * std::f64::consts::PI * 0.2896 / 6.0).abs() < 1e-6);
    let mut flow = series(1, &raster(3), 3);
    flow.push(Part { series: 1, slice: -1, kind: 9008, data: texts(&["OCT", "OCT-Angio"]) });
    assert_eq!(opened(&flow).unwrap().volume.geometry.pattern, ScanPattern::Angiography);
}

#[test]
fn a_file_with_a_broken_directory_is_searched() {
    let parts = series(1, &raster(3), 3);
    let sound = opened(&parts).unwrap();
    let mut searched = open(input(file(&parts, false))).unwrap();
    assert!(searched.warnings.remove(0).contains("found by searching"));
    // As texts, because a boundary that was not found is not a number.
    assert_eq!(format!("{searched:?}"), format!("{sound:?}"));
    // Several volumes in one file begin 64 bytes later.
    let mut shifted = b"E2EMultipleVolumeFile".to_vec();
    shifted.resize(64, 0);
    shifted.extend(file(&parts, true));
    assert_eq!(format!("{:?}", open(input(shifted)).unwrap()), format!("{sound:?}"));
}

#[test]
fn what_is_missing_or_odd_is_said() {
    let mut parts = series(1, &raster(4), 3);
    parts.retain(|part| part.slice != 2);
    let opened = self::opened(&parts).unwrap();
    assert!(opened.warnings.iter().any(|warning| warning.contains("holds 3 of the 4 B-scans")));
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::UnevenRaster);
    let mut odd = series(1, &raster(3), 3);
    let last = odd.iter_mut().rfind(|part| part.kind == 0x4000_0000).unwrap();
    last.data = image(0x0220_0201, 2, 2, &[0; 8]);
    let opened = self::opened(&odd).unwrap();
    assert_eq!(opened.volume.bscans(), 2);
    assert!(opened.warnings[0].contains("another size"));
}

#[test]
fn lies_are_refused_in_words() {
    let empty = open(input(Vec::new())).unwrap_err();
    assert!(matches!(empty, OpenError::InFile { cause: Cause::NotWhatItSays { .. }, .. }));
    let none = opened(&series(1, &[], 3)).unwrap_err();
    assert!(matches!(none, OpenError::InFile { cause: Cause::NoBScans { .. }, .. }));
    // A B-scan inside of another one makes more samples than there are bytes.
    let mut inner = file(&[], true).split_off(140);
    for slice in (2..40).step_by(2) {
        let mut part = file(&[Part { series: 1, slice, kind: 0x4000_0000, data: bscan() }], false);
        inner.extend(part.split_off(140 + 44));
    }
    let outer = Part {
        series: 1,
        slice: 0,
        kind: 0x4000_0000,
        data: image(0x0220_0201, 8, inner.len() as u32 / 16, &inner),
    };
    let mut bytes = file(&[outer], false);
    let at = bytes.windows(8).position(|window| window == b"MDbData\0").unwrap();
    bytes[at + 24..at + 28].fill(0xFF);
    assert!(matches!(open(input(bytes)), Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })));
}

#[test]
fn damaged_copies_never_panic() {
    mutations::survives("eye.E2E", &file(&series(1, &raster(3), 3), true), &[]);
    mutations::survives("eye.sdb", &file(&series(1, &raster(3), 3), false), &[]);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn a_real_file_that_was_cut_down_is_read() {
    let Some(path) = shared_data::data("formats/heidelberg_e2e/e2e_minimized.E2E") else { return };
    let bytes = std::fs::read(path).unwrap();
    let opened = open(input(bytes.clone())).unwrap();
    let volume = &opened.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (512, 496, 1));
    assert_eq!(volume.geometry.laterality, Some(Laterality::Os));
    assert_eq!(mm(volume), [None; 3]);
    let reference = volume.fundus.as_ref().unwrap();
    assert_eq!((reference.columns(), reference.rows()), (3, 2));
    assert!(floats(volume).iter().all(|value| (0.0..=1.0).contains(value)));
    mutations::survives("eye.E2E", &bytes, &[]);
}
