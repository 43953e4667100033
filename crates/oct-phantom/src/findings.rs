//! What an eye, or its picture, may show besides: all that fluid was mistaken for in real scans.
//!
//! None of it is there unless an [`crate::EyeConfig`] asks for it, so that a seed without findings means
//! the eye that it has always meant: each finding draws from a stream of its own.
//!
//! | finding | what is drawn | where |
//! |---|---|---|
//! | drusen | of all sizes, single and confluent, no PED beside them | `deposits` |
//! | hyaloid | a bright line over a clear pocket, hazy vitreous above | `eye/hyaloid` |
//! | traction | the same, held at the fovea and pulling it up | `eye/hyaloid` |
//! | macular hole | open to the RPE, cysts at its rim, sometimes a lid above | `eye/hole` |
//! | disc | the optic disc with its cup within the scan | `eye/disc` |
//! | shadows | bands of columns whose signal is lost | `eye/artefacts` |
//! | letterbox | even bars along the sides of the picture | `eye/export` |
//! | resampled | few rows, columns and greys, brought back to the full size | `eye/export` |
//! | single frame | speckle of one look over a high noise floor, as Bioptigen's | `acquisition` |

use crate::random::Stream;

/// One thing that an eye or its picture may show besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Finding {
    /// Drusen of all sizes, and no PED.
    Drusen,
    /// A detached posterior hyaloid.
    Hyaloid,
    /// A hyaloid that is held at the fovea.
    Traction,
    /// A full-thickness macular hole.
    MacularHole,
    /// The optic disc within the scan.
    Disc,
    /// Bands of lost signal.
    Shadows,
    /// Even bars along the sides.
    Letterbox,
    /// The noise of a single frame.
    SingleFrame,
    /// Few rows, columns and greys, as in the picture of a report.
    Resampled,
}

impl Finding {
    /// All findings.
    pub const ALL: [Self; 9] = [
        Self::Drusen,
        Self::Hyaloid,
        Self::Traction,
        Self::MacularHole,
        Self::Disc,
        Self::Shadows,
        Self::Letterbox,
        Self::SingleFrame,
        Self::Resampled,
    ];

    /// The stream from which the finding is drawn in the eye of `seed`.
    pub(crate) fn stream(self, seed: u64) -> Stream {
        Stream::new(seed, PURPOSE_FINDINGS + 1 + self as u64)
    }
}

/// Which of them an eye shows. The default shows none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Findings(u16);

/// Far from the purposes of the eye itself and of its B-scans.
const PURPOSE_FINDINGS: u64 = 1 << 20;

impl Findings {
    /// With `finding` besides.
    #[must_use]
    pub fn with(self, finding: Finding) -> Self {
        Self(self.0 | 1 << finding as u8)
    }

    /// Whether `finding` is among them.
    pub fn has(self, finding: Finding) -> bool {
        self.0 >> finding as u8 & 1 == 1
    }

    /// Those of the eye of `seed`, each with the chance (0..=1) that `chance` gives it.
    pub fn draw(seed: u64, chance: impl Fn(Finding) -> f32) -> Self {
        let mut stream = Stream::new(seed, PURPOSE_FINDINGS);
        let drawn = Finding::ALL.into_iter().filter(|finding| stream.chance(chance(*finding)));
        drawn.fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_comes_as_often_as_its_chance_says_whatever_the_others_do() {
        let chance = |finding| match finding {
            Finding::Drusen => 0.25,
            Finding::Disc => 1.0,
            Finding::Letterbox => 0.5,
            _ => 0.0,
        };
        let eyes: Vec<Findings> = (0..2000).map(|seed| Findings::draw(seed, chance)).collect();
        for finding in Finding::ALL {
            let share = eyes.iter().filter(|eye| eye.has(finding)).count() as f32 / 2000.0;
            assert!((share - chance(finding)).abs() < 0.04, "{finding:?}: {share}");
        }
    }
}
