//! Spacing and masks that the page gives.

use engine_protocol::{BScanResult, Event, ScanId};
use fluid::{Boundaries, SegmentedBScan};
use oct::{Axis, RunLengths};
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

    /// Labels everything anew so that what reaches `threshold` is fluid.
    pub(super) fn set_threshold(&mut self, scan: ScanId, threshold: f32) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let relabelled = study.set_threshold(threshold)?;
        let labels = |bscan: &usize| study.mask().bscan(*bscan).map(RunLengths::encode).unwrap_or_default();
        let buffers = relabelled.iter().map(|bscan| labels(bscan).to_bytes()).collect();
        let bscans = relabelled.into_iter().map(|bscan| bscan as u32).collect();
        let measurement = study.measurement();
        Ok(Answer { event: Event::Relabelled { scan, threshold, bscans, measurement }, buffers })
    }

    /// Takes over what the page still holds after a restart, labels and boundaries of each
    /// of `bscans` in `masks`.
    pub(super) fn adopt_masks(
        &mut self,
        scan: ScanId,
        bscans: &[BScanResult],
        (measured_otherwise, threshold): (bool, f32),
        masks: Vec<Vec<u8>>,
    ) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        study.adopt_results(measured_otherwise, threshold);
        let mut masks = masks.into_iter();
        for result in bscans {
            let (Some(labels), Some(boundaries)) = (masks.next(), masks.next()) else { break };
            if !result.has_picture {
                study.take_in_without_picture(result.bscan as usize)?;
                continue;
            }
            let boundaries = boundaries_of_bytes(&boundaries);
            // Of another length it is refused, before anything is made of what the runs declare.
            let pixels = study.volume().columns() * study.volume().rows();
            let runs = RunLengths::of_bytes(&labels).filter(|runs| runs.length() == pixels);
            let labels = runs.map(|runs| runs.decode()).unwrap_or_default();
            let segmented =
                SegmentedBScan { boundaries, ..SegmentedBScan::of_labels(labels, result.evidence) };
            study.take_in(result.bscan as usize, segmented, &result.device)?;
        }
        Ok(Event::MasksAdopted { scan, measurement: study.measurement() }.into())
    }
}

/// Boundaries as [`Event::MaskReady`] brought them; `None` where there are none.
fn boundaries_of_bytes(bytes: &[u8]) -> Option<Boundaries> {
    let rows: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|row| f32::from_le_bytes(*row)).collect();
    let (ilm, bm) = rows.split_at(rows.len() / 2);
    (!rows.is_empty()).then(|| Boundaries { ilm_row: ilm.to_vec(), bm_row: bm.to_vec() })
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
    use fluid::Chances;
    use oct::{Framing, WorkingGrid};

    use super::*;
    use crate::session::session_with;

    const SCAN: ScanId = ScanId(1);

    /// Labels as they travel.
    fn runs(labels: &[u8]) -> Vec<u8> {
        RunLengths::encode(labels).to_bytes()
    }

    fn result(bscan: u32) -> BScanResult {
        let device = "GPU: one".to_owned();
        BScanResult { bscan, evidence: [0.9, 0.0, 0.0], device, has_picture: true, doubtful_voxels: None }
    }

    #[test]
    fn masks_of_an_engine_that_stopped_are_taken_over_with_their_figures_and_device() {
        let mut session = session_with(&[SCAN]);
        let answer =
            session.adopt_masks(SCAN, &[result(1)], (false, 0.5), vec![runs(&[1, 1]), vec![]]).unwrap();
        let Event::MasksAdopted { scan: SCAN, measurement } = answer.event else {
            panic!("{answer:?}");
        };
        assert_eq!((measurement.measured_bscans, measurement.classes[0].voxels), (1, 2));
        assert_eq!(session.scan(SCAN).unwrap().computed_on(), ["GPU: one"]);
    }

    #[test]
    fn boundaries_are_taken_over_with_the_masks() {
        let mut session = session_with(&[SCAN]);
        let rows: Vec<u8> = [0.25_f32, 0.5, 1.0, f32::NAN].iter().flat_map(|row| row.to_le_bytes()).collect();
        session.adopt_masks(SCAN, &[result(0)], (false, 0.5), vec![runs(&[0, 0]), rows]).unwrap();
        let found = session.scan(SCAN).unwrap().boundaries(0).unwrap();
        assert_eq!((found.ilm_row.as_slice(), found.bm_row[0]), (&[0.25, 0.5][..], 1.0));
        assert!(found.bm_row[1].is_nan());
    }

    #[test]
    fn a_threshold_relabels_what_is_known_and_one_that_is_none_is_refused() {
        let mut session = session_with(&[SCAN]);
        let framing = Framing::whole([1, 2], WorkingGrid { rows: 1, columns: 2 });
        let chances = Chances::of_probabilities([&[0.9, 0.4], &[0.0; 2], &[0.0; 2]], framing, &[]);
        let segmented = SegmentedBScan {
            chances: Some(chances),
            ..SegmentedBScan::of_labels(vec![1, 0], [0.9, 0.0, 0.0])
        };
        let study = session.asked_for(SCAN).unwrap();
        study.take_in(1, segmented, "CPU").unwrap();
        let answer = session.set_threshold(SCAN, 0.3).unwrap();
        let Event::Relabelled { bscans, measurement, .. } = answer.event else { panic!("{answer:?}") };
        assert_eq!((bscans, measurement.classes[0].voxels), (vec![1], 2));
        assert_eq!(answer.buffers, [RunLengths::encode(&[1, 1]).to_bytes()]);
        let refused = session.set_threshold(SCAN, 2.0);
        assert!(matches!(refused, Err(RequestError::Threshold(_))), "{refused:?}");
    }

    #[test]
    fn a_mask_of_another_size_is_refused() {
        let mut session = session_with(&[SCAN]);
        let refused = session.adopt_masks(SCAN, &[result(0)], (false, 0.5), vec![runs(&[1]), vec![]]);
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
        session.adopt_masks(SCAN, &[result(0)], (false, 0.5), vec![runs(&[0, 0]), vec![]]).unwrap();
        assert!(measured(&mut session));
    }
}
