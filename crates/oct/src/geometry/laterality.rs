//! Which eye.

use serde::{Deserialize, Serialize};

/// Right or left eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Laterality {
    /// Right eye.
    #[serde(rename = "OD")]
    Od,
    /// Left eye.
    #[serde(rename = "OS")]
    Os,
}

impl Laterality {
    /// As clinicians write it: OD or OS.
    pub fn abbreviation(self) -> &'static str {
        match self {
            Self::Od => "OD",
            Self::Os => "OS",
        }
    }
}
