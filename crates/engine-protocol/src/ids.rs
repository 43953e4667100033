//! Which scan a message is about.

use serde::{Deserialize, Serialize};

/// One opened scan, numbered by the page and never used twice: the page, the
/// worker and every message between them mean the same scan by it, also after
/// the worker died and opened the scan again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ScanId(pub u32);
