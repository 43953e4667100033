//! `lacuna cohort`: folders of patients, scan by scan, with the same code as `lacuna segment`.
//!
//! What was given becomes sets of files that are opened one after the other, and only one scan
//! is in memory at a time. Each scan is written whole into a folder of its own under
//! `scans/`, which is called after the content of its files and so names nobody; a record
//! beside its files says with what it was made. A run may be stopped at any moment: the next one
//! takes over what is whole, and measures what is missing, has changed or would be measured
//! otherwise now. What is wrong with a scan is a line in the tables and stops nothing; only an
//! output that cannot be written does.
//!
//! | module | what it holds |
//! |---|---|
//! | [`inputs`] | folders and files as sets that are opened at once |
//! | [`scan`] | one set: its scans measured and written, or taken over |
//! | [`earlier`] | what earlier runs left |
//! | [`record`] | what is written of a scan, and what became of it |
//! | [`table`] | records as CSV |
//! | [`tally`] | how many scans there are of each state |
//! | [`gather`] | tables of several runs as one |

pub mod earlier;
pub mod gather;
pub mod inputs;
pub mod record;
pub mod scan;
pub mod table;
pub mod tally;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use self::inputs::Inputs;
use self::record::{ScanRecord, State};
use self::scan::{Measurer, Outcome};
use self::tally::Tally;
use crate::args::CohortArgs;
use crate::failure::Failure;
use crate::inference::{EngineSegmenter, Segmenter};
use crate::output::OutputSet;

/// A line of JSON a scan.
pub const JSONL: &str = "cohort.jsonl";
/// A row a scan.
pub const CSV: &str = "cohort.csv";

/// Files that are told by name of those that are no scans.
const NAMED_LEFT_OUT: usize = 3;

/// How a cohort went.
#[derive(Debug)]
pub struct Ending {
    /// How many scans there are of each state.
    pub tally: Tally,
    /// What goes to stdout.
    pub text: String,
}

/// Runs `lacuna cohort`, and gives whether every scan is measured.
///
/// # Errors
/// [`Failure`] where there is no scan, the engine does not start or outputs cannot be written.
pub fn run(args: &CohortArgs, json: bool) -> Result<bool, Failure> {
    let start = || EngineSegmenter::start(args.how.weights.as_deref(), args.how.device);
    let ending = run_with(args, json, start)?;
    crate::print(&ending.text);
    Ok(ending.tally.is_all_done())
}

/// As [`run`], by the segmenter that `start` gives.
///
/// # Errors
/// As of [`run`].
pub fn run_with<S: Segmenter>(
    args: &CohortArgs,
    json: bool,
    start: impl FnOnce() -> Result<S, Failure>,
) -> Result<Ending, Failure> {
    if args.gather {
        return gather(args, json);
    }
    let inputs = inputs::find(&args.inputs, &args.out);
    if inputs.sets.is_empty() && inputs.unreadable.is_empty() {
        return Err(Failure::NoScans { count: inputs.left_out.len() });
    }
    say_left_out(&inputs.left_out);
    // The folder first: a bad place should fail before minutes of work.
    let mut tables = Tables::begin(&args.out)?;
    let segmenter = start()?;
    let measurer = Measurer::new(&segmenter, &args.how, &args.out, json);
    let (tally, records) = measure_all(&measurer, inputs, &mut tables, json)?;
    ending(args, json, tally, records)
}

/// Measures set after set. Gives the records where they are wanted as JSON.
fn measure_all(
    measurer: &Measurer<'_>,
    inputs: Inputs,
    tables: &mut Tables,
    json: bool,
) -> Result<(Tally, Vec<ScanRecord>), Failure> {
    let (mut tally, mut records) = (Tally::default(), Vec::new());
    let mut waiting: VecDeque<_> = inputs.sets.into();
    let mut files = waiting.len() + inputs.unreadable.len();
    let mut file = 0;
    let mut tell = |file: usize, files: usize, mut outcome: Outcome| -> Result<(), Failure> {
        outcome.record.number = tally.scans() + 1;
        tables.add(&outcome.record)?;
        if !json {
            eprintln!("{}", progress_line(file, files, &outcome));
        }
        tally.done_before += usize::from(outcome.was_done && outcome.record.state == State::Done);
        tally.count(&outcome.called, outcome.record.state, outcome.sentence);
        if json {
            records.push(outcome.record);
        }
        Ok(())
    };
    for (path, failure) in &inputs.unreadable {
        file += 1;
        tell(file, files, measurer.unreadable(path, failure))?;
    }
    while let Some(set) = waiting.pop_front() {
        file += 1;
        let apart = measurer.measure(&set, |outcome| tell(file, files, outcome))?;
        if !apart.is_empty() {
            // Each of its files is a volume: they take its place.
            file -= 1;
            files += apart.len() - 1;
            apart.into_iter().rev().for_each(|one| waiting.push_front(one));
        }
    }
    Ok((tally, records))
}

fn gather(args: &CohortArgs, json: bool) -> Result<Ending, Failure> {
    let found = gather::records(&args.inputs);
    let records = found.iter().filter_map(|(_, record)| record.as_ref().ok());
    let records: Vec<ScanRecord> = if json { records.cloned().collect() } else { Vec::new() };
    let gathered = gather::together(found)?;
    let mut outputs = OutputSet::new(&args.out)?;
    outputs.stage(CSV, gathered.table.as_bytes())?;
    outputs.stage(JSONL, gathered.lines.as_bytes())?;
    outputs.commit()?;
    ending(args, json, gathered.tally, records)
}

/// What is said in the end: what is open on stderr, by name, and the counts on stdout.
fn ending(args: &CohortArgs, json: bool, tally: Tally, records: Vec<ScanRecord>) -> Result<Ending, Failure> {
    eprint!("{}", tally.open_in_words());
    let text = if json {
        crate::pretty(&json!({ "out": args.out, "files": [CSV, JSONL], "counts": tally, "scans": records }))?
    } else {
        let table = args.out.join(CSV);
        format!("{}: {}\n{}\n", tally.in_words(), table.display(), fluid::report::RESEARCH_USE_NOTICE)
    };
    Ok(Ending { tally, text })
}

/// One line on a scan.
fn progress_line(file: usize, files: usize, outcome: &Outcome) -> String {
    let record = &outcome.record;
    let mut line = format!("[{file}/{files}] {}: {}", outcome.called, record.state.name());
    if outcome.was_done {
        line += " before";
    } else if record.seconds > 0.0 {
        line += &format!(" in {:.1} s", record.seconds);
    }
    if let Some(figures) = &record.figures {
        let classes = &figures.classes;
        for (class, of) in [("IRF", &classes.irf), ("SRF", &classes.srf), ("PED", &classes.ped)] {
            let volume = of.volume_nl.map_or_else(|| "unknown".to_owned(), |nl| format!("{nl:.1} nl"));
            line += &format!(", {class} {volume}");
        }
    }
    match &outcome.sentence {
        Some(sentence) => line + ". " + sentence,
        None => line,
    }
}

fn say_left_out(left_out: &[String]) {
    let named: Vec<&str> = left_out.iter().take(NAMED_LEFT_OUT).map(String::as_str).collect();
    if !named.is_empty() {
        let more = if left_out.len() > NAMED_LEFT_OUT { ", …" } else { "" };
        eprintln!(
            "lacuna: files that are no scans by themselves: {} ({}{more}).",
            left_out.len(),
            named.join(", ")
        );
    }
}

/// The tables, which grow with every scan; a run that was stopped leaves those it has done.
struct Tables {
    lines: (PathBuf, File),
    table: (PathBuf, File),
}

impl Tables {
    fn begin(out: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(out).map_err(|source| Failure::Write { path: out.to_owned(), source })?;
        let begin = |name: &str| {
            let path = out.join(name);
            match File::create(&path) {
                Ok(file) => Ok((path, file)),
                Err(source) => Err(Failure::Write { path, source }),
            }
        };
        let mut tables = Self { lines: begin(JSONL)?, table: begin(CSV)? };
        append(&mut tables.table, &table::header())?;
        Ok(tables)
    }

    fn add(&mut self, record: &ScanRecord) -> Result<(), Failure> {
        append(&mut self.lines, &record.to_line()?)?;
        append(&mut self.table, &table::row(record))
    }
}

/// Writes a whole line at once.
fn append((path, file): &mut (PathBuf, File), line: &str) -> Result<(), Failure> {
    file.write_all(line.as_bytes()).map_err(|source| Failure::Write { path: path.clone(), source })
}
