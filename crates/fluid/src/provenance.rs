//! Where figures come from: program, network, device, time.

use serde::{Deserialize, Serialize};

use crate::presence;

/// Where the figures of a report come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// What writes the report.
    pub software: SoftwareReport,
    /// The network and its weights.
    pub model: ModelReport,
    /// What the network ran on, in words.
    pub device: String,
    /// When the report is made, RFC 3339: the crate has no clock of its own.
    pub created: String,
}

/// What wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoftwareReport {
    /// Program, e.g. `lacuna`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The network and its weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelReport {
    /// Name of the model.
    pub name: String,
    /// SHA-256 of the weight file, lower-case hex.
    pub weights_sha256: String,
    /// How the presence score is made: [`presence::METHOD`].
    pub presence_score_method: String,
}

impl ModelReport {
    /// A model by name and the SHA-256 of its weights in hex.
    pub fn new(name: impl Into<String>, weights_sha256: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            weights_sha256: weights_sha256.into(),
            presence_score_method: presence::METHOD.to_owned(),
        }
    }
}
