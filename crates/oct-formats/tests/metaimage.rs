//! MetaImage: what is written reads back, and what is wrong is said in words.

use std::io::Write;

use oct::{Axis, AxisSpacing, Geometry, LabelMask, OctVolume, Samples, SpacingSource};
use oct_formats::{InputFile, OpenError, Opened, WriteError, metaimage, open};

fn file(path: &str, bytes: impl Into<Vec<u8>>) -> InputFile {
    InputFile { path: path.to_owned(), bytes: bytes.into() }
}

fn geometry() -> Geometry {
    let mut geometry = Geometry { origin_mm: [1.5, -2.0, 0.1], ..Geometry::default() };
    geometry.direction = [0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    for (axis, mm) in Axis::ALL.into_iter().zip([0.01174, 0.00196, 0.047]) {
        let source = SpacingSource::FromFile { tag: "ElementSpacing".into() };
        geometry.set_spacing(axis, AxisSpacing::new(axis, mm, source).unwrap());
    }
    geometry
}

fn header(changes: &[(&str, &str)]) -> Vec<u8> {
    let mut fields = vec![
        ("ObjectType", "Image"),
        ("NDims", "3"),
        ("DimSize", "4 3 2"),
        ("ElementSpacing", "0.01 0.004 0.12"),
        ("ElementType", "MET_UCHAR"),
        ("ElementDataFile", "oct.raw"),
    ];
    for (key, value) in changes {
        match fields.iter_mut().find(|(name, _)| name == key) {
            Some(field) => field.1 = value,
            None => fields.insert(1, (key, value)),
        }
    }
    fields.retain(|(_, value)| !value.is_empty());
    fields.iter().map(|(key, value)| format!("{key} = {value}\r\n")).collect::<String>().into_bytes()
}

fn open_with(changes: &[(&str, &str)], raw: &[u8]) -> Result<Opened, OpenError> {
    open(vec![file("eye/oct.raw", raw), file("eye/oct.mhd", header(changes))])
}

const RAW: [u8; 24] = [7; 24];

#[test]
fn volumes_of_every_sample_type_come_back_with_their_geometry() {
    for samples in [
        Samples::U8((0..24).collect()),
        Samples::U16((0..24).map(|n| n * 2700).collect()),
        Samples::F32((0..24).map(|n| n as f32 / 7.0 - 1.0).collect()),
    ] {
        let volume = OctVolume::new(4, 3, 2, samples, geometry()).unwrap();
        let files = metaimage::write_volume(&volume, "oct.raw");
        let opened = open(vec![file("oct.mhd", files.header), file("oct.raw", files.raw)]).unwrap();
        assert_eq!(opened.volume, volume);
        assert_eq!(opened.name, "oct.mhd");
    }
}

#[test]
fn a_mask_comes_back_and_an_unmeasured_one_is_not_written() {
    let mut mask = LabelMask::unmeasured(2, 2, 2);
    mask.set_frame(0, vec![0, 1, 2, 3]).unwrap();
    let refused = metaimage::write_mask(&mask, &geometry(), "mask.raw").unwrap_err();
    assert_eq!(refused, WriteError::Unmeasured { measured: 1, frames: 2 });
    mask.set_frame(1, vec![3, 0, 0, 0]).unwrap();
    let files = metaimage::write_mask(&mask, &geometry(), "mask.raw").unwrap();
    let opened = open(vec![file("mask.raw", files.raw), file("mask.mhd", files.header)]).unwrap();
    assert_eq!(*opened.volume.samples(), Samples::U8(vec![0, 1, 2, 3, 3, 0, 0, 0]));
    assert_eq!(opened.volume.geometry, geometry());
}

#[test]
fn unknown_spacing_stays_unknown_through_a_file() {
    let mut partly = geometry();
    partly.between_bscans = AxisSpacing::unknown();
    let volume = OctVolume::new(1, 1, 1, Samples::U8(vec![1]), partly).unwrap();
    let files = metaimage::write_volume(&volume, "x.raw");
    let opened = open(vec![file("x.mhd", files.header), file("x.raw", files.raw)]).unwrap();
    assert_eq!(opened.volume.geometry.unknown_axes(), Axis::ALL);
}

#[test]
fn local_compressed_and_big_endian_data_are_read() {
    let samples: Vec<u8> = (0..24u16).flat_map(|n| (n * 300).to_be_bytes()).collect();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&samples).unwrap();
    let mut bytes = header(&[
        ("ElementType", "MET_USHORT"),
        ("CompressedData", "True"),
        ("BinaryDataByteOrderMSB", "True"),
        ("ElementDataFile", "LOCAL"),
    ]);
    bytes.extend(zlib.finish().unwrap());
    let opened = open(vec![file("oct.mha", bytes)]).unwrap();
    assert_eq!(*opened.volume.samples(), Samples::U16((0..24).map(|n| n * 300).collect()));
}

#[test]
fn retouchs_reference_beside_the_scan_is_a_mask_not_a_second_volume() {
    let reference = header(&[("ElementDataFile", "reference.raw")]);
    let files = vec![
        file("eye/reference.raw", RAW),
        file("eye/reference.mhd", reference),
        file("eye/oct.mhd", header(&[])),
        file("eye/oct.raw", RAW),
    ];
    let opened = open(files).unwrap();
    assert_eq!(opened.name, "oct.mhd");
    assert!(opened.warnings[0].contains("reference.mhd"), "{:?}", opened.warnings);
}

#[test]
fn what_is_wrong_is_said_with_the_file_the_cause_and_the_remedy() {
    let sentence = |changes: &[(&str, &str)], raw: &[u8]| open_with(changes, raw).unwrap_err().to_string();
    let truncated = sentence(&[], &RAW[..10]);
    assert!(truncated.contains("eye/oct.raw holds 10 bytes") && truncated.contains("24"), "{truncated}");
    assert!(truncated.contains("copy the files again"), "{truncated}");
    for (changes, words) in [
        (vec![("DimSize", "4 3 2000")], "promises 24000"),
        (vec![("DimSize", "0 3 2")], "no OCT volume has"),
        (vec![("DimSize", "99999999 3 2")], "no OCT volume has"),
        (vec![("DimSize", "60000 60000 60000")], "no OCT volume has"),
        (vec![("DimSize", "4 3")], "NDims"),
        (vec![("DimSize", "-4 3 2")], "whole numbers"),
        (vec![("NDims", "4"), ("DimSize", "4 3 2 5")], "4 dimensions"),
        (vec![("ElementSpacing", "nan 0.004 0.12")], "lateral spacing as NaN"),
        (vec![("ElementSpacing", "0.01 -1 0.12")], "axial spacing as -1"),
        (vec![("ElementSpacing", "0.01 0.004 0")], "between B-scans spacing as 0"),
        (vec![("ElementSpacing", "0.01")], "too few numbers"),
        (vec![("ElementNumberOfChannels", "3")], "colour"),
        (vec![("ElementType", "MET_LONG_LONG")], "MET_LONG_LONG"),
        (vec![("ElementDataFile", "other.raw")], "needs other.raw"),
        (vec![("ElementDataFile", "../../etc/passwd")], "outside of its own folder"),
        (vec![("ElementDataFile", "/etc/passwd")], "outside of its own folder"),
        (vec![("ElementDataFile", "LIST")], "several files"),
        (vec![("ElementDataFile", "")], "lacks the field ElementDataFile"),
        (vec![("DimSize", "")], "lacks the field DimSize"),
        (vec![("CompressedData", "True")], "cannot be unpacked"),
    ] {
        let found = sentence(&changes, &RAW);
        assert!(found.contains(words), "{changes:?} gave: {found}");
        assert!(found.contains("oct."), "the file is not named: {found}");
    }
}

#[test]
fn a_raw_file_that_is_longer_than_declared_opens_with_a_warning() {
    let opened = open_with(&[], &[7; 30]).unwrap();
    assert_eq!(opened.volume.samples().len(), 24);
    assert_eq!(opened.warnings.len(), 1);
}

#[test]
fn mutated_headers_and_data_never_panic() {
    let whole = {
        let mut bytes = header(&[("ElementDataFile", "LOCAL")]);
        bytes.extend(RAW);
        bytes
    };
    let mut state = 9u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    let mut refused = 0;
    for _ in 0..2000 {
        let mut bytes = whole.clone();
        match random(3) {
            0 => bytes.truncate(random(bytes.len())),
            1 => {
                let position = random(bytes.len());
                bytes[position] ^= 1 << random(8);
            }
            _ => {
                let (from, to) = (random(bytes.len()), random(bytes.len()));
                bytes.swap(from, to);
            }
        }
        refused += usize::from(open(vec![file("oct.mha", bytes)]).is_err());
    }
    assert!(refused > 400, "only {refused} of 2000 mutations were refused");
}

#[test]
fn the_public_sample_files_open_or_are_refused_for_the_right_reason() {
    let data = std::env::var("LACUNA_DATA").map_or_else(
        |_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let Ok(folder) = std::fs::read_dir(data.join("formats/metaimage")) else {
        println!("skipped: no data");
        return;
    };
    let all: Vec<InputFile> = folder
        .map(|entry| entry.unwrap().path())
        .map(|path| file(&path.file_name().unwrap().to_string_lossy(), std::fs::read(&path).unwrap()))
        .collect();
    let mut opened = 0;
    for header in all.iter().filter(|file| file.path.ends_with(".mhd") || file.path.ends_with(".mha")) {
        let others = all.iter().filter(|file| file.path.ends_with("raw")).cloned();
        match open(others.chain([header.clone()]).collect()) {
            Ok(volume) => {
                opened += 1;
                println!("{}: {} x {} x {}", header.path, volume.volume.columns(), volume.volume.rows(), volume.volume.frames());
            }
            Err(error) => {
                println!("{error}");
                let expected = ["dimensions", "colour", "outside", "needs", "spacing", "lacks", "says"];
                let sentence = error.to_string();
                assert!(expected.iter().any(|word| sentence.contains(word)), "{sentence}");
            }
        }
    }
    assert!(opened >= 4, "only {opened} of the public samples opened");
}
