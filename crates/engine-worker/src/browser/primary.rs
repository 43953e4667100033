//! The worker that the page talks to. No request blocks it: long work runs as a
//! task, and nothing stays borrowed while a task waits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::{DeviceReport, Engine, ModelInfo};
use engine_protocol::{Event, FailedStep, JobId, MESSAGE_KEY, Request};
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::lane::Near;
use super::link::{bytes, read, tell, tell_failure};
use super::segmenting::Running;
use crate::files;
use crate::session::Session;

/// State of the primary.
#[derive(Default)]
pub struct Primary {
    /// The open volume.
    pub session: RefCell<Option<Session>>,
    /// The job that opened it, so that work on an older one can tell.
    pub volume: Cell<Option<JobId>>,
    /// The engine, once its device passed the self-test.
    pub ready: RefCell<Option<Ready>>,
    /// The segmentation under way.
    pub running: RefCell<Option<Running>>,
    /// The newest job that opens something; older ones give up.
    pub opening: Cell<Option<JobId>>,
}

/// What a segmentation needs.
#[derive(Clone)]
pub struct Ready {
    /// The engine.
    pub engine: Rc<Engine>,
    /// Lanes; empty where this worker computes itself.
    pub lanes: Rc<[Near]>,
    /// The device, as the page was told.
    pub device: DeviceReport,
    /// The network.
    pub model: ModelInfo,
}

/// What a request can need that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No volume is open.
    Volume,
    /// The engine is still starting.
    Engine,
    /// A segmentation runs already.
    Idle,
    /// The volume has no such B-scan.
    BScan(u32),
}

impl std::fmt::Display for Missing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Volume => formatter.write_str("No volume is open: open one first."),
            Self::Engine => formatter.write_str("The engine is still starting: try again in a moment."),
            Self::Idle => formatter.write_str("A segmentation is running already: wait for it or cancel it."),
            Self::BScan(bscan) => write!(formatter, "The volume has no B-scan number {}.", bscan + 1),
        }
    }
}

impl std::error::Error for Missing {}

impl Primary {
    /// Takes in one message of the page.
    pub fn hear(self: Rc<Self>, data: &JsValue) {
        match read::<Request>(data, MESSAGE_KEY) {
            Ok((request, payload)) => self.handle(request, payload),
            Err(error) => tell_failure(None, FailedStep::Start, &error),
        }
    }

    fn handle(self: Rc<Self>, request: Request, payload: Array) {
        if request.volume().is_some_and(|volume| self.volume.get() != Some(volume)) {
            // Meant for a volume that is no longer open: the page has heard so by now.
            return;
        }
        match request {
            Request::Start { weights_url, device, cpu_lanes } => {
                spawn_local(async move { self.start(&weights_url, device, cpu_lanes).await });
            }
            Request::Open { job, paths, choice } => {
                spawn_local(async move { self.open_files(job, paths, choice, payload).await });
            }
            Request::OpenSample { job } => spawn_local(async move { self.open_sample(job).await }),
            Request::SetSpacing { spacing, .. } => self.set_spacing(&spacing),
            Request::BScan { bscan, .. } => self.show(bscan),
            Request::Fundus { volume } => self.show_fundus(volume),
            Request::Similarity { volume, bscan } => {
                spawn_local(async move { self.show_similarity(volume, bscan).await });
            }
            Request::Segment { volume, job, first_bscan } => self.segment(volume, job, first_bscan),
            Request::Cancel { job } => self.cancel(job),
            Request::AdoptMasks { bscans, measured_otherwise, .. } => {
                self.adopt_masks(&bscans, measured_otherwise, &payload);
            }
            Request::Export { kind, identified, .. } => self.export(kind, identified),
        }
    }

    fn set_spacing(&self, spacing: &[(oct::Axis, f64)]) {
        let mut session = self.session.borrow_mut();
        let Some(session) = session.as_mut() else {
            return tell_failure(None, FailedStep::SetSpacing, &Missing::Volume);
        };
        match session.set_spacing(spacing) {
            Ok(()) => {
                let measured = session.mask.measured_bscans() > 0;
                let event = Event::GeometryChanged {
                    geometry: session.volume.geometry.clone(),
                    measurement: measured.then(|| session.measurement()),
                    measured_otherwise: session.measured_otherwise(),
                };
                tell(&event, Vec::new());
            }
            Err(error) => tell_failure(None, FailedStep::SetSpacing, &error),
        }
    }

    fn show(&self, bscan: u32) {
        let session = self.session.borrow();
        let bscan = session.as_ref().and_then(|session| {
            let greys = session.grey.show(session.volume.bscan(bscan as usize)?);
            Some(vec![greys, session.surfaces_of(bscan as usize)])
        });
        match bscan {
            Some(buffers) => tell(&Event::BScan { bscan }, buffers),
            None => tell_failure(None, FailedStep::Show, &Missing::BScan(bscan)),
        }
    }

    fn show_fundus(&self, volume: JobId) {
        let session = self.session.borrow();
        // The page asks only where it was told that there is one.
        if let Some(image) = session.as_ref().and_then(|session| session.volume.fundus.as_ref()) {
            tell(&Event::Fundus { volume }, vec![image.greys().to_vec()]);
        }
    }

    fn adopt_masks(
        &self,
        bscans: &[engine_protocol::BScanResult],
        measured_otherwise: bool,
        payload: &Array,
    ) {
        let mut session = self.session.borrow_mut();
        let Some(session) = session.as_mut() else {
            return tell_failure(None, FailedStep::Open, &Missing::Volume);
        };
        session.adopt_results(measured_otherwise);
        for (result, buffer) in bscans.iter().zip(payload.iter()) {
            if let Err(error) = session.take_in(result, bytes(&buffer)) {
                return tell_failure(None, FailedStep::Open, &error);
            }
        }
        tell(&Event::MasksAdopted { measurement: session.measurement() }, Vec::new());
    }

    fn export(&self, kind: engine_protocol::ExportKind, identified: bool) {
        let session = self.session.borrow();
        let ready = self.ready.borrow();
        let (Some(session), Some(ready)) = (session.as_ref(), ready.as_ref()) else {
            let missing = if session.is_none() { Missing::Volume } else { Missing::Engine };
            return tell_failure(None, FailedStep::Export, &missing);
        };
        let now = String::from(js_sys::Date::new_0().to_iso_string());
        match files::file(session, kind, identified, &ready.device, &ready.model, &now) {
            Ok(file) => {
                let files = vec![(file.name, file.mime.to_owned())];
                tell(&Event::Exported { kind, files }, vec![file.bytes]);
            }
            Err(error) => tell_failure(None, FailedStep::Export, &error),
        }
    }
}
