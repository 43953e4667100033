//! MetaImage: `.mhd` with a `.raw` or `.zraw` beside it, and `.mha`.
//!
//! A header of `Key = Value` lines, `ElementDataFile` last, then (or in the
//! named file) the samples, first axis fastest. Layout after Kitware's MetaIO
//! documentation. RETOUCH (Bogunovic et al., IEEE TMI 2019) lays out an OCT
//! volume as columns, rows, B-scans, which is our order.
//!
//! `ElementSpacing` is in `DistanceUnits`, mm without it; `ElementSize` (the size of a voxel) stands in
//! for it; without either the spacing is unknown, although MetaIO's own
//! readers then take 1 mm.

mod place;
mod write;

use std::borrow::Cow;

use oct::{Axis, Geometry, OctVolume};

pub use self::place::StatedPlace;
pub use self::write::{MetaImageFiles, why_without_spacing, write_mask, write_volume};
use crate::array::orientation::Listing;
use crate::bounds::MOST_HEADER_BYTES;
use crate::bytes::data_file;
use crate::bytes::declared::Declared;
use crate::bytes::unpack::as_found;
use crate::error::Fault;
use crate::error::shortened;
use crate::formats::reader::Chosen;
use crate::header_text::header_text;
use crate::stated::samples::{StoredType, decode};
use crate::stated::spacing::{is_filler, take};
use crate::{Cause, Format, InputFile, KeptHeader, Opened};

/// More axes than this are refused, be they of one sample each.
const MOST_AXES: usize = 16;
/// No OCT device makes a longer side.
const LONGEST_SIDE: u64 = 65_535;
/// Samples of one volume at most, bytes: more than any device makes, and more
/// than a browser can hold.
const MOST_BYTES: u64 = 4 << 30;

/// Whether `bytes` look like a MetaImage header.
fn is_header(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(4096)];
    let text = String::from_utf8_lossy(start);
    ["NDims", "ObjectType", "DimSize"].iter().any(|key| {
        text.lines()
            .any(|line| line.split('=').next().is_some_and(|name| name.trim() == *key) && line.contains('='))
    })
}

/// Whether `file` is a header: by its fields where its ending may be one; an
/// empty one shall say that it is.
pub(crate) fn is_header_file(file: &InputFile) -> bool {
    /// Of headers that lost their own ending on the way.
    const OTHER_ENDINGS: [&str; 2] = [".txt", ".header"];
    let name = file.name().to_lowercase();
    if Format::MetaImage.row().has_ending(&name) {
        return file.bytes.is_empty() || is_header(&file.bytes);
    }
    OTHER_ENDINGS.iter().any(|ending| name.ends_with(ending)) && is_header(&file.bytes)
}

/// The type behind a value of `ElementType`.
fn stored_type(name: &str) -> Option<StoredType> {
    Some(match name {
        "MET_UCHAR" => StoredType::U8,
        "MET_CHAR" => StoredType::I8,
        "MET_USHORT" => StoredType::U16,
        "MET_SHORT" => StoredType::I16,
        "MET_UINT" => StoredType::U32,
        "MET_INT" => StoredType::I32,
        "MET_FLOAT" => StoredType::F32,
        "MET_DOUBLE" => StoredType::F64,
        _ => return None,
    })
}

/// The fields of a header, in order, and where the text ends.
struct Header {
    fields: Vec<(String, String)>,
    /// First byte after the line of `ElementDataFile`.
    end: usize,
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, Cause> {
        let mut fields = Vec::new();
        let mut start = 0;
        let bounded = &bytes[..bytes.len().min(MOST_HEADER_BYTES)];
        while start < bounded.len() {
            let length = bounded[start..].iter().position(|byte| *byte == b'\n');
            let line = &bounded[start..length.map_or(bounded.len(), |length| start + length)];
            start += line.len() + 1;
            let line = header_text(line);
            let Some((key, value)) = line.split_once('=') else { continue };
            let key = key.trim_matches(|letter: char| !letter.is_ascii_graphic()).to_owned();
            let value = value.trim().to_owned();
            let is_last = key == "ElementDataFile";
            fields.push((key, value));
            if is_last {
                return Ok(Self { fields, end: start.min(bytes.len()) });
            }
        }
        Err(Cause::MissingField { field: "ElementDataFile" })
    }

    fn text(&self, keys: &[&'static str]) -> Option<(&'static str, &str)> {
        keys.iter().find_map(|key| {
            self.fields.iter().find(|(name, _)| name == key).map(|(_, value)| (*key, value.as_str()))
        })
    }

    fn needed(&self, key: &'static str) -> Result<&str, Cause> {
        self.text(&[key]).map(|(_, value)| value).ok_or(Cause::MissingField { field: key })
    }

    fn flag(&self, keys: &[&'static str]) -> bool {
        self.text(keys).is_some_and(|(_, value)| value.eq_ignore_ascii_case("true") || value == "1")
    }

    fn numbers(
        &self,
        keys: &[&'static str],
        count: usize,
    ) -> Result<Option<(&'static str, Vec<f64>)>, Cause> {
        let Some((key, value)) = self.text(keys) else { return Ok(None) };
        let numbers: Vec<f64> = value
            .split_whitespace()
            .take(MOST_AXES * MOST_AXES)
            .map(|word| word.parse().map_err(|_| Cause::bad_field(key, value, "is not a list of numbers")))
            .collect::<Result<_, _>>()?;
        if numbers.len() < count {
            return Err(Cause::bad_field(key, value, "has too few numbers"));
        }
        Ok(Some((key, numbers)))
    }

    /// Columns, rows, B-scans.
    fn size(&self) -> Result<[u64; 3], Cause> {
        let dims = self.needed("NDims")?;
        let dims: u64 = dims.parse().map_err(|_| Cause::bad_field("NDims", dims, "is not a number"))?;
        let text = self.needed("DimSize")?;
        let sizes: Vec<u64> = text
            .split_whitespace()
            .take(MOST_AXES + 1)
            .map(|word| {
                word.parse().map_err(|_| Cause::bad_field("DimSize", text, "is not a list of whole numbers"))
            })
            .collect::<Result<_, _>>()?;
        if sizes.len() as u64 != dims {
            return Err(Cause::bad_field("DimSize", text, "does not have as many numbers as NDims says"));
        }
        // A fourth axis of one sample says nothing.
        let real =
            sizes.iter().rposition(|size| *size != 1).map_or(2, |last| last + 1).max(2.min(sizes.len()));
        // Also bounds the matrix below: its size squared must not overflow 32 bits.
        if dims < 2 || sizes.len() > MOST_AXES || real > 3 {
            return Err(Cause::Dimensions { dimensions: dims });
        }
        let at = |axis: usize| sizes.get(axis).copied().unwrap_or(1);
        let [columns, rows, bscans] = [at(0), at(1), at(2)];
        if [columns, rows, bscans].iter().any(|size| *size == 0 || *size > LONGEST_SIDE) {
            return Err(Cause::impossible_size(columns, rows, bscans));
        }
        Ok([columns, rows, bscans])
    }

    fn geometry(&self, bscans: u64, warnings: &mut Vec<String>) -> Result<Geometry, Cause> {
        let mut geometry = Geometry::default();
        let axes = if self.size_count() == 2 { 2 } else { 3 };
        let unit_mm = match self.text(&["DistanceUnits"]) {
            None | Some((_, "mm" | "?")) => 1.0,
            Some((_, "um")) => 0.001,
            Some((_, "cm")) => 10.0,
            Some((key, value)) => return Err(Cause::bad_field(key, value, "is none of um, mm and cm")),
        };
        // ITK, and so most programs, passes the unit over.
        geometry.header_unit_mm = unit_mm;
        if let Some((tag, spacing)) = self.numbers(&["ElementSpacing", "ElementSize"], axes)? {
            geometry.set_header_steps(&spacing[..axes]);
            for (axis, mm) in Axis::ALL.into_iter().zip(&spacing).take(axes) {
                if is_filler(axis, bscans, *mm) {
                    continue;
                }
                warnings.extend(take(&mut geometry, axis, mm * unit_mm, tag, mm));
            }
        }
        // The size of a voxel is the way to the next one, where no gap was left on purpose.
        if let Some((field, size)) = self.numbers(&["ElementSize"], axes)? {
            geometry.contradict(
                field,
                [[0, 1, 2].map(|axis| size.get(axis).filter(|_| axis < axes).map(|mm| mm * unit_mm))],
            );
        }
        if let Some((key, origin)) = self.numbers(&["Offset", "Position", "Origin"], axes)? {
            for (into, value) in geometry.origin_mm.iter_mut().zip(&origin).take(axes) {
                *into = self.finite(key, *value)? * unit_mm;
            }
        }
        // A file of four axes, the last of one sample, has a matrix of 4 x 4.
        let stride = self.size_count();
        if let Some((key, matrix)) =
            self.numbers(&["TransformMatrix", "Rotation", "Orientation"], stride * stride)?
        {
            // MetaIO stores the direction of one axis after the other: the columns of our matrix.
            for axis in 0..axes {
                for component in 0..axes {
                    geometry.direction[component * 3 + axis] =
                        self.finite(key, matrix[axis * stride + component])?;
                }
            }
        }
        Ok(geometry)
    }

    fn size_count(&self) -> usize {
        self.text(&["DimSize"]).map_or(0, |(_, value)| value.split_whitespace().count())
    }

    fn finite(&self, key: &'static str, value: f64) -> Result<f64, Cause> {
        if value.is_finite() { Ok(value) } else { Err(Cause::bad_field(key, value, "is not finite")) }
    }
}

/// Reads the volume of `header`, whose data file is among `others`.
pub(crate) fn read(Chosen { file: header_file, others, .. }: Chosen) -> Result<Opened, Fault> {
    let header = Header::parse(&header_file.bytes)?;
    let channels = header.text(&["ElementNumberOfChannels"]).map_or("1", |(_, value)| value);
    if channels != "1" {
        return Err(Cause::Colour.into());
    }
    let [columns, rows, bscans] = header.size()?;
    let name = header.needed("ElementType")?;
    let element = stored_type(name).ok_or_else(|| Cause::sample_type(shortened(name)))?;
    let mut warnings = Vec::new();
    let geometry = header.geometry(bscans, &mut warnings)?;
    if let Some((field, value)) = header.text(&["BinaryData"])
        && value.eq_ignore_ascii_case("false")
    {
        return Err(Cause::bad_field(field, value, "means samples written as text").into());
    }
    // Each factor is at most 65535, and 8 * 65535^3 fits 64 bits.
    let samples = columns * rows * bscans;
    let expected = samples * element.bytes() as u64;
    if samples * element.most_bytes(false) as u64 > MOST_BYTES {
        return Err(Cause::impossible_size(columns, rows, bscans).into());
    }

    let data_file = header.needed("ElementDataFile")?.to_owned();
    let big_endian = header.flag(&["BinaryDataByteOrderMSB", "ElementByteOrderMSB"]);
    let compressed = header.flag(&["CompressedData"]);
    let skip = header.text(&["HeaderSize"]).map(|(_, value)| value.to_owned());
    let end = header.end;
    let bad_skip = |value: &str| Cause::bad_field("HeaderSize", value, "is not -1 or a size within the file");
    // Before compressed data only the size of these says where they start.
    let packed: Option<u64> = header.text(&["CompressedDataSize"]).and_then(|(_, value)| value.parse().ok());
    let at_the_end = if compressed { packed } else { Some(expected) };

    let (data_path, bytes, start) = if ["LOCAL", "Local", "local"].contains(&data_file.as_str()) {
        (header_file.path.clone(), None, end)
    } else {
        let data = data_file::find(&header_file.path, "ElementDataFile", &data_file, others)?;
        let start = match skip.as_deref() {
            None => 0,
            Some("-1") => {
                at_the_end.map_or(0, |size| (data.bytes.len() as u64).saturating_sub(size) as usize)
            }
            Some(value) => {
                value.parse().ok().filter(|skip| *skip <= data.bytes.len()).ok_or_else(|| bad_skip(value))?
            }
        };
        (data.path, Some(data.bytes), start)
    };
    let promised_by =
        if data_path == header_file.path { "its header" } else { header_file.name() }.to_owned();
    let is_local = bytes.is_none();
    let data = match bytes {
        None => Cow::Borrowed(&header_file.bytes[start.min(header_file.bytes.len())..]),
        Some(mut bytes) => {
            bytes.drain(..start.min(bytes.len()));
            Cow::Owned(bytes)
        }
    };
    let is_start_stated = is_local || skip.is_some();
    let declared =
        Declared { by: promised_by, sizes: [columns, rows, bscans], stored: element, is_start_stated };
    let found = as_found(data, compressed, expected);
    let data = found.and_then(|found| declared.exactly(found)).map_err(|cause| cause.in_file(&data_path))?;
    let samples = decode(element, data, big_endian, None).ok_or_else(Cause::out_of_memory)?;
    let mut volume = OctVolume::new(columns as usize, rows as usize, bscans as usize, samples, geometry)
        .map_err(Cause::malformed)?;
    volume.vendor = retouch_vendor([columns, rows, bscans], volume.geometry.axial.mm()).map(str::to_owned);
    let header = Some(KeptHeader::MetaImage(StatedPlace::of(header.size_count(), &header.fields)));
    Ok(Opened {
        warnings,
        header,
        listing: Some(Listing::COLUMNS_FIRST),
        ..Opened::new(header_file.name(), Format::MetaImage, volume)
    })
}

/// The device behind RETOUCH's sizes, which are unlike each other. The axial
/// spacing must fit, too: 2.0 mm over 1024 rows (Cirrus), 1.9 mm over 496
/// (Spectralis), 2.3 mm over 650 or 885 (Topcon). A resampled volume of the
/// same size is nobody's, and without a spacing we do not guess.
fn retouch_vendor(size: [u64; 3], axial_mm: Option<f64>) -> Option<&'static str> {
    let (vendor, depth_mm) = match size {
        [512, 1024, 128] => ("Zeiss Cirrus", 2.0),
        [512, 496, 49] => ("Heidelberg Spectralis", 1.92),
        [512, 650 | 885, 64 | 128] => ("Topcon", 2.3),
        _ => return None,
    };
    let depth = axial_mm? * size[1] as f64;
    ((depth / depth_mm - 1.0).abs() < 0.1).then_some(vendor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_is_named_only_where_size_and_spacing_agree() {
        for (size, axial, vendor) in [
            ([512, 1024, 128], Some(0.001955), Some("Zeiss Cirrus")),
            ([512, 496, 49], Some(0.003872), Some("Heidelberg Spectralis")),
            ([512, 885, 128], Some(0.0026), Some("Topcon")),
            ([512, 650, 64], Some(0.0035), Some("Topcon")),
            ([512, 1024, 128], Some(0.0039), None),
            ([512, 1024, 128], None, None),
            ([512, 1024, 127], Some(0.001955), None),
        ] {
            assert_eq!(retouch_vendor(size, axial), vendor, "{size:?} {axial:?}");
        }
    }

    #[test]
    fn a_header_is_known_by_its_fields_not_by_a_word_in_a_text() {
        assert!(is_header(b"\xFF\xFE junk\nNDims = 3\n"));
        assert!(!is_header(b"the field NDims is missing"));
        assert!(!is_header(b""));
    }
}
