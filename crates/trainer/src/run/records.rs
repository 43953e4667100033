//! What a run says of itself: its data, the subjects that it learnt from, the code that trained it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::data::{Dataset, Reader, Split};

use super::atomic_write::replace_file;
use super::folder::RunFolder;

/// What a checkpoint says of its data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataHash {
    /// Samples of all splits.
    pub samples: usize,
    /// Over names, images and annotations in the working grid, hex.
    pub sha256: String,
}

impl DataHash {
    /// Of each dataset, by name.
    pub fn of(datasets: &[Dataset]) -> BTreeMap<String, Self> {
        let hash = |dataset: &Dataset| {
            let mut hasher = Sha256::new();
            for sample in &dataset.samples {
                hasher.update(sample.name.as_bytes());
                sample.channels.iter().for_each(|channel| hasher.update(channel));
                let masks = std::iter::once(&sample.bits).chain(&sample.others);
                masks.flatten().for_each(|bits| hasher.update(bits.to_le_bytes()));
                if !sample.image_level.is_unknown() {
                    hasher.update(sample.image_level.absent.to_le_bytes());
                    hasher.update(sample.image_level.present.to_le_bytes());
                }
            }
            let sha256 = hex(hasher.finalize().as_slice());
            (dataset.entry.name.clone(), Self { samples: dataset.samples.len(), sha256 })
        };
        datasets.iter().map(hash).collect()
    }
}

/// Subjects that weights learnt from, by the folder of their images
/// ([`crate::data::DatasetEntry::source`]). Generated eyes are not among them: their seeds
/// keep the splits apart.
pub type Learnt = BTreeMap<PathBuf, BTreeSet<String>>;

/// Those that training on `datasets` learns from.
pub(super) fn learnt_from(datasets: &[Dataset]) -> Learnt {
    let mut learnt = Learnt::new();
    for dataset in datasets.iter().filter(|dataset| dataset.entry.reader != Reader::Phantom) {
        let subjects = dataset.samples.iter().filter(|sample| sample.split == Split::Train);
        learnt
            .entry(dataset.entry.source())
            .or_default()
            .extend(subjects.map(|sample| sample.subject.clone()));
    }
    learnt
}

/// Which code trained a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Steps that were done before it took over.
    pub from_step: u64,
    /// The commit, `-dirty` behind it where files had changed; `None` where it was not built from a repository.
    pub commit: Option<String>,
}

impl RunFolder {
    /// The subjects that `weights` (a run folder, or a file of its `averages`) learnt
    /// from, those of the runs before it (`--from`) included; none where they come from
    /// elsewhere or the run is older than this record.
    ///
    /// # Errors
    /// Where the record is damaged.
    pub fn learnt_by(weights: &Path) -> Result<Learnt> {
        let run = if weights.is_dir() { Some(weights) } else { weights.parent().and_then(Path::parent) };
        match run.filter(|run| run.join("config.json").exists()) {
            Some(run) => Self::new(run).record_of("learnt.json"),
            None => Ok(Learnt::new()),
        }
    }

    /// What the file `name` holds; nothing where the run is older than this record.
    fn record_of<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T> {
        let file = self.path.join(name);
        match fs::read(&file) {
            Ok(text) => {
                serde_json::from_slice(&text).with_context(|| format!("{} is damaged", file.display()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(T::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    /// What its datasets held, by name.
    ///
    /// # Errors
    /// Where the folder holds no run.
    pub fn data(&self) -> Result<BTreeMap<String, DataHash>> {
        let file = self.path.join("data.json");
        let text = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is damaged", file.display()))
    }

    /// The code that trained it, oldest first; none where the run is older than this record.
    ///
    /// # Errors
    /// Where the record is damaged.
    pub fn code(&self) -> Result<Vec<Code>> {
        self.record_of("code.json")
    }

    /// Notes that this program trains the run from `step` on.
    ///
    /// # Errors
    /// Where the record is damaged or cannot be written.
    pub fn note_code(&self, step: u64) -> Result<()> {
        let commit = Some(env!("LACUNA_COMMIT")).filter(|commit| !commit.is_empty()).map(str::to_owned);
        let mut code = self.code()?;
        if code.last().is_none_or(|last| last.commit != commit) {
            code.push(Code { from_step: step, commit });
            replace_file(&self.path.join("code.json"), serde_json::to_string_pretty(&code)?.as_bytes())?;
        }
        Ok(())
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
