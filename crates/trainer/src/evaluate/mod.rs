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
//! | `summary`, `bootstrap` | groups of volumes, intervals, Markdown |
//! | `picture` | best and worst B-scans |
//! | `error_map` | every judged pixel |

mod bootstrap;
mod error_map;
mod picture;
mod predict;
mod summary;
mod volumes;

pub use bootstrap::{Interval, interval};
pub use error_map::write_error_maps;
pub use picture::{best_and_worst, tile};
pub use predict::{Chance, HeldOut, Judge, Verdict};
pub use summary::{GroupScores, Report, markdown, side_by_side, summarise};
pub use volumes::{VolumeScore, counted, merged, score, scores};
