//! The weights of a network, from a run folder or a weight file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use mmis_model::MmisNetConfig;
use mmis_model::weights::{Arrays, WeightsFile};

use super::config::RunConfig;
use super::folder::RunFolder;

/// The weights of a network, float, and what they are weights of.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkWeights {
    /// The weights.
    pub parameters: Arrays,
    /// The network.
    pub network: MmisNetConfig,
    /// Names of its labels, in channel order.
    pub labels: Vec<String>,
}

/// Weights of a run folder's newest checkpoint or of a weight file.
///
/// # Errors
/// Where neither is there, or it is damaged.
pub fn weights_of(path: &Path) -> Result<NetworkWeights> {
    if path.is_dir() {
        let run = RunFolder::new(path);
        let snapshot =
            run.snapshot()?.with_context(|| format!("{} holds no checkpoint yet", path.display()))?;
        let RunConfig { network, labels, .. } = run.config()?;
        return Ok(NetworkWeights { parameters: snapshot.average, network, labels });
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = WeightsFile::read(&bytes).with_context(|| path.display().to_string())?;
    let labels = file.metadata.label_space.names().map(str::to_owned).collect();
    Ok(NetworkWeights { parameters: file.parameters, network: file.metadata.config, labels })
}
