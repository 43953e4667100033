//! JPEG 2000 codestreams, as DICOM and Topcon store B-scans and photographs.
//!
//! The main header is walked here first (ISO/IEC 15444-1 annex A): a few bytes
//! can declare an image, or a grid of tiles and blocks, that no memory holds.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
use oct::Samples;

use crate::OpenError;
use crate::images::GreyImage;

/// Longest side that we take.
const LONGEST_SIDE: u32 = 16_384;
/// Samples of one image at most: so many, and so many for each byte. Blank
/// B-scans pack to next to nothing.
const FREE_SAMPLES: u64 = 3 << 20;
const SAMPLES_PER_BYTE: u64 = 64;
/// Tiles, and blocks that are coded alone, of one image at most; a B-scan has
/// one tile and about a hundred blocks.
const MOST_TILES: u64 = 1024;
const MOST_BLOCKS: u64 = 1 << 15;

/// Markers of the main header.
const SIZ: u16 = 0xFF51;
const COD: u16 = 0xFF52;
const COC: u16 = 0xFF53;
const SOT: u16 = 0xFF90;

/// Decodes a codestream of one channel, up to 16 bits.
///
/// # Errors
/// [`OpenError`] with `path` as the file's name: damage, colours, a sample type
/// that is not read, or a size that its bytes cannot fill.
pub(crate) fn decode_grey(codestream: &[u8], path: &str) -> Result<GreyImage, OpenError> {
    let size = Size::of(codestream, path)?;
    if size.channels != 1 {
        return Err(OpenError::Colour { file: path.to_owned() });
    }
    let samples = decoded(codestream, path, |channels| {
        let whole = |sample: f32, most: f32| sample.round().clamp(0.0, most);
        let most = (1_u32 << size.bits) - 1;
        match channels {
            [grey] if size.bits <= 8 => {
                Some(Samples::U8(grey.iter().map(|sample| whole(*sample, most as f32) as u8).collect()))
            }
            [grey] => {
                Some(Samples::U16(grey.iter().map(|sample| whole(*sample, most as f32) as u16).collect()))
            }
            _ => None,
        }
    })?;
    Ok(GreyImage { columns: size.columns, rows: size.rows, samples })
}

/// Decodes a photograph of one or three channels of 8 bits to greys.
///
/// # Errors
/// As [`decode_grey`].
pub(crate) fn decode_photograph(codestream: &[u8], path: &str) -> Result<GreyImage, OpenError> {
    let size = Size::of(codestream, path)?;
    if size.bits != 8 {
        let sample_type = format!("JPEG 2000 photograph of {} bits", size.bits);
        return Err(OpenError::SampleType { file: path.to_owned(), sample_type });
    }
    let greys = decoded(codestream, path, |channels| match channels {
        // `as` saturates at 0 and 255. Weights of ITU-R BT.601.
        [grey] => Some(grey.iter().map(|sample| sample.round() as u8).collect()),
        [red, green, blue] => {
            let pixels = red.iter().zip(*green).zip(*blue);
            Some(pixels.map(|((r, g), b)| (0.299 * r + 0.587 * g + 0.114 * b).round() as u8).collect())
        }
        _ => None,
    })?;
    Ok(GreyImage { columns: size.columns, rows: size.rows, samples: Samples::U8(greys) })
}

/// Gives the decoded channels to `take`, which refuses another number of them.
fn decoded<T>(
    codestream: &[u8],
    path: &str,
    take: impl FnOnce(&[&[f32]]) -> Option<T>,
) -> Result<T, OpenError> {
    let damaged = |cause: &dyn std::fmt::Display| damaged(path, &cause.to_string());
    // Strict: what is missing of a damaged image would be filled with grey.
    let settings = DecodeSettings { strict: true, ..DecodeSettings::default() };
    let image = Image::new(codestream, &settings).map_err(|error| damaged(&error))?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|error| damaged(&error))?;
    let channels: Vec<&[f32]> = decoded.components().iter().map(|channel| channel.samples()).collect();
    let wanted = u64::from(image.width()) * u64::from(image.height());
    if channels.iter().any(|channel| channel.len() as u64 != wanted) {
        return Err(damaged(&"its channels differ in size"));
    }
    take(&channels).ok_or_else(|| damaged(&"it has another number of channels than it says"))
}

fn damaged(path: &str, cause: &str) -> OpenError {
    OpenError::Damaged { file: path.to_owned(), cause: cause.trim_end_matches('.').to_owned() }
}

/// What the main header says, as far as it can be believed.
struct Size {
    columns: usize,
    rows: usize,
    channels: u16,
    /// Of all channels; 16 at most, unsigned.
    bits: u32,
}

impl Size {
    fn of(codestream: &[u8], path: &str) -> Result<Self, OpenError> {
        let ends_early = || damaged(path, "the image ends within its header");
        let long = |at: usize| {
            let bytes = codestream.get(at..)?.first_chunk()?;
            Some(u32::from_be_bytes(*bytes))
        };
        let short = |at: usize| {
            let bytes = codestream.get(at..)?.first_chunk()?;
            Some(u16::from_be_bytes(*bytes))
        };
        if (short(0), short(2)) != (Some(0xFF4F), Some(SIZ)) {
            return Err(damaged(path, "it is no JPEG 2000 codestream"));
        }
        let field = |at: usize| long(at).ok_or_else(ends_early);
        let side = |end: usize, start: usize| Ok(field(end)?.saturating_sub(field(start)?));
        let (columns, rows) = (side(8, 16)?, side(12, 20)?);
        let (tile_columns, tile_rows) = (field(24)?, field(28)?);
        let channels = short(40).ok_or_else(ends_early)?;
        let too_large = || OpenError::ImpossibleSize {
            file: path.to_owned(),
            columns: columns.into(),
            rows: rows.into(),
            frames: 1,
        };
        let sides = 1..=LONGEST_SIDE;
        let samples = u64::from(columns) * u64::from(rows) * u64::from(channels);
        let most = FREE_SAMPLES + SAMPLES_PER_BYTE * codestream.len() as u64;
        if !sides.contains(&columns)
            || !sides.contains(&rows)
            || !(1..=4).contains(&channels)
            || samples > most
        {
            return Err(too_large());
        }
        let tiles = |whole: u32, tile: u32| u64::from(whole / tile.max(1)) + 2;
        if tile_columns == 0
            || tile_rows == 0
            || tiles(columns, tile_columns) * tiles(rows, tile_rows) > MOST_TILES
        {
            return Err(damaged(path, "it is cut into more tiles than any device makes"));
        }
        let precisions: Vec<u8> = codestream
            .get(42..)
            .unwrap_or_default()
            .chunks_exact(3)
            .take(channels.into())
            .map(|c| c[0])
            .collect();
        // The highest bit says signed, the others one less than the bits.
        let bits = match precisions.first() {
            Some(first) if precisions.iter().all(|other| other == first) && *first < 16 => {
                u32::from(*first) + 1
            }
            _ => {
                let sample_type =
                    "JPEG 2000 samples that are signed, mixed or of more than 16 bits".to_owned();
                return Err(OpenError::SampleType { file: path.to_owned(), sample_type });
            }
        };
        // Blocks of the finest coding style, were all channels coded so.
        let mut at = 2;
        while let (Some(marker), Some(length)) = (short(at), short(at + 2)) {
            if marker == SOT {
                break;
            }
            let style =
                codestream.get(at + 4..).and_then(|rest| rest.get(..usize::from(length).saturating_sub(2)));
            let finest = match (marker, style) {
                (COD, Some([scod, _, _, _, _, _, x, y, _, _, precincts @ ..])) => {
                    Some((*x, *y, if scod & 1 == 0 { &[][..] } else { precincts }))
                }
                (COC, Some([_, scoc, _, x, y, _, _, precincts @ ..])) => {
                    Some((*x, *y, if scoc & 1 == 0 { &[][..] } else { precincts }))
                }
                _ => None,
            };
            if let Some((x, y, precincts)) = finest {
                // The last precinct is that of the whole resolution, which has most of the samples.
                let precinct =
                    precincts.last().map_or(30, |last| u32::from(last & 15) + u32::from(last >> 4));
                let block = (u32::from(x & 15) + u32::from(y & 15) + 4).min(precinct);
                if samples >> block > MOST_BLOCKS {
                    return Err(damaged(path, "it is cut into more blocks than any device makes"));
                }
            }
            at += 2 + usize::from(length);
        }
        Ok(Self { columns: columns as usize, rows: rows as usize, channels, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of an image without anything behind it.
    fn header(columns: u32, rows: u32, tile: u32, channels: u16, precision: u8) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0x4F, 0xFF, 0x51];
        bytes.extend((38 + 3 * channels).to_be_bytes());
        bytes.extend([0, 0]);
        for word in [columns, rows, 0, 0, tile, tile, 0, 0] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(channels.to_be_bytes());
        for _ in 0..channels {
            bytes.extend([precision, 1, 1]);
        }
        bytes
    }

    #[test]
    fn sizes_that_a_few_bytes_cannot_fill_are_refused_before_decoding() {
        let refused = |bytes: &[u8]| decode_grey(bytes, "a.fda").unwrap_err();
        for (columns, rows) in [(0, 8), (8, 0), (16_000, 16_000), (u32::MAX, 1)] {
            let bytes = header(columns, rows, 16_384, 1, 7);
            assert!(matches!(refused(&bytes), OpenError::ImpossibleSize { .. }), "{columns} x {rows}");
        }
        assert!(matches!(refused(&header(512, 512, 1, 1, 7)), OpenError::Damaged { .. }));
        assert!(matches!(refused(&header(512, 512, 512, 3, 7)), OpenError::Colour { .. }));
        for precision in [0x87, 31] {
            assert!(matches!(refused(&header(8, 8, 8, 1, precision)), OpenError::SampleType { .. }));
        }
        let mut tiny_blocks = header(1600, 1600, 1600, 1, 7);
        tiny_blocks.extend([0xFF, 0x52, 0, 13, 1, 0, 0, 1, 0, 0, 4, 4, 0, 1, 0x11]);
        assert!(refused(&tiny_blocks).to_string().contains("blocks"));
        for length in 0..44 {
            let cut = &header(8, 8, 8, 1, 7)[..length];
            assert!(matches!(refused(cut), OpenError::Damaged { .. } | OpenError::SampleType { .. }));
        }
    }
}
