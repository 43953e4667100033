//! Runs: which B-scan comes next, what comes in, how long the rest will take.

use std::collections::VecDeque;
use std::error::Error;

use engine_protocol::order::outward;
use engine_protocol::{BScanResult, Event, FailedStep, ScanId};
use fluid::{Boundaries, SegmentedBScan};
use oct::{MaskError, RunLengths};

use super::answer::float_bytes;
use super::{Answer, RequestError, Session};

/// Figures follow so long after those before, ms: a volume of 49 B-scans has its regions added up
/// thrice, not at every other look.
const FIGURES_EVERY_MS: f64 = 1000.0;

/// A run under way.
#[derive(Debug)]
pub(super) struct Run {
    number: u32,
    queue: VecDeque<u32>,
    /// B-scans of the volume.
    total: u32,
    /// Those measured before.
    kept: u32,
    started_ms: f64,
    /// When figures were told last.
    figures_ms: f64,
    /// What computes it, as reports name it.
    device: String,
}

/// Tells one run from every other: who computes for a run that was stopped is
/// not heard any more, even where another one began on the same scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId {
    /// The scan.
    pub scan: ScanId,
    number: u32,
}

impl Session {
    /// Begins to segment a scan, or goes on where an earlier run stopped.
    ///
    /// # Errors
    /// [`RequestError`] where it is not open, is being segmented already or the
    /// engine is not there yet.
    pub fn begin_run(
        &mut self,
        scan: ScanId,
        first_bscan: u32,
        now_ms: f64,
    ) -> Result<(RunId, Answer), RequestError> {
        let study = self.scans.used(scan).ok_or(RequestError::NotOpen)?;
        if self.runs.contains_key(&scan) {
            return Err(RequestError::AlreadyRunning);
        }
        let engine = self.engine.as_ref().ok_or(RequestError::EngineStarting)?;
        if let Some(question) = study.axis_question() {
            return Err(RequestError::AxesAsked { because: question.because });
        }
        // What another network found does not go with what this one will find.
        if self.models.remove(&scan).is_some_and(|model| model.sha256 != engine.model.sha256) {
            study.forget_results();
        }
        study.begin_run();
        let total = study.volume().bscans() as u32;
        let queue: VecDeque<u32> =
            outward(first_bscan, total).filter(|bscan| !study.is_segmented(*bscan as usize)).collect();
        let kept = total - queue.len() as u32;
        self.begun_runs += 1;
        let number = self.begun_runs;
        let device = engine.device.to_string();
        self.runs
            .insert(scan, Run { number, queue, total, kept, started_ms: now_ms, figures_ms: now_ms, device });
        Ok((RunId { scan, number }, Event::Begun { scan, kept }.into()))
    }

    /// The next B-scan of a run; none where all are given out or it was stopped.
    pub fn next_bscan(&mut self, run: RunId) -> Option<u32> {
        self.run_mut(run)?.queue.pop_front()
    }

    /// Takes in a B-scan of a run, `None` where it holds no picture; of a run that was
    /// stopped, nothing.
    ///
    /// # Errors
    /// [`MaskError`] where it does not fit the volume.
    pub fn take_in(
        &mut self,
        run: RunId,
        bscan: u32,
        segmented: Option<SegmentedBScan>,
        now_ms: f64,
    ) -> Result<Vec<Answer>, MaskError> {
        let known = self.runs.get_mut(&run.scan).filter(|known| known.number == run.number);
        let (Some(known), Some(study)) = (known, self.scans.get_mut(run.scan)) else {
            return Ok(Vec::new());
        };
        let scan = run.scan;
        let device = known.device.clone();
        let has_picture = segmented.is_some();
        let evidence = segmented.as_ref().map_or([0.0; 3], |segmented| segmented.evidence);
        let index = bscan as usize;
        match segmented {
            Some(segmented) => study.take_in(index, segmented, &device)?,
            None => study.take_in_without_picture(index)?,
        }
        let mut buffers = vec![RunLengths::encode(study.mask().bscan(index).unwrap_or_default()).to_bytes()];
        buffers.extend(study.boundaries(index).map(boundaries_as_bytes));
        let doubtful_voxels = study.doubtful_voxels(index);
        let measurement = study.measurement();
        let (done, total) = (study.segmented_bscans() as u32, known.total);
        let tells_figures = done == total || now_ms - known.figures_ms >= FIGURES_EVERY_MS;
        if tells_figures {
            known.figures_ms = now_ms;
        }
        let elapsed_ms = now_ms - known.started_ms;
        let remaining_ms = remaining_ms(done - known.kept, total - known.kept, elapsed_ms);
        let result = BScanResult { bscan, evidence, device, has_picture, doubtful_voxels };
        let mut answers = vec![Answer { event: Event::MaskReady { scan, result, measurement }, buffers }];
        answers.extend(self.about_drawn(scan, &[index]));
        answers.push(Event::Progress { scan, done, total, elapsed_ms, remaining_ms }.into());
        Ok(if tells_figures { self.with_figures(scan, answers) } else { answers })
    }

    /// A run came to its end, or failed; of one that was stopped, who stopped it
    /// has told the page.
    pub fn end_run(&mut self, run: RunId, result: Result<(), &dyn Error>, now_ms: f64) -> Option<Answer> {
        self.run_mut(run)?;
        let ended = self.runs.remove(&run.scan)?;
        let scan = run.scan;
        Some(match result {
            Ok(()) => Event::Finished {
                scan,
                measurement: self.scan(scan)?.measurement(),
                bscans: ended.total - ended.kept,
                elapsed_ms: now_ms - ended.started_ms,
            }
            .into(),
            Err(error) => Answer::failed(Some(scan), FailedStep::Compute, error),
        })
    }

    /// Stops the run on a scan, where there is one. What was measured stays.
    pub(super) fn cancel(&mut self, scan: ScanId) -> Option<Answer> {
        self.runs.remove(&scan).map(|_| Event::Cancelled { scan }.into())
    }

    fn run_mut(&mut self, run: RunId) -> Option<&mut Run> {
        self.runs.get_mut(&run.scan).filter(|known| known.number == run.number)
    }
}

/// Boundaries as [`Event::MaskReady`] holds them.
fn boundaries_as_bytes(boundaries: &Boundaries) -> Vec<u8> {
    float_bytes(boundaries.ilm_row.iter().chain(&boundaries.bm_row).copied())
}

/// Time left, ms, once two B-scans have told the pace.
fn remaining_ms(done: u32, total: u32, elapsed_ms: f64) -> Option<f64> {
    (done >= 2).then(|| elapsed_ms / f64::from(done) * f64::from(total.saturating_sub(done)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::session_with;

    const SCAN: ScanId = ScanId(1);

    fn segmented() -> Option<SegmentedBScan> {
        Some(SegmentedBScan::of_labels(vec![1, 0], [0.9, 0.0, 0.0]))
    }

    fn begin(session: &mut Session, scan: ScanId, first: u32) -> (RunId, Event) {
        let (run, answer) = session.begin_run(scan, first, 100.0).unwrap();
        (run, answer.event)
    }

    #[test]
    fn no_time_is_promised_before_the_pace_is_known() {
        assert_eq!(remaining_ms(1, 10, 500.0), None);
        assert_eq!(remaining_ms(2, 10, 1000.0), Some(4000.0));
        assert_eq!(remaining_ms(10, 10, 5000.0), Some(0.0));
    }

    #[test]
    fn a_run_tells_every_mask_with_how_far_it_is_and_then_its_end() {
        let mut session = session_with(&[SCAN]);
        let (run, begun) = begin(&mut session, SCAN, 1);
        assert_eq!(begun, Event::Begun { scan: SCAN, kept: 0 });
        assert_eq!(session.next_bscan(run), Some(1), "the one in view");
        let told = session.take_in(run, 1, segmented(), 150.0).unwrap();
        assert_eq!(told[0].buffers, [RunLengths::encode(&[1, 0]).to_bytes()]);
        let progress =
            Event::Progress { scan: SCAN, done: 1, total: 2, elapsed_ms: 50.0, remaining_ms: None };
        assert_eq!(told[1].event, progress);
        assert_eq!(session.next_bscan(run), Some(0));
        session.take_in(run, 0, segmented(), 200.0).unwrap();
        assert_eq!(session.next_bscan(run), None);
        let end = session.end_run(run, Ok(()), 210.0).unwrap().event;
        assert!(matches!(end, Event::Finished { scan: SCAN, bscans: 2, elapsed_ms: 110.0, .. }), "{end:?}");
    }

    #[test]
    fn figures_follow_by_the_clock_and_at_the_end() {
        let mut session = session_with(&[SCAN]);
        let figures_of = |session: &mut Session, run, bscan, now_ms| {
            let told = session.take_in(run, bscan, segmented(), now_ms).unwrap();
            told.iter().any(|answer| matches!(answer.event, Event::Figures { .. }))
        };
        let (run, _) = begin(&mut session, SCAN, 0);
        assert!(!figures_of(&mut session, run, 0, 150.0));
        assert!(figures_of(&mut session, run, 1, 200.0), "the last");
        let mut session = session_with(&[SCAN]);
        let (run, _) = begin(&mut session, SCAN, 0);
        assert!(figures_of(&mut session, run, 0, 100.0 + FIGURES_EVERY_MS));
    }

    #[test]
    fn a_bscan_without_a_picture_is_told_as_such_and_counts_as_done() {
        let mut session = session_with(&[SCAN]);
        let (run, _) = begin(&mut session, SCAN, 0);
        let told = session.take_in(run, 0, None, 150.0).unwrap();
        let Event::MaskReady { result, measurement, .. } = &told[0].event else { panic!("{told:?}") };
        assert!(!result.has_picture);
        assert_eq!((measurement.measured_bscans, measurement.without_picture.as_slice()), (0, &[0][..]));
        assert_eq!(told[0].buffers, [RunLengths::encode(&[0, 0]).to_bytes()]);
        assert!(matches!(told[1].event, Event::Progress { done: 1, total: 2, .. }), "{told:?}");
        // After a restart the page says what it was told.
        let mut restarted = session_with(&[SCAN]);
        restarted
            .adopt_masks(
                SCAN,
                std::slice::from_ref(result),
                (false, 0.5),
                vec![RunLengths::encode(&[0, 0]).to_bytes(), vec![]],
            )
            .unwrap();
        assert!(restarted.scan(SCAN).unwrap().mask().lacks_picture(0));
    }

    #[test]
    fn a_run_that_was_stopped_is_not_heard_any_more_and_the_next_one_goes_on() {
        let mut session = session_with(&[SCAN]);
        let (stopped, _) = begin(&mut session, SCAN, 0);
        session.take_in(stopped, 0, segmented(), 1.0).unwrap();
        assert_eq!(session.cancel(SCAN), Some(Event::Cancelled { scan: SCAN }.into()));
        let (run, begun) = begin(&mut session, SCAN, 0);
        assert_eq!(begun, Event::Begun { scan: SCAN, kept: 1 });
        assert_eq!(session.take_in(stopped, 1, segmented(), 2.0), Ok(vec![]));
        assert_eq!(session.next_bscan(stopped), None);
        assert_eq!(session.end_run(stopped, Ok(()), 3.0), None);
        assert_eq!(session.next_bscan(run), Some(1));
    }

    #[test]
    fn one_run_a_scan_and_two_scans_at_once() {
        let other = ScanId(2);
        let mut session = session_with(&[SCAN, other]);
        let (run, _) = begin(&mut session, SCAN, 0);
        assert_eq!(session.begin_run(SCAN, 0, 0.0).unwrap_err(), RequestError::AlreadyRunning);
        let (other_run, _) = begin(&mut session, other, 0);
        session.take_in(run, 0, segmented(), 0.0).unwrap();
        session.take_in(other_run, 1, segmented(), 0.0).unwrap();
        let measured = |scan| session.scan(scan).unwrap().mask().bscan(0).is_some();
        assert!(measured(SCAN) && !measured(other));
    }

    #[test]
    fn a_run_without_an_engine_is_refused_and_changes_nothing() {
        let mut session = session_with(&[SCAN]);
        session.engine = None;
        assert_eq!(session.begin_run(SCAN, 0, 0.0).unwrap_err(), RequestError::EngineStarting);
        assert!(session.cancel(SCAN).is_none());
    }

    #[test]
    fn a_run_that_fails_says_so_once_and_can_be_begun_again() {
        let mut session = session_with(&[SCAN]);
        let (run, _) = begin(&mut session, SCAN, 0);
        let told = session.end_run(run, Err(&std::fmt::Error), 0.0).unwrap().event;
        let Event::Failed { scan: Some(SCAN), failure } = told else { panic!("{told:?}") };
        assert_eq!(failure.during, FailedStep::Compute);
        assert_eq!(session.end_run(run, Err(&std::fmt::Error), 0.0), None);
        assert!(session.begin_run(SCAN, 0, 0.0).is_ok());
    }
}
