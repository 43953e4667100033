//! When and with what a volume was taken.

use serde::{Deserialize, Serialize};

/// Facts of the acquisition; nothing that names a person.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Acquisition {
    /// Date, or date and time, ISO 8601 without a zone, e.g. `2019-03-05T14:02:11`.
    pub acquired: Option<String>,
    /// Model of the device, e.g. `Spectralis`.
    pub device: Option<String>,
    /// Signal quality of each B-scan in the device's own unit; empty where the file has none.
    pub bscan_quality: Vec<f32>,
    /// What that unit is, e.g. `dB`; empty where not known.
    pub quality_unit: String,
}
