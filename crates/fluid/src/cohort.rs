//! Many scans as one table in CSV: a row a scan, whatever became of it. Page and program
//! write the same columns.

use oct::{FluidClass, Geometry, Laterality};

use crate::csv::{or_empty, push_record, safe_text};
use crate::measure::Measurement;
use crate::provenance::SoftwareReport;
use crate::report::{RESEARCH_USE_NOTICE, SpacingReport, missing_volume_reasons};

/// Columns of the table, units in the names.
const COLUMNS: [&str; 42] = [
    "scan",
    "input",
    "volume",
    "state",
    "because",
    "irf_nl",
    "srf_nl",
    "ped_nl",
    "irf_presence",
    "srf_presence",
    "ped_presence",
    "no_volume_because",
    "laterality",
    "format",
    "vendor",
    "columns",
    "rows",
    "bscans",
    "measured_bscans",
    "bscans_without_picture",
    "coverage",
    "irf_voxels",
    "srf_voxels",
    "ped_voxels",
    "irf_bscans",
    "srf_bscans",
    "ped_bscans",
    "voxel_nl",
    "lateral_mm",
    "lateral_source",
    "axial_mm",
    "axial_source",
    "between_bscans_mm",
    "between_bscans_source",
    "spacing_in_doubt",
    "threshold",
    "seconds",
    "model",
    "weights_sha256",
    "device",
    "software",
    "research_use_notice",
];

/// One scan of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortRow {
    /// Its place in the list, from 1: where names are left out, it tells the scans apart.
    pub number: usize,
    /// Its name; `None` where nothing may name a patient, as clinics name files after them.
    pub name: Option<String>,
    /// Which volume of its files, from 1, where they hold several.
    pub volume: Option<usize>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a scan of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nobody has looked at it yet.
    Waiting,
    /// A person has to say something first, in a sentence.
    Asks(String),
    /// It could not be measured, in a sentence; `None` where the sentence may name a patient.
    Failed(Option<String>),
    /// It is measured.
    Measured(Box<MeasuredScan>),
}

/// The figures of a scan and what they rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredScan {
    /// Which eye, where the file says so.
    pub laterality: Option<Laterality>,
    /// Format it was read as.
    pub format: String,
    /// Device maker, where the file says so.
    pub vendor: Option<String>,
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
    /// The figures, without those of single B-scans.
    pub measurement: Measurement,
    /// The network.
    pub model: String,
    /// SHA-256 of its weights, hex.
    pub weights_sha256: String,
    /// What it ran on, in words.
    pub device: String,
    /// How long it took to segment, where that is known.
    pub seconds: Option<f64>,
}

impl MeasuredScan {
    /// `measurement` of a scan of `geometry`; who made it and of what is empty.
    pub fn new(geometry: &Geometry, measurement: &Measurement) -> Self {
        let mut no_volume_because = missing_volume_reasons(geometry, measurement);
        no_volume_because.extend(measurement.why_withheld());
        let is_doubted = geometry.doubt().is_some();
        Self {
            laterality: geometry.laterality,
            format: String::new(),
            vendor: None,
            columns: 0,
            rows: 0,
            spacing: geometry.into(),
            is_doubted,
            lacks_spacing: geometry.pattern.why_no_volume().is_none()
                && (is_doubted || !geometry.unknown_axes().is_empty()),
            no_volume_because,
            measurement: without_bscans(measurement),
            model: String::new(),
            weights_sha256: String::new(),
            device: String::new(),
            seconds: None,
        }
    }

    fn fields(&self) -> Vec<String> {
        let measured = &self.measurement;
        let class = |of: fn(&Measurement, FluidClass) -> String| FluidClass::ALL.map(|it| of(measured, it));
        let spacing = [&self.spacing.lateral, &self.spacing.axial, &self.spacing.between_bscans];
        let mut fields: Vec<String> = Vec::with_capacity(COLUMNS.len());
        fields.extend(class(|it, class| or_empty(it.class(class).volume_nl)));
        fields.extend(class(|it, class| or_empty(it.class(class).presence_score)));
        fields.push(safe_text(&self.no_volume_because.join(" ")));
        fields.push(self.laterality.map_or("", Laterality::abbreviation).to_owned());
        fields.push(safe_text(&self.format));
        fields.push(safe_text(self.vendor.as_deref().unwrap_or_default()));
        let counts = [
            self.columns,
            self.rows,
            measured.bscans,
            measured.measured_bscans,
            measured.without_picture.len(),
        ];
        fields.extend(counts.map(|count| count.to_string()));
        fields.push(measured.coverage.slug().to_owned());
        fields.extend(class(|it, class| it.class(class).voxels.to_string()));
        fields.extend(class(|it, class| it.class(class).bscans_with_fluid.to_string()));
        fields.push(or_empty(measured.voxel_nl));
        fields.extend(spacing.iter().flat_map(|axis| [or_empty(axis.mm), safe_text(&axis.source)]));
        fields.push(self.is_doubted.to_string());
        fields.push(measured.threshold.to_string());
        fields.push(or_empty(self.seconds.map(|seconds| (seconds * 100.0).round() / 100.0)));
        fields.extend([&self.model, &self.weights_sha256, &self.device].map(|text| safe_text(text)));
        fields
    }
}

/// A list is long: figures of single B-scans are not kept.
fn without_bscans(measurement: &Measurement) -> Measurement {
    let mut measurement = measurement.clone();
    for class in &mut measurement.classes {
        class.voxels_per_bscan = Vec::new();
    }
    measurement
}

/// The rows as CSV after RFC 4180: a header and a row a scan in the order given, lines ending in
/// CR LF. What is not known or not measured is an empty field; a fluid that is not there is 0.
/// The second column is empty in rows without a name.
pub fn cohort_csv<'a>(software: &SoftwareReport, rows: impl Iterator<Item = &'a CohortRow>) -> String {
    let mut csv = String::new();
    push_record(&mut csv, &COLUMNS);
    for row in rows {
        push_record(&mut csv, &record(software, row));
    }
    csv
}

fn record(software: &SoftwareReport, row: &CohortRow) -> Vec<String> {
    let (state, because, scan) = match &row.outcome {
        Outcome::Waiting => ("waiting", None, None),
        Outcome::Asks(question) => ("asks", Some(question.as_str()), None),
        Outcome::Failed(sentence) => ("failed", sentence.as_deref(), None),
        Outcome::Measured(scan) => ("measured", None, Some(scan)),
    };
    let mut fields = vec![
        row.number.to_string(),
        safe_text(row.name.as_deref().unwrap_or_default()),
        or_empty(row.volume),
        state.to_owned(),
        safe_text(because.unwrap_or_default()),
    ];
    fields.extend(scan.map(|scan| scan.fields()).unwrap_or_default());
    fields.resize(COLUMNS.len() - 2, String::new());
    fields.push(safe_text(&format!("{} {}", software.name, software.version)));
    fields.push(RESEARCH_USE_NOTICE.to_owned());
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
            seconds: Some(1.239),
            ..MeasuredScan::new(&geometry, &measurement)
        }
    }

    fn row(number: usize, name: Option<&str>, outcome: Outcome) -> CohortRow {
        CohortRow { number, name: name.map(str::to_owned), volume: None, outcome }
    }

    fn table(rows: &[CohortRow]) -> Vec<Vec<String>> {
        let software = SoftwareReport { name: "lacuna".into(), version: "0.1.0".into() };
        parse(&cohort_csv(&software, rows.iter()))
    }

    #[test]
    fn every_scan_is_a_row_of_all_columns_whatever_became_of_it() {
        let table = table(&[
            row(1, Some("a.vol"), Outcome::Measured(Box::new(scan(true)))),
            row(2, Some("=b.vol"), Outcome::Failed(Some("b.vol is cut short.".into()))),
            row(3, None, Outcome::Asks("Which axis is depth?".into())),
            row(4, None, Outcome::Waiting),
        ]);
        assert_eq!(table.len(), 5);
        assert!(table.iter().all(|row| row.len() == COLUMNS.len()), "{table:?}");
        let states: Vec<&str> = (1..5).map(|row| cell(&table, row, "state")).collect();
        assert_eq!(states, ["measured", "failed", "asks", "waiting"]);
        assert_eq!(cell(&table, 1, "irf_nl"), "0.005");
        assert_eq!((cell(&table, 1, "laterality"), cell(&table, 1, "seconds")), ("OD", "1.24"));
        assert_eq!((cell(&table, 1, "axial_mm"), cell(&table, 1, "axial_source")), ("0.004", "from_user"));
        assert_eq!((cell(&table, 1, "coverage"), cell(&table, 1, "model")), ("whole", "tiny"));
        assert_eq!(
            (cell(&table, 2, "input"), cell(&table, 2, "because")),
            ("'=b.vol", "b.vol is cut short.")
        );
        assert_eq!((cell(&table, 3, "input"), cell(&table, 4, "scan")), ("", "4"));
        assert!((1..5).all(|row| cell(&table, row, "research_use_notice") == RESEARCH_USE_NOTICE));
        assert_eq!(cell(&table, 4, "software"), "lacuna 0.1.0");
    }

    #[test]
    fn fluid_that_is_not_there_is_0_and_what_is_not_measured_is_empty() {
        let table = table(&[
            row(1, None, Outcome::Measured(Box::new(scan(true)))),
            row(2, None, Outcome::Measured(Box::new(scan(false)))),
            row(3, None, Outcome::Waiting),
        ]);
        let srf = |row| (cell(&table, row, "srf_nl"), cell(&table, row, "srf_voxels"));
        assert_eq!([srf(1), srf(2), srf(3)], [("0", "0"), ("", "0"), ("", "")]);
        assert!(cell(&table, 2, "no_volume_because").contains("spacing is not known"));
        assert_eq!(cell(&table, 1, "no_volume_because"), "");
    }
}
