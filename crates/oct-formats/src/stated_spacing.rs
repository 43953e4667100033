//! What a stated spacing says.

use oct::Axis;

/// Whether a header's `step` (in the file's own unit) is there only because the
/// field wants a number: one B-scan has no distance to a next one, and most
/// programs then write 1.
pub(crate) fn is_filler(axis: Axis, frames: u64, step: f64) -> bool {
    axis == Axis::BetweenBScans && frames == 1 && !(step.is_finite() && step > 0.0 && step != 1.0)
}
