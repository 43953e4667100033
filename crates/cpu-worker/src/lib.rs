//! A CPU worker: a nested worker that prepares B-scans, runs the network and labels, on one
//! core. It knows no files and no GPU, so its own wasm file is small.
//!
//! A pool of workers uses all cores without SharedArrayBuffer, so the page needs no special
//! headers from its host. (The page calls CPU workers lanes.)
//!
//! | module | what it holds |
//! |---|---|
//! | `messages` | what the two ends say to each other |
//! | `handle` | the end of the worker that starts it |
//! | `host` | its own end |

#[cfg(target_family = "wasm")]
mod handle;
#[cfg(target_family = "wasm")]
mod host;
#[cfg(target_family = "wasm")]
mod messages;

#[cfg(target_family = "wasm")]
pub use handle::{CpuWorker, CpuWorkerError, SentBScan};
#[cfg(target_family = "wasm")]
pub use host::listen;
