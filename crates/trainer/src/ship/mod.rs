//! From a run to what is published: the int8 weight file, ONNX, the documents with its figures.
//!
//! | module | what it holds |
//! |---|---|
//! | [`quantize`] | the int8 file of a run, what it costs, its calibration and self-test |
//! | [`onnx`] | the same network for onnxruntime |
//! | [`scores`] | the figures that documents name, as JSON |
//! | [`bars`] | what was wanted, against what was reached |
//! | [`card`] | documents filled from these |

pub mod bars;
pub mod card;
pub mod onnx;
pub mod quantize;
pub mod scores;
