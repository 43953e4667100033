//! The fluid of a scan as a picture in space: what is drawn, without a browser.
//!
//! A [`SceneVolume`] holds the labels that were found, the boundaries of the retina where
//! they are known, and how large it all is; it goes to who draws as bytes. There each class
//! becomes a [`Mesh`]: labels are reduced to a grid around the class alone, turned into
//! distances from the outline within each B-scan, carried from B-scan to B-scan by them
//! (shape-based interpolation; Raya and Udupa, IEEE TMI 1990), and meshed by surface nets
//! (Gibson, MICCAI 1998). It is a picture: figures come from the labels and never from it,
//! though the tests hold the volume inside a mesh against the labels.
//!
//! Places are in mm from the middle of the scan: x along columns, y towards the vitreous,
//! z towards who looks at the retina's front with its top up.
//!
//! | module | what it holds |
//! |---|---|
//! | [`volume`] | what is drawn: labels, boundaries, size, letters |
//! | [`bytes`] | that as bytes, and back with checks |
//! | [`extent`] | where a class lies, and the grid for it |
//! | [`distance`] | distances from the outline within a B-scan |
//! | [`field`] | distances in the grid, between B-scans too |
//! | [`surface_nets`] | from distances to a mesh |
//! | [`mesh`] | triangles |
//! | [`ghost`] | boundaries of the retina as surfaces |
//! | [`frame`] | the box of the scan, its grid of millimetres, its letters |
//! | [`camera`] | from where it is seen |
//! | [`matrix`] | matrices of four by four |
//! | [`messages`] | what the page and who draws say to each other |

pub mod bytes;
pub mod camera;
pub mod distance;
pub mod extent;
pub mod field;
pub mod frame;
pub mod ghost;
pub mod matrix;
pub mod mesh;
pub mod messages;
pub mod surface_nets;
pub mod volume;

pub use bytes::SceneError;
pub use camera::Camera;
pub use ghost::{Layer, ghost};
pub use mesh::{Mesh, fluid_mesh};
pub use messages::{FromScene, Look, SceneFailure, ToScene};
pub use volume::{Ends, RetinaRows, SceneVolume};
