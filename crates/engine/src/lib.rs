//! The one pipeline behind worker, command line and trainer: choose a device,
//! test it, prepare a B-scan, run the network, bring the answer back to the
//! B-scan's own grid.
//!
//! ```text
//! BScan ─ prepare ─► PreparedBScan ─ forward ─► probabilities ─ label ─► SegmentedBScan
//!         (working grid, 0..=1)      (device)   (working grid)           (original grid)
//! ```
//!
//! An [`Engine`] exists only after its device has reproduced the answer that is
//! stored in the weight file. Preparing and labelling run on the processor and
//! are plain functions, so that every device, and the CPU workers of a browser,
//! share them to the bit.
//!
//! | module | what it holds |
//! |---|---|
//! | [`device`] | WebGPU or CPU, and why |
//! | `forward` | the network on that device |
//! | [`pace`] | how fast it is there, by the clock |
//! | [`self_test`] | the fixed input and how its answer is compared |
//! | [`mod@prepare`] | from samples to the network's input |
//! | [`pipeline`] | [`Engine`], which ties them together |

pub mod device;
mod forward;
pub mod pace;
pub mod pipeline;
pub mod prepare;
pub mod self_test;

pub use engine_protocol::{DeviceKind, DevicePreference, DeviceReport, ModelInfo};
pub use fluid::SegmentedBScan;
pub use pipeline::{Engine, EngineError, Probabilities, SimilarityMap};
pub use prepare::PreparedBScan;

/// The shipped weights, for programs without a page to fetch them from.
#[cfg(feature = "bundled-weights")]
pub const BUNDLED_WEIGHTS: &[u8] = include_bytes!("../../../weights/mmis-net.safetensors");
