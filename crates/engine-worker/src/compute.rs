//! The network, on the worker's own device or on CPU workers.

use std::rc::Rc;

use engine::{Engine, EngineError, PreparedBScan};
use fluid::SegmentedBScan;
use oct::{BScan, WorkingScale};

use crate::cpu::{CpuWorker, CpuWorkerError};
use crate::similarity_maps::SimilarityMaps;

/// What computes. The engine prepares B-scans in any case.
#[derive(Clone)]
pub struct Compute {
    engine: Rc<Engine>,
    /// Empty where the engine computes, too.
    workers: Rc<[CpuWorker]>,
}

/// Why nothing was computed.
#[derive(Debug, thiserror::Error)]
pub enum ComputeError {
    /// The worker's own device failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A CPU worker failed.
    #[error(transparent)]
    CpuWorker(#[from] CpuWorkerError),
}

impl Compute {
    /// Computes on `workers`, or with `engine` where there are none.
    pub fn new(engine: Engine, workers: Vec<CpuWorker>) -> Self {
        Self { engine: Rc::new(engine), workers: workers.into() }
    }

    /// B-scans that are computed side by side.
    pub fn seats(&self) -> usize {
        self.workers.len().max(1)
    }

    /// Brings `bscan` into a working grid.
    pub fn prepare(&self, bscan: BScan<'_>) -> PreparedBScan {
        self.engine.prepare(bscan)
    }

    /// Brings `bscan`, of samples of the size `scale`, into a working grid, where it holds a
    /// picture.
    pub fn prepare_picture(&self, bscan: BScan<'_>, scale: WorkingScale) -> Option<PreparedBScan> {
        self.engine.prepare_picture(bscan, scale)
    }

    /// Segments a B-scan in one of the [`Self::seats`].
    ///
    /// # Errors
    /// [`ComputeError`] where the device or the CPU worker fails.
    pub async fn segment(&self, seat: usize, bscan: &PreparedBScan) -> Result<SegmentedBScan, ComputeError> {
        match self.workers.get(seat) {
            Some(worker) => Ok(worker.segment(bscan).await?),
            None => Ok(self.engine.segment_prepared(bscan).await?),
        }
    }

    /// The similarity maps of a B-scan, from the CPU worker with the least to do,
    /// so that this worker goes on answering.
    ///
    /// # Errors
    /// [`ComputeError`] where the device or the CPU worker fails.
    pub async fn similarity(&self, bscan: &PreparedBScan) -> Result<SimilarityMaps, ComputeError> {
        match self.workers.iter().min_by_key(|worker| worker.tasks_waiting()) {
            Some(worker) => Ok(worker.similarity(bscan).await?),
            None => Ok(SimilarityMaps::of(&self.engine, bscan).await?),
        }
    }
}
