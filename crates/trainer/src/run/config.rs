//! What a run is made of.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use mmis_model::MmisNetConfig;
use serde::{Deserialize, Serialize};

use crate::data::{Augmentation, DatasetEntry, FindingChances, Graders, Reader, check_batch};

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
    /// What is taken of several graders.
    #[serde(default)]
    pub graders: Graders,
    /// Weights of datasets in place of the `factor` of their entries, by name.
    #[serde(default)]
    pub factors: BTreeMap<String, f64>,
    /// What more the phantoms show that are learnt from, each with its chance.
    #[serde(default)]
    pub findings: FindingChances,
    /// Phantoms, or copies of painted B-scans, in place of the `variants` of their entries, by name.
    #[serde(default)]
    pub variants: BTreeMap<String, usize>,
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
            graders: Graders::default(),
            factors: BTreeMap::new(),
            findings: FindingChances::default(),
            variants: BTreeMap::new(),
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
        for (name, factor) in &self.factors {
            ensure!(factor.is_finite() && *factor >= 0.0, "the factor {factor} of {name} is not 0 or more");
        }
        self.findings.check()?;
        Ok(())
    }

    /// `entry` as the run learns from it.
    pub fn adapted(&self, mut entry: DatasetEntry) -> DatasetEntry {
        if let Some(factor) = self.factors.get(&entry.name) {
            entry.factor = *factor;
        }
        if entry.reader == Reader::Phantom {
            entry.findings = self.findings;
        }
        if let Some(variants) = self.variants.get(&entry.name) {
            entry.variants = *variants;
        }
        entry
    }

    /// Whether the run learns from `entry`, as [`Self::adapted`] gives it.
    pub fn learns_from(&self, entry: &DatasetEntry) -> bool {
        entry.factor > 0.0 && !self.without.contains(&entry.name)
    }
}
