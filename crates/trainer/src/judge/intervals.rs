//! Intervals of volume: what is fluid at a high threshold, and what is at a low one.
//!
//! The network's probability of a pixel says how sure it is. Fluid at a threshold above the
//! engine's 0.5 is a lower bound of its volume, at one below it an upper bound. How often
//! truth lies between the two is counted here, for each pair of thresholds, so that a pair is
//! chosen that covers as often as it is said to.

use std::fmt::Write as _;

use anyhow::{Result, ensure};
use fluid::label::fluid_at;
use oct::FluidClass;
use serde::{Deserialize, Serialize};

use crate::data::{Case, DatasetEntry, IGNORE_BIT, Planes};

/// Low thresholds that are tried; the high one of a pair is 1 less the low one.
pub const LOW: [f32; 10] = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5];

/// Pixels of IRF, SRF and PED among those that `counts` at a high and at a low threshold: the
/// two ends of an interval, by [`FluidClass::index`].
///
/// # Shapes
/// - `probabilities`: of IRF, SRF and PED, a value a pixel of one grid
pub fn pixels_between(
    probabilities: [&[f32]; 3],
    counts: impl Fn(usize) -> bool,
    [low, high]: [f32; 2],
) -> [[u64; 2]; 3] {
    let mut pixels = [[0; 2]; 3];
    for index in (0..probabilities[0].len()).filter(|index| counts(*index)) {
        let here = probabilities.map(|map| map.get(index).copied().unwrap_or_default());
        for (end, threshold) in [high, low].into_iter().enumerate() {
            if let Some(class) = fluid_at(here, threshold) {
                pixels[class.index()][end] += 1;
            }
        }
    }
    pixels
}

/// One fluid on one B-scan: the intervals of all pairs of thresholds, and the truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntervalCase {
    /// The B-scan.
    pub name: String,
    /// IRF, SRF, PED, or fluid (IRF and SRF together), as labels name them.
    pub label: String,
    /// True pixels, by each grader.
    pub truth: Vec<u64>,
    /// Pixels at the high and at the low threshold of each pair of [`LOW`].
    pub ends: Vec<[u64; 2]>,
}

/// The intervals of the fluids that `entry` marks in full on `case`.
///
/// # Errors
/// Where the probabilities are of another grid than the case, or a label is unknown.
pub fn interval_cases(
    entry: &DatasetEntry,
    planes: &Planes,
    case: &Case,
    probabilities: &[Vec<f32>; 3],
) -> Result<Vec<IntervalCase>> {
    let maps = [0, 1, 2].map(|class| probabilities[class].as_slice());
    ensure!(
        maps.iter().all(|map| map.len() == case.bits.len()),
        "{}: the probabilities are of another grid",
        case.name
    );
    let counts = |index: usize| case.bits[index] >> IGNORE_BIT & 1 == 0;
    let pairs: Vec<_> = LOW.iter().map(|low| pixels_between(maps, counts, [*low, 1.0 - low])).collect();
    let [irf, srf, ped] = FluidClass::ALL.map(FluidClass::index);
    let mut cases = Vec::new();
    for (label, classes) in
        [("irf", &[irf][..]), ("srf", &[srf][..]), ("ped", &[ped][..]), ("fluid", &[irf, srf][..])]
    {
        let marked = entry.labels.values().any(|known| known == label);
        if !marked || entry.partial.iter().any(|known| known == label) {
            continue;
        }
        let plane = planes.index(label)?;
        let truth = |bits: &Vec<u32>| {
            let there = |index: &usize| counts(*index) && bits[*index] >> plane & 1 == 1;
            (0..bits.len()).filter(there).count() as u64
        };
        let ends = |pair: &[[u64; 2]; 3]| {
            [0, 1].map(|end| classes.iter().map(|class| pair[*class][end]).sum::<u64>())
        };
        cases.push(IntervalCase {
            name: case.name.clone(),
            label: label.to_owned(),
            truth: std::iter::once(&case.bits).chain(&case.others).map(truth).collect(),
            ends: pairs.iter().map(ends).collect(),
        });
    }
    Ok(cases)
}

/// How often the intervals of one pair of thresholds hold the truth, over the B-scans with
/// the fluid; each grader counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The dataset.
    pub dataset: String,
    /// IRF, SRF, PED or fluid.
    pub label: String,
    /// Low and high threshold.
    pub thresholds: [f32; 2],
    /// B-scans with the fluid, each as often as graders marked it there.
    pub present: usize,
    /// Of them those whose truth lies within the interval.
    pub covered: usize,
    /// Of them those whose truth lies below and above it.
    pub missed: [usize; 2],
    /// Median width of the interval over the truth.
    pub width: Option<f64>,
    /// Median upper end where nothing is there, pixels.
    pub free: Option<f64>,
}

/// The coverage of every pair of thresholds over `cases` of one dataset, by label.
pub fn coverage(dataset: &str, cases: &[IntervalCase]) -> Vec<Coverage> {
    let mut labels: Vec<&str> = Vec::new();
    for case in cases {
        if !labels.contains(&case.label.as_str()) {
            labels.push(&case.label);
        }
    }
    let mut rows = Vec::new();
    for label in labels {
        for (pair, low) in LOW.iter().enumerate() {
            let (mut present, mut covered, mut missed) = (0, 0, [0; 2]);
            let (mut widths, mut free) = (Vec::new(), Vec::new());
            for case in cases.iter().filter(|case| case.label == label) {
                let Some([least, most]) = case.ends.get(pair).copied() else { continue };
                for truth in &case.truth {
                    if *truth == 0 {
                        free.push(most as f64);
                        continue;
                    }
                    present += 1;
                    covered += usize::from((least..=most).contains(truth));
                    missed[0] += usize::from(*truth < least);
                    missed[1] += usize::from(*truth > most);
                    widths.push(most.saturating_sub(least) as f64 / *truth as f64);
                }
            }
            rows.push(Coverage {
                dataset: dataset.to_owned(),
                label: label.to_owned(),
                thresholds: [*low, 1.0 - low],
                present,
                covered,
                missed,
                width: median(widths),
                free: median(free),
            });
        }
    }
    rows
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
    Some(0.5 * (low + high))
}

/// The coverages as a Markdown table.
pub fn coverage_table(rows: &[Coverage]) -> String {
    let mut table = String::from(
        "| dataset | fluid | thresholds | B-scans with it (graders each) | truth within | below | above | median width, of the truth | median upper end where absent |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let share = |count: usize| format!("{count} ({:.2})", count as f64 / row.present.max(1) as f64);
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {:.2}, {:.2} | {} | {} | {} | {} | {} | {} |",
            row.dataset,
            row.label,
            row.thresholds[0],
            row.thresholds[1],
            row.present,
            share(row.covered),
            share(row.missed[0]),
            share(row.missed[1]),
            row.width.map_or_else(|| "—".to_owned(), |width| format!("{width:.2}")),
            row.free.map_or_else(|| "—".to_owned(), |pixels| format!("{pixels:.0} px")),
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluid::label::{THRESHOLD, label};
    use oct::Framing;
    use oct::WorkingGrid;

    #[test]
    fn at_the_threshold_of_the_engine_a_pixel_is_what_the_engine_says() {
        let value = |n: usize, step: usize| (n * step % 101) as f32 / 100.0;
        let maps: [Vec<f32>; 3] = [7, 31, 53].map(|step| (0..400).map(|n| value(n, step)).collect());
        let grid = WorkingGrid { rows: 1, columns: 400 };
        let labels = label(
            [0, 1, 2].map(|class: usize| maps[class].as_slice()),
            Framing::whole([1, 400], grid),
            THRESHOLD,
        );
        for (index, label) in labels.into_iter().enumerate() {
            let here = [0, 1, 2].map(|class: usize| maps[class][index]);
            assert_eq!(fluid_at(here, THRESHOLD).map_or(0, FluidClass::label), label, "{here:?}");
        }
    }

    #[test]
    fn the_ends_of_an_interval_are_what_is_sure_and_what_may_be() {
        let irf = [0.95, 0.6, 0.2, 0.05, 0.99];
        let none = [0.0; 5];
        // The last pixel does not count.
        let pixels = pixels_between([&irf, &none, &none], |index| index < 4, [0.1, 0.9]);
        assert_eq!(pixels[FluidClass::Irf.index()], [1, 3]);
        assert_eq!(pixels[FluidClass::Ped.index()], [0, 0]);
    }

    #[test]
    fn intervals_of_probabilities_that_mean_what_they_say_cover_more_the_wider_they_are() {
        let case = |name: u64, truth: Vec<u64>| IntervalCase {
            name: name.to_string(),
            label: "irf".into(),
            truth,
            ends: LOW.iter().map(|low| [(100.0 * low) as u64, 200 - (100.0 * low) as u64]).collect(),
        };
        let mut cases: Vec<IntervalCase> = (0..100).map(|n| case(n, vec![50 + n])).collect();
        cases.push(case(100, vec![0, 90]));
        let rows = coverage("phantom", &cases);
        assert_eq!(rows.len(), LOW.len());
        assert!(rows.windows(2).all(|pair| pair[0].covered >= pair[1].covered));
        assert_eq!((rows[0].present, rows[0].covered, rows[0].missed), (101, 101, [0, 0]));
        // At 0.5: 50 to 150 pixels, which all of 50..150 lie in.
        assert_eq!((rows[9].thresholds, rows[9].covered), ([0.5, 0.5], 101));
        assert_eq!(rows[0].free, Some(199.0));
        assert!(coverage_table(&rows).contains("| phantom | irf | 0.01, 0.99 | 101 | 101 (1.00) |"));
    }
}
