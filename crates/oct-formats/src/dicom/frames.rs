//! Pixel data of DICOM objects to samples.

use oct::{SampleType, Samples};

use super::elements::Stored;
use super::facts::Facts;
use super::image::Image;
use super::layout::{Colour, Layout};
use super::meaning::Meaning;
use super::packed::PackedFrames;
use super::syntax::Packing;
use super::volumes::FrameOf;
use crate::Cause;
use crate::error::Fault;

/// What packed pixels may become: this much, and so many bytes for each byte.
/// Run lengths reach 64, lossless JPEG 16; blank frames of the others more.
const FREE_BYTES: u64 = 64 << 20;
const MOST_RATIO: u64 = 100;
/// Samples of one volume at most, bytes.
const MOST_BYTES: u64 = 4 << 30;

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

/// Unpacks `frames` of `images` in their order. Images are unpacked one after the other,
/// each being gone before the next, and their frames put in order in place.
pub(super) fn decode(
    images: Vec<Image>,
    frames: &[FrameOf],
    warnings: &mut Vec<String>,
) -> Result<Samples, Fault> {
    let mut stored: Vec<(FrameOf, usize)> = frames.iter().copied().zip(0..).collect();
    stored.sort_unstable();
    let pixels = images.first().map_or(0, |image| image.facts.layout.pixels());
    let mut samples = unpack(images, &stored, warnings)?;
    let places: Vec<usize> = stored.into_iter().map(|(_, place)| place).collect();
    match &mut samples {
        Samples::U8(samples) => put_in_order(samples, pixels, places),
        Samples::U16(samples) => put_in_order(samples, pixels, places),
        Samples::F32(samples) => put_in_order(samples, pixels, places),
    }
    Ok(samples)
}

/// Moves each frame of `pixels` samples to its place.
fn put_in_order<T>(samples: &mut [T], pixels: usize, mut places: Vec<usize>) {
    for index in 0..places.len() {
        // Each exchange brings one frame to where it stays.
        while places[index] != index {
            let place = places[index];
            let (low, high) = (index.min(place), index.max(place));
            let (before, after) = samples.split_at_mut(high * pixels);
            if let (Some(one), Some(other)) =
                (before.get_mut(low * pixels..(low + 1) * pixels), after.get_mut(..pixels))
            {
                one.swap_with_slice(other);
            }
            places.swap(index, place);
        }
    }
}

/// Unpacks the frames that `stored` lists in the order in which they are stored.
fn unpack(
    images: Vec<Image>,
    stored: &[(FrameOf, usize)],
    warnings: &mut Vec<String>,
) -> Result<Samples, Fault> {
    let sample_type = sample_type(&images);
    check_size(&images, stored, sample_type)?;
    let total = images.first().map_or(0, |image| image.facts.layout.pixels()) * stored.len();
    for image in &images {
        check_length(image, warnings).map_err(|cause| cause.in_file(&image.path))?;
    }
    let mut images = images;
    if let ([image], SampleType::U8) = (images.as_mut_slice(), sample_type)
        && image.facts.layout.frames == stored.len()
        && let Some(samples) = as_they_are(image)
    {
        return Ok(Samples::U8(samples));
    }
    let no_memory = |_| Cause::out_of_memory();
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
    let mut of_images = stored.chunk_by(|(one, _), (other, _)| one.image == other.image);
    for image in images {
        let frames = of_images.next().unwrap_or_default();
        append(&image, frames, &mut samples).map_err(|cause| cause.in_file(&image.path))?;
    }
    Ok(samples)
}

/// Unpacks `frames` of `image`.
fn append(image: &Image, frames: &[(FrameOf, usize)], samples: &mut Samples) -> Result<(), Cause> {
    let packed = PackedFrames::of(image)?;
    for index in frames.iter().map(|(frame, _)| frame.frame) {
        let cells = packed.unpack(index, false)?;
        let meaning = Meaning::of(&image.facts, index);
        meaning.append(&cells, &image.facts.layout, samples).ok_or(Cause::Colour)?;
    }
    Ok(())
}

/// Greys of the first frame of an image of the fundus.
pub(super) fn fundus_greys(image: &Image) -> Result<Vec<u8>, Cause> {
    let layout = &image.facts.layout;
    check_length(image, &mut Vec::new())?;
    let most = FREE_BYTES + MOST_RATIO * image.bytes.len() as u64;
    if layout.pixels() as u64 * 4 > most {
        return Err(Cause::malformed("its pixels cannot fill its size"));
    }
    let cells = PackedFrames::of(image)?.unpack(0, true)?;
    let meaning = Meaning::of_fundus(&image.facts);
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
fn check_size(images: &[Image], stored: &[(FrameOf, usize)], sample_type: SampleType) -> Result<(), Fault> {
    let sample_bytes: u64 = match sample_type {
        SampleType::U8 => 1,
        SampleType::U16 => 2,
        SampleType::F32 => 4,
    };
    let (mut decoded, mut held) = (0_u64, 0_u64);
    let mut of_images = stored.chunk_by(|(one, _), (other, _)| one.image == other.image);
    for image in images {
        let layout = &image.facts.layout;
        let frames = of_images.next().map_or(0, <[_]>::len);
        // Three sides of 16 bits each.
        let samples = layout.pixels() as u64 * frames as u64;
        decoded = decoded.saturating_add(samples.saturating_mul(sample_bytes));
        held = held.saturating_add(image.bytes.len() as u64);
        let most = FREE_BYTES.saturating_add(MOST_RATIO.saturating_mul(held));
        if decoded > MOST_BYTES {
            let sides = [layout.columns, layout.rows, layout.frames].map(|side| side as u64);
            let [columns, rows, frames] = sides;
            return Err(Cause::impossible_size(columns, rows, frames).in_file(&image.path));
        }
        if matches!(image.stored, Stored::Fragments { .. }) && decoded > most {
            let what = "its packed pixels cannot fill the size that it states";
            return Err(Cause::malformed(what).in_file(&image.path));
        }
    }
    Ok(())
}

/// Refuses pixels that are not packed and too short.
fn check_length(image: &Image, warnings: &mut Vec<String>) -> Result<(), Cause> {
    let layout = &image.facts.layout;
    let Stored::Native(range) = &image.stored else { return Ok(()) };
    let expected = (layout.frame_bytes() as u64).saturating_mul(layout.frames as u64);
    let found = range.len() as u64;
    if found < expected {
        let Layout { columns, rows, frames, bits_allocated, .. } = layout;
        return Err(Cause::Truncated {
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
