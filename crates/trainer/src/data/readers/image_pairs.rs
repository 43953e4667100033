//! PNG images and PNG masks of the same name.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use oct::{Geometry, OctVolume};
use oct_formats::images::GreyImage;

use super::{Case, Job, Marking, Source, Split, colours_of, file_name, grey, joined, leave_out, mask_of};

/// Images that come without masks may be JPEG, too.
const WITHOUT_MASKS: &[&str] = &[".png", ".jpeg", ".jpg"];

pub(super) fn jobs(source: Source<'_>) -> Result<Vec<Job<'_>>> {
    let endings = if source.entry.masks.is_some() { &[".png"] } else { WITHOUT_MASKS };
    let jobs = source.images(endings)?.into_iter().map(|(path, split)| -> Job<'_> {
        (split, Box::new(move || Ok(vec![case(source, &path, split).with_context(|| file_name(&path))?])))
    });
    Ok(jobs.collect())
}

fn case(source: Source<'_>, path: &Path, split: Split) -> Result<Case> {
    let entry = source.entry;
    let name = file_name(path);
    let image = grey(path)?;
    let (columns, rows) = (image.columns, image.rows);
    let marked = |masks: &String| -> Result<Vec<u32>> {
        let (mask, marking) = (source.data.join(masks).join(&name), Marking::of(entry, source.planes)?);
        if entry.has_colours() {
            let pixels = colours_of(&mask, columns, rows)?.into_iter();
            pixels.map(|pixel| marking.colour(pixel)).collect()
        } else {
            marking.all(mask_of(&mask, columns, rows)?.into_iter())
        }
    };
    let mut bits = entry.masks.as_ref().map_or_else(|| Ok(vec![0; columns * rows]), marked)?;
    let mut others = entry.graders.iter().map(marked).collect::<Result<Vec<_>>>()?;
    let mut left_out = if entry.is_oct() { padding(&image)? } else { Vec::new() };
    left_out.resize(columns * rows, false);
    if let Some([from, to]) = entry.columns {
        left_out
            .iter_mut()
            .enumerate()
            .for_each(|(index, out)| *out |= !(from..to).contains(&(index % columns)));
    }
    if let Some(exclude) = &entry.exclude {
        let excluded = mask_of(&source.data.join(exclude).join(&name), columns, rows)?;
        left_out.iter_mut().zip(excluded).for_each(|(out, value)| *out |= value != 0);
    }
    for bits in std::iter::once(&mut bits).chain(&mut others) {
        leave_out(bits, left_out.iter().copied());
    }
    let image_level = source.planes.image_level(entry, &name);
    let subject = entry.subject(&name);
    let volume = volume(source, path, image)?;
    let voxel_nl = source.geometry()?.voxel_nl();
    let device = entry.device.clone();
    Ok(Case { name, subject, device, split, volume, bits, others, image_level, voxel_nl })
}

/// Cells of an image that hold no sample of the eye.
///
/// # Errors
/// Where the image is no volume.
pub(super) fn padding(image: &GreyImage) -> Result<Vec<bool>> {
    let samples = image.samples.clone();
    let volume = OctVolume::new(image.columns, image.rows, 1, samples, Geometry::default())?;
    Ok(volume.bscan(0).map(|bscan| bscan.scanned().is_padding).unwrap_or_default())
}

/// The image alone, or between its neighbours where they are wanted and there.
fn volume(source: Source<'_>, path: &Path, image: GreyImage) -> Result<OctVolume> {
    let (columns, rows) = (image.columns, image.rows);
    let [Some(before), Some(after)] = [-1, 1].map(|step| neighbour(source, path, step)) else {
        return Ok(OctVolume::new(columns, rows, 1, image.samples, source.geometry()?)?);
    };
    let around = [grey(&before)?, image, grey(&after)?];
    for image in &around {
        ensure!(
            (image.columns, image.rows) == (columns, rows),
            "its neighbour is {} x {}",
            image.columns,
            image.rows
        );
    }
    Ok(OctVolume::new(columns, rows, 3, joined(around.map(|image| image.samples))?, source.geometry()?)?)
}

/// The file whose number is `step` further, where it is wanted, of the same subject
/// and there: `S01_B10.png` to `S01_B11.png`.
fn neighbour(source: Source<'_>, path: &Path, step: i64) -> Option<PathBuf> {
    if !source.neighbours {
        return None;
    }
    let stem = path.file_stem()?.to_str()?;
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (before, number) = stem.split_at(stem.len() - digits);
    let number = number.parse::<i64>().ok()?.checked_add(step)?;
    let name = format!("{before}{number:0digits$}.{}", path.extension()?.to_str()?);
    let same_volume = source.entry.may_be_neighbours(&file_name(path), &name);
    let file = path.with_file_name(name);
    (same_volume && file.exists()).then_some(file)
}
