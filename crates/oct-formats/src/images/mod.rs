//! B-scans as images: PNG, JPEG, BMP, TIFF, and several TIFF pages as a volume.
//!
//! A B-scan is grey. Colour images are taken where every pixel is grey all the
//! same (Bonn's exports are RGB TIFF with equal channels); anything drawn onto
//! a scan in colour is refused rather than measured. Images carry no spacing:
//! the resolution tags of TIFF and PNG speak of paper, not of the retina.
//!
//! TIFF directories are walked here and checked against the layout of TIFF 6.0
//! (Adobe, 1992: section 2 directories, section 8 baseline tags, section 14
//! predictor, section 15 tiles) before the `tiff` crate sees them: it trusts
//! the declared sizes more than a file that came by mail deserves.

pub(crate) mod jpeg2000;

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use image::codecs::bmp::BmpDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{PngDecoder, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError};
use oct::{Geometry, OctVolume, SampleType, Samples};
use tiff::decoder::{Decoder, DecodingResult};

use crate::{Format, InputFile, OpenError, Opened, WriteError};

/// Longest side of an image that we take. The widest B-scans of any device
/// are a tenth of this.
const MAX_SIDE: usize = 16_384;
/// Most bytes that one image may decode to.
const MAX_IMAGE_BYTES: usize = 512 << 20;
/// Most bytes that a stack may decode to.
const MAX_STACK_BYTES: u64 = 4 << 30;
/// Most pages of one TIFF.
const MAX_PAGES: usize = 4096;
/// Most entries of one TIFF directory; real ones have about twenty.
const MAX_ENTRIES: usize = 1024;
/// Bytes that one byte of any compressed image can become: deflate reaches
/// 1032, LZW about 2700, and PNG turns a bit into three bytes. An image that
/// declares more than that is lying, and we do not allocate for it.
const MAX_RATIO: usize = 1032 * 24;
/// Difference between channels that JPEG's colour conversion makes of grey.
const JPEG_TOLERANCE: i32 = 2;

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

/// Whether `bytes` are an image of a kind that [`decode_grey`] knows.
pub(crate) fn is_image(bytes: &[u8]) -> bool {
    Kind::of(bytes).is_some()
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
    match Kind::of(bytes) {
        Some(Kind::Png) => decode_png(bytes, path),
        Some(Kind::Jpeg) => decode_jpeg(bytes, path),
        Some(Kind::Bmp) => decode_bmp(bytes, path),
        Some(Kind::Tiff) => decode_page(bytes, path, &first_directory(bytes, path)?),
        Some(Kind::BigTiff) => Err(big_tiff(path)),
        None => Err(OpenError::NotWhatItSays {
            file: path.to_owned(),
            expected: promised(path),
            found: describe(bytes).to_owned(),
        }),
    }
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

/// Decodes a PNG of up to 8 bits a channel to its colours, a palette's too;
/// alpha is dropped. No JPEG: it does not keep a colour.
///
/// # Errors
/// [`OpenError`] with `path` as the file's name: no PNG, damage, or 16 bits a channel.
pub fn decode_colours(bytes: &[u8], path: &str) -> Result<ColourImage, OpenError> {
    if !matches!(Kind::of(bytes), Some(Kind::Png)) {
        return Err(OpenError::NotWhatItSays {
            file: path.to_owned(),
            expected: "a PNG image",
            found: describe(bytes).to_owned(),
        });
    }
    let image = decoded(png_decoder(bytes, path)?, bytes, path)?;
    let (columns, rows) = (image.width() as usize, image.height() as usize);
    let pixels = match image {
        DynamicImage::ImageLuma8(_)
        | DynamicImage::ImageLumaA8(_)
        | DynamicImage::ImageRgb8(_)
        | DynamicImage::ImageRgba8(_) => image.into_rgb8().pixels().map(|pixel| pixel.0).collect(),
        other => return Err(sample_type(path, format!("{:?}", other.color()))),
    };
    Ok(ColourImage { columns, rows, pixels })
}

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

/// Reads `files`, one B-scan each, in the natural order of their names.
pub(crate) fn read_stack(mut files: Vec<InputFile>) -> Result<Opened, OpenError> {
    files.sort_by_cached_key(|file| natural_key(&file.path));
    let Some(first) = files.first() else { return Err(OpenError::Nothing) };
    let name = match common_folder(&files) {
        Some(folder) if files.len() > 1 => folder.to_owned(),
        _ => first.name().to_owned(),
    };
    let mut stack = Stack::default();
    let mut bscan_names = Vec::with_capacity(files.len());
    let mut files = files.into_iter();
    // Each file's bytes are gone before the next is decoded.
    while let Some(file) = files.next() {
        let pushed = stack.push(&file.path, decode_grey(&file.bytes, &file.path)?);
        pushed.map_err(|error| blame_the_odd_one(error, stack.bscans.len(), files.as_slice().first()))?;
        bscan_names.push(file.name().to_owned());
    }
    let volume = stack.finish(&name, Geometry::default())?;
    Ok(Opened { bscan_names, ..Opened::new(name, Format::ImageStack, volume) })
}

/// Where the first two images differ, the third tells which of them is the odd
/// one (a fundus image often sorts before the B-scans).
fn blame_the_odd_one(error: OpenError, bscans: usize, third: Option<&InputFile>) -> OpenError {
    let OpenError::MixedSizes { file, columns, rows, first, first_columns, first_rows } = error else {
        return error;
    };
    let third = third.filter(|_| bscans == 1).and_then(|third| decode_grey(&third.bytes, &third.path).ok());
    if third.is_some_and(|third| (third.columns, third.rows) == (columns, rows)) {
        let (file, first) = (first, file);
        let (columns, rows, first_columns, first_rows) = (first_columns, first_rows, columns, rows);
        return OpenError::MixedSizes { file, columns, rows, first, first_columns, first_rows };
    }
    OpenError::MixedSizes { file, columns, rows, first, first_columns, first_rows }
}

/// Number of pages of a TIFF, thumbnails aside. At most 4096; a chain of
/// pages that returns to itself is damage.
pub(crate) fn tiff_pages(bytes: &[u8], path: &str) -> Result<usize, OpenError> {
    Ok(directories(bytes, path)?.len())
}

/// Reads a TIFF whose pages are the B-scans.
pub(crate) fn read_multipage_tiff(file: InputFile) -> Result<Opened, OpenError> {
    let mut stack = Stack::default();
    for (page, directory) in directories(&file.bytes, &file.path)?.iter().enumerate() {
        let label = format!("{} (page {})", file.path, page + 1);
        stack.push(&label, decode_page(&file.bytes, &label, directory)?)?;
    }
    let volume = stack.finish(&file.path, Geometry::default())?;
    Ok(Opened::new(file.name(), Format::MultiPageTiff, volume))
}

/// B-scans of one size and type, one after the other. They are kept apart until
/// all are there: a vector that grows would hold three times what it is given.
#[derive(Default)]
pub(crate) struct Stack {
    first: String,
    columns: usize,
    rows: usize,
    bscans: Vec<Samples>,
}

impl Stack {
    /// Adds the next B-scan, read from `path`.
    pub(crate) fn push(&mut self, path: &str, image: GreyImage) -> Result<(), OpenError> {
        let Some(first) = self.bscans.first() else {
            path.clone_into(&mut self.first);
            (self.columns, self.rows) = (image.columns, image.rows);
            self.bscans.push(image.samples);
            return Ok(());
        };
        if (image.columns, image.rows) != (self.columns, self.rows) {
            return Err(OpenError::MixedSizes {
                file: path.to_owned(),
                columns: image.columns,
                rows: image.rows,
                first: self.first.clone(),
                first_columns: self.columns,
                first_rows: self.rows,
            });
        }
        let (sample_type, first_type) = (image.samples.sample_type(), first.sample_type());
        if sample_type != first_type {
            return Err(OpenError::MixedTypes {
                file: path.to_owned(),
                sample_type: type_name(sample_type),
                first: self.first.clone(),
                first_type: type_name(first_type),
            });
        }
        let bscan_bytes = (self.columns * self.rows) as u64 * sample_bytes(sample_type);
        if bscan_bytes * (self.bscans.len() as u64 + 1) > MAX_STACK_BYTES {
            return Err(OpenError::TooLarge { file: path.to_owned(), limit: "4 GiB" });
        }
        self.bscans.push(image.samples);
        Ok(())
    }

    /// B-scans so far.
    pub(crate) fn bscans(&self) -> usize {
        self.bscans.len()
    }

    /// Samples per row, 0 while there is no B-scan.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Rows of a B-scan, 0 while there is none.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The volume, in the words of an error read from `path`.
    pub(crate) fn finish(self, path: &str, geometry: Geometry) -> Result<OctVolume, OpenError> {
        let Self { columns, rows, mut bscans, .. } = self;
        let count = bscans.len();
        let joined = match bscans.first().map(Samples::sample_type) {
            None => return Err(OpenError::Nothing),
            // One B-scan is the volume as it is.
            Some(_) if count == 1 => bscans.pop(),
            Some(SampleType::U8) => joined(bscans, columns * rows, |bscan| match bscan {
                Samples::U8(samples) => Some(samples),
                Samples::U16(_) | Samples::F32(_) => None,
            })
            .map(Samples::U8),
            Some(SampleType::U16) => joined(bscans, columns * rows, |bscan| match bscan {
                Samples::U16(samples) => Some(samples),
                Samples::U8(_) | Samples::F32(_) => None,
            })
            .map(Samples::U16),
            Some(SampleType::F32) => joined(bscans, columns * rows, |bscan| match bscan {
                Samples::F32(samples) => Some(samples),
                Samples::U8(_) | Samples::U16(_) => None,
            })
            .map(Samples::F32),
        };
        let samples = joined.ok_or_else(|| OpenError::out_of_memory(path))?;
        OctVolume::new(columns, rows, count, samples, geometry).map_err(|error| damaged(path, &error))
    }
}

/// All `bscans` of `length` samples in one. `None` where the memory does not suffice.
fn joined<T>(bscans: Vec<Samples>, length: usize, own: impl Fn(Samples) -> Option<Vec<T>>) -> Option<Vec<T>> {
    let mut all = Vec::new();
    all.try_reserve_exact(length.checked_mul(bscans.len())?).ok()?;
    for bscan in bscans {
        all.extend(own(bscan)?);
    }
    Some(all)
}

fn sample_bytes(sample_type: SampleType) -> u64 {
    match sample_type {
        SampleType::U8 => 1,
        SampleType::U16 => 2,
        SampleType::F32 => 4,
    }
}

fn type_name(sample_type: SampleType) -> &'static str {
    match sample_type {
        SampleType::U8 => "8-bit",
        SampleType::U16 => "16-bit",
        SampleType::F32 => "float",
    }
}

/// A run of a name: digits compare as numbers, the rest as lower-case text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Count of significant digits, then the digits: as numbers of any length.
    Number(usize, String),
    Text(String),
}

/// Sorts B2 before B10. The name itself breaks ties (B2 and b02).
pub(crate) fn natural_key(name: &str) -> (Vec<Part>, String) {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        parts.push(if digits {
            let number = run.trim_start_matches('0');
            Part::Number(number.len(), number.to_owned())
        } else {
            Part::Text(run.to_lowercase())
        });
        rest = after;
    }
    (parts, name.to_owned())
}

/// Name of the deepest folder that holds all files, or `None` where they lie at the top.
fn common_folder(files: &[InputFile]) -> Option<&str> {
    let mut folders = files.iter().map(|file| file.path.rsplit_once('/').map_or("", |(folder, _)| folder));
    let mut common: Vec<&str> = folders.next()?.split('/').collect();
    for folder in folders {
        let same = common.iter().zip(folder.split('/')).take_while(|(a, b)| **a == *b).count();
        common.truncate(same);
    }
    common.into_iter().rev().find(|part| !part.is_empty() && *part != "." && *part != "..")
}

/// What an image's first bytes say it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Png,
    Jpeg,
    Bmp,
    Tiff,
    BigTiff,
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            // Two reserved words behind the size of the file are zero.
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Self::Bmp),
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Self::Tiff),
            [b'I', b'I', 43, 0, ..] | [b'M', b'M', 0, 43, ..] => Some(Self::BigTiff),
            _ => None,
        }
    }
}

/// What the name promises, with its article.
fn promised(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("png") => "a PNG image",
        Some("jpg" | "jpeg") => "a JPEG image",
        Some("tif" | "tiff") => "a TIFF image",
        Some("bmp") => "a BMP image",
        Some("mhd" | "mha") => "a MetaImage header",
        _ => "a PNG, JPEG, BMP or TIFF image",
    }
}

/// What is inside instead.
pub(crate) fn describe(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "it is empty",
        [b'G', b'I', b'F', b'8', ..] => "it is a GIF image",
        [b'B', b'M', ..] if bytes.get(6..10) == Some(&[0; 4]) => "it is a BMP image",
        [b'R', b'I', b'F', b'F', ..] if bytes.get(8..12) == Some(b"WEBP") => "it is a WebP image",
        [b'%', b'P', b'D', b'F', ..] => "it is a PDF document",
        [b'P', b'K', 3, 4, ..] => "it is a zip file",
        [0x1F, 0x8B, ..] => "it is a gzip file",
        _ if bytes.get(128..132) == Some(b"DICM") => "it is a DICOM file",
        _ if is_text(bytes) => "it is text",
        _ => "its content is unknown",
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let control = head.iter().any(|byte| *byte < 32 && !matches!(byte, b'\n' | b'\r' | b'\t'));
    // A character cut by the end of the head is no reason to doubt.
    let text = std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
    text && !control
}

/// The decoder's words, cut to one short clause.
fn damaged(path: &str, cause: &dyn std::fmt::Display) -> OpenError {
    let words = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    let cause = words.trim_end_matches('.').chars().take(160).collect();
    OpenError::Damaged { file: path.to_owned(), cause }
}

fn sample_type(path: &str, sample_type: impl Into<String>) -> OpenError {
    OpenError::SampleType { file: path.to_owned(), sample_type: sample_type.into() }
}

fn colour(path: &str) -> OpenError {
    OpenError::Colour { file: path.to_owned() }
}

fn big_tiff(path: &str) -> OpenError {
    OpenError::NotReadYet { file: path.to_owned(), format: "a BigTIFF image" }
}

/// Refuses sizes that no B-scan has, and those that `held` bytes cannot fill.
fn check_size(path: &str, columns: usize, rows: usize, decoded: usize, held: usize) -> Result<(), OpenError> {
    let side = 1..=MAX_SIDE;
    if !side.contains(&columns) || !side.contains(&rows) || decoded > MAX_IMAGE_BYTES {
        let (columns, rows) = (columns as u64, rows as u64);
        return Err(OpenError::ImpossibleSize { file: path.to_owned(), columns, rows, bscans: 1 });
    }
    if decoded / MAX_RATIO > held {
        return Err(damaged(path, &format!("{held} bytes cannot hold {columns} x {rows} pixels")));
    }
    Ok(())
}

fn image_error(path: &str, error: &ImageError) -> OpenError {
    match error {
        ImageError::Unsupported(what) => sample_type(path, what.to_string()),
        ImageError::Limits(_) => OpenError::TooLarge { file: path.to_owned(), limit: "512 MiB" },
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::IoError(_) => damaged(path, error),
    }
}

fn png_decoder<'a>(bytes: &'a [u8], path: &str) -> Result<PngDecoder<Cursor<&'a [u8]>>, OpenError> {
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(MAX_IMAGE_BYTES as u64);
    PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(|error| image_error(path, &error))
}

fn decode_png(bytes: &[u8], path: &str) -> Result<GreyImage, OpenError> {
    decode_with(png_decoder(bytes, path)?, bytes, path, 0)
}

fn decode_jpeg(bytes: &[u8], path: &str) -> Result<GreyImage, OpenError> {
    // The decoder fills what is missing with grey, and grey would be measured
    // as tissue: without an end marker after its last scan the image is cut.
    let scan = bytes.windows(2).rposition(|pair| pair == [0xFF, 0xDA]);
    let complete = scan.is_some_and(|scan| bytes[scan..].windows(2).any(|pair| pair == [0xFF, 0xD9]));
    if !complete {
        return Err(damaged(path, &"the image ends too early"));
    }
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|error| image_error(path, &error))?;
    decode_with(decoder, bytes, path, JPEG_TOLERANCE)
}

/// Bitmaps as Windows programs write them, not packed: their size is bounded by
/// their bytes. Layout: Microsoft's `BITMAPINFOHEADER`.
fn decode_bmp(bytes: &[u8], path: &str) -> Result<GreyImage, OpenError> {
    /// `biCompression` of plain pixels, and of plain pixels with masks.
    const PLAIN: [u32; 2] = [0, 3];
    /// A palette turns a bit into three bytes.
    const MOST_RATIO: usize = 24;
    let packing = long(bytes, 30, false).ok_or_else(|| damaged(path, &"the image ends too early"))?;
    if !PLAIN.contains(&packing) {
        return Err(OpenError::Unsupported {
            file: path.to_owned(),
            feature: "packed BMP pixels".to_owned(),
            remedy: "export the scan as PNG or TIFF",
        });
    }
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(|error| image_error(path, &error))?;
    let decoded = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    if decoded / MOST_RATIO > bytes.len() {
        return Err(damaged(path, &"the image ends too early"));
    }
    decode_with(decoder, bytes, path, 0)
}

/// The image, where its size is one that `bytes` can hold.
fn decoded(decoder: impl ImageDecoder, bytes: &[u8], path: &str) -> Result<DynamicImage, OpenError> {
    let (columns, rows) = decoder.dimensions();
    let total = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    check_size(path, columns as usize, rows as usize, total, bytes.len())?;
    DynamicImage::from_decoder(decoder).map_err(|error| image_error(path, &error))
}

fn decode_with(
    decoder: impl ImageDecoder,
    bytes: &[u8],
    path: &str,
    tolerance: i32,
) -> Result<GreyImage, OpenError> {
    let image = decoded(decoder, bytes, path)?;
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
        other => return Err(sample_type(path, format!("{:?}", other.color()))),
    };
    let samples = samples.ok_or_else(|| colour(path))?;
    Ok(GreyImage { columns, rows, samples })
}

/// One grey value a pixel from interleaved `channels` (2 and 4: the last is
/// alpha). `None` where red, green and blue differ by more than `tolerance`.
fn grey<T: Copy + Ord + Into<i32>>(pixels: &[T], channels: usize, tolerance: i32) -> Option<Vec<T>> {
    pixels
        .chunks_exact(channels)
        .map(|pixel| match *pixel {
            [grey] | [grey, _] => Some(grey),
            [red, green, blue] | [red, green, blue, _] => {
                let (low, high) = (red.min(green), red.max(green));
                let difference: i32 = high.max(blue).into() - low.min(blue).into();
                (difference <= tolerance).then_some(blue.clamp(low, high))
            }
            _ => None,
        })
        .collect()
}

// Tags of TIFF 6.0 that matter here.
const NEW_SUBFILE_TYPE: u16 = 254;
const IMAGE_WIDTH: u16 = 256;
const IMAGE_LENGTH: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const STRIP_OFFSETS: u16 = 273;
const SAMPLES_PER_PIXEL: u16 = 277;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_BYTE_COUNTS: u16 = 279;
const PLANAR_CONFIGURATION: u16 = 284;
const PREDICTOR: u16 = 317;
const COLOR_MAP: u16 = 320;
const TILE_WIDTH: u16 = 322;
const TILE_LENGTH: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_BYTE_COUNTS: u16 = 325;
const EXTRA_SAMPLES: u16 = 338;
const SAMPLE_FORMAT: u16 = 339;

/// A TIFF directory: twelve bytes an entry (tag, type, count, value or offset).
struct Directory<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    /// Where it lies in the file.
    at: u32,
    entries: Vec<Entry>,
    /// Where the next one lies, or 0.
    next: u32,
}

struct Entry {
    tag: u16,
    field_type: u16,
    count: u32,
    /// Where the value or its offset lies.
    value_at: usize,
}

fn short(bytes: &[u8], at: usize, big_endian: bool) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
}

fn long(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
}

impl<'a> Directory<'a> {
    fn read(bytes: &'a [u8], at: u32, path: &str) -> Result<Self, OpenError> {
        let big_endian = bytes.starts_with(b"MM");
        let cut = || damaged(path, &"a page directory lies outside of the file");
        let start = at as usize;
        let count = usize::from(short(bytes, start, big_endian).ok_or_else(cut)?);
        if start < 8 || count == 0 || count > MAX_ENTRIES {
            return Err(damaged(path, &format!("a page directory has {count} entries")));
        }
        let mut entries = Vec::with_capacity(count);
        for entry in (0..count).map(|entry| start + 2 + entry * 12) {
            let entry = Entry {
                tag: short(bytes, entry, big_endian).ok_or_else(cut)?,
                field_type: short(bytes, entry + 2, big_endian).ok_or_else(cut)?,
                count: long(bytes, entry + 4, big_endian).ok_or_else(cut)?,
                value_at: entry + 8,
            };
            // Also of fields that we never ask for: the decoder reads some of them.
            if entry.count as usize > bytes.len() {
                return Err(damaged(path, &format!("field {} is longer than the file", entry.tag)));
            }
            entries.push(entry);
        }
        // Of two, the decoder would take the one that was not checked.
        let mut tags: Vec<u16> = entries.iter().map(|entry| entry.tag).collect();
        tags.sort_unstable();
        if let Some([tag, _]) = tags.array_windows().find(|[one, other]| one == other) {
            return Err(damaged(path, &format!("field {tag} stands there twice")));
        }
        // Some writers end the file without the last pointer.
        let next = long(bytes, start + 2 + count * 12, big_endian).unwrap_or(0);
        Ok(Self { bytes, big_endian, at, entries, next })
    }

    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// Values of a BYTE, SHORT or LONG field, as many as the file holds;
    /// `None` where the field is absent, of another type or outside of the file.
    fn values(&self, tag: u16) -> Option<Vec<u32>> {
        let entry = self.entry(tag)?;
        let size = match entry.field_type {
            1 => 1,
            3 => 2,
            4 => 4,
            _ => return None,
        };
        let count = usize::try_from(entry.count).ok()?;
        let length = count.checked_mul(size)?;
        let at = match length {
            ..=4 => entry.value_at,
            _ => long(self.bytes, entry.value_at, self.big_endian)? as usize,
        };
        self.bytes.get(at..at.checked_add(length)?)?;
        (0..count)
            .map(|index| at + index * size)
            .map(|at| match size {
                1 => self.bytes.get(at).map(|byte| u32::from(*byte)),
                2 => short(self.bytes, at, self.big_endian).map(u32::from),
                _ => long(self.bytes, at, self.big_endian),
            })
            .collect()
    }

    fn value(&self, tag: u16) -> Option<u32> {
        self.values(tag)?.first().copied()
    }

    fn value_or(&self, tag: u16, default: u32) -> u32 {
        self.value(tag).unwrap_or(default)
    }

    /// A smaller copy of another page (bit 0 of NewSubfileType).
    fn is_thumbnail(&self) -> bool {
        self.value_or(NEW_SUBFILE_TYPE, 0) & 1 == 1
    }
}

fn first_directory<'a>(bytes: &'a [u8], path: &str) -> Result<Directory<'a>, OpenError> {
    let at = long(bytes, 4, bytes.starts_with(b"MM"))
        .ok_or_else(|| damaged(path, &"the file ends within its header"))?;
    Directory::read(bytes, at, path)
}

/// All pages in file order, thumbnails of them aside.
fn directories<'a>(bytes: &'a [u8], path: &str) -> Result<Vec<Directory<'a>>, OpenError> {
    match Kind::of(bytes) {
        Some(Kind::Tiff) => {}
        Some(Kind::BigTiff) => return Err(big_tiff(path)),
        Some(Kind::Png | Kind::Jpeg | Kind::Bmp) | None => {
            return Err(OpenError::NotWhatItSays {
                file: path.to_owned(),
                expected: "a TIFF image",
                found: describe(bytes).to_owned(),
            });
        }
    }
    let mut directory = first_directory(bytes, path)?;
    let mut seen = BTreeSet::from([directory.at]);
    let mut pages: Vec<Directory<'a>> = Vec::new();
    loop {
        let next = directory.next;
        if pages.is_empty() || !directory.is_thumbnail() {
            pages.push(directory);
        }
        if next == 0 {
            return Ok(pages);
        }
        if !seen.insert(next) {
            return Err(damaged(path, &"its pages form a circle"));
        }
        if seen.len() > MAX_PAGES {
            return Err(OpenError::TooLarge { file: path.to_owned(), limit: "4096 pages" });
        }
        directory = Directory::read(bytes, next, path)?;
    }
}

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
    fn of(page: &Directory<'_>, path: &str) -> Result<Self, OpenError> {
        let size = |tag: u16, field: &'static str| {
            let value = page.value(tag).ok_or(OpenError::MissingField { file: path.to_owned(), field })?;
            Ok::<_, OpenError>(value as usize)
        };
        let columns = size(IMAGE_WIDTH, "ImageWidth")?;
        let rows = size(IMAGE_LENGTH, "ImageLength")?;
        let channels = page.value_or(SAMPLES_PER_PIXEL, 1) as usize;
        let bits = page.values(BITS_PER_SAMPLE).unwrap_or_else(|| vec![1]);
        let format = page.value_or(SAMPLE_FORMAT, 1);
        let predictor = page.value_or(PREDICTOR, 1);
        let photometric = page
            .value(PHOTOMETRIC)
            .ok_or(OpenError::MissingField { file: path.to_owned(), field: "PhotometricInterpretation" })?;

        match page.value_or(COMPRESSION, 1) {
            1 | 5 | 8 | 32_946 | 32_773 => {}
            6 | 7 => return Err(sample_type(path, "JPEG inside TIFF")),
            other => return Err(sample_type(path, format!("TIFF compression {other}"))),
        }
        let [bits, others @ ..] = bits.as_slice() else {
            return Err(damaged(path, &"it states no bits per sample"));
        };
        if others.iter().any(|other| other != bits) {
            return Err(sample_type(path, "channels of different depths"));
        }
        let bits = *bits;
        let float = match (format, bits) {
            (1, 8 | 16) => false,
            (1, 1 | 2 | 4) if channels == 1 && predictor == 1 => false,
            (3, 32) if channels == 1 => true,
            (2, _) => return Err(sample_type(path, format!("signed {bits}-bit integers"))),
            (3, _) => return Err(sample_type(path, format!("{bits}-bit float in {channels} channels"))),
            _ => return Err(sample_type(path, format!("{bits}-bit integers in {channels} channels"))),
        };
        match (predictor, float) {
            (1 | 2, _) | (3, true) => {}
            _ => return Err(sample_type(path, format!("TIFF predictor {predictor}"))),
        }
        if channels > 1 && page.value_or(PLANAR_CONFIGURATION, 1) != 1 {
            return Err(sample_type(path, "separate colour planes"));
        }
        let extra = page.values(EXTRA_SAMPLES).unwrap_or_default();
        let palette = match (photometric, channels, extra.as_slice()) {
            (0 | 1, 1, []) | (1, 2, [_]) | (2, 3, []) | (2, 4, [1 | 2] | []) => None,
            // The decoder takes the fourth channel away, but not from differences.
            (2, 4, [0]) if predictor == 1 => None,
            (3, 1, []) if bits <= 8 && !float => {
                let map = page.values(COLOR_MAP).unwrap_or_default();
                if map.len() != 3 << bits {
                    return Err(damaged(path, &"its colour map has another length than its depth"));
                }
                Some(map)
            }
            (2 | 3, _, _) => return Err(sample_type(path, format!("{channels} colour channels"))),
            (0 | 1, _, _) => return Err(sample_type(path, format!("{channels} grey channels"))),
            (5, _, _) => return Err(colour(path)),
            _ => return Err(sample_type(path, format!("TIFF photometric interpretation {photometric}"))),
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
fn check_data(page: &Directory<'_>, layout: &Layout, path: &str) -> Result<(), OpenError> {
    let held = page.bytes.len();
    let decoded = layout.row_bytes().saturating_mul(layout.rows);
    check_size(path, layout.columns, layout.rows, decoded, held)?;
    let tiled = page.entry(TILE_OFFSETS).is_some();
    let (offsets, counts) =
        if tiled { (TILE_OFFSETS, TILE_BYTE_COUNTS) } else { (STRIP_OFFSETS, STRIP_BYTE_COUNTS) };
    let missing = |field| OpenError::MissingField { file: path.to_owned(), field };
    let offsets = page.values(offsets).ok_or_else(|| missing("StripOffsets or TileOffsets"))?;
    let counts = page.values(counts).ok_or_else(|| missing("StripByteCounts or TileByteCounts"))?;
    if tiled {
        let sides = [TILE_WIDTH, TILE_LENGTH].map(|tag| page.value_or(tag, 0) as usize);
        // Section 15: both sides are multiples of 16.
        if sides.iter().any(|side| *side == 0 || *side > MAX_SIDE || side % 16 != 0) {
            return Err(damaged(path, &format!("its tiles are {} x {}", sides[0], sides[1])));
        }
    }
    let end = offsets.iter().zip(&counts).map(|(at, count)| u64::from(*at) + u64::from(*count)).max();
    let uncompressed = page.value_or(COMPRESSION, 1) == 1;
    let expected = end.unwrap_or(0).max(if uncompressed { decoded as u64 } else { 0 });
    if expected > held as u64 {
        let promised_by = "its page directory".to_owned();
        return Err(OpenError::Truncated {
            file: path.to_owned(),
            promised_by,
            expected,
            found: held as u64,
            content: format!("{} x {} pixels of {} bits", layout.columns, layout.rows, layout.bits),
        });
    }
    Ok(())
}

/// Decodes one page to grey.
fn decode_page(bytes: &[u8], path: &str, page: &Directory<'_>) -> Result<GreyImage, OpenError> {
    let layout = Layout::of(page, path)?;
    check_data(page, &layout, path)?;
    let (columns, rows) = (layout.columns, layout.rows);
    let mut decoded = DecodingResult::U8(Vec::new());
    let failed = |error: tiff::TiffError| match error {
        tiff::TiffError::UnsupportedError(what) => sample_type(path, what.to_string()),
        tiff::TiffError::LimitsExceeded => OpenError::TooLarge { file: path.to_owned(), limit: "512 MiB" },
        other => damaged(path, &other),
    };
    let mut limits = tiff::decoder::Limits::default();
    limits.decoding_buffer_size = MAX_IMAGE_BYTES;
    Decoder::new(Overlay::new(bytes, page, rows))
        .map_err(failed)?
        .with_limits(limits)
        .read_image_to_buffer(&mut decoded)
        .map_err(failed)?;

    let wanted = columns * rows * layout.channels;
    let short = || damaged(path, &"the decoder returned another number of samples");
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
    let samples = samples.ok_or_else(|| colour(path))?;
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

/// The file as the decoder shall see it, without a copy: with the wanted page
/// as its first; palette indices as grey (we look up the colours ourselves);
/// and `RowsPerStrip` at most the height (the usual 2^32 - 1 for "all of them"
/// overflows the decoder's sizes on 32-bit machines, wasm among them).
struct Overlay<'a> {
    bytes: &'a [u8],
    at: usize,
    patches: Vec<(usize, [u8; 4])>,
}

impl<'a> Overlay<'a> {
    fn new(bytes: &'a [u8], page: &Directory<'_>, rows: usize) -> Self {
        let long = |value: u32| if page.big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let mut patches = vec![(4, long(page.at))];
        let wanted = [
            (PHOTOMETRIC, 1, page.value(PHOTOMETRIC) == Some(3)),
            (ROWS_PER_STRIP, rows, page.value_or(ROWS_PER_STRIP, 1) > rows),
        ];
        for (tag, value, wanted) in wanted {
            if let Some(entry) = page.entry(tag).filter(|entry| wanted && entry.count == 1) {
                // A value shorter than its field is at the field's left.
                let bits = match entry.field_type {
                    1 => 24,
                    3 => 16,
                    _ => 0,
                };
                let value = if page.big_endian { value << bits } else { value };
                patches.push((entry.value_at, long(value)));
            }
        }
        Self { bytes, at: 0, patches }
    }
}

impl Read for Overlay<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        for (start, patch) in &self.patches {
            for (at, byte) in (*start..).zip(patch) {
                if (self.at..self.at + count).contains(&at) {
                    into[at - self.at] = *byte;
                }
            }
        }
        self.at += count;
        Ok(count)
    }
}

impl Seek for Overlay<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(offset) => (self.at as u64, offset),
            SeekFrom::End(offset) => (self.bytes.len() as u64, offset),
        };
        let at = base.checked_add_signed(offset).ok_or(io::ErrorKind::InvalidInput)?;
        // Past the end nothing is read, however far.
        self.at = usize::try_from(at).unwrap_or(usize::MAX).min(self.bytes.len());
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names =
            ["B10.png", "b2.png", "B1.png", "B02.png", "A9.png", "B2 (1).png", "B999999999999999999999.png"];
        names.sort_by_cached_key(|name| natural_key(name));
        assert_eq!(
            names,
            ["A9.png", "B1.png", "B2 (1).png", "B02.png", "b2.png", "B10.png", "B999999999999999999999.png"]
        );
    }

    #[test]
    fn grey_within_the_tolerance_is_grey_and_beyond_it_colour() {
        assert_eq!(grey(&[9_u8, 10, 11, 5, 5, 5], 3, JPEG_TOLERANCE), Some(vec![10, 5]));
        assert_eq!(grey(&[9_u8, 10, 11], 3, 0), None);
        assert_eq!(grey(&[7_u16, 7, 7, 0], 4, 0), Some(vec![7]));
    }
}
