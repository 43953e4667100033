//! Datasets: what they are (TOML), how they are read, how they are split.

mod catalogue;
mod check;
mod planes;
mod readers;
mod sample;

pub use catalogue::{Catalogue, DatasetEntry, Reader, Split, SubjectRule, Unlisted};
pub use check::{Findings, check, table};
pub use planes::{IGNORE_BIT, Planes};
pub use readers::{has_held_out, held_out, read};
pub(crate) use sample::shrink_bits;
pub use sample::{Case, Dataset, Input, Look, Sample};
