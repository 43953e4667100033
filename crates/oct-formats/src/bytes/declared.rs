//! As many samples as a header declares: no fewer, and no more without a reason.
//!
//! Raw samples say nothing of themselves. Where there are more than declared, the sizes may
//! be too small, so that B-scans are lost, or a header of unknown length may stand before
//! the samples, so that the picture is shifted and its rows are torn. No figure shows that.

use std::borrow::Cow;

use super::unpack::Found;
use crate::Cause;
use crate::stated::samples::StoredType;

/// What a header declares of its samples.
#[derive(Debug)]
pub(crate) struct Declared {
    /// Who declares it, for people: "its header", or the name of a file.
    pub(crate) by: String,
    /// Columns, rows, B-scans, each at most 65,535.
    pub(crate) sizes: [u64; 3],
    /// How each sample is stored.
    pub(crate) stored: StoredType,
    /// Whether the file itself says where its samples begin.
    pub(crate) is_start_stated: bool,
}

impl Declared {
    /// Bytes of all samples.
    pub(crate) fn bytes(&self) -> u64 {
        self.sizes.iter().product::<u64>() * self.stored.bytes() as u64
    }

    /// What fills them, for people.
    fn content(&self) -> String {
        let [columns, rows, bscans] = self.sizes;
        format!("{columns} x {rows} x {bscans} B-scans of {}", self.stored.name())
    }

    /// Exactly the samples in `found`.
    ///
    /// # Errors
    /// [`Cause::Truncated`] where there are fewer, [`Cause::Surplus`] where there is more
    /// than [`Self::means_nothing`].
    pub(crate) fn exactly<'a>(&self, found: Found<'a>) -> Result<Cow<'a, [u8]>, Cause> {
        let Found { mut bytes, has_more } = found;
        let held = bytes.len() as u64;
        if held < self.bytes() {
            return Err(self.truncated(0, held));
        }
        if has_more || !self.means_nothing(&bytes[self.bytes() as usize..]) {
            return Err(self.surplus(0, (!has_more).then_some(held)));
        }
        match &mut bytes {
            Cow::Borrowed(bytes) => *bytes = &bytes[..self.bytes() as usize],
            Cow::Owned(bytes) => bytes.truncate(self.bytes() as usize),
        }
        Ok(bytes)
    }

    /// Whether `surplus` behind the samples is the end of a line, or zeros that fill a block,
    /// fewer than a B-scan has. Zeros may also be the black end of a picture that begins
    /// later than it is read, so they count only where the start is stated.
    pub(crate) fn means_nothing(&self, surplus: &[u8]) -> bool {
        let fills_a_block =
            || (surplus.len() as u64) < self.bscan_bytes() && surplus.iter().all(|byte| *byte == 0);
        matches!(surplus, b"" | b"\n" | b"\r\n") || self.is_start_stated && fills_a_block()
    }

    /// Bytes of one B-scan: of a surplus no more is looked at.
    pub(crate) fn bscan_bytes(&self) -> u64 {
        self.bytes() / self.sizes[2]
    }

    /// Of a file that ends after `found` bytes, its samples beginning at byte `start`.
    pub(crate) fn truncated(&self, start: u64, found: u64) -> Cause {
        let (promised_by, expected) = (self.by.clone(), start + self.bytes());
        Cause::Truncated { promised_by, expected, found, content: self.content() }
    }

    /// Of a file of `found` bytes, its samples beginning at byte `start`; `None` where it
    /// was not unpacked to its end.
    pub(crate) fn surplus(&self, start: u64, found: Option<u64>) -> Cause {
        let (promised_by, expected) = (self.by.clone(), start + self.bytes());
        Cause::Surplus { promised_by, expected, found, content: self.content() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_line_means_nothing_and_zeros_only_behind_a_stated_start() {
        for (surplus, is_start_stated, nothing) in [
            (&b""[..], false, true),
            (b"\r\n", false, true),
            (b"\0\0\0", true, true),
            (b"\0\0\0", false, false),
            (b"\0\0\0\0", true, false),
            (b"\0\x01", true, false),
            (b"\n\n\n", true, false),
        ] {
            let by = "its header".to_owned();
            let declared = Declared { by, sizes: [2, 2, 3], stored: StoredType::U8, is_start_stated };
            assert_eq!(declared.means_nothing(surplus), nothing, "{surplus:?} {is_start_stated}");
        }
    }
}
