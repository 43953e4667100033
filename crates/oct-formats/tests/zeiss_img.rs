//! Zeiss Cirrus `.img`, generated: no public sample may be used.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod mutations;

use oct::{Axis, Laterality, OctVolume, Samples, ScanPattern, SpacingSource};
use oct_formats::{Format, InputFile, OpenError, Opened, open};

const CUBE: &str = "P4711_Macular Cube 512x128_3-25-2019_14-2-11_OS_sn99_cube_z.img";

fn opened(name: &str, bytes: Vec<u8>) -> Result<Opened, OpenError> {
    open(vec![InputFile { path: name.to_owned(), bytes }])
}

fn mm(volume: &OctVolume) -> [Option<f64>; 3] {
    Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm())
}

fn samples(volume: &OctVolume) -> &[u8] {
    match volume.samples() {
        Samples::U8(samples) => samples,
        other => panic!("{:?}", other.sample_type()),
    }
}

#[test]
fn a_macular_cube_comes_upright_with_the_spacing_of_its_protocol() {
    let (columns, rows, bscans) = (512, 1024, 128);
    let mut stored = vec![0; columns * rows * bscans];
    // In the second B-scan of the file, the first row holds the choroid's end.
    let second = columns * rows;
    stored[second] = 10;
    stored[second + 1] = 20;
    stored[second + columns] = 30;
    // Four values would be a mask.
    stored[second + columns + 1] = 40;
    let opened = opened(CUBE, stored).unwrap();
    let volume = &opened.volume;
    assert_eq!(opened.format, Format::ZeissImg);
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (columns, rows, bscans));
    let at = |column: usize, row: usize| samples(volume)[second + row * columns + column];
    assert_eq!((at(511, 1023), at(510, 1023), at(511, 1022)), (10, 20, 30));
    // 2 mm over 1024 rows and 6 mm over the others: not 0.002 mm for all of them.
    let [lateral, axial, between] = mm(volume).map(Option::unwrap);
    assert!(
        (lateral - 0.01174).abs() < 1e-5 && (axial - 0.00196).abs() < 1e-5 && (between - 0.0472).abs() < 1e-4
    );
    for axis in Axis::ALL {
        assert!(matches!(volume.geometry.spacing(axis).source(), SpacingSource::VendorDefault { .. }));
    }
    let cube_nl = volume.geometry.voxel_nl().unwrap() * (columns * rows * bscans) as f64;
    assert!((cube_nl / 72_000.0 - 1.0).abs() < 0.02, "{cube_nl}");
    assert_eq!(volume.geometry.pattern, ScanPattern::Raster);
    assert_eq!(volume.geometry.bscan_order(), None);
    assert_eq!(volume.geometry.laterality, Some(Laterality::Os));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2019-03-25"));
    assert!(opened.warnings[0].contains("no spacing"));
    assert_eq!(opened.patient.unwrap().id.as_deref(), Some("P4711"));
}

#[test]
fn other_protocols_are_told_by_size_and_name() {
    let open = |name: &str, samples: usize| opened(name, vec![7; samples]).unwrap().volume;
    let disc = open("scan.img", 200 * 200 * 1024);
    assert_eq!((disc.columns(), disc.bscans()), (200, 200));
    assert!((mm(&disc)[2].unwrap() - 6.0 / 199.0).abs() < 1e-9);
    let lines = open("P1_HD 5 Line Raster_3-25-2019_OD_sn1_lineEnhanced.img", 1024 * 5 * 1024);
    assert_eq!((lines.columns(), lines.bscans(), mm(&lines)), (1024, 5, [None; 3]));
    let flow = open("P1_Angiography 3x3 mm_3-25-2019_OD_sn1_FlowCube_z.img", 20 * 20 * 1024);
    assert_eq!((flow.columns(), flow.geometry.pattern), (20, ScanPattern::Angiography));
    assert_eq!(flow.geometry.voxel_nl(), None);
    let structure = open("P1_Angiography 3x3 mm_3-25-2019_OD_sn1_cube_z.img", 20 * 20 * 1024);
    assert!((mm(&structure)[0].unwrap() - 3.0 / 19.0).abs() < 1e-9);
    let front = open("P1_Anterior Segment Cube 512x128_3-25-2019_OD_sn1_cube_z.img", 512 * 128 * 1024);
    assert_eq!((front.columns(), front.bscans(), mm(&front)), (512, 128, [None; 3]));
    assert_eq!(front.geometry.pattern, ScanPattern::NoRetina);
    let wide = open("P1_Angiography 8x6 mm_3-25-2019_OD_sn1_cube_z.img", 20 * 20 * 1024);
    assert_eq!([mm(&wide)[0], mm(&wide)[2]], [Some(8.0 / 19.0), Some(6.0 / 19.0)]);
    // A size in the name that no protocol has is believed, its field is not known.
    let custom = open("P1_Macular Cube 64x3_3-25-2019_OD_sn1_cube_z.img", 64 * 3 * 1024);
    assert_eq!((custom.columns(), custom.bscans(), mm(&custom)), (64, 3, [None; 3]));
}

#[test]
fn other_sizes_are_refused_in_words() {
    for (name, samples, words) in [
        (CUBE, 0, "it is empty"),
        (CUBE, 1 << 20, "no cube of 512 x 1024 x 128"),
        ("scan.img", 1024, "no cube of"),
        ("P1_Macular Cube 512x128_3-25-2019_OD_sn1_hidef_z.img", 2 << 20, "crossed"),
        ("P1_Macular Cube 0x0_OD_cube_z.img", 0, "it is empty"),
    ] {
        let error = opened(name, vec![0; samples]).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains(name), "{error}");
    }
}

#[test]
fn damaged_copies_never_panic() {
    mutations::survives("P1_Macular Cube 8x2_3-25-2019_OD_sn1_cube_z.img", &[7; 8 * 2 * 1024], &[]);
}
