//! DICOM: Ophthalmic Tomography and other images read as volumes; masks
//! written as segmentations.

mod read;
mod source;

pub use source::{Source, SourceFrame};

pub(crate) use read::read;
