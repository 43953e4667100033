//! The nouns of an OCT volume. No I/O, no GPU, no opinion about files.
//!
//! A volume is a stack of B-scans. We call its axes by their names in the
//! clinic, never x, y, z: **columns** run along the retina (lateral), **rows**
//! run into the eye (axial, vitreous first), **B-scans** are the slices
//! themselves. Samples lie in memory with the column fastest, then the row,
//! then the B-scan; a mask lies in the same grid.
//!
//! Geometry is sacred here: each axis carries its spacing in millimetres
//! *together with where that figure came from* ([`SpacingSource`]), and a
//! volume in nanolitres exists only where all three are known
//! ([`Geometry::voxel_nl`]).
//!
//! | module | what it holds |
//! |---|---|
//! | [`geometry`] | spacing with its source, laterality, scan pattern |
//! | [`placement`] | where each B-scan lies, and the pattern and order that follow |
//! | [`vector`] | vectors of three coordinates |
//! | [`codes`] | SNOMED CT, DICOM and UCUM codes of what is measured |
//! | [`fundus`] | the fundus image taken with it |
//! | [`layers`] | layer boundaries that the device stored |
//! | [`acquisition`] | when and with what it was taken |
//! | [`grey`] | samples to screen greys |
//! | [`volume`] | samples, B-scan views, the volume |
//! | [`mask`] | fluid classes and the label mask in the volume's grid |
//! | [`palette`] | colours of the fluid classes |

pub mod acquisition;
pub mod codes;
pub mod fundus;
pub mod geometry;
pub mod grey;
pub mod layers;
pub mod mask;
pub mod palette;
pub mod placement;
pub mod vector;
pub mod volume;

pub use acquisition::Acquisition;
pub use codes::Code;
pub use fundus::{FundusImage, FundusKind};
pub use geometry::{Axis, AxisSpacing, Geometry, GeometryError, Laterality, ScanPattern, SpacingSource};
pub use grey::GreyRange;
pub use layers::LayerSurface;
pub use mask::{FluidClass, LabelMask, MaskError};
pub use placement::{Arrangement, BScanOrder, BScanPlace};
pub use volume::{BScan, OctVolume, SampleType, Samples, VolumeError};
