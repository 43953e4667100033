//! The list and its queue. Literals are no words: files of tests are searched for these, too.

use engine_protocol::FoundScan;
use oct::SpacingSource;

use super::*;
use crate::model::worklist::{Column, ListInput, RowId, RowState, SpacingFrom};

impl Page {
    /// A drop of scans of these names, each one file, of which a list is made.
    fn lists(&mut self, dropped: u32, names: &[&str]) {
        let paths = names.iter().map(|name| (*name).to_owned()).collect();
        let files = Files { dropped: DropId(dropped), paths, choice: None, axes: None };
        self.send(Input::Picked(Ok(files)));
        self.hear(found(dropped, names));
        self.send(Input::List(ListInput::Answer(true)));
    }

    fn list(&mut self, input: ListInput) {
        self.send(Input::List(input));
    }

    /// The row that was last asked to be read.
    fn row_read(&mut self) -> ScanId {
        let asked = self.asked().into_iter().rev().find_map(|request| match request {
            Request::Open { scan, .. } => Some(scan),
            _ => None,
        });
        asked.expect("read")
    }

    /// The next row is read and measured to its end: so many voxels of each fluid.
    fn measures(&mut self, counts: [usize; 3]) {
        let scan = self.row_read();
        self.hear(Event::Opened { scan, volume: known() });
        self.hear(Event::Begun { scan, kept: 0 });
        self.hear(Event::Finished { scan, measurement: found_fluid(counts), bscans: 1, elapsed_ms: 1500.0 });
    }

    fn states(&self) -> Vec<&'static str> {
        let state = |state: &RowState| match state {
            RowState::Waiting => "waiting",
            RowState::Reading => "reading",
            RowState::Measuring { .. } => "measuring",
            RowState::Done(_) => "done",
            RowState::Asks(_) => "asks",
            RowState::Failed(_) => "failed",
        };
        self.model.worklist.rows().iter().map(|row| state(&row.state)).collect()
    }

    fn shown_in_order(&self) -> Vec<u32> {
        let rows = 0..self.model.worklist.rows().len();
        rows.filter_map(|place| self.model.worklist.at(place)).map(|row| row.id.0).collect()
    }

    fn table(&mut self) -> String {
        self.list(ListInput::Save);
        let saved = self.effects.iter().find_map(|effect| match effect {
            Effect::Save { content, .. } => Some(content.to_vec()),
            _ => None,
        });
        self.effects.clear();
        String::from_utf8(saved.expect("saved")).unwrap()
    }
}

fn found(dropped: u32, names: &[&str]) -> Event {
    let scan = |name: &&str| FoundScan { name: (*name).to_owned(), paths: vec![(*name).to_owned()] };
    Event::ScansFound { dropped, scans: names.iter().map(scan).collect() }
}

fn geometry() -> Geometry {
    let mut geometry = Geometry::default();
    for (axis, mm) in Axis::ALL.into_iter().zip([0.01, 0.004, 0.125]) {
        let source = SpacingSource::FromFile { tag: "tag".to_owned() };
        geometry.set_spacing(axis, AxisSpacing::new(axis, mm, source).unwrap());
    }
    geometry
}

/// One B-scan of 2 x 1, with its spacing.
fn known() -> VolumeInfo {
    VolumeInfo { geometry: geometry(), ..info(1) }
}

fn found_fluid([irf, srf, ped]: [usize; 3]) -> Measurement {
    let mut mask = LabelMask::unmeasured(9, 1, 1);
    let mut labels = [vec![1; irf], vec![2; srf], vec![3; ped]].concat();
    labels.resize(9, 0);
    mask.set_bscan(0, labels).unwrap();
    measure(&mask, &geometry(), &PresenceAccumulator::new())
}

fn closes(asked: &[Request], id: ScanId) -> bool {
    asked.iter().any(|request| matches!(request, Request::Close { scan } if *scan == id))
}

#[test]
fn a_drop_of_one_scan_is_opened_and_one_of_several_is_asked_about() {
    let mut page = Page::ready();
    let two = |dropped| {
        Input::Picked(Ok(Files {
            dropped: DropId(dropped),
            paths: ["a.mhd".to_owned(), "a.raw".to_owned()].into(),
            choice: None,
            axes: None,
        }))
    };
    page.send(two(1));
    assert!(matches!(&page.asked()[..], [Request::FindScans { dropped: 1, .. }]));
    assert!(page.model.needs(DropId(1)));
    page.hear(found(1, &["a.mhd"]));
    assert!(matches!(&page.asked()[..], [Request::Open { paths, .. }] if paths.len() == 2), "whole");
    page.opens(3);
    page.effects.clear();
    page.send(two(2));
    page.hear(found(2, &["a.vol", "b.vol"]));
    assert!(page.model.worklist.several.is_some() && page.model.scans.openings().is_empty());
    page.send(Input::Escape);
    assert!(page.model.worklist.several.is_none() && !page.model.needs(DropId(2)));
    page.send(two(3));
    page.hear(found(3, &["a.vol", "b.vol"]));
    page.list(ListInput::Answer(false));
    assert!(
        page.asked().iter().any(|request| matches!(request, Request::Open { paths, .. } if paths.len() == 2))
    );
}

#[test]
fn an_answer_about_a_drop_that_something_else_was_opened_after_is_no_news() {
    let mut page = Page::ready();
    let paths = ["a.vol".to_owned(), "b.vol".to_owned()].into();
    page.send(Input::Picked(Ok(Files { dropped: DropId(1), paths, choice: None, axes: None })));
    page.picks(2, "c.vol");
    page.hear(found(1, &["a.vol", "b.vol"]));
    assert!(page.model.worklist.several.is_none());
}

#[test]
fn a_drop_before_the_engine_hears_is_looked_through_as_soon_as_it_does() {
    let mut page = Page::new();
    let paths = ["a.vol".to_owned(), "b.vol".to_owned()].into();
    page.send(Input::Picked(Ok(Files { dropped: DropId(1), paths, choice: None, axes: None })));
    assert!(page.asked().is_empty());
    page.hear(Event::Loaded);
    assert!(page.asked().iter().any(|request| matches!(request, Request::FindScans { .. })));
}

#[test]
fn rows_are_measured_one_after_the_other_and_closed_and_their_figures_stay() {
    let mut page = Page::ready();
    let shown = page.scan().id;
    page.lists(1, &["a.vol", "b.vol"]);
    assert_eq!(page.states(), ["reading", "waiting"]);
    let first = page.row_read();
    page.hear(Event::Opened { scan: first, volume: known() });
    assert_eq!(page.asked(), [Request::Segment { scan: first, first_bscan: 0 }]);
    page.hear(Event::Begun { scan: first, kept: 0 });
    page.hear(Event::Progress { scan: first, done: 1, total: 1, elapsed_ms: 9.0, remaining_ms: None });
    page.hear_with(mask_ready(first, 0), &[labels(&[1, 0])]);
    page.hear(Event::Finished {
        scan: first,
        measurement: found_fluid([2, 0, 0]),
        bscans: 1,
        elapsed_ms: 1500.0,
    });
    let asked = page.asked();
    assert!(closes(&asked, first), "{asked:?}");
    assert!(asked.iter().any(|request| matches!(request, Request::Open { .. })));
    assert_eq!(page.states(), ["done", "reading"]);
    assert_eq!(page.scan().id, shown);
    let RowState::Done(scan) = &page.model.worklist.rows()[0].state else { panic!() };
    assert!((scan.measurement.classes[0].volume_nl.unwrap() - 0.01).abs() < 1e-9);
    assert_eq!(SpacingFrom::of(scan), SpacingFrom::File);
    assert_eq!(page.model.worklist.rows()[0].seconds, Some(1.5));
    assert!(page.model.needs(DropId(1)));
}

#[test]
fn a_broken_row_says_why_and_the_queue_goes_on_and_a_row_can_be_tried_again_or_removed() {
    let mut page = Page::ready();
    page.lists(1, &["a.vol", "b.vol"]);
    let broken = page.row_read();
    page.hear(Event::Failed { scan: Some(broken), failure: failure(FailedStep::Open) });
    assert_eq!(page.states(), ["failed", "reading"]);
    assert_eq!(page.model.notice, None);
    page.measures([0; 3]);
    assert_eq!(page.states(), ["failed", "done"]);
    page.list(ListInput::Retry(RowId(1)));
    assert_eq!(page.states(), ["reading", "done"]);
    let again = page.row_read();
    page.list(ListInput::Remove(RowId(1)));
    assert!(closes(&page.asked(), again));
    assert_eq!(page.states(), ["done"]);
    page.list(ListInput::Clear);
    assert!(!page.model.worklist.is_open && !page.model.needs(DropId(1)));
}

#[test]
fn a_pause_stops_the_run_and_going_on_takes_it_up() {
    let mut page = Page::ready();
    page.lists(1, &["a.vol", "b.vol"]);
    let scan = page.row_read();
    page.hear(Event::Opened { scan, volume: known() });
    page.hear(Event::Begun { scan, kept: 0 });
    page.hear(Event::Progress { scan, done: 1, total: 3, elapsed_ms: 500.0, remaining_ms: None });
    page.effects.clear();
    page.list(ListInput::Pause(true));
    assert_eq!(page.asked(), [Request::Cancel { scan }]);
    page.hear(Event::Cancelled { scan });
    assert!(page.asked().is_empty() && page.states()[0] == "measuring");
    page.list(ListInput::Pause(false));
    assert_eq!(page.asked(), [Request::Segment { scan, first_bscan: 0 }]);
    page.hear(Event::Begun { scan, kept: 1 });
    page.hear(Event::Finished { scan, measurement: found_fluid([0; 3]), bscans: 2, elapsed_ms: 1000.0 });
    assert_eq!(page.states()[0], "done");
    assert_eq!(page.model.worklist.rows()[0].seconds, Some(1.5));
}

#[test]
fn the_scan_in_view_comes_first() {
    let mut page = Page::ready();
    page.lists(1, &["a.vol", "b.vol"]);
    let row = page.row_read();
    page.hear(Event::Opened { scan: row, volume: known() });
    page.hear(Event::Begun { scan: row, kept: 0 });
    page.effects.clear();
    let shown = page.scan().id;
    page.send(Input::Segment);
    let asked = page.asked();
    assert!(asked.contains(&Request::Cancel { scan: row }), "{asked:?}");
    page.hear(Event::Cancelled { scan: row });
    page.hear(Event::Begun { scan: shown, kept: 0 });
    let goes_on = Request::Segment { scan: row, first_bscan: 0 };
    assert!(!page.asked().contains(&goes_on));
    page.hear(Event::Finished { scan: shown, measurement: measurement(), bscans: 3, elapsed_ms: 9.0 });
    assert!(page.asked().contains(&goes_on));
}

#[test]
fn a_row_whose_reading_gives_way_to_the_scan_in_view_is_read_afterwards() {
    let mut page = Page::ready();
    page.lists(1, &["a.vol", "b.vol"]);
    let row = page.row_read();
    page.list(ListInput::Close);
    page.picks(2, "c.vol");
    page.hear(Event::Closed { scan: row });
    assert_eq!(page.states(), ["waiting", "waiting"]);
    page.opens(3);
    assert_eq!(page.states(), ["reading", "waiting"]);
    let again = page.row_read();
    // The engine lets go of it for no scan in view: there is no room for both.
    page.hear(Event::Closed { scan: again });
    assert_eq!(page.states(), ["failed", "reading"]);
}

#[test]
fn a_row_during_which_the_engine_dies_is_tried_once_more_and_the_queue_goes_on() {
    let mut page = Page::ready();
    page.lists(1, &["a.vol", "b.vol"]);
    for (death, states) in [["reading", "waiting"], ["failed", "reading"]].into_iter().enumerate() {
        let scan = page.row_read();
        page.hear(Event::Opened { scan, volume: known() });
        page.hear(Event::Begun { scan, kept: 0 });
        page.effects.clear();
        if death == 0 {
            page.send(Input::EngineDied { details: "killed".to_owned() });
        } else {
            page.hear(Event::Failed { scan: Some(scan), failure: failure(FailedStep::Compute) });
        }
        assert!(page.effects.iter().any(|effect| matches!(effect, Effect::StartEngine)));
        page.hear(Event::Loaded);
        page.opens(3);
        page.effects.clear();
        page.hear(device_chosen());
        assert_eq!(page.states(), states);
    }
    // Nothing is under way: a person decides.
    page.list(ListInput::Clear);
    page.effects.clear();
    page.send(Input::EngineDied { details: "killed".to_owned() });
    assert_eq!(page.model.engine.status, EngineStatus::Stopped);
}

#[test]
fn a_file_of_several_volumes_becomes_a_row_each_and_axes_in_doubt_are_asked_about() {
    let mut page = Page::ready();
    page.lists(1, &["a.E2E", "b.npy"]);
    let scan = page.row_read();
    let choices = vec!["OD".to_owned(), "OS".to_owned()];
    page.hear(Event::Opened { scan, volume: VolumeInfo { choices, ..known() } });
    let names: Vec<&str> = page.model.worklist.rows().iter().map(|row| row.name.as_str()).collect();
    assert!(names.len() == 3 && names[0].ends_with("OD") && names[1].starts_with("a.E2E"), "{names:?}");
    assert!(
        page.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Send(Request::Open { choice: Some(0), .. }, _)))
    );
    page.measures([1, 0, 0]);
    page.measures([0, 1, 0]);
    let scan = page.row_read();
    let candidate = AxisCandidateInfo { axes: AxisOrder::ALL[0], volume: String::new(), columns: 1, rows: 1 };
    page.hear(Event::Opened { scan, volume: VolumeInfo { axis_candidates: vec![candidate], ..known() } });
    assert_eq!(page.states(), ["done", "done", "asks"]);
    assert!(closes(&page.asked(), scan));
    // It is answered in the viewer, and what is measured there comes back into its row.
    page.list(ListInput::Open(RowId(2)));
    page.opens(3);
    page.send(Input::ChooseAxes(AxisOrder::ALL[0]));
    let scan = page.opens(1);
    page.hear(Event::GeometryChanged {
        scan,
        geometry: geometry(),
        measurement: None,
        measured_otherwise: false,
    });
    page.send(Input::Segment);
    page.hear(Event::Begun { scan, kept: 0 });
    page.hear(Event::Finished { scan, measurement: found_fluid([3, 0, 0]), bscans: 1, elapsed_ms: 9.0 });
    assert_eq!(page.states(), ["done", "done", "done"]);
    assert_eq!(page.model.worklist.rows()[2].files.axes, Some(AxisOrder::ALL[0]));
}

#[test]
fn a_measured_row_that_is_opened_is_segmented_so_that_its_masks_are_seen() {
    let mut page = Page::ready();
    page.lists(1, &["a.vol", "b.vol"]);
    page.measures([1, 0, 0]);
    page.list(ListInput::Open(RowId(1)));
    assert!(!page.model.worklist.is_open);
    let scan = page.opens(1);
    assert!(page.asked().contains(&Request::Segment { scan, first_bscan: 0 }));
}

#[test]
fn rows_are_sorted_by_figures_with_what_has_none_last() {
    let mut page = Page::ready();
    page.lists(1, &["a.vol", "b.vol", "c.vol"]);
    page.measures([1, 0, 0]);
    let broken = page.row_read();
    page.hear(Event::Failed { scan: Some(broken), failure: failure(FailedStep::Open) });
    page.measures([4, 0, 0]);
    assert_eq!(page.shown_in_order(), [1, 2, 3]);
    let irf = ListInput::SortBy(Column::Fluid(FluidClass::Irf));
    page.list(irf);
    assert_eq!(page.shown_in_order(), [3, 1, 2]);
    page.list(irf);
    assert_eq!(page.shown_in_order(), [1, 3, 2]);
    page.list(ListInput::SortBy(Column::State));
    assert_eq!(page.shown_in_order(), [2, 1, 3]);
}

#[test]
fn the_table_names_files_only_where_it_may() {
    let mut page = Page::ready();
    page.lists(1, &["jane.vol", "b.vol"]);
    let broken = page.row_read();
    let failure =
        Failure { during: FailedStep::Open, sentence: "jane.vol".to_owned(), details: String::new() };
    page.hear(Event::Failed { scan: Some(broken), failure });
    page.measures([0, 0, 2]);
    let table = page.table();
    assert!(
        !table.contains("jane")
            && table.contains(
                "
1,,,1,,failed,,,"
            ),
        "{table}"
    );
    assert!(
        table.contains(
            "
2,,,1,,done,,0,0,"
        ),
        "{table}"
    );
    page.list(ListInput::Identify(true));
    assert!(page.table().contains("\r\n1,,jane.vol,1,,failed,jane.vol,"));
}

#[test]
fn what_is_dropped_while_the_list_is_on_show_joins_it() {
    let mut page = Page::ready();
    page.lists(1, &["a.vol", "b.vol"]);
    page.picks(2, "c.vol");
    page.hear(found(2, &[]));
    assert_eq!(page.model.worklist.rows().len(), 3);
    page.list(ListInput::Close);
    page.picks(3, "d.vol");
    assert!(page.model.scans.opening().is_some());
}
