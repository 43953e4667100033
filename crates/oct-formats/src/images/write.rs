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
