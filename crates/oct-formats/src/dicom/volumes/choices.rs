//! The volumes of a drop in words, and which of them is opened unasked.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{FrameOf, Volume};
use crate::dicom::dates::iso;
use crate::dicom::eye::eye_in_words;
use crate::dicom::image::Image;
use crate::dicom::layout::Colour;
use crate::dicom::shows::Shows;

fn first<'a>(images: &'a [Image], volume: &Volume) -> Option<(&'a Image, FrameOf)> {
    let frame = *volume.frames.first()?;
    Some((images.get(frame.image)?, frame))
}

/// The volume that is opened unasked: structure before flow, what is whole before
/// what lacks a part, then the one with most B-scans.
pub(in crate::dicom) fn default(images: &[Image], volumes: &[Volume]) -> usize {
    let rank = |volume: &Volume| {
        let shows = first(images, volume).map(|(image, _)| (image.facts.shows, image.facts.layout.colour));
        let rank = shows.map_or(0, |shows| match shows {
            (Shows::Tomography, _) => 3,
            (Shows::Angiography, _) => 2,
            (Shows::General, Colour::Grey { .. }) => 1,
            (Shows::General | Shows::Fundus, _) => 0,
        });
        (rank, volume.missing.is_empty() && volume.holes.is_none(), volume.frames.len())
    };
    (0..volumes.len()).max_by_key(|index| (rank(&volumes[*index]), Reverse(*index))).unwrap_or(0)
}

/// The volumes in words, empty where there is one only.
pub(in crate::dicom) fn choices(images: &[Image], volumes: &[Volume]) -> Vec<String> {
    let mut choices = Vec::new();
    let mut twins: BTreeMap<String, usize> = BTreeMap::new();
    for volume in volumes.iter().filter(|_| volumes.len() > 1) {
        let Some((image, frame)) = first(images, volume) else { continue };
        let facts = &image.facts;
        let mut words = vec![facts.shows.name().to_owned()];
        words.extend(match facts.frame(frame.frame).laterality {
            Some(eye) => Some(eye.abbreviation().to_owned()),
            None => eye_in_words(&image.path).map(|eye| format!("by its name {}", eye.abbreviation())),
        });
        let (frames, layout) = (volume.frames.len(), &facts.layout);
        let what = match (facts.shows, frames) {
            (Shows::General | Shows::Fundus, 1) => "image",
            (Shows::General | Shows::Fundus, _) => "images",
            (_, 1) => "B-scan",
            _ => "B-scans",
        };
        words.push(format!("{frames} {what} of {} x {}", layout.columns, layout.rows));
        let taken = facts.taken(frame.frame).0.map(|at| at.replace('T', " "));
        words.extend(taken.or_else(|| iso(facts.study_date.as_ref()?, "")));
        words.extend(facts.series_number.map(|number| format!("series {number}")));
        words.extend(volume.words.iter().cloned());
        words.extend((!volume.missing.is_empty()).then(|| "not all of it".to_owned()));
        let words = words.join(", ");
        let twin = twins.entry(words.clone()).or_default();
        *twin += 1;
        choices.push(if *twin == 1 { words } else { format!("{words} ({twin})") });
    }
    choices
}
