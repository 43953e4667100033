//! Checkpoints: written whole or not at all, and compared with their hashes when they are read.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use mmis_model::weights::{Arrays, Metadata, Precision, WeightsFile};
use mmis_model::{LabelSpace, MmisNetConfig};
use mmis_net::MmisNet;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::atomic_write::replace_file;
use super::config::RunConfig;
use super::folder::RunFolder;
use super::records::hex;

const AVERAGE: &str = "average.safetensors";
const NETWORK: &str = "network";
const OPTIMIZER: &str = "optimizer";
const CONTENTS: &str = "contents.json";

/// A checkpoint without the optimizer's state.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Steps done.
    pub step: u64,
    /// The running average of the weights: what is scored and shipped.
    pub average: Arrays,
}

/// What a checkpoint's folder holds; written last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    /// Steps done.
    step: u64,
    /// SHA-256 of each other file, hex, by name.
    sha256: BTreeMap<String, String>,
}

impl Contents {
    /// Reads those of `folder` and compares its files with them.
    fn checked(folder: &Path) -> Result<Self> {
        let contents: Self = serde_json::from_slice(&fs::read(folder.join(CONTENTS))?)?;
        for (name, sha256) in &contents.sha256 {
            let found = sha256_of(&fs::read(folder.join(name)).with_context(|| name.clone())?);
            ensure!(found == *sha256, "{name} is not what was written");
        }
        Ok(contents)
    }
}

fn sha256_of(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

impl RunFolder {
    /// The newest whole checkpoint's folder; a process killed between two
    /// renames leaves only the older one.
    fn newest(&self) -> Option<PathBuf> {
        ["checkpoint", "checkpoint.old"]
            .map(|name| self.path.join(name))
            .into_iter()
            .find(|path| path.exists())
    }

    /// The newest checkpoint's averaged weights and step, or `None` before the first.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn snapshot(&self) -> Result<Option<Snapshot>> {
        let Some(folder) = self.newest() else { return Ok(None) };
        let damaged = || {
            let older = self.path.join("checkpoint.old");
            let way_out = if folder != older && older.exists() {
                format!("; to go on from the one before it, move {} into its place", older.display())
            } else {
                String::new()
            };
            format!("the checkpoint {} is damaged{way_out}", folder.display())
        };
        let contents = Contents::checked(&folder).with_context(damaged)?;
        let bytes = fs::read(folder.join(AVERAGE)).with_context(damaged)?;
        let file = WeightsFile::read(&bytes).with_context(damaged)?;
        Ok(Some(Snapshot { step: contents.step, average: file.parameters }))
    }

    /// Puts the newest checkpoint's state into `network` and `optimizer`.
    ///
    /// # Errors
    /// Where it is damaged or of another architecture.
    pub fn restore(
        &self,
        network: MmisNet,
        optimizer: ModuleOptimizer,
    ) -> Result<(MmisNet, ModuleOptimizer)> {
        let Some(folder) = self.newest() else { bail!("{} holds no checkpoint", self.path.display()) };
        // Burn's own record keeps the parameters' identities, by which the
        // optimizer finds its state again.
        let network = network
            .try_load_file(folder.join(NETWORK))
            .map_err(|error| {
                anyhow!("the checkpoint {} is damaged or of another network: {error}", folder.display())
            })?
            .set_require_grad(true);
        let optimizer = optimizer
            .load(folder.join(OPTIMIZER))
            .map_err(|error| anyhow!("the optimizer's state in {} is damaged: {error}", folder.display()))?;
        Ok((network, optimizer))
    }

    /// Writes into a folder beside the old checkpoint, syncs, and swaps the
    /// two, so that a killed process or a full disk leaves one of them whole.
    ///
    /// # Errors
    /// Where it cannot be written; the old checkpoint then stays.
    pub fn save(
        &self,
        snapshot: &Snapshot,
        config: &RunConfig,
        network: &MmisNet,
        optimizer: &ModuleOptimizer,
    ) -> Result<()> {
        let write = || -> Result<()> {
            let [fresh, current, old] =
                ["checkpoint.new", "checkpoint", "checkpoint.old"].map(|name| self.path.join(name));
            let average = weights_file(&snapshot.average, &config.network, &config.labels)?;
            replace_file(
                &self.path.join(format!("averages/step-{:06}.safetensors", snapshot.step)),
                &average,
            )?;
            remove(&fresh)?;
            fs::create_dir_all(&fresh)?;
            fs::write(fresh.join(AVERAGE), average)?;
            network.clone().save_file(fresh.join(NETWORK)).map_err(|error| anyhow!("{error}"))?;
            optimizer.save(fresh.join(OPTIMIZER)).map_err(|error| anyhow!("{error}"))?;
            let mut sha256 = BTreeMap::new();
            for entry in fs::read_dir(&fresh)? {
                let entry = entry?;
                sha256.insert(
                    entry.file_name().to_string_lossy().into_owned(),
                    sha256_of(&fs::read(entry.path())?),
                );
            }
            let contents = Contents { step: snapshot.step, sha256 };
            fs::write(fresh.join(CONTENTS), serde_json::to_string_pretty(&contents)?)?;
            for entry in fs::read_dir(&fresh)? {
                File::open(entry?.path())?.sync_all()?;
            }
            File::open(&fresh)?.sync_all()?;
            if current.exists() {
                remove(&old)?;
                fs::rename(&current, &old)?;
            }
            fs::rename(&fresh, &current)?;
            File::open(&self.path)?.sync_all()?;
            Ok(())
        };
        write().with_context(|| {
            format!(
                "the checkpoint of step {} could not be written to {} (is the disk full?); the one before is kept",
                snapshot.step,
                self.path.display()
            )
        })
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// A float weight file of all `labels`, as checkpoints keep it.
pub(crate) fn weights_file(
    parameters: &Arrays,
    network: &MmisNetConfig,
    labels: &[String],
) -> Result<Vec<u8>> {
    let label_space = LabelSpace::training()?.named(labels);
    ensure!(
        label_space.names().eq(labels),
        "labels ({}) that the label space does not have in this order",
        labels.join(", ")
    );
    let metadata = Metadata {
        name: "checkpoint".to_owned(),
        config: network.clone(),
        label_space,
        preprocessing: String::new(),
        training: String::new(),
        scores: String::new(),
        presence: BTreeMap::new(),
        float_parent_sha256: String::new(),
    };
    Ok(WeightsFile::write(parameters, &metadata, &[], Precision::Float32)?)
}
