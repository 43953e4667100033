//! What the network says of one B-scan.

use crate::boundaries::Boundaries;
use crate::chances::Chances;

/// What the network says of one B-scan.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentedBScan {
    /// `rows * columns` labels in the B-scan's own grid, row by row: 0 background,
    /// 1 IRF, 2 SRF, 3 PED ([`oct::FluidClass::label`]).
    pub labels: Vec<u8>,
    /// Calibrated evidence for each fluid, 0..=1, by [`oct::FluidClass::index`];
    /// [`crate::presence`] says what it is.
    pub evidence: [f32; 3],
    /// The probabilities that the labels follow from; `None` where only labels are known.
    pub chances: Option<Chances>,
    /// The boundaries of the retina, `None` where the network does not know them.
    pub boundaries: Option<Boundaries>,
}

impl SegmentedBScan {
    /// Labels of which nobody knows the probabilities, as after a restart.
    pub fn of_labels(labels: Vec<u8>, evidence: [f32; 3]) -> Self {
        Self { labels, evidence, chances: None, boundaries: None }
    }
}
