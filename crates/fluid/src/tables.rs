//! The figures as two tables in CSV: a row a region of the ETDRS grid, and a row a B-scan.
//! Every row says what its figures rest on, so that a row that is copied out still does.

use oct::{FluidClass, Laterality};

use crate::csv::{or_empty, push_record, safe_text};
use crate::figures::{BScanState, Figures};
use crate::fovea::FoveaSource;
use crate::regions::RegionFigures;
use crate::report::{RESEARCH_USE_NOTICE, Report};

const REGION_COLUMNS: [&str; 23] = [
    "input",
    "laterality",
    "region",
    "scanned_part",
    "irf_nl",
    "srf_nl",
    "ped_nl",
    "thickness_um",
    "thickness_known_part",
    "fovea_source",
    "fovea_bscan",
    "fovea_column",
    "coverage",
    "lateral_mm",
    "lateral_source",
    "axial_mm",
    "axial_source",
    "between_bscans_mm",
    "between_bscans_source",
    "spacing_in_doubt",
    "threshold",
    "model",
    "research_use_notice",
];

const BSCAN_COLUMNS: [&str; 24] = [
    "input",
    "laterality",
    "bscan",
    "state",
    "irf_mm2",
    "srf_mm2",
    "ped_mm2",
    "irf_voxels",
    "srf_voxels",
    "ped_voxels",
    "irf_evidence",
    "srf_evidence",
    "ped_evidence",
    "lateral_mm",
    "lateral_source",
    "axial_mm",
    "axial_source",
    "spacing_in_doubt",
    "coverage",
    "threshold",
    "model",
    "research_use_notice",
    "corrected",
    "reviewed",
];

impl Report {
    /// The ETDRS grid as CSV after RFC 4180: a header, a row for each of the nine subfields
    /// and one for each of the circles of 1, 3 and 6 mm; the header alone where there is no
    /// grid ([`Figures::regions`]). B-scans and columns count from 1. What is unknown is an
    /// empty field.
    pub fn regions_csv(&self) -> String {
        let mut csv = String::new();
        push_record(&mut csv, &REGION_COLUMNS);
        let Some(regions) = self.figures.as_ref().and_then(|figures| figures.regions.as_ref()) else {
            return csv;
        };
        for part in &regions.subfields {
            push_record(&mut csv, &self.region_record(part.subfield.name(), &part.figures));
        }
        for disc in &regions.discs {
            let name = format!("circle of {} mm", disc.diameter_mm);
            push_record(&mut csv, &self.region_record(name, &disc.figures));
        }
        csv
    }

    /// Every B-scan as CSV after RFC 4180: a header and a row a B-scan, which count from 1 as
    /// mask images do. What is unknown is an empty field.
    pub fn bscans_csv(&self) -> String {
        let mut csv = String::new();
        push_record(&mut csv, &BSCAN_COLUMNS);
        let Some(figures) = &self.figures else { return csv };
        for (bscan, state) in figures.bscans.iter().enumerate() {
            push_record(&mut csv, &self.bscan_record(figures, bscan, *state));
        }
        csv
    }

    fn region_record(&self, name: String, region: &RegionFigures) -> [String; REGION_COLUMNS.len()] {
        let fovea = self.figures.as_ref().and_then(|figures| figures.fovea);
        let source = fovea.map_or("", |fovea| match fovea.source {
            FoveaSource::Guessed => "guessed",
            FoveaSource::Middle => "middle",
            FoveaSource::ByHand => "by_hand",
        });
        let [lateral, axial, between] =
            [&self.spacing.lateral, &self.spacing.axial, &self.spacing.between_bscans];
        [
            self.input_name(),
            self.eye(),
            name,
            region.scanned.to_string(),
            or_empty(region.volume_nl.irf),
            or_empty(region.volume_nl.srf),
            or_empty(region.volume_nl.ped),
            or_empty(region.thickness_um),
            region.thickness_part.to_string(),
            source.to_owned(),
            or_empty(fovea.map(|fovea| fovea.bscan + 1.0)),
            or_empty(fovea.map(|fovea| fovea.column + 1.0)),
            self.coverage(),
            or_empty(lateral.mm),
            safe_text(&lateral.source),
            or_empty(axial.mm),
            safe_text(&axial.source),
            or_empty(between.mm),
            safe_text(&between.source),
            self.in_doubt.is_some().to_string(),
            self.measurement.threshold.to_string(),
            safe_text(&self.model.name),
            RESEARCH_USE_NOTICE.to_owned(),
        ]
    }

    fn bscan_record(
        &self,
        figures: &Figures,
        bscan: usize,
        state: BScanState,
    ) -> [String; BSCAN_COLUMNS.len()] {
        let of_class = |figure: &dyn Fn(FluidClass) -> String| FluidClass::ALL.map(figure);
        let area = |class| or_empty(figures.extents.get(class).area_mm2.get(bscan).copied().flatten());
        let voxels =
            |class| or_empty(self.measurement.class(class).voxels_per_bscan.get(bscan).copied().flatten());
        let evidence = |class| or_empty(figures.evidence.get(class).get(bscan).copied().flatten());
        let [irf_mm2, srf_mm2, ped_mm2] = of_class(&area);
        let [irf_voxels, srf_voxels, ped_voxels] = of_class(&voxels);
        let [irf_evidence, srf_evidence, ped_evidence] = of_class(&evidence);
        let state = match state {
            BScanState::Measured => "measured",
            BScanState::Waits => "waits",
            BScanState::NoPicture => "no_picture",
        };
        [
            self.input_name(),
            self.eye(),
            (bscan + 1).to_string(),
            state.to_owned(),
            irf_mm2,
            srf_mm2,
            ped_mm2,
            irf_voxels,
            srf_voxels,
            ped_voxels,
            irf_evidence,
            srf_evidence,
            ped_evidence,
            or_empty(self.spacing.lateral.mm),
            safe_text(&self.spacing.lateral.source),
            or_empty(self.spacing.axial.mm),
            safe_text(&self.spacing.axial.source),
            self.in_doubt.is_some().to_string(),
            self.coverage(),
            self.measurement.threshold.to_string(),
            safe_text(&self.model.name),
            RESEARCH_USE_NOTICE.to_owned(),
            self.measurement.corrected_bscans.contains(&bscan).to_string(),
            self.measurement.reviewed_bscans.contains(&bscan).to_string(),
        ]
    }

    fn input_name(&self) -> String {
        safe_text(self.input.name.as_deref().unwrap_or_default())
    }

    fn eye(&self) -> String {
        self.input.laterality.map_or("", Laterality::abbreviation).to_owned()
    }

    fn coverage(&self) -> String {
        self.measurement.coverage.slug().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::tests::{cell, parse};
    use crate::fovea::FoveaPlace;
    use crate::provenance::{ModelReport, Provenance, SoftwareReport};
    use crate::report::InputReport;
    use crate::{PresenceAccumulator, measure};
    use oct::{Axis, AxisSpacing, Geometry, LabelMask};

    /// 61 columns of three rows, on 31 B-scans of which the second holds no picture.
    fn report(known: bool) -> Report {
        let mut geometry =
            Geometry { samples: Some([61, 3, 31]), laterality: Some(Laterality::Os), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip([0.1, 0.004, 0.2]).filter(|_| known) {
            geometry.set_spacing(axis, AxisSpacing::from_user(axis, mm).unwrap());
        }
        let mut mask = LabelMask::unmeasured(61, 3, 31);
        for bscan in 0..31 {
            mask.set_bscan(bscan, (0..183).map(|at| u8::from(at < 61) * 3).collect()).unwrap();
        }
        mask.set_without_picture(1).unwrap();
        let mut presence = PresenceAccumulator::new();
        presence.add_evidence(0, FluidClass::Ped, 0.5);
        let placed = Some(FoveaPlace { bscan: 15.0, column: 30.0 });
        let made = Provenance {
            software: SoftwareReport { name: "lacuna".into(), version: "0.1.0".into() },
            model: ModelReport::new("tiny", "ab12"),
            device: "CPU".into(),
            created: "2026-01-02T03:04:05Z".into(),
        };
        let input = InputReport {
            name: Some("=eye, left".into()),
            volume: None,
            format: "MetaImage".into(),
            columns: 61,
            rows: 3,
            bscans: 31,
            vendor: None,
            laterality: geometry.laterality,
        };
        let figures = Figures::measure(&mask, &geometry, &presence, &[], placed);
        Report::new(made, input, &geometry, measure(&mask, &geometry, &presence), figures, vec![])
    }

    #[test]
    fn regions_are_a_row_a_subfield_and_a_row_a_circle() {
        let table = parse(&report(true).regions_csv());
        assert_eq!(table.len(), 1 + 9 + 3);
        assert!(table.iter().all(|row| row.len() == REGION_COLUMNS.len()));
        let names: Vec<&str> = (1..13).map(|row| cell(&table, row, "region")).collect();
        assert_eq!(names[..5], ["central", "inner up", "inner temporal", "inner down", "inner nasal"]);
        assert_eq!(names[9..], ["circle of 1 mm", "circle of 3 mm", "circle of 6 mm"]);
        let nl: f64 = cell(&table, 10, "ped_nl").parse().unwrap();
        // A sheet of 4 µm over a circle of 0.785 mm².
        assert!((nl - 4.0 * 0.785).abs() < 0.02, "{nl}");
        assert_eq!(cell(&table, 10, "irf_nl"), "0");
        assert_eq!(cell(&table, 1, "thickness_um"), "");
        assert_eq!((cell(&table, 1, "fovea_source"), cell(&table, 1, "fovea_bscan")), ("by_hand", "16"));
        assert_eq!(
            (cell(&table, 1, "coverage"), cell(&table, 1, "axial_source")),
            ("lower_bound", "from_user")
        );
        assert_eq!(cell(&table, 1, "input"), "'=eye, left");
    }

    #[test]
    fn bscans_are_a_row_each_with_area_and_evidence() {
        let table = parse(&report(true).bscans_csv());
        assert_eq!(table.len(), 32);
        assert!(table.iter().all(|row| row.len() == BSCAN_COLUMNS.len()));
        assert_eq!((cell(&table, 1, "bscan"), cell(&table, 1, "state")), ("1", "measured"));
        let mm2: f64 = cell(&table, 1, "ped_mm2").parse().unwrap();
        assert!((mm2 - 61.0 * 0.1 * 0.004).abs() < 1e-12);
        assert_eq!((cell(&table, 1, "ped_evidence"), cell(&table, 3, "ped_evidence")), ("0.5", ""));
        assert_eq!((cell(&table, 1, "ped_voxels"), cell(&table, 1, "irf_mm2")), ("61", "0"));
        assert_eq!((cell(&table, 2, "state"), cell(&table, 2, "ped_mm2")), ("no_picture", ""));
    }

    #[test]
    fn without_spacing_there_are_no_regions_and_no_areas() {
        let report = report(false);
        assert_eq!(parse(&report.regions_csv()).len(), 1);
        let table = parse(&report.bscans_csv());
        assert_eq!((cell(&table, 1, "ped_mm2"), cell(&table, 1, "ped_voxels")), ("", "61"));
    }
}
