//! One page of a TIFF to grey.

use oct::Samples;
use tiff::decoder::{Decoder, DecodingResult};

use super::directory::{
    BITS_PER_SAMPLE, COLOR_MAP, COMPRESSION, Directory, EXTRA_SAMPLES, IMAGE_LENGTH, IMAGE_WIDTH,
    PHOTOMETRIC, PLANAR_CONFIGURATION, PREDICTOR, SAMPLE_FORMAT, SAMPLES_PER_PIXEL, STRIP_BYTE_COUNTS,
    STRIP_OFFSETS, TILE_BYTE_COUNTS, TILE_LENGTH, TILE_OFFSETS, TILE_WIDTH,
};
use super::overlay::Overlay;
use crate::Cause;
use crate::images::GreyImage;
use crate::images::grey::grey;
use crate::images::limits::{MAX_IMAGE_BYTES, MAX_SIDE, check_size};

/// How the samples of a page lie, checked.
struct Layout {
    columns: usize,
    rows: usize,
    bits: u32,
    channels: usize,
    float: bool,
    /// Red, green and blue of each index, where it is a palette image.
    palette: Option<Vec<u32>>,
}

impl Layout {
    /// Takes the layouts that occur in practice and refuses the others by name.
    fn of(page: &Directory<'_>) -> Result<Self, Cause> {
        let size = |tag: u16, field: &'static str| {
            let value = page.value(tag).ok_or(Cause::MissingField { field })?;
            Ok::<_, Cause>(value as usize)
        };
        let columns = size(IMAGE_WIDTH, "ImageWidth")?;
        let rows = size(IMAGE_LENGTH, "ImageLength")?;
        let channels = page.value_or(SAMPLES_PER_PIXEL, 1) as usize;
        let bits = page.values(BITS_PER_SAMPLE).unwrap_or_else(|| vec![1]);
        let format = page.value_or(SAMPLE_FORMAT, 1);
        let predictor = page.value_or(PREDICTOR, 1);
        let photometric =
            page.value(PHOTOMETRIC).ok_or(Cause::MissingField { field: "PhotometricInterpretation" })?;

        match page.value_or(COMPRESSION, 1) {
            1 | 5 | 8 | 32_946 | 32_773 => {}
            6 | 7 => return Err(Cause::sample_type("JPEG inside TIFF")),
            other => return Err(Cause::sample_type(format!("TIFF compression {other}"))),
        }
        let [bits, others @ ..] = bits.as_slice() else {
            return Err(Cause::malformed("it states no bits per sample"));
        };
        if others.iter().any(|other| other != bits) {
            return Err(Cause::sample_type("channels of different depths"));
        }
        let bits = *bits;
        let float = match (format, bits) {
            (1, 8 | 16) => false,
            (1, 1 | 2 | 4) if channels == 1 && predictor == 1 => false,
            (3, 32) if channels == 1 => true,
            (2, _) => return Err(Cause::sample_type(format!("signed {bits}-bit integers"))),
            (3, _) => return Err(Cause::sample_type(format!("{bits}-bit float in {channels} channels"))),
            _ => return Err(Cause::sample_type(format!("{bits}-bit integers in {channels} channels"))),
        };
        match (predictor, float) {
            (1 | 2, _) | (3, true) => {}
            _ => return Err(Cause::sample_type(format!("TIFF predictor {predictor}"))),
        }
        if channels > 1 && page.value_or(PLANAR_CONFIGURATION, 1) != 1 {
            return Err(Cause::sample_type("separate colour planes"));
        }
        let extra = page.values(EXTRA_SAMPLES).unwrap_or_default();
        let palette = match (photometric, channels, extra.as_slice()) {
            (0 | 1, 1, []) | (1, 2, [_]) | (2, 3, []) | (2, 4, [1 | 2] | []) => None,
            // The decoder takes the fourth channel away, but not from differences.
            (2, 4, [0]) if predictor == 1 => None,
            (3, 1, []) if bits <= 8 && !float => {
                let map = page.values(COLOR_MAP).unwrap_or_default();
                if map.len() != 3 << bits {
                    return Err(Cause::malformed("its colour map has another length than its depth"));
                }
                Some(map)
            }
            (2 | 3, _, _) => return Err(Cause::sample_type(format!("{channels} colour channels"))),
            (0 | 1, _, _) => return Err(Cause::sample_type(format!("{channels} grey channels"))),
            (5, _, _) => return Err(Cause::Colour),
            _ => return Err(Cause::sample_type(format!("TIFF photometric interpretation {photometric}"))),
        };
        // Alpha that is no colour is dropped by the decoder itself.
        let channels = if extra == [0] && channels == 4 { 3 } else { channels };
        Ok(Self { columns, rows, bits, channels, float, palette })
    }

    /// Bytes of one decoded row; less than a byte is packed.
    fn row_bytes(&self) -> usize {
        self.columns.saturating_mul(self.channels).saturating_mul(self.bits as usize).div_ceil(8)
    }
}

/// Refuses strips or tiles that lie outside of the file or cannot fill the page.
fn check_data(page: &Directory<'_>, layout: &Layout) -> Result<(), Cause> {
    let held = page.bytes.len();
    let decoded = layout.row_bytes().saturating_mul(layout.rows);
    check_size(layout.columns, layout.rows, decoded, held)?;
    let tiled = page.entry(TILE_OFFSETS).is_some();
    let (offsets, counts) =
        if tiled { (TILE_OFFSETS, TILE_BYTE_COUNTS) } else { (STRIP_OFFSETS, STRIP_BYTE_COUNTS) };
    let missing = |field| Cause::MissingField { field };
    let offsets = page.values(offsets).ok_or_else(|| missing("StripOffsets or TileOffsets"))?;
    let counts = page.values(counts).ok_or_else(|| missing("StripByteCounts or TileByteCounts"))?;
    if tiled {
        let sides = [TILE_WIDTH, TILE_LENGTH].map(|tag| page.value_or(tag, 0) as usize);
        // Section 15: both sides are multiples of 16.
        if sides.iter().any(|side| *side == 0 || *side > MAX_SIDE || side % 16 != 0) {
            return Err(Cause::malformed(format!("its tiles are {} x {}", sides[0], sides[1])));
        }
    }
    let end = offsets.iter().zip(&counts).map(|(at, count)| u64::from(*at) + u64::from(*count)).max();
    let uncompressed = page.value_or(COMPRESSION, 1) == 1;
    let expected = end.unwrap_or(0).max(if uncompressed { decoded as u64 } else { 0 });
    if expected > held as u64 {
        let promised_by = "its page directory".to_owned();
        return Err(Cause::Truncated {
            promised_by,
            expected,
            found: held as u64,
            content: format!("{} x {} pixels of {} bits", layout.columns, layout.rows, layout.bits),
        });
    }
    Ok(())
}

/// Decodes one page to grey.
pub(in crate::images) fn decode_page(bytes: &[u8], page: &Directory<'_>) -> Result<GreyImage, Cause> {
    let layout = Layout::of(page)?;
    check_data(page, &layout)?;
    let (columns, rows) = (layout.columns, layout.rows);
    let mut decoded = DecodingResult::U8(Vec::new());
    let failed = |error: tiff::TiffError| match error {
        tiff::TiffError::UnsupportedError(what) => Cause::sample_type(what.to_string()),
        tiff::TiffError::LimitsExceeded => Cause::TooLarge { limit: "512 MiB" },
        tiff::TiffError::FormatError(what) => Cause::malformed(what),
        other => Cause::cannot_unpack(other),
    };
    let mut limits = tiff::decoder::Limits::default();
    limits.decoding_buffer_size = MAX_IMAGE_BYTES;
    Decoder::new(Overlay::new(bytes, page, rows))
        .map_err(failed)?
        .with_limits(limits)
        .read_image_to_buffer(&mut decoded)
        .map_err(failed)?;

    let wanted = columns * rows * layout.channels;
    let short = || Cause::malformed("the decoder returned another number of samples");
    let samples = match decoded {
        DecodingResult::U8(packed) => {
            let pixels = if layout.bits < 8 { unpack(&packed, &layout) } else { packed };
            if pixels.len() != wanted {
                return Err(short());
            }
            match &layout.palette {
                Some(palette) => through_palette(&pixels, palette).map(Samples::U8),
                None if layout.bits < 8 => {
                    let scale = 255 / ((1 << layout.bits) - 1);
                    Some(Samples::U8(pixels.iter().map(|value| value * scale).collect()))
                }
                None if layout.channels == 1 => Some(Samples::U8(pixels)),
                None => grey(&pixels, layout.channels, 0).map(Samples::U8),
            }
        }
        DecodingResult::U16(pixels) if pixels.len() == wanted => match layout.channels {
            1 => Some(Samples::U16(pixels)),
            channels => grey(&pixels, channels, 0).map(Samples::U16),
        },
        DecodingResult::F32(pixels) if pixels.len() == wanted && layout.float => Some(Samples::F32(pixels)),
        _ => return Err(short()),
    };
    let samples = samples.ok_or(Cause::Colour)?;
    Ok(GreyImage { columns, rows, samples })
}

/// Values of 1, 2 or 4 bits, the first in the highest bits, each row starting on a byte.
fn unpack(packed: &[u8], layout: &Layout) -> Vec<u8> {
    let bits = layout.bits as usize;
    let per_byte = 8 / bits;
    let mask = (1_u8 << bits) - 1;
    packed
        .chunks_exact(layout.row_bytes().max(1))
        .flat_map(|row| {
            (0..layout.columns)
                .map(move |column| row[column / per_byte] >> (8 - bits * (column % per_byte + 1)) & mask)
        })
        .collect()
}

/// Grey of each index, or `None` where an index that occurs is coloured. The
/// map holds all reds, then all greens, then all blues, in 16 bits.
fn through_palette(pixels: &[u8], palette: &[u32]) -> Option<Vec<u8>> {
    let entries = palette.len() / 3;
    // Old writers store 8-bit colours, which as 16-bit ones would all be black.
    let shift = if palette.iter().all(|value| *value < 256) { 0 } else { 8 };
    pixels
        .iter()
        .map(|index| {
            let index = usize::from(*index);
            let [red, green, blue] =
                [0, 1, 2].map(|channel| palette.get(channel * entries + index).map(|value| value >> shift));
            (red == green && green == blue).then_some(red?).and_then(|value| u8::try_from(value).ok())
        })
        .collect()
}

/// Image `index` of those that lie behind each other from the first strip of the only
/// page on, as ImageJ stores stacks that are too large for directories of their own:
/// plain, in the byte order of the file.
pub(in crate::images) fn decode_behind(
    bytes: &[u8],
    page: &Directory<'_>,
    index: usize,
) -> Result<GreyImage, Cause> {
    let layout = Layout::of(page)?;
    check_data(page, &layout)?;
    let plain = page.value_or(COMPRESSION, 1) == 1 && layout.channels == 1 && layout.palette.is_none();
    if !plain || layout.bits < 8 {
        return Err(Cause::malformed("it promises more images than it has pages"));
    }
    let length = layout.row_bytes().saturating_mul(layout.rows);
    let first = page.value(STRIP_OFFSETS).ok_or(Cause::MissingField { field: "StripOffsets" })? as usize;
    let at = index.checked_mul(length).and_then(|behind| behind.checked_add(first));
    let end = at.and_then(|at| at.checked_add(length));
    let image = at.zip(end).and_then(|(at, end)| bytes.get(at..end));
    let image = image.ok_or_else(|| Cause::Truncated {
        promised_by: format!("its description (image {})", index + 1),
        expected: end.unwrap_or(usize::MAX) as u64,
        found: bytes.len() as u64,
        content: format!("{} x {} pixels of {} bits an image", layout.columns, layout.rows, layout.bits),
    })?;
    let samples = match layout.bits {
        8 => Samples::U8(image.to_vec()),
        16 => {
            let of = if page.big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
            Samples::U16(image.as_chunks().0.iter().map(|sample| of(*sample)).collect())
        }
        _ => {
            let of = if page.big_endian { f32::from_be_bytes } else { f32::from_le_bytes };
            Samples::F32(image.as_chunks().0.iter().map(|sample| of(*sample)).collect())
        }
    };
    Ok(GreyImage { columns: layout.columns, rows: layout.rows, samples })
}
