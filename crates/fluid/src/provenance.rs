//! Where figures come from: program, network, device, time.

use serde::{Deserialize, Serialize};

use crate::by_class::ByClass;
use crate::presence;

/// Where the figures of a report come from.
#[derive(Debug, Clone, PartialEq)]
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

/// From which presence score on a fluid counts as present, and how often that is right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperatingPoint {
    /// The score, 0..=1.
    pub threshold: f32,
    /// Part of the volumes with the fluid that reach it; `None` where it was not judged.
    #[serde(default)]
    pub sensitivity: Option<f64>,
    /// Part of the volumes without the fluid that stay below it; `None` where it was not judged.
    #[serde(default)]
    pub specificity: Option<f64>,
    /// On what it was judged, in words: other eyes have other figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_on: Option<String>,
}

/// The network and its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelReport {
    /// Name of the model.
    pub name: String,
    /// SHA-256 of the weight file, lower-case hex.
    pub weights_sha256: String,
    /// How the presence score is made: [`presence::METHOD`].
    pub presence_score_method: String,
    /// The operating point of the presence score of each class, where it is known.
    #[serde(default)]
    pub operating_points: ByClass<Option<OperatingPoint>>,
}

impl ModelReport {
    /// A model by name and the SHA-256 of its weights in hex.
    pub fn new(name: impl Into<String>, weights_sha256: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            weights_sha256: weights_sha256.into(),
            presence_score_method: presence::METHOD.to_owned(),
            operating_points: ByClass::default(),
        }
    }

    /// The same model with what its presence scores are called by.
    #[must_use]
    pub fn with_operating_points(self, operating_points: ByClass<Option<OperatingPoint>>) -> Self {
        Self { operating_points, ..self }
    }
}
