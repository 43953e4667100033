//! How much may be dropped at once, on the page and in the program alike, and how
//! far a header is read.

/// Most files. The largest public volumes have some hundred images of B-scans;
/// more than this is somebody's whole archive.
pub const MOST_FILES: usize = 4096;
/// Deepest folder below the one that was dropped.
pub const DEEPEST_FOLDER: usize = 12;
/// A text header that names its data file and is longer than this is none.
pub const MOST_HEADER_BYTES: usize = 1 << 20;
