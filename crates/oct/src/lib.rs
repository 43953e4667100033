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
//! volume in nanolitres exists only where all three are known and an eye can
//! have them ([`Geometry::voxel_nl`], [`Geometry::doubt`]).
//!
//! | module | what it holds |
//! |---|---|
//! | [`geometry`] | spacing with its source, laterality, scan pattern, where each B-scan lies |
//! | [`en_face`] | where columns lie seen from the front, in mm, and which side is which |
//! | [`palette`] | colours of the fluid classes |
//! | [`codes`] | SNOMED CT, DICOM and UCUM codes of what is measured |
//! | [`fundus`] | the fundus image taken with it |
//! | [`layers`] | layer boundaries that the device stored |
//! | [`acquisition`] | when and with what it was taken |
//! | [`grey`] | samples to screen greys |
//! | [`padding`] | what of a B-scan holds no sample of the eye |
//! | [`picture`] | whether a B-scan holds a picture at all |
//! | [`projection`] | pictures across B-scans: en face and along the slow axis |
//! | [`rank`] | floats by their rank: percentiles, least and largest |
//! | [`volume`] | samples, B-scan views, the volume |
//! | [`mask`] | fluid classes and the label mask in the volume's grid |
//! | [`working_grid`] | the grid in which the network sees a B-scan |
//! | [`framing`] | what of a B-scan the network sees in it |
//! | [`resample`] | from the one grid to the other |
//! | [`research_use`] | what everything that leaves Lacuna says of its use |

pub mod acquisition;
pub mod codes;
pub mod en_face;
pub mod framing;
pub mod fundus;
pub mod geometry;
pub mod grey;
pub mod layers;
pub mod mask;
pub mod padding;
pub mod palette;
pub mod picture;
pub mod projection;
pub mod rank;
pub mod resample;
pub mod research_use;
pub mod volume;
pub mod working_grid;

pub use acquisition::Acquisition;
pub use codes::Code;
pub use en_face::{EnFace, EnFacePlace, Side, Sides};
pub use framing::Framing;
pub use fundus::{FundusImage, FundusKind};
pub use geometry::{
    Arrangement, Axis, AxisOrder, AxisSpacing, BScanOrder, BScanPlace, Contradiction, Doubt, Geometry,
    GeometryError, Implausible, Laterality, Mistake, NoAxisOrder, Proposal, SaidBy, ScanPattern,
    SpacingSource, UnlikelyEntry, doubt, placement, vector,
};
pub use grey::GreyRange;
pub use layers::LayerSurface;
pub use mask::{ColumnCounts, FluidClass, LabelMask, MaskError, RunLengths};
pub use padding::{Region, Scanned, StatedPadding};
pub use picture::Layering;
pub use research_use::RESEARCH_USE_NOTICE;
pub use volume::{BScan, OctVolume, SampleType, Samples, SamplesOf, VolumeError};
pub use working_grid::{WorkingGrid, WorkingScale};
