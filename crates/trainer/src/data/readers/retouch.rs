//! RETOUCH's layout: a folder a volume with `oct.mhd`, `oct.raw`,
//! `reference.mhd` and `reference.raw` (Bogunovic et al., IEEE TMI 2019;
//! labels 1 IRF, 2 SRF, 3 PED). The device is read from the folders' names.
//!
//! What the page saves of corrected scans has this layout, and a `looked_at.json`: B-scans that
//! nobody looked at give no case, since their labels are a network's.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use oct::{AxisOrder, OctVolume, Samples};
use oct_formats::{InputFile, OpenOptions};
use serde::Deserialize;

use super::{Case, ImageLevel, Job, Marking, Source, Split, bytes_of, file_name};

/// Says which B-scans a person looked at; `study` writes it.
const LOOKED_AT: &str = "looked_at.json";
const LOOKED_AT_SCHEMA: &str = "lacuna.looked_at/1";

/// What [`LOOKED_AT`] says; who drew and who only looked is all the same here.
#[derive(Deserialize)]
struct LookedAt {
    schema: String,
    /// From 0.
    bscans: Vec<usize>,
}

/// The B-scans of a volume of `bscans` whose labels teach: all of them, unless `folder` says
/// which ones a person looked at.
fn taught(folder: &Path, bscans: usize) -> Result<Vec<usize>> {
    let path = folder.join(LOOKED_AT);
    if !path.is_file() {
        return Ok((0..bscans).collect());
    }
    let said: LookedAt =
        serde_json::from_slice(&bytes_of(&path)?).with_context(|| format!("{LOOKED_AT} is not valid"))?;
    ensure!(
        said.schema == LOOKED_AT_SCHEMA,
        "{LOOKED_AT} is of schema {}, this trainer reads {LOOKED_AT_SCHEMA}",
        said.schema
    );
    let mut looked_at = said.bscans;
    looked_at.sort_unstable();
    looked_at.dedup();
    if let Some(beyond) = looked_at.iter().find(|bscan| **bscan >= bscans) {
        bail!("{LOOKED_AT} names B-scan {beyond}, and the volume has {bscans}, counted from 0");
    }
    Ok(looked_at)
}

const DEVICES: [&str; 3] = ["Cirrus", "Spectralis", "Topcon"];

pub(super) fn jobs(source: Source<'_>) -> Result<Vec<Job<'_>>> {
    let root = source.folder("images", source.entry.images.as_ref())?;
    let mut folders = Vec::new();
    find(&root, 4, &mut folders)?;
    ensure!(!folders.is_empty(), "there is no oct.mhd in {} or below it", root.display());
    folders.sort();
    let jobs = source.split(folders)?.into_iter().map(|(folder, split)| -> Job<'_> {
        // Below the root alone: a data folder may be named after devices, too.
        let below = folder.strip_prefix(&root).unwrap_or(&folder).to_string_lossy();
        let device = DEVICES.into_iter().find(|device| below.contains(device)).unwrap_or_default();
        let cases =
            move || cases(source, &folder, device, split).with_context(|| folder.display().to_string());
        (split, Box::new(cases))
    });
    Ok(jobs.collect())
}

/// Folders with an `oct.mhd`, at most `depth` levels down.
fn find(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    if folder.join("oct.mhd").is_file() {
        found.push(folder.to_owned());
    }
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if depth > 0 && path.is_dir() {
            find(&path, depth - 1, found)?;
        }
    }
    Ok(())
}

fn open(folder: &Path, name: &str) -> Result<OctVolume> {
    let mut files = Vec::new();
    for ending in ["mhd", "raw"] {
        let path = folder.join(format!("{name}.{ending}"));
        files.push(InputFile { path: file_name(&path), bytes: bytes_of(&path)? });
    }
    // Scan and reference lie in RETOUCH's own order, whatever either of them shows.
    let options = OpenOptions { axes: Some(AxisOrder::STANDARD), ..OpenOptions::default() };
    Ok(oct_formats::open_with(files, options)?.volume)
}

fn cases(source: Source<'_>, folder: &Path, device: &str, split: Split) -> Result<Vec<Case>> {
    let volume = open(folder, "oct")?;
    let reference = open(folder, "reference")?;
    let size = |volume: &OctVolume| [volume.columns(), volume.rows(), volume.bscans()];
    ensure!(
        size(&volume) == size(&reference),
        "the reference is {:?} voxels, the volume {:?}",
        size(&reference),
        size(&volume)
    );
    let Samples::U8(labels) = reference.samples() else { bail!("the reference is not 8-bit") };
    let marking = Marking::of(source.entry, source.planes)?;
    let subject = file_name(folder);
    let (columns, rows, bscans) = (volume.columns(), volume.rows(), volume.bscans());
    let pixels = columns * rows;
    let taught = taught(folder, bscans)?;
    let mut cases = Vec::with_capacity(taught.len());
    for bscan in taught {
        let around = if source.neighbours {
            vec![bscan.saturating_sub(1), bscan, (bscan + 1).min(bscans - 1)]
        } else {
            vec![bscan]
        };
        let samples = pick(volume.samples(), &around, pixels);
        cases.push(Case {
            name: format!("{subject}#{bscan}"),
            subject: subject.clone(),
            device: device.to_owned(),
            split,
            volume: OctVolume::new(columns, rows, around.len(), samples, volume.geometry.clone())?,
            voxel_nl: volume.geometry.voxel_nl(),
            bits: marking
                .all(labels[bscan * pixels..(bscan + 1) * pixels].iter().map(|value| u16::from(*value)))?,
            others: Vec::new(),
            image_level: ImageLevel::default(),
        });
    }
    Ok(cases)
}

/// The samples of some B-scans, in their own type.
fn pick(samples: &Samples, bscans: &[usize], pixels: usize) -> Samples {
    fn some<T: Copy>(values: &[T], bscans: &[usize], pixels: usize) -> Vec<T> {
        bscans.iter().flat_map(|bscan| &values[bscan * pixels..(bscan + 1) * pixels]).copied().collect()
    }
    match samples {
        Samples::U8(values) => Samples::U8(some(values, bscans, pixels)),
        Samples::U16(values) => Samples::U16(some(values, bscans, pixels)),
        Samples::F32(values) => Samples::F32(some(values, bscans, pixels)),
    }
}
