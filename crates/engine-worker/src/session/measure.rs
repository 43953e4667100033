//! Spacing and masks that the page gives.

use engine_protocol::{BScanResult, Event, ScanId};
use fluid::SegmentedBScan;
use oct::Axis;
use study::Study;

use super::{Answer, RequestError, Session};

impl Session {
    /// Sets spacing that a person typed in; what was measured follows.
    pub(super) fn set_spacing(
        &mut self,
        scan: ScanId,
        spacing: &[(Axis, f64)],
    ) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        study.set_spacing(spacing)?;
        Ok(geometry_changed(scan, study))
    }

    /// Confirms a spacing that was in doubt; what was measured follows.
    pub(super) fn confirm_spacing(
        &mut self,
        scan: ScanId,
        spacing: &[(Axis, f64)],
    ) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        study.confirm_spacing(spacing)?;
        Ok(geometry_changed(scan, study))
    }

    /// Takes over what the page still holds after a restart, the labels of each
    /// of `bscans` in `masks`.
    pub(super) fn adopt_masks(
        &mut self,
        scan: ScanId,
        bscans: &[BScanResult],
        measured_otherwise: bool,
        masks: Vec<Vec<u8>>,
    ) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        study.adopt_results(measured_otherwise);
        for (result, labels) in bscans.iter().zip(masks) {
            if !result.has_picture {
                study.take_in_without_picture(result.bscan as usize)?;
                continue;
            }
            let segmented = SegmentedBScan::of_labels(labels, result.evidence);
            study.take_in(result.bscan as usize, segmented, &result.device)?;
        }
        Ok(Event::MasksAdopted { scan, measurement: study.measurement() }.into())
    }
}

fn geometry_changed(scan: ScanId, study: &Study) -> Answer {
    let is_measured = study.mask().has_results();
    Event::GeometryChanged {
        scan,
        geometry: study.volume().geometry.clone(),
        measurement: is_measured.then(|| study.measurement()),
        measured_otherwise: study.measured_otherwise(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::session_with;

    const SCAN: ScanId = ScanId(1);

    fn result(bscan: u32) -> BScanResult {
        BScanResult { bscan, evidence: [0.9, 0.0, 0.0], device: "GPU: one".to_owned(), has_picture: true }
    }

    #[test]
    fn masks_of_an_engine_that_stopped_are_taken_over_with_their_figures_and_device() {
        let mut session = session_with(&[SCAN]);
        let answer = session.adopt_masks(SCAN, &[result(1)], false, vec![vec![1, 1]]).unwrap();
        let Event::MasksAdopted { scan: SCAN, measurement } = answer.event else {
            panic!("{answer:?}");
        };
        assert_eq!((measurement.measured_bscans, measurement.classes[0].voxels), (1, 2));
        assert_eq!(session.scan(SCAN).unwrap().computed_on(), ["GPU: one"]);
    }

    #[test]
    fn a_mask_of_another_size_is_refused() {
        let mut session = session_with(&[SCAN]);
        let refused = session.adopt_masks(SCAN, &[result(0)], false, vec![vec![1]]);
        assert!(matches!(refused, Err(RequestError::Mask(_))), "{refused:?}");
    }

    #[test]
    fn a_spacing_comes_with_figures_only_where_something_is_measured() {
        let mut session = session_with(&[SCAN]);
        let measured = |session: &mut Session| {
            let answer = session.set_spacing(SCAN, &[(Axis::Axial, 0.004)]).unwrap();
            matches!(answer.event, Event::GeometryChanged { measurement: Some(_), .. })
        };
        assert!(!measured(&mut session));
        session.adopt_masks(SCAN, &[result(0)], false, vec![vec![0, 0]]).unwrap();
        assert!(measured(&mut session));
    }
}
