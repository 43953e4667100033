//! Optovue `.OCT`, with the `.txt` that the device exports beside it.
//!
//! The `.OCT` holds nothing but samples: 32-bit floats, depth fastest and
//! counted from below, then A-scans, then B-scans. The `.txt` holds
//! `field=value` lines: `OCT Window Height`, `Scan Depth`, and for each step
//! of the protocol `XY Scan Length` (A-scans), `XY Scan Usage` (B-scans),
//! `XY Scan Size1` and `XY Scan Interval1` (mm). Layout after OCT-Converter
//! (`poct.py`), oct-to-tiff and OCTcubeReader, which agree. No public file was
//! at hand to prove it on.
//!
//! A raster is followed by a few B-scans that the device aligns it by: of the
//! 144 of a 3D Retina 141 are the raster, of the 106 of a 3D Disc 101.
//! `Frames Per Data Group` counts them all.

use oct::{Axis, Geometry, Laterality, OctVolume, Samples, ScanPattern};

use crate::error::Fault;
use crate::error::shortened;
use crate::formats::reader::Chosen;
use crate::input_file::name_of;
use crate::names::{Meaning, is_front_of_eye};
use crate::stated::spacing::take;
use crate::{Cause, Format, InputFile, Opened};

/// No Optovue makes a longer side.
const LONGEST_SIDE: usize = 16_384;
/// Lines of the text that are read; real ones have some hundreds.
const MOST_LINES: usize = 20_000;
/// Steps of one protocol at most.
const MOST_STEPS: usize = 256;

/// One step of the protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Step {
    columns: usize,
    bscans: usize,
    length_mm: Option<f64>,
    interval_mm: Option<f64>,
}

/// What the text says.
#[derive(Debug, Default)]
struct Protocol {
    rows: usize,
    /// B-scans in all, 0 where the text does not say.
    bscans: usize,
    depth_mm: Option<f64>,
    laterality: Option<Laterality>,
    /// What the names of its steps say that it is, where that must not be measured.
    meant: Option<ScanPattern>,
    steps: Vec<Step>,
}

/// Reads the volume of `file`, whose text is among `others`.
pub(crate) fn read(Chosen { file, others, .. }: Chosen) -> Result<Opened, Fault> {
    let InputFile { path, bytes } = file;
    let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem).to_lowercase();
    let is_text = |other: &InputFile| other.path.to_lowercase() == format!("{stem}.txt");
    let Some(text) = others.into_iter().find(is_text) else {
        let stem = name_of(&path);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        return Err(Cause::MissingDataFile { wanted: shortened(&format!("{stem}.txt")) }.into());
    };
    let protocol = Protocol::of(&text.bytes);
    let (rows, samples) = (protocol.rows, bytes.len() / size_of::<f32>());
    if !(1..=LONGEST_SIDE).contains(&rows) {
        return Err(Cause::MissingField { field: "OCT Window Height" }.in_file(&text.path));
    }
    let Some(found) = protocol.fit(samples) else {
        let content = protocol.steps.first().map_or_else(
            || "no step with XY Scan Length and XY Scan Usage".to_owned(),
            |step| format!("{} x {rows} x {} B-scans of float32", step.columns, step.bscans),
        );
        let expected: usize =
            protocol.steps.iter().map(|step| step.samples(rows)).fold(0, usize::saturating_add);
        return Err(Cause::Truncated {
            promised_by: text.path,
            expected: (expected as u64).saturating_mul(4),
            found: bytes.len() as u64,
            content,
        }
        .into());
    };
    let Fit { columns, bscans, first, .. } = found;
    let (values, _) = bytes.as_chunks();
    let mut turned = Vec::new();
    turned.try_reserve_exact(columns * rows * bscans).map_err(|_| Cause::out_of_memory())?;
    for bscan in values[first..].chunks_exact(columns * rows).take(bscans) {
        for row in (0..rows).rev() {
            turned.extend(bscan.iter().skip(row).step_by(rows).map(|bytes| f32::from_le_bytes(*bytes)));
        }
    }
    let mut warnings = Vec::new();
    let geometry = protocol.geometry(&found, &mut warnings);
    let mut volume =
        OctVolume::new(columns, rows, bscans, Samples::F32(turned), geometry).map_err(Cause::malformed)?;
    volume.vendor = Some("Optovue".to_owned());
    let name = name_of(&path);
    if found.beside > 0 {
        let beside = found.beside;
        warnings.push(format!(
            "{name} holds {beside} more B-scans, which the device takes to align the others: they were left out."
        ));
    }
    Ok(Opened { warnings, ..Opened::new(name, Format::Optovue, volume) })
}

/// The pattern of a protocol of that name, where it is for the front of the eye or for flow.
/// The samples of a protocol for flow may be structure (oct-to-tiff takes them so); no file
/// was at hand to tell.
fn meant(name: &str) -> Option<ScanPattern> {
    if is_front_of_eye(name) {
        return Some(ScanPattern::NoRetina);
    }
    (Meaning::of(name) == Some(Meaning::Flow)).then_some(ScanPattern::Angiography)
}

/// The grid that the protocol and the file agree on.
#[derive(Debug, PartialEq)]
struct Fit {
    columns: usize,
    bscans: usize,
    /// The one step that made all B-scans.
    step: Option<Step>,
    /// Where its first sample lies.
    first: usize,
    /// B-scans of the file beside these.
    beside: usize,
}

impl Step {
    fn samples(&self, rows: usize) -> usize {
        self.columns.saturating_mul(self.bscans).saturating_mul(rows)
    }
}

impl Protocol {
    fn of(text: &[u8]) -> Self {
        let text: String = text.iter().map(|byte| char::from(*byte)).collect();
        let mut protocol = Self::default();
        for line in text.lines().take(MOST_LINES) {
            let Some((field, value)) = line.split_once('=') else {
                // `[CL - 3D Cornea Step 1]`, `[HD Angio Retina Step 1]`
                let is_step = line.trim_start().starts_with('[') && line.contains("Step");
                protocol.meant = protocol.meant.or(if is_step { meant(line) } else { None });
                continue;
            };
            let value = value.trim();
            let whole = || value.split_whitespace().next()?.parse::<usize>().ok();
            let mm = || value.split_whitespace().next()?.parse::<f64>().ok().filter(|mm| *mm > 0.0);
            let field = field.trim();
            if field == "XY Scan Length" && protocol.steps.len() < MOST_STEPS {
                protocol.steps.push(Step { columns: whole().unwrap_or(0), ..Step::default() });
                continue;
            }
            match (field, protocol.steps.last_mut()) {
                ("OCT Window Height", _) => protocol.rows = whole().unwrap_or(0),
                ("Frames Per Data Group", _) => protocol.bscans = whole().unwrap_or(0),
                ("Scan Depth", _) => protocol.depth_mm = mm(),
                ("Eye Scanned", _) => {
                    protocol.laterality = match value {
                        "OD" => Some(Laterality::Od),
                        "OS" => Some(Laterality::Os),
                        _ => None,
                    };
                }
                ("XY Scan Usage", Some(step)) => step.bscans = whole().unwrap_or(0),
                ("XY Scan Size1", Some(step)) => step.length_mm = mm(),
                ("XY Scan Interval1", Some(step)) => step.interval_mm = mm(),
                _ => {}
            }
        }
        protocol.steps.retain(|step| (1..=LONGEST_SIDE).contains(&step.columns) && step.bscans > 0);
        protocol
    }

    /// The step that fills a file of `samples`, else the raster among them, else
    /// all of them together.
    fn fit(&self, samples: usize) -> Option<Fit> {
        let alone = |step: &Step, first: usize, beside: usize| Fit {
            columns: step.columns,
            bscans: step.bscans,
            step: Some(*step),
            first,
            beside,
        };
        let one = self.steps.iter().find(|step| step.samples(self.rows) == samples);
        if let Some(step) = one {
            return Some(alone(step, 0, 0));
        }
        let mut first: usize = 0;
        let starts: Vec<usize> = self
            .steps
            .iter()
            .map(|step| {
                let start = first;
                first = first.saturating_add(step.samples(self.rows));
                start
            })
            .collect();
        let all = self.steps.iter().map(|step| step.bscans).fold(0, usize::saturating_add);
        if first == samples {
            // More than all others together: not one line of a cross or a star.
            let raster = self.steps.iter().zip(starts).find(|(step, _)| step.bscans > all - step.bscans);
            if let Some((step, start)) = raster {
                return Some(alone(step, start, all - step.bscans));
            }
        }
        let step = self.steps.first()?;
        let whole = Step { bscans: self.bscans, ..*step };
        let beside = self.bscans.saturating_sub(step.bscans);
        if whole.samples(self.rows) == samples && (1..step.bscans).contains(&beside) {
            return Some(alone(step, 0, beside));
        }
        let columns = self.steps.first()?.columns;
        let bscans = self.steps.iter().map(|step| step.bscans).fold(0, usize::saturating_add);
        let together = Step { columns, bscans, ..Step::default() };
        let fits =
            self.steps.iter().all(|step| step.columns == columns) && together.samples(self.rows) == samples;
        fits.then_some(Fit { columns, bscans, step: None, first: 0, beside: 0 })
    }

    fn geometry(&self, found: &Fit, warnings: &mut Vec<String>) -> Geometry {
        let mut geometry = Geometry { laterality: self.laterality, ..Geometry::default() };
        let length_mm = found.step.map_or_else(|| self.common_length(), |step| step.length_mm);
        let interval_mm = found.step.and_then(|step| step.interval_mm).filter(|_| found.bscans > 1);
        geometry.pattern = match (self.meant, found.step) {
            (Some(meant), _) => meant,
            (None, Some(_)) if interval_mm.is_some() => ScanPattern::Raster,
            (None, Some(_)) => ScanPattern::NotStated,
            // Several steps: lines across each other, or one after the other.
            (None, None) => ScanPattern::Other,
        };
        for (axis, mm, tag) in [
            (Axis::Lateral, length_mm.map(|mm| mm / found.columns as f64), "XY Scan Size1"),
            (Axis::Axial, self.depth_mm.map(|mm| mm / self.rows as f64), "Scan Depth"),
            (Axis::BetweenBScans, interval_mm, "XY Scan Interval1"),
        ] {
            let Some(mm) = mm else { continue };
            warnings.extend(take(&mut geometry, axis, mm, tag, mm));
        }
        geometry
    }

    /// The length of all steps, where they have one.
    fn common_length(&self) -> Option<f64> {
        let first = self.steps.first()?.length_mm;
        first.filter(|_| self.steps.iter().all(|step| step.length_mm == first))
    }
}
