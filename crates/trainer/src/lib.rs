//! Trains, evaluates, quantises and exports MMIS-Net. Native only.
//!
//! A dataset is an entry in `datasets.toml`. Its samples are read once,
//! brought to the working grid by the engine's own preprocessing, and kept as
//! bytes: an image and, for each pixel, one bit for each *plane* that the
//! dataset annotates. A plane is a label or a superset of labels. A loader
//! thread draws, augments and batches while the device computes. The loss sees
//! for each sample only the planes its dataset annotates.
//!
//! | module | what it holds |
//! |---|---|
//! | [`datasets`] | the TOML entries, the readers, samples, splits |
//! | [`augment`] | geometric and intensity augmentation |
//! | [`batch`] | drawing samples by share, the loader thread |
//! | [`loss`] | masked BCE + Dice with supersets and auxiliary heads |
//! | [`train`] | the loop, the schedule, checkpoints |
//! | [`evaluate`] | scores of a weight file on every split |
//! | [`export`] | from a checkpoint to the int8 weight file |

pub mod augment;
pub mod batch;
pub mod datasets;
pub mod evaluate;
pub mod export;
pub mod loss;
pub mod train;

use burn::tensor::Device;

/// The device that this build trains on.
#[cfg(not(feature = "tch"))]
pub fn device() -> Device {
    Device::flex()
}

/// The device that this build trains on.
#[cfg(feature = "tch")]
#[expect(deprecated, reason = "on a CPU nothing that is to replace LibTorch trains nearly as fast")]
pub fn device() -> Device {
    Device::libtorch()
}
