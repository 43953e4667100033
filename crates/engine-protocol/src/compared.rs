//! What changed between two visits of an eye, as the page shows it.

use serde::{Deserialize, Serialize};
use visits::{EnFaceTransform, RegisteredBy};

/// Regions of which [`crate::Event::Compared`] brings figures: the whole scans, what both see, the
/// circles of [`fluid::regions::DIAMETERS_MM`], the subfields in the order of
/// [`fluid::Subfield::all`] of the earlier scan.
pub const COMPARED_REGIONS: usize = 14;
/// Figures of each of them: of the classes in their order (nl), then of the thickness (µm; of the
/// first two that of the central subfield); before, after, the difference, percent.
pub const COMPARED_FIGURES: usize = 16;

/// What came of a comparison, beside its payload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Days from the earlier to the later visit; `None` where a date is not known.
    pub days: Option<i32>,
    /// How the scans lie on each other; `None` where that is not known.
    pub laid: Option<Laid>,
    /// Why it is not known, a sentence.
    pub not_laid: Option<String>,
    /// Why a difference need not be a change of the eye, in sentences.
    pub cautions: Vec<String>,
    /// The grid of the maps; `None` where there are none.
    pub map: Option<ChangeGrid>,
}

/// How two scans lie on each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Laid {
    /// From places of the earlier scan to those of the later one.
    pub transform: EnFaceTransform,
    /// By what.
    pub by: RegisteredBy,
    /// How well the vessels agree, and how well at most elsewhere; `None` where they were not
    /// sought.
    pub agreement: Option<[f64; 2]>,
    /// What both see, mm².
    pub both_mm2: f64,
    /// What each of them sees, mm².
    pub seen_mm2: [f64; 2],
}

/// The square cells of a map of change, in the earlier scan ([`visits::ChangeMap`]).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChangeGrid {
    /// Side of a cell, mm.
    pub cell_mm: f64,
    /// Cells along the B-scans.
    pub columns: u32,
    /// Cells across them.
    pub rows: u32,
}
