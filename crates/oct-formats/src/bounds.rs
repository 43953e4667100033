//! How much may be dropped at once, on the page and in the program alike.

/// Most files. The largest public volumes have some hundred images of B-scans;
/// more than this is somebody's whole archive.
pub const MOST_FILES: usize = 4096;
/// Deepest folder below the one that was dropped.
pub const DEEPEST_FOLDER: usize = 12;
