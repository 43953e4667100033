//! A TIFF as its decoder shall see it.

use std::io::{self, Read, Seek, SeekFrom};

use super::directory::{Directory, PHOTOMETRIC, ROWS_PER_STRIP};

/// The file as the decoder shall see it, without a copy: with the wanted page
/// as its first; palette indices as grey (we look up the colours ourselves);
/// and `RowsPerStrip` at most the height (the usual 2^32 - 1 for "all of them"
/// overflows the decoder's sizes on 32-bit machines, wasm among them).
pub(super) struct Overlay<'a> {
    bytes: &'a [u8],
    at: usize,
    patches: Vec<(usize, [u8; 4])>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(bytes: &'a [u8], page: &Directory<'_>, rows: usize) -> Self {
        let long = |value: u32| if page.big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let mut patches = vec![(4, long(page.at))];
        let wanted = [
            (PHOTOMETRIC, 1, page.value(PHOTOMETRIC) == Some(3)),
            (ROWS_PER_STRIP, rows, page.value_or(ROWS_PER_STRIP, 1) > rows),
        ];
        for (tag, value, wanted) in wanted {
            if let Some(entry) = page.entry(tag).filter(|entry| wanted && entry.count == 1) {
                // A value shorter than its field is at the field's left.
                let bits = match entry.field_type {
                    1 => 24,
                    3 => 16,
                    _ => 0,
                };
                let value = if page.big_endian { value << bits } else { value };
                patches.push((entry.value_at, long(value)));
            }
        }
        Self { bytes, at: 0, patches }
    }
}

impl Read for Overlay<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        for (start, patch) in &self.patches {
            for (at, byte) in (*start..).zip(patch) {
                if (self.at..self.at + count).contains(&at) {
                    into[at - self.at] = *byte;
                }
            }
        }
        self.at += count;
        Ok(count)
    }
}

impl Seek for Overlay<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(offset) => (self.at as u64, offset),
            SeekFrom::End(offset) => (self.bytes.len() as u64, offset),
        };
        let at = base.checked_add_signed(offset).ok_or(io::ErrorKind::InvalidInput)?;
        // Past the end nothing is read, however far.
        self.at = usize::try_from(at).unwrap_or(usize::MAX).min(self.bytes.len());
        Ok(at)
    }
}
