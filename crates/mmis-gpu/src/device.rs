//! The device: buffers, launches of WGSL, reading back.

use std::collections::HashMap;
use std::fmt::{Debug, Formatter};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, Buffer, BufferUsages, ComputePipeline, ErrorFilter,
};

use crate::shader::Shader;

/// What a device can answer instead of numbers.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DeviceError {
    /// There is no adapter, or it gives no device.
    #[error("no graphics processor can be used: {reason}")]
    Unavailable {
        /// What it says.
        reason: String,
    },
    /// It refused a shader, ran out of memory or is lost.
    #[error("the graphics processor failed: {reason}")]
    Failed {
        /// What it says.
        reason: String,
    },
}

impl DeviceError {
    fn failed(reason: impl ToString) -> Self {
        Self::Failed { reason: reason.to_string() }
    }
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

/// A graphics processor.
#[derive(Clone)]
pub struct Device {
    device: wgpu::Device,
    queue: wgpu::Queue,
    /// By their text.
    pipelines: Arc<Mutex<HashMap<String, ComputePipeline>>>,
    /// What failed where nobody waited for it.
    fault: Arc<Mutex<Option<String>>>,
}

impl Debug for Device {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").finish_non_exhaustive()
    }
}

/// A dispatch that is ready to run.
#[derive(Debug)]
pub(crate) struct Launch {
    pipeline: ComputePipeline,
    bindings: BindGroup,
    workgroups: [u32; 3],
}

impl Device {
    /// The fastest one of this machine or browser, and what it says of itself.
    ///
    /// # Errors
    /// [`DeviceError::Unavailable`] where there is none.
    pub async fn open() -> Result<(Self, AdapterInfo), DeviceError> {
        let unavailable = |reason: String| DeviceError::Unavailable { reason };
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let wanted = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..wgpu::RequestAdapterOptions::default()
        };
        let adapter = instance.request_adapter(&wanted).await;
        let adapter = adapter.map_err(|error| unavailable(error.to_string()))?;
        let info = adapter.get_info();
        let is_cpu = info.device_type == wgpu::DeviceType::Cpu;
        let described =
            AdapterInfo { name: info.name, driver: format!("{} {}", info.driver, info.driver_info), is_cpu };
        // Its own limits: maps of large B-scans outgrow those that every device has.
        let wanted =
            wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..wgpu::DeviceDescriptor::default() };
        let opened = adapter.request_device(&wanted).await;
        let (device, queue) = opened.map_err(|error| unavailable(error.to_string()))?;
        let fault: Arc<Mutex<Option<String>>> = Arc::default();
        let faulted = Arc::clone(&fault);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            locked(&faulted).get_or_insert(error.to_string());
        }));
        Ok((Self { device, queue, pipelines: Arc::default(), fault }, described))
    }

    /// A buffer that holds `words`.
    pub(crate) fn upload(&self, words: &[u32]) -> Buffer {
        let buffer = self.buffer(4 * words.len(), BufferUsages::STORAGE | BufferUsages::COPY_DST);
        self.queue.write_buffer(&buffer, 0, &bytes_of(words));
        buffer
    }

    /// A buffer of `bytes`.
    pub(crate) fn reserve(&self, bytes: usize) -> Buffer {
        self.buffer(bytes, BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC)
    }

    fn buffer(&self, bytes: usize, usage: BufferUsages) -> Buffer {
        let size = bytes as u64;
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage,
            mapped_at_creation: false,
        })
    }

    /// `shader` on `buffers`, in the order of their bindings, with `uniform` behind them.
    pub(crate) fn launch(
        &self,
        shader: Shader,
        workgroups: [u32; 3],
        buffers: &[&Buffer],
        uniform: &[u32],
    ) -> Launch {
        let pipeline = self.pipeline(shader);
        let of_uniform = self.buffer(4 * uniform.len(), BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        self.queue.write_buffer(&of_uniform, 0, &bytes_of(uniform));
        let all = buffers.iter().copied().chain([&of_uniform]).enumerate();
        let entries: Vec<BindGroupEntry<'_>> = all
            .map(|(at, buffer)| BindGroupEntry { binding: at as u32, resource: buffer.as_entire_binding() })
            .collect();
        let bindings = self.device.create_bind_group(&BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        Launch { pipeline, bindings, workgroups }
    }

    fn pipeline(&self, shader: Shader) -> ComputePipeline {
        let make = |source: &str| {
            let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: None,
                source: wgpu::ShaderSource::Wgsl(source.into()),
            });
            self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: None,
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions {
                    // Every shader writes what it reads there.
                    zero_initialize_workgroup_memory: false,
                    ..wgpu::PipelineCompilationOptions::default()
                },
                cache: None,
            })
        };
        let source = shader.source();
        let mut pipelines = locked(&self.pipelines);
        let pipeline = pipelines.get(&source).cloned().unwrap_or_else(|| make(&source));
        pipelines.insert(source, pipeline.clone());
        pipeline
    }

    /// Writes `words` to `image`, runs `launches` and reads `wanted`, all issued at once: the
    /// answer is what lay there then.
    pub(crate) fn run(
        &self,
        image: &Buffer,
        words: &[u32],
        launches: &[Launch],
        wanted: &[&Buffer],
    ) -> impl Future<Output = Result<Vec<Vec<f32>>, DeviceError>> + use<> {
        self.queue.write_buffer(image, 0, &bytes_of(words));
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        for Launch { pipeline, bindings, workgroups: [x, y, z] } in launches {
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, bindings, &[]);
            pass.dispatch_workgroups(*x, *y, *z);
        }
        drop(pass);
        let staged: Vec<Buffer> = wanted
            .iter()
            .map(|buffer| {
                let staging =
                    self.buffer(buffer.size() as usize, BufferUsages::COPY_DST | BufferUsages::MAP_READ);
                encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, buffer.size());
                staging
            })
            .collect();
        self.queue.submit([encoder.finish()]);
        let mapped: Vec<_> = staged.iter().map(map).collect();
        let (device, fault) = (self.device.clone(), Arc::clone(&self.fault));
        async move {
            // A browser goes on by itself.
            #[cfg(not(target_family = "wasm"))]
            device
                .poll(wgpu::PollType::Wait { submission_index: None, timeout: None })
                .map_err(DeviceError::failed)?;
            #[cfg(target_family = "wasm")]
            drop(device);
            let mut answers = Vec::with_capacity(staged.len());
            for (staging, mapped) in staged.iter().zip(mapped) {
                mapped.await.map_err(DeviceError::failed)?.map_err(DeviceError::failed)?;
                let bytes = staging.get_mapped_range(..).map_err(DeviceError::failed)?;
                answers.push(floats_of(&bytes));
            }
            match locked(&fault).take() {
                Some(reason) => Err(DeviceError::Failed { reason }),
                None => Ok(answers),
            }
        }
    }

    /// Hears of what the device refuses from now on, in this thread.
    pub(crate) fn watch(&self) -> Watch {
        let filters = [ErrorFilter::OutOfMemory, ErrorFilter::Validation, ErrorFilter::Internal];
        Watch(filters.map(|filter| self.device.push_error_scope(filter)))
    }
}

/// Hears of what a device refuses.
pub(crate) struct Watch([wgpu::ErrorScopeGuard; 3]);

impl Watch {
    /// Ends at once; what is awaited is what was refused.
    pub(crate) fn end(self) -> impl Future<Output = Result<(), DeviceError>> + use<> {
        let Self([first, second, third]) = self;
        // The last one first.
        let third = third.pop();
        let second = second.pop();
        let first = first.pop();
        async move {
            match first.await.or(second.await).or(third.await) {
                Some(error) => Err(DeviceError::failed(error)),
                None => Ok(()),
            }
        }
    }
}

fn map(staging: &Buffer) -> oneshot::Receiver<Result<(), wgpu::BufferAsyncError>> {
    let (say, said) = oneshot::channel();
    staging.map_async(wgpu::MapMode::Read, .., move |result| {
        // Nobody listens any more where an earlier answer failed.
        drop(say.send(result));
    });
    said
}

fn bytes_of(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn floats_of(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// What a thread that died held is whole: nothing is left half done under a lock here.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
