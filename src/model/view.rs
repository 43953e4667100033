//! What is shown of a scan, whichever it is, and how strongly.

use oct::FluidClass;

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
    /// Whether the similarity map is shown.
    pub similarity: bool,
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
            similarity: false,
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
