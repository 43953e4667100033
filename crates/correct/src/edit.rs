//! What a person does to the labels, as data: it travels from the page to the worker.

use oct::FluidClass;
use serde::{Deserialize, Serialize};

/// What is put down where a tool was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paint {
    /// No fluid, says the person: what an eraser puts down.
    Background,
    /// Fluid of a class, says the person.
    Fluid(FluidClass),
    /// The person says nothing any more: the network's label is in force again.
    GiveBack,
}

/// A place in a B-scan in samples from its upper left corner: the middle of the first sample
/// is 0.5, 0.5.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Along the retina.
    pub column: f32,
    /// Into the eye.
    pub row: f32,
}

/// One sample of a B-scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Along the retina.
    pub column: u32,
    /// Into the eye.
    pub row: u32,
}

/// Radius of a brush in samples: a disc in mm is an ellipse in samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Radius {
    /// Along the retina.
    pub columns: f32,
    /// Into the eye.
    pub rows: f32,
}

/// How far an edit reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The B-scan in which it is made.
    BScan,
    /// All B-scans.
    Volume,
}

/// One interaction of a person with the labels of a B-scan; undone and redone as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// A brush or eraser along `points`; one point is a dab.
    Stroke {
        /// What it puts down.
        paint: Paint,
        /// Its size.
        radius: Radius,
        /// Where it went.
        points: Vec<Point>,
    },
    /// Everything within a closed outline.
    Lasso {
        /// What is put down.
        paint: Paint,
        /// The outline; its last point is joined to its first.
        outline: Vec<Point>,
    },
    /// The dark space around a place, as far as it is bounded, becomes fluid.
    Fill {
        /// The class.
        class: FluidClass,
        /// A place within it.
        at: Place,
    },
    /// The connected fluid of one class around a place becomes something else or nothing.
    Component {
        /// A place within it.
        at: Place,
        /// Connected within the B-scan, or through the volume.
        extent: Extent,
        /// What it becomes.
        paint: Paint,
    },
    /// A ball that pushes the outline of a class: outward where it starts within the class,
    /// inward where it starts outside. Other classes stay.
    Push {
        /// The class whose outline moves.
        class: FluidClass,
        /// Size of the ball.
        radius: Radius,
        /// Where it went.
        points: Vec<Point>,
    },
    /// What lies between two B-scans gets shapes between theirs. Voxels that a person drew
    /// there stay.
    Interpolate {
        /// The class.
        class: FluidClass,
        /// One of the two B-scans.
        from: u32,
        /// The other one.
        to: u32,
    },
    /// What was proposed for a click at a place becomes fluid.
    Accept {
        /// The class, as the proposal named it.
        class: FluidClass,
        /// The place, as the proposal named it.
        at: Place,
    },
    /// All that a person drew is given back to the network.
    Clear {
        /// In the B-scan, or in all.
        extent: Extent,
    },
}
