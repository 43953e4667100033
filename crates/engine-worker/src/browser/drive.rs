//! Driving a run.

use std::cell::RefCell;

use engine_protocol::worker::{breathe, now_ms};
use futures::future::try_join_all;
use oct::{MaskError, WorkingScale};

use super::tell::{tell, tell_all};
use crate::compute::{Compute, ComputeError};
use crate::session::{RunId, Session};

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(transparent)]
    Compute(#[from] ComputeError),
    #[error(transparent)]
    Mask(#[from] MaskError),
}

/// What the page is told of it.
#[derive(Debug, thiserror::Error)]
#[error("The segmentation stopped: {0}. What was measured stays, restart the engine to go on.")]
struct RunError(#[source] Cause);

/// Computes B-scan after B-scan until none is left or the run is stopped. What is
/// being computed then is finished, and nobody hears of it.
pub async fn run(session: &RefCell<Session>, compute: &Compute, run: RunId) {
    // Chosen once: a spacing that is typed in meanwhile must not change the
    // scale between two B-scans of one result.
    let scale = session.borrow().scan(run.scan).map(|study| WorkingScale::of(&study.volume().geometry));
    let Some(scale) = scale else { return };
    // Each takes the next B-scan of the run until none is left.
    let seats = (0..compute.seats()).map(|seat| fill(session, compute, seat, scale, run));
    let ended = try_join_all(seats).await.map(|_| ()).map_err(RunError);
    let result = ended.as_ref().copied().map_err(|error| error as &dyn std::error::Error);
    let answer = session.borrow_mut().end_run(run, result, now_ms());
    answer.into_iter().for_each(tell);
}

async fn fill(
    session: &RefCell<Session>,
    compute: &Compute,
    seat: usize,
    scale: WorkingScale,
    run: RunId,
) -> Result<(), Cause> {
    // The B-scan in view comes first, and is not kept waiting for company.
    let mut count = 1;
    loop {
        let next: Vec<u32> =
            std::iter::from_fn(|| session.borrow_mut().next_bscan(run)).take(count).collect();
        if next.is_empty() {
            return Ok(());
        }
        count = compute.batch();
        let computing = session.borrow().scan(run.scan).and_then(|study| {
            let bscan = |index: &u32| study.volume().bscan(*index as usize);
            let bscans: Vec<_> = next.iter().map(bscan).collect::<Option<_>>()?;
            Some(compute.segment(seat, &bscans, scale))
        });
        let Some(computing) = computing else { return Ok(()) };
        for (bscan, segmented) in next.into_iter().zip(computing.await?) {
            let answers = session.borrow_mut().take_in(run, bscan, segmented, now_ms())?;
            tell_all(answers);
        }
        breathe().await;
    }
}
