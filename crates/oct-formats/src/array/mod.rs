//! Files of other programs that hold an array and say how large its steps are.

pub mod metaimage;
pub mod nifti;
pub(crate) mod npy;
pub(crate) mod nrrd;
