//! Tables of several runs, one a scan or more, as one: what a scheduler does last.

use std::fs;
use std::path::{Path, PathBuf};

use super::JSONL;
use super::record::ScanRecord;
use super::tally::Tally;
use crate::failure::Failure;

/// The records of `inputs`, which are folders of cohorts or their `cohort.jsonl`, in their
/// order and numbered anew, each with where it was found. A table or a line that cannot be read is
/// a [`Failure`] in the place of its records.
pub fn records(inputs: &[PathBuf]) -> Vec<(String, Result<ScanRecord, Failure>)> {
    inputs.iter().flat_map(|input| records_in(input)).collect()
}

fn records_in(input: &Path) -> Vec<(String, Result<ScanRecord, Failure>)> {
    let path = if input.is_dir() { input.join(JSONL) } else { input.to_owned() };
    let called = input.display().to_string();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return vec![(called, Err(Failure::Read { path, source }))],
    };
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let failure = || Failure::NoRecord { path: path.clone(), line };
        found.push((called.clone(), serde_json::from_str(text).map_err(|_| failure())));
    }
    if found.is_empty() {
        found.push((called, Err(Failure::NoRecord { path, line: 1 })));
    }
    found
}

/// Puts `found` together: lines, table and what to say of it. Lines that were lost are told, and are in no table.
///
/// # Errors
/// [`Failure::Encode`], which no record gives.
pub fn together(found: Vec<(String, Result<ScanRecord, Failure>)>) -> Result<Gathered, Failure> {
    let mut gathered =
        Gathered { lines: String::new(), table: super::table::header(), tally: Tally::default() };
    for (called, record) in found {
        match record {
            Ok(mut record) => {
                record.number = gathered.tally.scans() + 1;
                gathered.lines += &record.to_line()?;
                gathered.table += &super::table::row(&record);
                let called = record.input.name.clone().unwrap_or(called);
                let sentence = record.message.clone();
                gathered.tally.count(&called, record.state, sentence);
            }
            Err(failure) => gathered.tally.lose(&called, &failure),
        }
    }
    Ok(gathered)
}

/// What was put together.
pub struct Gathered {
    /// `cohort.jsonl`.
    pub lines: String,
    /// `cohort.csv`.
    pub table: String,
    /// How many scans there are of each state.
    pub tally: Tally,
}
