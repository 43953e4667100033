//! What was wanted of the shipped weights before they were made, against what they reached.

use std::fmt::Write as _;

use anyhow::Result;

use super::scores::Scores;

/// What a bar asks of each of its figures.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wanted {
    /// A Dice of this or more.
    Dice(f64),
    /// Less than so many nanolitres.
    BelowNl(f64),
    /// Nothing: the row stands beside the one above it.
    Nothing,
}

/// One bar. Figures are named by their path in the [`Scores`].
struct Bar {
    what: &'static str,
    wanted: Wanted,
    /// What has to reach it, each with what it is called in the table.
    reached: &'static [(&'static str, &'static str)],
    /// What stands in brackets behind.
    beside: &'static [(&'static str, &'static str)],
}

const BARS: [Bar; 7] = [
    Bar {
        what: "fluid, Duke 08 + 10 together, graded columns",
        wanted: Wanted::Dice(0.70),
        reached: &[("", "both/duke_dme_chiu2015/fluid/pooled_dice")],
        beside: &[
            ("08", "validation/duke_dme_chiu2015/fluid/pooled_dice"),
            ("10", "test/duke_dme_chiu2015/fluid/pooled_dice"),
        ],
    },
    Bar {
        what: "the same over all columns, where the grader left fluid at the sides unmarked",
        wanted: Wanted::Nothing,
        reached: &[("", "both_all_columns/duke_dme_chiu2015/fluid/pooled_dice")],
        beside: &[
            ("08", "validation_all_columns/duke_dme_chiu2015/fluid/pooled_dice"),
            ("10", "test_all_columns/duke_dme_chiu2015/fluid/pooled_dice"),
        ],
    },
    Bar {
        what: "fluid, OCTDL-13, no Optovue seen",
        wanted: Wanted::Dice(0.50),
        reached: &[("", "test/octdl_amd_fluid13/fluid/pooled_dice")],
        beside: &[],
    },
    Bar {
        what: "fluid found in Bonn B080–B145 (no IRF or SRF is visible; nobody graded it)",
        wanted: Wanted::BelowNl(1.0),
        reached: &[
            ("IRF", "test/bonn_amd_volume/irf/false_positive_nl/0"),
            ("SRF", "test/bonn_amd_volume/srf/false_positive_nl/0"),
            ("PED", "test/bonn_amd_volume/ped/false_positive_nl/0"),
        ],
        beside: &[],
    },
    Bar {
        what: "IRF on each phantom style, pooled over the B-scans with it",
        wanted: Wanted::Dice(0.85),
        reached: &[
            ("Cirrus", "test/phantom@Cirrus/irf/pooled_dice"),
            ("Spectralis", "test/phantom@Spectralis/irf/pooled_dice"),
            ("Topcon", "test/phantom@Topcon/irf/pooled_dice"),
        ],
        beside: &[],
    },
    Bar {
        what: "SRF on each phantom style, pooled over the B-scans with it",
        wanted: Wanted::Dice(0.85),
        reached: &[
            ("Cirrus", "test/phantom@Cirrus/srf/pooled_dice"),
            ("Spectralis", "test/phantom@Spectralis/srf/pooled_dice"),
            ("Topcon", "test/phantom@Topcon/srf/pooled_dice"),
        ],
        beside: &[],
    },
    Bar {
        what: "PED on each phantom style, pooled over the B-scans with it",
        wanted: Wanted::Dice(0.85),
        reached: &[
            ("Cirrus", "test/phantom@Cirrus/ped/pooled_dice"),
            ("Spectralis", "test/phantom@Spectralis/ped/pooled_dice"),
            ("Topcon", "test/phantom@Topcon/ped/pooled_dice"),
        ],
        beside: &[],
    },
];

/// The bars as a Markdown table. A bar is met where every figure of it is.
///
/// # Errors
/// Where `scores` lack a figure.
pub fn table(scores: &Scores) -> Result<String> {
    let mut table = String::from("| bar | wanted | reached | |\n|---|---|---|---|\n");
    for bar in &BARS {
        let wanted = match bar.wanted {
            Wanted::Dice(dice) => format!("{dice:.2}"),
            Wanted::BelowNl(nl) => format!("under {nl} nl"),
            Wanted::Nothing => "—".to_owned(),
        };
        let (mut reached, values) = listed(scores, bar.reached, bar.wanted)?;
        if !bar.beside.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(reached, " ({})", listed(scores, bar.beside, bar.wanted)?.0);
        }
        let _ = writeln!(table, "| {} | {wanted} | {reached} | {} |", bar.what, bar.wanted.verdict(&values));
    }
    Ok(table)
}

/// Figures as text, and their values.
fn listed(scores: &Scores, figures: &[(&str, &str)], wanted: Wanted) -> Result<(String, Vec<f64>)> {
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    for (name, path) in figures {
        let value = scores.figure(path)?;
        let value_text = match wanted {
            Wanted::BelowNl(_) => format!("{value:.2} nl"),
            Wanted::Dice(_) | Wanted::Nothing => format!("{value:.3}"),
        };
        texts.push(format!("{name} {value_text}").trim_start().to_owned());
        values.push(value);
    }
    Ok((texts.join(", "), values))
}

impl Wanted {
    fn verdict(self, values: &[f64]) -> &'static str {
        let is_met = match self {
            Self::Dice(dice) => values.iter().all(|value| *value >= dice),
            Self::BelowNl(nl) => values.iter().all(|value| *value < nl),
            Self::Nothing => return "",
        };
        if is_met { "met" } else { "**not met**" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_met_where_every_figure_of_it_is() {
        assert_eq!(Wanted::Dice(0.85).verdict(&[0.9, 0.85]), "met");
        assert_eq!(Wanted::Dice(0.85).verdict(&[0.9, 0.849]), "**not met**");
        assert_eq!(Wanted::BelowNl(1.0).verdict(&[0.0, 1.0]), "**not met**");
        assert_eq!(Wanted::BelowNl(1.0).verdict(&[0.0, 0.99]), "met");
        assert_eq!(Wanted::Nothing.verdict(&[0.1]), "");
    }
}
