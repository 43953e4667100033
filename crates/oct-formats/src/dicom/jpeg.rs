//! Frames in the JPEG family: the processes of ISO 10918-1 (baseline and
//! lossless) and JPEG-LS (ISO 14495-1). Which one it is, the frame itself says.

use jpeg_decoder::ColorTransform;
use oct::Samples;

use super::cells::Cells;
use super::layout::Layout;
use crate::{Cause, images};

/// Samples that a byte can become at most where every difference is a bit.
const MOST_LOSSLESS: usize = 8;

/// What a frame says before its scan.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    /// Second byte of the start-of-frame marker.
    process: u8,
    precision: u8,
    rows: usize,
    columns: usize,
    channels: u8,
    /// The scan is cut by restart markers.
    has_restarts: bool,
    /// Lowest bits that were thrown away.
    point_transform: u8,
}

impl Header {
    /// Walks the marker segments (ISO 10918-1 annex B) up to the scan.
    fn read(packed: &[u8]) -> Option<Self> {
        let mut found: Option<Self> = None;
        let mut has_restarts = false;
        let mut rest = packed.strip_prefix(&[0xFF, 0xD8])?;
        loop {
            rest = rest.strip_prefix(&[0xFF])?;
            let (&marker, after) = rest.split_first()?;
            rest = after;
            if marker == 0xFF {
                // Fill bytes before a marker.
                rest = &packed[packed.len() - after.len() - 1..];
                continue;
            }
            let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
            let segment = rest.get(2..length)?;
            rest = rest.get(length..)?;
            match (marker, segment) {
                // All frame headers of 10918-1 (0xC4, 0xC8, 0xCC are none) and that of JPEG-LS.
                (
                    0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xF7,
                    [precision, a, b, c, d, channels, ..],
                ) => {
                    if found.is_some() {
                        return None;
                    }
                    found = Some(Self {
                        process: marker,
                        precision: *precision,
                        rows: usize::from(u16::from_be_bytes([*a, *b])),
                        columns: usize::from(u16::from_be_bytes([*c, *d])),
                        channels: *channels,
                        has_restarts: false,
                        point_transform: 0,
                    });
                }
                (0xDD, [a, b, ..]) => has_restarts = [*a, *b] != [0, 0],
                (0xDA, segment) => {
                    let point_transform = segment.last()? & 0x0F;
                    return Some(Self { has_restarts, point_transform, ..found? });
                }
                _ => {}
            }
        }
    }
}

/// Unpacks one frame. With `any_colour` the fundus is looked at, and colours become greys.
pub(super) fn decode(packed: &[u8], layout: &Layout, any_colour: bool) -> Result<Cells<'static>, Cause> {
    let header = Header::read(packed).ok_or_else(|| Cause::malformed("a frame is no JPEG image"))?;
    if (header.columns, header.rows) != (layout.columns, layout.rows) {
        let (columns, rows) = (header.columns, header.rows);
        return Err(Cause::malformed(format!(
            "a frame is {columns} x {rows}, another size than the file says"
        )));
    }
    if u32::from(header.precision) > layout.bits_allocated {
        return Err(Cause::malformed("a frame has more bits than the file says"));
    }
    let unsupported = |feature: &str| Cause::Unsupported {
        feature: feature.to_owned(),
        remedy: "export the scan as Explicit VR Little Endian",
    };
    match header.process {
        0xC0..=0xC2 if header.precision == 8 => baseline(packed, layout, any_colour),
        0xC0..=0xC2 => Err(unsupported("12-bit JPEG compression")),
        0xC3 if header.point_transform != 0 || header.has_restarts => {
            Err(unsupported("a rare variant of lossless JPEG compression"))
        }
        0xC3 => lossless(packed, &header, layout),
        0xF7 => jpeg_ls(packed, &header, layout),
        _ => Err(unsupported("a rare variant of JPEG compression")),
    }
}

fn baseline(packed: &[u8], layout: &Layout, any_colour: bool) -> Result<Cells<'static>, Cause> {
    let greys = match images::decode(packed, "") {
        Err(Cause::Colour) if any_colour => {
            let image = image::load_from_memory_with_format(packed, image::ImageFormat::Jpeg);
            image.map_err(Cause::cannot_unpack)?.into_luma8().into_raw()
        }
        Err(error) => return Err(error),
        Ok(image) => match image.samples {
            Samples::U8(greys) => greys,
            _ => return Err(Cause::malformed("a frame has another depth than the file says")),
        },
    };
    Ok(Cells::bytes(greys, 1, layout))
}

fn lossless(packed: &[u8], header: &Header, layout: &Layout) -> Result<Cells<'static>, Cause> {
    let channels = usize::from(header.channels);
    if channels != layout.channels() {
        return Err(Cause::malformed("a frame has other channels than the file says"));
    }
    if layout.pixels() * channels / MOST_LOSSLESS > packed.len() {
        return Err(Cause::malformed("a frame is too short for its size"));
    }
    let mut decoder = jpeg_decoder::Decoder::new(packed);
    // Its guess at colours would change them.
    decoder.set_color_transform(ColorTransform::None);
    let decoded = decoder.decode().map_err(Cause::cannot_unpack)?;
    let samples = layout.pixels() * channels;
    if decoded.len() == samples {
        return Ok(Cells::bytes(decoded, channels, layout));
    }
    let (words, _) = decoded.as_chunks();
    if words.len() != samples {
        return Err(Cause::malformed("a frame has another size than the file says"));
    }
    Ok(Cells::words(words.iter().map(|word| u16::from_ne_bytes(*word)), channels, layout))
}

fn jpeg_ls(packed: &[u8], header: &Header, layout: &Layout) -> Result<Cells<'static>, Cause> {
    if header.channels != 1 || layout.channels() != 1 {
        return Err(Cause::Unsupported {
            feature: "JPEG-LS compression in colour".to_owned(),
            remedy: "export the scan in greyscale",
        });
    }
    let (columns, rows) = (layout.columns as u32, layout.rows as u32);
    let (words, _, _) = jpegls::decode(packed, columns, rows).map_err(Cause::cannot_unpack)?;
    Ok(Cells::words(words.into_iter(), 1, layout))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_of_a_frame_is_read_from_its_markers() {
        let mut frame = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xDD, 0, 4, 0, 7, 0xFF, 0xFF];
        frame.extend([0xC3, 0, 11, 12, 0, 3, 0, 5, 1, 1, 0x11, 0]);
        frame.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 0, 2]);
        let header = Header::read(&frame).unwrap();
        assert_eq!((header.process, header.precision, header.channels), (0xC3, 12, 1));
        assert_eq!((header.columns, header.rows), (5, 3));
        assert_eq!((header.has_restarts, header.point_transform), (true, 2));
        for length in 0..frame.len() {
            assert_eq!(Header::read(&frame[..length]), None);
        }
    }
}
