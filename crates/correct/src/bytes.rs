//! What a person drew as bytes, to keep it in a browser or a file.
//!
//! Numbers are little-endian; `v` is a number as [`crate::varint`] writes it.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `LACCORR1`: what it is, and the version |
//! | 32 | by what the scan is known again |
//! | 12 | columns, rows and B-scans, 4 each |
//! | v | B-scans that follow |
//! | v, 1, v | of each: index, 1 where it was looked at, runs that follow |
//! | v, v, 1 | of each run: gap to the end of the last one, length, label 0 to 3 |
//! | 8 | FNV-1a of all before, against damage |

use crate::corrections::Corrections;
use crate::drawn::{Drawn, Span};
use crate::grid::Grid;
use crate::varint;

const MAGIC: &[u8; 8] = b"LACCORR1";
/// All but the last byte, which is the version.
const FAMILY: usize = 7;

/// By what a scan is known again, wherever its file lies.
pub type Digest = [u8; 32];

/// Why kept corrections were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BytesError {
    /// Something else.
    #[error("These are no corrections of this program.")]
    NotOurs,
    /// Of a newer program.
    #[error("These corrections were kept by another version of this program: open them there.")]
    OtherVersion,
    /// Cut off or changed.
    #[error("The kept corrections are damaged: they were not taken.")]
    Damaged,
    /// Of another scan.
    #[error("These corrections belong to another scan: open the one that they were made on.")]
    OtherScan,
}

impl Corrections {
    /// All of it as bytes, for the scan that `digest` knows.
    pub fn to_bytes(&self, digest: &Digest) -> Vec<u8> {
        let grid = self.grid();
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(digest);
        for size in [grid.columns, grid.rows, grid.bscans] {
            bytes.extend_from_slice(&size.to_le_bytes());
        }
        let bscans = self.bscans();
        varint::write(&mut bytes, bscans.len() as u32);
        for bscan in bscans {
            varint::write(&mut bytes, bscan);
            bytes.push(u8::from(self.is_reviewed(bscan)));
            let spans = self.drawn(bscan).map(Drawn::spans).unwrap_or_default();
            varint::write(&mut bytes, spans.len() as u32);
            let mut at = 0;
            for span in spans {
                varint::write(&mut bytes, span.start - at);
                varint::write(&mut bytes, span.end - span.start);
                bytes.push(span.value);
                at = span.end;
            }
        }
        let check = fnv(&bytes);
        bytes.extend_from_slice(&check.to_le_bytes());
        bytes
    }

    /// What [`Self::to_bytes`] wrote for a scan of this size that `digest` knows.
    ///
    /// # Errors
    /// [`BytesError`] where they are anything else.
    pub fn of_bytes(bytes: &[u8], grid: Grid, digest: &Digest) -> Result<Self, BytesError> {
        match bytes.get(..MAGIC.len()) {
            Some(magic) if magic == MAGIC => {}
            Some(magic) if magic[..FAMILY] == MAGIC[..FAMILY] => return Err(BytesError::OtherVersion),
            _ => return Err(BytesError::NotOurs),
        }
        let (content, check) = bytes.split_last_chunk::<8>().ok_or(BytesError::Damaged)?;
        if u64::from_le_bytes(*check) != fnv(content) {
            return Err(BytesError::Damaged);
        }
        let rest = content.get(MAGIC.len()..).ok_or(BytesError::Damaged)?;
        let (of_scan, mut rest) = rest.split_first_chunk::<32>().ok_or(BytesError::Damaged)?;
        let mut size = || -> Result<u32, BytesError> {
            let (size, after) = rest.split_first_chunk::<4>().ok_or(BytesError::Damaged)?;
            rest = after;
            Ok(u32::from_le_bytes(*size))
        };
        let of_grid = Grid { columns: size()?, rows: size()?, bscans: size()? };
        if of_grid != grid || of_scan != digest {
            return Err(BytesError::OtherScan);
        }
        read_bscans(grid, rest).ok_or(BytesError::Damaged)
    }
}

fn read_bscans(grid: Grid, mut rest: &[u8]) -> Option<Corrections> {
    let mut corrections = Corrections::none(grid);
    let mut next = 0;
    for _ in 0..varint::read(&mut rest)? {
        let bscan = varint::read(&mut rest)?;
        if bscan < next || bscan >= grid.bscans {
            return None;
        }
        next = bscan + 1;
        let (reviewed, after) = rest.split_first()?;
        rest = after;
        let mut spans = Vec::new();
        let mut at = 0_u32;
        for _ in 0..varint::read(&mut rest)? {
            let start = at.checked_add(varint::read(&mut rest)?)?;
            at = start.checked_add(varint::read(&mut rest)?)?;
            let (value, after) = rest.split_first()?;
            rest = after;
            spans.push(Span { start, end: at, value: *value });
        }
        corrections.set_drawn(bscan, Drawn::of_spans(spans, grid.pixels())?);
        corrections.set_reviewed(bscan, *reviewed == 1);
    }
    rest.is_empty().then_some(corrections)
}

/// FNV-1a (Fowler, Noll, Vo; RFC 9923) of 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
