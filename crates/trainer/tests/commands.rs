//! The commands as people call them: from a folder of PNG files to a weight file, and a killed process.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use mmis_model::weights::WeightsFile;
use oct_formats::images::{write_grey_png, write_mask_png};
use trainer::judge::stress::{STRESSES, StressTable};
use trainer::run::RunFolder;

const ENTRIES: &str = "[[dataset]]
name = 'squares'
modality = 'OCT'
organs = ['retina']
licence = 'ours'
reader = 'image_pairs'
images = 'images'
masks = 'masks'
labels = { '1' = 'irf', '2' = 'srf', '3' = 'ped' }
spacing_mm = [0.0116, 0.0039, 0.12]
factor = 1.0
validation = ['S07_']
test = ['S08_']
";

const COLUMNS: usize = 100;
const ROWS: usize = 60;

/// B-scans of eight subjects with a bright square of each label, and their entry.
fn data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["images", "masks"] {
        fs::create_dir(folder.path().join(part)).unwrap();
    }
    for subject in 1..=8usize {
        let label = |n: usize| {
            let (row, column) = (n / COLUMNS, n % COLUMNS);
            let left = 5 + 30 * ((column.saturating_sub(5)) / 30).min(2);
            let inside = (10 + subject..40 + subject).contains(&row) && (left..left + 20).contains(&column);
            if inside { (1 + left / 30) as u8 } else { 0 }
        };
        let labels: Vec<u8> = (0..ROWS * COLUMNS).map(label).collect();
        let greys: Vec<u8> =
            labels.iter().enumerate().map(|(n, label)| label * 70 + (n * 31 % 40) as u8).collect();
        let write = |part: &str, bytes: Vec<u8>| {
            fs::write(folder.path().join(part).join(format!("S{subject:02}_B01.png")), bytes).unwrap();
        };
        write("images", write_grey_png(COLUMNS, ROWS, &greys).unwrap());
        write("masks", write_mask_png(COLUMNS, ROWS, &labels).unwrap());
    }
    fs::write(folder.path().join("datasets.toml"), ENTRIES).unwrap();
    folder
}

fn trainer(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
    command.current_dir(data).args(["--data", ".", "--datasets", "datasets.toml"]).args(arguments);
    command
}

fn succeed(data: &Path, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = trainer(data, arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{arguments:?}: {said}");
    said
}

/// What a command that must fail says.
fn refused(data: &Path, arguments: &[&str]) -> String {
    let Output { status, stderr, .. } = trainer(data, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert!(!status.success(), "{arguments:?}: {said}");
    said
}

/// Runs one of the scripts that hold our figures against other implementations,
/// where `cargo xtask test` has found a Python with what they need.
fn held_against_others(data: &Path, script: &str, arguments: &[&str]) {
    let Some(python) = std::env::var_os("LACUNA_PYTHON") else {
        eprintln!("skipped: LACUNA_PYTHON names no Python with the packages of tests/{script}");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(script);
    let Output { status, stdout, stderr } =
        Command::new(python).current_dir(data).arg(script).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{said}");
}

const RECIPE: [&str; 8] = ["--steps", "30", "--every", "5", "--batch-size", "2", "--crop", "32x32"];

/// The shortest run.
const ONE_STEP: [&str; 6] = ["--steps", "1", "--batch-size", "1", "--crop", "32x32"];

fn train(run: &str) -> Vec<&str> {
    [&["train", "--run", run][..], &RECIPE].concat()
}

#[test]
fn a_killed_run_goes_on_to_the_weights_that_it_would_have_had() {
    let folder = data();
    let data = folder.path();
    succeed(data, &train("whole"));
    let mut child =
        trainer(data, &train("killed")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while !data.join("killed/checkpoint").exists() {
        assert!(started.elapsed() < Duration::from_secs(300), "no checkpoint came");
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let snapshot = |run: &str| RunFolder::new(&data.join(run)).snapshot().unwrap().unwrap();
    assert!(snapshot("killed").step < 30, "it was not killed on its way");
    succeed(data, &["resume", "--run", "killed"]);
    assert_eq!((snapshot("killed").step, snapshot("whole").step), (30, 30));
    assert_eq!(snapshot("killed").average, snapshot("whole").average);
}

#[test]
fn the_commands_lead_from_a_folder_of_files_to_scores_a_weight_file_and_onnx() {
    let folder = data();
    let data = folder.path();
    let table = succeed(data, &["prepare"]);
    assert!(table.contains("| squares | OCT | ours | 6 | 1 | 1 |"), "{table}");
    succeed(data, &train("run"));
    succeed(
        data,
        &["evaluate", "--weights", "run", "--json", "scores.json", "--error-maps", "maps", "--split", "both"],
    );
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(data.join("scores.json")).unwrap()).unwrap();
    let volumes = report["volumes"].as_array().unwrap();
    assert_eq!(volumes.len(), 2 * 3, "two subjects and three labels");
    for volume in volumes {
        let count = |key: &str| volume["overlap"][key].as_u64().unwrap();
        assert_eq!(count("tp") + count("fn"), 30 * 20, "{volume}");
        assert!((volume["voxel_nl"].as_f64().unwrap() - 0.005_428_8).abs() < 1e-9, "{volume}");
    }
    assert!(data.join("maps/squares/srf/S08_B01.png").is_file());
    held_against_others(data, "scores/check.py", &["scores.json", "--maps", "maps"]);
    succeed(data, &["evaluate", "--weights", "run", "--card", "card", "--part", "squares"]);
    succeed(data, &["evaluate", "--weights", "run", "--card", "card", "--all-columns"]);
    succeed(data, &["prepare", "--card", "card"]);
    let (figure, end) = ("<!-- =score squares/squares/irf/bscans:0 -->", "<!-- / -->");
    let document = format!(
        "of {figure}?{end}\n<!-- =scores test_all_columns -->{end}\n<!-- =table data -->{end}\n<!-- =table rules -->old{end}"
    );
    fs::write(data.join("card.md"), document).unwrap();
    let said = succeed(data, &["card", "card.md", "--parts", "card", "--out", "filled"]);
    assert!(said.contains("the tables rules stay as they stand"), "{said}");
    let card = fs::read_to_string(data.join("filled/card.md")).unwrap();
    assert!(card.starts_with(&format!("of {figure}1{end}\n")), "{card}");
    assert!(
        card.contains("| squares | — | irf | 1 (1) | 1 |") && card.contains(&format!(">old{end}")),
        "{card}"
    );
    assert!(card.contains("| squares | OCT | ours | 6 | 1 | 1 |"), "{card}");
    let said = succeed(
        data,
        &["quantize", "--run", "run", "--out", "w.safetensors", "--name", "squares 1", "--whatever-it-costs"],
    );
    assert!(said.contains("too few validation B-scans"), "{said}");
    let file = WeightsFile::read(&fs::read(data.join("w.safetensors")).unwrap()).unwrap();
    assert_eq!((file.metadata.name.as_str(), file.metadata.label_space.len()), ("squares 1", 5));
    let again =
        ["calibrate", "--weights", "w.safetensors", "--out", "again.safetensors", "--name", "squares 2"];
    assert!(succeed(data, &again).contains("too few validation B-scans"));
    let again = WeightsFile::read(&fs::read(data.join("again.safetensors")).unwrap()).unwrap();
    assert_eq!((again.metadata.name.as_str(), &again.sha256), ("squares 2", &file.sha256));
    succeed(data, &["export", "--weights", "w.safetensors", "--out", "w.onnx"]);
    assert!(fs::metadata(data.join("w.onnx")).unwrap().len() > 2_000_000, "0.63 M floats");
}

#[test]
fn a_table_of_stresses_is_written_and_the_exit_status_says_whether_a_bar_is_missed() {
    let folder = data();
    let data = folder.path();
    let weights = concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights/mmis-net.safetensors");
    let arguments = ["evaluate", "--weights", weights, "--stress", "--card", "card"];
    let Output { status, stdout, stderr } = trainer(data, &arguments).output().unwrap();
    let (table, said) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(said.contains("squares: 1 of 1 files, "), "{said}");
    let written: StressTable =
        serde_json::from_slice(&fs::read(data.join("card/stress.json")).unwrap()).unwrap();
    assert_eq!(fs::read_to_string(data.join("card/stress.md")).unwrap(), table);
    let names: Vec<&str> = written.rows.iter().map(|row| row.stress.as_str()).collect();
    assert_eq!(names, STRESSES.iter().map(|stress| stress.name).collect::<Vec<_>>());
    assert_eq!(table.matches("**missed**").count(), written.missed().len());
    assert_eq!(status.success(), written.missed().is_empty(), "{said}");
    let first = &written.rows[0];
    assert_eq!(first.dice.len(), 3);
    assert!(first.dice.iter().all(|dice| dice.dice == dice.unchanged) && first.missed.is_empty());
}

#[test]
fn every_kind_of_network_is_trained_and_scored_and_ships_where_the_page_can_run_it() {
    let folder = data();
    let data = folder.path();
    let kinds: [(&str, &[&str], bool); 7] = [
        ("neighbours", &["--neighbours"], false),
        ("full", &["--size", "full"], true),
        ("concatenate", &["--fusion", "concatenate"], true),
        ("attention", &["--fusion", "attention_gate", "--no-auxiliary"], true),
        ("cosine", &["--fusion", "similarity_cosine"], true),
        ("beside", &["--fusion", "similarity_beside"], true),
        ("rounded", &["--quantization-aware"], true),
    ];
    for (run, kind, ships) in kinds {
        succeed(data, &[&["train", "--run", run][..], kind, &ONE_STEP].concat());
        let table = succeed(data, &["evaluate", "--weights", run]);
        assert!(table.contains("| squares |"), "{run}: {table}");
        let quantize =
            ["quantize", "--run", run, "--out", "w.safetensors", "--name", "test 1", "--whatever-it-costs"];
        let Output { status, stderr, .. } = trainer(data, &quantize).output().unwrap();
        let said = String::from_utf8_lossy(&stderr);
        assert_eq!(status.success(), ships, "{run}: {said}");
        if ships {
            let export =
                ["export", "--weights", "w.safetensors", "--out", "w.onnx", "--golden", "golden.json"];
            succeed(data, &export);
            held_against_others(data, "onnx/check.py", &["w.onnx", "golden.json"]);
        } else {
            assert!(said.contains("one B-scan at a time"), "{run}: {said}");
        }
    }
}

#[test]
fn a_run_that_diverges_is_named_in_the_table_of_its_study_and_does_not_stop_the_others() {
    let folder = data();
    let data = folder.path();
    let ablate = ["ablate", "--study", "fusion", "--out", "study", "--only", "SF dot", "--seeds", "1,2"];
    let said = succeed(data, &[&ablate[..], &RECIPE, &["--learning-rate", "1e38"]].concat());
    assert!(said.contains("| SF dot (seed 1 diverged) (seed 2 diverged) |"), "{said}");
    assert!(data.join("study/SF_dot-seed2/bad-batches").is_dir());
}

#[test]
fn a_run_with_semantics_beside_begins_from_one_without_and_stays_what_it_was() {
    let folder = data();
    let data = folder.path();
    succeed(data, &train("narrow"));
    let wide = [&train("wide")[..], &["--from", "narrow", "--fusion", "similarity_beside"]].concat();
    succeed(data, &[&wide[..], &["--learning-rate", "1e-12"]].concat());
    let table = |run| {
        let said = succeed(data, &["evaluate", "--weights", run]);
        said.lines().filter(|line| line.starts_with('|')).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(table("wide"), table("narrow"));
}

#[test]
fn a_subject_that_another_entry_scores_is_not_learnt_from_even_where_that_entry_is_left_out() {
    let folder = data();
    let data = folder.path();
    let exam = ENTRIES
        .replace("name = 'squares'", "name = 'exam'")
        .replace("images = 'images'", "images = './images/'")
        .replace("validation = ['S07_']", "")
        .replace("test = ['S08_']", "test = ['S01_']")
        .replace("factor = 1.0", "factor = 0.0");
    fs::write(data.join("datasets.toml"), format!("{ENTRIES}{exam}")).unwrap();
    let said = refused(data, &train("run"));
    assert!(said.contains("S01_B01.png is in Train of squares"), "{said}");
    assert!(said.contains("Test of exam") && !data.join("run").exists(), "{said}");
}

#[test]
fn datasets_whose_files_are_not_here_can_be_left_out() {
    let folder = data();
    let data = folder.path();
    let absent = ENTRIES
        .replace("name = 'squares'", "name = 'circles'")
        .replace("images = 'images'", "images = 'elsewhere'");
    fs::write(data.join("datasets.toml"), format!("{ENTRIES}{absent}")).unwrap();
    let said = refused(data, &["prepare"]);
    assert!(said.contains("dataset circles: cannot read the folder"), "{said}");
    assert!(said.contains("`--without circles`"), "{said}");
    let table = succeed(data, &["prepare", "--without", "circles"]);
    assert!(table.contains("| squares |") && !table.contains("| circles |"), "{table}");
    succeed(data, &[&train("run")[..], &["--without", "circles"]].concat());
}

#[test]
fn what_can_be_scored_is_scored_where_another_dataset_is_not_there_or_is_damaged() {
    let folder = data();
    let data = folder.path();
    succeed(data, &[&["train", "--run", "run"][..], &ONE_STEP].concat());
    let circles = ENTRIES.replace("name = 'squares'", "name = 'circles'").replace("'images'", "'elsewhere'");
    fs::write(data.join("datasets.toml"), format!("{ENTRIES}{circles}")).unwrap();
    let said = succeed(data, &["evaluate", "--weights", "run"]);
    assert!(said.contains("note: circles is not scored") && said.contains("| squares |"), "{said}");
    // A folder that is there, and one image of it is not whole.
    fs::create_dir(data.join("elsewhere")).unwrap();
    for subject in ["S07", "S08"] {
        let name = format!("{subject}_B01.png");
        let whole = fs::read(data.join("images").join(&name)).unwrap();
        fs::write(data.join("elsewhere").join(&name), &whole[..whole.len() / 2]).unwrap();
    }
    let damaged = ["evaluate", "--weights", "run", "--json", "scores.json"];
    let Output { status, stdout, stderr } = trainer(data, &damaged).output().unwrap();
    let (table, said) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(!status.success() && table.contains("| squares |"), "{table}{said}");
    assert!(said.contains("circles: ") && said.contains("S08_B01.png"), "{said}");
    assert!(!data.join("scores.json").exists(), "figures of a part would be taken for all");
}

#[test]
fn a_subject_that_the_weights_learnt_from_is_named_where_it_is_scored_or_held_out() {
    let folder = data();
    let data = folder.path();
    succeed(data, &[&["train", "--run", "run"][..], &ONE_STEP].concat());
    let note = "note: these weights learnt from S02 of squares";
    assert!(!succeed(data, &["evaluate", "--weights", "run"]).contains("these weights learnt"));
    let moved = ENTRIES.replace("test = ['S08_']", "test = ['S02_', 'S08_']");
    fs::write(data.join("datasets.toml"), moved).unwrap();
    for weights in ["run", "run/averages/step-000001.safetensors"] {
        let said = succeed(data, &["evaluate", "--weights", weights]);
        assert!(said.contains(note), "{weights}: {said}");
    }
    // A run that goes on from them has learnt what they had.
    let said = succeed(data, &[&["train", "--run", "next", "--from", "run"][..], &ONE_STEP].concat());
    assert!(said.contains(note), "{said}");
    assert!(succeed(data, &["evaluate", "--weights", "next"]).contains(note));
}

#[test]
fn a_start_that_cannot_be_read_leaves_no_run_behind() {
    let folder = data();
    let data = folder.path();
    let train =
        |run: &'static str, more: &[&'static str]| [&["train", "--run", run][..], &ONE_STEP, more].concat();
    assert!(refused(data, &train("run", &["--from", "typo.safetensors"])).contains("typo.safetensors"));
    succeed(data, &train("dot", &[]));
    let other = refused(data, &train("run", &["--from", "dot", "--fusion", "concatenate"]));
    assert!(other.contains("dot holds another network"), "{other}");
    // Only what stands behind a fusion may grow, not what looks at the image.
    let wider =
        refused(data, &train("run", &["--from", "dot", "--fusion", "similarity_beside", "--neighbours"]));
    assert!(wider.contains("dot holds another network"), "{wider}");
    assert!(!data.join("run").exists());
    succeed(data, &train("run", &["--from", "dot"]));
}

#[test]
fn what_is_asked_wrongly_is_answered_in_a_sentence_and_writes_nothing() {
    let folder = data();
    let data = folder.path();
    for (arguments, cause) in [
        (vec!["train", "--run", "run", "--without", "wings"], "there is no dataset wings; there are squares"),
        (vec!["train", "--run", "run", "--no", "rain"], "possible values: rotation, scaling"),
        (vec!["train", "--run", "run", "--crop", "30x32"], "multiples of 16"),
        (vec!["train", "--run", "run", "--without", "squares"], "no dataset"),
        (vec!["resume", "--run", "run"], "run"),
        (vec!["evaluate", "--weights", "none.safetensors"], "cannot read none.safetensors"),
        (vec!["evaluate", "--weights", "datasets.toml"], "datasets.toml"),
        (vec!["quantize", "--run", "run", "--out", "w.safetensors", "--name", "mine 1"], "no run in run"),
        (vec!["average", "run", "--out", "mean.safetensors"], "two runs or more"),
    ] {
        let said = refused(data, &arguments);
        assert!(said.contains(cause), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
    assert!(!data.join("run").exists() && !data.join("mean.safetensors").exists());
}
