//! DICOM: every transfer syntax, which frames are a volume and in what order, where
//! B-scans lie, what is refused, and that nothing panics. The volumes in
//! `fixtures/dicom` were encoded by other programs (`make.py` beside them); all else
//! is built here byte by byte.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod apart;
mod choices;
mod content;
mod hostile;
#[path = "../mutations/mod.rs"]
mod mutations;
mod objects;
mod order;
mod parts;
mod pixels;
mod places;
mod real;
mod said_twice;
#[path = "../shared_data/mod.rs"]
mod shared_data;
