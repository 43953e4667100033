//! Heidelberg `.E2E` and `.sdb`: the database of HEYEX, or the part of it that
//! was exported.
//!
//! A chain of directories names containers, each with a header of 60 bytes
//! that says whose (patient, study, series, slice) and what (type) it is.
//! Little-endian. Layout after UOCTE's wiki, LibE2E, OCT-Converter
//! (`e2e_binary.py`) and eyepy (`e2e_format.py`). Where the chain is broken, as
//! in files that somebody cut down, the containers are found by their first
//! letters.
//!
//! B-scans are unsigned floats of 16 bits: 6 of exponent, 10 of mantissa. The
//! public readers turn the mantissa's bits round. In a real B-scan the leading
//! digits then lose the distribution that measured values have (many small
//! ones, few large ones) and neighbours differ more, so here they stay as they
//! are. As of `.vol`, the fourth root is shown.
//!
//! The file states the axial spacing in mm, but where B-scans lie in degrees.
//! Millimetres follow from [`MM_PER_DEGREE`] and are marked as a default.

use std::collections::{BTreeMap, BTreeSet};

use oct::{
    Axis, AxisSpacing, BScanPlace, FundusImage, FundusKind, Geometry, Laterality, LayerSurface, OctVolume,
    Samples, ScanPattern, SpacingSource,
};

use super::heidelberg_boundaries;
use crate::bytes::content::describe;
use crate::bytes::fields::ByteFields;
use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::input_file::name_of;
use crate::stated::places::{Line, place};
use crate::stated::time::of_filetime;
use crate::{Cause, Format, InputFile, OpenError, Opened, Patient};

/// What HEYEX takes for an eye of medium length (eyepy found it by comparing
/// exports). In other eyes it is some percent more or less.
const MM_PER_DEGREE: f64 = 0.2896;
/// Field of the SLO image: nearly all are taken with the 30 degree objective.
const SLO_DEGREES: f64 = 30.0;

const FILE_HEADER: usize = 36;
const DIRECTORY_HEADER: usize = 52;
const ENTRY: usize = 44;
const CONTAINER_HEADER: usize = 60;
const CONTAINER: &[u8] = b"MDbData\0";
/// `width` and `height` of an image, and its kind, stand before its samples.
const IMAGE_HEADER: usize = 20;
/// No Spectralis makes a longer side.
const LONGEST_SIDE: u32 = 16_384;
/// Series of one file at most; a patient of ten years has some hundreds.
const MOST_SERIES: usize = 4096;
/// Texts of one container at most; real ones hold three.
const MOST_TEXTS: usize = 8;
/// A surface is taken where at least one in so many B-scans has it.
const SPARSEST_SURFACE: usize = 2;

/// Types of containers.
const PATIENT: u32 = 9;
const LATERALITY: u32 = 11;
const DEVICE: u32 = 9001;
const SCAN_PATTERN: u32 = 9006;
const OCT_MODALITY: u32 = 9008;
const BSCAN_META: u32 = 10_004;
const EXAM_TIME: u32 = 10_005;
const SURFACE: u32 = 10_019;
const IMAGE: u32 = 0x4000_0000;
/// Kinds of images.
const SLO_BYTES: u32 = 0x0201_0201;
const BSCAN_FLOATS: u32 = 0x0220_0201;
/// `scan_pattern` of a B-scan.
const CIRCLE: u32 = 2;
const RADIAL: u32 = 5;

/// Patient, study, series.
type SeriesKey = (i32, i32, i32);

/// A part of the file.
#[derive(Clone, Copy)]
struct Container<'a> {
    series: SeriesKey,
    /// -1 where it belongs to the whole series.
    slice: i32,
    kind: u32,
    /// As much of it as the file holds.
    data: ByteFields<'a>,
}

/// Where and how a B-scan was taken.
struct BScanMeta {
    /// First and last column in degrees from the centre of the SLO.
    ends_degrees: Line,
    centre_degrees: [f64; 2],
    axial_mm: f64,
    /// Columns from start to end.
    columns: u32,
    bscans: u32,
    scan_pattern: u32,
    acquired: Option<String>,
    quality: Option<f32>,
}

/// Samples of a B-scan in the file.
#[derive(Clone, Copy)]
struct BScan<'a> {
    columns: usize,
    rows: usize,
    samples: &'a [u8],
}

/// What the file holds of one series.
#[derive(Default)]
struct Series<'a> {
    /// By slice.
    bscans: BTreeMap<i32, BScan<'a>>,
    meta: BTreeMap<i32, BScanMeta>,
    /// By number and slice: the rows as stored.
    surfaces: BTreeMap<u32, BTreeMap<i32, &'a [u8]>>,
    slo: Option<ByteFields<'a>>,
    laterality: Option<Laterality>,
    acquired: Option<String>,
    device: Option<String>,
    scan_pattern: Option<String>,
    is_angiography: bool,
}

/// Reads the volume of series `choice`, else of the one with most B-scans.
pub(crate) fn read(Chosen { file, choice, .. }: Chosen) -> Result<Opened, Fault> {
    let InputFile { path, bytes } = file;
    let start = if bytes.starts_with(b"E2EMultipleVolumeFile") { 64 } else { 0 };
    let fields = ByteFields::new("its directory", bytes.get(start..).unwrap_or_default());
    if !fields.bytes().starts_with(b"CMDb") {
        let found = describe(&bytes).to_owned();
        return Err(Cause::NotWhatItSays { expected: "a Heidelberg E2E file", found }.into());
    }
    let mut warnings = Vec::new();
    let holds_bscan = |containers: &[Container<'_>]| containers.iter().any(|c| bscan(c).is_some());
    let mut containers = listed(fields).unwrap_or_default();
    if !holds_bscan(&containers) {
        containers = searched(fields);
        if holds_bscan(&containers) {
            warnings
                .push(format!("The directory of {path} is damaged: its B-scans were found by searching."));
        }
    }
    let mut all: BTreeMap<SeriesKey, Series<'_>> = BTreeMap::new();
    for container in &containers {
        if all.len() > MOST_SERIES {
            return Err(Cause::TooLarge { limit: "4,096 series" }.into());
        }
        all.entry(container.series).or_default().take(container);
    }
    all.retain(|_, series| !series.bscans.is_empty());
    let stored: usize = all.values().flat_map(|series| series.bscans.values()).map(|b| b.samples.len()).sum();
    if stored > bytes.len() {
        return Err(Cause::malformed("its B-scans overlap").into());
    }

    let counts = all.values().map(|series| series.bscans.len()).enumerate();
    let Some((most, _)) = counts.rev().max_by_key(|(_, count)| *count) else {
        let found = format!("{} other records", containers.len());
        return Err(Cause::NoBScans { found }.into());
    };
    let chosen = choice.unwrap_or(most);
    let choices: Vec<String> = all.values().map(Series::words).collect();
    let Some((key, series)) = all.into_iter().nth(chosen) else {
        return Err(OpenError::NoSuchChoice { name: path, choice: chosen, count: choices.len() }.into());
    };
    let patient = containers.iter().filter(|c| c.kind == PATIENT && c.series.0 == key.0).find_map(patient);
    let volume = series.volume(&path, bytes.len(), &mut warnings)?;
    let name = name_of(&path);
    Ok(Opened {
        warnings,
        chosen,
        choices: if choices.len() > 1 { choices } else { Vec::new() },
        patient,
        ..Opened::new(name, Format::HeidelbergE2e, volume)
    })
}

/// The containers that the chain of directories names, from the newest
/// directory to the oldest; `None` where the chain is broken.
fn listed(fields: ByteFields<'_>) -> Option<Vec<Container<'_>>> {
    let offset = |at: usize| fields.u32(at).ok().map(|offset| offset as usize);
    let mut containers = BTreeMap::new();
    let mut directory = offset(FILE_HEADER + 40)?;
    let mut seen = BTreeSet::new();
    while directory != 0 {
        let letters = fields.slice(directory, DIRECTORY_HEADER).ok()?;
        if !letters.starts_with(b"MDb") || !seen.insert(directory) {
            return None;
        }
        let entries = offset(directory.checked_add(36)?)?;
        for index in 0..entries {
            let at = directory.checked_add(DIRECTORY_HEADER + index.checked_mul(ENTRY)?)?;
            fields.slice(at, ENTRY).ok()?;
            let start = offset(at + 4)?;
            if start != 0
                && let Some(container) = container(fields, start)
            {
                containers.entry(start).or_insert(container);
            }
        }
        directory = offset(directory + 44)?;
    }
    Some(containers.into_values().collect())
}

/// All containers that can be found by their first letters.
fn searched(fields: ByteFields<'_>) -> Vec<Container<'_>> {
    let mut containers = Vec::new();
    let mut at = 0;
    while let Some(rest) = fields.bytes().get(at..)
        && let Some(found) = rest.windows(CONTAINER.len()).position(|window| window == CONTAINER)
    {
        at += found;
        let Some(container) = container(fields, at) else { break };
        // A container that was cut off says nothing of where the next one is.
        let size = fields.u32(at + 24).map_or(0, |size| size as usize);
        let skip = if size == container.data.len() { size } else { 0 };
        containers.push(container);
        at += CONTAINER_HEADER + skip;
    }
    containers
}

fn container(fields: ByteFields<'_>, start: usize) -> Option<Container<'_>> {
    let header = fields.part(start, CONTAINER_HEADER).ok()?;
    if !header.bytes().starts_with(CONTAINER) {
        return None;
    }
    let at = start + CONTAINER_HEADER;
    let size = (header.u32(24).ok()? as usize).min(fields.len() - at);
    Some(Container {
        series: (header.i32(32).ok()?, header.i32(36).ok()?, header.i32(40).ok()?),
        slice: header.i32(44).ok()?,
        kind: header.u32(52).ok()?,
        data: fields.part(at, size).ok()?,
    })
}

impl<'a> Series<'a> {
    /// Files what `container` holds. What a slice has twice is taken once.
    fn take(&mut self, container: &Container<'a>) {
        let data = container.data;
        match container.kind {
            IMAGE => {
                if let Some(bscan) = bscan(container) {
                    self.bscans.entry(container.slice).or_insert(bscan);
                } else if self.slo.is_none() && matches!(image(data), Some((SLO_BYTES, ..))) {
                    self.slo = Some(data);
                }
            }
            BSCAN_META => {
                if let Ok(meta) = BScanMeta::read(data) {
                    self.meta.entry(container.slice).or_insert(meta);
                }
            }
            SURFACE => {
                if let Some((number, rows)) = surface(data) {
                    self.surfaces.entry(number).or_default().entry(container.slice).or_insert(rows);
                }
            }
            LATERALITY => {
                self.laterality = self.laterality.or(match data.u8(14) {
                    Ok(b'R') => Some(Laterality::Od),
                    Ok(b'L') => Some(Laterality::Os),
                    _ => None,
                });
            }
            EXAM_TIME if self.acquired.is_none() => self.acquired = data.u64(16).ok().and_then(of_filetime),
            DEVICE if self.device.is_none() => self.device = strings(data).into_iter().next(),
            SCAN_PATTERN | OCT_MODALITY => {
                let strings = strings(data);
                self.is_angiography |= strings.iter().any(|text| text.to_lowercase().contains("angio"));
                if container.kind == SCAN_PATTERN && self.scan_pattern.is_none() {
                    self.scan_pattern = strings.into_iter().next();
                }
            }
            _ => {}
        }
    }

    fn acquired(&self) -> Option<&String> {
        self.meta.values().find_map(|meta| meta.acquired.as_ref()).or(self.acquired.as_ref())
    }

    /// What tells the series from the others.
    fn words(&self) -> String {
        let mut words = match self.laterality {
            Some(Laterality::Od) => "OD, ".to_owned(),
            Some(Laterality::Os) => "OS, ".to_owned(),
            None => String::new(),
        };
        words += &match self.bscans.len() {
            1 => "1 B-scan".to_owned(),
            count => format!("{count} B-scans"),
        };
        if let Some(first) = self.bscans.values().next() {
            words += &format!(" of {} x {}", first.columns, first.rows);
        }
        if let Some(pattern) = &self.scan_pattern {
            words += &format!(", {pattern}");
        }
        if let Some(acquired) = self.acquired() {
            words += &format!(", {}", acquired.replace('T', " "));
        }
        words
    }

    fn volume(
        mut self,
        path: &str,
        file_bytes: usize,
        warnings: &mut Vec<String>,
    ) -> Result<OctVolume, Cause> {
        // Most B-scans decide on the size; another one is a test shot of the same series.
        let mut sizes: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for bscan in self.bscans.values() {
            *sizes.entry((bscan.columns, bscan.rows)).or_default() += 1;
        }
        let size = sizes.into_iter().max_by_key(|(_, count)| *count).map(|(size, _)| size);
        let Some((columns, rows)) = size else {
            return Err(Cause::NoBScans { found: "an empty series".to_owned() });
        };
        let all = self.bscans.len();
        self.bscans.retain(|_, bscan| (bscan.columns, bscan.rows) == (columns, rows));
        let bscans = self.bscans.len();
        if bscans < all {
            warnings.push(format!(
                "{} B-scans of another size than {columns} x {rows} were left out.",
                all - bscans
            ));
        }
        let slices: Vec<i32> = self.bscans.keys().copied().collect();
        let meta: Vec<&BScanMeta> = slices.iter().filter_map(|slice| self.meta.get(slice)).collect();
        let promised = meta.iter().map(|meta| meta.bscans as usize).max().unwrap_or(0);
        if promised > bscans {
            warnings.push(format!(
                "{path} holds {bscans} of the {promised} B-scans that were taken: the copy may be incomplete."
            ));
        }
        let geometry = geometry(&meta, bscans, columns, warnings);

        let mut samples = Vec::new();
        let fits = samples.try_reserve_exact(columns * rows * bscans);
        fits.map_err(|_| Cause::out_of_memory())?;
        let shown = fourth_roots();
        for bscan in self.bscans.values() {
            let (values, _) = bscan.samples.as_chunks();
            samples.extend(values.iter().map(|bytes| shown[usize::from(u16::from_le_bytes(*bytes))]));
        }
        let mut volume = OctVolume::new(columns, rows, bscans, Samples::F32(samples), geometry)
            .map_err(Cause::malformed)?;
        if self.is_angiography {
            volume.geometry.pattern = ScanPattern::Angiography;
        }
        volume.geometry.laterality = self.laterality;
        volume.vendor = Some("Heidelberg".to_owned());
        volume.acquisition.acquired = self.acquired().cloned();
        let quality: Vec<f32> = meta.iter().filter_map(|meta| meta.quality).collect();
        if quality.len() == bscans {
            volume.acquisition.bscan_quality = quality;
            "dB".clone_into(&mut volume.acquisition.quality_unit);
        }
        volume.surfaces = self.surfaces(&slices, columns, rows, file_bytes);
        volume.acquisition.device = self.device;
        volume.fundus = self.slo.and_then(slo);
        Ok(volume)
    }

    /// The boundaries that the device found, each by B-scan, then column.
    fn surfaces(&self, slices: &[i32], columns: usize, rows: usize, file_bytes: usize) -> Vec<LayerSurface> {
        let mut surfaces = Vec::new();
        for (number, by_slice) in &self.surfaces {
            let found = slices.iter().filter(|slice| by_slice.contains_key(slice)).count();
            let taken = (surfaces.len() + 1) * columns * slices.len() * size_of::<f32>();
            // Containers may overlap in a file that lies, and then hold more than it.
            if found * SPARSEST_SURFACE < slices.len() || taken > SPARSEST_SURFACE * file_bytes {
                continue;
            }
            let mut row = vec![f32::NAN; columns * slices.len()];
            for (slice, into) in slices.iter().zip(row.chunks_exact_mut(columns)) {
                let (values, _) = by_slice.get(slice).copied().unwrap_or_default().as_chunks();
                for (row, value) in into.iter_mut().zip(values.iter().map(|bytes| f32::from_le_bytes(*bytes)))
                {
                    *row = heidelberg_boundaries::row(value, rows);
                }
            }
            let name = heidelberg_boundaries::name(*number as usize);
            let name = name.unwrap_or_else(|| format!("boundary {number}"));
            surfaces.push(LayerSurface { name, row });
        }
        surfaces.retain(|surface| surface.coverage() > 0.0);
        surfaces
    }
}

impl BScanMeta {
    fn read(data: ByteFields<'_>) -> Result<Self, Cause> {
        let float = |at| data.f32(at).map(f64::from);
        let quality = data.f32(156).ok().filter(|quality| (0.0..1000.0).contains(quality));
        Ok(Self {
            ends_degrees: ([float(12)?, float(16)?], [float(20)?, float(24)?]),
            axial_mm: float(36)?,
            columns: data.u32(60)?,
            bscans: data.u32(64)?,
            scan_pattern: data.u32(72)?,
            centre_degrees: [float(76)?, float(80)?],
            acquired: of_filetime(data.u64(88)?),
            quality,
        })
    }
}

/// The B-scan in a container, where it is one and all of it is there.
fn bscan<'a>(container: &Container<'a>) -> Option<BScan<'a>> {
    let (kind, columns, rows) = (container.kind == IMAGE).then(|| image(container.data))??;
    let samples = container.data.slice(IMAGE_HEADER, columns * rows * 2).ok()?;
    (kind == BSCAN_FLOATS && container.slice >= 0).then_some(BScan { columns, rows, samples })
}

fn slo(data: ByteFields<'_>) -> Option<FundusImage> {
    let (_, columns, rows) = image(data)?;
    let greys = data.slice(IMAGE_HEADER, columns * rows).ok()?;
    let pixel_mm = [columns, rows].map(|side| SLO_DEGREES * MM_PER_DEGREE / side as f64);
    FundusImage::new(FundusKind::Slo, columns, rows, greys.to_vec(), Some(pixel_mm))
}

/// Kind, columns and rows of an image. The height stands before the width.
fn image(data: ByteFields<'_>) -> Option<(u32, usize, usize)> {
    let (kind, rows, columns) = (data.u32(4).ok()?, data.u32(12).ok()?, data.u32(16).ok()?);
    let sides = 1..=LONGEST_SIDE;
    (sides.contains(&rows) && sides.contains(&columns)).then_some((kind, columns as usize, rows as usize))
}

/// Number of a boundary, and its rows at the container's end.
fn surface(data: ByteFields<'_>) -> Option<(u32, &[u8])> {
    let (number, columns) = (data.u32(4).ok()?, data.u32(12).ok()?);
    if !(1..=LONGEST_SIDE).contains(&columns) {
        return None;
    }
    let bytes = columns as usize * size_of::<f32>();
    let start = data.len().checked_sub(bytes).filter(|start| *start >= 16)?;
    Some((number, data.slice(start, bytes).ok()?))
}

/// Texts of a container that holds several of one length, UTF-16.
fn strings(data: ByteFields<'_>) -> Vec<String> {
    let (Ok(count), Ok(length)) = (data.u32(0), data.u32(4)) else { return Vec::new() };
    let texts = data.bytes().get(8..).unwrap_or_default().chunks((length as usize).max(2));
    let text = |bytes: &[u8]| {
        let (units, _) = bytes.as_chunks();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
        let text: String = char::decode_utf16(units).map_while(Result::ok).take(128).collect();
        text.trim().to_owned()
    };
    texts.take((count as usize).min(MOST_TEXTS)).map(text).filter(|text| !text.is_empty()).collect()
}

/// Who was scanned. Readers disagree on what the date of birth means, so it is
/// left out.
fn patient(container: &Container<'_>) -> Option<Patient> {
    let data = container.data;
    let [first, last, sex, id] = [data.text(0, 31), data.text(31, 66), data.text(101, 1), data.text(102, 25)]
        .map(Result::unwrap_or_default);
    let name = (!first.is_empty() || !last.is_empty()).then(|| format!("{last}^{first}"));
    let patient = Patient {
        name,
        id: Some(id).filter(|id| !id.is_empty()),
        birth_date: None,
        sex: Some(sex).filter(|sex| ["F", "M", "O"].contains(&sex.as_str())),
    };
    (patient != Patient::default()).then_some(patient)
}

/// What the B-scans say of the geometry; each of them, or nothing is said.
fn geometry(meta: &[&BScanMeta], bscans: usize, columns: usize, warnings: &mut Vec<String>) -> Geometry {
    let mut geometry = Geometry::default();
    let Some(first) = meta.first().filter(|_| meta.len() == bscans) else {
        warnings.push("The file does not say how large its B-scans are or where they lie.".to_owned());
        return geometry;
    };
    let stated = SpacingSource::FromFile { tag: "scale_y".to_owned() };
    if meta.iter().all(|meta| meta.axial_mm == first.axial_mm)
        && let Ok(spacing) = AxisSpacing::new(Axis::Axial, first.axial_mm, stated)
    {
        geometry.set_spacing(Axis::Axial, spacing);
    }
    let by_default = || SpacingSource::VendorDefault {
        why: format!("the file gives degrees, and {MM_PER_DEGREE} mm a degree are those of a medium eye"),
    };
    // From the SLO's top left corner, as for all other formats.
    let mm = |degrees: [f64; 2]| degrees.map(|degree| (degree + SLO_DEGREES / 2.0) * MM_PER_DEGREE);
    let distance = |[x, y]: [f64; 2], [to_x, to_y]: [f64; 2]| (to_x - x).hypot(to_y - y);
    let (start, end) = first.ends_degrees;
    let length_degrees = if first.scan_pattern == CIRCLE {
        geometry.pattern = ScanPattern::Circle;
        geometry.places = meta
            .iter()
            .map(|meta| BScanPlace::Circle {
                centre_mm: mm(meta.centre_degrees),
                start_mm: mm(meta.ends_degrees.0),
            })
            .collect();
        std::f64::consts::TAU * distance(first.centre_degrees, start)
    } else {
        let lines: Vec<Line> =
            meta.iter().map(|BScanMeta { ends_degrees: (start, end), .. }| (mm(*start), mm(*end))).collect();
        place(&mut geometry, &lines, by_default());
        if first.scan_pattern == RADIAL {
            geometry.pattern = ScanPattern::Radial;
            geometry.set_spacing(Axis::BetweenBScans, AxisSpacing::unknown());
        }
        distance(start, end)
    };
    let steps = if first.columns == 0 { columns as f64 } else { f64::from(first.columns) };
    if let Ok(spacing) = AxisSpacing::new(Axis::Lateral, length_degrees * MM_PER_DEGREE / steps, by_default())
    {
        geometry.set_spacing(Axis::Lateral, spacing);
        warnings.push(format!(
            "The file gives angles, not lengths: millimetres along the retina assume {MM_PER_DEGREE} mm a degree, \
             and may be wrong by some percent in a long or short eye."
        ));
    }
    geometry
}

/// The shown value of each 16-bit float: its fourth root, 0 for what is empty.
fn fourth_roots() -> Vec<f32> {
    /// Values from here on fill what was not scanned.
    const EMPTY_FROM: f64 = 1.99;
    let value = |bits: u16| {
        let (exponent, mantissa) = (i32::from(bits >> 10) - 63, f64::from(bits & 0x3FF) / 1024.0);
        if bits == 0 { 0.0 } else { (1.0 + mantissa) * f64::from(exponent).exp2() }
    };
    let root = |value: f64| if value > EMPTY_FROM { 0.0 } else { value.sqrt().sqrt() as f32 };
    (0..=u16::MAX).map(|bits| root(value(bits))).collect()
}
