//! What the engine says, and what it changes on the page.

use engine_protocol::{BScanResult, Event, FailedStep, Failure, JobId, Measurement, VolumeInfo};
use js_sys::{Array, ArrayBuffer, Float32Array, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::{EngineStatus, Opening, Run, RunEnd, Session, Source};
use crate::engine_client::FromEngine;
use crate::failure::Notice;
use crate::saving;

impl Session {
    /// Takes in one message of the worker.
    pub(super) fn hear(self, message: FromEngine) {
        match message {
            FromEngine::Event(event, payload) => self.apply(*event, &payload),
            // Not from within the worker's own event handler, which is dropped with it.
            FromEngine::Died { details } => {
                leptos::task::spawn_local(async move { self.engine_died(&details) })
            }
        }
    }

    fn apply(self, event: Event, payload: &Array) {
        match event {
            Event::Loaded => {
                self.engine.set(EngineStatus::Starting(engine_protocol::StartStep::FetchingWeights));
                self.greet_engine();
            }
            Event::Starting { step } => self.engine.set(EngineStatus::Starting(step)),
            Event::DeviceChosen { mut device, model } => {
                if self.without_gpu.get_value() {
                    device.reason = "the engine stopped while it started, so a GPU is left out".to_owned();
                }
                self.device.set(Some(device));
                self.model.set(Some(model));
                self.engine.set(EngineStatus::Ready);
                self.ask_for_similarity();
            }
            Event::Opened { job, volume } => self.opened(job, volume),
            Event::GeometryChanged { geometry, measurement, measured_otherwise } => {
                self.volume.update(|volume| {
                    if let Some(volume) = volume {
                        volume.geometry = geometry;
                    }
                });
                // An engine that was just restarted does not know yet what was measured.
                if measurement.is_some() || self.run.with_untracked(Option::is_some) {
                    self.measured_otherwise.set(measured_otherwise);
                }
                if measurement.is_some() {
                    self.measurement.set(measurement);
                }
            }
            Event::BScan { bscan } => self.picture_arrived(bscan, payload),
            Event::Fundus { volume } => {
                if self.held_as.get_untracked() == Some(volume) {
                    self.fundus
                        .set(payload.get(0).dyn_ref::<ArrayBuffer>().map(|greys| Uint8Array::new(greys)));
                }
            }
            Event::Similarity { bscan, .. } => {
                self.similarity_awaited.set_value(false);
                let in_view = self.bscan.get_untracked() == bscan;
                if let Some(map) = self.bytes_of_a_bscan(&payload.get(0)).filter(|_| in_view) {
                    self.bscans.update_value(|bscans| bscans.keep_similarity(bscan, map));
                    self.results_changed.update(|n| *n += 1);
                }
                self.ask_for_similarity();
            }
            Event::Begun { job, kept } => {
                if let Some(run) = self.current_run(job) {
                    self.run.set(Some(Run { done: kept, ..run }));
                    if kept == 0 {
                        self.forget_results();
                    }
                }
            }
            Event::Progress { job, done, total, remaining_ms, .. } => {
                if let Some(run) = self.current_run(job) {
                    self.run.set(Some(Run { done, total, remaining_ms, ..run }));
                }
            }
            Event::MaskReady { job, result, measurement } => {
                if self.current_run(job).is_some() {
                    self.mask_arrived(result, measurement, payload);
                }
            }
            Event::Finished { job, measurement, bscans, elapsed_ms } => {
                if self.current_run(job).is_some() {
                    self.measurement.set(Some(measurement));
                    self.end_run(RunEnd::Finished { bscans, elapsed_ms });
                }
            }
            Event::MasksAdopted { measurement } => self.measurement.set(Some(measurement)),
            Event::Exported { kind, files } => {
                self.exporting.update(|kinds| kinds.retain(|k| *k != kind));
                for ((name, mime), content) in files.iter().zip(payload.iter()) {
                    if let Err(details) = saving::save(name, mime, &content) {
                        let sentence = format!(
                            "{name} could not be saved: allow downloads for this page and export again."
                        );
                        self.notice.set(Some(Notice::new(&sentence, &details)));
                    }
                }
            }
            Event::Cancelled { job } => {
                if self.current_run(job).is_some() {
                    self.end_run(RunEnd::Cancelled);
                }
                self.opening_came_to_nothing(job);
            }
            Event::Failed { job, failure } => self.failed(job, failure),
        }
    }

    fn opened(self, job: JobId, volume: VolumeInfo) {
        // Every open that succeeds is shown, in the worker's order, also where
        // a later one is on its way: page and worker hold the same volume always.
        let Some(Opening { source, reopens, .. }) = self.close_opening(job) else { return };
        self.held_as.set(Some(job));
        self.similarity_awaited.set_value(false);
        let same_grid = self.volume.with_untracked(|shown| {
            shown.as_ref().is_some_and(|shown| {
                (shown.columns, shown.rows, shown.bscans) == (volume.columns, volume.rows, volume.bscans)
            })
        });
        if reopens && same_grid {
            self.hand_over_results();
            self.ask_for_pictures();
            self.ask_for_similarity();
            self.pictures_changed.update(|n| *n += 1);
            return;
        }
        if let Some(run) = self.run.get_untracked() {
            self.send(engine_protocol::Request::Cancel { job: run.job }, &Array::new());
        }
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        if volume.fundus.is_some() {
            self.send(engine_protocol::Request::Fundus { volume: job }, &Array::new());
        }
        batch(|| {
            self.run.set(None);
            self.run_end.set(None);
            self.measurement.set(None);
            self.measured_otherwise.set(false);
            self.exporting.set(Vec::new());
            self.fundus.set(None);
            self.identified.set(false);
            self.notice.set(None);
            self.asks_to_replace.set(None);
            self.bscans.update_value(|bscans| *bscans = Default::default());
            self.source.set_value(source);
            self.volumes_shown.update(|n| *n += 1);
            self.bscan.set(volume.bscans / 2);
            self.volume.set(Some(volume));
            self.pictures_changed.update(|n| *n += 1);
            self.results_changed.update(|n| *n += 1);
        });
        self.ask_for_pictures();
        self.ask_for_similarity();
        if let Some(intake) = waiting {
            // It was asked whether it may stop a run; that run is over.
            self.open(Source::Files(intake), false);
        }
    }

    fn picture_arrived(self, bscan: u32, payload: &Array) {
        // Only a picture of this volume's size: never another's B-scan.
        if let Some(picture) = self.bytes_of_a_bscan(&payload.get(0)) {
            let in_view = self.bscan.get_untracked();
            let boundaries =
                payload.get(1).dyn_ref::<ArrayBuffer>().map(|rows| Float32Array::new(rows).to_vec());
            self.bscans.update_value(|bscans| {
                bscans.keep_picture(bscan, picture, boundaries.unwrap_or_default(), in_view);
            });
            if bscan == in_view {
                self.pictures_changed.update(|n| *n += 1);
            }
        }
        self.ask_for_pictures();
    }

    fn forget_results(self) {
        self.bscans.update_value(|bscans| bscans.forget_results());
        batch(|| {
            self.measurement.set(None);
            self.measured_otherwise.set(false);
            self.results_changed.update(|n| *n += 1);
        });
        self.ask_for_similarity();
    }

    fn mask_arrived(self, result: BScanResult, measurement: Measurement, payload: &Array) {
        let Some(labels) = self.bytes_of_a_bscan(&payload.get(0)) else { return };
        self.bscans.update_value(|bscans| bscans.keep_measured(result, &labels.to_vec()));
        batch(|| {
            self.measurement.set(Some(measurement));
            self.results_changed.update(|n| *n += 1);
        });
    }

    fn failed(self, job: Option<JobId>, failure: Failure) {
        match failure.during {
            FailedStep::Start => self.engine.set(EngineStatus::NoDevice),
            FailedStep::Export => self.exporting.set(Vec::new()),
            FailedStep::Show => {
                self.bscans.update_value(|bscans| bscans.forget_requests());
                self.similarity_awaited.set_value(false);
            }
            FailedStep::Compute => {
                // Not from within the worker's own event handler, which is dropped with it.
                let why = Notice::new(&failure.sentence, &failure.details);
                leptos::task::spawn_local(async move { self.stop_engine(why) });
                return;
            }
            FailedStep::Open | FailedStep::SetSpacing | FailedStep::Segment => {}
        }
        self.notice.set(Some(Notice::new(&failure.sentence, &failure.details)));
        if let Some(job) = job {
            if self.current_run(job).is_some() {
                self.end_run(RunEnd::Failed);
            }
            self.opening_came_to_nothing(job);
        }
    }

    /// What is on show is opened again where something else kept the engine
    /// from it and then came to nothing.
    fn opening_came_to_nothing(self, job: JobId) {
        let Some(closed) = self.close_opening(job) else { return };
        let lost = self.held_as.get_untracked().is_none() && self.volume.with_untracked(Option::is_some);
        if lost && !closed.reopens && self.openings.with_value(Vec::is_empty) {
            self.open(self.source.get_value(), true);
        }
    }

    fn current_run(self, job: JobId) -> Option<Run> {
        self.run.get_untracked().filter(|run| run.job == job)
    }

    fn end_run(self, end: RunEnd) {
        batch(|| {
            self.run.set(None);
            self.run_end.set(Some(end));
        });
    }

    fn close_opening(self, job: JobId) -> Option<Opening> {
        let closed = self.openings.try_update_value(|openings| {
            let position = openings.iter().position(|opening| opening.job == job)?;
            let closed = openings.remove(position);
            Some((closed, openings.is_empty()))
        });
        let (closed, none_left) = closed.flatten()?;
        if none_left {
            self.opening.set(None);
        }
        Some(closed)
    }

    /// The bytes of a buffer, where it holds one byte for each pixel of a B-scan.
    fn bytes_of_a_bscan(self, buffer: &JsValue) -> Option<Uint8Array> {
        let pixels = self.volume.with_untracked(|v| v.as_ref().map(|v| v.columns * v.rows))?;
        let bytes = Uint8Array::new(buffer.dyn_ref::<ArrayBuffer>()?);
        (bytes.length() == pixels).then_some(bytes)
    }
}
