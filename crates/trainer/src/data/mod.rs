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
//! | `findings` | how often phantoms show what else an eye may show |
//! | `readers` | one file a layout: image pairs, NIfTI pairs, RETOUCH, generated |
//! | `sample` | a B-scan or slice in the working grid (to learn from) or its own (to score) |
//! | `packed` | the samples of a dataset in one compressed file |
//! | `check` | whether splits leak, labels occur, masks fit |
//! | `graders` | several masks of one B-scan, and what training takes of them |
//! | `augment` | crops: warped, and with changed greys |
//! | `batch` | drawing crops for a step, the loader thread |

mod augment;
mod batch;
mod catalogue;
mod check;
mod entry_check;
mod findings;
mod graders;
mod packed;
mod planes;
mod readers;
mod sample;

pub use augment::{Augmentation, Crop, Cutter};
pub use batch::{Batch, BatchSampler, check_batch};
pub use catalogue::{Catalogue, DatasetEntry, ImageLabels, Reader, Split, SubjectRule, Unlisted};
pub use check::{Findings, check, table};
pub use findings::FindingChances;
pub use graders::Graders;
pub use packed::{pack, unpack};
pub use planes::{IGNORE_BIT, ImageLevel, Planes};
pub use readers::{held_out, held_out_files, read};
pub(crate) use sample::shrink_bits;
pub use sample::{Case, Dataset, Input, Look, Sample, Shown, TrainingData};
