//! Files of other programs that hold an array and say how large its steps are,
//! but not which of its axes is depth ([`orientation`]).

pub mod metaimage;
pub mod nifti;
pub(crate) mod npy;
pub(crate) mod nrrd;
pub mod orientation;
pub(crate) mod stored_order;
