//! What a run writes on its way: a line a validation, and the batch of a step that failed.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::data::Batch;

use super::folder::RunFolder;

impl RunFolder {
    /// Appends a line to `metrics.jsonl`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn record(&self, line: &serde_json::Value) -> Result<()> {
        let file = self.path.join("metrics.jsonl");
        let write = || -> std::io::Result<()> {
            // A killed process may have left half a line.
            let cut_off = fs::read(&file).is_ok_and(|text| !text.is_empty() && !text.ends_with(b"\n"));
            let mut opened = fs::OpenOptions::new().create(true).append(true).open(&file)?;
            writeln!(opened, "{}{line}", if cut_off { "\n" } else { "" })
        };
        write().with_context(|| format!("cannot write {}", file.display()))
    }

    /// The lines of `metrics.jsonl`; a line that a killed process cut off is left out.
    pub fn metrics(&self) -> Vec<serde_json::Value> {
        let bytes = fs::read(self.path.join("metrics.jsonl")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Keeps the batch of `step` below `bad-batches`: `step-N.json` names its
    /// samples and their planes, `step-N.f32` holds its images and `step-N.u32`
    /// its annotations, little-endian. Returns that folder.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep_bad_batch(&self, step: u64, batch: &Batch) -> Result<PathBuf> {
        let folder = self.path.join("bad-batches");
        fs::create_dir_all(&folder)?;
        let file = |ending| folder.join(format!("step-{step:06}.{ending}"));
        let about = serde_json::json!({
            "step": step,
            "samples": batch.names,
            "size": batch.size,
            "taught": batch.taught,
            "partial": batch.partial,
            "present": batch.present,
        });
        fs::write(file("json"), serde_json::to_string_pretty(&about)?)?;
        let bytes: Vec<u8> = batch.images.iter().flat_map(|value| value.to_le_bytes()).collect();
        fs::write(file("f32"), bytes)?;
        let bytes: Vec<u8> = batch.bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
        fs::write(file("u32"), bytes)?;
        Ok(folder)
    }
}
