//! NumPy's `.npy`, after NEP 1.

use crate::File;
use crate::samples::{Array, Depth};
use crate::scan::Scan;

/// What varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Npy {
    /// The array; the last index of NumPy is the fastest, but in Fortran's order.
    pub array: Array,
    /// Fortran's order: the shape is not turned round.
    pub fortran: bool,
    /// Version of the format.
    pub version: u8,
}

impl Npy {
    /// As `numpy.save` writes it.
    pub const PLAIN: Self = Self { array: Array::PLAIN, fortran: false, version: 1 };

    /// The file of `scan`.
    pub fn write(&self, scan: &Scan, base: &str) -> Vec<File> {
        let [first, second, third] = self.array.sides(scan);
        let shape = if self.fortran { [first, second, third] } else { [third, second, first] };
        let end = match (self.array.depth.size(), self.array.big_endian) {
            (1, _) => '|',
            (_, true) => '>',
            (_, false) => '<',
        };
        let mut header = format!(
            "{{'descr': '{end}{}', 'fortran_order': {}, 'shape': ({}, {}, {}), }}",
            kind(self.array.depth),
            if self.fortran { "True" } else { "False" },
            shape[0],
            shape[1],
            shape[2]
        );
        let before = if self.version == 1 { 10 } else { 12 };
        while !(header.len() + before + 1).is_multiple_of(64) {
            header.push(' ');
        }
        header.push('\n');
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([self.version, 0]);
        match self.version {
            1 => bytes.extend((header.len() as u16).to_le_bytes()),
            _ => bytes.extend((header.len() as u32).to_le_bytes()),
        }
        bytes.extend(header.as_bytes());
        bytes.extend(self.array.bytes(scan));
        vec![File::new(format!("{base}.npy"), bytes)]
    }
}

fn kind(depth: Depth) -> &'static str {
    match depth {
        Depth::U8 => "u1",
        Depth::I8 => "i1",
        Depth::U8In16 | Depth::U12In16 | Depth::U16 | Depth::U16Dim => "u2",
        Depth::I16 | Depth::I16Centred => "i2",
        Depth::U32 => "u4",
        Depth::I32 => "i4",
        Depth::F32 | Depth::F32Greys => "f4",
        Depth::F64 => "f8",
    }
}
