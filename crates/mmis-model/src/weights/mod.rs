//! Weights in one SafeTensors file: int8 per output channel, with metadata and checksum.
//!
//! Layout (ours, on the SafeTensors format of Hugging Face, version 0.x):
//! a parameter of rank 2 or more named `p` is stored as `p.int8` (I8, the
//! parameter's shape, output channel first) and `p.scale` (F32, one per output
//! channel), value = int8 * scale; a parameter of rank 1 as `p` (F32). Names
//! are the path in the module. `self_test.answer` (F32) is what the network
//! gives for the self-test's input. `__metadata__` holds the strings of
//! [`Metadata`].
//!
//! | module | what it holds |
//! |---|---|
//! | [`quantize`] | f32 to int8 per output channel and back |
//! | [`file`] | reading and writing the file |
//! | [`labels`] | keeping and moving the channels of labels |
//! | [`widen`] | weights of one fusion as the start of a wider one |

pub mod file;
pub mod labels;
pub mod quantize;
pub mod widen;

pub use file::{Arrays, Metadata, Precision, PresenceCalibration, WeightsError, WeightsFile, parameter};
pub use labels::{keep_labels, move_labels};
pub use widen::{leave_semantics_out, put_semantics_beside};
