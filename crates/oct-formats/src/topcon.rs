//! Topcon `.fda` and `.fds`.
//!
//! Fifteen bytes (`FOCT`, a type, two numbers), then chunks: the length of a
//! name, the name, the length of the content, the content. Little-endian.
//! Layout after UOCTE's wiki and OCT-Converter (`fda_binary.py`,
//! `fds_binary.py`), checked against real files.
//!
//! Boundaries are counted in rows from a B-scan's last row up. They are stored
//! in the order of the B-scans: OCT-Converter turns that round, but in a real
//! file the first of them, not the last, follows the first B-scan's retina.
//!
//! The scanned field and the axial step are in the capture parameters; the
//! field is divided by the number of columns and of B-scans. On which side the
//! first B-scan lies is stated nowhere.

use oct::{
    Acquisition, Axis, AxisSpacing, Geometry, Laterality, LayerSurface, ReferenceImage, ReferenceKind,
    Samples, ScanPattern, SpacingSource,
};

use crate::byte_fields::ByteFields;
use crate::images::{self, GreyImage, Stack};
use crate::{Format, InputFile, OpenError, Opened, Patient, jpeg2000};

const FILE_HEADER: usize = 15;
/// `@IMG_JPEG` before its first B-scan, each of which begins with its length.
const PACKED_HEADER: usize = 25;
/// `@IMG_SCAN_03`, `@IMG_MOT_COMP_03` before their samples.
const PLAIN_HEADER: usize = 22;
/// `@CONTOUR_INFO` before its rows.
const CONTOUR_HEADER: usize = 34;
/// Samples of one volume at most: so many, and so many for each byte. Real
/// B-scans pack to a tenth.
const FREE_SAMPLES: u64 = 16 << 20;
const SAMPLES_PER_BYTE: u64 = 32;
/// A photograph is shown this large at least; it illustrates only.
const FUNDUS_SIDE: u32 = 768;
/// No Topcon makes a longer side.
const LONGEST_SIDE: u32 = 16_384;
/// Chunks of one file at most; real ones have about thirty.
const MOST_CHUNKS: usize = 10_000;

/// A part of the file.
#[derive(Clone, Copy)]
struct Chunk<'a> {
    name: &'a [u8],
    content: ByteFields<'a>,
}

/// What stands before the B-scans.
struct Scan<'a> {
    mode: u8,
    columns: u32,
    rows: u32,
    frames: u32,
    content: ByteFields<'a>,
    is_packed: bool,
}

/// Reads the volume.
pub(crate) fn read(file: InputFile) -> Result<Opened, OpenError> {
    let InputFile { path, bytes } = file;
    let fields = ByteFields::new(&path, "its list of parts", &bytes);
    if !bytes.starts_with(b"FOCT") {
        let found = images::describe(&bytes).to_owned();
        return Err(OpenError::NotWhatItSays { file: path.clone(), expected: "a Topcon file", found });
    }
    let chunks = chunks(fields)?;
    let find = |names: &[&[u8]]| {
        names
            .iter()
            .find_map(|name| chunks.iter().find(|chunk| chunk.name == *name))
            .map(|chunk| chunk.content)
    };
    let Some(scan) = Scan::find(&find)? else {
        let names: Vec<String> =
            chunks.iter().take(4).map(|chunk| String::from_utf8_lossy(chunk.name).into_owned()).collect();
        let found = if names.is_empty() { "nothing else".to_owned() } else { names.join(", ") };
        return Err(OpenError::NoBScans { file: path.clone(), found });
    };
    let stack = scan.stack(&path)?;

    let mut warnings = Vec::new();
    let mut geometry = geometry(&path, &scan, &find, &mut warnings)?;
    let model = find(&[b"@HW_INFO_03", b"@HW_INFO_02", b"@HW_INFO_01"]);
    let device = model.and_then(|info| info.text(0, 16).ok()).filter(|model| !model.is_empty());
    let (eye, acquired) = match (find(&[b"@CAPTURE_INFO_02"]), find(&[b"@CAPTURE_INFO"])) {
        (Some(info), _) => (info.u8(0).ok(), moment(info, 106)),
        (None, Some(info)) => (info.u8(0).ok(), moment(info, 1)),
        (None, None) => (None, None),
    };
    geometry.laterality = match eye {
        Some(0) => Some(Laterality::Od),
        Some(1) => Some(Laterality::Os),
        _ => None,
    };
    let reference = reference(&path, &find);
    let surfaces = surfaces(&chunks, &scan, &mut warnings);
    let patient = find(&[b"@PATIENT_INFO_02"]).and_then(patient);
    // All that is needed is out of it: the file and the whole volume need not be held at once.
    drop(bytes);
    let mut volume = stack.finish(&path, geometry)?;
    volume.vendor = Some("Topcon".to_owned());
    volume.acquisition = Acquisition { acquired, device, ..Acquisition::default() };
    volume.reference = reference;
    volume.surfaces = surfaces;
    let name = path.rsplit('/').next().unwrap_or(&path);
    Ok(Opened { warnings, patient, ..Opened::new(name, Format::Topcon, volume) })
}

/// All parts. The last one ends with the file or with a name of no letters.
fn chunks(fields: ByteFields<'_>) -> Result<Vec<Chunk<'_>>, OpenError> {
    let mut chunks = Vec::new();
    let mut at = FILE_HEADER;
    while at < fields.len() && chunks.len() < MOST_CHUNKS {
        let letters = usize::from(fields.u8(at)?);
        if letters == 0 {
            break;
        }
        let name = fields.slice(at + 1, letters)?;
        let length = fields.u32(at + 1 + letters)? as usize;
        at += 5 + letters;
        chunks.push(Chunk { name, content: fields.part(at, length)? });
        at += length;
    }
    Ok(chunks)
}

impl<'a> Scan<'a> {
    /// The B-scans, those put right for motion where there are no others.
    fn find(find: &impl Fn(&[&[u8]]) -> Option<ByteFields<'a>>) -> Result<Option<Self>, OpenError> {
        let scan = if let Some(content) = find(&[b"@IMG_JPEG"]) {
            let [columns, rows, frames] = [content.u32(9)?, content.u32(13)?, content.u32(17)?];
            Self { mode: content.u8(0)?, columns, rows, frames, content, is_packed: true }
        } else if let Some(content) = find(&[b"@IMG_SCAN_03", b"@IMG_MOT_COMP_03"]) {
            let bits = content.u32(9)?;
            if bits != 16 {
                let sample_type = format!("{bits} bits");
                return Err(OpenError::SampleType { file: content.file().to_owned(), sample_type });
            }
            let [columns, rows, frames] = [content.u32(1)?, content.u32(5)?, content.u32(13)?];
            Self { mode: content.u8(0)?, columns, rows, frames, content, is_packed: false }
        } else {
            return Ok(None);
        };
        let sides = [scan.columns, scan.rows, scan.frames];
        let samples = sides.iter().map(|side| u64::from(*side)).fold(1, u64::saturating_mul);
        let most = FREE_SAMPLES + SAMPLES_PER_BYTE * scan.content.len() as u64;
        if sides.iter().any(|side| !(1..=LONGEST_SIDE).contains(side)) || samples > most {
            return Err(OpenError::ImpossibleSize {
                file: scan.content.file().to_owned(),
                columns: scan.columns.into(),
                rows: scan.rows.into(),
                frames: scan.frames.into(),
            });
        }
        Ok(Some(scan))
    }

    fn stack(&self, path: &str) -> Result<Stack, OpenError> {
        let (columns, rows) = (self.columns as usize, self.rows as usize);
        let mut stack = Stack::default();
        let mut at = if self.is_packed { PACKED_HEADER } else { PLAIN_HEADER };
        for frame in 0..self.frames {
            let image = if self.is_packed {
                let length = self.content.u32(at)? as usize;
                let codestream = self.content.slice(at + 4, length)?;
                at += 4 + length;
                jpeg2000::decode_grey(codestream, path)?
            } else {
                let stored = self.content.slice(at, columns * rows * 2)?;
                at += stored.len();
                let (samples, _) = stored.as_chunks();
                GreyImage {
                    columns,
                    rows,
                    samples: Samples::U16(samples.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect()),
                }
            };
            if (image.columns, image.rows) != (columns, rows) {
                let cause = format!(
                    "B-scan {} is {} x {} and not {columns} x {rows}",
                    frame + 1,
                    image.columns,
                    image.rows
                );
                return Err(OpenError::Damaged { file: path.to_owned(), cause });
            }
            stack.push(path, image)?;
        }
        Ok(stack)
    }
}

fn geometry<'a>(
    path: &str,
    scan: &Scan<'_>,
    find: &impl Fn(&[&[u8]]) -> Option<ByteFields<'a>>,
    warnings: &mut Vec<String>,
) -> Result<Geometry, OpenError> {
    let mut geometry = Geometry {
        pattern: match scan.mode {
            2 => ScanPattern::Raster,
            3 => ScanPattern::Radial,
            4 => ScanPattern::Other,
            _ => ScanPattern::NotStated,
        },
        ..Geometry::default()
    };
    let (chunk, parameters, first) = match (find(&[b"@PARAM_SCAN_04"]), find(&[b"@PARAM_SCAN_02"])) {
        (Some(parameters), _) => ("PARAM_SCAN_04", parameters, 12),
        (None, Some(parameters)) => ("PARAM_SCAN_02", parameters, 21),
        (None, None) => {
            warnings.push("The file holds no capture parameters, so its spacing is unknown.".to_owned());
            return Ok(geometry);
        }
    };
    let field_mm = [parameters.f64(first)?, parameters.f64(first + 8)?];
    let axial_um = parameters.f64(first + 16)?;
    let mut stated = vec![
        (Axis::Lateral, field_mm[0] / f64::from(scan.columns), "x dimension"),
        (Axis::Axial, axial_um / 1000.0, "z resolution"),
    ];
    if scan.frames > 1 {
        match geometry.pattern {
            ScanPattern::Raster => {
                stated.push((Axis::BetweenBScans, field_mm[1] / f64::from(scan.frames), "y dimension"));
            }
            ScanPattern::NotStated => warnings.push(format!(
                "How the B-scans lie is not known (scan mode {}), so neither is the distance between them.",
                scan.mode
            )),
            _ => {}
        }
    }
    for (axis, mm, name) in stated {
        let source = SpacingSource::FromFile { tag: format!("{chunk} {name}") };
        let spacing = AxisSpacing::new(axis, mm, source).map_err(|_| OpenError::ImpossibleSpacing {
            file: path.to_owned(),
            axis: axis.name(),
            value: mm.to_string(),
        })?;
        geometry.set_spacing(axis, spacing);
    }
    Ok(geometry)
}

/// The photograph of the fundus in grey (its green channel), else the image that the device aimed with.
fn reference<'a>(path: &str, find: &impl Fn(&[&[u8]]) -> Option<ByteFields<'a>>) -> Option<ReferenceImage> {
    let packed = find(&[b"@IMG_FUNDUS"]).and_then(|content| photograph(path, content, 24));
    packed.or_else(|| find(&[b"@IMG_OBS", b"@IMG_TRC_02"]).and_then(|content| photograph(path, content, 21)))
}

/// An image whose pixels, packed or as they are, begin at `start`.
fn photograph(path: &str, content: ByteFields<'_>, start: usize) -> Option<ReferenceImage> {
    let (columns, rows, bits) = (content.u32(0).ok()?, content.u32(4).ok()?, content.u32(8).ok()?);
    let stored = content.bytes().get(start..)?;
    if stored.starts_with(&[0xFF, 0x4F]) {
        let image = jpeg2000::decode_fundus(stored, path, FUNDUS_SIDE).ok()?;
        let Samples::U8(greys) = image.samples else { return None };
        return ReferenceImage::new(ReferenceKind::Fundus, image.columns, image.rows, greys, None);
    }
    let pixels =
        u64::from(columns).checked_mul(rows.into()).filter(|pixels| *pixels <= stored.len() as u64)?;
    let pixels = usize::try_from(pixels).ok()?;
    let greys = match bits {
        8 => stored.get(..pixels)?.to_vec(),
        // Blue, green, red.
        24 => {
            let (colours, _) = stored.get(..pixels.checked_mul(3)?)?.as_chunks();
            let grey = |[blue, green, red]: &[u8; 3]| {
                let [blue, green, red] = [*blue, *green, *red].map(u32::from);
                ((299 * red + 587 * green + 114 * blue) / 1000) as u8
            };
            colours.iter().map(grey).collect()
        }
        _ => return None,
    };
    ReferenceImage::new(ReferenceKind::Fundus, columns as usize, rows as usize, greys, None)
}

/// The boundaries that the device found in the B-scans at hand.
fn surfaces(chunks: &[Chunk<'_>], scan: &Scan<'_>, warnings: &mut Vec<String>) -> Vec<LayerSurface> {
    let contours = chunks.iter().filter(|chunk| chunk.name == b"@CONTOUR_INFO");
    let found: Vec<Option<LayerSurface>> = contours.map(|contour| surface(contour.content, scan)).collect();
    if found.contains(&None) {
        let warning = "The boundaries that the device found belong to another number of B-scans or columns than the \
                       file holds, and are left out.";
        warnings.push(warning.to_owned());
    }
    found.into_iter().flatten().filter(|surface| surface.coverage() > 0.0).collect()
}

/// A boundary; `None` for another number of columns or B-scans than those of `scan`.
fn surface(content: ByteFields<'_>, scan: &Scan<'_>) -> Option<LayerSurface> {
    if (content.u32(22).ok()?, content.u32(26).ok()?) != (scan.columns, scan.frames) {
        return None;
    }
    let stored = content.slice(CONTOUR_HEADER, scan.columns as usize * scan.frames as usize * 2).ok()?;
    let (heights, _) = stored.as_chunks();
    let rows = scan.rows as f32;
    let row = |bytes: &[u8; 2]| {
        let height = f32::from(u16::from_le_bytes(*bytes));
        // 0 and what lies above the B-scan say that there is none.
        if height > 0.0 && height < rows { rows - height } else { f32::NAN }
    };
    let id = content.text(0, 20).ok()?;
    let name = match id.as_str() {
        "MULTILAYERS_1" => "ILM",
        "MULTILAYERS_2" => "RNFL",
        "MULTILAYERS_3" => "GCL",
        "MULTILAYERS_4" => "IPL",
        "MULTILAYERS_5" => "MZ/EZ",
        "MULTILAYERS_6" => "IZ/RPE",
        "MULTILAYERS_7" => "BM",
        "MULTILAYERS_8" => "INL",
        "MULTILAYERS_9" => "ELM",
        "MULTILAYERS_10" => "CSI",
        other => other,
    };
    Some(LayerSurface { name: name.to_owned(), row: heights.iter().map(row).collect() })
}

/// Year, month, day, hour, minute and second, 16 bits each, from `at`.
fn moment(content: ByteFields<'_>, at: usize) -> Option<String> {
    let part = |index: usize| content.u16(at + 2 * index).ok();
    let date = date(content, at)?;
    let (hour, minute, second) = (part(3)?, part(4)?, part(5)?);
    let is_time = hour < 24 && minute < 60 && second < 60;
    Some(if is_time { format!("{date}T{hour:02}:{minute:02}:{second:02}") } else { date })
}

/// Year, month and day, 16 bits each, from `at`; nothing where nobody filled them.
fn date(content: ByteFields<'_>, at: usize) -> Option<String> {
    let (year, month, day) = (content.u16(at).ok()?, content.u16(at + 2).ok()?, content.u16(at + 4).ok()?);
    let is_date = (1850..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Who was scanned.
fn patient(content: ByteFields<'_>) -> Option<Patient> {
    let text = |at: usize, length: usize| content.text(at, length).ok().filter(|text| !text.is_empty());
    let (first, last) = (text(32, 32), text(64, 32));
    let name = (first.is_some() || last.is_some())
        .then(|| format!("{}^{}", last.unwrap_or_default(), first.unwrap_or_default()));
    let sex = match content.u8(104) {
        Ok(1) => Some("M"),
        Ok(2) => Some("F"),
        Ok(3) => Some("O"),
        _ => None,
    };
    let patient =
        Patient { name, id: text(0, 32), birth_date: date(content, 105), sex: sex.map(str::to_owned) };
    (patient != Patient::default()).then_some(patient)
}
