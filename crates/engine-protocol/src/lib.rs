//! All that the page and the engine's Web Worker share: ids, messages and the
//! wire that they travel on.
//!
//! The page sends a [`Request`], the worker answers with [`Event`]s. Whatever is
//! about a scan names it by its [`ScanId`], so a spacing or a mask on its way
//! never lands on another scan. Everything that the page shows of a scan it got
//! in an event, so the worker can die and be replaced without the page losing
//! what the person sees.
//!
//! A message travels as one JavaScript object ([`wire`]): the serialised enum and
//! an array of `ArrayBuffer`s (or of `File`s for [`Request::Open`]) that are
//! handed over, never copied twice. Each variant says what its payload holds.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ids`] | which scan a message is about |
//! | [`requests`] | what the page asks for |
//! | [`events`] | what the worker tells |
//! | [`compared`] | what changed between two visits |
//! | [`info`] | what the page shows of the device, the network and a scan |
//! | [`wire`] | messages as JavaScript objects |
//! | [`worker`] | a worker in the browser |
//! | [`order`] | in which order B-scans are visited |

pub mod compared;
pub mod events;
pub mod ids;
pub mod info;
pub mod order;
pub mod requests;
pub mod wire;
pub mod worker;

pub use compared::{COMPARED_FIGURES, COMPARED_REGIONS, ChangeGrid, Compared, Laid};
pub use correct::{Edit, Extent, Paint, Place, Point, Radius, UNTOUCHED};
pub use events::{BScanResult, CorrectedBScan, Event, FailedStep, Failure, StartStep};
pub use fluid::{Coverage, Measurement, SaveKind};
pub use ids::ScanId;
pub use info::{AxisCandidateInfo, DeviceKind, DeviceReport, FoundScan, FundusInfo, ModelInfo, VolumeInfo};
pub use requests::{DevicePreference, Request, Slab};
pub use visits::map::{FULL_CHANGE_UM, change_colour};
pub use visits::{EnFaceTransform, Landmark, RegisteredBy};
