//! `trainer evaluate --stress`.

use anyhow::{Result, ensure};
use trainer::data::{Split, held_out_files};
use trainer::judge::stress::{STRESSES, Strain, Stress, StressRow, strained};
use trainer::judge::{HeldOut, Judge};

use super::{Entries, Sources, is_there};

/// Files of a dataset that are scored at most: a table of thousands of B-scans would take
/// hours. Phantoms change their style from one to the next: 48 of them make four of each.
const MOST_FILES: usize = 12;

/// What each stress does in the datasets `only`, or in all; of the stresses those whose
/// names begin with one of `words`, or all.
///
/// Eyes with fluid are those of validation: what is done about a stress is a choice, and
/// test is looked at in the end. A dataset without validation is looked at only where it
/// is there to show that nothing is found.
pub fn rows(
    words: &[String],
    judge: &Judge,
    entries: &Entries,
    sources: &Sources,
    only: &[String],
) -> Result<Vec<StressRow>> {
    let wanted = |stress: &&Stress| {
        words.is_empty() || words.iter().any(|word| stress.name.starts_with(word.as_str()))
    };
    let stresses: Vec<Stress> = STRESSES.iter().filter(wanted).copied().collect();
    ensure!(!stresses.is_empty(), "no stress begins with {}", words.join(" or "));
    let mut datasets: Vec<(&str, usize, Vec<Strain>)> = Vec::new();
    for entry in &entries.catalogue.datasets {
        let chosen = only.is_empty() || only.contains(&entry.name);
        if !chosen || !entry.is_oct() || !judge.can_score(entry, &entries.planes) || !is_there(entry, sources)
        {
            continue;
        }
        let files = |split| held_out_files(entry, &sources.data, &entries.planes, split);
        let (split, files) = match (files(Split::Validation)?, files(Split::Test)?) {
            (0, test) if !entry.absent_in_scores.is_empty() => (Split::Test, test),
            (validation, _) => (Split::Validation, validation),
        };
        if files == 0 {
            continue;
        }
        let every = files.div_ceil(MOST_FILES);
        let held_out = HeldOut { entry, data: &sources.data, split };
        let strains = strained(judge, &held_out, &entries.planes, every, &stresses)?;
        eprintln!("{}: {} of {files} files, {} stresses", entry.name, files.div_ceil(every), stresses.len());
        datasets.push((&entry.name, every, strains));
    }
    ensure!(!datasets.is_empty(), "no chosen dataset has B-scans for validation, or B-scans without fluid");
    let row = |(index, stress)| {
        let of: Vec<_> =
            datasets.iter().map(|(name, every, strains)| (*name, *every, &strains[index])).collect();
        StressRow::new(stress, &of)
    };
    Ok(stresses.iter().enumerate().map(row).collect())
}
