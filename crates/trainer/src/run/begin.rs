//! How a run begins, and what may change of it later.

use anyhow::{Context, Result, ensure};

use crate::data::Dataset;

use super::atomic_write::replace_file;
use super::config::RunConfig;
use super::folder::RunFolder;
use super::records::{DataHash, learnt_from};

impl RunFolder {
    /// Starts a run in an empty folder, or checks that the folder holds this one.
    ///
    /// # Errors
    /// Where it holds another run, its data has changed, or it cannot be written.
    pub fn begin(&self, config: &RunConfig, entries: &str, datasets: &[Dataset]) -> Result<()> {
        let data = DataHash::of(datasets);
        let file = self.path.join("data.json");
        if self.path.join("config.json").exists() {
            ensure!(
                self.config()? == *config,
                "{} holds a run with another configuration; name another folder or `trainer resume` it",
                self.path.display()
            );
            let before = self.data()?;
            for name in data.keys().chain(before.keys()) {
                ensure!(
                    before.get(name) == data.get(name),
                    "the dataset {name} is not what this run began with; start a new run with --from"
                );
            }
            ensure!(
                self.datasets()? == entries,
                "the dataset entries are not what this run began with ({}); start a new run with --from, or `trainer resume`, which uses the old ones",
                self.path.join("datasets.toml").display()
            );
            return Ok(());
        }
        let mut learnt = learnt_from(datasets);
        if let Some(from) = &config.from {
            for (source, subjects) in Self::learnt_by(from)? {
                learnt.entry(source).or_default().extend(subjects);
            }
        }
        let write = || -> Result<()> {
            replace_file(&self.path.join("datasets.toml"), entries.as_bytes())?;
            replace_file(&self.path.join("learnt.json"), serde_json::to_string_pretty(&learnt)?.as_bytes())?;
            replace_file(&file, serde_json::to_string_pretty(&data)?.as_bytes())?;
            // Last, because it makes the folder a run.
            replace_file(&self.path.join("config.json"), serde_json::to_string_pretty(config)?.as_bytes())
        };
        write().with_context(|| format!("cannot write the run folder {}", self.path.display()))
    }

    /// Changes the peak learning rate of a run, to go on where a loss was not finite.
    ///
    /// # Errors
    /// Where the rate is none, the folder holds no run or cannot be written.
    pub fn set_learning_rate(&self, learning_rate: f64) -> Result<()> {
        let config = RunConfig { learning_rate, ..self.config()? };
        config.check()?;
        let snapshot = self.snapshot()?.map_or(0, |snapshot| snapshot.step);
        self.record(&serde_json::json!({ "step": snapshot, "learning_rate": learning_rate }))?;
        replace_file(&self.path.join("config.json"), serde_json::to_string_pretty(&config)?.as_bytes())
    }
}
