//! Generated eyes, and fluid painted into real B-scans.

use std::path::Path;

use anyhow::{Context, Result};
use oct::{OctVolume, Samples};
use oct_formats::images::GreyImage;
use oct_phantom::painting::{FluidFreeBScan, Painting};
use oct_phantom::{Anatomy, Eye, EyeConfig, Finding, Findings, PhantomBScan, VendorStyle};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::catalogue::RETINA;
use super::image_pairs::padding;
use super::{Case, ImageLevel, Job, Marking, Source, Split, file_name, grey, joined, leave_out, mask_of};

/// First seed of phantoms for validation and for test; training eyes lie below.
const VALIDATION_SEED: u64 = 1 << 32;
const TEST_SEED: u64 = 1 << 33;
/// Phantom B-scans for validation and for test, a style.
const VALIDATION_PER_STYLE: usize = 16;
const TEST_PER_STYLE: usize = 30;
/// A phantom B-scan with fewer fluid pixels is drawn again.
const ENOUGH_FLUID_PIXELS: usize = 150;
/// Mask value of the other layer, beside `RETINA` and 1 to 3 for the fluids.
const RPE_TO_BRUCH: u16 = 5;

pub(super) fn phantoms(source: Source<'_>) -> Result<Vec<Job<'_>>> {
    let styles = VendorStyle::ALL;
    let parts = [
        (Split::Train, 0, source.entry.variants),
        (Split::Validation, VALIDATION_SEED, VALIDATION_PER_STYLE * styles.len()),
        (Split::Test, TEST_SEED, TEST_PER_STYLE * styles.len()),
    ];
    let job = |(split, seed, style): (Split, u64, VendorStyle)| -> Job<'_> {
        (split, Box::new(move || Ok(vec![phantom(source, split, style, seed)?])))
    };
    let wanted = parts.into_iter().flat_map(|(split, first, count)| {
        (0..count).map(move |index| (split, first + index as u64, styles[index % styles.len()]))
    });
    Ok(wanted.map(job).collect())
}

fn phantom(source: Source<'_>, split: Split, style: VendorStyle, seed: u64) -> Result<Case> {
    let findings = if split == Split::Train { source.entry.findings.draw(seed) } else { Findings::default() };
    let eye = Eye::new(&EyeConfig { findings, ..EyeConfig::new(seed, style) });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Lesions sit near the fovea: B-scans of the middle half show most. Even
    // there every other B-scan of an eye with cysts shows none, so a B-scan with
    // little fluid is drawn again, twice at most; fluid-free eyes stay so.
    let bscans = eye.bscans();
    // A hole or traction is seen within some 0.3 mm of the fovea alone.
    let foveal = findings.has(Finding::MacularHole) || findings.has(Finding::Traction);
    let reach = eye.geometry().between_bscans.mm().map_or(0, |mm| (0.3 / mm) as usize);
    let fovea = eye.bscan_at_fovea();
    let (first, last) = (fovea.saturating_sub(reach).max(1), (fovea + reach).min(bscans - 2));
    let mut drawn = || match foveal {
        true => rng.random_range(first..=last),
        false => rng.random_range(bscans / 4..bscans - bscans / 4),
    };
    let mut index = drawn();
    for _ in 0..2 {
        if eye.labels(index).iter().filter(|label| **label != 0).count() >= ENOUGH_FLUID_PIXELS {
            break;
        }
        index = drawn();
    }
    let bscan = eye.bscan(index);
    let bits = bits(source, &bscan)?;
    let (columns, rows) = (bscan.columns, bscan.rows);
    let (samples, count) = if source.neighbours {
        let around = [eye.bscan(index - 1).samples, bscan.samples, eye.bscan(index + 1).samples];
        (joined(around)?, 3)
    } else {
        (bscan.samples, 1)
    };
    let geometry = eye.geometry();
    let voxel_nl = geometry.voxel_nl();
    let volume = OctVolume::new(columns, rows, count, samples, geometry)?;
    let name = format!("{}-{seed}-{index}", style.name());
    Ok(Case {
        name,
        subject: seed.to_string(),
        device: style.name().to_owned(),
        split,
        volume,
        bits,
        others: Vec::new(),
        image_level: ImageLevel::default(),
        voxel_nl,
    })
}

/// Bits of the fluids, and of the layers that the entry lists and `bscan` knows.
fn bits(source: Source<'_>, bscan: &PhantomBScan) -> Result<Vec<u32>> {
    let marking = Marking::of(source.entry, source.planes)?;
    let listed = source.entry.values()?;
    let lists = |value: u16| listed.iter().any(|(values, _)| values.contains(&value));
    let layer = |value: u16| if lists(value) { marking.bits(value) } else { Ok(0) };
    let (retina, rpe) = (layer(RETINA)?, layer(RPE_TO_BRUCH)?);
    let both = bscan.labels.iter().zip(&bscan.anatomy);
    both.map(|(label, anatomy)| {
        let layer = match *anatomy {
            a if a == Anatomy::Retina as u8 => retina,
            a if a == Anatomy::RpeToBruch as u8 => rpe,
            _ => 0,
        };
        Ok(marking.bits(u16::from(*label))? | layer)
    })
    .collect()
}

pub(super) fn painted(source: Source<'_>) -> Result<Vec<Job<'_>>> {
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (position, (path, split)) in source.images(&[".png"])?.into_iter().enumerate() {
        if let Some(masks) = &source.entry.free_of {
            let image = grey(&path)?;
            let mask = mask_of(&source.data.join(masks).join(file_name(&path)), image.columns, image.rows)?;
            if mask.iter().any(|value| *value != 0) {
                continue;
            }
        }
        jobs.push((
            split,
            Box::new(move || copies(source, &path, split, position as u64).with_context(|| file_name(&path))),
        ));
    }
    Ok(jobs)
}

fn copies(source: Source<'_>, path: &Path, split: Split, position: u64) -> Result<Vec<Case>> {
    let name = file_name(path);
    let image = grey(path)?;
    let (columns, rows) = (image.columns, image.rows);
    let left_out: Vec<bool> = padding(&image)?;
    // A B-scan whose retina is not seen is not painted.
    let Some(free) = fluid_free(source, &name, &image, &left_out)? else { return Ok(Vec::new()) };
    let mut cases = Vec::with_capacity(source.entry.variants);
    for variant in 0..source.entry.variants {
        let bscan = Painting::draw(position << 16 | variant as u64, &free).bscan;
        let mut bits = bits(source, &bscan)?;
        leave_out(&mut bits, left_out.iter().copied());
        if let Some([from, to]) = source.entry.columns {
            leave_out(&mut bits, (0..columns * rows).map(|index| !(from..to).contains(&(index % columns))));
        }
        cases.push(Case {
            name: format!("{name}~{variant}"),
            subject: source.entry.subject(&name),
            device: source.entry.device.clone(),
            split,
            voxel_nl: source.geometry()?.voxel_nl(),
            volume: OctVolume::new(columns, rows, 1, bscan.samples, source.geometry()?)?,
            bits,
            others: Vec::new(),
            image_level: ImageLevel::default(),
        });
    }
    Ok(cases)
}

/// The B-scan with its surfaces, from the entry's layers where it has them;
/// `None` where no retina is seen.
fn fluid_free(
    source: Source<'_>,
    name: &str,
    image: &GreyImage,
    left_out: &[bool],
) -> Result<Option<FluidFreeBScan>> {
    let mut greys: Vec<f32> = match &image.samples {
        Samples::U8(values) => values.iter().map(|value| f32::from(*value) / 255.0).collect(),
        Samples::U16(values) => values.iter().map(|value| f32::from(*value) / 65535.0).collect(),
        Samples::F32(values) => values.clone(),
    };
    for (grey, left_out) in greys.iter_mut().zip(left_out) {
        if *left_out {
            *grey = 0.0;
        }
    }
    let layers = match &source.entry.layers {
        None => None,
        Some(folder) => Some(mask_of(&source.data.join(folder).join(name), image.columns, image.rows)?),
    };
    let layers = layers.map(|mask| mask.into_iter().map(|value| value != 0).collect::<Vec<bool>>());
    Ok(FluidFreeBScan::new(greys, image.columns, layers.as_deref(), left_out.to_vec()))
}
