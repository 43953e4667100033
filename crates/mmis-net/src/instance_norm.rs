//! Parameters of an instance norm.

use burn::module::{Initializer, Module, Param};
use burn::tensor::{Device, Tensor};

pub use crate::ops::seam::{EPSILON, NEGATIVE_SLOPE};

/// Configuration of [`InstanceNorm`].
#[derive(Debug, Clone)]
pub struct InstanceNormConfig {
    channels: usize,
}

impl InstanceNormConfig {
    /// For `channels` channels.
    pub fn new(channels: usize) -> Self {
        Self { channels }
    }

    /// Scale 1 and shift 0 on `device`.
    pub fn init(&self, device: &Device) -> InstanceNorm {
        InstanceNorm {
            scale: Initializer::Ones.init([self.channels], device),
            shift: Initializer::Zeros.init([self.channels], device),
        }
    }
}

/// Takes each channel of each sample to mean 0 and variance 1, then scales and
/// shifts it. \[strong\]: nnU-Net's norm.
#[derive(Module, Debug)]
pub struct InstanceNorm {
    /// `[channels]`
    pub scale: Param<Tensor<1>>,
    /// `[channels]`
    pub shift: Param<Tensor<1>>,
}
