//! What is written of each scan: a line of `cohort.jsonl`, kept beside the scan's files as
//! the proof that these are whole. The table is made of nothing else.

use fluid::report::RESEARCH_USE_NOTICE;
use fluid::{ByClass, Coverage, Report, SpacingReport};
use oct::Laterality;
use oct_formats::{Cause, OpenError};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Version of the line's shape.
pub const SCHEMA: &str = "lacuna.cohort/1";

/// What became of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Segmented and measured as far as its kind allows.
    Done,
    /// Damaged, or the program failed on it.
    Failed,
    /// Whole as it seems, and nothing that is measured here.
    Refused,
    /// A person has to say something first: which axis is depth (nothing is segmented before),
    /// or the spacing (it is segmented, without nanolitres).
    NeedsAnswer,
}

impl State {
    /// As it stands in lines and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::NeedsAnswer => "needs-answer",
        }
    }

    /// What a scan is that `failure` kept from being measured.
    pub fn of(failure: &Failure) -> Self {
        let is_another_kind = |cause: &Cause| {
            matches!(
                cause,
                Cause::NotReadYet { .. }
                    | Cause::Unsupported { .. }
                    | Cause::NoBScans { .. }
                    | Cause::OutsideFolder { .. }
                    | Cause::Archive { .. }
                    | Cause::Encrypted
                    | Cause::Colour
                    | Cause::TooLarge { .. }
            )
        };
        match failure {
            Failure::AxesInDoubt { .. } => Self::NeedsAnswer,
            Failure::NoFiles { .. }
            | Failure::TooManyFiles { .. }
            | Failure::TooDeep { .. }
            | Failure::TooLarge { .. }
            | Failure::NoRetina { .. }
            | Failure::WhichVolume { .. }
            | Failure::Spacing(_) => Self::Refused,
            Failure::Open(OpenError::InFile { cause, .. }) if !is_another_kind(cause) => Self::Failed,
            Failure::Open(_) => Self::Refused,
            _ => Self::Failed,
        }
    }
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanRecord {
    /// [`SCHEMA`].
    pub schema: String,
    /// Place in the list of this run, from 1.
    pub number: usize,
    /// What it is known by: of the content of its files, so that it names nobody; `None` where
    /// they could not be read.
    pub scan: Option<String>,
    /// What became of it.
    pub state: State,
    /// Why it is not done, and what to do, in one sentence.
    pub message: Option<String>,
    /// What it was read from.
    pub input: InputRecord,
    /// What was measured; `None` where it was not segmented.
    pub figures: Option<FiguresRecord>,
    /// What measured it, or would have.
    pub made_with: MadeWith,
    /// From reading to writing.
    pub seconds: f64,
    /// When, RFC 3339; `None` where it was not segmented.
    pub created: Option<String>,
    /// Where its files lie, below the folder of `cohort.jsonl`.
    pub folder: Option<String>,
    /// Its files, below that folder.
    pub files: Vec<String>,
    /// For what figures are no basis.
    pub research_use_notice: String,
}

/// What a scan was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    /// Its file or folder; only where names are wanted.
    pub name: Option<String>,
    /// SHA-256 of the names and contents of all files, hex; `None` where they could not be read.
    pub sha256: Option<String>,
    /// Which volume of its files, from 1.
    pub volume: usize,
    /// How many its files hold; 0 where that is not known.
    pub volumes: usize,
    /// Format.
    pub format: Option<String>,
    /// Device maker, where the file says so.
    pub vendor: Option<String>,
    /// Which eye, where the file says so.
    pub laterality: Option<Laterality>,
    /// Samples along the retina.
    pub columns: Option<usize>,
    /// Samples into the eye.
    pub rows: Option<usize>,
}

/// What was measured of a scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FiguresRecord {
    /// Of each class.
    pub classes: ByClass<ClassRecord>,
    /// How much of the eye they cover.
    pub coverage: Coverage,
    /// B-scans in the volume.
    pub bscans: usize,
    /// B-scans that were segmented.
    pub measured_bscans: usize,
    /// B-scans that hold no picture.
    pub bscans_without_picture: usize,
    /// Mean thickness in the central subfield, µm.
    pub central_subfield_thickness_um: Option<f64>,
    /// Spacing with its sources.
    pub spacing: SpacingReport,
    /// Whether it is in doubt.
    pub spacing_in_doubt: bool,
    /// Why there are no nanolitres, a sentence a reason.
    pub no_volume_because: Vec<String>,
    /// What is fluid reaches this probability.
    pub threshold: f32,
    /// Sentences from reading and measuring.
    pub warnings: Vec<String>,
}

/// What was measured of a class in a scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassRecord {
    /// Nanolitres; 0 where it is absent, `None` where it is not measured.
    pub volume_nl: Option<f64>,
    /// Voxels.
    pub voxels: u64,
    /// B-scans with any of it.
    pub bscans_with_fluid: usize,
    /// Presence score, 0..=1.
    pub presence_score: Option<f32>,
}

/// What a scan is measured with. A scan is measured again where any of it has changed, but
/// for the device: masks do not depend on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MadeWith {
    /// Name of the weights.
    pub model: String,
    /// Their SHA-256.
    pub weights_sha256: String,
    /// Version of the program.
    pub software: String,
    /// Spacing given for all scans, mm: lateral, axial, between B-scans.
    pub spacing_mm: [Option<f64>; 3],
    /// Whether doubtful spacings were taken as they stand.
    pub confirm_spacing: bool,
    /// Axes given for all scans.
    pub axes: Option<String>,
    /// Whether names are kept.
    pub identified: bool,
    /// What computed, in words.
    pub device: String,
}

impl MadeWith {
    /// Whether results of `self` are those that `other` would give.
    pub fn gives_the_same_as(&self, other: &Self) -> bool {
        *self == Self { device: self.device.clone(), ..other.clone() }
    }
}

impl ScanRecord {
    /// A scan of which nothing is known yet.
    pub fn new(number: usize, made_with: MadeWith) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            number,
            scan: None,
            state: State::Failed,
            message: None,
            input: InputRecord::default(),
            figures: None,
            made_with,
            seconds: 0.0,
            created: None,
            folder: None,
            files: Vec::new(),
            research_use_notice: RESEARCH_USE_NOTICE.to_owned(),
        }
    }

    /// Takes over what `report` says.
    pub fn take_in(&mut self, report: &Report) {
        let (input, measured) = (&report.input, &report.measurement);
        self.input = InputRecord {
            format: Some(input.format.clone()),
            vendor: input.vendor.clone(),
            laterality: input.laterality,
            columns: Some(input.columns),
            rows: Some(input.rows),
            ..std::mem::take(&mut self.input)
        };
        self.created = Some(report.created.clone());
        self.made_with.device.clone_from(&report.device);
        self.figures = Some(FiguresRecord {
            classes: ByClass::of(|class| {
                let class = measured.class(class);
                ClassRecord {
                    volume_nl: class.volume_nl,
                    voxels: class.voxels,
                    bscans_with_fluid: class.bscans_with_fluid,
                    presence_score: class.presence_score,
                }
            }),
            coverage: measured.coverage,
            bscans: measured.bscans,
            measured_bscans: measured.measured_bscans,
            bscans_without_picture: measured.without_picture.len(),
            central_subfield_thickness_um: report
                .figures
                .as_ref()
                .and_then(|figures| figures.central_subfield_thickness_um),
            spacing: report.spacing.clone(),
            spacing_in_doubt: report.in_doubt.is_some(),
            no_volume_because: report.no_volume_because.clone(),
            threshold: measured.threshold,
            warnings: report.warnings.clone(),
        });
    }

    /// As one line of JSON, with its end.
    ///
    /// # Errors
    /// [`Failure::Encode`], which no record gives.
    pub fn to_line(&self) -> Result<String, Failure> {
        let failed = |error: serde_json::Error| Failure::Encode {
            file: "cohort.jsonl".to_owned(),
            reason: error.to_string(),
        };
        serde_json::to_string(self).map(|line| line + "\n").map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_damaged_failed_and_what_is_something_else_is_refused() {
        let in_file = |cause| Failure::Open(OpenError::InFile { file: "a".to_owned(), cause });
        assert_eq!(State::of(&in_file(Cause::Unfinished)), State::Failed);
        assert_eq!(State::of(&in_file(Cause::MissingDataFile { wanted: "a.raw".to_owned() })), State::Failed);
        assert_eq!(State::of(&in_file(Cause::Encrypted)), State::Refused);
        assert_eq!(State::of(&in_file(Cause::NotReadYet { format: "a MATLAB file" })), State::Refused);
        assert_eq!(State::of(&Failure::Open(OpenError::Nothing)), State::Refused);
        assert_eq!(State::of(&Failure::Engine(String::new())), State::Failed);
        let axes = Failure::AxesInDoubt { name: String::new(), because: "", remedy: String::new() };
        assert_eq!(State::of(&axes), State::NeedsAnswer);
    }
}
