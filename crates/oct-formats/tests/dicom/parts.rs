//! Parts of a concatenation, and objects that contradict themselves.

use oct::ScanPattern;
use oct_formats::{InputFile, Opened, open};

use crate::objects::*;

/// A part with two B-scans, the first of which is number `2 * number - 1`.
#[derive(Clone, Copy)]
struct Part {
    number: Option<u16>,
    total: Option<u16>,
    offset: Option<u32>,
    uid: Option<&'static str>,
    source: Option<&'static str>,
}

const PART: Part = Part { number: None, total: Some(3), offset: None, uid: Some("1.7"), source: Some("1.8") };

impl Part {
    /// Number `number` (from 1) as a file, whatever it says of itself.
    fn file(self, number: u8) -> InputFile {
        let mut more = Vec::new();
        more.extend(self.uid.iter().flat_map(|uid| text((0x20, 0x9161), "UI", uid)));
        more.extend(self.source.iter().flat_map(|uid| text((0x20, 0x0242), "UI", uid)));
        more.extend(short((0x20, 0x9162), self.number.unwrap_or(number.into())));
        more.extend(self.total.iter().flat_map(|total| short((0x20, 0x9163), *total)));
        more.extend(self.offset.iter().flat_map(|offset| long((0x20, 0x9228), *offset)));
        let first = 2 * number - 1;
        let groups = [first, first + 1].map(|place| group_at(0.12 * f64::from(place))).to_vec();
        let pixels = tens(&[first, first + 1]);
        let object = Object { instance: format!("1.7.{number}"), pixels, ..of_frames(groups) };
        object.with(more).named(&format!("part{number}.dcm"))
    }
}

fn opened_of(files: &[InputFile]) -> Opened {
    let opened = open(files.to_vec()).unwrap();
    for files in shuffled(files) {
        assert_eq!(firsts(&open(files).unwrap()), firsts(&opened));
    }
    opened
}

fn is_measured(opened: &Opened) -> bool {
    opened.volume.geometry.voxel_nl().is_some()
}

#[test]
fn a_missing_part_is_named_and_nothing_is_measured() {
    let part = |number| PART.file(number);
    let whole = opened_of(&[part(3), part(1), part(2)]);
    assert_eq!((firsts(&whole), whole.warnings.as_slice()), ((1..7).collect::<Vec<u16>>(), &[][..]));
    assert!(is_measured(&whole));
    for (files, sentence) in [
        (vec![part(1), part(2)], "part 3 of 3 is missing"),
        (vec![part(1), part(3)], "part 2 of 3 is missing"),
        (vec![part(2), part(3)], "part 1 of 3 is missing"),
        (vec![part(2)], "parts 1 and 3 of 3 are missing"),
    ] {
        let opened = opened_of(&files);
        assert!(said(&opened).contains(sentence), "{}", said(&opened));
        assert_eq!((opened.volume.geometry.pattern, is_measured(&opened)), (ScanPattern::Incomplete, false));
    }
    // The same without the UID of the whole, or of its source, or of either.
    for (uid, source) in [(Some("1.7"), None), (None, Some("1.8")), (None, None)] {
        let part = |number| Part { uid, source, ..PART }.file(number);
        assert!(is_measured(&opened_of(&[part(1), part(2), part(3)])));
        let opened = opened_of(&[part(1), part(3)]);
        assert!(said(&opened).contains("part 2 of 3 is missing"), "{}", said(&opened));
    }
}

#[test]
fn totals_that_lie_or_lack_are_not_believed() {
    let part = |total| move |number| Part { total, ..PART }.file(number);
    let none = part(None);
    let opened = opened_of(&[none(1), none(2), none(3)]);
    assert!(is_measured(&opened) && said(&opened).contains("how many is not stated"), "{}", said(&opened));
    for (files, sentence) in [
        (vec![none(1), none(3)], "part 2 is missing"),
        (vec![none(1)], "only part 1 is here"),
        (
            vec![part(Some(2))(1), part(Some(2))(2), part(Some(2))(3)],
            "there are 3 of them, but they state 2 in all",
        ),
        (vec![part(Some(3))(1), part(Some(3))(2), part(Some(4))(3)], "part 4 of 4 is missing"),
        (vec![part(Some(65_535))(1)], "parts 2, 3, 4, 5 and more of 65535 are missing"),
    ] {
        let opened = opened_of(&files);
        assert!(said(&opened).contains(sentence), "{}", said(&opened));
        assert!(!is_measured(&opened));
    }
    // One part of one is the whole, as Ophthalmic Tomography has to write it.
    assert!(is_measured(&opened_of(&[part(Some(1))(1)])));
    let from_0 = |number: u8| Part { number: Some(u16::from(number) - 1), ..PART }.file(number);
    assert!(is_measured(&opened_of(&[from_0(1), from_0(2), from_0(3)])));
}

#[test]
fn offsets_tell_which_bscans_are_missing() {
    let part = |number: u8, offset: u32| Part { total: None, offset: Some(offset), ..PART }.file(number);
    assert!(is_measured(&opened_of(&[part(1, 0), part(2, 2), part(3, 4)])));
    assert!(is_measured(&opened_of(&[part(1, 0), part(2, 0), part(3, 0)])));
    for (files, sentence) in [
        ([part(1, 0), part(2, 6)], "B-scans 3 to 6 before part 2 are missing"),
        ([part(1, 2), part(2, 4)], "B-scans 1 to 2 before part 1 are missing"),
        ([part(1, 0), part(2, 1)], "part 2 begins with B-scan 2"),
    ] {
        let opened = opened_of(&files);
        assert!(said(&opened).contains(sentence), "{}", said(&opened));
        assert!(!is_measured(&opened));
    }
}

#[test]
fn a_part_that_is_there_twice_is_left_out_or_said() {
    let part = |number| PART.file(number);
    let copy = InputFile { path: "copy/part2.dcm".to_owned(), ..part(2) };
    let opened = open(vec![part(1), part(2), part(3), copy]).unwrap();
    assert_eq!(firsts(&opened), [1, 2, 3, 4, 5, 6]);
    assert!(is_measured(&opened) && said(&opened).contains("copy"), "{}", said(&opened));
    let other = Part { number: Some(2), ..PART }.file(4);
    let opened = open(vec![part(1), part(2), part(3), other]).unwrap();
    assert!(said(&opened).contains("there are two different parts 2"), "{}", said(&opened));
    assert!(!is_measured(&opened));
}

#[test]
fn parts_of_two_images_do_not_mix_and_the_whole_replaces_its_parts() {
    let one = |number: u8| PART.file(number);
    let second = |number: u8| {
        Part { uid: Some("1.9"), source: None, number: Some(number.into()), ..PART }.file(number + 3)
    };
    let files = [one(1), second(1), one(2), second(3), one(3), second(2)];
    assert_eq!(all_firsts(&files), [(1..7).collect::<Vec<u16>>(), (7..13).collect()]);
    // The one that is whole is opened, the other one says that it is not.
    let opened = open(vec![second(1), second(2), one(1), one(2), one(3)]).unwrap();
    assert_eq!(firsts(&opened), [1, 2, 3, 4, 5, 6]);
    assert!(opened.choices.iter().any(|choice| choice.ends_with("not all of it")), "{:?}", opened.choices);

    let groups = (1..7).map(|place| group_at(0.12 * f64::from(place))).collect();
    let source = Object { instance: "1.8".to_owned(), ..of_frames(groups) };
    let opened = open(vec![one(1), one(2), source.named("whole.dcm")]).unwrap();
    assert_eq!((firsts(&opened), opened.choices.len()), ((1..7).collect::<Vec<u16>>(), 0));
    assert!(is_measured(&opened) && said(&opened).contains("left out"), "{}", said(&opened));
}

#[test]
fn an_object_that_contradicts_itself_is_not_measured() {
    let sound = of_frames((1..5).map(|place| group_at(0.12 * f64::from(place))).collect());
    assert!(is_measured(&sound.open().unwrap()));
    let fewer = Object { frames: Some("3"), ..sound.clone() };
    let opened = fewer.open().unwrap();
    assert!(said(&opened).contains("states 3 frames and describes 4"), "{}", said(&opened));
    assert!(!is_measured(&opened));
    let undescribed = Object { groups: Vec::new(), frames: Some("2"), ..sound.clone() }.with(between());
    let opened = undescribed.open().unwrap();
    assert!(said(&opened).contains("states 2 frames and holds 4"), "{}", said(&opened));
    assert!(!is_measured(&opened));
    let half = Object { groups: sound.groups[..2].to_vec(), ..sound.clone() }.with(between());
    assert!(!is_measured(&half.open().unwrap()));
    let extract = sound.with(sequence((0x08, 0x1164), &[text((0x08, 0x1167), "UI", "1.4")]));
    let opened = extract.open().unwrap();
    assert!(said(&opened).contains("taken out of another object"), "{}", said(&opened));
    assert!(!is_measured(&opened));
}
