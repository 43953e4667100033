//! Masks lie on their scans in nibabel, SimpleITK and highdicom (`tests/masks`).
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fluid::{ModelReport, SegmentedBScan};
use oct::Axis;
use oct_formats::InputFile;
use study::{SaveOptions, Study};
use time::OffsetDateTime;

fn python(program: &Path, task: &str, folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/masks/check.py");
    let Output { status, stdout, stderr } =
        Command::new(program).arg(script).arg(task).arg(folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{said}");
    println!("{said}");
}

fn files_of(folder: &Path) -> Vec<InputFile> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let file = |path: &PathBuf| InputFile {
        path: path.file_name().unwrap().to_string_lossy().into_owned(),
        bytes: fs::read(path).unwrap(),
    };
    paths.iter().map(file).collect()
}

/// Saves the mask in which each label is the last two bits of the sample.
fn save_mask(case: &Path) {
    let opened = oct_formats::open(files_of(&case.join("source")))
        .map_err(|error| format!("{}: {error}", case.display()))
        .unwrap();
    let mut study = Study::of_files(opened);
    if let Ok(typed) = fs::read_to_string(case.join("spacing_mm.txt")) {
        let spacing: Vec<(Axis, f64)> =
            Axis::ALL.into_iter().zip(typed.split(' ').map(|mm| mm.parse().unwrap())).collect();
        study.set_spacing(&spacing).unwrap();
    }
    study.begin_run();
    for bscan in 0..study.volume().bscans() {
        let samples = study.volume().bscan(bscan).unwrap().to_f32();
        let labels = samples.iter().map(|sample| *sample as u8 % 4).collect();
        study.take_in(bscan, SegmentedBScan::of_labels(labels, [0.0; 3]), "a pattern").unwrap();
    }
    let model = ModelReport::new("a pattern", "00");
    let created = OffsetDateTime::UNIX_EPOCH;
    let options = SaveOptions { model: &model, device: "a pattern", created, identified: false };
    for file in study.files(&options).unwrap() {
        let path = case.join("mask").join(file.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.bytes).unwrap();
    }
}

#[test]
fn masks_lie_on_their_scans_in_other_programs() {
    let Some(program) = std::env::var_os("LACUNA_PYTHON").map(PathBuf::from) else {
        eprintln!("skipped: LACUNA_PYTHON names no Python with the packages of tests/masks");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    python(&program, "make", folder.path());
    for case in fs::read_dir(folder.path()).unwrap() {
        save_mask(&case.unwrap().path());
    }
    python(&program, "check", folder.path());
}
