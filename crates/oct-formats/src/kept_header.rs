//! What a header says of where its samples lie, kept for the mask.

use crate::{metaimage, nifti};

/// What the header of a file says of where its samples lie, as it stands there: a mask of
/// the same format gets it back, so that it lies on the scan for every program, whichever
/// of several statements that program believes. It goes with the order of axes in the file.
#[derive(Debug, Clone, PartialEq)]
pub enum KeptHeader {
    /// Of NIfTI-1.
    Nifti(nifti::StatedPlace),
    /// Of MetaImage.
    MetaImage(metaimage::StatedPlace),
}
