//! The network, on the worker's own device or on CPU workers.

use std::rc::Rc;

use cpu_worker::{CpuWorker, CpuWorkerError, SentBScan};
use engine::{Engine, EngineError, PreparedBScan, SimilarityMap};
use engine_protocol::worker;
use fluid::SegmentedBScan;
use oct::{BScan, WorkingScale};

/// What computes.
#[derive(Clone)]
pub struct Compute {
    engine: Rc<Engine>,
    /// Empty where the engine's device computes.
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

    /// Segments `bscan`, whose samples have the size `scale`, in one of the [`Self::seats`];
    /// `None` where it holds no picture. What is awaited holds a copy, so that nothing stays
    /// borrowed meanwhile.
    ///
    /// # Errors
    /// [`ComputeError`] where the device or the CPU worker fails.
    pub fn segment(
        &self,
        seat: usize,
        bscan: BScan<'_>,
        scale: WorkingScale,
    ) -> impl Future<Output = Result<Option<SegmentedBScan>, ComputeError>> + use<> {
        enum Task {
            Worker(SentBScan),
            Engine(PreparedBScan),
        }
        let task = if seat < self.workers.len() {
            // A worker sees one B-scan, and so no copy of an earlier one.
            (!bscan.is_repeated()).then(|| Task::Worker(SentBScan::new(bscan, scale)))
        } else {
            let start = worker::now_ms();
            let prepared = self.engine.prepare_picture(bscan, scale);
            worker::show_time("prepare", start, worker::now_ms());
            prepared.map(Task::Engine)
        };
        let this = self.clone();
        async move {
            match task {
                None => Ok(None),
                Some(Task::Worker(bscan)) => Ok(this.workers[seat].segment(bscan).await?),
                Some(Task::Engine(prepared)) => Ok(Some(this.segment_prepared(&prepared).await?)),
            }
        }
    }

    async fn segment_prepared(&self, bscan: &PreparedBScan) -> Result<SegmentedBScan, EngineError> {
        let start = worker::now_ms();
        let probabilities = self.engine.forward(bscan).await?;
        let answered = worker::now_ms();
        let segmented = self.engine.label(bscan, probabilities)?;
        worker::show_time("forward", start, answered);
        worker::show_time("label", answered, worker::now_ms());
        Ok(segmented)
    }

    /// The similarity maps of `bscan`, whatever it shows, from the CPU worker with the least
    /// to do, so that this worker goes on answering. As for [`Self::segment`], what is awaited
    /// holds a copy.
    ///
    /// # Errors
    /// [`ComputeError`] where the device or the CPU worker fails.
    pub fn similarity(
        &self,
        bscan: BScan<'_>,
    ) -> impl Future<Output = Result<Vec<SimilarityMap>, ComputeError>> + use<> {
        enum Task {
            Worker(usize, SentBScan),
            Engine(PreparedBScan),
        }
        let idlest = (0..self.workers.len()).min_by_key(|seat| self.workers[*seat].tasks_waiting());
        let task = match idlest {
            Some(seat) => Task::Worker(seat, SentBScan::new(bscan, WorkingScale::of(bscan.geometry()))),
            None => Task::Engine(self.engine.prepare(bscan)),
        };
        let this = self.clone();
        async move {
            match task {
                Task::Worker(seat, bscan) => Ok(this.workers[seat].similarity(bscan).await?),
                Task::Engine(prepared) => Ok(this.engine.similarity_maps(&prepared).await?),
            }
        }
    }
}
