//! Scans coming and going.

use std::error::Error;

use engine_protocol::{AxisCandidateInfo, Event, FailedStep, FundusInfo, ScanId, VolumeInfo};
use oct::SampleType;
use oct_formats::orientation::AxisCandidate;
use study::Study;

use super::answer::sentence;
use super::{Answer, Session};

impl Session {
    /// A scan is about to be read; an older one that still is, is given up.
    pub fn begin_opening(&mut self, scan: ScanId) -> Option<Answer> {
        let older = self.opening.replace(scan).filter(|older| *older != scan);
        older.map(|scan| Event::Closed { scan }.into())
    }

    /// Whether a scan is still to be read; its reader asks now and then.
    pub fn is_opening(&self, scan: ScanId) -> bool {
        self.opening == Some(scan)
    }

    /// Makes room for `bytes` more.
    pub fn make_room(&mut self, bytes: u64) -> Vec<Answer> {
        let (scans, runs) = (&mut self.scans, &self.runs);
        let closed = scans.make_room(bytes, |scan| runs.contains_key(&scan));
        closed.into_iter().map(|scan| Event::Closed { scan }.into()).collect()
    }

    /// A scan was read, or could not be. One that was given up is not kept.
    pub fn opened(&mut self, scan: ScanId, read: Result<Study, &dyn Error>) -> Vec<Answer> {
        if !self.is_opening(scan) {
            return Vec::new();
        }
        self.opening = None;
        match read {
            Ok(study) => {
                let volume = volume_info(&study);
                let thumbnails = axis_candidates(&study).map(|one| one.thumbnail.greys.clone()).collect();
                let mut answers: Vec<Answer> = self.cancel(scan).into_iter().collect();
                self.models.remove(&scan);
                self.scans.insert(scan, study);
                // Before what makes room for it: the page may let go of that itself.
                answers.push(Answer { event: Event::Opened { scan, volume }, buffers: thumbnails });
                answers.extend(self.make_room(0));
                answers
            }
            Err(error) => vec![Answer::failed(Some(scan), FailedStep::Open, error)],
        }
    }

    /// Lets go of a scan, open or still being read.
    pub(super) fn close(&mut self, scan: ScanId) -> Vec<Answer> {
        let was_opening = self.is_opening(scan);
        if was_opening {
            self.opening = None;
        }
        self.models.remove(&scan);
        let mut answers: Vec<Answer> = self.cancel(scan).into_iter().collect();
        if self.scans.take(scan).is_some() || was_opening {
            answers.push(Event::Closed { scan }.into());
        }
        answers
    }
}

/// Orders that the axes of a scan may have, where that is asked.
fn axis_candidates(study: &Study) -> impl Iterator<Item = &AxisCandidate> {
    study.axis_question().into_iter().flat_map(|question| &question.candidates)
}

/// What the page shows of a scan.
fn volume_info(study: &Study) -> VolumeInfo {
    let volume = study.volume();
    VolumeInfo {
        name: study.name().to_owned(),
        format: study.format().to_owned(),
        columns: volume.columns() as u32,
        rows: volume.rows() as u32,
        bscans: volume.bscans() as u32,
        geometry: volume.geometry.clone(),
        vendor: volume.vendor.clone(),
        acquisition: volume.acquisition.clone(),
        fundus: volume.fundus.as_ref().map(|image| FundusInfo {
            kind: image.kind(),
            columns: image.columns() as u32,
            rows: image.rows() as u32,
            size_mm: image.size_mm(),
        }),
        surfaces: volume.surfaces.iter().map(|surface| surface.name.clone()).collect(),
        axis_candidates: axis_candidates(study)
            .map(|one| AxisCandidateInfo {
                axes: one.axes,
                volume: one.volume.clone(),
                columns: one.thumbnail.columns as u32,
                rows: one.thumbnail.rows as u32,
            })
            .collect(),
        odd_picture: study.axis_question().and_then(|question| question.because).map(sentence),
        choices: study.choices().to_vec(),
        chosen: study.chosen() as u32,
        may_name_a_patient: !study.is_generated(),
        bits: match volume.samples().sample_type() {
            SampleType::U8 => 8,
            SampleType::U16 => 16,
            SampleType::F32 => 32,
        },
        warnings: study.warnings(true),
        nameless_warnings: study.warnings(false),
        is_sample: study.is_generated(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{RequestError, example, session_with};
    use oct_formats::InputFile;

    const OLD: ScanId = ScanId(1);
    const NEW: ScanId = ScanId(2);

    /// A MetaImage of bytes, which does not say which axis is which.
    fn of_metaimage([columns, rows, bscans]: [usize; 3], samples: Vec<u8>) -> Study {
        let header = format!(
            "NDims = 3\nDimSize = {columns} {rows} {bscans}\nElementType = MET_UCHAR\nElementDataFile = a.raw\n"
        );
        let file = |path: &str, bytes: Vec<u8>| InputFile { path: path.to_owned(), bytes };
        let files = vec![file("a.mhd", header.into_bytes()), file("a.raw", samples)];
        Study::of_files(oct_formats::open(files).unwrap())
    }

    fn events(answers: Vec<Answer>) -> Vec<Event> {
        answers.into_iter().map(|answer| answer.event).collect()
    }

    #[test]
    fn a_newer_scan_ends_the_reading_of_an_older_one() {
        let mut session = Session::default();
        assert_eq!(session.begin_opening(OLD), None);
        assert_eq!(session.begin_opening(NEW), Some(Event::Closed { scan: OLD }.into()));
        assert!(session.opened(OLD, Ok(example())).is_empty(), "nobody waits for it any more");
        assert!(session.scan(OLD).is_none());
        let opened = events(session.opened(NEW, Ok(example())));
        assert!(matches!(opened[..], [Event::Opened { scan: NEW, .. }]), "{opened:?}");
    }

    #[test]
    fn what_is_open_stays_where_the_next_scan_cannot_be_read() {
        let mut session = session_with(&[OLD]);
        session.begin_opening(NEW);
        let told = events(session.opened(NEW, Err(&std::fmt::Error)));
        assert!(matches!(told[..], [Event::Failed { scan: Some(NEW), .. }]), "{told:?}");
        assert!(session.scan(OLD).is_some());
        assert!(!session.is_opening(NEW));
    }

    /// Noise from an index.
    fn noise(at: u32) -> u8 {
        let mixed = at.wrapping_mul(2_654_435_761);
        ((mixed ^ mixed >> 15).wrapping_mul(2_246_822_519) >> 24) as u8
    }

    #[test]
    fn a_scan_of_unknown_axes_is_shown_with_what_it_may_be_and_is_not_segmented() {
        // Rows of no layers, in a container that does not say which axis is which.
        let study = of_metaimage([40, 40, 40], (0..40 * 40 * 40).map(noise).collect());
        let mut session = session_with(&[]);
        session.begin_opening(NEW);
        let answers = session.opened(NEW, Ok(study));
        let Some(Answer { event: Event::Opened { volume, .. }, buffers }) = answers.first() else {
            panic!("{answers:?}")
        };
        assert_eq!(volume.axis_candidates.len(), 3);
        assert!(buffers.len() == 3 && buffers.iter().all(|greys| greys.len() == 40 * 40));
        assert_eq!(volume.odd_picture, None);
        assert_eq!(session.begin_run(NEW, 0, 0.0).unwrap_err(), RequestError::AxesAsked { because: None });
    }

    #[test]
    fn an_eye_upside_down_or_a_negative_comes_with_what_is_odd_about_it() {
        // Dark, the bright retina, and half as bright behind it; with speckle.
        let eye: Vec<u8> = (0_u32..64 * 100 * 6)
            .map(|at| {
                let row = at as usize / 64 % 100;
                [20, 20, 20, 20, 170, 200, 60, 50, 40, 30][row / 10]
                    + (at.wrapping_mul(2_654_435_761) >> 28) as u8
            })
            .collect();
        let turned = eye.chunks(64 * 100).flat_map(|bscan| bscan.rchunks(64)).flatten().copied().collect();
        let negative = eye.iter().map(|grey| 255 - grey).collect();
        for (samples, candidates, odd) in
            [(turned, 2, "seems to be upside down."), (negative, 1, "a negative")]
        {
            let mut session = session_with(&[]);
            session.begin_opening(NEW);
            let answers = session.opened(NEW, Ok(of_metaimage([64, 100, 6], samples)));
            let Some(Answer { event: Event::Opened { volume, .. }, .. }) = answers.first() else {
                panic!("{answers:?}")
            };
            assert_eq!(volume.axis_candidates.len(), candidates, "{odd}");
            let said = volume.odd_picture.clone().unwrap();
            assert!(said.starts_with("The picture") && said.contains(odd) && said.ends_with('.'), "{said}");
            let refused = session.begin_run(NEW, 0, 0.0).unwrap_err().to_string();
            assert!(
                refused.contains(odd.trim_end_matches('.')) && !refused.contains("which axis"),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_scan_is_closed_while_it_is_read_and_while_it_is_segmented() {
        let mut session = session_with(&[OLD]);
        session.begin_opening(NEW);
        assert_eq!(events(session.close(NEW)), [Event::Closed { scan: NEW }]);
        assert!(!session.is_opening(NEW));
        session.begin_run(OLD, 0, 0.0).unwrap();
        assert_eq!(events(session.close(OLD)), [Event::Cancelled { scan: OLD }, Event::Closed { scan: OLD }]);
        assert!(session.close(OLD).is_empty());
    }

    #[test]
    fn a_scan_makes_room_for_a_newer_one_and_the_page_hears_of_it_but_a_running_one_stays() {
        let running = ScanId(3);
        let mut session = session_with(&[running, OLD, NEW]);
        session.begin_run(running, 0, 0.0).unwrap();
        session.scans.used(NEW);
        assert_eq!(events(session.make_room(u64::MAX)), [Event::Closed { scan: OLD }]);
        assert!(session.scan(running).is_some() && session.scan(NEW).is_some());
    }
}
