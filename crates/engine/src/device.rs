//! WebGPU where a real adapter is, else the processor.

use engine_protocol::{DeviceKind, DevicePreference, DeviceReport};

/// What computes.
#[derive(Debug, Clone)]
pub enum Device {
    /// This processor.
    Cpu,
    /// A graphics processor.
    #[cfg(feature = "gpu")]
    Gpu(mmis_gpu::Device),
}

/// A device that could be opened; it still has to pass the self-test.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What computes.
    pub device: Device,
    /// For people.
    pub report: DeviceReport,
}

/// Why no GPU was opened, as the second half of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoGpu {
    /// This build has no GPU code.
    #[error("this build has no GPU support")]
    NotBuilt,
    /// No adapter.
    #[error("no usable GPU was found ({0})")]
    NoAdapter(String),
    /// An emulation on the processor.
    #[error("`{name}` is an emulation on the processor, slower than our own CPU path")]
    Software {
        /// The adapter's name.
        name: String,
    },
}

/// Devices to try for `preference`, best first, and why a GPU is not among them.
pub async fn candidates(preference: DevicePreference) -> (Vec<Candidate>, Option<NoGpu>) {
    if preference == DevicePreference::Cpu {
        return (vec![cpu("chosen by the user".to_owned())], None);
    }
    let gpu = gpu(preference == DevicePreference::SoftwareGpu).await;
    match (gpu, preference) {
        (Ok(gpu), DevicePreference::Auto) => {
            (vec![gpu, cpu("the GPU gave wrong results in the self-test".to_owned())], None)
        }
        (Ok(gpu), _) => (vec![gpu], None),
        (Err(why), DevicePreference::Auto) => (vec![cpu(why.to_string())], Some(why)),
        (Err(why), _) => (Vec::new(), Some(why)),
    }
}

fn cpu(reason: String) -> Candidate {
    Candidate {
        device: Device::Cpu,
        report: DeviceReport { kind: DeviceKind::Cpu, name: "CPU".to_owned(), reason },
    }
}

#[cfg(not(feature = "gpu"))]
async fn gpu(_software_allowed: bool) -> Result<Candidate, NoGpu> {
    Err(NoGpu::NotBuilt)
}

#[cfg(feature = "gpu")]
async fn gpu(software_allowed: bool) -> Result<Candidate, NoGpu> {
    let opened = mmis_gpu::Device::open().await;
    let (device, adapter) = opened.map_err(|error| NoGpu::NoAdapter(error.to_string()))?;
    let software = adapter.is_cpu || is_software(&format!("{} {}", adapter.name, adapter.driver));
    let name = [adapter.name, adapter.driver]
        .into_iter()
        .find(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "WebGPU adapter".to_owned());
    if software && !software_allowed {
        return Err(NoGpu::Software { name });
    }
    let reason = if software {
        "a software adapter, asked for by name".to_owned()
    } else {
        "passed the self-test".to_owned()
    };
    Ok(Candidate {
        device: Device::Gpu(device),
        report: DeviceReport { kind: DeviceKind::Gpu, name, reason },
    })
}

/// Whether an adapter of this description computes on the processor: Chrome's
/// SwiftShader, Mesa's llvmpipe and lavapipe, Windows' WARP.
pub fn is_software(description: &str) -> bool {
    let description = description.to_lowercase();
    ["swiftshader", "llvmpipe", "lavapipe", "basic render", "software"]
        .iter()
        .any(|emulation| description.contains(emulation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emulated_adapters_are_told_from_real_ones() {
        assert!(is_software("SwiftShader Device (LLVM 10.0.0)"));
        assert!(is_software("llvmpipe (LLVM 15.0.6, 256 bits)"));
        assert!(is_software("Microsoft Basic Render Driver"));
        assert!(!is_software("NVIDIA GeForce RTX 3060"));
        assert!(!is_software("apple m2"));
    }
}
