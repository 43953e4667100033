//! What the two ends of a CPU worker say to each other, under
//! [`engine_protocol::wire::CPU`].

use engine::Framing;
use serde::{Deserialize, Serialize};

/// To a CPU worker.
#[derive(Serialize, Deserialize)]
pub enum CpuRequest {
    /// Payload: the weights.
    Start,
    /// Payload: the prepared image, f32, and a byte for each sample that is 1 in
    /// padding, or nothing.
    Compute {
        /// Number of the task, for its answer.
        task: u32,
        /// What of it.
        wanted: Wanted,
        /// What the image shows of the B-scan.
        framing: Framing,
    },
}

/// What is wanted of a B-scan.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub enum Wanted {
    /// Labels and evidence.
    Segmentation,
    /// Similarity maps.
    Similarity,
}

/// From a CPU worker.
#[derive(Serialize, Deserialize)]
pub enum CpuEvent {
    /// Its engine is there.
    Ready,
    /// Payload: the labels.
    Segmented {
        /// The task.
        task: u32,
        /// Evidence for each fluid.
        evidence: [f32; 3],
    },
    /// Payload: one map a name.
    Similarity {
        /// The task.
        task: u32,
        /// Name of each map.
        names: Vec<String>,
    },
    /// A task failed, or the start did.
    Failed {
        /// The task; `None` for the start.
        task: Option<u32>,
        /// Why.
        cause: String,
    },
}
