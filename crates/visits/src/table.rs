//! The comparison as CSV: one record a figure, so that it opens in any table.

use fluid::csv::{or_empty, push_record, safe_text};
use fluid::report::RESEARCH_USE_NOTICE;
use oct::FluidClass;

use crate::change::Change;
use crate::comparison::{Comparison, RegionChange};

/// Columns of the CSV.
const COLUMNS: [&str; 15] = [
    "within",
    "region",
    "figure",
    "unit",
    "before",
    "after",
    "difference",
    "percent",
    "scanned_before",
    "scanned_after",
    "seen_by_both",
    "registered_by",
    "days",
    "cautions",
    "research_use_notice",
];

impl Comparison {
    /// The comparison as CSV after RFC 4180: a header, then a record for each class in the whole
    /// scans, in what both see, in each subfield and circle, and for each thickness. What is not
    /// known is an empty field; cautions and the notice stand in every record.
    pub fn to_csv(&self) -> String {
        let mut csv = String::new();
        push_record(&mut csv, &COLUMNS);
        let cautions = self.cautions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let by = self.registration.map_or("", |registration| registration.by.name());
        let mut push = |within: &str,
                        region: &str,
                        figure: &str,
                        unit: &str,
                        change: &Change,
                        parts: [Option<f64>; 3]| {
            let [scanned_before, scanned_after, both] = parts.map(or_empty);
            push_record(
                &mut csv,
                &[
                    within.to_owned(),
                    region.to_owned(),
                    figure.to_owned(),
                    unit.to_owned(),
                    or_empty(change.before),
                    or_empty(change.after),
                    or_empty(change.difference),
                    or_empty(change.percent),
                    scanned_before,
                    scanned_after,
                    both,
                    by.to_owned(),
                    or_empty(self.days),
                    safe_text(&cautions),
                    RESEARCH_USE_NOTICE.to_owned(),
                ],
            );
        };
        for class in FluidClass::ALL {
            push("whole_scans", "", class.abbreviation(), "nl", self.whole_nl.get(class), [None; 3]);
        }
        push("whole_scans", "central", "thickness", "um", &self.central_subfield_um, [None; 3]);
        let Some(common) = &self.common else { return csv };
        for class in FluidClass::ALL {
            let change = common.volume_nl.get(class);
            push("seen_by_both", "", class.abbreviation(), "nl", change, [None; 3]);
        }
        let mut push_region = |name: &str, region: &RegionChange| {
            let parts = [region.scanned_before, region.scanned_after, region.seen_by_both].map(Some);
            for class in FluidClass::ALL {
                let change = region.volume_nl.get(class);
                push("seen_by_both", name, class.abbreviation(), "nl", change, parts);
            }
            push("seen_by_both", name, "thickness", "um", &region.thickness_um, parts);
        };
        for one in &common.subfields {
            push_region(&one.subfield.name(), &one.change);
        }
        for one in &common.discs {
            push_region(&format!("within {} mm", one.diameter_mm), &one.change);
        }
        csv
    }
}
