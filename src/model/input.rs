//! What happens.

use engine_protocol::{Event, SaveKind, ScanId, Slab};
use fluid::FoveaPlace;
use oct::{Axis, AxisOrder, FluidClass};

use super::compare::CompareInput;
use super::find::FindInput;
use super::habits::Theme;
use super::hand::HandInput;
use super::notice::Notice;
use super::pixels::Pixels;
use super::scene::SceneInput;
use super::sheet::Sheet;
use super::source::Files;
use super::view::Front;
use super::window::Window;
use super::worklist::ListInput;
use crate::words::Locale;

/// What happens to the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The page is there; the engine is to be started, or replaced.
    StartEngine,
    /// The engine says something; what came with it.
    Engine(Box<Event>, Vec<Pixels>),
    /// The worker died, could not be started or speaks another protocol.
    EngineDied {
        /// The cause, for a bug report.
        details: String,
    },
    /// Something was dropped that takes its time to be read.
    DropBegun,
    /// It is read, or could not be.
    Dropped {
        /// [`super::Model::times_asked_to_open`] when it began.
        asked: u32,
        /// The files.
        files: Result<Files, Notice>,
    },
    /// Files were picked, or could not be taken.
    Picked(Result<Files, Notice>),
    /// The generated eye is wanted.
    OpenSample,
    /// A generated eye of the series is wanted.
    OpenEye(u32),
    /// Which volume of the same files is wanted: another one, or the one on show.
    ChooseVolume(u32),
    /// The scan on show has its axes in this order.
    ChooseAxes(AxisOrder),
    /// Whether the run may be stopped for the scan that waits.
    AnswerReplace(bool),
    /// Segment what is not measured yet, or everything anew.
    Segment,
    /// Stop the run, or else what is being opened.
    Cancel,
    /// The key that takes back: no to a question that is asked, the view in space closed,
    /// else [`Self::Cancel`].
    Escape,
    /// Spacing that the file does not carry (mm).
    SetSpacing(Vec<(Axis, f64)>),
    /// A spacing that was in doubt is as the file states it, or as it was proposed (mm).
    ConfirmSpacing(Vec<(Axis, f64)>),
    /// What reaches this probability is fluid.
    SetThreshold(f32),
    /// The fovea lies there, or where it is guessed.
    SetFovea(Option<FoveaPlace>),
    /// Save a file.
    Export(SaveKind),
    /// Saved files name the patient, or do not.
    Identify(bool),
    /// A file could not be saved.
    NotSaved(Notice),
    /// The failure was read.
    DismissNotice,
    /// Go to a B-scan; past either end to that end.
    GoTo(i64),
    /// Move by so many B-scans.
    GoBy(i64),
    /// A column of the B-scan in view, and a row where one is meant, is pointed at.
    PointAt {
        /// Column in the B-scan's grid.
        column: f64,
        /// Row in the B-scan's grid.
        row: Option<f64>,
    },
    /// A switch of the viewer.
    View(ViewInput),
    /// The key of a class: the tool in hand draws it from now on; without one it is shown or hidden.
    ClassKey(FluidClass),
    /// Something about the tool that a person draws with.
    Hand(HandInput),
    /// Earlier visits kept something of what was drawn.
    KeptThere,
    /// Something about finding the fluid of a generated eye.
    Find(FindInput),
    /// What an earlier visit kept of what was drawn in a scan.
    KeptFound {
        /// The scan.
        scan: ScanId,
        /// What was drawn.
        bytes: Pixels,
    },
    /// All that was ever drawn and kept is to be forgotten.
    ForgetKept,
    /// The page speaks this language from now on.
    ChooseLanguage(Locale),
    /// Show a step of the tour; past its end, or with `None`, it is over.
    Tour(Option<usize>),
    /// Open something over the page to be read, or close what is open.
    Sheet(Option<Sheet>),
    /// Something about the view in space.
    Scene(SceneInput),
    /// Something about two visits.
    Compare(CompareInput),
    /// Something about the list.
    List(ListInput),
}

/// What a switch of the viewer, a wheel or a drag asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ViewInput {
    /// Show a class, or hide it.
    Toggle(FluidClass),
    /// Show all masks, or none.
    ToggleOverlay,
    /// The key that hides everything over the B-scan goes down (`true`) or up.
    HideOverlay(bool),
    /// Show the similarity map, or hide it.
    ToggleSimilarity,
    /// Show the boundaries that the device stored, or hide them.
    ToggleBoundaries,
    /// Show the boundaries of the retina that the network found, or hide them.
    ToggleLayers,
    /// Show where the network is in doubt, or hide it.
    ToggleDoubt,
    /// Fill the classes with patterns, or with colours alone.
    TogglePatterns,
    /// The colours of the page.
    Theme(Theme),
    /// Which greys are black and white.
    Window(Window),
    /// The next preset of the window.
    NextWindow,
    /// Show the mean of the next number of B-scans: 1, 3, 5, then 1 again.
    NextMean,
    /// Show the next views.
    NextViews,
    /// What the view from the front shows of the depth.
    Slab(Slab),
    /// What lies over the view from the front.
    Front(Front),
    /// Show the ETDRS grid, or hide it.
    ToggleGrid,
    /// Show what is truly in a generated eye, or hide it.
    ToggleTruth,
    /// Which of the similarity maps is shown, the finest first.
    SimilarityLevel(usize),
    /// Strength of the fill, 0..=1.
    Opacity(f64),
    /// Draw the next depth: 1, 2, 3, then 1 again.
    NextDepth,
    /// Enlarge the B-scan about the middle of the stage.
    ZoomIn,
    /// Take one [`Self::ZoomIn`] back.
    ZoomOut,
    /// Enlarge by a factor about a point, CSS pixels from the middle of the stage.
    ZoomAt {
        /// Above 1 enlarges.
        factor: f64,
        /// To the right.
        x: f64,
        /// Down.
        y: f64,
    },
    /// Shift the enlarged B-scan to (x, y), CSS pixels from its middle.
    ShiftTo {
        /// To the right.
        x: f64,
        /// Down.
        y: f64,
    },
    /// See the B-scan whole.
    Fit,
}
