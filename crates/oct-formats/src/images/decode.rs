//! PNG, JPEG and BMP to samples.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::{DynamicImage, ImageDecoder, ImageError};
use oct::Samples;

use super::grey::{JPEG_TOLERANCE, grey};
use super::image_type::{ImageType, promised};
use super::limits::{MAX_IMAGE_BYTES, check_size};
use super::{ColourImage, GreyImage, tiff};
use crate::Cause;
use crate::bytes::content::describe;

/// Decodes a PNG, JPEG, BMP or TIFF (its first page) to grey,
/// as [`super::decode_grey`].
///
/// # Errors
/// [`Cause`]: unknown content, damage, a sample type that is not read, or
/// colours. What the content should be is told by the ending of `name`.
pub(crate) fn decode(bytes: &[u8], name: &str) -> Result<GreyImage, Cause> {
    match ImageType::of(bytes) {
        Some(ImageType::Png) => decode_png(bytes),
        Some(ImageType::Jpeg) => decode_jpeg(bytes),
        Some(ImageType::Bmp) => decode_bmp(bytes),
        Some(ImageType::Tiff) => tiff::decode_page(bytes, &tiff::first_directory(bytes)?),
        Some(ImageType::BigTiff) => Err(Cause::NotReadYet { format: "a BigTIFF image" }),
        None => Err(Cause::NotWhatItSays { expected: promised(name), found: describe(bytes).to_owned() }),
    }
}

/// Columns and rows that an image declares, without decoding it; `None` where it
/// declares none, or more than is read.
pub(crate) fn size(bytes: &[u8]) -> Option<[usize; 2]> {
    let of = |(columns, rows): (u32, u32)| Some([columns as usize, rows as usize]);
    match ImageType::of(bytes)? {
        ImageType::Png => of(png_decoder(bytes).ok()?.dimensions()),
        ImageType::Jpeg => of(JpegDecoder::new(Cursor::new(bytes)).ok()?.dimensions()),
        ImageType::Bmp => of(BmpDecoder::new(Cursor::new(bytes)).ok()?.dimensions()),
        ImageType::Tiff => tiff::size(&tiff::first_directory(bytes).ok()?),
        ImageType::BigTiff => None,
    }
}

/// As [`super::decode_colours`].
pub(super) fn decode_colours(bytes: &[u8]) -> Result<ColourImage, Cause> {
    if !matches!(ImageType::of(bytes), Some(ImageType::Png)) {
        return Err(Cause::NotWhatItSays { expected: "a PNG image", found: describe(bytes).to_owned() });
    }
    let image = decoded(png_decoder(bytes)?, bytes)?;
    let (columns, rows) = (image.width() as usize, image.height() as usize);
    let pixels = match image {
        DynamicImage::ImageLuma8(_)
        | DynamicImage::ImageLumaA8(_)
        | DynamicImage::ImageRgb8(_)
        | DynamicImage::ImageRgba8(_) => image.into_rgb8().pixels().map(|pixel| pixel.0).collect(),
        other => return Err(Cause::sample_type(format!("{:?}", other.color()))),
    };
    Ok(ColourImage { columns, rows, pixels })
}

fn image_error(error: &ImageError) -> Cause {
    match error {
        ImageError::Unsupported(what) => Cause::sample_type(what.to_string()),
        ImageError::Limits(_) => Cause::TooLarge { limit: "512 MiB" },
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::IoError(_) => Cause::cannot_unpack(error),
    }
}

fn png_decoder(bytes: &[u8]) -> Result<PngDecoder<Cursor<&[u8]>>, Cause> {
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(MAX_IMAGE_BYTES as u64);
    PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(|error| image_error(&error))
}

fn decode_png(bytes: &[u8]) -> Result<GreyImage, Cause> {
    decode_with(png_decoder(bytes)?, bytes, 0)
}

fn decode_jpeg(bytes: &[u8]) -> Result<GreyImage, Cause> {
    // The decoder fills what is missing with grey, and grey would be measured
    // as tissue: without an end marker after its last scan the image is cut.
    let scan = bytes.windows(2).rposition(|pair| pair == [0xFF, 0xDA]);
    let complete = scan.is_some_and(|scan| bytes[scan..].windows(2).any(|pair| pair == [0xFF, 0xD9]));
    if !complete {
        return Err(Cause::malformed("the image ends too early"));
    }
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|error| image_error(&error))?;
    decode_with(decoder, bytes, JPEG_TOLERANCE)
}

/// Bitmaps as Windows programs write them, not packed: their size is bounded by
/// their bytes. Layout: Microsoft's `BITMAPINFOHEADER`.
fn decode_bmp(bytes: &[u8]) -> Result<GreyImage, Cause> {
    /// `biCompression` of plain pixels, and of plain pixels with masks.
    const PLAIN: [u32; 2] = [0, 3];
    /// A palette turns a bit into three bytes.
    const MOST_RATIO: usize = 24;
    let packing = bytes.get(30..).and_then(|rest| rest.first_chunk());
    let packing = packing.ok_or_else(|| Cause::malformed("the image ends too early"))?;
    if !PLAIN.contains(&u32::from_le_bytes(*packing)) {
        return Err(Cause::Unsupported {
            feature: "packed BMP pixels".to_owned(),
            remedy: "export the scan as PNG or TIFF",
        });
    }
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(|error| image_error(&error))?;
    let decoded = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    if decoded / MOST_RATIO > bytes.len() {
        return Err(Cause::malformed("the image ends too early"));
    }
    decode_with(decoder, bytes, 0)
}

/// The image, where its size is one that `bytes` can hold.
fn decoded(decoder: impl ImageDecoder, bytes: &[u8]) -> Result<DynamicImage, Cause> {
    let (columns, rows) = decoder.dimensions();
    let total = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    check_size(columns as usize, rows as usize, total, bytes.len())?;
    DynamicImage::from_decoder(decoder).map_err(|error| image_error(&error))
}

fn decode_with(decoder: impl ImageDecoder, bytes: &[u8], tolerance: i32) -> Result<GreyImage, Cause> {
    let image = decoded(decoder, bytes)?;
    let (columns, rows) = (image.width() as usize, image.height() as usize);
    let samples = match image {
        DynamicImage::ImageLuma8(image) => Some(Samples::U8(image.into_raw())),
        DynamicImage::ImageLumaA8(image) => grey(image.as_raw(), 2, tolerance).map(Samples::U8),
        DynamicImage::ImageRgb8(image) => grey(image.as_raw(), 3, tolerance).map(Samples::U8),
        DynamicImage::ImageRgba8(image) => grey(image.as_raw(), 4, tolerance).map(Samples::U8),
        DynamicImage::ImageLuma16(image) => Some(Samples::U16(image.into_raw())),
        DynamicImage::ImageLumaA16(image) => grey(image.as_raw(), 2, tolerance).map(Samples::U16),
        DynamicImage::ImageRgb16(image) => grey(image.as_raw(), 3, tolerance).map(Samples::U16),
        DynamicImage::ImageRgba16(image) => grey(image.as_raw(), 4, tolerance).map(Samples::U16),
        other => return Err(Cause::sample_type(format!("{:?}", other.color()))),
    };
    let samples = samples.ok_or(Cause::Colour)?;
    Ok(GreyImage { columns, rows, samples })
}
