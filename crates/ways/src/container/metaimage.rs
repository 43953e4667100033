//! MetaImage, after the description of its header by Kitware.

use crate::File;
use crate::container::{deflated, words};
use crate::samples::{Array, Depth};
use crate::scan::Scan;
use crate::spacing::Stated;

/// Where the samples lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// `.mhd` and `.raw`.
    Raw,
    /// `.mhd` and `.zraw`, packed by zlib.
    Zlib,
    /// `.mha`.
    Local,
    /// `.mha`, packed by zlib.
    LocalZlib,
    /// `.mhd` and a file for each B-scan, which the header lists.
    Listed,
    /// `.mhd` and a file for each B-scan, named by a pattern.
    Pattern,
    /// `.mhd` and a `.raw` that begins with something else.
    Behind(usize),
}

/// Where the volume lies in the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// At 0, along the axes.
    Plain,
    /// Somewhere else.
    Moved,
    /// The second and third axis of the array against those of the patient.
    Mirrored,
    /// Turned by some degrees.
    Oblique,
}

/// What varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetaImage {
    /// The array.
    pub array: Array,
    /// Where the samples lie.
    pub holds: Holds,
    /// Where the volume lies.
    pub lies: Lies,
    /// Lines end as in Windows.
    pub crlf: bool,
    /// `ElementSize` in the place of `ElementSpacing`.
    pub element_size: bool,
    /// A comment, an unknown field and a field of ITK's before those that are needed.
    pub chatty: bool,
}

impl MetaImage {
    /// As ITK writes it.
    pub const PLAIN: Self = Self {
        array: Array::PLAIN,
        holds: Holds::Raw,
        lies: Lies::Plain,
        crlf: false,
        element_size: false,
        chatty: false,
    };

    /// The files of `scan` whose header states `spacing`.
    pub fn write(&self, scan: &Scan, spacing: Stated, base: &str) -> Vec<File> {
        let samples = self.array.bytes(scan);
        let sides = self.array.sides(scan);
        let each = samples.len() / sides[2];
        let name = base.rsplit('/').next().unwrap();
        let mut data = Vec::new();
        let (ending, data_name) = match self.holds {
            Holds::Raw | Holds::Behind(_) => ("mhd", format!("{name}.raw")),
            Holds::Zlib => ("mhd", format!("{name}.zraw")),
            Holds::Local | Holds::LocalZlib => ("mha", "LOCAL".to_owned()),
            Holds::Pattern => ("mhd", format!("{name}_%03d.raw 1 {} 1", sides[2])),
            Holds::Listed => ("mhd", "LIST".to_owned()),
        };
        match self.holds {
            Holds::Raw => data.push(File::new(format!("{base}.raw"), samples)),
            Holds::Behind(bytes) => {
                data.push(File::new(format!("{base}.raw"), [vec![7; bytes], samples].concat()));
            }
            Holds::Zlib => data.push(File::new(format!("{base}.zraw"), deflated(&samples))),
            Holds::Local => data.push(File::new("", samples)),
            Holds::LocalZlib => data.push(File::new("", deflated(&samples))),
            Holds::Pattern | Holds::Listed => {
                for (number, slice) in samples.chunks(each).enumerate() {
                    data.push(File::new(format!("{base}_{:03}.raw", number + 1), slice));
                }
            }
        }
        let packed = matches!(self.holds, Holds::Zlib | Holds::LocalZlib);
        let mut lines = vec!["ObjectType = Image".to_owned(), "NDims = 3".to_owned()];
        if self.chatty {
            lines.push("Comment = saved by somebody".to_owned());
            lines.push("ITK_InputFilterName = NiftiImageIO".to_owned());
            lines.push("AnatomicalOrientation = RAI".to_owned());
            lines.push("CenterOfRotation = 0 0 0".to_owned());
        }
        lines.push("BinaryData = True".to_owned());
        lines.push(format!(
            "BinaryDataByteOrderMSB = {}",
            if self.array.big_endian { "True" } else { "False" }
        ));
        lines.push(format!("CompressedData = {}", if packed { "True" } else { "False" }));
        if packed {
            let size = data.first().map_or(0, |file| file.bytes.len());
            lines.push(format!("CompressedDataSize = {size}"));
        }
        if let Holds::Behind(bytes) = self.holds {
            lines.push(format!("HeaderSize = {bytes}"));
        }
        let (matrix, offset) = match self.lies {
            Lies::Plain => ([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], [0.0; 3]),
            Lies::Moved => ([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], [-3.5, 17.25, 120.0]),
            Lies::Mirrored => ([1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, -1.0], [1.0, 2.0, 3.0]),
            Lies::Oblique => ([0.8, 0.6, 0.0, -0.6, 0.8, 0.0, 0.0, 0.0, 1.0], [1.0, 2.0, 3.0]),
        };
        lines.push(format!("TransformMatrix = {}", words(&matrix)));
        lines.push(format!("Offset = {}", words(&offset)));
        if let [Some(a), Some(b), Some(c)] = self.array.order.of(spacing) {
            let field = if self.element_size { "ElementSize" } else { "ElementSpacing" };
            lines.push(format!("{field} = {}", words(&[a, b, c])));
        }
        lines.push(format!("DimSize = {} {} {}", sides[0], sides[1], sides[2]));
        lines.push(format!("ElementType = {}", element_type(self.array.depth)));
        lines.push(format!("ElementDataFile = {data_name}"));
        if self.holds == Holds::Listed {
            lines.extend((1..=sides[2]).map(|number| format!("{name}_{number:03}.raw")));
        }
        let end = if self.crlf { "\r\n" } else { "\n" };
        let mut header: Vec<u8> = lines.iter().flat_map(|line| format!("{line}{end}").into_bytes()).collect();
        if data_name == "LOCAL" {
            header.extend(data.remove(0).bytes);
        }
        data.insert(0, File::new(format!("{base}.{ending}"), header));
        data
    }
}

fn element_type(depth: Depth) -> &'static str {
    match depth {
        Depth::U8 => "MET_UCHAR",
        Depth::I8 => "MET_CHAR",
        Depth::U8In16 | Depth::U12In16 | Depth::U16 | Depth::U16Dim => "MET_USHORT",
        Depth::I16 | Depth::I16Centred => "MET_SHORT",
        Depth::U32 => "MET_UINT",
        Depth::I32 => "MET_INT",
        Depth::F32 | Depth::F32Greys => "MET_FLOAT",
        Depth::F64 => "MET_DOUBLE",
    }
}
