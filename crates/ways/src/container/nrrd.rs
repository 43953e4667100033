//! NRRD, after the definition of its format by Teem.

use crate::File;
use crate::container::{gzipped, words};
use crate::samples::{Array, Depth};
use crate::scan::Scan;
use crate::spacing::Stated;

/// How the header states the spacing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum States {
    /// `space directions` in a space with its unit.
    Directions,
    /// The same, second and third axis against those of the space.
    Mirrored,
    /// `spacings` with `units` of mm.
    Spacings,
    /// `spacings` with `units` of µm, and figures in them.
    Micrometres,
}

/// What varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nrrd {
    /// The array.
    pub array: Array,
    /// Packed by gzip.
    pub gzip: bool,
    /// Header and samples in files of their own.
    pub detached: bool,
    /// How spacing is stated.
    pub states: States,
    /// Lines end as in Windows (in the header alone).
    pub crlf: bool,
}

impl Nrrd {
    /// As 3D Slicer writes it.
    pub const PLAIN: Self =
        Self { array: Array::PLAIN, gzip: true, detached: false, states: States::Directions, crlf: false };

    /// The files of `scan` whose header states `spacing`.
    pub fn write(&self, scan: &Scan, spacing: Stated, base: &str) -> Vec<File> {
        let sides = self.array.sides(scan);
        let name = base.rsplit('/').next().unwrap();
        let mut lines = vec![
            "NRRD0004".to_owned(),
            "# Complete NRRD file format specification at:".to_owned(),
            format!("type: {}", type_name(self.array.depth)),
            "dimension: 3".to_owned(),
        ];
        let stated = self.array.order.of(spacing);
        if let [Some(a), Some(b), Some(c)] = stated {
            match self.states {
                States::Directions | States::Mirrored => {
                    let sign = if self.states == States::Mirrored { -1.0 } else { 1.0 };
                    lines.push("space: left-posterior-superior".to_owned());
                    lines.push("space units: \"mm\" \"mm\" \"mm\"".to_owned());
                    lines.push(format!("space directions: ({a},0,0) (0,{},0) (0,0,{})", sign * b, sign * c));
                    lines.push("space origin: (3,-4.5,100)".to_owned());
                }
                States::Spacings => {
                    lines.push(format!("spacings: {}", words(&[a, b, c])));
                    lines.push("units: \"mm\" \"mm\" \"mm\"".to_owned());
                }
                States::Micrometres => {
                    lines.push(format!("spacings: {}", words(&[1000.0 * a, 1000.0 * b, 1000.0 * c])));
                    lines.push("units: \"um\" \"um\" \"um\"".to_owned());
                }
            }
        }
        lines.push(format!("sizes: {} {} {}", sides[0], sides[1], sides[2]));
        lines.push("kinds: domain domain domain".to_owned());
        lines.push(format!("endian: {}", if self.array.big_endian { "big" } else { "little" }));
        lines.push(format!("encoding: {}", if self.gzip { "gzip" } else { "raw" }));
        let samples = self.array.bytes(scan);
        let samples = if self.gzip { gzipped(&samples) } else { samples };
        let end = if self.crlf { "\r\n" } else { "\n" };
        let data_ending = if self.gzip { "raw.gz" } else { "raw" };
        if self.detached {
            lines.push(format!("data file: {name}.{data_ending}"));
        }
        let mut header: Vec<u8> = lines.iter().flat_map(|line| format!("{line}{end}").into_bytes()).collect();
        header.extend(end.as_bytes());
        if self.detached {
            return vec![
                File::new(format!("{base}.nhdr"), header),
                File::new(format!("{base}.{data_ending}"), samples),
            ];
        }
        header.extend(samples);
        vec![File::new(format!("{base}.nrrd"), header)]
    }
}

fn type_name(depth: Depth) -> &'static str {
    match depth {
        Depth::U8 => "uchar",
        Depth::I8 => "signed char",
        Depth::U8In16 | Depth::U12In16 | Depth::U16 | Depth::U16Dim => "unsigned short",
        Depth::I16 | Depth::I16Centred => "int16",
        Depth::U32 => "uint",
        Depth::I32 => "int",
        Depth::F32 | Depth::F32Greys => "float",
        Depth::F64 => "double",
    }
}
