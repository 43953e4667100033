use engine_protocol::{
    AxisCandidateInfo, BScanResult, DeviceKind, DevicePreference, DeviceReport, Event, FailedStep, Failure,
    Measurement, ModelInfo, Request, SaveKind, ScanId, Slab, StartStep, VolumeInfo,
};
use fluid::{PresenceAccumulator, measure};
use oct::{Axis, AxisOrder, AxisSpacing, FluidClass, Geometry, LabelMask, RunLengths};

use super::update;
use crate::model::effect::{Effect, Payload};
use crate::model::habits::Theme;
use crate::model::input::{Input, ViewInput};
use crate::model::notice::Notice;
use crate::model::pixels::Pixels;
use crate::model::scan::RunEnd;
use crate::model::scene::SceneInput;
use crate::model::scene_volume::{SceneKey, is_to_scale, scene_volume};
use crate::model::source::{DropId, Files};
use crate::model::zoom::Zoom;
use crate::model::{EngineStatus, Model, Scan, Settings, Sheet, key_bscans};
use crate::words::{Locale, Said};

mod compare;
mod correcting;
mod find;
mod worklist;

/// A page without a browser: what it asks for is read and answered by the test.
struct Page {
    model: Model,
    effects: Vec<Effect>,
}

impl Page {
    /// Just loaded; the worker's code is on its way.
    fn new() -> Self {
        let mut page = Self { model: Model::new(Settings::default()), effects: Vec::new() };
        page.send(Input::StartEngine);
        page
    }

    /// The engine is ready and the sample eye (3 B-scans of 2 x 1) is shown.
    fn ready() -> Self {
        let mut page = Self::new();
        page.hear(Event::Loaded);
        page.hear(device_chosen());
        page.opens(3);
        page.effects.clear();
        page
    }

    fn send(&mut self, input: Input) {
        self.effects.extend(update(&mut self.model, input));
    }

    fn hear(&mut self, event: Event) {
        self.hear_with(event, &[]);
    }

    fn hear_with(&mut self, event: Event, payload: &[Vec<u8>]) {
        let payload = payload.iter().cloned().map(Pixels::new).collect();
        self.send(Input::Engine(Box::new(event), payload));
    }

    /// What was asked of the engine since the last look.
    fn asked(&mut self) -> Vec<Request> {
        let requests = self.effects.drain(..).filter_map(|effect| match effect {
            Effect::Send(request, _) => Some(request),
            _ => None,
        });
        requests.collect()
    }

    /// The engine opens what it was asked for last.
    fn opens(&mut self, bscans: u32) -> ScanId {
        let scan = self.model.scans.openings().last().expect("something is being opened").id;
        self.hear(Event::Opened { scan, volume: info(bscans) });
        scan
    }

    fn picks(&mut self, dropped: u32, path: &str) {
        self.send(Input::Picked(Ok(files(dropped, path))));
    }

    fn scan(&self) -> &Scan {
        self.model.scan().expect("a scan is shown")
    }

    /// A run that has measured the first B-scan.
    fn measures_one(&mut self) -> ScanId {
        let scan = self.scan().id;
        self.send(Input::Segment);
        self.hear(Event::Begun { scan, kept: 0 });
        self.hear_with(mask_ready(scan, 0), &[labels(&[1, 0])]);
        scan
    }

    fn restarts(&mut self) {
        self.send(Input::EngineDied { details: "killed".to_owned() });
        self.send(Input::StartEngine);
    }
}

fn files(dropped: u32, path: &str) -> Files {
    Files { dropped: DropId(dropped), paths: [path.to_owned()].into(), choice: None, axes: None }
}

fn info(bscans: u32) -> VolumeInfo {
    VolumeInfo {
        name: "eye".to_owned(),
        format: "generated".to_owned(),
        columns: 2,
        rows: 1,
        bscans,
        geometry: Geometry::default(),
        vendor: None,
        acquisition: Default::default(),
        fundus: None,
        surfaces: Vec::new(),
        axis_candidates: Vec::new(),
        odd_picture: None,
        choices: Vec::new(),
        chosen: 0,
        may_name_a_patient: false,
        bits: 8,
        warnings: Vec::new(),
        nameless_warnings: Vec::new(),
        is_sample: true,
    }
}

fn device_chosen() -> Event {
    Event::DeviceChosen {
        device: DeviceReport { kind: DeviceKind::Cpu, name: "CPU".to_owned(), reason: "a test".to_owned() },
        model: ModelInfo {
            own_file: None,
            name: "net".to_owned(),
            sha256: "00".to_owned(),
            parameters: 1,
            labels: Vec::new(),
            presence_thresholds: [0.5; 3],
        },
    }
}

/// Figures of 3 B-scans, of which the first is measured.
fn measurement() -> Measurement {
    let mut mask = LabelMask::unmeasured(2, 1, 3);
    mask.set_bscan(0, vec![1, 0]).unwrap();
    measure(&mask, &Geometry::default(), &PresenceAccumulator::new())
}

/// Labels as they travel.
fn labels(labels: &[u8]) -> Vec<u8> {
    RunLengths::encode(labels).to_bytes()
}

fn mask_ready(scan: ScanId, bscan: u32) -> Event {
    let result = BScanResult {
        bscan,
        evidence: [0.9, 0.0, 0.0],
        device: "CPU".to_owned(),
        has_picture: true,
        doubtful_voxels: None,
    };
    Event::MaskReady { scan, result, measurement: measurement() }
}

fn failure(during: FailedStep) -> Failure {
    Failure { during, sentence: "It failed.".to_owned(), details: String::new() }
}

#[test]
fn the_page_opens_on_the_sample_eye_in_its_middle() {
    let mut page = Page::new();
    assert!(matches!(page.effects.as_slice(), [Effect::StartEngine]));
    page.hear(Event::Loaded);
    assert!(matches!(page.asked().as_slice(), [Request::Start { .. }, Request::OpenSample { .. }]));
    assert_eq!(page.model.scans.opening_name(Locale::English).as_deref(), Some("the sample eye"));
    let scan = page.opens(3);
    assert_eq!(page.scan().cursor.bscan, 1);
    assert_eq!(page.asked()[0], Request::BScan { scan, bscan: 1 });
    assert_eq!(page.model.scans.opening_name(Locale::English), None);
}

#[test]
fn what_is_wanted_while_a_restarted_engine_loads_is_opened_once_it_hears() {
    let mut page = Page::ready();
    page.picks(1, "eye.vol");
    page.opens(5);
    page.restarts();
    page.send(Input::OpenSample);
    assert_eq!(page.model.scans.opening_name(Locale::English).as_deref(), Some("the sample eye"));
    page.effects.clear();
    page.hear(Event::Loaded);
    let asked = page.asked();
    assert!(
        matches!(asked.as_slice(), [Request::Start { .. }, Request::Open { .. }, Request::OpenSample { .. }]),
        "the scan on show is read again, then the sample eye: {asked:?}"
    );
    page.opens(3);
    assert!(page.scan().info.is_sample && page.scan().info.bscans == 3);
}

#[test]
fn a_worker_that_dies_while_it_starts_is_replaced_without_a_gpu_and_opens_what_was_wanted() {
    for wanted in [Input::OpenSample, Input::Picked(Ok(files(4, "eye.vol")))] {
        let mut page = Page::ready();
        page.picks(1, "other.vol");
        page.opens(5);
        page.restarts();
        page.hear(Event::Loaded);
        page.hear(Event::Starting { step: StartStep::LookingForGpu });
        page.send(wanted.clone());
        page.effects.clear();
        page.send(Input::EngineDied { details: "the driver".to_owned() });
        assert!(page.model.notice.is_none());
        page.hear(Event::Loaded);
        let asked = page.asked();
        let Some(Request::Start { device: DevicePreference::Cpu, .. }) = asked.first() else {
            panic!("it starts on the processor: {asked:?}");
        };
        match wanted {
            Input::OpenSample => assert!(matches!(asked.last(), Some(Request::OpenSample { .. }))),
            _ => assert!(matches!(asked.last(), Some(Request::Open { paths, .. }) if *paths == ["eye.vol"])),
        }
        page.hear(Event::Starting { step: StartStep::SelfTest });
        page.send(Input::EngineDied { details: "again".to_owned() });
        assert_eq!(page.model.engine.status, EngineStatus::Stopped, "it is tried once");
    }
}

#[test]
fn typing_a_spacing_keeps_the_zoom_and_another_scan_is_seen_whole() {
    let mut page = Page::ready();
    page.send(Input::View(ViewInput::ZoomIn));
    let zoom = page.scan().zoom;
    assert!(zoom.is_enlarged());
    let mut geometry = Geometry::default();
    geometry.set_spacing(Axis::Axial, AxisSpacing::from_user(Axis::Axial, 0.004).unwrap());
    let scan = page.scan().id;
    page.hear(Event::GeometryChanged { scan, geometry, measurement: None, measured_otherwise: false });
    assert_eq!(page.scan().zoom, zoom);
    page.send(Input::OpenSample);
    page.opens(3);
    assert_eq!(page.scan().zoom, Zoom::default());
}

#[test]
fn a_link_opens_its_generated_eye_and_so_does_a_restarted_engine() {
    let settings = Settings { eye: Some(7), ..Settings::default() };
    let mut page = Page { model: Model::new(settings), effects: Vec::new() };
    page.send(Input::StartEngine);
    page.hear(Event::Loaded);
    let seed = |page: &mut Page| match page.asked().pop() {
        Some(Request::OpenSample { seed, .. }) => seed,
        other => panic!("{other:?}"),
    };
    assert_eq!(seed(&mut page), Some(7));
    page.opens(3);
    page.asked();
    page.send(Input::OpenEye(8));
    assert_eq!(seed(&mut page), Some(8));
    page.opens(3);
    page.restarts();
    page.asked();
    page.hear(Event::Loaded);
    assert_eq!(seed(&mut page), Some(8));
}

#[test]
fn the_truth_of_a_generated_eye_is_asked_for_once_and_never_of_a_persons() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.send(Input::View(ViewInput::ToggleTruth));
    page.send(Input::GoBy(1));
    let asks = |asked: Vec<Request>| asked.iter().filter(|it| matches!(it, Request::Truth { .. })).count();
    assert_eq!(asks(page.asked()), 1);
    page.hear_with(Event::Truth { scan }, &[labels(&[0, 3]), labels(&[1]), labels(&[2, 2])]);
    let truth = &page.scan().truth;
    assert_eq!((truth.labels(0), truth.labels(2)), (vec![0, 3], vec![2, 2]));
    assert_eq!((truth.labels(1), truth.labels(9)), (vec![], vec![]), "of another size, or not there");
    page.picks(1, "eye.vol");
    let scan = page.model.scans.openings().last().unwrap().id;
    page.hear(Event::Opened { scan, volume: VolumeInfo { is_sample: false, ..info(3) } });
    page.send(Input::GoBy(1));
    assert_eq!(asks(page.asked()), 0);
}

#[test]
fn the_tour_is_offered_until_it_is_taken_or_declined_and_escape_ends_it() {
    let mut page = Page::ready();
    page.send(Input::Sheet(Some(Sheet::Help)));
    page.send(Input::Tour(Some(0)));
    assert_eq!((page.model.tour, page.model.sheet), (Some(0), None));
    let kept = |effect: &Effect| matches!(effect, Effect::KeepHabits(habits) if habits.toured);
    assert!(page.effects.iter().any(kept));
    page.send(Input::Escape);
    assert_eq!(page.model.tour, None);
    page.effects.clear();
    page.send(Input::Tour(Some(5)));
    assert!(page.model.tour.is_none() && page.effects.is_empty(), "past the last step it is over");
}

#[test]
fn a_report_asks_for_the_view_from_the_front_and_for_the_pictures_that_stand_for_the_scan() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.asked();
    page.send(Input::Sheet(Some(Sheet::Report)));
    let asked = page.asked();
    assert!(asked.contains(&Request::EnFace { scan, slab: Slab::Whole }), "{asked:?}");
    assert_eq!(key_bscans(page.scan()).first().map(|key| (key.bscan, key.is_foveal)), Some((1, Some(false))));
    page.send(Input::Sheet(None));
    assert!(page.asked().is_empty());
}

#[test]
fn another_scan_takes_the_place_of_the_old_one_with_all_that_hung_on_it() {
    let mut page = Page::ready();
    let old = page.measures_one();
    page.hear(Event::Cancelled { scan: old });
    page.send(Input::Identify(true));
    page.send(Input::Export(SaveKind::Json));
    page.effects.clear();
    page.picks(1, "eye.vol");
    assert_eq!(page.scan().id, old, "the old one stays until the new one is open");
    let new = page.opens(5);
    assert!(page.asked().contains(&Request::Close { scan: old }));
    let scan = page.scan();
    assert_eq!((scan.id, scan.cursor.bscan, scan.measured_bscans()), (new, 2, 0));
    assert!(!scan.identified && scan.exporting.is_empty() && scan.run_end.is_none());
    assert!(scan.bscans.measured(0).is_none());
}

#[test]
fn what_is_meant_for_another_scan_changes_nothing() {
    let mut page = Page::ready();
    let old = page.measures_one();
    page.picks(1, "eye.vol");
    page.send(Input::AnswerReplace(true));
    page.opens(3);
    let shown = format!("{:?}", page.scan());
    page.hear_with(Event::BScan { scan: old, bscan: 1 }, &[vec![9, 9]]);
    page.hear_with(mask_ready(old, 1), &[labels(&[3, 3])]);
    page.hear(Event::MasksAdopted { scan: old, measurement: measurement() });
    page.hear(Event::Begun { scan: old, kept: 0 });
    page.hear(Event::Finished { scan: old, measurement: measurement(), bscans: 3, elapsed_ms: 1.0 });
    page.hear_with(Event::Similarity { scan: old, bscan: 1, names: Vec::new() }, &[vec![1, 2]]);
    page.hear_with(Event::Fundus { scan: old }, &[vec![1, 2]]);
    page.hear(Event::Cancelled { scan: old });
    page.hear(Event::Closed { scan: old });
    page.hear(Event::Exported { scan: old, kind: SaveKind::Csv, files: Vec::new() });
    let geometry = Geometry { origin_mm: [1.0; 3], ..Geometry::default() };
    let (measurement, measured_otherwise) = (Some(measurement()), true);
    page.hear(Event::GeometryChanged { scan: old, geometry, measurement, measured_otherwise });
    // Pictures may have been asked for since; all else is as it was.
    page.model.scans.shown_mut().unwrap().bscans.forget_requests();
    let forgotten = |text: String| text.split("requested").next().unwrap_or_default().to_owned();
    assert_eq!(forgotten(format!("{:?}", page.scan())), forgotten(shown));
}

#[test]
fn a_scan_that_nobody_waits_for_any_more_is_closed() {
    let mut page = Page::ready();
    let stray = ScanId(99);
    page.hear(Event::Opened { scan: stray, volume: info(9) });
    assert_eq!(page.asked(), [Request::Close { scan: stray }]);
    assert_eq!(page.scan().info.bscans, 3);
}

#[test]
fn a_run_is_stopped_for_another_scan_only_where_the_person_says_so() {
    let mut page = Page::ready();
    let running = page.measures_one();
    page.effects.clear();
    page.picks(1, "a.vol");
    assert!(page.model.question.is_some() && page.asked().is_empty());
    page.send(Input::AnswerReplace(false));
    assert!(page.model.question.is_none() && page.scan().run.is_some());

    page.picks(1, "a.vol");
    page.send(Input::Escape);
    assert!(page.model.question.is_none() && page.scan().run.is_some_and(|run| !run.cancelling));

    page.picks(2, "b.vol");
    page.send(Input::AnswerReplace(true));
    assert!(page.scan().run.is_some(), "a file that cannot be read costs nothing");
    let opening = page.model.scans.openings()[0].id;
    page.hear(Event::Failed { scan: Some(opening), failure: failure(FailedStep::Open) });
    assert!(page.scan().id == running && page.scan().run.is_some());
    assert!(page.model.notice.is_some());
}

#[test]
fn a_scan_that_waited_for_an_answer_is_opened_where_the_run_is_over_otherwise() {
    let mut page = Page::ready();
    page.measures_one();
    page.picks(1, "a.vol");
    page.send(Input::AnswerReplace(true));
    // While a.vol is on its way another one is dropped, and then a.vol opens.
    page.picks(2, "b.vol");
    assert!(page.model.question.is_some());
    page.effects.clear();
    page.opens(5);
    assert!(page.model.question.is_none());
    let asked = page.asked();
    assert!(
        asked.iter().any(|r| matches!(r, Request::Open { paths, .. } if *paths == ["b.vol"])),
        "{asked:?}"
    );
}

#[test]
fn a_folder_that_took_its_time_does_not_replace_what_was_asked_for_meanwhile() {
    let mut page = Page::ready();
    page.send(Input::DropBegun);
    let asked = page.model.times_asked_to_open;
    page.picks(1, "eye.vol");
    page.effects.clear();
    page.send(Input::Dropped { asked, files: Ok(files(2, "folder/1.png")) });
    assert!(page.asked().is_empty());
    assert!(!page.model.needs(DropId(2)) && page.model.needs(DropId(1)));
}

#[test]
fn a_drop_without_files_and_files_that_cannot_be_read_are_said_and_change_nothing() {
    let mut page = Page::ready();
    let nothing = Files { dropped: DropId(1), paths: [].into(), choice: None, axes: None };
    for dropped in [Ok(nothing), Err(Notice::new(Said::verbatim("There are too many files.")))] {
        page.model.notice = None;
        page.send(Input::Picked(dropped));
        assert!(page.model.notice.is_some() && page.model.scans.openings().is_empty());
    }
}

#[test]
fn another_volume_of_the_same_files_is_opened_from_the_same_drop() {
    let mut page = Page::ready();
    page.picks(7, "two.E2E");
    page.opens(5);
    page.effects.clear();
    page.send(Input::ChooseVolume(1));
    let sent = page.effects.iter().find_map(|effect| match effect {
        Effect::Send(Request::Open { choice, .. }, payload) => Some((*choice, payload.clone())),
        _ => None,
    });
    assert_eq!(sent, Some((Some(1), Payload::Files(DropId(7)))));
}

/// A drop of two volumes, of which the first is on show.
fn opens_two(page: &mut Page) -> ScanId {
    page.picks(7, "two.E2E");
    let scan = page.model.scans.openings().last().expect("it is being opened").id;
    let choices = vec!["OD, 5 B-scans".to_owned(), "OS, 5 B-scans".to_owned()];
    page.hear(Event::Opened { scan, volume: VolumeInfo { choices, ..info(5) } });
    page.effects.clear();
    scan
}

#[test]
fn of_several_volumes_nothing_is_measured_before_one_is_chosen() {
    let mut page = Page::ready();
    let scan = opens_two(&mut page);
    assert!(page.scan().asks_for_volume());
    page.send(Input::Segment);
    assert!(page.asked().is_empty());
    assert!(page.model.why_not_segment().is_some_and(|why| why.en.contains("which volume")));

    // The one on show is open already: it is not read again.
    page.send(Input::ChooseVolume(0));
    assert!(page.asked().is_empty() && page.model.scans.openings().is_empty());
    assert_eq!(page.model.why_not_segment(), None);
    page.send(Input::Segment);
    assert!(matches!(page.asked()[..], [Request::Segment { scan: asked, .. }] if asked == scan));
}

#[test]
fn a_choice_is_taken_back_while_it_is_read_and_outlives_the_engine() {
    let mut page = Page::ready();
    opens_two(&mut page);
    page.send(Input::ChooseVolume(1));
    page.send(Input::ChooseVolume(0));
    let choices: Vec<_> = page
        .asked()
        .into_iter()
        .filter_map(|request| match request {
            Request::Open { choice, .. } => Some(choice),
            _ => None,
        })
        .collect();
    assert_eq!(choices, [Some(1), Some(0)], "the second one takes the place of the first");
    page.opens(5);
    assert!(!page.scan().asks_for_volume());
    page.restarts();
    page.effects.clear();
    page.hear(Event::Loaded);
    assert!(page.asked().iter().any(|request| matches!(request, Request::Open { choice: Some(0), .. })));
}

#[test]
fn a_dead_engine_takes_neither_picture_nor_figures_and_the_next_one_is_handed_both() {
    let mut page = Page::ready();
    let scan = page.measures_one();
    let mut geometry = Geometry::default();
    geometry.set_spacing(Axis::Axial, AxisSpacing::from_user(Axis::Axial, 0.004).unwrap());
    let measured = Some(measurement());
    page.hear(Event::GeometryChanged { scan, geometry, measurement: measured, measured_otherwise: true });
    page.send(Input::EngineDied { details: "killed".to_owned() });
    assert_eq!(page.model.engine.status, EngineStatus::Stopped);
    assert_eq!(page.scan().measured_bscans(), 1);
    assert_eq!(page.scan().run_end, Some(RunEnd::Failed));
    assert!(page.model.why_not_segment().is_some());

    page.send(Input::StartEngine);
    page.hear(Event::Loaded);
    page.effects.clear();
    assert_eq!(page.opens(3), scan, "it is the same scan");
    let effects = std::mem::take(&mut page.effects);
    assert!(matches!(&effects[0], Effect::Send(Request::SetSpacing { spacing, .. }, _)
        if *spacing == [(Axis::Axial, 0.004)]));
    assert!(matches!(&effects[1], Effect::Send(
        Request::AdoptMasks { bscans, measured_otherwise: true, .. },
        Payload::Masks { found: masks, drawn },
    ) if drawn.is_empty() && bscans.len() == 1 && masks[0].0.decode() == [1, 0]));
    assert_eq!(page.scan().measured_bscans(), 1);
}

#[test]
fn a_confirmed_spacing_is_asked_for_of_the_engine_and_handed_to_the_next_one() {
    let mut page = Page::ready();
    let scan = page.measures_one();
    page.effects.clear();
    let confirmed = vec![(Axis::Axial, 0.0039)];
    page.send(Input::ConfirmSpacing(confirmed.clone()));
    assert!(matches!(&page.effects[..], [Effect::Send(Request::ConfirmSpacing { scan: asked, spacing }, _)]
        if *asked == scan && *spacing == confirmed));

    let mut geometry = Geometry::default();
    let stated = oct::SpacingSource::FromFile { tag: "ScaleZ".to_owned() };
    geometry.set_spacing(Axis::Axial, AxisSpacing::new(Axis::Axial, 3.9, stated).unwrap());
    geometry.confirm(&confirmed).unwrap();
    page.hear(Event::GeometryChanged { scan, geometry, measurement: None, measured_otherwise: false });
    assert_eq!((page.scan().typed_spacing(), page.scan().confirmed_spacing()), (vec![], confirmed.clone()));
    page.send(Input::EngineDied { details: "killed".to_owned() });
    page.effects.clear();
    page.send(Input::ConfirmSpacing(confirmed.clone()));
    assert!(page.effects.is_empty(), "no engine holds the scan");

    page.send(Input::StartEngine);
    page.hear(Event::Loaded);
    page.effects.clear();
    page.opens(3);
    assert!(matches!(&page.effects[0], Effect::Send(Request::ConfirmSpacing { spacing, .. }, _)
        if *spacing == confirmed));
}

#[test]
fn a_device_that_fails_in_a_run_stops_the_engine_and_a_run_that_cannot_begin_does_not() {
    let mut page = Page::ready();
    let scan = page.measures_one();
    page.hear(Event::Failed { scan: Some(scan), failure: failure(FailedStep::Segment) });
    assert_eq!((page.scan().run_end, page.model.engine.status), (Some(RunEnd::Failed), EngineStatus::Ready));
    page.measures_one();
    page.effects.clear();
    page.hear(Event::Failed { scan: Some(scan), failure: failure(FailedStep::Compute) });
    assert!(matches!(page.effects.as_slice(), [Effect::StopEngine]));
    assert_eq!(page.model.engine.status, EngineStatus::Stopped);
    assert_eq!(page.scan().measured_bscans(), 1);
}

#[test]
fn the_scan_on_show_is_read_again_where_its_memory_was_needed_or_an_opening_came_in_between() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.hear(Event::Closed { scan });
    assert!(!page.scan().is_held);
    assert_eq!(page.asked(), [Request::OpenSample { scan, seed: None }]);
    // Another scan is wanted meanwhile: the engine gives the first one up.
    page.picks(1, "broken.vol");
    let broken = page.model.scans.openings()[1].id;
    page.effects.clear();
    page.hear(Event::Closed { scan });
    assert!(page.asked().is_empty(), "what is wanted is not given up for it");
    page.hear(Event::Failed { scan: Some(broken), failure: failure(FailedStep::Open) });
    assert_eq!(page.asked(), [Request::OpenSample { scan, seed: None }]);
    page.opens(3);
    assert!(page.scan().is_held);
}

#[test]
fn a_scan_whose_memory_is_needed_for_the_next_one_is_not_read_again_before_that_is_open() {
    let mut page = Page::ready();
    let old = page.scan().id;
    page.picks(1, "large.vol");
    page.effects.clear();
    page.hear(Event::Closed { scan: old });
    assert!(page.asked().is_empty());
    let new = page.opens(5);
    assert_eq!(page.scan().id, new);
    assert!(page.model.scans.openings().is_empty());
}

#[test]
fn cancel_stops_the_run_once_or_else_what_is_being_opened() {
    let mut page = Page::ready();
    let scan = page.measures_one();
    page.effects.clear();
    page.send(Input::Cancel);
    page.send(Input::Escape);
    assert_eq!(page.asked(), [Request::Cancel { scan }]);
    page.hear(Event::Cancelled { scan });
    assert_eq!((page.scan().run, page.scan().run_end), (None, Some(RunEnd::Cancelled)));
    assert!(page.scan().is_unfinished());

    page.picks(1, "slow.vol");
    let slow = page.model.scans.openings()[0].id;
    page.effects.clear();
    page.send(Input::Cancel);
    assert_eq!(page.asked(), [Request::Close { scan: slow }]);
    page.hear(Event::Closed { scan: slow });
    assert!(page.model.scans.openings().is_empty() && page.scan().id == scan);
}

#[test]
fn a_run_that_goes_on_keeps_what_is_measured_and_a_new_one_forgets_it() {
    let mut page = Page::ready();
    let scan = page.measures_one();
    page.hear(Event::Cancelled { scan });
    page.send(Input::Segment);
    page.hear(Event::Begun { scan, kept: 1 });
    assert_eq!((page.scan().run.map(|run| run.done), page.scan().measured_bscans()), (Some(1), 1));
    page.hear(Event::Finished { scan, measurement: measurement(), bscans: 2, elapsed_ms: 5.0 });
    assert_eq!(page.scan().run_end, Some(RunEnd::Finished { bscans: 2, elapsed_ms: 5.0 }));
    page.send(Input::Segment);
    page.hear(Event::Begun { scan, kept: 0 });
    assert_eq!(page.scan().measured_bscans(), 0);
    assert!(page.scan().bscans.measured(0).is_none());
}

#[test]
fn pictures_and_masks_of_another_size_are_not_taken() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.hear_with(Event::BScan { scan, bscan: 1 }, &[vec![9; 3]]);
    assert!(page.scan().bscans.picture(1).is_none());
    page.hear_with(Event::BScan { scan, bscan: 1 }, &[vec![9; 2], 1.5_f32.to_le_bytes().to_vec()]);
    assert_eq!(page.scan().bscans.picture(1).map(Pixels::to_vec), Some(vec![9, 9]));
    assert_eq!(page.scan().bscans.boundaries(1), [1.5]);
    page.send(Input::Segment);
    page.hear_with(mask_ready(scan, 0), &[labels(&[1; 5])]);
    assert_eq!(page.scan().measured_bscans(), 0);
}

#[test]
fn one_similarity_map_is_asked_for_at_a_time_and_only_that_of_the_bscan_in_view_is_kept() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.send(Input::View(ViewInput::ToggleSimilarity));
    page.send(Input::GoBy(1));
    let maps = |asked: Vec<Request>| -> Vec<u32> {
        asked
            .into_iter()
            .filter_map(|request| match request {
                Request::Similarity { bscan, .. } => Some(bscan),
                _ => None,
            })
            .collect()
    };
    assert_eq!(maps(page.asked()), [1]);
    page.hear_with(Event::Similarity { scan, bscan: 1, names: Vec::new() }, &[vec![0, 255]]);
    assert!(page.scan().bscans.similarity(1).is_empty(), "it was scrolled past");
    assert_eq!(maps(page.asked()), [2]);
    page.hear_with(Event::Similarity { scan, bscan: 2, names: Vec::new() }, &[vec![0, 255]]);
    assert!(!page.scan().bscans.similarity(2).is_empty());
    assert!(maps(page.asked()).is_empty());
}

#[test]
fn a_file_is_made_once_at_a_time_and_handed_to_the_browser() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.send(Input::Export(SaveKind::Json));
    page.send(Input::Export(SaveKind::Json));
    assert_eq!(page.asked().len(), 1);
    let files = vec![("report.json".to_owned(), "application/json".to_owned())];
    page.hear_with(Event::Exported { scan, kind: SaveKind::Json, files }, &[b"{}".to_vec()]);
    assert!(page.scan().exporting.is_empty());
    assert!(matches!(page.effects.as_slice(), [Effect::Save { name, content, .. }]
        if name == "report.json" && content.to_vec() == b"{}"));
}

#[test]
fn files_that_are_lost_with_the_engine_are_named() {
    for lose in [Input::EngineDied { details: "killed".to_owned() }, Input::StartEngine] {
        let mut page = Page::ready();
        page.send(Input::Export(SaveKind::Json));
        page.send(Input::Export(SaveKind::Nifti));
        page.send(lose);
        let notice = page.model.notice.clone().unwrap();
        let sentence = notice.sentence.say(Locale::English);
        let lost = format!("JSON report of {0}, NIfTI mask of {0} were not saved", page.scan().info.name);
        assert!(sentence.contains(&lost), "{sentence}");
        assert!(page.scan().exporting.is_empty());
    }
}

#[test]
fn going_past_either_end_stays_at_the_end_and_a_class_is_hidden_and_shown() {
    let mut page = Page::ready();
    for (input, bscan) in
        [(Input::GoTo(i64::MAX), 2), (Input::GoBy(9), 2), (Input::GoTo(i64::MIN), 0), (Input::GoBy(1), 1)]
    {
        page.send(input);
        assert_eq!(page.scan().cursor.bscan, bscan);
    }
    page.send(Input::View(ViewInput::Toggle(FluidClass::Srf)));
    assert_eq!(page.model.view.drawn(), [true, false, true]);
    page.send(Input::View(ViewInput::HideOverlay(true)));
    assert_eq!(page.model.view.drawn(), [false; 3]);
    page.send(Input::PointAt { column: 99.0, row: Some(-1.0) });
    assert_eq!((page.scan().cursor.column, page.scan().cursor.row), (Some(2.0), Some(0.0)));
}

#[test]
fn without_an_engine_nothing_is_opened_and_the_page_says_so() {
    let mut page = Page::ready();
    page.send(Input::EngineDied { details: "killed".to_owned() });
    page.send(Input::DismissNotice);
    page.effects.clear();
    page.picks(1, "eye.vol");
    assert!(page.asked().is_empty());
    assert!(page.model.notice.as_ref().unwrap().sentence.say(Locale::English).contains("restart it"));
}

/// A scan that may have either of two orders, with a picture of each.
fn asks_for_axes(page: &mut Page) -> [AxisOrder; 2] {
    let orders = [AxisOrder::STANDARD, AxisOrder::STANDARD.turned()];
    let candidate =
        |axes| AxisCandidateInfo { axes, volume: "3 B-scans of 2 x 1".to_owned(), columns: 2, rows: 1 };
    page.picks(4, "eye.npy");
    let scan = page.model.scans.openings().last().expect("it is being opened").id;
    let volume = VolumeInfo { axis_candidates: orders.map(candidate).into(), ..info(3) };
    page.hear_with(Event::Opened { scan, volume }, &[vec![1, 2], vec![3, 4]]);
    page.effects.clear();
    orders
}

#[test]
fn a_scan_of_unknown_axes_is_not_segmented_before_the_person_chose_a_picture() {
    let mut page = Page::ready();
    let [_, turned] = asks_for_axes(&mut page);
    let greys: Vec<_> = page.scan().axis_pictures.iter().map(|picture| picture.to_vec()).collect();
    assert_eq!(greys, [[1, 2], [3, 4]]);
    page.send(Input::Segment);
    assert!(page.asked().is_empty());
    assert!(page.model.why_not_segment().is_some_and(|why| why.en.contains("B-scan")));

    page.send(Input::ChooseAxes(turned));
    let asked = page.asked();
    assert!(matches!(&asked[..], [Request::Open { axes, .. }] if *axes == Some(turned)), "{asked:?}");
    page.opens(3);
    assert_eq!(page.model.why_not_segment(), None);
}

#[test]
fn an_odd_picture_is_not_segmented_before_the_person_says_that_it_is_right() {
    let mut page = Page::ready();
    page.picks(4, "negative.png");
    let scan = page.model.scans.openings().last().expect("it is being opened").id;
    let axes = AxisOrder::STANDARD;
    let only = AxisCandidateInfo { axes, volume: "3 B-scans of 2 x 1".to_owned(), columns: 2, rows: 1 };
    let odd_picture = Some("The picture seems to be a negative.".to_owned());
    let volume = VolumeInfo { axis_candidates: vec![only], odd_picture, ..info(3) };
    page.hear_with(Event::Opened { scan, volume }, &[vec![1, 2]]);
    assert!(page.model.why_not_segment().is_some_and(|why| why.en.contains("right as it is")));
    page.effects.clear();
    page.send(Input::View(ViewInput::Toggle(FluidClass::Irf)));
    assert!(matches!(&page.asked()[..], [Request::Open { axes: Some(stated), .. }] if *stated == axes));
}

#[test]
fn a_new_engine_opens_a_scan_with_the_axes_that_were_chosen() {
    let mut page = Page::ready();
    let [_, turned] = asks_for_axes(&mut page);
    page.send(Input::ChooseAxes(turned));
    page.opens(3);
    page.effects.clear();
    page.restarts();
    page.hear(Event::Loaded);
    let axes = page.asked().into_iter().find_map(|request| match request {
        Request::Open { axes, .. } => axes,
        _ => None,
    });
    assert_eq!(axes, Some(turned));
}

#[test]
fn the_keys_of_the_classes_choose_a_picture_while_it_is_asked_for() {
    let mut page = Page::ready();
    let [_, turned] = asks_for_axes(&mut page);
    page.send(Input::View(ViewInput::Toggle(FluidClass::Ped)));
    assert!(page.asked().is_empty(), "there is no third picture");
    page.send(Input::View(ViewInput::Toggle(FluidClass::Srf)));
    assert!(matches!(&page.asked()[..], [Request::Open { axes, .. }] if *axes == Some(turned)));
}

#[test]
fn a_language_is_spoken_at_once_and_remembered_and_notices_on_show_follow() {
    let mut page = Page::ready();
    page.send(Input::EngineDied { details: "killed".to_owned() });
    page.effects.clear();
    page.send(Input::ChooseLanguage(Locale::Chinese));
    assert!(matches!(page.effects.as_slice(), [Effect::UseLanguage(Locale::Chinese)]));
    let notice = page.model.notice.clone().unwrap();
    assert!(notice.sentence.say(page.model.locale).starts_with("引擎已停止"));
    page.send(Input::OpenSample);
    assert_eq!(page.model.notice.unwrap().sentence.say(Locale::Chinese).chars().last(), Some('。'));
}

/// What is asked for so that somebody can look at it.
fn looked_at(page: &mut Page) -> Vec<Request> {
    let is_view = |request: &Request| {
        matches!(
            request,
            Request::Mean { .. }
                | Request::Chances { .. }
                | Request::CrossSection { .. }
                | Request::EnFace { .. }
        )
    };
    page.asked().into_iter().filter(is_view).collect()
}

#[test]
fn views_are_asked_for_when_they_are_looked_at_and_again_where_the_cursor_goes() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.send(Input::GoBy(1));
    assert_eq!(looked_at(&mut page), [], "nobody looks at them");
    page.send(Input::View(ViewInput::NextViews));
    assert_eq!(looked_at(&mut page), [Request::EnFace { scan, slab: Slab::Whole }]);
    page.send(Input::View(ViewInput::NextViews));
    assert_eq!(looked_at(&mut page), [Request::CrossSection { scan, column: 0 }]);
    page.send(Input::PointAt { column: 1.5, row: None });
    assert_eq!(looked_at(&mut page), [], "one is under way");
    page.hear_with(Event::CrossSection { scan, column: 0 }, &[vec![0; 3]]);
    assert_eq!(looked_at(&mut page), [Request::CrossSection { scan, column: 1 }]);
}

#[test]
fn a_picture_of_another_size_is_not_shown_and_not_asked_for_for_ever() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.send(Input::View(ViewInput::NextMean));
    assert_eq!(looked_at(&mut page), [Request::Mean { scan, bscan: 1, bscans: 3 }]);
    page.hear_with(Event::Mean { scan, bscan: 1, bscans: 3 }, &[vec![0; 7]]);
    assert!(page.scan().mean.get((1, 3)).is_none());
    page.send(Input::DismissNotice);
    assert_eq!(looked_at(&mut page), []);
}

#[test]
fn probabilities_are_asked_for_only_of_what_is_measured() {
    let mut page = Page::ready();
    page.send(Input::View(ViewInput::ToggleDoubt));
    assert_eq!(looked_at(&mut page), []);
    let scan = page.measures_one();
    page.send(Input::GoTo(0));
    assert_eq!(looked_at(&mut page), [Request::Chances { scan, bscan: 0 }]);
}

fn relabelled(scan: ScanId, threshold: f32) -> Event {
    Event::Relabelled { scan, threshold, bscans: vec![0], measurement: measurement() }
}

#[test]
fn while_one_threshold_is_under_way_only_the_newest_wish_waits() {
    let mut page = Page::ready();
    let scan = page.measures_one();
    page.asked();
    for threshold in [0.4, 0.35, 0.3] {
        page.send(Input::SetThreshold(threshold));
    }
    assert_eq!(page.asked(), [Request::SetThreshold { scan, threshold: 0.4 }]);
    let runs = oct::RunLengths::encode(&[1, 1]).to_bytes();
    page.hear_with(relabelled(scan, 0.4), std::slice::from_ref(&runs));
    assert_eq!(page.asked(), [Request::SetThreshold { scan, threshold: 0.3 }]);
    page.hear_with(relabelled(scan, 0.3), &[runs]);
    assert_eq!(page.asked(), []);
    assert_eq!((page.scan().threshold, page.scan().threshold_wanted), (0.3, None));
    assert_eq!(page.scan().bscans.measured(0).unwrap().mask.decode(), [1, 1]);
}

#[test]
fn a_new_engine_is_told_threshold_fovea_and_boundaries() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.send(Input::Segment);
    page.hear(Event::Begun { scan, kept: 0 });
    let rows: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|row| row.to_le_bytes()).collect();
    page.hear_with(mask_ready(scan, 0), &[labels(&[1, 0]), rows]);
    page.hear_with(relabelled(scan, 0.3), &[oct::RunLengths::encode(&[1, 1]).to_bytes()]);
    let fovea = Some(fluid::FoveaPlace { bscan: 1.0, column: 0.5 });
    page.send(Input::SetFovea(fovea));
    page.restarts();
    page.hear(Event::Loaded);
    page.effects.clear();
    page.opens(3);
    let masks = page.effects.iter().find_map(|effect| match effect {
        Effect::Send(_, Payload::Masks { found: masks, .. }) => Some(masks.clone()),
        _ => None,
    });
    let masks = masks.unwrap();
    assert_eq!((masks[0].0.decode(), masks[0].1.as_slice()), (vec![1, 1], &[1.0, 2.0, 3.0, 4.0][..]));
    let asked = page.asked();
    let adopts = |request: &Request| matches!(request, Request::AdoptMasks { threshold: 0.3, .. });
    assert!(asked.iter().any(adopts), "{asked:?}");
    assert!(asked.contains(&Request::SetFovea { scan, fovea }), "{asked:?}");
    page.hear(Event::MasksAdopted { scan, measurement: measurement() });
    assert!(page.scan().lacks_chances, "they went with the engine");
    page.send(Input::SetThreshold(0.5));
    assert_eq!(page.asked(), []);
}

#[test]
fn what_a_person_chose_of_the_page_is_kept_and_what_they_look_at_is_not() {
    let mut page = Page::ready();
    page.send(Input::View(ViewInput::ToggleDoubt));
    page.send(Input::View(ViewInput::NextWindow));
    assert!(!page.effects.iter().any(|effect| matches!(effect, Effect::KeepHabits(_))));
    page.send(Input::View(ViewInput::Theme(Theme::Light)));
    let kept = page.effects.iter().find_map(|effect| match effect {
        Effect::KeepHabits(habits) => Some(habits.theme),
        _ => None,
    });
    assert_eq!(kept, Some(Theme::Light));
}

#[test]
fn escape_closes_the_view_in_space_and_lets_the_run_go_on() {
    let mut page = Page::ready();
    page.measures_one();
    page.send(Input::Scene(SceneInput::Toggle));
    assert!(page.model.scene.is_open);
    page.asked();
    page.send(Input::Escape);
    assert!(!page.model.scene.is_open && page.scan().is_running());
    assert_eq!(page.asked(), []);
}

#[test]
fn what_is_drawn_in_space_is_what_was_measured_so_far() {
    let mut page = Page::ready();
    let before = SceneKey::of(page.scan());
    assert!(scene_volume(page.scan()).masks.is_empty());
    page.measures_one();
    assert_ne!(SceneKey::of(page.scan()), before, "another picture");
    let volume = scene_volume(page.scan());
    assert_eq!((volume.sizes, volume.masks.len()), ([2, 1, 3], 1));
    assert_eq!(volume.masks[&0].runs(), [(1, 1), (1, 0)]);
    assert!(!is_to_scale(page.scan()) && volume.step_mm.iter().all(|mm| *mm > 0.0));
    assert_eq!(scene::bytes::read(&scene::bytes::write(&volume)), Ok(volume));
}

#[test]
fn what_comes_of_a_run_may_be_shown_later_but_not_what_is_in_view() {
    let mut page = Page::ready();
    let scan = page.measures_one();
    let waits = |page: &Page, event: Event| page.model.can_wait(&Input::Engine(Box::new(event), Vec::new()));
    assert_eq!(page.scan().cursor.bscan, 1);
    assert!(waits(&page, mask_ready(scan, 0)) && !waits(&page, mask_ready(scan, 1)));
    assert!(waits(&page, Event::BScan { scan, bscan: 2 }) && !waits(&page, Event::BScan { scan, bscan: 1 }));
    let end = Event::Finished { scan, measurement: measurement(), bscans: 3, elapsed_ms: 1.0 };
    assert!(!waits(&page, end) && !page.model.can_wait(&Input::GoBy(1)));
}

#[test]
fn pictures_that_waited_for_a_run_are_asked_for_once_it_is_over() {
    let mut page = Page::new();
    page.hear(Event::Loaded);
    page.hear(device_chosen());
    let scan = page.opens(100);
    page.send(Input::Segment);
    page.hear(Event::Begun { scan, kept: 0 });
    let pictures = |page: &mut Page| {
        let mut asked = Vec::new();
        loop {
            let next: Vec<u32> = page
                .asked()
                .into_iter()
                .filter_map(|request| match request {
                    Request::BScan { bscan, .. } => Some(bscan),
                    _ => None,
                })
                .collect();
            if next.is_empty() {
                return asked;
            }
            for bscan in &next {
                page.hear_with(Event::BScan { scan, bscan: *bscan }, &[vec![0, 0], vec![], vec![]]);
            }
            asked.extend(next);
        }
    };
    assert_eq!(pictures(&mut page).len(), 9);
    page.hear(Event::Cancelled { scan });
    assert_eq!(pictures(&mut page).len(), 91);
}
