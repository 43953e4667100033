//! The page's state as plain data, and the one function that changes it.
//!
//! [`Model`] is everything that the page knows. Whatever happens, a person's wish
//! or a message of the engine, is an [`Input`]; [`update`] takes it in, changes
//! the model and says in [`Effect`]s what is to be done outside: send a request,
//! start a worker, save a file. Nothing here touches the browser, so all of it is
//! tested natively.
//!
//! Everything of one scan hangs on its id in a [`Scan`]: to close or to replace
//! one is a single assignment. Large pictures are [`Pixels`], which may lie in
//! JavaScript's memory. The engine may die at any time: the model keeps what is
//! shown and hands the masks that it holds to the next one.
//!
//! | module | what it holds |
//! |---|---|
//! | [`engine`] | how the engine is |
//! | [`scans`] | open scans, the one on show, those on their way |
//! | [`worklist`] | many scans, measured one after the other |
//! | [`scan`] | one scan and all that was measured in it |
//! | [`bscans`] | pictures, masks and similarity maps of its B-scans |
//! | [`on_demand`] | pictures that are made when somebody looks |
//! | [`cursor`] | the place in a scan that every view shares |
//! | [`view`] | what is shown, and how strongly |
//! | [`scene`] | the view of the fluid in space |
//! | [`scene_volume`] | what of a scan is drawn there |
//! | [`hand`] | the tool that a person draws with |
//! | [`habits`] | what of it is kept for the next visit |
//! | [`window`] | which greys are black and white |
//! | [`zoom`] | how far the B-scan is enlarged |
//! | [`sheet`] | what is opened over the page to be read |
//! | [`source`] | where a scan comes from |
//! | [`compare`] | two visits of an eye beside each other |
//! | [`tour`] | how far a person is shown around |
//! | [`truth`] | what is truly in a generated eye |
//! | [`find`] | what a person finds in it by themselves |
//! | [`key_bscans`] | those that stand for a scan in its report |
//! | [`notice`] | failures and questions in words |
//! | [`pixels`] | bytes that may lie outside of our memory |
//! | [`input`], [`effect`] | what happens, what is to be done |
//! | [`update`] | from the one to the other |

pub mod bscans;
pub mod compare;
pub mod cursor;
pub mod effect;
pub mod engine;
pub mod find;
pub mod habits;
pub mod hand;
pub mod input;
pub mod key_bscans;
pub mod notice;
pub mod on_demand;
pub mod pixels;
pub mod scan;
pub mod scans;
pub mod scene;
pub mod scene_volume;
pub mod sheet;
pub mod source;
pub mod tour;
pub mod truth;
pub mod update;
pub mod view;
pub mod window;
pub mod worklist;
pub mod zoom;

pub use compare::{Compare, CompareInput, CrossInput};
pub use cursor::Cursor;
pub use effect::{Effect, Payload};
pub use engine::{Engine, EngineStatus};
pub use find::{Answer, Compared, Find, FindInput};
pub use habits::{Habits, Theme};
pub use hand::{Hand, HandInput, Tool};
pub use input::{Input, ViewInput};
pub use key_bscans::{KeyBScan, key_bscans};
pub use notice::{Notice, Question};
pub use on_demand::OnDemand;
pub use pixels::Pixels;
pub use scan::{Run, RunEnd, Scan};
pub use scans::{Opening, Scans};
pub use scene::{SceneInput, SceneStatus, SceneView, Standpoint};
pub use sheet::Sheet;
pub use source::{DropId, Files, Source};
pub use update::update;
pub use view::{Front, View, Views};
pub use window::Window;
pub use worklist::{ListInput, Worklist};
pub use zoom::Zoom;

use engine_protocol::{DevicePreference, Event, ModelInfo, ScanId};

use crate::words::{self, Locale, Text, run, saving};

/// What the page's document and address say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where the network's weights lie.
    pub weights_url: String,
    /// The device that is wanted.
    pub device: DevicePreference,
    /// CPU workers at most; `None` for as many as pay.
    pub cpu_workers: Option<u32>,
    /// The generated eye that the page opens on; `None` for the sample.
    pub eye: Option<u32>,
    /// Whether a person is to find its fluid by themselves.
    pub find: bool,
}

/// Everything that the page knows.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// What document and address say.
    pub settings: Settings,
    /// The language that the page speaks.
    pub locale: Locale,
    /// The engine.
    pub engine: Engine,
    /// Open scans and those on their way.
    pub scans: Scans,
    /// Scans that are measured one after the other.
    pub worklist: Worklist,
    /// What is shown of a scan, whichever it is.
    pub view: View,
    /// The view of the fluid in space.
    pub scene: SceneView,
    /// The tool that a person holds.
    pub hand: Hand,
    /// The game of finding the fluid of generated eyes, while it is played.
    pub find: Option<Find>,
    /// Whether the browser keeps anything that was drawn.
    pub has_kept: bool,
    /// The step of the tour that is shown.
    pub tour: Option<usize>,
    /// The two visits that are compared.
    pub compare: Option<Compare>,
    /// What is open over the page to be read.
    pub sheet: Option<Sheet>,
    /// The failure on show.
    pub notice: Option<Notice>,
    /// A scan that waits for the answer whether the run may be stopped.
    pub question: Option<Question>,
    /// Counts how often a person asked for another scan: a folder takes its time
    /// to be read, and what was asked for meanwhile comes instead.
    pub times_asked_to_open: u32,
}

impl Model {
    /// The model of a page that was just opened.
    pub fn new(settings: Settings) -> Self {
        let find = settings.find.then(Find::default);
        Self { settings, find, ..Self::default() }
    }

    /// The scan on show.
    pub fn scan(&self) -> Option<&Scan> {
        self.scans.shown()
    }

    /// The game and the eye that it is played in.
    pub fn finding(&self) -> Option<(&Find, &Scan)> {
        self.find.as_ref().zip(self.scan())
    }

    /// What may be seen of the fluid in the B-scan in view.
    pub fn answer(&self) -> Answer {
        match self.finding() {
            None => Answer::Open,
            Some((find, scan)) if find.is_checked(scan.id, scan.cursor.bscan) => Answer::Compared,
            Some(_) => Answer::Hidden,
        }
    }

    /// The B-scan in view as a person drew it beside truth and network, where they may know.
    pub fn compared(&self) -> Option<&Compared> {
        self.finding().and_then(|(find, _)| find.compared())
    }

    /// Name of what is being opened or looked through, the newest.
    pub fn opening_name(&self) -> Option<String> {
        let looked_through = self.worklist.looked_through.clone().map(Source::Files);
        let name = looked_through.map(|source| source.name(self.locale));
        name.or_else(|| self.scans.opening_name(self.locale))
    }

    /// Whether the engine is busy with the scan in view, or one that comes in its place.
    pub fn is_in_view_busy(&self) -> bool {
        !self.scans.openings().is_empty()
            || self.scans.awaits_engine.is_some()
            || self.scan().is_some_and(Scan::is_running)
    }

    /// Whether what `input` changes may be shown a moment later: what comes of a run B-scan by B-scan,
    /// but for the one in view, and pictures of the others.
    pub fn can_wait(&self, input: &Input) -> bool {
        let Input::Engine(event, _) = input else { return false };
        let is_in_view =
            |id: ScanId, bscan: u32| self.scans.get(id).is_some_and(|scan| scan.cursor.bscan == bscan);
        match &**event {
            Event::Progress { .. } => true,
            Event::Figures { scan, .. } => {
                self.scan().is_none_or(|shown| shown.id != *scan || shown.is_running())
            }
            Event::MaskReady { scan, result, .. } => !is_in_view(*scan, result.bscan),
            Event::BScan { scan, bscan } => !is_in_view(*scan, *bscan),
            _ => false,
        }
    }

    /// The network that segmented the scan on show, else the one in use.
    pub fn network(&self) -> Option<&ModelInfo> {
        self.scan().and_then(|scan| scan.network.as_ref()).or(self.engine.network.as_ref())
    }

    /// Why nothing can be segmented now, or `None` where it can.
    pub fn why_not_segment(&self) -> Option<Text> {
        match self.engine.status {
            EngineStatus::Loading | EngineStatus::Starting(_) => Some(run::ENGINE_STARTING),
            EngineStatus::NoDevice => Some(run::NO_DEVICE),
            EngineStatus::Stopped => Some(run::ENGINE_STOPPED),
            EngineStatus::Ready if self.scan().is_none() => Some(run::NO_VOLUME),
            EngineStatus::Ready => self.scan().and_then(Scan::asks_first).or_else(|| self.why_not_held()),
        }
    }

    /// Why the engine does not hold the scan on show, or `None` where it does.
    pub fn why_not_held(&self) -> Option<Text> {
        match (self.scan().is_some_and(|scan| scan.is_held), self.scans.opening()) {
            (true, _) => None,
            (false, Some(_)) => Some(run::READING),
            (false, None) if self.engine.status == EngineStatus::Loading => Some(run::ENGINE_STARTING),
            (false, None) => Some(run::NOT_READ_AGAIN),
        }
    }

    /// Why the scan on show cannot be kept, or take the place of the one that is, or `None` where
    /// it can.
    pub fn why_not_keep(&self) -> Option<Text> {
        match self.scan() {
            None => Some(run::NO_VOLUME),
            Some(scan) if scan.is_running() => Some(saving::WAIT),
            Some(scan) => scan.asks_first(),
        }
    }

    /// Why the kept scan cannot be compared with the one on show, or `None` where it can.
    pub fn why_not_compare(&self) -> Option<Text> {
        let (Some(kept), Some(scan)) = (self.scans.beside(), self.scan()) else {
            return Some(words::compare::OTHER_FIRST);
        };
        if scan.is_running() {
            Some(saving::WAIT)
        } else if !scan.is_complete() {
            Some(words::compare::THIS_FIRST)
        } else if !kept.is_complete() {
            Some(words::compare::KEPT_FIRST)
        } else if self.engine.status == EngineStatus::Stopped {
            Some(run::ENGINE_STOPPED)
        } else if kept.is_held {
            self.why_not_held()
        } else {
            Some(run::READING)
        }
    }

    /// Whether the files of `dropped` may still be needed.
    pub fn needs(&self, dropped: DropId) -> bool {
        let of = |source: &Source| matches!(source, Source::Files(files) if files.dropped == dropped);
        self.worklist.needs(dropped)
            || self.scans.sources().any(of)
            || self.question.as_ref().is_some_and(|question| of(&question.source))
    }
}
