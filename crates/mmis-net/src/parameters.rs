//! Between a network and named arrays.

#[cfg(not(target_family = "wasm"))]
use burn::module::ModuleVisitor;
use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};

use mmis_model::weights::{Arrays, WeightsError, WeightsFile};

use crate::network::MmisNet;

/// Reads parameters out of a network; native only, since it waits for the device.
#[derive(Debug)]
pub struct Parameters;

impl Parameters {
    /// All parameters of `network` by path, as f32.
    ///
    /// Blocks until the device has answered: not for WebGPU in a browser.
    #[cfg(not(target_family = "wasm"))]
    pub fn of(network: &MmisNet) -> Arrays {
        let mut collector = Collector { path: Vec::new(), arrays: Arrays::new() };
        network.visit(&mut collector);
        collector.arrays
    }
}

#[cfg(not(target_family = "wasm"))]
struct Collector {
    path: Vec<String>,
    arrays: Arrays,
}

#[cfg(not(target_family = "wasm"))]
impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        let values = tensor.into_data().convert::<f32>().iter::<f32>().collect();
        self.arrays.insert(self.path.join("."), (shape, values));
    }
}

/// Builds the network that `file` describes on `device`, with its weights.
///
/// # Errors
/// [`WeightsError`] where a parameter is missing, of another shape, or unknown.
pub fn load(file: &WeightsFile, device: &Device) -> Result<MmisNet, WeightsError> {
    load_parameters(MmisNet::new(&file.metadata.config, device), &file.parameters, device)
}

/// Replaces all parameters of `network` by `parameters`.
///
/// # Errors
/// As [`load`].
pub fn load_parameters(
    network: MmisNet,
    parameters: &Arrays,
    device: &Device,
) -> Result<MmisNet, WeightsError> {
    let mut loader = Loader { path: Vec::new(), parameters, device, used: Vec::new(), first_error: None };
    let network = network.map(&mut loader);
    if let Some(error) = loader.first_error {
        return Err(error);
    }
    match parameters.keys().find(|name| !loader.used.contains(name)) {
        Some(name) => Err(WeightsError::UnknownTensor { name: name.clone() }),
        None => Ok(network),
    }
}

struct Loader<'a> {
    path: Vec<String>,
    parameters: &'a Arrays,
    device: &'a Device,
    used: Vec<&'a String>,
    first_error: Option<WeightsError>,
}

impl ModuleMapper for Loader<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        let Some((key, (shape, values))) = self.parameters.get_key_value(&name) else {
            self.first_error.get_or_insert(WeightsError::MissingTensor { name });
            return param;
        };
        if *shape != param.lazy_shape().to_vec() {
            self.first_error.get_or_insert(WeightsError::Layout { name });
            return param;
        }
        self.used.push(key);
        let data = TensorData::new(values.clone(), shape.clone());
        Param::initialized(param.id, Tensor::from_data(data, self.device))
    }
}
