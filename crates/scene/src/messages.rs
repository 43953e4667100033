//! What the page and who draws say to each other.

use serde::{Deserialize, Serialize};

use crate::camera::Camera;

/// What the page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToScene {
    /// Draw on a canvas. Payload: the canvas, an `OffscreenCanvas`.
    Start,
    /// Draw another volume. Payload: one buffer, as [`crate::bytes`] has it.
    Build,
    /// The picture of a B-scan. Payload: one buffer, `rows * columns` grey bytes, row by row.
    Picture {
        /// Index of the B-scan.
        bscan: u32,
        /// Pixels per row.
        columns: u32,
        /// Rows.
        rows: u32,
    },
    /// Look at it otherwise.
    Look(Look),
}

/// How it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// From where.
    pub camera: Camera,
    /// Whether the camera glides to its place, or is there at once.
    pub glides: bool,
    /// How many times taller than in truth it is drawn.
    pub stretch: f32,
    /// Classes that are drawn, by [`oct::FluidClass::index`].
    pub visible: [bool; 3],
    /// The B-scan that is marked.
    pub bscan: u32,
    /// Width of the canvas, pixels of the screen.
    pub width: u32,
    /// Height of the canvas, pixels of the screen.
    pub height: u32,
    /// Pixels of the screen for each CSS pixel.
    pub pixel_ratio: f32,
}

/// What who draws tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromScene {
    /// The worker runs and waits for [`ToScene::Start`].
    Loaded,
    /// It draws.
    Started,
    /// The volume that came last is what is drawn.
    Built {
        /// Triangles of each class, by [`oct::FluidClass::index`].
        triangles: [u32; 3],
        /// Time that it took, ms.
        elapsed_ms: f64,
    },
    /// It draws no more.
    Failed {
        /// Why.
        failure: SceneFailure,
    },
}

/// Why nothing is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum SceneFailure {
    /// The browser cannot draw outside of the page.
    NoOffscreenCanvas,
    /// The browser has no WebGL 2, or it is switched off.
    NoWebGl2,
    /// The browser took the graphics away.
    ContextLost,
    /// Something else.
    Other {
        /// What, for a bug report.
        details: String,
    },
}
