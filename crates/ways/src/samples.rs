//! How a grey becomes a stored number, and in which order the numbers lie.

use crate::Scan;

/// The type of the stored numbers, with the line from grey to number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// 8 bits.
    U8,
    /// Signed 8 bits: grey - 128.
    I8,
    /// Greys of 8 bits in 16.
    U8In16,
    /// 12 bits in 16.
    U12In16,
    /// 16 bits, all of them.
    U16,
    /// 16 bits, dim: a fifth of the range, a little above 0.
    U16Dim,
    /// Signed 16 bits, none of them negative.
    I16,
    /// Signed 16 bits around 0.
    I16Centred,
    /// Unsigned 32 bits.
    U32,
    /// Signed 32 bits.
    I32,
    /// 32-bit floats of 0 to 1.
    F32,
    /// 32-bit floats of 0 to 255.
    F32Greys,
    /// 64-bit floats.
    F64,
}

impl Depth {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::U8,
        Self::I8,
        Self::U8In16,
        Self::U12In16,
        Self::U16,
        Self::U16Dim,
        Self::I16,
        Self::I16Centred,
        Self::U32,
        Self::I32,
        Self::F32,
        Self::F32Greys,
        Self::F64,
    ];

    /// Factor and summand from grey to number.
    pub fn line(self) -> (f64, f64) {
        match self {
            Self::U8 | Self::U8In16 | Self::F32Greys => (1.0, 0.0),
            Self::I8 => (1.0, -128.0),
            Self::U12In16 => (16.0, 0.0),
            Self::U16 => (257.0, 0.0),
            Self::U16Dim => (50.0, 300.0),
            Self::I16 => (100.0, 0.0),
            Self::I16Centred => (100.0, -12_800.0),
            Self::U32 | Self::I32 => (1000.0, 0.0),
            Self::F32 => (1.0 / 255.0, 0.0),
            Self::F64 => (0.25, 0.0),
        }
    }

    /// Bytes of a number.
    pub fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U8In16 | Self::U12In16 | Self::U16 | Self::U16Dim | Self::I16 | Self::I16Centred => 2,
            Self::U32 | Self::I32 | Self::F32 | Self::F32Greys => 4,
            Self::F64 => 8,
        }
    }

    /// Whether the numbers may be negative.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I16Centred | Self::I32)
    }

    /// Whether the numbers are floats.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F32Greys | Self::F64)
    }

    /// The number that `grey` becomes.
    pub fn number(self, grey: f32) -> f64 {
        let (factor, summand) = self.line();
        f64::from(grey) * factor + summand
    }

    /// `greys` as bytes.
    pub fn bytes(self, greys: impl IntoIterator<Item = f32>, big_endian: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        for grey in greys {
            let number = self.number(grey);
            let start = bytes.len();
            match self {
                Self::U8 => bytes.push(number as u8),
                Self::I8 => bytes.extend((number as i8).to_le_bytes()),
                Self::U8In16 | Self::U12In16 | Self::U16 | Self::U16Dim => {
                    bytes.extend((number as u16).to_le_bytes());
                }
                Self::I16 | Self::I16Centred => bytes.extend((number as i16).to_le_bytes()),
                Self::U32 => bytes.extend((number as u32).to_le_bytes()),
                Self::I32 => bytes.extend((number as i32).to_le_bytes()),
                Self::F32 | Self::F32Greys => bytes.extend((number as f32).to_le_bytes()),
                Self::F64 => bytes.extend(number.to_le_bytes()),
            }
            if big_endian {
                bytes[start..].reverse();
            }
        }
        bytes
    }
}

/// Which axis of the eye is the first, second and third of an array, the fastest
/// first: 0 lateral, 1 axial, 2 between B-scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order(pub [usize; 3]);

impl Order {
    /// Columns, rows, B-scans: what every device writes.
    pub const PLAIN: Self = Self([0, 1, 2]);
    /// All orders but the plain one.
    pub const OTHERS: [Self; 5] =
        [Self([1, 0, 2]), Self([2, 1, 0]), Self([0, 2, 1]), Self([1, 2, 0]), Self([2, 0, 1])];

    /// `of` the three axes of the eye, in the order of the array.
    pub fn of<T: Copy>(self, of: [T; 3]) -> [T; 3] {
        self.0.map(|axis| of[axis])
    }

    /// `values` of a volume of `sides` samples in this order.
    pub fn arrange<T: Copy>(self, values: &[T], sides: [usize; 3]) -> Vec<T> {
        let strides = [1, sides[0], sides[0] * sides[1]];
        let (sides, strides) = (self.of(sides), self.of(strides));
        let mut arranged = Vec::with_capacity(values.len());
        for third in 0..sides[2] {
            for second in 0..sides[1] {
                let start = third * strides[2] + second * strides[1];
                arranged.extend((0..sides[0]).map(|first| values[start + first * strides[0]]));
            }
        }
        arranged
    }
}

/// How an array holds a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array {
    /// Order of its axes.
    pub order: Order,
    /// Type of its numbers.
    pub depth: Depth,
    /// Most significant byte first.
    pub big_endian: bool,
}

impl Array {
    /// 8 bits in the plain order.
    pub const PLAIN: Self = Self { order: Order::PLAIN, depth: Depth::U8, big_endian: false };

    /// The sides of the array of `scan`.
    pub fn sides(self, scan: &Scan) -> [usize; 3] {
        self.order.of([scan.columns, scan.rows, scan.bscans])
    }

    /// The bytes of the array of `scan`.
    pub fn bytes(self, scan: &Scan) -> Vec<u8> {
        let arranged = self.order.arrange(&scan.greys, [scan.columns, scan.rows, scan.bscans]);
        self.depth.bytes(arranged, self.big_endian)
    }
}
