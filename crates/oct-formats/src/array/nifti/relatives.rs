//! The headers of NIfTI's relatives, as headers of NIfTI-1.
//!
//! NIfTI-2 (Clinical Neuroimaging Informatics, 2011) has the same fields in 540
//! bytes, wider and in another order. ANALYZE 7.5 (Mayo Clinic), which NIfTI-1 grew
//! out of, has the same sizes, type and spacing at the same places, in millimetres,
//! and nothing of orientation that its programs agree on.

use super::header::{DIM, HEADER, INTENT_CODE, MAGIC, PIXDIM, QFORM_CODE, SCL_SLOPE, VOX_OFFSET, XYZT_UNITS};
use crate::Cause;

/// Length of a header of NIfTI-2.
pub(super) const HEADER_2: usize = 540;
/// `datatype` and `bitpix`, which follow each other.
const DATATYPE: usize = 70;
/// Types of ANALYZE 7.5 with their bits: bytes, shorts, ints, floats, doubles.
const TYPES: [(i16, i16); 5] = [(2, 8), (4, 16), (8, 32), (16, 32), (64, 64)];
/// Its `vox_units`, four letters.
const VOX_UNITS: usize = 56;
/// Its `orient` and `originator`, where NIfTI-1 has its codes and affines.
const ORIENT: std::ops::Range<usize> = 252..344;

/// Where the fields of NIfTI-1 that are read stand in NIfTI-2: place there, place
/// here, and the kind of number.
const FIELDS: [(usize, usize, Kind); 20] = [
    (12, 70, Kind::Short),
    (14, 72, Kind::Short),
    (168, VOX_OFFSET, Kind::LongToFloat),
    (176, SCL_SLOPE, Kind::Float),
    (184, SCL_SLOPE + 4, Kind::Float),
    (344, QFORM_CODE, Kind::IntToShort),
    (348, QFORM_CODE + 2, Kind::IntToShort),
    (352, 256, Kind::Float),
    (360, 260, Kind::Float),
    (368, 264, Kind::Float),
    (376, 268, Kind::Float),
    (384, 272, Kind::Float),
    (392, 276, Kind::Float),
    (400, 280, Kind::FourFloats),
    (432, 296, Kind::FourFloats),
    (464, 312, Kind::FourFloats),
    (104, PIXDIM, Kind::FourFloats),
    (136, PIXDIM + 16, Kind::FourFloats),
    (500, XYZT_UNITS, Kind::IntToByte),
    (504, INTENT_CODE, Kind::IntToShort),
];

#[derive(Clone, Copy)]
enum Kind {
    /// 16 bits in both.
    Short,
    /// 32 bits to 16.
    IntToShort,
    /// 32 bits to 8.
    IntToByte,
    /// A double to a float.
    Float,
    /// Four of these.
    FourFloats,
    /// 64 bits to a float.
    LongToFloat,
}

/// Whether a header that begins with `head` is one of NIfTI-2.
pub(super) fn is_nifti_2(head: &[u8]) -> bool {
    let magic = head.get(4..8);
    is_length(head, HEADER_2 as i32) && (magic == Some(b"n+2\0") || magic == Some(b"ni2\0"))
}

/// Whether `head` is a header of ANALYZE 7.5.
pub(super) fn is_analyze(head: &[u8]) -> bool {
    let Some(big_endian) = byte_order(head, HEADER as i32) else { return false };
    let short = |at: usize| head.get(at..at + 2).map(|field| i16::from_le_bytes(ordered(field, big_endian)));
    let stored = short(DATATYPE).zip(short(DATATYPE + 2));
    // No letter of `regular` is asked for: many writers leave it out.
    head.get(MAGIC).is_some()
        && short(DIM).is_some_and(|dims| (1..=7).contains(&dims))
        && stored.is_some_and(|stored| TYPES.contains(&stored))
}

fn is_length(head: &[u8], length: i32) -> bool {
    byte_order(head, length).is_some()
}

/// Whether the highest byte comes first in a header whose first field says `length`.
fn byte_order(head: &[u8], length: i32) -> Option<bool> {
    let first: [u8; 4] = head.get(..4)?.try_into().ok()?;
    if i32::from_le_bytes(first) == length {
        return Some(false);
    }
    (i32::from_be_bytes(first) == length).then_some(true)
}

/// The first `N` bytes of `field`, the lowest first.
fn ordered<const N: usize>(field: &[u8], big_endian: bool) -> [u8; N] {
    let mut bytes = [0; N];
    for (into, byte) in bytes.iter_mut().zip(field) {
        *into = *byte;
    }
    if big_endian {
        bytes.reverse();
    }
    bytes
}

/// A header of NIfTI-2 as one of NIfTI-1 in the same byte order.
///
/// # Errors
/// [`Cause::ImpossibleSize`] where a side is larger than any scan's.
pub(super) fn from_nifti_2(head: &[u8; HEADER_2]) -> Result<[u8; HEADER], Cause> {
    let big_endian = byte_order(head, HEADER_2 as i32).unwrap_or(false);
    let mut narrow = [0_u8; HEADER];
    // In the byte order of the file, which the samples have, too.
    let mut put = |at: usize, mut field: Vec<u8>| {
        if big_endian {
            field.reverse();
        }
        narrow[at..at + field.len()].copy_from_slice(&field);
    };
    put(0, (HEADER as i32).to_le_bytes().to_vec());
    let dims: [i64; 8] =
        std::array::from_fn(|axis| i64::from_le_bytes(ordered(&head[16 + 8 * axis..], big_endian)));
    for (axis, dim) in dims.into_iter().enumerate() {
        let narrow = i16::try_from(dim).map_err(|_| {
            let [columns, rows, bscans] = [1, 2, 3].map(|axis| u64::try_from(dims[axis]).unwrap_or(0));
            Cause::impossible_size(columns, rows, bscans)
        })?;
        put(DIM + 2 * axis, narrow.to_le_bytes().to_vec());
    }
    let double = |at: usize| f64::from_le_bytes(ordered(&head[at..], big_endian)) as f32;
    let int = |at: usize| i32::from_le_bytes(ordered(&head[at..], big_endian));
    for (from, to, kind) in FIELDS {
        match kind {
            Kind::Short => put(to, ordered::<2>(&head[from..], big_endian).to_vec()),
            Kind::IntToShort => put(to, (int(from) as i16).to_le_bytes().to_vec()),
            Kind::IntToByte => put(to, vec![int(from) as u8]),
            Kind::Float => put(to, double(from).to_le_bytes().to_vec()),
            Kind::FourFloats => {
                for cell in 0..4 {
                    put(to + 4 * cell, double(from + 8 * cell).to_le_bytes().to_vec());
                }
            }
            Kind::LongToFloat => {
                let long = i64::from_le_bytes(ordered(&head[from..], big_endian));
                // Left out by some writers; the samples follow header and extension mark.
                let long = if long == 0 && head[5] == b'+' { HEADER_2 as i64 + 4 } else { long };
                put(to, (long as f32).to_le_bytes().to_vec());
            }
        }
    }
    narrow[MAGIC..].copy_from_slice(if head[5] == b'+' { b"n+1\0" } else { b"ni1\0" });
    Ok(narrow)
}

/// A header of ANALYZE 7.5 as one of NIfTI-1, with its samples in a file of their own.
pub(super) fn from_analyze(head: &[u8; HEADER]) -> [u8; HEADER] {
    let mut nifti = *head;
    // Millimetres by definition; another unit where the file writes one.
    nifti[XYZT_UNITS] = match head[VOX_UNITS..VOX_UNITS + 2].to_ascii_lowercase().as_slice() {
        b"mm" | [0, _] | b"  " => 2,
        b"um" | b"mi" => 3,
        _ => 0,
    };
    // SPM's factor stands where the slope of NIfTI-1 does; behind it comes nothing of its kind.
    nifti[SCL_SLOPE + 4..SCL_SLOPE + 8].fill(0);
    nifti[ORIENT].fill(0);
    nifti[INTENT_CODE..INTENT_CODE + 2].fill(0);
    nifti[MAGIC..].copy_from_slice(b"ni1\0");
    nifti
}
