//! `trainer rules`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use trainer::card::write_part;
use trainer::datasets::Split;
use trainer::device;
use trainer::evaluate::{GroupScores, Judge, scores, summarise};
use trainer::rules::Rule;

use super::{Entries, Sources};

/// `trainer rules --help`.
#[derive(Args)]
pub struct Arguments {
    /// Weight file or run folder.
    #[arg(long, default_value = "weights/mmis-net.safetensors")]
    weights: PathBuf,
    /// Write the table for the model card into this folder.
    #[arg(long)]
    card: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let entries = Entries::read(sources)?;
        let device = device::devices(1)?.swap_remove(0);
        let judge = Judge::open(&self.weights, &entries.planes, &device)?;
        let validation = entries.held_out(sources, Split::Validation)?;
        let compared = Rule::ALL.into_iter().map(|rule| -> Result<_> {
            let scores = scores(&judge.clone().with_rule(rule), &validation, &entries.planes)?;
            Ok((rule.name(), summarise(&scores)))
        });
        let table = table(&compared.collect::<Result<Vec<_>>>()?);
        print!("{table}");
        if let Some(folder) = &self.card {
            write_part(folder, "rules", &table)?;
        }
        Ok(())
    }
}

/// Dice and what is invented, a column a rule; what no rule moves is left out.
fn table(compared: &[(String, Vec<GroupScores>)]) -> String {
    let names: Vec<&str> = compared.iter().map(|(name, _)| name.as_str()).collect();
    let mut table = format!("| dataset | device | label | {} |\n", names.join(" | "));
    table += &format!("|---|---|---|{}\n", "---|".repeat(names.len()));
    let groups = compared.first().map_or(0, |(_, groups)| groups.len());
    for row in 0..groups {
        let of: Vec<&GroupScores> = compared.iter().filter_map(|(_, groups)| groups.get(row)).collect();
        let figures = |group: &GroupScores| (group.pooled_dice_of_all, group.false_positive_pixels);
        let [first, ..] = of[..] else { continue };
        if of.iter().all(|group| figures(group) == figures(first)) {
            continue;
        }
        let cell = |group: &&GroupScores| {
            let dice = group.pooled_dice_of_all.map_or_else(|| "—".to_owned(), |dice| format!("{dice:.4}"));
            match group.false_positive_pixels {
                0 => dice,
                pixels => format!("{dice}, {pixels} px"),
            }
        };
        let cells: Vec<String> = of.iter().map(cell).collect();
        table +=
            &format!("| {} | {} | {} | {} |\n", first.dataset, first.device, first.label, cells.join(" | "));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluid::scores::Overlap;
    use trainer::evaluate::VolumeScore;

    #[test]
    fn a_rule_is_a_column_and_what_no_rule_moves_is_left_out() {
        let groups = |tp, invented| {
            let score = |label: &str, subject: &str, overlap: Overlap| VolumeScore {
                dataset: "duke".to_owned(),
                device: "Spectralis".to_owned(),
                subject: subject.to_owned(),
                label: label.to_owned(),
                bscans: 1,
                overlap,
                voxel_nl: None,
                chance: 0.5,
                called: true,
                bscan_dice: std::collections::BTreeMap::new(),
            };
            summarise(&[
                score("srf", "S08", Overlap { tp, fp: 0, fn_: 1 }),
                score("srf", "S09", Overlap { tp: 0, fp: invented, fn_: 0 }),
                score("ped", "S08", Overlap { tp: 1, fp: 1, fn_: 0 }),
            ])
        };
        let table = table(&[("none".to_owned(), groups(1, 2)), ("order".to_owned(), groups(2, 0))]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "| dataset | device | label | none | order |");
        assert_eq!(lines[2..], ["| duke | Spectralis | srf | 0.4000, 2 px | 0.8000 |"]);
    }
}
