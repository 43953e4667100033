//! Reads DICOM images as volumes: objects are sorted into volumes, one of which
//! is unpacked.
//!
//! A volume is a multi-frame object, all parts of a concatenation, or all
//! single-frame images of one series and size. B-scans keep the order of the
//! frames, single images that of their Instance Numbers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use oct::{FundusImage, FundusKind, OctVolume, ScanPattern, StatedPadding};

use super::facts::{Facts, Shows};
use super::frames::{decode, fundus_greys};
use super::geometry::{Fundus, geometry};
use super::image::{Image, Object, parse};
use super::layout::Colour;
use super::meaning::Meaning;
use super::source::{Source, SourceFrame};
use crate::error::Fault;
use crate::{Cause, Format, InputFile, OpenError, Opened};

/// Names that a warning lists.
const LISTED: usize = 3;

/// Reads volume `choice` of those that `files` hold together; without a choice
/// the one with most B-scans among those of Ophthalmic Tomography.
pub(crate) fn read(files: Vec<InputFile>, choice: Option<usize>) -> Result<Opened, Fault> {
    let drop_name = drop_name(&files);
    let mut warnings = Vec::new();
    let (mut images, mut fundus_images, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for file in files {
        let path = file.path.clone();
        match parse(file).map_err(|cause| cause.in_file(&path))? {
            Object::Image(image) => {
                let instance = image.facts.sop_instance.clone();
                if instance.is_some_and(|instance| !seen.insert(instance)) {
                    warnings.push(format!("{} is a copy of another image and was left out.", image.path));
                } else if image.facts.shows == Shows::Fundus {
                    fundus_images.push(*image);
                } else {
                    images.push(*image);
                }
            }
            Object::Other { path, found } => others.push((path, found)),
        }
    }
    if images.is_empty() {
        let found = fundus_images.into_iter().map(|image| (image.path, "an image of the fundus".to_owned()));
        let (file, found) = found.chain(others).next().ok_or(OpenError::Nothing)?;
        return Err(Cause::NoBScans { found }.in_file(&file));
    }
    if let Some((path, found)) = others.first() {
        warnings.push(match others.len() {
            1 => format!("{path} holds {found} and was left out."),
            count => {
                let names: Vec<&str> = others.iter().map(|(path, _)| path.as_str()).take(LISTED).collect();
                let more = if count > LISTED { ", …" } else { "" };
                format!("{count} files without B-scans were left out: {}{more}.", names.join(", "))
            }
        });
    }

    let mut volumes = volumes(images, &mut warnings);
    let choices = choices(&volumes);
    let chosen = choice.unwrap_or_else(|| default(&volumes));
    if chosen >= volumes.len() {
        let count = volumes.len();
        return Err(OpenError::NoSuchChoice { name: drop_name, choice: chosen, count }.into());
    }
    let images = volumes.swap_remove(chosen);
    drop(volumes);
    let first = images.first().map(|image| image.path.clone()).unwrap_or_default();
    let mut opened = open(images, fundus_images, warnings).map_err(|fault| fault.of(&first))?;
    if choices.len() > 1 {
        (opened.choices, opened.chosen) = (choices, chosen);
    }
    opened.name = drop_name;
    Ok(opened)
}

/// The file's name, or that of the folder that all files lie in.
fn drop_name(files: &[InputFile]) -> String {
    let folder = |file: &InputFile| file.path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    match files {
        [] => String::new(),
        [first, others @ ..] => folder(first)
            .filter(|own| {
                !others.is_empty() && others.iter().all(|other| folder(other).as_ref() == Some(own))
            })
            .and_then(|folder| folder.rsplit('/').next().map(str::to_owned))
            .unwrap_or_else(|| first.name().to_owned()),
    }
}

/// What images have to share to be one volume.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Belonging {
    Concatenation(String),
    Series { series: Option<String>, sop_class: String, size: [usize; 2], is_grey: bool, shows: Shows },
}

impl Belonging {
    /// `None` for an image that is a volume alone.
    fn of(facts: &Facts) -> Option<Self> {
        let layout = &facts.layout;
        if let Some((uid, _)) = &facts.concatenation {
            return Some(Self::Concatenation(uid.clone()));
        }
        (layout.frames == 1).then(|| Self::Series {
            series: facts.series.clone(),
            sop_class: facts.sop_class.clone(),
            size: [layout.columns, layout.rows],
            is_grey: layout.channels() == 1,
            shows: facts.shows,
        })
    }
}

/// Images of each volume, in their order.
fn volumes(images: Vec<Image>, warnings: &mut Vec<String>) -> Vec<Vec<Image>> {
    let mut volumes: Vec<Vec<Image>> = Vec::new();
    let mut places: BTreeMap<Belonging, usize> = BTreeMap::new();
    for image in images {
        let belonging = Belonging::of(&image.facts);
        let place =
            belonging.map_or(volumes.len(), |belonging| *places.entry(belonging).or_insert(volumes.len()));
        match volumes.get_mut(place) {
            Some(volume) => volume.push(image),
            None => volumes.push(vec![image]),
        }
    }
    for (belonging, place) in &places {
        let Some(images) = volumes.get_mut(*place) else { continue };
        match belonging {
            Belonging::Concatenation(_) => {
                images.sort_by_key(|image| image.facts.concatenation.as_ref().map(|(_, part)| *part));
            }
            Belonging::Series { .. } => sort_series(images, warnings),
        }
    }
    volumes
}

/// Sorts single images by Instance Number; the stable sort leaves the order of
/// their names where there is none.
fn sort_series(images: &mut [Image], warnings: &mut Vec<String>) {
    let Some(first) = images.first().map(|image| image.path.clone()) else { return };
    images.sort_by_key(|image| image.facts.instance_number);
    let numbers: Option<Vec<i64>> = images.iter().map(|image| image.facts.instance_number).collect();
    let count = images.len();
    let Some(numbers) = numbers.filter(|numbers| numbers.array_windows().all(|[a, b]| a != b)) else {
        if count > 1 {
            warnings.push(format!(
                "{first} and the images with it are not numbered one by one: check the order of the B-scans."
            ));
        }
        return;
    };
    if numbers.array_windows().any(|[a, b]| a.checked_add(1) != Some(*b)) {
        warnings.push(format!(
            "The numbers of {first} and the images with it have gaps: a B-scan may be missing."
        ));
    }
}

fn frames_of(images: &[Image]) -> usize {
    images.iter().map(|image| image.facts.layout.frames).sum()
}

/// The volume that is opened unasked.
fn default(volumes: &[Vec<Image>]) -> usize {
    let rank = |images: &[Image]| {
        let facts = images.first().map(|image| &image.facts);
        let rank = facts.map_or(0, |facts| match (facts.shows, facts.layout.colour) {
            (Shows::Tomography, _) => 3,
            (Shows::Angiography, _) => 2,
            (Shows::General, Colour::Grey { .. }) => 1,
            (Shows::General | Shows::Fundus, _) => 0,
        });
        (rank, frames_of(images))
    };
    (0..volumes.len()).max_by_key(|index| (rank(&volumes[*index]), Reverse(*index))).unwrap_or(0)
}

/// The volumes in words, empty where there is one only.
fn choices(volumes: &[Vec<Image>]) -> Vec<String> {
    let mut choices = Vec::new();
    let mut twins: BTreeMap<String, usize> = BTreeMap::new();
    for images in volumes.iter().filter(|_| volumes.len() > 1) {
        let Some(facts) = images.first().map(|image| &image.facts) else { continue };
        let mut words = vec![facts.shows.name().to_owned()];
        words.extend(facts.laterality.map(|eye| format!("{eye:?}").to_uppercase()));
        let (frames, layout) = (frames_of(images), &facts.layout);
        let what = match (facts.shows, frames) {
            (Shows::General | Shows::Fundus, 1) => "image",
            (Shows::General | Shows::Fundus, _) => "images",
            (_, 1) => "B-scan",
            _ => "B-scans",
        };
        words.push(format!("{frames} {what} of {} x {}", layout.columns, layout.rows));
        words.extend(facts.acquired.as_ref().map(|at| at.replace('T', " ")));
        words.extend(facts.series_number.map(|number| format!("series {number}")));
        let words = words.join(", ");
        let twin = twins.entry(words.clone()).or_default();
        *twin += 1;
        choices.push(if *twin == 1 { words } else { format!("{words} ({twin})") });
    }
    choices
}

/// Unpacks one volume.
fn open(images: Vec<Image>, fundus_images: Vec<Image>, mut warnings: Vec<String>) -> Result<Opened, Fault> {
    let Some(first) = images.first() else { return Err(OpenError::Nothing.into()) };
    let (file, shows, layout) = (first.path.clone(), first.facts.shows, first.facts.layout);
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
    let frames: Vec<(&Facts, usize)> = images
        .iter()
        .flat_map(|image| (0..image.facts.layout.frames).map(|index| (&image.facts, index)))
        .collect();
    let count = frames.len();
    let (reference, fundus) = reference(fundus_images, &frames, &mut warnings);
    let fundus = fundus.as_ref().map(|facts| Fundus {
        instance: facts.sop_instance.as_deref(),
        // Rows first in the file, width first here.
        pixel_mm: facts.frame(0).pixel_spacing.map(|[high, wide]| [wide, high]).filter(is_size),
    });
    let mut geometry = geometry(&file, layout.columns, &frames, fundus.as_ref(), &mut warnings)?;
    geometry.laterality = first.facts.laterality;
    if shows == Shows::Angiography {
        geometry.pattern = ScanPattern::Angiography;
    }
    if images.iter().any(|image| image.facts.has_lookup_table) {
        warnings.push(format!("{file} carries a table for its grey levels, which was not applied."));
    }
    let stated_padding = stated_padding(&frames);
    let source = source(&frames);
    drop(frames);
    let patient = first.facts.patient.clone();
    let vendor = first.facts.manufacturer.clone();
    let (acquired, device) = (first.facts.acquired.clone(), first.facts.model.clone());
    let samples = decode(images, &mut warnings)?;
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

fn is_size(pixel_mm: &[f64; 2]) -> bool {
    pixel_mm.iter().all(|side| side.is_finite() && *side > 0.0)
}

/// The image of the fundus that belongs to the frames: one that they refer to,
/// else one of the same study and eye.
fn reference(
    mut fundus_images: Vec<Image>,
    frames: &[(&Facts, usize)],
    warnings: &mut Vec<String>,
) -> (Option<FundusImage>, Option<Facts>) {
    let Some((first, _)) = frames.first() else { return (None, None) };
    let named = frames.iter().flat_map(|(facts, index)| facts.locations(*index));
    let mut named: BTreeSet<&str> = named.filter_map(|location| location.image.as_deref()).collect();
    named.extend(first.referenced.iter().map(String::as_str));
    let is_referred_to =
        |image: &Image| image.facts.sop_instance.as_deref().is_some_and(|instance| named.contains(instance));
    let is_of_the_eye = |image: &Image| {
        let eyes = image.facts.laterality.zip(first.laterality);
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
            frame_number: (facts.layout.frames > 1).then_some(u32::try_from(index + 1).ok()?),
            position_mm: facts.frame(*index).position,
            orientation: facts.frame(*index).orientation,
        })
    };
    Some(Source {
        study_instance_uid: uid(&first.study)?,
        series_instance_uid: uid(&first.series)?,
        frame_of_reference_uid: uid(&first.frame_of_reference),
        study_date: first.study_date.clone(),
        lossy: frames.iter().find_map(|(facts, _)| facts.lossy.clone()),
        frames: frames.iter().map(source_frame).collect::<Option<_>>()?,
    })
}
