//! The volumes of a drop in words, and which of them is opened unasked.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use dicom_core::Tag;

use super::{FrameOf, Volume};
use crate::dicom::dates::iso;
use crate::dicom::facts::Facts;
use crate::dicom::frame::Frame;
use crate::dicom::image::Image;
use crate::dicom::layout::Colour;
use crate::dicom::shows::Shows;
use crate::names::{Eye, eye_in_path};
use crate::told_apart::told_apart;

/// Of a volume, by its first frame.
struct First<'a> {
    path: &'a str,
    facts: &'a Facts,
    at: FrameOf,
    volume: &'a Volume,
}

impl<'a> First<'a> {
    fn of(images: &'a [Image], volume: &'a Volume) -> Option<Self> {
        let at = *volume.frames.first()?;
        let image = images.get(at.image)?;
        Some(Self { path: &image.path, facts: &image.facts, at, volume })
    }

    fn frame(&self) -> &'a Frame {
        self.facts.frame(self.at.frame)
    }
}

/// The volume that is opened unasked: structure before flow, a retina before other parts,
/// what is whole before what lacks a part, then the one with most B-scans.
pub(in crate::dicom) fn default(images: &[Image], volumes: &[Volume]) -> usize {
    let rank = |volume: &Volume| {
        let first = First::of(images, volume);
        let rank = first.as_ref().map_or(0, |first| match (first.facts.shows, first.facts.layout.colour) {
            (Shows::Tomography, _) => 3,
            (Shows::Angiography, _) => 2,
            (Shows::General, Colour::Grey { .. }) => 1,
            (Shows::General | Shows::Fundus, _) => 0,
        });
        let may_show_retina = first.is_some_and(|first| first.frame().no_retina.is_none());
        (rank, may_show_retina, volume.missing.is_empty() && volume.holes.is_none(), volume.frames.len())
    };
    (0..volumes.len()).max_by_key(|index| (rank(&volumes[*index]), Reverse(*index))).unwrap_or(0)
}

/// The volumes in words that tell them apart, empty where there is one only.
pub(in crate::dicom) fn choices(images: &[Image], volumes: &[Volume]) -> Vec<String> {
    if volumes.len() < 2 {
        return Vec::new();
    }
    let firsts: Vec<First<'_>> = volumes.iter().filter_map(|volume| First::of(images, volume)).collect();
    let choices = firsts.iter().map(|first| words(first, &firsts)).collect();
    let of = |index: usize| firsts.get(index);
    told_apart(
        choices,
        &[
            &|index| {
                let [axial, lateral] = of(index)?.frame().pixel_spacing?;
                Some(format!("columns {lateral} mm and rows {axial} mm apart"))
            },
            &|index| of(index)?.facts.instance_number.map(|number| format!("from image number {number} on")),
            &|index| of(index).map(|first| first.path.to_owned()),
            &|index| of(index).map(|first| format!("from frame {} on", first.at.frame + 1)),
        ],
    )
}

fn words(first: &First<'_>, firsts: &[First<'_>]) -> String {
    let First { facts, volume, .. } = first;
    let mut words = vec![facts.shows.name().to_owned()];
    words.extend(first.frame().no_retina.clone());
    words.extend(eye(first, firsts));
    let (frames, layout) = (volume.frames.len(), &facts.layout);
    let what = match (facts.shows, frames) {
        (Shows::General | Shows::Fundus, 1) => "image",
        (Shows::General | Shows::Fundus, _) => "images",
        (_, 1) => "B-scan",
        _ => "B-scans",
    };
    words.push(format!("{frames} {what} of {} x {}", layout.columns, layout.rows));
    let taken = facts.taken(first.at.frame).0.map(|at| at.replace('T', " "));
    words.extend(taken.or_else(|| iso(facts.study_date.as_ref()?, "")));
    words.extend(facts.series_number.map(|number| format!("series {number}")));
    words.extend(volume.words.iter().cloned());
    words.extend((!volume.missing.is_empty()).then(|| "not all of it".to_owned()));
    words.join(", ")
}

/// The eye as it is stated, and as names and descriptions have it where nothing is stated, or
/// where they tell one volume from another.
fn eye(first: &First<'_>, firsts: &[First<'_>]) -> Option<String> {
    let stated = first.frame().laterality;
    let named = |first: &First<'_>| eye_in_path(first.path);
    let described = |field: &Tag| {
        let field = *field;
        move |first: &First<'_>| first.frame().described_eyes.get(&field).copied()
    };
    let differ = |said: &dyn Fn(&First<'_>) -> Option<Eye>| {
        let said = firsts.iter().filter_map(said).map(|eye| eye.laterality().abbreviation());
        said.collect::<BTreeSet<_>>().len() > 1
    };
    let fields = || first.frame().described_eyes.keys();
    let telling = fields().find(|field| differ(&described(field)));
    let said = match (named(first), telling, fields().next()) {
        (Some(eye), _, _) if differ(&named) => Some(("name", eye)),
        (_, Some(field), _) => described(field)(first).map(|eye| ("description", eye)),
        (Some(eye), None, _) if stated.is_none() => Some(("name", eye)),
        (None, None, Some(field)) if stated.is_none() => {
            described(field)(first).map(|eye| ("description", eye))
        }
        _ => None,
    };
    let said = said.map(|(what, eye)| (what, eye.laterality()));
    match (stated, said) {
        (Some(stated), Some((what, said))) if said != stated => {
            Some(format!("{}, by its {what} {}", stated.abbreviation(), said.abbreviation()))
        }
        (Some(stated), _) => Some(stated.abbreviation().to_owned()),
        (None, said) => said.map(|(what, said)| format!("by its {what} {}", said.abbreviation())),
    }
}
