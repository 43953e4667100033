//! One opened scan with everything that was found out about it: the home that
//! the worker of the page and the command line's program share.
//!
//! A [`Study`] begins as a volume that a reader opened, or one that was
//! generated. A run then takes in one segmented B-scan after the other, in any
//! order and from any device; what is measured follows from the mask, the
//! spacing in force, the evidence and the boundaries of the retina, at any
//! moment. A run that was stopped goes on where it stopped, unless the spacing has changed so much that the network
//! would see the B-scans in other proportions: then its results would not go
//! with new ones. At the end the study writes itself as files.
//!
//! Nothing here computes a mask, reads a disk, knows a browser or asks a clock:
//! who has those hands in what they give. Names of the patient and of files
//! leave a study only where it is asked for an identified file.
//!
//! | module | what it holds |
//! |---|---|
//! | [`study`] | what is opened, its names, its spacing, its fovea |
//! | [`run`] | results coming in, and whether they still go with the spacing |
//! | [`corrections`] | what a person draws over the network's labels |
//! | [`save`] | report and mask as files |
//! | [`visit`] | a segmented scan as one of two visits |
//! | `training_data` | a corrected scan as the trainer reads it |
//! | [`mask_images`] | a mask image for each image of a stack |

pub mod corrections;
pub mod mask_images;
pub mod run;
pub mod save;
pub mod study;
mod training_data;
pub mod visit;

pub use corrections::DrawnError;
pub use run::ThresholdError;
pub use save::{SaveError, SaveOptions, SavedFile};
pub use study::Study;
pub use visit::MeasuredVisit;
