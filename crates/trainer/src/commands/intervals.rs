//! `trainer evaluate --intervals`.

use anyhow::{Result, ensure};
use trainer::data::Split;
use trainer::judge::{Coverage, HeldOut, Judge, coverage, interval_cases};

use super::{Entries, Sources, is_there};

/// How often intervals of volume hold the truth in the parts `splits` of the datasets `only`,
/// or of all that mark fluids.
pub fn rows(
    judge: &Judge,
    entries: &Entries,
    sources: &Sources,
    splits: &[Split],
    only: &[String],
) -> Result<Vec<Coverage>> {
    let mut rows = Vec::new();
    for entry in entries.catalogue.datasets.iter().filter(|entry| entry.is_oct()) {
        let chosen = only.is_empty() || only.contains(&entry.name);
        if !chosen || !judge.can_score(entry, &entries.planes) || !is_there(entry, sources) {
            continue;
        }
        let mut cases = Vec::new();
        for split in splits {
            let held_out = HeldOut { entry, data: &sources.data, split: *split };
            let found = judge.over_all(&held_out, &entries.planes, |case| {
                let probabilities = judge.fluid_probabilities(entry, case)?;
                interval_cases(entry, &entries.planes, case, &probabilities)
            })?;
            cases.extend(found.into_iter().flatten());
        }
        rows.extend(coverage(&entry.name, &cases));
    }
    ensure!(!rows.is_empty(), "no chosen dataset has B-scans in which fluids are marked");
    Ok(rows)
}
