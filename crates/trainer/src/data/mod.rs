//! What is learnt from and scored: dataset entries, their files as samples, batches of them.
//!
//! A dataset is an entry in `datasets.toml`. For each pixel of a sample one bit says
//! whether it belongs to a *plane*: a label, or a superset of labels that a dataset does
//! not tell apart. A dataset teaches only the planes that it annotates.
//!
//! | module | what it holds |
//! |---|---|
//! | `catalogue`, `entry_check` | the entries of `datasets.toml`, their splits, and whether they make sense |
//! | `planes` | labels and supersets as bits of a pixel |
//! | `readers` | one file a layout: image pairs, NIfTI pairs, RETOUCH, generated |
//! | `sample` | a B-scan or slice in the working grid (to learn from) or its own (to score) |
//! | `check` | whether splits leak, labels occur, masks fit |
//! | `augment` | crops: warped, and with changed greys |
//! | `batch` | drawing crops for a step, the loader thread |

mod augment;
mod batch;
mod catalogue;
mod check;
mod entry_check;
mod planes;
mod readers;
mod sample;

pub use augment::{Augmentation, Crop, Cutter};
pub use batch::{Batch, BatchSampler, check_batch};
pub use catalogue::{Catalogue, DatasetEntry, Reader, Split, SubjectRule, Unlisted};
pub use check::{Findings, check, table};
pub use planes::{IGNORE_BIT, Planes};
pub use readers::{held_out, held_out_files, read};
pub(crate) use sample::shrink_bits;
pub use sample::{Case, Dataset, Input, Look, Sample, Shown, TrainingData};
