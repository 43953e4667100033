//! Two visits of an eye: laid on each other as seen from the front, and what changed between
//! them. No I/O, no clock, no network.
//!
//! A scan is never taken twice at the same place. So the first is *registered* to the second:
//! a shift and a small turn, in mm, under which the shadows of the vessels lie on each other.
//! Where that is not sure, the fovea of both says it, else nobody but a person. What is not sure
//! is refused ([`NotRegistered`]), and each [`Registration`] says by what it was made.
//!
//! Figures come in pairs ([`Change`]) and twice: of the whole scans, and of what both scans see.
//! Only the second kind leaves out what a shifted scan no longer shows. Absent is 0, unmeasured
//! is `None`, and there is no percent of 0.
//!
//! | module | what it holds |
//! |---|---|
//! | [`transform`] | where a place of one scan lies in the other |
//! | [`picture`] | a scan from the front, for its vessels |
//! | [`registration`] | two scans laid on each other, or why not |
//! | [`visit`] | a scan with what was measured in it |
//! | [`change`] | a figure before and after |
//! | [`comparison`] | all figures of two visits |
//! | [`caution`] | why a difference need not be a change of the eye |
//! | [`map`] | thickness of retina and fluid at both visits, on one grid |
//! | [`table`] | the comparison as CSV |
//! | [`days`] | days between two dates |
//! | `vessels`, `search` | what is dark and thin, and where it lies on itself |
//! | `orientation` | scans that are stored the other way round |
//! | `seen` | what both scans saw |

pub mod caution;
pub mod change;
pub mod comparison;
pub mod days;
pub mod map;
mod orientation;
pub mod picture;
pub mod registration;
mod search;
mod seen;
pub mod table;
pub mod transform;
mod vessels;
pub mod visit;

pub use caution::Caution;
pub use change::Change;
pub use comparison::{Centre, Common, Comparison, DiscChange, RegionChange, SubfieldChange};
pub use days::days_between;
pub use map::{BothMaps, ChangeMap};
pub use picture::EnFacePicture;
pub use registration::{
    Landmark, NotRegistered, RegisteredBy, Registration, Scan, Which, register, register_by_hand,
    said_by_vessels,
};
pub use search::Confidence;
pub use transform::EnFaceTransform;
pub use visit::Visit;
