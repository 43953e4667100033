//! From files (or seeds) to cases and samples.
//!
//! A reader lists *jobs*, one a file or seed; each gives the cases it holds. All
//! jobs of a dataset run side by side.

mod generated;
mod image_pairs;
mod nifti_pairs;
mod progress;
mod retouch;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, anyhow, bail, ensure};
use oct::{Axis, AxisSpacing, Geometry, Samples, SpacingSource};
use oct_formats::images::{self, GreyImage};

use super::catalogue::{DatasetEntry, Reader, Split, Unlisted};
use super::planes::{IGNORE_BIT, ImageLevel, Planes};
use super::sample::{Case, Dataset, Input, Sample};
use progress::bar;

/// What one file or seed gives.
type Job<'a> = (Split, Box<dyn Fn() -> Result<Vec<Case>> + Send + Sync + 'a>);

/// A dataset's entry and where its files are.
#[derive(Clone, Copy)]
struct Source<'a> {
    entry: &'a DatasetEntry,
    data: &'a Path,
    planes: &'a Planes,
    /// Whether cases come with the B-scans before and after them.
    neighbours: bool,
}

impl<'a> Source<'a> {
    fn jobs(self) -> Result<Vec<Job<'a>>> {
        match self.entry.reader {
            Reader::ImagePairs => image_pairs::jobs(self),
            Reader::NiftiPairs => nifti_pairs::jobs(self),
            Reader::Retouch => retouch::jobs(self),
            Reader::Phantom => generated::phantoms(self),
            Reader::Painted => generated::painted(self),
        }
    }

    /// A folder of the entry.
    fn folder(self, part: &str, named: Option<&String>) -> Result<PathBuf> {
        Ok(self.data.join(named.with_context(|| format!("the entry names no folder `{part}`"))?))
    }

    /// The images folder's files whose names end in one of `endings`, each with its split.
    fn images(self, endings: &[&str]) -> Result<Vec<(PathBuf, Split)>> {
        let folder = self.folder("images", self.entry.images.as_ref())?;
        let files = files(&folder, endings)?;
        ensure!(!files.is_empty(), "there is no {} file in {}", endings.join(" or "), folder.display());
        self.split(files)
    }

    /// Names of the masks that have no image.
    fn unpaired(self) -> Result<Vec<String>> {
        let ending = match self.entry.reader {
            Reader::ImagePairs => ".png",
            Reader::NiftiPairs if self.entry.pairs.is_empty() => ".nii.gz",
            _ => return Ok(Vec::new()),
        };
        let Some(masks) = &self.entry.masks else { return Ok(Vec::new()) };
        let images = self.folder("images", self.entry.images.as_ref())?;
        let folders = std::iter::once(masks).chain(&self.entry.graders);
        let masks = folders
            .map(|masks| files(&self.data.join(masks), &[ending]))
            .collect::<Result<Vec<_>>>()?
            .concat();
        let names = masks.iter().map(|mask| file_name(mask));
        Ok(names.filter(|name| !images.join(name).exists()).collect())
    }

    /// Files or folders, sorted, each with its split.
    fn split(self, paths: Vec<PathBuf>) -> Result<Vec<(PathBuf, Split)>> {
        let names: Vec<String> = paths.iter().map(|path| file_name(path)).collect();
        let splits = self.entry.splits(&names)?;
        Ok(paths.into_iter().zip(splits).filter_map(|(path, split)| Some((path, split?))).collect())
    }

    /// The geometry that the entry states.
    fn geometry(self) -> Result<Geometry> {
        self.entry
            .spacing_mm
            .map_or_else(|| Ok(Geometry::default()), |mm| spaced(mm.map(Some), &SpacingSource::FromUser))
    }
}

/// The geometry of spacings (mm: lateral, axial, between B-scans) that are all of
/// one source; what is `None` stays unknown.
fn spaced(spacing_mm: [Option<f64>; 3], source: &SpacingSource) -> Result<Geometry> {
    let mut geometry = Geometry::default();
    for (axis, mm) in Axis::ALL.into_iter().zip(spacing_mm) {
        if let Some(mm) = mm {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, source.clone())?);
        }
    }
    Ok(geometry)
}

/// Turns values or colours of masks into bits of planes.
struct Marking {
    /// Bits of each value; `None`: the entry does not know it.
    values: Vec<Option<u32>>,
    /// Bits of each listed colour.
    colours: BTreeMap<[u8; 3], u32>,
    /// Bits of what is not listed; `None`: that is a mistake.
    unlisted: Option<u32>,
}

impl Marking {
    fn of(entry: &DatasetEntry, planes: &Planes) -> Result<Self> {
        let unlisted = if entry.unlisted == Unlisted::None { Some(0) } else { None };
        let mut values = vec![unlisted; 1 << 16];
        values[0] = Some(0);
        let mut colours = BTreeMap::from([([0; 3], 0)]);
        let named: Vec<usize> =
            entry.labels.values().map(|label| planes.index(label)).collect::<Result<_>>()?;
        let bits = |label: &str| -> Result<u32> {
            let leaves = planes.leaves(planes.index(label)?);
            // What is IRF is fluid, too, where the entry lists both.
            let held = |other: &&usize| leaves.iter().all(|leaf| planes.leaves(**other).contains(leaf));
            Ok(named.iter().filter(held).fold(0, |bits, other| bits | 1 << other))
        };
        if entry.has_colours() {
            for (colour, label) in entry.colours()? {
                colours.insert(colour, bits(label)?);
            }
        } else {
            for (range, label) in entry.values()? {
                let marked = Some(bits(label)?);
                range.for_each(|value| values[usize::from(value)] = marked);
            }
        }
        Ok(Self { values, colours, unlisted })
    }

    fn bits(&self, value: u16) -> Result<u32> {
        self.values[usize::from(value)].with_context(|| not_listed("label value", value))
    }

    fn colour(&self, colour: [u8; 3]) -> Result<u32> {
        let [red, green, blue] = colour;
        let bits = self.colours.get(&colour).copied().or(self.unlisted);
        bits.with_context(|| not_listed("colour", format!("#{red:02x}{green:02x}{blue:02x}")))
    }

    fn all(&self, values: impl Iterator<Item = u16>) -> Result<Vec<u32>> {
        values.map(|value| self.bits(value)).collect()
    }
}

fn not_listed(what: &str, value: impl std::fmt::Display) -> String {
    format!(
        "it holds the {what} {value}, which the entry does not list (`unlisted = \"none\"` leaves it out)"
    )
}

/// Reads all samples of `entry`.
///
/// # Errors
/// Where a file is missing, unreadable, of another size than its mask, or holds
/// a label value that the entry does not declare; and where nothing is there.
pub fn read(entry: &DatasetEntry, data: &Path, planes: &Planes, input: Input) -> Result<Dataset> {
    let source = Source { entry, data, planes, neighbours: input.channels > 1 };
    let to_samples =
        |cases: Vec<Case>| cases.into_iter().map(|case| input.sample(entry, case).map(Arc::new)).collect();
    let samples: Vec<Arc<Sample>> = run(source, |_| true, 1, FAILURES_SHOWN, to_samples)?;
    ensure!(!samples.is_empty(), "dataset {} holds no sample", entry.name);
    Ok(Dataset {
        entry: entry.clone(),
        taught: planes.taught(entry),
        partial: planes.partial(entry),
        samples,
        unpaired: source.unpaired()?,
    })
}

/// What `turn` makes of the cases of `split`, in their order: of all files (or seeds), or
/// of one in `every`. They are read a file at a time on all cores, and let go once they
/// are turned: a test set may be larger than memory.
///
/// # Errors
/// As [`read`], except that there may be none; and where `turn` fails.
pub fn held_out<T: Send>(
    entry: &DatasetEntry,
    data: &Path,
    planes: &Planes,
    split: Split,
    every: usize,
    neighbours: bool,
    turn: impl Fn(Vec<Case>) -> Result<Vec<T>> + Sync,
) -> Result<Vec<T>> {
    // What is turned may take minutes a file: the first failure ends it.
    run(Source { entry, data, planes, neighbours }, |of| of == split, every, 1, turn)
}

/// How many files (or seeds) of `split` there are in `entry`.
///
/// # Errors
/// Where a folder of the entry cannot be read.
pub fn held_out_files(entry: &DatasetEntry, data: &Path, planes: &Planes, split: Split) -> Result<usize> {
    let jobs = Source { entry, data, planes, neighbours: false }.jobs();
    let jobs = jobs.with_context(|| format!("dataset {}", entry.name))?;
    Ok(jobs.iter().filter(|(of, _)| *of == split).count())
}

/// Failures of one dataset that are named before reading stops: one look is to
/// find all mistakes, and a wrong folder must not fill the screen.
const FAILURES_SHOWN: usize = 20;

/// Runs the jobs of the wanted splits, or one in `every` of them, on all cores until
/// `patience` of them have failed; the results keep their order.
fn run<T: Send>(
    source: Source<'_>,
    wanted: impl Fn(Split) -> bool,
    every: usize,
    patience: usize,
    turn: impl Fn(Vec<Case>) -> Result<Vec<T>> + Sync,
) -> Result<Vec<T>> {
    let name = &source.entry.name;
    let jobs: Vec<Job<'_>> = source.jobs().with_context(|| format!("dataset {name}"))?;
    let jobs: Vec<Job<'_>> =
        jobs.into_iter().filter(|(split, _)| wanted(*split)).step_by(every.max(1)).collect();
    let progress = bar(jobs.len() as u64, format!("{name} read"))?;
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut done = Vec::new();
        while failed.load(Ordering::Relaxed) < patience {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some((_, job)) = jobs.get(position) else { break };
            let result = job().and_then(&turn);
            failed.fetch_add(usize::from(result.is_err()), Ordering::Relaxed);
            done.push((position, result));
            progress.inc(1);
        }
        done
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<thread::Result<Vec<_>>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    progress.finish_and_clear();
    let mut done = Vec::new();
    for part in parts {
        done.extend(part.map_err(|_| anyhow!("dataset {name}: a reading thread panicked"))?);
    }
    done.sort_by_key(|(position, _)| *position);
    let (mut all, mut failures) = (Vec::new(), Vec::new());
    for (_, result) in done {
        match result {
            Ok(items) => all.extend(items),
            Err(failure) => failures.push(failure),
        }
    }
    match failures.len() {
        0 => Ok(all),
        1 => Err(failures.remove(0).context(format!("dataset {name}"))),
        several => {
            let lines: Vec<String> = failures.iter().map(|failure| format!("{failure:#}")).collect();
            let more = if several < patience { "" } else { " or more" };
            bail!("dataset {name}: {several}{more} files cannot be used:\n  {}", lines.join("\n  "))
        }
    }
}

fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)))
        .collect();
    files.sort();
    Ok(files)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn grey(path: &Path) -> Result<GreyImage> {
    Ok(images::decode_grey(&bytes_of(path)?, &path.display().to_string())?)
}

/// A mask of the size of an image, as whole numbers.
fn mask_of(path: &Path, columns: usize, rows: usize) -> Result<Vec<u16>> {
    ensure!(path.exists(), "the mask {} is missing", path.display());
    let mask = grey(path)?;
    same_size(path, [mask.columns, mask.rows], [columns, rows])?;
    match mask.samples {
        Samples::U8(values) => Ok(values.into_iter().map(u16::from).collect()),
        Samples::U16(values) => Ok(values),
        Samples::F32(_) => bail!("the mask {} holds floats, not labels", path.display()),
    }
}

/// A mask of the size of an image, in colours.
fn colours_of(path: &Path, columns: usize, rows: usize) -> Result<Vec<[u8; 3]>> {
    ensure!(path.exists(), "the mask {} is missing", path.display());
    let mask = images::decode_colours(&bytes_of(path)?, &path.display().to_string())?;
    same_size(path, [mask.columns, mask.rows], [columns, rows])?;
    Ok(mask.pixels)
}

fn same_size(path: &Path, mask: [usize; 2], image: [usize; 2]) -> Result<()> {
    let ([columns, rows], [width, height]) = (mask, image);
    ensure!(mask == image, "the mask {} is {columns} x {rows}, its image {width} x {height}", path.display());
    Ok(())
}

/// Three B-scans as the samples of one volume, in their own type: what is
/// saturated must be seen later on.
fn joined(parts: [Samples; 3]) -> Result<Samples> {
    match parts {
        [Samples::U8(a), Samples::U8(b), Samples::U8(c)] => Ok(Samples::U8([a, b, c].concat())),
        [Samples::U16(a), Samples::U16(b), Samples::U16(c)] => Ok(Samples::U16([a, b, c].concat())),
        [Samples::F32(a), Samples::F32(b), Samples::F32(c)] => Ok(Samples::F32([a, b, c].concat())),
        _ => bail!("its neighbours have another type of sample"),
    }
}

/// Marks pixels as left out.
fn leave_out(bits: &mut [u32], left_out: impl Iterator<Item = bool>) {
    for (bits, left_out) in bits.iter_mut().zip(left_out) {
        *bits |= u32::from(left_out) << IGNORE_BIT;
    }
}
