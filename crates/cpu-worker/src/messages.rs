//! What the two ends of a CPU worker say to each other, under
//! [`engine_protocol::wire::CPU`].

use oct::{Framing, SampleType, StatedPadding, WorkingScale};
use serde::{Deserialize, Serialize};

/// To a CPU worker.
#[derive(Serialize, Deserialize)]
pub enum CpuRequest {
    /// Payload: the weights.
    Start,
    /// Payload: the samples of a B-scan, as the file holds them.
    Compute {
        /// Number of the task, for its answer.
        task: u32,
        /// What of it.
        wanted: Wanted,
        /// What the samples are.
        bscan: BScanHeader,
    },
}

/// What is wanted of a B-scan.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub enum Wanted {
    /// Labels and evidence, where it holds a picture.
    Segmentation,
    /// Similarity maps, whatever it shows.
    Similarity,
}

/// What the samples of a B-scan are.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct BScanHeader {
    /// Rows.
    pub rows: usize,
    /// Samples a row.
    pub columns: usize,
    /// Type of a sample.
    pub sample_type: SampleType,
    /// Values that the file says are no samples.
    pub stated_padding: Option<StatedPadding>,
    /// Sizes of samples, by which the working grid is chosen.
    pub scale: WorkingScale,
}

/// How long the parts of a segmentation took.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Times {
    /// Finding the picture and bringing it to the working grid.
    pub prepare_ms: f64,
    /// The network.
    pub forward_ms: f64,
    /// Back to the B-scan's own grid.
    pub label_ms: f64,
}

/// From a CPU worker.
#[derive(Serialize, Deserialize)]
pub enum CpuEvent {
    /// It listens.
    Loaded,
    /// Its engine is there.
    Ready,
    /// Payload: the labels, then the maps and the padding of [`fluid::Chances`], then, where the
    /// network knows them, the rows of the two [`fluid::Boundaries`] as floats.
    Segmented {
        /// The task.
        task: u32,
        /// Evidence for each fluid.
        evidence: [f32; 3],
        /// What of the B-scan the network saw.
        framing: Framing,
        /// How long it took.
        times: Times,
    },
    /// The B-scan holds no picture.
    NoPicture {
        /// The task.
        task: u32,
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
