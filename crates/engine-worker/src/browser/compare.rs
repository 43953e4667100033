//! Comparing two visits.

use std::cell::RefCell;

use engine_protocol::worker::breathe;
use engine_protocol::{FailedStep, Landmark, ScanId};

use super::tell::tell_all;
use crate::session::{Answer, Session};

/// Compares two scans and tells what came of it.
pub async fn compare(session: &RefCell<Session>, scans: [ScanId; 2], landmarks: Vec<Landmark>) {
    let begun = session.borrow_mut().begin_comparing(scans, landmarks);
    let compared = match begun {
        Err(error) => Err(error),
        Ok(mut comparing) => loop {
            // What the page asked for meanwhile comes first.
            breathe().await;
            let next = session.borrow().go_on_comparing(&mut comparing);
            if let Some(ended) = next.transpose() {
                break ended;
            }
        },
    };
    tell_all(Answer::to_request(scans[0], FailedStep::Compare, compared));
}
