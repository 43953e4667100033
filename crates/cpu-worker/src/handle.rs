//! The end of the worker that starts a CPU worker.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use engine::SimilarityMap;
use engine::pace::USUAL_BSCAN;
use engine_protocol::{wire, worker};
use fluid::{Boundaries, Chances, SegmentedBScan};
use futures::channel::oneshot;
use js_sys::{Array, ArrayBuffer, Float32Array, Uint16Array};
use oct::{BScan, Framing, RunLengths, SampleType, SamplesOf, WorkingScale};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker};

use crate::messages::{BScanHeader, CpuEvent, CpuRequest, Times, Wanted};

/// Why a CPU worker gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a CPU lane failed ({0})")]
pub struct CpuWorkerError(String);

impl CpuWorkerError {
    fn another_answer() -> Self {
        Self("it answered something else".to_owned())
    }
}

/// What a task came to.
enum Computed {
    /// `None` where there is no picture.
    Segmentation(Option<SegmentedBScan>),
    Similarity(Vec<SimilarityMap>),
}

/// A B-scan on its way to a CPU worker.
pub struct SentBScan {
    header: BScanHeader,
    samples: ArrayBuffer,
}

impl SentBScan {
    /// A copy of `bscan`, whose samples have the size `scale`.
    pub fn new(bscan: BScan<'_>, scale: WorkingScale) -> Self {
        let samples = match bscan.samples() {
            SamplesOf::U8(samples) => wire::buffer(samples),
            SamplesOf::U16(samples) => Uint16Array::from(samples).buffer(),
            SamplesOf::F32(samples) => Float32Array::from(samples).buffer(),
        };
        let header = BScanHeader {
            rows: bscan.rows(),
            columns: bscan.columns(),
            sample_type: bscan.sample_type(),
            stated_padding: bscan.stated_padding(),
            scale,
        };
        Self { header, samples }
    }
}

type Waiting = Rc<RefCell<HashMap<u32, oneshot::Sender<Result<Computed, CpuWorkerError>>>>>;

/// A CPU worker; dropping it ends it.
pub struct CpuWorker {
    worker: Worker,
    next_task: Cell<u32>,
    waiting: Waiting,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl CpuWorker {
    /// Starts one whose script lies at `script`; `None` where the browser has no nested workers or the
    /// engine in it does not come up.
    pub async fn start(script: &str, weights: &[u8]) -> Option<Self> {
        let worker = worker::start(script).ok()?;
        let waiting: Waiting = Rc::default();
        // A message sent before it listens would be lost: its script waits for
        // its own wasm first. So it speaks first, as every worker does.
        let (say_loaded, loaded) = once();
        let (say_up, is_up) = once();
        let on_message = Closure::new({
            let (waiting, say_up, say_loaded) = (Rc::clone(&waiting), say_up.clone(), say_loaded.clone());
            move |message: MessageEvent| match wire::read::<CpuEvent>(&message.data(), wire::CPU) {
                Ok((CpuEvent::Loaded, _)) => say_loaded(true),
                Ok((event, payload)) => hear(event, &payload, &waiting, &say_up),
                Err(_) => say_up(false),
            }
        });
        let on_error = Closure::new({
            let waiting = Rc::clone(&waiting);
            move |event: web_sys::Event| {
                event.prevent_default();
                say_loaded(false);
                say_up(false);
                for (_, answer) in waiting.borrow_mut().drain() {
                    // A run that was stopped waits for no answer.
                    let _ = answer.send(Err(CpuWorkerError("its worker died".to_owned())));
                }
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let started =
            Self { worker, next_task: Cell::new(0), waiting, _on_message: on_message, _on_error: on_error };
        if !loaded.await.unwrap_or(false) {
            return None;
        }
        let payload = Array::of1(&wire::buffer(weights));
        started.post(&CpuRequest::Start, &payload).ok()?;
        is_up.await.unwrap_or(false).then_some(started)
    }

    /// Number of tasks that wait for their answer.
    pub fn tasks_waiting(&self) -> usize {
        self.waiting.borrow().len()
    }

    /// Has it compute once, whatever comes of it: the first pass of a fresh worker is slow.
    pub async fn warm_up(&self) {
        let [rows, columns] = USUAL_BSCAN;
        let samples = Float32Array::new_with_length((rows * columns) as u32).buffer();
        let header = BScanHeader {
            rows,
            columns,
            sample_type: SampleType::F32,
            stated_padding: None,
            scale: WorkingScale { axial_um: None, lateral_um: None },
        };
        // A worker that fails here fails again where somebody waits for it.
        drop(self.similarity(SentBScan { header, samples }).await);
    }

    /// Has it segment a B-scan; `None` where that holds no picture.
    ///
    /// # Errors
    /// [`CpuWorkerError`] where it fails or dies.
    pub async fn segment(&self, bscan: SentBScan) -> Result<Option<SegmentedBScan>, CpuWorkerError> {
        match self.compute(Wanted::Segmentation, bscan).await? {
            Computed::Segmentation(segmented) => Ok(segmented),
            Computed::Similarity(_) => Err(CpuWorkerError::another_answer()),
        }
    }

    /// Has it compute the similarity maps of a B-scan.
    ///
    /// # Errors
    /// [`CpuWorkerError`] where it fails or dies.
    pub async fn similarity(&self, bscan: SentBScan) -> Result<Vec<SimilarityMap>, CpuWorkerError> {
        match self.compute(Wanted::Similarity, bscan).await? {
            Computed::Similarity(maps) => Ok(maps),
            Computed::Segmentation(_) => Err(CpuWorkerError::another_answer()),
        }
    }

    async fn compute(&self, wanted: Wanted, bscan: SentBScan) -> Result<Computed, CpuWorkerError> {
        let task = self.next_task.get();
        self.next_task.set(task.wrapping_add(1));
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().insert(task, answer);
        let request = CpuRequest::Compute { task, wanted, bscan: bscan.header };
        self.post(&request, &Array::of1(&bscan.samples))?;
        answered.await.unwrap_or_else(|_| Err(CpuWorkerError("it was stopped".to_owned())))
    }

    fn post(&self, request: &CpuRequest, payload: &Array) -> Result<(), CpuWorkerError> {
        let envelope =
            wire::envelope(wire::CPU, request, payload).map_err(|error| CpuWorkerError(error.to_string()))?;
        self.worker
            .post_message_with_transfer(&envelope, &wire::transferred(payload))
            .map_err(|error| CpuWorkerError(wire::describe(&error)))
    }
}

impl Drop for CpuWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn hear(event: CpuEvent, payload: &Array, waiting: &Waiting, say_up: &impl Fn(bool)) {
    let answer = |task: u32, result| {
        if let Some(answer) = waiting.borrow_mut().remove(&task) {
            // A run that was stopped waits for no answer.
            let _ = answer.send(result);
        }
    };
    match event {
        CpuEvent::Loaded => {}
        CpuEvent::Ready => say_up(true),
        CpuEvent::Segmented { task, evidence, framing, times } => {
            show_times(times);
            let segmented = segmented(evidence, framing, payload);
            answer(task, Ok(Computed::Segmentation(Some(segmented))));
        }
        CpuEvent::NoPicture { task } => answer(task, Ok(Computed::Segmentation(None))),
        CpuEvent::Similarity { task, names } => {
            let maps = names.into_iter().zip(payload.iter());
            let map =
                |(name, values): (String, JsValue)| SimilarityMap { name, values: wire::bytes(&values) };
            answer(task, Ok(Computed::Similarity(maps.map(map).collect())));
        }
        CpuEvent::Failed { task: Some(task), cause } => answer(task, Err(CpuWorkerError(cause))),
        CpuEvent::Failed { task: None, .. } => say_up(false),
    }
}

/// What a CPU worker found, from what it sent.
fn segmented(evidence: [f32; 3], framing: Framing, payload: &Array) -> SegmentedBScan {
    let padding = RunLengths::of_bytes(&wire::bytes(&payload.get(2)));
    let chances =
        padding.and_then(|padding| Chances::of_parts(framing, wire::bytes(&payload.get(1)), padding));
    let rows = |at: u32| Float32Array::new(&payload.get(at)).to_vec();
    let boundaries = (payload.length() > 4).then(|| Boundaries { ilm_row: rows(3), bm_row: rows(4) });
    SegmentedBScan { labels: wire::bytes(&payload.get(0)), evidence, chances, boundaries }
}

/// In the browser's profiler, on the timeline of the worker that a person looks at.
fn show_times(Times { prepare_ms, forward_ms, label_ms }: Times) {
    let mut end = worker::now_ms();
    for (name, took_ms) in [("label", label_ms), ("forward", forward_ms), ("prepare", prepare_ms)] {
        worker::show_time(name, end - took_ms, end);
        end -= took_ms;
    }
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
