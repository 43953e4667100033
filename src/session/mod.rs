//! One person's session: the engine, the open volume, what was measured.
//!
//! [`Session`] is a bundle of signals and is `Copy`; components read the
//! signals, call the [`commands`], and never talk to the worker. Whatever the
//! worker says passes through [`events`], the only place that changes what was
//! measured. So the worker can die at any time: the signals keep what they hold.

mod commands;
mod events;

use engine_protocol::{DeviceReport, ExportKind, JobId, Measurement, ModelInfo, StartStep, VolumeInfo};
use js_sys::Uint8Array;
use leptos::prelude::*;
use oct::Axis;

use crate::bscan_store::BScanStore;
use crate::engine_client::EngineClient;
use crate::failure::Notice;
use crate::file_intake::Intake;

/// How the engine is.
#[derive(Debug, Clone, PartialEq)]
pub enum EngineStatus {
    /// The worker's code is on its way.
    Loading,
    /// It starts up.
    Starting(StartStep),
    /// A device passed its self-test.
    Ready,
    /// It can show volumes but not segment them.
    NoDevice,
    /// The worker died. What is shown stays.
    Stopped,
}

/// Where the open volume came from, so that a new worker can open it again.
#[derive(Debug, Clone)]
pub enum Source {
    /// The generated eye.
    Sample,
    /// Files of the user.
    Files(Intake),
}

/// A volume that is being opened.
#[derive(Debug, Clone)]
pub struct Opening {
    job: JobId,
    source: Source,
    /// After a restart of the engine: what was measured stays.
    reopens: bool,
}

/// A segmentation under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Its job.
    pub job: JobId,
    /// B-scans done.
    pub done: u32,
    /// B-scans in all.
    pub total: u32,
    /// Time left in ms, once it can be told.
    pub remaining_ms: Option<f64>,
    /// Cancel was pressed.
    pub cancelling: bool,
}

/// How the last segmentation ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RunEnd {
    /// Every B-scan is measured.
    Finished {
        /// Those that this run measured.
        bscans: u32,
        /// Time that it took, ms.
        elapsed_ms: f64,
    },
    /// The person stopped it.
    Cancelled,
    /// It failed or the engine stopped.
    Failed,
}

/// The session's state. Provided as a context by [`crate::app::App`].
#[derive(Clone, Copy)]
pub struct Session {
    /// How the engine is.
    pub engine: RwSignal<EngineStatus>,
    /// The device that computes.
    pub device: RwSignal<Option<DeviceReport>>,
    /// The network.
    pub model: RwSignal<Option<ModelInfo>>,
    /// The open volume.
    pub volume: RwSignal<Option<VolumeInfo>>,
    /// The job by which the engine opened it; `None` while the engine does not
    /// hold it (again).
    pub held_as: RwSignal<Option<JobId>>,
    /// Name of what is being opened.
    pub opening: RwSignal<Option<String>>,
    /// Figures so far.
    pub measurement: RwSignal<Option<Measurement>>,
    /// The spacing was changed after B-scans were measured with another.
    pub measured_otherwise: RwSignal<bool>,
    /// Counts the volumes that were shown.
    pub volumes_shown: RwSignal<u32>,
    /// The B-scan in view.
    pub bscan: RwSignal<u32>,
    /// The segmentation under way.
    pub run: RwSignal<Option<Run>>,
    /// How the last one ended.
    pub run_end: RwSignal<Option<RunEnd>>,
    /// Exports under way.
    pub exporting: RwSignal<Vec<ExportKind>>,
    /// Greys of the fundus image that came with the volume.
    pub fundus: RwSignal<Option<Uint8Array>, LocalStorage>,
    /// Saved files name the patient: their name, and what DICOM has of it.
    pub identified: RwSignal<bool>,
    /// The failure on show.
    pub notice: RwSignal<Option<Notice>>,
    /// A drop that waits for the answer whether the run may be stopped.
    pub asks_to_replace: RwSignal<Option<String>>,
    /// Counts changes of pictures in the store.
    pub pictures_changed: RwSignal<u64>,
    /// Counts changes of masks and similarity maps in the store.
    pub results_changed: RwSignal<u64>,
    bscans: StoredValue<BScanStore, LocalStorage>,
    client: StoredValue<Option<EngineClient>, LocalStorage>,
    openings: StoredValue<Vec<Opening>, LocalStorage>,
    waiting: StoredValue<Option<Intake>, LocalStorage>,
    source: StoredValue<Source, LocalStorage>,
    next_job: StoredValue<u32>,
    /// Counts how often a person asked for another volume.
    wishes: StoredValue<u32>,
    similarity_wanted: RwSignal<bool>,
    /// A similarity map was asked for and has not come.
    similarity_awaited: StoredValue<bool>,
    /// The engine died while it started and might have used a GPU.
    without_gpu: StoredValue<bool>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            engine: RwSignal::new(EngineStatus::Loading),
            device: RwSignal::new(None),
            model: RwSignal::new(None),
            volume: RwSignal::new(None),
            held_as: RwSignal::new(None),
            opening: RwSignal::new(None),
            measurement: RwSignal::new(None),
            measured_otherwise: RwSignal::new(false),
            volumes_shown: RwSignal::new(0),
            bscan: RwSignal::new(0),
            run: RwSignal::new(None),
            run_end: RwSignal::new(None),
            exporting: RwSignal::new(Vec::new()),
            fundus: RwSignal::new_local(None),
            identified: RwSignal::new(false),
            notice: RwSignal::new(None),
            asks_to_replace: RwSignal::new(None),
            pictures_changed: RwSignal::new(0),
            results_changed: RwSignal::new(0),
            bscans: StoredValue::new_local(BScanStore::default()),
            client: StoredValue::new_local(None),
            openings: StoredValue::new_local(Vec::new()),
            waiting: StoredValue::new_local(None),
            source: StoredValue::new_local(Source::Sample),
            next_job: StoredValue::new(0),
            wishes: StoredValue::new(0),
            similarity_wanted: RwSignal::new(false),
            similarity_awaited: StoredValue::new(false),
            without_gpu: StoredValue::new(false),
        }
    }
}

impl Session {
    /// The session of the app.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Reads what is held of the B-scans. Not reactive: track
    /// [`Self::pictures_changed`] or [`Self::results_changed`].
    pub fn with_bscans<T>(&self, read: impl FnOnce(&BScanStore) -> T) -> T {
        self.bscans.with_value(read)
    }

    /// Number of B-scans of the open volume; reactive.
    pub fn bscan_count(&self) -> u32 {
        self.volume.with(|volume| volume.as_ref().map_or(0, |volume| volume.bscans))
    }

    /// Axes whose spacing is unknown; reactive.
    pub fn unknown_axes(&self) -> Vec<Axis> {
        self.volume.with(|volume| volume.as_ref().map_or_else(Vec::new, |v| v.geometry.unknown_axes()))
    }

    /// Whether every B-scan is measured; reactive.
    pub fn is_complete(&self) -> bool {
        self.measurement.with(|m| m.as_ref().is_some_and(Measurement::is_complete))
    }

    /// Whether a segmentation would go on where one stopped; reactive.
    pub fn is_unfinished(&self) -> bool {
        self.measured_bscans() > 0 && !self.is_complete() && !self.measured_otherwise.get()
    }

    /// Number of measured B-scans; reactive.
    pub fn measured_bscans(&self) -> usize {
        self.measurement.with(|m| m.as_ref().map_or(0, |m| m.measured_bscans))
    }

    /// Whether the similarity map is shown.
    pub fn similarity_wanted(&self) -> RwSignal<bool> {
        self.similarity_wanted
    }

    /// Why nothing can be segmented now, or `None` where it can; reactive.
    pub fn why_not_segment(&self) -> Option<&'static str> {
        match self.engine.get() {
            EngineStatus::Loading | EngineStatus::Starting(_) => Some("The engine is still starting."),
            EngineStatus::NoDevice => Some("No device is able to run the network."),
            EngineStatus::Stopped => Some("The engine stopped: restart it first."),
            EngineStatus::Ready if self.volume.with(Option::is_none) => Some("Open a volume first."),
            EngineStatus::Ready => self.why_not_held(),
        }
    }

    /// Why the engine does not hold the volume on show, or `None` where it does; reactive.
    pub fn why_not_held(&self) -> Option<&'static str> {
        match (self.held_as.get(), self.opening.get()) {
            (Some(_), _) => None,
            (None, Some(_)) => Some("The engine is reading the volume."),
            (None, None) => Some("The engine could not read the volume again: open it once more."),
        }
    }
}
