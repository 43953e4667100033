//! Why a file could not be written.

/// Why a file could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Not every B-scan is measured.
    #[error(
        "Only {measured} of {bscans} B-scans are segmented: segment the whole volume before saving its mask, because unmeasured is not zero."
    )]
    Unmeasured {
        /// B-scans measured.
        measured: usize,
        /// B-scans in all.
        bscans: usize,
    },
    /// Training data is wanted of a scan that nobody corrected or looked at.
    #[error(
        "Nobody has corrected or looked at a B-scan of this scan yet, and what nobody looked at teaches nothing: correct one, or mark it as looked at."
    )]
    NothingLookedAt,
    /// A size that the format cannot hold.
    #[error("The mask has {size} samples along one axis, more than {format} can hold.")]
    TooLarge {
        /// The format.
        format: &'static str,
        /// The size.
        size: usize,
    },
    /// Labels that do not fill the image.
    #[error("{labels} labels do not fill an image of {columns} x {rows}.")]
    LabelCount {
        /// Labels given.
        labels: usize,
        /// Columns.
        columns: usize,
        /// Rows.
        rows: usize,
    },
    /// The encoder failed.
    #[error("The file could not be encoded: {0}.")]
    Encode(String),
}
