//! One scan, and all that was shown and measured of it.

use engine_protocol::{Measurement, ModelInfo, SaveKind, ScanId, Slab, VolumeInfo};
use fluid::label::THRESHOLD;
use fluid::{Agreement, ByClass, Figures, FoveaPlace};
use oct::{Axis, RunLengths, SpacingSource};

use super::bscans::BScanStore;
use super::cursor::Cursor;
use super::on_demand::OnDemand;
use super::pixels::Pixels;
use super::source::Source;
use super::truth::Truth;
use super::zoom::Zoom;
use crate::words::{Text, questions};

/// A run of the segmentation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// B-scans done.
    pub done: u32,
    /// B-scans in all.
    pub total: u32,
    /// Time left in ms, once it can be told.
    pub remaining_ms: Option<f64>,
    /// Cancel was pressed.
    pub cancelling: bool,
}

/// How the last run ended.
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

/// One scan.
#[derive(Debug, Clone)]
pub struct Scan {
    /// The number that page and worker know it by.
    pub id: ScanId,
    /// Where it comes from.
    pub source: Source,
    /// What is known of it.
    pub info: VolumeInfo,
    /// Whether the engine holds it; not so after a restart, until it is read again.
    pub is_held: bool,
    /// The B-scan in view, and the place in it.
    pub cursor: Cursor,
    /// How far the B-scan is enlarged.
    pub zoom: Zoom,
    /// Figures so far.
    pub measurement: Option<Measurement>,
    /// The network saw the measured B-scans in other proportions than the spacing now says.
    pub measured_otherwise: bool,
    /// The run under way.
    pub run: Option<Run>,
    /// How the last one ended.
    pub run_end: Option<RunEnd>,
    /// Files that are being made.
    pub exporting: Vec<SaveKind>,
    /// Saved files name the patient: their name, and what DICOM has of it.
    pub identified: bool,
    /// Greys of the fundus image that came with it.
    pub fundus: Option<Pixels>,
    /// Pictures, masks and similarity maps.
    pub bscans: BScanStore,
    /// Greys of the pictures among which the B-scan is to be chosen, one for each of
    /// [`VolumeInfo::axis_candidates`].
    pub axis_pictures: Vec<Pixels>,
    /// A similarity map was asked for and has not come.
    pub similarity_awaited: bool,
    /// The probabilities behind some masks went with an engine: the threshold cannot move before
    /// the scan is segmented again.
    pub lacks_chances: bool,
    /// What is fluid reaches this probability.
    pub threshold: f32,
    /// The threshold that a person wants, where the engine was asked for one and has not answered.
    pub threshold_wanted: Option<f32>,
    /// The mean of a B-scan and its neighbours, by B-scan and number of them.
    pub mean: OnDemand<(u32, u32)>,
    /// How probable each fluid is in a B-scan.
    pub chances: OnDemand<u32>,
    /// The picture along the slow axis, by column.
    pub section: OnDemand<u32>,
    /// Sizes, the ETDRS grid and the fovea.
    pub figures: Option<Figures>,
    /// Where a person put the fovea.
    pub fovea: Option<FoveaPlace>,
    /// What is truly in a generated eye.
    pub truth: Truth,
    /// How the masks agree with the truth, where that is known.
    pub agreement: Option<ByClass<Agreement>>,
    /// The picture from the front.
    pub front: OnDemand<Slab>,
    /// Whether there is anything of what was drawn to take back.
    pub can_undo: bool,
    /// Whether there is anything to do again.
    pub can_redo: bool,
    /// How the browser keeps what is drawn.
    pub keeping: Keeping,
    /// The network that segmented it.
    pub network: Option<ModelInfo>,
}

/// How the browser keeps what is drawn in a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keeping {
    /// The engine was asked for it and has not answered.
    pub is_asked: bool,
    /// It changed since.
    pub is_stale: bool,
    /// What is asked for is the name by which an earlier visit may have kept it.
    pub is_looked_for: bool,
    /// An earlier visit had kept it.
    pub is_restored: bool,
}

impl Scan {
    /// A scan that was just opened: its middle B-scan, whole, nothing measured.
    pub fn new(id: ScanId, source: Source, info: VolumeInfo) -> Self {
        Self {
            id,
            source,
            is_held: true,
            cursor: Cursor::middle_of(info.bscans),
            zoom: Zoom::default(),
            measurement: None,
            measured_otherwise: false,
            run: None,
            run_end: None,
            exporting: Vec::new(),
            identified: false,
            fundus: None,
            bscans: BScanStore::default(),
            axis_pictures: Vec::new(),
            similarity_awaited: false,
            lacks_chances: false,
            threshold: THRESHOLD,
            threshold_wanted: None,
            mean: OnDemand::default(),
            chances: OnDemand::default(),
            section: OnDemand::default(),
            figures: None,
            fovea: None,
            truth: Truth::default(),
            agreement: None,
            front: OnDemand::default(),
            can_undo: false,
            can_redo: false,
            keeping: Keeping::default(),
            network: None,
            info,
        }
    }

    /// Pixels of one B-scan.
    pub fn pixels(&self) -> usize {
        self.info.columns as usize * self.info.rows as usize
    }

    /// Whether its files hold several volumes and nobody said which one is meant: this one
    /// may be the other eye, another day, or flow.
    pub fn asks_for_volume(&self) -> bool {
        let is_chosen = match &self.source {
            Source::Sample | Source::Eye(_) => true,
            Source::Files(files) => files.choice.is_some(),
        };
        self.info.choices.len() > 1 && !is_chosen
    }

    /// Whether it is not known which of its axes is depth, or whether its picture is right.
    pub fn asks_for_axes(&self) -> bool {
        !self.info.axis_candidates.is_empty()
    }

    /// What has to be said of it before anything is measured, or `None`.
    pub fn asks_first(&self) -> Option<Text> {
        if self.asks_for_volume() {
            return Some(questions::VOLUME_FIRST);
        }
        self.asks_for_axes().then_some(match self.info.odd_picture {
            Some(_) => questions::PICTURE_FIRST,
            None => questions::BSCAN_FIRST,
        })
    }

    /// The column that the views across B-scans go through: the one pointed at, else the middle.
    pub fn column(&self) -> u32 {
        let last = self.info.columns.saturating_sub(1);
        self.cursor.column.map_or(last / 2, |column| (column as u32).min(last))
    }

    /// The row of the cursor: the one pointed at, else the middle.
    pub fn row(&self) -> f64 {
        self.cursor.row.unwrap_or(f64::from(self.info.rows) / 2.0)
    }

    /// Whether a person looked at all of `bscan` and says that it is right.
    pub fn is_reviewed(&self, bscan: u32) -> bool {
        self.bscans.drawn(bscan).is_some_and(|drawn| drawn.of.reviewed)
    }

    /// The area of a pixel in mm², where both of its spacings are known and not in doubt.
    pub fn pixel_mm2(&self) -> Option<f64> {
        let mm = |axis| self.info.geometry.trusted_mm(axis);
        Some(mm(Axis::Lateral)? * mm(Axis::Axial)?)
    }

    /// Whether its B-scans lie beside each other, so that there is more to see than one by one.
    pub fn has_neighbours(&self) -> bool {
        self.info.bscans > 1 && self.info.geometry.pattern.why_no_volume().is_none()
    }

    /// Whether a run is under way.
    pub fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// Number of measured B-scans.
    pub fn measured_bscans(&self) -> usize {
        self.measurement.as_ref().map_or(0, |measurement| measurement.measured_bscans)
    }

    /// Whether any B-scan was looked at, with a picture or without.
    pub fn has_results(&self) -> bool {
        let looked_at = |m: &Measurement| m.measured_bscans + m.without_picture.len();
        self.measurement.as_ref().is_some_and(|measurement| looked_at(measurement) > 0)
    }

    /// Whether every B-scan is measured.
    pub fn is_complete(&self) -> bool {
        self.measurement.as_ref().is_some_and(Measurement::is_complete)
    }

    /// Whether a run would go on where one stopped.
    pub fn is_unfinished(&self) -> bool {
        self.has_results() && !self.is_complete() && !self.measured_otherwise
    }

    /// Spacing that a person typed in (mm).
    pub fn typed_spacing(&self) -> Vec<(Axis, f64)> {
        self.spacing_where(|source| matches!(source, SpacingSource::FromUser))
    }

    /// Spacing that was in doubt and that a person confirmed (mm).
    pub fn confirmed_spacing(&self) -> Vec<(Axis, f64)> {
        self.spacing_where(|source| matches!(source, SpacingSource::ConfirmedByUser { .. }))
    }

    fn spacing_where(&self, is_wanted: fn(&SpacingSource) -> bool) -> Vec<(Axis, f64)> {
        let spacing = |axis| (axis, self.info.geometry.spacing(axis));
        Axis::ALL
            .into_iter()
            .map(spacing)
            .filter(|(_, spacing)| is_wanted(spacing.source()))
            .filter_map(|(axis, spacing)| Some((axis, spacing.mm()?)))
            .collect()
    }

    /// Whether `info` has the same grid, so that masks of the one fit the other.
    pub fn has_grid_of(&self, info: &VolumeInfo) -> bool {
        let grid = |info: &VolumeInfo| (info.columns, info.rows, info.bscans);
        grid(&self.info) == grid(info)
    }

    /// A buffer, where it holds one byte for each pixel of a B-scan.
    pub fn whole_bscan(&self, buffer: Option<&Pixels>) -> Option<Pixels> {
        buffer.filter(|buffer| buffer.len() == self.pixels()).cloned()
    }

    /// Run lengths ([`RunLengths::to_bytes`]), where they are of each pixel of a B-scan.
    pub fn whole_runs(&self, buffer: &Pixels) -> Option<RunLengths> {
        RunLengths::of_bytes(&buffer.to_vec()).filter(|runs| runs.length() == self.pixels())
    }

    /// The engine died or was replaced: what it owed does not come any more.
    pub fn lose_engine(&mut self) {
        self.is_held = false;
        self.similarity_awaited = false;
        self.threshold_wanted = None;
        self.truth.forget_request();
        self.mean.forget_request();
        self.chances.forget_request();
        self.section.forget_request();
        self.front.forget_request();
        self.exporting.clear();
        self.keeping = Keeping::default();
        self.bscans.forget_requests();
        self.fail_run();
    }

    /// The run did not finish, where there is one.
    pub fn fail_run(&mut self) {
        if self.run.take().is_some() {
            self.run_end = Some(RunEnd::Failed);
        }
    }
}
