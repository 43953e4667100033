//! NIfTI volumes and label volumes, slice by slice.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use oct::{Geometry, OctVolume, Samples, SpacingSource};
use oct_formats::nifti::{self, NiftiArray};

use super::{Case, ImageLevel, Job, Marking, Source, Split, bytes_of, file_name, spaced};

pub(super) fn jobs(source: Source<'_>) -> Result<Vec<Job<'_>>> {
    let entry = source.entry;
    let mut found: Vec<(PathBuf, PathBuf, Split)> = Vec::new();
    if entry.pairs.is_empty() {
        let labels = source.folder("masks", entry.masks.as_ref())?;
        for (image, split) in source.images(&[".nii.gz"])? {
            let label = labels.join(file_name(&image));
            found.push((image, label, split));
        }
    } else {
        let folder = source.folder("images", entry.images.as_ref())?;
        let names: Vec<String> = entry.pairs.iter().map(|[image, _]| image.clone()).collect();
        for ([image, label], split) in entry.pairs.iter().zip(entry.splits(&names)?) {
            if let Some(split) = split {
                found.push((folder.join(image), folder.join(label), split));
            }
        }
    }
    let jobs = found.into_iter().map(|(image, label, split)| -> Job<'_> {
        (split, Box::new(move || cases(source, &image, &label, split).with_context(|| file_name(&image))))
    });
    Ok(jobs.collect())
}

fn array(path: &Path) -> Result<NiftiArray> {
    Ok(nifti::read_array(&bytes_of(path)?, &path.display().to_string())?)
}

fn cases(source: Source<'_>, path: &Path, label_path: &Path, split: Split) -> Result<Vec<Case>> {
    let entry = source.entry;
    let image = array(path)?;
    ensure!(label_path.exists(), "the labels {} are missing", label_path.display());
    let labels = array(label_path)?;
    ensure!(image.dims == labels.dims, "its labels are {:?} voxels, the image {:?}", labels.dims, image.dims);
    let marking = Marking::of(entry, source.planes)?;
    let geometry = geometry(source, image.spacing_mm)?;
    let [columns, rows, slices] = image.dims;
    let pixels = columns * rows;
    let wanted = entry.slices.unwrap_or(slices).min(slices);
    let name = file_name(path);
    let mut cases = Vec::with_capacity(wanted);
    for position in 1..=wanted {
        // Evenly, and none at the ends unless all are wanted.
        let slice = if wanted == slices { position - 1 } else { slices * position / (wanted + 1) };
        let around = if source.neighbours {
            vec![slice.saturating_sub(1), slice, (slice + 1).min(slices - 1)]
        } else {
            vec![slice]
        };
        let samples = around.iter().flat_map(|slice| &image.values[slice * pixels..(slice + 1) * pixels]);
        let samples = Samples::F32(samples.copied().collect());
        let values = labels.values[slice * pixels..(slice + 1) * pixels].iter().map(|value| label(*value));
        let values = values.collect::<Result<Vec<u16>>>()?;
        cases.push(Case {
            name: format!("{name}#{slice}"),
            subject: entry.subject(&name),
            device: entry.device.clone(),
            split,
            volume: OctVolume::new(columns, rows, around.len(), samples, geometry.clone())?,
            bits: marking.all(values.into_iter())?,
            others: Vec::new(),
            image_level: ImageLevel::default(),
            voxel_nl: geometry.voxel_nl(),
        });
    }
    Ok(cases)
}

/// What the entry states, else the file; what is not OCT is shown by the pixel.
fn geometry(source: Source<'_>, spacing_mm: [Option<f64>; 3]) -> Result<Geometry> {
    if !source.entry.is_oct() || source.entry.spacing_mm.is_some() {
        return source.geometry();
    }
    spaced(spacing_mm, &SpacingSource::FromFile { tag: "pixdim".into() })
}

fn label(value: f32) -> Result<u16> {
    // Scaled labels may miss a whole number by rounding.
    let whole = value.round();
    ensure!(
        (0.0..=65535.0).contains(&whole) && (value - whole).abs() < 1e-3,
        "it holds the label value {value}, which is no whole number of 0 to 65535"
    );
    Ok(whole as u16)
}
