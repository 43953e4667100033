//! What a file says of itself.

use std::fmt::Write;

use fluid::{AxisReport, SpacingReport};
use oct::{Laterality, SampleType};
use oct_formats::Opened;
use serde::Serialize;

use crate::args::InfoArgs;
use crate::collect::collect;
use crate::failure::Failure;

/// What a file says of itself, as `info --json` prints it.
#[derive(Debug, Serialize)]
pub struct Info {
    /// Name of the file or folder.
    pub name: String,
    /// Format it was read as.
    pub format: String,
    /// Samples along the retina.
    pub columns: usize,
    /// Samples into the eye.
    pub rows: usize,
    /// B-scans.
    pub frames: usize,
    /// Spacing per axis in mm with its source.
    pub spacing_mm: SpacingReport,
    /// Which eye, where the file says so.
    pub laterality: Option<Laterality>,
    /// Device maker, where the file says so.
    pub vendor: Option<String>,
    /// `u8`, `u16` or `f32`.
    pub sample_type: &'static str,
    /// Sentences from reading the file.
    pub warnings: Vec<String>,
}

impl From<&Opened> for Info {
    fn from(opened: &Opened) -> Self {
        let volume = &opened.volume;
        Self {
            name: opened.name.clone(),
            format: opened.format.name().to_owned(),
            columns: volume.columns(),
            rows: volume.rows(),
            frames: volume.frames(),
            spacing_mm: (&volume.geometry).into(),
            laterality: volume.geometry.laterality,
            vendor: volume.vendor.clone(),
            sample_type: match volume.samples().sample_type() {
                SampleType::U8 => "u8",
                SampleType::U16 => "u16",
                SampleType::F32 => "f32",
            },
            warnings: opened.warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Runs `lacuna info`.
///
/// # Errors
/// [`Failure`] where the input cannot be read.
pub fn run(args: &InfoArgs, json: bool) -> Result<(), Failure> {
    let opened = oct_formats::open(collect(&args.inputs, None)?)?;
    let info = Info::from(&opened);
    crate::print(&if json { crate::pretty(&info)? } else { table(&info) });
    Ok(())
}

/// The table for people.
fn table(info: &Info) -> String {
    let eye = match info.laterality {
        Some(Laterality::Od) => "right (OD)",
        Some(Laterality::Os) => "left (OS)",
        None => "not stated",
    };
    let rows = [
        ("name", info.name.clone()),
        ("format", info.format.clone()),
        (
            "size",
            format!(
                "{} columns x {} rows x {} B-scans, {}",
                info.columns, info.rows, info.frames, info.sample_type
            ),
        ),
        ("lateral", spacing(&info.spacing_mm.lateral)),
        ("axial", spacing(&info.spacing_mm.axial)),
        ("between B-scans", spacing(&info.spacing_mm.between_bscans)),
        ("eye", eye.to_owned()),
        ("device", info.vendor.clone().unwrap_or_else(|| "not stated".to_owned())),
    ];
    let mut text = String::new();
    for (label, value) in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<16} {value}");
    }
    for warning in &info.warnings {
        let _ = writeln!(text, "{:<16} {warning}", "warning");
    }
    text
}

fn spacing(axis: &AxisReport) -> String {
    let Some(mm) = axis.mm else { return "unknown".to_owned() };
    match (&axis.tag, &axis.why) {
        (Some(tag), _) => format!("{mm} mm (from the file: {tag})"),
        (_, Some(why)) => format!("{mm} mm (assumed: {why})"),
        _ => format!("{mm} mm"),
    }
}
