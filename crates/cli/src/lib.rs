//! `lacuna`: the engine of the browser app on the command line, for batches,
//! for clusters and for tests. One run is one volume, or a cohort of them one after the other; a
//! scheduler shards what is more.
//!
//! A run is a straight line: arguments → files in memory → volume → mask and
//! evidence → outputs, staged under temporary names and renamed together, so
//! that an interrupted run leaves either a whole set or none and can be run
//! again safely.
//!
//! What goes where: results on stdout (with `--json` exactly one JSON
//! document, also on failure), everything for people on stderr. Exit code 0
//! is done, 1 bad input or failure, 2 wrong usage, 3 a cohort of which some scans are not
//! measured, 130 interrupted.
//!
//! | module | what it holds |
//! |---|---|
//! | [`args`] | the command line |
//! | [`collect`] | files, folders and companions into memory, within bounds |
//! | [`inference`] | what segments B-scans; the only place that knows the engine |
//! | [`operating_points`] | from which presence score on a fluid counts as present |
//! | [`segment`] | a scan segmented, its files written |
//! | [`cohort`] | folders of patients: every scan, its tables |
//! | [`compare`] | two visits of an eye |
//! | [`info`] | what a file says of itself |
//! | [`convert`] | any format as MetaImage |
//! | [`contact_sheet`] | one picture of a whole volume |
//! | [`phantom`] | a synthetic eye in RETOUCH's layout |
//! | [`output`] | writing all files or none |
//! | [`failure`] | what can go wrong, one sentence each |

pub mod args;
pub mod cohort;
pub mod collect;
pub mod compare;
pub mod contact_sheet;
pub mod convert;
pub mod failure;
pub mod inference;
pub mod info;
pub mod operating_points;
pub mod output;
pub mod phantom;
pub mod segment;
pub mod stale;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use serde_json::json;

use args::{Cli, Command};
use failure::Failure;

/// The exit code of a cohort that was gone through and of which some scans are not measured.
const SOME_NOT_MEASURED: u8 = 3;

/// Runs the command line `args`, program name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(usage) => {
            // `--help` and `--version` come this way too, and are no errors.
            let _ = usage.print();
            if !usage.use_stderr() {
                return ExitCode::SUCCESS;
            }
            if args.iter().any(|arg| arg == "--json") {
                print(&error_json("usage", &usage.to_string(), 2));
            }
            return ExitCode::from(2);
        }
    };
    output::clean_up_on_interrupt();
    let done = match &cli.command {
        Command::Cohort(cohort) => match cohort::run(cohort, cli.json) {
            Ok(true) => Ok(()),
            Ok(false) => return ExitCode::from(SOME_NOT_MEASURED),
            Err(failure) => Err(failure),
        },
        Command::Segment(segment) => segment::run(segment, cli.json),
        Command::Compare(compare) => compare::run(compare, cli.json),
        Command::Info(info) => info::run(info, cli.json),
        Command::Convert(convert) => convert::run(convert, cli.json),
        Command::Phantom(phantom) => phantom::run(phantom, cli.json),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("lacuna: {}", failure.sentence());
            if cli.json {
                print(&error_json(failure.kind(), &failure.sentence(), 1));
            }
            ExitCode::from(1)
        }
    }
}

/// Writes to stdout. A reader that went away (`| head`) is no failure of ours.
fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// `value` as indented JSON with a final newline.
fn pretty(value: &impl serde::Serialize) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Encode { file: "JSON".to_owned(), reason: error.to_string() })?;
    text.push('\n');
    Ok(text)
}

fn error_json(kind: &str, message: &str, exit_code: u8) -> String {
    format!("{}\n", json!({ "error": { "kind": kind, "message": message, "exit_code": exit_code } }))
}
