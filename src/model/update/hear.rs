//! What the engine says, its start and its death.

use engine_protocol::StartStep;
use engine_protocol::{
    BScanResult, Compared, DevicePreference, Event, FailedStep, Failure, Measurement, Request, ScanId,
};

use oct::RunLengths;

use super::Change;
use crate::model::EngineStatus;
use crate::model::effect::Effect;
use crate::model::notice::Notice;
use crate::model::pixels::Pixels;
use crate::model::scan::{Run, RunEnd, Scan};
use crate::model::source::Source;
use crate::words::notices;

impl Change<'_> {
    pub(super) fn hear(&mut self, event: Event, payload: &[Pixels]) {
        let Some(event) = self.hear_of_row(event) else { return };
        let measured = match &event {
            Event::Finished { scan, .. }
            | Event::GeometryChanged { scan, .. }
            | Event::Relabelled { scan, .. } => Some(*scan),
            _ => None,
        };
        self.hear_of_scan(event, payload);
        if let Some(scan) = measured {
            self.note_in_row(scan);
        }
    }

    fn hear_of_scan(&mut self, event: Event, payload: &[Pixels]) {
        match event {
            Event::ScansFound { dropped, scans } => self.scans_found(dropped, scans),
            Event::Loaded => self.greet_engine(),
            Event::Starting { step } => self.model.engine.status = EngineStatus::Starting(step),
            Event::DeviceChosen { device, model } => {
                let engine = &mut self.model.engine;
                engine.device = Some(device);
                engine.network = Some(model);
                engine.status = EngineStatus::Ready;
                self.ask_for_similarity();
            }
            Event::Opened { scan, volume } => self.opened(scan, volume, payload),
            Event::Closed { scan } => self.closed(scan),
            Event::Failed { scan, failure } => self.failed(scan, failure),
            Event::GeometryChanged { scan: id, geometry, measurement, measured_otherwise } => {
                let Some(scan) = self.model.scans.get_mut(id) else { return };
                scan.info.geometry = geometry;
                scan.front.forget();
                // An engine that was just restarted does not know yet what was measured.
                if measurement.is_some() || scan.is_running() {
                    scan.measured_otherwise = measured_otherwise;
                }
                if measurement.is_some() {
                    scan.measurement = measurement;
                }
            }
            Event::BScan { scan, bscan } => self.picture_arrived(scan, bscan, payload),
            Event::Fundus { scan } => {
                if let Some(scan) = self.model.scans.get_mut(scan) {
                    scan.fundus = payload.first().cloned();
                }
            }
            Event::Similarity { scan, bscan, .. } => self.similarity_arrived(scan, bscan, payload),
            Event::Mean { scan, bscan, bscans } => self.view_arrived(scan, |scan| {
                let picture = scan.whole_bscan(payload.first());
                scan.mean.arrived((bscan, bscans), picture);
            }),
            Event::Chances { scan, bscan } => self.view_arrived(scan, |scan| {
                let maps = payload.first().filter(|maps| maps.len() == 3 * scan.pixels()).cloned();
                scan.chances.arrived(bscan, maps);
            }),
            Event::CrossSection { scan, column } => self.view_arrived(scan, |scan| {
                let pixels = scan.info.bscans as usize * scan.info.rows as usize;
                scan.section.arrived(column, payload.first().filter(|it| it.len() == pixels).cloned());
            }),
            Event::EnFace { scan, slab } => self.view_arrived(scan, |scan| {
                let pixels = scan.info.bscans as usize * scan.info.columns as usize;
                scan.front.arrived(slab, payload.first().filter(|it| it.len() == pixels).cloned());
            }),
            Event::Figures { scan, figures, agreement } => self.view_arrived(scan, |scan| {
                scan.figures = Some(*figures);
                scan.agreement = agreement;
            }),
            Event::Truth { scan } => {
                self.view_arrived(scan, |scan| {
                    let labels = payload.iter().map(|runs| scan.whole_runs(runs).unwrap_or_default());
                    scan.truth.arrived(labels.collect());
                });
                self.seek_fluid();
            }
            Event::Relabelled { scan, threshold, bscans, measurement } => {
                let of = self.model.scans.get(scan);
                let mask = |(bscan, runs): (u32, &Pixels)| Some((bscan, of?.whole_runs(runs)?));
                let masks: Vec<_> = bscans.into_iter().zip(payload).filter_map(mask).collect();
                self.relabelled(scan, threshold, masks.into_iter(), measurement);
            }
            Event::Corrected { scan, bscans, measurement, can_undo, can_redo } => {
                self.corrected(scan, bscans, measurement, [can_undo, can_redo], payload);
            }
            Event::Proposal { scan, bscan, at, class } => self.proposed(scan, bscan, at, class),
            Event::Corrections { scan, digest, is_empty } => {
                self.corrections_told(scan, digest, is_empty, payload);
            }
            Event::Begun { scan, kept } => self.run_begun(scan, kept),
            Event::Progress { scan, done, total, remaining_ms, .. } => {
                if let Some(run) = self.run_of(scan) {
                    *run = Run { done, total, remaining_ms, ..*run };
                }
            }
            Event::MaskReady { scan, result, measurement } => {
                self.mask_arrived(scan, result, measurement, payload);
            }
            Event::Finished { scan, measurement, bscans, elapsed_ms } => {
                self.end_run(scan, RunEnd::Finished { bscans, elapsed_ms }, Some(measurement));
            }
            Event::Cancelled { scan } => {
                self.end_run(scan, RunEnd::Cancelled, None);
            }
            Event::MasksAdopted { scan, measurement } => {
                if let Some(scan) = self.model.scans.get_mut(scan) {
                    scan.measurement = Some(measurement);
                    scan.lacks_chances = true;
                    scan.front.forget();
                }
            }
            Event::Compared { before, after, not_laid, cautions } => {
                let numbers = payload.first().map(Pixels::to_floats).unwrap_or_default();
                if let Some(compared) = Compared::of(&numbers, not_laid, cautions) {
                    self.compared([before, after], compared, payload);
                }
            }
            Event::Exported { scan, kind, files } => {
                if let Some(scan) = self.model.scans.get_mut(scan) {
                    scan.exporting.retain(|waiting| *waiting != kind);
                }
                let saved = files.into_iter().zip(payload);
                self.effects.extend(saved.map(|((name, mime), content)| Effect::Save {
                    name,
                    mime,
                    content: content.clone(),
                }));
            }
        }
    }

    /// First messages to a worker that has loaded: start, and open what is to be seen.
    fn greet_engine(&mut self) {
        self.model.engine.status = EngineStatus::Starting(StartStep::FetchingWeights);
        let settings = &self.model.settings;
        let device = if self.model.engine.without_gpu { DevicePreference::Cpu } else { settings.device };
        let request = Request::Start {
            weights_url: settings.weights_url.clone(),
            device,
            cpu_workers: settings.cpu_workers,
        };
        self.ask(request);
        let asked_for = self.model.scans.awaits_engine.take();
        if self.model.scan().is_some() {
            self.reopen_shown();
        } else if asked_for.is_none() {
            self.open(self.model.settings.eye.map_or(Source::Sample, Source::Eye));
        }
        if let Some(source) = asked_for {
            self.open(source);
        }
        self.ask_for_scans();
    }

    /// The worker is gone: so is all that it was doing. What was measured stays.
    pub(super) fn engine_died(&mut self, details: &str) {
        let starting = matches!(self.model.engine.status, EngineStatus::Starting(_));
        let free_to_choose = self.model.settings.device == DevicePreference::Auto;
        if starting && free_to_choose && !self.model.engine.without_gpu {
            // A driver can bring down the whole worker; the processor cannot.
            self.model.engine.without_gpu = true;
            let asked_for = self.model.scans.newest_asked_for();
            self.start_engine();
            self.model.scans.awaits_engine = asked_for;
            return;
        }
        if self.model.engine.status == EngineStatus::Ready && self.row_lost_engine() {
            // Nobody may sit before a long list; a row stops the engine twice at most.
            return self.start_engine();
        }
        let sentence =
            if self.model.scan().is_some() { notices::ENGINE_STOPPED } else { notices::ENGINE_NOT_STARTED };
        self.stop_engine(Notice::with_details(sentence, details));
    }

    fn picture_arrived(&mut self, id: ScanId, bscan: u32, payload: &[Pixels]) {
        if let Some(scan) = self.model.scans.get_mut(id)
            && let Some(picture) = scan.whole_bscan(payload.first())
        {
            let boundaries = payload.get(1).map(Pixels::to_floats).unwrap_or_default();
            let padding = payload.get(2).and_then(|runs| RunLengths::of_bytes(&runs.to_vec()));
            let padding = padding.filter(|padding| padding.length() == picture.len()).unwrap_or_default();
            scan.bscans.keep_picture(bscan, picture, boundaries, padding, scan.cursor.bscan);
        }
        self.ask_for_pictures();
    }

    fn view_arrived(&mut self, id: ScanId, keep: impl FnOnce(&mut Scan)) {
        if let Some(scan) = self.model.scans.get_mut(id) {
            keep(scan);
        }
    }

    fn similarity_arrived(&mut self, id: ScanId, bscan: u32, payload: &[Pixels]) {
        if let Some(scan) = self.model.scans.get_mut(id) {
            scan.similarity_awaited = false;
            let maps: Vec<Pixels> = payload.iter().map_while(|map| scan.whole_bscan(Some(map))).collect();
            if scan.cursor.bscan == bscan && !maps.is_empty() {
                scan.bscans.keep_similarity(bscan, maps);
            }
        }
        self.ask_for_similarity();
    }

    fn run_begun(&mut self, id: ScanId, kept: u32) {
        let network = self.model.engine.network.clone();
        let Some(scan) = self.model.scans.get_mut(id) else { return };
        let Some(run) = scan.run.as_mut() else { return };
        run.done = kept;
        scan.network = network;
        if kept > 0 {
            return;
        }
        if let Some(scan) = self.model.scans.get_mut(id) {
            scan.bscans.forget_results();
            scan.chances.forget();
            scan.front.forget();
            scan.figures = None;
            scan.agreement = None;
            scan.lacks_chances = false;
            scan.measurement = None;
            scan.measured_otherwise = false;
        }
        self.ask_for_similarity();
    }

    fn mask_arrived(
        &mut self,
        id: ScanId,
        result: BScanResult,
        measurement: Measurement,
        payload: &[Pixels],
    ) {
        let running = self.model.scans.get_mut(id).filter(|scan| scan.is_running());
        if let Some(scan) = running
            && let Some(mask) = payload.first().and_then(|runs| scan.whole_runs(runs))
        {
            let boundaries = payload.get(1).map(Pixels::to_floats).unwrap_or_default();
            let boundaries = Some(boundaries)
                .filter(|rows| rows.len() == 2 * scan.info.columns as usize)
                .unwrap_or_default();
            scan.bscans.keep_measured(result, mask, boundaries);
            scan.measurement = Some(measurement);
        }
    }

    fn failed(&mut self, id: Option<ScanId>, failure: Failure) {
        if failure.during == FailedStep::Compute && self.row_lost_engine() {
            return self.start_engine();
        }
        if failure.during == FailedStep::Compare {
            return self.not_compared(failure.sentence);
        }
        let scan = id.and_then(|id| self.model.scans.get_mut(id));
        match (failure.during, scan) {
            (FailedStep::Compute, _) => return self.stop_engine(failure.into()),
            (FailedStep::Start, _) => self.model.engine.status = EngineStatus::NoDevice,
            (FailedStep::Export, Some(scan)) => scan.exporting.clear(),
            (FailedStep::Show, Some(scan)) => {
                scan.bscans.forget_requests();
                scan.similarity_awaited = false;
                scan.mean.failed();
                scan.chances.failed();
                scan.section.failed();
                scan.front.failed();
            }
            (FailedStep::SetThreshold, Some(scan)) => scan.threshold_wanted = None,
            (FailedStep::Segment, Some(scan)) => scan.fail_run(),
            _ => {}
        }
        self.model.notice = Some(failure.into());
        if let Some(id) = id
            && self.opening_came_to_nothing(id)
        {
            self.lose_kept(id);
        }
    }

    fn run_of(&mut self, id: ScanId) -> Option<&mut Run> {
        self.model.scans.get_mut(id)?.run.as_mut()
    }

    /// Ends the run on a scan, where there is one; `measurement` is all that it measured.
    fn end_run(&mut self, id: ScanId, end: RunEnd, measurement: Option<Measurement>) {
        let Some(scan) = self.model.scans.get_mut(id) else { return };
        if scan.run.take().is_none() {
            return;
        }
        scan.run_end = Some(end);
        scan.measurement = measurement.or(scan.measurement.take());
        // What the view from the front shows lies between boundaries that were found meanwhile.
        scan.front.forget();
        // The pictures that waited for the run.
        self.ask_for_pictures();
    }
}
