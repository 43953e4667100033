//! A CPU worker: a nested worker that runs the network on one core.
//!
//! A pool of workers uses all cores without SharedArrayBuffer, so the page
//! needs no special headers from its host.
//!
//! | module | what it holds |
//! |---|---|
//! | [`messages`] | what the two ends say to each other |
//! | [`handle`] | the end of the worker that starts it |
//! | [`host`] | its own end |

mod handle;
mod host;
mod messages;

pub use handle::{CpuWorker, CpuWorkerError};
pub use host::CpuHost;
