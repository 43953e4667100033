//! Real files, which are never part of the repository.

use std::path::PathBuf;

/// `part` of the data folder, `$LACUNA_DATA` or `../shared/data`; `None`, with
/// a word to the reader of the log, where it is absent.
pub fn data(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LACUNA_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(part);
    if !path.exists() {
        // Else a part that is not there would pass for one that was read.
        let is_there = cfg!(shared_data);
        assert!(!is_there, "the data folder lacks {}", path.display());
        eprintln!("skipped: no data at {}", path.display());
        return None;
    }
    Some(path)
}
