//! The network on a device: through Burn, or on a processor by `mmis-cpu`.

use burn::tensor::{Device, Tensor, TensorData};
use mmis_net::weights::{self, WeightsError, WeightsFile};
use mmis_net::{FusionKind, MmisNet};
use oct::WorkingGrid;

use crate::device::Candidate;
use crate::pipeline::EngineError;
use engine_protocol::DeviceKind;

/// A network that is ready to run.
#[derive(Debug)]
pub(crate) enum Forward {
    /// On any device.
    Burn {
        /// The network.
        network: MmisNet,
        /// Where it runs.
        device: Device,
    },
    /// On processors.
    Processor(Box<mmis_cpu::Network>),
}

impl Forward {
    /// The network of `file` on `candidate`.
    ///
    /// # Errors
    /// [`WeightsError`] where a parameter is missing or of another shape.
    pub(crate) fn new(file: &WeightsFile, candidate: &Candidate) -> Result<Self, WeightsError> {
        let config = &file.metadata.config;
        // What `mmis-cpu` does not know, networks of a study, runs through Burn.
        let is_known = config.fusion == FusionKind::SimilarityDot && config.channels_in == 1;
        if candidate.report.kind == DeviceKind::Cpu && is_known {
            let shape = mmis_cpu::Shape {
                labels: config.labels,
                widths: config.widths.clone(),
                encoder_blocks: config.encoder_blocks.clone(),
                decoder_blocks: config.decoder_blocks.clone(),
            };
            let network = mmis_cpu::Network::new(&shape, &file.parameters);
            return network.map(|network| Self::Processor(Box::new(network))).map_err(|error| match error {
                mmis_cpu::NetworkError::Parameter { name, .. } => WeightsError::Layout { name },
                mmis_cpu::NetworkError::Shape { .. } => WeightsError::Layout { name: "widths".to_owned() },
            });
        }
        let network = weights::load(file, &candidate.device)?;
        Ok(Self::Burn { network, device: candidate.device.clone() })
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
            // One readback: each costs a browser a round trip to the GPU.
            Self::Burn { network, device } => read(network.probabilities(input(image, grid, device))).await,
            Self::Processor(network) => Ok(network.forward(image, [grid.rows, grid.columns]).probabilities),
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
            Self::Burn { network, device } => {
                let output = network.forward_with_maps(input(image, grid, device));
                let mut maps = Vec::with_capacity(output.similarities.len());
                for similarity in output.similarities {
                    maps.push(read(similarity).await?);
                }
                Ok(maps)
            }
            Self::Processor(network) => Ok(network.forward(image, [grid.rows, grid.columns]).similarities),
        }
    }
}

fn input(image: &[f32], grid: WorkingGrid, device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(image.to_vec(), [1, 1, grid.rows, grid.columns]), device)
}

async fn read(tensor: Tensor<4>) -> Result<Vec<f32>, EngineError> {
    let data = tensor.into_data_async().await.map_err(|error| EngineError::Device(format!("{error:?}")))?;
    Ok(data.iter::<f32>().collect())
}
