//! What a person can ask for.

use engine_protocol::{DevicePreference, ExportKind, JobId, Request};
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use oct::{Axis, SpacingSource};
use wasm_bindgen::JsValue;

use super::{EngineStatus, Opening, Run, RunEnd, Session, Source};
use crate::engine_client::EngineClient;
use crate::failure::Notice;
use crate::file_intake::Intake;
use crate::page_settings;

impl Session {
    /// Starts the engine's worker, or replaces it.
    pub fn start_engine(self) {
        self.engine.set(EngineStatus::Loading);
        self.device.set(None);
        self.drop_jobs_of_the_worker();
        self.client.set_value(None);
        let Some(url) = page_settings::engine_url() else {
            self.engine_died("the page does not name the engine's script (meta lacuna-engine)");
            return;
        };
        match EngineClient::spawn(&url, move |message| self.hear(message)) {
            Ok(client) => self.client.set_value(Some(client)),
            Err(details) => self.engine_died(&details),
        }
    }

    /// First messages to a worker that has loaded: start, and open what is to be seen.
    pub(super) fn greet_engine(self) {
        self.send(
            Request::Start {
                weights_url: page_settings::weights_url(),
                device: match self.without_gpu.get_value() {
                    true => DevicePreference::Cpu,
                    false => page_settings::device_preference(),
                },
                cpu_lanes: page_settings::cpu_lanes(),
            },
            &Array::new(),
        );
        let reopens = self.volume.with_untracked(Option::is_some);
        self.open(self.source.get_value(), reopens);
        if let Some(intake) = self.waiting.try_update_value(Option::take).flatten() {
            self.open(Source::Files(intake), false);
        }
    }

    /// Opens the generated eye.
    pub fn open_sample(self) {
        self.new_wish();
        self.open_or_ask(Source::Sample);
    }

    /// A person asks for another volume; the number by which an older wish is known.
    pub fn new_wish(self) -> u32 {
        self.wishes.update_value(|n| *n += 1);
        self.wishes.get_value()
    }

    /// Whether nothing was asked for since [`Self::new_wish`] gave `wish`.
    pub fn is_newest_wish(self, wish: u32) -> bool {
        self.wishes.get_value() == wish
    }

    /// Opens files; asks first where a segmentation would be stopped.
    pub fn open_files(self, intake: Intake) {
        if intake.is_empty() {
            self.notice.set(Some(Notice::new(
                "There was no file in what you dropped: drop the files of one volume, their folder, or a zip of it.",
                "",
            )));
            return;
        }
        self.open_or_ask(Source::Files(intake));
    }

    /// Opens another volume of the same files.
    pub fn choose_volume(self, choice: u32) {
        self.new_wish();
        if let Source::Files(intake) = self.source.get_value() {
            self.open_or_ask(Source::Files(intake.with_choice(choice)));
        }
    }

    fn open_or_ask(self, source: Source) {
        if self.run.with_untracked(Option::is_some) {
            let (name, intake) = match source {
                Source::Sample => ("the sample eye".to_owned(), None),
                Source::Files(intake) => (intake.name(), Some(intake)),
            };
            self.waiting.set_value(intake);
            self.asks_to_replace.set(Some(name));
        } else {
            // What was asked about a run that is over is answered by this.
            self.waiting.set_value(None);
            self.asks_to_replace.set(None);
            self.open(source, false);
        }
    }

    /// Answers the question whether the run may be stopped for another volume.
    pub fn answer_replace(self, replace: bool) {
        if self.asks_to_replace.with_untracked(Option::is_none) {
            return;
        }
        self.asks_to_replace.set(None);
        let intake = self.waiting.try_update_value(Option::take).flatten();
        if replace {
            // The run goes on until the new volume is open: a file that cannot
            // be read costs nothing.
            self.open(intake.map_or(Source::Sample, Source::Files), false);
        }
    }

    pub(super) fn open(self, source: Source, reopens: bool) {
        if self.client.with_value(Option::is_some) && self.engine.get_untracked() == EngineStatus::Loading {
            // Opened as soon as the engine hears.
            if let Source::Files(intake) = source {
                self.opening.set(Some(intake.name()));
                self.waiting.set_value(Some(intake));
            }
            return;
        }
        if !self.has_engine() {
            self.notice.set(Some(Notice::new(
                "The engine is not running, so nothing can be opened: restart it and try again.",
                "",
            )));
            return;
        }
        let job = self.new_job();
        let request;
        let payload = Array::new();
        let name = match &source {
            Source::Sample => {
                request = Request::OpenSample { job };
                "the sample eye".to_owned()
            }
            Source::Files(intake) => {
                for (_, file) in intake.files() {
                    payload.push(file);
                }
                request = Request::Open {
                    job,
                    paths: intake.files().iter().map(|(path, _)| path.clone()).collect(),
                    choice: intake.choice(),
                };
                intake.name()
            }
        };
        self.opening.set(Some(name));
        self.openings.update_value(|openings| openings.push(Opening { job, source, reopens }));
        self.send(request, &payload);
    }

    /// Segments what is not measured yet, the B-scan in view first, or the whole
    /// volume anew; which of them, the engine knows.
    pub fn segment(self) {
        if untrack(|| self.why_not_segment()).is_some() || self.run.with_untracked(Option::is_some) {
            return;
        }
        let Some(volume) = self.held_as.get_untracked() else { return };
        let job = self.new_job();
        let total = untrack(|| self.bscan_count());
        self.run_end.set(None);
        self.run.set(Some(Run { job, done: 0, total, remaining_ms: None, cancelling: false }));
        let first_bscan = self.bscan.get_untracked();
        self.send(Request::Segment { volume, job, first_bscan }, &Array::new());
    }

    /// Stops the run, or else what is being opened; what is shown stays.
    pub fn cancel(self) {
        let Some(run) = self.run.get_untracked() else {
            for job in self.openings.with_value(|o| o.iter().map(|o| o.job).collect::<Vec<_>>()) {
                self.send(Request::Cancel { job }, &Array::new());
            }
            return;
        };
        if run.cancelling {
            return;
        }
        self.run.set(Some(Run { cancelling: true, ..run }));
        self.send(Request::Cancel { job: run.job }, &Array::new());
    }

    /// Sets spacing that the file does not carry (mm), where the engine holds the volume.
    pub fn set_spacing(self, spacing: Vec<(Axis, f64)>) {
        if let Some(volume) = self.held_as.get_untracked() {
            self.send(Request::SetSpacing { volume, spacing }, &Array::new());
        }
    }

    /// Asks for files to save.
    pub fn export(self, kind: ExportKind) {
        let Some(volume) = self.held_as.get_untracked() else { return };
        if self.exporting.with_untracked(|kinds| kinds.contains(&kind)) {
            return;
        }
        self.exporting.update(|kinds| kinds.push(kind));
        let identified = self.identified.get_untracked();
        self.send(Request::Export { volume, kind, identified }, &Array::new());
    }

    /// Goes to a B-scan; past either end it stays at the end.
    pub fn go_to(self, bscan: i64) {
        let last = i64::from(untrack(|| self.bscan_count())) - 1;
        if last < 0 {
            return;
        }
        let bscan = bscan.clamp(0, last) as u32;
        if bscan != self.bscan.get_untracked() {
            self.bscan.set(bscan);
            self.ask_for_pictures();
            self.ask_for_similarity();
        }
    }

    /// Moves by so many B-scans.
    pub fn go_by(self, step: i64) {
        self.go_to(i64::from(self.bscan.get_untracked()) + step);
    }

    /// Shows or hides the similarity map.
    pub fn show_similarity(self, show: bool) {
        self.similarity_wanted.set(show);
        self.ask_for_similarity();
    }

    /// Asks for the map of the B-scan in view, one at a time: each is a whole
    /// pass of the network, and scrolling must not queue up thirty of them.
    pub(super) fn ask_for_similarity(self) {
        let Some(volume) = self.held_as.get_untracked() else { return };
        let bscan = self.bscan.get_untracked();
        let held = self.bscans.with_value(|bscans| bscans.similarity(bscan).is_some());
        let ready = self.engine.with_untracked(|engine| *engine == EngineStatus::Ready);
        let free = !self.similarity_awaited.get_value();
        if self.similarity_wanted.get_untracked() && ready && free && !held {
            self.similarity_awaited.set_value(true);
            self.send(Request::Similarity { volume, bscan }, &Array::new());
        }
    }

    pub(super) fn ask_for_pictures(self) {
        let Some(volume) = self.held_as.get_untracked() else { return };
        let Some((bscans, bytes)) = self
            .volume
            .with_untracked(|v| v.as_ref().map(|v| (v.bscans, v.rows as usize * v.columns as usize)))
        else {
            return;
        };
        let in_view = self.bscan.get_untracked();
        let wanted = self.bscans.try_update_value(|store| store.next_requests(in_view, bscans, bytes));
        for bscan in wanted.unwrap_or_default() {
            self.send(Request::BScan { volume, bscan }, &Array::new());
        }
    }

    /// Gives a restarted engine what the page knows: spacing typed in, masks.
    pub(super) fn hand_over_results(self) {
        let typed: Vec<(Axis, f64)> = self.volume.with_untracked(|volume| {
            let geometry =
                volume.iter().flat_map(|v| Axis::ALL.map(|axis| (axis, v.geometry.spacing(axis).clone())));
            geometry
                .filter(|(_, spacing)| *spacing.source() == SpacingSource::FromUser)
                .filter_map(|(axis, spacing)| Some((axis, spacing.mm()?)))
                .collect()
        });
        if !typed.is_empty() {
            self.set_spacing(typed);
        }
        let (results, masks) = self.bscans.with_value(|bscans| {
            let results: Vec<_> = bscans.all_measured().map(|m| m.result.clone()).collect();
            let masks: Array = bscans
                .all_measured()
                .map(|m| JsValue::from(Uint8Array::from(m.mask.decode().as_slice()).buffer()))
                .collect();
            (results, masks)
        });
        if let Some(volume) = self.held_as.get_untracked().filter(|_| !results.is_empty()) {
            let measured_otherwise = self.measured_otherwise.get_untracked();
            self.send(Request::AdoptMasks { volume, bscans: results, measured_otherwise }, &masks);
        }
    }

    /// The worker is gone: so are its jobs. What was measured stays.
    pub(super) fn engine_died(self, details: &str) {
        let starting = matches!(self.engine.get_untracked(), EngineStatus::Starting(_));
        let free_to_choose = page_settings::device_preference() == DevicePreference::Auto;
        if starting && free_to_choose && !self.without_gpu.get_value() {
            // A driver can bring down the whole worker; the processor cannot.
            self.without_gpu.set_value(true);
            let dropped = self.newest_drop();
            self.start_engine();
            self.opening.set(dropped.as_ref().map(Intake::name));
            return self.waiting.set_value(dropped);
        }
        let sentence = if self.volume.with_untracked(Option::is_some) {
            "The engine stopped: what you see and what was measured stays, restart the engine to go on."
        } else {
            "The engine could not be started: restart it, and if that does not help reload the page."
        };
        self.stop_engine(Notice::new(sentence, details));
    }

    /// Lets go of a worker that is no good any more.
    pub(super) fn stop_engine(self, why: Notice) {
        self.client.set_value(None);
        self.engine.set(EngineStatus::Stopped);
        self.drop_jobs_of_the_worker();
        self.notice.set(Some(why));
    }

    /// The files on their way to the worker, the newest ones.
    fn newest_drop(self) -> Option<Intake> {
        self.openings.with_value(|openings| {
            openings.iter().rev().filter(|opening| !opening.reopens).find_map(|opening| {
                match &opening.source {
                    Source::Files(intake) => Some(intake.clone()),
                    Source::Sample => None,
                }
            })
        })
    }

    fn drop_jobs_of_the_worker(self) {
        self.held_as.set(None);
        self.similarity_awaited.set_value(false);
        self.openings.update_value(Vec::clear);
        self.opening.set(None);
        self.exporting.set(Vec::new());
        self.asks_to_replace.set(None);
        self.waiting.set_value(None);
        self.bscans.update_value(|bscans| bscans.forget_requests());
        if self.run.with_untracked(Option::is_some) {
            self.run.set(None);
            self.run_end.set(Some(RunEnd::Failed));
        }
    }

    fn has_engine(self) -> bool {
        self.client.with_value(Option::is_some)
            && self.engine.with_untracked(|e| !matches!(e, EngineStatus::Loading | EngineStatus::Stopped))
    }

    fn new_job(self) -> JobId {
        self.next_job.update_value(|next| *next += 1);
        JobId(self.next_job.get_value())
    }

    pub(super) fn send(self, request: Request, payload: &Array) {
        let sent =
            self.client.with_value(|client| client.as_ref().map(|client| client.send(&request, payload)));
        if let Some(Err(details)) = sent {
            self.engine_died(&details);
        }
    }
}
