//! What a person draws over the network's labels.
pub mod edit;
pub use edit::{Edit, Extent, Paint, Place, Point, Radius};
