//! B-scans of one size and type to a volume: an image each, or the pages of a TIFF.

use oct::{Geometry, OctVolume, SampleType, Samples, ScanPattern};

use super::natural_order::natural_key;
use super::{GreyImage, decode, tiff};
use crate::array::orientation::Listing;
use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::{Cause, Format, InputFile, OpenError, Opened};

/// Most bytes that a stack may decode to.
const MAX_STACK_BYTES: u64 = 4 << 30;

/// Reads `files`, one B-scan each, in the natural order of their names.
pub(crate) fn read_stack(mut files: Vec<InputFile>) -> Result<Opened, Fault> {
    files.sort_by_cached_key(|file| natural_key(&file.path));
    let Some(first) = files.first() else { return Err(OpenError::Nothing.into()) };
    let name = match common_folder(&files) {
        _ if files.len() == 1 => first.name().to_owned(),
        Some(folder) => folder.to_owned(),
        // None of them is the scan.
        None => format!("{} images", files.len()),
    };
    let mut stack = Stack::default();
    let mut bscan_names = Vec::with_capacity(files.len());
    // Each file's bytes are gone before the next is decoded.
    for file in files {
        let image = decode(&file.bytes, &file.path);
        image.and_then(|image| stack.push(&file.path, image)).map_err(|cause| cause.in_file(&file.path))?;
        bscan_names.push(file.name().to_owned());
    }
    let volume = stack.finish(Geometry::default())?;
    Ok(Opened { bscan_names, ..Opened::new(name, Format::ImageStack, volume) })
}

/// Reads a TIFF whose pages are the B-scans. Channels, and times of a whole volume, are
/// volumes of their own, to choose from.
pub(crate) fn read_multipage_tiff(Chosen { file, choice, .. }: Chosen) -> Result<Opened, Fault> {
    let pages = tiff::directories(&file.bytes)?;
    let described = pages.first().and_then(tiff::Hyperstack::of);
    // One page that promises more: they lie behind it without pages of their own.
    let behind = described.as_ref().is_some_and(|stack| pages.len() == 1 && stack.images() > 1);
    let described = described.filter(|stack| behind || stack.images() == pages.len());
    let stacks = match &described {
        Some(stack) => stack.stacks(),
        None => vec![(String::new(), (0..pages.len()).collect())],
    };
    let (count, chosen) = (stacks.len(), choice.unwrap_or(0));
    let Some((_, images)) = stacks.get(chosen) else {
        return Err(OpenError::NoSuchChoice { name: file.path, choice: chosen, count }.into());
    };
    let mut stack = Stack::default();
    for image in images {
        let label = format!("{} (page {})", file.path, image + 1);
        let page = if behind { pages.first() } else { pages.get(*image) };
        let page = page.ok_or_else(|| Cause::malformed("a page is missing"))?;
        let decoded = if behind {
            tiff::decode_behind(&file.bytes, page, *image)
        } else {
            tiff::decode_page(&file.bytes, page)
        };
        decoded.and_then(|image| stack.push(&label, image)).map_err(|cause| cause.in_file(&label))?;
    }
    let mut geometry = Geometry::default();
    let mut warnings = match pages.first() {
        Some(first) => tiff::take_spacing(&mut geometry, first),
        None => Vec::new(),
    };
    let mut volume = stack.finish(geometry)?;
    if described.as_ref().is_some_and(tiff::Hyperstack::is_time_series) {
        volume.geometry.pattern = ScanPattern::Repeated;
        warnings.push(format!("{} says that its images show one place at several times.", file.path));
    }
    let choices = if count > 1 { stacks.into_iter().map(|(called, _)| called).collect() } else { Vec::new() };
    let listing = Some(Listing::PAGES);
    Ok(Opened {
        choices,
        chosen,
        warnings,
        listing,
        ..Opened::new(file.name(), Format::MultiPageTiff, volume)
    })
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
    pub(crate) fn push(&mut self, path: &str, image: GreyImage) -> Result<(), Cause> {
        let Some(first) = self.bscans.first() else {
            path.clone_into(&mut self.first);
            (self.columns, self.rows) = (image.columns, image.rows);
            self.bscans.push(image.samples);
            return Ok(());
        };
        if (image.columns, image.rows) != (self.columns, self.rows) {
            return Err(Cause::MixedSizes {
                columns: image.columns,
                rows: image.rows,
                first: self.first.clone(),
                first_columns: self.columns,
                first_rows: self.rows,
            });
        }
        let (sample_type, first_type) = (image.samples.sample_type(), first.sample_type());
        if sample_type != first_type {
            return Err(Cause::MixedTypes {
                sample_type: type_name(sample_type),
                first: self.first.clone(),
                first_type: type_name(first_type),
            });
        }
        let bscan_bytes = (self.columns * self.rows) as u64 * sample_bytes(sample_type);
        if bscan_bytes * (self.bscans.len() as u64 + 1) > MAX_STACK_BYTES {
            return Err(Cause::TooLarge { limit: "4 GiB" });
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

    /// The volume.
    pub(crate) fn finish(self, geometry: Geometry) -> Result<OctVolume, Cause> {
        let Self { columns, rows, mut bscans, .. } = self;
        let count = bscans.len();
        let joined = match bscans.first().map(Samples::sample_type) {
            None => return Err(Cause::NoBScans { found: "no image".to_owned() }),
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
        let samples = joined.ok_or_else(Cause::out_of_memory)?;
        OctVolume::new(columns, rows, count, samples, geometry).map_err(Cause::malformed)
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
