//! Pixel data of DICOM objects to samples: fragments put together, unpacked,
//! and the stored bits given their meaning (PS3.3 C.7.6.3 and C.11.1, PS3.5
//! section 8 and annex A.4).

use std::borrow::Cow;
use std::ops::Range;

use oct::{SampleType, Samples};

use super::elements::Stored;
use super::image::{Colour, Facts, Image, Layout};
use super::syntax::Packing;
use super::{jpeg, rle};
use crate::OpenError;
use crate::images::jpeg2000;

/// What packed pixels may become: this much, and so many bytes for each byte.
/// Run lengths reach 64, lossless JPEG 16; blank frames of the others more.
const FREE_BYTES: u64 = 64 << 20;
const MOST_RATIO: u64 = 100;
/// Samples of one volume at most, bytes.
const MOST_BYTES: u64 = 4 << 30;
/// What stands before the codestream of a JP2 file, bytes.
const LONGEST_BOXES: usize = 4096;
/// Difference from grey that a change of colour space makes.
const TOLERANCE: u32 = 1;

/// Samples of one frame as they were stored, little-endian.
pub(super) struct Cells<'a> {
    bytes: Cow<'a, [u8]>,
    /// 1 where the decoder has made grey of colours.
    channels: usize,
}

impl Cells<'static> {
    /// Samples of 8 bits, in as many bytes as the layout wants.
    pub(super) fn bytes(bytes: Vec<u8>, channels: usize, layout: &Layout) -> Self {
        if layout.bits_allocated == 8 {
            return Self { bytes: Cow::Owned(bytes), channels };
        }
        Self::words(bytes.into_iter().map(u16::from), channels, layout)
    }

    /// Samples of up to 16 bits, in as many bytes as the layout wants.
    pub(super) fn words(words: impl Iterator<Item = u16>, channels: usize, layout: &Layout) -> Self {
        let width = (layout.bits_allocated as usize / 8).min(4);
        let bytes = words.flat_map(|word| u32::from(word).to_le_bytes().into_iter().take(width)).collect();
        Self { bytes: Cow::Owned(bytes), channels }
    }
}

pub(super) fn damaged(path: &str, cause: impl Into<String>) -> OpenError {
    OpenError::Damaged { file: path.to_owned(), cause: cause.into() }
}

/// The type that samples of all `images` fit: unsigned ones of 8 and 16 bits keep theirs.
fn sample_type(images: &[Image]) -> SampleType {
    let own = |facts: &Facts| {
        let layout = &facts.layout;
        let frames = facts.single_frames.iter().flatten().map(AsRef::as_ref).chain([&facts.all_frames]);
        let is_scaled = frames.filter_map(|frame| frame.rescale).any(|rescale| rescale != [1.0, 0.0]);
        match layout.bits_allocated {
            8 if !layout.signed && !is_scaled => SampleType::U8,
            16 if !layout.signed && !is_scaled => SampleType::U16,
            _ => SampleType::F32,
        }
    };
    let mut types = images.iter().map(|image| own(&image.facts));
    let first = types.next().unwrap_or(SampleType::F32);
    if types.all(|other| other == first) { first } else { SampleType::F32 }
}

/// Unpacks `images`, one after the other; each is gone before the next is unpacked.
pub(super) fn decode(images: Vec<Image>, warnings: &mut Vec<String>) -> Result<Samples, OpenError> {
    let sample_type = sample_type(&images);
    check_size(&images, sample_type)?;
    let total: usize =
        images.iter().map(|image| image.facts.layout.pixels() * image.facts.layout.frames).sum();
    let path = images.first().map(|image| image.path.clone()).unwrap_or_default();
    for image in &images {
        check_length(image, warnings)?;
    }
    let mut images = images;
    if let ([image], SampleType::U8) = (images.as_mut_slice(), sample_type)
        && let Some(samples) = as_they_are(image)
    {
        return Ok(Samples::U8(samples));
    }
    let no_memory = |_| OpenError::out_of_memory(&path);
    let mut samples = match sample_type {
        SampleType::U8 => Samples::U8(Vec::new()),
        SampleType::U16 => Samples::U16(Vec::new()),
        SampleType::F32 => Samples::F32(Vec::new()),
    };
    match &mut samples {
        Samples::U8(samples) => samples.try_reserve_exact(total).map_err(no_memory)?,
        Samples::U16(samples) => samples.try_reserve_exact(total).map_err(no_memory)?,
        Samples::F32(samples) => samples.try_reserve_exact(total).map_err(no_memory)?,
    }
    for image in images {
        let packed = PackedFrames::of(&image)?;
        for index in 0..image.facts.layout.frames {
            let cells = packed.unpack(index, false)?;
            let meaning = Meaning::of(&image.facts, index);
            meaning
                .append(&cells, &image.facts.layout, &mut samples)
                .ok_or_else(|| OpenError::Colour { file: image.path.clone() })?;
        }
    }
    Ok(samples)
}

/// Greys of the first frame of an image of the fundus.
pub(super) fn fundus_greys(image: &Image) -> Result<Vec<u8>, OpenError> {
    let layout = &image.facts.layout;
    check_length(image, &mut Vec::new())?;
    let most = FREE_BYTES + MOST_RATIO * image.bytes.len() as u64;
    if layout.pixels() as u64 * 4 > most {
        return Err(damaged(&image.path, "its pixels cannot fill its size"));
    }
    let cells = PackedFrames::of(image)?.unpack(0, true)?;
    let meaning = Meaning { rescale: None, is_fundus: true, ..Meaning::of(&image.facts, 0) };
    let mut samples = Samples::F32(Vec::new());
    meaning.append(&cells, layout, &mut samples);
    let Samples::F32(values) = samples else { return Ok(Vec::new()) };
    let whole = (1_u64 << layout.bits_stored) as f32;
    let (black, range) = match (layout.float, layout.signed) {
        (true, _) => (0.0, 1.0),
        (false, true) => (-whole / 2.0, whole),
        (false, false) => (0.0, whole),
    };
    // `as` saturates at 0 and 255.
    Ok(values.iter().map(|value| ((value - black) / range * 256.0) as u8).collect())
}

/// Refuses sizes that the bytes at hand cannot fill.
fn check_size(images: &[Image], sample_type: SampleType) -> Result<(), OpenError> {
    let sample_bytes: u64 = match sample_type {
        SampleType::U8 => 1,
        SampleType::U16 => 2,
        SampleType::F32 => 4,
    };
    let (mut decoded, mut held) = (0_u64, 0_u64);
    for image in images {
        let layout = &image.facts.layout;
        // Three sides of 16 bits each.
        let samples = layout.pixels() as u64 * layout.frames as u64;
        decoded = decoded.saturating_add(samples.saturating_mul(sample_bytes));
        held = held.saturating_add(image.bytes.len() as u64);
        let most = FREE_BYTES.saturating_add(MOST_RATIO.saturating_mul(held));
        if decoded > MOST_BYTES {
            return Err(OpenError::ImpossibleSize {
                file: image.path.clone(),
                columns: layout.columns as u64,
                rows: layout.rows as u64,
                bscans: layout.frames as u64,
            });
        }
        if matches!(image.stored, Stored::Fragments { .. }) && decoded > most {
            return Err(damaged(&image.path, "its packed pixels cannot fill the size that it states"));
        }
    }
    Ok(())
}

/// Refuses pixels that are not packed and too short.
fn check_length(image: &Image, warnings: &mut Vec<String>) -> Result<(), OpenError> {
    let layout = &image.facts.layout;
    let Stored::Native(range) = &image.stored else { return Ok(()) };
    let expected = (layout.frame_bytes() as u64).saturating_mul(layout.frames as u64);
    let found = range.len() as u64;
    if found < expected {
        let Layout { columns, rows, frames, bits_allocated, .. } = layout;
        return Err(OpenError::Truncated {
            file: image.path.clone(),
            promised_by: "its header".to_owned(),
            expected,
            found,
            content: format!("{columns} x {rows} x {frames} frames of {bits_allocated} bits"),
        });
    }
    // One byte makes the length even.
    if found > expected + 1 {
        warnings.push(format!("{} holds more pixels than it declares: the rest was ignored.", image.path));
    }
    Ok(())
}

/// 8-bit greys that need no change are the file's own bytes, without a copy.
fn as_they_are(image: &mut Image) -> Option<Vec<u8>> {
    let layout = image.facts.layout;
    let Stored::Native(range) = &image.stored else { return None };
    let is_plain = image.facts.packing == Packing::Raw
        && layout.colour == (Colour::Grey { inverted: false })
        && (layout.bits_stored, layout.high_bit) == (8, 7);
    if !is_plain {
        return None;
    }
    let end = range.start + layout.frame_bytes() * layout.frames;
    let mut bytes = std::mem::take(&mut image.bytes);
    bytes.truncate(end);
    bytes.drain(..range.start);
    Some(bytes)
}

/// Frames of one object, each of which can be unpacked alone.
struct PackedFrames<'a> {
    image: &'a Image,
    /// Fragments of each frame; empty where pixels are not in fragments.
    fragments: Vec<Range<usize>>,
}

impl<'a> PackedFrames<'a> {
    fn of(image: &'a Image) -> Result<Self, OpenError> {
        if let Packing::NotRead(feature) = image.facts.packing {
            return Err(OpenError::Unsupported {
                file: image.path.clone(),
                feature: feature.to_owned(),
                remedy: "export the scan as Explicit VR Little Endian",
            });
        }
        let fragments = match &image.stored {
            Stored::Native(_) if image.facts.packing == Packing::Raw => Vec::new(),
            Stored::Native(_) => return Err(damaged(&image.path, "its pixels are not packed as it says")),
            Stored::Fragments { offsets, fragments } => {
                let offsets = image.bytes.get(offsets.clone()).unwrap_or_default();
                let frames = image.facts.layout.frames;
                by_frame(&image.bytes, offsets, fragments, frames).ok_or_else(|| {
                    let pieces = fragments.len();
                    damaged(
                        &image.path,
                        format!("its {frames} frames cannot be told apart in {pieces} pieces"),
                    )
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

    fn unpack(&self, index: usize, any_colour: bool) -> Result<Cells<'a>, OpenError> {
        let path = &self.image.path;
        let layout = &self.image.facts.layout;
        let short = || damaged(path, format!("frame {} is too short", index + 1));
        let packed = self.packed(index).ok_or_else(short)?;
        let cells = match self.image.facts.packing {
            Packing::Raw => Cells { bytes: packed, channels: layout.channels() },
            Packing::Rle => {
                let bytes = rle::decode(&packed, layout).ok_or_else(|| {
                    damaged(path, format!("the run lengths of frame {} are wrong", index + 1))
                })?;
                Cells { bytes: Cow::Owned(bytes), channels: layout.channels() }
            }
            Packing::Jpeg => jpeg::decode(&packed, layout, any_colour, path)?,
            Packing::Jpeg2000 => jpeg_2000(&packed, layout, path)?,
            Packing::NotRead(_) => return Err(short()),
        };
        let wanted = layout.pixels() * cells.channels * (layout.bits_allocated as usize / 8);
        if cells.bytes.len() < wanted { Err(short()) } else { Ok(cells) }
    }
}

fn jpeg_2000(packed: &[u8], layout: &Layout, path: &str) -> Result<Cells<'static>, OpenError> {
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
        return Err(damaged(path, "a frame is no JPEG 2000 image of the size that the file says"));
    }
    match jpeg2000::decode_grey(packed, path)?.samples {
        Samples::U8(bytes) => Ok(Cells::bytes(bytes, 1, layout)),
        Samples::U16(words) if layout.bits_allocated >= 16 => Ok(Cells::words(words.into_iter(), 1, layout)),
        _ => Err(damaged(path, "a frame has more bits than the file says")),
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

/// What the stored bits of a frame mean.
#[derive(Clone, Copy)]
struct Meaning {
    /// Unused bits below.
    shift: u32,
    mask: u32,
    /// The highest bit is the sign.
    signed: bool,
    inverted: bool,
    float: bool,
    /// Slope and intercept, where they change anything.
    rescale: Option<[f64; 2]>,
    /// Colours are taken, too.
    is_fundus: bool,
}

impl Meaning {
    fn of(facts: &Facts, frame: usize) -> Self {
        let layout = &facts.layout;
        Self {
            shift: layout.high_bit + 1 - layout.bits_stored,
            mask: u32::MAX >> (32 - layout.bits_stored),
            signed: layout.signed,
            inverted: layout.colour == Colour::Grey { inverted: true },
            float: layout.float,
            rescale: facts.frame(frame).rescale.filter(|rescale| *rescale != [1.0, 0.0]),
            is_fundus: false,
        }
    }

    /// The bits that count; inverted where high is dark. That of a signed
    /// sample turns all of its bits, sign and all, and so does that of an unsigned one.
    fn bits(&self, cell: u32) -> u32 {
        let bits = cell >> self.shift & self.mask;
        if self.inverted { !bits & self.mask } else { bits }
    }

    fn value(&self, cell: u32) -> f32 {
        let value = if self.float {
            f64::from(f32::from_bits(cell))
        } else {
            let bits = i64::from(self.bits(cell));
            let sign = (i64::from(self.mask) + 1) / 2;
            // At most 32 bits, which a double holds.
            (if self.signed && bits >= sign { bits - 2 * sign } else { bits }) as f64
        };
        self.rescale.map_or(value, |[slope, intercept]| value * slope + intercept) as f32
    }

    /// Appends one frame. `None` for colours.
    fn append(&self, cells: &Cells<'_>, layout: &Layout, samples: &mut Samples) -> Option<()> {
        let pixels = layout.pixels();
        let width = layout.bits_allocated as usize / 8;
        let cell = |bytes: &[u8]| bytes.iter().rev().fold(0_u32, |cell, byte| cell << 8 | u32::from(*byte));
        if cells.channels == 1 {
            let bytes = cells.bytes.get(..pixels.checked_mul(width)?)?;
            let is_plain = self.shift == 0 && self.mask == 0xFF && !self.inverted;
            match samples {
                Samples::U8(samples) if width == 1 && is_plain => samples.extend_from_slice(bytes),
                Samples::U8(samples) => {
                    samples.extend(bytes.chunks_exact(width).map(|bytes| self.bits(cell(bytes)) as u8));
                }
                Samples::U16(samples) => {
                    samples.extend(bytes.chunks_exact(width).map(|bytes| self.bits(cell(bytes)) as u16));
                }
                Samples::F32(samples) => {
                    samples.extend(bytes.chunks_exact(width).map(|bytes| self.value(cell(bytes))));
                }
            }
            return Some(());
        }
        for pixel in 0..pixels {
            let channel = |channel: usize| {
                let index = if layout.planar && self.planes_are_apart(cells) {
                    channel * pixels + pixel
                } else {
                    pixel * cells.channels + channel
                };
                cells.bytes.get(index * width..(index + 1) * width).map(cell)
            };
            let grey = self.grey([channel(0)?, channel(1)?, channel(2)?], layout)?;
            match samples {
                Samples::U8(samples) => samples.push(self.bits(grey) as u8),
                Samples::U16(samples) => samples.push(self.bits(grey) as u16),
                Samples::F32(samples) => samples.push(self.value(grey)),
            }
        }
        Some(())
    }

    /// Only what is stored as it is can have planes; decoders put pixels together.
    fn planes_are_apart(&self, cells: &Cells<'_>) -> bool {
        matches!(cells.bytes, Cow::Borrowed(_))
    }

    /// The grey of a pixel; `None` for a colour where greys are wanted.
    fn grey(&self, [a, b, c]: [u32; 3], layout: &Layout) -> Option<u32> {
        let half = (1_u32 << (layout.bits_stored - 1)) << self.shift;
        let is_grey = match layout.colour {
            Colour::Ybr => b.abs_diff(half) <= TOLERANCE && c.abs_diff(half) <= TOLERANCE,
            _ => a == b && b == c,
        };
        match layout.colour {
            Colour::Ybr if is_grey || self.is_fundus => Some(a),
            _ if is_grey => Some(a),
            // Weights of ITU-R BT.601.
            _ if self.is_fundus => {
                let [a, b, c] = [a, b, c].map(u64::from);
                u32::try_from((299 * a + 587 * b + 114 * c) / 1000).ok()
            }
            _ => None,
        }
    }
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

    #[test]
    fn stored_bits_get_their_sign_and_their_place() {
        let plain = Meaning {
            shift: 0,
            mask: 0xFFF,
            signed: false,
            inverted: false,
            float: false,
            rescale: None,
            is_fundus: false,
        };
        assert_eq!(plain.bits(0xF123), 0x123);
        assert_eq!(Meaning { shift: 4, ..plain }.bits(0x1234), 0x123);
        assert_eq!(Meaning { inverted: true, ..plain }.bits(0), 0xFFF);
        assert_eq!(Meaning { signed: true, ..plain }.value(0xFFF), -1.0);
        assert_eq!(Meaning { signed: true, inverted: true, ..plain }.value(5), -6.0);
        assert_eq!(Meaning { rescale: Some([2.0, -1.0]), ..plain }.value(3), 5.0);
        let wide = Meaning { mask: u32::MAX, signed: true, ..plain };
        assert_eq!(wide.value(u32::MAX), -1.0);
        assert_eq!(Meaning { signed: false, ..wide }.value(u32::MAX), 4_294_967_295.0);
    }
}
