//! DICOM segmentations, read back with another program's parser.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::io::Cursor;

use dicom_dictionary_std::{tags, uids};
use dicom_object::{DefaultDicomObject, InMemDicomObject, from_reader};
use oct::{
    Axis, AxisSpacing, BScanPlace, FluidClass, Geometry, LabelMask, Laterality, OctVolume, Samples,
    ScanPattern, SpacingSource,
};
use oct_formats::dicom::{
    LossyCompression, SegOptions, SegmentedBy, Source, SourceFrame, scan_digest, write_segmentation,
};
use oct_formats::{Cause, InputFile, OpenError, Patient, WriteError, open};

const OPTIONS: SegOptions<'static> = SegOptions {
    created: "2026-01-02T03:04:05.678Z",
    software_version: "1.2.3",
    algorithm_name: "MMIS-Net",
    algorithm_version: "0123456789abcdef",
    identify: None,
    scan: [0; 32],
    made_by: [SegmentedBy::Algorithm; 3],
};

/// Labels that no order but their own explains.
fn mask(columns: usize, rows: usize, frames: usize) -> LabelMask {
    let mut mask = LabelMask::unmeasured(columns, rows, frames);
    for frame in 0..frames {
        let labels = (0..columns * rows).map(|pixel| ((pixel * 7 + frame * 3) / 5 % 4) as u8).collect();
        mask.set_bscan(frame, labels).unwrap();
    }
    mask
}

fn empty(columns: usize, rows: usize, frames: usize) -> LabelMask {
    let mut mask = LabelMask::unmeasured(columns, rows, frames);
    (0..frames).for_each(|frame| mask.set_bscan(frame, vec![0; columns * rows]).unwrap());
    mask
}

fn geometry() -> Geometry {
    let mut geometry = Geometry { laterality: Some(Laterality::Os), ..Geometry::default() };
    for (axis, mm) in Axis::ALL.into_iter().zip([0.0117, 0.0039, 0.12]) {
        geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
    }
    geometry
}

/// A multi-frame object, its positions known.
fn source(frames: usize) -> Source {
    let frame = |number: usize| SourceFrame {
        sop_class_uid: "1.2.840.10008.5.1.4.1.1.77.1.5.4".to_owned(),
        sop_instance_uid: "1.2.3.4".to_owned(),
        frame_number: Some(number as u32 + 1),
        position_mm: Some([-3.0, 0.0, 0.12 * number as f64]),
        orientation: Some([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
    };
    Source {
        study_instance_uid: "1.2.3.1".to_owned(),
        series_instance_uid: "1.2.3.2".to_owned(),
        frame_of_reference_uid: Some("1.2.3.3".to_owned()),
        study_date: Some("20190305".to_owned()),
        lossy: None,
        frames: (0..frames).map(frame).collect(),
    }
}

fn parsed(bytes: &[u8]) -> DefaultDicomObject {
    from_reader(Cursor::new(&bytes[128..])).unwrap()
}

fn text(object: &InMemDicomObject, tag: dicom_core::Tag) -> String {
    object.element(tag).unwrap().to_str().unwrap().trim_end_matches(['\0', ' ']).to_owned()
}

fn items(object: &InMemDicomObject, tag: dicom_core::Tag) -> Vec<InMemDicomObject> {
    object.element(tag).map_or(Vec::new(), |element| element.items().unwrap().to_vec())
}

fn only(object: &InMemDicomObject, tag: dicom_core::Tag) -> InMemDicomObject {
    let [item] = items(object, tag).try_into().unwrap();
    item
}

/// The mask that a reader finds who knows the standard and nothing of us.
fn read_back(object: &InMemDicomObject) -> LabelMask {
    let number = |tag| text(object, tag).parse::<usize>().unwrap();
    let (columns, rows) = (number(tags::COLUMNS), number(tags::ROWS));
    let groups = items(object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    assert_eq!(groups.len(), number(tags::NUMBER_OF_FRAMES));
    let bits = object.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap().into_owned();
    let frames = groups.len() / 3;
    let mut labels = vec![vec![0; columns * rows]; frames];
    for (index, group) in groups.iter().enumerate() {
        let segment =
            text(&only(group, tags::SEGMENT_IDENTIFICATION_SEQUENCE), tags::REFERENCED_SEGMENT_NUMBER);
        let content = only(group, tags::FRAME_CONTENT_SEQUENCE);
        let bscan = text(&content, tags::IN_STACK_POSITION_NUMBER).parse::<usize>().unwrap() - 1;
        for (pixel, label) in labels[bscan].iter_mut().enumerate() {
            let bit = index * columns * rows + pixel;
            if bits[bit / 8] >> (bit % 8) & 1 == 1 {
                assert_eq!(*label, 0, "a pixel in two segments");
                *label = segment.parse().unwrap();
            }
        }
    }
    let mut mask = LabelMask::unmeasured(columns, rows, frames);
    for (frame, labels) in labels.into_iter().enumerate() {
        mask.set_bscan(frame, labels).unwrap();
    }
    mask
}

#[test]
fn what_is_written_reads_back_into_the_same_mask() {
    for (columns, rows, frames) in [(1, 1, 1), (8, 4, 2), (5, 3, 3), (7, 1, 9), (33, 17, 4)] {
        for source in [None, Some(source(frames))] {
            for mask in [mask(columns, rows, frames), empty(columns, rows, frames)] {
                let bytes = write_segmentation(&mask, &geometry(), source.as_ref(), &OPTIONS).unwrap();
                assert_eq!(read_back(&parsed(&bytes)), mask, "{columns} x {rows} x {frames}");
            }
        }
    }
}

#[test]
fn two_scans_with_masks_alike_are_two_objects() {
    let uids = |grey: u8| {
        let samples = Samples::U8((0..32).map(|n| n + grey).collect());
        let volume = OctVolume::new(4, 4, 2, samples, geometry()).unwrap();
        let options = SegOptions { scan: scan_digest(&volume), ..OPTIONS };
        let object = parsed(&write_segmentation(&empty(4, 4, 2), &geometry(), None, &options).unwrap());
        [tags::SOP_INSTANCE_UID, tags::SERIES_INSTANCE_UID, tags::STUDY_INSTANCE_UID]
            .map(|tag| text(&object, tag))
    };
    assert_eq!(uids(0), uids(0));
    for (one, other) in uids(0).iter().zip(&uids(1)) {
        assert_ne!(one, other);
    }
}

#[test]
fn all_three_segments_are_there_even_where_no_fluid_is() {
    let bytes = write_segmentation(&empty(4, 4, 2), &geometry(), None, &OPTIONS).unwrap();
    let object = parsed(&bytes);
    assert_eq!(text(&object, tags::SOP_CLASS_UID), uids::SEGMENTATION_STORAGE);
    assert_eq!(text(&object, tags::SEGMENTATION_TYPE), "BINARY");
    let segments = items(&object, tags::SEGMENT_SEQUENCE);
    let labels: Vec<String> = segments.iter().map(|segment| text(segment, tags::SEGMENT_LABEL)).collect();
    assert_eq!(labels, ["IRF", "SRF", "PED"]);
    let codes: Vec<String> = segments
        .iter()
        .map(|segment| only(segment, tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE))
        .map(|code| text(&code, tags::CODE_VALUE) + " " + &text(&code, tags::CODING_SCHEME_DESIGNATOR))
        .collect();
    assert_eq!(codes, ["IRF 99LACUNA", "421843005 SCT", "PED 99LACUNA"]);
    assert_eq!(text(&object, tags::NUMBER_OF_FRAMES), "6");
    for (number, class) in (1..).zip(FluidClass::ALL) {
        assert_eq!(class.label(), number, "segments go by the labels of a mask");
    }
}

#[test]
fn each_frame_names_the_image_it_was_made_from() {
    let bytes = write_segmentation(&mask(4, 4, 2), &geometry(), Some(&source(2)), &OPTIONS).unwrap();
    let object = parsed(&bytes);
    assert_eq!(text(&object, tags::STUDY_INSTANCE_UID), "1.2.3.1");
    assert_eq!(text(&object, tags::FRAME_OF_REFERENCE_UID), "1.2.3.3");
    assert_ne!(text(&object, tags::SERIES_INSTANCE_UID), "1.2.3.2");
    let series = only(&object, tags::REFERENCED_SERIES_SEQUENCE);
    assert_eq!(text(&series, tags::SERIES_INSTANCE_UID), "1.2.3.2");
    let frames: Vec<String> = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
        .iter()
        .map(|group| only(&only(group, tags::DERIVATION_IMAGE_SEQUENCE), tags::SOURCE_IMAGE_SEQUENCE))
        .inspect(|image| assert_eq!(text(image, tags::REFERENCED_SOP_INSTANCE_UID), "1.2.3.4"))
        .map(|image| text(&image, tags::REFERENCED_FRAME_NUMBER))
        .collect();
    assert_eq!(frames, ["1", "2", "1", "2", "1", "2"]);
}

#[test]
fn a_mask_of_lossy_images_says_so() {
    let written = |lossy| {
        let source = Source { lossy, ..source(2) };
        parsed(&write_segmentation(&mask(4, 4, 2), &geometry(), Some(&source), &OPTIONS).unwrap())
    };
    let lossy = LossyCompression { ratio: Some("9.5".to_owned()), method: Some("ISO_15444_1".to_owned()) };
    let object = written(Some(lossy));
    assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION), "01");
    assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION_RATIO), "9.5");
    assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION_METHOD), "ISO_15444_1");
    let object = written(None);
    assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION), "00");
    assert!(object.element(tags::LOSSY_IMAGE_COMPRESSION_RATIO).is_err());
}

#[test]
fn a_place_is_stated_only_where_the_source_has_one() {
    let placeless = Source { frame_of_reference_uid: None, ..source(2) };
    let bytes = write_segmentation(&mask(4, 4, 2), &geometry(), Some(&placeless), &OPTIONS).unwrap();
    let object = parsed(&bytes);
    assert!(object.element(tags::FRAME_OF_REFERENCE_UID).is_err());
    let groups = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    assert!(groups.iter().all(|group| group.element(tags::PLANE_POSITION_SEQUENCE).is_err()));
    // A volume that was no DICOM has a frame of reference of its own, in its own axes.
    let bytes = write_segmentation(&mask(4, 4, 2), &geometry(), None, &OPTIONS).unwrap();
    let object = parsed(&bytes);
    assert!(text(&object, tags::FRAME_OF_REFERENCE_UID).starts_with("2.25."));
    assert!(object.element(tags::REFERENCED_SERIES_SEQUENCE).is_err());
    let groups = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    let second = only(&groups[1], tags::PLANE_POSITION_SEQUENCE);
    assert_eq!(text(&second, tags::IMAGE_POSITION_PATIENT), "0\\0\\0.12");
}

#[test]
fn a_slice_thickness_is_always_there_and_what_is_invented_is_called_so() {
    let written = |geometry: &Geometry, source: Option<Source>, frames| {
        let bytes = write_segmentation(&mask(4, 4, frames), geometry, source.as_ref(), &OPTIONS).unwrap();
        let object = parsed(&bytes);
        let shared = only(&object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
        let measures = only(&shared, tags::PIXEL_MEASURES_SEQUENCE);
        let comments = text(&object, tags::IMAGE_COMMENTS);
        assert!(comments.starts_with(oct::RESEARCH_USE_NOTICE), "{comments}");
        let comment = comments.contains("mean nothing");
        let between = measures.element(tags::SPACING_BETWEEN_SLICES).is_ok();
        (text(&measures, tags::SLICE_THICKNESS), between, comment)
    };
    let uneven = Geometry {
        pattern: ScanPattern::UnevenRaster,
        between_bscans: AxisSpacing::unknown(),
        places: [0.0, 0.5, 2.0].map(|y| BScanPlace::Line { start_mm: [0.0, y], end_mm: [6.0, y] }).into(),
        ..geometry()
    };
    let unspaced = Geometry::default();
    for (what, found, thickness, has_between, is_commented) in [
        ("a raster", written(&geometry(), None, 3), "0.12", true, false),
        // A B-scan alone is no thicker than a column is wide.
        ("a B-scan", written(&geometry(), None, 1), "0.0117", false, false),
        ("an uneven raster", written(&uneven, None, 3), "0.0117", false, false),
        ("no spacing", written(&unspaced, None, 3), "1", false, true),
        ("images without spacing", written(&unspaced, Some(source(3)), 3), "1", false, true),
        ("images", written(&geometry(), Some(source(3)), 3), "0.12", true, false),
    ] {
        assert_eq!(found, (thickness.to_owned(), has_between, is_commented), "{what}");
    }
}

#[test]
fn bscans_at_uneven_distances_lie_where_they_were_taken() {
    let uneven = Geometry {
        pattern: ScanPattern::UnevenRaster,
        places: [2.0, 1.5, 0.0].map(|y| BScanPlace::Line { start_mm: [0.0, y], end_mm: [6.0, y] }).into(),
        ..geometry()
    };
    let object = parsed(&write_segmentation(&mask(4, 4, 3), &uneven, None, &OPTIONS).unwrap());
    let places: Vec<String> = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
        .iter()
        .take(3)
        .map(|group| only(group, tags::PLANE_POSITION_SEQUENCE))
        .map(|place| text(&place, tags::IMAGE_POSITION_PATIENT))
        .collect();
    assert_eq!(places, ["0\\0\\0", "0\\0\\0.5", "0\\0\\2"]);
}

#[test]
fn nobody_is_named_unless_asked_for() {
    let patient = Patient {
        name: Some("M\u{fc}ller^Erika".to_owned()),
        id: Some("MRN-4711".to_owned()),
        birth_date: Some("1950-01-31".to_owned()),
        sex: Some("F".to_owned()),
    };
    let write = |identify| {
        let options = SegOptions { identify, ..OPTIONS };
        write_segmentation(&mask(4, 4, 2), &geometry(), Some(&source(2)), &options).unwrap()
    };
    let (nobody, somebody) = (write(None), write(Some(&patient)));
    let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    for word in ["M\u{fc}ller", "Erika", "MRN-4711", "19500131", "20190305"] {
        assert!(!holds(&nobody, word) && holds(&somebody, word), "{word}");
    }
    assert_eq!(text(&parsed(&nobody), tags::PATIENT_IDENTITY_REMOVED), "YES");
    assert_eq!(text(&parsed(&somebody), tags::PATIENT_NAME), "M\u{fc}ller^Erika");
    // Two objects, two names.
    let instance = |bytes: &[u8]| text(&parsed(bytes), tags::SOP_INSTANCE_UID);
    assert_ne!(instance(&nobody), instance(&somebody));
    assert_eq!(write(None), nobody);
}

#[test]
fn what_cannot_be_said_is_not_written() {
    let unmeasured = LabelMask::unmeasured(4, 4, 2);
    let refused = write_segmentation(&unmeasured, &geometry(), None, &OPTIONS);
    assert_eq!(refused, Err(WriteError::Unmeasured { measured: 0, bscans: 2 }));
    let timeless = SegOptions { created: "yesterday", ..OPTIONS };
    let refused = write_segmentation(&mask(4, 4, 2), &geometry(), None, &timeless);
    assert!(matches!(refused, Err(WriteError::Encode(_))));
    let refused = write_segmentation(&mask(4, 4, 2), &geometry(), Some(&source(3)), &OPTIONS);
    assert!(refused.unwrap_err().to_string().contains("3 source images"));
    let mut nowhere = source(2);
    nowhere.frames[1].sop_instance_uid = "not a uid".to_owned();
    assert!(write_segmentation(&mask(4, 4, 2), &geometry(), Some(&nowhere), &OPTIONS).is_err());
}

#[test]
fn a_saved_mask_beside_its_scan_is_left_out_with_a_word() {
    let scan = include_bytes!("fixtures/dicom/explicit.dcm").to_vec();
    let file = |path: &str, bytes: Vec<u8>| InputFile { path: path.to_owned(), bytes };
    let opened = open(vec![file("scan.dcm", scan.clone())]).unwrap();
    let volume = &opened.volume;
    let mask = mask(volume.columns(), volume.rows(), volume.bscans());
    let seg = write_segmentation(&mask, &volume.geometry, opened.dicom.as_ref(), &OPTIONS).unwrap();
    assert_eq!(read_back(&parsed(&seg)), mask);
    let both = open(vec![file("scan.dcm", scan), file("mask.dcm", seg.clone())]).unwrap();
    assert_eq!(both.volume, opened.volume);
    assert!(both.warnings.iter().any(|warning| warning.contains("mask.dcm")), "{:?}", both.warnings);
    assert!(matches!(
        open(vec![file("mask.dcm", seg)]),
        Err(OpenError::InFile { cause: Cause::NoBScans { .. }, .. })
    ));
}

#[test]
fn each_segment_says_whether_a_program_a_person_or_both_made_it() {
    let made_by = [SegmentedBy::Algorithm, SegmentedBy::Both, SegmentedBy::Person];
    let write = |made_by| {
        let options = SegOptions { made_by, ..OPTIONS };
        parsed(&write_segmentation(&mask(8, 4, 2), &geometry(), None, &options).unwrap())
    };
    let object = write(made_by);
    let segments = items(&object, tags::SEGMENT_SEQUENCE);
    let types: Vec<String> =
        segments.iter().map(|segment| text(segment, tags::SEGMENT_ALGORITHM_TYPE)).collect();
    assert_eq!(types, ["AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"]);
    let names_an_algorithm = |segment: &InMemDicomObject| {
        [tags::SEGMENT_ALGORITHM_NAME, tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE]
            .map(|tag| segment.element_opt(tag).unwrap().is_some())
    };
    assert_eq!(
        segments.iter().map(names_an_algorithm).collect::<Vec<_>>(),
        [[true; 2], [true; 2], [false; 2]]
    );
    let automatic = write([SegmentedBy::Algorithm; 3]);
    assert_ne!(
        text(&object, tags::SOP_INSTANCE_UID),
        text(&automatic, tags::SOP_INSTANCE_UID),
        "the same pixels made otherwise are another object"
    );
}
