//! DICOM: Ophthalmic Tomography and other images read as volumes; masks
//! written as segmentations.

mod cells;
mod dates;
mod elements;
mod eye;
mod facts;
mod frame;
mod frames;
mod geometry;
mod image;
mod jpeg;
mod layout;
mod meaning;
mod packed;
mod part;
mod people;
mod read;
mod rle;
mod said_twice;
mod seg;
mod shows;
mod sorted;
mod source;
mod syntax;
mod volumes;
mod walker;

pub use seg::{SegOptions, SegmentedBy, scan_digest, write_segmentation};
pub use source::{LossyCompression, Source, SourceFrame};

pub(crate) use image::study;
pub(crate) use read::read;
