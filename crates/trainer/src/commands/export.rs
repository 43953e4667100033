//! `trainer export`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use burn::tensor::{Tensor, TensorData};
use clap::Args;
use mmis_model::weights::WeightsFile;
use mmis_net::load;
use trainer::learn::device;
use trainer::run::replace_file;
use trainer::ship::onnx::{About, model};

/// `trainer export --help`.
#[derive(Args)]
pub struct Arguments {
    /// Weight file.
    #[arg(long, default_value = "weights/mmis-net.safetensors")]
    weights: PathBuf,
    /// ONNX file to write; its weights are the dequantised ones.
    #[arg(long, default_value = "mmis-net.onnx")]
    out: PathBuf,
    /// Write an input and Burn's answer as JSON, for tests/onnx/check.py.
    #[arg(long)]
    golden: Option<PathBuf>,
}

/// Rows and columns of the golden input.
const GOLDEN: [usize; 2] = [64, 96];

impl Arguments {
    pub fn run(&self) -> Result<()> {
        let bytes = std::fs::read(&self.weights)
            .with_context(|| format!("cannot read {}", self.weights.display()))?;
        let file = WeightsFile::read(&bytes).with_context(|| self.weights.display().to_string())?;
        let metadata = &file.metadata;
        let labels: Vec<String> = metadata.label_space.names().map(str::to_owned).collect();
        let about = About {
            name: &metadata.name,
            labels: &labels,
            preprocessing: &metadata.preprocessing,
            sha256: &file.sha256,
        };
        replace_file(&self.out, &model(&metadata.config, &file.parameters, &about)?)?;
        if let Some(golden) = &self.golden {
            let device = device::devices(1)?.swap_remove(0);
            let network = load(&file, &device)?;
            let shape = [1, metadata.config.channels_in, GOLDEN[0], GOLDEN[1]];
            let values: Vec<f32> =
                (0..shape.iter().product()).map(|n: usize| (n as f32 * 0.618_034).fract()).collect();
            let input = Tensor::<4>::from_data(TensorData::new(values.clone(), shape), &device);
            let answer: Vec<f32> = network.probabilities(input).into_data().iter::<f32>().collect();
            let json = serde_json::json!({ "shape": shape, "input": values, "probabilities": answer });
            replace_file(golden, json.to_string().as_bytes())?;
        }
        Ok(())
    }
}
