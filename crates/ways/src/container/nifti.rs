//! NIfTI, after `nifti1.h` and `nifti2.h`.

use crate::File;
use crate::container::gzipped;
use crate::samples::{Array, Depth};
use crate::scan::Scan;
use crate::spacing::Stated;

/// In which way the header says where the volume lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affine {
    /// Neither form: `pixdim` alone.
    Neither,
    /// qform, along the axes.
    Quaternion,
    /// sform, along the axes.
    Rows,
    /// Both, the same.
    Both,
    /// sform with its first axis against the patient's, as most converters write.
    NegativeColumns,
    /// sform with its second axis downwards and the third from above.
    Downwards,
    /// sform turned by some degrees.
    Oblique,
    /// qform and sform that say something else of the place, the same of the spacing.
    Disagree,
}

/// The unit that the header states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Millimetres.
    Millimetres,
    /// Micrometres, and figures in them.
    Micrometres,
    /// Metres, and figures in them.
    Metres,
    /// None, and millimetres.
    None,
}

/// What varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nifti {
    /// The array.
    pub array: Array,
    /// NIfTI-2.
    pub second: bool,
    /// `.hdr` and `.img`.
    pub pair: bool,
    /// Packed by gzip.
    pub gzip: bool,
    /// Where it lies.
    pub affine: Affine,
    /// Unit of the figures.
    pub unit: Unit,
    /// `scl_slope` and `scl_inter`.
    pub slope: [f32; 2],
    /// Bytes of an extension behind the header.
    pub extension: usize,
    /// Length of a fourth axis; 0 for none.
    pub fourth: usize,
}

impl Nifti {
    /// As nibabel writes it, with its unit.
    pub const PLAIN: Self = Self {
        array: Array::PLAIN,
        second: false,
        pair: false,
        gzip: true,
        affine: Affine::Rows,
        unit: Unit::Millimetres,
        slope: [f32::NAN, f32::NAN],
        extension: 0,
        fourth: 0,
    };

    /// The files of `scan` whose header states `spacing`.
    pub fn write(&self, scan: &Scan, spacing: Stated, base: &str) -> Vec<File> {
        let mut samples = self.array.bytes(scan);
        if self.fourth > 1 {
            samples = samples.repeat(self.fourth);
        }
        let header = self.header(scan, spacing);
        if self.pair {
            return vec![File::new(format!("{base}.hdr"), header), File::new(format!("{base}.img"), samples)];
        }
        let whole = [header, samples].concat();
        let (ending, bytes) = if self.gzip { ("nii.gz", gzipped(&whole)) } else { ("nii", whole) };
        vec![File::new(format!("{base}.{ending}"), bytes)]
    }

    fn header(&self, scan: &Scan, spacing: Stated) -> Vec<u8> {
        let sides = self.array.sides(scan);
        let factor = match self.unit {
            Unit::Micrometres => 1000.0,
            Unit::Metres => 0.001,
            Unit::Millimetres | Unit::None => 1.0,
        };
        let mm = self.array.order.of(spacing).map(|mm| mm.unwrap_or(0.0) * factor);
        let dimensions = if self.fourth > 0 { 4 } else { 3 };
        let dims = [dimensions, sides[0], sides[1], sides[2], self.fourth.max(1), 1, 1, 1];
        let quaternion = matches!(self.affine, Affine::Quaternion | Affine::Both | Affine::Disagree);
        let rows = !matches!(self.affine, Affine::Neither | Affine::Quaternion);
        let sform = self.rows(mm);
        let units = match self.unit {
            Unit::None => 0,
            Unit::Metres => 1,
            Unit::Millimetres => 2,
            Unit::Micrometres => 3,
        };
        let pixdim = [1.0, mm[0], mm[1], mm[2], 0.0, 0.0, 0.0, 0.0];
        let mut out = Bytes { bytes: Vec::new(), big_endian: self.array.big_endian };
        let size: usize = if self.second { 540 } else { 348 };
        let extended = if self.pair { 0 } else { size + 4 + self.extension };
        let magic: &[u8] = if self.pair { b"ni" } else { b"n+" };
        let kind = datatype(self.array.depth);
        let bits = 8 * self.array.depth.size() as i16;
        out.whole(size as i32);
        if self.second {
            out.bytes.extend(magic);
            out.bytes.extend(b"2\0\r\n\x1A\n");
            out.short(kind);
            out.short(bits);
            dims.iter().for_each(|side| out.long(*side as i64));
            [0.0; 3].iter().for_each(|intent| out.double(*intent));
            pixdim.iter().for_each(|mm| out.double(*mm));
            out.long(extended as i64);
            self.slope.iter().for_each(|slope| out.double(f64::from(*slope)));
            [0.0; 4].iter().for_each(|value| out.double(*value));
            [0, 0].iter().for_each(|slice| out.long(*slice));
            out.bytes.resize(344, 0);
            out.whole(i32::from(quaternion));
            out.whole(i32::from(rows));
            [0.0; 6].iter().for_each(|value| out.double(*value));
            sform.iter().flatten().for_each(|value| out.double(*value));
            out.whole(0);
            out.whole(units);
            out.bytes.resize(size, 0);
        } else {
            out.bytes.resize(40, 0);
            dims.iter().for_each(|side| out.short(*side as i16));
            out.bytes.resize(70, 0);
            out.short(kind);
            out.short(bits);
            out.short(0);
            pixdim.iter().for_each(|mm| out.float(*mm as f32));
            out.float(extended as f32);
            self.slope.iter().for_each(|slope| out.float(*slope));
            out.bytes.resize(123, 0);
            out.bytes.push(units as u8);
            out.bytes.resize(252, 0);
            out.short(i16::from(quaternion));
            out.short(i16::from(rows));
            [0.0; 6].iter().for_each(|value| out.float(*value));
            sform.iter().flatten().for_each(|value| out.float(*value as f32));
            out.bytes.resize(344, 0);
            out.bytes.extend(magic);
            out.bytes.extend(b"1\0");
        }
        if !self.pair {
            out.bytes.extend([u8::from(self.extension > 0), 0, 0, 0]);
            if self.extension > 0 {
                let start = out.bytes.len();
                out.whole(self.extension as i32);
                out.whole(6);
                out.bytes.resize(start + self.extension, b' ');
            }
        }
        out.bytes
    }

    /// The three rows of the sform.
    fn rows(&self, mm: [f64; 3]) -> [[f64; 4]; 3] {
        let along = |signs: [f64; 3], shift: [f64; 3]| {
            let mut rows = [[0.0; 4]; 3];
            for axis in 0..3 {
                rows[axis][axis] = signs[axis] * mm[axis];
                rows[axis][3] = shift[axis];
            }
            rows
        };
        match self.affine {
            Affine::NegativeColumns => along([-1.0, 1.0, 1.0], [5.9, -3.0, 12.0]),
            Affine::Downwards => along([1.0, -1.0, -1.0], [0.0, 2.0, 1.5]),
            Affine::Disagree => along([1.0, 1.0, 1.0], [7.0, 8.0, 9.0]),
            Affine::Oblique => {
                let (cosine, sine) = (0.8, 0.6);
                [
                    [cosine * mm[0], -sine * mm[1], 0.0, 4.0],
                    [sine * mm[0], cosine * mm[1], 0.0, 5.0],
                    [0.0, 0.0, mm[2], 6.0],
                ]
            }
            _ => along([1.0; 3], [0.0; 3]),
        }
    }
}

struct Bytes {
    bytes: Vec<u8>,
    big_endian: bool,
}

impl Bytes {
    fn put<const N: usize>(&mut self, mut little: [u8; N]) {
        if self.big_endian {
            little.reverse();
        }
        self.bytes.extend(little);
    }

    fn short(&mut self, value: i16) {
        self.put(value.to_le_bytes());
    }

    fn whole(&mut self, value: i32) {
        self.put(value.to_le_bytes());
    }

    fn long(&mut self, value: i64) {
        self.put(value.to_le_bytes());
    }

    fn float(&mut self, value: f32) {
        self.put(value.to_le_bytes());
    }

    fn double(&mut self, value: f64) {
        self.put(value.to_le_bytes());
    }
}

fn datatype(depth: Depth) -> i16 {
    match depth {
        Depth::U8 => 2,
        Depth::I8 => 256,
        Depth::U8In16 | Depth::U12In16 | Depth::U16 | Depth::U16Dim => 512,
        Depth::I16 | Depth::I16Centred => 4,
        Depth::U32 => 768,
        Depth::I32 => 8,
        Depth::F32 | Depth::F32Greys => 16,
        Depth::F64 => 64,
    }
}
