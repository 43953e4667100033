//! Reading and writing the weight file.

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::quantize;
use crate::config::{FusionKind, MmisNetConfig};
use crate::label_space::{LabelSpace, LabelSpaceError};

/// Value of the metadata key `format`.
const FORMAT: &str = "lacuna.mmis-net/1";
/// Name of the stored answer of the self-test.
const SELF_TEST_ANSWER: &str = "self_test.answer";
/// Metadata key of the checksum over the other metadata.
const METADATA_CHECKSUM: &str = "metadata_sha256";
/// No weight file of ours comes near this; a larger one is not read.
const MAX_BYTES: usize = 256 << 20;

/// What a weight file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Name and version of the model, e.g. `mmis-net-browser 0.1.0`.
    pub name: String,
    /// The network.
    pub config: MmisNetConfig,
    /// The label space.
    pub label_space: LabelSpace,
    /// How a B-scan is prepared, in words and figures, for the reader of the file.
    pub preprocessing: String,
    /// Data with its hashes, configuration, seed and steps of the training.
    pub training: String,
    /// Scores reached, for the reader of the file.
    pub scores: String,
    /// How the evidence for each fluid becomes a chance of presence, by label name.
    #[serde(default)]
    pub presence: BTreeMap<String, PresenceCalibration>,
    /// SHA-256 over the float parameters before quantisation, hex.
    pub float_parent_sha256: String,
}

/// Turns the evidence `e` for a fluid into a chance that it is there:
/// `sigmoid(logit(e) / temperature + bias)` (temperature scaling, Guo et al.,
/// ICML 2017, with Platt's bias), fitted on validation cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresenceCalibration {
    /// Divides the logit; above 0.
    pub temperature: f32,
    /// Added to the logit.
    pub bias: f32,
    /// Chance from which a fluid counts as present: the operating point.
    pub threshold: f32,
}

impl PresenceCalibration {
    /// Changes nothing.
    pub const IDENTITY: Self = Self { temperature: 1.0, bias: 0.0, threshold: 0.5 };

    /// The chance of presence for `evidence` of 0..=1.
    pub fn chance(&self, evidence: f32) -> f32 {
        // Evidence of exactly 0 or 1 has no finite logit.
        let evidence = f64::from(evidence).clamp(1e-6, 1.0 - 1e-6);
        let logit = (evidence / (1.0 - evidence)).ln() / f64::from(self.temperature) + f64::from(self.bias);
        (1.0 / (1.0 + (-logit).exp())) as f32
    }

    fn is_usable(&self) -> bool {
        self.temperature.is_finite()
            && self.temperature > 0.0
            && self.bias.is_finite()
            && (0.0..=1.0).contains(&self.threshold)
    }
}

/// How parameters of rank 2 or more are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Symmetric int8 per output channel.
    Int8,
    /// As they are; the parent of a quantised file, to measure what int8 costs.
    Float32,
}

/// Named f32 arrays with their shapes, sorted by name.
pub type Arrays = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// A weight file in memory, dequantised.
#[derive(Debug, Clone)]
pub struct WeightsFile {
    /// What it says of itself.
    pub metadata: Metadata,
    /// SHA-256 of the stored tensors, hex; checked on reading, as that of the metadata is.
    pub sha256: String,
    /// The parameters, by path in the module.
    pub parameters: Arrays,
    /// What the network gives for the self-test's input.
    pub self_test_answer: Vec<f32>,
}

impl WeightsFile {
    /// Reads and checks a weight file.
    ///
    /// # Errors
    /// [`WeightsError`] where it is damaged, of another format, or says of
    /// itself what cannot be built.
    pub fn read(bytes: &[u8]) -> Result<Self, WeightsError> {
        if bytes.len() > MAX_BYTES {
            return Err(WeightsError::TooLarge { bytes: bytes.len() });
        }
        let (_, header) =
            SafeTensors::read_metadata(bytes).map_err(|e| WeightsError::Damaged(e.to_string()))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| WeightsError::Damaged(e.to_string()))?;
        let strings = header.metadata().clone().unwrap_or_default();
        let text = |key: &'static str| strings.get(key).cloned().ok_or(WeightsError::MissingMetadata { key });
        let format = text("format")?;
        if format != FORMAT {
            return Err(WeightsError::OtherFormat { found: format });
        }
        let config: MmisNetConfig =
            serde_json::from_str(&text("config")?).map_err(|e| WeightsError::Config(e.to_string()))?;
        if !config.is_buildable() {
            return Err(WeightsError::Config("its sizes do not fit each other".to_owned()));
        }
        let label_space = LabelSpace::from_json(&text("label_space")?)?;
        if label_space.len() != config.labels {
            return Err(WeightsError::Config(format!(
                "{} channels for {} labels",
                config.labels,
                label_space.len()
            )));
        }
        let expected = text("sha256")?;
        let found = checksum(tensors.iter().map(|(name, view)| (name.to_owned(), view.data().to_vec())));
        if found != expected {
            return Err(WeightsError::Checksum { expected, found });
        }
        // Files of 2026-11 and before have none.
        if let Some(expected) = strings.get(METADATA_CHECKSUM) {
            let found = metadata_checksum(&strings);
            if found != *expected {
                return Err(WeightsError::Checksum { expected: expected.clone(), found });
            }
        }

        let mut parameters = Arrays::new();
        let mut self_test_answer = Vec::new();
        for (name, view) in tensors.iter() {
            if let Some(path) = name.strip_suffix(".int8") {
                let scale = tensors
                    .tensor(&format!("{path}.scale"))
                    .map_err(|_| WeightsError::MissingTensor { name: format!("{path}.scale") })?;
                // A scale an output channel, and nothing else.
                if view.dtype() != Dtype::I8
                    || scale.shape().len() != 1
                    || view.shape().first() != scale.shape().first()
                {
                    return Err(WeightsError::Layout { name: name.to_owned() });
                }
                let values: Vec<i8> = view.data().iter().map(|byte| byte.cast_signed()).collect();
                let values = quantize::dequantize(&values, &floats(&format!("{path}.scale"), &scale)?);
                parameters.insert(path.to_owned(), (view.shape().to_vec(), values));
            } else if name == SELF_TEST_ANSWER {
                self_test_answer = floats(name, &view)?;
            } else if !name.ends_with(".scale")
                || tensors.tensor(&format!("{}.int8", name.trim_end_matches(".scale"))).is_err()
            {
                parameters.insert(name.to_owned(), (view.shape().to_vec(), floats(name, &view)?));
            }
        }
        fits(&parameters, &config)?;
        // Files written before it was calibrated have none.
        let presence: BTreeMap<String, PresenceCalibration> = match strings.get("presence") {
            Some(json) => serde_json::from_str(json).map_err(|e| WeightsError::Presence(e.to_string()))?,
            None => BTreeMap::new(),
        };
        if let Some((label, _)) = presence.iter().find(|(_, calibration)| !calibration.is_usable()) {
            return Err(WeightsError::Presence(format!("that of {label} is out of range")));
        }
        let metadata = Metadata {
            name: text("name")?,
            config,
            label_space,
            preprocessing: text("preprocessing")?,
            training: text("training")?,
            scores: text("scores")?,
            presence,
            float_parent_sha256: text("float_parent_sha256")?,
        };
        Ok(Self { metadata, sha256: found, parameters, self_test_answer })
    }

    /// Writes a weight file of `parameters`, quantised where `precision` says so.
    ///
    /// `metadata.float_parent_sha256` is set from `parameters`.
    ///
    /// # Errors
    /// [`WeightsError::Write`] where the arrays do not match their shapes.
    pub fn write(
        parameters: &Arrays,
        metadata: &Metadata,
        self_test_answer: &[f32],
        precision: Precision,
    ) -> Result<Vec<u8>, WeightsError> {
        let mut stored: BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)> = BTreeMap::new();
        for (name, (shape, values)) in parameters {
            if shape.len() < 2 || precision == Precision::Float32 {
                stored.insert(name.clone(), (Dtype::F32, shape.clone(), bytes_of(values)));
            } else {
                let quantized = quantize::quantize(values, shape[0]);
                let bytes = quantized.values.iter().map(|value| value.cast_unsigned()).collect();
                stored.insert(format!("{name}.int8"), (Dtype::I8, shape.clone(), bytes));
                stored.insert(
                    format!("{name}.scale"),
                    (Dtype::F32, vec![shape[0]], bytes_of(&quantized.scales)),
                );
            }
        }
        stored.insert(
            SELF_TEST_ANSWER.to_owned(),
            (Dtype::F32, vec![self_test_answer.len()], bytes_of(self_test_answer)),
        );
        let json = |e: serde_json::Error| WeightsError::Write(e.to_string());
        let mut strings = HashMap::from([
            ("format".to_owned(), FORMAT.to_owned()),
            ("name".to_owned(), metadata.name.clone()),
            ("config".to_owned(), serde_json::to_string(&metadata.config).map_err(json)?),
            ("label_space".to_owned(), serde_json::to_string(&metadata.label_space).map_err(json)?),
            ("preprocessing".to_owned(), metadata.preprocessing.clone()),
            ("training".to_owned(), metadata.training.clone()),
            ("scores".to_owned(), metadata.scores.clone()),
            ("presence".to_owned(), serde_json::to_string(&metadata.presence).map_err(json)?),
            ("float_parent_sha256".to_owned(), parent_checksum(parameters)),
            (
                "sha256".to_owned(),
                checksum(stored.iter().map(|(name, entry)| (name.clone(), entry.2.clone()))),
            ),
        ]);
        strings.insert(METADATA_CHECKSUM.to_owned(), metadata_checksum(&strings));
        let mut views = Vec::with_capacity(stored.len());
        for (name, (dtype, shape, bytes)) in &stored {
            let view = TensorView::new(*dtype, shape.clone(), bytes)
                .map_err(|e| WeightsError::Write(e.to_string()))?;
            views.push((name.clone(), view));
        }
        serialize(views, Some(strings)).map_err(|e| WeightsError::Write(e.to_string()))
    }

    /// The weight file `bytes` as `name`, with another calibration of `presence`: its tensors, and
    /// with them [`Self::sha256`], stay as they are to the bit.
    ///
    /// # Errors
    /// [`WeightsError`] where `bytes` are no weight file.
    pub fn recalibrated(
        bytes: &[u8],
        name: &str,
        presence: &BTreeMap<String, PresenceCalibration>,
    ) -> Result<Vec<u8>, WeightsError> {
        Self::read(bytes)?;
        let damaged = |e: safetensors::SafeTensorError| WeightsError::Damaged(e.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let presence = serde_json::to_string(presence).map_err(|e| WeightsError::Write(e.to_string()))?;
        let mut strings = header.metadata().clone().unwrap_or_default();
        strings.extend([("name".to_owned(), name.to_owned()), ("presence".to_owned(), presence)]);
        strings.insert(METADATA_CHECKSUM.to_owned(), metadata_checksum(&strings));
        serialize(tensors.iter(), Some(strings)).map_err(|e| WeightsError::Write(e.to_string()))
    }
}

/// The values of the parameter `name` of `arrays`.
///
/// # Errors
/// [`WeightsError`] where it is missing, of another shape than `wanted`, or holds what is no
/// number.
pub fn parameter<'a>(arrays: &'a Arrays, name: &str, wanted: &[usize]) -> Result<&'a [f32], WeightsError> {
    match arrays.get(name) {
        Some((shape, values)) if shape == wanted && values.iter().all(|value| value.is_finite()) => {
            Ok(values)
        }
        _ => Err(WeightsError::Layout { name: name.to_owned() }),
    }
}

/// Whether `parameters` are those of the network that `config` describes, and no others.
fn fits(parameters: &Arrays, config: &MmisNetConfig) -> Result<(), WeightsError> {
    let wanted: BTreeMap<String, Vec<usize>> = config.parameters().into_iter().collect();
    for (name, shape) in &wanted {
        match parameters.get(name) {
            None => return Err(WeightsError::MissingTensor { name: name.clone() }),
            Some((found, _)) if found != shape => return Err(WeightsError::Layout { name: name.clone() }),
            Some(_) => {}
        }
    }
    match parameters.keys().find(|name| !wanted.contains_key(*name)) {
        Some(name) => Err(WeightsError::UnknownTensor { name: name.clone() }),
        None => Ok(()),
    }
}

/// SHA-256 over names and bytes in the order of names, hex.
fn checksum(tensors: impl Iterator<Item = (String, Vec<u8>)>) -> String {
    let sorted: BTreeMap<String, Vec<u8>> = tensors.collect();
    let mut hasher = Sha256::new();
    for (name, bytes) in sorted {
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 over what a file says of itself, that checksum left out.
fn metadata_checksum(strings: &HashMap<String, String>) -> String {
    let covered = strings.iter().filter(|(key, _)| *key != METADATA_CHECKSUM);
    checksum(covered.map(|(key, value)| (key.clone(), value.clone().into_bytes())))
}

/// SHA-256 over float parameters, as [`Metadata::float_parent_sha256`] states it.
fn parent_checksum(parameters: &Arrays) -> String {
    checksum(parameters.iter().map(|(name, (_, values))| (name.clone(), bytes_of(values))))
}

fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn floats(name: &str, view: &TensorView<'_>) -> Result<Vec<f32>, WeightsError> {
    if view.dtype() != Dtype::F32 {
        return Err(WeightsError::Layout { name: name.to_owned() });
    }
    let (chunks, _) = view.data().as_chunks::<4>();
    let values: Vec<f32> = chunks.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(WeightsError::NotFinite { name: name.to_owned() })
    }
}

/// What can be wrong with a weight file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// More bytes than any weight file of ours.
    #[error("the weight file has {bytes} bytes, more than any of ours")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Not SafeTensors, or cut off.
    #[error("the weight file is damaged: {0}")]
    Damaged(String),
    /// A key of the metadata is missing.
    #[error("the weight file lacks the metadata `{key}`: it is not one of Lacuna's")]
    MissingMetadata {
        /// The key.
        key: &'static str,
    },
    /// Written by another version.
    #[error("the weight file is of format `{found}`, this build reads `{FORMAT}`")]
    OtherFormat {
        /// Its format.
        found: String,
    },
    /// The network it declares cannot be built.
    #[error("the weight file declares a network that cannot be built: {0}")]
    Config(String),
    /// The calibration of its presence scores cannot be used.
    #[error("the weight file's calibration of presence scores cannot be used: {0}")]
    Presence(String),
    /// Its label space is wrong.
    #[error(transparent)]
    LabelSpace(#[from] LabelSpaceError),
    /// The tensors or the metadata are not those that were written.
    #[error("the weight file is damaged: its checksum is {found}, not {expected}")]
    Checksum {
        /// Checksum in the metadata.
        expected: String,
        /// Checksum of what the file holds.
        found: String,
    },
    /// A tensor is missing.
    #[error("the weight file lacks the tensor `{name}`")]
    MissingTensor {
        /// Its name.
        name: String,
    },
    /// A tensor of another type or shape.
    #[error("the tensor `{name}` of the weight file has another type or shape than the network wants")]
    Layout {
        /// Its name.
        name: String,
    },
    /// NaN or infinity among the weights.
    #[error("the tensor `{name}` of the weight file holds values that are not finite")]
    NotFinite {
        /// Its name.
        name: String,
    },
    /// A tensor that the network does not have.
    #[error("the weight file holds the tensor `{name}`, which the network does not have")]
    UnknownTensor {
        /// Its name.
        name: String,
    },
    /// The network wants more than the B-scan itself (2.5D); only the trainer gives that.
    #[error(
        "the weights want {channels} B-scans at a time and this version gives one; use weights of a 2D network"
    )]
    Inputs {
        /// Input channels of the network.
        channels: usize,
    },
    /// A network of a study; only the trainer runs it.
    #[error(
        "the weights are of a network that fuses by `{}`, which only the trainer runs; use weights of one that fuses by `{}`",
        fusion.name(),
        FusionKind::SimilarityDot.name()
    )]
    Fusion {
        /// How it fuses.
        fusion: FusionKind,
    },
    /// Writing failed.
    #[error("the weight file could not be written: {0}")]
    Write(String),
}
