//! What was wanted of the shipped weights before they were made, against what they reached.

use std::fmt::Write as _;

use anyhow::Result;

use super::scores::Scores;

/// What a bar asks of each of its figures.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wanted {
    /// A Dice of this or more.
    Dice(f64),
    /// At least the Dice that stands at this path: that of two graders with each other.
    AtLeast(&'static str),
    /// A share of one.
    All,
    /// Less than so many nanolitres.
    BelowNl(f64),
    /// Less than so many pixels.
    BelowPixels(f64),
}

/// One bar. Figures are named by their path in the [`Scores`].
struct Bar {
    what: &'static str,
    wanted: Wanted,
    /// What has to reach it, each with what it is called in the table.
    reached: &'static [(&'static str, &'static str)],
}

const BARS: [Bar; 10] = [
    Bar {
        what: "fluid on Duke 08 with each grader, graded columns: as the graders with each other",
        wanted: Wanted::AtLeast("both/duke_dme_chiu2015/fluid/graders/S08/between"),
        reached: &[
            ("first", "both/duke_dme_chiu2015/fluid/graders/S08/network/0"),
            ("second", "both/duke_dme_chiu2015/fluid/graders/S08/network/1"),
        ],
    },
    Bar {
        what: "the same on Duke 10",
        wanted: Wanted::AtLeast("both/duke_dme_chiu2015/fluid/graders/S10/between"),
        reached: &[
            ("first", "both/duke_dme_chiu2015/fluid/graders/S10/network/0"),
            ("second", "both/duke_dme_chiu2015/fluid/graders/S10/network/1"),
        ],
    },
    Bar {
        what: "IRF called in images of DME (Kermany; share of the images)",
        wanted: Wanted::All,
        reached: &[("IRF", "both/kermany_val/irf/images/sensitivity")],
    },
    Bar {
        what: "nothing called in normal images and images of drusen (Kermany)",
        wanted: Wanted::All,
        reached: &[
            ("IRF", "both/kermany_val/irf/images/specificity"),
            ("SRF", "both/kermany_val/srf/images/specificity"),
        ],
    },
    Bar {
        what: "fluid found in Bioptigen B-scans without any, median",
        wanted: Wanted::BelowPixels(30.0),
        reached: &[
            ("IRF", "both/bioptigen_no_fluid/irf/images/false_pixels/1"),
            ("SRF", "both/bioptigen_no_fluid/srf/images/false_pixels/1"),
        ],
    },
    Bar {
        what: "fluid, OCTDL-13, no Optovue seen",
        wanted: Wanted::Dice(0.75),
        reached: &[("", "test/octdl_amd_fluid13/fluid/pooled_dice")],
    },
    Bar {
        what: "fluid found in Bonn B080–B145 (no IRF or SRF is visible; nobody graded it)",
        wanted: Wanted::BelowNl(1.0),
        reached: &[
            ("IRF", "test/bonn_amd_volume/irf/false_positive_nl/0"),
            ("SRF", "test/bonn_amd_volume/srf/false_positive_nl/0"),
            ("PED", "test/bonn_amd_volume/ped/false_positive_nl/0"),
        ],
    },
    Bar {
        what: "IRF on each phantom style, pooled over the B-scans with it",
        wanted: Wanted::Dice(0.75),
        reached: &[
            ("Cirrus", "test/phantom@Cirrus/irf/pooled_dice"),
            ("Spectralis", "test/phantom@Spectralis/irf/pooled_dice"),
            ("Topcon", "test/phantom@Topcon/irf/pooled_dice"),
        ],
    },
    Bar {
        what: "SRF on each phantom style, pooled over the B-scans with it",
        wanted: Wanted::Dice(0.90),
        reached: &[
            ("Cirrus", "test/phantom@Cirrus/srf/pooled_dice"),
            ("Spectralis", "test/phantom@Spectralis/srf/pooled_dice"),
            ("Topcon", "test/phantom@Topcon/srf/pooled_dice"),
        ],
    },
    Bar {
        what: "PED on each phantom style, pooled over the B-scans with it",
        wanted: Wanted::Dice(0.90),
        reached: &[
            ("Cirrus", "test/phantom@Cirrus/ped/pooled_dice"),
            ("Spectralis", "test/phantom@Spectralis/ped/pooled_dice"),
            ("Topcon", "test/phantom@Topcon/ped/pooled_dice"),
        ],
    },
];

/// The bars as a Markdown table. A bar is met where every figure of it is.
///
/// # Errors
/// Where `scores` lack a figure.
pub fn table(scores: &Scores) -> Result<String> {
    let mut table = String::from("| bar | wanted | reached | |\n|---|---|---|---|\n");
    for bar in &BARS {
        let figures = |name: &'static str, path| scores.figure(path).map(|value| (name, value));
        let reached: Vec<(&str, f64)> =
            bar.reached.iter().map(|(name, path)| figures(name, path)).collect::<Result<_>>()?;
        let limit = match bar.wanted {
            Wanted::Dice(limit) | Wanted::BelowNl(limit) | Wanted::BelowPixels(limit) => limit,
            Wanted::AtLeast(path) => scores.figure(path)?,
            Wanted::All => 1.0,
        };
        let is_met = reached.iter().all(|(_, value)| bar.wanted.is_met(*value, limit));
        let texts: Vec<String> = reached
            .iter()
            .map(|(name, value)| format!("{name} {}", bar.wanted.figure(*value)).trim_start().to_owned())
            .collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} |",
            bar.what,
            bar.wanted.limit(limit),
            texts.join(", "),
            if is_met { "met" } else { "**not met**" }
        );
    }
    Ok(table)
}

impl Wanted {
    fn is_met(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Dice(_) | Self::AtLeast(_) | Self::All => value >= limit,
            Self::BelowNl(_) | Self::BelowPixels(_) => value < limit,
        }
    }

    fn limit(self, limit: f64) -> String {
        match self {
            Self::Dice(_) => format!("{limit:.2}"),
            Self::AtLeast(_) => format!("{limit:.3}"),
            Self::All => "all".to_owned(),
            Self::BelowNl(_) => format!("under {limit} nl"),
            Self::BelowPixels(_) => format!("under {limit} px"),
        }
    }

    fn figure(self, value: f64) -> String {
        match self {
            Self::Dice(_) | Self::AtLeast(_) => format!("{value:.3}"),
            Self::All => format!("{value:.2}"),
            Self::BelowNl(_) => format!("{value:.2} nl"),
            Self::BelowPixels(_) => format!("{value:.0} px"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_met_at_its_limit_and_one_that_asks_for_less_below_it() {
        assert!(Wanted::Dice(0.85).is_met(0.85, 0.85) && !Wanted::Dice(0.85).is_met(0.849, 0.85));
        assert!(Wanted::BelowNl(1.0).is_met(0.99, 1.0) && !Wanted::BelowNl(1.0).is_met(1.0, 1.0));
        assert!(Wanted::All.is_met(1.0, 1.0) && !Wanted::All.is_met(0.8, 1.0));
    }
}
