//! What trials reached, as Markdown tables.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::judge::Interval;

use super::Outcome;

/// The outcomes as a Markdown table, a trial a row: mean pooled Dice over seeds
/// (least to most), and the paired difference to the first.
pub fn by_trial(outcomes: &[Outcome]) -> String {
    let (columns, false_columns) = (scored(outcomes), absent(outcomes));
    let reference = outcomes.first().map_or("", |outcome| &outcome.name);
    let mut table = String::from("| trial | parameters | GFLOP |");
    for column in &columns {
        let _ = write!(table, " {column} | paired difference to {reference} [95 %] |");
    }
    for column in &false_columns {
        let _ = write!(table, " {column}, nl where absent |");
    }
    let _ = write!(table, "\n|---|---|---|{}\n", "---|".repeat(2 * columns.len() + false_columns.len()));
    for outcome in outcomes {
        let size = outcome.parameters as f64 / 1e6;
        let _ = write!(table, "| {} | {size:.2} M | {:.2} |", outcome.title(), outcome.gflop);
        for column in &columns {
            let difference = outcome.difference_text(column).unwrap_or_else(|| "—".to_owned());
            let _ = write!(table, " {} | {difference} |", outcome.dice_text(column));
        }
        for column in &false_columns {
            let _ = write!(table, " {} |", outcome.false_nl_text(column));
        }
        table.push('\n');
    }
    table
}

/// The outcomes as a Markdown table, a score a row and a trial a column: mean
/// pooled Dice over seeds, with the paired difference to the first trial, and
/// the nanolitres found where there are none.
pub fn by_score(outcomes: &[Outcome]) -> String {
    let names: Vec<String> = outcomes.iter().map(Outcome::title).collect();
    let mut table = format!("| score | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for score in scored(outcomes) {
        let _ = write!(table, "| {score} |");
        for (position, outcome) in outcomes.iter().enumerate() {
            let difference = outcome.difference_text(score).filter(|_| position > 0);
            let difference = difference.map_or_else(String::new, |difference| format!(", {difference}"));
            let _ = write!(table, " {}{difference} |", outcome.dice_text(score));
        }
        table.push('\n');
    }
    for score in absent(outcomes) {
        let _ = write!(table, "| {score}, nl where absent |");
        for outcome in outcomes {
            let _ = write!(table, " {} |", outcome.false_nl_text(score));
        }
        table.push('\n');
    }
    table
}

/// Datasets and labels that any of the outcomes has a Dice of.
fn scored(outcomes: &[Outcome]) -> BTreeSet<&String> {
    outcomes.iter().flat_map(|outcome| outcome.dice.keys()).collect()
}

/// Datasets and labels that any of them found where there is none, in nl.
fn absent(outcomes: &[Outcome]) -> BTreeSet<&String> {
    outcomes.iter().flat_map(|outcome| outcome.false_nl.keys()).collect()
}

impl Outcome {
    /// The trial and what it lost.
    fn title(&self) -> String {
        let lost: Vec<String> = self.diverged.iter().map(|seed| format!(" (seed {seed} diverged)")).collect();
        format!("{}{}", self.name, lost.concat())
    }

    fn dice_text(&self, score: &str) -> String {
        self.dice.get(score).map_or_else(|| "—".to_owned(), |values| spread(values, 3))
    }

    fn false_nl_text(&self, score: &str) -> String {
        self.false_nl.get(score).map_or_else(|| "—".to_owned(), |values| spread(values, 1))
    }

    fn difference_text(&self, score: &str) -> Option<String> {
        Some(match self.difference.get(score)? {
            (mean, Some(Interval { low, high })) => format!("{mean:+.3} [{low:+.3}, {high:+.3}]"),
            (mean, None) => format!("{mean:+.3}"),
        })
    }
}

fn spread(values: &[f64], digits: usize) -> String {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if values.len() < 2 {
        format!("{mean:.digits$}")
    } else {
        format!("{mean:.digits$} ({least:.digits$}–{most:.digits$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_a_row_with_its_difference_and_what_is_found_where_nothing_is() {
        let outcome = |name: &str, dice: f64, difference, nl| Outcome {
            name: name.into(),
            parameters: 1,
            gflop: 1.0,
            seeds: vec![1],
            diverged: vec![],
            dice: [("duke fluid".to_owned(), vec![dice])].into(),
            difference: [("duke fluid".to_owned(), (difference, None))].into(),
            false_nl: [("bonn irf".to_owned(), vec![nl])].into(),
        };
        let table = by_score(&[outcome("all", 0.6, 0.0, 0.2), outcome("without duke", 0.2, -0.4, 1.0)]);
        assert_eq!(
            table.lines().collect::<Vec<_>>(),
            [
                "| score | all | without duke |",
                "|---|---|---|",
                "| duke fluid | 0.600 | 0.200, -0.400 |",
                "| bonn irf, nl where absent | 0.2 | 1.0 |",
            ]
        );
    }
}
