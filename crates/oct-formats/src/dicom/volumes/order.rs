//! The order of the frames of a volume: by where they lie, then by their numbers,
//! then by their names. What is there several times becomes several volumes, and
//! what is lost is said.

use std::collections::{BTreeMap, BTreeSet};

use super::along::{Along, Hole, along};
use super::{FrameOf, Images, Volume, copies_left_out};

/// Holes that a sentence lists.
const LISTED: usize = 3;

/// What the order of frames follows where their places do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbering {
    /// Numbers within a stack, or along the dimensions of the object.
    Stack,
    /// The order in which one object, or its parts, hold them.
    Stored,
    /// Instance Numbers, no two alike.
    Instances,
    /// Names.
    None,
}

/// `volume` in order; several where each of its places is there several times.
pub(super) fn ordered(images: &Images<'_>, mut volume: Volume) -> Vec<Volume> {
    drop_copies(images, &mut volume);
    let numbering = sort_by_numbers(images, &mut volume.frames);
    let Some(along) = along(images, &volume.frames) else {
        if let Some(numbers) = repeated_numbers(images, &volume.frames) {
            return by_turns(&volume, &numbers).into_iter().flat_map(|one| ordered(images, one)).collect();
        }
        say_of_numbers(images, &mut volume, numbering);
        say_of_acquisition(images, &mut volume);
        volume.is_time_series = is_time_series(images, &volume.frames);
        return vec![volume];
    };
    let places = along.places();
    if turns(&places) {
        // Told apart by nothing but their order; each has fewer frames than all.
        return by_turns(&volume, &places).into_iter().flat_map(|one| ordered(images, one)).collect();
    }
    volume.is_uneven = places.len() > 2 && !along.is_grid();
    say_of_places(images, &mut volume, &along, &places);
    say_of_acquisition(images, &mut volume);
    if !along.is_in_order() {
        // A first or last B-scan that is missing leaves no hole in the places. Where the
        // numbers follow these, one that is missing among them was no B-scan of the raster.
        if numbering == Numbering::Instances {
            say_of_numbers(images, &mut volume, numbering);
        }
        if numbering != Numbering::None && numbering != Numbering::Stored {
            volume.said.push(format!(
                "The numbers of {} and what belongs to it do not follow the places of the B-scans: the places were followed.",
                images.name(&volume.frames)
            ));
        }
        let mut sorted: Vec<(f64, FrameOf)> =
            along.at_mm.iter().copied().zip(volume.frames.iter().copied()).collect();
        sorted.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        volume.frames = sorted.into_iter().map(|(_, frame)| frame).collect();
    }
    vec![volume]
}

/// Leaves out single images that have pixels, number and place of another one: copies
/// with a name of their own.
fn drop_copies(images: &Images<'_>, volume: &mut Volume) {
    let is_single = |frame: &FrameOf| images.facts(*frame).layout.frames == 1;
    if volume.frames.len() < 2 || !volume.frames.iter().all(is_single) {
        return;
    }
    let place = |frame: &FrameOf| {
        let position = images.frame(*frame).position.map(|position| position.map(f64::to_bits));
        (images.facts(*frame).instance_number, position)
    };
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for frame in &volume.frames {
        *counts.entry(place(frame)).or_default() += 1;
    }
    let digest = |frame: &FrameOf| images.image(frame.image).digest();
    let mut digests: BTreeMap<_, BTreeSet<u64>> = BTreeMap::new();
    for frame in
        volume.frames.iter().filter(|frame| counts.get(&place(frame)).is_some_and(|count| *count > 1))
    {
        digests.entry(place(frame)).or_default().insert(digest(frame));
    }
    // A number that different images share, or none at all, says nothing of any.
    digests
        .retain(|(number, position), digests| position.is_some() || number.is_some() && digests.len() == 1);
    let mut copies = Vec::new();
    volume.frames.retain(|frame| {
        let Some(digests) = digests.get_mut(&place(frame)) else { return true };
        // Gone once it was met.
        let is_first = digests.remove(&digest(frame));
        if !is_first {
            copies.push(images.image(frame.image).path.as_str());
        }
        is_first
    });
    volume.said.extend(copies_left_out(&copies));
}

/// Sorts `frames` by the best numbers that all of them have.
fn sort_by_numbers(images: &Images<'_>, frames: &mut [FrameOf]) -> Numbering {
    frames.sort_by_key(|frame| {
        let facts = images.facts(*frame);
        let part = facts.part.as_ref();
        let part = (part.and_then(|part| part.number), part.and_then(|part| part.offset));
        (part, facts.instance_number, images.rank(*frame), frame.frame)
    });
    let in_stack: Option<Vec<u32>> = frames.iter().map(|frame| images.frame(*frame).in_stack).collect();
    if in_stack.is_some_and(all_differ) {
        frames.sort_by_key(|frame| images.frame(*frame).in_stack);
        return Numbering::Stack;
    }
    let dimensions: Vec<&[u32]> =
        frames.iter().map(|frame| images.frame(*frame).dimensions.as_slice()).collect();
    if dimensions.iter().all(|numbers| !numbers.is_empty()) && all_differ(dimensions) {
        frames.sort_by_key(|frame| &images.frame(*frame).dimensions);
        return Numbering::Stack;
    }
    let of_one_object = frames.first().is_some_and(|first| {
        frames.iter().all(|frame| frame.image == first.image) || images.facts(*first).part.is_some()
    });
    if of_one_object {
        return Numbering::Stored;
    }
    let instances: Option<Vec<i64>> =
        frames.iter().map(|frame| images.facts(*frame).instance_number).collect();
    if instances.is_some_and(all_differ) {
        return Numbering::Instances;
    }
    // Some have numbers and some share them: several objects of many frames keep these together.
    Numbering::None
}

fn all_differ<T: Ord>(numbers: Vec<T>) -> bool {
    let count = numbers.len();
    numbers.into_iter().collect::<BTreeSet<T>>().len() == count
}

/// Whether there are several numbers, each as often as the others and more than once.
fn turns<T: Ord>(numbers: &[T]) -> bool {
    let mut counts: BTreeMap<&T, usize> = BTreeMap::new();
    for number in numbers {
        *counts.entry(number).or_default() += 1;
    }
    let first = counts.values().next().copied().unwrap_or(0);
    first > 1 && counts.len() > 1 && counts.values().all(|count| *count == first)
}

/// Numbers by which the frames are there several times; of frames without places.
fn repeated_numbers(images: &Images<'_>, frames: &[FrameOf]) -> Option<Vec<i64>> {
    let first = frames.first()?;
    let numbers: Option<Vec<i64>> = if frames.iter().all(|frame| frame.image == first.image) {
        frames.iter().map(|frame| images.frame(*frame).in_stack.map(i64::from)).collect()
    } else if frames.iter().all(|frame| images.facts(*frame).layout.frames == 1)
        // The parts of an image may each count their own.
        && images.facts(*first).part.is_none()
    {
        frames.iter().map(|frame| images.facts(*frame).instance_number).collect()
    } else {
        None
    };
    numbers.filter(|numbers| turns(numbers))
}

/// The frames that are there for the first time, for the second, and so on.
fn by_turns<T: Ord>(volume: &Volume, numbers: &[T]) -> Vec<Volume> {
    let mut seen: BTreeMap<&T, usize> = BTreeMap::new();
    let mut volumes: Vec<Volume> = Vec::new();
    for (frame, number) in volume.frames.iter().zip(numbers) {
        let turn = seen.entry(number).or_default();
        if *turn == volumes.len() {
            let mut words = volume.words.clone();
            words.push(format!("set {}", *turn + 1));
            volumes.push(Volume { frames: Vec::new(), words, ..volume.clone() });
        }
        if let Some(volume) = volumes.get_mut(*turn) {
            volume.frames.push(*frame);
        }
        *turn += 1;
    }
    volumes
}

/// Says what of a raster is lost, and what is there twice.
fn say_of_places(images: &Images<'_>, volume: &mut Volume, along: &Along, places: &[usize]) {
    let name = images.name(&volume.frames);
    if !all_differ(places.to_vec()) {
        volume.said.push(format!(
            "Some B-scans of {name} lie at the same place, others do not: they are shown as they are and not measured."
        ));
    }
    let mut holes = along.holes();
    // Counted as they are stored.
    let count = along.at_mm.len();
    if along.at_mm.is_sorted_by(|one, other| one >= other) {
        holes = holes.into_iter().rev().map(|hole| Hole { after: count - 2 - hole.after, ..hole }).collect();
    }
    volume.holes = sentence_of(&holes, name);
}

fn sentence_of(holes: &[Hole], name: &str) -> Option<String> {
    let words = |hole: &Hole| {
        let (before, after) = (hole.after + 1, hole.after + 2);
        match hole.lost {
            1 => format!("a B-scan between {before} and {after} is missing"),
            lost => format!("{lost} B-scans between {before} and {after} are missing"),
        }
    };
    let more = if holes.len() > LISTED { ", and more" } else { "" };
    let listed: Vec<String> = holes.iter().take(LISTED).map(words).collect();
    (!holes.is_empty())
        .then(|| format!("By the places of {name} and what belongs to it, {}{more}.", listed.join(", ")))
}

/// Says what the numbers say where places say nothing of it.
fn say_of_numbers(images: &Images<'_>, volume: &mut Volume, numbering: Numbering) {
    let frames = &volume.frames;
    let Some(first) = frames.first() else { return };
    let name = images.name(frames);
    let numbers: Vec<i64> = match numbering {
        Numbering::Stack => {
            frames.iter().filter_map(|frame| images.frame(*frame).in_stack.map(i64::from)).collect()
        }
        Numbering::Instances => {
            frames.iter().filter_map(|frame| images.facts(*frame).instance_number).collect()
        }
        Numbering::Stored => return,
        Numbering::None if frames.len() > 1 => {
            volume.said.push(format!(
                "{name} and the images with it are not numbered one by one and were put in the order of their names: check the order of the B-scans."
            ));
            return;
        }
        Numbering::None => return,
    };
    // Numbers of a series that its other images have are no holes.
    let taken = images.numbers.get(&images.facts(*first).series.as_deref());
    let is_taken =
        |number: i64| numbering == Numbering::Instances && taken.is_some_and(|taken| taken.contains(&number));
    if has_hole(&numbers, is_taken) {
        volume.missing.push(format!(
            "The numbers of {name} and the images with it have gaps: a B-scan may be missing."
        ));
    }
}

/// Says where an acquisition has more images than its series has here. One more is
/// mostly the image of the fundus.
fn say_of_acquisition(images: &Images<'_>, volume: &mut Volume) {
    let Some(first) = volume.frames.first() else { return };
    let stated = volume.frames.iter().filter_map(|frame| {
        let facts = images.facts(*frame);
        facts.images_in_acquisition.filter(|_| facts.layout.frames == 1 && facts.part.is_none())
    });
    let here = images.counts.get(&images.facts(*first).series.as_deref()).copied().unwrap_or(0);
    let Some(stated) = stated.max().filter(|stated| *stated > here) else { return };
    let sentence = format!(
        "{} states {stated} images in its acquisition, of which {here} are here: a B-scan may be missing.",
        images.name(&volume.frames)
    );
    if stated - here == 1 { volume.said.push(sentence) } else { volume.missing.push(sentence) }
}

/// Whether the sorted `numbers` leave out one that nobody has, by their smallest step.
fn has_hole(numbers: &[i64], is_taken: impl Fn(i64) -> bool) -> bool {
    let steps = || numbers.array_windows().map(|[one, other]| other.saturating_sub(*one));
    let Some(step) = steps().min().filter(|step| *step > 0) else { return false };
    numbers.array_windows().any(|[one, other]| {
        // The first number that nobody has ends it, so a wide gap costs nothing.
        let mut number = *one;
        loop {
            match number.checked_add(step) {
                Some(next) if next < *other => number = next,
                _ => return false,
            }
            if !is_taken(number) {
                return true;
            }
        }
    })
}

/// Whether all frames show one place, each at another time, as far as they say.
fn is_time_series(images: &Images<'_>, frames: &[FrameOf]) -> bool {
    let times: Option<Vec<i64>> = frames.iter().map(|frame| images.frame(*frame).time_point).collect();
    let lies_somewhere = |frame: &FrameOf| {
        let frame = images.frame(*frame);
        frame.between.is_some() || frame.in_stack.is_some_and(|number| number > 1)
    };
    frames.len() > 1 && times.is_some_and(all_differ) && !frames.iter().any(lies_somewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_holes_are_told_from_a_wider_step() {
        let nobody = |_| false;
        assert!(has_hole(&[1, 2, 4], nobody));
        assert!(!has_hole(&[1, 3, 5], nobody));
        assert!(!has_hole(&[1, 2, 4], |number| number == 3));
        assert!(has_hole(&[i64::MIN, i64::MIN + 1, i64::MAX], nobody));
        assert!(!has_hole(&[5, 5], nobody) && !has_hole(&[7], nobody));
    }

    #[test]
    fn turns_are_counted_where_all_are_alike() {
        assert!(turns(&[1, 2, 1, 2]));
        for once in [&[1, 1, 1][..], &[1, 2, 1], &[1, 2], &[]] {
            assert!(!turns(once), "{once:?}");
        }
    }
}
