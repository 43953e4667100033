//! Where the retina begins and ends in a B-scan.

use serde::{Deserialize, Serialize};

/// The boundaries of the retina in one B-scan, by column, in rows of its own grid:
/// 0 is the top of the first row, halves lie within one; NaN where there is none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Boundaries {
    /// Inner limiting membrane.
    pub ilm_row: Vec<f32>,
    /// Bruch's membrane.
    pub bm_row: Vec<f32>,
}
