//! Fields of a binary layout at known places, each access checked against what
//! the file really holds.

use crate::Cause;

/// Bytes of a file, or of a part of it, with what an error has to name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByteFields<'a> {
    /// Whose layout promises the fields, e.g. "its header".
    promised_by: &'static str,
    bytes: &'a [u8],
}

macro_rules! little_endian {
    ($($name:ident: $type:ty),*) => {$(
        /// The little-endian value at `at`.
        pub(crate) fn $name(&self, at: usize) -> Result<$type, Cause> {
            self.array(at).map(<$type>::from_le_bytes)
        }
    )*};
}

impl<'a> ByteFields<'a> {
    /// The fields of `bytes`.
    pub(crate) fn new(promised_by: &'static str, bytes: &'a [u8]) -> Self {
        Self { promised_by, bytes }
    }

    /// All bytes.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Number of bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// `length` bytes from `at`.
    pub(crate) fn slice(&self, at: usize, length: usize) -> Result<&'a [u8], Cause> {
        at.checked_add(length).and_then(|end| self.bytes.get(at..end)).ok_or_else(|| Cause::Truncated {
            promised_by: self.promised_by.to_owned(),
            expected: (at as u64).saturating_add(length as u64),
            found: self.bytes.len() as u64,
            content: String::new(),
        })
    }

    /// The fields of `length` bytes from `at`, counted from there.
    pub(crate) fn part(&self, at: usize, length: usize) -> Result<Self, Cause> {
        Ok(Self { bytes: self.slice(at, length)?, ..*self })
    }

    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], Cause> {
        let slice = self.slice(at, N)?;
        Ok(std::array::from_fn(|index| slice[index]))
    }

    little_endian!(u8: u8, u16: u16, u32: u32, u64: u64, i32: i32, f32: f32, f64: f64);

    /// Text of at most `length` bytes from `at`, up to the first zero, without
    /// blanks around it; letters that are no UTF-8 are taken for Latin-1.
    pub(crate) fn text(&self, at: usize, length: usize) -> Result<String, Cause> {
        let bytes = self.slice(at, length)?;
        let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        };
        Ok(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_past_the_end_are_truncated_files_not_panics() {
        let fields = ByteFields::new("its header", &[1, 2, 3, 4]);
        assert_eq!(fields.u16(2), Ok(0x0403));
        for (at, length) in [(3, 2), (usize::MAX, 1), (4, usize::MAX)] {
            assert!(matches!(fields.slice(at, length), Err(Cause::Truncated { found: 4, .. })));
        }
        assert_eq!(fields.part(1, 2).unwrap().u16(0), Ok(0x0302));
        assert!(fields.part(1, 2).unwrap().u32(0).is_err());
    }

    #[test]
    fn text_ends_at_its_zero() {
        let fields = ByteFields::new("its header", b" OD \0rest\xE9");
        assert_eq!(fields.text(0, 10).as_deref(), Ok("OD"));
        assert_eq!(fields.text(5, 5).as_deref(), Ok("rest\u{e9}"));
    }
}
