//! From a checkpoint to the int8 weight file.

use anyhow::Result;
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor, TensorData};
use engine::preprocess::{WORKING_AXIAL_UM, WORKING_LATERAL_UM};
use engine::self_test;
use mmis_net::weights::{Metadata, WeightsFile, load};
use mmis_net::{LabelSpace, MmisNet};

use crate::train::RunFolder;

/// Quantises the averaged weights of a run and stores with them the answer that
/// the *quantised* network gives to the self-test.
///
/// # Errors
/// Where the run holds no checkpoint or the file cannot be made.
pub fn export(
    run: &RunFolder,
    space: LabelSpace,
    name: &str,
    scores: String,
    device: &Device,
) -> Result<Vec<u8>> {
    let config = run.config()?;
    let (parameters, step) = run.averaged_weights()?;
    let metadata = Metadata {
        name: name.to_owned(),
        config: config.network.clone(),
        label_space: space,
        preprocessing: format!(
            "border-connected saturated pixels to 0; triangle-filter resampling to {WORKING_AXIAL_UM} um axial x {WORKING_LATERAL_UM} um lateral; 1st percentile to 0, 99.5th to 1, clamped"
        ),
        training: serde_json::json!({
            "run": config, "step": step, "datasets": include_str!("../datasets.toml"),
        })
        .to_string(),
        scores,
        float_parent_sha256: String::new(),
    };
    let without_answer = WeightsFile::write(&parameters, &metadata, &[])?;
    let network = load(&WeightsFile::read(&without_answer)?, device)?;
    Ok(WeightsFile::write(&parameters, &metadata, &answer(&network, device))?)
}

fn answer(network: &MmisNet, device: &Device) -> Vec<f32> {
    let shape = [1, 1, self_test::SIZE, self_test::SIZE];
    let input = Tensor::<4>::from_data(TensorData::new(self_test::input(), shape), device);
    let probabilities: Vec<f32> = sigmoid(network.forward(input)).into_data().iter::<f32>().collect();
    self_test::answer(&probabilities)
}
