//! The elements of a DICOM data set, found without trusting one length.
//!
//! Own code where a library exists, for three reasons. `dicom-object` reserves
//! memory by declared length and recurses as deep as sequences nest, so hostile
//! bytes have to be walked before it may see them; such a walk must agree with
//! it on the type and the end of every element, or it guards nothing; and that
//! walk is all that reading needs: the elements of one level, each a place in
//! the file's bytes, of which nothing is copied. Layout after DICOM PS3.5
//! section 7 (elements, nesting) and annex A.4 (fragments).

use std::ops::Range;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::walker::{END_OF_ITEM, END_OF_SEQUENCE, Header, Walker};
use crate::Cause;
use crate::error::shortened;

/// Elements of one level; real objects have a few hundred.
const MOST_ELEMENTS: usize = 65_536;
/// Fragments of compressed pixels.
const MOST_FRAGMENTS: usize = 1 << 20;
/// A text longer than this is cut: names, codes and numbers are shorter.
const LONGEST_TEXT: usize = 1024;
/// As much of a private field: what tells an eye is short.
const LONGEST_PRIVATE: usize = 128;

/// One element: where its value lies.
#[derive(Debug, Clone)]
struct Element {
    tag: Tag,
    /// Without the delimiter where the length is undefined.
    value: Range<usize>,
    /// Whether what lies in the value states its types.
    explicit: bool,
    undefined: bool,
}

/// The elements of one level of a data set, up to its pixel data.
#[derive(Debug, Clone)]
pub(super) struct DataSet<'a> {
    /// All bytes that places are counted in.
    bytes: &'a [u8],
    elements: Vec<Element>,
}

/// Pixel data as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stored {
    /// One frame after the other.
    Native(Range<usize>),
    /// Offsets of the frames from the first fragment, as far as the file has
    /// them, and the fragments.
    Fragments { offsets: Range<usize>, fragments: Vec<Range<usize>> },
}

impl<'a> DataSet<'a> {
    /// The elements in `range` of `bytes`. Stops after the pixel data: what
    /// comes then is padding and signatures.
    pub(super) fn parse(bytes: &'a [u8], range: Range<usize>, explicit: bool) -> Result<Self, Cause> {
        Self::parse_to(bytes, range, explicit, None)
    }

    /// As [`Self::parse`], not beyond the element `last`: elements come in the order of their tags.
    pub(super) fn parse_to(
        bytes: &'a [u8],
        range: Range<usize>,
        explicit: bool,
        last: Option<Tag>,
    ) -> Result<Self, Cause> {
        let walker = Walker { bytes, end: range.end.min(bytes.len()) };
        let mut elements = Vec::new();
        let mut at = range.start;
        while at < walker.end {
            let Header { tag, length, explicit, start } = walker.header(at, explicit)?;
            if tag == END_OF_ITEM || tag == END_OF_SEQUENCE {
                break;
            }
            let (value, undefined) = match length {
                Some(length) => {
                    at = walker.past(start, length)?;
                    (start..at, false)
                }
                None => {
                    let end = walker.end_of_sequence(start, explicit)?;
                    at = end + 8;
                    (start..end, true)
                }
            };
            if elements.len() == MOST_ELEMENTS {
                return Err(Cause::malformed("one of its lists has more than 65,536 elements"));
            }
            elements.push(Element { tag, value, explicit, undefined });
            if is_pixel_data(tag) || last.is_some_and(|last| tag >= last) {
                break;
            }
        }
        Ok(Self { bytes, elements })
    }

    /// The elements of group 2 in `bytes` from `at`, and where they end.
    pub(super) fn parse_meta(bytes: &'a [u8], at: usize) -> Result<(Self, usize), Cause> {
        let walker = Walker { bytes, end: bytes.len() };
        let mut end = at;
        // Its own length is often wrong; the group tells where it ends.
        while bytes.get(end..end + 2) == Some(&[2, 0]) {
            let header = walker.header(end, true)?;
            let length = header.length.ok_or_else(|| Cause::malformed("its header has no end"))?;
            end = walker.past(header.start, length)?;
        }
        Ok((Self::parse(bytes, at..end, true)?, end))
    }

    fn find(&self, tag: Tag) -> Option<&Element> {
        self.elements.iter().find(|element| element.tag == tag)
    }

    /// Whether there is an element `tag`, be it empty.
    pub(super) fn has(&self, tag: Tag) -> bool {
        self.find(tag).is_some()
    }

    /// Bytes of a value; `None` where it is absent, empty or a list of items.
    pub(super) fn value(&self, tag: Tag) -> Option<&'a [u8]> {
        let element = self.find(tag).filter(|element| !element.undefined)?;
        self.bytes.get(element.value.clone()).filter(|value| !value.is_empty())
    }

    /// Text without padding; `None` where it is absent or empty. For codes and
    /// labels: letters beyond ASCII are taken for UTF-8, else Latin-1.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        let value = self.value(tag)?;
        let value = value.get(..LONGEST_TEXT).unwrap_or(value);
        let text = match std::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) => value.iter().map(|byte| char::from(*byte)).collect(),
        };
        let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\0').to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// Short texts of private fields (an odd group; PS3.5 section 7.8), without padding.
    pub(super) fn private_texts(&self) -> impl Iterator<Item = (Tag, &'a str)> {
        let is_private = |element: &&Element| element.tag.0 % 2 == 1 && !element.undefined;
        self.elements.iter().filter(is_private).filter_map(|element| {
            let value =
                self.bytes.get(element.value.clone()).filter(|value| value.len() <= LONGEST_PRIVATE)?;
            let text = std::str::from_utf8(value).ok()?.trim_matches([' ', '\0']);
            (!text.is_empty() && !text.contains(char::is_control)).then_some((element.tag, text))
        })
    }

    /// A whole number of 16 or 32 bits.
    pub(super) fn whole(&self, tag: Tag) -> Option<u32> {
        match *self.value(tag)? {
            [low, high] => Some(u32::from(u16::from_le_bytes([low, high]))),
            [a, b, c, d] => Some(u32::from_le_bytes([a, b, c, d])),
            _ => None,
        }
    }

    /// The first `N` decimal numbers of a text; `None` where it is absent or empty.
    pub(super) fn decimals<const N: usize>(
        &self,
        tag: Tag,
        field: &'static str,
    ) -> Result<Option<[f64; N]>, Cause> {
        let Some(text) = self.text(tag) else { return Ok(None) };
        let bad = |why| Cause::BadField { field, value: shortened(&text), why };
        let mut numbers = [0.0; N];
        let mut words = text.split('\\');
        for number in &mut numbers {
            let word = words.next().ok_or_else(|| bad("has too few numbers"))?.trim();
            *number = word
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .ok_or_else(|| bad("is not a list of numbers"))?;
        }
        Ok(Some(numbers))
    }

    /// 32-bit floats of a value, at most `most`.
    pub(super) fn floats(&self, tag: Tag, most: usize) -> Vec<f64> {
        let (floats, _) = self.value(tag).unwrap_or_default().as_chunks();
        floats.iter().take(most).map(|float| f64::from(f32::from_le_bytes(*float))).collect()
    }

    /// 32-bit whole numbers of a value, at most `most`.
    pub(super) fn wholes(&self, tag: Tag, most: usize) -> Vec<u32> {
        let (wholes, _) = self.value(tag).unwrap_or_default().as_chunks();
        wholes.iter().take(most).map(|whole| u32::from_le_bytes(*whole)).collect()
    }

    /// Calls `each` with the first `most` items of a sequence, one after the other.
    pub(super) fn items(
        &self,
        tag: Tag,
        most: usize,
        mut each: impl FnMut(DataSet<'a>) -> Result<(), Cause>,
    ) -> Result<(), Cause> {
        let Some(element) = self.find(tag) else { return Ok(()) };
        let walker = Walker { bytes: self.bytes, end: element.value.end };
        let mut at = element.value.start;
        for _ in 0..most {
            if at >= walker.end {
                break;
            }
            let (item, next) = walker.item(at, element.explicit)?;
            let Some(item) = item else { break };
            each(Self::parse(self.bytes, item, element.explicit)?)?;
            at = next;
        }
        Ok(())
    }

    /// The first item of a sequence, where there is one.
    pub(super) fn first_item(&self, tag: Tag) -> Result<Option<DataSet<'a>>, Cause> {
        let mut first = None;
        self.items(tag, 1, |item| {
            first = Some(item);
            Ok(())
        })?;
        Ok(first)
    }

    /// The pixel data, where there is any.
    pub(super) fn pixel_data(&self) -> Result<Option<Stored>, Cause> {
        let Some(element) = self.elements.last().filter(|element| is_pixel_data(element.tag)) else {
            return Ok(None);
        };
        if !element.undefined {
            return Ok(Some(Stored::Native(element.value.clone())));
        }
        let walker = Walker { bytes: self.bytes, end: element.value.end };
        let mut fragments = Vec::new();
        let mut at = element.value.start;
        let mut offsets = None;
        while at < walker.end {
            let (item, next) = walker.item(at, true)?;
            let Some(item) = item else { break };
            if offsets.is_none() {
                offsets = Some(item);
            } else if fragments.len() == MOST_FRAGMENTS {
                return Err(Cause::malformed("its pixel data is in more than a million pieces"));
            } else {
                fragments.push(item);
            }
            at = next;
        }
        Ok(Some(Stored::Fragments { offsets: offsets.unwrap_or(at..at), fragments }))
    }

    /// Whether the pixel data are 32-bit floats.
    pub(super) fn has_float_pixels(&self) -> bool {
        self.elements.last().is_some_and(|element| element.tag == tags::FLOAT_PIXEL_DATA)
    }
}

fn is_pixel_data(tag: Tag) -> bool {
    [tags::PIXEL_DATA, tags::FLOAT_PIXEL_DATA, tags::DOUBLE_FLOAT_PIXEL_DATA].contains(&tag)
}
