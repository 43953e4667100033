//! Where things of a DICOM data set end, without trusting one length: what comes before a
//! value, items, and lists of undefined length (PS3.5 section 7).

use std::ops::Range;

use dicom_core::Tag;

use crate::Cause;

/// Sequences and items of undefined length within each other; real objects reach about ten.
const DEEPEST: usize = 32;
/// Length of a value that ends with a delimiter.
const UNDEFINED: u32 = u32::MAX;

/// Types whose length has 32 bits in explicit encoding (PS3.5 section 7.1.2).
const LONG_TYPES: [&[u8; 2]; 13] =
    [b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"];

const ITEM: Tag = Tag(0xFFFE, 0xE000);
pub(super) const END_OF_ITEM: Tag = Tag(0xFFFE, 0xE00D);
pub(super) const END_OF_SEQUENCE: Tag = Tag(0xFFFE, 0xE0DD);

/// What precedes a value.
pub(super) struct Header {
    pub(super) tag: Tag,
    /// `None` where it ends with a delimiter.
    pub(super) length: Option<usize>,
    /// Whether what lies in the value states its types.
    pub(super) explicit: bool,
    /// Where the value starts.
    pub(super) start: usize,
}

/// Finds the ends of things within `bytes[..end]`.
pub(super) struct Walker<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) end: usize,
}

impl Walker<'_> {
    fn truncated(&self, expected: usize) -> Cause {
        Cause::Truncated {
            promised_by: "a length in it".to_owned(),
            expected: expected as u64,
            found: self.end as u64,
            content: String::new(),
        }
    }

    /// The end of `length` bytes from `start`, which must be there.
    pub(super) fn past(&self, start: usize, length: usize) -> Result<usize, Cause> {
        let end = start.saturating_add(length);
        if end <= self.end { Ok(end) } else { Err(self.truncated(end)) }
    }

    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], Cause> {
        let end = self.past(at, N)?;
        let bytes = self.bytes.get(at..end).and_then(|bytes| bytes.first_chunk());
        bytes.copied().ok_or_else(|| self.truncated(end))
    }

    fn tag(&self, at: usize) -> Result<Tag, Cause> {
        let [a, b, c, d] = self.array(at)?;
        Ok(Tag(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])))
    }

    /// What precedes the value of the element at `at`.
    pub(super) fn header(&self, at: usize, explicit: bool) -> Result<Header, Cause> {
        let tag = self.tag(at)?;
        let long = |bytes: [u8; 4]| match u32::from_le_bytes(bytes) {
            UNDEFINED => None,
            length => Some(length as usize),
        };
        if !explicit || tag.0 == 0xFFFE {
            return Ok(Header { tag, length: long(self.array(at + 4)?), explicit, start: at + 8 });
        }
        let value_type: [u8; 2] = self.array(at + 4)?;
        if LONG_TYPES.contains(&&value_type) {
            // Of unknown type: encoded without types (PS3.5 section 6.2.2, note 2).
            let explicit = &value_type != b"UN";
            return Ok(Header { tag, length: long(self.array(at + 8)?), explicit, start: at + 12 });
        }
        if !value_type.iter().all(u8::is_ascii_uppercase) {
            return Err(Cause::malformed(format!("element {tag} has no type")));
        }
        let length = u16::from_le_bytes(self.array(at + 6)?);
        Ok(Header { tag, length: Some(usize::from(length)), explicit, start: at + 8 })
    }

    /// The content of the item at `at`, and where the next one is; no content at the end of the list.
    pub(super) fn item(&self, at: usize, explicit: bool) -> Result<(Option<Range<usize>>, usize), Cause> {
        let Header { tag, length, start, .. } = self.header(at, explicit)?;
        match (tag, length) {
            (END_OF_SEQUENCE, _) => Ok((None, start)),
            (ITEM, Some(length)) => {
                let end = self.past(start, length)?;
                Ok((Some(start..end), end))
            }
            (ITEM, None) => {
                let end = self.delimiter(start, vec![Level::Item { explicit }])?;
                Ok((Some(start..end), end + 8))
            }
            _ => Err(Cause::malformed(format!("element {tag} stands where an item belongs"))),
        }
    }

    /// Where the delimiter of the items from `at` is.
    pub(super) fn end_of_sequence(&self, at: usize, explicit: bool) -> Result<usize, Cause> {
        self.delimiter(at, vec![Level::Sequence { explicit }])
    }

    /// Where the delimiter of the first of `open` is. A stack of ours instead
    /// of recursion, and only undefined lengths are looked into.
    fn delimiter(&self, mut at: usize, mut open: Vec<Level>) -> Result<usize, Cause> {
        while let Some(level) = open.last() {
            if open.len() > DEEPEST {
                return Err(Cause::malformed("its sequences are nested too deeply"));
            }
            let (own, explicit) = match *level {
                Level::Sequence { explicit } => (END_OF_SEQUENCE, explicit),
                Level::Item { explicit } => (END_OF_ITEM, explicit),
            };
            let header = self.header(at, explicit)?;
            if header.tag == own {
                if open.len() == 1 {
                    return Ok(at);
                }
                open.pop();
                at = header.start;
                continue;
            }
            let is_item = header.tag == ITEM;
            if is_item != matches!(level, Level::Sequence { .. }) || header.tag.0 == 0xFFFE && !is_item {
                return Err(Cause::malformed(format!("element {} stands in the wrong place", header.tag)));
            }
            at = header.start;
            match header.length {
                Some(length) => at = self.past(at, length)?,
                None if is_item => open.push(Level::Item { explicit }),
                None => open.push(Level::Sequence { explicit: header.explicit }),
            }
        }
        Err(Cause::malformed("its sequences have no end"))
    }
}

/// What is open, and whether its elements state their types.
#[derive(Clone, Copy)]
enum Level {
    Sequence { explicit: bool },
    Item { explicit: bool },
}
