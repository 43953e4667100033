//! Frames of one object or one series that do not belong together.

use std::collections::{BTreeMap, BTreeSet};

use dicom_core::Tag;
use oct::Laterality;

use super::along::along;
use super::{FrameOf, Images, Volume};
use crate::dicom::dates::second_of_day;
use crate::names::{Eye, eye_in_path};

/// Nobody waits this long from one B-scan of a volume to the next, seconds.
const PAUSE: u32 = 20;
/// Spacings that differ by less than this fraction are one.
const SAME: f64 = 1e-3;

/// Fields with an eye in words that are looked at.
const MOST_FIELDS: usize = 64;

/// When a property tells frames apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Always, and those that do not state it from those that do.
    Always,
    /// Always among those that state it.
    Stated,
    /// Unless it is another one for each frame: then it counts them.
    UnlessCounting,
}

/// The volumes in `whole`.
pub(super) fn apart(images: &Images<'_>, whole: Volume) -> Vec<Volume> {
    let day = |frame: FrameOf| images.facts(frame).taken(frame.frame).0?.get(..10);
    let facts = |frame| images.facts(frame);
    let fields = |frame: &FrameOf| images.frame(*frame).described_eyes.keys();
    let described: BTreeSet<Tag> = whole.frames.iter().flat_map(fields).copied().collect();
    let mut volumes = vec![whole];
    let mut split = |rule, word: Option<&str>, key: &dyn Fn(FrameOf) -> Option<String>| {
        volumes = std::mem::take(&mut volumes)
            .into_iter()
            .flat_map(|volume| named(volume, word, |frames| by(frames, rule, key)))
            .collect();
    };
    let side = |eye: Laterality| u8::from(eye == Laterality::Os).to_string();
    split(Rule::Always, None, &|frame| images.frame(frame).laterality.map(side));
    // Where nothing else does, names and descriptions tell one eye from the other.
    split(Rule::Stated, None, &|frame| {
        eye_in_path(&images.image(frame.image).path).map(Eye::laterality).map(side)
    });
    for field in described.into_iter().take(MOST_FIELDS) {
        split(Rule::Stated, None, &|frame| {
            images.frame(frame).described_eyes.get(&field).map(|eye| side(eye.laterality()))
        });
    }
    split(Rule::Always, None, &|frame| images.frame(frame).no_retina.clone());
    split(Rule::Stated, None, &|frame| day(frame).map(str::to_owned));
    let soft = Rule::UnlessCounting;
    split(soft, Some("person"), &|frame| {
        let patient = &facts(frame).patient;
        patient.id.clone().or_else(|| patient.name.clone())
    });
    split(soft, Some("frame of reference"), &|frame| facts(frame).frame_of_reference.clone());
    split(soft, None, &|frame| facts(frame).series_number.map(ordered));
    split(soft, Some("description"), &|frame| facts(frame).series_description.clone());
    split(soft, Some("acquisition"), &|frame| facts(frame).acquisition.clone());
    split(soft, Some("acquisition"), &|frame| images.frame(frame).acquisition_number.map(ordered));
    split(soft, Some("image type"), &|frame| Some(facts(frame).image_type.clone()));
    split(soft, Some("stack"), &|frame| images.frame(frame).stack.clone());
    split(soft, Some("time point"), &|frame| images.frame(frame).time_point.map(ordered));
    let spacings =
        |axis: usize| move |frame: FrameOf| images.frame(frame).pixel_spacing.map(|spacing| spacing[axis]);
    for axis in [0, 1] {
        let is_other = |one: f64, other: f64| other - one > SAME * one.abs();
        volumes = volumes
            .into_iter()
            .flat_map(|volume| named(volume, None, |frames| cut(frames, spacings(axis), is_other)))
            .collect();
    }
    let second = |frame: FrameOf| {
        let (taken, is_exact) = images.facts(frame).taken(frame.frame);
        taken.filter(|_| is_exact).and_then(second_of_day).map(f64::from)
    };
    let is_pause = |one: f64, other: f64| other - one > f64::from(PAUSE);
    volumes
        .into_iter()
        .flat_map(|volume| {
            // A rest in the middle of one raster, or of lines that cross.
            let is_one = match along(images, &volume.frames) {
                Some(along) => along.is_grid(),
                None => volume.frames.iter().any(|frame| lies_somewhere(images, *frame)),
            };
            if is_one { vec![volume] } else { named(volume, None, |frames| cut(frames, second, is_pause)) }
        })
        .collect()
}

fn lies_somewhere(images: &Images<'_>, frame: FrameOf) -> bool {
    images.frame(frame).position.is_some() || !images.facts(frame).locations(frame.frame).is_empty()
}

/// A number as a text that sorts as numbers do.
fn ordered(number: i64) -> String {
    format!("{:020}", i128::from(number) - i128::from(i64::MIN))
}

/// `volume` in what `split` makes of its frames, each called by `word` and a number
/// where there are several.
fn named(
    mut volume: Volume,
    word: Option<&str>,
    split: impl FnOnce(Vec<FrameOf>) -> Vec<Vec<FrameOf>>,
) -> Vec<Volume> {
    let groups = split(std::mem::take(&mut volume.frames));
    let several = groups.len() > 1;
    let name = |(index, frames)| {
        let mut words = volume.words.clone();
        words.extend(word.filter(|_| several).map(|word| format!("{word} {}", index + 1)));
        Volume { frames, words, ..volume.clone() }
    };
    groups.into_iter().enumerate().map(name).collect()
}

/// Frames by `key`, in its order.
fn by(frames: Vec<FrameOf>, rule: Rule, key: &dyn Fn(FrameOf) -> Option<String>) -> Vec<Vec<FrameOf>> {
    let mut groups: BTreeMap<Option<String>, Vec<FrameOf>> = BTreeMap::new();
    for frame in &frames {
        groups.entry(key(*frame)).or_default().push(*frame);
    }
    let stated = groups.keys().flatten().count();
    let is_counting = groups.values().all(|group| group.len() == 1);
    let is_one = match rule {
        Rule::Always => false,
        Rule::Stated => stated < 2,
        Rule::UnlessCounting => stated < 2 || is_counting,
    };
    if is_one { vec![frames] } else { groups.into_values().collect() }
}

/// Frames cut wherever their sorted values are apart; in one where not each has a
/// value, and where each would be alone.
fn cut(
    frames: Vec<FrameOf>,
    value: impl Fn(FrameOf) -> Option<f64>,
    is_apart: impl Fn(f64, f64) -> bool,
) -> Vec<Vec<FrameOf>> {
    let values: Option<Vec<f64>> = frames.iter().map(|frame| value(*frame)).collect();
    let Some(values) = values else { return vec![frames] };
    let mut sorted: Vec<(f64, FrameOf)> = values.into_iter().zip(frames.iter().copied()).collect();
    sorted.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let groups: Vec<Vec<FrameOf>> = sorted
        .chunk_by(|(one, _), (other, _)| !is_apart(*one, *other))
        .map(|group| group.iter().map(|(_, frame)| *frame).collect())
        .collect();
    let is_counting = groups.iter().all(|group| group.len() == 1);
    if groups.len() == 1 || is_counting { vec![frames] } else { groups }
}
