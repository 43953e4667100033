//! Compressed samples to bytes, of MetaImage, NIfTI and NRRD.

use std::io::{ErrorKind, Read};

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

/// What `source` unpacks `packed` bytes to, and no more than one byte beyond
/// `expected`, which tells too much from enough.
///
/// # Errors
/// [`Cause`] where the stream is damaged or the memory does not suffice.
pub(crate) fn unpack(source: impl Read, expected: u64, packed: usize) -> Result<Vec<u8>, Cause> {
    let mut unpacked = Vec::new();
    make_room(&mut unpacked, expected + 1, packed)?;
    source.take(expected + 1).read_to_end(&mut unpacked).map_err(|error| match error.kind() {
        ErrorKind::OutOfMemory => Cause::out_of_memory(),
        _ => Cause::cannot_unpack(error),
    })?;
    Ok(unpacked)
}
