//! The network, on the worker's own device or on CPU workers.

use std::rc::Rc;

use cpu_worker::{CpuWorker, CpuWorkerError, SentBScan};
use engine::{Engine, EngineError, PreparedBScan, SimilarityMap};
use engine_protocol::worker;
use fluid::SegmentedBScan;
use oct::{BScan, WorkingScale};

/// While a GPU computes one batch, the processor prepares the next and labels the last; while
/// a CPU worker computes one B-scan, the next is on its way to it.
const SEATS: usize = 2;

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

    /// Places in which B-scans are computed side by side.
    pub fn seats(&self) -> usize {
        SEATS * self.workers.len().max(1)
    }

    /// B-scans that a seat is best given together.
    pub fn batch(&self) -> usize {
        if self.workers.is_empty() { self.engine.batch() } else { 1 }
    }

    /// Segments `bscans`, whose samples have the size `scale`, in one of the [`Self::seats`];
    /// `None` where one holds no picture. What is awaited holds copies, so that nothing stays
    /// borrowed meanwhile.
    ///
    /// # Errors
    /// [`ComputeError`] where the device or the CPU worker fails.
    pub fn segment(
        &self,
        seat: usize,
        bscans: &[BScan<'_>],
        scale: WorkingScale,
    ) -> impl Future<Output = Result<Vec<Option<SegmentedBScan>>, ComputeError>> + use<> {
        enum Tasks {
            Worker(usize, Vec<Option<SentBScan>>),
            Engine(Vec<Option<PreparedBScan>>),
        }
        let tasks = match seat.checked_rem(self.workers.len()) {
            Some(at) => {
                // A worker sees one B-scan, and so no copy of an earlier one.
                let sent = |bscan: &BScan<'_>| (!bscan.is_repeated()).then(|| SentBScan::new(*bscan, scale));
                Tasks::Worker(at, bscans.iter().map(sent).collect())
            }
            None => {
                let prepare = |bscan: &BScan<'_>| {
                    let start = worker::now_ms();
                    let prepared = self.engine.prepare_picture(*bscan, scale);
                    worker::show_time("prepare", start, worker::now_ms());
                    prepared
                };
                Tasks::Engine(bscans.iter().map(prepare).collect())
            }
        };
        let this = self.clone();
        async move {
            match tasks {
                Tasks::Worker(at, sent) => {
                    let mut segmented = Vec::with_capacity(sent.len());
                    for bscan in sent {
                        segmented.push(match bscan {
                            Some(bscan) => this.workers[at].segment(bscan).await?,
                            None => None,
                        });
                    }
                    Ok(segmented)
                }
                Tasks::Engine(prepared) => Ok(this.segment_prepared(prepared).await?),
            }
        }
    }

    async fn segment_prepared(
        &self,
        bscans: Vec<Option<PreparedBScan>>,
    ) -> Result<Vec<Option<SegmentedBScan>>, EngineError> {
        let holds_picture: Vec<bool> = bscans.iter().map(Option::is_some).collect();
        let prepared: Vec<PreparedBScan> = bscans.into_iter().flatten().collect();
        let start = worker::now_ms();
        let answers = self.engine.forward_batch(&prepared).await?;
        worker::show_time("forward", start, worker::now_ms());
        let mut segmented = prepared.iter().zip(answers).map(|(bscan, probabilities)| {
            let start = worker::now_ms();
            let segmented = self.engine.label(bscan, probabilities);
            worker::show_time("label", start, worker::now_ms());
            segmented
        });
        let of_bscan = |holds: bool| if holds { segmented.next().transpose() } else { Ok(None) };
        holds_picture.into_iter().map(of_bscan).collect()
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
