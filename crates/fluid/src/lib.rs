//! From masks and probabilities to the figures a clinician reads, and the
//! scores by which a segmentation is judged. No I/O, no clock, no GPU.
//!
//! Three rules run through the crate:
//!
//! 1. **Absent is 0, unmeasured is `None`.** A volume with no intraretinal
//!    fluid has 0 nl of it; a volume of which half the B-scans were segmented
//!    has no volume yet.
//! 2. **Nanolitres only where every spacing is known.** Voxels are counted in
//!    the original grid and multiplied by [`oct::Geometry::voxel_nl`].
//! 3. **Order does not matter.** B-scans arrive in any order, from any worker;
//!    the figures are the same.
//!
//! A presence score is *not* a probability: see [`presence`] for what it is.
//!
//! | module | what it holds |
//! |---|---|
//! | [`boundaries`] | where the retina begins and ends in a B-scan |
//! | [`mod@label`] | from probabilities to labels |
//! | [`chances`] | probabilities of a B-scan, kept for other thresholds |
//! | [`correction`] | what a person's corrections did to the figures |
//! | [`by_class`] | one thing for each class |
//! | [`thickness`] | how thick the retina is |
//! | [`fovea`] | where the fovea lies, and who says so |
//! | [`regions`] | fluid and thickness in the ETDRS grid |
//! | [`extents`] | height, width, area, distance to the fovea |
//! | [`figures`] | all of these, with what they rest on |
//! | [`segmented`] | what the network says of one B-scan |
//! | [`measure`] | voxels, nanolitres and B-scans with fluid per class |
//! | [`presence`] | the score that a class is present in the volume |
//! | [`provenance`] | program, network, device and time of a report |
//! | [`report`] | the report as JSON and CSV |
//! | [`tables`] | its regions and B-scans as CSV |
//! | [`cohort`] | many scans as one table in CSV |
//! | [`csv`] | records of CSV that are safe to open |
//! | [`save_kind`] | what can be saved |
//! | [`scores`] | Dice, absolute volume difference, AUC against a reference |

pub mod boundaries;
pub mod by_class;
pub mod chances;
pub mod cohort;
pub mod correction;
pub mod csv;
pub mod extents;
pub mod figures;
pub mod fovea;
pub mod label;
pub mod measure;
pub mod presence;
pub mod provenance;
pub mod regions;
pub mod report;
pub mod save_kind;
pub mod scores;
pub mod segmented;
pub mod tables;
pub mod thickness;

pub use boundaries::Boundaries;
pub use by_class::ByClass;
pub use chances::Chances;
pub use cohort::{CohortRow, CohortState, MeasuredScan, cohort_csv};
pub use correction::{ClassCorrection, DrawnBy};
pub use extents::{ClassExtents, Greatest};
pub use figures::{BScanState, Figures};
pub use fovea::{Fovea, FoveaPlace, FoveaSource};
pub use measure::{ClassMeasure, Coverage, Measurement, measure};
pub use presence::{PresenceAccumulator, bscan_evidence};
pub use provenance::{ModelReport, OperatingPoint, Provenance, SoftwareReport};
pub use regions::{DiscFigures, RegionFigures, Regions, Ring, ScanEdge, Subfield, SubfieldFigures};
pub use report::{AxisReport, DoubtReport, InputReport, ProposalReport, Report, SpacingReport};
pub use save_kind::SaveKind;
pub use scores::{Agreement, Overlap, ScoreError};
pub use segmented::SegmentedBScan;
pub use thickness::Thickness;
