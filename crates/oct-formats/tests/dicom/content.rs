//! What a file says of a volume, and of whom it is.

use oct::{Axis, BScanOrder, BScanPlace, Laterality, ScanPattern, SpacingSource};
use oct_formats::{Format, open};

use crate::objects::*;

#[test]
fn a_volume_comes_with_all_that_the_file_says_of_it() {
    let opened = opened(fixture("implicit")).unwrap();
    assert_eq!((opened.format, opened.name.as_str()), (Format::Dicom, "scan.dcm"));
    assert_eq!((opened.choices.as_slice(), opened.warnings.as_slice()), (&[][..], &[][..]));
    let volume = opened.volume;
    assert_eq!(volume.vendor.as_deref(), Some("Maker"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("Model 7"));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2019-03-05T14:02:11"));
    let geometry = volume.geometry;
    assert_eq!(geometry.laterality, Some(Laterality::Os));
    assert_eq!(geometry.pattern, ScanPattern::Raster);
    assert_eq!((geometry.axial.mm(), geometry.lateral.mm()), (Some(0.0039), Some(0.0117)));
    // By positions: the slice thickness of 0.03 mm is no distance.
    assert!((geometry.between_bscans.mm().unwrap() - 0.12).abs() < 1e-9);
    for (axis, name) in [(Axis::Axial, "PixelSpacing"), (Axis::BetweenBScans, "ImagePositionPatient")] {
        let SpacingSource::FromFile { tag } = geometry.spacing(axis).source() else { panic!() };
        assert!(tag.starts_with(name), "{tag}");
    }
    // From superior to inferior: towards the feet, against the third axis.
    assert_eq!(geometry.bscan_order(), Some(BScanOrder::SuperiorFirst));
    assert_eq!(geometry.origin_mm, [-3.0, 0.0, 1.2]);
    assert_eq!(geometry.direction, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0]);
    let BScanPlace::Line { start_mm, end_mm } = geometry.places[1] else { panic!() };
    for (is, wanted) in [(start_mm, [-3.0, -1.08]), (end_mm, [-3.0 + 11.0 * 0.0117, -1.08])] {
        assert!(is.iter().zip(wanted).all(|(is, wanted)| (is - wanted).abs() < 1e-9), "{is:?}");
    }
    let source = opened.dicom.unwrap();
    assert_eq!(source.study_instance_uid, "1.2.826.0.1.3680043.8.498.1");
    assert_eq!(source.series_instance_uid, "1.2.826.0.1.3680043.8.498.2");
    assert_eq!(source.frame_of_reference_uid.as_deref(), Some("1.2.826.0.1.3680043.8.498.3"));
    assert_eq!(source.study_date.as_deref(), Some("20190305"));
    let frames: Vec<_> = source.frames.iter().map(|frame| (frame.frame_number, frame.position_mm)).collect();
    assert_eq!(frames[0], (Some(1), Some([-3.0, 0.0, 1.2])));
    assert_eq!((frames.len(), frames[2]), (3, (Some(3), Some([-3.0, 0.0, 0.96]))));
    assert_eq!((source.frames[0].sop_class_uid.as_str(), source.frames[0].orientation), (OPT, Some(FRONTAL)));
}

#[test]
fn the_patient_is_known_in_any_letters_and_named_nowhere_else() {
    let mut opened = opened(fixture("explicit")).unwrap();
    let patient = opened.patient.take().unwrap();
    assert_eq!(patient.name.as_deref(), Some("Müller^Jo"));
    assert_eq!((patient.id.as_deref(), patient.sex.as_deref()), (Some("7"), Some("F")));
    assert_eq!(patient.birth_date.as_deref(), Some("1950-01-02"));
    let said = format!("{opened:?}");
    assert!(!said.contains("ller^Jo") && !said.contains("1950"), "{said}");
    // Family name in Latin-2, given name in Shift-JIS.
    for (letters, stored, name) in [
        ("ISO_IR 101", &b"Nov\xE1k^Ji\xF8\xED"[..], "Novák^Jiří"),
        ("ISO_IR 13", b"\xD4\xCF\xC0\xDE^\xC0\xDB\xB3", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        ("GB18030", b"\xCD\xF5^\xD0\xA1\xB6\xAB", "王^小东"),
    ] {
        let named = Object::volume().with(text((0x08, 0x05), "CS", letters)).with(element(
            (0x10, 0x10),
            "PN",
            stored,
        ));
        assert_eq!(named.open().unwrap().patient.unwrap().name.as_deref(), Some(name));
    }
}

#[test]
fn a_lossy_compression_is_remembered_and_no_other_text_in_its_place() {
    let lossy_of = |elements: &[Vec<u8>]| {
        let opened = open(vec![Object::volume().with(elements.concat()).named("a.dcm")]).unwrap();
        opened.dicom.unwrap().lossy
    };
    let stated = |flag, ratio, method| {
        [
            text((0x28, 0x2110), "CS", flag),
            text((0x28, 0x2112), "DS", ratio),
            text((0x28, 0x2114), "CS", method),
        ]
    };
    let lossy = lossy_of(&stated("01", "9.5\\2", "ISO_15444_1\\ISO_10918_1")).unwrap();
    assert_eq!(lossy.ratio.as_deref(), Some("9.5\\2"));
    assert_eq!(lossy.method.as_deref(), Some("ISO_15444_1\\ISO_10918_1"));
    let lossy = lossy_of(&stated("01", "high", "Doe^Jane")).unwrap();
    assert_eq!((lossy.ratio, lossy.method), (None, None));
    assert_eq!(lossy_of(&stated("00", "1", "ISO_15444_1")), None);
    assert_eq!(lossy_of(&[]), None);
}
