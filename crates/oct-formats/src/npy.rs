//! NumPy arrays, `.npy`, of two axes (rows, columns) or three (B-scans, rows,
//! columns): the order in which Python programs hold an OCT volume.
//!
//! Layout after NumPy Enhancement Proposal 1 and the documentation of
//! `numpy.lib.format`: a magic of six bytes, the version (1, 2 or 3), the
//! length of the header (16 bits in version 1, else 32), the header as the
//! literal of a Python dict with the keys `descr`, `fortran_order` and `shape`,
//! then the samples. An array states no spacing.

use std::borrow::Cow;

use oct::{Geometry, OctVolume, Samples};

use crate::byte_fields::ByteFields;
use crate::error::shortened;
use crate::stored_samples::{StoredType, decode};
use crate::{Format, InputFile, OpenError, Opened};

const MAGIC: &[u8] = b"\x93NUMPY";
/// NumPy itself refuses a longer header.
const MOST_HEADER_BYTES: usize = 10_000;
/// No OCT device makes a longer side.
const LONGEST_SIDE: u64 = 65_535;
/// Samples of one volume at most, bytes.
const MOST_BYTES: u64 = 4 << 30;

/// How the samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// A type that other formats have, too.
    Common(StoredType),
    /// 16-bit float.
    Half,
}

impl Element {
    fn bytes(self) -> usize {
        match self {
            Self::Common(stored) => stored.bytes(),
            Self::Half => 2,
        }
    }

    /// Bytes in the file or decoded, whichever are more.
    fn most_bytes(self) -> usize {
        match self {
            Self::Common(stored) => stored.most_bytes(false),
            Self::Half => 4,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Common(stored) => stored.name(),
            Self::Half => "float16",
        }
    }
}

/// The element and whether it is big-endian; `None` for what we do not read.
fn element(descr: &str) -> Option<(Element, bool)> {
    let (order, kind) = descr.split_at_checked(1)?;
    let element = match kind {
        "u1" => Element::Common(StoredType::U8),
        "i1" => Element::Common(StoredType::I8),
        "u2" => Element::Common(StoredType::U16),
        "i2" => Element::Common(StoredType::I16),
        "u4" => Element::Common(StoredType::U32),
        "i4" => Element::Common(StoredType::I32),
        "f2" => Element::Half,
        "f4" => Element::Common(StoredType::F32),
        "f8" => Element::Common(StoredType::F64),
        _ => return None,
    };
    match order {
        "<" => Some((element, false)),
        ">" => Some((element, true)),
        "|" if element.bytes() == 1 => Some((element, false)),
        _ => None,
    }
}

/// What the header says.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    descr: String,
    is_fortran: bool,
    shape: Vec<u64>,
}

/// The rest of a Python literal.
struct Literal<'a>(&'a str);

impl<'a> Literal<'a> {
    /// Takes `sign` where it comes next.
    fn takes(&mut self, sign: char) -> bool {
        let rest = self.0.trim_start();
        let found = rest.strip_prefix(sign);
        self.0 = found.unwrap_or(rest);
        found.is_some()
    }

    /// The letters and digits that come next.
    fn word(&mut self) -> &'a str {
        let rest = self.0.trim_start();
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.0 = rest;
        word
    }

    /// A text between quotes; NumPy escapes nothing in the ones that we read.
    fn text(&mut self) -> Option<&'a str> {
        let quote = ['\'', '"'].into_iter().find(|quote| self.takes(*quote))?;
        let (text, rest) = self.0.split_once(quote)?;
        self.0 = rest;
        (!text.contains('\\')).then_some(text)
    }

    fn sizes(&mut self) -> Option<Vec<u64>> {
        let mut sizes = Vec::new();
        if !self.takes('(') {
            return None;
        }
        while !self.takes(')') {
            sizes.push(self.word().parse().ok()?);
            if !self.takes(',') {
                return self.takes(')').then_some(sizes);
            }
        }
        Some(sizes)
    }
}

/// Why a header is none that NumPy writes.
enum HeaderFault {
    /// No dict of the three keys.
    Literal,
    /// A list of fields in the place of one type.
    Record,
}

impl Header {
    fn parse(text: &str) -> Result<Self, HeaderFault> {
        let fault = || HeaderFault::Literal;
        let mut literal = Literal(text);
        let (mut descr, mut is_fortran, mut shape) = (None, None, None);
        if !literal.takes('{') {
            return Err(fault());
        }
        while !literal.takes('}') {
            let key = literal.text().ok_or_else(fault)?;
            if !literal.takes(':') {
                return Err(fault());
            }
            match key {
                "descr" if descr.is_none() => {
                    if literal.takes('[') {
                        return Err(HeaderFault::Record);
                    }
                    descr = Some(literal.text().ok_or_else(fault)?.to_owned());
                }
                "fortran_order" if is_fortran.is_none() => {
                    is_fortran = Some(match literal.word() {
                        "True" => true,
                        "False" => false,
                        _ => return Err(fault()),
                    });
                }
                "shape" if shape.is_none() => shape = Some(literal.sizes().ok_or_else(fault)?),
                _ => return Err(fault()),
            }
            if !literal.takes(',') {
                if literal.takes('}') {
                    break;
                }
                return Err(fault());
            }
        }
        if !literal.0.trim().is_empty() {
            return Err(fault());
        }
        match (descr, is_fortran, shape) {
            (Some(descr), Some(is_fortran), Some(shape)) => Ok(Self { descr, is_fortran, shape }),
            _ => Err(fault()),
        }
    }
}

/// The header's text and where the samples start.
fn header_text<'a>(fields: &ByteFields<'a>) -> Result<(Cow<'a, str>, usize), OpenError> {
    let not_npy = |found: String| OpenError::NotWhatItSays {
        file: fields.file().to_owned(),
        expected: "a NumPy array",
        found,
    };
    if !fields.bytes().starts_with(MAGIC) {
        return Err(not_npy("it does not begin with NumPy's mark".to_owned()));
    }
    let (start, length) = match fields.u8(6)? {
        1 => (10, usize::from(fields.u16(8)?)),
        2 | 3 => (12, fields.u32(8)? as usize),
        version => return Err(not_npy(format!("its version is {version}, and 1 to 3 are known"))),
    };
    if length > MOST_HEADER_BYTES {
        return Err(not_npy(format!("its header would have {length} bytes")));
    }
    let text = fields.slice(start, length)?;
    Ok((String::from_utf8_lossy(text), start + length))
}

/// Reads the volume.
pub(crate) fn read(file: InputFile) -> Result<Opened, OpenError> {
    let path = file.path.as_str();
    let fields = ByteFields::new(path, "its header", &file.bytes);
    let (text, start) = header_text(&fields)?;
    let header = Header::parse(&text).map_err(|fault| match fault {
        HeaderFault::Record => OpenError::SampleType {
            file: path.to_owned(),
            sample_type: "records of several fields".to_owned(),
        },
        HeaderFault::Literal => OpenError::BadField {
            file: path.to_owned(),
            field: "header",
            value: shortened(text.trim()),
            why: "is no dict of descr, fortran_order and shape",
        },
    })?;
    let (element, big_endian) = element(&header.descr).ok_or_else(|| OpenError::SampleType {
        file: path.to_owned(),
        sample_type: format!("NumPy's {}", shortened(&header.descr)),
    })?;
    let [frames, rows, columns] = match *header.shape.as_slice() {
        [rows, columns] => [1, rows, columns],
        // Three or four samples a pixel are colours, not a B-scan of three columns.
        [_, rows, 3 | 4] if rows > 16 => return Err(OpenError::Colour { file: path.to_owned() }),
        [frames, rows, columns] => [frames, rows, columns],
        _ => {
            let dimensions = header.shape.len() as u64;
            return Err(OpenError::Dimensions { file: path.to_owned(), dimensions });
        }
    };
    let sides = [frames, rows, columns];
    let impossible = || OpenError::ImpossibleSize { file: path.to_owned(), columns, rows, frames };
    if sides.iter().any(|side| *side == 0 || *side > LONGEST_SIDE) {
        return Err(impossible());
    }
    // Each side is at most 65535, and 8 * 65535^3 fits 64 bits.
    let samples = columns * rows * frames;
    if samples * element.most_bytes() as u64 > MOST_BYTES {
        return Err(impossible());
    }
    let expected = samples * element.bytes() as u64;
    let found = (file.bytes.len() - start) as u64;
    if found < expected {
        return Err(OpenError::Truncated {
            file: path.to_owned(),
            promised_by: "its header".to_owned(),
            expected,
            found,
            content: format!("{columns} x {rows} x {frames} B-scans of {}", element.name()),
        });
    }
    let mut warnings = Vec::new();
    if found > expected {
        warnings
            .push(format!("{} holds more data than its header declares: the rest was ignored.", file.name()));
    }
    let name = file.name().to_owned();
    let InputFile { path, bytes: mut data } = file;
    data.drain(..start);
    data.truncate(expected as usize);
    let decoded = match element {
        Element::Common(stored) => decode(stored, Cow::Owned(data), big_endian, None),
        Element::Half => halves(&data, big_endian),
    };
    let sides = sides.map(|side| side as usize);
    let ordered = if header.is_fortran { decoded.and_then(|s| columns_fastest(s, sides)) } else { decoded };
    let samples = ordered.ok_or_else(|| OpenError::out_of_memory(&path))?;
    let [frames, rows, columns] = sides;
    let volume = OctVolume::new(columns, rows, frames, samples, Geometry::default())
        .map_err(|error| OpenError::Damaged { file: path, cause: error.to_string() })?;
    Ok(Opened { warnings, ..Opened::new(name, Format::Npy, volume) })
}

/// 16-bit floats; `None` where the memory does not suffice.
fn halves(data: &[u8], big_endian: bool) -> Option<Samples> {
    let (pairs, _) = data.as_chunks::<2>();
    let mut floats = Vec::new();
    floats.try_reserve_exact(pairs.len()).ok()?;
    let bits = |pair: &[u8; 2]| if big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    floats.extend(pairs.iter().map(|pair| half(bits(pair))));
    Some(Samples::F32(floats))
}

/// The value of an IEEE 754 binary16: a sign, five bits of exponent, ten of mantissa.
fn half(bits: u16) -> f32 {
    let mantissa = f32::from(bits & 0x3FF);
    let value = match (bits >> 10) & 0x1F {
        0 => mantissa * 2.0_f32.powi(-24),
        31 if mantissa == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        exponent => (1024.0 + mantissa) * 2.0_f32.powi(i32::from(exponent) - 25),
    };
    if bits & 0x8000 == 0 { value } else { -value }
}

/// Samples whose frame is fastest, then row, then column, in our order.
fn columns_fastest(samples: Samples, sides: [usize; 3]) -> Option<Samples> {
    Some(match samples {
        Samples::U8(samples) => Samples::U8(turned(&samples, sides)?),
        Samples::U16(samples) => Samples::U16(turned(&samples, sides)?),
        Samples::F32(samples) => Samples::F32(turned(&samples, sides)?),
    })
}

fn turned<T: Copy>(samples: &[T], [frames, rows, columns]: [usize; 3]) -> Option<Vec<T>> {
    let mut turned = Vec::new();
    turned.try_reserve_exact(samples.len()).ok()?;
    for frame in 0..frames {
        for row in 0..rows {
            let line = samples.iter().skip(row * frames + frame).step_by(frames * rows);
            turned.extend(line.take(columns).copied());
        }
    }
    Some(turned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_strictly() {
        let read = |text: &str| Header::parse(text).ok().map(|header| header.shape);
        assert_eq!(
            read("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }    \n"),
            Some(vec![3, 4])
        );
        assert_eq!(read("{\"shape\":(3,4,5),'fortran_order':True,'descr':'|u1'}"), Some(vec![3, 4, 5]));
        assert_eq!(read("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }"), Some(vec![7]));
        for wrong in [
            "",
            "{",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)} x",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 4)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 4)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3 4)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), 'more': 1}",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn halves_are_those_of_ieee_754() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3C00, 1.0),
            (0xC000, -2.0),
            (0x7BFF, 65_504.0),
            (0x0001, 5.960_464_5e-8),
            (0x0400, 6.103_515_6e-5),
            (0x3555, 0.333_251_95),
            (0x7C00, f32::INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:#06x}");
        }
        assert!(half(0x7E00).is_nan());
    }
}
