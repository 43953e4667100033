//! A nested worker that computes on one core: both of its ends.
//!
//! A pool of workers uses all cores without SharedArrayBuffer, so the page
//! needs no special headers from its host.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use engine::preprocess::WorkingGrid;
use engine::{DevicePreference, Engine, PreparedBScan, SegmentedBScan};
use futures::channel::oneshot;
use js_sys::{Array, Float32Array, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::link::{bytes, describe, envelope, read, scope, transferable};
use super::similarity::ShownMaps;

/// Key of a message to or from a lane; the page's messages have another one.
const LANE_KEY: &str = "lane";

/// To a lane.
#[derive(Serialize, Deserialize)]
enum LaneRequest {
    /// Payload: the weights.
    Start,
    /// Payload: the prepared image, f32.
    Compute { task: u32, wanted: Wanted, rows: usize, columns: usize, grid_rows: usize, grid_columns: usize },
}

/// What is wanted of a B-scan.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Wanted {
    Segmentation,
    Similarity,
}

/// From a lane.
#[derive(Serialize, Deserialize)]
enum LaneEvent {
    /// Listens.
    Ready,
    /// Payload: the labels.
    Segmented { task: u32, evidence: [f32; 3] },
    /// Payload: one map a name.
    Similarity { task: u32, names: Vec<String> },
    /// A task failed, or the start did.
    Failed { task: Option<u32>, cause: String },
}

/// Why a lane gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneError(String);

impl std::fmt::Display for LaneError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "a CPU lane failed ({})", self.0)
    }
}

impl LaneError {
    fn another_answer() -> Self {
        Self("it answered something else".to_owned())
    }
}

/// Whether a message is meant for a lane.
pub fn is_for_a_lane(data: &JsValue) -> bool {
    Reflect::has(data, &LANE_KEY.into()).unwrap_or(false)
}

/// A signal that is given once, from whichever closure comes first.
fn once() -> (impl Fn(bool) + Clone, oneshot::Receiver<bool>) {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let say = move |value: bool| {
        if let Some(sender) = sender.borrow_mut().take() {
            // Nobody waits any more where the start was given up.
            let _ = sender.send(value);
        }
    };
    (say, receiver)
}

/// What a task came to.
enum Computed {
    Segmentation(SegmentedBScan),
    Similarity(ShownMaps),
}

type Answer = oneshot::Sender<Result<Computed, LaneError>>;

/// The primary's end of a lane.
pub struct Near {
    worker: Worker,
    next_task: Cell<u32>,
    waiting: Rc<RefCell<HashMap<u32, Answer>>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Near {
    /// Starts a lane; `None` where the browser has no nested workers or the
    /// lane's own engine does not come up.
    pub async fn start(weights: &[u8]) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&scope().location().href(), &options).ok()?;
        let waiting: Rc<RefCell<HashMap<u32, Answer>>> = Rc::default();
        // A message sent before the lane listens would be lost: its script waits
        // for its own wasm first. So it speaks first, as every worker does.
        let (say_loaded, loaded) = once();
        let (say_up, is_up) = once();
        let on_message = Closure::new({
            let (waiting, say_up, say_loaded) = (Rc::clone(&waiting), say_up.clone(), say_loaded.clone());
            move |message: MessageEvent| {
                let Ok((event, payload)) = read::<LaneEvent>(&message.data(), LANE_KEY) else {
                    return say_loaded(true);
                };
                let answer = |task: u32, result| {
                    if let Some(answer) = waiting.borrow_mut().remove(&task) {
                        // A cancelled segmentation waits for no answer.
                        let _ = answer.send(result);
                    }
                };
                match event {
                    LaneEvent::Ready => say_up(true),
                    LaneEvent::Segmented { task, evidence } => {
                        let labels = bytes(&payload.get(0));
                        answer(task, Ok(Computed::Segmentation(SegmentedBScan { labels, evidence })));
                    }
                    LaneEvent::Similarity { task, names } => {
                        let maps = payload.iter().map(|map| bytes(&map)).collect();
                        answer(task, Ok(Computed::Similarity(ShownMaps { names, maps })));
                    }
                    LaneEvent::Failed { task: Some(task), cause } => answer(task, Err(LaneError(cause))),
                    LaneEvent::Failed { task: None, .. } => say_up(false),
                }
            }
        });
        let on_error = Closure::new({
            let waiting = Rc::clone(&waiting);
            move |event: web_sys::Event| {
                event.prevent_default();
                say_loaded(false);
                say_up(false);
                for (_, answer) in waiting.borrow_mut().drain() {
                    let _ = answer.send(Err(LaneError("its worker died".to_owned())));
                }
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let near =
            Self { worker, next_task: Cell::new(0), waiting, _on_message: on_message, _on_error: on_error };
        if !loaded.await.unwrap_or(false) {
            return None;
        }
        let payload = Array::of1(&Uint8Array::from(weights).buffer());
        near.post(&LaneRequest::Start, &payload).ok()?;
        is_up.await.unwrap_or(false).then_some(near)
    }

    /// Number of tasks that wait for their answer.
    pub fn tasks_waiting(&self) -> usize {
        self.waiting.borrow().len()
    }

    /// Has the lane segment a B-scan.
    pub async fn segment(&self, bscan: &PreparedBScan) -> Result<SegmentedBScan, LaneError> {
        match self.compute(Wanted::Segmentation, bscan).await? {
            Computed::Segmentation(segmented) => Ok(segmented),
            Computed::Similarity(_) => Err(LaneError::another_answer()),
        }
    }

    /// Has the lane compute the similarity maps of a B-scan.
    pub async fn similarity(&self, bscan: &PreparedBScan) -> Result<ShownMaps, LaneError> {
        match self.compute(Wanted::Similarity, bscan).await? {
            Computed::Similarity(maps) => Ok(maps),
            Computed::Segmentation(_) => Err(LaneError::another_answer()),
        }
    }

    async fn compute(&self, wanted: Wanted, bscan: &PreparedBScan) -> Result<Computed, LaneError> {
        let task = self.next_task.get();
        self.next_task.set(task.wrapping_add(1));
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().insert(task, answer);
        let request = LaneRequest::Compute {
            task,
            wanted,
            rows: bscan.rows,
            columns: bscan.columns,
            grid_rows: bscan.grid.rows,
            grid_columns: bscan.grid.columns,
        };
        let payload = Array::of1(&Float32Array::from(bscan.image.as_slice()).buffer());
        self.post(&request, &payload).map_err(|error| LaneError(describe(&error)))?;
        answered.await.unwrap_or_else(|_| Err(LaneError("it was stopped".to_owned())))
    }

    fn post(&self, request: &LaneRequest, payload: &Array) -> Result<(), JsValue> {
        let envelope = envelope(LANE_KEY, request, payload)?;
        self.worker.post_message_with_transfer(&envelope, payload)
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// The lane's own end.
#[derive(Default)]
pub struct Far {
    engine: RefCell<Option<Rc<Engine>>>,
}

impl Far {
    /// Takes in one message of the primary.
    pub fn hear(self: Rc<Self>, data: &JsValue) {
        match read::<LaneRequest>(data, LANE_KEY) {
            Ok((request, payload)) => spawn_local(async move {
                let (event, payload) = self.answer(request, &payload).await;
                tell_primary(&event, &payload);
            }),
            Err(error) => {
                tell_primary(&LaneEvent::Failed { task: None, cause: error.to_string() }, &Array::new());
            }
        }
    }

    async fn answer(&self, request: LaneRequest, payload: &Array) -> (LaneEvent, Array) {
        match request {
            LaneRequest::Start => match Engine::new(&bytes(&payload.get(0)), DevicePreference::Cpu).await {
                Ok(engine) => {
                    *self.engine.borrow_mut() = Some(Rc::new(engine));
                    (LaneEvent::Ready, Array::new())
                }
                Err(error) => (LaneEvent::Failed { task: None, cause: error.to_string() }, Array::new()),
            },
            LaneRequest::Compute { task, wanted, rows, columns, grid_rows, grid_columns } => {
                let bscan = PreparedBScan {
                    rows,
                    columns,
                    grid: WorkingGrid { rows: grid_rows, columns: grid_columns },
                    image: Float32Array::new(&payload.get(0)).to_vec(),
                };
                match self.compute(wanted, &bscan).await {
                    Ok(Computed::Segmentation(SegmentedBScan { labels, evidence })) => {
                        (LaneEvent::Segmented { task, evidence }, transferable(&[labels]))
                    }
                    Ok(Computed::Similarity(ShownMaps { names, maps })) => {
                        (LaneEvent::Similarity { task, names }, transferable(&maps))
                    }
                    Err(cause) => (LaneEvent::Failed { task: Some(task), cause }, Array::new()),
                }
            }
        }
    }

    async fn compute(&self, wanted: Wanted, bscan: &PreparedBScan) -> Result<Computed, String> {
        let engine = self.engine.borrow().clone().ok_or("it was never started")?;
        let computed = match wanted {
            Wanted::Segmentation => engine.segment_prepared(bscan).await.map(Computed::Segmentation),
            Wanted::Similarity => ShownMaps::of(&engine, bscan).await.map(Computed::Similarity),
        };
        computed.map_err(|error| error.to_string())
    }
}

fn tell_primary(event: &LaneEvent, payload: &Array) {
    match envelope(LANE_KEY, event, payload) {
        Ok(envelope) => drop(scope().post_message_with_transfer(&envelope, payload)),
        Err(error) => wasm_bindgen::throw_val(error),
    }
}
