//! What a person draws: tools become requests, and what the engine answers is kept.

use engine_protocol::{CorrectedBScan, Edit, Measurement, Place, Request, ScanId};
use oct::{FluidClass, RunLengths};

use super::Change;
use crate::model::bscans::DrawnBScan;
use crate::model::effect::{Effect, Payload};
use crate::model::hand::{HandInput, Tool, place};
use crate::model::notice::Notice;
use crate::model::pixels::Pixels;
use crate::words::correcting;

impl Change<'_> {
    pub(super) fn use_hand(&mut self, input: HandInput) {
        match input {
            HandInput::Take(tool) => {
                let hand = &mut self.model.hand;
                hand.tool = Some(tool).filter(|tool| hand.tool != Some(*tool));
            }
            HandInput::Class(class) => self.model.hand.class = class,
            HandInput::Resize { larger } => self.model.hand.resize(larger),
            HandInput::ThroughVolume(through_volume) => self.model.hand.through_volume = through_volume,
            HandInput::Used(path) => self.use_tool(&path),
            HandInput::Step([right, down]) => self.step(right, down),
            HandInput::UseHere => {
                let here = self.model.scan().map(|scan| [f64::from(scan.column()), scan.row()]);
                if let Some([column, row]) = here {
                    self.use_tool(&[[column + 0.5, row.floor() + 0.5]]);
                }
            }
            HandInput::Interpolate => self.interpolate(),
            HandInput::Review => {
                if let Some((scan, bscan)) = self.drawn_in() {
                    let reviewed = !self.model.scan().is_some_and(|scan| scan.is_reviewed(bscan));
                    self.ask(Request::Review { scan, bscan, reviewed });
                }
            }
            HandInput::Undo => self.of_shown(|scan, _| Request::Undo { scan }),
            HandInput::Redo => self.of_shown(|scan, _| Request::Redo { scan }),
        }
    }

    /// The scan on show and the B-scan in view, where a person may draw there.
    fn drawn_in(&self) -> Option<(ScanId, u32)> {
        let scan = self.model.scan().filter(|scan| scan.is_held && scan.asks_first().is_none())?;
        Some((scan.id, scan.cursor.bscan))
    }

    fn of_shown(&mut self, request: impl FnOnce(ScanId, u32) -> Request) {
        if let Some((scan, bscan)) = self.drawn_in() {
            self.ask(request(scan, bscan));
        }
    }

    fn use_tool(&mut self, path: &[[f64; 2]]) {
        let hand = self.model.hand;
        let Some(scan) = self.model.scan() else { return };
        let size = [scan.info.columns, scan.info.rows];
        let edit = hand.edit(path, size, &scan.info.geometry);
        let at = path.last().and_then(|at| place(*at, size));
        match (hand.tool, at, edit) {
            (Some(Tool::Pocket), Some(at), _) => {
                let class = Some(hand.class);
                self.of_shown(|scan, bscan| Request::Propose { scan, bscan, at, class });
            }
            (_, _, Some(edit)) => self.of_shown(|scan, bscan| Request::Correct { scan, bscan, edit }),
            _ => {}
        }
    }

    /// Moves the cursor by so many radii of the tool.
    fn step(&mut self, right: f64, down: f64) {
        let Some(scan) = self.model.scan() else { return };
        let radius = self.model.hand.radius_on(&scan.info.geometry);
        let (column, row) = (f64::from(scan.column()), scan.row());
        let step = |radius: f32| f64::from(radius.max(1.0));
        self.point_at(
            (column + right * step(radius.columns)).min(f64::from(scan.info.columns) - 1.0),
            Some((row + down * step(radius.rows)).min(f64::from(scan.info.rows) - 1.0)),
        );
    }

    /// Fills between the B-scan in view and the nearest one beyond its neighbours that a person
    /// drew in.
    fn interpolate(&mut self) {
        let class = self.model.hand.class;
        let from = self.model.scan().and_then(|scan| scan.bscans.nearest_drawn(scan.cursor.bscan));
        match from {
            Some(from) => self.of_shown(|scan, bscan| {
                let edit = Edit::Interpolate { class, from, to: bscan };
                Request::Correct { scan, bscan, edit }
            }),
            None if self.drawn_in().is_some() => {
                self.model.notice = Some(Notice::new(correcting::NOTHING_TO_FILL_BETWEEN));
            }
            None => {}
        }
    }

    /// The outline of a pocket: one press, one lesion. What is not meant is undone.
    pub(super) fn proposed(&mut self, scan: ScanId, bscan: u32, at: Place, class: FluidClass) {
        let edit = Edit::Accept { class, at };
        self.ask(Request::Correct { scan, bscan, edit });
    }

    /// What a person drew changed; `payload` as [`engine_protocol::Event::Corrected`] says.
    pub(super) fn corrected(
        &mut self,
        id: ScanId,
        bscans: Vec<CorrectedBScan>,
        measurement: Measurement,
        [can_undo, can_redo]: [bool; 2],
        payload: &[Pixels],
    ) {
        let Some(scan) = self.model.scans.get_mut(id) else { return };
        for (of, [in_force, drawn, model]) in bscans.iter().zip(payload.as_chunks::<3>().0) {
            if let (Some(in_force), Some(drawn)) = (scan.whole_runs(in_force), scan.whole_runs(drawn)) {
                let model = RunLengths::of_bytes(&model.to_vec()).unwrap_or_default();
                scan.bscans.keep_drawn(DrawnBScan { of: *of, drawn, model }, in_force);
            }
        }
        (scan.can_undo, scan.can_redo) = (can_undo, can_redo);
        if scan.has_results() || measurement.measured_bscans > 0 {
            scan.measurement = Some(measurement);
        }
        scan.front.forget();
        if !bscans.is_empty() {
            self.keep_corrections(id);
        }
    }

    /// Has the browser keep what was drawn; what changes while it is asked for is asked for again.
    fn keep_corrections(&mut self, id: ScanId) {
        // What is drawn to find fluid is nothing to come back to another day.
        let is_played = self.model.find.is_some();
        let Some(scan) = self.model.scans.get_mut(id).filter(|_| !is_played) else { return };
        scan.keeping.is_stale = true;
        if !scan.keeping.is_asked {
            (scan.keeping.is_asked, scan.keeping.is_stale) = (true, false);
            self.ask(Request::Corrections { scan: id });
        }
    }

    /// Asks by what name the browser may have kept what was drawn in a scan that was just opened.
    pub(super) fn look_for_kept(&mut self, id: ScanId) {
        let has_kept = self.model.has_kept && self.model.find.is_none();
        let Some(scan) = self.model.scans.get_mut(id).filter(|_| has_kept) else { return };
        (scan.keeping.is_looked_for, scan.keeping.is_asked) = (true, true);
        self.ask(Request::Corrections { scan: id });
    }

    /// What was drawn in a scan, to be kept under `digest`.
    pub(super) fn corrections_told(
        &mut self,
        id: ScanId,
        digest: String,
        is_empty: bool,
        payload: &[Pixels],
    ) {
        let Some(scan) = self.model.scans.get_mut(id) else { return };
        scan.keeping.is_asked = false;
        if std::mem::take(&mut scan.keeping.is_looked_for) && is_empty {
            self.effects.push(Effect::LookUpCorrections { scan: id, digest });
        } else {
            let bytes = payload.first().filter(|_| !is_empty).cloned();
            self.model.has_kept |= bytes.is_some();
            self.effects.push(Effect::KeepCorrections { digest, bytes });
        }
        if self.model.scans.get_mut(id).is_some_and(|scan| scan.keeping.is_stale) {
            self.keep_corrections(id);
        }
    }

    /// What the browser kept of a scan is in force again, unless a person has begun to draw.
    pub(super) fn found_kept(&mut self, id: ScanId, bytes: Pixels) {
        let Some(scan) = self.model.scans.get_mut(id) else { return };
        if scan.is_held && !scan.can_undo && scan.bscans.all_drawn().next().is_none() {
            scan.keeping.is_restored = true;
            self.effects.push(Effect::Send(Request::RestoreCorrections { scan: id }, Payload::Bytes(bytes)));
        }
    }
}
