//! What a person draws over the network's labels. No I/O, no browser, no network.
//!
//! Each voxel of a scan is untouched or has a label by a person ([`Corrections`]). The labels in
//! force are the person's where they drew, else the network's; so a threshold that moves or a
//! new run changes only what nobody touched. Voxels that a person drew are theirs.
//!
//! What a person does is an [`Edit`]: plain data that travels from the page to the worker.
//! [`tools::changes`] makes voxels of it, looking at greys, labels in force and probabilities
//! through [`Planes`]; [`Corrections::apply`] draws them and gives an [`Entry`] that [`History`]
//! takes back and makes again. All of it is kept as runs of equal labels, a few bytes each:
//! a stroke costs what it covers, not what the B-scan holds.
//!
//! | module | what it holds |
//! |---|---|
//! | [`edit`] | what a person does, as data |
//! | [`tools`] | from that to voxels |
//! | [`planes`] | what tools look at |
//! | [`shape`] | a set of samples of one B-scan |
//! | [`drawn`] | what a person drew in one B-scan |
//! | [`corrections`] | the same of a scan, and what they looked at |
//! | [`delta`] | what an interaction changed in one B-scan |
//! | [`history`] | undo and redo |
//! | [`bytes`] | bytes to keep it |
//! | [`grid`] | size of a scan in samples |
//! | [`error`] | why an edit was not made |
//! | `distance` | signed distances to an outline |
//! | `varint` | numbers in few bytes |

#![cfg_attr(test, allow(clippy::single_range_in_vec_init, reason = "shapes of one range are meant"))]

pub mod bytes;
pub mod corrections;
pub mod delta;
mod distance;
pub mod drawn;
pub mod edit;
pub mod error;
pub mod grid;
pub mod history;
pub mod planes;
pub mod shape;
pub mod tools;
mod varint;

pub use bytes::{BytesError, Digest};
pub use corrections::Corrections;
pub use drawn::{Drawn, Span, UNTOUCHED};
pub use edit::{Edit, Extent, Paint, Place, Point, Radius};
pub use error::CorrectError;
pub use grid::Grid;
pub use history::{Entry, History};
pub use planes::Planes;
pub use shape::Shape;
pub use tools::{Change, changes};
