//! The worker that the page talks to. No request blocks it: long work runs as a
//! task, and nothing stays borrowed while a task waits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine_protocol::worker::now_ms;
use engine_protocol::{DevicePreference, FailedStep, Request, ScanId, wire};
use js_sys::Array;
use oct_formats::OpenOptions;
use time::OffsetDateTime;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::tell::{tell, tell_all};
use super::{compare, drive, files, similarity, start};
use crate::compute::Compute;
use crate::session::{Answer, RequestError, Session};

/// State of the worker.
#[derive(Default)]
pub struct PageWorker {
    session: RefCell<Session>,
    /// What computes, once its device passed the self-test.
    compute: RefCell<Option<Compute>>,
    /// What was wanted at the start: weights that a person drops later are computed alike.
    wanted: Cell<(DevicePreference, Option<u32>)>,
}

impl PageWorker {
    /// Takes in one message of the page.
    pub fn hear(self: Rc<Self>, data: &JsValue) {
        match wire::read::<Request>(data, wire::PAGE) {
            Ok((request, payload)) => self.handle(request, payload),
            Err(error) => tell(Answer::failed(None, FailedStep::Start, &error)),
        }
    }

    fn handle(self: Rc<Self>, request: Request, payload: Array) {
        match request {
            Request::Start { weights_url, device, cpu_workers } => spawn_local(async move {
                self.wanted.set((device, cpu_workers));
                let started = start::start(&self.session, &weights_url, device, cpu_workers).await;
                *self.compute.borrow_mut() = started;
            }),
            // Those that are being started would take their place.
            Request::UseWeights { .. } if self.compute.borrow().is_none() => {
                tell(Answer::failed(None, FailedStep::UseWeights, &RequestError::EngineStarting));
            }
            Request::UseWeights { name } => spawn_local(async move {
                let file = payload.get(0);
                let started = start::use_weights(&self.session, &file, name, self.wanted.get()).await;
                // A run under way keeps what it began with.
                if let Some(compute) = started {
                    *self.compute.borrow_mut() = Some(compute);
                }
            }),
            Request::FindScans { dropped, paths } => {
                spawn_local(async move { files::find_scans(dropped, paths, &payload).await });
            }
            Request::Open { scan, paths, choice, axes } => {
                let options = OpenOptions { choice: choice.map(|choice| choice as usize), axes };
                spawn_local(async move {
                    files::open(&self.session, scan, paths, options, &payload).await;
                });
            }
            Request::OpenSample { scan, seed } => {
                spawn_local(async move { files::open_sample(&self.session, scan, seed).await });
            }
            Request::Segment { scan, first_bscan } => self.segment(scan, first_bscan),
            Request::Similarity { scan, bscan } => {
                let compute = self.compute.borrow().clone();
                spawn_local(async move { similarity::show(&self.session, compute, scan, bscan).await });
            }
            Request::Compare { before, after, landmarks } => spawn_local(async move {
                compare::compare(&self.session, [before, after], landmarks).await;
            }),
            request => {
                let buffers = payload.iter().map(|buffer| wire::bytes(&buffer)).collect();
                let now = OffsetDateTime::now_utc();
                tell_all(self.session.borrow_mut().answer(request, buffers, now));
            }
        }
    }

    fn segment(self: Rc<Self>, scan: ScanId, first_bscan: u32) {
        let compute = self.compute.borrow().clone().ok_or(RequestError::EngineStarting);
        let begun = compute.and_then(|compute| {
            let (run, answer) = self.session.borrow_mut().begin_run(scan, first_bscan, now_ms())?;
            Ok((run, answer, compute))
        });
        match begun {
            Ok((run, answer, compute)) => {
                tell(answer);
                spawn_local(async move { drive::run(&self.session, &compute, run).await });
            }
            Err(error) => tell_all(Answer::to_request(scan, FailedStep::Segment, Err(error))),
        }
    }
}
