//! NIfTI-1 in one file: `.nii` and `.nii.gz`, in either byte order.
//!
//! The layout is that of the NIfTI-1 specification (Cox et al., "A (sort of)
//! new image data format standard: NIfTI-1", NeuroImage 22, 2004): a header of
//! 348 bytes, four bytes that announce extensions, and at `vox_offset` the
//! samples with the first axis fastest.
//!
//! NIfTI was made for brains and knows no B-scans. We take, and write, axis 0
//! as columns (along the retina), axis 1 as rows (into the eye) and axis 2 as
//! B-scans; the axes are never turned by the orientation fields. These are kept
//! in [`Geometry::origin_mm`] and [`Geometry::direction`] in the file's own
//! B-scan, and go back with a mask, so that viewers lay it over the volume.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use oct::vector::norm;
use oct::{Axis, AxisSpacing, Geometry, LabelMask, OctVolume, Samples, SpacingSource};

use crate::bytes::unpack::make_room;
use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::stated::samples::{StoredType, decode};
use crate::stated::spacing::is_filler;
use crate::{Cause, Format, InputFile, OpenError, Opened, WriteError};

/// Length of the header, and what its first field says.
const HEADER: usize = 348;
/// Where the samples start in the files that we write: after the extension mark.
const DATA_AT: usize = 352;
/// Most bytes of samples.
const MAX_BYTES: u64 = 4 << 30;
/// Furthest start of the samples; extensions of more than this are no header.
const MAX_VOX_OFFSET: f32 = 268_435_456.0;
/// Relative difference above which two statements of a spacing disagree.
const SPACING_TOLERANCE: f64 = 0.01;

// Byte offsets of the header's fields.
const DIM: usize = 40;
const INTENT_CODE: usize = 68;
const DATATYPE: usize = 70;
const BITPIX: usize = 72;
const PIXDIM: usize = 76;
const VOX_OFFSET: usize = 108;
const SCL_SLOPE: usize = 112;
const SCL_INTER: usize = 116;
const XYZT_UNITS: usize = 123;
const DESCRIP: usize = 148;
const QFORM_CODE: usize = 252;
const SFORM_CODE: usize = 254;
const QUATERN: usize = 256;
const QOFFSET: usize = 268;
const SROW: usize = 280;
const MAGIC: usize = 344;

/// `intent_code` of an image of labels.
const INTENT_LABEL: i16 = 1002;
/// `xyzt_units` of millimetres.
const UNITS_MM: u8 = 2;

/// A NIfTI array as `f32`, whatever it shows (the trainer reads MR volumes).
#[derive(Debug, Clone, PartialEq)]
pub struct NiftiArray {
    /// Sizes, first axis fastest; a 2-D image has 1 as its third.
    pub dims: [usize; 3],
    /// Spacing of each axis in mm; `None` where the file does not state it or
    /// states no unit. A single slice may have none as its third.
    pub spacing_mm: [Option<f64>; 3],
    /// Samples with slope and intercept applied.
    pub values: Vec<f32>,
}

/// Reads any NIfTI-1 file of 2 or 3 dimensions into floats.
///
/// # Errors
/// As opening a volume, except that a spacing above 10 mm is taken.
pub fn read_array(bytes: &[u8], path: &str) -> Result<NiftiArray, OpenError> {
    array(bytes).map_err(|cause| cause.of(path))
}

fn array(bytes: &[u8]) -> Result<NiftiArray, Cause> {
    let (header, data, _) = unpack(bytes)?;
    let mut spacing_mm = [None; 3];
    for (index, axis) in Axis::ALL.into_iter().enumerate().take(header.axes) {
        let step = header.pixdim[index];
        if is_filler(axis, header.dims[2] as u64, step) {
            continue;
        }
        if !step.is_finite() || step <= 0.0 {
            return Err(header.impossible_spacing(index));
        }
        spacing_mm[index] = header.unit_mm.map(|unit_mm| step * unit_mm);
    }
    let values = match header.samples(data)? {
        Samples::U8(values) => values.into_iter().map(f32::from).collect(),
        Samples::U16(values) => values.into_iter().map(f32::from).collect(),
        Samples::F32(values) => values,
    };
    Ok(NiftiArray { dims: header.dims, spacing_mm, values })
}

/// Reads a volume.
pub(crate) fn read(Chosen { file, .. }: Chosen) -> Result<Opened, Fault> {
    let (header, data, surplus) = unpack(&file.bytes)?;
    let file = InputFile { bytes: Vec::new(), ..file };
    let mut warnings = Vec::new();
    if surplus {
        warnings
            .push(format!("{} holds more data than its header declares: the rest was ignored.", file.name()));
    }
    let geometry = header.geometry(file.name(), &mut warnings)?;
    let [columns, rows, bscans] = header.dims;
    let samples = header.samples(data)?;
    let volume = OctVolume::new(columns, rows, bscans, samples, geometry).map_err(Cause::malformed)?;
    Ok(Opened { warnings, ..Opened::new(file.name(), Format::Nifti, volume) })
}

/// Encodes a mask as `.nii.gz` of 8-bit labels in the volume's grid.
///
/// Where any spacing is unknown all of `pixdim` is 1 and the unit is "unknown":
/// reading it back gives an unknown spacing. `pixdim` is 32-bit, so a spacing
/// comes back to seven digits.
///
/// # Errors
/// [`WriteError::Unmeasured`] unless every B-scan is measured;
/// [`WriteError::TooLarge`] where a side is above 32767.
pub fn write_mask(mask: &LabelMask, geometry: &Geometry) -> Result<Vec<u8>, WriteError> {
    if mask.measured_bscans() != mask.bscans() {
        return Err(WriteError::Unmeasured { measured: mask.measured_bscans(), bscans: mask.bscans() });
    }
    let header = mask_header(mask, geometry)?;
    let encode = |error: io::Error| WriteError::Encode(error.to_string());
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(&header).map_err(encode)?;
    for labels in (0..mask.bscans()).filter_map(|bscan| mask.bscan(bscan)) {
        gz.write_all(labels).map_err(encode)?;
    }
    gz.finish().map_err(encode)
}

fn mask_header(mask: &LabelMask, geometry: &Geometry) -> Result<[u8; DATA_AT], WriteError> {
    let mut header = [0; DATA_AT];
    let mut put = |at: usize, field: &[u8]| header[at..at + field.len()].copy_from_slice(field);
    put(0, &(HEADER as i32).to_le_bytes());

    let known = Axis::ALL.map(|axis| geometry.spacing(axis).mm());
    // A single B-scan has no distance to a next one and needs none.
    let flat = mask.bscans() == 1 && known[2].is_none();
    let mut dim = [if flat { 2_i16 } else { 3 }, 1, 1, 1, 1, 1, 1, 1];
    for (dim, size) in dim[1..].iter_mut().zip([mask.columns(), mask.rows(), mask.bscans()]) {
        *dim = i16::try_from(size).map_err(|_| WriteError::TooLarge { format: "NIfTI-1", size })?;
    }
    for (index, dim) in dim.iter().enumerate() {
        put(DIM + 2 * index, &dim.to_le_bytes());
    }

    let (steps, unit) = match known {
        [Some(lateral), Some(axial), Some(between)] => ([lateral, axial, between], UNITS_MM),
        [Some(lateral), Some(axial), None] if flat => ([lateral, axial, 1.0], UNITS_MM),
        _ => ([1.0; 3], 0),
    };
    put(PIXDIM, &1.0_f32.to_le_bytes());
    for (axis, step) in steps.iter().enumerate() {
        put(PIXDIM + 4 * (axis + 1), &(*step as f32).to_le_bytes());
    }
    put(XYZT_UNITS, &[unit]);

    put(INTENT_CODE, &INTENT_LABEL.to_le_bytes());
    put(DATATYPE, &2_i16.to_le_bytes());
    put(BITPIX, &8_i16.to_le_bytes());
    put(VOX_OFFSET, &(DATA_AT as f32).to_le_bytes());
    put(SCL_SLOPE, &1.0_f32.to_le_bytes());
    put(DESCRIP, b"Lacuna fluid mask: 1 IRF, 2 SRF, 3 PED");
    // The affine alone; a second statement of it as a quaternion could differ.
    put(SFORM_CODE, &1_i16.to_le_bytes());
    for (row, from_lps) in RAS_TO_LPS.into_iter().enumerate() {
        for (column, step) in steps.iter().enumerate() {
            let cell = signed(geometry.direction[row * 3 + column] * step, from_lps);
            put(SROW + 16 * row + 4 * column, &(cell as f32).to_le_bytes());
        }
        let origin = signed(geometry.origin_mm[row], from_lps);
        put(SROW + 16 * row + 12, &(origin as f32).to_le_bytes());
    }
    put(MAGIC, b"n+1\0");
    Ok(header)
}

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

/// Whether `bytes` begin with a NIfTI-1 header, gzipped or not, whatever their name.
pub(crate) fn is_header(bytes: &[u8]) -> bool {
    let mut head = Vec::new();
    if bytes.starts_with(&[0x1F, 0x8B]) {
        // A file that is no gzip is no NIfTI either; what it is, others say.
        let _ = MultiGzDecoder::new(bytes).take(HEADER as u64).read_to_end(&mut head);
    } else {
        head.extend_from_slice(&bytes[..bytes.len().min(HEADER)]);
    }
    head.get(MAGIC..HEADER).is_some_and(|magic| magic == b"n+1\0" || magic == b"ni1\0")
}

/// What we need of a header, checked.
#[derive(Debug)]
struct Header {
    big_endian: bool,
    /// Columns, rows, B-scans.
    dims: [usize; 3],
    /// Axes that the file states: 2 or 3.
    axes: usize,
    stored: StoredType,
    /// As written, in the file's unit.
    pixdim: [f64; 3],
    /// One of the file's units in mm, where it states one.
    unit_mm: Option<f64>,
    vox_offset: usize,
    /// Slope and intercept, unless they change nothing.
    scaling: Option<(f64, f64)>,
    /// Columns of the affine's linear part and its origin, in the file's unit.
    affine: Option<([[f64; 3]; 3], [f64; 3])>,
}

/// The fields of a header in its byte order.
struct Fields<'a> {
    bytes: &'a [u8; HEADER],
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

    fn int(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.array(at))
    }

    fn float(&self, at: usize) -> f32 {
        f32::from_le_bytes(self.array(at))
    }

    fn floats<const N: usize>(&self, at: usize) -> [f64; N] {
        std::array::from_fn(|index| f64::from(self.float(at + 4 * index)))
    }
}

/// The byte order, from the header's own length in its first field.
fn byte_order(bytes: &[u8; HEADER]) -> Result<bool, Cause> {
    let first = [bytes[0], bytes[1], bytes[2], bytes[3]];
    for (big_endian, length) in [(false, i32::from_le_bytes(first)), (true, i32::from_be_bytes(first))] {
        match length {
            348 => return Ok(big_endian),
            540 => return Err(Cause::NotReadYet { format: "a NIfTI-2 file" }),
            _ => {}
        }
    }
    Err(Cause::NotWhatItSays {
        expected: "a NIfTI volume",
        found: "it does not begin with a NIfTI header".to_owned(),
    })
}

impl Header {
    fn parse(bytes: &[u8; HEADER]) -> Result<Self, Cause> {
        let fields = Fields { bytes, big_endian: byte_order(bytes)? };
        match &bytes[MAGIC..] {
            b"n+1\0" => {}
            b"ni1\0" => return Err(Cause::NotReadYet { format: "a NIfTI header with a separate .img file" }),
            _ => return Err(Cause::NotReadYet { format: "an ANALYZE 7.5 file" }),
        }
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
            0.0 => DATA_AT,
            at if at.fract() == 0.0 && (HEADER as f32..=MAX_VOX_OFFSET).contains(&at) => at as usize,
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
            scaling,
            affine: Self::affine(&fields, &pixdim),
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

    /// The sform where there is one, else the qform ("method 3" and "method 2"
    /// of the specification); `None` where neither is usable.
    fn affine(fields: &Fields<'_>, pixdim: &[f64; 4]) -> Option<([[f64; 3]; 3], [f64; 3])> {
        let (columns, origin) = if fields.int(SFORM_CODE) > 0 {
            let rows: [[f64; 4]; 3] = std::array::from_fn(|row| fields.floats(SROW + 16 * row));
            let columns = std::array::from_fn(|column| std::array::from_fn(|row| rows[row][column]));
            (columns, std::array::from_fn(|row| rows[row][3]))
        } else if fields.int(QFORM_CODE) > 0 {
            let [b, c, d] = fields.floats(QUATERN);
            // Rounding may take the sum a little above 1.
            let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
            let handed = if pixdim[0] < 0.0 { -1.0 } else { 1.0 };
            let turned = [
                [a * a + b * b - c * c - d * d, 2.0 * (b * c + a * d), 2.0 * (b * d - a * c)],
                [2.0 * (b * c - a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d + a * b)],
                [2.0 * (b * d + a * c), 2.0 * (c * d - a * b), a * a + d * d - b * b - c * c],
            ];
            let steps = [pixdim[1], pixdim[2], handed * pixdim[3]];
            let columns = std::array::from_fn(|axis| turned[axis].map(|cosine| cosine * steps[axis]));
            (columns, fields.floats(QOFFSET))
        } else {
            return None;
        };
        let usable = columns.iter().all(|column| norm(*column).is_normal());
        let placed = origin.iter().all(|coordinate| coordinate.is_finite());
        (usable && placed).then_some((columns, origin))
    }

    fn geometry(&self, name: &str, warnings: &mut Vec<String>) -> Result<Geometry, Cause> {
        let mut geometry = Geometry::default();
        // Without an affine the axes are NIfTI's own ("method 1").
        let own = ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [0.0; 3]);
        let (columns, origin) = self.affine.as_ref().unwrap_or(&own);
        for (row, to_lps) in RAS_TO_LPS.into_iter().enumerate() {
            geometry.origin_mm[row] = signed(origin[row] * self.unit_mm.unwrap_or(1.0), to_lps);
            for (axis, column) in columns.iter().enumerate() {
                geometry.direction[row * 3 + axis] = signed(column[row] / norm(*column), to_lps);
            }
        }
        let Some(unit_mm) = self.unit_mm else {
            let stated = |step: &f64| step.is_finite() && *step > 0.0 && *step != 1.0;
            if self.pixdim[..self.axes].iter().any(stated) {
                warnings.push(format!(
                    "{name} states a spacing without its unit, so it was not taken: enter the spacing by hand."
                ));
            }
            return Ok(geometry);
        };
        let axes = Axis::ALL.into_iter().enumerate().take(self.axes);
        for (index, axis) in axes {
            if is_filler(axis, self.dims[2] as u64, self.pixdim[index]) {
                continue;
            }
            let source = SpacingSource::FromFile { tag: format!("pixdim[{}]", index + 1) };
            let spacing = AxisSpacing::new(axis, self.pixdim[index] * unit_mm, source)
                .map_err(|_| self.impossible_spacing(index))?;
            geometry.set_spacing(axis, spacing);
        }
        let steps = self.affine.iter().flat_map(|(columns, _)| columns.iter().copied().map(norm));
        let disagree = |(step, stated): (f64, &f64)| (step - stated).abs() > SPACING_TOLERANCE * stated;
        if steps.zip(&self.pixdim[..self.axes]).any(disagree) {
            warnings.push(format!(
                "{name} states another spacing in its orientation than in pixdim, which was taken: check the spacing."
            ));
        }
        if self.axes == 3 && self.pixdim.iter().all(|step| step * unit_mm == 1.0) {
            warnings.push(format!(
                "{name} states 1 mm along every axis, which no OCT device records and many programs write by default: check the spacing."
            ));
        }
        Ok(geometry)
    }

    fn impossible_spacing(&self, axis: usize) -> Cause {
        let value = self.pixdim[axis] * self.unit_mm.unwrap_or(1.0);
        let axis = Axis::ALL.get(axis).map_or("", |axis| axis.name());
        Cause::ImpossibleSpacing { axis, value: value.to_string() }
    }

    /// What fills the file, for people.
    fn content(&self) -> String {
        let [columns, rows, bscans] = self.dims;
        format!("{columns} x {rows} x {bscans} B-scans of {}", self.stored.name())
    }

    /// Bytes of all samples; checked to fit when parsed.
    fn data_bytes(&self) -> usize {
        self.dims.iter().product::<usize>() * self.stored.bytes()
    }

    /// Samples from exactly their bytes.
    fn samples(&self, data: Vec<u8>) -> Result<Samples, Cause> {
        decode(self.stored, Cow::Owned(data), self.big_endian, self.scaling).ok_or_else(Cause::out_of_memory)
    }
}

/// Signs between NIfTI's axes (right, anterior, superior) and those of
/// [`Geometry`] (left, posterior, superior), either way.
const RAS_TO_LPS: [f64; 3] = [-1.0, -1.0, 1.0];

/// `value * sign`, and never a negative zero.
fn signed(value: f64, sign: f64) -> f64 {
    value * sign + 0.0
}

/// Header and the bytes of the samples, and whether more follow.
fn unpack(bytes: &[u8]) -> Result<(Header, Vec<u8>, bool), Cause> {
    if bytes.starts_with(&[0x1F, 0x8B]) {
        unpack_from(MultiGzDecoder::new(bytes), bytes.len())
    } else {
        unpack_from(bytes, bytes.len())
    }
}

/// Nothing is reserved by what the header alone declares: memory grows with what
/// really comes out of the `held` bytes, and no further than what was declared.
fn unpack_from(mut source: impl Read, held: usize) -> Result<(Header, Vec<u8>, bool), Cause> {
    let mut head = Vec::new();
    take(&mut source, HEADER, &mut head)?;
    let Ok(head) = <&[u8; HEADER]>::try_from(head.as_slice()) else {
        return Err(Cause::Truncated {
            promised_by: "the NIfTI-1 format".to_owned(),
            expected: HEADER as u64,
            found: head.len() as u64,
            content: "a header".to_owned(),
        });
    };
    let header = Header::parse(head)?;
    let wanted = header.data_bytes();
    let truncated = |found: usize| Cause::Truncated {
        promised_by: "its header".to_owned(),
        expected: header.vox_offset as u64 + wanted as u64,
        found: found as u64,
        content: header.content(),
    };
    let mut between = Vec::new();
    take(&mut source, header.vox_offset - HEADER, &mut between)?;
    if between.len() < header.vox_offset - HEADER {
        return Err(truncated(HEADER + between.len()));
    }
    drop(between);
    let mut data = Vec::new();
    make_room(&mut data, wanted as u64, held)?;
    take(&mut source, wanted, &mut data)?;
    if data.len() < wanted {
        return Err(truncated(header.vox_offset + data.len()));
    }
    // Reads on to the checksum, too, which a damaged file fails.
    let mut surplus = Vec::new();
    take(&mut source, 1, &mut surplus)?;
    Ok((header, data, !surplus.is_empty()))
}

/// Reads up to `count` bytes, fewer where the source ends.
fn take(source: &mut impl Read, count: usize, into: &mut Vec<u8>) -> Result<(), Cause> {
    let mut block = [0; 1 << 14];
    while into.len() < count {
        let wanted = block.len().min(count - into.len());
        let read = match source.read(&mut block[..wanted]) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // The end of a gzip stream that was cut off.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => 0,
            Err(error) => {
                let cause = error.to_string();
                return Err(Cause::malformed(cause));
            }
        };
        if read == 0 {
            return Ok(());
        }
        into.try_reserve(read).map_err(|_| Cause::out_of_memory())?;
        into.extend_from_slice(&block[..read]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_known_by_its_magic_gzipped_or_not() {
        let mut header = vec![0; HEADER];
        assert!(!is_header(&header));
        header[MAGIC..].copy_from_slice(b"n+1\0");
        assert!(is_header(&header));
        let mut gz = GzEncoder::new(Vec::new(), Compression::default());
        gz.write_all(&header).unwrap();
        let gz = gz.finish().unwrap();
        assert!(is_header(&gz));
        assert!(!is_header(&gz[..12]) && !is_header(&[]));
    }

    #[test]
    fn reading_stops_at_what_was_asked_for() {
        let mut endless = io::repeat(7);
        let mut into = Vec::new();
        take(&mut endless, 40_000, &mut into).unwrap();
        assert_eq!(into, vec![7; 40_000]);
        let mut short = &[1, 2][..];
        into.clear();
        take(&mut short, 40_000, &mut into).unwrap();
        assert_eq!(into, [1, 2]);
    }
}
