//! A network and several graders of the same eyes: does it agree with each at least as well
//! as they agree with each other?

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, anyhow};
use fluid::scores::Overlap;
use serde::{Deserialize, Serialize};

use crate::data::{Case, DatasetEntry, Planes};

use super::predict::Verdict;
use super::volumes::counted;

/// The row over all subjects.
pub const ALL_SUBJECTS: &str = "all";

/// How a network and the graders agree over one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraderScores {
    /// The dataset.
    pub dataset: String,
    /// Whose eye it is; [`ALL_SUBJECTS`] for all of them together.
    pub subject: String,
    /// Label or superset.
    pub label: String,
    /// B-scans scored.
    pub bscans: usize,
    /// Dice of the network with each grader, over all pixels that count, the first grader
    /// first; `None` where neither marks one.
    pub network: Vec<Option<f64>>,
    /// Dice of the graders with each other, over the same pixels: of several pairs the mean.
    pub between: Option<f64>,
    /// Whether the network agrees with every grader at least as well as they do with each other.
    pub at_or_above: Option<bool>,
}

/// The pixels of one label on one B-scan, or on several of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct GraderOverlaps {
    subject: String,
    label: String,
    bscans: usize,
    /// Of the network with each grader.
    network: Vec<Overlap>,
    /// Of each pair of graders.
    between: Vec<Overlap>,
}

/// Overlaps of network and graders on `case`, a label each that every grader marks; none
/// where there is one grader.
///
/// # Errors
/// Where the verdict or a mask is of another grid than its case.
pub fn grader_overlaps(
    entry: &DatasetEntry,
    planes: &Planes,
    case: &Case,
    verdict: &Verdict,
) -> Result<Vec<GraderOverlaps>> {
    let graders: Vec<&[u32]> = std::iter::once(&case.bits).chain(&case.others).map(Vec::as_slice).collect();
    let mut all = Vec::new();
    if graders.len() < 2 {
        return Ok(all);
    }
    for label in entry.labels.values().filter(|label| !entry.partial.contains(label)) {
        let plane = planes.index(label)?;
        let Some(mask) = &verdict.masks[plane] else { continue };
        let overlap = |found: &[bool], truth: &[u32]| {
            counted(found, truth, plane).map_err(|error| anyhow!("{}: {error}", case.name))
        };
        let network = graders.iter().map(|truth| overlap(mask, truth)).collect::<Result<Vec<_>>>()?;
        let mut between = Vec::new();
        for (position, one) in graders.iter().enumerate() {
            let one: Vec<bool> = one.iter().map(|bits| bits >> plane & 1 == 1).collect();
            for other in &graders[position + 1..] {
                between.push(overlap(&one, other)?);
            }
        }
        let (subject, label) = (case.subject.clone(), label.clone());
        all.push(GraderOverlaps { subject, label, bscans: 1, network, between });
    }
    Ok(all)
}

/// The scores of the B-scans of `dataset` by label and subject, and over all subjects
/// where there are several.
pub fn grader_scores(dataset: &str, bscans: impl IntoIterator<Item = GraderOverlaps>) -> Vec<GraderScores> {
    let mut subjects: BTreeMap<(String, String), GraderOverlaps> = BTreeMap::new();
    for bscan in bscans {
        let key = (bscan.label.clone(), bscan.subject.clone());
        match subjects.get_mut(&key) {
            Some(subject) => subject.add(&bscan),
            None => drop(subjects.insert(key, bscan)),
        }
    }
    let mut labels: BTreeMap<String, Vec<GraderOverlaps>> = BTreeMap::new();
    for ((label, _), subject) in subjects {
        labels.entry(label).or_default().push(subject);
    }
    let mut scores = Vec::new();
    for subjects in labels.into_values() {
        scores.extend(subjects.iter().map(|subject| subject.scores(dataset)));
        if let [first, others @ ..] = subjects.as_slice()
            && !others.is_empty()
        {
            let mut all = GraderOverlaps { subject: ALL_SUBJECTS.to_owned(), ..first.clone() };
            others.iter().for_each(|other| all.add(other));
            scores.push(all.scores(dataset));
        }
    }
    scores
}

impl GraderOverlaps {
    fn add(&mut self, other: &Self) {
        self.bscans += other.bscans;
        let both = self.network.iter_mut().zip(&other.network);
        both.chain(self.between.iter_mut().zip(&other.between)).for_each(|(sum, one)| *sum += *one);
    }

    fn scores(&self, dataset: &str) -> GraderScores {
        let network: Vec<Option<f64>> = self.network.iter().map(|overlap| overlap.dice()).collect();
        let pairs: Option<Vec<f64>> = self.between.iter().map(|overlap| overlap.dice()).collect();
        let between = pairs.map(|pairs| pairs.iter().sum::<f64>() / pairs.len() as f64);
        let least = network.iter().copied().reduce(|a, b| Some(a?.min(b?))).flatten();
        GraderScores {
            dataset: dataset.to_owned(),
            subject: self.subject.clone(),
            label: self.label.clone(),
            bscans: self.bscans,
            at_or_above: least.zip(between).map(|(least, between)| least >= between),
            network,
            between,
        }
    }
}

/// The scores as a Markdown table; empty where there are none.
pub fn grader_table(scores: &[GraderScores]) -> String {
    let Some(graders) = scores.iter().map(|row| row.network.len()).max() else { return String::new() };
    let columns: String = (1..=graders).map(|grader| format!(" with grader {grader} |")).collect();
    let mut table = format!(
        "| dataset | subject | label | B-scans |{columns} graders with each other | the network is |\n"
    );
    table += &format!("|---|---|---|---|{}---|---|\n", "---|".repeat(graders));
    let shown = |dice: Option<f64>| dice.map_or_else(|| "—".to_owned(), |dice| format!("{dice:.3}"));
    for row in scores {
        let network: String = (0..graders)
            .map(|grader| format!(" {} |", shown(row.network.get(grader).copied().flatten())))
            .collect();
        let verdict = match row.at_or_above {
            Some(true) => "at or above the second expert",
            Some(false) => "below the second expert",
            None => "—",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} |{network} {} | {verdict} |",
            row.dataset,
            row.subject,
            row.label,
            row.bscans,
            shown(row.between)
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Catalogue, IGNORE_BIT, ImageLevel, Split};
    use mmis_model::LabelSpace;
    use oct::{Geometry, OctVolume, Samples};

    fn overlaps(subject: &str, first: [u8; 6], second: [u8; 6], found: [u8; 6]) -> Vec<GraderOverlaps> {
        let entry = "[[dataset]]\nname='d'\nmodality='OCT'\norgans=[]\nlicence=''\nreader='image_pairs'\nmasks='m'\ngraders=['g']\nfactor=1.0\nlabels={'1'='fluid'}\nabsent=['ped']";
        let space = LabelSpace::training().unwrap();
        let catalogue = Catalogue::from_toml(entry, &space).unwrap();
        let planes = Planes::over(&space, &catalogue).unwrap();
        let fluid = planes.index("fluid").unwrap();
        // The last pixel lies outside of the columns that were graded.
        let bits = |marked: [u8; 6]| -> Vec<u32> {
            let bit = |(n, marked): (usize, u8)| u32::from(marked) << fluid | u32::from(n == 5) << IGNORE_BIT;
            marked.into_iter().enumerate().map(bit).collect()
        };
        let case = Case {
            name: format!("{subject}_B"),
            subject: subject.into(),
            device: String::new(),
            split: Split::Test,
            volume: OctVolume::new(6, 1, 1, Samples::U8(vec![0; 6]), Geometry::default()).unwrap(),
            bits: bits(first),
            others: vec![bits(second)],
            image_level: ImageLevel::default(),
            voxel_nl: None,
        };
        let mut verdict = Verdict { masks: vec![None; planes.len()], chances: vec![None; planes.len()] };
        verdict.masks[fluid] = Some(found.iter().map(|found| *found == 1).collect());
        grader_overlaps(&catalogue.datasets[0], &planes, &case, &verdict).unwrap()
    }

    #[test]
    fn a_network_between_two_graders_is_at_or_above_the_second_and_one_beside_them_is_not() {
        // Graders: 1 of 4 pixels in common, Dice 2/5. The network marks two of their four.
        let between = overlaps("S08", [1, 1, 0, 0, 0, 1], [0, 1, 1, 1, 0, 0], [0, 1, 1, 0, 0, 1]);
        let beside = overlaps("S10", [1, 1, 0, 0, 0, 1], [0, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]);
        let scores = grader_scores("duke", between.into_iter().chain(beside));
        let subjects: Vec<&str> = scores.iter().map(|row| row.subject.as_str()).collect();
        assert_eq!(subjects, ["S08", "S10", ALL_SUBJECTS]);
        assert_eq!(scores[0].between, Some(0.4));
        assert_eq!(scores[0].network, [Some(0.5), Some(0.8)]);
        assert_eq!((scores[0].at_or_above, scores[1].at_or_above), (Some(true), Some(false)));
        // Both subjects: the graders 2 of (4 + 6), the network 1 of 3 + 4 and 2 of 3 + 6.
        assert_eq!(scores[2].between, Some(0.4));
        assert_eq!(scores[2].network, [Some(2.0 / 7.0), Some(4.0 / 9.0)]);
        let table = grader_table(&scores);
        assert!(
            table.contains(
                "| duke | S08 | fluid | 1 | 0.500 | 0.800 | 0.400 | at or above the second expert |"
            )
        );
        assert!(table.contains("below the second expert"), "{table}");
    }

    #[test]
    fn where_no_one_marks_anything_there_is_no_verdict() {
        let scores = grader_scores("duke", overlaps("S08", [0; 6], [0; 6], [0; 6]));
        assert_eq!((scores[0].between, scores[0].at_or_above), (None, None));
        assert_eq!(grader_table(&[]), "");
    }
}
