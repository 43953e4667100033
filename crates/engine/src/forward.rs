//! The network on its device.

use std::cell::RefCell;

use mmis_model::weights::WeightsFile;
use oct::WorkingGrid;

use crate::device::Device;
use crate::pipeline::EngineError;

/// A network that is ready to run.
#[derive(Debug)]
pub(crate) enum Forward {
    /// On this processor, with the memory of the passes before.
    Cpu(Box<mmis_cpu::Network>, RefCell<mmis_cpu::Memory>),
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
                Ok(Self::Cpu(Box::new(network), RefCell::default()))
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
            Self::Cpu(network, memory) => {
                Ok(network.forward(image, size(grid), &mut memory.borrow_mut()).probabilities)
            }
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
            Self::Cpu(network, memory) => {
                Ok(network.forward(image, size(grid), &mut memory.borrow_mut()).similarities)
            }
        }
    }
}

fn size(grid: WorkingGrid) -> [usize; 2] {
    [grid.rows, grid.columns]
}
