//! What tools look at.

use std::borrow::Cow;

use crate::drawn::Drawn;
use crate::grid::Grid;

/// What is known of a scan, B-scan by B-scan, row by row; made only where a tool asks for it.
pub trait Planes {
    /// Size of the scan.
    fn grid(&self) -> Grid;

    /// Labels in force, 0 to 3; background where nothing is labelled yet. `None` past the end.
    fn labels(&self, bscan: u32) -> Option<Cow<'_, [u8]>>;

    /// Greys, 0 black. `None` past the end.
    fn greys(&self, bscan: u32) -> Option<Cow<'_, [u8]>>;

    /// How probable each fluid is: a plane for each of [`oct::FluidClass::ALL`] one after the
    /// other, 255 where it is certain. `None` where nobody knows.
    fn chances(&self, bscan: u32) -> Option<Cow<'_, [u8]>>;

    /// What a person drew; `None` where nothing is.
    fn drawn(&self, bscan: u32) -> Option<&Drawn>;
}
