//! Groups of volumes, their figures, and the tables made of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fluid::scores::{Overlap, auc, avd_mm3, false_positive_volume, sensitivity, specificity};
use serde::Serialize;

use super::bootstrap::{Interval, interval};
use super::volumes::VolumeScore;

/// All that an evaluation gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What was scored: a weight file or run folder.
    pub weights: String,
    /// Which part of the data.
    pub split: String,
    /// A dataset, device and label at a time.
    pub groups: Vec<GroupScores>,
    /// A volume and label at a time.
    pub volumes: Vec<VolumeScore>,
}

/// The figures of one label over the volumes of one dataset and device.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupScores {
    /// The dataset.
    pub dataset: String,
    /// The device; "all" for all of a dataset that has several.
    pub device: String,
    /// Label or superset.
    pub label: String,
    /// Volumes scored.
    pub volumes: usize,
    /// Volumes that hold the label.
    pub present: usize,
    /// B-scans scored.
    pub bscans: usize,
    /// Mean Dice over the volumes that hold the label.
    pub mean_dice: Option<f64>,
    /// Its 95 % interval by subject.
    pub mean_dice_interval: Option<Interval>,
    /// Dice over all pixels of the volumes that hold the label, together.
    pub pooled_dice: Option<f64>,
    /// Its 95 % interval by subject.
    pub pooled_dice_interval: Option<Interval>,
    /// Dice over all pixels of all volumes, together.
    pub pooled_dice_of_all: Option<f64>,
    /// Mean absolute volume difference, mm³, over volumes of known spacing.
    pub avd_mm3: Option<f64>,
    /// Mean and median volume found where there is none, nl, over volumes of known spacing.
    pub false_positive_nl: Option<[f64; 2]>,
    /// Pixels found in volumes that hold none.
    pub false_positive_pixels: u64,
    /// Area under the ROC curve of presence.
    pub auc: Option<f64>,
    /// Present volumes called present, at the operating point.
    pub sensitivity: Option<f64>,
    /// Absent volumes called absent, at the operating point.
    pub specificity: Option<f64>,
}

/// Figures of every dataset, device and label in `volumes`.
pub fn summarise(volumes: &[VolumeScore]) -> Vec<GroupScores> {
    let mut groups: BTreeMap<(usize, usize, String), Vec<&VolumeScore>> = BTreeMap::new();
    let position = |of: fn(&VolumeScore) -> &str, value: &str| {
        // In the order of first appearance, as the catalogue and the label space have them.
        volumes.iter().position(|volume| of(volume) == value).unwrap_or(usize::MAX)
    };
    for volume in volumes {
        let dataset = position(|v| &v.dataset, &volume.dataset);
        let label = position(|v| &v.label, &volume.label);
        groups.entry((dataset, label, volume.device.clone())).or_default().push(volume);
        groups.entry((dataset, label, ALL.to_owned())).or_default().push(volume);
    }
    let several = |dataset: usize, label: usize| {
        groups.keys().filter(|(d, l, _)| (*d, *l) == (dataset, label)).count() > 2
    };
    groups
        .iter()
        .filter(|((dataset, label, device), _)| device != ALL || several(*dataset, *label))
        .map(|((_, _, device), group)| of_group(group, device))
        .collect()
}

const ALL: &str = "all";

fn of_group(group: &[&VolumeScore], device: &str) -> GroupScores {
    let first = group[0];
    let present: Vec<&VolumeScore> = group.iter().copied().filter(|v| v.overlap.truth() > 0).collect();
    let absent = group.iter().filter(|v| v.overlap.truth() == 0);
    let mean_dice = |volumes: &[&&VolumeScore]| mean(volumes.iter().filter_map(|v| v.overlap.dice()));
    let pooled = |volumes: &[&&VolumeScore]| together(volumes.iter().map(|v| v.overlap)).dice();
    let all_present: Vec<&&VolumeScore> = present.iter().collect();
    let found: Vec<(f64, bool)> =
        group.iter().map(|v| (f64::from(v.chance), v.overlap.truth() > 0)).collect();
    let differences =
        group.iter().filter_map(|v| Some(avd_mm3(v.overlap.predicted(), v.overlap.truth(), v.voxel_nl?)));
    let mut false_nl: Vec<f64> = absent
        .clone()
        .filter_map(|v| {
            Some(1000.0 * false_positive_volume(v.overlap.predicted(), v.overlap.truth(), v.voxel_nl?)?)
        })
        .collect();
    false_nl.sort_by(f64::total_cmp);
    let called: Vec<(f64, bool)> =
        group.iter().map(|v| (f64::from(u8::from(v.called)), v.overlap.truth() > 0)).collect();
    GroupScores {
        dataset: first.dataset.clone(),
        device: device.to_owned(),
        label: first.label.clone(),
        volumes: group.len(),
        present: present.len(),
        bscans: group.iter().map(|v| v.bscans).sum(),
        mean_dice: mean_dice(&all_present),
        mean_dice_interval: interval(&present, mean_dice),
        pooled_dice: pooled(&all_present),
        pooled_dice_interval: interval(&present, pooled),
        pooled_dice_of_all: together(group.iter().map(|v| v.overlap)).dice(),
        avd_mm3: mean(differences),
        false_positive_nl: mean(false_nl.iter().copied()).map(|mean| [mean, median(&false_nl)]),
        false_positive_pixels: absent.map(|v| v.overlap.predicted()).sum(),
        auc: auc(&found),
        sensitivity: sensitivity(&called, 0.5),
        specificity: specificity(&called, 0.5),
    }
}

fn together(overlaps: impl Iterator<Item = Overlap>) -> Overlap {
    overlaps.fold(Overlap::default(), |mut sum, overlap| {
        sum += overlap;
        sum
    })
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Of sorted values; 0 of none.
fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 1 => sorted[count / 2],
        count => 0.5 * (sorted[count / 2 - 1] + sorted[count / 2]),
    }
}

/// The figures as a Markdown table.
pub fn markdown(groups: &[GroupScores]) -> String {
    let mut table = String::from(
        "| dataset | device | label | volumes (with it) | B-scans | mean Dice where present [95 %] | pooled Dice where present [95 %] | pooled Dice of all | AVD mm³ | found where absent | AUC | sensitivity | specificity |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for group in groups {
        let absent = group.volumes - group.present;
        let false_positives = match group.false_positive_nl {
            _ if absent == 0 => "—".to_owned(),
            Some([mean, median]) => format!("mean {mean:.2}, median {median:.2} nl"),
            None => format!("{} px", group.false_positive_pixels),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} ({}) | {} | {} | {} | {} | {} | {false_positives} | {} | {} | {} |",
            group.dataset,
            if group.device.is_empty() { "—" } else { &group.device },
            group.label,
            group.volumes,
            group.present,
            group.bscans,
            with_interval(group.mean_dice, group.mean_dice_interval),
            with_interval(group.pooled_dice, group.pooled_dice_interval),
            figure(group.pooled_dice_of_all, 3),
            figure(group.avd_mm3, 4),
            figure(group.auc, 3),
            figure(group.sensitivity, 2),
            figure(group.specificity, 2),
        );
    }
    table
}

fn figure(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "—".to_owned(), |value| format!("{value:.digits$}"))
}

fn with_interval(value: Option<f64>, interval: Option<Interval>) -> String {
    match (value, interval) {
        (Some(value), Some(Interval { low, high })) => format!("{value:.3} [{low:.2}, {high:.2}]"),
        (value, _) => figure(value, 3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(subject: &str, device: &str, tp: u64, fp: u64, fn_: u64, chance: f32) -> VolumeScore {
        VolumeScore {
            dataset: "retouch".into(),
            device: device.into(),
            subject: subject.into(),
            label: "irf".into(),
            bscans: 2,
            overlap: Overlap { tp, fp, fn_ },
            voxel_nl: Some(0.5),
            chance,
            called: chance >= 0.5,
            bscan_dice: BTreeMap::new(),
        }
    }

    #[test]
    fn the_figures_of_a_group_are_those_computed_by_hand() {
        let volumes = [
            volume("a", "Cirrus", 30, 10, 10, 0.9), // Dice 60/80 = 0.75, 40 found of 40
            volume("b", "Cirrus", 10, 0, 30, 0.4),  // Dice 20/50 = 0.40, 10 found of 40
            volume("c", "Cirrus", 0, 6, 0, 0.6),    // absent, 6 voxels of 0.5 nl
            volume("d", "Cirrus", 0, 0, 0, 0.1),    // absent, nothing found
        ];
        let groups = summarise(&volumes);
        assert_eq!(groups.len(), 1);
        let group = &groups[0];
        let near = |value: Option<f64>, expected: f64| (value.unwrap() - expected).abs() < 1e-12;
        assert_eq!((group.volumes, group.present, group.bscans), (4, 2, 8));
        assert!(near(group.mean_dice, (0.75 + 0.4) / 2.0));
        assert!(near(group.pooled_dice, 80.0 / 130.0));
        assert!(near(group.pooled_dice_of_all, 80.0 / 136.0));
        // |40-40|, |10-40|, |6-0|, 0 voxels of 0.5 nl: 0, 15, 3, 0 nl.
        assert!(near(group.avd_mm3, 18.0 / 4.0 / 1000.0));
        assert_eq!(group.false_positive_nl, Some([1.5, 1.5]));
        // Pairs: 0.9 beats 0.6 and 0.1; 0.4 loses to 0.6 and beats 0.1.
        assert!(near(group.auc, 0.75));
        assert!(near(group.sensitivity, 0.5));
        assert!(near(group.specificity, 0.5));
    }

    #[test]
    fn a_label_that_is_nowhere_has_no_dice_and_its_false_positives_stand_alone() {
        let mut only = volume("a", "", 0, 7, 0, 0.2);
        only.voxel_nl = None;
        let groups = summarise(&[only]);
        assert_eq!((groups[0].mean_dice, groups[0].auc, groups[0].avd_mm3), (None, None, None));
        assert!(markdown(&groups).contains("| 7 px |"));
    }

    #[test]
    fn devices_stand_apart_and_together_and_a_single_one_only_once() {
        let two = [volume("a", "Cirrus", 1, 0, 0, 1.0), volume("b", "Topcon", 1, 0, 0, 1.0)];
        let devices: Vec<String> = summarise(&two).into_iter().map(|group| group.device).collect();
        assert_eq!(devices, ["Cirrus", "Topcon", "all"]);
        assert_eq!(summarise(&two[..1]).len(), 1);
    }

    #[test]
    fn intervals_come_from_subjects_and_one_subject_has_none() {
        let many: Vec<VolumeScore> = (0..20).map(|n| volume(&n.to_string(), "", 10 + n, 5, 5, 0.9)).collect();
        let wide = summarise(&many)[0].mean_dice_interval.unwrap();
        let mean = summarise(&many)[0].mean_dice.unwrap();
        assert!(wide.low < mean && mean < wide.high);
        assert_eq!(summarise(&many[..1])[0].mean_dice_interval, None);
    }
}
