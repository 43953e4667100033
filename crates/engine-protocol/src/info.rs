//! What the page shows of the device, the network and an open scan.

use oct::{Acquisition, AxisOrder, FundusKind, Geometry};
use serde::{Deserialize, Serialize};

/// The device that computes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// GPU or CPU.
    pub kind: DeviceKind,
    /// Name, e.g. the adapter's, or `CPU, 7 lanes` (seven CPU workers).
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// Name and version.
    pub name: String,
    /// SHA-256 of the weight file's tensors, hex.
    pub sha256: String,
    /// Number of parameters.
    pub parameters: u64,
    /// Labels of the label space, in channel order.
    pub labels: Vec<String>,
    /// The person's own file that the weights come from; `None` for the shipped ones.
    #[serde(default)]
    pub own_file: Option<String>,
    /// Presence score from which each fluid counts as present, by [`oct::FluidClass::index`].
    pub presence_thresholds: [f32; 3],
}

/// Files of a drop that make one scan together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundScan {
    /// What tells it from the others of the drop.
    pub name: String,
    /// Relative paths of its files, sorted.
    pub paths: Vec<String>,
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
    /// Orders that its axes may have, where it is not known which of them is depth:
    /// nothing is segmented before one is chosen.
    pub axis_candidates: Vec<AxisCandidateInfo>,
    /// What is odd about the picture, one sentence, where that is asked and not which
    /// axis is depth: it seems to be upside down, or a negative.
    pub odd_picture: Option<String>,
    /// Whether the files may name a patient: any file of the user's may.
    pub may_name_a_patient: bool,
    /// Bits per sample as stored.
    pub bits: u8,
    /// What the reader wants said.
    pub warnings: Vec<String>,
    /// The same without the names of files, for what is saved or printed.
    pub nameless_warnings: Vec<String>,
    /// Whether this is the generated sample eye.
    pub is_sample: bool,
}

/// An order that the axes of a scan may have, with the middle B-scan that it makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisCandidateInfo {
    /// The order.
    pub axes: AxisOrder,
    /// What the volume is then, in words.
    pub volume: String,
    /// Pixels per row of its picture.
    pub columns: u32,
    /// Rows of its picture.
    pub rows: u32,
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
