//! Opening scans.

use engine_protocol::{Request, ScanId, VolumeInfo};
use fluid::label::THRESHOLD;
use oct::AxisOrder;

use super::Change;
use crate::model::EngineStatus;
use crate::model::effect::{Effect, Payload};
use crate::model::notice::{Notice, Question};
use crate::model::pixels::Pixels;
use crate::model::scan::Scan;
use crate::model::scans::Opening;
use crate::model::sheet::Sheet;
use crate::model::source::{Files, Source};
use crate::words::{compare, opening};

impl Change<'_> {
    /// Opens a generated eye.
    pub(super) fn open_generated(&mut self, source: Source) {
        self.model.times_asked_to_open += 1;
        self.open_or_ask(source);
    }

    pub(super) fn open_files(&mut self, files: Result<Files, Notice>) {
        match files {
            Ok(files) if files.paths.is_empty() => {
                self.model.notice = Some(Notice::new(opening::NO_FILE));
            }
            Ok(files) if files.is_weights() => self.use_weights(&files),
            // Who drops something on the list means it.
            Ok(files) if files.paths.len() > 1 || self.model.worklist.is_open => self.look_through(files),
            Ok(files) => self.open_or_ask(Source::Files(files)),
            Err(notice) => self.model.notice = Some(notice),
        }
    }

    /// Computes with a person's own weights from now on, where the engine finds them good.
    fn use_weights(&mut self, files: &Files) {
        match (self.model.engine.status, files.paths.first()) {
            (EngineStatus::Ready | EngineStatus::NoDevice, Some(name)) => {
                let request = Request::UseWeights { name: name.clone() };
                self.effects.push(Effect::Send(request, Payload::Files(files.dropped)));
            }
            _ => self.model.notice = Some(Notice::new(opening::NO_ENGINE)),
        }
    }

    pub(super) fn choose_volume(&mut self, choice: u32) {
        self.model.times_asked_to_open += 1;
        let is_on_its_way = !self.model.scans.openings().is_empty();
        if let Some(scan) = self.model.scans.shown_mut().filter(|_| !is_on_its_way)
            && scan.asks_for_volume()
            && scan.info.chosen == choice
            && let Source::Files(files) = &mut scan.source
        {
            // It is open already.
            files.choice = Some(choice);
            return;
        }
        let source = self.model.scan().map(|scan| scan.source.clone());
        if let Some(Source::Files(files)) = source {
            self.open_or_ask(Source::Files(Files { choice: Some(choice), axes: None, ..files }));
        }
    }

    /// The person says how the axes of the scan on show are ordered.
    pub(super) fn choose_axes(&mut self, axes: AxisOrder) {
        self.model.times_asked_to_open += 1;
        let source = self.model.scan().map(|scan| scan.source.clone());
        if let Some(Source::Files(files)) = source {
            self.open_or_ask(Source::Files(Files { axes: Some(axes), ..files }));
        }
    }

    /// Asks first where a run would be stopped.
    pub(super) fn open_or_ask(&mut self, source: Source) {
        let list = &mut self.model.worklist;
        (list.looked_through, list.several) = (None, None);
        if self.model.scan().is_some_and(Scan::is_running) {
            self.model.question = Some(Question { source });
        } else {
            // What was asked about a run that is over is answered by this.
            self.model.question = None;
            self.open(source);
        }
    }

    pub(super) fn answer_replace(&mut self, replace: bool) {
        let question = self.model.question.take();
        if let Some(question) = question.filter(|_| replace) {
            // The run goes on until the new scan is open: a file that cannot be read costs nothing.
            self.open(question.source);
        }
    }

    /// Opens a scan, as soon as the engine hears.
    pub(super) fn open(&mut self, source: Source) {
        match self.model.engine.status {
            EngineStatus::Loading => self.model.scans.awaits_engine = Some(source),
            EngineStatus::Stopped => {
                self.model.notice = Some(Notice::new(opening::NO_ENGINE));
            }
            _ => {
                let id = self.model.scans.new_id();
                self.ask_to_open(Opening { id, source, reopens: false });
            }
        }
    }

    /// Has the engine read the scan on show again.
    pub(super) fn reopen_shown(&mut self) {
        if let Some(scan) = self.model.scan() {
            let opening = Opening { id: scan.id, source: scan.source.clone(), reopens: true };
            self.ask_to_open(opening);
        }
    }

    pub(super) fn ask_to_open(&mut self, opening: Opening) {
        let scan = opening.id;
        let (request, payload) = match &opening.source {
            Source::Sample => (Request::OpenSample { scan, seed: None }, Payload::Nothing),
            Source::Eye(number) => (Request::OpenSample { scan, seed: Some(*number) }, Payload::Nothing),
            Source::Files(files) => (
                Request::Open { scan, paths: files.paths.to_vec(), choice: files.choice, axes: files.axes },
                Payload::Files(files.dropped),
            ),
        };
        self.model.scans.begin_opening(opening);
        self.effects.push(Effect::Send(request, payload));
    }

    /// A scan is open. It is shown also where a later one is on its way: page and
    /// worker go through the same scans in the same order.
    pub(super) fn opened(&mut self, id: ScanId, info: VolumeInfo, axis_pictures: &[Pixels]) {
        let Some(Opening { source, reopens, .. }) = self.model.scans.end_opening(id) else {
            // Nobody waits for it any more.
            return self.ask(Request::Close { scan: id });
        };
        if reopens {
            match self.model.scans.get_mut(id) {
                None => return self.ask(Request::Close { scan: id }),
                Some(scan) if scan.has_grid_of(&info) => {
                    scan.is_held = true;
                    return self.hand_over(id);
                }
                // The files have changed: it is another scan.
                Some(_) => {}
            }
        }
        let has_fundus = info.fundus.is_some();
        let scan = Scan { axis_pictures: axis_pictures.to_vec(), ..Scan::new(id, source, info) };
        if reopens && self.model.scan().is_some_and(|shown| shown.id != id) {
            // The kept one.
            return self.model.scans.replace(scan);
        }
        // What is kept is not closed, but its run would go on unseen.
        let runs = self.model.scan().filter(|shown| shown.is_running()).map(|shown| shown.id);
        let closed = self.model.scans.replace_shown(scan);
        if let Some(scan) = closed {
            self.ask(Request::Close { scan });
        } else if let Some(scan) = runs {
            self.ask(Request::Cancel { scan });
        }
        if self.model.notice != Some(Notice::new(compare::NO_ROOM)) {
            self.model.notice = None;
        }
        if self.model.sheet == Some(Sheet::Compare) {
            self.model.sheet = None;
        }
        self.play_on();
        if has_fundus {
            self.ask(Request::Fundus { scan: id });
        }
        self.ask_for_pictures();
        self.ask_for_similarity();
        self.look_for_kept(id);
        self.read_row();
        if let Some(question) = self.model.question.take() {
            // It was asked whether it may stop a run; that run is over.
            self.open(question.source);
        }
    }

    /// Gives an engine that read a scan again what the page knows of it: spacing typed in
    /// or confirmed, masks.
    fn hand_over(&mut self, id: ScanId) {
        if self.model.find.is_some() {
            self.draw_unaided();
        }
        let Some(scan) = self.model.scans.get_mut(id) else { return };
        let (typed, confirmed) = (scan.typed_spacing(), scan.confirmed_spacing());
        let measured_otherwise = scan.measured_otherwise;
        let (threshold, fovea) = (scan.threshold, scan.fovea);
        let lacks_fundus = scan.info.fundus.is_some() && scan.fundus.is_none();
        let (results, masks): (Vec<_>, Vec<_>) = scan
            .bscans
            .all_segmented()
            .map(|(measured, labels)| {
                (measured.result.clone(), (labels.clone(), measured.boundaries.clone()))
            })
            .unzip();
        let (corrected, drawn): (Vec<_>, Vec<_>) =
            scan.bscans.all_drawn().map(|drawn| (drawn.of, drawn.drawn.clone())).unzip();
        let model = scan.network.clone();
        if !typed.is_empty() {
            self.ask(Request::SetSpacing { scan: id, spacing: typed });
        }
        if !confirmed.is_empty() {
            self.ask(Request::ConfirmSpacing { scan: id, spacing: confirmed });
        }
        let results_are_none = results.is_empty();
        if !results_are_none || !corrected.is_empty() {
            let request = Request::AdoptMasks {
                scan: id,
                bscans: results,
                measured_otherwise,
                threshold,
                corrected,
                model,
            };
            self.effects.push(Effect::Send(request, Payload::Masks { found: masks, drawn }));
        }
        // Nothing is measured yet, but another threshold was chosen.
        if results_are_none && threshold != THRESHOLD {
            self.ask(Request::SetThreshold { scan: id, threshold });
        }
        if fovea.is_some() {
            self.ask(Request::SetFovea { scan: id, fovea });
        }
        if lacks_fundus {
            self.ask(Request::Fundus { scan: id });
        }
        self.ask_for_pictures();
        self.ask_for_similarity();
    }

    /// The worker does not hold a scan any more.
    pub(super) fn closed(&mut self, id: ScanId) {
        if self.opening_came_to_nothing(id) {
            return;
        }
        if let Some(scan) = self.model.scans.get_mut(id) {
            // Its memory was needed for another; it is read again while it is on
            // show, unless something is on its way that takes its place.
            scan.lose_engine();
            let is_shown = self.model.scan().is_some_and(|shown| shown.id == id);
            if is_shown && self.model.scans.openings().is_empty() {
                self.reopen_shown();
            }
            self.lose_kept(id);
        }
    }

    /// Ends an opening that failed or was given up. The scan on show is opened
    /// again where something else kept the engine from it and then came to nothing.
    pub(super) fn opening_came_to_nothing(&mut self, id: ScanId) -> bool {
        let Some(ended) = self.model.scans.end_opening(id) else { return false };
        let lost = self.model.scan().is_some_and(|scan| !scan.is_held);
        if lost && !ended.reopens && self.model.scans.openings().is_empty() {
            self.reopen_shown();
        }
        true
    }
}
