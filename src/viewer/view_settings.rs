//! What the viewer shows, and how strongly.

use leptos::prelude::*;
use oct::FluidClass;

use super::placement::{Zoom, zoom_at};

/// By how much a key or button enlarges.
const ZOOM_STEP: f64 = 1.5;

/// The viewer's settings; a context.
#[derive(Clone, Copy)]
pub struct ViewSettings {
    visible: [RwSignal<bool>; 3],
    /// Whether masks are shown at all.
    pub overlay: RwSignal<bool>,
    /// The key that hides them is held.
    pub hidden_by_key: RwSignal<bool>,
    /// Whether boundaries that the device stored are drawn.
    pub boundaries: RwSignal<bool>,
    /// Strength of the fill, 0..=1. The outline is always full.
    pub opacity: RwSignal<f64>,
    /// How many times deeper than in truth the B-scan is drawn: 1, 2 or 3.
    pub depth: RwSignal<u8>,
    /// Zoom and shift.
    pub zoom: RwSignal<Zoom>,
}

impl Default for ViewSettings {
    fn default() -> Self {
        Self {
            visible: [(); 3].map(|()| RwSignal::new(true)),
            overlay: RwSignal::new(true),
            hidden_by_key: RwSignal::new(false),
            boundaries: RwSignal::new(false),
            opacity: RwSignal::new(0.35),
            depth: RwSignal::new(1),
            zoom: RwSignal::new(Zoom::default()),
        }
    }
}

impl ViewSettings {
    /// The settings of the app.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Whether `class` is switched on.
    pub fn visible(&self, class: FluidClass) -> RwSignal<bool> {
        self.visible[class.index()]
    }

    /// Draws the next depth: 1, 2, 3, then 1 again.
    pub fn next_depth(&self) {
        self.depth.update(|depth| *depth = *depth % 3 + 1);
    }

    /// Enlarges the B-scan by half, about the middle of the stage.
    pub fn zoom_in(&self) {
        self.zoom.update(|zoom| *zoom = zoom_at(*zoom, ZOOM_STEP, 0.0, 0.0));
    }

    /// Takes one [`Self::zoom_in`] back.
    pub fn zoom_out(&self) {
        self.zoom.update(|zoom| *zoom = zoom_at(*zoom, 1.0 / ZOOM_STEP, 0.0, 0.0));
    }

    /// Whether `class` is to be drawn now; reactive.
    pub fn draws(&self, class: FluidClass) -> bool {
        self.overlay.get() && !self.hidden_by_key.get() && self.visible(class).get()
    }
}

/// The colour of a class on canvases, as red, green, blue. The style sheet holds the same.
pub fn colour(class: FluidClass) -> (u8, u8, u8) {
    match class {
        FluidClass::Irf => (255, 92, 92),
        FluidClass::Srf => (77, 163, 255),
        FluidClass::Ped => (255, 210, 63),
    }
}

/// The class's name in lower case, as tests and the style sheet use it.
pub fn slug(class: FluidClass) -> &'static str {
    match class {
        FluidClass::Irf => "irf",
        FluidClass::Srf => "srf",
        FluidClass::Ped => "ped",
    }
}
