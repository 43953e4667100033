//! From a run to the int8 weight file: quantisation, calibration, self-test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use burn::tensor::{Device, Tensor, TensorData};
use engine::self_test;
use fluid::scores::Overlap;
use mmis_model::LabelSpace;
use mmis_model::weights::{Metadata, Precision, PresenceCalibration, WeightsFile, keep_labels};
use mmis_net::MmisNet;
use mmis_net::load;
use oct::FluidClass;
use oct::working_grid::{WORKING_AXIAL_UM, WORKING_LATERAL_UM};
use serde::Serialize;

use crate::data::{IGNORE_BIT, Planes};
use crate::judge::{HeldOut, Judge, calibrate, scores};
use crate::run::{RunConfig, RunFolder, weights_of};

/// Dice that int8 may cost a class on held-out data (`../shared/model.md`).
pub const LARGEST_COST: f64 = 0.005;
/// The organ whose labels are shipped.
const ORGAN: &str = "retina";

/// A run's weights as they are and quantised, without calibration.
pub struct Shipped {
    /// Float file.
    pub float: WeightsFile,
    /// Int8 file.
    pub int8: WeightsFile,
    metadata: Metadata,
}

/// What quantisation costs one label of one dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// The dataset.
    pub dataset: String,
    /// Label or superset.
    pub label: String,
    /// Pooled Dice of the float weights.
    pub float: f64,
    /// Pooled Dice of the int8 weights.
    pub int8: f64,
}

impl Cost {
    /// Dice lost; below 0 where int8 is better.
    pub fn dice(&self) -> f64 {
        self.float - self.int8
    }
}

impl Shipped {
    /// The retina's channels of `run`: of its newest averaged weights, or of the
    /// float weight file `weights`, which is of the same network.
    ///
    /// # Errors
    /// Where the run holds no checkpoint, sees more than one B-scan, lacks a label
    /// of the retina, or cannot be written as a file; where `weights` is not of its network.
    pub fn of(run: &RunFolder, weights: Option<&Path>, name: &str) -> Result<Self> {
        let config = run.config()?;
        let chosen = weights_of(weights.unwrap_or(run.path()))?;
        if let Some(weights) = weights {
            ensure!(
                (&chosen.network, &chosen.labels) == (&config.network, &config.labels),
                "{} is not of the network and labels of {}",
                weights.display(),
                run.path().display()
            );
        }
        let channels = config.network.channels_in;
        ensure!(channels == 1, "the page's engine takes one B-scan at a time, and this network {channels}");
        let part = LabelSpace::training()?.of_organ(ORGAN);
        if let Some(missing) = part.names().find(|name| !config.labels.iter().any(|known| known == name)) {
            bail!("{} has no label {missing}", run.path().display());
        }
        // Where the run stands on the machine that trained is nobody's business.
        let from = config.from.as_deref().and_then(Path::file_name).map(PathBuf::from);
        let stated = RunConfig { from, ..config.clone() };
        let (parameters, network) = keep_labels(&chosen.parameters, &config.network, &config.labels, &part);
        let metadata = Metadata {
            name: name.to_owned(),
            config: network,
            label_space: part,
            preprocessing: format!(
                "padding cut away around the B-scan, 0 within it; triangle-filter resampling to {WORKING_AXIAL_UM} um axial x {WORKING_LATERAL_UM} um lateral; 1st percentile to 0, 99.5th to 1, clamped"
            ),
            training: serde_json::json!({
                "run": stated,
                "weights": weights.and_then(Path::file_name).map(|name| name.to_string_lossy()),
                "data": run.data()?,
                "code": run.code()?,
            })
            .to_string(),
            scores: String::new(),
            presence: BTreeMap::new(),
            float_parent_sha256: String::new(),
        };
        let file =
            |precision| WeightsFile::read(&WeightsFile::write(&parameters, &metadata, &[], precision)?);
        Ok(Self { float: file(Precision::Float32)?, int8: file(Precision::Int8)?, metadata })
    }

    /// What int8 costs each label on `data`.
    ///
    /// # Errors
    /// Where a case cannot be judged.
    pub fn costs(&self, data: &[HeldOut<'_>], planes: &Planes, device: &Device) -> Result<Vec<Cost>> {
        let dice = |file: &WeightsFile| -> Result<BTreeMap<(String, String), f64>> {
            let mut overlaps: BTreeMap<(String, String), Overlap> = BTreeMap::new();
            for volume in scores(&Judge::of_file(file, planes, device)?, data, planes)? {
                *overlaps.entry((volume.dataset, volume.label)).or_default() += volume.overlap;
            }
            let present = overlaps.into_iter().filter(|(_, overlap)| overlap.truth() > 0);
            Ok(present.filter_map(|(key, overlap)| Some((key, overlap.dice()?))).collect())
        };
        let (float, int8) = (dice(&self.float)?, dice(&self.int8)?);
        let cost = |((dataset, label), float): ((String, String), f64)| {
            let int8 = int8.get(&(dataset.clone(), label.clone())).copied().unwrap_or(0.0);
            Cost { dataset, label, float, int8 }
        };
        Ok(float.into_iter().map(cost).collect())
    }

    /// The int8 file with its calibration, scores, and the answer that the
    /// *quantised* network gives to the self-test.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn file(
        &self,
        presence: BTreeMap<String, PresenceCalibration>,
        scores: String,
        device: &Device,
    ) -> Result<Vec<u8>> {
        let metadata = Metadata { presence, scores, ..self.metadata.clone() };
        let answer = answer(&load(&self.int8, device)?, device);
        Ok(WeightsFile::write(&self.float.parameters, &metadata, &answer, Precision::Int8)?)
    }
}

/// Calibrates the presence of each fluid in `file`, whatever its own calibration, on `validation`.
///
/// # Errors
/// Where a case cannot be judged.
pub fn calibrated(
    file: &WeightsFile,
    validation: &[HeldOut<'_>],
    planes: &Planes,
    device: &Device,
) -> Result<BTreeMap<String, PresenceCalibration>> {
    // The chance of a file without calibration is the evidence itself.
    let metadata = Metadata { presence: BTreeMap::new(), ..file.metadata.clone() };
    let judge = Judge::of_file(&WeightsFile { metadata, ..file.clone() }, planes, device)?;
    let mut evidence: BTreeMap<usize, Vec<(f32, bool)>> = BTreeMap::new();
    for part in validation {
        let found = judge.judge_all(part, planes, |case, verdict| {
            let marked = planes.in_bits(planes.marked_in_full(part.entry)).filter_map(|plane| {
                let counts = |bits: &u32| bits >> plane & 1 == 1 && bits >> IGNORE_BIT & 1 == 0;
                Some((plane, (verdict.chances[plane]?.value, case.bits.iter().any(counts))))
            });
            // What is known of whole images calibrates, too.
            let known = case.image_level;
            let images = planes.in_bits(known.present | known.absent).filter_map(|plane| {
                Some((plane, (verdict.chances[plane]?.value, known.present >> plane & 1 == 1)))
            });
            Ok(marked.chain(images).collect::<Vec<_>>())
        })?;
        for (plane, pair) in found.into_iter().flatten() {
            evidence.entry(plane).or_default().push(pair);
        }
    }
    let mut fitted = BTreeMap::new();
    for class in FluidClass::ALL {
        let name = class.abbreviation().to_lowercase();
        let cases = evidence.get(&planes.index(&name)?).map_or(&[][..], Vec::as_slice);
        if let Some(calibration) = calibrate::fit(cases) {
            fitted.insert(name, calibration);
        }
    }
    Ok(fitted)
}

fn answer(network: &MmisNet, device: &Device) -> Vec<f32> {
    let shape = [1, 1, self_test::SIZE, self_test::SIZE];
    let input = Tensor::<4>::from_data(TensorData::new(self_test::input(), shape), device);
    let probabilities: Vec<f32> = network.probabilities(input).into_data().iter::<f32>().collect();
    self_test::answer(&probabilities)
}
