//! Presence where no more is known than whether a label is in an image.

use std::fmt::Write as _;

use fluid::scores::{auc, sensitivity, specificity};
use serde::{Deserialize, Serialize};

use crate::data::{Case, IGNORE_BIT, Planes};

use super::predict::Verdict;

/// One label of one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageScore {
    /// The image.
    pub name: String,
    /// Whose eye it is.
    pub subject: String,
    /// Label or superset.
    pub label: String,
    /// Whether it is there.
    pub present: bool,
    /// The chance that the network gives it.
    pub chance: f32,
    /// Whether that reaches the operating point.
    pub called: bool,
    /// Pixels that are called so.
    pub pixels: u64,
}

/// One label over the images of one dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageScores {
    /// The dataset.
    pub dataset: String,
    /// Label or superset.
    pub label: String,
    /// Images that hold it.
    pub present: usize,
    /// Of them those that were called.
    pub found: usize,
    /// Images that do not hold it.
    pub absent: usize,
    /// Of them those that were not called.
    pub spared: usize,
    /// `found` of `present`.
    pub sensitivity: Option<f64>,
    /// `spared` of `absent`.
    pub specificity: Option<f64>,
    /// Area under the ROC curve of the chance.
    pub auc: Option<f64>,
    /// Pixels found in an image that does not hold it: mean and median.
    pub false_pixels: Option<[f64; 2]>,
    /// The images.
    pub images: Vec<ImageScore>,
}

/// What the verdict on `case` says of the labels that are known of it as a whole.
pub fn image_scores(planes: &Planes, case: &Case, verdict: &Verdict) -> Vec<ImageScore> {
    let known = case.image_level;
    let of_plane = |plane: usize| {
        let (mask, chance) = (verdict.masks[plane].as_ref()?, verdict.chances[plane]?);
        let counted = mask.iter().zip(&case.bits).filter(|(_, bits)| **bits >> IGNORE_BIT & 1 == 0);
        Some(ImageScore {
            name: case.name.clone(),
            subject: case.subject.clone(),
            label: planes.names()[plane].clone(),
            present: known.present >> plane & 1 == 1,
            chance: chance.value,
            called: chance.called,
            pixels: counted.filter(|(found, _)| **found).count() as u64,
        })
    };
    planes.in_bits(known.present | known.absent).filter_map(of_plane).collect()
}

/// The images of `dataset` by label, in the order in which labels come.
pub fn by_label(dataset: &str, images: impl IntoIterator<Item = ImageScore>) -> Vec<ImageScores> {
    let mut labels: Vec<(String, Vec<ImageScore>)> = Vec::new();
    for image in images {
        match labels.iter_mut().find(|(label, _)| *label == image.label) {
            Some((_, images)) => images.push(image),
            None => labels.push((image.label.clone(), vec![image])),
        }
    }
    labels.into_iter().map(|(label, images)| ImageScores::of(dataset, label, images)).collect()
}

impl ImageScores {
    fn of(dataset: &str, label: String, images: Vec<ImageScore>) -> Self {
        let count = |present, called| {
            images.iter().filter(|image| (image.present, image.called) == (present, called)).count()
        };
        let (found, missed) = (count(true, true), count(true, false));
        let (invented, spared) = (count(false, true), count(false, false));
        let chances: Vec<(f64, bool)> =
            images.iter().map(|image| (f64::from(image.chance), image.present)).collect();
        let called: Vec<(f64, bool)> =
            images.iter().map(|image| (f64::from(u8::from(image.called)), image.present)).collect();
        let mut pixels: Vec<u64> =
            images.iter().filter(|image| !image.present).map(|image| image.pixels).collect();
        pixels.sort_unstable();
        let middle = |pixels: &[u64]| {
            let (low, high) = (pixels[(pixels.len() - 1) / 2], pixels[pixels.len() / 2]);
            (low + high) as f64 / 2.0
        };
        let mean = |pixels: &[u64]| pixels.iter().sum::<u64>() as f64 / pixels.len() as f64;
        Self {
            dataset: dataset.to_owned(),
            label,
            present: found + missed,
            found,
            absent: invented + spared,
            spared,
            sensitivity: sensitivity(&called, 0.5),
            specificity: specificity(&called, 0.5),
            auc: auc(&chances),
            false_pixels: (!pixels.is_empty()).then(|| [mean(&pixels), middle(&pixels)]),
            images,
        }
    }
}

/// The figures as a Markdown table; empty where there are none.
pub fn image_table(scores: &[ImageScores]) -> String {
    if scores.is_empty() {
        return String::new();
    }
    let mut table = String::from(
        "| dataset | label | found of the images with it | spared of those without | AUC | pixels found where absent, mean and median an image |\n|---|---|---|---|---|---|\n",
    );
    let part = |some: usize, all: usize, of: Option<f64>| {
        of.map_or_else(|| "—".to_owned(), |of| format!("{some} of {all} ({of:.2})"))
    };
    for row in scores {
        let pixels = row
            .false_pixels
            .map_or_else(|| "—".to_owned(), |[mean, median]| format!("{mean:.0}, {median:.0}"));
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {pixels} |",
            row.dataset,
            row.label,
            part(row.found, row.present, row.sensitivity),
            part(row.spared, row.absent, row.specificity),
            row.auc.map_or_else(|| "—".to_owned(), |auc| format!("{auc:.3}")),
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(label: &str, present: bool, chance: f32, pixels: u64) -> ImageScore {
        let name = format!("{label}-{chance}");
        let called = chance >= 0.5;
        ImageScore { subject: name.clone(), name, label: label.into(), present, chance, called, pixels }
    }

    #[test]
    fn images_are_counted_by_label_and_only_the_free_ones_can_hold_false_pixels() {
        let images = [
            image("irf", true, 0.9, 500),
            image("srf", false, 0.1, 7),
            image("irf", true, 0.4, 0),
            image("irf", false, 0.6, 30),
            image("irf", false, 0.2, 10),
            image("irf", false, 0.1, 2),
        ];
        let scores = by_label("kermany", images);
        assert_eq!(scores.iter().map(|row| row.label.as_str()).collect::<Vec<_>>(), ["irf", "srf"]);
        let irf = &scores[0];
        assert_eq!((irf.present, irf.found, irf.absent, irf.spared), (2, 1, 3, 2));
        assert_eq!((irf.sensitivity, irf.specificity), (Some(0.5), Some(2.0 / 3.0)));
        // 0.9 beats all three; 0.4 beats two of them.
        assert_eq!(irf.auc, Some(5.0 / 6.0));
        assert_eq!(irf.false_pixels, Some([14.0, 10.0]));
        assert_eq!((scores[1].sensitivity, scores[1].auc), (None, None));
        let table = image_table(&scores);
        assert!(
            table.contains("| kermany | irf | 1 of 2 (0.50) | 2 of 3 (0.67) | 0.833 | 14, 10 |"),
            "{table}"
        );
    }
}
