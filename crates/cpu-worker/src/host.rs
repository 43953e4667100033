//! A CPU worker's own end.

use std::cell::RefCell;
use std::rc::Rc;

use engine::{DevicePreference, Engine, EngineError};
use engine_protocol::{wire, worker};
use js_sys::{Array, Float32Array, Uint16Array};
use oct::{BScan, Geometry, OctVolume, SampleType, Samples};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

use crate::messages::{BScanHeader, CpuEvent, CpuRequest, Times, Wanted};

/// Why a task failed.
#[derive(Debug, thiserror::Error)]
enum TaskError {
    #[error("it was never started")]
    NotStarted,
    #[error("the samples do not fit the B-scan: {0}")]
    Samples(#[from] oct::VolumeError),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Listens as long as the worker lives.
pub fn listen() {
    worker::report_panics();
    let engine: Rc<RefCell<Option<Rc<Engine>>>> = Rc::default();
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let engine = Rc::clone(&engine);
        spawn_local(async move {
            let (event, payload) = match wire::read::<CpuRequest>(&message.data(), wire::CPU) {
                Ok((request, payload)) => answer(&engine, request, &payload).await,
                Err(error) => (CpuEvent::Failed { task: None, cause: error.to_string() }, Array::new()),
            };
            worker::post(wire::CPU, &event, &payload);
        });
    });
    worker::scope().set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    worker::post(wire::CPU, &CpuEvent::Loaded, &Array::new());
}

async fn answer(
    engine: &RefCell<Option<Rc<Engine>>>,
    request: CpuRequest,
    payload: &Array,
) -> (CpuEvent, Array) {
    match request {
        CpuRequest::Start => {
            let weights = wire::bytes(&payload.get(0));
            let event = match Engine::new(&weights, DevicePreference::Cpu).await {
                Ok(started) => {
                    *engine.borrow_mut() = Some(Rc::new(started));
                    CpuEvent::Ready
                }
                Err(error) => CpuEvent::Failed { task: None, cause: error.to_string() },
            };
            (event, Array::new())
        }
        CpuRequest::Compute { task, wanted, bscan } => {
            let engine = engine.borrow().clone();
            compute(engine, task, wanted, bscan, &payload.get(0)).await.unwrap_or_else(|error| {
                (CpuEvent::Failed { task: Some(task), cause: error.to_string() }, Array::new())
            })
        }
    }
}

async fn compute(
    engine: Option<Rc<Engine>>,
    task: u32,
    wanted: Wanted,
    header: BScanHeader,
    samples: &JsValue,
) -> Result<(CpuEvent, Array), TaskError> {
    let engine = engine.ok_or(TaskError::NotStarted)?;
    let volume = volume_of(header, samples)?;
    let Some(bscan) = volume.bscan(0) else { return Ok((CpuEvent::NoPicture { task }, Array::new())) };
    match wanted {
        Wanted::Segmentation => segment(&engine, task, bscan, header).await,
        Wanted::Similarity => {
            let maps = engine.similarity_maps(&engine.prepare_at(bscan, header.scale)).await?;
            let (names, maps): (_, Vec<_>) = maps.into_iter().map(|map| (map.name, map.values)).unzip();
            Ok((CpuEvent::Similarity { task, names }, wire::buffers(&maps)))
        }
    }
}

async fn segment(
    engine: &Engine,
    task: u32,
    bscan: BScan<'_>,
    header: BScanHeader,
) -> Result<(CpuEvent, Array), TaskError> {
    let start = worker::now_ms();
    let Some(prepared) = engine.prepare_picture(bscan, header.scale) else {
        return Ok((CpuEvent::NoPicture { task }, Array::new()));
    };
    let is_prepared = worker::now_ms();
    let probabilities = engine.forward(&prepared).await?;
    let is_forward = worker::now_ms();
    let segmented = engine.label(&prepared, probabilities)?;
    let times = Times {
        prepare_ms: is_prepared - start,
        forward_ms: is_forward - is_prepared,
        label_ms: worker::now_ms() - is_forward,
    };
    let event = CpuEvent::Segmented { task, evidence: segmented.evidence, framing: prepared.framing, times };
    let mut payload = vec![segmented.labels];
    if let Some(chances) = segmented.chances {
        payload.push(chances.maps().to_vec());
        payload.push(chances.padding().to_bytes());
    }
    let payload = wire::buffers(&payload);
    if let Some(boundaries) = segmented.boundaries {
        payload.push(&Float32Array::from(boundaries.ilm_row.as_slice()).buffer());
        payload.push(&Float32Array::from(boundaries.bm_row.as_slice()).buffer());
    }
    Ok((event, payload))
}

/// A volume of the one B-scan.
fn volume_of(header: BScanHeader, samples: &JsValue) -> Result<OctVolume, TaskError> {
    let samples = match header.sample_type {
        SampleType::U8 => Samples::U8(wire::bytes(samples)),
        SampleType::U16 => Samples::U16(Uint16Array::new(samples).to_vec()),
        SampleType::F32 => Samples::F32(Float32Array::new(samples).to_vec()),
    };
    let mut volume = OctVolume::new(header.columns, header.rows, 1, samples, Geometry::default())?;
    volume.stated_padding = header.stated_padding;
    Ok(volume)
}
