//! The files of a drop by what they hold.

use std::collections::BTreeSet;

use super::image::{Image, Object, parse};
use super::shows::Shows;
use super::volumes::copies_left_out;
use crate::InputFile;
use crate::error::Fault;

/// Files by what they hold.
pub(super) struct Sorted {
    /// What may be volumes.
    pub(super) images: Vec<Image>,
    pub(super) fundus_images: Vec<Image>,
    /// Paths, and what they hold in words.
    pub(super) others: Vec<(String, String)>,
}

/// Reads all of `files` but their pixels, and says what is left out at once.
pub(super) fn sorted(files: Vec<InputFile>, warnings: &mut Vec<String>) -> Result<Sorted, Fault> {
    let (mut images, mut fundus_images, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let mut unread = Vec::new();
    for file in files {
        let path = file.path.clone();
        match parse(file).map_err(|cause| cause.in_file(&path))? {
            Object::Image(image) if image.facts.shows == Shows::Fundus => fundus_images.push(*image),
            Object::Image(image) => images.push(*image),
            Object::Other { path, found } => others.push((path, found)),
            Object::Unread { path, cause } => unread.push((path, cause)),
        }
    }
    if !images.iter().any(is_oct)
        && let Some((path, cause)) = unread.first()
    {
        // It may be a part of the only scan.
        return Err(cause.clone().in_file(path));
    }
    warnings.extend(
        unread
            .into_iter()
            .map(|(path, cause)| format!("{path} is not stated as OCT and was left out: it {cause}")),
    );
    without_copies(&mut images, warnings);
    let images = without_beside(images, &mut others);
    Ok(Sorted { images, fundus_images, others })
}

fn is_oct(image: &Image) -> bool {
    matches!(image.facts.shows, Shows::Tomography | Shows::Angiography)
}

/// Leaves out images that another one has the UID, number, place and pixels of. One of
/// its UID alone is an image of its own: UIDs get lost where names are taken out.
fn without_copies(images: &mut Vec<Image>, warnings: &mut Vec<String>) {
    let instance = |image: &Image| image.facts.sop_instance.clone();
    let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for uid in images.iter().filter_map(instance) {
        if !once.insert(uid.clone()) {
            twice.insert(uid);
        }
    }
    let (mut seen, mut copies) = (BTreeSet::new(), Vec::new());
    images.retain(|image| {
        let Some(uid) = instance(image).filter(|uid| twice.contains(uid)) else { return true };
        let position = image.facts.frame(0).position.map(|position| position.map(f64::to_bits));
        let is_new = seen.insert((uid, image.facts.instance_number, position, image.digest()));
        if !is_new {
            copies.push(image.path.clone());
        }
        is_new
    });
    let copies: Vec<&str> = copies.iter().map(String::as_str).collect();
    warnings.extend(copies_left_out(&copies));
}

/// Leaves out what lies beside a scan and is none: parts of an image that is there
/// whole, pictures in colours, single pictures, other modalities.
fn without_beside(images: Vec<Image>, others: &mut Vec<(String, String)>) -> Vec<Image> {
    let instances: BTreeSet<String> =
        images.iter().filter_map(|image| image.facts.sop_instance.clone()).collect();
    let any_oct = images.iter().any(is_oct);
    let series = |image: &Image| (image.facts.series.clone(), image.facts.sop_class.clone());
    let (mut once, mut several) = (BTreeSet::new(), BTreeSet::new());
    for image in &images {
        if image.facts.layout.frames > 1 || !once.insert(series(image)) {
            several.insert(series(image));
        }
    }
    let mut kept = Vec::new();
    for image in images {
        let facts = &image.facts;
        let is_beside = any_oct && !is_oct(&image);
        let source = facts.part.as_ref().and_then(|part| part.source.as_ref());
        let found = if source.is_some_and(|source| instances.contains(source)) {
            Some("a part of an image that is there whole".to_owned())
        } else if is_beside && facts.layout.channels() == 3 {
            Some("a picture in colours".to_owned())
        } else if is_beside && !several.contains(&series(&image)) {
            Some("a single picture that is not stated as OCT".to_owned())
        } else if is_beside {
            facts.other_modality.as_ref().map(|modality| format!("images of the modality {modality}"))
        } else {
            None
        };
        match found {
            Some(found) => others.push((image.path, found)),
            None => kept.push(image),
        }
    }
    kept
}
