//! The directories of a TIFF: one a page.

use std::collections::BTreeSet;

use crate::Cause;
use crate::bytes::content::describe;
use crate::images::image_type::ImageType;

/// Most pages of one TIFF.
const MAX_PAGES: usize = 4096;
/// Most entries of one TIFF directory; real ones have about twenty.
const MAX_ENTRIES: usize = 1024;

// Tags of TIFF 6.0 that matter here.
const NEW_SUBFILE_TYPE: u16 = 254;
pub(super) const IMAGE_DESCRIPTION: u16 = 270;
pub(super) const IMAGE_WIDTH: u16 = 256;
pub(super) const IMAGE_LENGTH: u16 = 257;
pub(super) const BITS_PER_SAMPLE: u16 = 258;
pub(super) const COMPRESSION: u16 = 259;
pub(super) const PHOTOMETRIC: u16 = 262;
pub(super) const STRIP_OFFSETS: u16 = 273;
pub(super) const SAMPLES_PER_PIXEL: u16 = 277;
pub(super) const ROWS_PER_STRIP: u16 = 278;
pub(super) const STRIP_BYTE_COUNTS: u16 = 279;
pub(super) const X_RESOLUTION: u16 = 282;
pub(super) const Y_RESOLUTION: u16 = 283;
pub(super) const PLANAR_CONFIGURATION: u16 = 284;
pub(super) const PREDICTOR: u16 = 317;
pub(super) const COLOR_MAP: u16 = 320;
pub(super) const TILE_WIDTH: u16 = 322;
pub(super) const TILE_LENGTH: u16 = 323;
pub(super) const TILE_OFFSETS: u16 = 324;
pub(super) const TILE_BYTE_COUNTS: u16 = 325;
pub(super) const EXTRA_SAMPLES: u16 = 338;
pub(super) const SAMPLE_FORMAT: u16 = 339;

/// A TIFF directory: twelve bytes an entry (tag, type, count, value or offset).
pub(in crate::images) struct Directory<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) big_endian: bool,
    /// Where it lies in the file.
    pub(super) at: u32,
    entries: Vec<Entry>,
    /// Where the next one lies, or 0.
    next: u32,
}

pub(super) struct Entry {
    tag: u16,
    pub(super) field_type: u16,
    pub(super) count: u32,
    /// Where the value or its offset lies.
    pub(super) value_at: usize,
}

fn short(bytes: &[u8], at: usize, big_endian: bool) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
}

fn long(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
}

impl<'a> Directory<'a> {
    fn read(bytes: &'a [u8], at: u32) -> Result<Self, Cause> {
        let big_endian = bytes.starts_with(b"MM");
        let cut = || Cause::malformed("a page directory lies outside of the file");
        let start = at as usize;
        let count = usize::from(short(bytes, start, big_endian).ok_or_else(cut)?);
        if start < 8 || count == 0 || count > MAX_ENTRIES {
            return Err(Cause::malformed(format!("a page directory has {count} entries")));
        }
        let mut entries = Vec::with_capacity(count);
        for entry in (0..count).map(|entry| start + 2 + entry * 12) {
            let entry = Entry {
                tag: short(bytes, entry, big_endian).ok_or_else(cut)?,
                field_type: short(bytes, entry + 2, big_endian).ok_or_else(cut)?,
                count: long(bytes, entry + 4, big_endian).ok_or_else(cut)?,
                value_at: entry + 8,
            };
            // Also of fields that we never ask for: the decoder reads some of them.
            if entry.count as usize > bytes.len() {
                return Err(Cause::malformed(format!("field {} is longer than the file", entry.tag)));
            }
            entries.push(entry);
        }
        // Of two, the decoder would take the one that was not checked.
        let mut tags: Vec<u16> = entries.iter().map(|entry| entry.tag).collect();
        tags.sort_unstable();
        if let Some([tag, _]) = tags.array_windows().find(|[one, other]| one == other) {
            return Err(Cause::malformed(format!("field {tag} stands there twice")));
        }
        // Some writers end the file without the last pointer.
        let next = long(bytes, start + 2 + count * 12, big_endian).unwrap_or(0);
        Ok(Self { bytes, big_endian, at, entries, next })
    }

    pub(super) fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// Values of a BYTE, SHORT or LONG field, as many as the file holds;
    /// `None` where the field is absent, of another type or outside of the file.
    pub(super) fn values(&self, tag: u16) -> Option<Vec<u32>> {
        let entry = self.entry(tag)?;
        let size = match entry.field_type {
            1 => 1,
            3 => 2,
            4 => 4,
            _ => return None,
        };
        let count = usize::try_from(entry.count).ok()?;
        let length = count.checked_mul(size)?;
        let at = match length {
            ..=4 => entry.value_at,
            _ => long(self.bytes, entry.value_at, self.big_endian)? as usize,
        };
        self.bytes.get(at..at.checked_add(length)?)?;
        (0..count)
            .map(|index| at + index * size)
            .map(|at| match size {
                1 => self.bytes.get(at).map(|byte| u32::from(*byte)),
                2 => short(self.bytes, at, self.big_endian).map(u32::from),
                _ => long(self.bytes, at, self.big_endian),
            })
            .collect()
    }

    /// An ASCII field up to its closing zero; what is no UTF-8 in it is replaced.
    pub(super) fn text(&self, tag: u16) -> Option<String> {
        let entry = self.entry(tag).filter(|entry| [1, 2].contains(&entry.field_type))?;
        let length = usize::try_from(entry.count).ok()?;
        let at = match length {
            ..=4 => entry.value_at,
            _ => long(self.bytes, entry.value_at, self.big_endian)? as usize,
        };
        let text = self.bytes.get(at..at.checked_add(length)?)?;
        Some(String::from_utf8_lossy(text).trim_end_matches('\0').to_owned())
    }

    /// A RATIONAL field.
    pub(super) fn rational(&self, tag: u16) -> Option<f64> {
        let entry = self.entry(tag).filter(|entry| entry.field_type == 5 && entry.count == 1)?;
        let at = long(self.bytes, entry.value_at, self.big_endian)? as usize;
        let part = |at: usize| long(self.bytes, at, self.big_endian).map(f64::from);
        Some(part(at)? / part(at.checked_add(4)?)?).filter(|ratio| ratio.is_finite())
    }

    pub(super) fn value(&self, tag: u16) -> Option<u32> {
        self.values(tag)?.first().copied()
    }

    pub(super) fn value_or(&self, tag: u16, default: u32) -> u32 {
        self.value(tag).unwrap_or(default)
    }

    /// A smaller copy of another page (bit 0 of NewSubfileType).
    fn is_thumbnail(&self) -> bool {
        self.value_or(NEW_SUBFILE_TYPE, 0) & 1 == 1
    }
}

/// The first page.
pub(in crate::images) fn first_directory(bytes: &[u8]) -> Result<Directory<'_>, Cause> {
    let at = long(bytes, 4, bytes.starts_with(b"MM"))
        .ok_or_else(|| Cause::malformed("the file ends within its header"))?;
    Directory::read(bytes, at)
}

/// All pages in file order, thumbnails of them aside.
pub(in crate::images) fn directories(bytes: &[u8]) -> Result<Vec<Directory<'_>>, Cause> {
    match ImageType::of(bytes) {
        Some(ImageType::Tiff) => {}
        Some(ImageType::BigTiff) => return Err(Cause::NotReadYet { format: "a BigTIFF image" }),
        Some(ImageType::Png | ImageType::Jpeg | ImageType::Bmp) | None => {
            return Err(Cause::NotWhatItSays { expected: "a TIFF image", found: describe(bytes).to_owned() });
        }
    }
    let mut directory = first_directory(bytes)?;
    let mut seen = BTreeSet::from([directory.at]);
    let mut pages: Vec<Directory<'_>> = Vec::new();
    loop {
        let next = directory.next;
        if pages.is_empty() || !directory.is_thumbnail() {
            pages.push(directory);
        }
        if next == 0 {
            return Ok(pages);
        }
        if !seen.insert(next) {
            return Err(Cause::malformed("its pages form a circle"));
        }
        if seen.len() > MAX_PAGES {
            return Err(Cause::TooLarge { limit: "4096 pages" });
        }
        directory = Directory::read(bytes, next)?;
    }
}
