//! Samples as files store them: type, byte order, scaling.

use std::borrow::Cow;

use oct::Samples;

/// How a file stores one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoredType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    F64,
}

impl StoredType {
    /// The name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::U16 => "uint16",
            Self::I16 => "int16",
            Self::U32 => "uint32",
            Self::I32 => "int32",
            Self::F32 => "float32",
            Self::F64 => "float64",
        }
    }

    /// Bytes of one sample in the file.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// Bytes of one sample in the file or decoded, whichever are more: a size
    /// that is bounded must bound both.
    pub(crate) fn most_bytes(self, is_scaled: bool) -> usize {
        match self {
            Self::U8 if !is_scaled => 1,
            Self::U16 if !is_scaled => 2,
            _ => self.bytes().max(4),
        }
    }
}

/// Decodes `data`, which holds whole samples. Without `scaling` (slope and
/// intercept) unsigned types of 8 and 16 bits stay as they are; all else
/// becomes 32-bit floats. 8-bit data that is owned is kept, not copied: the
/// largest volumes are of that kind. `None` where the memory does not suffice.
pub(crate) fn decode(
    stored: StoredType,
    data: Cow<'_, [u8]>,
    big_endian: bool,
    scaling: Option<(f64, f64)>,
) -> Option<Samples> {
    match (stored, scaling) {
        (StoredType::U8, None) => return Some(Samples::U8(data.into_owned())),
        (StoredType::U16, None) => return values(&data, big_endian, u16::from_le_bytes).map(Samples::U16),
        (StoredType::F32, None) => return values(&data, big_endian, f32::from_le_bytes).map(Samples::F32),
        _ => {}
    }
    let (slope, intercept) = scaling.unwrap_or((1.0, 0.0));
    let scaled = |value: f64| (value * slope + intercept) as f32;
    let floats = match stored {
        StoredType::U8 => values(&data, big_endian, |[byte]| scaled(f64::from(byte))),
        StoredType::I8 => values(&data, big_endian, |bytes| scaled(f64::from(i8::from_le_bytes(bytes)))),
        StoredType::U16 => values(&data, big_endian, |bytes| scaled(f64::from(u16::from_le_bytes(bytes)))),
        StoredType::I16 => values(&data, big_endian, |bytes| scaled(f64::from(i16::from_le_bytes(bytes)))),
        StoredType::U32 => values(&data, big_endian, |bytes| scaled(f64::from(u32::from_le_bytes(bytes)))),
        StoredType::I32 => values(&data, big_endian, |bytes| scaled(f64::from(i32::from_le_bytes(bytes)))),
        StoredType::F32 => values(&data, big_endian, |bytes| scaled(f64::from(f32::from_le_bytes(bytes)))),
        StoredType::F64 => values(&data, big_endian, |bytes| scaled(f64::from_le_bytes(bytes))),
    };
    floats.map(Samples::F32)
}

fn values<const N: usize, T>(data: &[u8], big_endian: bool, value: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
    let (samples, _) = data.as_chunks::<N>();
    let mut decoded = Vec::new();
    // Half a megabyte of gzip can decode to gigabytes: running out is an answer, not a panic.
    decoded.try_reserve_exact(samples.len()).ok()?;
    let ordered = samples.iter().map(|sample| {
        let mut sample = *sample;
        if big_endian {
            sample.reverse();
        }
        value(sample)
    });
    decoded.extend(ordered);
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_byte_order_gives_the_same_samples() {
        let decoded = |bytes: [u8; 4], big_endian| {
            decode(StoredType::I16, Cow::Borrowed(&bytes), big_endian, Some((2.0, 1.0)))
        };
        assert_eq!(decoded([0xFE, 0xFF, 3, 0], false), Some(Samples::F32(vec![-3.0, 7.0])));
        assert_eq!(decoded([0xFF, 0xFE, 0, 3], true), Some(Samples::F32(vec![-3.0, 7.0])));
    }
}
