//! The network on its device.

#[cfg(feature = "gpu")]
use std::sync::atomic::{AtomicUsize, Ordering};
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
    /// On a graphics processor.
    #[cfg(feature = "gpu")]
    Gpu(Box<GpuForward>),
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
            #[cfg(feature = "gpu")]
            Device::Gpu(device) => {
                let network = mmis_gpu::Network::new(device, config, &file.parameters)?;
                let most = AtomicUsize::new(mmis_gpu::MOST_BATCH);
                Ok(Self::Gpu(Box::new(GpuForward { network, most })))
            }
        }
    }

    /// B-scans of one grid that are best computed together.
    pub(crate) fn batch(&self) -> usize {
        match self {
            Self::Cpu(_) => 1,
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.most.load(Ordering::Relaxed),
        }
    }

    /// `[labels, rows, columns]` of each of `images` in `grid`, row by row.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub(crate) async fn probabilities(
        &self,
        images: &[&[f32]],
        grid: WorkingGrid,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        match self {
            Self::Cpu(cpu) => Ok(images.iter().map(|image| cpu.forward(image, grid).probabilities).collect()),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.probabilities(images, grid).await,
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
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => {
                let outputs = gpu.network.forward_with_maps(&[image], [grid.rows, grid.columns]).await;
                let output = outputs.map_err(|error| EngineError::Device(error.to_string()))?.pop();
                Ok(output.map(|output| output.similarities).unwrap_or_default())
            }
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

/// The network on a graphics processor.
#[cfg(feature = "gpu")]
#[derive(Debug)]
pub(crate) struct GpuForward {
    network: mmis_gpu::Network,
    /// Largest batch that it has memory for, as far as is known.
    most: AtomicUsize,
}

#[cfg(feature = "gpu")]
impl GpuForward {
    /// In batches that are halved where one fails: a graphics processor does not say how much
    /// memory is free.
    async fn probabilities(
        &self,
        images: &[&[f32]],
        grid: WorkingGrid,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let mut found = Vec::with_capacity(images.len());
        while found.len() < images.len() {
            let most = self.most.load(Ordering::Relaxed);
            let batch = &images[found.len()..];
            let batch = &batch[..batch.len().min(most)];
            match self.network.forward(batch, [grid.rows, grid.columns]).await {
                Ok(outputs) => found.extend(outputs.into_iter().map(|output| output.probabilities)),
                Err(error) if batch.len() == 1 => return Err(EngineError::Device(error.to_string())),
                Err(_) => self.most.store(batch.len() / 2, Ordering::Relaxed),
            }
        }
        Ok(found)
    }
}
