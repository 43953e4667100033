//! The devices that this build trains on.

use anyhow::{Result, ensure};
use burn::tensor::Device;

/// The first `count` devices.
///
/// # Errors
/// Where this build has only one.
pub fn devices(count: usize) -> Result<Vec<Device>> {
    ensure!(count > 0, "training needs a device");
    #[cfg(feature = "vulkan")]
    {
        use burn::tensor::DeviceKind;
        // One may be integrated; several are taken to be discrete.
        if count == 1 {
            return Ok(vec![Device::vulkan(DeviceKind::DefaultDevice)]);
        }
        let device = |index| Device::vulkan(DeviceKind::DiscreteGpu(index));
        Ok((0..count).map(device).collect())
    }
    #[cfg(not(feature = "vulkan"))]
    {
        ensure!(count == 1, "{count} devices need the feature `vulkan`: the processor is one device");
        Ok(vec![processor()])
    }
}

/// What trains on the processor in this build.
pub fn name() -> &'static str {
    if cfg!(feature = "vulkan") {
        "Vulkan"
    } else if cfg!(feature = "tch") {
        "LibTorch on the processor"
    } else {
        "Burn Flex on the processor"
    }
}

#[cfg(not(any(feature = "tch", feature = "vulkan")))]
fn processor() -> Device {
    Device::flex()
}

#[cfg(all(feature = "tch", not(feature = "vulkan")))]
#[expect(deprecated, reason = "on a CPU nothing that is to replace LibTorch trains nearly as fast")]
fn processor() -> Device {
    Device::libtorch()
}
