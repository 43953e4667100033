//! The typed messages between the page and the engine's Web Worker: the only
//! thing both sides share.
//!
//! The page sends a [`Request`], the worker answers with [`Event`]s. A message
//! travels as one JavaScript object `{ message, payload }`: `message` is the
//! serialised enum, `payload` an array of `ArrayBuffer`s (or of `File`s for
//! [`Request::Open`]) that are transferred, never copied twice. Each variant
//! says what its payload holds.
//!
//! Long work carries a [`JobId`]. A job ends with exactly one of its closing
//! event, [`Event::Cancelled`] or [`Event::Failed`]. What concerns an open
//! volume names the job that opened it, and the worker leaves unanswered what
//! was meant for another ([`Request::volume`]): a spacing or a mask on its way
//! never lands on the volume that was opened meanwhile. Everything that the page
//! shows of a volume it got in an event, so the worker can die and be replaced
//! without the page losing what the person sees.

use oct::{Acquisition, Axis, FluidClass, FundusKind, Geometry};
use serde::{Deserialize, Serialize};

pub use fluid::{Measurement, Report};

/// Key of the serialised enum in a message object.
pub const MESSAGE_KEY: &str = "message";
/// Key of the array of buffers (or files) in a message object.
pub const PAYLOAD_KEY: &str = "payload";

/// A piece of long work, numbered by the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobId(pub u32);

/// Which device the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum DevicePreference {
    /// WebGPU where a real adapter passes the self-test, else the CPU.
    #[default]
    Auto,
    /// WebGPU or an error.
    Gpu,
    /// The CPU.
    Cpu,
    /// WebGPU even on a software adapter: for tests, which ask for it by name.
    SoftwareGpu,
}

/// What the page asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// First message: fetch the weights, choose a device and self-test it.
    Start {
        /// Where the weights lie, same origin.
        weights_url: String,
        /// Wanted device.
        device: DevicePreference,
        /// CPU lanes at most; `None` for all cores but one.
        cpu_lanes: Option<u32>,
    },
    /// Open a volume. Payload: the dropped `File` objects.
    Open {
        /// The job.
        job: JobId,
        /// Relative path of each file in the payload, in the same order.
        paths: Vec<String>,
        /// Which of [`VolumeInfo::choices`], where the files hold several volumes.
        choice: Option<u32>,
    },
    /// Open the generated sample eye.
    OpenSample {
        /// The job.
        job: JobId,
    },
    /// Spacing that the file does not carry, typed in by the user (mm).
    SetSpacing {
        /// The job that opened the volume.
        volume: JobId,
        /// The axes given.
        spacing: Vec<(Axis, f64)>,
    },
    /// Ask for a B-scan to show; answered by [`Event::BScan`].
    BScan {
        /// The job that opened the volume.
        volume: JobId,
        /// Index of the B-scan.
        bscan: u32,
    },
    /// Ask for the fundus image that came with the volume; answered by [`Event::Fundus`].
    Fundus {
        /// The job that opened the volume.
        volume: JobId,
    },
    /// Segment what is not measured yet, `first_bscan` before the others; the
    /// whole volume where all of it is, or where it was shown to the network in
    /// other proportions than the spacing now says.
    Segment {
        /// The job that opened the volume.
        volume: JobId,
        /// The job.
        job: JobId,
        /// The B-scan in view.
        first_bscan: u32,
    },
    /// Ask for the similarity maps of one B-scan; answered by [`Event::Similarity`].
    Similarity {
        /// The job that opened the volume.
        volume: JobId,
        /// Index of the B-scan.
        bscan: u32,
    },
    /// Stop a job; it ends with [`Event::Cancelled`].
    Cancel {
        /// The job.
        job: JobId,
    },
    /// After a restart: masks that the page still holds. Payload: one label
    /// buffer for each B-scan listed.
    AdoptMasks {
        /// The job that opened the volume.
        volume: JobId,
        /// The B-scans.
        bscans: Vec<BScanResult>,
        /// They were measured with another spacing than now.
        measured_otherwise: bool,
    },
    /// Write the results to files; answered by [`Event::Exported`].
    Export {
        /// The job that opened the volume.
        volume: JobId,
        /// What to write.
        kind: ExportKind,
        /// With what names the patient: the file's name, and in DICOM the
        /// name, the number and the date of birth.
        identified: bool,
    },
}

impl Request {
    /// The volume that this is about, by the job that opened it.
    pub fn volume(&self) -> Option<JobId> {
        match self {
            Self::SetSpacing { volume, .. }
            | Self::BScan { volume, .. }
            | Self::Fundus { volume }
            | Self::Segment { volume, .. }
            | Self::Similarity { volume, .. }
            | Self::AdoptMasks { volume, .. }
            | Self::Export { volume, .. } => Some(*volume),
            Self::Start { .. } | Self::Open { .. } | Self::OpenSample { .. } | Self::Cancel { .. } => None,
        }
    }
}

/// What can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// `mask.mhd` and `mask.raw` in the original grid, in one zip.
    MetaImage,
    /// `mask.nii.gz` in the original grid.
    Nifti,
    /// DICOM Segmentation, a segment a class.
    DicomSeg,
    /// `report.json`.
    Json,
    /// `report.csv`.
    Csv,
}

impl ExportKind {
    /// All kinds, in the order the page lists them.
    pub const ALL: [Self; 5] = [Self::MetaImage, Self::Nifti, Self::DicomSeg, Self::Json, Self::Csv];

    /// Whether it holds the mask, which has to be whole.
    pub fn is_mask(self) -> bool {
        matches!(self, Self::MetaImage | Self::Nifti | Self::DicomSeg)
    }
}

/// What the worker tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The worker runs and waits for [`Request::Start`].
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
    /// A volume is open. Closes [`Request::Open`] and [`Request::OpenSample`].
    Opened {
        /// The job.
        job: JobId,
        /// What is known of it.
        volume: VolumeInfo,
    },
    /// The spacing now in force, after [`Request::SetSpacing`], with the
    /// figures that follow from it.
    GeometryChanged {
        /// The geometry.
        geometry: Geometry,
        /// Figures, where anything is measured.
        measurement: Option<Measurement>,
        /// What is measured, or being measured, was shown to the network in other
        /// proportions than the spacing now says.
        measured_otherwise: bool,
    },
    /// The fundus image, `rows * columns` grey bytes as [`FundusInfo`] says. Payload: one buffer.
    Fundus {
        /// The job that opened the volume.
        volume: JobId,
    },
    /// A B-scan for the screen. Payload: a buffer of `rows * columns` grey
    /// bytes, row by row, 0 black, scaled to the volume's own range; then one
    /// of 32-bit little-endian floats, a row for each column and surface of
    /// [`VolumeInfo::surfaces`], NaN where the device found no boundary.
    BScan {
        /// Index of the B-scan.
        bscan: u32,
    },
    /// Similarity maps of one B-scan. Payload: one buffer a map, `rows *
    /// columns` bytes, 0 where detail was kept and 255 where semantics were trusted.
    Similarity {
        /// Index of the B-scan.
        bscan: u32,
        /// Name of each map, finest first.
        names: Vec<String>,
    },
    /// A segmentation begins.
    Begun {
        /// The job.
        job: JobId,
        /// B-scans that were measured before and stay; where it is 0, everything
        /// that was measured is forgotten.
        kept: u32,
    },
    /// How far a job is.
    Progress {
        /// The job.
        job: JobId,
        /// B-scans done, those of earlier runs too.
        done: u32,
        /// B-scans in all.
        total: u32,
        /// Time since the job began, ms.
        elapsed_ms: f64,
        /// Time left, ms, once it can be told.
        remaining_ms: Option<f64>,
    },
    /// The mask of one B-scan. Payload: one buffer, `rows * columns` labels
    /// (0 background, 1 IRF, 2 SRF, 3 PED).
    MaskReady {
        /// The job.
        job: JobId,
        /// The result.
        result: BScanResult,
        /// Figures so far; volumes in nl only once every B-scan is measured.
        measurement: Measurement,
    },
    /// Every B-scan is segmented. Closes [`Request::Segment`].
    Finished {
        /// The job.
        job: JobId,
        /// Figures of the whole volume.
        measurement: Measurement,
        /// B-scans that this job segmented.
        bscans: u32,
        /// Time that it took, ms.
        elapsed_ms: f64,
    },
    /// Masks were taken over after a restart.
    MasksAdopted {
        /// Figures that follow from them.
        measurement: Measurement,
    },
    /// Files to save. Payload: one buffer a file.
    Exported {
        /// What was asked for.
        kind: ExportKind,
        /// Name and MIME type of each file.
        files: Vec<(String, String)>,
    },
    /// A job was stopped; what was measured before stays.
    Cancelled {
        /// The job.
        job: JobId,
    },
    /// Something failed; what was loaded before stays.
    Failed {
        /// The job, where it belongs to one.
        job: Option<JobId>,
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
    /// Starting the CPU lanes.
    StartingLanes,
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
    /// Computing: the device or a lane failed, and the worker is to be replaced.
    Compute,
    /// Writing files.
    Export,
}

/// The device that computes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// GPU or CPU.
    pub kind: DeviceKind,
    /// Name, e.g. the adapter's, or `CPU, 7 lanes`.
    pub name: String,
    /// Why this one, in one sentence.
    pub reason: String,
}

impl std::fmt::Display for DeviceReport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            DeviceKind::Gpu => write!(formatter, "GPU: {}", self.name),
            DeviceKind::Cpu => formatter.write_str(&self.name),
        }
    }
}

/// Kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// WebGPU.
    Gpu,
    /// The processor.
    Cpu,
}

/// The network in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// Name and version.
    pub name: String,
    /// SHA-256 of the weight file's tensors, hex.
    pub sha256: String,
    /// Number of parameters.
    pub parameters: u64,
    /// Labels of the label space, in channel order.
    pub labels: Vec<String>,
}

/// What is known of an open volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VolumeInfo {
    /// Short name for people.
    pub name: String,
    /// Name of the format.
    pub format: String,
    /// Samples per row.
    pub columns: u32,
    /// Rows per B-scan.
    pub rows: u32,
    /// Number of B-scans.
    pub bscans: u32,
    /// Spacing with its source, laterality.
    pub geometry: Geometry,
    /// Device maker.
    pub vendor: Option<String>,
    /// When and with what it was taken.
    pub acquisition: Acquisition,
    /// The fundus image that came with it.
    pub fundus: Option<FundusInfo>,
    /// Names of the layer boundaries that the device stored.
    pub surfaces: Vec<String>,
    /// All volumes in the files, where there are several.
    pub choices: Vec<String>,
    /// Which of them this is.
    pub chosen: u32,
    /// Whether the files may name a patient: any file of the user's may.
    pub may_name_a_patient: bool,
    /// Bits per sample as stored.
    pub bits: u8,
    /// What the reader wants said.
    pub warnings: Vec<String>,
    /// Whether this is the generated sample eye.
    pub is_sample: bool,
}

/// A fundus image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundusInfo {
    /// What took it.
    pub kind: FundusKind,
    /// Pixels per row.
    pub columns: u32,
    /// Number of rows.
    pub rows: u32,
    /// Width and height in mm, where known.
    pub size_mm: Option<[f64; 2]>,
}

/// Result of one B-scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BScanResult {
    /// Index of the B-scan.
    pub bscan: u32,
    /// Evidence for each class in this B-scan, 0..=1, by [`FluidClass::index`].
    pub evidence: [f32; 3],
    /// The device that computed it, as reports name it.
    pub device: String,
}

impl BScanResult {
    /// Evidence for `class`, 0..=1.
    pub fn evidence_for(&self, class: FluidClass) -> f32 {
        self.evidence[class.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_its_meaning_over_the_wire() {
        let spacing = vec![(Axis::Axial, 0.00387), (Axis::BetweenBScans, 0.12)];
        let request = Request::SetSpacing { volume: JobId(7), spacing };
        let wire = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Request>(&wire).unwrap(), request);
        assert!(wire.contains("\"type\":\"set_spacing\""), "{wire}");
    }
}
