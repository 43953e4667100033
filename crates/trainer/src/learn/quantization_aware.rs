//! Weights as int8 will store them, for fine-tuning with the straight-through
//! estimator (Bengio et al., 2013).

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::Tensor;
use mmis_net::MmisNet;

/// `network` with every parameter of rank 2 or more rounded to what
/// [`mmis_model::weights::quantize`] keeps of it. Parameters keep their identity,
/// so gradients of the rounded network move those of `network`.
pub fn rounded(network: MmisNet) -> MmisNet {
    network.map(&mut Rounding)
}

struct Rounding;

impl ModuleMapper for Rounding {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if D < 2 {
            return param;
        }
        let (id, tensor) = (param.id, param.val());
        let tracked = tensor.is_require_grad();
        // Detaching would keep it tracked, and then the rounding is no leaf.
        let tensor = tensor.set_require_grad(false);
        let shape = tensor.shape();
        let channels = tensor.reshape([shape[0] as i32, -1]);
        // A channel of zeros stays zero.
        let scale = channels.clone().abs().max_dim(1).div_scalar(127.0).clamp_min(1e-30);
        let rounded = (channels / scale.clone()).round() * scale;
        Param::initialized(id, rounded.reshape(shape).set_require_grad(tracked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use mmis_model::MmisNetConfig;
    use mmis_model::weights::quantize::{dequantize, quantize};
    use mmis_net::Parameters;

    #[test]
    fn the_rounded_weights_are_those_that_come_back_from_int8() {
        let network = MmisNet::new(&MmisNetConfig::tiny(3), &Device::flex());
        let (before, after) = (Parameters::of(&network), Parameters::of(&rounded(network)));
        for (name, (shape, values)) in &before {
            let expected = if shape.len() < 2 {
                values.clone()
            } else {
                let stored = quantize(values, shape[0]);
                dequantize(&stored.values, &stored.scales)
            };
            for (found, expected) in after[name].1.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{name}: {found} is not {expected}");
            }
        }
    }
}
