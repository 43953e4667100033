//! Objects that belong together.

use std::collections::BTreeMap;

use oct::Laterality;

use super::along::along;
use super::parts::missing;
use super::{FrameOf, Images, Volume};
use crate::dicom::facts::Facts;
use crate::dicom::shows::Shows;

/// What all objects of a volume share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shared<'a> {
    study: Option<&'a str>,
    series: Option<&'a str>,
    sop_class: &'a str,
    shows: Shows,
    is_grey: bool,
}

/// What the parts of one image share besides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Whole<'a> {
    uid: &'a str,
    frame_of_reference: Option<&'a str>,
    is_right: Option<bool>,
}

/// What several objects of one acquisition share besides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Acquisition<'a> {
    size: [usize; 2],
    frame_of_reference: Option<&'a str>,
    image_type: &'a str,
    uid: Option<&'a str>,
    number: Option<i64>,
    acquired: Option<&'a str>,
    is_right: Option<bool>,
}

/// How an image belongs to others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Belonging<'a> {
    /// One of the parts of an image.
    Part(Shared<'a>, Whole<'a>),
    /// One frame of a series.
    Series(Shared<'a>, [usize; 2], u32),
    /// Several frames of an acquisition.
    Frames(Shared<'a>, Acquisition<'a>),
    /// A volume alone.
    Alone(usize),
}

impl<'a> Belonging<'a> {
    fn of(index: usize, facts: &'a Facts) -> Self {
        let layout = &facts.layout;
        let shared = Shared {
            study: facts.study.as_deref(),
            series: facts.series.as_deref(),
            sop_class: &facts.sop_class,
            shows: facts.shows,
            is_grey: layout.channels() == 1,
        };
        let size = [layout.columns, layout.rows];
        let frame_of_reference = facts.frame_of_reference.as_deref();
        let is_right = facts.all_frames.laterality.map(|eye| eye == Laterality::Od);
        if let Some(part) = &facts.part {
            // Its own UID tells, whatever became of that of the series.
            let shared = Shared { study: None, series: None, ..shared };
            return Self::Part(shared, Whole { uid: &part.whole, frame_of_reference, is_right });
        }
        if layout.frames == 1 {
            return Self::Series(shared, size, layout.bits_allocated);
        }
        let (uid, number) = (facts.acquisition.as_deref(), facts.all_frames.acquisition_number);
        if uid.is_none() && number.is_none() {
            return Self::Alone(index);
        }
        let (image_type, acquired) = (facts.image_type.as_str(), facts.acquired.as_deref());
        Self::Frames(
            shared,
            Acquisition { size, frame_of_reference, image_type, uid, number, acquired, is_right },
        )
    }
}

/// Frames of objects that belong together, whatever else tells the frames apart.
pub(super) fn wholes(images: &Images<'_>) -> Vec<Volume> {
    let mut sets: BTreeMap<Belonging<'_>, Vec<usize>> = BTreeMap::new();
    for (index, image) in images.images.iter().enumerate() {
        sets.entry(Belonging::of(index, &image.facts)).or_default().push(index);
    }
    let mut wholes = Vec::new();
    for (belonging, members) in sets {
        match belonging {
            Belonging::Part(..) => {
                let (missing, said) = missing(images, &members);
                wholes.push(Volume { missing, said, ..volume(images, &members) });
            }
            Belonging::Series(..) | Belonging::Alone(_) => wholes.push(volume(images, &members)),
            Belonging::Frames(..) => {
                let together = volume(images, &members);
                if members.len() == 1 || !continue_each_other(images, &together.frames) {
                    wholes.extend(members.iter().map(|member| volume(images, &[*member])));
                } else {
                    wholes.push(together);
                }
            }
        }
    }
    wholes
}

/// All frames of `members`, with what contradicts itself in these.
fn volume(images: &Images<'_>, members: &[usize]) -> Volume {
    let frames_of =
        |image: usize| (0..images.image(image).frames_there()).map(move |frame| FrameOf { image, frame });
    Volume {
        frames: members.iter().flat_map(|member| frames_of(*member)).collect(),
        missing: members.iter().filter_map(|member| images.image(*member).not_whole()).collect(),
        ..Volume::default()
    }
}

/// Whether frames of several objects lie on one grid, each at a place of its own.
fn continue_each_other(images: &Images<'_>, frames: &[FrameOf]) -> bool {
    along(images, frames).is_some_and(|along| along.is_grid())
}
