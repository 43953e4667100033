//! What the page asks for.

use correct::{Edit, Place};
use fluid::{FoveaPlace, SaveKind};
use oct::{Axis, AxisOrder, FluidClass};
use serde::{Deserialize, Serialize};
use visits::Landmark;

use crate::events::{BScanResult, CorrectedBScan};
use crate::ids::ScanId;
use crate::info::ModelInfo;

/// What of the depth an en-face picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Slab {
    /// All rows.
    #[default]
    Whole,
    /// From the inner limiting membrane to Bruch's membrane.
    Retina,
    /// The 60 µm before Bruch's membrane, or as many rows of 3.9 µm where those are not known.
    PigmentEpithelium,
    /// From Bruch's membrane on.
    Choroid,
}

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

/// What the page asks for. All but [`Request::Start`] and [`Request::FindScans`] name the scan that they are
/// about; a scan that is neither open nor being read is answered for only by [`Request::Open`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// First message: fetch the weights, choose a device and self-test it.
    Start {
        /// Where the weights lie, same origin.
        weights_url: String,
        /// Wanted device.
        device: DevicePreference,
        /// CPU workers at most; `None` for as many as pay.
        cpu_workers: Option<u32>,
    },
    /// Say which scans lie among many files, by how these begin. Payload: the dropped `File`
    /// objects. Answered by [`crate::Event::ScansFound`].
    FindScans {
        /// Number of the drop, by which the answer names it.
        dropped: u32,
        /// Relative path of each file in the payload, in the same order.
        paths: Vec<String>,
    },
    /// Open a scan. An older one that is still being read is given up and closed.
    /// Payload: the dropped `File` objects. Answered by [`crate::Event::Opened`].
    Open {
        /// The scan.
        scan: ScanId,
        /// Relative path of each file in the payload, in the same order.
        paths: Vec<String>,
        /// Which of [`crate::VolumeInfo::choices`], where the files hold several volumes.
        choice: Option<u32>,
        /// The order of its axes, as the person answered [`crate::VolumeInfo::axis_candidates`].
        axes: Option<AxisOrder>,
    },
    /// Open a generated eye, as [`Request::Open`] opens files.
    OpenSample {
        /// The scan.
        scan: ScanId,
        /// Which eye of the series; `None` for the sample eye.
        seed: Option<u32>,
    },
    /// What is truly in a generated eye; answered by [`crate::Event::Truth`], by nothing where
    /// nobody knows.
    Truth {
        /// The scan.
        scan: ScanId,
    },
    /// Let go of a scan, whether it is open or still being read; its run is
    /// stopped. Answered by [`crate::Event::Closed`].
    Close {
        /// The scan.
        scan: ScanId,
    },
    /// Spacing that the file does not carry, typed in by the user (mm).
    /// Answered by [`crate::Event::GeometryChanged`].
    SetSpacing {
        /// The scan.
        scan: ScanId,
        /// The axes given.
        spacing: Vec<(Axis, f64)>,
    },
    /// A spacing that was in doubt (`oct::Geometry::doubt`) is as the file states it or
    /// as it was proposed (mm), says the user. Answered by [`crate::Event::GeometryChanged`].
    ConfirmSpacing {
        /// The scan.
        scan: ScanId,
        /// What is confirmed.
        spacing: Vec<(Axis, f64)>,
    },
    /// A B-scan to show; answered by [`crate::Event::BScan`].
    BScan {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan.
        bscan: u32,
    },
    /// The mean of a B-scan and its neighbours to show, `bscans` of them in all; answered by
    /// [`crate::Event::Mean`].
    Mean {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan in the middle.
        bscan: u32,
        /// Odd; those past either end of the volume are left out.
        bscans: u32,
    },
    /// How probable each fluid is in a B-scan; answered by [`crate::Event::Chances`].
    Chances {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan.
        bscan: u32,
    },
    /// What reaches a probability of `threshold` is fluid from now on. Answered by
    /// [`crate::Event::Relabelled`].
    SetThreshold {
        /// The scan.
        scan: ScanId,
        /// 0..=1.
        threshold: f32,
    },
    /// The fovea lies there, says the user, or where it is guessed. Answered by
    /// [`crate::Event::Figures`].
    SetFovea {
        /// The scan.
        scan: ScanId,
        /// `None` for the guess.
        fovea: Option<FoveaPlace>,
    },
    /// The picture along the slow axis; answered by [`crate::Event::CrossSection`].
    CrossSection {
        /// The scan.
        scan: ScanId,
        /// Column of the B-scans.
        column: u32,
    },
    /// The en-face picture; answered by [`crate::Event::EnFace`].
    EnFace {
        /// The scan.
        scan: ScanId,
        /// What of the depth.
        slab: Slab,
    },
    /// The fundus image that came with the scan; answered by [`crate::Event::Fundus`].
    Fundus {
        /// The scan.
        scan: ScanId,
    },
    /// Segment what is not measured yet, `first_bscan` before the others; the
    /// whole volume where all of it is, or where it was shown to the network in
    /// other proportions than the spacing now says. One run a scan at a time.
    /// Answered by [`crate::Event::Begun`] and closed by one of
    /// [`crate::Event::Finished`], [`crate::Event::Cancelled`], [`crate::Event::Failed`].
    Segment {
        /// The scan.
        scan: ScanId,
        /// The B-scan in view.
        first_bscan: u32,
    },
    /// Stop the run on a scan; what was measured stays.
    Cancel {
        /// The scan.
        scan: ScanId,
    },
    /// The similarity maps of one B-scan; answered by [`crate::Event::Similarity`].
    Similarity {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan.
        bscan: u32,
    },
    /// After a restart: masks that the page still holds. Payload: for each of `bscans` a buffer
    /// of labels and one of boundaries, as [`crate::Event::MaskReady`] brought them; the second
    /// has no length where there are none. The labels are the network's: of a B-scan that a
    /// person drew in, those that [`crate::Event::Corrected`] brought last. Then for each of
    /// `corrected` what the person drew, as [`crate::Event::Corrected`] brought it. Answered by
    /// [`crate::Event::MasksAdopted`], and by [`crate::Event::Corrected`] where anything was drawn.
    AdoptMasks {
        /// The scan.
        scan: ScanId,
        /// The B-scans.
        bscans: Vec<BScanResult>,
        /// They were measured with another spacing than now.
        measured_otherwise: bool,
        /// What is fluid in them reached this.
        threshold: f32,
        /// The B-scans that a person drew in or looked at.
        #[serde(default)]
        corrected: Vec<CorrectedBScan>,
        /// The network that segmented them; `None` for the one in use now.
        #[serde(default)]
        model: Option<ModelInfo>,
    },
    /// A person corrects the labels in force, in one interaction. Nothing needs to be segmented
    /// for it. Answered by [`crate::Event::Corrected`], or by a failure that changes nothing.
    Correct {
        /// The scan.
        scan: ScanId,
        /// The B-scan in view.
        bscan: u32,
        /// What was done.
        edit: Edit,
    },
    /// Takes back the last interaction that is in force, wherever it was made. Answered by
    /// [`crate::Event::Corrected`]; where there is none, of no B-scan.
    Undo {
        /// The scan.
        scan: ScanId,
    },
    /// Does the last interaction again that was taken back. Answered as [`Request::Undo`].
    Redo {
        /// The scan.
        scan: ScanId,
    },
    /// A click on a dark pocket: what would be its outline? Changes nothing. Answered by
    /// [`crate::Event::Proposal`], or by a failure that says why there is none.
    Propose {
        /// The scan.
        scan: ScanId,
        /// The B-scan in view.
        bscan: u32,
        /// Where.
        at: Place,
        /// The class; `None` for the likeliest one.
        class: Option<FluidClass>,
    },
    /// From now on tools look at the picture and at what a person drew alone, as if nothing were
    /// segmented, or at what the network found as well. Nothing answers it.
    DrawUnaided {
        /// The scan.
        scan: ScanId,
        /// Without the network.
        unaided: bool,
    },
    /// A person looked at all of a B-scan and says that what is labelled there is right, or takes
    /// that back. One that is not segmented counts as measured then: what nobody drew is
    /// background. Undone as an interaction. Answered by [`crate::Event::Corrected`].
    Review {
        /// The scan.
        scan: ScanId,
        /// Index of the B-scan.
        bscan: u32,
        /// Whether it was.
        reviewed: bool,
    },
    /// All that a person drew in a scan, as bytes to keep; answered by
    /// [`crate::Event::Corrections`].
    Corrections {
        /// The scan.
        scan: ScanId,
    },
    /// What was kept of a scan is in force again, in place of what was drawn since it was opened.
    /// Payload: the buffer of [`crate::Event::Corrections`]. Answered by
    /// [`crate::Event::Corrected`], or by a failure where it belongs to another scan or is damaged.
    RestoreCorrections {
        /// The scan.
        scan: ScanId,
    },
    /// From now on the weights of a file that a person dropped compute, until the worker ends.
    /// Payload: the `.safetensors` file as a `File`. What is measured stays and goes on naming
    /// the weights that measured it; the next run begins anew, one under way ends as it began.
    /// Answered by [`crate::Event::DeviceChosen`], once the checksum is right and a device passed
    /// the self-test, or by a failure ([`crate::FailedStep::UseWeights`]) that changes nothing.
    UseWeights {
        /// Name of the file.
        name: String,
    },
    /// Compare two scans that are segmented. Answered by [`crate::Event::Compared`], or by a
    /// failure ([`crate::FailedStep::Compare`]) that names the earlier one: where they are not of
    /// one eye, or what a person marked cannot be.
    Compare {
        /// The scan of the earlier visit.
        before: ScanId,
        /// That of the later one.
        after: ScanId,
        /// What a person marked in both; where nothing, the scans are laid on each other by
        /// themselves.
        landmarks: Vec<Landmark>,
    },
    /// Write the results to files; answered by [`crate::Event::Exported`].
    Export {
        /// The scan.
        scan: ScanId,
        /// What to write.
        kind: SaveKind,
        /// With what names the patient: the file's name, and in DICOM the
        /// name, the number and the date of birth.
        identified: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use correct::{Paint, Point, Radius};

    #[test]
    fn a_request_keeps_its_meaning_over_the_wire() {
        let spacing = vec![(Axis::Axial, 0.00387), (Axis::BetweenBScans, 0.12)];
        let request = Request::SetSpacing { scan: ScanId(7), spacing };
        let wire = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Request>(&wire).unwrap(), request);
        assert!(wire.starts_with("{\"set_spacing\":"), "{wire}");
    }

    #[test]
    fn an_edit_reads_as_what_was_done() {
        let points = vec![Point { column: 1.5, row: 2.0 }];
        let radius = Radius { columns: 3.0, rows: 6.5 };
        let edit = Edit::Stroke { paint: Paint::Fluid(FluidClass::Srf), radius, points };
        let request = Request::Correct { scan: ScanId(1), bscan: 4, edit };
        let wire = serde_json::to_string(&request).unwrap();
        assert_eq!(
            wire,
            r#"{"correct":{"scan":1,"bscan":4,"edit":{"stroke":{"paint":{"fluid":"SRF"},"radius":{"columns":3.0,"rows":6.5},"points":[{"column":1.5,"row":2.0}]}}}}"#
        );
        assert_eq!(serde_json::from_str::<Request>(&wire).unwrap(), request);
    }
}
