//! What a stated spacing says.

use std::fmt::Display;

use oct::{Axis, AxisSpacing, SpacingSource};

use crate::Cause;

/// Whether a header's `step` (in the file's own unit) is there only because the
/// field wants a number: one B-scan has no distance to a next one, and most
/// programs then write 1.
pub(crate) fn is_filler(axis: Axis, bscans: u64, step: f64) -> bool {
    axis == Axis::BetweenBScans && bscans == 1 && !(step.is_finite() && step > 0.0 && step != 1.0)
}

/// The spacing of `mm` that a file states in its field `tag`, there written as `said`.
///
/// # Errors
/// [`Cause::ImpossibleSpacing`] where no device has it.
pub(crate) fn from_file(axis: Axis, mm: f64, tag: &str, said: impl Display) -> Result<AxisSpacing, Cause> {
    AxisSpacing::new(axis, mm, SpacingSource::FromFile { tag: tag.to_owned() })
        .map_err(|_| Cause::ImpossibleSpacing { axis: axis.name(), value: said.to_string() })
}
