//! The report of one volume, as JSON (everything) and CSV (one row a class).
//!
//! The crate has no clock and no file system: the caller names the time, the
//! device and the software.

use std::collections::BTreeMap;

pub use oct::RESEARCH_USE_NOTICE;
use oct::codes::{NANOLITRE, OPHTHALMIC_TOMOGRAPHY, RETINA, VOLUME};
use oct::{Axis, AxisSpacing, Code, Doubt, FluidClass, Geometry, Laterality, SpacingSource};
use serde::{Deserialize, Serialize};

use crate::correction::DrawnBy;
use crate::csv::{or_empty, push_record, safe_text};
use crate::figures::Figures;
use crate::measure::Measurement;
use crate::provenance::{ModelReport, Provenance, SoftwareReport};

/// Version of the report's shape. A field may be added under one version; a
/// field that changes its meaning or goes away makes a new one.
pub const SCHEMA: &str = "lacuna.report/2";

/// The report of one volume. Its fields are written in this order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Always [`SCHEMA`] when written by this version.
    pub schema: String,
    /// What wrote the report.
    pub software: SoftwareReport,
    /// The network and its weights.
    pub model: ModelReport,
    /// What the network ran on, in words.
    pub device: String,
    /// The volume that was measured.
    pub input: InputReport,
    /// Spacing per axis with its source.
    pub spacing: SpacingReport,
    /// Why that spacing is not believed, `None` where it is.
    #[serde(default)]
    pub in_doubt: Option<DoubtReport>,
    /// Why there is no volume in nanolitres, a sentence a reason; empty where there is one.
    #[serde(default)]
    pub no_volume_because: Vec<String>,
    /// The figures of the whole volume.
    pub measurement: Measurement,
    /// Sizes, the ETDRS grid, the fovea; `None` in reports from before they were measured.
    #[serde(default)]
    pub figures: Option<Figures>,
    /// Public codes for what they are.
    pub codes: CodesReport,
    /// Sentences for the reader, from reading the file and from measuring.
    pub warnings: Vec<String>,
    /// When the report was made, RFC 3339.
    pub created: String,
    /// [`RESEARCH_USE_NOTICE`].
    pub research_use_notice: String,
}

/// The volume that was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputReport {
    /// Name of the file or folder; only where the user asked for an identified
    /// report, since clinics name files after patients.
    pub name: Option<String>,
    /// Which volume of the file, from 1, where it holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<usize>,
    /// Format it was read as.
    pub format: String,
    /// Samples along the retina.
    pub columns: usize,
    /// Samples into the eye.
    pub rows: usize,
    /// B-scans.
    #[serde(rename = "frames")]
    pub bscans: usize,
    /// Device maker, where the file says so.
    pub vendor: Option<String>,
    /// Which eye, where the file says so.
    pub laterality: Option<Laterality>,
}

/// Public codes for what was measured; see [`oct::codes`] for their sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodesReport {
    /// The kind of image.
    pub modality: Code,
    /// The part of the body.
    pub anatomy: Code,
    /// The eye, where it is known.
    pub laterality: Option<Code>,
    /// What the figures are.
    pub quantity: Code,
    /// Their unit.
    pub unit: Code,
    /// The finding of each class by its abbreviation, `None` where no public
    /// code says what is meant.
    pub findings: BTreeMap<String, Option<Code>>,
}

impl CodesReport {
    fn of(laterality: Option<Laterality>) -> Self {
        Self {
            modality: OPHTHALMIC_TOMOGRAPHY,
            anatomy: RETINA,
            laterality: laterality.map(Laterality::code),
            quantity: VOLUME,
            unit: NANOLITRE,
            findings: FluidClass::ALL.map(|class| (class.abbreviation().to_owned(), class.code())).into(),
        }
    }
}

/// Spacing of all three axes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpacingReport {
    /// Along the retina within a B-scan.
    pub lateral: AxisReport,
    /// Into the eye.
    pub axial: AxisReport,
    /// From one B-scan to the next.
    pub between_bscans: AxisReport,
}

impl From<&Geometry> for SpacingReport {
    fn from(geometry: &Geometry) -> Self {
        Self {
            lateral: (&geometry.lateral).into(),
            axial: (&geometry.axial).into(),
            between_bscans: (&geometry.between_bscans).into(),
        }
    }
}

/// Spacing along one axis, flat, for reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisReport {
    /// Millimetres per sample, `None` where unknown.
    pub mm: Option<f64>,
    /// `from_file`, `from_user`, `confirmed_by_user`, `vendor_default` or `unknown`.
    pub source: String,
    /// The field it was read from, where from the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// What the file states, or what was assumed (mm), where that was in doubt and this was
    /// confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_mm: Option<f64>,
    /// Why a vendor's default was thought to apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl From<&AxisSpacing> for AxisReport {
    fn from(spacing: &AxisSpacing) -> Self {
        let (mut tag, mut stated_mm, mut why) = (None, None, None);
        let source = match spacing.source() {
            SpacingSource::FromFile { tag: field } => {
                tag = Some(field.clone());
                "from_file"
            }
            SpacingSource::FromUser => "from_user",
            SpacingSource::ConfirmedByUser { tag: field, stated_mm: stated, was_assumed } => {
                let said = if *was_assumed { &mut why } else { &mut tag };
                (*said, stated_mm) = (Some(field.clone()), Some(*stated));
                "confirmed_by_user"
            }
            SpacingSource::VendorDefault { why: reason } => {
                why = Some(reason.clone());
                "vendor_default"
            }
            SpacingSource::Unknown => "unknown",
        };
        Self { mm: spacing.mm(), source: source.to_owned(), tag, stated_mm, why }
    }
}

/// A spacing that no eye can have: nothing in nanolitres until a person confirms one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoubtReport {
    /// Why, in one sentence.
    pub because: String,
    /// What the file probably means; `None` where there is no good guess.
    pub proposal_mm: Option<ProposalReport>,
}

/// A proposed spacing in mm, `None` along axes that it leaves as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalReport {
    /// Along the retina within a B-scan.
    pub lateral: Option<f64>,
    /// Into the eye.
    pub axial: Option<f64>,
    /// From one B-scan to the next.
    pub between_bscans: Option<f64>,
}

impl From<&Doubt> for DoubtReport {
    fn from(doubt: &Doubt) -> Self {
        let proposal_mm = doubt.proposal.as_ref().map(|proposal| {
            let along = |wanted: Axis| {
                let mut spacing = proposal.spacing.iter();
                spacing.find(|(axis, _)| *axis == wanted).map(|(_, mm)| *mm)
            };
            ProposalReport {
                lateral: along(Axis::Lateral),
                axial: along(Axis::Axial),
                between_bscans: along(Axis::BetweenBScans),
            }
        });
        Self { because: doubt.to_string(), proposal_mm }
    }
}

impl Report {
    /// A report of `measurement` and `figures`. A sentence is added to `warnings` for each
    /// reason why a volume in nanolitres is missing or a lower bound, and for a spacing
    /// that a person vouches for and that no eye has.
    pub fn new(
        made: Provenance,
        input: InputReport,
        geometry: &Geometry,
        measurement: Measurement,
        figures: Figures,
        mut warnings: Vec<String>,
    ) -> Self {
        let mut no_volume_because = missing_volume_reasons(geometry, &measurement);
        warnings.extend_from_slice(&no_volume_because);
        warnings.extend(measurement.about_missing_pictures());
        warnings.extend(measurement.about_corrections());
        no_volume_because.extend(measurement.why_withheld());
        warnings.extend(geometry.unlikely_entry().map(|entry| entry.to_string()));
        Self {
            schema: SCHEMA.to_owned(),
            software: made.software,
            model: made.model,
            device: made.device,
            codes: CodesReport::of(input.laterality),
            input,
            spacing: geometry.into(),
            in_doubt: geometry.doubt().as_ref().map(DoubtReport::from),
            no_volume_because,
            measurement,
            figures: Some(figures),
            warnings,
            created: made.created,
            research_use_notice: RESEARCH_USE_NOTICE.to_owned(),
        }
    }

    /// The report as indented JSON, keys in the order of the fields, with a
    /// final newline. What is unknown is `null`.
    pub fn to_json(&self) -> String {
        // This always serialises: only maps with keys that are no strings do not,
        // and there are none.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The report as CSV after RFC 4180: a header and one row a class, lines
    /// ending in CR LF. What is unknown is an empty field. Text that a
    /// spreadsheet would run as a formula gets a leading apostrophe, and
    /// control characters become spaces, so a record is always one line.
    pub fn to_csv(&self) -> String {
        let mut csv = String::new();
        push_record(&mut csv, &CSV_COLUMNS);
        for class in FluidClass::ALL {
            push_record(&mut csv, &self.csv_record(class));
        }
        csv
    }

    fn csv_record(&self, class: FluidClass) -> [String; CSV_COLUMNS.len()] {
        let measured = self.measurement.class(class);
        let point = self.model.operating_points.get(class).as_ref();
        let corrected = measured.corrected.as_ref();
        [
            safe_text(self.input.name.as_deref().unwrap_or_default()),
            safe_text(&self.input.format),
            safe_text(self.input.vendor.as_deref().unwrap_or_default()),
            self.input.laterality.map_or("", Laterality::abbreviation).to_owned(),
            class.abbreviation().to_owned(),
            or_empty(measured.volume_nl),
            measured.voxels.to_string(),
            measured.bscans_with_fluid.to_string(),
            or_empty(measured.presence_score),
            self.measurement.measured_bscans.to_string(),
            self.measurement.bscans.to_string(),
            self.input.columns.to_string(),
            self.input.rows.to_string(),
            or_empty(self.measurement.voxel_nl),
            or_empty(self.spacing.lateral.mm),
            safe_text(&self.spacing.lateral.source),
            or_empty(self.spacing.axial.mm),
            safe_text(&self.spacing.axial.source),
            or_empty(self.spacing.between_bscans.mm),
            safe_text(&self.spacing.between_bscans.source),
            safe_text(&self.model.name),
            safe_text(&self.model.weights_sha256),
            safe_text(&self.device),
            safe_text(&format!("{} {}", self.software.name, self.software.version)),
            safe_text(&self.created),
            safe_text(&self.warnings.join(" ")),
            safe_text(&self.research_use_notice),
            self.measurement.without_picture.len().to_string(),
            self.measurement.is_lower_bound().to_string(),
            self.in_doubt.is_some().to_string(),
            safe_text(&self.no_volume_because.join(" ")),
            or_empty(point.map(|point| point.threshold)),
            or_empty(point.and_then(|point| point.sensitivity)),
            or_empty(point.and_then(|point| point.specificity)),
            self.measurement.threshold.to_string(),
            corrected.map_or(DrawnBy::Model, |corrected| corrected.drawn_by).name().to_owned(),
            corrected.map_or(0, |corrected| corrected.drawn_voxels).to_string(),
            or_empty(corrected.and_then(|corrected| corrected.model_nl)),
            or_empty(corrected.and_then(|corrected| corrected.difference_nl)),
            self.measurement.corrected_bscans.len().to_string(),
            self.measurement.reviewed_bscans.len().to_string(),
        ]
    }
}

/// Columns of the CSV, units in the names.
const CSV_COLUMNS: [&str; 41] = [
    "input",
    "format",
    "vendor",
    "laterality",
    "class",
    "volume_nl",
    "voxels",
    "bscans_with_fluid",
    "presence_score",
    "measured_bscans",
    "bscans",
    "columns",
    "rows",
    "voxel_nl",
    "lateral_mm",
    "lateral_source",
    "axial_mm",
    "axial_source",
    "between_bscans_mm",
    "between_bscans_source",
    "model",
    "weights_sha256",
    "device",
    "software",
    "created",
    "warnings",
    "research_use_notice",
    "bscans_without_picture",
    "volume_is_lower_bound",
    "spacing_in_doubt",
    "no_volume_because",
    "presence_threshold",
    "presence_sensitivity",
    "presence_specificity",
    "threshold",
    "drawn_by",
    "drawn_voxels",
    "model_volume_nl",
    "difference_nl",
    "bscans_corrected",
    "bscans_reviewed",
];

/// Why there is no volume in nanolitres, a sentence a reason.
pub(crate) fn missing_volume_reasons(geometry: &Geometry, measurement: &Measurement) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(sentence) = geometry.pattern.why_no_volume() {
        reasons.push(format!("No volume in nanolitres. {sentence}"));
        return reasons;
    }
    let unknown: Vec<&str> = geometry.unknown_axes().into_iter().map(Axis::name).collect();
    if !unknown.is_empty() {
        reasons.push(format!("No volume in nanolitres: the {} spacing is not known.", unknown.join(" and ")));
    }
    if let Some(doubt) = geometry.doubt() {
        reasons.push(format!("No volume in nanolitres while the spacing is in doubt. {doubt}"));
    }
    if !measurement.is_complete() {
        reasons.push(format!(
            "No volume in nanolitres: {} of {} B-scans are measured.",
            measurement.measured_bscans, measurement.bscans
        ));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::tests::{cell, parse};
    use crate::{PresenceAccumulator, measure};
    use oct::LabelMask;

    fn report(name: &str, known: bool) -> Report {
        let mut geometry = Geometry::default();
        if known {
            let tag = "ElementSpacing".to_owned();
            for (axis, mm) in Axis::ALL.into_iter().zip([0.01, 0.004, 0.125]) {
                let source = SpacingSource::FromFile { tag: tag.clone() };
                geometry.set_spacing(axis, AxisSpacing::new(axis, mm, source).unwrap());
            }
        }
        let mut mask = LabelMask::unmeasured(2, 1, 2);
        mask.set_bscan(0, vec![1, 1]).unwrap();
        mask.set_bscan(1, vec![0, 3]).unwrap();
        let mut presence = PresenceAccumulator::new();
        presence.add_evidence(0, FluidClass::Irf, 0.875);
        Report::new(
            Provenance {
                software: SoftwareReport { name: "lacuna".into(), version: "0.1.0".into() },
                model: ModelReport::new("tiny", "ab12"),
                device: "CPU, one thread".into(),
                created: "2026-01-02T03:04:05Z".into(),
            },
            InputReport {
                name: Some(name.into()),
                volume: None,
                format: "MetaImage".into(),
                columns: 2,
                rows: 1,
                bscans: 2,
                vendor: Some("Heidelberg".into()),
                laterality: Some(Laterality::Os),
            },
            &geometry,
            measure(&mask, &geometry, &presence),
            Figures::measure(&mask, &geometry, &presence, &[], None),
            vec![],
        )
    }

    #[test]
    fn json_survives_reading_back_and_keeps_its_key_order() {
        let report = report("oct.mhd", true);
        let json = report.to_json();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
        let keys = ["schema", "software", "model", "device", "input", "spacing", "measurement", "warnings"];
        let places: Vec<usize> =
            keys.iter().map(|key| json.find(&format!("\n  \"{key}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert!(json.starts_with("{\n  \"schema\": \"lacuna.report/2\""), "{json}");
        assert!(json.ends_with("}\n"));
    }

    #[test]
    fn a_pattern_without_a_volume_is_the_one_reason_that_is_given() {
        let geometry = Geometry { pattern: oct::ScanPattern::Radial, ..Geometry::default() };
        let mask = LabelMask::unmeasured(2, 1, 2);
        let reasons =
            missing_volume_reasons(&geometry, &measure(&mask, &geometry, &PresenceAccumulator::new()));
        assert_eq!(reasons.len(), 1);
        assert!(reasons[0].starts_with("No volume in nanolitres. Radial B-scans"), "{reasons:?}");
    }

    #[test]
    fn a_doubt_and_its_confirmation_stand_in_the_report() {
        let reported = |geometry: &Geometry| {
            let (mask, presence) = (LabelMask::unmeasured(2, 1, 2), PresenceAccumulator::new());
            let measurement = measure(&mask, geometry, &presence);
            let figures = Figures::measure(&mask, geometry, &presence, &[], None);
            let made = report("oct.mhd", true);
            let provenance = Provenance {
                software: made.software,
                model: made.model,
                device: made.device,
                created: made.created,
            };
            Report::new(provenance, made.input, geometry, measurement, figures, vec![])
        };
        let mut geometry = Geometry { samples: Some([512, 496, 49]), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip([11.5, 3.87, 120.0]) {
            let source = SpacingSource::FromFile { tag: "pixdim".to_owned() };
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, source).unwrap());
        }
        let doubted = reported(&geometry);
        let doubt = doubted.in_doubt.as_ref().unwrap();
        assert!(doubt.because.contains("micrometres written as millimetres"), "{doubt:?}");
        let proposal = doubt.proposal_mm.as_ref().unwrap();
        assert!((proposal.axial.unwrap() - 0.00387).abs() < 1e-12, "{proposal:?}");
        assert!(doubted.warnings[0].contains(&doubt.because), "{:?}", doubted.warnings);
        let table = parse(&doubted.to_csv());
        assert_eq!(cell(&table, 2, "spacing_in_doubt"), "true");
        assert!(cell(&table, 2, "no_volume_because").contains(&doubt.because), "{table:?}");
        assert_eq!(serde_json::from_str::<Report>(&doubted.to_json()).unwrap(), doubted);

        geometry.confirm(&geometry.doubt().unwrap().proposal.unwrap().spacing).unwrap();
        let confirmed = reported(&geometry);
        assert_eq!(confirmed.in_doubt, None);
        let lateral = &confirmed.spacing.lateral;
        assert_eq!((lateral.source.as_str(), lateral.stated_mm), ("confirmed_by_user", Some(11.5)));
        assert!(confirmed.to_csv().contains(",confirmed_by_user,"));
        let table = parse(&confirmed.to_csv());
        assert_eq!(cell(&table, 1, "spacing_in_doubt"), "false");

        // No eye is as wide, but somebody says so.
        geometry.set_typed(&[(Axis::Lateral, 0.06)]).unwrap();
        let entered = reported(&geometry);
        assert_eq!(entered.in_doubt, None);
        let said = entered.warnings.last().unwrap();
        assert!(said.starts_with("By what was entered, the scan is 30.7 mm wide"), "{said}");
    }

    #[test]
    fn a_volume_that_is_withheld_has_its_reason_in_a_field_of_its_own() {
        let mut mask = LabelMask::unmeasured(2, 1, 2);
        mask.set_bscan(0, vec![1, 1]).unwrap();
        mask.set_without_picture(1).unwrap();
        let made = report("oct.mhd", true);
        let mut geometry = Geometry::default();
        for (axis, mm) in Axis::ALL.into_iter().zip([0.01, 0.004, 0.125]) {
            geometry.set_spacing(axis, AxisSpacing::from_user(axis, mm).unwrap());
        }
        let provenance = Provenance {
            software: made.software,
            model: made.model,
            device: made.device,
            created: made.created,
        };
        let measured = measure(&mask, &geometry, &PresenceAccumulator::new());
        let figures = Figures::measure(&mask, &geometry, &PresenceAccumulator::new(), &[], None);
        let withheld = Report::new(provenance, made.input, &geometry, measured, figures, vec![]);
        let table = parse(&withheld.to_csv());
        let because = cell(&table, 1, "no_volume_because");
        assert!(because.contains("too much of the eye is missing"), "{because}");
        assert!(because.contains("export it again, or take the scan again"), "{because}");
        assert_eq!(cell(&parse(&report("oct.mhd", true).to_csv()), 1, "no_volume_because"), "");
    }

    #[test]
    fn json_names_the_source_of_every_spacing() {
        let json: serde_json::Value = serde_json::from_str(&report("oct.mhd", true).to_json()).unwrap();
        assert_eq!(
            json["spacing"]["axial"],
            serde_json::json!({"mm": 0.004, "source": "from_file", "tag": "ElementSpacing"})
        );
        let json: serde_json::Value = serde_json::from_str(&report("scan.png", false).to_json()).unwrap();
        assert_eq!(json["spacing"]["axial"], serde_json::json!({"mm": null, "source": "unknown"}));
        assert_eq!(json["measurement"]["classes"][0]["volume_nl"], serde_json::Value::Null);
    }

    #[test]
    fn only_what_has_a_public_code_is_coded() {
        let json: serde_json::Value = serde_json::from_str(&report("oct.mhd", true).to_json()).unwrap();
        let codes = &json["codes"];
        assert_eq!(codes["anatomy"]["value"], "5665001");
        assert_eq!(codes["unit"], serde_json::json!({"value": "nL", "scheme": "UCUM", "meaning": "nL"}));
        assert_eq!(codes["findings"]["SRF"]["value"], "421843005");
        assert_eq!(codes["findings"]["IRF"], serde_json::Value::Null);
        assert_eq!(CodesReport::of(Some(Laterality::Os)).laterality.unwrap().value, "7771000");
    }

    #[test]
    fn csv_has_a_header_and_one_row_a_class() {
        let table = parse(&report("oct.mhd", true).to_csv());
        assert_eq!(table.len(), 4);
        assert!(table.iter().all(|row| row.len() == CSV_COLUMNS.len()));
        let classes: Vec<&str> = (1..4).map(|row| cell(&table, row, "class")).collect();
        assert_eq!(classes, ["IRF", "SRF", "PED"]);
        // 2 voxels of 0.005 nl.
        assert_eq!(cell(&table, 1, "volume_nl"), "0.01");
        assert_eq!(cell(&table, 2, "volume_nl"), "0");
        assert_eq!(cell(&table, 1, "lateral_mm"), "0.01");
        assert_eq!(cell(&table, 1, "presence_score"), "0.875");
        assert_eq!(cell(&table, 2, "presence_score"), "");
        assert_eq!(cell(&table, 1, "laterality"), "OS");
    }

    #[test]
    fn an_unknown_volume_is_an_empty_field_and_a_warning_that_says_why() {
        let report = report("scan.png", false);
        assert_eq!(
            report.warnings,
            ["No volume in nanolitres: the lateral and axial and between B-scans spacing is not known."]
        );
        let table = parse(&report.to_csv());
        assert_eq!(cell(&table, 1, "volume_nl"), "");
        assert_eq!(cell(&table, 1, "voxels"), "2");
    }

    #[test]
    fn commas_quotes_and_line_breaks_stay_in_their_field() {
        let table = parse(&report("a \"left\", late\r\nscan.mhd", true).to_csv());
        assert_eq!(cell(&table, 1, "input"), "a \"left\", late  scan.mhd");
        assert_eq!(cell(&table, 1, "device"), "CPU, one thread");
        assert_eq!(table.len(), 4);
    }

    #[test]
    fn a_name_that_looks_like_a_formula_is_disarmed() {
        for name in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u{ff1d}1", "=cmd|'/c calc'!A1"] {
            let table = parse(&report(name, true).to_csv());
            assert!(cell(&table, 1, "input").starts_with('\''), "{name}");
        }
        let table = parse(&report("oct=1.mhd", true).to_csv());
        assert_eq!(cell(&table, 1, "input"), "oct=1.mhd");
    }

    #[test]
    fn every_report_says_what_it_is_for() {
        assert!(report("oct.mhd", true).to_json().contains(RESEARCH_USE_NOTICE));
        let table = parse(&report("oct.mhd", true).to_csv());
        assert_eq!(cell(&table, 3, "research_use_notice"), RESEARCH_USE_NOTICE);
    }
}
