//! Two visits: keeping one, having them compared, moving through both.

use engine_protocol::{Compared, Request, ScanId};
use oct::EnFace;

use super::Change;
use crate::model::EngineStatus;
use crate::model::compare::{Compare, CompareInput, CrossInput, Found, Stage, same_place};
use crate::model::effect::Effect;
use crate::model::notice::Notice;
use crate::model::pixels::Pixels;
use crate::model::scans::Opening;
use crate::model::sheet::Sheet;
use crate::words::compare;

/// The table's name in the browser's downloads.
const TABLE: &str = "lacuna-comparison.csv";

impl Change<'_> {
    pub(super) fn take_in_compare(&mut self, input: CompareInput) {
        match input {
            CompareInput::Keep => self.keep_or_swap(),
            CompareInput::LetGo => {
                if let Some(scan) = self.model.scans.let_go_of_kept() {
                    self.ask(Request::Close { scan });
                }
            }
            CompareInput::Open => self.open_comparison(),
            CompareInput::Save => {
                if let Some(found) = self.model.compare.as_ref().and_then(|compare| compare.found.as_ref()) {
                    let content = found.csv.clone();
                    let (name, mime) = (TABLE.to_owned(), "text/csv".to_owned());
                    self.effects.push(Effect::Save { name, mime, content });
                }
            }
            input => self.change_comparison(input),
        }
    }

    fn keep_or_swap(&mut self) {
        if self.model.why_not_keep().is_some() {
            return;
        }
        if self.model.scans.beside().is_none() {
            self.model.scans.keep_shown();
            return;
        }
        self.model.scans.swap_kept();
        self.model.notice = None;
        self.ask_for_pictures();
        self.ask_for_similarity();
    }

    fn open_comparison(&mut self) {
        if self.model.why_not_compare().is_some() {
            return;
        }
        let (compare, scans) = (&mut self.model.compare, &self.model.scans);
        match compare.as_mut().filter(|compare| compare.is_of(scans)) {
            // Something may have been corrected meanwhile; what was marked stays.
            Some(compare) => compare.stage = Stage::Wanted,
            None => *compare = Compare::of(scans),
        }
        if compare.is_some() {
            self.model.sheet = Some(Sheet::Compare);
            self.ask_for_pictures();
        }
    }

    fn change_comparison(&mut self, input: CompareInput) {
        let Some(compare) = &mut self.model.compare else { return };
        match input {
            CompareInput::Swap => {
                compare.visits.swap(0, 1);
                compare.crosses.swap(0, 1);
                compare.lead = 1 - compare.lead;
                compare.marks.iter_mut().for_each(|(visit, _)| *visit = 1 - *visit);
                (compare.stage, compare.found) = (Stage::Wanted, None);
                compare.changed += 1;
            }
            CompareInput::GoTo(visit, bscan) => self.go_in_visit(visit, bscan),
            CompareInput::GoBy(step) => {
                let visit = compare.lead;
                let now = self.model.scans.get(compare.visits[visit]).map(|scan| scan.cursor.bscan);
                if let Some(bscan) = now {
                    self.go_in_visit(visit, i64::from(bscan) + step);
                }
            }
            CompareInput::Press(visit, at) => {
                compare.crosses[visit] = at;
                if compare.is_marking {
                    self.mark(visit, at);
                }
                self.go_in_visit(visit, at[0].round() as i64);
            }
            CompareInput::Cross(visit, CrossInput::Step(step)) => {
                if let Some(scan) = self.model.scans.get(compare.visits[visit]) {
                    compare.step_cross(visit, step, scan);
                }
                let bscan = compare.crosses[visit][0];
                self.go_in_visit(visit, bscan.round() as i64);
            }
            CompareInput::Cross(visit, CrossInput::Set) => {
                let at = compare.crosses[visit];
                self.mark(visit, at);
            }
            CompareInput::ToggleMarking => {
                compare.is_marking ^= true;
                self.follow();
            }
            CompareInput::UndoMark => {
                if compare.marks.pop().is_some() {
                    compare.stage = Stage::Wanted;
                }
            }
            CompareInput::ForgetMarks => {
                compare.marks.clear();
                (compare.stage, compare.is_marking) = (Stage::Wanted, false);
            }
            CompareInput::ToggleOver => compare.is_over ^= true,
            CompareInput::Keep | CompareInput::LetGo | CompareInput::Open | CompareInput::Save => {}
        }
    }

    fn mark(&mut self, visit: usize, at: [f64; 2]) {
        if let Some(compare) = &mut self.model.compare
            && compare.mark(visit, at)
        {
            compare.stage = Stage::Wanted;
        }
    }

    /// Goes to a B-scan of a visit; the other one follows, unless places are marked just now.
    fn go_in_visit(&mut self, visit: usize, bscan: i64) {
        let Some(compare) = &mut self.model.compare else { return };
        compare.lead = visit;
        let scan = compare.visits[visit];
        self.go_to_in(scan, bscan);
        self.follow();
    }

    /// Has the other visit follow the one that was moved last.
    fn follow(&mut self) {
        let Some(compare) = self.model.compare.as_mut().filter(|compare| !compare.is_marking) else { return };
        let [from, to] = [compare.lead, 1 - compare.lead].map(|visit| compare.visits[visit]);
        let scan = |id: ScanId| self.model.scans.get(id);
        let grid = |id: ScanId| EnFace::of(&scan(id)?.info.geometry);
        compare.is_unseen = false;
        let Some(transform) = compare.to_other(compare.lead) else { return };
        let (Some(one), Some(other), Some(moved)) = (grid(from), grid(to), scan(from)) else { return };
        match same_place(&one, &other, &transform, moved.cursor.bscan) {
            Some(bscan) => self.go_to_in(to, i64::from(bscan)),
            None => compare.is_unseen = true,
        }
    }

    /// What came of a comparison.
    pub(super) fn compared(&mut self, visits: [ScanId; 2], compared: Compared, payload: &[Pixels]) {
        let Some(compare) = self.model.compare.as_mut().filter(|compare| compare.visits == visits) else {
            return;
        };
        compare.found = Found::of(compared, payload);
        (compare.stage, compare.why_not) = (Stage::Answered, None);
        compare.changed += 1;
        self.follow();
    }

    /// Nothing came of it, says the engine.
    pub(super) fn not_compared(&mut self, sentence: String) {
        if let Some(compare) = &mut self.model.compare {
            (compare.stage, compare.why_not) = (Stage::Answered, Some(sentence));
        }
    }

    /// Asks for the comparison that is looked at, and reads the kept scan again where an engine was
    /// replaced. Run after every input.
    pub(super) fn look_after_kept(&mut self) {
        let (scans, status) = (&self.model.scans, self.model.engine.status);
        let hears = !matches!(status, EngineStatus::Loading | EngineStatus::Stopped);
        if let Some(kept) = scans.beside().filter(|kept| hears && !kept.is_held)
            && scans.openings().is_empty()
            && scans.awaits_engine.is_none()
            && scans.shown().is_some_and(|shown| shown.is_held)
        {
            let opening = Opening { id: kept.id, source: kept.source.clone(), reopens: true };
            return self.ask_to_open(opening);
        }
        if self.model.sheet != Some(Sheet::Compare) || self.model.why_not_compare().is_some() {
            return;
        }
        let (compare, scans) = (&mut self.model.compare, &self.model.scans);
        let wanted =
            compare.as_mut().filter(|compare| compare.stage == Stage::Wanted && compare.is_of(scans));
        if let Some(compare) = wanted {
            compare.stage = Stage::Asked;
            let ([before, after], landmarks) = (compare.visits, compare.landmarks(scans));
            self.ask(Request::Compare { before, after, landmarks });
        }
    }

    /// The worker does not hold a scan any more, or could not read it again: where that is the
    /// kept one the page lets go of it.
    pub(super) fn lose_kept(&mut self, id: ScanId) {
        if let Some(compare) = self.model.compare.as_mut().filter(|compare| compare.visits.contains(&id)) {
            compare.stage = Stage::Wanted;
        }
        if self.model.scans.beside().is_some_and(|kept| kept.id == id) {
            if self.model.sheet == Some(Sheet::Compare) {
                self.model.sheet = None;
            }
            self.model.scans.let_go_of_kept();
            self.model.notice.get_or_insert_with(|| Notice::new(compare::NO_ROOM));
        }
    }
}
