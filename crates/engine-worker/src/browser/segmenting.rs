//! Driving a segmentation.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use engine::preprocess::WorkingGrid;
use engine::{DeviceReport, PreparedBScan, SegmentedBScan};
use engine_protocol::{BScanResult, Event, FailedStep, JobId};
use futures::channel::oneshot;
use futures::future::{Either, select, try_join_all};
use wasm_bindgen_futures::spawn_local;

use super::lane::{LaneError, Near};
use super::link::{breathe, now_ms, tell, tell_failure};
use super::primary::{Missing, Primary, Ready};
use crate::schedule::{outward, remaining_ms};

/// A segmentation under way; dropping it stops it.
pub struct Running {
    job: JobId,
    /// Dropped with `self`, which wakes the task.
    _stop: oneshot::Sender<()>,
}

/// Why a segmentation failed.
#[derive(Debug)]
enum SegmentError {
    Engine(engine::EngineError),
    Lane(LaneError),
    Mask(oct::MaskError),
}

impl std::fmt::Display for SegmentError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cause: &dyn std::fmt::Display = match self {
            Self::Engine(error) => error,
            Self::Lane(error) => error,
            Self::Mask(error) => error,
        };
        write!(
            formatter,
            "The segmentation stopped: {cause}. What was measured stays, restart the engine to go on."
        )
    }
}

impl std::error::Error for SegmentError {}

/// The work of one segmentation, shared by its drivers.
struct Work {
    job: JobId,
    volume: JobId,
    /// Chosen once: a spacing that is typed in meanwhile must not change the
    /// grid between two B-scans of one result.
    grid: WorkingGrid,
    queue: RefCell<VecDeque<u32>>,
    /// B-scans of the volume.
    total: u32,
    /// Those measured before.
    kept: u32,
    started_ms: f64,
}

impl Primary {
    /// Starts to segment the open volume, or goes on where an earlier run stopped.
    pub fn segment(self: Rc<Self>, volume: JobId, job: JobId, first_bscan: u32) {
        let missing = if self.session.borrow().is_none() {
            Some(Missing::Volume)
        } else if self.running.borrow().is_some() {
            Some(Missing::Idle)
        } else {
            None
        };
        let ready = self.ready.borrow().clone();
        let ready = match (missing, ready) {
            (None, Some(ready)) => ready,
            (missing, _) => {
                let missing = missing.unwrap_or(Missing::Engine);
                return tell_failure(Some(job), FailedStep::Segment, &missing);
            }
        };
        let begun = self.session.borrow_mut().as_mut().and_then(|session| {
            let grid = ready.engine.grid(session.volume.bscan(0)?);
            session.begin_run();
            let total = session.volume.bscans() as u32;
            let mut queue = outward(first_bscan, total);
            queue.retain(|bscan| session.mask.bscan(*bscan as usize).is_none());
            Some((grid, total, queue))
        });
        let Some((grid, total, queue)) = begun else {
            return tell_failure(Some(job), FailedStep::Segment, &Missing::Volume);
        };
        let kept = total - queue.len() as u32;
        let queue = RefCell::new(queue);
        let work = Work { job, volume, grid, queue, total, kept, started_ms: now_ms() };
        let (stop, stopped) = oneshot::channel();
        *self.running.borrow_mut() = Some(Running { job, _stop: stop });
        tell(&Event::Begun { job, kept }, Vec::new());
        spawn_local(async move {
            let drivers = Box::pin(self.drive(&ready, &work));
            // Where it was stopped, who stopped it has told the page.
            if let Either::Left((result, _)) = select(drivers, stopped).await {
                drop(self.running.borrow_mut().take());
                match result {
                    Ok(()) => self.tell_finished(&work),
                    Err(error) => tell_failure(Some(job), FailedStep::Compute, &error),
                }
            }
        });
    }

    /// Stops `job`, whatever it is.
    pub fn cancel(&self, job: JobId) {
        if self.opening.get() == Some(job) {
            // The task notices at its next breath and answers.
            self.opening.set(None);
        }
        if self.running.borrow().as_ref().is_some_and(|running| running.job == job) {
            self.stop_running();
        }
    }

    /// Stops the segmentation under way, if there is one. What was measured stays.
    pub fn stop_running(&self) {
        if let Some(running) = self.running.borrow_mut().take() {
            tell(&Event::Cancelled { job: running.job }, Vec::new());
        }
    }

    /// One driver a lane, or one for this worker's own device; each takes the
    /// next B-scan from the queue until none is left.
    async fn drive(&self, ready: &Ready, work: &Work) -> Result<(), SegmentError> {
        if ready.lanes.is_empty() {
            self.drive_one(ready, None, work).await
        } else {
            let drivers = ready.lanes.iter().map(|lane| self.drive_one(ready, Some(lane), work));
            try_join_all(drivers).await.map(|_| ())
        }
    }

    async fn drive_one(&self, ready: &Ready, lane: Option<&Near>, work: &Work) -> Result<(), SegmentError> {
        loop {
            let Some(bscan) = work.queue.borrow_mut().pop_front() else { return Ok(()) };
            let prepared = self
                .session
                .borrow()
                .as_ref()
                .and_then(|session| session.volume.bscan(bscan as usize))
                .map(|bscan| ready.engine.prepare_in(bscan, work.grid));
            let Some(prepared) = prepared else { return Ok(()) };
            let segmented = compute(ready, lane, &prepared).await?;
            if self.volume.get() != Some(work.volume) {
                return Ok(());
            }
            self.take_in(work, bscan, segmented, &ready.device)?;
            breathe().await;
        }
    }

    fn take_in(
        &self,
        work: &Work,
        bscan: u32,
        segmented: SegmentedBScan,
        device: &DeviceReport,
    ) -> Result<(), SegmentError> {
        let mut session = self.session.borrow_mut();
        let Some(session) = session.as_mut() else { return Ok(()) };
        let result = BScanResult { bscan, evidence: segmented.evidence, device: device.to_string() };
        session.take_in(&result, segmented.labels.clone()).map_err(SegmentError::Mask)?;
        let measurement = session.measurement();
        let (done, total) = (measurement.measured_bscans as u32, work.total);
        let elapsed_ms = now_ms() - work.started_ms;
        tell(&Event::MaskReady { job: work.job, result, measurement }, vec![segmented.labels]);
        let remaining_ms = remaining_ms(done - work.kept, total - work.kept, elapsed_ms);
        tell(&Event::Progress { job: work.job, done, total, elapsed_ms, remaining_ms }, Vec::new());
        Ok(())
    }

    fn tell_finished(&self, work: &Work) {
        if let Some(session) = self.session.borrow().as_ref() {
            let elapsed_ms = now_ms() - work.started_ms;
            let bscans = work.total - work.kept;
            let event =
                Event::Finished { job: work.job, measurement: session.measurement(), bscans, elapsed_ms };
            tell(&event, Vec::new());
        }
    }
}

async fn compute(
    ready: &Ready,
    lane: Option<&Near>,
    prepared: &PreparedBScan,
) -> Result<SegmentedBScan, SegmentError> {
    match lane {
        Some(lane) => lane.segment(prepared).await.map_err(SegmentError::Lane),
        None => ready.engine.segment_prepared(prepared).await.map_err(SegmentError::Engine),
    }
}
