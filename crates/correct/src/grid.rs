//! The samples that can be drawn on.

use crate::edit::Place;

/// Size of a volume in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grid {
    /// Samples per row.
    pub columns: u32,
    /// Rows per B-scan.
    pub rows: u32,
    /// B-scans.
    pub bscans: u32,
}

impl Grid {
    /// Samples of a B-scan; what does not fit 32 bits cannot be drawn on.
    pub fn pixels(self) -> u32 {
        self.columns.checked_mul(self.rows).unwrap_or(0)
    }

    /// Index of `at` in a B-scan, row by row; `None` outside.
    pub fn index(self, at: Place) -> Option<u32> {
        (at.column < self.columns && at.row < self.rows && self.pixels() > 0)
            .then(|| at.row * self.columns + at.column)
    }
}
