//! Heidelberg `.E2E` and `.sdb`: the database of HEYEX, or the part of it that
//! was exported.
//!
//! A chain of directories names containers, each with a header of 60 bytes
//! that says whose (patient, study, series, slice) and what (type) it is.
//! Little-endian. Layout after UOCTE's wiki, LibE2E, OCT-Converter
//! (`e2e_binary.py`) and eyepy (`e2e_format.py`). Where the chain is broken, as
//! in files that somebody cut down, the containers are found by their first
//! letters.
//!
//! B-scans are unsigned floats of 16 bits: 6 of exponent, 10 of mantissa. The
//! public readers turn the mantissa's bits round. In a real B-scan the leading
//! digits then lose the distribution that measured values have (many small
//! ones, few large ones) and neighbours differ more, so here they stay as they
//! are. As of `.vol`, the fourth root is shown.
//!
//! The file states the axial spacing in mm, but where B-scans lie in degrees.
//! Millimetres follow from a length per degree and are marked as a default.

mod containers;
mod geometry;
mod records;
mod series;

use std::collections::BTreeMap;

use self::containers::{Container, SeriesKey, listed, searched};
use self::records::{PATIENT, bscan, patient};
use self::series::Series;
use crate::bytes::content::describe;
use crate::bytes::fields::ByteFields;
use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::input_file::name_of;
use crate::told_apart::told_apart;
use crate::{Cause, Format, InputFile, OpenError, Opened};

/// Series of one file at most; a patient of ten years has some hundreds.
const MOST_SERIES: usize = 4096;

/// Reads the volume of series `choice`, else of the one with most B-scans.
pub(crate) fn read(Chosen { file, choice, .. }: Chosen) -> Result<Opened, Fault> {
    let InputFile { path, bytes } = file;
    let start = if bytes.starts_with(b"E2EMultipleVolumeFile") { 64 } else { 0 };
    let fields = ByteFields::new("its directory", bytes.get(start..).unwrap_or_default());
    if !fields.bytes().starts_with(b"CMDb") {
        let found = describe(&bytes).to_owned();
        return Err(Cause::NotWhatItSays { expected: "a Heidelberg E2E file", found }.into());
    }
    let mut warnings = Vec::new();
    let holds_bscan = |containers: &[Container<'_>]| containers.iter().any(|c| bscan(c).is_some());
    let mut containers = listed(fields).unwrap_or_default();
    if !holds_bscan(&containers) {
        containers = searched(fields);
        if holds_bscan(&containers) {
            warnings
                .push(format!("The directory of {path} is damaged: its B-scans were found by searching."));
        }
    }
    let mut all: BTreeMap<SeriesKey, Series<'_>> = BTreeMap::new();
    for container in &containers {
        if all.len() > MOST_SERIES {
            return Err(Cause::TooLarge { limit: "4,096 series" }.into());
        }
        all.entry(container.series).or_default().take(container);
    }
    all.retain(|_, series| !series.bscans.is_empty());
    let stored: usize = all.values().flat_map(|series| series.bscans.values()).map(|b| b.samples.len()).sum();
    if stored > bytes.len() {
        return Err(Cause::malformed("its B-scans overlap").into());
    }

    let counts = all.values().map(|series| series.bscans.len()).enumerate();
    let Some((most, _)) = counts.rev().max_by_key(|(_, count)| *count) else {
        let found = format!("{} other records", containers.len());
        return Err(Cause::NoBScans { found }.into());
    };
    let chosen = choice.unwrap_or(most);
    let keys: Vec<SeriesKey> = all.keys().copied().collect();
    let choices: Vec<String> = told_apart(
        all.values().map(Series::words).collect(),
        &[&|index| keys.get(index).map(|(_, _, series)| format!("series {series}"))],
    );
    let Some((key, series)) = all.into_iter().nth(chosen) else {
        return Err(OpenError::NoSuchChoice { name: path, choice: chosen, count: choices.len() }.into());
    };
    let patient = containers.iter().filter(|c| c.kind == PATIENT && c.series.0 == key.0).find_map(patient);
    let volume = series.volume(&path, bytes.len(), &mut warnings)?;
    let name = name_of(&path);
    Ok(Opened {
        warnings,
        chosen,
        choices: if choices.len() > 1 { choices } else { Vec::new() },
        patient,
        ..Opened::new(name, Format::HeidelbergE2e, volume)
    })
}
