//! The place in a scan that every view shares.

/// A place in a scan.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cursor {
    /// Index of the B-scan in view.
    pub bscan: u32,
    /// Column in its grid, where one was pointed at.
    pub column: Option<f64>,
    /// Row in its grid, where one was pointed at.
    pub row: Option<f64>,
}

impl Cursor {
    /// The middle B-scan of `bscans`.
    pub fn middle_of(bscans: u32) -> Self {
        Self { bscan: bscans / 2, ..Self::default() }
    }
}
