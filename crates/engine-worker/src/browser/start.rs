//! Weights, device, CPU workers.

use std::cell::RefCell;

use cpu_worker::CpuWorker;
use engine::device::{NoGpu, is_software};
use engine::pace::FAST_MS;
use engine::{DeviceKind, DevicePreference, Engine, EngineError};
use engine_protocol::worker::{now_ms, scope};
use engine_protocol::{Event, FailedStep, ModelInfo, StartStep, wire};
use futures::future::join_all;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, Response, Url};

use super::tell::tell;
use crate::compute::Compute;
use crate::session::{Answer, NotUsed, Session};

/// More CPU workers than this only fight for memory bandwidth.
const MOST_CPU_WORKERS: u32 = 16;
/// From so many on it is measured whether half of them do as much: cores that are two
/// threads of one, slow cores, cores that something else keeps busy.
const WORTH_MEASURING: usize = 4;
/// Workers stay where they do so many times what half of them does.
const PAYS: f64 = 1.15;
/// The widest network that was trained has 60 MB in single floats.
const MOST_WEIGHTS_BYTES: f64 = 256e6;

/// The CPU workers' script.
const CPU_WORKER: &str = "cpu-worker_loader.js";

#[wasm_bindgen]
extern "C" {
    type ImportMeta;
    /// What the browser tells this worker's script of itself.
    #[wasm_bindgen(thread_local_v2, js_namespace = import, js_name = meta)]
    static IMPORT_META: ImportMeta;
    #[wasm_bindgen(method, getter)]
    fn url(this: &ImportMeta) -> String;
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("The network's weights could not be loaded ({0}): reload the page.")]
    NoWeights(String),
    #[error("the file could not be read ({0})")]
    Unreadable(String),
    #[error("{:.0} MB are more than any weights have", bytes / 1e6)]
    TooLarge { bytes: f64 },
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Fetches the weights, the only request that a worker ever makes, chooses a
/// device and tests it. `None` where that failed, which the page is told.
pub async fn start(
    session: &RefCell<Session>,
    weights_url: &str,
    wanted: DevicePreference,
    cpu_workers: Option<u32>,
) -> Option<Compute> {
    match try_start(session, weights_url, wanted, cpu_workers).await {
        Ok(compute) => Some(compute),
        Err(error) => {
            tell(Answer::failed(None, FailedStep::Start, &error));
            None
        }
    }
}

async fn try_start(
    session: &RefCell<Session>,
    weights_url: &str,
    wanted: DevicePreference,
    cpu_workers: Option<u32>,
) -> Result<Compute, StartError> {
    tell(Event::Starting { step: StartStep::FetchingWeights });
    let weights = fetch(weights_url).await?;
    with_weights(session, &weights, None, (wanted, cpu_workers), |step| tell(Event::Starting { step })).await
}

/// Computes with the weights that a person dropped as the file `name` from now on. `None` where
/// they cannot be, which the page is told: then all stays as it is.
pub async fn use_weights(
    session: &RefCell<Session>,
    file: &JsValue,
    name: String,
    wanted: (DevicePreference, Option<u32>),
) -> Option<Compute> {
    let used = async {
        let weights = content(file).await?;
        with_weights(session, &weights, Some(name.clone()), wanted, |_| ()).await
    };
    match used.await {
        Ok(compute) => Some(compute),
        Err(cause) => {
            let error = NotUsed { name, cause: Box::new(cause) };
            tell(Answer::failed(None, FailedStep::UseWeights, &error));
            None
        }
    }
}

/// What a file of weights holds.
async fn content(file: &JsValue) -> Result<Vec<u8>, StartError> {
    let unreadable = |error: &JsValue| StartError::Unreadable(wire::describe(error));
    let file: &File = file.dyn_ref().ok_or_else(|| unreadable(file))?;
    let bytes = file.size();
    if bytes > MOST_WEIGHTS_BYTES {
        return Err(StartError::TooLarge { bytes });
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|error| unreadable(&error))?;
    Ok(wire::bytes(&buffer))
}

/// Chooses a device for `weights` and tests it; `said` hears what is being done.
async fn with_weights(
    session: &RefCell<Session>,
    weights: &[u8],
    own_file: Option<String>,
    (wanted, cpu_workers): (DevicePreference, Option<u32>),
    said: impl Fn(StartStep),
) -> Result<Compute, StartError> {
    let adapter = adapter_description().await;
    let why_cpu = why_not_gpu(adapter.as_deref()).filter(|_| wanted == DevicePreference::Auto);
    let preference = if why_cpu.is_some() { DevicePreference::Cpu } else { wanted };
    let step = match preference {
        DevicePreference::Cpu => StartStep::SelfTest,
        _ => StartStep::LookingForGpu,
    };
    said(step);
    let mut engine = Engine::new(weights, preference).await?;
    let mut device = engine.device().clone();
    if let Some(why) = why_cpu {
        device.reason = why;
    }
    if let (DeviceKind::Gpu, Some(name)) = (device.kind, adapter.filter(|name| !name.is_empty())) {
        device.name = name;
    }
    let mut workers = Vec::new();
    match (device.kind, wanted) {
        (DeviceKind::Gpu, DevicePreference::Auto) => {
            said(StartStep::ComparingDevices);
            let race = Race::run(&engine, weights, cpu_workers).await;
            device.reason = race.words(&device.name);
            if race.is_won_by_cpu() {
                engine = Engine::new(weights, DevicePreference::Cpu).await?;
                device.kind = DeviceKind::Cpu;
                workers = race.workers;
            }
        }
        (DeviceKind::Cpu, _) => {
            said(StartStep::StartingCpuWorkers);
            workers = start_cpu_workers(cpu_workers, weights).await;
        }
        _ => {}
    }
    if device.kind == DeviceKind::Cpu {
        device.name = match workers.len() {
            0 => "CPU, in one worker".to_owned(),
            1 => "CPU, 1 lane".to_owned(),
            count => format!("CPU, {count} lanes"),
        };
    }
    let model = ModelInfo { own_file, ..engine.model().clone() };
    tell(session.borrow_mut().engine_started(device, model));
    Ok(Compute::new(engine, workers))
}

/// How long a GPU and the processor take for a B-scan of a usual size where many wait.
struct Race {
    /// Infinite where it failed.
    gpu_ms: f64,
    /// `None` where the GPU is so fast that nothing was measured.
    cpu_ms: Option<f64>,
    /// That computed it.
    workers: Vec<CpuWorker>,
}

impl Race {
    /// Has `gpu` compute, and then as many CPU workers as pay.
    async fn run(gpu: &Engine, weights: &[u8], cpu_workers: Option<u32>) -> Self {
        let gpu_ms = gpu.pace_ms(now_ms).await.unwrap_or(f64::INFINITY);
        if gpu_ms <= FAST_MS {
            return Self { gpu_ms, cpu_ms: None, workers: Vec::new() };
        }
        let workers = start_cpu_workers(cpu_workers, weights).await;
        // The first pass of a fresh worker is slow.
        b_scans_per_ms(&workers).await;
        let cpu_ms = 1.0 / b_scans_per_ms(&workers).await;
        Self { gpu_ms, cpu_ms: Some(cpu_ms), workers }
    }

    fn is_won_by_cpu(&self) -> bool {
        self.cpu_ms.is_some_and(|cpu_ms| cpu_ms < self.gpu_ms)
    }

    /// How it ended, in a sentence; `gpu` is its name.
    fn words(&self, gpu: &str) -> String {
        match self.cpu_ms {
            Some(_) if self.gpu_ms.is_infinite() => format!("{gpu} failed at a B-scan of a usual size"),
            Some(cpu_ms) => format!("{gpu} takes {:.1} ms a B-scan, the CPU {cpu_ms:.1} ms", self.gpu_ms),
            None => format!("{:.1} ms a B-scan", self.gpu_ms),
        }
    }
}

/// CPU workers that came up: as many as are wanted, or else one a core, as far as they pay.
/// None is no failure: then this worker computes itself.
async fn start_cpu_workers(wanted: Option<u32>, weights: &[u8]) -> Vec<CpuWorker> {
    let cores = scope().navigator().hardware_concurrency() as u32;
    let count = wanted.unwrap_or(cores).clamp(1, MOST_CPU_WORKERS);
    // Beside this worker's own script.
    let script = IMPORT_META.with(|meta| Url::new_with_base(CPU_WORKER, &meta.url()));
    let Ok(script) = script.map(|script| script.href()) else { return Vec::new() };
    let starting = (0..count).map(|_| CpuWorker::start(&script, weights));
    let mut workers: Vec<CpuWorker> = join_all(starting).await.into_iter().flatten().collect();
    if wanted.is_none() && workers.len() >= WORTH_MEASURING {
        let half = workers.len() / 2;
        let [by_half, by_all] = [b_scans_per_ms(&workers[..half]).await, b_scans_per_ms(&workers).await];
        if by_all < PAYS * by_half {
            workers.truncate(half);
        }
    }
    workers
}

/// What `workers` do side by side, measured once.
async fn b_scans_per_ms(workers: &[CpuWorker]) -> f64 {
    let start = now_ms();
    join_all(workers.iter().map(CpuWorker::warm_up)).await;
    workers.len() as f64 / (now_ms() - start).max(f64::MIN_POSITIVE)
}

/// Why WebGPU is not worth trying on this adapter, in words.
fn why_not_gpu(adapter: Option<&str>) -> Option<String> {
    match adapter {
        None => Some("this browser offers no WebGPU adapter".to_owned()),
        Some(name) if is_software(name) => Some(NoGpu::Software { name: name.to_owned() }.to_string()),
        Some(_) => None,
    }
}

/// What the browser tells of its GPU, e.g. `nvidia ampere`; `None` where there
/// is none. Asked here because wgpu passes nothing of it on.
async fn adapter_description() -> Option<String> {
    let property = |of: &JsValue, name: &str| {
        Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
    };
    let gpu = property(&scope().navigator(), "gpu")?;
    let request: Function = property(&gpu, "requestAdapter")?.dyn_into().ok()?;
    let asked: Promise = request.call0(&gpu).ok()?.dyn_into().ok()?;
    let adapter = JsFuture::from(asked).await.ok().filter(|adapter| !adapter.is_null())?;
    let info = property(&adapter, "info");
    let words = ["vendor", "architecture", "device", "description"]
        .iter()
        .filter_map(|name| property(info.as_ref()?, name)?.as_string())
        .filter(|word| !word.is_empty());
    Some(words.collect::<Vec<_>>().join(" "))
}

async fn fetch(url: &str) -> Result<Vec<u8>, StartError> {
    let failed = |error| StartError::NoWeights(wire::describe(&error));
    // The worker's script lies in a folder of its own; the address is meant from the page's.
    let response = JsFuture::from(scope().fetch_with_str(url)).await.map_err(failed)?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(StartError::NoWeights(format!("the server answered {}", response.status())));
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(failed)?).await.map_err(failed)?;
    Ok(wire::bytes(&buffer))
}
