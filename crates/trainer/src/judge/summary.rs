//! Groups of volumes and their figures.

use std::collections::BTreeMap;

use fluid::scores::{Overlap, auc, avd_mm3, false_positive_volume, sensitivity, specificity};
use serde::{Deserialize, Serialize};

use super::bootstrap::{Interval, interval};
use super::graders::GraderScores;
use super::images::ImageScores;
use super::volumes::VolumeScore;

/// All that an evaluation gives: what `trainer evaluate --json` writes, and, without the
/// single volumes, an entry of `scores.json` ([`crate::ship::scores`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// What was scored: a weight file or run folder.
    pub weights: String,
    /// SHA-256 of the weights that a weight file states, hex; absent for a run folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Which part of the data: `validation`, `test`, or `both` pooled.
    pub split: String,
    /// Whether pixels outside of the annotated columns were scored, too.
    pub all_columns: bool,
    /// Where the figures are from, if not from this command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// A dataset, device and label at a time.
    pub groups: Vec<GroupScores>,
    /// Where several graders marked the same B-scans: a subject and label at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub graders: Vec<GraderScores>,
    /// Where whole images are labelled: a dataset and label at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ImageScores>,
    /// A volume and label at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<VolumeScore>,
}

/// The figures of one label over the volumes of one dataset and device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Its 95 % interval by subject.
    pub avd_mm3_interval: Option<Interval>,
    /// Mean and median volume found where there is none, nl, over volumes of known spacing.
    pub false_positive_nl: Option<[f64; 2]>,
    /// The 95 % interval of that mean by subject.
    pub false_positive_nl_interval: Option<Interval>,
    /// Pixels found in volumes that hold none.
    pub false_positive_pixels: u64,
    /// Area under the ROC curve of presence.
    pub auc: Option<f64>,
    /// Its 95 % interval by subject.
    pub auc_interval: Option<Interval>,
    /// Present volumes called present, at the operating point.
    pub sensitivity: Option<f64>,
    /// Its 95 % interval by subject.
    pub sensitivity_interval: Option<Interval>,
    /// Absent volumes called absent, at the operating point.
    pub specificity: Option<f64>,
    /// Its 95 % interval by subject.
    pub specificity_interval: Option<Interval>,
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
        groups.entry((dataset, label, ALL_DEVICES.to_owned())).or_default().push(volume);
    }
    let several = |dataset: usize, label: usize| {
        groups.keys().filter(|(d, l, _)| (*d, *l) == (dataset, label)).count() > 2
    };
    groups
        .iter()
        .filter(|((dataset, label, device), _)| device != ALL_DEVICES || several(*dataset, *label))
        .map(|((_, _, device), group)| of_group(group, device))
        .collect()
}

/// What stands for the device in the group over all devices of a dataset that has several.
pub const ALL_DEVICES: &str = "all";

fn of_group(group: &[&VolumeScore], device: &str) -> GroupScores {
    let first = group[0];
    let of = |wanted: bool| -> Vec<&VolumeScore> {
        group.iter().copied().filter(|v| (v.overlap.truth() > 0) == wanted).collect()
    };
    let (present, absent) = (of(true), of(false));
    // Figures of any choice of volumes, so that the bootstrap can draw them.
    let mean_dice = |volumes: &[&&VolumeScore]| mean(volumes.iter().filter_map(|v| v.overlap.dice()));
    let pooled = |volumes: &[&&VolumeScore]| together(volumes.iter().map(|v| v.overlap)).dice();
    let avd = |volumes: &[&&VolumeScore]| {
        let of = |v: &&&VolumeScore| Some(avd_mm3(v.overlap.predicted(), v.overlap.truth(), v.voxel_nl?));
        mean(volumes.iter().filter_map(of))
    };
    let false_nl = |v: &&VolumeScore| {
        Some(1000.0 * false_positive_volume(v.overlap.predicted(), v.overlap.truth(), v.voxel_nl?)?)
    };
    let mean_false_nl = |volumes: &[&&VolumeScore]| mean(volumes.iter().filter_map(|v| false_nl(v)));
    let roc = |volumes: &[&&VolumeScore]| auc(&against_truth(volumes, |v| f64::from(v.chance)));
    let called = |v: &VolumeScore| f64::from(u8::from(v.called));
    let found = |volumes: &[&&VolumeScore]| sensitivity(&against_truth(volumes, called), 0.5);
    let spared = |volumes: &[&&VolumeScore]| specificity(&against_truth(volumes, called), 0.5);
    let [all, all_present, all_absent] =
        [group, &present[..], &absent[..]].map(|of| of.iter().collect::<Vec<_>>());
    let mut sorted_false_nl: Vec<f64> = absent.iter().filter_map(false_nl).collect();
    sorted_false_nl.sort_by(f64::total_cmp);
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
        pooled_dice_of_all: pooled(&all),
        avd_mm3: avd(&all),
        avd_mm3_interval: interval(group, avd),
        false_positive_nl: mean_false_nl(&all_absent).map(|mean| [mean, median(&sorted_false_nl)]),
        false_positive_nl_interval: interval(&absent, mean_false_nl),
        false_positive_pixels: absent.iter().map(|v| v.overlap.predicted()).sum(),
        auc: roc(&all),
        auc_interval: interval(group, roc),
        sensitivity: found(&all),
        sensitivity_interval: interval(&present, found),
        specificity: spared(&all),
        specificity_interval: interval(&absent, spared),
    }
}

/// What `of` says of each volume, and whether the label is there.
fn against_truth(volumes: &[&&VolumeScore], of: impl Fn(&VolumeScore) -> f64) -> Vec<(f64, bool)> {
    volumes.iter().map(|v| (of(v), v.overlap.truth() > 0)).collect()
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

#[cfg(test)]
mod tests {
    use super::super::markdown;
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
    fn intervals_come_from_subjects_and_few_subjects_have_none() {
        let many: Vec<VolumeScore> = (0..20).map(|n| volume(&n.to_string(), "", 10 + n, 5, 5, 0.9)).collect();
        let wide = summarise(&many)[0].mean_dice_interval.unwrap();
        let mean = summarise(&many)[0].mean_dice.unwrap();
        assert!(wide.low < mean && mean < wide.high);
        assert_eq!(summarise(&many[..5])[0].mean_dice_interval, None);
        // 8 of 20 are called; half of 40 volumes hold the label.
        let mixed: Vec<VolumeScore> = (0..40u16)
            .map(|n| {
                let chance = if n % 5 < 2 { 0.9 } else { 0.1 };
                if n < 20 {
                    volume(&n.to_string(), "", 9, 0, 0, chance)
                } else {
                    volume(&n.to_string(), "", 0, u64::from(n), 0, chance)
                }
            })
            .collect();
        let group = &summarise(&mixed)[0];
        let around = |value: Option<f64>, interval: Option<Interval>, spread: f64| {
            let (value, Interval { low, high }) = (value.unwrap(), interval.unwrap());
            assert!(low < value && value < high, "{value} outside of {low} to {high}");
            assert!(
                (0.5 * (high - low) / spread - 1.0).abs() < 0.2,
                "{low} to {high}, not {spread} on a side"
            );
        };
        // 1.96 sqrt(p (1 - p) / 20) on either side.
        around(group.sensitivity, group.sensitivity_interval, 0.215);
        around(group.specificity, group.specificity_interval, 0.215);
        // 20 to 39 voxels of 0.5 nl: a spread of 2.88 nl, of the mean of 20 of them 0.645.
        around(group.false_positive_nl.map(|[mean, _]| mean), group.false_positive_nl_interval, 1.264);
        around(group.auc, group.auc_interval, 0.152);
        assert!(group.avd_mm3_interval.unwrap().low > 0.0);
    }
}
