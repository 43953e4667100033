//! Moving through a scan, and the switches of the viewer.

use engine_protocol::{Request, ScanId, Slab};

use super::Change;
use crate::model::EngineStatus;
use crate::model::cursor::Cursor;
use crate::model::effect::Effect;
use crate::model::habits::Habits;
use crate::model::input::ViewInput;
use crate::model::key_bscans::key_bscans;
use crate::model::sheet::Sheet;
use crate::model::tour::STEPS;
use crate::model::view::View;
use crate::model::zoom::{ZOOM_STEP, Zoom};

impl Change<'_> {
    /// Goes to a B-scan; past either end it stays at the end.
    pub(super) fn go_to(&mut self, bscan: i64) {
        if let Some(shown) = self.model.scan().map(|scan| scan.id) {
            self.go_to_in(shown, bscan);
        }
    }

    /// As [`Self::go_to`], in any open scan.
    pub(super) fn go_to_in(&mut self, id: ScanId, bscan: i64) {
        let Some(scan) = self.model.scans.get_mut(id) else { return };
        let last = i64::from(scan.info.bscans) - 1;
        let bscan = bscan.clamp(0, last.max(0)) as u32;
        if bscan != scan.cursor.bscan {
            scan.cursor = Cursor { bscan, ..scan.cursor };
            self.ask_for_pictures();
            self.ask_for_similarity();
        }
    }

    /// The scans that a person sees: the one on show, and the kept one while both are compared.
    fn in_view(&self) -> [Option<ScanId>; 2] {
        let compares = self.model.sheet == Some(Sheet::Compare);
        [self.model.scan(), self.model.scans.beside().filter(|_| compares)]
            .map(|scan| scan.filter(|scan| scan.is_held).map(|scan| scan.id))
    }

    pub(super) fn go_by(&mut self, step: i64) {
        if let Some(scan) = self.model.scan() {
            self.go_to(i64::from(scan.cursor.bscan) + step);
        }
    }

    pub(super) fn point_at(&mut self, column: f64, row: Option<f64>) {
        if let Some(scan) = self.model.scans.shown_mut() {
            let within = |place: f64, size: u32| place.clamp(0.0, f64::from(size));
            scan.cursor.column = Some(within(column, scan.info.columns));
            scan.cursor.row = row.map(|row| within(row, scan.info.rows));
        }
    }

    pub(super) fn look(&mut self, wanted: ViewInput) {
        let view = &mut self.model.view;
        let before = Habits::of(view);
        match wanted {
            ViewInput::Toggle(class) => view.visible[class.index()] ^= true,
            ViewInput::ToggleOverlay => view.overlay ^= true,
            ViewInput::HideOverlay(hidden) => view.hidden_by_key = hidden,
            ViewInput::ToggleBoundaries => view.boundaries ^= true,
            ViewInput::ToggleLayers => view.layers ^= true,
            ViewInput::ToggleDoubt => view.doubt ^= true,
            ViewInput::TogglePatterns => view.patterns ^= true,
            ViewInput::Theme(theme) => view.theme = theme,
            ViewInput::Window(window) => view.window = window,
            ViewInput::NextWindow => view.window = view.window.next_preset(),
            ViewInput::NextMean => {
                view.mean_of = match view.mean_of {
                    1 => 3,
                    3 => 5,
                    _ => 1,
                };
            }
            ViewInput::NextViews => view.views = view.views.next(),
            ViewInput::Slab(slab) => view.slab = slab,
            ViewInput::Front(front) => view.front = front,
            ViewInput::ToggleGrid => view.grid ^= true,
            ViewInput::ToggleTruth => view.truth ^= true,
            ViewInput::SimilarityLevel(level) => view.similarity_level = level,
            ViewInput::Opacity(opacity) => view.opacity = opacity.clamp(0.0, 1.0),
            ViewInput::NextDepth => view.depth = view.depth % 3 + 1,
            ViewInput::ToggleSimilarity => {
                view.similarity ^= true;
                self.ask_for_similarity();
            }
            ViewInput::ZoomIn => self.zoom(|zoom| zoom.at(ZOOM_STEP, 0.0, 0.0)),
            ViewInput::ZoomOut => self.zoom(|zoom| zoom.at(1.0 / ZOOM_STEP, 0.0, 0.0)),
            ViewInput::ZoomAt { factor, x, y } => self.zoom(|zoom| zoom.at(factor, x, y)),
            ViewInput::ShiftTo { x, y } => self.zoom(|zoom| Zoom { dx: x, dy: y, ..zoom }),
            ViewInput::Fit => self.zoom(|_| Zoom::default()),
        }
        let habits = Habits::of(&self.model.view);
        if habits != before {
            self.effects.push(Effect::KeepHabits(habits));
        }
    }

    /// Shows a step of the tour, or ends it. Once is enough: it is not offered again.
    pub(super) fn show_around(&mut self, step: Option<usize>) {
        self.model.tour = step.filter(|step| *step < STEPS.len());
        self.model.sheet = None;
        if !std::mem::replace(&mut self.model.view.toured, true) {
            self.effects.push(Effect::KeepHabits(Habits::of(&self.model.view)));
        }
    }

    fn zoom(&mut self, change: impl FnOnce(Zoom) -> Zoom) {
        if let Some(scan) = self.model.scans.shown_mut() {
            scan.zoom = change(scan.zoom);
        }
    }

    /// Asks for the pictures in view and around it that the page does not hold.
    pub(super) fn ask_for_pictures(&mut self) {
        for id in self.in_view().into_iter().flatten() {
            let Some(scan) = self.model.scans.get_mut(id) else { continue };
            let (pixels, is_running) = (scan.pixels(), scan.is_running());
            let (in_view, bscans) = (scan.cursor.bscan, scan.info.bscans);
            for bscan in scan.bscans.next_requests(in_view, bscans, pixels, is_running) {
                self.ask(Request::BScan { scan: id, bscan });
            }
        }
    }

    /// Asks for what is made only when somebody looks: means, probabilities, views across B-scans.
    pub(super) fn ask_for_views(&mut self) {
        let View { mean_of, doubt, views, slab, truth, .. } = self.model.view;
        let truth = truth || self.model.find.is_some();
        let reports = self.model.sheet == Some(Sheet::Report);
        let compares = self.model.sheet == Some(Sheet::Compare);
        // Where vessels throw their shadows.
        let slab = if compares { Slab::PigmentEpithelium } else { slab };
        let [_, kept] = self.in_view();
        if let Some(scan) = kept.and_then(|id| self.model.scans.get_mut(id))
            && scan.has_neighbours()
            && scan.front.ask(slab)
        {
            let scan = scan.id;
            self.ask(Request::EnFace { scan, slab });
        }
        let Some(scan) = self.model.scans.shown_mut().filter(|scan| scan.is_held) else { return };
        let (id, bscan, column) = (scan.id, scan.cursor.bscan, scan.column());
        let has_chances = scan.bscans.measured(bscan).is_some_and(|measured| measured.result.has_picture);
        let several = scan.has_neighbours();
        let mut wanted = Vec::new();
        if truth && scan.info.is_sample && scan.truth.ask() {
            wanted.push(Request::Truth { scan: id });
        }
        if mean_of > 1 && several && scan.mean.ask((bscan, mean_of)) {
            wanted.push(Request::Mean { scan: id, bscan, bscans: mean_of });
        }
        if doubt && has_chances && scan.chances.ask(bscan) {
            wanted.push(Request::Chances { scan: id, bscan });
        }
        if views.has_section() && several && scan.section.ask(column) {
            wanted.push(Request::CrossSection { scan: id, column });
        }
        if (views.has_front() || reports || compares) && several && scan.front.ask(slab) {
            wanted.push(Request::EnFace { scan: id, slab });
        }
        let keys = if reports { key_bscans(scan) } else { Vec::new() };
        let are_other_keys = scan.bscans.pin(keys.iter().map(|key| key.bscan).collect());
        wanted.into_iter().for_each(|request| self.ask(request));
        if are_other_keys && reports {
            self.ask_for_pictures();
        }
    }

    /// Asks for the map of the B-scan in view, one at a time: each is a whole
    /// pass of the network, and scrolling must not queue up thirty of them.
    pub(super) fn ask_for_similarity(&mut self) {
        let wanted = self.model.view.similarity && self.model.engine.status == EngineStatus::Ready;
        let Some(scan) = self.model.scans.shown_mut().filter(|scan| wanted && scan.is_held) else { return };
        let bscan = scan.cursor.bscan;
        if !scan.similarity_awaited && scan.bscans.similarity(bscan).is_empty() {
            scan.similarity_awaited = true;
            let request = Request::Similarity { scan: scan.id, bscan };
            self.ask(request);
        }
    }
}
