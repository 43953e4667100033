//! How the engine is.

use engine_protocol::{DeviceReport, ModelInfo, StartStep};

/// How the engine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineStatus {
    /// The worker's code is on its way.
    #[default]
    Loading,
    /// It starts up.
    Starting(StartStep),
    /// A device passed its self-test.
    Ready,
    /// It can show scans but not segment them.
    NoDevice,
    /// The worker died. What is shown stays.
    Stopped,
}

impl EngineStatus {
    /// Whether only a restart helps.
    pub fn is_out(self) -> bool {
        matches!(self, Self::Stopped | Self::NoDevice)
    }
}

/// The engine as the page knows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Engine {
    /// How it is.
    pub status: EngineStatus,
    /// The device that computes.
    pub device: Option<DeviceReport>,
    /// The network.
    pub network: Option<ModelInfo>,
    /// It died while it started and might have used a GPU, so the next one goes without.
    pub without_gpu: bool,
}
