//! Stored pixels: transfer syntaxes, bits, slopes, colours.

use oct::{FundusKind, SampleType, Samples};
use oct_formats::{Cause, OpenError, open};

use crate::objects::*;

/// The formula of `make.py`.
fn expected(bits: u32) -> Vec<u16> {
    let mut samples = Vec::new();
    for frame in 0..3 {
        for row in 0..10 {
            for column in 0..12 {
                let grey: u16 = 40 * frame + 9 * row + 4 * column + row * column % 7 * 3;
                samples.push(match bits {
                    8 => grey,
                    12 => 16 * grey + column,
                    _ => 251 * grey + 13 * row + column,
                });
            }
        }
    }
    samples
}

/// Name, bits and the largest difference of samples that went in and came out.
pub const FIXTURES: [(&str, u32, u16); 19] = [
    ("implicit", 8, 0),
    ("explicit", 8, 0),
    ("explicit_16", 16, 0),
    ("deflated", 8, 0),
    ("rle", 8, 0),
    ("rle_16", 16, 0),
    ("jpeg", 8, 6),
    ("jpeg_fragments", 8, 6),
    ("jpeg_lossless_57", 8, 0),
    ("jpeg_lossless_57_16", 16, 0),
    ("jpeg_lossless_70", 8, 0),
    ("jpeg_lossless_70_12", 12, 0),
    ("jpeg_lossless_70_16", 16, 0),
    ("jpeg_ls", 8, 0),
    ("jpeg_ls_16", 16, 0),
    ("jpeg_ls_near", 8, 2),
    ("jpeg_2000", 8, 0),
    ("jpeg_2000_16", 16, 0),
    ("jpeg_2000_lossy", 8, 4),
];

#[test]
fn every_transfer_syntax_gives_the_samples_that_went_in() {
    for (name, bits, most) in FIXTURES {
        let volume = opened(fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}")).volume;
        let kept = if bits == 8 { SampleType::U8 } else { SampleType::U16 };
        assert_eq!(volume.samples().sample_type(), kept, "{name}");
        assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (12, 10, 3), "{name}");
        let samples = words(volume.samples());
        let off = samples.iter().zip(expected(bits)).map(|(out, went_in)| out.abs_diff(went_in)).max();
        assert!(off.unwrap() <= most, "{name}: {off:?}");
    }
}

#[test]
fn a_colour_photograph_is_shown_in_greys_and_a_colour_bscan_is_refused() {
    let colours: Vec<u8> = [[255, 0, 0], [0, 255, 0], [9, 9, 9], [0, 0, 255]].concat();
    let photograph = Object {
        photometric: "RGB",
        channels: 3,
        size: [2, 2],
        pixels: element((0x7FE0, 0x10), "OB", &colours),
        ..fundus()
    };
    let opened = open(vec![photograph.named("colour.dcm"), Object::volume().named("scan.dcm")]).unwrap();
    let reference = opened.volume.fundus.unwrap();
    assert_eq!((reference.kind(), reference.greys()), (FundusKind::Fundus, &[76, 149, 9, 29][..]));

    let capture = Object { class: CAPTURE, frames: Some("1"), ..photograph };
    assert_eq!(capture.open(), Err(OpenError::InFile { file: "scan.dcm".to_owned(), cause: Cause::Colour }));
    let greys = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4];
    let planes = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4];
    let ybr = [1, 128, 128, 2, 128, 128, 3, 128, 128, 4, 128, 127];
    for (photometric, planar, stored) in [("RGB", 0, greys), ("RGB", 1, planes), ("YBR_FULL", 0, ybr)] {
        let pixels = element((0x7FE0, 0x10), "OB", &stored);
        let grey = Object { photometric, pixels, ..capture.clone() }.with(short((0x28, 0x06), planar));
        assert_eq!(grey.open().unwrap().volume.samples(), &Samples::U8(vec![1, 2, 3, 4]));
    }
}

#[test]
fn stored_bits_become_what_they_mean() {
    let capture = |words: &[u16]| Object { class: CAPTURE, ..Object::volume() }.words(words);
    let values: Vec<u16> = (0..24).map(|value| value * 150).collect();
    let open = |object: Object| object.open().unwrap().volume.samples().clone();
    assert_eq!(open(capture(&values)), Samples::U16(values.clone()));
    let inverted = Object { photometric: "MONOCHROME1", bits: [16, 12, 11], ..capture(&values) };
    assert_eq!(open(inverted), Samples::U16(values.iter().map(|value| 4095 - value).collect()));
    // Bits above and below those that are stored belong to something else.
    let shifted: Vec<u16> = values.iter().map(|value| value << 2 | 0xC003).collect();
    let shifted = Object { bits: [16, 12, 13], ..capture(&shifted) };
    assert_eq!(open(shifted), Samples::U16(values.clone()));
    let scaled =
        capture(&values).with([numbers((0x28, 0x1052), &[-10.0]), numbers((0x28, 0x1053), &[0.5])].concat());
    assert_eq!(
        open(scaled),
        Samples::F32(values.iter().map(|value| f32::from(*value) / 2.0 - 10.0).collect())
    );
    let identity =
        capture(&values).with([numbers((0x28, 0x1052), &[0.0]), numbers((0x28, 0x1053), &[1.0])].concat());
    assert_eq!(open(identity), Samples::U16(values.clone()));
    let signed: Vec<i16> = (-12..12).collect();
    let stored: Vec<u16> = signed.iter().map(|value| value.cast_unsigned()).collect();
    let signed = signed.iter().map(|value| f32::from(*value)).collect();
    assert_eq!(open(Object { signed: true, ..capture(&stored) }), Samples::F32(signed));
}

#[test]
fn single_images_keep_their_own_slopes() {
    let scaled = |number: u8, slope: f64| Object::single(number).with(numbers((0x28, 0x1053), &[slope]));
    let opened = open(vec![scaled(1, 1.0).named("1.dcm"), scaled(2, 1.5).named("2.dcm")]).unwrap();
    let Samples::F32(samples) = opened.volume.samples() else { panic!() };
    assert_eq!((samples[0], samples[8]), (10.0, 30.0));
}

#[test]
fn run_lengths_of_colours_and_of_several_fragments_are_unpacked() {
    // Two segments of literals: the high bytes, then the low ones.
    let frame = |high: u8, low: u8| {
        let mut bytes = vec![0; 64];
        bytes[0] = 2;
        bytes[4] = 64;
        bytes[8] = 66;
        bytes.extend([249, high, 249, low]);
        bytes
    };
    let frames = [frame(1, 2), frame(3, 4), frame(5, 6)];
    let packed = Object { syntax: RLE, pixels: fragments(&[], &frames), ..Object::volume().words(&[]) };
    let samples = packed.open().unwrap().volume.samples().clone();
    assert_eq!(words(&samples).iter().step_by(8).copied().collect::<Vec<_>>(), [0x0102, 0x0304, 0x0506]);
    // The same, each frame in two fragments that only the table tells apart.
    let halves: Vec<Vec<u8>> =
        frames.iter().flat_map(|frame| [frame[..20].to_vec(), frame[20..].to_vec()]).collect();
    let offsets = [0, 84, 168];
    let split = Object { pixels: fragments(&offsets, &halves), ..packed.clone() };
    assert_eq!(split.open().unwrap().volume.samples(), &samples);
    let lost = Object { pixels: fragments(&[], &halves), ..packed };
    assert!(matches!(lost.open(), Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })));
}

#[test]
fn files_without_preamble_are_read_where_they_walk() {
    let plain = Object::volume().data_set();
    assert_eq!(opened(plain.clone()).unwrap().volume.bscans(), 3);
    let implicit = fixture("implicit");
    let start = implicit.windows(4).position(|bytes| bytes == [8, 0, 5, 0]).unwrap();
    assert_eq!(opened(implicit[start..].to_vec()).unwrap().volume.bscans(), 3);
    assert_eq!(opened(fixture("explicit")[132..].to_vec()).unwrap().volume.bscans(), 3);
    for other in [b"text".to_vec(), Vec::new(), plain[..plain.len() - 9].to_vec(), [8, 0].repeat(400)] {
        assert!(matches!(
            opened(other),
            Err(OpenError::InFile { cause: Cause::NotWhatItSays { expected: "a DICOM file", .. }, .. })
        ));
    }
}

#[test]
fn what_is_not_read_is_named_in_words() {
    for (syntax, feature) in [
        ("1.2.840.10008.1.2.2", "big-endian numbers (a retired encoding)"),
        ("1.2.840.10008.1.2.4.100", "MPEG-2 video compression"),
        ("1.2.840.10008.1.2.4.110", "JPEG XL compression"),
        ("1.2.840.10008.1.2.4.201", "high-throughput JPEG 2000 compression"),
        ("1.2.840.113619.5.2", "the transfer syntax 1.2.840.113619.5.2"),
    ] {
        let refused = Object { syntax, ..Object::volume() }.open();
        assert!(
            matches!(&refused, Err(OpenError::InFile { cause: Cause::Unsupported { feature: named, .. }, .. }) if named == feature),
            "{refused:?}"
        );
    }
    let palette = Object { photometric: "PALETTE COLOR", ..Object::volume() }.open();
    assert!(matches!(palette, Err(OpenError::InFile { cause: Cause::Unsupported { .. }, .. })));
    let bits = Object { bits: [1, 1, 0], ..Object::volume() }.open();
    assert!(matches!(bits, Err(OpenError::InFile { cause: Cause::SampleType { .. }, .. })));
}
