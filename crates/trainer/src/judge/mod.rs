//! Scores of weights on held-out data, as RETOUCH asks for them (Bogunovic et
//! al., IEEE TMI 2019), through the same preparation and labelling as the engine.
//!
//! The unit is a *volume*: all scored B-scans of one subject (a phantom's single
//! B-scan is one). Dice is taken over the volumes that hold the class; what is
//! found in volumes without it is reported by itself, so that no rule for the
//! empty volume decides a headline.
//!
//! | module | what it holds |
//! |---|---|
//! | `predict` | a network over cases, in their own grid |
//! | `volumes` | what was found and true in one volume |
//! | `summary`, `bootstrap` | groups of volumes, intervals |
//! | `graders` | network and graders, each with each, by subject |
//! | `images` | presence where only whole images are labelled |
//! | `intervals` | volume between a low and a high threshold, and how often truth lies there |
//! | `tables` | the same as Markdown |
//! | `validate` | quick scores in the working grid, while training |
//! | [`rules`] | what could follow the network, kept only where it helps |
//! | [`stress`] | what happens to images on their way, and what it does to the figures |
//! | [`calibrate`] | chances of presence that mean what they say |

mod bootstrap;
pub mod calibrate;
mod graders;
mod images;
mod intervals;
mod predict;
pub mod rules;
pub mod stress;
mod summary;
mod tables;
mod validate;
mod volumes;

pub use bootstrap::{Interval, interval};
pub use graders::{ALL_SUBJECTS, GraderOverlaps, GraderScores, grader_overlaps, grader_scores, grader_table};
pub use images::{ImageScore, ImageScores, by_label, image_scores, image_table};
pub use intervals::{Coverage, IntervalCase, coverage, coverage_table, interval_cases, pixels_between};
pub use predict::{Chance, HeldOut, Judge, Verdict};
pub use summary::{ALL_DEVICES, Evaluation, GroupScores, summarise};
pub use tables::{markdown, side_by_side};
pub use validate::{Found, ImageFound, found, predicted, probabilities};
pub use volumes::{VolumeScore, counted, merged, score, scores};
