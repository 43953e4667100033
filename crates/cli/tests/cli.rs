//! The compiled program, from the outside.

// Helpers of tests are tests too; clippy only sees `#[test]` functions.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use oct::{Axis, OctVolume};
use oct_formats::{InputFile, Opened};
use serde_json::Value;

fn lacuna(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lacuna")).args(args).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A phantom of two B-scans in `folder`.
fn phantom(folder: &Path, style: &str, seed: &str) {
    let made = lacuna(&[
        "phantom",
        "--style",
        style,
        "--seed",
        seed,
        "--frames",
        "2",
        "--fluid",
        "irf,srf",
        "--out",
        text(folder),
    ]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn reopen(folder: &Path, names: &[&str]) -> Opened {
    let file = |name: &&str| InputFile { path: (*name).into(), bytes: fs::read(folder.join(name)).unwrap() };
    oct_formats::open(names.iter().map(file).collect()).unwrap()
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_phantom_is_in_retouch_layout_and_info_reads_its_size_and_spacing() {
    let root = tempfile::tempdir().unwrap();
    phantom(root.path(), "spectralis", "7");
    assert_eq!(entries(root.path()), ["oct.mhd", "oct.raw", "reference.mhd", "reference.raw"]);

    // The header alone: its raw file is found beside it.
    let info = lacuna(&["info", text(&root.path().join("oct.mhd")), "--json"]);
    assert_eq!(info.status.code(), Some(0), "{}", String::from_utf8_lossy(&info.stderr));
    let info = json(&info);
    assert_eq!((&info["columns"], &info["rows"], &info["frames"]), (&512.into(), &496.into(), &2.into()));
    assert_eq!(info["sample_type"], "u16");
    assert_eq!(info["spacing_mm"]["axial"]["source"], "from_file");
    let axial = info["spacing_mm"]["axial"]["mm"].as_f64().unwrap();
    assert!((0.003..0.005).contains(&axial), "RETOUCH's Spectralis has 0.00387 mm, not {axial}");
    assert!(info["spacing_mm"]["between_bscans"]["mm"].as_f64().is_some());
}

#[test]
fn the_same_seed_gives_the_same_eye() {
    let root = tempfile::tempdir().unwrap();
    let (a, b, c) = (root.path().join("a"), root.path().join("b"), root.path().join("c"));
    phantom(&a, "cirrus", "1");
    phantom(&b, "cirrus", "1");
    phantom(&c, "cirrus", "2");
    let raw = |folder: &Path| fs::read(folder.join("oct.raw")).unwrap();
    assert!(raw(&a) == raw(&b));
    assert!(raw(&a) != raw(&c));
}

#[test]
fn bad_input_is_exit_code_1_and_one_sentence() {
    let root = tempfile::tempdir().unwrap();
    let noise = root.path().join("noise.mhd");
    fs::write(&noise, [0x5a; 100]).unwrap();
    let empty = root.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let missing = root.path().join("missing.mhd");
    let out = root.path().join("out");
    for input in [&noise, &empty, &missing] {
        for command in [vec!["info", text(input)], vec!["segment", text(input), "--out", text(&out)]] {
            let failed = lacuna(&command);
            assert_eq!(failed.status.code(), Some(1), "{command:?}");
            let stderr = String::from_utf8(failed.stderr).unwrap();
            assert_eq!(stderr.lines().count(), 1, "{stderr}");
            assert!(stderr.starts_with("lacuna: ") && stderr.trim_end().ends_with('.'), "{stderr}");
            assert!(failed.stdout.is_empty());
        }
    }
    assert!(!out.exists(), "bad input makes no folder");
}

#[test]
fn with_json_a_failure_is_a_document_on_stdout_too() {
    let failed = lacuna(&["info", "/nonexistent/oct.mhd", "--json"]);
    assert_eq!(failed.status.code(), Some(1));
    let error = &json(&failed)["error"];
    assert_eq!(error["kind"], "read");
    assert_eq!(error["exit_code"], 1);
    assert!(error["message"].as_str().unwrap().contains("/nonexistent/oct.mhd"));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for args in [
        vec![],
        vec!["segment", "oct.mhd"],
        vec!["segment", "oct.mhd", "--out", "o", "--spacing-mm", "1,2"],
        vec!["segment", "oct.mhd", "--out", "o", "--device", "abacus"],
        vec!["phantom", "--style", "nidek", "--out", "o"],
        vec!["phantom", "--style", "cirrus", "--frames", "0", "--out", "o"],
    ] {
        assert_eq!(lacuna(&args).status.code(), Some(2), "{args:?}");
    }
    let failed = lacuna(&["segment", "oct.mhd", "--json"]);
    assert_eq!(json(&failed)["error"]["kind"], "usage");
    assert_eq!(lacuna(&["--help"]).status.code(), Some(0));
    assert_eq!(lacuna(&["--version"]).status.code(), Some(0));
}

#[test]
fn segmenting_writes_masks_that_open_again_equal_and_a_report() {
    let root = tempfile::tempdir().unwrap();
    let (eye, out) = (root.path().join("eye"), root.path().join("out"));
    phantom(&eye, "spectralis", "3");
    let done =
        lacuna(&["segment", text(&eye.join("oct.mhd")), "--out", text(&out), "--device", "cpu", "--json"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));

    let files = [
        "bscans.csv",
        "mask.dcm",
        "mask.mhd",
        "mask.nii.gz",
        "mask.raw",
        "regions.csv",
        "report.csv",
        "report.json",
    ];
    assert_eq!(entries(&out), files, "nothing else, and no temporary file");
    let source = reopen(&eye, &["oct.mhd", "oct.raw"]).volume;
    let meta = reopen(&out, &["mask.mhd", "mask.raw"]).volume;
    let nifti = reopen(&out, &["mask.nii.gz"]).volume;
    for mask in [&meta, &nifti] {
        assert_eq!(
            (mask.columns(), mask.rows(), mask.bscans()),
            (source.columns(), source.rows(), source.bscans())
        );
        for axis in Axis::ALL {
            let mm = |volume: &OctVolume| volume.geometry.spacing(axis).mm().unwrap();
            // NIfTI holds spacing as f32.
            assert!((mm(mask) / mm(&source) - 1.0).abs() < 1e-5, "{axis:?}");
        }
        assert_eq!(mask.geometry.voxel_nl(), None, "a mask is no scan");
    }
    for bscan in 0..source.bscans() {
        let labels = meta.bscan(bscan).unwrap().to_f32();
        assert!(labels == nifti.bscan(bscan).unwrap().to_f32());
        assert!(labels.iter().all(|label| [0.0, 1.0, 2.0, 3.0].contains(label)));
    }

    let report: fluid::Report = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
    assert!(report.measurement.is_complete());
    assert!(report.created.starts_with("20") && report.created.ends_with('Z'), "{}", report.created);
    for class in report.measurement.classes.iter() {
        let label = f32::from(class.class.label());
        let counted = (0..2)
            .map(|bscan| meta.bscan(bscan).unwrap().to_f32().iter().filter(|l| **l == label).count() as u64)
            .sum::<u64>();
        assert_eq!(class.voxels, counted);
        assert!(class.volume_nl.is_some() && class.presence_score.is_some());
    }
    let printed = json(&done);
    assert_eq!(printed["report"]["schema"], "lacuna.report/2");
    assert_eq!(printed["files"].as_array().unwrap().len(), files.len());
}

#[test]
fn an_image_stack_gets_a_mask_image_per_bscan_and_advice_on_spacing() {
    let root = tempfile::tempdir().unwrap();
    let (eye, stack, out) = (root.path().join("eye"), root.path().join("stack"), root.path().join("out"));
    phantom(&eye, "cirrus", "5");
    fs::create_dir(&stack).unwrap();
    let volume = reopen(&eye, &["oct.mhd", "oct.raw"]).volume;
    for index in 0..2 {
        let bscan = volume.bscan(index).unwrap();
        let grey: Vec<u8> = bscan.to_f32().iter().map(|sample| *sample as u8).collect();
        let png = oct_formats::images::write_grey_png(bscan.columns(), bscan.rows(), &grey).unwrap();
        fs::write(stack.join(format!("B00{}.png", index + 1)), png).unwrap();
    }
    let done = lacuna(&["segment", text(&stack), "--out", text(&out), "--device", "cpu"]);
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("--spacing-mm"), "{stderr}");
    assert_eq!(entries(&out.join("masks")), ["bscan_0001.png", "bscan_0002.png"]);
    let report: Value = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
    assert_eq!(report["measurement"]["classes"][0]["volume_nl"], Value::Null);

    let done = lacuna(&[
        "segment",
        text(&stack),
        "--out",
        text(&out),
        "--device",
        "cpu",
        "--spacing-mm",
        "0.01,0.002,0.05",
    ]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let report: Value = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
    assert!(report["measurement"]["classes"][0]["volume_nl"].is_number());
    assert_eq!(report["spacing"]["lateral"]["source"], "from_user");
}

/// The phantom's header, stating another spacing.
fn state_spacing(folder: &Path, spacing: &str) {
    let header = folder.join("oct.mhd");
    let text = fs::read_to_string(&header).unwrap();
    let changed = text.lines().map(|line| match line.starts_with("ElementSpacing") {
        true => format!("ElementSpacing = {spacing}\n"),
        false => format!("{line}\n"),
    });
    fs::write(&header, changed.collect::<String>()).unwrap();
}

#[test]
fn a_spacing_in_doubt_is_explained_and_withholds_nanolitres_until_an_option_settles_it() {
    let root = tempfile::tempdir().unwrap();
    let (eye, out) = (root.path().join("eye"), root.path().join("out"));
    phantom(&eye, "spectralis", "3");
    let header = eye.join("oct.mhd");
    let segment = |options: &[&str]| {
        let fixed = ["segment", text(&header), "--out", text(&out), "--device", "cpu"];
        lacuna(&[&fixed[..], options].concat())
    };
    let report = || -> Value { serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap() };

    state_spacing(&eye, "11.5 3.87 120");
    let info = lacuna(&["info", text(&header)]);
    let said = String::from_utf8_lossy(&info.stdout).into_owned();
    assert!(said.contains("In doubt:") && said.contains("Proposal: 0.0115 x 0.00387 x 0.12 mm."), "{said}");
    let info = json(&lacuna(&["info", text(&header), "--json"]));
    assert!((info["in_doubt"]["proposal_mm"]["axial"].as_f64().unwrap() - 0.00387).abs() < 1e-12);
    let done = segment(&[]);
    let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("--spacing-mm 0.0115,0.00387,0.12 "), "{stderr}");
    assert_eq!(report()["measurement"]["classes"][0]["volume_nl"], Value::Null);
    // Whoever says so, no eye is six metres wide; nor is one 51 mm.
    for (options, extent) in
        [(&["--confirm-spacing"][..], "5888.0 mm wide"), (&["--spacing-mm", "0.1,,"], "51.2 mm wide")]
    {
        let refused = segment(options);
        assert_eq!(refused.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(extent), "{refused:?}");
    }

    state_spacing(&eye, "0.0115 0.00387 1");
    let done = segment(&["--confirm-spacing"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(report()["measurement"]["classes"][0]["volume_nl"].is_number());
    assert_eq!(report()["spacing"]["between_bscans"]["source"], "confirmed_by_user");

    // A person may say what no eye has: it is measured with, and said twice.
    let done = segment(&["--spacing-mm", "0.06,,0.12"]);
    assert!(String::from_utf8_lossy(&done.stderr).contains("By what was entered, the scan is 30.7 mm wide"));
    assert!(report()["measurement"]["classes"][0]["volume_nl"].is_number());
    assert!(report()["warnings"].to_string().contains("check it, since it is used as it stands"));

    // What is no distance is asked for, and an option gives it.
    state_spacing(&eye, "0.0115 0.00387 0");
    let info = json(&lacuna(&["info", text(&header), "--json"]));
    assert_eq!(info["spacing_mm"]["between_bscans"]["mm"], Value::Null);
    assert!(info["warnings"][0].as_str().unwrap().contains("states 0 as the between B-scans spacing"));
}

#[test]
fn nothing_that_is_saved_names_the_patient_unless_asked_to() {
    let root = tempfile::tempdir().unwrap();
    let eye = root.path().join("Doe_John_1950");
    phantom(&eye, "topcon", "2");
    for name in ["reference.mhd", "reference.raw"] {
        fs::remove_file(eye.join(name)).unwrap();
    }
    for extension in ["mhd", "raw"] {
        fs::rename(eye.join(format!("oct.{extension}")), eye.join(format!("Doe_John.{extension}"))).unwrap();
    }
    let header = fs::read_to_string(eye.join("Doe_John.mhd")).unwrap();
    // What is left out is warned of by its name.
    fs::write(eye.join("Doe_John.mhd"), header.replace("oct.raw", "Doe_John.raw")).unwrap();
    fs::write(eye.join("Doe_John.zip.crdownload"), b"PK").unwrap();
    let named = |folder: &Path| {
        entries(folder).iter().any(|name| {
            let bytes = fs::read(folder.join(name)).unwrap();
            let content = String::from_utf8_lossy(&bytes).to_lowercase();
            name.to_lowercase().contains("doe") || content.contains("doe")
        })
    };
    for (identified, out) in [(false, root.path().join("plain")), (true, root.path().join("named"))] {
        let mut args = vec!["segment", text(&eye), "--out", text(&out), "--device", "cpu"];
        args.extend(identified.then_some("--identified"));
        let done = lacuna(&args);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(named(&out), identified);
        let report: Value = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
        assert!(report["warnings"][0].as_str().unwrap().contains("download"), "{}", report["warnings"]);
    }
}

#[test]
fn info_draws_a_sheet_and_says_what_cannot_be_measured() {
    let root = tempfile::tempdir().unwrap();
    phantom(root.path(), "cirrus", "4");
    let sheet = root.path().join("sheet.png");
    let info = lacuna(&["info", text(&root.path().join("oct.mhd")), "--json", "--sheet", text(&sheet)]);
    assert_eq!(info.status.code(), Some(0), "{}", String::from_utf8_lossy(&info.stderr));
    assert!(fs::read(&sheet).unwrap().starts_with(b"\x89PNG"));
    assert_eq!(json(&info)["no_volume_because"], Value::Null);

    let png = oct_formats::images::write_mask_png(4, 4, &[7; 16]).unwrap();
    fs::write(root.path().join("one.png"), png).unwrap();
    let info = json(&lacuna(&["info", text(&root.path().join("one.png")), "--json"]));
    assert_eq!(info["scan_pattern"], "single_bscan");
    assert!(info["no_volume_because"].as_str().unwrap().contains("single B-scan"));
}

#[test]
fn a_volume_that_is_not_there_is_refused_with_its_number() {
    let root = tempfile::tempdir().unwrap();
    phantom(root.path(), "cirrus", "4");
    let refused = lacuna(&["info", text(&root.path().join("oct.mhd")), "--volume", "2"]);
    assert_eq!(refused.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert!(stderr.contains("no volume number 2"), "{stderr}");
}

#[test]
fn the_data_file_is_found_by_the_name_in_the_header_or_one_with_other_capitals() {
    let root = tempfile::tempdir().unwrap();
    phantom(root.path(), "topcon", "9");
    let header = root.path().join("oct.mhd");
    let text_of = fs::read_to_string(&header).unwrap();
    fs::write(&header, text_of.replace("= oct.raw", "= ./oct.raw")).unwrap();
    assert!(lacuna(&["info", text(&header)]).status.success());
    fs::rename(root.path().join("oct.raw"), root.path().join("OCT.RAW")).unwrap();
    assert!(lacuna(&["info", text(&header)]).status.success());
}
