//! Two visits: scans that are segmented, or what an earlier run wrote of them; what is written
//! names nobody and carries the notice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use fluid::{ModelReport, SegmentedBScan};
use lacuna_cli::args::{Cli, Command};
use lacuna_cli::failure::Failure;
use lacuna_cli::inference::Segmenter;
use lacuna_cli::{compare, segment};
use oct::BScan;
use serde_json::Value;
use ways::Scan;
use ways::container::Container;
use ways::container::dicom::Dicom;
use ways::container::metaimage::MetaImage;
use ways::spacing::Says;

/// Calls what is white in the first row SRF.
struct Fake;

impl Segmenter for Fake {
    fn device(&self) -> String {
        "a stand-in".to_owned()
    }

    fn model(&self) -> ModelReport {
        ModelReport::new("a stand-in", "00")
    }

    fn segment(&self, bscan: BScan<'_>) -> Result<Option<SegmentedBScan>, Failure> {
        let white = bscan.to_f32().into_iter().enumerate();
        let labels = white.map(|(at, grey)| if at < bscan.columns() && grey == 255.0 { 2 } else { 0 });
        Ok(Some(SegmentedBScan::of_labels(labels.collect(), [0.0, 0.5, 0.0])))
    }
}

/// The eye with `white` samples of fluid in the middle of each B-scan.
fn with_fluid(mut scan: Scan, white: usize) -> Scan {
    for bscan in 0..scan.bscans {
        let middle = scan.columns / 2;
        scan.bscan_mut(bscan)[..64].fill(0.0);
        scan.bscan_mut(bscan)[middle..middle + white].fill(255.0);
    }
    scan
}

fn write(root: &Path, container: &Container, scan: &Scan, base: &str) -> PathBuf {
    for file in container.write(scan, Says::TheTruth, base) {
        let path = root.join(file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.bytes).unwrap();
    }
    root.to_owned()
}

/// Two visits in folders that name somebody, with four samples of fluid and with one.
fn visits(root: &Path) -> [PathBuf; 2] {
    let eye = ways::scan::right().scan;
    [("Doe_2020", 4), ("Doe_2021", 1)].map(|(name, white)| {
        let scan = with_fluid(eye.clone(), white);
        write(&root.join(name), &Container::MetaImage(MetaImage::PLAIN), &scan, "Doe_John")
    })
}

fn run(args: &[&str], json: bool) -> Result<String, Failure> {
    let cli = Cli::try_parse_from([&["lacuna", "compare"][..], args].concat()).unwrap();
    let Command::Compare(args) = cli.command else { panic!("compare was asked for") };
    compare::run_with(&args, json, || Ok(Fake))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// In the middle of both, so that nothing depends on how few vessels so small an eye has.
const IN_PLACE: [&str; 2] = ["--landmark", "5,32=5,32"];

#[test]
fn two_scans_are_segmented_compared_and_written_without_names() {
    let root = tempfile::tempdir().unwrap();
    let [before, after] = visits(root.path());
    let out = root.path().join("out");
    let args = [&[text(&before), text(&after), "--out", text(&out)][..], &IN_PLACE[..]].concat();
    let printed = run(&args, false).unwrap();
    assert!(printed.contains("laid on each other by the landmarks given"), "{printed}");
    let row = printed.lines().find(|line| line.starts_with("SRF in what both see")).unwrap();
    assert!(row.ends_with("-75 %"), "{row}");
    assert!(printed.contains("Not a medical device"));
    let json: Value = serde_json::from_slice(&fs::read(out.join(compare::JSON)).unwrap()).unwrap();
    let srf = &json["comparison"]["common"]["volume_nl"]["SRF"];
    let voxel_nl = ways::scan::MM.into_iter().product::<f64>() * 1000.0;
    assert!((srf["difference"].as_f64().unwrap() + 30.0 * voxel_nl).abs() < 1e-9, "{srf}");
    assert_eq!(json["comparison"]["whole_nl"]["IRF"]["before"], 0.0);
    assert_eq!(json["comparison"]["registration"]["by"], "by_hand");
    assert_eq!(json["before"]["input"]["name"], Value::Null);
    let mut names: Vec<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["compare.csv", "compare.json", "compare.png"]);
    for name in names {
        let bytes = fs::read(out.join(&name)).unwrap();
        let content = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!content.contains("Doe") && content.contains("Not a medical device"), "{name}");
    }
    let picture = image::load_from_memory(&fs::read(out.join("compare.png")).unwrap()).unwrap().to_rgb8();
    assert!(picture.pixels().any(|pixel| pixel[2] > pixel[0] + 2), "fluid went away: blue");

    let named = run(&[&args[..], &["--identified"]].concat(), true).unwrap();
    assert!(named.contains("Doe_John.mhd"), "{named}");
}

#[test]
fn what_an_earlier_run_wrote_is_compared_without_the_scans() {
    let root = tempfile::tempdir().unwrap();
    let folders = visits(root.path()).map(|scan| {
        let out = scan.join("results");
        let args = ["lacuna", "segment", text(&scan), "--out", text(&out)];
        let Command::Segment(args) = Cli::try_parse_from(args).unwrap().command else { panic!() };
        segment::run_with(&args, false, || Ok(Fake)).unwrap();
        out
    });
    let cli = Cli::try_parse_from(["lacuna", "compare", text(&folders[0]), text(&folders[1])]).unwrap();
    let Command::Compare(args) = cli.command else { panic!() };
    let no_engine = || -> Result<Fake, Failure> { Err(Failure::Engine("nothing is segmented".to_owned())) };
    let printed = compare::run_with(&args, false, no_engine).unwrap();
    let row = printed.lines().find(|line| line.starts_with("SRF in the whole scans")).unwrap();
    assert!(row.ends_with("-75 %"), "{row}");
    assert!(printed.contains("not laid on each other: the vessels"), "nobody knows a fovea: {printed}");
    let by_hand = run(&[&[text(&folders[0]), text(&folders[1])][..], &IN_PLACE[..]].concat(), true).unwrap();
    let json: Value = serde_json::from_str(&by_hand).unwrap();
    let percent = json["comparison"]["common"]["volume_nl"]["SRF"]["percent"].as_f64().unwrap();
    assert!((percent + 75.0).abs() < 1e-9, "{percent}");

    // A mask that is not the report's.
    fs::copy(folders[0].join("mask.raw"), folders[1].join("mask.raw")).unwrap();
    let refused = run(&[text(&folders[0]), text(&folders[1])], false).unwrap_err();
    assert!(refused.sentence().contains("report.json tells of another mask"), "{}", refused.sentence());
    fs::write(folders[1].join("report.json"), "{}").unwrap();
    let refused = run(&[text(&folders[0]), text(&folders[1])], false).unwrap_err();
    assert_eq!(refused.kind(), "read");
}

#[test]
fn a_right_and_a_left_eye_are_refused_and_nothing_is_written() {
    let root = tempfile::tempdir().unwrap();
    let dicom = Container::Dicom(Dicom::PLAIN);
    let right = write(&root.path().join("right"), &dicom, &ways::scan::right().scan, "eye");
    let left = write(&root.path().join("left"), &dicom, &ways::scan::left().scan, "eye");
    let out = root.path().join("out");
    let refused = run(&[text(&right), text(&left), "--out", text(&out)], false).unwrap_err();
    assert!(refused.sentence().contains("compare scans of one eye"), "{}", refused.sentence());
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn what_is_not_there_and_landmarks_that_cannot_be_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let [before, after] = visits(root.path());
    let missing = root.path().join("missing");
    let refused = run(&[text(&before), text(&missing)], false).unwrap_err();
    assert_eq!(refused.kind(), "read");
    let both = [text(&before), text(&after)];
    for landmarks in [["--landmark", "1,1=900,900"], ["--landmark", "1e308,1=-1e308,1"]] {
        let refused = run(&[&both[..], &landmarks].concat(), false).unwrap_err();
        assert_eq!(refused.kind(), "registration", "{}", refused.sentence());
    }
}
