//! What the program answered.

use std::collections::BTreeMap;

use serde_json::Value;

/// An answer of `lacuna segment --json`.
#[derive(Debug, Clone)]
pub enum Answer {
    /// One sentence, and nothing else.
    Refused(String),
    /// A report, with the files that were saved.
    Report { report: Value, files: BTreeMap<String, Vec<u8>> },
}

impl Answer {
    /// From what is printed, and the saved files.
    pub fn new(printed: &Value, files: BTreeMap<String, Vec<u8>>) -> Self {
        match printed["error"]["message"].as_str() {
            Some(message) => Self::Refused(message.to_owned()),
            None => Self::Report { report: printed["report"].clone(), files },
        }
    }

    /// Nanolitres of IRF, SRF and PED, where there are figures.
    pub fn volumes_nl(&self) -> Option<[f64; 3]> {
        let Self::Report { report, .. } = self else { return None };
        let nl = |class: usize| report["measurement"]["classes"][class]["volume_nl"].as_f64();
        Some([nl(0)?, nl(1)?, nl(2)?])
    }

    /// Whether the figures are marked as less than there may be.
    pub fn is_marked(&self) -> bool {
        let Self::Report { report, .. } = self else { return false };
        report["measurement"]["coverage"] == "lower_bound"
    }

    /// Whether there were several volumes and this is one of them.
    pub fn is_a_choice(&self) -> bool {
        matches!(self, Self::Report { report, .. } if report["input"]["volume"].is_number())
    }

    /// The refusal, where it is one.
    pub fn sentence(&self) -> Option<&str> {
        match self {
            Self::Refused(sentence) => Some(sentence),
            Self::Report { .. } => None,
        }
    }

    /// A saved file.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        match self {
            Self::Refused(_) => None,
            Self::Report { files, .. } => files.get(name).map(Vec::as_slice),
        }
    }
}
