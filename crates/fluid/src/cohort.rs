//! Many scans as one table in CSV: a row a scan, whatever became of it. Page and program
//! write the same columns.

use oct::{FluidClass, Geometry, Laterality};

use crate::csv::{or_empty, push_record, safe_text};
use crate::measure::Measurement;
use crate::report::{RESEARCH_USE_NOTICE, SpacingReport, missing_volume_reasons};

/// Columns of the table, units in the names. New ones come last.
pub const COLUMNS: [&str; 46] = [
    "number",
    "scan",
    "input",
    "volume",
    "volumes",
    "state",
    "message",
    "irf_nl",
    "srf_nl",
    "ped_nl",
    "irf_voxels",
    "srf_voxels",
    "ped_voxels",
    "irf_bscans",
    "srf_bscans",
    "ped_bscans",
    "irf_presence_score",
    "srf_presence_score",
    "ped_presence_score",
    "central_subfield_thickness_um",
    "coverage",
    "bscans",
    "measured_bscans",
    "bscans_without_picture",
    "columns",
    "rows",
    "lateral_mm",
    "lateral_source",
    "axial_mm",
    "axial_source",
    "between_bscans_mm",
    "between_bscans_source",
    "spacing_in_doubt",
    "no_volume_because",
    "threshold",
    "format",
    "vendor",
    "laterality",
    "model",
    "weights_sha256",
    "device",
    "software",
    "seconds",
    "folder",
    "research_use_notice",
    "bscans_corrected",
];
/// Those from `irf_nl` to `device`, which [`MeasuredScan`] fills.
const OF_FIGURES: usize = 34;

/// What became of a scan of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CohortState {
    /// Its turn has not come.
    Waiting,
    /// Segmented and measured as far as its kind allows.
    Done,
    /// It could not be measured.
    Failed,
    /// Whole as it seems, and nothing that is measured here.
    Refused,
    /// A person has to say something first.
    NeedsAnswer,
}

impl CohortState {
    /// As it stands in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::NeedsAnswer => "needs-answer",
        }
    }
}

/// One scan of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortRow {
    /// Its place in the list, from 1: where names are left out, it tells the scans apart.
    pub number: usize,
    /// What it is known by otherwise, which names nobody.
    pub scan: Option<String>,
    /// Its name; `None` where nothing may name a patient, as clinics name files after them.
    pub name: Option<String>,
    /// Which volume of its files, from 1.
    pub volume: usize,
    /// How many its files hold, where that is known.
    pub volumes: Option<usize>,
    /// What became of it.
    pub state: CohortState,
    /// Why it is not done, in a sentence; `None` also where the sentence may name a patient.
    pub message: Option<String>,
    /// Its figures; `None` where it was not segmented.
    pub measured: Option<Box<MeasuredScan>>,
    /// What made the table, with its version.
    pub software: String,
    /// How long it took, where that is known.
    pub seconds: Option<f64>,
    /// Where its results lie.
    pub folder: Option<String>,
}

/// The figures of a scan and what they rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredScan {
    /// The figures, without those of single B-scans.
    pub measurement: Measurement,
    /// Mean thickness of the retina in the central subfield, µm.
    pub central_subfield_thickness_um: Option<f64>,
    /// Samples along the retina.
    pub columns: usize,
    /// Samples into the eye.
    pub rows: usize,
    /// Spacing per axis with its source.
    pub spacing: SpacingReport,
    /// Whether that spacing is not believed.
    pub is_doubted: bool,
    /// Whether it has a volume as soon as a person says its spacing.
    pub lacks_spacing: bool,
    /// Why there is no volume in nanolitres, a sentence a reason.
    pub no_volume_because: Vec<String>,
    /// Format it was read as.
    pub format: String,
    /// Device maker, where the file says so.
    pub vendor: Option<String>,
    /// Which eye, where the file says so.
    pub laterality: Option<Laterality>,
    /// The network.
    pub model: String,
    /// SHA-256 of its weights, hex.
    pub weights_sha256: String,
    /// What it ran on, in words.
    pub device: String,
}

impl MeasuredScan {
    /// `measurement` of a scan of `geometry`; who made it and of what is empty.
    pub fn new(geometry: &Geometry, measurement: &Measurement) -> Self {
        let mut no_volume_because = missing_volume_reasons(geometry, measurement);
        no_volume_because.extend(measurement.why_withheld());
        let is_doubted = geometry.doubt().is_some();
        let mut measurement = measurement.clone();
        // A list is long: figures of single B-scans are not kept.
        measurement.classes.iter_mut().for_each(|class| class.voxels_per_bscan = Vec::new());
        Self {
            measurement,
            central_subfield_thickness_um: None,
            columns: 0,
            rows: 0,
            spacing: geometry.into(),
            is_doubted,
            lacks_spacing: geometry.pattern.why_no_volume().is_none()
                && (is_doubted || !geometry.unknown_axes().is_empty()),
            no_volume_because,
            format: String::new(),
            vendor: None,
            laterality: geometry.laterality,
            model: String::new(),
            weights_sha256: String::new(),
            device: String::new(),
        }
    }

    fn fields(&self) -> impl Iterator<Item = String> {
        let measured = &self.measurement;
        let class = |of: fn(&Measurement, FluidClass) -> String| FluidClass::ALL.map(|it| of(measured, it));
        let spacing = [&self.spacing.lateral, &self.spacing.axial, &self.spacing.between_bscans];
        let mut fields: Vec<String> = Vec::with_capacity(OF_FIGURES);
        fields.extend(class(|it, class| or_empty(it.class(class).volume_nl)));
        fields.extend(class(|it, class| it.class(class).voxels.to_string()));
        fields.extend(class(|it, class| it.class(class).bscans_with_fluid.to_string()));
        fields.extend(class(|it, class| or_empty(it.class(class).presence_score)));
        fields.push(or_empty(self.central_subfield_thickness_um));
        fields.push(measured.coverage.slug().to_owned());
        let missing = measured.without_picture.len();
        let counts = [measured.bscans, measured.measured_bscans, missing, self.columns, self.rows];
        fields.extend(counts.map(|count| count.to_string()));
        fields.extend(spacing.iter().flat_map(|axis| [or_empty(axis.mm), safe_text(&axis.source)]));
        fields.push(self.is_doubted.to_string());
        fields.push(safe_text(&self.no_volume_because.join(" ")));
        fields.push(measured.threshold.to_string());
        fields.push(safe_text(&self.format));
        fields.push(safe_text(self.vendor.as_deref().unwrap_or_default()));
        fields.push(self.laterality.map_or("", Laterality::abbreviation).to_owned());
        fields.extend([&self.model, &self.weights_sha256, &self.device].map(|text| safe_text(text)));
        fields.into_iter()
    }
}

/// The rows as CSV after RFC 4180: a header and a row a scan in the order given, lines ending in
/// CR LF. What is not known or not measured is an empty field; a fluid that is not there is 0.
pub fn cohort_csv<'a>(rows: impl Iterator<Item = &'a CohortRow>) -> String {
    let mut csv = String::new();
    push_record(&mut csv, &COLUMNS);
    for row in rows {
        push_record(&mut csv, &record(row));
    }
    csv
}

fn record(row: &CohortRow) -> Vec<String> {
    let text = |text: &Option<String>| safe_text(text.as_deref().unwrap_or_default());
    let mut fields = vec![
        row.number.to_string(),
        text(&row.scan),
        text(&row.name),
        row.volume.to_string(),
        or_empty(row.volumes),
        row.state.name().to_owned(),
        text(&row.message),
    ];
    let before = fields.len();
    fields.extend(row.measured.iter().flat_map(|scan| scan.fields()));
    fields.resize(before + OF_FIGURES, String::new());
    fields.extend([
        safe_text(&row.software),
        or_empty(row.seconds.map(|seconds| (seconds * 100.0).round() / 100.0)),
        text(&row.folder),
        RESEARCH_USE_NOTICE.to_owned(),
        // Whose figures these are: a person's where they drew.
        or_empty(row.measured.as_ref().map(|scan| scan.measurement.corrected_bscans.len())),
    ]);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::tests::{cell, parse};
    use crate::{PresenceAccumulator, measure};
    use oct::{Axis, AxisSpacing, LabelMask};

    /// One IRF voxel in two B-scans of two.
    fn scan(known: bool) -> MeasuredScan {
        let mut geometry = Geometry { laterality: Some(Laterality::Od), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip([0.01, 0.004, 0.125]).filter(|_| known) {
            geometry.set_spacing(axis, AxisSpacing::from_user(axis, mm).unwrap());
        }
        let mut mask = LabelMask::unmeasured(2, 1, 2);
        mask.set_bscan(0, vec![1, 0]).unwrap();
        mask.set_bscan(1, vec![0, 0]).unwrap();
        let measurement = measure(&mask, &geometry, &PresenceAccumulator::new());
        MeasuredScan {
            format: "MetaImage".into(),
            columns: 2,
            rows: 1,
            model: "tiny".into(),
            device: "CPU, 1 lane".into(),
            ..MeasuredScan::new(&geometry, &measurement)
        }
    }

    fn row(number: usize, name: Option<&str>, state: CohortState) -> CohortRow {
        CohortRow {
            number,
            scan: None,
            name: name.map(str::to_owned),
            volume: 1,
            volumes: None,
            state,
            message: None,
            measured: None,
            software: "lacuna 0.1.0".into(),
            seconds: None,
            folder: None,
        }
    }

    fn measured(number: usize, known: bool) -> CohortRow {
        let measured = Some(Box::new(scan(known)));
        CohortRow { measured, seconds: Some(1.239), ..row(number, Some("a.vol"), CohortState::Done) }
    }

    fn table(rows: &[CohortRow]) -> Vec<Vec<String>> {
        parse(&cohort_csv(rows.iter()))
    }

    #[test]
    fn every_scan_is_a_row_of_all_columns_whatever_became_of_it() {
        let broken = row(2, Some("=b.vol"), CohortState::Failed);
        let table = table(&[
            measured(1, true),
            CohortRow { message: Some("b.vol is cut short.".into()), ..broken },
            row(3, None, CohortState::NeedsAnswer),
            row(4, None, CohortState::Waiting),
        ]);
        assert_eq!(table.len(), 5);
        assert!(table.iter().all(|row| row.len() == COLUMNS.len()), "{table:?}");
        let states: Vec<&str> = (1..5).map(|row| cell(&table, row, "state")).collect();
        assert_eq!(states, ["done", "failed", "needs-answer", "waiting"]);
        assert_eq!(cell(&table, 1, "irf_nl"), "0.005");
        assert_eq!((cell(&table, 1, "laterality"), cell(&table, 1, "seconds")), ("OD", "1.24"));
        assert_eq!((cell(&table, 1, "axial_mm"), cell(&table, 1, "axial_source")), ("0.004", "from_user"));
        assert_eq!((cell(&table, 1, "coverage"), cell(&table, 1, "model")), ("whole", "tiny"));
        assert_eq!((cell(&table, 1, "rows"), cell(&table, 1, "device")), ("1", "CPU, 1 lane"));
        assert_eq!(
            (cell(&table, 2, "input"), cell(&table, 2, "message")),
            ("'=b.vol", "b.vol is cut short.")
        );
        assert_eq!((cell(&table, 3, "input"), cell(&table, 4, "number")), ("", "4"));
        assert_eq!(cell(&table, 4, "software"), "lacuna 0.1.0");
        assert!((1..5).all(|row| cell(&table, row, "research_use_notice") == RESEARCH_USE_NOTICE));
    }

    #[test]
    fn fluid_that_is_not_there_is_0_and_what_is_not_measured_is_empty() {
        let table = table(&[measured(1, true), measured(2, false), row(3, None, CohortState::Waiting)]);
        let srf = |row| (cell(&table, row, "srf_nl"), cell(&table, row, "srf_voxels"));
        assert_eq!([srf(1), srf(2), srf(3)], [("0", "0"), ("", "0"), ("", "")]);
        assert!(cell(&table, 2, "no_volume_because").contains("spacing is not known"));
        assert_eq!(cell(&table, 1, "no_volume_because"), "");
    }
}
