//! What is shown of a scan, whichever it is, and how strongly.

use engine_protocol::Slab;
use oct::FluidClass;

use super::habits::Theme;
use super::window::Window;

/// Which views stand beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Views {
    /// The B-scan alone.
    #[default]
    BScan,
    /// The B-scan, and the scan seen from the front.
    Front,
    /// These, and the picture along the slow axis.
    All,
}

impl Views {
    /// All of them, in the order in which the key goes through them.
    pub const ALL: [Self; 3] = [Self::BScan, Self::Front, Self::All];

    /// The ones after these.
    pub fn next(self) -> Self {
        match self {
            Self::BScan => Self::Front,
            Self::Front => Self::All,
            Self::All => Self::BScan,
        }
    }

    /// Whether the scan is seen from the front.
    pub fn has_front(self) -> bool {
        self != Self::BScan
    }

    /// Whether the picture along the slow axis is shown.
    pub fn has_section(self) -> bool {
        self == Self::All
    }
}

/// What lies over the view from the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Front {
    /// The classes, each where it has the most pixels of a column.
    #[default]
    Classes,
    /// How thick a class is.
    Thickness(FluidClass),
    /// How thick the retina is, from the inner limiting membrane to Bruch's membrane.
    Retina,
    /// Nothing.
    Picture,
}

/// What the viewer shows.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Classes that are switched on, by [`FluidClass::index`].
    pub visible: [bool; 3],
    /// Whether masks are shown at all.
    pub overlay: bool,
    /// The key that hides everything drawn over the B-scan is held.
    pub hidden_by_key: bool,
    /// Whether boundaries that the device stored are drawn.
    pub boundaries: bool,
    /// Whether the boundaries of the retina that the network found are drawn.
    pub layers: bool,
    /// Whether it is shown where the network is in doubt.
    pub doubt: bool,
    /// Whether the fill of each class has a pattern of its own, which reads without colour.
    pub patterns: bool,
    /// The colours of the page.
    pub theme: Theme,
    /// Which greys are black and white.
    pub window: Window,
    /// B-scans whose mean is shown: 1, 3 or 5.
    pub mean_of: u32,
    /// Which views stand beside each other.
    pub views: Views,
    /// What the view from the front shows of the depth.
    pub slab: Slab,
    /// What lies over the view from the front.
    pub front: Front,
    /// Whether the ETDRS grid lies on it.
    pub grid: bool,
    /// Whether the similarity map is shown.
    pub similarity: bool,
    /// Which of the maps that is, the finest first.
    pub similarity_level: usize,
    /// Whether it is shown what is truly in a generated eye.
    pub truth: bool,
    /// Whether the tour was taken or declined, on this visit or an earlier one.
    pub toured: bool,
    /// Strength of the fill, 0..=1. The outline is always full.
    pub opacity: f64,
    /// How many times deeper than in truth the B-scan is drawn: 1, 2 or 3.
    pub depth: u8,
}

impl Default for View {
    fn default() -> Self {
        Self {
            visible: [true; 3],
            overlay: true,
            hidden_by_key: false,
            boundaries: false,
            layers: false,
            doubt: false,
            patterns: true,
            theme: Theme::default(),
            window: Window::default(),
            mean_of: 1,
            views: Views::default(),
            slab: Slab::default(),
            front: Front::default(),
            grid: true,
            similarity: false,
            similarity_level: 0,
            truth: false,
            toured: false,
            opacity: 0.35,
            depth: 1,
        }
    }
}

impl View {
    /// Whether `class` is switched on.
    pub fn is_visible(&self, class: FluidClass) -> bool {
        self.visible[class.index()]
    }

    /// Classes to be drawn now, by [`FluidClass::index`].
    pub fn drawn(&self) -> [bool; 3] {
        self.visible.map(|on| on && self.overlay && !self.hidden_by_key)
    }
}
