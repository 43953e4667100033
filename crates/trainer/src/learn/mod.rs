//! How a network learns: loss, steps, schedule, and the loop over them.
//!
//! | module | what it holds |
//! |---|---|
//! | [`loss`] | masked BCE + Dice with supersets and auxiliary heads |
//! | `learner` | a network in training: one step, on one device or several |
//! | `schedule` | learning rate and running average over steps |
//! | `train` | the loop: batches, validation, checkpoints |
//! | [`quantization_aware`] | weights as int8 will store them |
//! | [`average`] | the mean of several runs' weights |
//! | [`device`] | what this build trains on |
//! | [`speed`] | images a second |

pub mod average;
pub mod device;
mod learner;
pub mod loss;
pub mod quantization_aware;
mod schedule;
pub mod speed;
mod train;

pub use train::{Diverged, train};
