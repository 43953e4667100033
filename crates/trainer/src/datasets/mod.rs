//! Datasets: what they are (TOML), how they are read, how they are split.

mod catalogue;
mod readers;
mod sample;

pub use catalogue::{Catalogue, DatasetEntry, Reader, Split};
pub use readers::{Case, held_out, read};
pub use sample::{Dataset, IGNORE_BIT, Planes, Sample};
