//! The list: what is dropped onto it, and its queue. The scan in view comes first: while it is
//! opened or segmented the queue holds still, and goes on where it was.

use engine_protocol::{Event, FoundScan, ModelInfo, Request, ScanId, VolumeInfo};
use fluid::{MeasuredScan, Measurement, cohort_csv};

use super::Change;
use crate::model::effect::{Effect, Payload};
use crate::model::notice::Notice;
use crate::model::pixels::Pixels;
use crate::model::source::{Files, Source};
use crate::model::worklist::{Column, Current, ListInput, RowId, RowState, Several, Stage};
use crate::model::{EngineStatus, Model};
use crate::words::{opening, questions, worklist};

/// The table's name in the browser's downloads.
const TABLE: &str = "lacuna-cohort.csv";

/// A row that had to give way so often has no room beside the scan in view: each is read again
/// for the other.
const MOST_OFTEN: u32 = 5;

impl Change<'_> {
    pub(super) fn take_in_list(&mut self, input: ListInput) {
        let list = &mut self.model.worklist;
        match input {
            ListInput::Answer(as_list) => self.answer_several(as_list),
            ListInput::Dismiss => list.several = None,
            ListInput::Show => list.is_open = !list.rows.is_empty(),
            ListInput::Close => list.is_open = false,
            ListInput::Pause(pause) => list.is_paused = pause,
            ListInput::Retry(id) => {
                let is_current = list.current.as_ref().is_some_and(|current| current.row == id);
                if let Some(row) = list.row_mut(id).filter(|_| !is_current) {
                    (row.state, row.seconds) = (RowState::Waiting, None);
                    (row.is_retried, row.gave_way) = (false, 0);
                }
            }
            ListInput::Remove(id) => {
                self.let_go_of_row(|row| row == id);
                self.model.worklist.remove(id);
            }
            ListInput::Clear => {
                self.let_go_of_row(|_| true);
                let list = &mut self.model.worklist;
                list.rows.clear();
                (list.is_open, list.is_paused) = (false, false);
            }
            ListInput::Open(id) => self.open_row(id),
            ListInput::SortBy(column) => {
                let largest_first = matches!(column, Column::Fluid(_) | Column::Time);
                list.sorted_by = match list.sorted_by {
                    (before, falling) if before == column => (column, !falling),
                    _ => (column, largest_first),
                };
            }
            ListInput::Identify(identified) => list.identified = identified,
            ListInput::Save => {
                let csv = cohort_csv(list.table().iter());
                let content = Pixels::new(csv.into_bytes());
                self.effects.push(Effect::Save {
                    name: TABLE.to_owned(),
                    mime: "text/csv".to_owned(),
                    content,
                });
            }
        }
    }

    /// Files that may be several scans: which, the engine says.
    pub(super) fn look_through(&mut self, files: Files) {
        if self.model.engine.status == EngineStatus::Stopped {
            self.model.notice = Some(Notice::new(opening::NO_ENGINE));
            return;
        }
        self.model.worklist.several = None;
        self.model.worklist.looked_through = Some(files);
        if self.model.engine.status != EngineStatus::Loading {
            self.ask_for_scans();
        }
    }

    /// Asks the engine which scans lie in the drop that is looked through.
    pub(super) fn ask_for_scans(&mut self) {
        if let Some(files) = &self.model.worklist.looked_through {
            let request = Request::FindScans { dropped: files.dropped.0, paths: files.paths.to_vec() };
            self.effects.push(Effect::Send(request, Payload::Files(files.dropped)));
        }
    }

    pub(super) fn scans_found(&mut self, dropped: u32, mut scans: Vec<FoundScan>) {
        let list = &mut self.model.worklist;
        let Some(files) = list.looked_through.take_if(|files| files.dropped.0 == dropped) else { return };
        if list.is_open {
            if scans.is_empty() {
                // What is wrong with it is said in its row.
                let name = Source::Files(files.clone()).name(self.model.locale);
                scans.push(FoundScan { name, paths: files.paths.to_vec() });
            }
            list.add(&files, scans);
        } else if scans.len() > 1 {
            list.several = Some(Several { files, scans });
        } else {
            self.open_or_ask(Source::Files(files));
        }
    }

    fn answer_several(&mut self, as_list: bool) {
        let Some(Several { files, scans }) = self.model.worklist.several.take() else { return };
        if as_list {
            self.model.worklist.add(&files, scans);
            self.model.worklist.is_open = true;
        } else {
            self.open_or_ask(Source::Files(files));
        }
    }

    fn open_row(&mut self, id: RowId) {
        let list = &mut self.model.worklist;
        let Some(row) = list.rows.iter().find(|row| row.id == id) else { return };
        let files = row.files.clone();
        list.is_open = false;
        list.to_be_read = matches!(row.state, RowState::Done(_)).then(|| files.clone());
        let source = Source::Files(files);
        self.model.times_asked_to_open += 1;
        if self.model.scan().is_none_or(|scan| scan.source != source) {
            self.open_or_ask(source);
        }
    }

    /// A scan of the list is on show: where its figures are known, its masks are found again.
    pub(super) fn read_row(&mut self) {
        let list = &mut self.model.worklist;
        let shown = self.model.scans.shown().map(|scan| &scan.source);
        let is_it = |files: &mut Files| matches!(shown, Some(Source::Files(shown)) if shown == files);
        if list.to_be_read.take_if(is_it).is_some() {
            self.segment();
        }
    }

    /// Has the engine let go of the row that it works at, where that is meant.
    fn let_go_of_row(&mut self, is_meant: impl FnOnce(RowId) -> bool) {
        if let Some(current) = self.model.worklist.current.take_if(|current| is_meant(current.row)) {
            self.ask(Request::Close { scan: current.scan });
        }
    }

    /// The engine is gone; whether it stopped while it worked at a row, which then waits for the
    /// next one, or has failed where that is the second time.
    pub(super) fn row_lost_engine(&mut self) -> bool {
        let list = &mut self.model.worklist;
        let Some(current) = list.current.take() else { return false };
        let was_at_it = current.stage != Stage::Held;
        if let Some(row) = list.row_mut(current.row) {
            row.state = if was_at_it && row.is_retried {
                RowState::Failed(Notice::new(worklist::ENGINE_STOPPED_TWICE))
            } else {
                RowState::Waiting
            };
            row.is_retried |= was_at_it;
        }
        was_at_it
    }

    /// Takes in what the engine says of the row that it works at; anything else is given back.
    pub(super) fn hear_of_row(&mut self, event: Event) -> Option<Event> {
        let current = self.model.worklist.current.as_ref().map(|current| current.scan);
        let is_row = |id: ScanId| current == Some(id);
        match event {
            Event::Opened { scan, volume } if is_row(scan) => self.row_opened(volume),
            Event::Begun { scan, kept } if is_row(scan) => {
                let network = self.model.engine.network.clone();
                if let Some(current) = &mut self.model.worklist.current {
                    current.network = network;
                }
                self.row_runs(|run_ms, done| (*run_ms, *done) = (0.0, kept))
            }
            Event::Progress { scan, done, elapsed_ms, .. } if is_row(scan) => {
                self.row_runs(|run_ms, known| (*run_ms, *known) = (elapsed_ms, done));
            }
            Event::Finished { scan, measurement, elapsed_ms, .. } if is_row(scan) => {
                self.row_finished(&measurement, elapsed_ms);
            }
            Event::Cancelled { scan } if is_row(scan) => {
                if let Some(current) = &mut self.model.worklist.current {
                    current.stage = Stage::Held;
                    current.spent_ms += std::mem::take(&mut current.run_ms);
                }
            }
            Event::Figures { scan, figures, .. } if is_row(scan) => {
                if let Some(current) = &mut self.model.worklist.current {
                    current.thickness_um = figures.central_subfield_thickness_um;
                }
            }
            Event::Closed { scan } if is_row(scan) => self.row_closed(),
            Event::Failed { scan: Some(scan), failure }
                if is_row(scan) && failure.during != engine_protocol::FailedStep::Compute =>
            {
                self.row_failed(failure.into());
            }
            event => return Some(event),
        }
        None
    }

    fn row_opened(&mut self, info: VolumeInfo) {
        let Some(current) = &mut self.model.worklist.current else { return };
        let (id, bscans) = (current.row, info.bscans);
        let is_chosen = |files: &Files| files.choice.is_some() || info.choices.len() < 2;
        let question = match info.odd_picture {
            _ if info.axis_candidates.is_empty() => None,
            Some(_) => Some(questions::PICTURE_FIRST),
            None => Some(questions::BSCAN_FIRST),
        };
        let list = &mut self.model.worklist;
        let Some(row) = list.row_mut(id) else { return self.let_go_of_row(|_| true) };
        if !is_chosen(&row.files) {
            list.split(id, &info.choices);
            self.let_go_of_row(|_| true);
        } else if let Some(question) = question {
            row.state = RowState::Asks(question);
            self.let_go_of_row(|_| true);
        } else {
            row.state = RowState::Measuring { done: 0, total: bscans };
            if let Some(current) = &mut list.current {
                (current.stage, current.info) = (Stage::Held, Some(Box::new(info)));
            }
        }
    }

    /// Changes how long the run of the row took, and how many B-scans are done.
    fn row_runs(&mut self, change: impl FnOnce(&mut f64, &mut u32)) {
        let list = &mut self.model.worklist;
        let Some(current) = &list.current else { return };
        let (id, mut run_ms) = (current.row, current.run_ms);
        if let Some(RowState::Measuring { done, .. }) = list.row_mut(id).map(|row| &mut row.state) {
            change(&mut run_ms, done);
        }
        if let Some(current) = &mut list.current {
            current.run_ms = run_ms;
        }
    }

    fn row_finished(&mut self, measurement: &Measurement, elapsed_ms: f64) {
        let Some(current) = self.model.worklist.current.take() else { return };
        self.ask(Request::Close { scan: current.scan });
        let Some(info) = current.info else { return };
        let scan = MeasuredScan {
            central_subfield_thickness_um: current.thickness_um,
            ..measured(self.model, current.network.as_ref(), &info, measurement)
        };
        if let Some(row) = self.model.worklist.row_mut(current.row) {
            row.state = RowState::Done(Box::new(scan));
            row.seconds = Some((current.spent_ms + elapsed_ms) / 1000.0);
        }
    }

    fn row_failed(&mut self, why: Notice) {
        let Some(current) = self.model.worklist.current.take() else { return };
        // Where it is open, its memory is needed.
        self.ask(Request::Close { scan: current.scan });
        if let Some(row) = self.model.worklist.row_mut(current.row) {
            row.state = RowState::Failed(why);
        }
    }

    /// The engine let go of the row by itself: for the scan in view, or because there is not
    /// room for both.
    fn row_closed(&mut self) {
        let gives_way = !self.model.scans.openings().is_empty();
        let Some(current) = self.model.worklist.current.take() else { return };
        if let Some(row) = self.model.worklist.row_mut(current.row) {
            row.gave_way += 1;
            row.state = if gives_way && row.gave_way < MOST_OFTEN {
                RowState::Waiting
            } else {
                RowState::Failed(Notice::new(worklist::NO_ROOM))
            };
        }
    }

    /// The scan in view is measured, or measured anew: its row says the same.
    pub(super) fn note_in_row(&mut self, id: ScanId) {
        let Model { scans, worklist: list, .. } = &*self.model;
        let shown = scans.shown().filter(|scan| scan.id == id && scan.is_complete());
        let (false, Some(scan)) = (list.rows.is_empty(), shown) else { return };
        let (Source::Files(files), Some(measurement)) = (scan.source.clone(), &scan.measurement) else {
            return;
        };
        let seconds = match scan.run_end {
            Some(crate::model::RunEnd::Finished { elapsed_ms, .. }) => Some(elapsed_ms / 1000.0),
            _ => None,
        };
        let thickness = scan.figures.as_ref().and_then(|figures| figures.central_subfield_thickness_um);
        let measured = MeasuredScan {
            central_subfield_thickness_um: thickness,
            ..measured(self.model, self.model.network(), &scan.info, measurement)
        };
        let Some(row) = self.model.worklist.row_of(&files) else { return };
        row.seconds = row.seconds.or(seconds);
        (row.state, row.files) = (RowState::Done(Box::new(measured)), files);
        let id = row.id;
        self.let_go_of_row(|row| row == id);
    }

    /// Goes on with the queue, as far as the scan in view lets it.
    pub(super) fn advance_list(&mut self) {
        if self.model.worklist.rows.is_empty() {
            return;
        }
        let is_ready = self.model.engine.status == EngineStatus::Ready;
        let may = is_ready && !self.model.worklist.is_paused && !self.model.is_in_view_busy();
        let list = &mut self.model.worklist;
        match &mut list.current {
            None if may => {
                if let Some(row) = list.next_waiting() {
                    row.state = RowState::Reading;
                    let (row, files) = (row.id, row.files.clone());
                    self.read(row, files);
                }
            }
            Some(current) if current.stage == Stage::Held && may => {
                current.stage = Stage::Measuring;
                let request = Request::Segment { scan: current.scan, first_bscan: 0 };
                self.ask(request);
            }
            Some(current) if current.stage == Stage::Measuring && !may => {
                current.stage = Stage::Stopping;
                let request = Request::Cancel { scan: current.scan };
                self.ask(request);
            }
            _ => {}
        }
        if self.model.worklist.is_open {
            self.model.worklist.resort();
        }
    }

    fn read(&mut self, row: RowId, files: Files) {
        let scan = self.model.scans.new_id();
        let request =
            Request::Open { scan, paths: files.paths.to_vec(), choice: files.choice, axes: files.axes };
        self.effects.push(Effect::Send(request, Payload::Files(files.dropped)));
        let stage = Stage::Reading;
        self.model.worklist.current = Some(Current {
            row,
            scan,
            stage,
            info: None,
            network: None,
            spent_ms: 0.0,
            run_ms: 0.0,
            thickness_um: None,
        });
    }
}

/// What is kept of a scan that `network` measured.
fn measured(
    model: &Model,
    network: Option<&ModelInfo>,
    info: &VolumeInfo,
    measurement: &Measurement,
) -> MeasuredScan {
    MeasuredScan {
        format: info.format.clone(),
        vendor: info.vendor.clone(),
        columns: info.columns as usize,
        rows: info.rows as usize,
        model: network.map(|network| network.name.clone()).unwrap_or_default(),
        weights_sha256: network.map(|network| network.sha256.clone()).unwrap_or_default(),
        device: model.engine.device.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..MeasuredScan::new(&info.geometry, measurement)
    }
}
