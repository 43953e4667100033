//! MetaImage: `.mhd` with a `.raw` or `.zraw` beside it, and `.mha`.
//!
//! A header of `Key = Value` lines, `ElementDataFile` last, then (or in the
//! named file) the samples, first axis fastest. Layout after Kitware's MetaIO
//! documentation. RETOUCH (Bogunovic et al., IEEE TMI 2019) lays out an OCT
//! volume as columns, rows, B-scans, which is our order.

use std::io::Read;

use flate2::read::ZlibDecoder;
use oct::{Axis, AxisSpacing, Geometry, LabelMask, OctVolume, Samples, SpacingSource};

use crate::{Format, InputFile, OpenError, Opened, WriteError};

/// A header longer than this is none.
const MOST_HEADER_BYTES: usize = 1 << 20;
/// No OCT device makes a longer side.
const LONGEST_SIDE: u64 = 65_535;
/// Samples of one volume at most, bytes: more than any device makes, and more
/// than a browser can hold.
const MOST_BYTES: u64 = 4 << 30;

/// A mask or volume as two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaImageFiles {
    /// The `.mhd`.
    pub header: Vec<u8>,
    /// The file that it names.
    pub raw: Vec<u8>,
}

/// Whether `bytes` look like a MetaImage header.
pub(crate) fn is_header(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(4096)];
    let text = String::from_utf8_lossy(start);
    ["NDims", "ObjectType", "DimSize"].iter().any(|key| {
        text.lines().any(|line| line.split('=').next().is_some_and(|name| name.trim() == *key) && line.contains('='))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ElementType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    F64,
}

impl ElementType {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "MET_UCHAR" => Self::U8,
            "MET_CHAR" => Self::I8,
            "MET_USHORT" => Self::U16,
            "MET_SHORT" => Self::I16,
            "MET_UINT" => Self::U32,
            "MET_INT" => Self::I32,
            "MET_FLOAT" => Self::F32,
            "MET_DOUBLE" => Self::F64,
            _ => return None,
        })
    }

    fn bytes(self) -> u64 {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// The fields of a header, in order, and where the text ends.
struct Header<'a> {
    file: &'a str,
    fields: Vec<(String, String)>,
    /// First byte after the line of `ElementDataFile`.
    end: usize,
}

impl<'a> Header<'a> {
    fn parse(file: &'a str, bytes: &[u8]) -> Result<Self, OpenError> {
        let mut fields = Vec::new();
        let mut start = 0;
        let bounded = &bytes[..bytes.len().min(MOST_HEADER_BYTES)];
        while start < bounded.len() {
            let length = bounded[start..].iter().position(|byte| *byte == b'\n');
            let line = &bounded[start..length.map_or(bounded.len(), |length| start + length)];
            start += line.len() + 1;
            // Comments in other encodings stand in real headers; they are no reason to refuse one.
            let line = String::from_utf8_lossy(line);
            let Some((key, value)) = line.split_once('=') else { continue };
            let key = key.trim_matches(|letter: char| !letter.is_ascii_graphic()).to_owned();
            let value = value.trim().to_owned();
            let is_last = key == "ElementDataFile";
            fields.push((key, value));
            if is_last {
                return Ok(Self { file, fields, end: start.min(bytes.len()) });
            }
        }
        Err(OpenError::MissingField { file: file.to_owned(), field: "ElementDataFile" })
    }

    fn text(&self, keys: &[&'static str]) -> Option<(&'static str, &str)> {
        keys.iter().find_map(|key| {
            self.fields.iter().find(|(name, _)| name == key).map(|(_, value)| (*key, value.as_str()))
        })
    }

    fn needed(&self, key: &'static str) -> Result<&str, OpenError> {
        self.text(&[key])
            .map(|(_, value)| value)
            .ok_or_else(|| OpenError::MissingField { file: self.file.to_owned(), field: key })
    }

    fn bad(&self, field: &'static str, value: &str, why: &'static str) -> OpenError {
        OpenError::BadField { file: self.file.to_owned(), field, value: value.chars().take(60).collect(), why }
    }

    fn flag(&self, keys: &[&'static str]) -> bool {
        self.text(keys).is_some_and(|(_, value)| value.eq_ignore_ascii_case("true") || value == "1")
    }

    fn numbers(&self, keys: &[&'static str], count: usize) -> Result<Option<(&'static str, Vec<f64>)>, OpenError> {
        let Some((key, value)) = self.text(keys) else { return Ok(None) };
        let numbers: Vec<f64> = value
            .split_whitespace()
            .take(64)
            .map(|word| word.parse().map_err(|_| self.bad(key, value, "is not a list of numbers")))
            .collect::<Result<_, _>>()?;
        if numbers.len() < count {
            return Err(self.bad(key, value, "has too few numbers"));
        }
        Ok(Some((key, numbers)))
    }

    /// Columns, rows, frames.
    fn size(&self) -> Result<[u64; 3], OpenError> {
        let dims = self.needed("NDims")?;
        let dims: u64 = dims.parse().map_err(|_| self.bad("NDims", dims, "is not a number"))?;
        let text = self.needed("DimSize")?;
        let sizes: Vec<u64> = text
            .split_whitespace()
            .take(16)
            .map(|word| word.parse().map_err(|_| self.bad("DimSize", text, "is not a list of whole numbers")))
            .collect::<Result<_, _>>()?;
        if sizes.len() as u64 != dims {
            return Err(self.bad("DimSize", text, "does not have as many numbers as NDims says"));
        }
        // A fourth axis of one sample says nothing.
        let real = sizes.iter().rposition(|size| *size != 1).map_or(2, |last| last + 1).max(2.min(sizes.len()));
        if dims < 2 || real > 3 {
            return Err(OpenError::Dimensions { file: self.file.to_owned(), dimensions: dims });
        }
        let at = |axis: usize| sizes.get(axis).copied().unwrap_or(1);
        let [columns, rows, frames] = [at(0), at(1), at(2)];
        if [columns, rows, frames].iter().any(|size| *size == 0 || *size > LONGEST_SIDE) {
            return Err(OpenError::ImpossibleSize { file: self.file.to_owned(), columns, rows, frames });
        }
        Ok([columns, rows, frames])
    }

    fn geometry(&self, frames: u64) -> Result<Geometry, OpenError> {
        let mut geometry = Geometry::default();
        let axes = if self.size_count() == 2 { 2 } else { 3 };
        if let Some((tag, spacing)) = self.numbers(&["ElementSpacing", "ElementSize"], axes)? {
            for (axis, mm) in Axis::ALL.into_iter().zip(&spacing).take(axes) {
                // One B-scan has no distance to a next one; a header's filler says nothing.
                if axis == Axis::BetweenBScans && frames == 1 && !(mm.is_finite() && *mm > 0.0) {
                    continue;
                }
                let source = SpacingSource::FromFile { tag: tag.to_owned() };
                let spacing = AxisSpacing::new(axis, *mm, source).map_err(|_| OpenError::ImpossibleSpacing {
                    file: self.file.to_owned(),
                    axis: axis.name(),
                    value: mm.to_string(),
                })?;
                geometry.set_spacing(axis, spacing);
            }
        }
        if let Some((key, origin)) = self.numbers(&["Offset", "Position", "Origin"], axes)? {
            for (into, value) in geometry.origin_mm.iter_mut().zip(&origin).take(axes) {
                *into = self.finite(key, *value)?;
            }
        }
        if let Some((key, matrix)) = self.numbers(&["TransformMatrix", "Rotation", "Orientation"], axes * axes)? {
            // MetaIO stores the direction of one axis after the other: the columns of our matrix.
            for axis in 0..axes {
                for component in 0..axes {
                    geometry.direction[component * 3 + axis] = self.finite(key, matrix[axis * axes + component])?;
                }
            }
        }
        Ok(geometry)
    }

    fn size_count(&self) -> usize {
        self.text(&["DimSize"]).map_or(0, |(_, value)| value.split_whitespace().count())
    }

    fn finite(&self, key: &'static str, value: f64) -> Result<f64, OpenError> {
        if value.is_finite() { Ok(value) } else { Err(self.bad(key, &value.to_string(), "is not finite")) }
    }
}

/// Reads the volume of `header`, whose data file is among `others`.
pub(crate) fn read(header_file: InputFile, others: Vec<InputFile>) -> Result<Opened, OpenError> {
    let file = header_file.path.as_str();
    let header = Header::parse(file, &header_file.bytes)?;
    let channels = header.text(&["ElementNumberOfChannels"]).map_or("1", |(_, value)| value);
    if channels != "1" {
        return Err(OpenError::Colour { file: file.to_owned() });
    }
    let [columns, rows, frames] = header.size()?;
    let name = header.needed("ElementType")?;
    let element = ElementType::of(name)
        .ok_or_else(|| OpenError::SampleType { file: file.to_owned(), sample_type: name.to_owned() })?;
    let geometry = header.geometry(frames)?;
    // Each factor is at most 65535, and 8 * 65535^3 fits 64 bits.
    let expected = columns * rows * frames * element.bytes();
    if expected > MOST_BYTES {
        return Err(OpenError::ImpossibleSize { file: file.to_owned(), columns, rows, frames });
    }

    let data_file = header.needed("ElementDataFile")?.to_owned();
    let big_endian = header.flag(&["BinaryDataByteOrderMSB", "ElementByteOrderMSB"]);
    let compressed = header.flag(&["CompressedData"]);
    let skip = header.text(&["HeaderSize"]).map(|(_, value)| value.to_owned());
    let end = header.end;
    let bad_skip = |value: &str| header.bad("HeaderSize", value, "is not -1 or a size within the file");
    let mut warnings = Vec::new();

    let (data_path, mut bytes, start) = if ["LOCAL", "Local", "local"].contains(&data_file.as_str()) {
        (header_file.path.clone(), None, end)
    } else {
        let data = find_data(file, &data_file, others)?;
        let start = match skip.as_deref() {
            None => 0,
            Some("-1") => (data.bytes.len() as u64).saturating_sub(expected) as usize,
            Some(value) => value.parse().ok().filter(|skip| *skip <= data.bytes.len()).ok_or_else(|| bad_skip(value))?,
        };
        (data.path, Some(data.bytes), start)
    };
    let promised_by = if data_path == header_file.path { "its header" } else { header_file.name() }.to_owned();
    let all = bytes.as_deref().unwrap_or(&header_file.bytes);
    let stored = &all[start.min(all.len())..];
    let unpacked;
    let (data, found): (&[u8], u64) = if compressed {
        unpacked = inflate(&data_path, stored, expected)?;
        (&unpacked, unpacked.len() as u64)
    } else {
        (stored, stored.len() as u64)
    };
    if found < expected {
        return Err(OpenError::Truncated { file: data_path, promised_by, expected, found });
    }
    if found > expected {
        warnings.push(format!("{data_path} holds more data than {promised_by} declares: the rest was ignored."));
    }
    let data = &data[..expected as usize];
    let samples = if element == ElementType::U8 && !compressed && start == 0 {
        // The largest volumes are 8-bit: keep their bytes instead of copying them.
        let mut bytes = bytes.take().unwrap_or_default();
        bytes.truncate(expected as usize);
        Samples::U8(bytes)
    } else {
        samples_of(element, data, big_endian)
    };
    let mut volume = OctVolume::new(columns as usize, rows as usize, frames as usize, samples, geometry)
        .map_err(|error| OpenError::Damaged { file: file.to_owned(), cause: error.to_string() })?;
    volume.vendor = retouch_vendor(columns, rows, frames).map(str::to_owned);
    Ok(Opened {
        name: header_file.name().to_owned(),
        format: Format::MetaImage,
        volume,
        frame_names: Vec::new(),
        warnings,
    })
}

/// The data file that `header` names, which must lie beside it.
fn find_data(header: &str, wanted: &str, others: Vec<InputFile>) -> Result<InputFile, OpenError> {
    let outside = wanted.contains(['/', '\\', ':']) || wanted == "..";
    if outside {
        return Err(OpenError::OutsideFolder { file: header.to_owned(), wanted: wanted.to_owned() });
    }
    if wanted == "LIST" || wanted.starts_with("LIST ") || wanted.contains('%') {
        return Err(OpenError::BadField {
            file: header.to_owned(),
            field: "ElementDataFile",
            value: wanted.to_owned(),
            why: "spreads the volume over several files",
        });
    }
    let folder = header.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = if folder.is_empty() { wanted.to_owned() } else { format!("{folder}/{wanted}") };
    let missing = OpenError::MissingDataFile { file: header.to_owned(), wanted: wanted.to_owned() };
    others.into_iter().find(|file| file.path == path).ok_or(missing)
}

fn inflate(file: &str, stored: &[u8], expected: u64) -> Result<Vec<u8>, OpenError> {
    let mut unpacked = Vec::new();
    // Grows with what really comes out, and one byte more tells too much from enough.
    ZlibDecoder::new(stored)
        .take(expected + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| OpenError::Damaged { file: file.to_owned(), cause: error.to_string() })?;
    Ok(unpacked)
}

fn samples_of(element: ElementType, data: &[u8], big_endian: bool) -> Samples {
    fn each<const N: usize, T>(data: &[u8], big_endian: bool, of: impl Fn([u8; N]) -> T) -> Vec<T> {
        let (chunks, _) = data.as_chunks::<N>();
        let ordered = |mut bytes: [u8; N]| {
            if big_endian {
                bytes.reverse();
            }
            of(bytes)
        };
        chunks.iter().map(|chunk| ordered(*chunk)).collect()
    }
    match element {
        ElementType::U8 => Samples::U8(data.to_vec()),
        ElementType::I8 => Samples::F32(data.iter().map(|byte| f32::from(byte.cast_signed())).collect()),
        ElementType::U16 => Samples::U16(each(data, big_endian, u16::from_le_bytes)),
        ElementType::I16 => Samples::F32(each(data, big_endian, |bytes| f32::from(i16::from_le_bytes(bytes)))),
        ElementType::U32 => Samples::F32(each(data, big_endian, |bytes| u32::from_le_bytes(bytes) as f32)),
        ElementType::I32 => Samples::F32(each(data, big_endian, |bytes| i32::from_le_bytes(bytes) as f32)),
        ElementType::F32 => Samples::F32(each(data, big_endian, f32::from_le_bytes)),
        ElementType::F64 => Samples::F32(each(data, big_endian, |bytes| f64::from_le_bytes(bytes) as f32)),
    }
}

/// The device behind RETOUCH's sizes, which are unlike each other.
fn retouch_vendor(columns: u64, rows: u64, frames: u64) -> Option<&'static str> {
    match (columns, rows, frames) {
        (512, 1024, 128) => Some("Zeiss Cirrus"),
        (512, 496, 49) => Some("Heidelberg Spectralis"),
        (512, 650 | 885, 64 | 128) => Some("Topcon"),
        _ => None,
    }
}

/// Encodes a mask as 8-bit labels in the volume's own grid.
///
/// # Errors
/// [`WriteError::Unmeasured`] unless every B-scan is measured.
pub fn write_mask(
    mask: &LabelMask,
    geometry: &Geometry,
    raw_file_name: &str,
) -> Result<MetaImageFiles, WriteError> {
    if mask.measured_frames() != mask.frames() {
        return Err(WriteError::Unmeasured { measured: mask.measured_frames(), frames: mask.frames() });
    }
    let raw = (0..mask.frames()).filter_map(|frame| mask.frame(frame)).flatten().copied().collect();
    let size = [mask.columns(), mask.rows(), mask.frames()];
    Ok(MetaImageFiles { header: header(size, "MET_UCHAR", geometry, raw_file_name), raw })
}

/// Encodes a volume with its samples as they are.
pub fn write_volume(volume: &OctVolume, raw_file_name: &str) -> MetaImageFiles {
    let (element, raw) = match volume.samples() {
        Samples::U8(samples) => ("MET_UCHAR", samples.clone()),
        Samples::U16(samples) => ("MET_USHORT", samples.iter().flat_map(|s| s.to_le_bytes()).collect()),
        Samples::F32(samples) => ("MET_FLOAT", samples.iter().flat_map(|s| s.to_le_bytes()).collect()),
    };
    let size = [volume.columns(), volume.rows(), volume.frames()];
    MetaImageFiles { header: header(size, element, &volume.geometry, raw_file_name), raw }
}

/// Spacing is written only where all of it is known: MetaIO has no word for
/// "unknown", and its readers take 1 mm where the line is missing.
fn header(size: [usize; 3], element: &str, geometry: &Geometry, raw_file_name: &str) -> Vec<u8> {
    let list = |values: &[f64]| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let direction = &geometry.direction;
    let by_axis: Vec<f64> =
        (0..3).flat_map(|axis| (0..3).map(move |component| direction[component * 3 + axis])).collect();
    let known = Axis::ALL.iter().filter_map(|axis| geometry.spacing(*axis).mm()).collect::<Vec<_>>();
    let spacing =
        if known.len() == 3 { format!("ElementSpacing = {}\n", list(&known)) } else { String::new() };
    let [columns, rows, frames] = size;
    format!(
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n\
         CompressedData = False\nTransformMatrix = {}\nOffset = {}\n{spacing}\
         DimSize = {columns} {rows} {frames}\nElementType = {element}\nElementDataFile = {raw_file_name}\n",
        list(&by_axis),
        list(&geometry.origin_mm),
    )
    .into_bytes()
}
