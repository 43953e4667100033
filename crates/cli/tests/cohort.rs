//! Folders of patients: what becomes a scan, what stays of a run that was stopped, what is
//! measured again, and that nothing written names anybody.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;
use fluid::{ModelReport, SegmentedBScan};
use lacuna_cli::args::{Cli, Command as LacunaCommand};
use lacuna_cli::cohort::record::{ScanRecord, State};
use lacuna_cli::cohort::{CSV, Ending, JSONL, run_with, table};
use lacuna_cli::failure::Failure;
use lacuna_cli::inference::Segmenter;
use oct::BScan;
use ways::Scan;
use ways::container::Container;
use ways::container::dicom::Dicom;
use ways::container::images::Images;
use ways::container::metaimage::MetaImage;
use ways::spacing::Says;

const BSCANS: usize = 3;

static RIGHT: LazyLock<Scan> = LazyLock::new(|| ways::scan::right().part(0, BSCANS).scan);
static LEFT: LazyLock<Scan> = LazyLock::new(|| ways::scan::left().part(0, BSCANS).scan);

/// Calls the first sample of each B-scan IRF, and counts the B-scans.
struct Fake {
    weights: &'static str,
    segmented: AtomicUsize,
    /// Panics at this B-scan, counted from 0.
    faulty_at: Option<usize>,
}

impl Fake {
    fn new() -> Self {
        Self { weights: "00", segmented: AtomicUsize::new(0), faulty_at: None }
    }

    fn count(&self) -> usize {
        self.segmented.load(Ordering::Relaxed)
    }
}

impl Segmenter for &Fake {
    fn device(&self) -> String {
        "a stand-in".to_owned()
    }

    fn model(&self) -> ModelReport {
        ModelReport::new("a stand-in", self.weights)
    }

    fn segment(&self, bscan: BScan<'_>) -> Result<Option<SegmentedBScan>, Failure> {
        let count = self.segmented.fetch_add(1, Ordering::Relaxed);
        assert!(self.faulty_at != Some(count), "a fault on purpose");
        let mut labels = vec![0; bscan.columns() * bscan.rows()];
        labels[0] = 1;
        Ok(Some(SegmentedBScan::of_labels(labels, [0.5, 0.0, 0.0])))
    }
}

fn write(root: &Path, files: Vec<ways::File>) {
    for file in files {
        let path = root.join(file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.bytes).unwrap();
    }
}

fn metaimage(root: &Path, base: &str, scan: &Scan) {
    write(root, Container::MetaImage(MetaImage::PLAIN).write(scan, Says::TheTruth, base));
}

fn cohort(fake: &Fake, out: &Path, inputs: &[&Path], options: &[&str]) -> Ending {
    try_cohort(fake, out, inputs, options).unwrap()
}

fn try_cohort(fake: &Fake, out: &Path, inputs: &[&Path], options: &[&str]) -> Result<Ending, Failure> {
    let inputs = inputs.iter().map(|path| path.to_str().unwrap());
    let args = ["lacuna", "cohort", "--out", out.to_str().unwrap()].into_iter();
    let cli = Cli::try_parse_from(args.chain(options.iter().copied()).chain(inputs)).unwrap();
    let LacunaCommand::Cohort(args) = cli.command else { unreachable!("it was asked for") };
    run_with(&args, cli.json, || Ok(fake))
}

fn records(out: &Path) -> Vec<ScanRecord> {
    let text = fs::read_to_string(out.join(JSONL)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The table without its header, by column.
fn column(out: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(out.join(CSV)).unwrap();
    let mut lines = text.lines().map(cells);
    let place = lines.next().unwrap().iter().position(|cell| cell == name).unwrap();
    lines.map(|cells| cells[place].clone()).collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in line.trim_end().chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found.sort();
    found
}

#[test]
fn folders_of_patients_become_a_row_a_scan_and_what_is_broken_is_named() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("all"), root.path().join("out"));
    metaimage(&all, "p1/oct", &RIGHT);
    write(&all, Container::Images(Images::PLAIN).write(&LEFT, Says::Nothing, "p2/stack/b"));
    write(&all, Container::Dicom(Dicom::PLAIN).write(&RIGHT, Says::TheTruth, "p3/right"));
    write(&all, Container::Dicom(Dicom::PLAIN).write(&LEFT, Says::TheTruth, "p3/left"));
    metaimage(&all, "p4/cut", &LEFT);
    let raw = fs::read(all.join("p4/cut.raw")).unwrap();
    fs::write(all.join("p4/cut.raw"), &raw[..raw.len() / 2]).unwrap();
    fs::write(all.join("p4/letter.txt"), "of a doctor").unwrap();
    fs::create_dir_all(all.join("p5")).unwrap();
    fs::write(all.join("p5/export.mat"), "MATLAB").unwrap();

    let fake = Fake::new();
    let ending = cohort(&fake, &out, &[&all], &[]);
    assert_eq!(fake.count(), 4 * BSCANS);
    let tally = &ending.tally;
    assert_eq!((tally.done, tally.failed, tally.refused, tally.needs_answer), (3, 1, 1, 1));
    assert!(!tally.is_all_done());
    let [stack, cut, matlab] = tally.open.as_slice() else { unreachable!("{:?}", tally.open) };
    assert!(stack.0.starts_with("all/p2/stack") && stack.2.contains("--spacing-mm"), "{stack:?}");
    assert_eq!((cut.0.as_str(), cut.1), ("all/p4/cut.mhd", "failed"));
    assert!(cut.2.contains("cut.raw holds") && cut.2.contains("copy the files again"), "{cut:?}");
    assert_eq!((matlab.0.as_str(), matlab.1), ("all/p5/export.mat", "refused"));

    let records = records(&out);
    assert_eq!(records.len(), 6);
    let states: Vec<State> = records.iter().map(|record| record.state).collect();
    use State::{Done, Failed, NeedsAnswer, Refused};
    assert_eq!(states, [Done, NeedsAnswer, Done, Done, Failed, Refused]);
    assert_eq!(records.iter().map(|record| record.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    for record in records.iter().filter(|record| record.figures.is_some()) {
        let folder = out.join(record.folder.as_ref().unwrap());
        let report: fluid::Report =
            serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap();
        let figures = record.figures.as_ref().unwrap();
        assert_eq!(figures.classes.irf.volume_nl, report.measurement.classes[0].volume_nl);
        assert_eq!(figures.spacing, report.spacing);
        assert!(record.files.iter().all(|file| folder.join(file).is_file()));
    }
    let of_dicom: Vec<usize> = records[2..4].iter().map(|record| record.input.volume).collect();
    assert_eq!(of_dicom, [1, 2], "two eyes of one study are two scans");
    assert_eq!(records[2].input.volumes, 2);
    assert_ne!(records[2].input.laterality, records[3].input.laterality);
}

#[test]
fn the_table_has_units_in_its_columns_0_for_what_is_absent_and_nothing_for_what_is_unmeasured() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("all"), root.path().join("out"));
    metaimage(&all, "a", &RIGHT);
    write(&all, Container::Images(Images::PLAIN).write(&LEFT, Says::Nothing, "b/b"));
    fs::write(all.join("c.vol"), "HSF-OCT").unwrap();
    cohort(&Fake::new(), &out, &[&all], &[]);
    let text = fs::read_to_string(out.join(CSV)).unwrap();
    assert_eq!(cells(text.lines().next().unwrap()), table::COLUMNS);
    assert!(text.lines().all(|line| cells(line).len() == table::COLUMNS.len()));
    assert_eq!(column(&out, "state"), ["done", "failed", "needs-answer"]);
    let irf: f64 = column(&out, "irf_nl")[0].parse().unwrap();
    let voxel_nl: f64 = ways::scan::MM.iter().product::<f64>() * 1e3;
    assert!((irf - BSCANS as f64 * voxel_nl).abs() < 1e-9, "{irf} is not {BSCANS} voxels");
    assert_eq!(column(&out, "srf_nl"), ["0", "", ""]);
    assert_eq!(column(&out, "irf_voxels"), ["3", "", "3"]);
    assert_eq!(column(&out, "coverage"), ["whole", "", "whole"]);
    assert_eq!(column(&out, "lateral_source"), ["from_file", "", "unknown"]);
    assert_eq!(column(&out, "threshold"), ["0.5", "", "0.5"]);
    assert!(column(&out, "message")[1].contains("copy"), "{:?}", column(&out, "message"));
    assert_eq!(column(&out, "weights_sha256"), ["00"; 3]);
    assert!(column(&out, "research_use_notice").iter().all(|notice| notice.contains("research")));
}

#[test]
fn what_is_done_is_kept_and_only_what_changed_is_measured_again() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("all"), root.path().join("out"));
    for patient in ["p1", "p2", "p3"] {
        metaimage(&all, &format!("{patient}/oct"), &RIGHT);
    }
    let fake = Fake::new();
    assert!(cohort(&fake, &out, &[&all], &[]).tally.is_all_done());
    assert_eq!(fake.count(), 3 * BSCANS, "three files of one name and content are three scans");
    let (before, tables) = (files(&out), fs::read_to_string(out.join(CSV)).unwrap());

    let ending = cohort(&fake, &out, &[&all], &[]);
    assert_eq!((fake.count(), ending.tally.done_before), (3 * BSCANS, 3), "nothing was segmented");
    assert_eq!(files(&out), before);
    assert_eq!(fs::read_to_string(out.join(CSV)).unwrap(), tables);

    metaimage(&all, "p2/oct", &LEFT);
    let ending = cohort(&fake, &out, &[&all], &[]);
    assert_eq!((fake.count(), ending.tally.done_before), (4 * BSCANS, 2), "one was changed");
    assert_eq!(records(&out).len(), 3);

    let lost = records(&out)[0].folder.clone().unwrap();
    fs::remove_file(out.join(lost).join("mask.mhd")).unwrap();
    cohort(&fake, &out, &[&all], &[]);
    assert_eq!(fake.count(), 5 * BSCANS, "one had lost a file");

    cohort(&fake, &out, &[&all], &["--spacing-mm", ",,0.1"]);
    assert_eq!(fake.count(), 8 * BSCANS, "another spacing");
    cohort(&fake, &out, &[&all], &["--spacing-mm", ",,0.1"]);
    assert_eq!(fake.count(), 8 * BSCANS);
    let others = Fake { weights: "11", ..Fake::new() };
    cohort(&others, &out, &[&all], &["--spacing-mm", ",,0.1"]);
    assert_eq!(others.count(), 3 * BSCANS, "other weights");
    assert_eq!(column(&out, "weights_sha256"), ["11"; 3]);
}

#[test]
fn a_run_that_ends_in_the_middle_leaves_whole_scans_with_which_the_next_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("all"), root.path().join("out"));
    for (patient, scan) in [("p1", &*RIGHT), ("p2", &*LEFT), ("p3", &*RIGHT)] {
        metaimage(&all, &format!("{patient}/oct"), scan);
    }
    // The second scan cannot be written: its folder is a file.
    let fake = Fake::new();
    cohort(&fake, &root.path().join("elsewhere"), &[&all], &[]);
    let second = records(&root.path().join("elsewhere"))[1].folder.clone().unwrap();
    fs::create_dir_all(out.join("scans")).unwrap();
    fs::write(out.join(&second), "in the way").unwrap();
    let stopped = try_cohort(&fake, &out, &[&all], &[]).unwrap_err();
    assert!(stopped.is_of_output(), "{stopped:?}");
    assert_eq!(records(&out).len(), 1, "the table holds what was done");

    fs::remove_file(out.join(&second)).unwrap();
    let before = fake.count();
    let ending = cohort(&fake, &out, &[&all], &[]);
    assert_eq!((ending.tally.done, ending.tally.done_before), (3, 1));
    assert_eq!(fake.count() - before, 2 * BSCANS);
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_half_scan_and_the_next_run_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("all"), root.path().join("out"));
    for patient in ["p1", "p2", "p3"] {
        metaimage(&all, &format!("{patient}/oct"), &RIGHT);
    }
    let program = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_lacuna"));
        program.args(["cohort", "--device", "cpu", "--out"]).arg(&out).arg(&all).stderr(Stdio::piped());
        program
    };
    let mut running = program().spawn().unwrap();
    let mut said = BufReader::new(running.stderr.take().unwrap()).lines();
    assert!(said.next().unwrap().unwrap().starts_with("[1/3] all/p1/oct.mhd: done in "));
    let interrupted = Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert!(!files(&out).iter().any(|path| path.extension().is_some_and(|ending| ending == "part")));
    let done = records(&out).len();
    assert!((1..3).contains(&done), "{done}");

    let goes_on = program().output().unwrap();
    let said = String::from_utf8(goes_on.stderr).unwrap();
    assert_eq!(goes_on.status.code(), Some(0), "{said}");
    assert!(said.starts_with("[1/3] all/p1/oct.mhd: done before, IRF "), "{said}");
    assert!(said.contains("[3/3] all/p3/oct.mhd: done in "), "{said}");
    assert_eq!(records(&out).len(), 3);
}

#[test]
fn nothing_that_is_written_names_the_patient_unless_asked_to() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("Doe_cohort"), root.path().join("out"));
    metaimage(&all, "Doe_John_1950/Doe_OD", &RIGHT);
    metaimage(&all, "Doe_Jane/Doe_OS", &LEFT);
    fs::remove_file(all.join("Doe_Jane/Doe_OS.raw")).unwrap();
    // A name that stands in a header and in no path.
    let header = all.join("Doe_Jane/Doe_OS.mhd");
    let text = fs::read_to_string(&header).unwrap().replace("Doe_OS.raw", "DOEJANE_1931.raw");
    fs::write(&header, text).unwrap();
    fs::write(all.join("Doe_Jane/Doe.vol"), "nothing").unwrap();
    write(&all, Container::Images(Images::PLAIN).write(&LEFT, Says::TheTruth, "Doe_stack/Doe"));
    let names_somebody = |out: &Path| {
        let named = |path: &PathBuf| {
            let within = path.strip_prefix(out).unwrap().to_string_lossy().to_lowercase();
            let content = String::from_utf8_lossy(&fs::read(path).unwrap()).to_lowercase();
            within.contains("doe") || content.contains("doe")
        };
        files(out).into_iter().filter(named).collect::<Vec<_>>()
    };
    let fake = Fake::new();
    let ending = cohort(&fake, &out, &[&all], &[]);
    assert_eq!((ending.tally.done, ending.tally.failed, ending.tally.needs_answer), (1, 2, 1));
    assert_eq!(names_somebody(&out), Vec::<PathBuf>::new());
    assert!(ending.tally.open.iter().all(|(called, ..)| called.contains("Doe")), "people are told");

    let json = cohort(&fake, &out, &[&all], &["--json"]);
    assert!(!json.text.contains("Doe_J"), "{}", json.text);

    let ending = cohort(&fake, &out, &[&all], &["--identified"]);
    assert_eq!(ending.tally.done_before, 0, "files without names are not those with them");
    assert!(column(&out, "input").contains(&"Doe_cohort/Doe_John_1950/Doe_OD.mhd".to_owned()));
    assert!(column(&out, "message").iter().any(|message| message.contains("DOEJANE_1931.raw")));
}

#[test]
fn files_of_one_name_stay_apart_and_the_same_file_twice_is_measured_once() {
    let root = tempfile::tempdir().unwrap();
    let (a, b, out) = (root.path().join("a"), root.path().join("b"), root.path().join("out"));
    metaimage(&a, "oct", &RIGHT);
    metaimage(&b, "oct", &LEFT);
    let (one, other) = (a.join("oct.mhd"), b.join("oct.mhd"));
    let fake = Fake::new();
    let ending = cohort(&fake, &out, &[&one, &other, &one, &a], &["--identified"]);
    assert_eq!((ending.tally.scans(), fake.count()), (2, 2 * BSCANS));
    let scans = column(&out, "scan");
    assert_ne!(scans[0], scans[1]);
    assert_eq!(column(&out, "input"), [one.to_str().unwrap(), other.to_str().unwrap()]);

    // Copies of one name in two folders: one answer, two rows.
    fs::copy(a.join("oct.raw"), b.join("oct.raw")).unwrap();
    fs::copy(&one, &other).unwrap();
    let fake = Fake::new();
    let copies = root.path().join("copies");
    cohort(&fake, &copies, &[&one, &other], &[]);
    assert_eq!((column(&copies, "irf_voxels"), fake.count()), (vec!["3".to_owned(); 2], BSCANS));
}

#[test]
fn images_of_two_eyes_in_one_folder_are_two_scans_that_are_resumed_one_by_one() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("all"), root.path().join("out"));
    write(&all, Container::Images(Images::PLAIN).write(&RIGHT, Says::Nothing, "OD"));
    write(&all, Container::Images(Images::PLAIN).write(&LEFT, Says::Nothing, "OS"));
    let fake = Fake::new();
    let spacing = ["--spacing-mm", "0.046,0.01548,0.12"];
    assert!(cohort(&fake, &out, &[&all], &spacing).tally.is_all_done());
    let found = records(&out);
    assert_eq!(found.len(), 2);
    assert_eq!(found.iter().map(|record| record.input.volumes).collect::<Vec<_>>(), [2, 2]);
    fs::remove_dir_all(out.join(found[0].folder.as_ref().unwrap())).unwrap();
    let ending = cohort(&fake, &out, &[&all], &spacing);
    assert_eq!((fake.count(), ending.tally.done_before), (3 * BSCANS, 1));
}

#[test]
fn a_fault_of_the_program_ends_one_scan_only() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("all"), root.path().join("out"));
    metaimage(&all, "p1", &RIGHT);
    metaimage(&all, "p2", &LEFT);
    let fake = Fake { faulty_at: Some(1), ..Fake::new() };
    let ending = cohort(&fake, &out, &[&all], &[]);
    assert_eq!((ending.tally.done, ending.tally.failed), (1, 1));
    assert!(ending.tally.open[0].2.contains("report it"), "{:?}", ending.tally.open);
    let mended = Fake::new();
    assert!(cohort(&mended, &out, &[&all], &[]).tally.is_all_done());
    assert_eq!(mended.count(), BSCANS, "what failed is tried again");
}

#[test]
fn where_there_is_no_scan_nothing_is_written() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("notes.txt"), "x").unwrap();
    let out = root.path().join("out");
    let failure = try_cohort(&Fake::new(), &out, &[root.path()], &[]).unwrap_err();
    assert!(failure.sentence().contains("no scan"), "{}", failure.sentence());
    assert!(!out.exists());
}

#[test]
fn masks_and_results_of_an_earlier_run_are_no_scans() {
    let root = tempfile::tempdir().unwrap();
    let (all, out) = (root.path().join("all"), root.path().join("all/out"));
    metaimage(&all, "oct", &RIGHT);
    let fake = Fake::new();
    cohort(&fake, &out, &[&all], &[]);
    fs::rename(&out, root.path().join("all/elsewhere")).unwrap();
    let again = Fake::new();
    cohort(&again, &out, &[&all], &[]);
    assert_eq!((again.count(), records(&out).len()), (BSCANS, 1));
}

#[test]
fn tables_of_several_runs_are_gathered_to_one_and_what_is_lost_is_told() {
    let root = tempfile::tempdir().unwrap();
    let all = root.path().join("all");
    metaimage(&all, "a", &RIGHT);
    metaimage(&all, "b", &LEFT);
    fs::write(all.join("c.vol"), "HSF-OCT").unwrap();
    let outs = ["a.mhd", "b.mhd", "c.vol"].map(|name| {
        let out = root.path().join(format!("out-{name}"));
        cohort(&Fake::new(), &out, &[&all.join(name)], &[]);
        out
    });
    let table = root.path().join("table");
    let gathered = |inputs: &[&Path]| cohort(&Fake::new(), &table, inputs, &["--gather"]);
    let ending = gathered(&[&outs[0], &outs[1].join(JSONL), &outs[2]]);
    assert_eq!((ending.tally.done, ending.tally.failed), (2, 1));
    assert_eq!(column(&table, "number"), ["1", "2", "3"]);
    assert_eq!(column(&table, "irf_nl")[0], column(&outs[0], "irf_nl")[0]);
    assert!(ending.tally.open[0].0.contains("out-c.vol"), "{:?}", ending.tally.open);

    fs::write(outs[1].join(JSONL), "{\"schema\": \"lac").unwrap();
    let ending = gathered(&[&outs[0], &outs[1], &root.path().join("missing")]);
    assert_eq!((ending.tally.done, ending.tally.lost), (1, 2));
    assert!(!ending.tally.is_all_done());
    assert_eq!(column(&table, "number"), ["1"]);
}

#[test]
fn the_program_says_by_its_exit_code_whether_all_scans_are_measured() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("cut.vol"), "HSF-OCT").unwrap();
    let out = root.path().join("out");
    let run = |args: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_lacuna"));
        program.args(args).arg(root.path()).arg("--out").arg(&out).output().unwrap()
    };
    let some = run(&["cohort", "--device", "cpu"]);
    assert_eq!(some.status.code(), Some(3));
    let said = String::from_utf8(some.stderr).unwrap();
    assert!(said.contains("cut.vol: failed"), "{said}");
    assert!(String::from_utf8(some.stdout).unwrap().starts_with("1 scan, 0 done, 1 failed: "));
    let json = run(&["cohort", "--device", "cpu", "--json"]);
    assert_eq!(json.status.code(), Some(3));
    let document: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&document["counts"]["failed"], &document["scans"][0]["state"]),
        (&1.into(), &"failed".into())
    );
    assert_eq!(run(&["cohort", "--weights", "/nonexistent"]).status.code(), Some(1));
    assert_eq!(run(&["cohort", "--gather", "--identified"]).status.code(), Some(2));
}
