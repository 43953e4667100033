//! What is found in a volume: which fluid lies where.
//!
//! | module | what it holds |
//! |---|---|
//! | [`column_counts`] | fluid of one B-scan by column |
//! | [`fluid_class`] | IRF, SRF, PED and their label values |
//! | [`labels`] | a label for every voxel, B-scan by B-scan |
//! | [`run_lengths`] | labels of one B-scan as runs of equal ones |

pub mod column_counts;
pub mod fluid_class;
pub mod labels;
pub mod run_lengths;

pub use column_counts::ColumnCounts;
pub use fluid_class::FluidClass;
pub use labels::{LabelMask, MaskError};
pub use run_lengths::RunLengths;
