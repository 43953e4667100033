//! Why an edit was not made, in words for people.

use oct::FluidClass;

/// Why an edit was not made; nothing is changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CorrectError {
    /// A B-scan past the end.
    #[error("The volume has no B-scan number {}.", u64::from(*.bscan) + 1)]
    NoSuchBScan {
        /// Its index.
        bscan: u32,
    },
    /// A place outside of the B-scan.
    #[error("Column {column}, row {row} lies outside of the B-scan.")]
    Outside {
        /// The column.
        column: u32,
        /// The row.
        row: u32,
    },
    /// The dark space is not bounded.
    #[error(
        "The dark space around this place has no end: it leaks over more than {percent} % of the B-scan or out of it. Draw its outline instead."
    )]
    Leaks {
        /// The part of the B-scan that it may have.
        percent: u32,
    },
    /// No dark space.
    #[error("This place is not darker than what lies around it: there is no space to fill.")]
    NotDark,
    /// No fluid at the place.
    #[error("There is no fluid at this place.")]
    NoFluid,
    /// No B-scan between two.
    #[error("There is no B-scan between the two: choose two that lie farther apart.")]
    NothingBetween,
    /// A B-scan without the class.
    #[error("B-scan {} has no {} to interpolate from: draw it there first.", u64::from(*.bscan) + 1, .class.abbreviation())]
    NothingToInterpolate {
        /// The B-scan.
        bscan: u32,
        /// The class.
        class: FluidClass,
    },
}
