//! Two visits of an eye, compared part by part, so that the worker answers in between.

use engine_protocol::{
    COMPARED_FIGURES, COMPARED_REGIONS, ChangeGrid, Compared, Event, Laid, Landmark, ScanId,
};
use fluid::{ByClass, ModelReport};
use oct::FluidClass;
use study::{MeasuredVisit, Study};
use visits::{
    Change, ChangeMap, Common, Comparison, NotRegistered, Registration, Visit, register, register_by_hand,
};

use super::answer::{float_bytes, sentence};
use super::export::model_report;
use super::{Answer, RequestError, Session};

/// A comparison under way.
#[derive(Debug)]
pub struct Comparing {
    /// The earlier visit, the later one.
    scans: [ScanId; 2],
    landmarks: Vec<Landmark>,
    /// What is compared of them, as far as it is made.
    measured: Vec<MeasuredVisit>,
    registration: Option<Result<Registration, NotRegistered>>,
}

impl Session {
    /// Begins to compare two scans, laid on each other by `landmarks` where there are any.
    ///
    /// # Errors
    /// [`RequestError`] where one is not open or nothing of it is measured.
    pub fn begin_comparing(
        &mut self,
        scans: [ScanId; 2],
        landmarks: Vec<Landmark>,
    ) -> Result<Comparing, RequestError> {
        for scan in scans {
            if !self.asked_for(scan)?.mask().has_results() {
                return Err(RequestError::NotSegmented);
            }
        }
        Ok(Comparing { scans, landmarks, measured: Vec::new(), registration: None })
    }

    /// Does the next part of it, half a second of work at most; the answer once that was the last.
    ///
    /// # Errors
    /// [`RequestError`] where a scan was closed meanwhile, where the two are not of one eye, and
    /// where what a person marked cannot be.
    pub fn go_on_comparing(&self, comparing: &mut Comparing) -> Result<Option<Answer>, RequestError> {
        let studies = comparing.scans.map(|scan| self.scan(scan));
        let [Some(one), Some(other)] = studies else { return Err(RequestError::NotOpen) };
        let (one_model, other_model) =
            (self.report_of(comparing.scans[0]), self.report_of(comparing.scans[1]));
        let [before, after] = comparing.measured.as_slice() else {
            let next: &Study = if comparing.measured.is_empty() { one } else { other };
            comparing.measured.push(next.measured_visit());
            return Ok(None);
        };
        let visits = [one.visit(before, &one_model), other.visit(after, &other_model)];
        let Some(registration) = comparing.registration else {
            let scans = [visits[0].scan(before.picture.as_ref()), visits[1].scan(after.picture.as_ref())];
            let registration = match comparing.landmarks.as_slice() {
                [] => register(&scans[0], &scans[1]),
                landmarks => register_by_hand(&scans[0], &scans[1], landmarks),
            };
            match registration {
                Err(why) if !comparing.landmarks.is_empty() => return Err(why.into()),
                Err(why @ NotRegistered::OtherEye { .. }) => return Err(why.into()),
                registration => comparing.registration = Some(registration),
            }
            return Ok(None);
        };
        Ok(Some(answer(comparing.scans, &visits, registration)))
    }

    /// The network that labelled a scan, as reports name it.
    fn report_of(&self, scan: ScanId) -> ModelReport {
        self.model_of(scan).map_or_else(|| ModelReport::new("none", ""), model_report)
    }
}

fn answer(
    [before, after]: [ScanId; 2],
    visits: &[Visit<'_>; 2],
    registration: Result<Registration, NotRegistered>,
) -> Answer {
    let comparison = Comparison::of(&visits[0], &visits[1], registration);
    let map = registration.ok().and_then(|laid| ChangeMap::of(&visits[0], &visits[1], &laid));
    let seen_mm2 =
        comparison.common.as_ref().map_or([0.0; 2], |common| [common.before_mm2, common.after_mm2]);
    let laid = comparison.registration.map(|laid| Laid {
        transform: laid.transform,
        by: laid.by,
        agreement: laid.confidence.map(|confidence| [confidence.strength, confidence.runner_up]),
        both_mm2: laid.overlap_mm2,
        seen_mm2,
    });
    let compared = Compared {
        days: comparison.days.and_then(|days| i32::try_from(days).ok()),
        laid,
        not_laid: comparison.not_registered.map(|why| sentence(&why.to_string())),
        cautions: comparison.cautions.iter().map(ToString::to_string).collect(),
        map: map.as_ref().map(|map| ChangeGrid {
            cell_mm: map.cell_mm,
            columns: map.columns as u32,
            rows: map.rows as u32,
        }),
    };
    let mut buffers = vec![
        float_bytes(compared.numbers()),
        float_bytes(figures(&comparison)),
        comparison.to_csv().into_bytes(),
    ];
    if let Some(map) = map {
        buffers.push(float_bytes(map.thickness_um.difference()));
        buffers.push(float_bytes(map.all_fluid_um().difference()));
    }
    let Compared { not_laid, cautions, .. } = compared;
    Answer { event: Event::Compared { before, after, not_laid, cautions }, buffers }
}

/// As [`Event::Compared`] tells them.
fn figures(comparison: &Comparison) -> Vec<f32> {
    let mut figures = Vec::with_capacity(COMPARED_REGIONS * COMPARED_FIGURES);
    let mut push = |volume_nl: &ByClass<Change>, thickness_um: &Change| {
        let changes = FluidClass::ALL.map(|class| volume_nl.get(class));
        for change in changes.into_iter().chain([thickness_um]) {
            let all = [change.before, change.after, change.difference, change.percent];
            figures.extend(all.map(|figure| figure.map_or(f32::NAN, |figure| figure as f32)));
        }
    };
    push(&comparison.whole_nl, &comparison.central_subfield_um);
    if let Some(Common { volume_nl, central_subfield_um, discs, subfields, .. }) = &comparison.common {
        push(volume_nl, central_subfield_um);
        let discs = discs.iter().map(|disc| &disc.change);
        for region in discs.chain(subfields.iter().map(|one| &one.change)) {
            push(&region.volume_nl, &region.thickness_um);
        }
    }
    figures.resize(COMPARED_REGIONS * COMPARED_FIGURES, f32::NAN);
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::session_with;
    use engine_protocol::RegisteredBy;
    use fluid::{Boundaries, SegmentedBScan};
    use oct::{EnFacePlace, Geometry, Laterality, OctVolume, Samples};
    use oct_phantom::{Anatomy, Eye, EyeConfig, FluidMix, VendorStyle};

    const BEFORE: ScanId = ScanId(1);
    const AFTER: ScanId = ScanId(2);

    fn eye(seed: u64, fluid: bool) -> Eye {
        let fluid = FluidMix::Present { irf: fluid, srf: fluid, ped: false };
        Eye::new(&EyeConfig { bscans: Some(25), fluid, ..EyeConfig::new(seed, VendorStyle::Spectralis) })
    }

    /// A scan of `eye` with its true labels and boundaries.
    fn study(eye: &Eye, segmented: bool) -> Study {
        with_geometry(eye, eye.geometry(), segmented)
    }

    fn of_eye(eye: &Eye, laterality: Laterality) -> Study {
        with_geometry(eye, Geometry { laterality: Some(laterality), ..eye.geometry() }, true)
    }

    fn with_geometry(eye: &Eye, geometry: Geometry, segmented: bool) -> Study {
        let (columns, rows, bscans) = (eye.columns(), eye.rows(), eye.bscans());
        let seen: Vec<_> = (0..bscans).map(|bscan| eye.bscan(bscan)).collect();
        let samples = seen.iter().flat_map(|bscan| match &bscan.samples {
            Samples::U16(samples) => samples.clone(),
            _ => Vec::new(),
        });
        let samples = Samples::U16(samples.collect());
        let volume = OctVolume::new(columns, rows, bscans, samples, geometry).unwrap();
        let mut study = Study::generated("eye", volume);
        for (at, bscan) in seen.into_iter().enumerate().filter(|_| segmented) {
            let of = |row: usize, column: usize| bscan.anatomy[row * columns + column];
            let line = |row: Option<usize>| row.map_or(f32::NAN, |row| row as f32);
            let ilm = |c| line((0..rows).find(|row| of(*row, c) == Anatomy::Retina as u8));
            let bm = |c| line((0..rows).rfind(|row| of(*row, c) == Anatomy::RpeToBruch as u8));
            let boundaries = Boundaries {
                ilm_row: (0..columns).map(ilm).collect(),
                bm_row: (0..columns).map(bm).collect(),
            };
            let mut segmented = SegmentedBScan::of_labels(bscan.labels, [0.0; 3]);
            segmented.boundaries = Some(boundaries);
            study.take_in(at, segmented, "CPU").unwrap();
        }
        study
    }

    fn session(before: Study, after: Study) -> Session {
        let mut session = session_with(&[]);
        session.scans.insert(BEFORE, before);
        session.scans.insert(AFTER, after);
        session
    }

    fn compared(session: &mut Session, landmarks: Vec<Landmark>) -> Result<(Compared, Answer), RequestError> {
        let mut comparing = session.begin_comparing([BEFORE, AFTER], landmarks)?;
        for _ in 0..8 {
            if let Some(answer) = session.go_on_comparing(&mut comparing)? {
                let Event::Compared { before: BEFORE, after: AFTER, not_laid, cautions } =
                    answer.event.clone()
                else {
                    panic!("{answer:?}")
                };
                let numbers = floats(&answer.buffers[0]);
                return Ok((Compared::of(&numbers, not_laid, cautions).unwrap(), answer));
            }
        }
        panic!("it does not end")
    }

    fn floats(bytes: &[u8]) -> Vec<f32> {
        bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }

    #[test]
    fn an_eye_that_is_seen_again_elsewhere_is_laid_on_itself_by_its_vessels() {
        let eye = eye(11, true);
        let moved = study(&eye.clone().moved_to([0.36, -0.24]), true);
        let mut session = session(study(&eye, true), moved);
        let (found, answer) = compared(&mut session, Vec::new()).unwrap();
        let laid = found.laid.unwrap();
        assert_eq!((laid.by, found.not_laid), (RegisteredBy::Vessels, None));
        let [strength, elsewhere] = laid.agreement.unwrap();
        assert!(strength > 1.5 * elsewhere, "{strength} {elsewhere}");
        let at = laid.transform.apply(EnFacePlace { lateral_mm: 3.0, slow_mm: 3.0 });
        assert!((at.lateral_mm - 2.64).abs() < 0.05 && (at.slow_mm - 3.24).abs() < 0.05, "{at:?}");
        assert!(laid.both_mm2 < laid.seen_mm2[0] && laid.both_mm2 > 0.8 * laid.seen_mm2[0]);
        let map = found.map.unwrap();
        let [_, figures, csv, thickness, fluid] = answer.buffers.as_slice() else { panic!("five buffers") };
        assert_eq!(floats(figures).len(), COMPARED_REGIONS * COMPARED_FIGURES);
        assert!(String::from_utf8_lossy(csv).contains("seen_by_both,central,thickness"));
        assert_eq!([floats(thickness).len(), floats(fluid).len()], [(map.columns * map.rows) as usize; 2]);
    }

    #[test]
    fn fluid_that_is_gone_is_told_and_thickness_with_it() {
        let mut session = session(study(&eye(11, true), true), study(&eye(11, false), true));
        let (_, answer) = compared(&mut session, Vec::new()).unwrap();
        let figures = floats(&answer.buffers[1]);
        let (whole, both) = figures.split_at(COMPARED_FIGURES);
        // SRF: before, after, difference, percent.
        assert!(whole[4] > 1.0, "{whole:?}");
        assert_eq!((whole[5], whole[6], whole[7]), (0.0, -whole[4], -100.0));
        assert!((both[4] - whole[4]).abs() < 0.1 * whole[4] + 0.01, "both see all of it");
        assert!(both[15].is_finite(), "central subfield");
    }

    #[test]
    fn what_a_person_marked_lays_scans_on_each_other_or_is_refused_in_a_sentence() {
        let eye = eye(11, true);
        let mut session = session(study(&eye, true), study(&eye, true));
        let at = |lateral_mm, slow_mm| EnFacePlace { lateral_mm, slow_mm };
        let one = Landmark { before: at(2.0, 2.0), after: at(2.3, 2.0) };
        let (found, _) = compared(&mut session, vec![one]).unwrap();
        assert_eq!(found.laid.map(|laid| (laid.by, laid.agreement)), Some((RegisteredBy::ByHand, None)));
        let near = Landmark { before: at(2.1, 2.0), after: at(2.4, 2.0) };
        let refused = compared(&mut session, vec![one, near]).unwrap_err().to_string();
        assert!(refused.starts_with("The two landmarks lie") && refused.ends_with('.'), "{refused}");
    }

    #[test]
    fn without_places_there_is_the_reason_and_a_right_eye_is_not_compared_with_a_left_one() {
        let mut session = session_with(&[BEFORE, AFTER]);
        for scan in [BEFORE, AFTER] {
            let segmented = SegmentedBScan::of_labels(vec![1, 0], [0.9, 0.0, 0.0]);
            session.asked_for(scan).unwrap().take_in(0, segmented, "CPU").unwrap();
        }
        let (found, answer) = compared(&mut session, Vec::new()).unwrap();
        assert_eq!((found.laid, found.map, answer.buffers.len()), (None, None, 3));
        let why = found.not_laid.unwrap();
        assert!(why.starts_with("The first scan cannot be laid") && why.ends_with('.'), "{why}");
        assert!(floats(&answer.buffers[1]).iter().all(|figure| figure.is_nan()));

        let eye = eye(11, true);
        let mut session = self::session(of_eye(&eye, Laterality::Od), of_eye(&eye, Laterality::Os));
        let refused = compared(&mut session, Vec::new()).unwrap_err().to_string();
        assert!(refused.ends_with("compare scans of one eye."), "{refused}");
    }

    #[test]
    fn what_is_not_segmented_or_not_open_is_not_compared() {
        let eye = eye(11, true);
        let mut session = session(study(&eye, true), study(&eye, false));
        assert_eq!(compared(&mut session, Vec::new()).unwrap_err(), RequestError::NotSegmented);
        session.scans.insert(AFTER, study(&eye, true));
        let mut comparing = session.begin_comparing([BEFORE, AFTER], Vec::new()).unwrap();
        assert_eq!(session.go_on_comparing(&mut comparing), Ok(None));
        session.close(AFTER);
        assert_eq!(session.go_on_comparing(&mut comparing), Err(RequestError::NotOpen));
    }
}
