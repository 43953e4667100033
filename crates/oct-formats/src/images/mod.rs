//! B-scans as images: PNG, JPEG, BMP, TIFF, and several TIFF pages as a volume.
//!
//! A B-scan is grey. Colour images are taken where every pixel is grey all the
//! same (Bonn's exports are RGB TIFF with equal channels); anything drawn onto
//! a scan in colour is refused rather than measured. Images carry no spacing:
//! the resolution tags of TIFF and PNG speak of paper, not of the retina.

mod decode;
mod grey;
mod image_type;
pub(crate) mod jpeg2000;
mod limits;
mod natural_order;
mod stack;
pub(crate) mod tiff;
mod write;

use oct::Samples;

pub(crate) use decode::{decode, size};
pub(crate) use image_type::{ImageType, is_image};
pub(crate) use natural_order::natural_key;
pub(crate) use stack::{Stack, read_multipage_tiff, read_stack};
pub use write::{is_marked, marked, with_disclaimer, write_grey_png, write_mask_png};

use crate::{InputFile, OpenError};

/// A grey image in its own sample type.
#[derive(Debug, Clone, PartialEq)]
pub struct GreyImage {
    /// Samples per row.
    pub columns: usize,
    /// Number of rows.
    pub rows: usize,
    /// `rows * columns` samples, row by row.
    pub samples: Samples,
}

/// An image of colours, as label masks may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColourImage {
    /// Pixels per row.
    pub columns: usize,
    /// Number of rows.
    pub rows: usize,
    /// `rows * columns` pixels, row by row: red, green, blue.
    pub pixels: Vec<[u8; 3]>,
}

/// Whether `file` is an image that is read: by its first bytes, those of a BMP
/// with its ending, because two letters are a weak sign.
pub(crate) fn is_image_file(file: &InputFile) -> bool {
    image_type::has_strong_mark(&file.bytes)
        || file.name().to_lowercase().ends_with(".bmp") && is_image(&file.bytes)
}

/// Decodes a PNG, JPEG, BMP or TIFF (its first page) to grey.
///
/// 8-bit and 16-bit grey keep their values, label masks too; 1, 2 and 4 bits
/// spread over 0..=255; alpha is dropped; 32-bit float TIFF stays float.
///
/// # Errors
/// [`OpenError`] with `path` as the file's name: unknown content, damage, a
/// sample type that is not read, or colours.
pub fn decode_grey(bytes: &[u8], path: &str) -> Result<GreyImage, OpenError> {
    decode(bytes, path).map_err(|cause| cause.of(path))
}

/// Decodes a PNG of up to 8 bits a channel to its colours, a palette's too;
/// alpha is dropped. No JPEG: it does not keep a colour.
///
/// # Errors
/// [`OpenError`] with `path` as the file's name: no PNG, damage, or 16 bits a channel.
pub fn decode_colours(bytes: &[u8], path: &str) -> Result<ColourImage, OpenError> {
    decode::decode_colours(bytes).map_err(|cause| cause.of(path))
}
