//! Compressed samples to bytes, of MetaImage, NIfTI and NRRD.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::Cause;

/// Scans pack to a half or a third. Room for more than this for each packed
/// byte is made only as bytes really come out: a header may lie.
const ROOM_PER_BYTE: u64 = 3;

/// Makes room for `wanted` bytes at once, where `packed` ones can hold them: a
/// vector that grows takes three times what it is given.
///
/// # Errors
/// [`Cause::TooLarge`] where the memory does not suffice.
pub(crate) fn make_room(into: &mut Vec<u8>, wanted: u64, packed: usize) -> Result<(), Cause> {
    if wanted / ROOM_PER_BYTE > packed as u64 {
        return Ok(());
    }
    let room = usize::try_from(wanted).ok().and_then(|room| into.try_reserve_exact(room).ok());
    room.ok_or_else(Cause::out_of_memory)
}

/// Samples as a file holds them.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    /// Their bytes.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Whether more of them come out of packed data, which were not unpacked.
    pub(crate) has_more: bool,
}

impl<'a> Found<'a> {
    /// Bytes that are not packed.
    pub(crate) fn plain(bytes: Cow<'a, [u8]>) -> Self {
        Self { bytes, has_more: false }
    }
}

/// The samples in `data`, which have `expected` bytes: packed with gzip or zlib,
/// whichever the header says, and also where it does not say that they are packed.
///
/// # Errors
/// [`Cause`] where they are packed otherwise, damaged, or the memory does not suffice.
pub(crate) fn as_found(data: Cow<'_, [u8]>, is_packed: bool, expected: u64) -> Result<Found<'_>, Cause> {
    let held = data.len();
    let is_short = (held as u64) < expected;
    if !is_packed && !is_short {
        return Ok(Found::plain(data));
    }
    let unpacked =
        |bytes: Vec<u8>| Found { has_more: bytes.len() as u64 > expected, bytes: Cow::Owned(bytes) };
    match data.as_ref() {
        [0x1F, 0x8B, ..] => unpack(MultiGzDecoder::new(&*data), expected, held).map(unpacked),
        // The first two bytes of zlib's are a number that 31 divides (RFC 1950).
        [method, flags, ..]
            if method & 0x0F == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31) =>
        {
            match unpack(ZlibDecoder::new(&*data), expected, held) {
                // Samples of a truncated file may begin like that.
                Err(_) if !is_packed => Ok(Found::plain(data)),
                found => found.map(unpacked),
            }
        }
        _ => match other_packing(&data) {
            Some(packing) => Err(Cause::Unsupported {
                feature: format!("{packing} compression"),
                remedy: "save it without compression, or with gzip",
            }),
            None if is_packed => unpack(ZlibDecoder::new(&*data), expected, held).map(unpacked),
            None => Ok(Found::plain(data)),
        },
    }
}

/// A packing that is known and not read.
fn other_packing(data: &[u8]) -> Option<&'static str> {
    match data {
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some("bzip2"),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some("xz"),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some("zstd"),
        [0x04, 0x22, 0x4D, 0x18, ..] => Some("lz4"),
        [b'P', b'K', 3, 4, ..] => Some("zip"),
        [b'7', b'z', 0xBC, 0xAF, ..] => Some("7-Zip"),
        _ => None,
    }
}

/// What `source` unpacks `packed` bytes to, and no more than one byte beyond
/// `expected`, which tells too much from enough.
///
/// # Errors
/// [`Cause`] where the stream is damaged or the memory does not suffice.
fn unpack(source: impl Read, expected: u64, packed: usize) -> Result<Vec<u8>, Cause> {
    let mut unpacked = Vec::new();
    make_room(&mut unpacked, expected + 1, packed)?;
    source.take(expected + 1).read_to_end(&mut unpacked).map_err(|error| match error.kind() {
        ErrorKind::OutOfMemory => Cause::out_of_memory(),
        _ => Cause::cannot_unpack(error),
    })?;
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    #[test]
    fn samples_come_out_however_they_are_packed_and_whatever_the_header_says() {
        let samples: Vec<u8> = (0..200).map(|at| at / 7).collect();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&samples).unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&samples).unwrap();
        for data in [samples.clone(), gzip.finish().unwrap(), zlib.finish().unwrap()] {
            let is_plain = data == samples;
            for is_packed in [false, true].into_iter().filter(|is_packed| !(is_plain && *is_packed)) {
                let found = as_found(Cow::Borrowed(&data), is_packed, 200).unwrap();
                assert_eq!(
                    (found.bytes.as_ref(), found.has_more),
                    (samples.as_slice(), false),
                    "{is_packed}"
                );
            }
        }
    }

    #[test]
    fn packings_that_are_not_read_are_named_with_a_remedy() {
        let refused = as_found(Cow::Borrowed(b"BZh91AY&SY"), true, 200).unwrap_err().to_string();
        assert!(refused.contains("bzip2") && refused.contains("gzip"), "{refused}");
    }

    #[test]
    fn a_short_file_stays_as_it_is_also_where_it_begins_like_a_packed_one() {
        let data = [0x78, 0x9C, 1, 2, 3];
        assert_eq!(as_found(Cow::Borrowed(&data), false, 9).unwrap().bytes.as_ref(), data);
    }
}
