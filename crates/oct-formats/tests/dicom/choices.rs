//! Several volumes in a drop, and what is none.

use oct::ScanPattern;
use oct_formats::{Cause, OpenError, open, open_choice};

use crate::objects::*;

#[test]
fn flow_is_opened_as_angiography_and_en_face_images_are_no_bscans() {
    let analysis = Object { class: "1.2.840.10008.5.1.4.1.1.77.1.5.8", ..Object::volume() };
    let flow = Object::volume().with(text((0x08, 0x08), "CS", "DERIVED\\PRIMARY\\\\OCTA FLOW"));
    for object in [analysis.clone(), flow] {
        assert_eq!(object.open().unwrap().volume.geometry.pattern, ScanPattern::Angiography);
    }
    // Structure is preferred, however few B-scans it has.
    let structure =
        Object { instance: "1.5".to_owned(), frames: Some("2"), pixels: tens(&[1, 2]), ..Object::volume() };
    let files = vec![analysis.named("a.dcm"), structure.named("b.dcm")];
    let opened = open(files).unwrap();
    assert_eq!((opened.chosen, opened.volume.bscans()), (1, 2));
    assert_eq!(opened.choices, ["OCT angiography, 3 B-scans of 4 x 2", "OCT, 2 B-scans of 4 x 2"]);
    let en_face = Object { class: "1.2.840.10008.5.1.4.1.1.77.1.5.7", ..Object::volume() };
    assert!(
        matches!(en_face.open(), Err(OpenError::InFile { cause: Cause::NoBScans { found, .. }, .. }) if found == "an en-face image")
    );
    let flat = on_fundus("TRANSVERSE", &vec![vec![0.0, 0.0, 6.0, 8.0]; 3]);
    assert!(matches!(flat.open(), Err(OpenError::InFile { cause: Cause::NoBScans { .. }, .. })));
}

#[test]
fn each_volume_of_a_drop_can_be_chosen() {
    let series = |number: u8, series: &'static str| Object {
        series,
        instance: format!("{series}.{number}"),
        ..Object::single(number)
    };
    let files = vec![
        series(1, "1.5").with(text((0x20, 0x62), "CS", "R")).named("a.dcm"),
        Object { class: CAPTURE, instance: "1.9".to_owned(), ..Object::volume() }.named("b.dcm"),
        series(2, "1.6").named("c.dcm"),
        series(3, "1.6").named("d.dcm"),
    ];
    let opened = open(files.clone()).unwrap();
    assert_eq!(
        opened.choices,
        ["OCT, OD, 1 B-scan of 4 x 2", "not stated as OCT, 3 images of 4 x 2", "OCT, 2 B-scans of 4 x 2"]
    );
    assert_eq!((opened.chosen, opened.volume.bscans()), (2, 2));
    for (choice, frames) in [(0, 1), (1, 3), (2, 2)] {
        let opened = open_choice(files.clone(), choice).unwrap();
        assert_eq!((opened.chosen, opened.volume.bscans()), (choice, frames));
    }
    let refused = open_choice(files, 3);
    assert!(matches!(refused, Err(OpenError::NoSuchChoice { choice: 3, count: 3, .. })));
}

#[test]
fn parts_of_a_concatenation_are_one_volume() {
    let part = |number: u16, frames: &'static str, samples: &[u8]| {
        let more = [text((0x20, 0x9161), "UI", "1.7"), short((0x20, 0x9162), number)].concat();
        let pixels = element((0x7FE0, 0x10), "OB", samples);
        Object { frames: Some(frames), instance: format!("1.7.{number}"), pixels, ..Object::volume() }
            .with(more)
    };
    let files = vec![part(2, "1", &[9; 8]).named("a.dcm"), part(1, "2", &[7; 16]).named("b.dcm")];
    let opened = open(files).unwrap();
    assert_eq!((opened.choices.len(), opened.volume.bscans()), (0, 3));
    assert_eq!(words(opened.volume.samples()), [vec![7; 16], vec![9; 8]].concat());
    let numbers: Vec<_> = opened.dicom.unwrap().frames.iter().map(|frame| frame.frame_number).collect();
    // A part that counts its only frame is referred to by that frame.
    assert_eq!(numbers, [Some(1), Some(2), Some(1)]);
}

#[test]
fn objects_without_bscans_are_left_out_and_alone_they_are_named() {
    let segmentation = Object { class: SEGMENTATION, instance: "1.4".to_owned(), ..Object::volume() };
    let opened = open(vec![segmentation.named("seg.dcm"), Object::volume().named("scan.dcm")]).unwrap();
    assert_eq!(opened.warnings, ["seg.dcm holds a segmentation and was left out."]);
    assert_eq!(opened.choices.len(), 0);
    let report = Object { class: "1.2.840.10008.5.1.4.1.1.88.33", pixels: Vec::new(), ..Object::volume() };
    let list = Object { class: "1.2.840.10008.1.3.10", pixels: Vec::new(), ..Object::volume() };
    let bare = Object { pixels: Vec::new(), ..Object::volume() };
    for (object, found) in [
        (segmentation, "a segmentation"),
        (report, "a report"),
        (list, "a list of files (DICOMDIR)"),
        (bare, "no image"),
        (fundus(), "an image of the fundus"),
    ] {
        let found = found.to_owned();
        assert_eq!(
            object.open(),
            Err(OpenError::InFile { file: "scan.dcm".to_owned(), cause: Cause::NoBScans { found } })
        );
    }
}

#[test]
fn what_is_derived_from_a_scan_is_never_measured_as_structure() {
    let opt = |image_type: &str| Object::volume().with(text((0x08, 0x08), "CS", image_type));
    let described = |words: &str| Object::volume().with(text((0x08, 0x103E), "LO", words));
    let modality =
        |name: &str| Object { class: CAPTURE, ..Object::volume() }.with(text((0x08, 0x60), "CS", name));
    for flow in [
        opt("DERIVED\\PRIMARY\\\\ANGIO"),
        opt("ORIGINAL\\PRIMARY\\VOLUME\\MOTION_CONTRAST"),
        described("OCTA 3x3 mm"),
        described("Retina, flow"),
        modality("OPTBSV"),
        Object { class: CAPTURE, ..opt("DERIVED\\SECONDARY\\OCT ANGIOGRAPHY") },
    ] {
        let geometry = flow.open().unwrap().volume.geometry;
        assert_eq!((geometry.pattern, geometry.voxel_nl()), (ScanPattern::Angiography, None));
    }
    for structure in [opt("ORIGINAL\\PRIMARY"), described("Macular Thickness"), described("OCTA, structural")]
    {
        let pattern = structure.open().unwrap().volume.geometry.pattern;
        assert_eq!(pattern, ScanPattern::NotStated);
    }
    for (derived, found) in [
        (opt("DERIVED\\PRIMARY\\\\EN FACE"), "an en-face image"),
        (opt("DERIVED\\PRIMARY\\ENFACE"), "an en-face image"),
        (opt("DERIVED\\SECONDARY\\PROJECTION IMAGE"), "a projection of a scan"),
        (opt("DERIVED\\PRIMARY\\THICKNESS MAP"), "a thickness map"),
        (modality("OPTENF"), "an en-face image"),
        (modality("OP"), "an image of the fundus"),
        (Object { class: "1.2.840.10008.5.1.4.1.1.30", ..Object::volume() }, "a map of values"),
        (Object { class: "1.2.840.10008.5.1.4.1.1.14.1", ..Object::volume() }, "an OCT of a vessel"),
    ] {
        let refused = derived.open();
        assert!(
            matches!(&refused, Err(OpenError::InFile { cause: Cause::NoBScans { found: named }, .. }) if named == found),
            "{refused:?}"
        );
        let derived = Object { instance: "1.5".to_owned(), ..derived };
        let opened = open(vec![Object::volume().named("scan.dcm"), derived.named("other.dcm")]).unwrap();
        assert_eq!(opened.warnings, [format!("other.dcm holds {found} and was left out.")]);
        assert_eq!(opened.choices.len(), 0);
    }
}

#[test]
fn pictures_and_other_modalities_beside_a_scan_are_left_out_with_a_word() {
    let scan = Object::volume().named("scan.dcm");
    let report = Object {
        class: CAPTURE,
        instance: "1.5".to_owned(),
        series: "1.6",
        photometric: "RGB",
        channels: 3,
        size: [2, 2],
        frames: None,
        pixels: element((0x7FE0, 0x10), "OB", &(0..12).collect::<Vec<u8>>()),
        ..Object::volume()
    };
    let grey = Object { class: CAPTURE, instance: "1.5".to_owned(), series: "1.6", ..Object::single(1) };
    let tomogram = Object {
        class: "1.2.840.10008.5.1.4.1.1.2",
        instance: "1.5".to_owned(),
        series: "1.6",
        ..Object::volume()
    };
    let palette = Object { photometric: "PALETTE COLOR", ..report.clone() };
    for (object, words) in [
        (report, "a picture in colours"),
        (grey, "a single picture that is not stated as OCT"),
        (tomogram.with(text((0x08, 0x60), "CS", "CT")), "images of the modality CT"),
        (palette, "is not stated as OCT and was left out"),
    ] {
        let opened = open(vec![scan.clone(), object.named("beside.dcm")]).unwrap();
        assert_eq!((opened.choices.len(), opened.volume.bscans()), (0, 3));
        assert!(said(&opened).contains(words) && said(&opened).contains("beside.dcm"), "{}", said(&opened));
    }
    // A list of files says what it is in its header alone.
    let meta =
        [text((0x02, 0x02), "UI", "1.2.840.10008.1.3.10"), text((0x02, 0x10), "UI", EXPLICIT)].concat();
    let mut list = vec![0; 128];
    list.extend(b"DICM");
    list.extend(meta);
    list.extend(text((0x04, 0x1130), "CS", "DISK"));
    let list = oct_formats::InputFile { path: "DICOMDIR".to_owned(), bytes: list };
    let scan = oct_formats::InputFile { path: "DICOM/00000001".to_owned(), ..scan };
    let opened = open(vec![list, scan]).unwrap();
    assert_eq!(opened.warnings, ["DICOMDIR holds a list of files (DICOMDIR) and was left out."]);
    assert_eq!(opened.volume.bscans(), 3);
}
