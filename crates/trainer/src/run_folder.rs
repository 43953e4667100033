//! A run on disk.
//!
//! | file | what |
//! |---|---|
//! | `config.json` | how the run is configured, its seed |
//! | `datasets.toml` | the dataset entries it learns from |
//! | `data.json` | samples and SHA-256 of each dataset as the network sees it |
//! | `learnt.json` | the subjects that it learns from, by folder of images |
//! | `code.json` | the commits that it was trained by, each with the step from which on |
//! | `metrics.jsonl` | one line a validation |
//! | `curves.svg` | loss and Dice over steps |
//! | `overlays/` | validation B-scans with truth and prediction |
//! | `averages/` | the averaged weights of every checkpoint, to choose among on validation data |
//! | `checkpoint/` | the newest state, whole; `checkpoint.old/` the one before |

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use mmis_net::weights::{Arrays, Metadata, Precision, WeightsFile};
use mmis_net::{LabelSpace, MmisNet, MmisNetConfig};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::augment::Augmentation;
use crate::batch::check_batch;
use crate::datasets::{Dataset, DatasetEntry, Reader, Split};
use crate::durable::replace_file;

/// Rows and columns of the crops that a run learns from, unless it says otherwise.
pub const CROP: [usize; 2] = [256, 256];

/// What a run is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The network.
    pub network: MmisNetConfig,
    /// Names of its labels, in channel order.
    pub labels: Vec<String>,
    /// Seed of initialisation and drawing.
    pub seed: u64,
    /// Steps in all.
    pub steps: u64,
    /// Crops a step.
    pub batch_size: usize,
    /// Rows and columns of a crop.
    pub crop: [usize; 2],
    /// Peak learning rate of AdamW with a cosine to zero. \[ours\]: nnU-Net's
    /// SGD needs many times the steps that two CPU cores have.
    pub learning_rate: f64,
    /// Steps between validations and checkpoints.
    pub every: u64,
    /// Run folder or weight file whose weights this run starts from; without
    /// it the start is random.
    pub from: Option<PathBuf>,
    /// Kinds of augmentation that are on.
    pub augmentation: Augmentation,
    /// Datasets that are left out.
    pub without: Vec<String>,
    /// Whether the network sees its weights as int8 will store them.
    #[serde(default)]
    pub quantization_aware: bool,
}

impl RunConfig {
    /// The browser network over `labels` as it is usually trained.
    pub fn standard(seed: u64, labels: Vec<String>) -> Self {
        Self {
            network: MmisNetConfig::browser(labels.len()),
            labels,
            seed,
            steps: 4000,
            batch_size: 8,
            crop: CROP,
            learning_rate: 2e-3,
            every: 250,
            from: None,
            augmentation: Augmentation::all(),
            without: Vec::new(),
            quantization_aware: false,
        }
    }

    /// Whether such a run can be trained.
    ///
    /// # Errors
    /// Where a figure is 0, or the network does not take the crops.
    pub fn check(&self) -> Result<()> {
        check_batch(self.batch_size, self.crop, &self.network)?;
        ensure!(self.steps > 0 && self.every > 0, "steps and every are 1 or more");
        ensure!(
            self.learning_rate > 0.0 && self.learning_rate.is_finite(),
            "the learning rate {} is not above 0",
            self.learning_rate
        );
        Ok(())
    }

    /// Whether the run learns from `entry`.
    pub fn learns_from(&self, entry: &DatasetEntry) -> bool {
        entry.factor > 0.0 && !self.without.contains(&entry.name)
    }
}

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
                sample.bits.iter().for_each(|bits| hasher.update(bits.to_le_bytes()));
            }
            let sha256 = hex(hasher.finalize().as_slice());
            (dataset.entry.name.clone(), Self { samples: dataset.samples.len(), sha256 })
        };
        datasets.iter().map(hash).collect()
    }
}

/// Subjects that weights learnt from, by the folder of their images
/// ([`DatasetEntry::source`]). Generated eyes are not among them: their seeds
/// keep the splits apart.
pub type Learnt = BTreeMap<PathBuf, BTreeSet<String>>;

/// Those that training on `datasets` learns from.
fn learnt_from(datasets: &[Dataset]) -> Learnt {
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

/// A checkpoint without the optimizer's state.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Steps done.
    pub step: u64,
    /// The running average of the weights: what is scored and shipped.
    pub average: Arrays,
}

/// The folder of a run.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
}

const AVERAGE: &str = "average.safetensors";
const NETWORK: &str = "network";
const OPTIMIZER: &str = "optimizer";
const CONTENTS: &str = "contents.json";

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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

    /// Its configuration.
    ///
    /// # Errors
    /// Where the folder holds no run.
    pub fn config(&self) -> Result<RunConfig> {
        let file = self.path.join("config.json");
        let text = fs::read_to_string(&file).with_context(|| format!("no run in {}", self.path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))
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

    /// The entries that it learns from.
    ///
    /// # Errors
    /// Where the folder holds no run.
    pub fn datasets(&self) -> Result<String> {
        let file = self.path.join("datasets.toml");
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    }

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
    pub fn keep_bad_batch(&self, step: u64, batch: &crate::batch::Batch) -> Result<PathBuf> {
        let folder = self.path.join("bad-batches");
        fs::create_dir_all(&folder)?;
        let file = |ending| folder.join(format!("step-{step:06}.{ending}"));
        let about = serde_json::json!({
            "step": step,
            "samples": batch.names,
            "size": batch.size,
            "taught": batch.taught,
            "partial": batch.partial,
        });
        fs::write(file("json"), serde_json::to_string_pretty(&about)?)?;
        let bytes: Vec<u8> = batch.images.iter().flat_map(|value| value.to_le_bytes()).collect();
        fs::write(file("f32"), bytes)?;
        let bytes: Vec<u8> = batch.bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
        fs::write(file("u32"), bytes)?;
        Ok(folder)
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
