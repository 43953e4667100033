//! Where the real data lie that some tests read.

use std::path::{Path, PathBuf};

/// `$LACUNA_DATA`, else the folder beside the project.
pub fn folder() -> PathBuf {
    std::env::var_os("LACUNA_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
}
