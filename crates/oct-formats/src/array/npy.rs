//! NumPy arrays, `.npy`.
//!
//! Eight bytes, the length of a header, a Python dictionary as text, then the
//! samples, the last axis fastest, or the first one (`fortran_order`). Layout:
//! NumPy's format description (NEP 1), versions 1 to 3. Most programs make the
//! last axis the columns, the one before the rows, the first the B-scans.

use std::borrow::Cow;

use oct::{AxisOrder, Geometry, OctVolume};

use crate::array::orientation::Listing;
use crate::bytes::content::describe;
use crate::bytes::declared::Declared;
use crate::bytes::fields::ByteFields;
use crate::bytes::unpack::Found;
use crate::error::Fault;
use crate::error::shortened;
use crate::formats::reader::Chosen;
use crate::input_file::name_of;
use crate::stated::samples::{StoredType, decode};
use crate::{Cause, Format, InputFile, Opened};

const MAGIC: &[u8] = b"\x93NUMPY";
/// A header longer than this is none; NumPy itself stops at 10,000.
const MOST_HEADER_BYTES: usize = 64 << 10;
/// No OCT device makes a longer side.
const LONGEST_SIDE: u64 = 65_535;
/// Samples of one volume at most, bytes.
const MOST_BYTES: u64 = 4 << 30;

/// Reads the volume.
pub(crate) fn read(Chosen { file, .. }: Chosen) -> Result<Opened, Fault> {
    let InputFile { path, mut bytes } = file;
    if !bytes.starts_with(MAGIC) {
        let found = describe(&bytes).to_owned();
        return Err(Cause::NotWhatItSays { expected: "a NumPy array", found }.into());
    }
    let fields = ByteFields::new("its header", &bytes);
    let (start, length) = match fields.u8(6)? {
        1 => (10, usize::from(fields.u16(8)?)),
        2 | 3 => (12, fields.u32(8)? as usize),
        version => {
            return Err(Cause::bad_field("the version", version, "is none of 1, 2 and 3").into());
        }
    };
    if length > MOST_HEADER_BYTES {
        return Err(Cause::bad_field("the length of the header", length, "no program writes").into());
    }
    let header = String::from_utf8_lossy(fields.slice(start, length)?).into_owned();
    let descr = text(&header, "descr").ok_or(Cause::MissingField { field: "descr" })?;
    let (stored, big_endian) = stored_type(descr).ok_or_else(|| Cause::sample_type(shortened(descr)))?;
    let fortran = value(&header, "fortran_order").ok_or(Cause::MissingField { field: "fortran_order" })?;
    let first_fastest = fortran.starts_with("True");
    let backwards = AxisOrder::STANDARD.listed_backwards();
    let [columns, rows, bscans] = size(&header)?;
    // Each factor is at most 65535, and 8 * 65535^3 fits 64 bits.
    let samples = columns * rows * bscans;
    if samples * stored.most_bytes(false) as u64 > MOST_BYTES {
        return Err(Cause::impossible_size(columns, rows, bscans).into());
    }
    bytes.drain(..start + length);
    let by = "its header".to_owned();
    let declared = Declared { by, sizes: [columns, rows, bscans], stored, is_start_stated: true };
    let bytes = declared.exactly(Found::plain(Cow::Owned(bytes)))?;
    let samples = decode(stored, bytes, big_endian, None).ok_or_else(Cause::out_of_memory)?;
    let geometry = Geometry::default();
    let volume = if first_fastest {
        // How the samples lie in memory says nothing of the axes: it is the same array.
        let backwards = OctVolume::new(bscans as usize, rows as usize, columns as usize, samples, geometry)
            .and_then(|volume| volume.reordered(backwards));
        backwards.map(|mut volume| {
            let Geometry { pattern, samples, .. } = volume.geometry;
            volume.geometry = Geometry { pattern, samples, ..Geometry::default() };
            volume
        })
    } else {
        OctVolume::new(columns as usize, rows as usize, bscans as usize, samples, geometry)
    }
    .map_err(Cause::malformed)?;
    let name = name_of(&path);
    let listing = Some(Listing { usual: backwards, fastest_last: true, is_all_but_certain: false });
    Ok(Opened { listing, ..Opened::new(name, Format::Npy, volume) })
}

/// What stands behind `key` in the dictionary.
fn value<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let quoted = ['\'', '"'].map(|quote| format!("{quote}{key}{quote}"));
    let after = quoted.iter().find_map(|key| header.split_once(key.as_str()))?.1;
    after.trim_start().strip_prefix(':').map(str::trim_start)
}

/// The text behind `key`, without its quotes.
fn text<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let value = value(header, key)?;
    let quote = value.chars().next().filter(|letter| ['\'', '"'].contains(letter))?;
    value.get(1..)?.split(quote).next()
}

/// The type behind a `descr`, and whether its highest byte comes first.
fn stored_type(descr: &str) -> Option<(StoredType, bool)> {
    let (order, name) = descr.split_at_checked(1)?;
    let stored = match name {
        "u1" => StoredType::U8,
        "i1" => StoredType::I8,
        "u2" => StoredType::U16,
        "i2" => StoredType::I16,
        "u4" => StoredType::U32,
        "i4" => StoredType::I32,
        "f4" => StoredType::F32,
        "f8" => StoredType::F64,
        _ => return None,
    };
    match order {
        "<" => Some((stored, false)),
        ">" => Some((stored, true)),
        "|" => (stored.bytes() == 1).then_some((stored, false)),
        _ => None,
    }
}

/// Columns, rows, B-scans.
fn size(header: &str) -> Result<[u64; 3], Cause> {
    let shape = value(header, "shape").ok_or(Cause::MissingField { field: "shape" })?;
    let shape = shape.strip_prefix('(').and_then(|shape| shape.split(')').next()).unwrap_or_default();
    let mut sides: Vec<u64> = shape
        .split(',')
        .map(str::trim)
        .filter(|side| !side.is_empty())
        .take(9)
        .map(|side| {
            side.parse().map_err(|_| Cause::bad_field("shape", shape, "is not a list of whole numbers"))
        })
        .collect::<Result<_, _>>()?;
    // Axes of one sample behind the third, or before the last two, say nothing.
    while sides.len() > 3 && sides.last() == Some(&1) && sides.iter().filter(|side| **side > 1).count() > 1 {
        sides.pop();
    }
    let lead = sides.iter().take(sides.len().saturating_sub(2)).take_while(|side| **side == 1).count();
    let [bscans, rows, columns] = match sides.get(lead..) {
        Some([rows, columns]) => [1, *rows, *columns],
        // Three or four samples a pixel are colours, not a B-scan of three columns.
        Some([_, rows, 3 | 4]) if *rows > 16 => return Err(Cause::Colour),
        Some([bscans, rows, columns]) => [*bscans, *rows, *columns],
        _ => {
            return Err(Cause::Dimensions { dimensions: sides.len() as u64 });
        }
    };
    if [bscans, rows, columns].iter().any(|side| !(1..=LONGEST_SIDE).contains(side)) {
        return Err(Cause::impossible_size(columns, rows, bscans));
    }
    Ok([columns, rows, bscans])
}
