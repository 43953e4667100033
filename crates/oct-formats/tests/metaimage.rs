//! MetaImage: what is written reads back, and what is wrong is said in words.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use std::io::Write;

use oct::{Axis, AxisSpacing, Geometry, LabelMask, OctVolume, Samples, ScanPattern, SpacingSource};
use oct_formats::{Cause, InputFile, OpenError, Opened, WriteError, metaimage, open};
use shared_data::data;

fn file(path: &str, bytes: impl Into<Vec<u8>>) -> InputFile {
    InputFile { path: path.to_owned(), bytes: bytes.into() }
}

fn geometry() -> Geometry {
    let mut geometry = Geometry { origin_mm: [1.5, -2.0, 0.1], ..Geometry::default() };
    geometry.direction = [0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    geometry.set_header_steps(&[0.01174, 0.00196, 0.047]);
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
    mask.set_bscan(0, vec![0, 1, 2, 3]).unwrap();
    let refused = metaimage::write_mask(&mask, &geometry(), None, "mask.raw").unwrap_err();
    assert_eq!(refused, WriteError::Unmeasured { measured: 1, bscans: 2 });
    mask.set_bscan(1, vec![3, 0, 0, 0]).unwrap();
    let files = metaimage::write_mask(&mask, &geometry(), None, "mask.raw").unwrap();
    let opened = open(vec![file("mask.raw", files.raw), file("mask.mhd", files.header)]).unwrap();
    assert_eq!(*opened.volume.samples(), Samples::U8(vec![0, 1, 2, 3, 3, 0, 0, 0]));
    let placed = Geometry { samples: Some([2, 2, 2]), ..geometry() };
    assert_eq!(opened.volume.geometry, placed);
}

#[test]
fn a_mask_says_where_it_lies_in_the_words_of_its_scan() {
    let placing = [
        ("Position", "1e1 -2.50 3"),
        ("Rotation", "0 1 0 1 0 0 0 0 -1"),
        ("AnatomicalOrientation", "RAI"),
        ("ElementSpacing", "11.7 3.9 120"),
        ("DistanceUnits", "um"),
    ];
    let scan = open_with(&placing, &RAW).unwrap();
    let mut mask = LabelMask::unmeasured(4, 3, 2);
    (0..2).for_each(|bscan| mask.set_bscan(bscan, vec![1; 12]).unwrap());
    let mut corrected = scan.volume.geometry.clone();
    corrected.set_spacing(Axis::Axial, AxisSpacing::from_user(Axis::Axial, 0.002).unwrap());
    let files = metaimage::write_mask(&mask, &corrected, scan.header.as_ref(), "mask.raw").unwrap();
    let header = String::from_utf8(files.header).unwrap();
    for (key, value) in placing {
        assert!(header.contains(&format!("{key} = {value}\n")), "{key}: {header}");
    }
    assert!(!header.contains("Offset") && !header.contains("0.002"), "{header}");
}

#[test]
fn unknown_spacing_stays_unknown_through_a_file() {
    let mut partly = geometry();
    partly.between_bscans = AxisSpacing::unknown();
    let volume = OctVolume::new(1, 1, 2, Samples::U8(vec![1; 2]), partly).unwrap();
    let files = metaimage::write_volume(&volume, "x.raw");
    let opened = open(vec![file("x.mhd", files.header), file("x.raw", files.raw)]).unwrap();
    assert_eq!(opened.volume.geometry.unknown_axes(), Axis::ALL);
}

#[test]
fn a_scan_that_must_not_be_measured_comes_back_without_spacing_and_so_does_an_assumed_one() {
    let written = |geometry: &Geometry| {
        let volume = OctVolume::new(1, 1, 2, Samples::U8(vec![1; 2]), geometry.clone()).unwrap();
        let files = metaimage::write_volume(&volume, "x.raw");
        let why = metaimage::why_without_spacing(geometry);
        (why, open(vec![file("x.mhd", files.header), file("x.raw", files.raw)]).unwrap().volume.geometry)
    };
    let (why, known) = written(&geometry());
    assert_eq!((why, known.unknown_axes().len()), (None, 0));
    let flow = Geometry { pattern: ScanPattern::Angiography, ..geometry() };
    let (why, found) = written(&flow);
    assert!(why.unwrap().contains("angiography") && found.voxel_nl().is_none());
    assert_eq!(found.unknown_axes(), Axis::ALL);
    let mut assumed = geometry();
    let why = SpacingSource::VendorDefault { why: "usual".to_owned() };
    assumed.axial = AxisSpacing::new(Axis::Axial, 0.002, why).unwrap();
    let (why, found) = written(&assumed);
    assert!(why.unwrap().contains("assumed"));
    assert_eq!(found.unknown_axes(), Axis::ALL);
}

#[test]
fn a_bscan_that_lies_out_of_the_plane_of_its_axes_keeps_its_two_spacings() {
    let mut oblique = geometry();
    oblique.between_bscans = AxisSpacing::unknown();
    oblique.origin_mm = [-3.0, 0.0, 5.0];
    let volume = OctVolume::new(1, 1, 1, Samples::U8(vec![1]), oblique.clone()).unwrap();
    let files = metaimage::write_volume(&volume, "x.raw");
    assert!(String::from_utf8_lossy(files.header.as_ref()).contains("NDims = 3"));
    let opened = open(vec![file("x.mhd", files.header), file("x.raw", files.raw)]).unwrap();
    let found = &opened.volume.geometry;
    assert_eq!(found.unknown_axes(), [Axis::BetweenBScans]);
    assert_eq!((found.lateral.mm(), found.axial.mm()), (oblique.lateral.mm(), oblique.axial.mm()));
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
        (vec![("DimSize", "4 3 2000")], "promises 24,000 (4 x 3 x 2000 B-scans of uint8)"),
        (vec![("DimSize", "0 3 2")], "no OCT volume has"),
        (vec![("DimSize", "99999999 3 2")], "no OCT volume has"),
        (vec![("DimSize", "60000 60000 60000")], "no OCT volume has"),
        (vec![("DimSize", "4 3")], "NDims"),
        (vec![("DimSize", "-4 3 2")], "whole numbers"),
        (vec![("NDims", "4"), ("DimSize", "4 3 2 5")], "4 dimensions"),
        (vec![("ElementSpacing", "0.01")], "too few numbers"),
        (vec![("ElementNumberOfChannels", "3")], "colour"),
        (vec![("ElementType", "MET_LONG_LONG")], "MET_LONG_LONG"),
        (vec![("ElementDataFile", "other.raw")], "needs other.raw"),
        (vec![("ElementDataFile", "../../etc/passwd")], "outside of its own folder"),
        (vec![("ElementDataFile", "/etc/passwd")], "outside of its own folder"),
        (vec![("ElementDataFile", "LIST")], "several files"),
        (vec![("ElementDataFile", "")], "lacks the field ElementDataFile"),
        (vec![("DimSize", "")], "lacks the field DimSize"),
        (vec![("ElementDataFile", " ")], "lacks the field ElementDataFile"),
        (vec![("ElementDataFile", "..\\\\secret.raw")], "outside of its own folder"),
        (vec![("ElementDataFile", "C:oct.raw")], "outside of its own folder"),
        (vec![("BinaryData", "False")], "samples written as text"),
        (vec![("HeaderSize", "99")], "HeaderSize"),
        (vec![("HeaderSize", "-2")], "HeaderSize"),
        (vec![("Offset", "inf 0 0")], "not finite"),
        (vec![("CompressedData", "True")], "cannot be unpacked"),
    ] {
        let found = sentence(&changes, &RAW);
        assert!(found.contains(words), "{changes:?} gave: {found}");
        assert!(found.contains("oct."), "the file is not named: {found}");
    }
}

#[test]
fn a_raw_file_that_is_longer_than_declared_is_refused_with_both_sizes() {
    let refused = open_with(&[], &[7; 36]).unwrap_err().to_string();
    assert_eq!(
        refused,
        "eye/oct.raw holds 36 bytes, more than the 24 that oct.mhd declares (4 x 3 x 2 B-scans of uint8): its sizes \
         are too small, or what stands before the samples shifts the picture, so correct the header or export the \
         scan again."
    );
    let opens = |changes: &[(&str, &str)], more: &[u8]| open_with(changes, &[&RAW, more].concat()).is_ok();
    assert!(opens(&[], b"\n") && opens(&[], b"\r\n"), "the end of a line");
    assert!(!opens(&[], &[0; 3]), "zeros may be the end of a picture that begins later");
    assert!(opens(&[("HeaderSize", "0")], &[0; 3]), "but not where its beginning is stated");
    assert!(!opens(&[("HeaderSize", "0")], &[0; 12]), "a black B-scan that is not declared");
    assert!(!opens(&[("HeaderSize", "0")], &[1]));
    assert!(opens(&[("HeaderSize", "-1")], &RAW), "the samples are the last bytes of the file");
}

#[test]
fn two_sizes_of_a_sample_that_differ_are_in_doubt() {
    let doubt = |size: &str| open_with(&[("ElementSize", size)], &RAW).unwrap().volume.geometry.doubt();
    assert_eq!(doubt("0.0100001 0.004 0.12"), None);
    let doubt = doubt("0.01 0.004 0.24").unwrap().to_string();
    assert!(doubt.contains("0.12 mm apart by one of its fields, but 0.24 mm by another"), "{doubt}");
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
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn the_public_sample_files_open_or_are_refused_for_the_right_reason() {
    let Some(folder) = data("formats/metaimage") else { return };
    let folder = std::fs::read_dir(folder).unwrap();
    let all: Vec<InputFile> = folder
        .map(|entry| entry.unwrap().path())
        .map(|path| file(&path.file_name().unwrap().to_string_lossy(), std::fs::read(&path).unwrap()))
        .collect();
    let mut seen = 0;
    for header in all.iter().filter(|file| file.path.ends_with(".mhd") || file.path.ends_with(".mha")) {
        let others = all.iter().filter(|file| file.path.ends_with("raw")).cloned();
        let result = open(others.chain([header.clone()]).collect());
        let spacing =
            result.as_ref().map(|opened| Axis::ALL.map(|axis| opened.volume.geometry.spacing(axis).mm()));
        let size = result.as_ref().map(|opened| {
            let volume = &opened.volume;
            (volume.columns(), volume.rows(), volume.bscans(), opened.warnings.len())
        });
        let name = header.path.as_str();
        let as_expected = match name {
            "image10x10x10.mhd"
            | "image10x10x10.mha"
            | "image10x10x10-extra-stuff.mhd"
            | "invalid_utf8.mhd" => size == Ok((10, 10, 10, 0)) && spacing == Ok([Some(1.0); 3]),
            "image5x6x7.mhd" => size == Ok((5, 6, 7, 0)) && spacing == Ok([Some(1.0); 3]),
            "image5x6x7-no-spacing.mhd" => size == Ok((5, 6, 7, 0)) && spacing == Ok([None; 3]),
            "image5x6x7-with-123-spacing.mhd" | "image5x6x7-no-spacing-with-123-size.mhd" => {
                size == Ok((5, 6, 7, 0)) && spacing == Ok([Some(1.0), Some(2.0), Some(3.0)])
            }
            "referring_to_system_file.mhd" => {
                matches!(result, Err(OpenError::InFile { cause: Cause::OutsideFolder { .. }, .. }))
            }
            "image_min10_max10.mha" => {
                matches!(result, Err(OpenError::InFile { cause: Cause::SampleType { .. }, .. }))
            }
            "image4x4x4x4x4.mha" => matches!(
                result,
                Err(OpenError::InFile { cause: Cause::Dimensions { dimensions: 5, .. }, .. })
            ),
            _ if name.starts_with("image10x11x12x13") => {
                matches!(
                    result,
                    Err(OpenError::InFile { cause: Cause::Dimensions { dimensions: 4, .. }, .. })
                )
            }
            _ if name.starts_with("image3x4") || name.contains("RGB") => {
                matches!(result, Err(OpenError::InFile { cause: Cause::Colour, .. }))
            }
            _ => panic!("no expectation for {name}"),
        };
        assert!(as_expected, "{name}: {:?}", result.map(|opened| (opened.volume.geometry, opened.warnings)));
        seen += 1;
    }
    assert_eq!(seen, 22);
}

#[test]
fn every_element_type_is_read_in_both_byte_orders() {
    fn check<const N: usize>(element: &str, value: [u8; N], expected: &Samples) {
        for big_endian in [false, true] {
            let mut one = value;
            if big_endian {
                one.reverse();
            }
            let raw: Vec<u8> = [one, one].concat();
            let order = if big_endian { "True" } else { "False" };
            let changes = [("DimSize", "2 1 1"), ("ElementType", element), ("BinaryDataByteOrderMSB", order)];
            assert_eq!(open_with(&changes, &raw).unwrap().volume.samples(), expected, "{element} {order}");
        }
    }
    check("MET_UCHAR", [200], &Samples::U8(vec![200; 2]));
    check("MET_CHAR", (-3_i8).to_le_bytes(), &Samples::F32(vec![-3.0; 2]));
    check("MET_USHORT", 60_000_u16.to_le_bytes(), &Samples::U16(vec![60_000; 2]));
    check("MET_SHORT", (-300_i16).to_le_bytes(), &Samples::F32(vec![-300.0; 2]));
    check("MET_UINT", 70_000_u32.to_le_bytes(), &Samples::F32(vec![70_000.0; 2]));
    check("MET_INT", (-70_000_i32).to_le_bytes(), &Samples::F32(vec![-70_000.0; 2]));
    check("MET_FLOAT", 0.25_f32.to_le_bytes(), &Samples::F32(vec![0.25; 2]));
    check("MET_DOUBLE", (-0.5_f64).to_le_bytes(), &Samples::F32(vec![-0.5; 2]));
}

#[test]
fn a_header_before_the_samples_is_skipped_as_its_size_says() {
    let mut raw = vec![0; 10];
    raw.extend(1..=24);
    for size in ["10", "-1"] {
        let opened = open_with(&[("HeaderSize", size)], &raw).unwrap();
        assert_eq!(*opened.volume.samples(), Samples::U8((1..=24).collect()));
        assert_eq!(opened.warnings, Vec::<String>::new());
    }
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&raw[10..]).unwrap();
    let packed = zlib.finish().unwrap();
    let size = packed.len().to_string();
    let changes = [("HeaderSize", "-1"), ("CompressedData", "True"), ("CompressedDataSize", size.as_str())];
    let opened = open_with(&changes, &[&[0; 10], packed.as_slice()].concat()).unwrap();
    assert_eq!(*opened.volume.samples(), Samples::U8((1..=24).collect()));
}

#[test]
fn compressed_data_that_unpack_to_more_or_less_than_declared_are_noticed() {
    let packed = |count: usize| {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(&vec![0; count]).unwrap();
        zlib.finish().unwrap()
    };
    // Ten million zeros in some KB: only one byte past the 24 is ever unpacked.
    let long = open_with(&[("CompressedData", "True")], &packed(10_000_000)).unwrap_err();
    assert!(long.to_string().contains("unpacks to more than the 24 bytes that oct.mhd declares"), "{long}");
    let short = open_with(&[("CompressedData", "True")], &packed(20)).unwrap_err();
    assert!(
        matches!(short, OpenError::InFile { cause: Cause::Truncated { expected: 24, found: 20, .. }, .. }),
        "{short}"
    );
    let whole = packed(24);
    for cut in 0..whole.len() {
        let refused = open_with(&[("CompressedData", "True")], &whole[..cut]);
        assert!(
            matches!(
                refused,
                Err(OpenError::InFile { cause: Cause::CannotUnpack { .. }, .. }
                    | OpenError::InFile { cause: Cause::Truncated { .. }, .. })
            ),
            "{cut}"
        );
    }
}

#[test]
fn a_fourth_axis_of_one_sample_changes_nothing() {
    let changes = [
        ("NDims", "4"),
        ("DimSize", "4 3 2 1"),
        ("ElementSpacing", "0.01 0.004 0.12 1"),
        ("Offset", "1 2 3 0"),
        ("TransformMatrix", "0 1 0 0 -1 0 0 0 0 0 1 0 0 0 0 1"),
    ];
    let geometry = open_with(&changes, &RAW).unwrap().volume.geometry;
    assert_eq!(geometry.origin_mm, [1.0, 2.0, 3.0]);
    assert_eq!(geometry.direction, [0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
}

#[test]
fn spacing_names_the_field_it_came_from_and_is_unknown_without_one() {
    let source =
        |changes: &[(&str, &str)]| open_with(changes, &RAW).unwrap().volume.geometry.axial.source().clone();
    let from = |tag: &str| SpacingSource::FromFile { tag: tag.to_owned() };
    assert_eq!(source(&[]), from("ElementSpacing"));
    assert_eq!(source(&[("ElementSize", "9 9 9")]), from("ElementSpacing"));
    assert_eq!(source(&[("ElementSpacing", ""), ("ElementSize", "0.01 0.004 0.12")]), from("ElementSize"));
    assert_eq!(source(&[("ElementSpacing", "")]), SpacingSource::Unknown);
}

#[test]
fn a_spacing_that_is_no_distance_is_unknown_and_the_volume_opens() {
    for (spacing, axis, said) in [
        ("nan 0.004 0.12", Axis::Lateral, "NaN as the lateral"),
        ("0.01 -1 0.12", Axis::Axial, "-1 as the axial"),
        ("0.01 0.004 0", Axis::BetweenBScans, "0 as the between B-scans"),
        ("0.01 0.004 inf", Axis::BetweenBScans, "inf as the between B-scans"),
    ] {
        let opened = open_with(&[("ElementSpacing", spacing)], &RAW).unwrap();
        assert_eq!(opened.volume.geometry.unknown_axes(), [axis], "{spacing}");
        assert!(opened.warnings[0].contains(said), "{:?}", opened.warnings);
    }
}

#[test]
fn the_mask_of_one_bscan_keeps_its_two_spacings() {
    let mut flat = geometry();
    flat.origin_mm[2] = 0.0;
    flat.header_step_mm[2] = None;
    flat.between_bscans = AxisSpacing::unknown();
    flat.pattern = ScanPattern::SingleBScan;
    let mut mask = LabelMask::unmeasured(2, 2, 1);
    mask.set_bscan(0, vec![0, 1, 2, 3]).unwrap();
    let files = metaimage::write_mask(&mask, &flat, None, "mask.raw").unwrap();
    let opened = open(vec![file("mask.raw", files.raw), file("mask.mhd", files.header)]).unwrap();
    assert_eq!(opened.volume.geometry, Geometry { samples: Some([2, 2, 1]), ..flat });
}

#[test]
fn retouchs_cirrus_volume_is_recognised_and_a_one_millimetre_filler_is_doubted() {
    let raw = vec![0; 512 * 1024 * 128];
    let size = ("DimSize", "512 1024 128");
    let opened = open_with(&[size, ("ElementSpacing", "0.01174 0.001955 0.0468")], &raw).unwrap();
    assert_eq!(opened.volume.vendor.as_deref(), Some("Zeiss Cirrus"));
    assert_eq!(opened.warnings, Vec::<String>::new());
    let opened = open_with(&[size, ("ElementSpacing", "1 1 1")], &raw).unwrap();
    assert_eq!(opened.volume.vendor, None);
    let doubt = opened.volume.geometry.doubt().unwrap();
    assert!(doubt.to_string().contains("1 mm apart along every axis"), "{doubt}");
}

#[test]
fn swapped_numbers_in_a_header_open_no_more_than_there_is() {
    let numbers = [
        "",
        "0",
        "-0",
        "-1",
        "1",
        "2",
        "3",
        "4",
        "16",
        "65535",
        "65536",
        "4294967296",
        "18446744073709551615",
        "99999999999999999999999",
        "1e308",
        "1e999",
        "nan",
        "-inf",
        "0x10",
        "4 3",
        "4 3 2 1",
        "\u{0}",
        "é",
    ];
    let fields = [
        "NDims",
        "DimSize",
        "ElementSpacing",
        "ElementSize",
        "Offset",
        "TransformMatrix",
        "HeaderSize",
        "ElementNumberOfChannels",
        "CompressedData",
        "CompressedDataSize",
        "ElementType",
        "ElementDataFile",
    ];
    for field in fields {
        for number in numbers {
            for repeated in
                [number.to_owned(), format!("{number} {number} {number}"), [number; 300].join(" ")]
            {
                for compressed in ["False", "True"] {
                    match open_with(&[("CompressedData", compressed), (field, &repeated)], &RAW) {
                        Ok(opened) => assert!(opened.volume.samples().len() <= RAW.len()),
                        Err(error) => assert!(error.to_string().contains("oct."), "{error}"),
                    }
                }
            }
        }
    }
}

#[test]
fn one_bscan_has_two_axes_and_no_distance_to_a_next_one() {
    let changes = [("NDims", "2"), ("DimSize", "4 3"), ("ElementSpacing", "0.01 0.004"), ("Offset", "1 2")];
    let opened = open_with(&changes, &RAW[..12]).unwrap();
    assert_eq!((opened.volume.columns(), opened.volume.rows(), opened.volume.bscans()), (4, 3, 1));
    assert_eq!(opened.volume.geometry.unknown_axes(), [Axis::BetweenBScans]);
    assert_eq!(opened.volume.geometry.origin_mm, [1.0, 2.0, 0.0]);
}

#[test]
fn the_filler_behind_a_single_bscan_is_no_spacing() {
    let changes = [("DimSize", "4 3 1"), ("ElementSpacing", "0.01 0.004 1")];
    let opened = open_with(&changes, &RAW[..12]).unwrap();
    assert_eq!(opened.volume.geometry.unknown_axes(), [Axis::BetweenBScans]);
}

#[test]
fn lengths_are_in_the_unit_that_the_header_states() {
    for (unit, spacing) in [("mm", "0.01 0.004 0.12"), ("um", "10 4 120"), ("cm", "0.001 0.0004 0.012")] {
        let opened = open_with(&[("DistanceUnits", unit), ("ElementSpacing", spacing)], &RAW).unwrap();
        let voxel_nl = opened.volume.geometry.voxel_nl().unwrap();
        assert!((voxel_nl - 0.0048).abs() < 1e-9, "{unit}: {voxel_nl}");
    }
    let refused = open_with(&[("DistanceUnits", "inch")], &RAW).unwrap_err().to_string();
    assert!(refused.contains("DistanceUnits = inch"), "{refused}");
}

#[test]
fn foreign_text_and_unknown_fields_in_a_header_do_not_matter() {
    let mut bytes =
        b"\xEF\xBB\xBFObjectType = Image\nComment = Gr\xFC\xDFe \xFF\xFE\n= \n===\nno field\n".to_vec();
    bytes.extend(b"PatientSpecies = homo\nAcquisitionDate=2012\n");
    bytes.extend(header(&[]));
    let opened = open(vec![file("oct.mhd", bytes), file("oct.raw", RAW)]).unwrap();
    assert_eq!(opened.volume.geometry.axial.mm(), Some(0.004));
}

#[test]
fn the_data_file_may_have_any_name_even_one_of_another_format() {
    for name in ["oct.img", "oct.OCT", "oct.vol", "oct.png", "OCT.RAW", "data"] {
        let files = vec![
            file("eye/oct.mhd", header(&[("ElementDataFile", name)])),
            file(&format!("eye/{name}"), RAW),
        ];
        let opened = open(files).unwrap();
        assert_eq!(*opened.volume.samples(), Samples::U8(RAW.to_vec()), "{name}");
        assert!(opened.warnings.is_empty(), "{name}: {:?}", opened.warnings);
    }
}

#[test]
fn a_data_file_of_the_same_name_in_another_folder_is_not_taken() {
    let files = vec![file("a/oct.mhd", header(&[])), file("b/oct.raw", RAW)];
    assert!(matches!(open(files), Err(OpenError::InFile { cause: Cause::MissingDataFile { .. }, .. })));
    for wanted in
        ["..", "../oct.raw", "..\\oct.raw", "C:\\oct.raw", "C:oct.raw", "sub/oct.raw", "file:oct.raw"]
    {
        let refused = open_with(&[("ElementDataFile", wanted)], &RAW);
        assert!(
            matches!(refused, Err(OpenError::InFile { cause: Cause::OutsideFolder { .. }, .. })),
            "{wanted}: {refused:?}"
        );
    }
    for wanted in ["LIST", "LIST 2D", "oct%03d.raw 1 2 1"] {
        let refused = open_with(&[("ElementDataFile", wanted)], &RAW);
        assert!(
            matches!(refused, Err(OpenError::InFile { cause: Cause::BadField { .. }, .. })),
            "{wanted}: {refused:?}"
        );
    }
}

#[test]
fn compressed_data_are_never_unpacked_beyond_what_the_header_promises() {
    let packed = |length: usize| {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(&vec![5; length]).unwrap();
        zlib.finish().unwrap()
    };
    let read = |bytes: &[u8]| open_with(&[("CompressedData", "True")], bytes);
    assert!(read(&packed(24)).unwrap().warnings.is_empty());
    // 64 MB in 64 KB: one byte more than promised is all that comes out.
    assert!(matches!(
        read(&packed(64 << 20)),
        Err(OpenError::InFile { cause: Cause::Surplus { expected: 24, found: None, .. }, .. })
    ));
    assert!(matches!(
        read(&packed(20)),
        Err(OpenError::InFile { cause: Cause::Truncated { expected: 24, found: 20, .. }, .. })
    ));
    let whole = packed(24);
    for cut in 0..whole.len() {
        let refused = read(&whole[..cut]);
        assert!(
            matches!(
                refused,
                Err(OpenError::InFile { cause: Cause::CannotUnpack { .. }, .. }
                    | OpenError::InFile { cause: Cause::Truncated { .. }, .. })
            ),
            "{cut}: {refused:?}"
        );
    }
}

#[test]
fn a_declared_size_is_compared_before_anything_is_allocated() {
    for size in ["65535 65535 1", "4 3 65535", "60000 1 60000"] {
        let refused = open_with(&[("DimSize", size)], &RAW);
        assert!(
            matches!(refused, Err(OpenError::InFile { cause: Cause::Truncated { found: 24, .. }, .. })),
            "{size}: {refused:?}"
        );
    }
    for size in ["4 3 65536", "65535 65535 65535", "18446744073709551615 2 2"] {
        let refused = open_with(&[("DimSize", size)], &RAW);
        assert!(
            matches!(refused, Err(OpenError::InFile { cause: Cause::ImpossibleSize { .. }, .. })),
            "{size}: {refused:?}"
        );
    }
}

#[test]
fn more_sizes_than_axes_are_refused_whatever_ndims_says() {
    let many = "1 ".repeat(65_536);
    for dims in ["3", "16", "17", "64", "65536", "18446744073709551615"] {
        let refused = open_with(&[("NDims", dims), ("DimSize", &many), ("TransformMatrix", "1")], &RAW);
        assert!(
            matches!(
                refused,
                Err(OpenError::InFile { cause: Cause::BadField { .. }, .. }
                    | OpenError::InFile { cause: Cause::Dimensions { .. }, .. })
            ),
            "NDims = {dims}: {refused:?}"
        );
        assert!(refused.unwrap_err().to_string().len() < 400);
    }
    for (dims, sizes) in [("0", ""), ("1", "24")] {
        let refused = open_with(&[("NDims", dims), ("DimSize", sizes)], &RAW);
        assert!(refused.is_err(), "NDims = {dims}");
    }
}
