//! How large an image may be, and how much larger than its file.

use crate::Cause;

/// Longest side of an image that we take. The widest B-scans of any device
/// are a tenth of this.
pub(super) const MAX_SIDE: usize = 16_384;
/// Most bytes that one image may decode to.
pub(super) const MAX_IMAGE_BYTES: usize = 512 << 20;
/// Bytes that one byte of any compressed image can become: deflate reaches
/// 1032, LZW about 2700, and PNG turns a bit into three bytes. An image that
/// declares more than that is lying, and we do not allocate for it.
const MAX_RATIO: usize = 1032 * 24;

/// Refuses sizes that no B-scan has, and those that `held` bytes cannot fill.
pub(super) fn check_size(columns: usize, rows: usize, decoded: usize, held: usize) -> Result<(), Cause> {
    let side = 1..=MAX_SIDE;
    if !side.contains(&columns) || !side.contains(&rows) || decoded > MAX_IMAGE_BYTES {
        let (columns, rows) = (columns as u64, rows as u64);
        return Err(Cause::ImpossibleSize { columns, rows, bscans: 1 });
    }
    if decoded / MAX_RATIO > held {
        return Err(Cause::malformed(format!("{held} bytes cannot hold {columns} x {rows} pixels")));
    }
    Ok(())
}
