//! The similarity maps of the B-scan in view.

use std::cell::RefCell;

use engine_protocol::{Event, FailedStep, ScanId};

use super::tell::{tell, tell_all};
use crate::compute::{Compute, ComputeError};
use crate::session::{Answer, RequestError, Session};

/// Why there are no maps.
#[derive(Debug, thiserror::Error)]
#[error("The similarity map could not be computed: {0}.")]
struct SimilarityError(#[source] ComputeError);

/// Computes and tells the maps of one B-scan.
pub async fn show(session: &RefCell<Session>, compute: Option<Compute>, scan: ScanId, bscan: u32) {
    // A copy of one B-scan: the session must not stay borrowed while the device works.
    let computing = session.borrow_mut().asked_for(scan).and_then(|study| {
        let compute = compute.ok_or(RequestError::EngineStarting)?;
        let view = study.volume().bscan(bscan as usize).ok_or(RequestError::NoSuchBScan(bscan))?;
        Ok(compute.similarity(view))
    });
    let shown = match computing {
        Ok(computing) => computing.await.map_err(SimilarityError),
        Err(error) => return tell_all(Answer::to_request(scan, FailedStep::Show, Err(error))),
    };
    if session.borrow().scan(scan).is_none() {
        return;
    }
    match shown {
        Ok(maps) => {
            let (names, buffers) = maps.into_iter().map(|map| (map.name, map.values)).unzip();
            tell(Answer { event: Event::Similarity { scan, bscan, names }, buffers });
        }
        Err(error) => tell(Answer::failed(Some(scan), FailedStep::Show, &error)),
    }
}
