//! How often phantoms show what else an eye may show.

use anyhow::{Result, ensure};
use oct_phantom::{Finding, Findings};
use serde::{Deserialize, Serialize};

/// Chances (0..=1) of the findings of `oct_phantom` in phantoms that are learnt from.
/// Phantoms for validation and test show none: they are the same as ever.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FindingChances {
    /// Drusen of all sizes, and no PED.
    pub drusen: f32,
    /// A detached posterior hyaloid.
    pub hyaloid: f32,
    /// A hyaloid that is held at the fovea.
    pub traction: f32,
    /// A full-thickness macular hole.
    pub macular_hole: f32,
    /// The optic disc within the scan.
    pub disc: f32,
    /// Bands of lost signal.
    pub shadows: f32,
    /// Even bars along the sides.
    pub letterbox: f32,
    /// The noise of a single frame.
    pub single_frame: f32,
    /// Few rows, columns and greys.
    pub resampled: f32,
}

impl FindingChances {
    fn of(&self, finding: Finding) -> f32 {
        match finding {
            Finding::Drusen => self.drusen,
            Finding::Hyaloid => self.hyaloid,
            Finding::Traction => self.traction,
            Finding::MacularHole => self.macular_hole,
            Finding::Disc => self.disc,
            Finding::Shadows => self.shadows,
            Finding::Letterbox => self.letterbox,
            Finding::SingleFrame => self.single_frame,
            Finding::Resampled => self.resampled,
        }
    }

    /// Whether all of them are chances.
    ///
    /// # Errors
    /// Where one is not 0 to 1.
    pub fn check(&self) -> Result<()> {
        for finding in Finding::ALL {
            let chance = self.of(finding);
            ensure!((0.0..=1.0).contains(&chance), "the chance {chance} of {finding:?} is not 0 to 1");
        }
        Ok(())
    }

    /// The findings of the eye of `seed`.
    pub(super) fn draw(&self, seed: u64) -> Findings {
        Findings::draw(seed, |finding| self.of(finding))
    }
}
