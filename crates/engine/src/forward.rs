//! The network on its device.

use std::sync::{Mutex, PoisonError};

use mmis_model::weights::WeightsFile;
use oct::WorkingGrid;

use crate::device::Device;
use crate::pipeline::EngineError;

/// A network that is ready to run.
#[derive(Debug)]
pub(crate) enum Forward {
    /// On this processor.
    Cpu(Box<CpuForward>),
}

impl Forward {
    /// The network of `file` on `device`.
    ///
    /// # Errors
    /// [`EngineError::Weights`] where the kernels do not know the network.
    pub(crate) fn new(file: &WeightsFile, device: &Device) -> Result<Self, EngineError> {
        let config = &file.metadata.config;
        match device {
            Device::Cpu => {
                let network = mmis_cpu::Network::new(config, &file.parameters)?;
                Ok(Self::Cpu(Box::new(CpuForward { network, memories: Mutex::default() })))
            }
        }
    }

    /// `[labels, rows, columns]` of `image` in `grid`, row by row.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub(crate) async fn probabilities(
        &self,
        image: &[f32],
        grid: WorkingGrid,
    ) -> Result<Vec<f32>, EngineError> {
        match self {
            Self::Cpu(cpu) => Ok(cpu.forward(image, grid).probabilities),
        }
    }

    /// The similarity of each stage, finest first, in a grid of its own.
    ///
    /// # Errors
    /// As [`Self::probabilities`].
    pub(crate) async fn similarities(
        &self,
        image: &[f32],
        grid: WorkingGrid,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        match self {
            Self::Cpu(cpu) => Ok(cpu.forward(image, grid).similarities),
        }
    }
}

/// The network on this processor, for any number of threads.
#[derive(Debug)]
pub(crate) struct CpuForward {
    network: mmis_cpu::Network,
    /// Of passes that ended.
    memories: Mutex<Vec<mmis_cpu::Memory>>,
}

impl CpuForward {
    fn forward(&self, image: &[f32], grid: WorkingGrid) -> mmis_cpu::Output {
        let memories = || self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = memories().pop().unwrap_or_default();
        let output = self.network.forward(image, [grid.rows, grid.columns], &mut memory);
        memories().push(memory);
        output
    }
}
