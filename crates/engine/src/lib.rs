//! The one pipeline behind worker, command line and trainer.

pub mod postprocess;
pub mod preprocess;
pub mod resample;
