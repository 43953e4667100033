//! Frames that look like one volume and are several: eyes, days, acquisitions, stacks.

use oct::Laterality;
use oct_formats::{InputFile, Opened, open, open_choice};

use crate::objects::*;

/// Eight single images of one series, the second four with what `more` says of them.
fn halves(one: &[u8], other: &[u8]) -> Vec<InputFile> {
    (1..=8_u8)
        .map(|number| {
            let more = if number < 5 { one } else { other };
            let object = Object::single(number).with([between(), more.to_vec()].concat());
            object.named(&format!("eye/IM{number}.dcm"))
        })
        .collect()
}

/// The same as frames of one object.
fn frames_in_halves(one: &[u8], other: &[u8]) -> Object {
    let groups = (1..=8).map(|number| if number < 5 { one.to_vec() } else { other.to_vec() });
    of_frames(groups.collect()).with(between())
}

fn eyes(files: &[InputFile]) -> Vec<Option<Laterality>> {
    let count = open(files.to_vec()).unwrap().choices.len().max(1);
    let opened = |choice| -> Opened { open_choice(files.to_vec(), choice).unwrap() };
    (0..count).map(|choice| opened(choice).volume.geometry.laterality).collect()
}

fn anatomy(modifier: &[u8]) -> Vec<u8> {
    sequence(
        (0x08, 0x2218),
        &[[text((0x08, 0x100), "SH", "81745001"), sequence((0x08, 0x2220), &[modifier.to_vec()])].concat()],
    )
}

#[test]
fn two_eyes_are_two_volumes_however_they_are_stated() {
    let both = [Some(Laterality::Od), Some(Laterality::Os)];
    let apart = [[1, 2, 3, 4], [5, 6, 7, 8]];
    let code = |value: &str, meaning: &str| {
        anatomy(&[text((0x08, 0x100), "SH", value), text((0x08, 0x104), "LO", meaning)].concat())
    };
    for (right, left) in [
        (text((0x20, 0x62), "CS", "R"), text((0x20, 0x62), "CS", "L")),
        (text((0x20, 0x60), "CS", "R"), text((0x20, 0x60), "CS", "L")),
        (code("24028007", ""), code("7771000", "")),
        (code("G-A100", ""), code("G-A101", "")),
        (code("x", "Right"), code("x", "left eye")),
    ] {
        let files = halves(&right, &left);
        assert_eq!(all_firsts(&files), apart);
        assert_eq!(eyes(&files), both);
        for files in shuffled(&files) {
            assert_eq!(all_firsts(&files), apart);
            assert_eq!(eyes(&files), both);
        }
    }
    let frame = |eye: &str| sequence((0x20, 0x9071), &[text((0x20, 0x9072), "CS", eye)]);
    let object = frames_in_halves(&frame("R"), &frame("L"));
    assert_eq!(all_firsts(&[object.named("both.dcm")]), apart);
    assert_eq!(eyes(&[object.named("both.dcm")]), both);
    let opened = object.open().unwrap();
    assert_eq!(opened.choices, ["OCT, OD, 4 B-scans of 4 x 2", "OCT, OS, 4 B-scans of 4 x 2"]);
    let left = open_choice(vec![object.named("both.dcm")], 1).unwrap();
    let numbers: Vec<_> = left.dicom.unwrap().frames.iter().map(|frame| frame.frame_number).collect();
    assert_eq!(numbers, [5, 6, 7, 8].map(Some));
    // Shared by all frames: one eye, whatever the object says of both.
    let one = Object::volume()
        .with([text((0x20, 0x62), "CS", "B"), sequence((0x5200, 0x9229), &[frame("L")])].concat());
    assert_eq!(one.open().unwrap().volume.geometry.laterality, Some(Laterality::Os));
    // In turns, and with one eye unstated.
    let turns: Vec<Vec<u8>> = (0..8).map(|number| frame(if number % 2 == 0 { "R" } else { "L" })).collect();
    assert_eq!(all_firsts(&[of_frames(turns).named("both.dcm")]), [[1, 3, 5, 7], [2, 4, 6, 8]]);
    assert_eq!(all_firsts(&[frames_in_halves(&frame("R"), &[]).named("both.dcm")]).len(), 2);
}

#[test]
fn two_visits_acquisitions_and_frames_of_reference_are_two_volumes() {
    let day = |tag, value_type: &str, value: &str| text(tag, value_type, value);
    for (one, other) in [
        (day((0x08, 0x2A), "DT", "20200101120000"), day((0x08, 0x2A), "DT", "20200601120000")),
        (day((0x08, 0x2A), "DT", "20200101120000"), day((0x08, 0x2A), "DT", "20200101121000.5")),
        (day((0x08, 0x22), "DA", "20200101"), day((0x08, 0x22), "DA", "20200102")),
        (day((0x08, 0x23), "DA", "20200101"), day((0x08, 0x23), "DA", "20200102")),
        (day((0x08, 0x21), "DA", "20200101"), day((0x08, 0x21), "DA", "20200102")),
        (text((0x08, 0x17), "UI", "1.5.1"), text((0x08, 0x17), "UI", "1.5.2")),
        (text((0x20, 0x12), "IS", "2"), text((0x20, 0x12), "IS", "10")),
        (text((0x20, 0x52), "UI", "1.6.1"), text((0x20, 0x52), "UI", "1.6.2")),
        (
            text((0x08, 0x08), "CS", "ORIGINAL\\PRIMARY"),
            text((0x08, 0x08), "CS", "DERIVED\\PRIMARY\\\\AVERAGED"),
        ),
    ] {
        let files = halves(&one, &other);
        let halves: Vec<Vec<u16>> = all_firsts(&files);
        assert_eq!(halves.len(), 2, "{:?}", open(files).unwrap().choices);
        assert!(halves.contains(&vec![1, 2, 3, 4]) && halves.contains(&vec![5, 6, 7, 8]));
    }
    for (one, other) in [
        (day((0x18, 0x9074), "DT", "20200101120000"), day((0x18, 0x9074), "DT", "20200601120000")),
        (text((0x20, 0x9056), "SH", "A"), text((0x20, 0x9056), "SH", "B")),
        (short((0x20, 0x9156), 1), short((0x20, 0x9156), 2)),
    ] {
        let object = frames_in_halves(&frame_content(&one), &frame_content(&other));
        assert_eq!(all_firsts(&[object.named("both.dcm")]), [[1, 2, 3, 4], [5, 6, 7, 8]]);
    }
    let stacks = frames_in_halves(
        &frame_content(&text((0x20, 0x9056), "SH", "Doe^Jane")),
        &frame_content(&text((0x20, 0x9056), "SH", "Doe^John")),
    );
    assert_eq!(
        stacks.open().unwrap().choices,
        ["OCT, 4 B-scans of 4 x 2, stack 1", "OCT, 4 B-scans of 4 x 2, stack 2"]
    );
}

#[test]
fn eyes_that_only_names_tell_and_persons_are_kept_apart_without_being_named() {
    let named = |name: &dyn Fn(u8) -> String| -> Vec<InputFile> {
        (1..=8).map(|number| Object::single(number).with(between()).named(&name(number))).collect()
    };
    for name in [
        &(|number: u8| format!("{}{number:02}.dcm", if number < 5 { "R" } else { "L" }))
            as &dyn Fn(u8) -> String,
        &|number| format!("eye/{}/IM{number}.dcm", if number < 5 { "right" } else { "left" }),
        &|number| format!("Doe_OD_{number}.dcm").replace("OD", if number < 5 { "OD" } else { "OS" }),
    ] {
        let files = named(name);
        let mut apart = all_firsts(&files);
        apart.sort();
        assert_eq!(apart, [[1, 2, 3, 4], [5, 6, 7, 8]]);
        assert_eq!(eyes(&files), [None, None]);
        let mut choices = open(files).unwrap().choices;
        choices.sort();
        assert_eq!(
            choices,
            ["OCT, by its name OD, 4 B-scans of 4 x 2", "OCT, by its name OS, 4 B-scans of 4 x 2"]
        );
    }
    let described =
        halves(&text((0x08, 0x103E), "LO", "Macula OD"), &text((0x08, 0x103E), "LO", "Macula OS"));
    assert_eq!(all_firsts(&described), [[1, 2, 3, 4], [5, 6, 7, 8]]);
    let persons = halves(&text((0x10, 0x20), "LO", "Doe7"), &text((0x10, 0x20), "LO", "Doe8"));
    assert_eq!(all_firsts(&persons), [[1, 2, 3, 4], [5, 6, 7, 8]]);
    let choices = open(persons).unwrap().choices;
    assert!(!choices.concat().contains("Doe"), "{choices:?}");
}

#[test]
fn two_eyes_that_only_descriptions_tell_are_two_volumes_that_say_so() {
    let stated = text((0x20, 0x60), "CS", "R");
    for (tag, value_type, right, left) in [
        ((0x18, 0x1030), "LO", "Macula OD", "Macula OS"),
        ((0x20, 0x4000), "LT", "Right eye", "Left eye"),
        ((0x20, 0x4000), "LT", "rechtes Auge", "linkes Auge"),
        ((0x08, 0x103E), "LO", "Macular Cube R", "Macular Cube L"),
        ((0x40, 0x0254), "LO", "OCT right", "OCT left"),
        ((0x09, 0x1001), "LO", "EYE OD", "EYE OS"),
        ((0x18, 0x5101), "CS", "O.D.", "O.S."),
    ] {
        let said = |words: &str| text(tag, value_type, words);
        let files = halves(&said(right), &said(left));
        for files in shuffled(&files) {
            assert_eq!(all_firsts(&files), [[1, 2, 3, 4], [5, 6, 7, 8]], "{right}");
        }
        let choices = open(files).unwrap().choices;
        assert!(choices[0].contains("by its description OD"), "{choices:?}");
        assert!(choices[1].contains("by its description OS"), "{choices:?}");
        // Whatever is stated of all of them alike.
        let both = |words: &str| [stated.clone(), said(words)].concat();
        let choices = open(halves(&both(right), &both(left))).unwrap().choices;
        assert!(choices[1].contains("OD, by its description OS"), "{choices:?}");
    }
    let frames = frames_in_halves(
        &frame_content(&text((0x20, 0x9158), "LT", "right")),
        &frame_content(&text((0x20, 0x9158), "LT", "left")),
    );
    assert_eq!(all_firsts(&[frames.named("both.dcm")]), [[1, 2, 3, 4], [5, 6, 7, 8]]);
    // One eye: a word, where what is stated is another.
    let one = Object::volume().with([stated, text((0x20, 0x4000), "LT", "Left eye")].concat());
    let opened = one.open().unwrap();
    assert!(opened.warnings.concat().contains("states OD, but its description says OS"), "{}", said(&opened));
    for same in [("OS", "OS"), ("Scan 1", "Scan 2"), ("OD and OS", "OS and OD")] {
        let [one, other] = [same.0, same.1].map(|words| text((0x20, 0x4000), "LT", words));
        assert_eq!(all_firsts(&halves(&one, &other)).len(), 1, "{same:?}");
    }
}

#[test]
fn choices_of_the_same_words_are_told_apart_by_what_differs() {
    let steps = |lateral: f64| numbers((0x28, 0x30), &[0.004, lateral]);
    let half = |number: u8, lateral: f64| Object { more: steps(lateral), ..Object::single(number) };
    let files: Vec<InputFile> = (1..=8_u8)
        .map(|number| {
            half(number, if number < 5 { 0.01 } else { 0.02 }).with(between()).named(&format!("{number}.dcm"))
        })
        .collect();
    assert_eq!(
        open(files).unwrap().choices,
        [
            "OCT, 4 B-scans of 4 x 2, columns 0.01 mm and rows 0.004 mm apart",
            "OCT, 4 B-scans of 4 x 2, columns 0.02 mm and rows 0.004 mm apart"
        ]
    );
    let scan = |folder: &str, number: u8| {
        let object = Object { series: if folder == "v1" { "1.5" } else { "1.6" }, ..Object::single(number) };
        let instance = format!("{}.{number}", object.series);
        Object { instance, ..object }.with(between()).named(&format!("both/{folder}/{number}.dcm"))
    };
    let files: Vec<InputFile> =
        ["v1", "v2"].iter().flat_map(|folder| (1..=3).map(|number| scan(folder, number))).collect();
    let opened = open(files).unwrap();
    assert_eq!(opened.name, "both");
    assert_eq!(
        opened.choices,
        ["v1", "v2"].map(|folder| format!("OCT, 3 B-scans of 4 x 2, both/{folder}/1.dcm"))
    );
}

#[test]
fn writing_in_the_pixels_that_an_object_states_is_said() {
    let written = Object::volume().with(text((0x28, 0x301), "CS", "YES")).open().unwrap();
    assert!(said(&written).contains("writing is drawn into its pixels"), "{}", said(&written));
    assert_eq!(said(&Object::volume().with(text((0x28, 0x301), "CS", "NO")).open().unwrap()), "");
}

#[test]
fn other_parts_than_the_retina_are_shown_and_not_measured() {
    let region = |code: &str, meaning: &str| {
        let code = [text((0x08, 0x100), "SH", code), text((0x08, 0x104), "LO", meaning)].concat();
        sequence((0x08, 0x2218), &[code])
    };
    let part = |name: &str| text((0x18, 0x15), "CS", name);
    for other in [
        region("T-AA200", "Cornea"),
        region("T-AA050", ""),
        region("1", "Anterior segment of eye"),
        region("1", "Skin of face"),
        part("CORNEA"),
        part("ANTERIOR EYE"),
        part("HEART"),
        text((0x08, 0x103E), "LO", "Anterior Segment 5 Line Raster"),
        sequence((0x08, 0x2228), &[text((0x08, 0x104), "LO", "Iris")]),
    ] {
        let opened = Object::volume().with([between(), other].concat()).open().unwrap();
        let geometry = &opened.volume.geometry;
        assert_eq!((geometry.pattern, geometry.voxel_nl()), (oct::ScanPattern::NoRetina, None));
        assert!(said(&opened).contains("states that it shows this: "), "{}", said(&opened));
    }
    for retina in [
        region("81745001", "Auge"),
        region("T-AA610", "Netzhaut"),
        region("1", "Macula"),
        part("EYE"),
        part("RETINA"),
        part("UNKNOWN"),
        text((0x08, 0x103E), "LO", "Anterior ischemic optic neuropathy"),
    ] {
        let opened = Object::volume().with([between(), retina].concat()).open().unwrap();
        assert!(opened.volume.geometry.pattern != oct::ScanPattern::NoRetina);
    }
    // Both in one series: two volumes, the retina first.
    let opened = open(halves(&part("CORNEA"), &part("RETINA"))).unwrap();
    assert_eq!(opened.chosen, 1);
    assert!(opened.choices[0].contains("CORNEA"), "{:?}", opened.choices);
}

#[test]
fn what_counts_the_bscans_tells_no_volumes_apart() {
    for more in [
        &(|number: u8| text((0x20, 0x12), "IS", &number.to_string())) as &dyn Fn(u8) -> Vec<u8>,
        &|number| text((0x20, 0x52), "UI", &format!("1.6.{number}")),
        &|number| text((0x08, 0x2A), "DT", &format!("202001011200{number:02}.250")),
        // Three B-scans a second, and a rest in the middle of a raster.
        &|number| text((0x08, 0x2A), "DT", &format!("202001011200{:02}", number / 3)),
        &|number| {
            let minute = if number < 4 { 0 } else { 5 };
            [text((0x08, 0x2A), "DT", &format!("2020010112{minute:02}00")), at(0.12 * f64::from(number))]
                .concat()
        },
        // Files that were made one after the other.
        &|number| {
            let made = text((0x08, 0x33), "TM", &format!("12{number:02}00"));
            [text((0x08, 0x23), "DA", "20200101"), made].concat()
        },
    ] {
        let files: Vec<InputFile> = (1..=8_u8)
            .map(|number| Object::single(number).with(more(number)).named(&format!("IM{number}.dcm")))
            .collect();
        assert_eq!(all_firsts(&files), [[1, 2, 3, 4, 5, 6, 7, 8]]);
    }
    let stack = |number: u32| frame_content(&text((0x20, 0x9056), "SH", &number.to_string()));
    assert_eq!(all_firsts(&[of_frames((1..5).map(stack).collect()).named("scan.dcm")]), [[1, 2, 3, 4]]);
}

#[test]
fn objects_of_one_acquisition_that_continue_each_other_are_one_volume() {
    let block = |name: u8, places: &[u8], acquisition: u8| {
        let groups = places.iter().map(|place| group_at(0.1 * f64::from(*place))).collect();
        let object = Object { instance: format!("1.4.{name}"), pixels: tens(places), ..of_frames(groups) };
        object.with(text((0x20, 0x12), "IS", &acquisition.to_string())).named(&format!("{name}.dcm"))
    };
    let whole = [block(1, &[4, 5, 6], 1), block(2, &[1, 2, 3], 1), block(3, &[7, 8, 9], 1)];
    assert_eq!(all_firsts(&whole), [(1..10).collect::<Vec<u16>>()]);
    let lost = [block(1, &[7, 8, 9], 1), block(2, &[1, 2, 3], 1)];
    let opened = open(lost.to_vec()).unwrap();
    assert!(said(&opened).contains("3 B-scans between 3 and 4 are missing"), "{}", said(&opened));
    assert_eq!(opened.volume.geometry.voxel_nl(), None);
    // The same places, or another acquisition.
    assert_eq!(all_firsts(&[block(1, &[1, 2, 3], 1), block(2, &[1, 2, 3], 1)]).len(), 2);
    assert_eq!(all_firsts(&[block(1, &[1, 2, 3], 1), block(2, &[4, 5, 6], 2)]).len(), 2);
}
