use engine_protocol::{COMPARED_FIGURES, COMPARED_REGIONS, Compared, EnFaceTransform, Laid, RegisteredBy};
use fluid::PresenceAccumulator;

use super::*;
use crate::model::compare::{CompareInput, CrossInput, Stage};

/// B-scans of two columns that lie in known places, 0.1 mm and 0.2 mm apart.
fn placed(bscans: u32, acquired: Option<&str>) -> VolumeInfo {
    let mut info = info(bscans);
    let geometry = &mut info.geometry;
    geometry.samples = Some([2, 1, bscans as usize]);
    for (axis, mm) in [(Axis::Lateral, 0.1), (Axis::Axial, 0.004), (Axis::BetweenBScans, 0.2)] {
        let spacing = AxisSpacing::new(axis, mm, oct::SpacingSource::FromUser).unwrap();
        geometry.set_spacing(axis, spacing);
    }
    info.acquisition.acquired = acquired.map(str::to_owned);
    info
}

impl Page {
    fn compare(&mut self, input: CompareInput) {
        self.send(Input::Compare(input));
    }

    /// Eye `number` is opened, of three B-scans.
    fn opens_eye(&mut self, number: u32, acquired: Option<&str>) -> ScanId {
        self.send(Input::OpenEye(number));
        let scan = self.model.scans.openings().last().unwrap().id;
        self.hear(Event::Opened { scan, volume: placed(3, acquired) });
        scan
    }

    /// All of the scan on show is segmented.
    fn segments_all(&mut self) {
        let scan = self.scan().id;
        self.send(Input::Segment);
        self.hear(Event::Begun { scan, kept: 0 });
        let mut mask = LabelMask::unmeasured(2, 1, 3);
        (0..3).for_each(|bscan| mask.set_bscan(bscan, vec![1, 0]).unwrap());
        let measurement = measure(&mask, &self.scan().info.geometry, &PresenceAccumulator::new());
        (0..3).for_each(|bscan| self.hear_with(mask_ready(scan, bscan), &[labels(&[1, 0])]));
        self.hear(Event::Finished { scan, measurement, bscans: 3, elapsed_ms: 1.0 });
    }

    /// Eye 1 is kept and eye 2 on show, both segmented.
    fn with_two() -> (Self, [ScanId; 2]) {
        let mut page = Self::ready();
        let kept = page.opens_eye(1, None);
        page.segments_all();
        page.compare(CompareInput::Keep);
        let shown = page.opens_eye(2, None);
        page.segments_all();
        page.effects.clear();
        (page, [kept, shown])
    }

    /// The engine laid the later visit on the earlier one, `slow_mm` farther.
    fn hears_compared(&mut self, [before, after]: [ScanId; 2], slow_mm: f64) {
        let transform = EnFaceTransform::of_parts([[1.0, 0.0], [0.0, 1.0]], [0.0, -slow_mm]);
        let laid = Laid {
            transform,
            by: RegisteredBy::Vessels,
            agreement: Some([0.5, 0.1]),
            both_mm2: 1.0,
            seen_mm2: [1.0; 2],
        };
        let compared = Compared { laid: Some(laid), ..Compared::default() };
        let bytes = |floats: &[f32]| floats.iter().flat_map(|float| float.to_le_bytes()).collect::<Vec<_>>();
        let figures = bytes(&[7.5; COMPARED_REGIONS * COMPARED_FIGURES]);
        let event = Event::Compared { before, after, not_laid: None, cautions: Vec::new() };
        self.hear_with(event, &[bytes(&compared.numbers()), figures, b"a,b".to_vec()]);
    }

    fn bscans_in_view(&self, visits: [ScanId; 2]) -> [u32; 2] {
        visits.map(|scan| self.model.scans.get(scan).unwrap().cursor.bscan)
    }
}

fn asks_to_compare(requests: &[Request]) -> Vec<([ScanId; 2], usize)> {
    let of = |request: &Request| match request {
        Request::Compare { before, after, landmarks } => Some(([*before, *after], landmarks.len())),
        _ => None,
    };
    requests.iter().filter_map(of).collect()
}

#[test]
fn a_kept_scan_stays_open_while_another_one_is_shown_and_takes_its_place_when_asked_for() {
    let mut page = Page::ready();
    let kept = page.opens_eye(1, None);
    page.segments_all();
    page.compare(CompareInput::Keep);
    page.effects.clear();
    let shown = page.opens_eye(2, None);
    assert!(!page.asked().iter().any(|request| matches!(request, Request::Close { .. })));
    assert_eq!((page.scan().id, page.model.scans.beside().unwrap().id), (shown, kept));
    page.compare(CompareInput::Keep);
    assert_eq!((page.scan().id, page.model.scans.beside().unwrap().id), (kept, shown));
    assert_eq!(page.scan().measured_bscans(), 3);
    page.effects.clear();
    page.opens_eye(3, None);
    assert!(page.asked().contains(&Request::Close { scan: kept }), "it is not kept any more");
}

#[test]
fn letting_go_closes_what_is_not_on_show_and_nothing_else() {
    let (mut page, [kept, _]) = Page::with_two();
    page.compare(CompareInput::LetGo);
    assert_eq!(page.asked(), [Request::Close { scan: kept }]);
    assert!(page.model.scans.get(kept).is_none() && page.model.scans.kept().is_none());
    page.compare(CompareInput::Keep);
    page.compare(CompareInput::LetGo);
    assert!(page.asked().is_empty() && page.model.scan().is_some());
}

#[test]
fn the_run_of_a_kept_scan_is_stopped_for_another_one() {
    let mut page = Page::ready();
    let kept = page.opens_eye(1, None);
    page.compare(CompareInput::Keep);
    page.send(Input::Segment);
    page.compare(CompareInput::Keep);
    assert!(page.model.scans.kept().is_some(), "keeping waits for the run to end");
    page.send(Input::OpenEye(2));
    page.send(Input::AnswerReplace(true));
    page.effects.clear();
    let scan = page.model.scans.openings().last().unwrap().id;
    page.hear(Event::Opened { scan, volume: placed(3, None) });
    assert!(page.asked().contains(&Request::Cancel { scan: kept }));
}

#[test]
fn a_new_engine_reads_both_one_after_the_other_and_is_handed_both_masks() {
    let (mut page, [kept, shown]) = Page::with_two();
    page.restarts();
    page.effects.clear();
    page.hear(Event::Loaded);
    let opened = |requests: &[Request]| -> Vec<ScanId> {
        let of = |request: &Request| match request {
            Request::OpenSample { scan, .. } => Some(*scan),
            _ => None,
        };
        requests.iter().filter_map(of).collect()
    };
    assert_eq!(opened(&page.asked()), [shown], "one that is read gives way to a newer one");
    page.hear(Event::Opened { scan: shown, volume: placed(3, None) });
    let asked = page.asked();
    assert_eq!(opened(&asked), [kept]);
    let adopts = |requests: &[Request], id: ScanId| {
        requests.iter().any(|request| matches!(request, Request::AdoptMasks { scan, .. } if *scan == id))
    };
    assert!(adopts(&asked, shown));
    page.send(Input::Cancel);
    assert!(page.asked().is_empty(), "nobody waits for it");
    page.hear(Event::Opened { scan: kept, volume: placed(3, None) });
    let asked = page.asked();
    assert!(adopts(&asked, kept) && opened(&asked).is_empty());
    assert_eq!((page.scan().id, page.model.why_not_compare()), (shown, None));
}

#[test]
fn a_kept_scan_that_gives_way_is_read_again_and_one_without_room_or_file_is_let_go() {
    let (mut page, [kept, shown]) = Page::with_two();
    page.restarts();
    page.hear(Event::Loaded);
    page.hear(Event::Opened { scan: shown, volume: placed(3, None) });
    page.send(Input::OpenEye(3));
    let third = page.model.scans.openings().last().unwrap().id;
    page.hear(Event::Closed { scan: kept });
    assert!(page.model.scans.kept().is_some_and(|kept| !kept.is_held));
    page.effects.clear();
    page.hear(Event::Opened { scan: third, volume: placed(3, None) });
    assert!(page.asked().contains(&Request::OpenSample { scan: kept, seed: Some(1) }));
    page.hear(Event::Failed { scan: Some(kept), failure: failure(FailedStep::Open) });
    assert!(page.model.scans.kept().is_none() && page.model.notice.is_some());

    let (mut page, [kept, shown]) = Page::with_two();
    page.compare(CompareInput::Open);
    page.hear(Event::Closed { scan: shown });
    page.effects.clear();
    page.hear(Event::Opened { scan: shown, volume: placed(3, None) });
    assert_eq!(asks_to_compare(&page.asked()).len(), 1, "it is asked again once both are held");
    page.hear(Event::Closed { scan: kept });
    assert!(page.model.scans.kept().is_none() && page.scan().id == shown);
    assert_eq!(page.model.sheet, None);
    assert!(page.model.notice.as_ref().unwrap().sentence.say(Locale::English).contains("no room"));
}

#[test]
fn two_visits_are_compared_once_both_are_segmented_the_earlier_one_first() {
    let mut page = Page::ready();
    let later = page.opens_eye(1, Some("2024-06-01"));
    page.segments_all();
    page.compare(CompareInput::Open);
    assert_eq!(page.model.sheet, None, "there is but one");
    page.compare(CompareInput::Keep);
    let earlier = page.opens_eye(2, Some("2024-05-02T10:00:00"));
    assert!(page.model.why_not_compare().is_some());
    page.segments_all();
    page.effects.clear();
    page.compare(CompareInput::Open);
    let asked = page.asked();
    assert_eq!(asks_to_compare(&asked), [([earlier, later], 0)]);
    for scan in [earlier, later] {
        let slab = Slab::PigmentEpithelium;
        assert!(asked.contains(&Request::EnFace { scan, slab }), "{asked:?}");
    }
    page.send(Input::DismissNotice);
    assert!(asks_to_compare(&page.asked()).is_empty(), "it is asked once");
    page.compare(CompareInput::Swap);
    assert_eq!(asks_to_compare(&page.asked()), [([later, earlier], 0)]);
    page.hears_compared([earlier, later], 0.0);
    assert!(page.model.compare.as_ref().unwrap().found.is_none(), "that was before they were swapped");
}

#[test]
fn one_visit_follows_the_other_to_the_same_place() {
    let (mut page, visits) = Page::with_two();
    page.compare(CompareInput::Open);
    page.hears_compared(visits, 0.2);
    let compare = |page: &Page| page.model.compare.clone().unwrap();
    assert_eq!(compare(&page).found.unwrap().change(13, 3), [Some(7.5); 4]);
    assert_eq!(page.bscans_in_view(visits), [2, 1], "the kept one follows the one on show");
    page.compare(CompareInput::GoTo(0, 1));
    assert_eq!(page.bscans_in_view(visits), [1, 0]);
    page.compare(CompareInput::GoBy(-1));
    assert_eq!((page.bscans_in_view(visits), compare(&page).is_unseen), ([0, 0], true));
    page.compare(CompareInput::GoBy(2));
    assert_eq!((page.bscans_in_view(visits), compare(&page).is_unseen), ([2, 1], false));
    page.compare(CompareInput::Save);
    let saved = page
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Save { content, .. } if content.len() == 3));
    assert!(saved);
}

#[test]
fn places_that_are_marked_in_both_lay_the_visits_on_each_other_until_they_are_taken_back() {
    let (mut page, visits) = Page::with_two();
    page.compare(CompareInput::Open);
    page.hears_compared(visits, 0.0);
    page.compare(CompareInput::Press(0, [2.0, 1.0]));
    assert!(page.model.compare.as_ref().unwrap().marks.is_empty(), "a press goes there");
    page.compare(CompareInput::ToggleMarking);
    page.effects.clear();
    page.compare(CompareInput::Press(0, [2.0, 1.0]));
    assert!(asks_to_compare(&page.asked()).is_empty(), "one of them is no pair");
    for step in [[1.0, 0.0], [0.0, -1.0], [0.0, -1.0]] {
        page.compare(CompareInput::Cross(1, CrossInput::Step(step)));
    }
    assert_eq!(page.bscans_in_view(visits), [2, 0], "each by itself while places are marked");
    page.compare(CompareInput::Cross(1, CrossInput::Set));
    assert_eq!(asks_to_compare(&page.asked()), [(visits, 1)]);
    page.hear(Event::Failed {
        scan: Some(visits[0]),
        failure: Failure { sentence: "Too near.".to_owned(), ..failure(FailedStep::Compare) },
    });
    let compare = page.model.compare.as_ref().unwrap();
    assert_eq!((compare.why_not.as_deref(), compare.stage), (Some("Too near."), Stage::Answered));
    assert!(compare.found.is_some() && page.model.notice.is_none());
    page.compare(CompareInput::UndoMark);
    assert_eq!(asks_to_compare(&page.asked()), [(visits, 0)]);
    page.hears_compared(visits, 0.0);
    assert_eq!(page.model.compare.as_ref().unwrap().why_not, None);
}

#[test]
fn a_comparison_that_an_engine_owed_is_asked_of_the_next_one() {
    let (mut page, visits) = Page::with_two();
    page.compare(CompareInput::Open);
    page.restarts();
    page.hear(Event::Loaded);
    page.effects.clear();
    for scan in [visits[1], visits[0]] {
        assert!(asks_to_compare(&page.asked()).is_empty());
        page.hear(Event::Opened { scan, volume: placed(3, None) });
    }
    assert_eq!(asks_to_compare(&page.asked()), [(visits, 0)]);
}

#[test]
fn a_scan_that_is_dropped_meanwhile_closes_the_comparison() {
    let (mut page, _) = Page::with_two();
    page.compare(CompareInput::Open);
    assert_eq!(page.model.sheet, Some(Sheet::Compare));
    page.opens_eye(3, None);
    assert_eq!((page.model.sheet, page.model.scans.beside().is_some()), (None, true));
}
