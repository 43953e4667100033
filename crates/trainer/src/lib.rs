//! Trains, evaluates, quantises and exports MMIS-Net. Native only.
//!
//! A dataset is an entry in `datasets.toml`. Its samples are read once, brought to the
//! working grid by the engine's own preparation, and kept as bytes: an image and, for each
//! pixel, one bit for each *plane* that the dataset annotates. A plane is a label or a
//! superset of labels that the dataset does not tell apart. A thread draws crops, augments
//! and batches them while the device computes; the loss sees for each sample only the planes
//! that its dataset teaches.
//!
//! A run is a folder. It says what it learns from and by which code, and holds its
//! checkpoints, so that it can be killed and goes on as if it had not been. Its weights are
//! scored in the grid of the scans, through the preparation and labelling of the page. What
//! is good enough is quantised and shipped; the figures go into one JSON file, from which
//! the documents are filled.
//!
//! Wings, each knowing only those above it:
//!
//! | wing | what it holds |
//! |---|---|
//! | [`data`] | dataset entries, readers, samples, augmentation, batches |
//! | [`run`] | a run on disk: configuration, records, checkpoints |
//! | [`judge`] | scores: RETOUCH's figures with intervals, quick ones while training, rules, calibration |
//! | [`pictures`] | B-scans with prediction and truth, error maps, curves |
//! | [`learn`] | loss, training step, schedule, the loop, devices |
//! | [`ablate`] | runs that differ in one thing, paired by subject |
//! | [`ship`] | the int8 file, ONNX, the figures and the documents that name them |
//!
//! The program's commands stand in `src/commands`, one file each.

pub mod ablate;
pub mod data;
pub mod judge;
pub mod learn;
pub mod pictures;
pub mod run;
pub mod ship;
