//! Rows of the table, and their arithmetic.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

/// What one side of a row came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Side {
    /// One figure a run.
    Runs(Vec<f64>),
    /// Why there is none.
    Missing(String),
}

/// The spread of the runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub min: f64,
    pub median: f64,
    pub max: f64,
}

/// What a row's ratio says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ratio {
    /// Against / ours: how many times as fast we are; of figures that are times.
    TimesAsFast,
    /// Ours / against: what the whole costs in units of its part.
    TimesTheCost,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// What is measured.
    pub case: String,
    /// What the figures are.
    pub unit: &'static str,
    pub ours: Side,
    /// Who we are held against, with version.
    pub peer: String,
    pub against: Side,
    pub ratio: Ratio,
    /// What the ratio should be.
    pub bar: &'static str,
    /// What a reader has to know to trust the row.
    pub note: String,
}

impl Side {
    /// `None` where there are no figures.
    pub fn spread(&self) -> Option<Spread> {
        let Self::Runs(runs) = self else { return None };
        let mut sorted = runs.clone();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median =
            if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
        Some(Spread { min, median, max })
    }

    fn words(&self) -> String {
        match (self.spread(), self) {
            (Some(Spread { min, median, max }), _) => {
                format!("**{}** ({} to {})", figure(median), figure(min), figure(max))
            }
            (None, Self::Missing(why)) => format!("not had: {why}"),
            (None, Self::Runs(_)) => "not had: no run".to_owned(),
        }
    }

    fn json(&self) -> Value {
        match (self, self.spread()) {
            (Self::Runs(runs), Some(Spread { min, median, max })) => {
                json!({ "runs": runs, "min": min, "median": median, "max": max })
            }
            (Self::Missing(why), _) => json!({ "missing": why }),
            _ => json!({ "missing": "no run" }),
        }
    }
}

impl Row {
    /// The ratio of the medians; `None` where a side is missing.
    pub fn ratio(&self) -> Option<f64> {
        let (ours, against) = (self.ours.spread()?.median, self.against.spread()?.median);
        let ratio = match self.ratio {
            Ratio::TimesAsFast => against / ours,
            Ratio::TimesTheCost => ours / against,
        };
        ratio.is_finite().then_some(ratio)
    }

    /// For the JSON file.
    pub fn json(&self) -> Value {
        json!({
            "case": self.case, "unit": self.unit, "ours": self.ours.json(), "peer": self.peer,
            "against": self.against.json(), "ratio": self.ratio(), "bar": self.bar, "note": self.note,
        })
    }
}

/// The rows as a Markdown table.
pub fn markdown(rows: &[Row]) -> String {
    let mut table = "| case | unit | ours | against | its figure | ratio | bar | note |\n\
         |---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for row in rows {
        let ratio = match (row.ratio(), row.ratio) {
            (Some(ratio), Ratio::TimesAsFast) => format!("**{ratio:.2}** x as fast"),
            (Some(ratio), Ratio::TimesTheCost) => format!("**{ratio:.2}** x its cost"),
            (None, _) => "–".to_owned(),
        };
        let cells = [
            &row.case,
            row.unit,
            &row.ours.words(),
            &row.peer,
            &row.against.words(),
            &ratio,
            row.bar,
            &row.note,
        ];
        let cells = cells.map(|cell| cell.replace('|', "/"));
        // Writing to a string does not fail.
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

/// Three significant digits, and whole numbers whole.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Runs both sides `runs` times. Who comes first alternates, so that a machine that warms up
/// or slows down favours neither. A side that fails is not tried again.
pub fn alternating(
    runs: usize,
    mut ours: impl FnMut() -> Result<f64>,
    mut against: impl FnMut() -> Result<f64>,
) -> (Side, Side) {
    let mut sides = (Side::Runs(Vec::new()), Side::Runs(Vec::new()));
    for run in 0..runs {
        if run % 2 == 0 {
            once(&mut sides.0, &mut ours);
            once(&mut sides.1, &mut against);
        } else {
            once(&mut sides.1, &mut against);
            once(&mut sides.0, &mut ours);
        }
    }
    sides
}

/// Runs one side `runs` times.
pub fn alone(runs: usize, mut measure: impl FnMut() -> Result<f64>) -> Side {
    let mut side = Side::Runs(Vec::new());
    (0..runs).for_each(|_| once(&mut side, &mut measure));
    side
}

fn once(side: &mut Side, measure: &mut impl FnMut() -> Result<f64>) {
    let Side::Runs(runs) = side else { return };
    match measure() {
        Ok(figure) if figure > 0.0 => runs.push(figure),
        Ok(figure) => *side = Side::Missing(format!("{figure} is no measurement")),
        Err(error) => *side = Side::Missing(format!("{error:#}")),
    }
}

/// The median of `figures`; `None` where there are none.
pub fn median(figures: &[f64]) -> Option<f64> {
    Side::Runs(figures.to_vec()).spread().map(|spread| spread.median)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    fn row(ours: Side, against: Side, ratio: Ratio) -> Row {
        let (case, peer, note) = (String::new(), String::new(), String::new());
        Row { case, unit: "ms", ours, peer, against, ratio, bar: "", note }
    }

    #[test]
    fn the_spread_is_of_the_runs_in_whatever_order_they_came() {
        let spread = |runs: &[f64]| Side::Runs(runs.to_vec()).spread();
        assert_eq!(spread(&[30.0, 10.0, 20.0]), Some(Spread { min: 10.0, median: 20.0, max: 30.0 }));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Some(Spread { min: 1.0, median: 2.5, max: 4.0 }));
        assert_eq!(spread(&[]), None);
    }

    #[test]
    fn twice_the_time_of_the_peer_is_half_as_fast_and_twice_the_cost() {
        let (ours, against) = (Side::Runs(vec![190.0, 200.0, 900.0]), Side::Runs(vec![100.0]));
        assert_eq!(row(ours.clone(), against.clone(), Ratio::TimesAsFast).ratio(), Some(0.5));
        assert_eq!(row(ours, against, Ratio::TimesTheCost).ratio(), Some(2.0));
    }

    #[test]
    fn what_cannot_be_had_says_why_and_is_never_a_figure() {
        let (ours, against) = alternating(3, || Ok(0.0), || bail!("no adapter"));
        assert_eq!(against, Side::Missing("no adapter".to_owned()));
        assert_eq!(ours, Side::Missing("0 is no measurement".to_owned()));
        let row = row(ours, against, Ratio::TimesAsFast);
        assert_eq!(row.ratio(), None);
        let table = markdown(std::slice::from_ref(&row));
        assert!(table.contains("not had: no adapter") && table.contains("| – |"), "{table}");
        assert_eq!(row.json()["ratio"], Value::Null);
    }

    #[test]
    fn who_comes_first_alternates() {
        let order = std::cell::RefCell::new(String::new());
        let note = |who| {
            order.borrow_mut().push(who);
            Ok(1.0)
        };
        alternating(3, || note('o'), || note('p'));
        assert_eq!(*order.borrow(), "oppoop");
    }
}
