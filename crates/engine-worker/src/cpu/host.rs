//! A CPU worker's own end.

use std::cell::RefCell;
use std::rc::Rc;

use engine::{DevicePreference, Engine, PreparedBScan};
use engine_protocol::wire;
use js_sys::{Array, Float32Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::messages::{CpuEvent, CpuRequest, Wanted};
use crate::scope::post;
use crate::similarity_maps::SimilarityMaps;

/// The worker that computes.
#[derive(Default)]
pub struct CpuHost {
    engine: RefCell<Option<Rc<Engine>>>,
}

impl CpuHost {
    /// Takes in one message of the worker that started this one.
    pub fn hear(self: Rc<Self>, data: &JsValue) {
        match wire::read::<CpuRequest>(data, wire::CPU) {
            Ok((request, payload)) => spawn_local(async move {
                let (event, payload) = self.answer(request, &payload).await;
                post(wire::CPU, &event, &payload);
            }),
            Err(error) => {
                let failed = CpuEvent::Failed { task: None, cause: error.to_string() };
                post(wire::CPU, &failed, &Array::new());
            }
        }
    }

    async fn answer(&self, request: CpuRequest, payload: &Array) -> (CpuEvent, Array) {
        match request {
            CpuRequest::Start => {
                let weights = wire::bytes(&payload.get(0));
                let event = match Engine::new(&weights, DevicePreference::Cpu).await {
                    Ok(engine) => {
                        *self.engine.borrow_mut() = Some(Rc::new(engine));
                        CpuEvent::Ready
                    }
                    Err(error) => CpuEvent::Failed { task: None, cause: error.to_string() },
                };
                (event, Array::new())
            }
            CpuRequest::Compute { task, wanted, framing } => {
                let bscan = PreparedBScan {
                    framing,
                    image: Float32Array::new(&payload.get(0)).to_vec(),
                    padding: wire::bytes(&payload.get(1)).into_iter().map(|byte| byte != 0).collect(),
                };
                self.compute(task, wanted, &bscan)
                    .await
                    .unwrap_or_else(|cause| (CpuEvent::Failed { task: Some(task), cause }, Array::new()))
            }
        }
    }

    async fn compute(
        &self,
        task: u32,
        wanted: Wanted,
        bscan: &PreparedBScan,
    ) -> Result<(CpuEvent, Array), String> {
        let engine = self.engine.borrow().clone().ok_or("it was never started")?;
        let failed = |error: engine::EngineError| error.to_string();
        Ok(match wanted {
            Wanted::Segmentation => {
                let segmented = engine.segment_prepared(bscan).await.map_err(failed)?;
                let event = CpuEvent::Segmented { task, evidence: segmented.evidence };
                (event, wire::buffers(&[segmented.labels]))
            }
            Wanted::Similarity => {
                let shown = SimilarityMaps::of(&engine, bscan).await.map_err(failed)?;
                (CpuEvent::Similarity { task, names: shown.names }, wire::buffers(&shown.maps))
            }
        })
    }
}
