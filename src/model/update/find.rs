//! The game of a generated eye.

use engine_protocol::Request;

use super::Change;
use crate::model::find::{Answer, Compared, Find, FindInput};
use crate::model::hand::Tool;
use crate::model::input::{Input, ViewInput};
use crate::model::sheet::Sheet;
use crate::model::source::Source;

impl Change<'_> {
    pub(super) fn take_in_find(&mut self, input: FindInput) {
        match input {
            FindInput::Toggle if self.model.find.is_some() => self.leave_find(),
            FindInput::Toggle => self.begin_find(),
            FindInput::Check => self.check_drawn(),
            FindInput::Next => {
                let next = self.model.finding().and_then(|(find, scan)| find.next(scan));
                if let Some(next) = next {
                    self.go_to(i64::from(next));
                }
            }
        }
    }

    /// Whether `input` would give the answer away while it is hidden.
    pub(super) fn gives_away(&self, input: &Input) -> bool {
        let gives_away = match input {
            Input::View(wanted) => matches!(
                wanted,
                ViewInput::ToggleTruth
                    | ViewInput::ToggleDoubt
                    | ViewInput::ToggleSimilarity
                    | ViewInput::ToggleLayers
                    | ViewInput::ToggleBoundaries
                    | ViewInput::NextViews
            ),
            Input::Scene(_) | Input::Export(_) | Input::Compare(_) | Input::Sheet(Some(Sheet::Report)) => {
                true
            }
            _ => false,
        };
        gives_away && self.model.finding().is_some()
    }

    fn begin_find(&mut self) {
        if self.model.scan().is_some_and(|scan| scan.info.is_sample) {
            self.model.find = Some(Find::default());
            self.hide_answer();
        }
    }

    fn leave_find(&mut self) {
        self.model.find = None;
        self.draw_unaided();
    }

    /// A scan comes into view: the game goes on in a generated eye and ends in any other.
    pub(super) fn play_on(&mut self) {
        if self.model.scan().is_some_and(|scan| matches!(scan.source, Source::Files(_))) {
            self.model.find = None;
        } else if self.model.find.is_some() {
            self.hide_answer();
        }
    }

    /// Puts away what would give the answer away, and a brush in the hand that holds nothing.
    fn hide_answer(&mut self) {
        let view = &mut self.model.view;
        (view.truth, view.doubt, view.similarity) = (false, false, false);
        (view.layers, view.boundaries) = (false, false);
        self.model.scene.is_open = false;
        self.model.sheet = None;
        self.model.hand.tool.get_or_insert(Tool::Brush);
        self.draw_unaided();
        self.seek_fluid();
    }

    /// Has tools look at what the person may see.
    pub(super) fn draw_unaided(&mut self) {
        let unaided = self.model.find.is_some();
        if let Some(scan) = self.model.scan().filter(|scan| scan.is_held && scan.info.is_sample) {
            let request = Request::DrawUnaided { scan: scan.id, unaided };
            self.ask(request);
        }
    }

    /// Goes where fluid is, unless it is in view; the same for everybody who begins here.
    pub(super) fn seek_fluid(&mut self) {
        let Some((find, scan)) = self.model.finding() else { return };
        let is_dry = !scan.truth.with_fluid().any(|bscan| bscan == scan.cursor.bscan);
        if let Some(next) = find.next(scan).filter(|_| is_dry) {
            self.go_to(i64::from(next));
        }
    }

    /// Keeps the comparison of the B-scan in view up to date.
    pub(super) fn compare(&mut self) {
        if let Some((find, scan)) = self.model.find.as_mut().zip(self.model.scans.shown()) {
            find.compare(scan);
        }
    }

    fn check_drawn(&mut self) {
        let Some(scan) = self.model.scan().filter(|_| self.model.answer() == Answer::Hidden) else { return };
        let (id, bscan) = (scan.id, scan.cursor.bscan);
        if let Some((compared, find)) = Compared::of(scan, bscan).zip(self.model.find.as_mut()) {
            find.check(id, bscan, compared.dice());
        }
    }
}
