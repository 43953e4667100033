//! What the worker tells.

use correct::Place;
use fluid::{Agreement, ByClass, Figures, Measurement, SaveKind};
use oct::{FluidClass, Geometry};
use serde::{Deserialize, Serialize};

use crate::ids::ScanId;
use crate::info::{DeviceReport, FoundScan, ModelInfo, VolumeInfo};
use crate::requests::Slab;

/// What the worker tells. Everything about a scan names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "the largest, a scan that is opened, is the most seldom")]
pub enum Event {
    /// The worker runs and waits for [`crate::Request::Start`].
    Loaded,
    /// Start-up in words, e.g. while the weights load or the device is tested.
    Starting {
        /// What is being done.
        step: StartStep,
    },
    /// A device was chosen and passed the self-test; segmentation can start.
    DeviceChosen {
        /// The device.
        device: DeviceReport,
        /// The network.
        model: ModelInfo,
    },
    /// The scans among the files of a drop, in the natural order of their names; empty where
    /// nothing in it looks like one.
    ScansFound {
        /// The drop.
        dropped: u32,
        /// The scans.
        scans: Vec<FoundScan>,
    },
    /// A scan is open. Payload: a buffer of grey bytes for each of
    /// [`VolumeInfo::axis_candidates`], row by row.
    Opened {
        /// The scan.
        scan: ScanId,
        /// What is known of it.
        volume: VolumeInfo,
    },
    /// The worker does not hold the scan any more, or gave up reading it: the
    /// page asked for that, a newer one came, or another one needed its memory.
    Closed {
        /// The scan.
        scan: ScanId,
    },
    /// The spacing now in force, with the figures that follow from it.
    GeometryChanged {
        /// The scan.
        scan: ScanId,
        /// The geometry.
        geometry: Geometry,
        /// Figures, where anything is measured.
        measurement: Option<Measurement>,
        /// What is measured, or being measured, was shown to the network in other
        /// proportions than the spacing now says.
        measured_otherwise: bool,
    },
    /// The fundus image, `rows * columns` grey bytes as [`crate::FundusInfo`] says. Payload: one buffer.
    Fundus {
        /// The scan.
        scan: ScanId,
    },
    /// A B-scan for the screen. Payload: a buffer of `rows * columns` grey
    /// bytes, row by row, 0 black, scaled to the volume's own range; then one
    /// of 32-bit little-endian floats, a row for each column and surface of
    /// [`VolumeInfo::surfaces`], NaN where the device found no boundary; then what of it holds no
    /// sample of the eye, as [`oct::RunLengths::to_bytes`] writes it, 1 there.
    BScan {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan.
        bscan: u32,
    },
    /// The mean of a B-scan and its neighbours. Payload: one buffer as the first of
    /// [`Self::BScan`].
    Mean {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan in the middle.
        bscan: u32,
        /// How many were asked for.
        bscans: u32,
    },
    /// How probable each fluid is in one B-scan. Payload: none where that is not known, else one buffer, a map of `rows * columns`
    /// bytes for each of [`oct::FluidClass::ALL`], 255 where it is certain.
    Chances {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan.
        bscan: u32,
    },
    /// B-scans were labelled anew for another threshold. Payload: for each of them its labels
    /// as [`oct::RunLengths::to_bytes`] writes them.
    Relabelled {
        /// The scan.
        scan: ScanId,
        /// What is fluid reaches this.
        threshold: f32,
        /// The B-scans: those of which the probabilities are known.
        bscans: Vec<u32>,
        /// Figures that follow.
        measurement: Measurement,
    },
    /// Sizes, the ETDRS grid and the fovea: after a run, every few B-scans of one, and whenever
    /// spacing, threshold or fovea change.
    Figures {
        /// The scan.
        scan: ScanId,
        /// The figures.
        figures: Box<Figures>,
        /// How the mask agrees with the truth, where that is known.
        agreement: Option<ByClass<Agreement>>,
    },
    /// What is truly in a generated eye. Payload: for each B-scan its labels as
    /// [`oct::RunLengths::to_bytes`] writes them.
    Truth {
        /// The scan.
        scan: ScanId,
    },
    /// The picture along the slow axis. Payload: one buffer, `rows` lines of a grey a B-scan.
    CrossSection {
        /// The scan.
        scan: ScanId,
        /// Column of the B-scans.
        column: u32,
    },
    /// The en-face picture. Payload: one buffer, a line of `columns` greys a B-scan.
    EnFace {
        /// The scan.
        scan: ScanId,
        /// What of the depth.
        slab: Slab,
    },
    /// Similarity maps of one B-scan. Payload: one buffer a map, `rows *
    /// columns` bytes, 0 where detail was kept and 255 where semantics were trusted.
    Similarity {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan.
        bscan: u32,
        /// Name of each map, finest first.
        names: Vec<String>,
    },
    /// A run begins.
    Begun {
        /// The scan.
        scan: ScanId,
        /// B-scans that were measured before and stay; where it is 0, everything
        /// that was measured is forgotten.
        kept: u32,
    },
    /// How far a run is.
    Progress {
        /// The scan.
        scan: ScanId,
        /// B-scans done, those of earlier runs too.
        done: u32,
        /// B-scans in all.
        total: u32,
        /// Time since the run began, ms.
        elapsed_ms: f64,
        /// Time left, ms, once it can be told.
        remaining_ms: Option<f64>,
    },
    /// The mask of one B-scan, or that it holds no picture. Payload: its labels (0 background, 1
    /// IRF, 2 SRF, 3 PED) as [`oct::RunLengths::to_bytes`] writes them; then, where the network
    /// found the boundaries of the retina, one of 32-bit little-endian floats: a row for each column
    /// of the inner limiting membrane, then of Bruch's membrane, NaN where there is none.
    MaskReady {
        /// The scan.
        scan: ScanId,
        /// The result.
        result: BScanResult,
        /// Figures so far; volumes in nl only once every B-scan is measured.
        measurement: Measurement,
    },
    /// Every B-scan is segmented: the run is over.
    Finished {
        /// The scan.
        scan: ScanId,
        /// Figures of the whole volume.
        measurement: Measurement,
        /// B-scans that this run segmented.
        bscans: u32,
        /// Time that it took, ms.
        elapsed_ms: f64,
    },
    /// The run was stopped; what was measured before stays.
    Cancelled {
        /// The scan.
        scan: ScanId,
    },
    /// Masks were taken over after a restart.
    MasksAdopted {
        /// The scan.
        scan: ScanId,
        /// Figures that follow from them.
        measurement: Measurement,
    },
    /// What a person drew in `bscans`, or what lies under it, changed: by an edit, by undo and
    /// redo, by what was restored or adopted, and after [`Event::MaskReady`] and
    /// [`Event::Relabelled`] where they are about a B-scan that a person drew in. Payload: three
    /// buffers for each of `bscans`, all as [`oct::RunLengths::to_bytes`] writes them: the labels
    /// in force; what the person drew, 255 where they drew nothing; the network's own labels, of
    /// no length where it has not segmented the B-scan.
    Corrected {
        /// The scan.
        scan: ScanId,
        /// The B-scans that changed.
        bscans: Vec<CorrectedBScan>,
        /// Figures that follow.
        measurement: Measurement,
        /// Whether there is anything to undo.
        can_undo: bool,
        /// Whether there is anything to redo.
        can_redo: bool,
    },
    /// An outline for a click. Payload: one buffer, 1 within it and 0 without, as
    /// [`oct::RunLengths::to_bytes`] writes it. [`correct::Edit::Accept`] with the same class and
    /// place puts it down.
    Proposal {
        /// The scan.
        scan: ScanId,
        /// The B-scan.
        bscan: u32,
        /// Where was clicked.
        at: Place,
        /// The class.
        class: FluidClass,
    },
    /// All that a person drew in a scan. Payload: one buffer, to be given back with
    /// [`crate::Request::RestoreCorrections`].
    Corrections {
        /// The scan.
        scan: ScanId,
        /// By what the scan is known again wherever its file lies, hex: a key to keep it under.
        digest: String,
        /// Whether nothing was drawn or looked at.
        is_empty: bool,
    },
    /// What changed between two visits. Payload, floats as 32-bit little-endian ones: the numbers of
    /// [`crate::Compared::numbers`]; [`crate::COMPARED_FIGURES`] floats for each of
    /// [`crate::COMPARED_REGIONS`], NaN where nothing is measured; the table as CSV; then, where
    /// there are maps, the change of the retina's thickness and that of the fluid of all classes, a
    /// float (µm) a cell, NaN where one of the visits does not know it.
    Compared {
        /// The scan of the earlier visit.
        before: ScanId,
        /// That of the later one.
        after: ScanId,
        /// [`crate::Compared::not_laid`].
        not_laid: Option<String>,
        /// [`crate::Compared::cautions`].
        cautions: Vec<String>,
    },
    /// Files to save. Payload: one buffer a file.
    Exported {
        /// The scan.
        scan: ScanId,
        /// What was asked for.
        kind: SaveKind,
        /// Name and MIME type of each file.
        files: Vec<(String, String)>,
    },
    /// Something failed; what was loaded before stays.
    Failed {
        /// The scan, where it belongs to one.
        scan: Option<ScanId>,
        /// Why.
        failure: Failure,
    },
}

/// Steps of start-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartStep {
    /// Fetching the weights.
    FetchingWeights,
    /// Asking the browser for a GPU.
    LookingForGpu,
    /// Running the stored input through the network.
    SelfTest,
    /// Having GPU and processor compute the same, to see which is faster.
    ComparingDevices,
    /// Starting the CPU workers.
    StartingCpuWorkers,
}

/// A failure in words for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What was being done.
    pub during: FailedStep,
    /// One sentence: what (naming the file), why, and what to do.
    pub sentence: String,
    /// The chain of causes, for a bug report.
    pub details: String,
}

/// What was being done when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedStep {
    /// Start-up.
    Start,
    /// Opening a volume.
    Open,
    /// Setting the spacing.
    SetSpacing,
    /// Showing a B-scan.
    Show,
    /// Starting to segment.
    Segment,
    /// Computing: the device or a CPU worker failed, and the worker is to be replaced.
    Compute,
    /// Setting the threshold.
    SetThreshold,
    /// Writing files.
    Export,
    /// Correcting labels, proposing an outline, restoring what was drawn.
    Correct,
    /// Taking weights of the person's into use.
    UseWeights,
    /// Comparing two visits.
    Compare,
}

/// What a person did in one B-scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedBScan {
    /// Index of the B-scan.
    pub bscan: u32,
    /// Voxels that they drew, whether or not the network's label was the same.
    pub drawn_voxels: u64,
    /// They looked at all of it and say that it is right.
    pub reviewed: bool,
}

/// Result of one B-scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BScanResult {
    /// Index of the B-scan.
    pub bscan: u32,
    /// Evidence for each class in this B-scan, 0..=1, by [`oct::FluidClass::index`].
    pub evidence: [f32; 3],
    /// The device that computed it, as reports name it.
    pub device: String,
    /// Whether it holds a picture; else it is not measured, and all of it is background.
    #[serde(default = "has_picture")]
    pub has_picture: bool,
    /// Voxels that may be fluid and are it not without doubt; `None` where that is not known.
    #[serde(default)]
    pub doubtful_voxels: Option<f64>,
}

fn has_picture() -> bool {
    true
}
