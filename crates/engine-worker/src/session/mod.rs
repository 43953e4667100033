//! What the worker holds and how it answers, without a browser: no message,
//! file or clock reaches in here but as a value, so all of it is tested natively.
//!
//! Requests about a scan that is not open are answered by nothing: the page has
//! heard by then that it was closed.
//!
//! | module | what it does |
//! |---|---|
//! | [`scans`] | the open scans, within a budget of memory |
//! | [`open`] | scans coming and going |
//! | [`show`] | pictures of a scan |
//! | [`segment`] | runs |
//! | [`measure`] | spacing and masks that the page gives |
//! | [`correct`] | what a person draws over the network's labels |
//! | [`compare`] | two visits of an eye |
//! | [`export`] | files to save |
//! | [`answer`] | what the page is told |

mod answer;
mod compare;
mod correct;
mod export;
mod measure;
mod open;
mod scans;
mod segment;
mod show;

use std::collections::HashMap;

use engine_protocol::{DeviceReport, Event, FailedStep, ModelInfo, Request, ScanId};
use study::Study;
use time::OffsetDateTime;

pub use answer::{Answer, NotUsed, RequestError};
pub use segment::RunId;

use scans::Scans;
use segment::Run;

/// State of the worker that the page talks to.
#[derive(Debug, Default)]
pub struct Session {
    scans: Scans,
    /// The newest scan that is being read; older ones are given up.
    opening: Option<ScanId>,
    /// Runs under way, one a scan.
    runs: HashMap<ScanId, Run>,
    /// Runs begun so far.
    begun_runs: u32,
    engine: Option<EngineNames>,
    /// The networks that segmented scans, where it is not the one of [`Self::engine`].
    models: HashMap<ScanId, ModelInfo>,
}

/// The engine, as the page and reports name it.
#[derive(Debug)]
struct EngineNames {
    device: DeviceReport,
    model: ModelInfo,
}

impl Session {
    /// The engine is there: its device passed the self-test. Where there was one before, what
    /// that measured goes on naming its network.
    pub fn engine_started(&mut self, device: DeviceReport, model: ModelInfo) -> Answer {
        let event = Event::DeviceChosen { device: device.clone(), model: model.clone() };
        if let Some(before) = self.engine.replace(EngineNames { device, model }) {
            for scan in self.scans.segmented().chain(self.runs.keys().copied()) {
                self.models.entry(scan).or_insert_with(|| before.model.clone());
            }
        }
        event.into()
    }

    /// The network that segmented a scan, or would: `None` before there is an engine.
    fn model_of(&self, scan: ScanId) -> Option<&ModelInfo> {
        self.models.get(&scan).or(self.engine.as_ref().map(|engine| &engine.model))
    }

    /// What is measured of a scan was segmented by `model`; by the one in use, where it is `None`.
    fn segmented_by(&mut self, scan: ScanId, model: Option<ModelInfo>) {
        match model.filter(|_| self.scan(scan).is_some()) {
            Some(model) => drop(self.models.insert(scan, model)),
            None => drop(self.models.remove(&scan)),
        }
    }

    /// Answers a request that takes no time; those that do are not answered here.
    pub fn answer(&mut self, request: Request, buffers: Vec<Vec<u8>>, now: OffsetDateTime) -> Vec<Answer> {
        let one = |scan, during, answer| Answer::to_request(scan, during, answer).into_iter().collect();
        match request {
            Request::BScan { scan, bscan } => one(scan, FailedStep::Show, self.bscan(scan, bscan)),
            Request::Mean { scan, bscan, bscans } => {
                one(scan, FailedStep::Show, self.mean(scan, bscan, bscans))
            }
            Request::Chances { scan, bscan } => one(scan, FailedStep::Show, self.chances(scan, bscan)),
            Request::CrossSection { scan, column } => self.cross_section(scan, column).into_iter().collect(),
            Request::EnFace { scan, slab } => one(scan, FailedStep::Show, self.en_face(scan, slab)),
            Request::SetThreshold { scan, threshold } => {
                let answer = self.set_threshold(scan, threshold);
                let mut answers: Vec<Answer> = one(scan, FailedStep::SetThreshold, answer);
                let all: Vec<usize> = match answers.first().map(|answer| &answer.event) {
                    Some(Event::Relabelled { bscans, .. }) => bscans.iter().map(|at| *at as usize).collect(),
                    _ => Vec::new(),
                };
                answers.extend(self.about_drawn(scan, &all));
                self.with_figures(scan, answers)
            }
            Request::Truth { scan } => self.truth(scan).into_iter().collect(),
            Request::Fundus { scan } => self.fundus(scan).into_iter().collect(),
            Request::SetSpacing { scan, spacing } => {
                let answer = self.set_spacing(scan, &spacing);
                self.with_figures(scan, one(scan, FailedStep::SetSpacing, answer))
            }
            Request::ConfirmSpacing { scan, spacing } => {
                let answer = self.confirm_spacing(scan, &spacing);
                self.with_figures(scan, one(scan, FailedStep::SetSpacing, answer))
            }
            Request::AdoptMasks { scan, bscans, measured_otherwise, threshold, corrected, model } => {
                let mut masks = buffers;
                let drawn = masks.split_off(masks.len().min(2 * bscans.len()));
                let answer = self.adopt_masks(scan, &bscans, (measured_otherwise, threshold), masks);
                self.segmented_by(scan, model);
                let mut answers: Vec<Answer> = one(scan, FailedStep::Open, answer);
                if !corrected.is_empty() {
                    let answer = self.adopt_drawn(scan, &corrected, &drawn);
                    answers.extend(one(scan, FailedStep::Correct, answer));
                }
                self.with_figures(scan, answers)
            }
            Request::Correct { scan, bscan, edit } => {
                let answer = self.correct(scan, bscan, &edit);
                self.with_figures(scan, one(scan, FailedStep::Correct, answer))
            }
            Request::Undo { scan } => {
                let answer = self.go_in_history(scan, false);
                self.with_figures(scan, one(scan, FailedStep::Correct, answer))
            }
            Request::Redo { scan } => {
                let answer = self.go_in_history(scan, true);
                self.with_figures(scan, one(scan, FailedStep::Correct, answer))
            }
            Request::Review { scan, bscan, reviewed } => {
                let answer = self.review(scan, bscan, reviewed);
                self.with_figures(scan, one(scan, FailedStep::Correct, answer))
            }
            Request::Propose { scan, bscan, at, class } => {
                one(scan, FailedStep::Correct, self.propose(scan, bscan, at, class))
            }
            Request::DrawUnaided { scan, unaided } => {
                if let Ok(study) = self.asked_for(scan) {
                    study.draw_unaided(unaided);
                }
                Vec::new()
            }
            Request::Corrections { scan } => one(scan, FailedStep::Correct, self.corrections(scan)),
            Request::RestoreCorrections { scan } => {
                let answer = self.restore_corrections(scan, &buffers);
                self.with_figures(scan, one(scan, FailedStep::Correct, answer))
            }
            Request::SetFovea { scan, fovea } => {
                if let Ok(study) = self.asked_for(scan) {
                    study.set_fovea(fovea);
                }
                self.with_figures(scan, Vec::new())
            }
            Request::Export { scan, kind, identified } => {
                one(scan, FailedStep::Export, self.export(scan, kind, identified, now))
            }
            Request::Cancel { scan } => match self.cancel(scan) {
                Some(cancelled) => self.with_figures(scan, vec![cancelled]),
                None => Vec::new(),
            },
            Request::Close { scan } => self.close(scan),
            Request::Start { .. }
            | Request::UseWeights { .. }
            | Request::FindScans { .. }
            | Request::Open { .. }
            | Request::OpenSample { .. }
            | Request::Segment { .. }
            | Request::Similarity { .. }
            | Request::Compare { .. } => Vec::new(),
        }
    }

    /// `answers` and the figures that follow, where anything is measured.
    fn with_figures(&self, scan: ScanId, mut answers: Vec<Answer>) -> Vec<Answer> {
        if let Some(study) = self.scan(scan).filter(|study| study.mask().has_results()) {
            let (figures, agreement) = (Box::new(study.figures()), study.agreement());
            answers.push(Event::Figures { scan, figures, agreement }.into());
        }
        answers
    }

    /// An open scan.
    pub fn scan(&self, scan: ScanId) -> Option<&Study> {
        self.scans.get(scan)
    }

    /// A scan that the page asks for.
    ///
    /// # Errors
    /// [`RequestError::NotOpen`] where it is not open.
    pub fn asked_for(&mut self, scan: ScanId) -> Result<&mut Study, RequestError> {
        self.scans.used(scan).ok_or(RequestError::NotOpen)
    }
}

/// Two B-scans of two samples.
#[cfg(test)]
fn example() -> Study {
    let samples = oct::Samples::U8(vec![0, 9, 0, 9]);
    let volume = oct::OctVolume::new(2, 1, 2, samples, oct::Geometry::default());
    Study::generated("Sample eye", volume.expect("four samples fill 2 x 1 x 2"))
}

/// A session with an engine in which the scans of `ids` are open.
#[cfg(test)]
fn session_with(ids: &[ScanId]) -> Session {
    use engine_protocol::DeviceKind;

    let mut session = Session::default();
    let device =
        DeviceReport { kind: DeviceKind::Cpu, name: "CPU, 1 lane".to_owned(), reason: String::new() };
    let model = ModelInfo {
        own_file: None,
        name: "tiny".to_owned(),
        sha256: "ab12".to_owned(),
        parameters: 1,
        labels: vec![],
        presence_thresholds: [0.5; 3],
    };
    session.engine_started(device, model);
    for id in ids {
        session.scans.insert(*id, example());
    }
    session
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_protocol::{Edit, Place, Slab};
    use fluid::{FoveaPlace, FoveaSource, SaveKind};
    use oct::Axis;

    const OPEN: ScanId = ScanId(1);
    const CLOSED: ScanId = ScanId(7);

    #[test]
    fn a_scan_that_is_not_open_is_not_answered_for() {
        let mut session = session_with(&[OPEN]);
        for request in [
            Request::BScan { scan: CLOSED, bscan: 0 },
            Request::Fundus { scan: CLOSED },
            Request::SetSpacing { scan: CLOSED, spacing: vec![(Axis::Axial, 0.004)] },
            Request::ConfirmSpacing { scan: CLOSED, spacing: vec![(Axis::Axial, 0.004)] },
            Request::AdoptMasks {
                scan: CLOSED,
                bscans: vec![],
                measured_otherwise: false,
                threshold: 0.5,
                corrected: vec![],
                model: None,
            },
            Request::Export { scan: CLOSED, kind: SaveKind::Json, identified: false },
            Request::Mean { scan: CLOSED, bscan: 0, bscans: 3 },
            Request::Chances { scan: CLOSED, bscan: 0 },
            Request::CrossSection { scan: CLOSED, column: 0 },
            Request::EnFace { scan: CLOSED, slab: Slab::Whole },
            Request::SetThreshold { scan: CLOSED, threshold: 0.3 },
            Request::SetFovea { scan: CLOSED, fovea: None },
            Request::Cancel { scan: CLOSED },
            Request::Correct {
                scan: CLOSED,
                bscan: 0,
                edit: Edit::Clear { extent: engine_protocol::Extent::Volume },
            },
            Request::Undo { scan: CLOSED },
            Request::Redo { scan: CLOSED },
            Request::Review { scan: CLOSED, bscan: 0, reviewed: true },
            Request::Propose { scan: CLOSED, bscan: 0, at: Place { column: 0, row: 0 }, class: None },
            Request::Corrections { scan: CLOSED },
            Request::RestoreCorrections { scan: CLOSED },
            Request::DrawUnaided { scan: CLOSED, unaided: true },
        ] {
            let answers = session.answer(request.clone(), vec![], OffsetDateTime::UNIX_EPOCH);
            assert!(answers.is_empty(), "{request:?}: {answers:?}");
        }
    }

    #[test]
    fn figures_follow_what_they_depend_on_once_something_is_measured() {
        let mut session = session_with(&[OPEN]);
        let fovea = Some(FoveaPlace { bscan: 1.0, column: 0.0 });
        let requests = [
            Request::SetSpacing { scan: OPEN, spacing: vec![(Axis::Axial, 0.004)] },
            Request::SetThreshold { scan: OPEN, threshold: 0.3 },
            Request::SetFovea { scan: OPEN, fovea },
        ];
        let figures = |session: &mut Session, request: &Request| {
            let answers = session.answer(request.clone(), vec![], OffsetDateTime::UNIX_EPOCH);
            answers.into_iter().find_map(|answer| match answer.event {
                Event::Figures { scan: OPEN, figures, .. } => Some(figures),
                _ => None,
            })
        };
        assert!(requests.iter().all(|request| figures(&mut session, request).is_none()));
        let segmented = fluid::SegmentedBScan::of_labels(vec![1, 0], [0.9, 0.0, 0.0]);
        session.asked_for(OPEN).unwrap().take_in(0, segmented, "CPU").unwrap();
        let last = requests.iter().map(|request| figures(&mut session, request).unwrap()).last().unwrap();
        assert_eq!(last.fovea.map(|fovea| (fovea.bscan, fovea.source)), Some((1.0, FoveaSource::ByHand)));
    }

    #[test]
    fn an_answer_names_the_scan_that_was_asked_for() {
        let other = ScanId(2);
        let mut session = session_with(&[OPEN, other]);
        let request = Request::SetSpacing { scan: OPEN, spacing: vec![(Axis::Axial, 0.004)] };
        let answers = session.answer(request, vec![], OffsetDateTime::UNIX_EPOCH);
        assert!(matches!(answers[0].event, Event::GeometryChanged { scan: OPEN, .. }), "{answers:?}");
        assert_eq!(session.scan(other).unwrap().volume().geometry.axial.mm(), None);
    }
}
