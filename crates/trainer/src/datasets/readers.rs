//! From files (or seeds) to samples in the working grid.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use engine::preprocess::{WorkingGrid, blacken_padding, normalise, prepare};
use engine::resample::Resampler;
use indicatif::ProgressBar;
use oct::{Axis, AxisSpacing, Geometry, OctVolume, Samples, SpacingSource};
use oct_formats::{images, nifti};
use oct_phantom::{Anatomy, Eye, EyeConfig, VendorStyle};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::catalogue::{DatasetEntry, Reader, Split};
use super::sample::{Dataset, IGNORE_BIT, Planes, Sample};

/// First seed of phantoms for validation and for test; training eyes lie below.
const VALIDATION_SEED: u64 = 1 << 32;
const TEST_SEED: u64 = 1 << 33;
/// Phantom B-scans for validation and for test, a style.
const VALIDATION_PER_STYLE: usize = 8;
const TEST_PER_STYLE: usize = 30;
/// A phantom B-scan with fewer fluid pixels is drawn again.
const ENOUGH_FLUID_PIXELS: usize = 150;

/// Reads all samples of `entry`.
///
/// # Errors
/// Where a file is missing, unreadable, of another size than its mask, or holds
/// a label value that the entry does not declare.
pub fn read(
    entry: &DatasetEntry,
    data: &Path,
    planes: &Planes,
    multiple: usize,
    progress: &ProgressBar,
) -> Result<Dataset> {
    let samples = match entry.reader {
        Reader::ImagePairs => image_pairs(entry, data, planes, multiple, progress)?,
        Reader::NiftiPairs => nifti_pairs(entry, data, planes, multiple, progress)?,
        Reader::Phantom => phantoms(entry, planes, multiple, progress)?,
    };
    ensure!(!samples.is_empty(), "dataset {} holds no sample", entry.name);
    Ok(Dataset { entry: entry.clone(), annotated: planes.annotated(entry), samples })
}

fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    files.sort();
    Ok(files)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn folder(entry: &DatasetEntry, part: Option<&String>, data: &Path) -> Result<PathBuf> {
    let part = part.with_context(|| format!("dataset {} names no folder", entry.name))?;
    Ok(data.join(part))
}

/// A B-scan in its own grid, with its annotation.
#[derive(Debug, Clone)]
pub struct Case {
    /// File or seed it comes from.
    pub name: String,
    /// What it is pooled with when scores are taken: a subject or a vendor style.
    pub group: String,
    /// Its split.
    pub split: Split,
    /// A volume of one B-scan.
    pub volume: OctVolume,
    /// As [`Sample::bits`], in the B-scan's own grid.
    pub bits: Vec<u8>,
}

/// The B-scans of `split`, for scores in the original grid. MR volumes have none.
///
/// # Errors
/// As [`read`].
pub fn held_out(entry: &DatasetEntry, data: &Path, planes: &Planes, split: Split) -> Result<Vec<Case>> {
    match entry.reader {
        Reader::NiftiPairs => Ok(Vec::new()),
        Reader::Phantom => wanted_phantoms(entry)
            .into_iter()
            .filter(|wanted| wanted.0 == split)
            .map(|(split, style, seed)| phantom(entry, planes, split, style, seed))
            .collect(),
        Reader::ImagePairs => {
            let images = files(&folder(entry, entry.images.as_ref(), data)?, ".png")?;
            let of_split = images
                .iter()
                .enumerate()
                .filter(|(position, path)| entry.split(&file_name(path), *position, images.len()) == split);
            of_split.map(|(_, path)| image_pair(entry, data, planes, split, path)).collect()
        }
    }
}

fn image_pairs(
    entry: &DatasetEntry,
    data: &Path,
    planes: &Planes,
    multiple: usize,
    progress: &ProgressBar,
) -> Result<Vec<Sample>> {
    let images = files(&folder(entry, entry.images.as_ref(), data)?, ".png")?;
    progress.set_length(images.len() as u64);
    let mut samples = Vec::with_capacity(images.len());
    for (position, path) in images.iter().enumerate() {
        let split = entry.split(&file_name(path), position, images.len());
        samples.push(sample(image_pair(entry, data, planes, split, path)?, multiple)?);
        progress.inc(1);
    }
    Ok(samples)
}

fn image_pair(entry: &DatasetEntry, data: &Path, planes: &Planes, split: Split, path: &Path) -> Result<Case> {
    let name = file_name(path);
    let image = images::decode_grey(&fs::read(path)?, &name)?;
    let mask = match &entry.masks {
        None => vec![0; image.columns * image.rows],
        Some(masks) => {
            let file = data.join(masks).join(&name);
            let bytes = fs::read(&file).with_context(|| format!("the mask of {name} is missing"))?;
            let mask = images::decode_grey(&bytes, &name)?;
            ensure!(
                (mask.columns, mask.rows) == (image.columns, image.rows),
                "{name}: the mask is {} x {}, the image {} x {}",
                mask.columns,
                mask.rows,
                image.columns,
                image.rows
            );
            let Samples::U8(values) = mask.samples else { bail!("{name}: the mask is not 8-bit") };
            values
        }
    };
    let volume = OctVolume::new(image.columns, image.rows, 1, image.samples, geometry(entry)?)?;
    let before = volume.bscan(0).map(|bscan| bscan.to_f32()).unwrap_or_default();
    let mut after = before.clone();
    blacken_padding(&mut after, image.columns, 255.0);
    let ignored = before.iter().zip(&after).map(|(before, after)| before != after);
    let bits = pixel_bits(entry, planes, &mask, ignored)?;
    let group = name.split_once('_').map_or_else(|| entry.name.clone(), |(group, _)| group.to_owned());
    Ok(Case { name, group, split, volume, bits })
}

fn geometry(entry: &DatasetEntry) -> Result<Geometry> {
    let mut geometry = Geometry::default();
    if let Some(spacing_mm) = entry.spacing_mm {
        for (axis, mm) in Axis::ALL.into_iter().zip(spacing_mm) {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser)?);
        }
    }
    Ok(geometry)
}

fn pixel_bits(
    entry: &DatasetEntry,
    planes: &Planes,
    mask: &[u8],
    ignored: impl Iterator<Item = bool>,
) -> Result<Vec<u8>> {
    let mut bits_of_value = [None; 256];
    bits_of_value[0] = Some(0u8);
    for (value, label) in &entry.labels {
        let plane = planes.index(label).with_context(|| format!("label {label}"))?;
        bits_of_value[value.parse::<usize>()?] = Some(1 << plane);
    }
    mask.iter()
        .zip(ignored)
        .map(|(value, ignored)| {
            let bits = bits_of_value[usize::from(*value)]
                .with_context(|| format!("dataset {}: unknown label value {value}", entry.name))?;
            Ok(bits | u8::from(ignored) << IGNORE_BIT)
        })
        .collect()
}

/// Brings a case to the working grid.
fn sample(case: Case, multiple: usize) -> Result<Sample> {
    let bscan = case.volume.bscan(0).context("the volume has no B-scan")?;
    let grid = WorkingGrid::choose(bscan.rows(), bscan.columns(), bscan.geometry(), multiple);
    let image = prepare(bscan, grid).iter().map(|value| (value * 255.0).round() as u8).collect();
    let bits = shrink_bits(&case.bits, [bscan.rows(), bscan.columns()], [grid.rows, grid.columns]);
    Ok(Sample { name: case.name, split: case.split, rows: grid.rows, columns: grid.columns, image, bits })
}

/// A working pixel carries a bit where at least half of its area does.
fn shrink_bits(bits: &[u8], from: [usize; 2], to: [usize; 2]) -> Vec<u8> {
    let resampler = Resampler::new(from, to);
    let mut shrunk = vec![0u8; to[0] * to[1]];
    for bit in 0..8 {
        if bits.iter().all(|bits| bits >> bit & 1 == 0) {
            continue;
        }
        let plane: Vec<f32> = bits.iter().map(|bits| f32::from(bits >> bit & 1)).collect();
        for (shrunk, area) in shrunk.iter_mut().zip(resampler.apply(&plane)) {
            *shrunk |= u8::from(area >= 0.5) << bit;
        }
    }
    shrunk
}

fn nifti_pairs(
    entry: &DatasetEntry,
    data: &Path,
    planes: &Planes,
    multiple: usize,
    progress: &ProgressBar,
) -> Result<Vec<Sample>> {
    let images = files(&folder(entry, entry.images.as_ref(), data)?, ".nii.gz")?;
    let masks = folder(entry, entry.masks.as_ref(), data)?;
    progress.set_length(images.len() as u64);
    let mut samples = Vec::new();
    for (position, path) in images.iter().enumerate() {
        let name = file_name(path);
        let image = nifti::read_array(&fs::read(path)?, &name)?;
        let mask = nifti::read_array(
            &fs::read(masks.join(&name)).with_context(|| format!("labels of {name}"))?,
            &name,
        )?;
        ensure!(image.dims == mask.dims, "{name}: labels of another size");
        let [columns, rows, slices] = image.dims;
        let split = entry.split(&name, position, images.len());
        // Neighbouring slices teach the same: two of a volume are enough.
        for slice in [slices / 3, slices / 2] {
            let range = slice * rows * columns..(slice + 1) * rows * columns;
            let values: Vec<u8> = mask.values[range.clone()].iter().map(|value| *value as u8).collect();
            let bits = pixel_bits(entry, planes, &values, std::iter::repeat(false))?;
            // MR voxels of 1 mm have no place on the OCT grid: doubled, a crop
            // of 40 x 50 fills a fair part of the network's window.
            let [to_rows, to_columns] = [rows * 2, columns * 2].map(|size| size.next_multiple_of(multiple));
            let mut working =
                Resampler::new([rows, columns], [to_rows, to_columns]).apply(&image.values[range]);
            normalise(&mut working);
            samples.push(Sample {
                name: format!("{name}#{slice}"),
                split,
                rows: to_rows,
                columns: to_columns,
                image: working.iter().map(|value| (value * 255.0).round() as u8).collect(),
                bits: shrink_bits(&bits, [rows, columns], [to_rows, to_columns]),
            });
        }
        progress.inc(1);
    }
    Ok(samples)
}

fn wanted_phantoms(entry: &DatasetEntry) -> Vec<(Split, VendorStyle, u64)> {
    let styles = VendorStyle::ALL;
    let mut wanted = Vec::new();
    for index in 0..entry.count {
        wanted.push((Split::Train, styles[index % styles.len()], index as u64));
    }
    for (split, first, per_style) in
        [(Split::Validation, VALIDATION_SEED, VALIDATION_PER_STYLE), (Split::Test, TEST_SEED, TEST_PER_STYLE)]
    {
        for index in 0..per_style * styles.len() {
            wanted.push((split, styles[index % styles.len()], first + index as u64));
        }
    }
    wanted
}

fn phantoms(
    entry: &DatasetEntry,
    planes: &Planes,
    multiple: usize,
    progress: &ProgressBar,
) -> Result<Vec<Sample>> {
    let wanted = wanted_phantoms(entry);
    progress.set_length(wanted.len() as u64);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<Result<Vec<(usize, Sample)>>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let wanted = &wanted;
                scope.spawn(move || {
                    let mine = wanted.iter().enumerate().skip(worker).step_by(threads);
                    mine.map(|(position, (split, style, seed))| {
                        let sample = sample(phantom(entry, planes, *split, *style, *seed)?, multiple)?;
                        progress.inc(1);
                        Ok((position, sample))
                    })
                    .collect()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| bail!("a phantom could not be drawn")))
            .collect()
    });
    let mut samples: Vec<(usize, Sample)> = Vec::with_capacity(wanted.len());
    for part in parts {
        samples.extend(part?);
    }
    samples.sort_by_key(|(position, _)| *position);
    Ok(samples.into_iter().map(|(_, sample)| sample).collect())
}

fn phantom(
    entry: &DatasetEntry,
    planes: &Planes,
    split: Split,
    style: VendorStyle,
    seed: u64,
) -> Result<Case> {
    let eye = Eye::new(&EyeConfig::new(seed, style));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Lesions sit near the fovea: frames of the middle half show most. Even
    // there every other frame of an eye with cysts shows none, so a frame with
    // little fluid is drawn again, twice at most; fluid-free eyes stay so.
    let frames = eye.frames();
    let mut drawn = || {
        let frame = rng.random_range(frames / 4..frames - frames / 4);
        (frame, eye.bscan(frame))
    };
    let (mut frame, mut bscan) = drawn();
    for _ in 0..2 {
        if bscan.labels.iter().filter(|label| **label != 0).count() < ENOUGH_FLUID_PIXELS {
            (frame, bscan) = drawn();
        }
    }
    let retina = Anatomy::Retina as u8;
    let mut bits = pixel_bits(entry, planes, &bscan.labels, std::iter::repeat(false))?;
    let plane = planes.index("retina").context("the label space has no retina")?;
    for (bits, anatomy) in bits.iter_mut().zip(&bscan.anatomy) {
        *bits |= u8::from(*anatomy == retina) << plane;
    }
    let volume = OctVolume::new(bscan.columns, bscan.rows, 1, bscan.samples, eye.geometry())?;
    let name = format!("{}-{seed}-{frame}", style.name());
    Ok(Case { name, group: style.name().to_owned(), split, volume, bits })
}
