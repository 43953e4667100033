//! A run on disk.
//!
//! | file | what |
//! |---|---|
//! | `config.json` | how the run is configured, its seed |
//! | `datasets.toml` | the dataset entries it learns from |
//! | `data.json` | samples and SHA-256 of each dataset as the network sees it |
//! | `learnt.json` | the subjects that it learns from, by folder of images |
//! | `code.json` | the commits that it was trained by, each with the step from which on |
//! | `metrics.jsonl` | one line a validation |
//! | `curves.svg` | loss and Dice over steps |
//! | `overlays/` | validation B-scans with truth and prediction |
//! | `averages/` | the averaged weights of every checkpoint, to choose among on validation data |
//! | `checkpoint/` | the newest state, whole; `checkpoint.old/` the one before |
//!
//! | module | what it holds |
//! |---|---|
//! | `config` | what a run is made of |
//! | `recipe` | the same from a file |
//! | `folder` | where it is, and what it was begun with |
//! | `begin` | how it begins, and what may change of it later |
//! | `records` | hashes of its data, subjects that it learnt from, commits |
//! | `pack` | a folder that trains elsewhere |
//! | `metrics` | a line a validation, batches of steps that failed |
//! | `checkpoint` | the newest state, whole or not at all |
//! | `network_weights` | the weights of a run folder or weight file |
//! | `atomic_write` | files that are there whole or not at all |

mod atomic_write;
mod begin;
mod checkpoint;
mod config;
mod folder;
mod metrics;
mod network_weights;
mod pack;
mod recipe;
mod records;

pub use atomic_write::replace_file;
pub use checkpoint::Snapshot;
pub(crate) use checkpoint::weights_file;
pub use config::{CROP, RunConfig};
pub use folder::RunFolder;
pub use network_weights::{NetworkWeights, weights_of};
pub use pack::{MOST_BYTES, Pack};
pub use recipe::Recipe;
pub use records::{Code, DataHash, Learnt};
