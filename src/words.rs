//! Figures and times in words a clinician reads.

use engine_protocol::SaveKind;
use oct::{Axis, AxisSpacing, FluidClass, SpacingSource};

/// A volume in nanolitres. A true zero reads `0 nl`; what is there but rounds
/// to nothing never does.
pub fn nanolitres(nl: f64) -> String {
    if nl == 0.0 {
        "0 nl".to_owned()
    } else if nl < 0.01 {
        "< 0.01 nl".to_owned()
    } else if nl < 1.0 {
        format!("{nl:.2} nl")
    } else {
        format!("{nl:.1} nl")
    }
}

/// A length in mm with three significant digits, trailing zeros dropped.
pub fn millimetres(mm: f64) -> String {
    let digits = if mm > 0.0 { (2 - mm.log10().floor() as i32).clamp(0, 8) as usize } else { 0 };
    let text = format!("{mm:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} mm")
}

/// The spacing along `axis` with its source, e.g. `0.0039 mm, from the file (ElementSpacing)`.
pub fn spacing_source(spacing: &AxisSpacing) -> String {
    match spacing.source() {
        SpacingSource::FromFile { tag } => format!("from the file ({tag})"),
        SpacingSource::FromUser => "entered by you".to_owned(),
        SpacingSource::ConfirmedByUser { tag, stated_mm, was_assumed } => {
            let is_as_stated = spacing.mm() == Some(*stated_mm);
            match (was_assumed, is_as_stated) {
                (true, _) => format!("assumed ({tag}), confirmed by you"),
                (false, true) => format!("from the file ({tag}), confirmed by you"),
                (false, false) => {
                    format!("meant by {} in the file ({tag}), confirmed by you", millimetres(*stated_mm))
                }
            }
        }
        SpacingSource::VendorDefault { why } => format!("assumed: {why}"),
        SpacingSource::Unknown => "not in the file".to_owned(),
    }
}

/// What is saved as `kind`.
pub fn saved(kind: SaveKind) -> &'static str {
    match kind {
        SaveKind::MetaImage => "MetaImage mask",
        SaveKind::Nifti => "NIfTI mask",
        SaveKind::DicomSeg => "DICOM segmentation",
        SaveKind::Json => "JSON report",
        SaveKind::Csv => "CSV report",
        SaveKind::RegionsCsv => "CSV of the ETDRS grid",
        SaveKind::BScansCsv => "CSV of the B-scans",
    }
}

/// The class's name in lower case, as the style sheet and tests use it.
pub fn slug(class: FluidClass) -> &'static str {
    match class {
        FluidClass::Irf => "irf",
        FluidClass::Srf => "srf",
        FluidClass::Ped => "ped",
    }
}

/// The name of an axis at the start of a line.
pub fn axis_title(axis: Axis) -> &'static str {
    match axis {
        Axis::Lateral => "Lateral",
        Axis::Axial => "Axial",
        Axis::BetweenBScans => "Between B-scans",
    }
}

/// `1 B-scan`, `49 B-scans`.
pub fn bscans(count: usize) -> String {
    if count == 1 { "1 B-scan".to_owned() } else { format!("{count} B-scans") }
}

/// Time left as people say it; rounded coarsely, so that the words do not flicker.
pub fn time_left(ms: f64) -> String {
    let seconds = ms / 1000.0;
    if seconds < 8.0 {
        "a few seconds left".to_owned()
    } else if seconds < 55.0 {
        format!("about {:.0} seconds left", (seconds / 5.0).ceil() * 5.0)
    } else if seconds < 90.0 {
        "about a minute left".to_owned()
    } else if seconds < 3300.0 {
        format!("about {:.0} minutes left", seconds / 60.0)
    } else {
        let hours = seconds / 3600.0;
        if hours < 1.25 { "about an hour left".to_owned() } else { format!("about {hours:.1} hours left") }
    }
}

/// A duration that has passed.
pub fn duration(ms: f64) -> String {
    let seconds = ms / 1000.0;
    if seconds < 10.0 {
        format!("{seconds:.1} s")
    } else if seconds < 60.0 {
        format!("{seconds:.0} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// A number of parameters, e.g. `1.94 million`.
pub fn parameters(count: u64) -> String {
    if count >= 1_000_000 {
        format!("{:.2} million", count as f64 / 1e6)
    } else if count >= 1_000 {
        format!("{:.0} thousand", count as f64 / 1e3)
    } else {
        count.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tiny_volume_never_reads_as_zero() {
        assert_eq!(nanolitres(0.0), "0 nl");
        assert_eq!(nanolitres(0.004), "< 0.01 nl");
        assert_eq!(nanolitres(0.37), "0.37 nl");
        assert_eq!(nanolitres(12.34), "12.3 nl");
        assert_eq!(nanolitres(1234.5), "1234.5 nl");
    }

    #[test]
    fn millimetres_keep_three_significant_digits() {
        assert_eq!(millimetres(0.003_87), "0.00387 mm");
        assert_eq!(millimetres(0.12), "0.12 mm");
        assert_eq!(millimetres(6.0), "6 mm");
        assert_eq!(millimetres(0.011_742_3), "0.0117 mm");
    }

    #[test]
    fn time_left_is_told_coarsely() {
        assert_eq!(time_left(1200.0), "a few seconds left");
        assert_eq!(time_left(21_000.0), "about 25 seconds left");
        assert_eq!(time_left(70_000.0), "about a minute left");
        assert_eq!(time_left(600_000.0), "about 10 minutes left");
        assert_eq!(time_left(7_200_000.0), "about 2.0 hours left");
        assert_eq!(duration(65_400.0), "1 min 05 s");
    }
}
