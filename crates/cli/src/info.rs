//! What a file says of itself.

use std::fmt::Write;
use std::path::Path;

use fluid::{AxisReport, DoubtReport, SpacingReport};
use oct::{BScanOrder, BScanPlace, Doubt, FundusImage, FundusKind, Laterality, SampleType, ScanPattern};
use oct_formats::Opened;
use serde::Serialize;

use crate::args::InfoArgs;
use crate::collect;
use crate::contact_sheet;
use crate::failure::Failure;
use crate::output::OutputSet;

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
    #[serde(rename = "frames")]
    pub bscans: usize,
    /// Spacing per axis in mm with its source.
    pub spacing_mm: SpacingReport,
    /// Why that spacing is not believed, and what is meant instead.
    pub in_doubt: Option<DoubtReport>,
    /// The same in words.
    #[serde(skip)]
    pub doubt: Option<String>,
    /// Which axis is which, where the format does not say.
    pub axes: Option<AxesInfo>,
    /// Which eye, where the file says so.
    pub laterality: Option<Laterality>,
    /// How the B-scans lie to each other.
    pub scan_pattern: ScanPattern,
    /// From which side of the fundus they are stored, where the file says so.
    pub bscan_order: Option<BScanOrder>,
    /// Where each lies, where the file says so.
    pub bscan_places: Vec<BScanPlace>,
    /// Why no volume can be measured in it, whatever the spacing.
    pub no_volume_because: Option<&'static str>,
    /// Device maker, where the file says so.
    pub vendor: Option<String>,
    /// Model of the device, where the file says so.
    pub device: Option<String>,
    /// When it was taken, where the file says so.
    pub acquired: Option<String>,
    /// Signal quality of each B-scan, in `quality_unit`.
    pub bscan_quality: Vec<f32>,
    /// The device's unit of quality.
    pub quality_unit: String,
    /// The fundus image that came with it.
    #[serde(rename = "reference")]
    pub fundus: Option<FundusInfo>,
    /// Layer boundaries that the device stored.
    pub surfaces: Vec<SurfaceInfo>,
    /// `u8`, `u16` or `f32`.
    pub sample_type: &'static str,
    /// All volumes in the file, where there are several.
    pub volumes: Vec<String>,
    /// Which of them this is, from 1.
    pub volume: usize,
    /// Whether the file names a patient. Who it is, `info` does not say.
    pub names_a_patient: bool,
    /// Sentences from reading the file.
    pub warnings: Vec<String>,
}

/// How the axes of an array were read.
#[derive(Debug, Serialize)]
pub struct AxesInfo {
    /// In the order in which the file lists them, as `--axes` takes them.
    pub order: String,
    /// What that rests on: `user`, `usual_and_picture`, `usual`, `picture` or `asked`.
    pub by: &'static str,
    /// The same in words.
    #[serde(skip)]
    pub words: &'static str,
    /// What `--axes` has to say, where it is not sure: the order and what the volume is then.
    pub candidates: Vec<(String, String)>,
}

/// A fundus image.
#[derive(Debug, Serialize)]
pub struct FundusInfo {
    /// What took it.
    pub kind: FundusKind,
    /// Pixels per row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// Width and height in mm, where known.
    pub size_mm: Option<[f64; 2]>,
}

/// A stored boundary.
#[derive(Debug, Serialize)]
pub struct SurfaceInfo {
    /// Its name.
    pub name: String,
    /// Part of the columns in which the device found it, 0..=1.
    pub coverage: f64,
}

impl From<&Opened> for Info {
    fn from(opened: &Opened) -> Self {
        let volume = &opened.volume;
        let fundus = |image: &FundusImage| FundusInfo {
            kind: image.kind(),
            columns: image.columns(),
            rows: image.rows(),
            size_mm: image.size_mm(),
        };
        Self {
            name: opened.name.clone(),
            format: opened.format.name().to_owned(),
            columns: volume.columns(),
            rows: volume.rows(),
            bscans: volume.bscans(),
            spacing_mm: (&volume.geometry).into(),
            in_doubt: volume.geometry.doubt().as_ref().map(DoubtReport::from),
            doubt: volume.geometry.doubt().as_ref().map(doubt_in_words),
            axes: opened.axes.map(|read| AxesInfo {
                order: read.order.to_string(),
                by: read.by.slug(),
                words: read.by.words(),
                candidates: opened
                    .axis_question
                    .iter()
                    .flat_map(|question| &question.candidates)
                    .map(|one| (one.axes.to_string(), one.volume.clone()))
                    .collect(),
            }),
            laterality: volume.geometry.laterality,
            scan_pattern: volume.geometry.pattern,
            bscan_order: volume.geometry.bscan_order(),
            bscan_places: volume.geometry.places.clone(),
            no_volume_because: volume.geometry.pattern.why_no_volume(),
            vendor: volume.vendor.clone(),
            device: volume.acquisition.device.clone(),
            acquired: volume.acquisition.acquired.clone(),
            bscan_quality: volume.acquisition.bscan_quality.clone(),
            quality_unit: volume.acquisition.quality_unit.clone(),
            fundus: volume.fundus.as_ref().map(fundus),
            surfaces: volume
                .surfaces
                .iter()
                .map(|surface| SurfaceInfo { name: surface.name.clone(), coverage: surface.coverage() })
                .collect(),
            sample_type: match volume.samples().sample_type() {
                SampleType::U8 => "u8",
                SampleType::U16 => "u16",
                SampleType::F32 => "f32",
            },
            volumes: opened.choices.clone(),
            volume: opened.chosen + 1,
            names_a_patient: opened.patient.is_some(),
            warnings: opened.warnings.clone(),
        }
    }
}

/// Runs `lacuna info`.
///
/// # Errors
/// [`Failure`] where the input cannot be read or the sheet not be written.
pub fn run(args: &InfoArgs, json: bool) -> Result<(), Failure> {
    let opened = collect::open(&args.inputs, None, args.volume, args.axes)?;
    let info = Info::from(&opened);
    if let Some(sheet) = &args.sheet {
        let folder = sheet.parent().unwrap_or(Path::new("."));
        let mut outputs = OutputSet::new(folder)?;
        let name = sheet.file_name().unwrap_or_default().to_string_lossy();
        outputs.stage(&name, &contact_sheet::png(&opened.volume)?)?;
        outputs.commit()?;
    }
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
    let stated = |value: &Option<String>| value.clone().unwrap_or_else(|| "not stated".to_owned());
    let mut rows = vec![
        ("name", info.name.clone()),
        ("format", info.format.clone()),
        (
            "size",
            format!(
                "{} columns x {} rows x {} B-scans, {}",
                info.columns, info.rows, info.bscans, info.sample_type
            ),
        ),
        ("lateral", spacing(&info.spacing_mm.lateral)),
        ("axial", spacing(&info.spacing_mm.axial)),
        ("between B-scans", spacing(&info.spacing_mm.between_bscans)),
        ("pattern", info.scan_pattern.name().to_owned()),
        ("order", info.bscan_order.map_or("not stated", BScanOrder::name).to_owned()),
        ("eye", eye.to_owned()),
        ("maker", stated(&info.vendor)),
        ("device", stated(&info.device)),
        ("taken", stated(&info.acquired)),
    ];
    if let Some(doubt) = &info.doubt {
        rows.push(("In doubt:", doubt.clone()));
    }
    if let Some(axes) = &info.axes {
        rows.push(("axes", format!("{} ({})", axes.order, axes.words)));
        let candidate = |(order, volume): &(String, String)| ("", format!("--axes {order}: {volume}"));
        rows.extend(axes.candidates.iter().map(candidate));
    }
    if let Some(fundus) = &info.fundus {
        let size =
            fundus.size_mm.map(|[wide, high]| format!(", {wide:.2} x {high:.2} mm")).unwrap_or_default();
        rows.push((
            "fundus image",
            format!("{}, {} x {}{size}", fundus.kind.name(), fundus.columns, fundus.rows),
        ));
    }
    for surface in &info.surfaces {
        rows.push((
            "boundary",
            format!("{}, {:.0} % of the columns", surface.name, surface.coverage * 100.0),
        ));
    }
    if let Some(sentence) = info.no_volume_because {
        rows.push(("no volume", sentence.to_owned()));
    }
    for (index, volume) in info.volumes.iter().enumerate() {
        let this = if index + 1 == info.volume { " (this one)" } else { "" };
        rows.push(("volume", format!("{}: {volume}{this}", index + 1)));
    }
    rows.extend(info.warnings.iter().map(|warning| ("warning", warning.clone())));
    let mut text = String::new();
    for (label, value) in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<16} {value}");
    }
    text
}

/// The sentence, and the proposal where there is one.
fn doubt_in_words(doubt: &Doubt) -> String {
    match &doubt.proposal {
        Some(proposal) => format!("{doubt} Proposal: {}.", oct::doubt::in_words(&proposal.spacing)),
        None => doubt.to_string(),
    }
}

fn spacing(axis: &AxisReport) -> String {
    let Some(mm) = axis.mm else { return "unknown".to_owned() };
    match (&axis.tag, &axis.why) {
        (Some(tag), _) => format!("{mm} mm (from the file: {tag})"),
        (_, Some(why)) => format!("{mm} mm (assumed: {why})"),
        _ => format!("{mm} mm"),
    }
}
