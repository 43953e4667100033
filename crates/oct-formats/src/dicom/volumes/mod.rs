//! Which frames of the images that were dropped are a volume, and in what order.
//!
//! A volume is a multi-frame object, all parts of a concatenation, all
//! single-frame images of one series, or several multi-frame objects of one
//! acquisition that continue each other. Of these, frames of different eyes, days,
//! acquisitions, stacks or time points are volumes of their own. Where the frames
//! lie decides on their order, then their numbers, then their names.
//!
//! | module | what it holds |
//! |---|---|
//! | [`whole`] | objects that belong together |
//! | [`parts`] | parts of a concatenation, and which is missing |
//! | [`apart`] | frames that do not belong together |
//! | [`along`] | where frames lie across their planes |
//! | [`order`] | the order of the frames, repeats and holes in it |
//! | [`choices`] | the volumes in words |

mod along;
mod apart;
pub(super) mod choices;
mod order;
mod parts;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::frame::Frame;
use super::image::Image;
use crate::error::listed;
use crate::images::natural_key;

/// One frame of one of the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FrameOf {
    /// Index of the image.
    pub(super) image: usize,
    /// Index of the frame in it.
    pub(super) frame: usize,
}

/// Frames that are one volume.
#[derive(Debug, Clone, Default)]
pub(super) struct Volume {
    /// In the order of the B-scans.
    pub(super) frames: Vec<FrameOf>,
    /// Why these are not all frames of the scan, a sentence each.
    pub(super) missing: Vec<String>,
    /// B-scans that places leave out, one sentence.
    pub(super) holes: Option<String>,
    /// What else a person should know, a sentence each.
    pub(super) said: Vec<String>,
    /// What tells it from its neighbours beside eye, size and date.
    pub(super) words: Vec<String>,
    /// Their places, wherever these are stated, make no even raster.
    pub(super) is_uneven: bool,
    /// All frames show one place at different times.
    pub(super) is_time_series: bool,
}

/// All images of a drop.
struct Images<'a> {
    images: &'a [Image],
    /// Place of each in the natural order of their names.
    ranks: Vec<usize>,
    /// Instance Numbers of each series.
    numbers: BTreeMap<Option<&'a str>, BTreeSet<i64>>,
    /// Images of each series.
    counts: BTreeMap<Option<&'a str>, u64>,
}

impl<'a> Images<'a> {
    fn new(images: &'a [Image]) -> Self {
        let mut sorted: Vec<usize> = (0..images.len()).collect();
        sorted.sort_by_cached_key(|index| images.get(*index).map(|image| natural_key(&image.path)));
        let mut ranks = vec![0; images.len()];
        for (rank, index) in sorted.into_iter().enumerate() {
            if let Some(place) = ranks.get_mut(index) {
                *place = rank;
            }
        }
        let mut numbers: BTreeMap<_, BTreeSet<i64>> = BTreeMap::new();
        let mut counts = BTreeMap::new();
        for image in images {
            let series = image.facts.series.as_deref();
            numbers.entry(series).or_default().extend(image.facts.instance_number);
            *counts.entry(series).or_default() += 1;
        }
        Self { images, ranks, numbers, counts }
    }

    /// An index that this module made is there.
    fn image(&self, index: usize) -> &'a Image {
        &self.images[index]
    }

    fn facts(&self, frame: FrameOf) -> &'a Facts {
        &self.image(frame.image).facts
    }

    fn frame(&self, frame: FrameOf) -> &'a Frame {
        self.facts(frame).frame(frame.frame)
    }

    fn rank(&self, frame: FrameOf) -> usize {
        self.ranks[frame.image]
    }

    /// The file of the first of `frames`, by which they are called.
    fn name(&self, frames: &[FrameOf]) -> &'a str {
        frames.first().map_or("", |first| &self.image(first.image).path)
    }
}

/// Says that copies were left out.
pub(super) fn copies_left_out(copies: &[&str]) -> Option<String> {
    match copies {
        [] => None,
        [only] => Some(format!("{only} is a copy of another image and was left out.")),
        several => {
            let names = listed(several.iter());
            Some(format!("{} copies of other images were left out: {names}.", several.len()))
        }
    }
}

/// All volumes that `images` hold, in the natural order of their first files.
pub(super) fn volumes(images: &[Image]) -> Vec<Volume> {
    let images = Images::new(images);
    let mut volumes = Vec::new();
    for whole in whole::wholes(&images) {
        for volume in apart::apart(&images, whole) {
            volumes.extend(order::ordered(&images, volume));
        }
    }
    let first = |volume: &Volume| volume.frames.iter().map(|frame| (images.rank(*frame), frame.frame)).min();
    volumes.sort_by_cached_key(first);
    volumes
}
