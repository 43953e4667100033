//! From what happens to what is to be done.
//!
//! | module | what it takes in |
//! |---|---|
//! | [`open`] | wishes to open something, and what comes of them |
//! | [`measure`] | runs, spacing, saving |
//! | [`correct`] | what a person draws |
//! | [`find`] | the game of a generated eye |
//! | [`look`] | moving through a scan, switches of the viewer |
//! | [`compare`] | two visits |
//! | [`worklist`] | the list and its queue |
//! | [`hear`] | what the engine says, its start and its death |

mod compare;
mod correct;
mod find;
mod hear;
mod look;
mod measure;
mod open;
#[cfg(test)]
mod tests;
mod worklist;

use engine_protocol::Request;

use super::compare::Stage;
use super::effect::{Effect, Payload};
use super::find::FindInput;
use super::hand::HandInput;
use super::input::{Input, ViewInput};
use super::notice::Notice;
use super::scan::Scan;
use super::source::Source;
use super::{EngineStatus, Model};
use crate::words::{Said, notices};

/// Takes in what happens.
pub fn update(model: &mut Model, input: Input) -> Vec<Effect> {
    let mut change = Change { model, effects: Vec::new() };
    change.take_in(input);
    change.advance_list();
    change.look_after_kept();
    change.ask_for_views();
    change.compare();
    change.effects
}

/// A model while it is changed, and what is to be done about it.
struct Change<'a> {
    model: &'a mut Model,
    effects: Vec<Effect>,
}

impl Change<'_> {
    fn take_in(&mut self, input: Input) {
        match input {
            // The key of the truth asks for it in the only way that there is.
            Input::View(ViewInput::ToggleTruth) if self.model.finding().is_some() => {
                self.take_in_find(FindInput::Check)
            }
            input if self.gives_away(&input) => {}
            Input::StartEngine => {
                self.model.notice = None;
                self.start_engine();
            }
            Input::Engine(event, payload) => self.hear(*event, &payload),
            Input::EngineDied { details } => self.engine_died(&details),
            Input::DropBegun => self.model.times_asked_to_open += 1,
            Input::Dropped { asked, files } => {
                if asked == self.model.times_asked_to_open {
                    self.open_files(files);
                }
            }
            Input::Picked(files) => {
                self.model.times_asked_to_open += 1;
                self.open_files(files);
            }
            Input::OpenSample => self.open_generated(Source::Sample),
            Input::OpenEye(number) => self.open_generated(Source::Eye(number)),
            Input::ChooseVolume(choice) => self.choose_volume(choice),
            Input::ChooseAxes(axes) => self.choose_axes(axes),
            Input::AnswerReplace(replace) => self.answer_replace(replace),
            Input::Segment => self.segment(),
            Input::Cancel => self.cancel(),
            Input::Escape if self.model.question.is_some() => self.answer_replace(false),
            Input::Escape if self.model.worklist.several.is_some() => self.model.worklist.several = None,
            Input::Escape if self.model.tour.is_some() => self.show_around(None),
            Input::Escape if self.model.scene.is_open => self.model.scene.is_open = false,
            Input::Escape if self.model.hand.tool.is_some() => self.model.hand.tool = None,
            Input::Escape => self.cancel(),
            Input::SetSpacing(spacing) => self.set_spacing(spacing),
            Input::ConfirmSpacing(spacing) => self.confirm_spacing(spacing),
            Input::SetThreshold(threshold) => self.set_threshold(threshold),
            Input::SetFovea(fovea) => self.set_fovea(fovea),
            Input::Export(kind) => self.export(kind),
            Input::Identify(identified) => {
                if let Some(scan) = self.model.scans.shown_mut() {
                    scan.identified = identified;
                }
            }
            Input::NotSaved(notice) => self.model.notice = Some(notice),
            Input::DismissNotice => self.model.notice = None,
            Input::GoTo(bscan) => self.go_to(bscan),
            Input::GoBy(step) => self.go_by(step),
            Input::PointAt { column, row } => self.point_at(column, row),
            // While the axes are asked for there is no mask to show or hide.
            Input::View(ViewInput::Toggle(class)) if self.model.scan().is_some_and(Scan::asks_for_axes) => {
                let candidate =
                    self.model.scan().and_then(|scan| scan.info.axis_candidates.get(class.index()));
                if let Some(axes) = candidate.map(|candidate| candidate.axes) {
                    self.choose_axes(axes);
                }
            }
            Input::View(view) => self.look(view),
            Input::ClassKey(class) if self.model.hand.tool.is_some() => {
                self.use_hand(HandInput::Class(class));
            }
            Input::ClassKey(class) => self.take_in(Input::View(ViewInput::Toggle(class))),
            Input::Hand(input) => self.use_hand(input),
            Input::KeptThere => {
                self.model.has_kept = true;
                if let Some(scan) = self.model.scan().map(|scan| scan.id) {
                    self.look_for_kept(scan);
                }
            }
            Input::Find(input) => self.take_in_find(input),
            Input::KeptFound { scan, bytes } => self.found_kept(scan, bytes),
            Input::ForgetKept => {
                self.model.has_kept = false;
                self.effects.push(Effect::ForgetCorrections);
            }
            Input::ChooseLanguage(locale) => {
                self.model.locale = locale;
                self.effects.push(Effect::UseLanguage(locale));
            }
            Input::Tour(step) => self.show_around(step),
            Input::Sheet(sheet) => self.model.sheet = sheet,
            Input::Scene(input) => {
                let has_scan = self.model.scan().is_some();
                self.model.scene.take_in(input, has_scan);
            }
            Input::Compare(input) => self.take_in_compare(input),
            Input::List(input) => self.take_in_list(input),
        }
    }

    /// Asks the engine for something that needs no more than words.
    fn ask(&mut self, request: Request) {
        self.effects.push(Effect::Send(request, Payload::Nothing));
    }

    /// Starts a worker in place of the one there is.
    fn start_engine(&mut self) {
        self.model.engine.status = EngineStatus::Loading;
        self.model.engine.device = None;
        if let Some(lost) = self.lose_engine() {
            self.model.notice = Some(Notice::new(lost));
        }
        self.effects.push(Effect::StartEngine);
    }

    /// Lets go of a worker that is no good any more.
    fn stop_engine(&mut self, mut why: Notice) {
        self.model.engine.status = EngineStatus::Stopped;
        self.model.worklist.looked_through = None;
        if let Some(lost) = self.lose_engine() {
            why.sentence = why.sentence.then(&lost);
        }
        self.model.notice = Some(why);
        self.effects.push(Effect::StopEngine);
    }

    /// Gives up what the worker still owed; which files are not saved for it, in a sentence.
    fn lose_engine(&mut self) -> Option<Said> {
        let files = self.model.scans.files_awaited();
        self.row_lost_engine();
        self.model.scans.lose_engine();
        self.model.question = None;
        if let Some(compare) = &mut self.model.compare {
            compare.stage = Stage::Wanted;
        }
        (!files.is_empty()).then(|| Said::new(|locale| notices::lost_with_engine(locale, &files)))
    }
}
