//! Figures as Markdown tables.

use std::fmt::Write as _;

use super::bootstrap::Interval;
use super::summary::GroupScores;

/// The figures as a Markdown table.
pub fn markdown(groups: &[GroupScores]) -> String {
    let mut table = String::from(
        "| dataset | device | label | volumes (with it) | B-scans | mean Dice where present [95 %] | pooled Dice where present [95 %] | pooled Dice of all | AVD mm³ [95 %] | found where absent [95 %] | AUC [95 %] | sensitivity [95 %] | specificity [95 %] |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for group in groups {
        let absent = group.volumes - group.present;
        let false_positives = match group.false_positive_nl {
            _ if absent == 0 => "—".to_owned(),
            Some([mean, median]) => {
                let mean = with_interval(Some(mean), group.false_positive_nl_interval, 2);
                format!("mean {mean}, median {median:.2} nl")
            }
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
            with_interval(group.mean_dice, group.mean_dice_interval, 3),
            with_interval(group.pooled_dice, group.pooled_dice_interval, 3),
            with_interval(group.pooled_dice_of_all, None, 3),
            with_interval(group.avd_mm3, group.avd_mm3_interval, 4),
            with_interval(group.auc, group.auc_interval, 3),
            with_interval(group.sensitivity, group.sensitivity_interval, 2),
            with_interval(group.specificity, group.specificity_interval, 2),
        );
    }
    table
}

/// Evaluations of the same volumes as a Markdown table, one a column under its
/// name: Dice over all pixels, and the pixels found where the label is absent.
/// Rows in which all are equal are left out.
pub fn side_by_side(evaluations: &[(String, Vec<GroupScores>)]) -> String {
    let names: Vec<&str> = evaluations.iter().map(|(name, _)| name.as_str()).collect();
    let mut table = format!("| dataset | device | label | {} |\n", names.join(" | "));
    table += &format!("|---|---|---|{}\n", "---|".repeat(names.len()));
    let first = evaluations.first().map_or(&[][..], |(_, groups)| groups);
    for (row, group) in first.iter().enumerate() {
        let cell = |group: &GroupScores| {
            let dice = with_interval(group.pooled_dice_of_all, None, 4);
            match group.false_positive_pixels {
                0 => dice,
                pixels => format!("{dice}, {pixels} px"),
            }
        };
        let figures = |group: &GroupScores| (group.pooled_dice_of_all, group.false_positive_pixels);
        let all: Vec<&GroupScores> = evaluations.iter().filter_map(|(_, groups)| groups.get(row)).collect();
        if all.iter().any(|other| figures(other) != figures(group)) {
            let cells: Vec<String> = all.into_iter().map(cell).collect();
            let cells = cells.join(" | ");
            // Writing to a String cannot fail.
            let _ = writeln!(table, "| {} | {} | {} | {cells} |", group.dataset, group.device, group.label);
        }
    }
    table
}

fn with_interval(value: Option<f64>, interval: Option<Interval>, digits: usize) -> String {
    match (value, interval) {
        (Some(value), Some(Interval { low, high })) => {
            format!("{value:.digits$} [{low:.digits$}, {high:.digits$}]")
        }
        (Some(value), None) => format!("{value:.digits$}"),
        (None, _) => "—".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fluid::scores::Overlap;

    use super::super::{VolumeScore, summarise};
    use super::*;

    #[test]
    fn an_evaluation_is_a_column_and_what_is_equal_in_all_is_left_out() {
        let groups = |tp, invented| {
            let score = |label: &str, subject: &str, [tp, fp, fn_]: [u64; 3]| VolumeScore {
                dataset: "duke".into(),
                device: "Spectralis".into(),
                subject: subject.into(),
                label: label.into(),
                bscans: 2,
                overlap: Overlap { tp, fp, fn_ },
                voxel_nl: Some(0.5),
                chance: 0.5,
                called: true,
                bscan_dice: BTreeMap::new(),
            };
            summarise(&[
                score("srf", "S08", [tp, 0, 1]),
                score("srf", "S09", [0, invented, 0]),
                score("ped", "S08", [1, 1, 0]),
            ])
        };
        let table = side_by_side(&[("none".to_owned(), groups(1, 2)), ("order".to_owned(), groups(2, 0))]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "| dataset | device | label | none | order |");
        assert_eq!(lines[2..], ["| duke | Spectralis | srf | 0.4000, 2 px | 0.8000 |"]);
    }
}
