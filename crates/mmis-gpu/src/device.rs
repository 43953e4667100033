//! The device: memory, launches of WGSL, reading back, all through Burn's runtime.

use std::fmt::{Debug, Formatter};
use std::future::Future;

use cubecl::client::Client;
use cubecl::ir::metadata::Info;
use cubecl::ir::{ElemType, UIntKind};
use cubecl::prelude::*;
use cubecl::server::{Handle, KernelArguments, MetadataBindingInfo};
use cubecl::wgpu::{AutoGraphicsApi, RuntimeOptions, WgpuDevice, try_init_setup_async};
use cubecl::{CubeKernel, PrecompiledSource};

use crate::shader::Shader;

/// What a device can answer instead of numbers.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DeviceError {
    /// There is no adapter, or it gives no device.
    #[error("no graphics processor can be used: {reason}")]
    Unavailable {
        /// What the runtime says.
        reason: String,
    },
    /// It refused a shader, ran out of memory or is lost.
    #[error("the graphics processor failed: {reason}")]
    Failed {
        /// What the runtime says.
        reason: String,
    },
}

/// A graphics processor, shared with Burn where Burn uses the same.
#[derive(Clone)]
pub struct Device {
    client: Client,
}

/// What an adapter says of itself; a browser keeps some of it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterInfo {
    /// The device.
    pub name: String,
    /// Its driver, with what that says of itself.
    pub driver: String,
    /// Whether it computes on a processor.
    pub is_cpu: bool,
}

impl Debug for Device {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device({})", self.client.name())
    }
}

impl Device {
    /// The default one of this machine or browser, and what it says of itself.
    ///
    /// # Errors
    /// [`DeviceError::Unavailable`] where there is none.
    pub async fn open() -> Result<(Self, AdapterInfo), DeviceError> {
        let device = WgpuDevice::default();
        let setup = try_init_setup_async::<AutoGraphicsApi>(&device, RuntimeOptions::default()).await;
        let adapter = match setup {
            Ok(setup) => {
                let info = setup.adapter.get_info();
                let is_cpu = info.device_type == cubecl::wgpu::wgpu::DeviceType::Cpu;
                AdapterInfo {
                    name: info.name,
                    driver: format!("{} {}", info.driver, info.driver_info),
                    is_cpu,
                }
            }
            Err(error) => return Err(DeviceError::Unavailable { reason: error.to_string() }),
        };
        Ok((Self { client: cubecl::Device::Wgpu(device).client() }, adapter))
    }

    pub(crate) fn upload(&self, words: &[u32]) -> Handle {
        self.client.create_from_slice(&bytes_of(words))
    }

    pub(crate) fn reserve(&self, bytes: usize) -> Handle {
        self.client.empty(bytes)
    }

    pub(crate) fn write(&self, to: &Handle, words: &[u32]) {
        self.client.write(to, cubecl::bytes::Bytes::from_bytes_vec(bytes_of(words)));
    }

    pub(crate) fn launch(
        &self,
        shader: Shader,
        [x, y, z]: [u32; 3],
        bindings: impl Iterator<Item = Handle>,
        uniform: &[u32],
    ) {
        let uniform = uniform.chunks_exact(2).map(|pair| u64::from(pair[0]) | u64::from(pair[1]) << 32);
        let arguments = KernelArguments::new()
            .with_buffers(bindings.map(Handle::binding).collect())
            .with_info(MetadataBindingInfo::custom(uniform.collect()));
        self.client.launch(Box::new(shader), CubeCount::Static(x, y, z), arguments);
    }

    /// Issues the reading at once; its answer is what lay there then.
    pub(crate) fn read(
        &self,
        handles: Vec<Handle>,
    ) -> impl Future<Output = Result<Vec<Vec<f32>>, DeviceError>> + use<'_> {
        let reading = self.client.read_async(handles);
        async move {
            let answers = reading.await.map_err(|error| DeviceError::Failed { reason: error.to_string() })?;
            let floats = |bytes: &[u8]| {
                bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
            };
            Ok(answers.iter().map(|bytes| floats(bytes)).collect())
        }
    }
}

fn bytes_of(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

impl KernelMetadata for Shader {
    fn id(&self) -> KernelId {
        // Loops of ours end, and indices of ours lie inside: no checks of the runtime's.
        KernelId::new::<Self>().info(self.variant()).mode(ExecutionMode::Unchecked)
    }

    fn address_type(&self) -> ElemType {
        UIntKind::U32.into()
    }
}

impl CubeKernel for Shader {
    fn define(&self) -> KernelDefinition {
        // Never compiled: `source` stands in for what it would have become.
        let threads = (*self).threads();
        let settings =
            KernelSettings::new(CubeDim::new_1d(threads).0, ExecutionMode::Unchecked, AddressType::U32);
        KernelDefinition { body: Scope::root(settings.clone()), settings, info: Info::default() }
    }

    fn source(&self) -> Option<PrecompiledSource> {
        let source = Self::source(*self);
        Some(PrecompiledSource { source, entrypoint_name: "main".to_owned(), lang: "wgsl" })
    }
}
