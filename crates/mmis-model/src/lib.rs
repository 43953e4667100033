//! MMIS-Net as data, for all that builds, trains, runs or reads about it: what it is built
//! as, which labels its channels have, and its weights in a file. Nothing here computes.
//!
//! | module | what it holds |
//! |---|---|
//! | [`config`] | [`MmisNetConfig`] and the kinds of fusion |
//! | [`label_space`] | labels, supersets, what a dataset annotates |
//! | [`weights`] | int8 weights in one SafeTensors file |

pub mod config;
pub mod label_space;
pub mod weights;

pub use config::{FusionKind, MmisNetConfig};
pub use label_space::{LabelSpace, LabelSpaceError};
