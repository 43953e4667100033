//! Weights, device, lanes.

use std::rc::Rc;

use engine::device::{NoGpu, is_software};
use engine::{DeviceKind, DevicePreference, Engine};
use engine_protocol::{Event, FailedStep, StartStep};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::lane::Near;
use super::link::{bytes, describe, scope, tell, tell_failure};
use super::primary::{Primary, Ready};

/// More lanes than this only fight for memory bandwidth.
const MOST_LANES: u32 = 16;

/// The weights could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NoWeights(String);

impl std::fmt::Display for NoWeights {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "The network's weights could not be loaded ({}): reload the page.", self.0)
    }
}

impl std::error::Error for NoWeights {}

impl Primary {
    /// Fetches the weights, the only request that a worker ever makes, chooses
    /// a device and tests it.
    pub async fn start(&self, weights_url: &str, wanted: DevicePreference, cpu_lanes: Option<u32>) {
        tell(&Event::Starting { step: StartStep::FetchingWeights }, Vec::new());
        let weights = match fetch(weights_url).await {
            Ok(weights) => weights,
            Err(error) => return tell_failure(None, FailedStep::Start, &error),
        };
        let adapter = adapter_description().await;
        let why_cpu = why_not_gpu(adapter.as_deref()).filter(|_| wanted == DevicePreference::Auto);
        let preference = if why_cpu.is_some() { DevicePreference::Cpu } else { wanted };
        let step = match preference {
            DevicePreference::Cpu => StartStep::SelfTest,
            _ => StartStep::LookingForGpu,
        };
        tell(&Event::Starting { step }, Vec::new());
        let engine = match Engine::new(&weights, preference).await {
            Ok(engine) => Rc::new(engine),
            Err(error) => return tell_failure(None, FailedStep::Start, &error),
        };
        let mut device = engine.device().clone();
        if let Some(why) = why_cpu {
            device.reason = why;
        }
        if let (DeviceKind::Gpu, Some(name)) = (device.kind, adapter.filter(|name| !name.is_empty())) {
            device.name = name;
        }
        let mut lanes: Rc<[Near]> = Rc::new([]);
        if device.kind == DeviceKind::Cpu {
            tell(&Event::Starting { step: StartStep::StartingLanes }, Vec::new());
            lanes = start_lanes(cpu_lanes, &weights).await.into();
            device.name = match lanes.len() {
                0 => "CPU, in one worker".to_owned(),
                1 => "CPU, 1 lane".to_owned(),
                count => format!("CPU, {count} lanes"),
            };
        }
        let model = engine.model().clone();
        tell(&Event::DeviceChosen { device: device.clone(), model: model.clone() }, Vec::new());
        *self.ready.borrow_mut() = Some(Ready { engine, lanes, device, model });
    }
}

/// Lanes that came up. None is no failure: then this worker computes itself.
async fn start_lanes(wanted: Option<u32>, weights: &[u8]) -> Vec<Near> {
    let cores = scope().navigator().hardware_concurrency() as u32;
    let count = wanted.unwrap_or_else(|| cores.saturating_sub(1)).clamp(1, MOST_LANES);
    let starting = (0..count).map(|_| Near::start(weights));
    futures::future::join_all(starting).await.into_iter().flatten().collect()
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

async fn fetch(url: &str) -> Result<Vec<u8>, NoWeights> {
    let failed = |error| NoWeights(describe(&error));
    // The worker's script lies in a folder of its own; the address is meant from the page's.
    let response = JsFuture::from(scope().fetch_with_str(url)).await.map_err(failed)?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(NoWeights(format!("the server answered {}", response.status())));
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(failed)?).await.map_err(failed)?;
    Ok(bytes(&buffer))
}
