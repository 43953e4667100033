//! NRRD, attached and detached, raw and gzip.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod mutations;
mod shared_data;

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use oct::{Axis, OctVolume, Samples, ScanPattern, SpacingSource};
use oct_formats::{Format, InputFile, OpenError, Opened, open};

const SPACE: &str = "space: left-posterior-superior\nspace directions: (0.01,0,0) (0,0.004,0) (0,0,0.1)\n\
                     space origin: (1,2,3)";

/// A file of 4 x 3 x 2 samples of 16 bits with these more lines.
fn nrrd(more: &str, encoding: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "NRRD0004\n# a comment\ntype: uint16\ndimension: 3\nsizes: 4 3 2\nendian: little\nencoding: {encoding}\n\
         device:=Maker: 7\n{more}\n\n"
    )
    .into_bytes();
    bytes.extend(data);
    bytes
}

fn samples() -> Vec<u8> {
    (0..24_u16).flat_map(u16::to_le_bytes).collect()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn input(path: &str, bytes: Vec<u8>) -> InputFile {
    InputFile { path: path.to_owned(), bytes }
}

fn opened(bytes: Vec<u8>) -> Result<Opened, OpenError> {
    open(vec![input("eye.nrrd", bytes)])
}

fn mm(volume: &OctVolume) -> [Option<f64>; 3] {
    Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm())
}

#[test]
fn raw_and_gzip_attached_and_beside_give_the_same_volume() {
    let raw = opened(nrrd(SPACE, "raw", &samples())).unwrap();
    assert_eq!(raw.format, Format::Nrrd);
    let volume = &raw.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (4, 3, 2));
    assert_eq!(volume.samples(), &Samples::U16((0..24).collect()));
    assert_eq!(mm(volume), [Some(0.01), Some(0.004), Some(0.1)]);
    assert_eq!(
        volume.geometry.axial.source(),
        &SpacingSource::FromFile { tag: "space directions".to_owned() }
    );
    assert_eq!(volume.geometry.origin_mm, [1.0, 2.0, 3.0]);
    // B-scans that are shifted in their own plane are no farther apart.
    let sheared = SPACE.replace("(0,0,0.1)", "(0.02,0.1,-0.1)");
    let sheared = opened(nrrd(&sheared, "raw", &samples())).unwrap();
    assert_eq!(mm(&sheared.volume), [Some(0.01), Some(0.004), Some(0.1)]);
    assert_eq!(&opened(nrrd(SPACE, "gzip", &gzip(&samples()))).unwrap().volume, volume);
    let header = nrrd(&format!("{SPACE}\ndata file: eye.raw"), "raw", &[]);
    let beside = open(vec![input("a/eye.nhdr", header), input("a/eye.raw", samples())]).unwrap();
    assert_eq!(&beside.volume, volume);
    // An ending that other formats have, too.
    let header = nrrd(&format!("{SPACE}\ndata file: eye.img"), "raw", &[]);
    let beside = open(vec![input("eye.nhdr", header), input("eye.img", samples())]).unwrap();
    assert_eq!(&beside.volume, volume);
    let header = nrrd(&format!("{SPACE}\ndata file: ./eye.raw.gz"), "gz", &[]);
    let packed = open(vec![input("eye.nhdr", header), input("eye.raw.gz", gzip(&samples()))]).unwrap();
    assert_eq!(&packed.volume, volume);
}

#[test]
fn other_anatomical_spaces_become_left_posterior_superior() {
    let right = SPACE.replace("left-posterior-superior", "right-anterior-superior");
    let geometry = opened(nrrd(&right, "raw", &samples())).unwrap().volume.geometry;
    assert_eq!(geometry.origin_mm, [-1.0, -2.0, 3.0]);
    assert_eq!(geometry.direction, [-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0]);
}

#[test]
fn a_spacing_without_a_unit_or_a_space_is_unknown_with_a_word() {
    let unitless = opened(nrrd("spacings: 0.01 0.004 0.1", "raw", &samples())).unwrap();
    assert_eq!(mm(&unitless.volume), [None; 3]);
    assert!(unitless.warnings[0].contains("without its unit"));
    let units = "spacings: 10 4 NaN\nunits: \"um\" \"um\" \"um\"";
    let [lateral, axial, between] = mm(&opened(nrrd(units, "raw", &samples())).unwrap().volume);
    assert!((lateral.unwrap() - 0.01).abs() < 1e-12 && (axial.unwrap() - 0.004).abs() < 1e-12);
    assert_eq!(between, None);
}

#[test]
fn a_millimetre_along_every_axis_is_doubted_and_other_units_reach_the_origin() {
    let ones = SPACE.replace("(0.01,0,0) (0,0.004,0) (0,0,0.1)", "(1,0,0) (0,1,0) (0,0,1)");
    let opened_ones = opened(nrrd(&ones, "raw", &samples())).unwrap();
    assert_eq!(mm(&opened_ones.volume), [Some(1.0); 3]);
    let doubt = opened_ones.volume.geometry.doubt().unwrap();
    assert!(doubt.to_string().contains("1 mm apart along every axis"), "{doubt}");
    let in_um = format!("{SPACE}\nspace units: \"um\" \"um\" \"um\"");
    let geometry = opened(nrrd(&in_um, "raw", &samples())).unwrap().volume.geometry;
    for (found, wanted) in geometry.origin_mm.iter().zip([0.001, 0.002, 0.003]) {
        assert!((found - wanted).abs() < 1e-12, "{:?}", geometry.origin_mm);
    }
}

#[test]
fn a_direction_of_no_length_is_an_unknown_spacing() {
    let opened = opened(nrrd(&SPACE.replace("(0.01,0,0)", "(0,0,0)"), "raw", &samples())).unwrap();
    assert_eq!(mm(&opened.volume), [None, Some(0.004), Some(0.1)]);
    assert!(opened.warnings[0].contains("0 as the lateral spacing"), "{:?}", opened.warnings);
}

#[test]
fn what_is_no_volume_is_refused_in_words() {
    let with = |from: &str, to: &str| {
        let header = String::from_utf8(nrrd(SPACE, "raw", &[])).unwrap();
        let mut bytes = header.replace(from, to).into_bytes();
        bytes.extend(samples());
        opened(bytes).unwrap_err().to_string()
    };
    for (from, to, words) in [
        ("NRRD0004", "NRRD1004", "version is 1004"),
        ("uint16", "block", "stores its samples as block"),
        ("4 3 2", "4 3", "does not have as many"),
        ("4 3 2", "4 -3 2", "not a list of whole numbers"),
        ("4 3 2", "40 3 2", "promises 480"),
        ("4 3 2", "0 3 2", "no OCT volume has"),
        ("4 3 2", "65535 65535 65535", "no OCT volume has"),
        ("dimension: 3\nsizes: 4 3 2", "dimension: 4\nsizes: 4 3 2 2", "has 4 dimensions"),
        ("endian: little\n", "", "lacks the field endian"),
        ("little", "middle", "neither little nor big"),
        ("encoding: raw", "encoding: bzip2", "the encoding bzip2"),
        ("encoding: raw", "encoding: raw\nline skip: 3", "line skip 3"),
        ("encoding: raw", "encoding: gzip", "cannot be unpacked"),
        ("(0.01,0,0)", "(-,0,0)", "not a list of vectors"),
        ("device:=", "kinds: RGB-color domain domain\ndevice:=", "colour"),
        ("device:=", "data file: /etc/passwd\ndevice:=", "outside of its own folder"),
        ("device:=", "data file: LIST\ndevice:=", "several files"),
        ("device:=", "data file: eye.raw\ndevice:=", "was not dropped"),
    ] {
        let error = with(from, to);
        assert!(error.contains(words), "{to}: {error}");
    }
}

#[test]
fn more_samples_than_declared_are_refused_and_axes_that_are_no_space_are_told() {
    let longer = [samples(), vec![1; 2]].concat();
    let refused = opened(nrrd(SPACE, "raw", &longer)).unwrap_err().to_string();
    assert!(refused.contains("holds 50 bytes, more than the 48 that its header declares"), "{refused}");
    assert!(opened(nrrd(SPACE, "raw", &[samples(), b"\n".to_vec()].concat())).is_ok());
    assert!(opened(nrrd(SPACE, "gzip", &gzip(&longer))).unwrap_err().to_string().contains("unpacks to more"));
    let last =
        opened(nrrd(&format!("byte skip: -1\n{SPACE}"), "raw", &[vec![7; 5], samples()].concat())).unwrap();
    assert_eq!(last.volume.samples(), &Samples::U16((0..24).collect()));

    let of_kinds = |kinds: &str| opened(nrrd(&format!("kinds: {kinds}\n{SPACE}"), "raw", &samples()));
    let times = of_kinds("domain domain time").unwrap();
    assert_eq!(times.volume.geometry.pattern, ScanPattern::Repeated);
    assert!(times.warnings[0].contains("several times"), "{:?}", times.warnings);
    assert_eq!(of_kinds("space domain list").unwrap().volume.geometry.pattern, ScanPattern::NotStated);
    for kinds in ["4-vector domain domain", "domain domain complex", "3D-matrix domain domain"] {
        assert!(of_kinds(kinds).unwrap_err().to_string().contains("colour"), "{kinds}");
    }
}

#[test]
fn fields_that_state_another_spacing_put_it_in_doubt() {
    let doubt = |more: &str| {
        opened(nrrd(&format!("{more}\n{SPACE}"), "raw", &samples())).unwrap().volume.geometry.doubt()
    };
    assert_eq!(doubt("spacings: 0.01 0.004 0.1"), None);
    assert!(
        doubt("spacings: 0.01 0.004 0.2")
            .unwrap()
            .to_string()
            .contains("0.2 mm by another (space directions; spacings)")
    );
    let with_ends = |ends: &str| {
        let more = format!("space units: \"mm\" \"mm\" \"mm\"\nunits: \"mm\" \"mm\" \"mm\"\n{ends}");
        doubt(&more)
    };
    // Of cells, and of nodes.
    assert_eq!(with_ends("axis mins: 0 0 0\naxis maxs: 0.04 0.012 0.2"), None);
    assert_eq!(with_ends("axis mins: 0 0 0\naxis maxs: 0.03 0.008 0.1"), None);
    assert!(with_ends("axis mins: 0 0 0\naxis maxs: 6 2 6").is_some());
}

#[test]
fn damaged_copies_never_panic() {
    mutations::survives("eye.nrrd", &nrrd(SPACE, "raw", &samples()), &[]);
    mutations::survives("eye.nrrd", &nrrd(SPACE, "gzip", &gzip(&samples())), &[]);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn real_files_of_another_program_are_read() {
    let Some(folder) = shared_data::data("formats/nrrd") else { return };
    let read = |name: &str| input(name, std::fs::read(folder.join(name)).unwrap());
    let whole = open(vec![read("image10x11x12.nrrd")]).unwrap().volume;
    assert_eq!((whole.columns(), whole.rows(), whole.bscans()), (10, 11, 12));
    assert_eq!(mm(&whole), [Some(1.0), Some(2.0), Some(3.0)]);
    for files in [
        vec![read("image10x11x12.nhdr"), read("image10x11x12.raw")],
        vec![read("image10x11x12_compressed.nrrd")],
        vec![read("image10x11x12_compressed.nhdr"), read("image10x11x12_compressed.raw.gz")],
    ] {
        assert_eq!(open(files).unwrap().volume, whole);
    }
    assert!(open(vec![read("image10x11x12_unsupported_version.nrrd")]).is_err());
}
