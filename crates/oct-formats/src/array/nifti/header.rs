//! The header of NIfTI-1, checked.

use std::borrow::Cow;

use oct::{Axis, Geometry, Samples};

use crate::Cause;
use crate::bytes::declared::Declared;
use crate::stated::samples::{StoredType, decode};
use crate::stated::spacing::{is_filler, take};

use super::place::StatedPlace;

/// Length of the header, and what its first field says.
pub(super) const HEADER: usize = 348;
/// Where the samples start in the files that we write: after the extension mark.
pub(super) const DATA_AT: usize = 352;
/// Most bytes of samples.
const MAX_BYTES: u64 = 4 << 30;
/// Furthest start of the samples; extensions of more than this are no header.
const MAX_VOX_OFFSET: f32 = 268_435_456.0;

// Byte offsets of the header's fields.
pub(super) const DIM: usize = 40;
pub(super) const INTENT_CODE: usize = 68;
/// `intent_code` of an image of labels.
pub(super) const INTENT_LABEL: i16 = 1002;
pub(super) const DATATYPE: usize = 70;
pub(super) const BITPIX: usize = 72;
pub(super) const PIXDIM: usize = 76;
pub(super) const VOX_OFFSET: usize = 108;
pub(super) const SCL_SLOPE: usize = 112;
const SCL_INTER: usize = 116;
pub(super) const XYZT_UNITS: usize = 123;
pub(super) const DESCRIP: usize = 148;
pub(super) const QFORM_CODE: usize = 252;
pub(super) const SFORM_CODE: usize = 254;
pub(super) const QUATERN: usize = 256;
pub(super) const QOFFSET: usize = 268;
pub(super) const SROW: usize = 280;
pub(super) const MAGIC: usize = 344;

/// `intent_code` of labels (`NIFTI_INTENT_LABEL`) and of names of regions
/// (`NIFTI_INTENT_NEURONAME`).
const LABELS: [i16; 2] = [INTENT_LABEL, 1003];

/// The type behind a `datatype`.
fn stored_type(code: i16) -> Result<StoredType, Cause> {
    let name = match code {
        2 => return Ok(StoredType::U8),
        4 => return Ok(StoredType::I16),
        8 => return Ok(StoredType::I32),
        16 => return Ok(StoredType::F32),
        64 => return Ok(StoredType::F64),
        256 => return Ok(StoredType::I8),
        512 => return Ok(StoredType::U16),
        768 => return Ok(StoredType::U32),
        128 | 2304 => return Err(Cause::Colour),
        1 => "single bits".to_owned(),
        32 | 1792 | 2048 => "complex numbers".to_owned(),
        1024 | 1280 => "64-bit integers".to_owned(),
        1536 => "128-bit float".to_owned(),
        other => format!("NIfTI datatype {other}"),
    };
    Err(Cause::sample_type(name))
}

/// What we need of a header, checked.
#[derive(Debug)]
pub(super) struct Header {
    big_endian: bool,
    /// Columns, rows, B-scans.
    pub(super) dims: [usize; 3],
    /// Axes that the file states: 2 or 3.
    pub(super) axes: usize,
    stored: StoredType,
    /// As written, in the file's unit.
    pub(super) pixdim: [f64; 3],
    /// One of the file's units in mm, where it states one.
    pub(super) unit_mm: Option<f64>,
    pub(super) vox_offset: usize,
    /// Whether it says that its samples are labels.
    pub(super) holds_labels: bool,
    /// Whether the samples lie in a file of their own.
    pub(super) is_pair: bool,
    /// Slope and intercept, unless they change nothing.
    scaling: Option<(f64, f64)>,
    /// All that it says of where its samples lie.
    pub(super) place: StatedPlace,
}

/// The fields of a header in its byte order.
pub(super) struct Fields<'a> {
    pub(super) bytes: &'a [u8; HEADER],
    big_endian: bool,
}

impl Fields<'_> {
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut field = [0; N];
        field.copy_from_slice(&self.bytes[at..at + N]);
        if self.big_endian {
            field.reverse();
        }
        field
    }

    pub(super) fn int(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.array(at))
    }

    pub(super) fn float(&self, at: usize) -> f32 {
        f32::from_le_bytes(self.array(at))
    }

    pub(super) fn floats<const N: usize>(&self, at: usize) -> [f64; N] {
        std::array::from_fn(|index| f64::from(self.float(at + 4 * index)))
    }
}

/// The byte order, from the header's own length in its first field.
fn byte_order(bytes: &[u8; HEADER]) -> Result<bool, Cause> {
    let first = [bytes[0], bytes[1], bytes[2], bytes[3]];
    for (big_endian, length) in [(false, i32::from_le_bytes(first)), (true, i32::from_be_bytes(first))] {
        if length == 348 {
            return Ok(big_endian);
        }
    }
    Err(Cause::NotWhatItSays {
        expected: "a NIfTI volume",
        found: "it does not begin with a NIfTI header".to_owned(),
    })
}

impl Header {
    pub(super) fn parse(bytes: &[u8; HEADER]) -> Result<Self, Cause> {
        let fields = Fields { bytes, big_endian: byte_order(bytes)? };
        let is_pair = match &bytes[MAGIC..] {
            b"n+1\0" => false,
            b"ni1\0" => true,
            _ => {
                let found = "its header has no mark of NIfTI".to_owned();
                return Err(Cause::NotWhatItSays { expected: "a NIfTI volume", found });
            }
        };
        let first = if is_pair { 0 } else { HEADER };
        let (dims, axes) = Self::dims(&fields)?;
        let code = fields.int(DATATYPE);
        let stored = stored_type(code)?;
        let bitpix = fields.int(BITPIX);
        // Zero is left by writers that forget the field.
        if bitpix != 0 && bitpix != 8 * stored.bytes() as i16 {
            return Err(Cause::bad_field("bitpix", bitpix, "contradicts its datatype"));
        }
        let impossible = || {
            let [columns, rows, bscans] = dims.map(|size| size as u64);
            Cause::impossible_size(columns, rows, bscans)
        };
        let scaling = Self::scaling(&fields)?;
        let widest = stored.most_bytes(scaling.is_some()) as u64;
        let bytes = dims.iter().try_fold(widest, |bytes, size| bytes.checked_mul(*size as u64));
        if bytes.is_none_or(|bytes| bytes == 0 || bytes > MAX_BYTES || usize::try_from(bytes).is_err()) {
            return Err(impossible());
        }
        let vox_offset = fields.float(VOX_OFFSET);
        let vox_offset = match vox_offset {
            // Left out by some writers; the data follow the header.
            0.0 if is_pair => 0,
            0.0 => DATA_AT,
            at if at.fract() == 0.0 && (first as f32..=MAX_VOX_OFFSET).contains(&at) => at as usize,
            at => return Err(Cause::bad_field("vox_offset", at, "is no place for the samples")),
        };
        let pixdim: [f64; 4] = fields.floats(PIXDIM);
        // The low three bits are of space, the others of time.
        let unit_mm = match fields.bytes[XYZT_UNITS] & 7 {
            1 => Some(1000.0),
            2 => Some(1.0),
            3 => Some(0.001),
            _ => None,
        };
        Ok(Self {
            big_endian: fields.big_endian,
            dims,
            axes,
            stored,
            pixdim: [pixdim[1], pixdim[2], pixdim[3]],
            unit_mm,
            vox_offset,
            holds_labels: LABELS.contains(&fields.int(INTENT_CODE)),
            is_pair,
            scaling,
            place: StatedPlace::read(&fields),
        })
    }

    fn dims(fields: &Fields<'_>) -> Result<([usize; 3], usize), Cause> {
        let dim: [i16; 8] = std::array::from_fn(|index| fields.int(DIM + 2 * index));
        let stated = match usize::try_from(dim[0]) {
            Ok(stated @ 1..=7) => stated,
            _ => return Err(Cause::bad_field("dim[0]", dim[0], "is no number of dimensions")),
        };
        // Axes of one sample after the third carry nothing.
        let axes = (4..=stated).rev().find(|axis| dim[*axis] != 1).unwrap_or(stated.min(3));
        if !(2..=3).contains(&axes) {
            return Err(Cause::Dimensions { dimensions: axes as u64 });
        }
        let mut dims = [1; 3];
        for (size, dim) in dims.iter_mut().zip(&dim[1..=axes]) {
            *size = usize::try_from(*dim).unwrap_or(0);
        }
        Ok((dims, axes))
    }

    fn scaling(fields: &Fields<'_>) -> Result<Option<(f64, f64)>, Cause> {
        let [slope, inter] = fields.floats(SCL_SLOPE);
        // A slope of 0 means none; some writers say so by a NaN.
        if slope == 0.0 || slope.is_nan() || (slope == 1.0 && inter == 0.0) {
            return Ok(None);
        }
        if !slope.is_finite() {
            return Err(Cause::bad_field("scl_slope", slope, "is not a finite number"));
        }
        if !inter.is_finite() {
            return Err(Cause::bad_field("scl_inter", fields.float(SCL_INTER), "is not a finite number"));
        }
        Ok(Some((slope, inter)))
    }

    pub(super) fn geometry(&self, name: &str, warnings: &mut Vec<String>) -> Geometry {
        let mut geometry = Geometry::default();
        let shown = self.place.shown();
        let as_shown_mm = self.unit_mm.unwrap_or(1.0);
        geometry.origin_mm = shown.origin.map(|figure| figure * as_shown_mm);
        geometry.direction = shown.direction;
        geometry.set_header_steps(&shown.steps.map(|step| step * as_shown_mm)[..self.axes]);
        let Some(unit_mm) = self.unit_mm else {
            let stated = |step: &f64| step.is_finite() && *step > 0.0 && *step != 1.0;
            if self.pixdim[..self.axes].iter().any(stated) {
                warnings.push(format!(
                    "{name} states a spacing without its unit, so it was not taken: enter the spacing by hand."
                ));
            }
            return geometry;
        };
        let axes = Axis::ALL.into_iter().enumerate().take(self.axes);
        for (index, axis) in axes {
            if is_filler(axis, self.dims[2] as u64, self.pixdim[index]) {
                continue;
            }
            let (step, tag) = (self.pixdim[index], format!("pixdim[{}]", index + 1));
            warnings.extend(take(&mut geometry, axis, step * unit_mm, &tag, step));
        }
        if let Some((form, steps)) = self.place.affine_steps() {
            // The step of a single B-scan is there because the form wants one.
            let stated = |(index, step): (usize, f64)| {
                (index < self.axes && self.dims[index] > 1).then_some(step * unit_mm)
            };
            geometry.contradict(form, [[0, 1, 2].map(|index| stated((index, steps[index])))]);
        }
        geometry
    }

    /// What it declares of its samples; checked to fit when parsed.
    pub(super) fn declared(&self) -> Declared {
        Declared {
            by: "its header".to_owned(),
            sizes: self.dims.map(|size| size as u64),
            stored: self.stored,
            // In a file of their own they begin at its first byte unless it says otherwise.
            is_start_stated: !self.is_pair || self.vox_offset > 0,
        }
    }

    /// Whether the extensions that follow the header in `between` end before the samples:
    /// four bytes, the first of them 0 where there are none, then their lengths (a multiple
    /// of 16) and codes as 32-bit numbers (NIfTI-1, "Extended header").
    pub(super) fn extensions_fit(&self, between: &[u8]) -> bool {
        let (Some(mark), mut rest) = (between.first(), between.get(4..).unwrap_or_default()) else {
            return true;
        };
        if *mark == 0 {
            return true;
        }
        while let Some(length) = rest.first_chunk() {
            let length =
                if self.big_endian { u32::from_be_bytes(*length) } else { u32::from_le_bytes(*length) };
            if length < 16 || length % 16 != 0 {
                // What follows is no extension: some writers leave the mark by mistake.
                return true;
            }
            let Some(after) = rest.get(length as usize..) else { return false };
            rest = after;
        }
        true
    }

    /// Samples from exactly their bytes.
    pub(super) fn samples(&self, data: Vec<u8>) -> Result<Samples, Cause> {
        decode(self.stored, Cow::Owned(data), self.big_endian, self.scaling).ok_or_else(Cause::out_of_memory)
    }
}
