//! Pixel data to frames: fragments put together and unpacked (PS3.5 annex A.4).

use std::borrow::Cow;
use std::ops::Range;

use oct::Samples;

use super::cells::Cells;
use super::elements::Stored;
use super::image::Image;
use super::layout::Layout;
use super::syntax::Packing;
use super::{jpeg, rle};
use crate::Cause;
use crate::images::jpeg2000;

/// What stands before the codestream of a JP2 file, bytes.
const LONGEST_BOXES: usize = 4096;

/// Frames of one object, each of which can be unpacked alone.
pub(super) struct PackedFrames<'a> {
    image: &'a Image,
    /// Fragments of each frame; empty where pixels are not in fragments.
    fragments: Vec<Range<usize>>,
}

impl<'a> PackedFrames<'a> {
    pub(super) fn of(image: &'a Image) -> Result<Self, Cause> {
        if let Packing::NotRead(feature) = image.facts.packing {
            return Err(Cause::Unsupported {
                feature: feature.to_owned(),
                remedy: "export the scan as Explicit VR Little Endian",
            });
        }
        let fragments = match &image.stored {
            Stored::Native(_) if image.facts.packing == Packing::Raw => Vec::new(),
            Stored::Native(_) => return Err(Cause::malformed("its pixels are not packed as it says")),
            Stored::Fragments { offsets, fragments } => {
                let offsets = image.bytes.get(offsets.clone()).unwrap_or_default();
                let frames = image.facts.layout.frames;
                by_frame(&image.bytes, offsets, fragments, frames).ok_or_else(|| {
                    let pieces = fragments.len();
                    Cause::malformed(format!("its {frames} frames cannot be told apart in {pieces} pieces"))
                })?
            }
        };
        Ok(Self { image, fragments })
    }

    /// The bytes of frame `index` as they are packed.
    fn packed(&self, index: usize) -> Option<Cow<'a, [u8]>> {
        let bytes = &self.image.bytes;
        match &self.image.stored {
            Stored::Native(range) => {
                let length = self.image.facts.layout.frame_bytes();
                let start = range.start.checked_add(length.checked_mul(index)?)?;
                Some(Cow::Borrowed(bytes.get(start..start.checked_add(length)?)?))
            }
            Stored::Fragments { fragments, .. } => match fragments.get(self.fragments.get(index)?.clone())? {
                [only] => Some(Cow::Borrowed(bytes.get(only.clone())?)),
                several => {
                    let pieces: Option<Vec<&[u8]>> =
                        several.iter().map(|piece| bytes.get(piece.clone())).collect();
                    Some(Cow::Owned(pieces?.concat()))
                }
            },
        }
    }

    pub(super) fn unpack(&self, index: usize, any_colour: bool) -> Result<Cells<'a>, Cause> {
        let layout = &self.image.facts.layout;
        let short = || Cause::malformed(format!("frame {} is too short", index + 1));
        let packed = self.packed(index).ok_or_else(short)?;
        let cells = match self.image.facts.packing {
            Packing::Raw => Cells { bytes: packed, channels: layout.channels() },
            Packing::Rle => {
                let bytes = rle::decode(&packed, layout).ok_or_else(|| {
                    Cause::cannot_unpack(format!("the run lengths of frame {} are wrong", index + 1))
                })?;
                Cells { bytes: Cow::Owned(bytes), channels: layout.channels() }
            }
            Packing::Jpeg => jpeg::decode(&packed, layout, any_colour)?,
            Packing::Jpeg2000 => jpeg_2000(&packed, layout)?,
            Packing::NotRead(_) => return Err(short()),
        };
        let wanted = layout.pixels() * cells.channels * (layout.bits_allocated as usize / 8);
        if cells.bytes.len() < wanted { Err(short()) } else { Ok(cells) }
    }
}

fn jpeg_2000(packed: &[u8], layout: &Layout) -> Result<Cells<'static>, Cause> {
    // Some writers wrap the codestream in the boxes of a JP2 file.
    let start = packed.windows(4).take(LONGEST_BOXES).position(|bytes| bytes == [0xFF, 0x4F, 0xFF, 0x51]);
    let packed = start.and_then(|start| packed.get(start..)).unwrap_or_default();
    // Size marker: capabilities, then the ends and the starts of both axes (ISO 15444-1 A.5.1).
    let side = |at: usize| {
        let number =
            |at: usize| packed.get(at..at + 4)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        number(at)?.checked_sub(number(at + 8)?)
    };
    if side(8).zip(side(12)) != Some((layout.columns as u32, layout.rows as u32)) {
        return Err(Cause::malformed("a frame is no JPEG 2000 image of the size that the file says"));
    }
    match jpeg2000::decode_grey(packed)?.samples {
        Samples::U8(bytes) => Ok(Cells::bytes(bytes, 1, layout)),
        Samples::U16(words) if layout.bits_allocated >= 16 => Ok(Cells::words(words.into_iter(), 1, layout)),
        _ => Err(Cause::malformed("a frame has more bits than the file says")),
    }
}

/// Which fragments make each frame (PS3.5 A.4). `None` where that cannot be told.
fn by_frame(
    bytes: &[u8],
    offsets: &[u8],
    fragments: &[Range<usize>],
    frames: usize,
) -> Option<Vec<Range<usize>>> {
    if fragments.len() < frames {
        return None;
    }
    if fragments.len() == frames {
        return Some((0..frames).map(|index| index..index + 1).collect());
    }
    if frames == 1 {
        return Some(std::iter::once(0..fragments.len()).collect());
    }
    // Offsets count from the head of the first fragment, 8 bytes before its content.
    let base = fragments.first()?.start.checked_sub(8)?;
    let (offsets, _) = offsets.as_chunks();
    let stated = offsets.iter().map(|offset| {
        let start = base.checked_add(u32::from_le_bytes(*offset) as usize)?.checked_add(8)?;
        fragments.binary_search_by_key(&start, |fragment| fragment.start).ok()
    });
    let starts: Vec<usize> = match stated.collect::<Option<Vec<_>>>().filter(|starts| starts.len() == frames)
    {
        Some(starts) => starts,
        // Without a table, the first bytes of an image of the JPEG family tell.
        None => (0..fragments.len())
            .filter(|index| {
                let content = fragments.get(*index).and_then(|fragment| bytes.get(fragment.clone()));
                content.is_some_and(|content| {
                    [&[0xFF, 0xD8, 0xFF][..], &[0xFF, 0x4F, 0xFF]]
                        .iter()
                        .any(|start| content.starts_with(start))
                })
            })
            .collect(),
    };
    let ends = starts.iter().skip(1).copied().chain([fragments.len()]);
    let ranges: Vec<Range<usize>> = starts.iter().zip(ends).map(|(start, end)| *start..end).collect();
    let is_whole = starts.first() == Some(&0) && ranges.iter().all(|range| range.start < range.end);
    (ranges.len() == frames && is_whole).then_some(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_several_fragments_are_told_apart_by_offsets_or_by_their_first_bytes() {
        let mut bytes = vec![0; 60];
        let fragments = [8..12, 20..24, 32..36, 44..48];
        for start in [8, 32] {
            bytes[start..start + 3].copy_from_slice(&[0xFF, 0xD8, 0xFF]);
        }
        let pairs = Some(vec![0..2, 2..4]);
        let offsets: Vec<u8> = [0_u32, 24].iter().flat_map(|offset| offset.to_le_bytes()).collect();
        assert_eq!(by_frame(&[], &offsets, &fragments, 2), pairs);
        assert_eq!(by_frame(&bytes, &[], &fragments, 2), pairs);
        // Offsets that hit no fragment are not believed.
        let wrong: Vec<u8> = [0_u32, 25].iter().flat_map(|offset| offset.to_le_bytes()).collect();
        assert_eq!(by_frame(&bytes, &wrong, &fragments, 2), pairs);
        assert_eq!(by_frame(&bytes, &[], &fragments, 3), None);
        assert_eq!(by_frame(&bytes, &[], &fragments, 5), None);
        assert_eq!(by_frame(&bytes, &[], &fragments, 1), Some(std::iter::once(0..4).collect()));
    }
}
