//! Reads DICOM images as volumes: objects are sorted into volumes, one of which
//! is unpacked.

use std::collections::BTreeSet;

use oct::{FundusImage, FundusKind, Laterality, OctVolume, ScanPattern, StatedPadding};

use super::facts::Facts;
use super::frames::{decode, fundus_greys};
use super::geometry::{Fundus, geometry};
use super::image::Image;
use super::meaning::Meaning;
use super::shows::Shows;
use super::sorted::{Sorted, sorted};
use super::source::{Source, SourceFrame};
use super::volumes::choices::{choices, default};
use super::volumes::{FrameOf, Volume, volumes};
use crate::error::{Fault, listed};
use crate::{Cause, Format, InputFile, OpenError, Opened};

/// Reads volume `choice` of those that `files` hold together; without a choice
/// a whole one of Ophthalmic Tomography before others, of these the one with most B-scans.
pub(crate) fn read(files: Vec<InputFile>, choice: Option<usize>) -> Result<Opened, Fault> {
    let drop_name = drop_name(&files);
    let mut warnings = Vec::new();
    let Sorted { images, fundus_images, others } = sorted(files, &mut warnings)?;
    if images.is_empty() {
        let found = fundus_images.into_iter().map(|image| (image.path, "an image of the fundus".to_owned()));
        let (file, found) = found.chain(others).next().ok_or(OpenError::Nothing)?;
        return Err(Cause::NoBScans { found }.in_file(&file));
    }
    if let Some((path, found)) = others.first() {
        warnings.push(match others.len() {
            1 => format!("{path} holds {found} and was left out."),
            count => {
                let names = listed(others.iter().map(|(path, _)| path));
                format!("{count} files without B-scans were left out: {names}.")
            }
        });
    }

    let mut volumes = volumes(&images);
    let choices = choices(&images, &volumes);
    let chosen = choice.unwrap_or_else(|| default(&images, &volumes));
    if chosen >= volumes.len() {
        let count = volumes.len();
        return Err(OpenError::NoSuchChoice { name: drop_name, choice: chosen, count }.into());
    }
    let volume = volumes.swap_remove(chosen);
    drop(volumes);
    let (images, volume) = alone(images, volume);
    let first = images.first().map(|image| image.path.clone()).unwrap_or_default();
    let mut opened = open(images, volume, fundus_images, warnings).map_err(|fault| fault.of(&first))?;
    if choices.len() > 1 {
        (opened.choices, opened.chosen) = (choices, chosen);
    }
    opened.name = drop_name;
    Ok(opened)
}

/// The images that `volume` has frames of, in their order, and the volume counted in these.
fn alone(images: Vec<Image>, mut volume: Volume) -> (Vec<Image>, Volume) {
    let used: BTreeSet<usize> = volume.frames.iter().map(|frame| frame.image).collect();
    let places: Vec<usize> = used.iter().copied().collect();
    for frame in &mut volume.frames {
        frame.image = places.binary_search(&frame.image).unwrap_or_default();
    }
    let images = images.into_iter().enumerate().filter(|(index, _)| used.contains(index));
    (images.map(|(_, image)| image).collect(), volume)
}

/// The file's name, or that of the innermost folder that all files lie in.
fn drop_name(files: &[InputFile]) -> String {
    let [first, others @ ..] = files else { return String::new() };
    let mut folders = first.path.match_indices('/').rev().map(|(end, _)| &first.path[..end]);
    let holds_all = |folder: &&str| {
        let is_in =
            |other: &InputFile| other.path.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/'));
        !others.is_empty() && others.iter().all(is_in)
    };
    let folder = folders.find(holds_all).and_then(|folder| folder.rsplit('/').next());
    folder.unwrap_or(first.name()).to_owned()
}

/// Unpacks one volume.
fn open(
    images: Vec<Image>,
    volume: Volume,
    fundus_images: Vec<Image>,
    mut warnings: Vec<String>,
) -> Result<Opened, Fault> {
    let facts = |frame: &FrameOf| images.get(frame.image).map(|image| (&image.facts, frame.frame));
    let frames: Vec<(&Facts, usize)> = volume.frames.iter().filter_map(facts).collect();
    let Some((first, first_frame)) = frames.first().copied() else { return Err(OpenError::Nothing.into()) };
    let file =
        volume.frames.first().and_then(|frame| images.get(frame.image)).map_or("", |image| &image.path);
    let (file, shows, layout) = (file.to_owned(), first.shows, first.layout);
    if let Some(odd) = images
        .iter()
        .find(|image| (image.facts.layout.columns, image.facts.layout.rows) != (layout.columns, layout.rows))
    {
        return Err(Cause::MixedSizes {
            columns: odd.facts.layout.columns,
            rows: odd.facts.layout.rows,
            first: file,
            first_columns: layout.columns,
            first_rows: layout.rows,
        }
        .in_file(&odd.path));
    }
    let count = frames.len();
    let laterality = first.frame(first_frame).laterality;
    let (reference, fundus) = reference(fundus_images, &frames, laterality, &mut warnings);
    let fundus = fundus.as_ref().map(|facts| Fundus {
        instance: facts.sop_instance.as_deref(),
        // Rows first in the file, width first here.
        pixel_mm: facts.frame(0).pixel_spacing.map(|[high, wide]| [wide, high]).filter(is_size),
    });
    let mut geometry = geometry(&file, layout.columns, &frames, fundus.as_ref(), &mut warnings);
    geometry.laterality = laterality;
    let no_retina = first.frame(first_frame).no_retina.clone();
    geometry.pattern = match no_retina {
        Some(_) => ScanPattern::NoRetina,
        None => pattern(geometry.pattern, shows, &volume),
    };
    warnings.extend(no_retina.map(|part| format!("{file} states that it shows this: {part}.")));
    let described = first.frame(first_frame).described_eyes.values().find_map(|eye| eye.surely());
    if let (Some(stated), Some(described)) = (laterality, described)
        && stated != described
    {
        warnings.push(format!(
            "{file} states {}, but its description says {}: check which eye it is.",
            stated.abbreviation(),
            described.abbreviation()
        ));
    }
    if images.iter().any(|image| image.facts.has_lookup_table) {
        warnings.push(format!("{file} carries a table for its grey levels, which was not applied."));
    }
    if images.iter().any(|image| image.facts.has_burned_in_writing) {
        warnings.push(format!(
            "{file} states that writing is drawn into its pixels: check that none of it was taken for fluid."
        ));
    }
    let stated_padding = stated_padding(&frames);
    let source = source(&frames);
    let patient = first.patient.clone();
    let vendor = first.manufacturer.clone();
    let (acquired, device) = (first.taken(first_frame).0.map(str::to_owned), first.model.clone());
    drop(frames);
    warnings.extend(volume.missing.into_iter().chain(volume.holes).chain(volume.said));
    let samples = decode(images, &volume.frames, &mut warnings)?;
    let mut volume =
        OctVolume::new(layout.columns, layout.rows, count, samples, geometry).map_err(Cause::malformed)?;
    volume.vendor = vendor;
    volume.fundus = reference;
    volume.stated_padding = stated_padding;
    (volume.acquisition.acquired, volume.acquisition.device) = (acquired, device);
    let mut opened = Opened::new(file, Format::Dicom, volume);
    opened.warnings = warnings;
    opened.patient = (patient != crate::Patient::default()).then_some(patient);
    opened.dicom = source;
    Ok(opened)
}

/// The padding that all frames state alike, in the units of their samples. Where they differ,
/// a value of one may be tissue of another.
fn stated_padding(frames: &[(&Facts, usize)]) -> Option<StatedPadding> {
    let of_frame =
        |(facts, index): &(&Facts, usize)| Some(Meaning::of(facts, *index).padding(facts.padding?));
    let first = of_frame(frames.first()?)?;
    frames.iter().all(|frame| of_frame(frame) == Some(first)).then_some(first)
}

/// The pattern of `volume`, whose places make `found`.
fn pattern(found: ScanPattern, shows: Shows, volume: &Volume) -> ScanPattern {
    let could_be_measured = found.why_no_volume().is_none();
    match found {
        _ if shows == Shows::Angiography => ScanPattern::Angiography,
        _ if could_be_measured && volume.is_time_series => ScanPattern::Repeated,
        ScanPattern::Raster | ScanPattern::NotStated | ScanPattern::UnevenRaster
            if !volume.missing.is_empty() =>
        {
            ScanPattern::Incomplete
        }
        _ if could_be_measured && volume.holes.is_some() => ScanPattern::Incomplete,
        ScanPattern::NotStated if volume.is_uneven => ScanPattern::UnevenRaster,
        found => found,
    }
}

fn is_size(pixel_mm: &[f64; 2]) -> bool {
    pixel_mm.iter().all(|side| side.is_finite() && *side > 0.0)
}

/// The image of the fundus that belongs to the frames: one that they refer to,
/// else one of the same study and eye.
fn reference(
    mut fundus_images: Vec<Image>,
    frames: &[(&Facts, usize)],
    laterality: Option<Laterality>,
    warnings: &mut Vec<String>,
) -> (Option<FundusImage>, Option<Facts>) {
    let Some((first, _)) = frames.first() else { return (None, None) };
    let named = frames.iter().flat_map(|(facts, index)| facts.locations(*index));
    let mut named: BTreeSet<&str> = named.filter_map(|location| location.image.as_deref()).collect();
    named.extend(first.referenced.iter().map(String::as_str));
    let is_referred_to =
        |image: &Image| image.facts.sop_instance.as_deref().is_some_and(|instance| named.contains(instance));
    let is_of_the_eye = |image: &Image| {
        let eyes = image.facts.frame(0).laterality.zip(laterality);
        image.facts.study == first.study && eyes.is_none_or(|(one, other)| one == other)
    };
    let place = fundus_images
        .iter()
        .position(is_referred_to)
        .or_else(|| fundus_images.iter().position(is_of_the_eye));
    let Some(place) = place else { return (None, None) };
    let image = fundus_images.swap_remove(place);
    drop(fundus_images);
    let layout = image.facts.layout;
    let greys = match fundus_greys(&image) {
        Ok(greys) => greys,
        Err(cause) => {
            warnings.push(format!("The image of the fundus was left out. {}", cause.of(&image.path)));
            return (None, None);
        }
    };
    let is_photograph = image.facts.is_camera || layout.channels() == 3;
    let kind = if is_photograph { FundusKind::Fundus } else { FundusKind::Slo };
    let pixel_mm = image.facts.frame(0).pixel_spacing.map(|[high, wide]| [wide, high]);
    let reference = FundusImage::new(kind, layout.columns, layout.rows, greys, pixel_mm);
    let facts = reference.is_some().then_some(image.facts);
    (reference, facts)
}

/// What a segmentation of the frames has to name; `None` where the objects lack it.
fn source(frames: &[(&Facts, usize)]) -> Option<Source> {
    let uid = |text: &Option<String>| {
        let is_uid = |uid: &String| {
            uid.len() <= 64 && uid.bytes().all(|letter| letter.is_ascii_digit() || letter == b'.')
        };
        text.clone().filter(is_uid)
    };
    let (first, _) = frames.first()?;
    let source_frame = |(facts, index): &(&Facts, usize)| {
        Some(SourceFrame {
            sop_class_uid: uid(&Some(facts.sop_class.clone())).filter(|uid| !uid.is_empty())?,
            sop_instance_uid: uid(&facts.sop_instance)?,
            frame_number: facts.layout.is_multi_frame.then_some(u32::try_from(index + 1).ok()?),
            position_mm: facts.frame(*index).position,
            orientation: facts.frame(*index).orientation,
        })
    };
    let lossy = frames.iter().find_map(|(facts, _)| facts.lossy.clone());
    let frames: Vec<SourceFrame> = frames.iter().map(source_frame).collect::<Option<_>>()?;
    // References to names that several images share lead anywhere.
    let named: BTreeSet<_> =
        frames.iter().map(|frame| (&frame.sop_instance_uid, frame.frame_number)).collect();
    if named.len() < frames.len() {
        return None;
    }
    Some(Source {
        study_instance_uid: uid(&first.study)?,
        series_instance_uid: uid(&first.series)?,
        frame_of_reference_uid: uid(&first.frame_of_reference),
        study_date: first.study_date.clone(),
        lossy,
        frames,
    })
}
