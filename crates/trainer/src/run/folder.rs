//! The folder of a run, and what it was begun with.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::config::RunConfig;

/// The folder of a run.
#[derive(Debug, Clone)]
pub struct RunFolder {
    pub(super) path: PathBuf,
}

impl RunFolder {
    /// The run in `path`.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its configuration.
    ///
    /// # Errors
    /// Where the folder holds no run.
    pub fn config(&self) -> Result<RunConfig> {
        let file = self.path.join("config.json");
        let text = fs::read_to_string(&file).with_context(|| format!("no run in {}", self.path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))
    }

    /// The entries that it learns from.
    ///
    /// # Errors
    /// Where the folder holds no run.
    pub fn datasets(&self) -> Result<String> {
        let file = self.path.join("datasets.toml");
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    }
}
