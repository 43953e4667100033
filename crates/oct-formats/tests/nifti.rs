//! NIfTI-1: what is read and written, what is refused, and that nothing panics.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use std::fs;
use std::io::{Read, Write};

use flate2::read::GzDecoder;
use flate2::{Compression, write::GzEncoder};
use oct::{Axis, AxisSpacing, Geometry, LabelMask, Samples, ScanPattern, SpacingSource};
use oct_formats::nifti::{read_array, write_mask};
use oct_formats::{Cause, Format, InputFile, OpenError, Opened, WriteError, open};
use shared_data::data;

fn opened(bytes: &[u8]) -> Result<Opened, OpenError> {
    let path = if bytes.starts_with(&[0x1F, 0x8B]) { "scan.nii.gz" } else { "scan.nii" };
    open(vec![InputFile { path: path.to_owned(), bytes: bytes.to_vec() }])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

/// A header as a writer would make it, in either byte order.
struct Nifti {
    big_endian: bool,
    bytes: Vec<u8>,
}

impl Nifti {
    fn new(big_endian: bool, dims: &[i16], datatype: i16, bits: i16) -> Self {
        let mut nifti = Self { big_endian, bytes: vec![0; 352] };
        nifti.put(0, 348_i32.to_le_bytes());
        nifti.put(40, (dims.len() as i16).to_le_bytes());
        for axis in 0..7 {
            nifti.put(42 + 2 * axis, dims.get(axis).unwrap_or(&1).to_le_bytes());
        }
        nifti.put(70, datatype.to_le_bytes());
        nifti.put(72, bits.to_le_bytes());
        for (axis, spacing) in [1.0_f32, 0.011, 0.004, 0.12].iter().enumerate() {
            nifti.put(76 + 4 * axis, spacing.to_le_bytes());
        }
        nifti.put(108, 352.0_f32.to_le_bytes());
        nifti.bytes[123] = 2;
        nifti.bytes[344..348].copy_from_slice(b"n+1\0");
        nifti
    }

    fn put<const N: usize>(&mut self, at: usize, mut field: [u8; N]) {
        if self.big_endian {
            field.reverse();
        }
        self.bytes[at..at + N].copy_from_slice(&field);
    }

    fn push<const N: usize>(&mut self, samples: impl IntoIterator<Item = [u8; N]>) {
        for mut sample in samples {
            if self.big_endian {
                sample.reverse();
            }
            self.bytes.extend(sample);
        }
    }
}

/// 3 x 2 x 2 bytes.
fn small() -> Nifti {
    let mut nifti = Nifti::new(false, &[3, 2, 2], 2, 8);
    nifti.bytes.extend(0..12);
    nifti
}

fn geometry() -> Geometry {
    let mut geometry = Geometry::default();
    for (axis, mm) in Axis::ALL.into_iter().zip([0.011_72, 0.003_87, 0.24]) {
        geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
    }
    geometry.origin_mm = [-12.5, 3.25, 100.0];
    geometry.direction = [0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    geometry
}

fn mask() -> LabelMask {
    let mut mask = LabelMask::unmeasured(5, 4, 3);
    for bscan in 0..3 {
        mask.set_bscan(bscan, (0..20).map(|n| (n + bscan as u8) % 4).collect()).unwrap();
    }
    mask
}

#[test]
fn a_written_mask_reads_back_with_its_labels_and_geometry() {
    let geometry = geometry();
    let read = opened(&write_mask(&mask(), &geometry, None).unwrap()).unwrap();
    assert_eq!(read.format, Format::Nifti);
    assert!(read.warnings.len() == 1 && read.warnings[0].contains("not a scan"), "{:?}", read.warnings);
    assert_eq!((read.volume.columns(), read.volume.rows(), read.volume.bscans()), (5, 4, 3));
    let labels: Vec<u8> = (0..3).flat_map(|bscan| mask().bscan(bscan).unwrap().to_vec()).collect();
    assert_eq!(read.volume.samples(), &Samples::U8(labels));
    for axis in Axis::ALL {
        let (wanted, found) = (geometry.spacing(axis).mm().unwrap(), read.volume.geometry.spacing(axis));
        assert!((found.mm().unwrap() / wanted - 1.0).abs() < 1e-6, "{axis:?}");
        assert!(matches!(found.source(), SpacingSource::FromFile { tag } if tag.starts_with("pixdim[")));
    }
    assert_eq!(read.volume.geometry.origin_mm, geometry.origin_mm);
    for (found, wanted) in read.volume.geometry.direction.iter().zip(geometry.direction) {
        assert!((found - wanted).abs() < 1e-6);
    }
}

#[test]
fn a_mask_says_where_it_lies_in_the_words_of_its_scan() {
    // The fields from pixdim on that place samples; where the two forms disagree, programs differ.
    let placing = |file: &[u8]| [&file[76..108], &file[123..124], &file[252..328]].concat();
    for (q, s, unit) in [(0, 0, 0_u8), (0, 2, 0), (1, 2, 2), (2, 1, 3), (1, 0, 10)] {
        let mut scan = Nifti::new(false, &[3, 2, 2, 1], 2, 8);
        scan.bytes.extend(0..12);
        scan.bytes[123] = unit;
        scan.put(252, i16::to_le_bytes(q));
        scan.put(254, i16::to_le_bytes(s));
        let floats =
            [0.1, 0.2, 0.3, 4.0, 5.0, 6.0, 0.01, 0.0, 0.001, 7.0, 0.0, 0.005, 0.0, 8.0, 0.0, 0.0, 0.12, 9.0];
        for (index, float) in floats.into_iter().enumerate() {
            scan.put(256 + 4 * index, f32::to_le_bytes(float));
        }
        let read = opened(&scan.bytes).unwrap();
        let mut mask = LabelMask::unmeasured(3, 2, 2);
        (0..2).for_each(|bscan| mask.set_bscan(bscan, vec![1; 6]).unwrap());
        let mut corrected = read.volume.geometry.clone();
        corrected.set_spacing(Axis::Axial, AxisSpacing::from_user(Axis::Axial, 0.002).unwrap());
        let written = gunzip(&write_mask(&mask, &corrected, read.header.as_ref()).unwrap());
        assert_eq!(placing(&written), placing(&scan.bytes), "codes {q} and {s}, unit {unit}");
        assert_eq!(written[40..56], scan.bytes[40..56], "a fourth axis of one sample stays");
    }
}

#[test]
fn a_mask_of_another_format_states_its_place_in_both_forms() {
    let written = gunzip(&write_mask(&mask(), &geometry(), None).unwrap());
    let float = |at: usize| f32::from_le_bytes(written[at..at + 4].try_into().unwrap());
    assert_eq!((written[252], written[254]), (1, 1));
    let origins = [float(268), float(272), float(276)];
    assert_eq!(origins, [float(292), float(308), float(324)]);
    // Columns run from anterior to posterior, rows from inferior to superior, B-scans right to left.
    let quaternion = [float(256), float(260), float(264)];
    assert!(quaternion.iter().all(|part| (part.abs() - 0.5).abs() < 1e-6), "{quaternion:?}");
}

#[test]
fn unknown_spacing_stays_unknown_through_a_mask() {
    let mut geometry = geometry();
    geometry.between_bscans = AxisSpacing::unknown();
    let read = opened(&write_mask(&mask(), &geometry, None).unwrap()).unwrap();
    assert_eq!(read.volume.geometry.unknown_axes(), Axis::ALL);
    assert_eq!(read.volume.geometry.voxel_nl(), None);
}

#[test]
fn an_unmeasured_or_oversized_mask_is_not_written() {
    let mut unmeasured = LabelMask::unmeasured(2, 1, 3);
    unmeasured.set_bscan(1, vec![0, 0]).unwrap();
    assert_eq!(
        write_mask(&unmeasured, &Geometry::default(), None),
        Err(WriteError::Unmeasured { measured: 1, bscans: 3 })
    );
    let mut wide = LabelMask::unmeasured(32_768, 1, 1);
    wide.set_bscan(0, vec![0; 32_768]).unwrap();
    assert_eq!(
        write_mask(&wide, &Geometry::default(), None),
        Err(WriteError::TooLarge { format: "NIfTI-1", size: 32_768 })
    );
}

#[test]
fn every_sample_type_reads_in_both_byte_orders_and_gzipped() {
    let values: Vec<i8> = vec![0, 1, 2, 100, 7, 127];
    for big_endian in [false, true] {
        for (code, bits) in [(2, 8), (256, 8), (4, 16), (512, 16), (8, 32), (768, 32), (16, 32), (64, 64)] {
            let mut nifti = Nifti::new(big_endian, &[3, 2], code, bits);
            let wide = values.iter().copied();
            match code {
                2 => nifti.push(wide.map(|v| (v as u8).to_le_bytes())),
                256 => nifti.push(wide.map(i8::to_le_bytes)),
                4 => nifti.push(wide.map(|v| i16::from(v).to_le_bytes())),
                512 => nifti.push(wide.map(|v| (v as u16).to_le_bytes())),
                8 => nifti.push(wide.map(|v| i32::from(v).to_le_bytes())),
                768 => nifti.push(wide.map(|v| (v as u32).to_le_bytes())),
                16 => nifti.push(wide.map(|v| f32::from(v).to_le_bytes())),
                _ => nifti.push(wide.map(|v| f64::from(v).to_le_bytes())),
            }
            let plain = opened(&nifti.bytes).unwrap();
            let expected = match code {
                2 => Samples::U8(values.iter().map(|v| *v as u8).collect()),
                512 => Samples::U16(values.iter().map(|v| *v as u16).collect()),
                _ => Samples::F32(values.iter().map(|v| f32::from(*v)).collect()),
            };
            assert_eq!(plain.volume.samples(), &expected, "datatype {code}");
            assert_eq!(plain.volume.geometry.unknown_axes(), [Axis::BetweenBScans]);
            assert_eq!(opened(&gzip(&nifti.bytes)).unwrap().volume, plain.volume);
        }
    }
}

#[test]
fn slope_and_intercept_are_applied_unless_they_say_nothing() {
    let scaled = |slope: f32, inter: f32| {
        let mut nifti = small();
        nifti.put(112, slope.to_le_bytes());
        nifti.put(116, inter.to_le_bytes());
        opened(&nifti.bytes).unwrap().volume.samples().clone()
    };
    for (slope, inter) in [(0.0, 5.0), (1.0, 0.0), (f32::NAN, 0.0)] {
        assert_eq!(scaled(slope, inter), Samples::U8((0..12).collect()));
    }
    assert_eq!(scaled(2.0, -1.0), Samples::F32((0..12).map(|n| n as f32 * 2.0 - 1.0).collect()));
}

#[test]
fn units_are_converted_and_unknown_ones_give_no_spacing() {
    for (units, factor) in [(1, 1000.0), (2, 1.0), (3, 0.001)] {
        let mut nifti = small();
        nifti.bytes[123] = units | 8;
        for axis in 0..3 {
            nifti.put(80 + 4 * axis, (0.004_f32 / factor).to_le_bytes());
        }
        let mm = opened(&nifti.bytes).unwrap().volume.geometry.axial.mm().unwrap();
        assert!((mm / 0.004 - 1.0).abs() < 1e-6, "{mm}");
    }
    let mut nifti = small();
    nifti.bytes[123] = 0;
    nifti.put(80, f32::NAN.to_le_bytes());
    assert_eq!(opened(&nifti.bytes).unwrap().volume.geometry.unknown_axes(), Axis::ALL);
}

#[test]
fn impossible_spacings_are_unknown_with_axis_and_value_and_too_large_ones_in_doubt() {
    for (wrong, written) in [(f32::NAN, "NaN"), (0.0, "0"), (-0.5, "-0.5")] {
        let mut nifti = small();
        nifti.put(84, wrong.to_le_bytes());
        let opened = opened(&nifti.bytes).unwrap();
        assert_eq!(opened.volume.geometry.unknown_axes(), [Axis::Axial]);
        assert!(opened.warnings[0].contains(&format!("{written} as the axial")), "{:?}", opened.warnings);
    }
    let mut nifti = small();
    nifti.put(84, 11.0_f32.to_le_bytes());
    let geometry = opened(&nifti.bytes).unwrap().volume.geometry;
    assert_eq!((geometry.axial.mm(), geometry.voxel_nl()), (Some(11.0), None));
}

#[test]
fn placeholders_and_contradicting_spacings_are_doubted_and_surplus_bytes_refused() {
    let mut nifti = small();
    for axis in 0..3 {
        nifti.put(80 + 4 * axis, 1.0_f32.to_le_bytes());
    }
    let doubt = opened(&nifti.bytes).unwrap().volume.geometry.doubt().unwrap();
    assert!(doubt.to_string().contains("1 mm apart along every axis"), "{doubt}");
    let mut nifti = small();
    nifti.put(254, 1_i16.to_le_bytes());
    for (axis, step) in [0.011_f32, 0.004, 0.24].iter().enumerate() {
        nifti.put(280 + 20 * axis, step.to_le_bytes());
    }
    let geometry = opened(&nifti.bytes).unwrap().volume.geometry;
    let doubt = geometry.doubt().unwrap().to_string();
    assert!(
        doubt.contains("0.12 mm apart by one of its fields, but 0.24 mm by another (pixdim[3]"),
        "{doubt}"
    );
    assert_eq!(geometry.voxel_nl(), None);

    let mut nifti = small();
    nifti.bytes.extend([0, 0, 0]);
    assert!(opened(&nifti.bytes).is_ok() && opened(&gzip(&nifti.bytes)).is_ok(), "zeros that fill a block");
    nifti.bytes.push(9);
    let refused = opened(&nifti.bytes).unwrap_err().to_string();
    assert!(refused.contains("holds 368 bytes, more than the 364 that its header declares"), "{refused}");
    let refused = opened(&gzip(&nifti.bytes)).unwrap_err().to_string();
    assert!(refused.contains("unpacks to more than the 364 bytes"), "{refused}");
    // Two B-scans of zeros that dim does not count.
    let mut nifti = small();
    nifti.bytes.extend([0; 12]);
    assert!(opened(&nifti.bytes).is_err());
}

#[test]
fn an_image_that_says_that_it_holds_labels_is_a_mask() {
    for (code, pattern) in [
        (1002, ScanPattern::Labels),
        (1003, ScanPattern::Labels),
        (1007, ScanPattern::NotStated),
        (0, ScanPattern::NotStated),
    ] {
        let mut nifti = small();
        nifti.put(68, i16::to_le_bytes(code));
        assert_eq!(opened(&nifti.bytes).unwrap().volume.geometry.pattern, pattern, "{code}");
    }
}

#[test]
fn samples_do_not_begin_within_the_extensions_of_the_header() {
    let extended = |vox_offset: f32, length: i32| {
        let mut nifti = small();
        let samples = nifti.bytes.split_off(352);
        nifti.bytes[348] = 1;
        nifti.bytes.extend(length.to_le_bytes());
        nifti.bytes.extend([0; 28]);
        nifti.put(108, vox_offset.to_le_bytes());
        nifti.bytes.extend(samples);
        nifti.bytes.truncate(vox_offset as usize + 12);
        opened(&nifti.bytes)
    };
    assert!(extended(384.0, 32).is_ok());
    let refused = extended(368.0, 32).unwrap_err().to_string();
    assert!(refused.contains("vox_offset = 368, which lies within the extensions"), "{refused}");
    assert!(extended(368.0, 16).is_ok());
}

#[test]
fn a_qform_turns_the_axes_as_the_quaternion_says() {
    let mut nifti = small();
    nifti.put(252, 1_i16.to_le_bytes());
    // A quarter turn about the third axis, the third axis mirrored.
    nifti.put(76, (-1.0_f32).to_le_bytes());
    nifti.put(264, std::f32::consts::FRAC_1_SQRT_2.to_le_bytes());
    nifti.put(268, 4.5_f32.to_le_bytes());
    let geometry = opened(&nifti.bytes).unwrap().volume.geometry;
    // The first two rows change their signs: NIfTI's right and anterior are our left and posterior.
    for (found, wanted) in geometry.direction.iter().zip([0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, -1.0]) {
        assert!((found - wanted).abs() < 1e-6, "{:?}", geometry.direction);
    }
    assert_eq!(geometry.origin_mm, [-4.5, 0.0, 0.0]);
}

#[test]
fn a_mask_lies_where_the_metaimage_scan_lay() {
    // MetaImage counts to the left and posterior, NIfTI to the right and anterior.
    let header = "ObjectType = Image\nNDims = 3\nOffset = 1 2 3\nTransformMatrix = 1 0 0 0 0 -1 0 1 0\n\
                  ElementSpacing = 0.01 0.004 0.1\nDimSize = 5 4 3\nElementType = MET_UCHAR\n\
                  ElementDataFile = LOCAL\n";
    let bytes = [header.as_bytes(), &[0; 60]].concat();
    let scan = open(vec![InputFile { path: "oct.mha".into(), bytes }]).unwrap();
    let nifti = gunzip(&write_mask(&mask(), &scan.volume.geometry, None).unwrap());
    let row = |row: usize| -> [f32; 4] {
        std::array::from_fn(|column| {
            let at = 280 + 16 * row + 4 * column;
            f32::from_le_bytes(nifti[at..at + 4].try_into().unwrap())
        })
    };
    assert_eq!(
        [row(0), row(1), row(2)],
        [[-0.01, 0.0, 0.0, -1.0], [0.0, 0.0, -0.1, -2.0], [0.0, -0.004, 0.0, 3.0]]
    );
}

#[test]
fn half_a_megabyte_that_would_decode_to_gigabytes_is_refused() {
    let mut nifti = small();
    for (axis, size) in [32_767_i16, 32_767, 8].iter().enumerate() {
        nifti.put(42 + 2 * axis, size.to_le_bytes());
    }
    nifti.put(112, 2.0_f32.to_le_bytes());
    let refused = opened(&nifti.bytes).unwrap_err();
    assert!(matches!(refused, OpenError::InFile { cause: Cause::ImpossibleSize { .. }, .. }), "{refused}");
}

#[test]
fn a_spacing_without_a_unit_is_not_taken_and_that_is_said() {
    let mut nifti = small();
    nifti.bytes[123] = 0;
    nifti.put(80, 0.011_f32.to_le_bytes());
    let opened = opened(&nifti.bytes).unwrap();
    assert_eq!(opened.volume.geometry.unknown_axes(), Axis::ALL);
    assert!(opened.warnings[0].contains("without its unit"), "{:?}", opened.warnings);
}

#[test]
fn one_bscan_needs_no_distance_to_a_next_one() {
    let mut nifti = Nifti::new(false, &[3, 2, 1], 2, 8);
    nifti.bytes.extend(0..6);
    nifti.put(88, 0.0_f32.to_le_bytes());
    assert_eq!(opened(&nifti.bytes).unwrap().volume.geometry.unknown_axes(), [Axis::BetweenBScans]);

    let mut mask = LabelMask::unmeasured(3, 2, 1);
    mask.set_bscan(0, vec![0, 1, 2, 3, 0, 1]).unwrap();
    let mut flat = geometry();
    flat.between_bscans = AxisSpacing::unknown();
    let read = opened(&write_mask(&mask, &flat, None).unwrap()).unwrap();
    assert_eq!(read.volume.geometry.unknown_axes(), [Axis::BetweenBScans]);
    assert!((read.volume.geometry.lateral.mm().unwrap() / 0.011_72 - 1.0).abs() < 1e-6);
    assert_eq!(read.volume.samples(), &Samples::U8(vec![0, 1, 2, 3, 0, 1]));
}

#[test]
fn dimensions_other_than_two_or_three_are_refused() {
    let with = |dims: &[i16]| {
        let mut nifti = Nifti::new(false, dims, 2, 8);
        nifti.bytes.extend([0; 64]);
        opened(&nifti.bytes)
    };
    assert!(matches!(
        with(&[4]),
        Err(OpenError::InFile { cause: Cause::Dimensions { dimensions: 1, .. }, .. })
    ));
    assert!(matches!(
        with(&[2, 2, 2, 3]),
        Err(OpenError::InFile { cause: Cause::Dimensions { dimensions: 4, .. }, .. })
    ));
    assert!(matches!(
        with(&[2, 2, 2, 1, 3]),
        Err(OpenError::InFile { cause: Cause::Dimensions { dimensions: 5, .. }, .. })
    ));
    assert_eq!(with(&[4, 4, 4, 1, 1]).unwrap().volume.bscans(), 4);
    assert!(matches!(
        with(&[4, 0, 4]),
        Err(OpenError::InFile { cause: Cause::ImpossibleSize { rows: 0, .. }, .. })
    ));
    assert!(matches!(with(&[4, -3, 4]), Err(OpenError::InFile { cause: Cause::ImpossibleSize { .. }, .. })));
    assert!(matches!(
        with(&[32_767, 32_767, 32_767]),
        Err(OpenError::InFile { cause: Cause::ImpossibleSize { .. }, .. })
    ));
}

#[test]
fn colours_and_unread_types_are_refused_by_name() {
    let with = |code, bits| {
        let mut nifti = Nifti::new(false, &[2, 2, 2], code, bits);
        nifti.bytes.extend([0; 256]);
        opened(&nifti.bytes).unwrap_err()
    };
    assert_eq!(with(128, 24), OpenError::InFile { file: "scan.nii".to_owned(), cause: Cause::Colour });
    assert!(
        matches!(with(32, 64), OpenError::InFile { cause: Cause::SampleType { sample_type, .. }, .. } if sample_type == "complex numbers")
    );
    assert!(
        matches!(with(1234, 8), OpenError::InFile { cause: Cause::SampleType { sample_type, .. }, .. } if sample_type.contains("1234"))
    );
    assert!(matches!(with(2, 16), OpenError::InFile { cause: Cause::BadField { field: "bitpix", .. }, .. }));
}

#[test]
fn what_has_no_mark_of_nifti_is_refused() {
    let refused = |change: fn(&mut Nifti)| {
        let mut nifti = small();
        change(&mut nifti);
        opened(&nifti.bytes).unwrap_err()
    };
    for change in [
        (|nifti: &mut Nifti| nifti.bytes[..4].fill(b'a')) as fn(&mut Nifti),
        |nifti| nifti.bytes[344..348].fill(0),
        |nifti| nifti.put(0, 540_i32.to_le_bytes()),
    ] {
        let error = refused(change);
        assert!(matches!(error, OpenError::InFile { cause: Cause::NotWhatItSays { .. }, .. }), "{error}");
    }
}

/// A header of NIfTI-2 for the samples of [`small`].
fn nifti_2(big_endian: bool, magic: &[u8; 4]) -> Vec<u8> {
    let mut nifti = Nifti { big_endian, bytes: vec![0; 544] };
    nifti.put(0, 540_i32.to_le_bytes());
    nifti.bytes[4..8].copy_from_slice(magic);
    nifti.put(12, 2_i16.to_le_bytes());
    nifti.put(14, 8_i16.to_le_bytes());
    for (axis, size) in [3_i64, 3, 2, 2, 1, 1, 1, 1].into_iter().enumerate() {
        nifti.put(16 + 8 * axis, size.to_le_bytes());
    }
    for (axis, step) in [1.0_f64, 0.011, 0.004, 0.12].into_iter().enumerate() {
        nifti.put(104 + 8 * axis, step.to_le_bytes());
    }
    nifti.put(168, if magic == b"n+2\0" { 544_i64 } else { 0 }.to_le_bytes());
    nifti.put(348, 1_i32.to_le_bytes());
    for (cell, value) in
        [0.011, 0.0, 0.0, 5.0, 0.0, 0.004, 0.0, 6.0, 0.0, 0.0, 0.12, 7.0].into_iter().enumerate()
    {
        nifti.put(400 + 8 * cell, f64::to_le_bytes(value));
    }
    nifti.put(500, 2_i32.to_le_bytes());
    nifti.bytes
}

fn file(path: &str, bytes: Vec<u8>) -> InputFile {
    InputFile { path: path.to_owned(), bytes }
}

/// Whether it is the volume of [`small`] with its spacing.
fn is_small(opened: &Opened) -> bool {
    let spacing = Axis::ALL.map(|axis| opened.volume.geometry.spacing(axis).mm().unwrap());
    let is_near = spacing.iter().zip([0.011, 0.004, 0.12]).all(|(mm, stated)| (mm - stated).abs() < 1e-6);
    is_near && opened.format == Format::Nifti && opened.volume.samples() == &Samples::U8((0..12).collect())
}

#[test]
fn nifti_2_is_read_in_either_byte_order() {
    for big_endian in [false, true] {
        let mut bytes = nifti_2(big_endian, b"n+2\0");
        bytes.extend(0..12);
        let read = opened(&bytes).unwrap();
        assert!(is_small(&read), "{read:?}");
        assert_eq!(read.volume.geometry.origin_mm, [-5.0, -6.0, 7.0]);
        assert!(is_small(&opened(&gzip(&bytes)).unwrap()));
    }
    let mut huge = nifti_2(false, b"n+2\0");
    huge[24..32].copy_from_slice(&70_000_i64.to_le_bytes());
    assert!(matches!(
        opened(&huge).unwrap_err(),
        OpenError::InFile { cause: Cause::ImpossibleSize { columns: 70_000, .. }, .. }
    ));
    for length in 0..544 {
        assert!(opened(&nifti_2(true, b"n+2\0")[..length]).is_err());
    }
}

#[test]
fn a_header_with_its_samples_beside_it_is_one_volume() {
    let mut pair = small().bytes;
    pair.truncate(348);
    pair[344..348].copy_from_slice(b"ni1\0");
    pair[108..112].fill(0);
    let mut analyze = pair.clone();
    analyze[38] = b'r';
    analyze[123] = 0;
    analyze[344..348].fill(0);
    // What the programs of ANALYZE write where NIfTI has its affine.
    analyze[252..300].fill(b'x');
    let samples: Vec<u8> = (0..12).collect();
    for header in [&pair, &analyze, &nifti_2(false, b"ni2\0")] {
        for (image, bytes) in [
            ("eye/scan.img", samples.clone()),
            ("eye/SCAN.IMG", samples.clone()),
            ("eye/scan.img.gz", gzip(&samples)),
        ] {
            let read = open(vec![file("eye/scan.hdr", header.clone()), file(image, bytes)]).unwrap();
            assert!(is_small(&read), "{image}: {read:?}");
        }
        let alone = open(vec![file("eye/scan.hdr", header.clone())]).unwrap_err().to_string();
        assert!(alone.starts_with("eye/scan.hdr needs scan.img, which was not dropped"), "{alone}");
        let short = open(vec![file("scan.hdr", header.clone()), file("scan.img", vec![0; 5])]);
        let short = short.unwrap_err().to_string();
        assert!(short.starts_with("scan.img holds 5 bytes but its header promises 12"), "{short}");
    }
}

#[test]
fn an_image_beside_a_header_is_no_cube_of_zeiss() {
    let header = file("cube.hdr", b"ENVI\nsamples = 3\n".to_vec());
    let error = open(vec![header, file("cube.img", vec![0; 64])]).unwrap_err();
    assert!(matches!(error, OpenError::NoVolume { count: 2, .. }), "{error}");
}

#[test]
fn a_start_of_the_samples_that_is_none_is_refused() {
    for wrong in [-352.0_f32, 100.0, 352.5, f32::NAN, f32::INFINITY, 1e12] {
        let mut nifti = small();
        nifti.put(108, wrong.to_le_bytes());
        assert!(
            matches!(
                opened(&nifti.bytes),
                Err(OpenError::InFile { cause: Cause::BadField { field: "vox_offset", .. }, .. })
            ),
            "{wrong}"
        );
    }
    let mut nifti = small();
    nifti.put(108, 1e6_f32.to_le_bytes());
    assert!(matches!(
        opened(&nifti.bytes),
        Err(OpenError::InFile { cause: Cause::Truncated { expected: 1_000_012, found: 364, .. }, .. })
    ));
}

#[test]
fn a_cut_file_says_how_much_is_missing() {
    let whole = small().bytes;
    let cut = OpenError::InFile {
        file: "scan.nii".to_owned(),
        cause: Cause::Truncated {
            promised_by: "its header".to_owned(),
            expected: 364,
            found: 363,
            content: "3 x 2 x 2 B-scans of uint8".to_owned(),
        },
    };
    assert_eq!(opened(&whole[..363]), Err(cut));
    assert!(matches!(
        read_array(&whole[..347], "a.nii"),
        Err(OpenError::InFile { cause: Cause::Truncated { expected: 348, .. }, .. })
    ));
    assert!(matches!(
        read_array(&[], "a.nii"),
        Err(OpenError::InFile { cause: Cause::Truncated { found: 0, .. }, .. })
    ));

    let mut noisy = Nifti::new(false, &[64, 64, 4], 2, 8);
    noisy.bytes.extend((0..64 * 64 * 4_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    let gz = gzip(&noisy.bytes);
    assert!(matches!(
        opened(&gz[..gz.len() / 2]),
        Err(OpenError::InFile { cause: Cause::Truncated { .. }, .. })
    ));
    let mut flipped = gz.clone();
    let checksum = flipped.len() - 8;
    flipped[checksum] ^= 1;
    assert!(matches!(opened(&flipped), Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })));
}

#[test]
fn mutated_files_hold_no_more_than_before_or_are_refused_by_name() {
    let mut nifti = small();
    nifti.put(252, 1_i16.to_le_bytes());
    nifti.put(254, 1_i16.to_le_bytes());
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    // A sample a byte: a damaged file holds no more.
    let most = nifti.bytes.len();
    for sample in [nifti.bytes.clone(), gzip(&nifti.bytes)] {
        for round in 0..1000 {
            let mut bytes = sample.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                bytes[at] = [0, 1, 0x7F, 0xFF, random(256) as u8][random(5)];
            }
            if round % 5 == 0 {
                bytes.truncate(random(bytes.len()));
            }
            for result in [opened(&bytes), opened(&gzip(&bytes))] {
                match result {
                    Ok(opened) => assert!(opened.volume.samples().len() <= most, "{round}"),
                    Err(error) => assert!(error.to_string().contains("scan.nii"), "{round}: {error}"),
                }
            }
            match read_array(&bytes, "mutated.nii") {
                Ok(array) => assert_eq!(array.values.len(), array.dims.iter().product::<usize>()),
                Err(error) => assert!(error.to_string().contains("mutated.nii"), "{round}: {error}"),
            }
        }
    }
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn real_files_open() {
    let Some(folder) = data("formats/nifti") else { return };
    let oct = opened(&fs::read(folder.join("oct_octdl_AMD_0129_rgb_f32.nii.gz")).unwrap()).unwrap();
    // It stores its three channels first: its picture tells that they are no columns.
    assert_eq!((oct.volume.columns(), oct.volume.rows(), oct.volume.bscans()), (512, 512, 3));
    assert!(matches!(oct.volume.samples(), Samples::F32(_)));
    assert_eq!(oct.warnings.len(), 1, "{:?}", oct.warnings);
    assert!(oct.warnings[0].contains("bscans,columns,rows"), "{:?}", oct.warnings);
    assert!(oct.volume.geometry.doubt().is_some(), "1 mm along every axis");

    let plain = opened(&fs::read(folder.join("image10x11x12.nii")).unwrap()).unwrap();
    assert_eq!((plain.volume.columns(), plain.volume.rows(), plain.volume.bscans()), (10, 11, 12));
    let spacing = Axis::ALL.map(|axis| plain.volume.geometry.spacing(axis).mm());
    assert_eq!(spacing, [Some(1.0), Some(2.0), Some(3.0)]);
    let gz = fs::read(folder.join("image10x11x12.nii.gz")).unwrap();
    assert_eq!(gunzip(&gz).len(), 2992);
    assert_eq!(opened(&gz).unwrap().volume, plain.volume);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn mr_volumes_and_their_labels_read_as_arrays() {
    let Some(folder) = data("msd_hippocampus_mri") else { return };
    let mut paths: Vec<_> =
        fs::read_dir(folder.join("labels")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "gz")).take(6) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let labels = read_array(&fs::read(path).unwrap(), name).unwrap();
        let image = read_array(&fs::read(folder.join("images").join(name)).unwrap(), name).unwrap();
        assert_eq!(labels.dims, image.dims, "{name}");
        assert_eq!(labels.spacing_mm, [Some(1.0); 3], "{name}");
        assert_eq!(labels.values.len(), labels.dims.iter().product::<usize>(), "{name}");
        assert!(labels.values.iter().all(|label| [0.0, 1.0, 2.0].contains(label)), "{name}");
        assert!(labels.values.contains(&1.0) && labels.values.contains(&2.0), "{name}");
        assert!(image.values.iter().any(|value| *value > 2.0), "{name}");
    }
}
