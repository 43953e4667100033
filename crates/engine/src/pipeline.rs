//! [`Engine`]: a network on a device that passed the self-test.

use engine_protocol::{DevicePreference, DeviceReport, ModelInfo};
use fluid::label::THRESHOLD;
use fluid::presence::bscan_evidence;
use fluid::{Boundaries, Chances, SegmentedBScan};
use mmis_model::weights::{PresenceCalibration, WeightsError, WeightsFile};
use oct::{BScan, FluidClass, WorkingGrid, WorkingScale};

use crate::device::{Candidate, NoGpu, candidates};
use crate::forward::Forward;
use crate::prepare::{PreparedBScan, prepare, prepare_picture};
use crate::self_test;

/// A network on a device that passed the self-test.
#[derive(Debug)]
pub struct Engine {
    forward: Forward,
    report: DeviceReport,
    model: ModelInfo,
    /// Channel of each fluid, by [`FluidClass::index`].
    channels: [usize; 3],
    /// Channels of the retina and of what lies between pigment epithelium and Bruch's membrane.
    retina: Option<[usize; 2]>,
    /// Calibration of the presence of each fluid, by [`FluidClass::index`].
    presence: [PresenceCalibration; 3],
    labels: usize,
    size_multiple: usize,
}

/// What the network answered to one B-scan: `[labels, rows, columns]` of the working grid,
/// row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Probabilities(Vec<f32>);

/// Where an SF block trusted semantics over detail.
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarityMap {
    /// E.g. `SF 1 (1/2)`.
    pub name: String,
    /// `rows * columns` of the B-scan's own grid: 0 where detail was kept, 255 where
    /// semantics were trusted.
    pub values: Vec<u8>,
}

impl Engine {
    /// Reads the weights, chooses a device for `preference` and tests it.
    ///
    /// # Errors
    /// [`EngineError`] where the weights are damaged, the wanted device is not
    /// there, or no device passes the self-test.
    pub async fn new(weights: &[u8], preference: DevicePreference) -> Result<Self, EngineError> {
        let file = WeightsFile::read(weights)?;
        let (devices, no_gpu) = candidates(preference).await;
        let mut worst = None;
        for candidate in devices {
            let engine = Self::on(&file, candidate)?;
            // A device that fails is passed over as one that computes something else is.
            worst = Some(match engine.self_test(&file.self_test_answer).await {
                Ok(deviation) if deviation <= self_test::TOLERANCE => return Ok(engine),
                Ok(deviation) => EngineError::SelfTest { device: engine.report.name, deviation },
                Err(error) => error,
            });
        }
        Err(worst.unwrap_or_else(|| EngineError::NoGpu(no_gpu.unwrap_or(NoGpu::NotBuilt))))
    }

    fn on(file: &WeightsFile, candidate: Candidate) -> Result<Self, EngineError> {
        let forward = Forward::new(file, &candidate.device)?;
        let space = &file.metadata.label_space;
        let mut channels = [0; 3];
        let mut presence = [PresenceCalibration::IDENTITY; 3];
        for class in FluidClass::ALL {
            let name = class.abbreviation().to_lowercase();
            if let Some(calibration) = file.metadata.presence.get(&name) {
                presence[class.index()] = *calibration;
            }
            channels[class.index()] =
                space.channel(&name).ok_or(EngineError::NoSuchLabel { label: class.abbreviation() })?;
        }
        let parameters: usize = file.parameters.values().map(|(_, values)| values.len()).sum();
        Ok(Self {
            forward,
            report: candidate.report,
            model: ModelInfo {
                own_file: None,
                name: file.metadata.name.clone(),
                sha256: file.sha256.clone(),
                parameters: parameters as u64,
                labels: space.names().map(str::to_owned).collect(),
                presence_thresholds: presence.map(|calibration| calibration.threshold),
            },
            channels,
            retina: space.channel("retina").zip(space.channel("rpe_bm")).map(<[usize; 2]>::from),
            presence,
            labels: space.len(),
            size_multiple: file.metadata.config.size_multiple(),
        })
    }

    /// The stored part of what this device answers to the self-test's input.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub async fn self_test_answer(&self) -> Result<Vec<f32>, EngineError> {
        let grid = WorkingGrid { rows: self_test::SIZE, columns: self_test::SIZE };
        Ok(self_test::answer(&self.probabilities(&[&self_test::input()], grid).await?.concat()))
    }

    async fn self_test(&self, stored: &[f32]) -> Result<f32, EngineError> {
        Ok(self_test::deviation(stored, &self.self_test_answer().await?))
    }

    /// The device in use.
    pub fn device(&self) -> &DeviceReport {
        &self.report
    }

    /// The network in use.
    pub fn model(&self) -> &ModelInfo {
        &self.model
    }

    /// The working grid of B-scans of `rows` x `columns`, whose samples have the size `scale`.
    pub(crate) fn working_grid(&self, rows: usize, columns: usize, scale: WorkingScale) -> WorkingGrid {
        WorkingGrid::choose(rows, columns, scale, self.size_multiple)
    }

    /// Brings `bscan` to the working grid; runs on the processor.
    pub fn prepare(&self, bscan: BScan<'_>) -> PreparedBScan {
        self.prepare_at(bscan, WorkingScale::of(bscan.geometry()))
    }

    /// As [`Self::prepare`] for samples of the size `scale`.
    pub fn prepare_at(&self, bscan: BScan<'_>, scale: WorkingScale) -> PreparedBScan {
        prepare(bscan, scale, self.size_multiple)
    }

    /// As [`Self::prepare_at`], where `bscan` holds a picture.
    pub fn prepare_picture(&self, bscan: BScan<'_>, scale: WorkingScale) -> Option<PreparedBScan> {
        prepare_picture(bscan, scale, self.size_multiple)
    }

    /// Segments one B-scan, whatever it shows.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub async fn segment_bscan(&self, bscan: BScan<'_>) -> Result<SegmentedBScan, EngineError> {
        self.segment_prepared(&self.prepare(bscan)).await
    }

    /// Segments a B-scan that [`Self::prepare`] prepared, here or in another worker.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub async fn segment_prepared(&self, bscan: &PreparedBScan) -> Result<SegmentedBScan, EngineError> {
        self.label(bscan, self.forward(bscan).await?)
    }

    /// The network's answer to a prepared B-scan, for [`Self::label`].
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub async fn forward(&self, bscan: &PreparedBScan) -> Result<Probabilities, EngineError> {
        let answers = self.probabilities(&[&bscan.image], bscan.framing.grid).await?;
        Ok(Probabilities(answers.concat()))
    }

    /// B-scans that [`Self::forward_batch`] is best given together.
    pub fn batch(&self) -> usize {
        self.forward.batch()
    }

    /// As [`Self::forward`] for several, in their order.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub async fn forward_batch(&self, bscans: &[PreparedBScan]) -> Result<Vec<Probabilities>, EngineError> {
        let mut answers = Vec::with_capacity(bscans.len());
        for of_one_grid in bscans.chunk_by(|a, b| a.framing.grid == b.framing.grid) {
            let images: Vec<&[f32]> = of_one_grid.iter().map(|bscan| bscan.image.as_slice()).collect();
            let found = self.probabilities(&images, of_one_grid[0].framing.grid).await?;
            answers.extend(found.into_iter().map(Probabilities));
        }
        Ok(answers)
    }

    /// Labels, evidence and boundaries from the network's answer to `bscan`; runs on the processor.
    /// Labels follow from the probabilities as they are kept, so that the same threshold gives the
    /// same labels at any time.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the answer holds what is no number.
    pub fn label(
        &self,
        bscan: &PreparedBScan,
        Probabilities(mut probabilities): Probabilities,
    ) -> Result<SegmentedBScan, EngineError> {
        let pixels = bscan.framing.grid.rows * bscan.framing.grid.columns;
        bscan.clear_probabilities(&mut probabilities, self.channels);
        let map = |channel: usize| &probabilities[channel * pixels..(channel + 1) * pixels];
        let maps = self.channels.map(map);
        // No number reaches the threshold, so a broken map would read as no fluid.
        if maps.iter().any(|map| map.iter().any(|p| !p.is_finite())) {
            return Err(EngineError::Device("the device answered with what is no number".to_owned()));
        }
        let evidence = FluidClass::ALL.map(|class| {
            let evidence = bscan_evidence(maps[class.index()]);
            self.presence[class.index()].chance(evidence)
        });
        let boundaries = self.retina.map(|retina| {
            let [retina, rpe_to_bm] = retina.map(map);
            Boundaries::find(retina, rpe_to_bm, maps, bscan.framing)
        });
        let chances = Chances::of_probabilities(maps, bscan.framing, &bscan.padding);
        Ok(SegmentedBScan { labels: chances.labels(THRESHOLD), evidence, chances: Some(chances), boundaries })
    }

    /// The similarity map of each SF block, finest first, enlarged to the B-scan's own grid.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub async fn similarity_maps(&self, prepared: &PreparedBScan) -> Result<Vec<SimilarityMap>, EngineError> {
        let WorkingGrid { rows, columns } = prepared.framing.grid;
        let maps = self.forward.similarities(&prepared.image, prepared.framing.grid).await?;
        let in_bscan = |(block, values): (usize, Vec<f32>)| {
            let grid = WorkingGrid { rows: rows >> block, columns: columns >> block };
            let values = prepared.framing.to_bscan(&values, grid);
            let values = values.iter().map(|s| (s * 255.0).round() as u8).collect();
            SimilarityMap { name: format!("SF {block} (1/{})", 1 << block), values }
        };
        Ok(maps.into_iter().enumerate().map(in_bscan).collect())
    }

    /// `[labels, rows, columns]` of each image, row by row.
    async fn probabilities(
        &self,
        images: &[&[f32]],
        grid: WorkingGrid,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let answers = self.forward.probabilities(images, grid).await?;
        let values = self.labels * grid.rows * grid.columns;
        if answers.len() == images.len() && answers.iter().all(|answer| answer.len() == values) {
            Ok(answers)
        } else {
            Err(EngineError::Device("the device answered with another size".to_owned()))
        }
    }
}

/// What can go wrong in the engine.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// The weight file is damaged or not ours.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The label space of the weights lacks a label that the pipeline needs.
    #[error("the weights do not know {label}")]
    NoSuchLabel {
        /// The label.
        label: &'static str,
    },
    /// A GPU was asked for and cannot be had.
    #[error("the GPU cannot be used: {0}; choose the CPU instead")]
    NoGpu(NoGpu),
    /// The device computes wrongly.
    #[error(
        "{device} gave wrong results in the self-test (off by {deviation:.3}, at most {} is rounding) and is not used; update the graphics driver or choose the CPU",
        self_test::TOLERANCE
    )]
    SelfTest {
        /// Its name.
        device: String,
        /// Largest deviation of a probability.
        deviation: f32,
    },
    /// The device failed.
    #[error("the device failed while computing: {0}")]
    Device(String),
}
