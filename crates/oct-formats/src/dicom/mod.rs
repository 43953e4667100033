//! DICOM: Ophthalmic Tomography and other images read as volumes; masks
//! written as segmentations.

mod elements;
mod frames;
mod geometry;
mod image;
mod jpeg;
mod people;
mod read;
mod rle;
mod seg;
mod source;
mod syntax;

pub use seg::{SegOptions, scan_digest, write_segmentation};
pub use source::{LossyCompression, Source, SourceFrame};

pub(crate) use read::read;
