//! The order of the B-scans, what is there twice, and what is lost.

use oct::ScanPattern;
use oct_formats::{InputFile, open};

use crate::objects::*;

/// Single images called `IM1.dcm` and so on, with what `more` says of each.
fn named_in_order(count: u8, more: impl Fn(u8) -> Vec<u8>) -> Vec<InputFile> {
    (1..=count)
        .map(|number| {
            let object = Object { more: Object::volume().more, ..Object::single(number) };
            object.with(more(number)).named(&format!("eye/IM{number}.dcm"))
        })
        .collect()
}

fn instance(number: i64) -> Vec<u8> {
    text((0x20, 0x13), "IS", &number.to_string())
}

#[test]
fn equal_or_missing_numbers_leave_places_and_then_names_to_decide() {
    let ordered: Vec<u16> = (1..13).collect();
    for number in [Vec::new(), instance(1)] {
        let placed = named_in_order(12, |own| [number.clone(), at(0.12 * f64::from(own))].concat());
        let opened = open(placed).unwrap();
        assert_eq!(firsts(&opened), ordered);
        assert_eq!(opened.volume.geometry.pattern, ScanPattern::Raster);
        assert!((opened.volume.geometry.between_bscans.mm().unwrap() - 0.12).abs() < 1e-9);
        assert_eq!(opened.warnings, [""; 0]);

        let bare = named_in_order(12, |_| [number.clone(), between()].concat());
        for files in shuffled(&bare) {
            let opened = open(files).unwrap();
            assert_eq!(firsts(&opened), ordered);
            assert!(said(&opened).contains("check the order of the B-scans"), "{}", said(&opened));
        }
    }
}

#[test]
fn places_win_against_numbers_that_contradict_them() {
    let shuffled = [7, 2, 9, 1, 12, 4, 3, 10, 5, 8, 11, 6];
    let files = named_in_order(12, |own| {
        [instance(shuffled[usize::from(own) - 1]), at(0.12 * f64::from(own))].concat()
    });
    let opened = open(files).unwrap();
    assert_eq!(firsts(&opened), (1..13).collect::<Vec<u16>>());
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::Raster);
    assert!(said(&opened).contains("the places were followed"), "{}", said(&opened));
    // From the other side, numbers and places agree: both are kept.
    let backwards = named_in_order(12, |own| [instance(own.into()), at(-0.12 * f64::from(own))].concat());
    let opened = open(backwards).unwrap();
    assert_eq!((firsts(&opened), opened.warnings.len()), ((1..13).collect::<Vec<u16>>(), 0));
}

#[test]
fn frames_of_one_object_are_put_in_order_with_their_references() {
    let in_stack = |number: u32| {
        frame_content(&[text((0x20, 0x9056), "SH", "1"), long((0x20, 0x9057), number)].concat())
    };
    let dimension = |number: u32| {
        frame_content(&element((0x20, 0x9157), "UL", &[1_u32.to_le_bytes(), number.to_le_bytes()].concat()))
    };
    let stored = [3_u8, 1, 5, 2, 4];
    let place = |number: u8| group_at(0.1 * f64::from(number));
    for groups in [
        stored.map(place).to_vec(),
        stored.map(|number| in_stack(number.into())).to_vec(),
        stored.map(|number| dimension(number.into())).to_vec(),
        // Numbers in the order of storage, which the places contradict.
        stored
            .iter()
            .zip(1..)
            .map(|(place_of, number)| [place(*place_of), in_stack(number)].concat())
            .collect(),
    ] {
        let object = Object { pixels: tens(&stored), ..of_frames(groups) };
        let opened = object.open().unwrap();
        assert_eq!(firsts(&opened), [1, 2, 3, 4, 5]);
        let numbers: Vec<_> = opened.dicom.unwrap().frames.iter().map(|frame| frame.frame_number).collect();
        assert_eq!(numbers, [2, 4, 1, 5, 3].map(Some));
    }
    let backwards = of_frames([5, 4, 3, 2, 1].map(place).to_vec()).open().unwrap();
    assert_eq!(firsts(&backwards), [1, 2, 3, 4, 5]);
    assert_eq!(backwards.volume.geometry.pattern, ScanPattern::Raster);
    let packed = Object {
        syntax: "1.2.840.10008.1.2.5",
        pixels: fragments(
            &[],
            &stored.map(|number| [vec![1, 0, 0, 0, 64], vec![0; 59], vec![249, 10 * number]].concat()),
        ),
        ..of_frames(stored.map(place).to_vec())
    };
    assert_eq!(firsts(&packed.open().unwrap()), [1, 2, 3, 4, 5]);
}

#[test]
fn places_on_the_fundus_decide_as_well() {
    let rows = [5.0_f32, 1.0, 3.0];
    let lines: Vec<Vec<f32>> = rows.map(|row| vec![row, 2.0, row, 6.0]).to_vec();
    let scan = Object { pixels: tens(&[3, 1, 2]), ..on_fundus("LINEAR", &lines) };
    let opened = open(vec![fundus().named("fundus.dcm"), scan.named("scan.dcm")]).unwrap();
    assert_eq!(firsts(&opened), [1, 2, 3]);
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::Raster);
}

#[test]
fn a_slice_location_orders_where_there_is_no_position() {
    let files = named_in_order(4, |own| {
        [instance(1), between(), text((0x20, 0x1041), "DS", &format!("{}", -0.12 * f64::from(own)))].concat()
    });
    assert_eq!(firsts(&open(files).unwrap()), [1, 2, 3, 4]);
    let lost = named_in_order(6, |own| {
        let row = if own > 3 { own + 1 } else { own };
        [instance(1), between(), text((0x20, 0x1041), "DS", &format!("{}", 0.12 * f64::from(row)))].concat()
    });
    let opened = open(lost).unwrap();
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::Incomplete);
    assert!(said(&opened).contains("a B-scan between 3 and 4 is missing"), "{}", said(&opened));
    let uneven = named_in_order(6, |own| {
        let place = f64::from(own) + f64::from(own % 3) * 0.3;
        [instance(1), between(), text((0x20, 0x1041), "DS", &format!("{place}"))].concat()
    });
    assert_eq!(open(uneven).unwrap().volume.geometry.pattern, ScanPattern::UnevenRaster);
}

#[test]
fn a_bscan_that_is_missing_in_a_raster_is_named_and_nothing_is_measured() {
    let files = |lost: &[u8]| -> Vec<InputFile> {
        named_in_order(12, |own| [instance(own.into()), at(0.12 * f64::from(own)), between()].concat())
            .into_iter()
            .zip(1..)
            .filter(|(_, own)| !lost.contains(own))
            .map(|(file, _)| file)
            .collect()
    };
    for (lost, sentence) in [
        (&[4][..], "a B-scan between 3 and 4 is missing"),
        (&[4, 5], "2 B-scans between 3 and 4 are missing"),
        (&[2, 9], "a B-scan between 1 and 2 is missing, a B-scan between 7 and 8 is missing"),
    ] {
        let opened = open(files(lost)).unwrap();
        assert!(said(&opened).contains(sentence), "{}", said(&opened));
        assert_eq!(opened.volume.geometry.voxel_nl(), None);
    }
    assert!(open(files(&[])).unwrap().volume.geometry.voxel_nl().is_some());
}

#[test]
fn a_hole_in_the_numbers_is_said_where_no_place_tells_more() {
    let files = |numbers: &[i64], more: Vec<u8>| -> Vec<InputFile> {
        named_in_order(numbers.len() as u8, |own| {
            [instance(numbers[usize::from(own) - 1]), between(), more.clone()].concat()
        })
    };
    let opened = open(files(&[1, 2, 4, 5], Vec::new())).unwrap();
    assert!(said(&opened).contains("a B-scan may be missing"), "{}", said(&opened));
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::Incomplete);
    // Every second number belongs to something else.
    assert_eq!(open(files(&[1, 3, 5, 7], Vec::new())).unwrap().warnings, [""; 0]);
    // Far more images than there are; one more is the image of the fundus.
    for (stated, is_measured) in [("4", true), ("5", true), ("6", false)] {
        let opened = open(files(&[1, 2, 3, 4], text((0x20, 0x1002), "IS", stated))).unwrap();
        assert_eq!(opened.volume.geometry.pattern.why_no_volume().is_none(), is_measured, "{stated}");
        assert_eq!(said(&opened).contains("images in its acquisition"), stated != "4");
    }
}

#[test]
fn what_is_there_twice_is_two_volumes() {
    let twice =
        |more: &dyn Fn(u8) -> Vec<u8>| -> Vec<InputFile> { named_in_order(8, |own| more((own - 1) % 4 + 1)) };
    let halves = vec![vec![1, 2, 3, 4], vec![5, 6, 7, 8]];
    // Places twice, as once raw and once averaged; numbers twice; both.
    assert_eq!(all_firsts(&twice(&|own| at(0.12 * f64::from(own)))), halves);
    assert_eq!(all_firsts(&twice(&|own| [instance(own.into()), between()].concat())), halves);
    let files = twice(&|own| [instance(own.into()), at(0.12 * f64::from(own))].concat());
    assert_eq!(all_firsts(&files), halves);
    let opened = open(files).unwrap();
    assert_eq!(opened.choices, ["OCT, 4 B-scans of 4 x 2, set 1", "OCT, 4 B-scans of 4 x 2, set 2"]);
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::Raster);
    // One behind the other in one object.
    let groups = [1, 1, 2, 2, 3, 3].map(|place| group_at(0.1 * f64::from(place))).to_vec();
    assert_eq!(all_firsts(&[of_frames(groups).named("scan.dcm")]), [[1, 3, 5], [2, 4, 6]]);
    // Some twice and some once make no raster.
    let groups = [1, 2, 2, 3].map(|place| group_at(0.1 * f64::from(place))).to_vec();
    let opened = of_frames(groups).open().unwrap();
    assert_eq!((opened.choices.len(), opened.volume.geometry.voxel_nl()), (0, None));
    assert!(said(&opened).contains("lie at the same place"), "{}", said(&opened));
}

#[test]
fn copies_are_left_out_and_other_images_of_the_same_name_are_not() {
    let files = named_in_order(4, |own| [instance(own.into()), at(0.12 * f64::from(own))].concat());
    let mut copied = files.clone();
    copied
        .extend(files.iter().map(|file| InputFile { path: format!("copy/{}", file.name()), ..file.clone() }));
    let opened = open(copied).unwrap();
    assert_eq!((opened.choices.len(), firsts(&opened)), (0, vec![1, 2, 3, 4]));
    assert_eq!(opened.warnings.len(), 1, "{}", said(&opened));
    assert!(opened.warnings[0].starts_with("4 copies of other images were left out"), "{}", said(&opened));

    // Copies with names of their own.
    let renamed = (1..5).map(|own: u8| {
        let object = Object { instance: format!("1.9.{own}"), ..Object::single(own) };
        object.with(at(0.12 * f64::from(own))).named(&format!("copy/{own}.dcm"))
    });
    let opened = open(files.iter().cloned().chain(renamed).collect()).unwrap();
    assert_eq!((opened.choices.len(), firsts(&opened)), (0, vec![1, 2, 3, 4]));

    // Blank images that share a number with others are none.
    let blank = (1..=4_u8).map(|own| {
        let object =
            Object { more: Object::volume().more, instance: format!("1.9.{own}"), ..Object::single(0) };
        let object = if own < 3 { Object { pixels: tens(&[own]), ..object } } else { object };
        object.with([instance(1), between()].concat()).named(&format!("{own}.dcm"))
    });
    assert_eq!(firsts(&open(blank.collect()).unwrap()), [1, 2, 0, 0]);

    // An anonymiser that gives all images one name.
    let alike: Vec<InputFile> = (1..5)
        .map(|own: u8| {
            let object = Object { instance: "1.2.3".to_owned(), ..Object::single(own) };
            object.with(at(0.12 * f64::from(own))).named(&format!("{own}.dcm"))
        })
        .collect();
    let opened = open(alike).unwrap();
    assert_eq!(firsts(&opened), [1, 2, 3, 4]);
    assert_eq!(opened.dicom, None);
}

#[test]
fn one_place_at_several_times_is_no_volume() {
    let time = |number: u32| frame_content(&long((0x20, 0x9128), number));
    let opened = of_frames((1..6).map(time).collect()).open().unwrap();
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::Repeated);
    // Places at each of two times are two volumes.
    let groups = (0..6).map(|frame| {
        [frame_content(&long((0x20, 0x9128), frame / 3 + 1)), group_at(0.1 * f64::from(frame % 3))].concat()
    });
    let object = of_frames(groups.collect());
    assert_eq!(all_firsts(&[object.named("scan.dcm")]), [[1, 2, 3], [4, 5, 6]]);
    assert!(object.open().unwrap().choices[1].ends_with("time point 2"));
}

#[test]
fn a_first_or_last_bscan_that_is_missing_is_told_by_numbers_that_do_not_follow_the_places() {
    let scan = |numbers: &[(u8, u8)]| -> Vec<InputFile> {
        let one = |(place, number): &(u8, u8)| {
            let more = at(0.12 * f64::from(*place));
            Object {
                more: [Object::volume().more, instance(i64::from(*number)), more].concat(),
                ..Object::single(*place)
            }
            .named(&format!("{place}.dcm"))
        };
        numbers.iter().map(one).collect()
    };
    let pattern = |files: Vec<InputFile>| open(files).unwrap().volume.geometry.pattern;
    // Number 2 was that of the first B-scan.
    assert_eq!(pattern(scan(&[(2, 4), (3, 1), (4, 5), (5, 3)])), ScanPattern::Incomplete);
    assert_eq!(pattern(scan(&[(1, 2), (2, 4), (3, 1), (4, 5), (5, 3)])), ScanPattern::Raster);
    // A number between places that leave no hole was no B-scan of this raster.
    assert_eq!(pattern(scan(&[(1, 1), (2, 2), (3, 4), (4, 5)])), ScanPattern::Raster);
}
