//! Boundaries of layers as all three Heidelberg formats store them.

/// In the order in which they are numbered; the first three stand in every
/// version (eyepy, `vol_reader.py`).
const NAMES: [&str; 17] = [
    "ILM", "BM", "RNFL", "GCL", "IPL", "INL", "OPL", "ONL", "ELM", "IOS", "OPT", "CHO", "VIT", "ANT", "PR1",
    "PR2", "RPE",
];

/// The name of boundary `index`, from 0, where it has one.
pub(crate) fn name(index: usize) -> Option<String> {
    NAMES.get(index).map(|name| (*name).to_owned())
}

/// A boundary's row in a B-scan of `rows`; NaN where the device found none,
/// which it stores as 3e38 or more, or as 0.
pub(crate) fn row(stored: f32, rows: usize) -> f32 {
    if stored > 0.0 && stored <= rows as f32 { stored } else { f32::NAN }
}
