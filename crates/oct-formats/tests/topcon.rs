//! Topcon `.fda` and `.fds`: generated files, and the real ones where they are.

#![cfg(feature = "readers")]
mod mutations;
mod shared_data;

use oct::{Axis, Laterality, Samples, ScanPattern, SpacingSource};
use oct_formats::{Cause, Format, InputFile, OpenError, Opened, open};

// Lossless codestreams of 8 columns x 6 rows, written by OpenJPEG 2.5 (through Pillow). With row r
// and column c: GREY_8 = 20 r + 5 c + (r c mod 3), GREY_16 = 9000 r + 777 c + 1,
// COLOURS = (GREY_8, GREY_8 + 100, 255 - GREY_8).
const GREY_8: &[u8] = &[
    0xFF, 0x4F, 0xFF, 0x51, 0x00, 0x29, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x06, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x01, 0xFF, 0x52, 0x00, 0x0C, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x01, 0x04, 0x04, 0x00, 0x01, 0xFF, 0x5C, 0x00, 0x07, 0x40, 0x40, 0x48, 0x48, 0x50,
    0xFF, 0x64, 0x00, 0x25, 0x00, 0x01, 0x43, 0x72, 0x65, 0x61, 0x74, 0x65, 0x64, 0x20, 0x62, 0x79, 0x20,
    0x4F, 0x70, 0x65, 0x6E, 0x4A, 0x50, 0x45, 0x47, 0x20, 0x76, 0x65, 0x72, 0x73, 0x69, 0x6F, 0x6E, 0x20,
    0x32, 0x2E, 0x35, 0x2E, 0x34, 0xFF, 0x90, 0x00, 0x0A, 0x00, 0x00, 0x00, 0x00, 0x00, 0x39, 0x00, 0x01,
    0xFF, 0x93, 0xDF, 0x80, 0x68, 0x06, 0xAF, 0x63, 0x92, 0x58, 0x47, 0x83, 0xE5, 0xCF, 0x94, 0x14, 0xF9,
    0x05, 0xC0, 0x7C, 0x23, 0x41, 0xF3, 0x86, 0x80, 0x3A, 0x30, 0x1B, 0xE8, 0xD1, 0x3E, 0xDC, 0xED, 0x0C,
    0xBF, 0x27, 0xFE, 0x45, 0x59, 0x0C, 0xC5, 0x4E, 0x55, 0x7D, 0x3F, 0xFF, 0xD9,
];
const GREY_16: &[u8] = &[
    0xFF, 0x4F, 0xFF, 0x51, 0x00, 0x29, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x06, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x0F, 0x01, 0x01, 0xFF, 0x52, 0x00, 0x0C, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x01, 0x04, 0x04, 0x00, 0x01, 0xFF, 0x5C, 0x00, 0x07, 0x40, 0x80, 0x88, 0x88, 0x90,
    0xFF, 0x64, 0x00, 0x25, 0x00, 0x01, 0x43, 0x72, 0x65, 0x61, 0x74, 0x65, 0x64, 0x20, 0x62, 0x79, 0x20,
    0x4F, 0x70, 0x65, 0x6E, 0x4A, 0x50, 0x45, 0x47, 0x20, 0x76, 0x65, 0x72, 0x73, 0x69, 0x6F, 0x6E, 0x20,
    0x32, 0x2E, 0x35, 0x2E, 0x34, 0xFF, 0x90, 0x00, 0x0A, 0x00, 0x00, 0x00, 0x00, 0x00, 0x3F, 0x00, 0x01,
    0xFF, 0x93, 0xCF, 0xFC, 0x30, 0x5C, 0x07, 0x91, 0xA8, 0x02, 0xFF, 0x26, 0xA0, 0xF2, 0xBE, 0x0E, 0x5B,
    0x2E, 0xAE, 0x63, 0x52, 0x9A, 0xF0, 0xCF, 0xB2, 0x5D, 0x86, 0xEA, 0xDB, 0xC0, 0x3F, 0x60, 0x58, 0x7F,
    0xE0, 0xC1, 0x20, 0x1B, 0xEE, 0x66, 0x63, 0x59, 0x0C, 0xBF, 0x5B, 0x22, 0xF5, 0x1D, 0x01, 0x63, 0xA7,
    0xFF, 0xD9,
];
const COLOURS: &[u8] = &[
    0xFF, 0x4F, 0xFF, 0x51, 0x00, 0x2F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x06, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x07, 0x01, 0x01, 0x07, 0x01, 0x01, 0x07, 0x01, 0x01,
    0xFF, 0x52, 0x00, 0x0C, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x04, 0x04, 0x00, 0x01, 0xFF, 0x5C, 0x00,
    0x07, 0x40, 0x40, 0x48, 0x48, 0x50, 0xFF, 0x64, 0x00, 0x25, 0x00, 0x01, 0x43, 0x72, 0x65, 0x61, 0x74,
    0x65, 0x64, 0x20, 0x62, 0x79, 0x20, 0x4F, 0x70, 0x65, 0x6E, 0x4A, 0x50, 0x45, 0x47, 0x20, 0x76, 0x65,
    0x72, 0x73, 0x69, 0x6F, 0x6E, 0x20, 0x32, 0x2E, 0x35, 0x2E, 0x34, 0xFF, 0x90, 0x00, 0x0A, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x8C, 0x00, 0x01, 0xFF, 0x93, 0xDF, 0x80, 0x68, 0x06, 0xAF, 0x63, 0x92, 0x58, 0x47,
    0x83, 0xE5, 0xCF, 0x94, 0x14, 0xF9, 0x05, 0xCF, 0xB4, 0x30, 0x13, 0x1D, 0xE1, 0xD2, 0x82, 0xDC, 0xBE,
    0x96, 0xC9, 0x3C, 0xEA, 0x47, 0xCF, 0xB4, 0x34, 0x01, 0x75, 0x18, 0xF3, 0x3E, 0x4A, 0xEA, 0x22, 0x1C,
    0xD1, 0x03, 0x71, 0x5F, 0xC0, 0x7C, 0x23, 0x41, 0xF3, 0x86, 0x80, 0x3A, 0x30, 0x1B, 0xE8, 0xD1, 0x3E,
    0xDC, 0xED, 0x0C, 0xBF, 0x27, 0xFE, 0x45, 0x59, 0x0C, 0xC5, 0x4E, 0x55, 0x7D, 0x3F, 0xC0, 0x7C, 0x23,
    0x41, 0xF3, 0x86, 0x80, 0x3A, 0x30, 0x1B, 0xE8, 0xD1, 0x3E, 0xDC, 0xED, 0x0C, 0xBF, 0x27, 0xFE, 0x45,
    0x59, 0x0C, 0xC5, 0x4E, 0x55, 0x7D, 0x3F, 0xC0, 0x7C, 0x22, 0x41, 0xF3, 0x87, 0x80, 0x3A, 0x28, 0x1C,
    0xF4, 0x96, 0x43, 0x0E, 0x3F, 0x0F, 0xFE, 0x6C, 0x95, 0x3F, 0x12, 0x9D, 0x3D, 0x23, 0x5F, 0xFF, 0xD9,
];

const COLUMNS: usize = 8;
const ROWS: usize = 6;

fn grey_8() -> Vec<u8> {
    (0..ROWS).flat_map(|r| (0..COLUMNS).map(move |c| (20 * r + 5 * c + r * c % 3) as u8)).collect()
}

fn grey_16() -> Vec<u16> {
    (0..ROWS).flat_map(|r| (0..COLUMNS).map(move |c| (9000 * r + 777 * c + 1) as u16)).collect()
}

/// A file of chunks.
struct Topcon(Vec<u8>);

impl Topcon {
    fn new(kind: &[u8; 3]) -> Self {
        let mut bytes = b"FOCT".to_vec();
        bytes.extend(kind);
        bytes.extend([1, 0, 0, 0, 0xE9, 3, 0, 0]);
        Self(bytes)
    }

    fn chunk(mut self, name: &str, content: &[u8]) -> Self {
        self.0.push(name.len() as u8);
        self.0.extend(name.as_bytes());
        self.0.extend((content.len() as u32).to_le_bytes());
        self.0.extend(content);
        self
    }

    fn bscans(self, mode: u8, codestreams: &[&[u8]]) -> Self {
        let mut content = vec![mode];
        content.extend(words(&[829, 3071, COLUMNS as u32, ROWS as u32, codestreams.len() as u32, 0xA02]));
        for codestream in codestreams {
            content.extend(words(&[codestream.len() as u32]));
            content.extend(*codestream);
        }
        self.chunk("@IMG_JPEG", &content)
    }

    /// `@IMG_SCAN_03`.
    fn raw(self, mode: u8, [columns, rows, bscans]: [u32; 3], samples: &[u16]) -> Self {
        let mut content = vec![mode];
        content.extend(words(&[columns, rows, 16, bscans]));
        content.push(0);
        content.extend(words(&[2 * samples.len() as u32]));
        content.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        self.chunk("@IMG_SCAN_03", &content)
    }

    /// mm, mm, µm.
    fn parameters(self, size: [f64; 3]) -> Self {
        let mut content = vec![3, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
        content.extend(size.iter().flat_map(|value| value.to_le_bytes()));
        content.extend([0; 18]);
        self.chunk("@PARAM_SCAN_04", &content)
    }

    fn contour(self, id: &str, columns: u32, bscans: u32, heights: &[u16]) -> Self {
        let mut content = id.as_bytes().to_vec();
        content.resize(22, 0);
        content.extend(words(&[columns, bscans, 2 * heights.len() as u32]));
        content.extend(heights.iter().flat_map(|height| height.to_le_bytes()));
        content.extend([0; 32]);
        self.chunk("@CONTOUR_INFO", &content)
    }

    fn open(mut self, path: &str) -> Result<Opened, OpenError> {
        self.0.push(0);
        open(vec![InputFile { path: path.to_owned(), bytes: self.0 }])
    }
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn from_file(tag: &str) -> SpacingSource {
    SpacingSource::FromFile { tag: tag.to_owned() }
}

fn whole() -> Topcon {
    let mut capture = vec![1, 2, 0, 0, 0, 0];
    capture.resize(106, 0);
    capture.extend([2019_u16, 3, 5, 14, 2, 11].iter().flat_map(|part| part.to_le_bytes()));
    let mut patient = vec![0; 615];
    for (at, text) in [(0, "4711"), (32, "John"), (64, "Doe")] {
        patient[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    patient[104] = 2;
    patient[105..111].copy_from_slice(&[0x9E, 7, 1, 0, 2, 0]);
    let mut fundus = words(&[COLUMNS as u32, ROWS as u32, 24, 1, 0xA02, COLOURS.len() as u32]);
    fundus.extend(COLOURS);
    let mut model = b"3DOCT-2000".to_vec();
    model.resize(100, 0);
    Topcon::new(b"FDA")
        .chunk("@HW_INFO_03", &model)
        .chunk("@PATIENT_INFO_02", &patient)
        .chunk("@CAPTURE_INFO_02", &capture)
        .bscans(2, &[GREY_8, GREY_8, GREY_8])
        .parameters([6.0, 4.5, 2.6])
        .chunk("@IMG_FUNDUS", &fundus)
}

#[test]
fn compressed_bscans_come_with_spacing_eye_date_device_and_fundus() {
    let opened = whole().open("a/scan.fda").unwrap();
    assert_eq!((opened.format, opened.name.as_str()), (Format::Topcon, "scan.fda"));
    assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
    let volume = &opened.volume;
    assert_eq!(*volume.samples(), Samples::U8(grey_8().repeat(3)));
    let geometry = &volume.geometry;
    assert_eq!(geometry.pattern, ScanPattern::Raster);
    assert_eq!(geometry.laterality, Some(Laterality::Os));
    assert_eq!(geometry.lateral.mm(), Some(0.75));
    assert!((geometry.axial.mm().unwrap() - 0.0026).abs() < 1e-12);
    assert_eq!(geometry.between_bscans.mm(), Some(1.5));
    assert_eq!(*geometry.between_bscans.source(), from_file("@PARAM_SCAN_04"));
    assert_eq!(volume.vendor.as_deref(), Some("Topcon"));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2019-03-05T14:02:11"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("3DOCT-2000"));
    let reference = volume.fundus.as_ref().unwrap();
    let green: Vec<u8> = grey_8().iter().map(|value| value + 100).collect();
    assert_eq!((reference.columns(), reference.rows(), reference.greys()), (8, 6, green.as_slice()));
}

#[test]
fn the_patient_is_in_one_place_only() {
    let opened = whole().open("scan.fda").unwrap();
    let patient = opened.patient.clone().unwrap();
    assert_eq!(patient.name.as_deref(), Some("Doe^John"));
    assert_eq!(patient.id.as_deref(), Some("4711"));
    assert_eq!(patient.birth_date.as_deref(), Some("1950-01-02"));
    assert_eq!(patient.sex.as_deref(), Some("F"));
    let shown = format!("{opened:?}");
    assert!(["Doe", "John", "4711", "1950"].iter().all(|word| !shown.contains(word)));
}

#[test]
fn sixteen_bits_survive_the_compression() {
    let opened = Topcon::new(b"FDA").bscans(2, &[GREY_16, GREY_16]).open("scan.fda").unwrap();
    assert_eq!(*opened.volume.samples(), Samples::U16(grey_16().repeat(2)));
    assert_eq!(opened.volume.geometry.unknown_axes().len(), 3);
}

#[test]
fn each_way_of_scanning_states_what_it_can() {
    for (mode, pattern, lateral, between) in [
        (0, ScanPattern::Repeated, Some(0.75), None),
        (1, ScanPattern::Circle, None, None),
        (2, ScanPattern::Raster, Some(0.75), Some(2.25)),
        (3, ScanPattern::Radial, Some(0.75), None),
        (6, ScanPattern::Raster, None, None),
        (7, ScanPattern::NotStated, Some(0.75), None),
        (11, ScanPattern::Other, None, None),
        (99, ScanPattern::NotStated, None, None),
    ] {
        let file = Topcon::new(b"FDA").bscans(mode, &[GREY_8, GREY_8]).parameters([6.0, 4.5, 3.5]);
        let geometry = file.open("scan.fda").unwrap().volume.geometry;
        assert_eq!(geometry.pattern, pattern, "{mode}");
        assert_eq!(geometry.lateral.mm(), lateral, "{mode}");
        assert_eq!(geometry.between_bscans.mm(), between, "{mode}");
    }
}

#[test]
fn lengths_that_the_file_states_twice_have_to_agree() {
    let file = || Topcon::new(b"FDA").bscans(2, &[GREY_8, GREY_8]).parameters([6.0, 4.5, 3.5]);
    let box_of = |wide: u32, high: u32| words(&[100, 200, 100 + wide, 200 + high, 0, 0, 0, 0]);
    let contradicted = |file: Topcon| {
        let geometry = file.open("scan.fda").unwrap().volume.geometry;
        geometry.contradictions.len()
    };
    assert_eq!(contradicted(file()), 0);
    assert_eq!(contradicted(file().chunk("@EFFECTIVE_SCAN_RANGE", &box_of(640, 482))), 0);
    assert_eq!(contradicted(file().chunk("@EFFECTIVE_SCAN_RANGE", &box_of(640, 640))), 1);
    let older = |size: [f64; 3]| {
        let mut content = vec![0; 21];
        content.extend(size.iter().flat_map(|value| value.to_le_bytes()));
        content.resize(82, 0);
        content
    };
    assert_eq!(contradicted(file().chunk("@PARAM_SCAN_02", &older([6.0, 4.5, 3.5]))), 0);
    assert_eq!(contradicted(file().chunk("@PARAM_SCAN_02", &older([6.0, 9.0, 3.5]))), 1);
}

#[test]
fn flow_and_the_front_of_the_eye_are_shown_and_not_measured() {
    let file = |kind: &[u8; 3]| Topcon::new(kind).bscans(2, &[GREY_8, GREY_8]).parameters([6.0, 4.5, 3.5]);
    for (file, pattern) in [
        (file(b"FDA"), ScanPattern::Raster),
        (file(b"FAA"), ScanPattern::NoRetina),
        (file(b"FDA").chunk("@PARAM_ANGIOGRAPHY", &[0; 8]), ScanPattern::Angiography),
    ] {
        assert_eq!(file.open("scan.fda").unwrap().volume.geometry.pattern, pattern);
    }
}

#[test]
fn one_bscan_of_a_field_is_not_a_field_wide() {
    let file = Topcon::new(b"FDA").bscans(2, &[GREY_8]).parameters([6.0, 6.0, 3.5]);
    let geometry = file.open("scan.fda").unwrap().volume.geometry;
    assert_eq!((geometry.pattern, geometry.between_bscans.mm()), (ScanPattern::SingleBScan, None));
}

#[test]
fn with_bscans_missing_their_distance_is_unknown() {
    let file = Topcon::new(b"FDA").bscans(2, &[GREY_8, GREY_8]).parameters([6.0, 6.0, 3.5]);
    let opened = file.contour("RETINA_1", 8, 128, &[3; 8 * 128]).open("scan.fda").unwrap();
    assert_eq!(opened.volume.geometry.between_bscans.mm(), None);
    assert!(opened.volume.surfaces.is_empty());
    assert_eq!(opened.warnings.len(), 2);
}

/// B-scans of 16 x 40 in which the retina begins a row deeper each.
fn steps() -> Vec<u16> {
    let begins = |bscan: usize| 10 + 4 * bscan;
    (0..5)
        .flat_map(|bscan| (0..40 * 16).map(move |at| if at / 16 >= begins(bscan) { 30_000 } else { 300 }))
        .collect()
}

#[test]
fn boundaries_find_their_bscans_in_either_order() {
    // Row 10 + 4 B-scan is 30 - 4 B-scan from the bottom.
    let heights: Vec<u16> = (0..5).flat_map(|bscan| [30 - 4 * bscan; 16]).collect();
    let reversed: Vec<u16> = heights.iter().rev().copied().collect();
    for heights in [heights, reversed] {
        let file = Topcon::new(b"FDA").raw(2, [16, 40, 5], &steps());
        let file = file.contour("RETINA_1", 16, 5, &heights).contour("RETINA_3", 16, 5, &[0; 80]);
        let opened = file.open("scan.fda").unwrap();
        let [ilm, other] = opened.volume.surfaces.as_slice() else { panic!("{:?}", opened.warnings) };
        let expected: Vec<f32> = (0..5).flat_map(|bscan| [10.0 + 4.0 * bscan as f32; 16]).collect();
        assert_eq!((ilm.name.as_str(), &ilm.row), ("ILM", &expected));
        assert_eq!((other.name.as_str(), other.coverage()), ("RETINA_3", 0.0));
    }
}

#[test]
fn boundaries_that_fit_both_ways_are_left_out() {
    let file = Topcon::new(b"FDA").raw(2, [16, 40, 5], &[700; 16 * 40 * 5]);
    let opened = file.contour("RETINA_1", 16, 5, &[20; 80]).open("scan.fda").unwrap();
    assert!(opened.volume.surfaces.is_empty());
    assert!(opened.warnings[0].contains("layer boundaries"));
}

#[test]
fn samples_corrected_for_motion_stand_in_for_those_that_are_missing() {
    let samples: Vec<u16> = (0..24).map(|value| 1000 * value).collect();
    let mut content = vec![0];
    content.extend(words(&[2, 3, 16, 4]));
    content.extend([0; 17]);
    content.extend(words(&[48]));
    content.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let opened = Topcon::new(b"FDS").chunk("@IMG_MOT_COMP_03", &content).open("scan.fds").unwrap();
    assert_eq!(*opened.volume.samples(), Samples::U16(samples));
}

#[test]
fn a_negative_width_is_an_unknown_spacing() {
    let file = Topcon::new(b"FDA").raw(2, [2, 3, 4], &[1; 24]).parameters([-6.0, 6.0, 3.5]);
    let opened = file.open("scan.fda").unwrap();
    assert_eq!(opened.volume.geometry.unknown_axes(), [Axis::Lateral]);
    assert!(opened.warnings.iter().any(|said| said.contains("-3 as the lateral spacing")));
}

#[test]
fn each_defect_has_its_own_sentence() {
    let errors = [
        (Topcon::new(b"FDA"), "scan.fda holds no B-scans (no image at all)"),
        (Topcon::new(b"FDA").chunk("@IMG_FUNDUS", &[0; 24]), "holds no B-scans (@IMG_FUNDUS)"),
        (Topcon::new(b"FDA").bscans(2, &[COLOURS]), "scan.fda is a colour image"),
        (Topcon::new(b"FDA").bscans(2, &[GREY_8, GREY_16]), "do not make one volume"),
        (Topcon::new(b"FDA").bscans(2, &[&GREY_8[..GREY_8.len() - 2]]), "ends too early"),
        (Topcon::new(b"FDA").raw(2, [2, 3, 4], &[1; 23]), "is not the size of its B-scans"),
        (Topcon::new(b"FDA").raw(2, [0, 3, 4], &[1; 24]), "declares 0 columns"),
        (Topcon::new(b"FDA").raw(2, [u32::MAX; 3], &[1; 24]), "declares 4294967295 columns"),
    ];
    for (file, part) in errors {
        let sentence = file.open("scan.fda").unwrap_err().to_string();
        assert!(sentence.contains(part), "{sentence}");
    }
    let mut cut = whole().0;
    cut.truncate(cut.len() - 1);
    let error = open(vec![InputFile { path: "scan.fda".to_owned(), bytes: cut }]).unwrap_err();
    assert!(matches!(error, OpenError::InFile { cause: Cause::Truncated { .. }, .. }), "{error}");
}

#[test]
fn a_scan_of_the_cornea_says_so() {
    let opened = Topcon::new(b"FAA").bscans(3, &[GREY_8]).open("scan.fda").unwrap();
    assert!(opened.warnings[0].contains("front of the eye"));
}

#[test]
fn damage_is_no_panic() {
    mutations::survives("scan.fda", &whole().0, &[]);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn damage_to_a_real_file_is_no_panic() {
    let Some(path) = shared_data::data("formats/topcon/fda_minimized.fda") else { return };
    mutations::survives("scan.fda", &std::fs::read(path).unwrap(), &[]);
}

/// Size and spacing after the test of panimg, which the file comes from; sum
/// and extremes of the samples after Pillow (OpenJPEG).
#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn a_real_fda_has_the_samples_that_openjpeg_finds() {
    let Some(path) = shared_data::data("formats/topcon/fda_minimized.fda") else { return };
    let file = InputFile { path: "scan.fda".to_owned(), bytes: std::fs::read(path).unwrap() };
    let opened = open(vec![file]).unwrap();
    let volume = &opened.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (512, 650, 1));
    let Samples::U8(samples) = volume.samples() else { panic!("8-bit samples") };
    let sum: i64 = samples.iter().map(|sample| i64::from(*sample)).sum();
    // Lossy: the last bit of a sample may differ between decoders.
    assert!((sum - 8_996_012).abs() < 500, "{sum}");
    assert_eq!((samples.iter().min(), samples.iter().max()), (Some(&0), Some(&255)));
    assert_eq!(volume.geometry.lateral.mm(), Some(0.011_718_75));
    assert_eq!(volume.geometry.axial.mm(), Some(0.0035));
    assert_eq!(volume.geometry.between_bscans.mm(), None);
    assert_eq!(volume.geometry.pattern, ScanPattern::SingleBScan);
    assert_eq!(volume.geometry.laterality, Some(Laterality::Os));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2010-07-09T09:23:36"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("3DOCT-1000MK2"));
    let reference = volume.fundus.as_ref().unwrap();
    assert_eq!((reference.columns(), reference.rows()), (2, 3));
    // Boundaries of all 128 B-scans that were taken.
    assert!(volume.surfaces.is_empty());
    assert_eq!(opened.warnings.len(), 1);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn a_real_fds_has_its_16_bit_samples() {
    let Some(path) = shared_data::data("formats/topcon/fds_minimized.fds") else { return };
    let file = InputFile { path: "scan.fds".to_owned(), bytes: std::fs::read(path).unwrap() };
    let volume = open(vec![file]).unwrap().volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (2, 3, 4));
    let Samples::U16(samples) = volume.samples() else { panic!("16-bit samples") };
    assert_eq!(samples[..8], [18417, 18857, 16765, 16123, 18132, 12364, 14644, 10819]);
    let spacing = [&volume.geometry.lateral, &volume.geometry.axial, &volume.geometry.between_bscans];
    assert_eq!(spacing.map(oct::AxisSpacing::mm), [Some(3.0), Some(0.0035), Some(1.5)]);
    assert_eq!(volume.fundus.unwrap().greys().len(), 6);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn an_empty_file_is_named() {
    let Some(path) = shared_data::data("formats/topcon/corrupt.fds") else { return };
    let file = InputFile { path: "corrupt.fds".to_owned(), bytes: std::fs::read(path).unwrap() };
    let sentence = open(vec![file]).unwrap_err().to_string();
    assert!(
        sentence.contains("corrupt.fds is not a Topcon file") && sentence.contains("empty"),
        "{sentence}"
    );
}
