//! Grey images to PNG.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};

use crate::WriteError;

/// Encodes a label mask as 8-bit grey PNG, each label as it is.
///
/// # Errors
/// [`WriteError`] where the labels do not fill the image or PNG cannot hold it.
pub fn write_mask_png(columns: usize, rows: usize, labels: &[u8]) -> Result<Vec<u8>, WriteError> {
    write_grey_png(columns, rows, labels)
}

/// What a picture that Lacuna saves says of itself, in the place that PNG keeps
/// for the program that wrote it.
const MARK: &[u8] = b"tEXtSoftware\0Lacuna";
/// The header of a PNG: signature and first chunk (PNG, third edition, 5.2 and 11.2.1).
const HEADER_BYTES: usize = 33;

/// `png` with the mark of what Lacuna saved, so that it is known again beside a
/// scan, whatever it is called by then.
pub fn marked(png: Vec<u8>) -> Vec<u8> {
    if is_marked(&png) { png } else { with_chunk(png, MARK) }
}

/// `png` with `text`, which is ASCII, in the place that PNG keeps for what its picture must not be
/// used for (third edition, 11.3.3.2).
pub fn with_disclaimer(png: Vec<u8>, text: &str) -> Vec<u8> {
    with_chunk(png, &[b"tEXtDisclaimer\0", text.as_bytes()].concat())
}

/// `png` with a chunk of that name and content behind its header.
fn with_chunk(mut png: Vec<u8>, named: &[u8]) -> Vec<u8> {
    if png.len() < HEADER_BYTES {
        return png;
    }
    let mut crc = flate2::Crc::new();
    crc.update(named);
    // A chunk: the length of its content, its name, its content, a checksum of both.
    let length = (named.len() - 4) as u32;
    let chunk = [&length.to_be_bytes()[..], named, &crc.sum().to_be_bytes()[..]].concat();
    png.splice(HEADER_BYTES..HEADER_BYTES, chunk);
    png
}

/// Whether [`marked`] made it.
pub fn is_marked(png: &[u8]) -> bool {
    png.starts_with(b"\x89PNG") && png.get(HEADER_BYTES + 4..).is_some_and(|rest| rest.starts_with(MARK))
}

/// Encodes greys, row by row, as 8-bit PNG.
///
/// # Errors
/// [`WriteError`] where the greys do not fill the image or PNG cannot hold it.
pub fn write_grey_png(columns: usize, rows: usize, greys: &[u8]) -> Result<Vec<u8>, WriteError> {
    if columns == 0 || rows == 0 || columns.checked_mul(rows) != Some(greys.len()) {
        return Err(WriteError::LabelCount { labels: greys.len(), columns, rows });
    }
    let side = |size: usize| {
        i32::try_from(size).map(i32::unsigned_abs).map_err(|_| WriteError::TooLarge { format: "PNG", size })
    };
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(greys, side(columns)?, side(rows)?, ExtendedColorType::L8)
        .map_err(|error| WriteError::Encode(error.to_string()))?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_picture_is_the_same_picture_and_is_known() {
        let plain = write_mask_png(3, 1, &[0, 1, 3]).unwrap();
        let saved = marked(plain.clone());
        assert!(is_marked(&saved) && !is_marked(&plain) && !is_marked(b""));
        assert_eq!(marked(saved.clone()), saved);
        let grey = |png: &[u8]| crate::images::decode_grey(png, "a.png").unwrap();
        assert_eq!(grey(&saved), grey(&plain));
    }

    #[test]
    fn a_disclaimer_stands_in_the_file_and_changes_no_pixel() {
        let plain = write_mask_png(3, 1, &[0, 1, 3]).unwrap();
        let saved = marked(with_disclaimer(plain.clone(), "For research only."));
        assert!(
            is_marked(&saved) && String::from_utf8_lossy(&saved).contains("Disclaimer\0For research only.")
        );
        let grey = |png: &[u8]| crate::images::decode_grey(png, "a.png").unwrap();
        assert_eq!(grey(&saved), grey(&plain));
    }
}
