//! A folder that trains on a machine without data and without network, and what comes back from there.
//!
//! | file | what |
//! |---|---|
//! | `trainer.gz` | the program that made the folder |
//! | `config.json`, `datasets.toml` | the run and the dataset entries |
//! | `start.safetensors` | the weights that it begins from, where it begins from some |
//! | `samples/` | a file a dataset, in the working grid; phantoms are drawn on the spot |
//! | `README.md` | the two commands that it takes |
//! | `run/` | the run, once it is begun |

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::data::{Dataset, DatasetEntry, Planes, Reader, pack, unpack};

use super::atomic_write::replace_file;
use super::checkpoint::weights_file;
use super::config::RunConfig;
use super::folder::RunFolder;
use super::network_weights::weights_of;

/// The most that a pack may weigh, bytes: what a mail or a memory stick takes.
pub const MOST_BYTES: u64 = 60_000_000;

const CONFIG: &str = "config.json";
const ENTRIES: &str = "datasets.toml";
const START: &str = "start.safetensors";
const RUN: &str = "run";
const README: &str = "# A run to be trained elsewhere

In this folder, on a machine as the one that made it (Linux, the same processor or GPU build):

    gunzip trainer.gz && chmod +x trainer
    ./trainer train --pack . --run run      # hours; may be killed at any time
    ./trainer resume --pack . --run run     # goes on where it was killed

Then bring the folder back, or `run` of it: `trainer unpack --pack FOLDER --run runs/NAME`.
`samples` holds images whose terms do not allow to pass them on: delete them here afterwards.
";

/// A packed run.
#[derive(Debug, Clone)]
pub struct Pack {
    path: PathBuf,
}

impl Pack {
    /// The pack in `path`.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Writes the run of `config` on `datasets`, of the entries `entries`, with the `program`
    /// that trains it. Returns the names of the files and their bytes.
    ///
    /// # Errors
    /// Where the folder holds something, cannot be written, or weighs more than [`MOST_BYTES`].
    pub fn write(
        &self,
        config: &RunConfig,
        entries: &str,
        datasets: &[Dataset],
        program: &Path,
    ) -> Result<Vec<(String, u64)>> {
        let empty = fs::read_dir(&self.path).map_or(true, |mut files| files.next().is_none());
        ensure!(empty, "{} is there already and not empty", self.path.display());
        let write = || -> Result<()> {
            fs::create_dir_all(self.path.join("samples"))?;
            let mut packed = GzEncoder::new(File::create(self.path.join("trainer.gz"))?, Compression::best());
            packed.write_all(&fs::read(program)?)?;
            packed.finish()?;
            fs::write(self.path.join(ENTRIES), entries)?;
            fs::write(self.path.join(CONFIG), serde_json::to_string_pretty(config)?)?;
            fs::write(self.path.join("README.md"), README)?;
            for dataset in datasets.iter().filter(|dataset| dataset.entry.reader != Reader::Phantom) {
                let mut file = BufWriter::new(File::create(self.samples(&dataset.entry))?);
                pack(dataset, &mut file)?;
                file.flush()?;
            }
            if let Some(from) = &config.from {
                let start = weights_of(from)?;
                let bytes = weights_file(&start.parameters, &start.network, &start.labels)?;
                fs::write(self.path.join(START), bytes)?;
            }
            Ok(())
        };
        write().with_context(|| format!("cannot pack into {}", self.path.display()))?;
        let mut files = Vec::new();
        for folder in [self.path.clone(), self.path.join("samples")] {
            for file in fs::read_dir(folder)? {
                let file = file?;
                if file.file_type()?.is_file() {
                    files.push((file.file_name().to_string_lossy().into_owned(), file.metadata()?.len()));
                }
            }
        }
        files.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        let whole: u64 = files.iter().map(|(_, bytes)| bytes).sum();
        ensure!(
            whole <= MOST_BYTES,
            "{} weighs {whole} bytes, more than {MOST_BYTES}: leave datasets out by --without, or take fewer `variants` of painted B-scans in the recipe ({})",
            self.path.display(),
            files
                .iter()
                .take(4)
                .map(|(name, bytes)| format!("{name} {bytes}"))
                .collect::<Vec<_>>()
                .join(", ")
        );
        Ok(files)
    }

    fn samples(&self, entry: &DatasetEntry) -> PathBuf {
        self.path.join("samples").join(format!("{}.samples", entry.name))
    }

    /// The run, as it was packed.
    ///
    /// # Errors
    /// Where the folder holds none.
    fn packed(&self) -> Result<RunConfig> {
        let file = self.path.join(CONFIG);
        let text =
            fs::read_to_string(&file).with_context(|| format!("no pack in {}", self.path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))
    }

    /// The run, to be trained from the weights that lie in the pack.
    ///
    /// # Errors
    /// Where the folder holds none.
    pub fn config(&self) -> Result<RunConfig> {
        let packed = self.packed()?;
        let from = packed.from.as_ref().map(|_| self.path.join(START));
        Ok(RunConfig { from, ..packed })
    }

    /// The dataset entries.
    ///
    /// # Errors
    /// Where the folder holds none.
    pub fn entries(&self) -> Result<String> {
        let file = self.path.join(ENTRIES);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    }

    /// The samples of `entry`; `None` where they are not packed: those are drawn.
    ///
    /// # Errors
    /// Where they are damaged.
    pub fn dataset(&self, entry: &DatasetEntry, planes: &Planes) -> Result<Option<Dataset>> {
        let path = self.samples(entry);
        if !path.exists() {
            return Ok(None);
        }
        let file = BufReader::new(File::open(&path).with_context(|| path.display().to_string())?);
        Ok(Some(unpack(entry, planes, file).with_context(|| path.display().to_string())?))
    }

    /// Takes the run that was trained in the pack into the folder `into`, to go on with or to
    /// ship. Returns the steps that are done.
    ///
    /// # Errors
    /// Where no run was begun there, it is another one or its checkpoint is damaged, or `into`
    /// holds a run that is not the beginning of it.
    pub fn take_back(&self, into: &RunFolder) -> Result<u64> {
        let packed = self.packed()?;
        let trained = RunFolder::new(&self.path.join(RUN));
        let config = RunConfig { from: packed.from.clone(), ..trained.config()? };
        let same = RunConfig { learning_rate: packed.learning_rate, ..config.clone() } == packed;
        ensure!(same, "{} holds another run than the one that was packed", trained.path().display());
        let snapshot = trained.snapshot()?;
        let done =
            snapshot.with_context(|| format!("{} holds no checkpoint yet", trained.path().display()))?.step;
        if into.path().join(CONFIG).exists() {
            let before = into.snapshot()?.map_or(0, |snapshot| snapshot.step);
            ensure!(
                into.data()? == trained.data()? && before <= done,
                "{} holds another run, or one that is further on ({before} steps; {done} come back)",
                into.path().display()
            );
        }
        // The configuration last: it makes the folder a run.
        copy(trained.path(), into.path(), &[CONFIG])
            .with_context(|| format!("cannot take the run into {}", into.path().display()))?;
        let mut learnt = RunFolder::learnt_by(trained.path())?;
        if let Some(from) = &packed.from {
            for (source, subjects) in RunFolder::learnt_by(from)? {
                learnt.entry(source).or_default().extend(subjects);
            }
        }
        replace_file(&into.path().join("learnt.json"), serde_json::to_string_pretty(&learnt)?.as_bytes())?;
        replace_file(&into.path().join(CONFIG), serde_json::to_string_pretty(&config)?.as_bytes())?;
        Ok(done)
    }
}

/// Copies the files below `from`, but for those called so at its top.
fn copy(from: &Path, into: &Path, but: &[&str]) -> Result<()> {
    fs::create_dir_all(into)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if but.iter().any(|but| name == *but) {
            continue;
        }
        let target = into.join(&name);
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, &[])?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
