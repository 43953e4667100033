//! What a person draws over the network's labels.

use std::fmt::Write;

use correct::{Edit, Place};
use engine_protocol::{CorrectedBScan, Event, ScanId};
use oct::{FluidClass, RunLengths};
use study::{DrawnError, Study};

use super::{Answer, RequestError, Session};

impl Session {
    /// Makes an edit.
    pub(super) fn correct(&mut self, scan: ScanId, bscan: u32, edit: &Edit) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let changed = study.correct(bscan as usize, edit)?;
        Ok(corrected(scan, study, &changed))
    }

    /// Takes back an interaction, or makes it again.
    pub(super) fn go_in_history(&mut self, scan: ScanId, forth: bool) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let changed = if forth { study.redo() } else { study.undo() };
        Ok(corrected(scan, study, &changed))
    }

    /// Says whether a person looked at all of a B-scan.
    pub(super) fn review(
        &mut self,
        scan: ScanId,
        bscan: u32,
        reviewed: bool,
    ) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let changed = study.review(bscan as usize, reviewed)?;
        Ok(corrected(scan, study, &changed))
    }

    /// The outline of fluid for a click.
    pub(super) fn propose(
        &mut self,
        scan: ScanId,
        bscan: u32,
        at: Place,
        class: Option<FluidClass>,
    ) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let proposal = study.propose(bscan as usize, at, class)?;
        let mut within = vec![0; study.volume().columns() * study.volume().rows()];
        for range in proposal.shape.ranges() {
            if let Some(within) = within.get_mut(range.start as usize..range.end as usize) {
                within.fill(1);
            }
        }
        let event = Event::Proposal { scan, bscan, at, class: proposal.class };
        Ok(Answer { event, buffers: vec![RunLengths::encode(&within).to_bytes()] })
    }

    /// All that a person drew, as bytes to keep.
    pub(super) fn corrections(&mut self, scan: ScanId) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let mut digest = String::new();
        for byte in study.digest() {
            // Writing to a string does not fail.
            let _written = write!(digest, "{byte:02x}");
        }
        let event = Event::Corrections { scan, digest, is_empty: study.corrections().is_empty() };
        Ok(Answer { event, buffers: vec![study.corrections_bytes()] })
    }

    /// Puts what was kept in force.
    pub(super) fn restore_corrections(
        &mut self,
        scan: ScanId,
        kept: &[Vec<u8>],
    ) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let changed = study.restore_corrections(kept.first().map(Vec::as_slice).unwrap_or_default())?;
        Ok(corrected(scan, study, &changed))
    }

    /// Takes over what a person drew before a restart.
    pub(super) fn adopt_drawn(
        &mut self,
        scan: ScanId,
        bscans: &[CorrectedBScan],
        drawn: &[Vec<u8>],
    ) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        for (bscan, runs) in bscans.iter().zip(drawn) {
            let index = bscan.bscan as usize;
            let runs = RunLengths::of_bytes(runs).ok_or(DrawnError { bscan: index })?;
            study.adopt_drawn(index, &runs, bscan.reviewed)?;
        }
        let adopted: Vec<usize> = bscans.iter().map(|bscan| bscan.bscan as usize).collect();
        Ok(corrected(scan, study, &adopted))
    }

    /// What is told beside something new about `bscans`, where a person drew in any of them.
    pub(super) fn about_drawn(&self, scan: ScanId, bscans: &[usize]) -> Option<Answer> {
        let study = self.scan(scan)?;
        let is_drawn = |bscan: &usize| {
            let bscan = u32::try_from(*bscan).unwrap_or(u32::MAX);
            let corrections = study.corrections();
            corrections.drawn(bscan).is_some() || corrections.is_reviewed(bscan)
        };
        let drawn: Vec<usize> = bscans.iter().copied().filter(is_drawn).collect();
        (!drawn.is_empty()).then(|| corrected(scan, study, &drawn))
    }
}

/// [`Event::Corrected`] with its buffers.
fn corrected(scan: ScanId, study: &Study, changed: &[usize]) -> Answer {
    let mut bscans = Vec::with_capacity(changed.len());
    let mut buffers = Vec::with_capacity(3 * changed.len());
    for at in changed {
        let Some(labels) = study.labels_in_force(*at) else { continue };
        let bscan = u32::try_from(*at).unwrap_or(u32::MAX);
        let corrections = study.corrections();
        bscans.push(CorrectedBScan {
            bscan,
            drawn_voxels: corrections.drawn(bscan).map_or(0, correct::Drawn::voxels),
            reviewed: corrections.is_reviewed(bscan),
        });
        buffers.push(RunLengths::encode(&labels).to_bytes());
        buffers.push(study.drawn_runs(*at).to_bytes());
        buffers.push(study.model_labels(*at).unwrap_or_default().to_bytes());
    }
    let (can_undo, can_redo) = (study.can_undo(), study.can_redo());
    let measurement = study.measurement();
    Answer { event: Event::Corrected { scan, bscans, measurement, can_undo, can_redo }, buffers }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::session_with;
    use engine_protocol::{BScanResult, FailedStep, Paint, Point, Radius, Request};
    use fluid::SegmentedBScan;
    use time::OffsetDateTime;

    const SCAN: ScanId = ScanId(1);

    /// One sample.
    fn dab(paint: Paint, column: f32) -> Edit {
        let points = vec![Point { column: column + 0.5, row: 0.5 }];
        Edit::Stroke { paint, radius: Radius { columns: 0.0, rows: 0.0 }, points }
    }

    fn ask(session: &mut Session, request: Request, buffers: Vec<Vec<u8>>) -> Vec<Answer> {
        session.answer(request, buffers, OffsetDateTime::UNIX_EPOCH)
    }

    fn runs(bytes: &[u8]) -> Vec<u8> {
        RunLengths::of_bytes(bytes).unwrap().decode()
    }

    fn irf(column: f32) -> Request {
        Request::Correct { scan: SCAN, bscan: 1, edit: dab(Paint::Fluid(FluidClass::Irf), column) }
    }

    #[test]
    fn an_edit_is_answered_by_labels_in_force_what_was_drawn_and_the_networks_own() {
        let mut session = session_with(&[SCAN]);
        let segmented = SegmentedBScan::of_labels(vec![0, 3], [0.0, 0.0, 0.9]);
        session.asked_for(SCAN).unwrap().take_in(1, segmented, "CPU").unwrap();
        let answers = ask(&mut session, irf(0.0), vec![]);
        let Event::Corrected { bscans, measurement, can_undo: true, can_redo: false, .. } = &answers[0].event
        else {
            panic!("{answers:?}")
        };
        assert_eq!(bscans, &[CorrectedBScan { bscan: 1, drawn_voxels: 1, reviewed: false }]);
        assert_eq!(measurement.classes[0].voxels, 1);
        let planes: Vec<Vec<u8>> = answers[0].buffers.iter().map(|bytes| runs(bytes)).collect();
        assert_eq!(planes, [[1, 3], [1, 255], [0, 3]]);
        assert!(matches!(answers[1].event, Event::Figures { scan: SCAN, .. }), "{answers:?}");
        let undone = ask(&mut session, Request::Undo { scan: SCAN }, vec![]);
        assert!(matches!(undone[0].event, Event::Corrected { can_undo: false, can_redo: true, .. }));
        assert_eq!(runs(&undone[0].buffers[0]), [0, 3]);
        let redone = ask(&mut session, Request::Redo { scan: SCAN }, vec![]);
        assert_eq!(runs(&redone[0].buffers[0]), [1, 3]);
        let nothing = ask(&mut session, Request::Redo { scan: SCAN }, vec![]);
        assert!(matches!(&nothing[0].event, Event::Corrected { bscans, .. } if bscans.is_empty()));
    }

    #[test]
    fn an_edit_needs_no_segmentation_and_one_that_cannot_be_made_says_why() {
        let mut session = session_with(&[SCAN]);
        let answers = ask(&mut session, irf(0.0), vec![]);
        assert_eq!(answers.len(), 1, "there are no figures");
        assert_eq!(runs(&answers[0].buffers[0]), [1, 0]);
        assert!(answers[0].buffers[2].is_empty(), "the network said nothing");
        let at = Place { column: 1, row: 0 };
        let edit = Edit::Component { at, extent: engine_protocol::Extent::BScan, paint: Paint::Background };
        let refused = ask(&mut session, Request::Correct { scan: SCAN, bscan: 1, edit }, vec![]);
        let Event::Failed { scan: Some(SCAN), failure } = &refused[0].event else { panic!("{refused:?}") };
        assert_eq!(
            (failure.during, failure.sentence.as_str()),
            (FailedStep::Correct, "There is no fluid at this place.")
        );
        let refused = ask(&mut session, Request::Propose { scan: SCAN, bscan: 0, at, class: None }, vec![]);
        assert!(
            matches!(&refused[0].event, Event::Failed { failure, .. } if failure.during == FailedStep::Correct)
        );
    }

    #[test]
    fn a_bscan_that_was_looked_at_is_measured_by_hand() {
        let mut session = session_with(&[SCAN]);
        let answers = ask(&mut session, Request::Review { scan: SCAN, bscan: 0, reviewed: true }, vec![]);
        let Event::Corrected { bscans, measurement, .. } = &answers[0].event else { panic!("{answers:?}") };
        assert!(bscans[0].reviewed);
        assert_eq!((measurement.measured_bscans, measurement.reviewed_bscans.as_slice()), (1, &[0][..]));
    }

    #[test]
    fn what_was_drawn_is_kept_as_bytes_and_put_in_force_again() {
        let mut session = session_with(&[SCAN]);
        ask(&mut session, irf(0.0), vec![]);
        let kept = ask(&mut session, Request::Corrections { scan: SCAN }, vec![]);
        let Event::Corrections { digest, is_empty: false, .. } = &kept[0].event else { panic!("{kept:?}") };
        assert_eq!(digest.len(), 64);
        let mut reloaded = session_with(&[SCAN]);
        let request = Request::RestoreCorrections { scan: SCAN };
        let answers = ask(&mut reloaded, request.clone(), kept[0].buffers.clone());
        assert_eq!(runs(&answers[0].buffers[0]), [1, 0]);
        for damaged in [vec![], vec![vec![1, 2, 3]], vec![kept[0].buffers[0][1..].to_vec()]] {
            let refused = ask(&mut reloaded, request.clone(), damaged);
            assert!(matches!(refused[0].event, Event::Failed { scan: Some(SCAN), .. }), "{refused:?}");
        }
        assert!(reloaded.scan(SCAN).unwrap().corrections().drawn(1).is_some(), "nothing changed");
    }

    #[test]
    fn after_a_restart_what_was_drawn_lies_over_the_masks_again() {
        let mut session = session_with(&[SCAN]);
        let drawn = RunLengths::of_runs(vec![(1, 255), (1, 2)]).to_bytes();
        let result = BScanResult {
            bscan: 1,
            evidence: [0.0, 0.0, 0.9],
            device: "CPU".to_owned(),
            has_picture: true,
            doubtful_voxels: None,
        };
        let adopt = |drawn: Vec<u8>| {
            let corrected = vec![
                CorrectedBScan { bscan: 1, drawn_voxels: 1, reviewed: true },
                CorrectedBScan { bscan: 0, drawn_voxels: 1, reviewed: false },
            ];
            let bscans = vec![result.clone()];
            let request = Request::AdoptMasks {
                scan: SCAN,
                bscans,
                measured_otherwise: false,
                threshold: 0.5,
                corrected,
                model: None,
            };
            (request, vec![RunLengths::encode(&[3, 3]).to_bytes(), vec![], drawn.clone(), drawn])
        };
        let (request, buffers) = adopt(drawn);
        let answers = ask(&mut session, request, buffers);
        assert!(matches!(answers[0].event, Event::MasksAdopted { .. }), "{answers:?}");
        let Event::Corrected { bscans, measurement, .. } = &answers[1].event else { panic!("{answers:?}") };
        assert!(bscans[0].reviewed && !bscans[1].reviewed);
        assert_eq!(measurement.classes[1].corrected.unwrap().drawn_voxels, 1);
        let planes: Vec<Vec<u8>> = answers[1].buffers[..3].iter().map(|bytes| runs(bytes)).collect();
        assert_eq!(planes, [[3, 2], [255, 2], [3, 3]]);
        assert!(matches!(answers[2].event, Event::Figures { .. }));
        let (request, buffers) = adopt(vec![9; 5]);
        let refused = ask(&mut session_with(&[SCAN]), request, buffers);
        assert!(matches!(refused[1].event, Event::Failed { .. }), "{refused:?}");
    }

    #[test]
    fn a_new_mask_of_a_bscan_that_a_person_drew_in_comes_with_what_they_drew() {
        let mut session = session_with(&[SCAN]);
        ask(&mut session, irf(0.0), vec![]);
        let (run, _) = session.begin_run(SCAN, 1, 0.0).unwrap();
        assert_eq!(session.next_bscan(run), Some(1));
        let segmented = SegmentedBScan::of_labels(vec![2, 2], [0.0, 0.9, 0.0]);
        let told = session.take_in(run, 1, Some(segmented.clone()), 1.0).unwrap();
        assert_eq!(runs(&told[0].buffers[0]), [1, 2], "labels in force");
        let Event::Corrected { bscans, .. } = &told[1].event else { panic!("{told:?}") };
        assert_eq!(bscans[0].bscan, 1);
        assert_eq!(runs(&told[1].buffers[2]), [2, 2], "the network's own");
        let told = session.take_in(run, 0, Some(segmented), 2.0).unwrap();
        assert!(!told.iter().any(|answer| matches!(answer.event, Event::Corrected { .. })));
    }
}
