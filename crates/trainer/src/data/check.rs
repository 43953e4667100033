//! What `trainer prepare` checks before an hour is spent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::catalogue::{Reader, Split, SubjectRule};
use super::planes::{IGNORE_BIT, Planes};
use super::sample::Dataset;

/// What is wrong, and what is worth knowing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Training on these would mislead.
    pub errors: Vec<String>,
    /// To be looked at.
    pub warnings: Vec<String>,
}

/// Checks datasets that were read: subjects on both sides of a split (over all
/// datasets of the same images, those `beside` them too), labels that never
/// occur, masks without an image, flat images.
pub fn check(datasets: &[Dataset], beside: &[Dataset], planes: &Planes) -> Findings {
    let mut findings = Findings::default();
    leakage(&datasets.iter().chain(beside).collect::<Vec<_>>(), &mut findings);
    for dataset in datasets {
        let name = &dataset.entry.name;
        let count = |split| dataset.samples.iter().filter(|sample| sample.split == split).count();
        if dataset.entry.factor > 0.0 && count(Split::Train) == 0 {
            findings.errors.push(format!("{name} is to be learnt from and has no training sample"));
        }
        let seen = dataset.samples.iter().flat_map(|sample| &sample.bits).fold(0, |seen, bits| seen | bits);
        for plane in planes.in_bits(dataset.taught) {
            let label = &planes.names()[plane];
            if seen >> plane & 1 == 0 && !dataset.entry.absent.contains(label) {
                findings.warnings.push(format!("{name} lists the label {label}, and no pixel has it"));
            }
        }
        if let [first, ..] = dataset.unpaired.as_slice() {
            let count = dataset.unpaired.len();
            findings.warnings.push(format!("{name}: {count} of its masks have no image, e.g. {first}"));
        }
        let flat =
            dataset.samples.iter().find(|sample| sample.look.quantiles[1] == sample.look.quantiles[15]);
        if let Some(sample) = flat {
            findings.warnings.push(format!("{name}: {} is all of one grey", sample.name));
        }
    }
    findings
}

fn leakage(datasets: &[&Dataset], findings: &mut Findings) {
    // The same folder of images, the same subjects and files: painted copies leak, too.
    type Places<'a> = BTreeMap<(PathBuf, String), BTreeMap<Split, &'a str>>;
    let (mut subjects, mut files) = (Places::new(), Places::new());
    for dataset in datasets {
        let name = dataset.entry.name.as_str();
        let source = dataset.entry.source();
        for sample in &dataset.samples {
            let of = subjects.entry((source.clone(), sample.subject.clone())).or_default();
            of.entry(sample.split).or_insert(name);
            let file = sample.name.split('~').next().unwrap_or_default().to_owned();
            files.entry((source.clone(), file)).or_default().entry(sample.split).or_insert(name);
        }
    }
    for ((_, file), of) in files.iter().filter(|(_, of)| of.len() > 1) {
        let places: Vec<String> = of.iter().map(|(split, name)| format!("{split:?} of {name}")).collect();
        findings.errors.push(format!("{file} is in {}", places.join(" and in ")));
    }
    for ((_, subject), of) in subjects.iter().filter(|(_, of)| of.len() > 1) {
        let names: BTreeSet<&str> = of.values().copied().collect();
        let declared = datasets
            .iter()
            .filter(|dataset| names.contains(dataset.entry.name.as_str()))
            .all(|dataset| dataset.entry.subject == SubjectRule::One);
        let uses = if of.contains_key(&Split::Train) { "learnt from" } else { "chosen with" };
        let names = Vec::from_iter(names).join(" and ");
        let text = format!("subject {subject} of {names} is {uses} and scored on");
        if declared {
            findings.warnings.push(format!("{text}: declared, all of it is one subject"));
        } else {
            findings.errors.push(text);
        }
    }
}

/// Datasets and what they teach, as a Markdown table: samples, sizes, and for
/// each label the part of pixels that has it, or how it is declared.
pub fn table(datasets: &[Dataset], planes: &Planes) -> String {
    let mut used =
        datasets.iter().fold(0, |used, dataset| used | dataset.taught | planes.scored(&dataset.entry));
    used &= !(1 << IGNORE_BIT);
    let shown: Vec<usize> = planes.in_bits(used).collect();
    let names: Vec<&str> = shown.iter().map(|plane| planes.names()[*plane].as_str()).collect();
    let mut text = format!(
        "| dataset | modality | licence | train | valid. | test | working size | spacing | {} |\n|---|---|---|---|---|---|---|---|{}\n",
        names.join(" | "),
        "---|".repeat(shown.len())
    );
    for dataset in datasets {
        let count = |split| dataset.samples.iter().filter(|sample| sample.split == split).count();
        let sizes = |of: fn(&super::Sample) -> usize| {
            let least = dataset.samples.iter().map(|sample| of(sample)).min().unwrap_or(0);
            let most = dataset.samples.iter().map(|sample| of(sample)).max().unwrap_or(0);
            if least == most { least.to_string() } else { format!("{least}-{most}") }
        };
        let pixels: usize = dataset.samples.iter().map(|sample| sample.bits.len()).sum();
        let cell = |plane: &usize| {
            let label = &planes.names()[*plane];
            if dataset.entry.absent.contains(label) {
                "absent".to_owned()
            } else if dataset.entry.absent_in_scores.contains(label) {
                "absent (scores)".to_owned()
            } else if dataset.taught >> plane & 1 == 1 {
                let marked = dataset.samples.iter().flat_map(|sample| &sample.bits);
                let marked = marked.filter(|bits| *bits >> plane & 1 == 1).count();
                let partial = if dataset.partial >> plane & 1 == 1 { ", partial" } else { "" };
                format!("{:.2} %{partial}", 100.0 * marked as f64 / pixels.max(1) as f64)
            } else {
                String::new()
            }
        };
        let cells: Vec<String> = shown.iter().map(cell).collect();
        let spacing = match (dataset.entry.spacing_mm, dataset.entry.is_oct(), dataset.entry.reader) {
            (Some([x, y, z]), ..) => format!("{x} x {y} x {z} mm"),
            (None, false, _) => format!("zoom {}", dataset.entry.zoom.unwrap_or(1.0)),
            (None, true, Reader::ImagePairs | Reader::Painted) => "not stated, so assumed".to_owned(),
            (None, true, Reader::Phantom) => "of the style".to_owned(),
            (None, true, Reader::Retouch | Reader::NiftiPairs) => "from the file".to_owned(),
        };
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} x {} | {spacing} | {} |\n",
            dataset.entry.name,
            dataset.entry.modality,
            dataset.entry.licence,
            count(Split::Train),
            count(Split::Validation),
            count(Split::Test),
            sizes(|sample| sample.rows),
            sizes(|sample| sample.columns),
            cells.join(" | ")
        ));
    }
    text
}
