//! DICOM: every transfer syntax, where B-scans lie, what is refused, and that
//! nothing panics. The volumes in `fixtures/dicom` were encoded by other
//! programs (`make.py` beside them); all else is built here byte by byte.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod mutations;
mod shared_data;

use std::path::Path;
use std::time::Instant;

use oct::{
    Axis, BScanOrder, BScanPlace, FundusKind, Laterality, SampleType, Samples, ScanPattern, SpacingSource,
};
use oct_formats::{Cause, Format, InputFile, OpenError, Opened, open, open_choice};
use shared_data::data;

const OPT: &str = "1.2.840.10008.5.1.4.1.1.77.1.5.4";
const PHOTOGRAPH: &str = "1.2.840.10008.5.1.4.1.1.77.1.5.1";
const CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7.4";
const SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.4";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const RLE: &str = "1.2.840.10008.1.2.5";
/// Directions of B-scans from the patient's right to left, into the eye.
const FRONTAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

type Tag = (u16, u16);

/// An element in explicit little-endian encoding.
fn element((group, number): Tag, value_type: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend(value_type.as_bytes());
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if value_type == "UI" || value_type == "OB" { 0 } else { b' ' });
    }
    if ["OB", "OW", "SQ", "UN"].contains(&value_type) {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

fn text(tag: Tag, value_type: &str, value: &str) -> Vec<u8> {
    element(tag, value_type, value.as_bytes())
}

fn short(tag: Tag, value: u16) -> Vec<u8> {
    element(tag, "US", &value.to_le_bytes())
}

fn numbers(tag: Tag, values: &[f64]) -> Vec<u8> {
    let words: Vec<String> = values.iter().map(|value| format!("{value:.9}")).collect();
    text(tag, "DS", &words.join("\\"))
}

fn floats(tag: Tag, values: &[f32]) -> Vec<u8> {
    element(tag, "FL", &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>())
}

fn item(content: &[u8]) -> Vec<u8> {
    [&[0xFE, 0xFF, 0x00, 0xE0][..], &(content.len() as u32).to_le_bytes(), content].concat()
}

fn sequence(tag: Tag, items: &[Vec<u8>]) -> Vec<u8> {
    element(tag, "SQ", &items.iter().flat_map(|content| item(content)).collect::<Vec<_>>())
}

/// Pixel data in fragments, after a table of offsets.
fn fragments(offsets: &[u32], fragments: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    bytes.extend(item(&offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect::<Vec<_>>()));
    fragments.iter().for_each(|fragment| bytes.extend(item(fragment)));
    bytes.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    bytes
}

/// An object in parts, so that a test changes the one that it is about.
#[derive(Clone)]
struct Object {
    syntax: &'static str,
    class: &'static str,
    instance: String,
    series: &'static str,
    size: [u16; 2],
    frames: Option<&'static str>,
    bits: [u16; 3],
    signed: bool,
    photometric: &'static str,
    channels: u16,
    /// Further elements.
    more: Vec<u8>,
    /// Functional groups of each frame.
    groups: Vec<Vec<u8>>,
    pixels: Vec<u8>,
}

impl Object {
    /// Three B-scans of 4 x 2 with 8 bits.
    fn volume() -> Self {
        Self {
            syntax: EXPLICIT,
            class: OPT,
            instance: "1.2.3".to_owned(),
            series: "1.2",
            size: [4, 2],
            frames: Some("3"),
            bits: [8, 8, 7],
            signed: false,
            photometric: "MONOCHROME2",
            channels: 1,
            more: numbers((0x28, 0x30), &[0.004, 0.01]),
            groups: Vec::new(),
            pixels: element((0x7FE0, 0x10), "OB", &(0..24).collect::<Vec<u8>>()),
        }
    }

    /// Frame `number` alone, its samples 10 times its number.
    fn single(number: u8) -> Self {
        let volume = Self::volume();
        let pixels = element((0x7FE0, 0x10), "OB", &[10 * number; 8]);
        let more = [volume.more.clone(), text((0x20, 0x13), "IS", &number.to_string())].concat();
        Self { frames: None, instance: format!("1.2.3.{number}"), more, pixels, ..volume }
    }

    fn with(mut self, more: Vec<u8>) -> Self {
        self.more.extend(more);
        self
    }

    /// B-scans of [`Self::volume`] from `positions` in `orientations`.
    fn placed(mut self, places: &[([f64; 3], [f64; 6])]) -> Self {
        self.groups = places
            .iter()
            .map(|(position, orientation)| {
                let position = sequence((0x20, 0x9113), &[numbers((0x20, 0x32), position)]);
                [position, sequence((0x20, 0x9116), &[numbers((0x20, 0x37), orientation)])].concat()
            })
            .collect();
        self
    }

    /// Samples of 16 bits.
    fn words(mut self, words: &[u16]) -> Self {
        self.bits = [16, 16, 15];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.pixels = element((0x7FE0, 0x10), "OW", &bytes);
        self
    }

    fn data_set(&self) -> Vec<u8> {
        let mut bytes = text((0x08, 0x16), "UI", self.class);
        bytes.extend(text((0x08, 0x18), "UI", &self.instance));
        bytes.extend(text((0x20, 0x0D), "UI", "1.1"));
        bytes.extend(text((0x20, 0x0E), "UI", self.series));
        bytes.extend(short((0x28, 0x02), self.channels));
        bytes.extend(text((0x28, 0x04), "CS", self.photometric));
        if let Some(frames) = self.frames {
            bytes.extend(text((0x28, 0x08), "IS", frames));
        }
        bytes.extend(short((0x28, 0x10), self.size[1]));
        bytes.extend(short((0x28, 0x11), self.size[0]));
        for (index, bits) in self.bits.iter().enumerate() {
            bytes.extend(short((0x28, 0x100 + index as u16), *bits));
        }
        bytes.extend(short((0x28, 0x103), u16::from(self.signed)));
        bytes.extend(&self.more);
        if !self.groups.is_empty() {
            bytes.extend(sequence((0x5200, 0x9230), &self.groups));
        }
        bytes.extend(&self.pixels);
        bytes
    }

    fn bytes(&self) -> Vec<u8> {
        file(self.syntax, &self.data_set())
    }

    fn named(&self, path: &str) -> InputFile {
        InputFile { path: path.to_owned(), bytes: self.bytes() }
    }

    fn open(&self) -> Result<Opened, OpenError> {
        open(vec![self.named("scan.dcm")])
    }
}

fn file(syntax: &str, data_set: &[u8]) -> Vec<u8> {
    let meta = text((0x02, 0x10), "UI", syntax);
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element((0x02, 0x00), "UL", &(meta.len() as u32).to_le_bytes()));
    bytes.extend(meta);
    bytes.extend(data_set);
    bytes
}

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dicom").join(format!("{name}.dcm"));
    std::fs::read(path).unwrap()
}

fn opened(bytes: Vec<u8>) -> Result<Opened, OpenError> {
    open(vec![InputFile { path: "scan.dcm".to_owned(), bytes }])
}

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

fn words(samples: &Samples) -> Vec<u16> {
    match samples {
        Samples::U8(samples) => samples.iter().map(|sample| u16::from(*sample)).collect(),
        Samples::U16(samples) => samples.clone(),
        Samples::F32(_) => Vec::new(),
    }
}

/// Name, bits and the largest difference of samples that went in and came out.
const FIXTURES: [(&str, u32, u16); 19] = [
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
fn a_volume_comes_with_all_that_the_file_says_of_it() {
    let opened = opened(fixture("implicit")).unwrap();
    assert_eq!((opened.format, opened.name.as_str()), (Format::Dicom, "scan.dcm"));
    assert_eq!((opened.choices.as_slice(), opened.warnings.as_slice()), (&[][..], &[][..]));
    let volume = opened.volume;
    assert_eq!(volume.vendor.as_deref(), Some("Maker"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("Model 7"));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2019-03-05T14:02:11"));
    let geometry = volume.geometry;
    assert_eq!(geometry.laterality, Some(Laterality::Os));
    assert_eq!(geometry.pattern, ScanPattern::Raster);
    assert_eq!((geometry.axial.mm(), geometry.lateral.mm()), (Some(0.0039), Some(0.0117)));
    // By positions: the slice thickness of 0.03 mm is no distance.
    assert!((geometry.between_bscans.mm().unwrap() - 0.12).abs() < 1e-9);
    for (axis, name) in [(Axis::Axial, "PixelSpacing"), (Axis::BetweenBScans, "ImagePositionPatient")] {
        let SpacingSource::FromFile { tag } = geometry.spacing(axis).source() else { panic!() };
        assert!(tag.starts_with(name), "{tag}");
    }
    // From superior to inferior: towards the feet, against the third axis.
    assert_eq!(geometry.bscan_order(), Some(BScanOrder::SuperiorFirst));
    assert_eq!(geometry.origin_mm, [-3.0, 0.0, 1.2]);
    assert_eq!(geometry.direction, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0]);
    let BScanPlace::Line { start_mm, end_mm } = geometry.places[1] else { panic!() };
    for (is, wanted) in [(start_mm, [-3.0, -1.08]), (end_mm, [-3.0 + 11.0 * 0.0117, -1.08])] {
        assert!(is.iter().zip(wanted).all(|(is, wanted)| (is - wanted).abs() < 1e-9), "{is:?}");
    }
    let source = opened.dicom.unwrap();
    assert_eq!(source.study_instance_uid, "1.2.826.0.1.3680043.8.498.1");
    assert_eq!(source.series_instance_uid, "1.2.826.0.1.3680043.8.498.2");
    assert_eq!(source.frame_of_reference_uid.as_deref(), Some("1.2.826.0.1.3680043.8.498.3"));
    assert_eq!(source.study_date.as_deref(), Some("20190305"));
    let frames: Vec<_> = source.frames.iter().map(|frame| (frame.frame_number, frame.position_mm)).collect();
    assert_eq!(frames[0], (Some(1), Some([-3.0, 0.0, 1.2])));
    assert_eq!((frames.len(), frames[2]), (3, (Some(3), Some([-3.0, 0.0, 0.96]))));
    assert_eq!((source.frames[0].sop_class_uid.as_str(), source.frames[0].orientation), (OPT, Some(FRONTAL)));
}

#[test]
fn the_patient_is_known_in_any_letters_and_named_nowhere_else() {
    let mut opened = opened(fixture("explicit")).unwrap();
    let patient = opened.patient.take().unwrap();
    assert_eq!(patient.name.as_deref(), Some("Müller^Jo"));
    assert_eq!((patient.id.as_deref(), patient.sex.as_deref()), (Some("7"), Some("F")));
    assert_eq!(patient.birth_date.as_deref(), Some("1950-01-02"));
    let said = format!("{opened:?}");
    assert!(!said.contains("ller^Jo") && !said.contains("1950"), "{said}");
    // Family name in Latin-2, given name in Shift-JIS.
    for (letters, stored, name) in [
        ("ISO_IR 101", &b"Nov\xE1k^Ji\xF8\xED"[..], "Novák^Jiří"),
        ("ISO_IR 13", b"\xD4\xCF\xC0\xDE^\xC0\xDB\xB3", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        ("GB18030", b"\xCD\xF5^\xD0\xA1\xB6\xAB", "王^小东"),
    ] {
        let named = Object::volume().with(text((0x08, 0x05), "CS", letters)).with(element(
            (0x10, 0x10),
            "PN",
            stored,
        ));
        assert_eq!(named.open().unwrap().patient.unwrap().name.as_deref(), Some(name));
    }
}

#[test]
fn a_series_of_single_images_is_sorted_by_its_numbers() {
    let place = |number: u8| {
        let position = numbers((0x20, 0x32), &[0.0, 0.0, f64::from(number) * 0.1]);
        [position, numbers((0x20, 0x37), &FRONTAL)].concat()
    };
    let files: Vec<_> = [3, 11, 1, 2, 4, 5, 6, 7, 8, 9, 10]
        .map(|number| Object::single(number).with(place(number)).named(&format!("eye/{}.dcm", 40 - number)))
        .to_vec();
    let opened = open(files).unwrap();
    assert_eq!(opened.name, "eye");
    assert_eq!((opened.warnings.as_slice(), opened.volume.bscans()), (&[][..], 11));
    let firsts: Vec<u16> = words(opened.volume.samples()).iter().step_by(8).copied().collect();
    assert_eq!(firsts, (1..12).map(|number| 10 * number).collect::<Vec<_>>());
    assert!((opened.volume.geometry.between_bscans.mm().unwrap() - 0.1).abs() < 1e-9);
    assert_eq!(opened.volume.geometry.bscan_order(), Some(BScanOrder::InferiorFirst));
    let source = opened.dicom.unwrap();
    assert_eq!(
        (source.frames[1].sop_instance_uid.as_str(), source.frames[1].frame_number),
        ("1.2.3.2", None)
    );

    let gap = [1, 2, 4].map(|number| Object::single(number).named(&format!("{number}.dcm"))).to_vec();
    let opened = open(gap).unwrap();
    assert!(opened.warnings[0].contains("a B-scan may be missing"), "{:?}", opened.warnings);
    let alike = [1, 1].map(|number| Object::single(number).named("x.dcm"));
    let [one, mut other] = alike;
    other.path = "y.dcm".to_owned();
    let opened = open(vec![one, other]).unwrap();
    assert_eq!(opened.volume.bscans(), 1);
    assert_eq!(opened.warnings, ["y.dcm is a copy of another image and was left out."]);
}

#[test]
fn only_positions_and_stated_spacing_tell_how_far_bscans_are_apart() {
    let at =
        |heights: [f64; 3]| Object::volume().placed(&heights.map(|height| ([0.0, 0.0, height], FRONTAL)));
    let thick = numbers((0x18, 0x50), &[0.5]);
    let between = numbers((0x18, 0x88), &[0.25]);
    for (object, pattern, mm) in [
        (at([0.0, 0.1, 0.2]), ScanPattern::Raster, Some(0.1)),
        (at([0.0, 0.1, 0.3]).with(between.clone()), ScanPattern::UnevenRaster, None),
        (at([0.1, 0.1, 0.1]).with(between.clone()), ScanPattern::Repeated, None),
        // Zeros fill a field that had to be written.
        (at([0.0; 3]).with(between.clone()), ScanPattern::NotStated, Some(0.25)),
        (Object::volume().with(between.clone()), ScanPattern::NotStated, Some(0.25)),
        (Object::volume().with(thick.clone()), ScanPattern::NotStated, None),
    ] {
        let geometry = object.open().unwrap().volume.geometry;
        assert_eq!(geometry.pattern, pattern);
        assert_eq!(geometry.between_bscans.mm().map(|mm| (mm * 1e6).round() / 1e6), mm);
    }
    // Shifted down their columns, planes are no farther apart; tilted against each other, they are no raster.
    let shifted = [0.0, 0.1, 0.2].map(|step| ([0.0, step, step], FRONTAL));
    let geometry = Object::volume().placed(&shifted).open().unwrap().volume.geometry;
    assert_eq!(geometry.pattern, ScanPattern::Raster);
    assert!((geometry.between_bscans.mm().unwrap() - 0.1).abs() < 1e-9, "{:?}", geometry.between_bscans);
    let fan = [0.0_f64, 5.0, 10.0].map(|angle| {
        let (sine, cosine) = angle.to_radians().sin_cos();
        ([0.0, 0.0, 0.01 * angle], [1.0, 0.0, 0.0, 0.0, cosine, sine])
    });
    let geometry = Object::volume().placed(&fan).open().unwrap().volume.geometry;
    assert_eq!((geometry.pattern, geometry.voxel_nl()), (ScanPattern::Other, None));
    let opened = at([0.0, 0.1, 0.2]).with(between).open().unwrap();
    assert!(opened.warnings[0].contains("0.25 mm between B-scans"), "{:?}", opened.warnings);

    let geometry = Object { more: thick, ..Object::volume() }.open().unwrap().volume.geometry;
    assert_eq!(geometry.unknown_axes(), Axis::ALL);
    let impossible = Object { more: numbers((0x28, 0x30), &[0.004, 0.0]), ..Object::volume() };
    let opened = impossible.open().unwrap();
    assert_eq!(opened.volume.geometry.unknown_axes(), [Axis::Lateral, Axis::BetweenBScans]);
    assert!(opened.warnings[0].contains("0 as the lateral spacing"), "{:?}", opened.warnings);
    // A distance below 0 is no direction: the standard allows it in nuclear medicine alone.
    for wrong in [0.0, -0.12] {
        let more = numbers((0x18, 0x88), &[wrong]);
        let opened = Object { more, ..Object::volume() }.open().unwrap();
        assert_eq!(opened.volume.geometry.between_bscans.mm(), None);
        assert!(opened.warnings[0].contains("between B-scans spacing"), "{:?}", opened.warnings);
    }
    let unreadable = Object { more: text((0x28, 0x30), "DS", "0.004\\wide"), ..Object::volume() };
    assert!(matches!(
        unreadable.open(),
        Err(OpenError::InFile { cause: Cause::BadField { field: "Pixel Spacing", .. }, .. })
    ));
}

#[test]
fn radial_bscans_are_no_raster() {
    let places: Vec<_> = [0.0_f64, 60.0, 120.0]
        .map(|angle| {
            let (sine, cosine) = angle.to_radians().sin_cos();
            // 3 steps of 0.01 mm from end to end.
            let half = 0.015;
            ([-half * cosine, 0.0, -half * sine], [cosine, 0.0, sine, 0.0, 1.0, 0.0])
        })
        .to_vec();
    let geometry = Object::volume().placed(&places).open().unwrap().volume.geometry;
    assert_eq!((geometry.pattern, geometry.between_bscans.mm()), (ScanPattern::Radial, None));
    assert_eq!(geometry.places.len(), 3);
    assert_eq!(geometry.voxel_nl(), None);
}

/// A fundus image of 8 x 6 in grey with pixels of 0.02 mm in height and 0.01 mm in width.
fn fundus() -> Object {
    Object {
        class: PHOTOGRAPH,
        instance: "1.2.9".to_owned(),
        series: "1.8",
        size: [8, 6],
        frames: None,
        more: numbers((0x28, 0x30), &[0.02, 0.01]),
        pixels: element((0x7FE0, 0x10), "OB", &(0..48).collect::<Vec<u8>>()),
        ..Object::volume()
    }
}

/// B-scans along `courses` (row, column, ...) of [`fundus`].
fn on_fundus(orientation: &str, courses: &[Vec<f32>]) -> Object {
    let groups = courses
        .iter()
        .map(|course| {
            let content = [
                text((0x08, 0x1155), "UI", "1.2.9"),
                floats((0x22, 0x32), course),
                text((0x22, 0x39), "CS", orientation),
            ];
            sequence((0x22, 0x31), &[content.concat()])
        })
        .collect();
    Object { groups, ..Object::volume() }
}

#[test]
fn bscans_are_placed_on_the_fundus_image_that_they_name() {
    let lines: Vec<Vec<f32>> = [1.0, 3.0, 5.0].map(|row| vec![row, 2.0, row, 6.0]).to_vec();
    let scan = on_fundus("LINEAR", &lines).named("scan.dcm");
    let opened = open(vec![fundus().named("fundus.dcm"), scan.clone()]).unwrap();
    assert_eq!((opened.choices.len(), opened.volume.bscans()), (0, 3));
    let reference = opened.volume.fundus.unwrap();
    assert_eq!((reference.kind(), reference.columns(), reference.rows()), (FundusKind::Slo, 8, 6));
    assert_eq!(reference.greys(), (0..48).collect::<Vec<u8>>());
    assert!(
        reference.size_mm().unwrap().iter().zip([0.08, 0.12]).all(|(is, wanted)| (is - wanted).abs() < 1e-9)
    );
    let geometry = opened.volume.geometry;
    assert_eq!(
        (geometry.pattern, geometry.bscan_order()),
        (ScanPattern::Raster, Some(BScanOrder::SuperiorFirst))
    );
    // Two rows of 0.02 mm.
    assert!((geometry.between_bscans.mm().unwrap() - 0.04).abs() < 1e-6);
    let BScanPlace::Line { start_mm, end_mm } = geometry.places[0] else { panic!() };
    for (is, wanted) in [(start_mm, [0.02, 0.02]), (end_mm, [0.06, 0.02])] {
        assert!(is.iter().zip(wanted).all(|(is, wanted)| (is - wanted).abs() < 1e-6), "{is:?}");
    }
    // Without the image its pixels have no size.
    let geometry = open(vec![scan]).unwrap().volume.geometry;
    assert_eq!((geometry.pattern, geometry.between_bscans.mm()), (ScanPattern::Raster, None));
    assert!(geometry.places.is_empty());

    let circle: Vec<f32> = (0..24_u8)
        .map(|step| (f32::from(step) * 15.0).to_radians())
        .flat_map(|angle| [3.0 + angle.sin(), 4.0 + 2.0 * angle.cos()])
        .collect();
    let scan = Object { frames: Some("1"), ..on_fundus("NONLINEAR", &[circle]) }.named("scan.dcm");
    let geometry = open(vec![fundus().named("fundus.dcm"), scan]).unwrap().volume.geometry;
    let [BScanPlace::Circle { centre_mm, start_mm }] = geometry.places[..] else { panic!() };
    for (is, wanted) in [(centre_mm, [0.04, 0.06]), (start_mm, [0.06, 0.06])] {
        assert!(is.iter().zip(wanted).all(|(is, wanted)| (is - wanted).abs() < 1e-6), "{is:?}");
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
fn flow_is_opened_as_angiography_and_en_face_images_are_no_bscans() {
    let analysis = Object { class: "1.2.840.10008.5.1.4.1.1.77.1.5.8", ..Object::volume() };
    let flow = Object::volume().with(text((0x08, 0x08), "CS", "DERIVED\\PRIMARY\\\\OCTA FLOW"));
    for object in [analysis.clone(), flow] {
        assert_eq!(object.open().unwrap().volume.geometry.pattern, ScanPattern::Angiography);
    }
    // Structure is preferred, however few B-scans it has.
    let structure = Object { instance: "1.5".to_owned(), frames: Some("2"), ..Object::volume() };
    let files = vec![analysis.named("a.dcm"), structure.named("b.dcm")];
    let opened = open(files).unwrap();
    assert_eq!((opened.chosen, opened.volume.bscans()), (1, 2));
    assert_eq!(opened.choices, ["OCT angiography, 3 B-scans of 4 x 2", "OCT, 2 B-scans of 4 x 2"]);
    let en_face = Object { class: "1.2.840.10008.5.1.4.1.1.77.1.5.7", ..Object::volume() };
    assert!(
        matches!(en_face.open(), Err(OpenError::InFile { cause: Cause::NoBScans { found, .. }, .. }) if found == "an en-face image")
    );
    let flat = on_fundus("TRANSVERSE", &vec![vec![0.0, 0.0, 6.0, 8.0]; 3]);
    assert!(matches!(flat.open(), Err(OpenError::InFile { cause: Cause::NoBScans { .. }, .. })));
}

#[test]
fn each_volume_of_a_drop_can_be_chosen() {
    let series = |number: u8, series: &'static str| Object {
        series,
        instance: format!("{series}.{number}"),
        ..Object::single(number)
    };
    let files = vec![
        series(1, "1.5").with(text((0x20, 0x62), "CS", "R")).named("a.dcm"),
        Object { class: CAPTURE, instance: "1.9".to_owned(), ..Object::volume() }.named("b.dcm"),
        series(2, "1.6").named("c.dcm"),
        series(3, "1.6").named("d.dcm"),
    ];
    let opened = open(files.clone()).unwrap();
    assert_eq!(
        opened.choices,
        ["OCT, OD, 1 B-scan of 4 x 2", "not stated as OCT, 3 images of 4 x 2", "OCT, 2 B-scans of 4 x 2"]
    );
    assert_eq!((opened.chosen, opened.volume.bscans()), (2, 2));
    for (choice, frames) in [(0, 1), (1, 3), (2, 2)] {
        let opened = open_choice(files.clone(), choice).unwrap();
        assert_eq!((opened.chosen, opened.volume.bscans()), (choice, frames));
    }
    let refused = open_choice(files, 3);
    assert!(matches!(refused, Err(OpenError::NoSuchChoice { choice: 3, count: 3, .. })));
}

#[test]
fn parts_of_a_concatenation_are_one_volume() {
    let part = |number: u16, frames: &'static str, samples: &[u8]| {
        let more = [text((0x20, 0x9161), "UI", "1.7"), short((0x20, 0x9162), number)].concat();
        let pixels = element((0x7FE0, 0x10), "OB", samples);
        Object { frames: Some(frames), instance: format!("1.7.{number}"), pixels, ..Object::volume() }
            .with(more)
    };
    let files = vec![part(2, "1", &[9; 8]).named("a.dcm"), part(1, "2", &[7; 16]).named("b.dcm")];
    let opened = open(files).unwrap();
    assert_eq!((opened.choices.len(), opened.volume.bscans()), (0, 3));
    assert_eq!(words(opened.volume.samples()), [vec![7; 16], vec![9; 8]].concat());
    let numbers: Vec<_> = opened.dicom.unwrap().frames.iter().map(|frame| frame.frame_number).collect();
    // A part that counts its only frame is referred to by that frame.
    assert_eq!(numbers, [Some(1), Some(2), Some(1)]);
}

#[test]
fn objects_without_bscans_are_left_out_and_alone_they_are_named() {
    let segmentation = Object { class: SEGMENTATION, instance: "1.4".to_owned(), ..Object::volume() };
    let opened = open(vec![segmentation.named("seg.dcm"), Object::volume().named("scan.dcm")]).unwrap();
    assert_eq!(opened.warnings, ["seg.dcm holds a segmentation and was left out."]);
    assert_eq!(opened.choices.len(), 0);
    let report = Object { class: "1.2.840.10008.5.1.4.1.1.88.33", pixels: Vec::new(), ..Object::volume() };
    let list = Object { class: "1.2.840.10008.1.3.10", pixels: Vec::new(), ..Object::volume() };
    let bare = Object { pixels: Vec::new(), ..Object::volume() };
    for (object, found) in [
        (segmentation, "a segmentation"),
        (report, "a report"),
        (list, "a list of files (DICOMDIR)"),
        (bare, "no image"),
        (fundus(), "an image of the fundus"),
    ] {
        let found = found.to_owned();
        assert_eq!(
            object.open(),
            Err(OpenError::InFile { file: "scan.dcm".to_owned(), cause: Cause::NoBScans { found } })
        );
    }
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

/// A sequence of undefined length in an item of undefined length, `depth` times.
fn nested(depth: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..depth {
        bytes.extend([0x08, 0x00, 0x40, 0x11, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        bytes.extend([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    for _ in 0..depth {
        bytes.extend([0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0]);
        bytes.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    }
    bytes
}

#[test]
fn lies_are_refused_quickly() {
    let started = Instant::now();
    assert_eq!(Object::volume().with(nested(10)).open().unwrap().volume.bscans(), 3);
    assert!(matches!(
        Object::volume().with(nested(10_000)).open(),
        Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })
    ));

    for frames in ["2147483648", "0", "-1", "65536"] {
        let refused = Object { frames: Some(frames), ..Object::volume() }.open();
        assert!(
            matches!(
                refused,
                Err(OpenError::InFile { cause: Cause::ImpossibleSize { .. }, .. }
                    | OpenError::InFile { cause: Cause::BadField { .. }, .. })
            ),
            "{refused:?}"
        );
    }
    let short = Object { frames: Some("60000"), ..Object::volume() }.open();
    assert!(
        matches!(
            short,
            Err(OpenError::InFile { cause: Cause::Truncated { expected: 480_000, found: 24, .. }, .. })
        ),
        "{short:?}"
    );
    let empty = Object { size: [0, 2], ..Object::volume() }.open();
    assert!(matches!(empty, Err(OpenError::InFile { cause: Cause::ImpossibleSize { columns: 0, .. }, .. })));
    for bits in [[8, 9, 7], [8, 0, 7], [8, 8, 6], [8, 8, 8]] {
        assert!(matches!(
            Object { bits, ..Object::volume() }.open(),
            Err(OpenError::InFile { cause: Cause::BadField { .. }, .. })
        ));
    }

    // Every length of the file, one after the other, past its end.
    let sound = Object::volume().placed(&[([0.0; 3], FRONTAL); 3]).bytes();
    for at in 132..sound.len() - 4 {
        let mut lying = sound.clone();
        lying[at..at + 4].copy_from_slice(&[0xFE, 0xFF, 0xFF, 0x7F]);
        if let Err(error) = opened(lying) {
            assert!(error.to_string().contains("scan.dcm"), "{error}");
        }
    }
    for length in (0..sound.len()).step_by(3) {
        assert!(opened(sound[..length].to_vec()).is_err(), "{length}");
    }

    // Large images of a few bytes in each of the compressions, and too few of them.
    for (name, bits, _) in
        FIXTURES.into_iter().filter(|(name, ..)| name.starts_with("jpeg") || name.starts_with("rle"))
    {
        let sound = fixture(name);
        for (tag, value) in [((0x28_u16, 0x10_u16), 65_535_u16), ((0x28, 0x11), 11)] {
            let mut lying = sound.clone();
            let field = element(tag, "US", &[0, 0])[..8].to_vec();
            let at = lying.windows(8).position(|bytes| bytes == field).unwrap() + 8;
            lying[at..at + 2].copy_from_slice(&value.to_le_bytes());
            let refused = opened(lying);
            assert!(refused.is_err() || name.starts_with("rle") && value == 11, "{name} {bits}");
        }
        let mut lying = sound.clone();
        let at = lying.windows(10).position(|bytes| bytes == b"IS\x02\x003 \x28\x00\x10\x00").unwrap() + 4;
        lying[at] = b'9';
        assert!(
            matches!(opened(lying), Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })),
            "{name}"
        );
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn noise_for_a_jpeg_ls_stream_is_no_panic() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..40 {
        let mut frame = vec![0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 16, 0, 120, 0, 160, 1, 1, 0x11, 0];
        frame.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]);
        frame.extend((0..40_000).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as u8 & 0x7F
        }));
        let noise = Object {
            syntax: "1.2.840.10008.1.2.4.80",
            size: [160, 120],
            frames: Some("1"),
            pixels: fragments(&[], &[frame]),
            ..Object::volume().words(&[])
        };
        let refused = noise.open();
        assert!(
            matches!(refused, Ok(_) | Err(OpenError::InFile { cause: Cause::CannotUnpack { .. }, .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn a_deflated_bomb_is_refused() {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packer, &vec![0; 300 << 20]).unwrap();
    let bomb = file("1.2.840.10008.1.2.1.99", &packer.finish().unwrap());
    assert!(matches!(opened(bomb), Err(OpenError::InFile { cause: Cause::TooLarge { .. }, .. })));
}

#[test]
fn damaged_copies_never_panic() {
    for (name, ..) in FIXTURES {
        mutations::survives("scan.dcm", &fixture(name), &[]);
    }
    let lines: Vec<Vec<f32>> = [1.0, 3.0, 5.0].map(|row| vec![row, 2.0, row, 6.0]).to_vec();
    mutations::survives("scan.dcm", &on_fundus("LINEAR", &lines).bytes(), &[fundus().named("fundus.dcm")]);
    mutations::survives("fundus.dcm", &fundus().bytes(), &[on_fundus("LINEAR", &lines).named("scan.dcm")]);
}

fn folder(part: &str) -> Option<Vec<InputFile>> {
    let folder = data(part)?;
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = |path: std::path::PathBuf| InputFile {
        path: format!("eye/{}", path.file_name().unwrap().to_str().unwrap()),
        bytes: std::fs::read(&path).unwrap(),
    };
    Some(files.map(file).collect())
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn real_multi_frame_objects_are_volumes_of_their_own() {
    let Some(files) = folder("formats/dicom_enhanced_multiframe/dicom_4d_enhanced") else { return };
    let opened = open(files.clone()).unwrap();
    assert_eq!((opened.choices.len(), opened.chosen), (19, 0));
    let volume = &opened.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (3, 2, 4));
    assert_eq!(volume.vendor.as_deref(), Some("TOSHIBA"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("Aquilion ONE"));
    assert_eq!(volume.samples(), &Samples::F32(vec![0.0; 24]));
    let geometry = &volume.geometry;
    assert_eq!((geometry.axial.mm(), geometry.lateral.mm()), (Some(0.43), Some(0.43)));
    assert_eq!((geometry.pattern, geometry.between_bscans.mm()), (ScanPattern::Raster, Some(0.5)));
    assert_eq!(geometry.origin_mm, [-103.378, -112.7536, -729.25]);
    assert_eq!(open_choice(files.clone(), 18).unwrap().volume.bscans(), 4);
    mutations::survives(&files[0].path, &files[0].bytes, &[]);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn real_single_images_with_slopes_are_one_volume() {
    for part in ["dicom_slope", "dicom_intercept", "dicom_window_level"] {
        let Some(files) = folder(&format!("formats/dicom_slope_window/{part}")) else { return };
        let opened = open(files).unwrap();
        assert_eq!((opened.volume.bscans(), opened.warnings.len()), (2, 0), "{:?}", opened.warnings);
        assert_eq!(opened.volume.geometry.between_bscans.mm(), Some(0.5));
        let Samples::F32(samples) = opened.volume.samples() else { panic!() };
        let second = if part == "dicom_intercept" { 0.01 } else { 0.0 };
        assert_eq!((samples[0], samples[6]), (0.0, second));
    }
}

#[test]
fn a_lossy_compression_is_remembered_and_no_other_text_in_its_place() {
    let lossy_of = |elements: &[Vec<u8>]| {
        let opened = open(vec![Object::volume().with(elements.concat()).named("a.dcm")]).unwrap();
        opened.dicom.unwrap().lossy
    };
    let stated = |flag, ratio, method| {
        [
            text((0x28, 0x2110), "CS", flag),
            text((0x28, 0x2112), "DS", ratio),
            text((0x28, 0x2114), "CS", method),
        ]
    };
    let lossy = lossy_of(&stated("01", "9.5\\2", "ISO_15444_1\\ISO_10918_1")).unwrap();
    assert_eq!(lossy.ratio.as_deref(), Some("9.5\\2"));
    assert_eq!(lossy.method.as_deref(), Some("ISO_15444_1\\ISO_10918_1"));
    let lossy = lossy_of(&stated("01", "high", "Doe^Jane")).unwrap();
    assert_eq!((lossy.ratio, lossy.method), (None, None));
    assert_eq!(lossy_of(&stated("00", "1", "ISO_15444_1")), None);
    assert_eq!(lossy_of(&[]), None);
}
