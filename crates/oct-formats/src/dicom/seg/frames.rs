//! The segments, and what is said of each frame.

use dicom_core::value::PrimitiveValue;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use oct::codes::RETINA;
use oct::{FluidClass, Laterality};

use super::codes::{ARTIFICIAL_INTELLIGENCE, SEGMENTATION, SOURCE_IMAGE, segment_codes};
use super::elements::{coded, decimals, item, or_unknown, put, put_sequence, with_sequence};
use super::new_uids::NewUids;
use super::places::Places;
use super::{SegOptions, SegmentedBy};
use crate::dicom::source::{Source, SourceFrame};

pub(super) fn put_segments(
    object: &mut InMemDicomObject,
    laterality: Option<Laterality>,
    options: &SegOptions<'_>,
) {
    let segments = FluidClass::ALL.map(|class| {
        let [category, kind] = segment_codes(class);
        let made_by = options.made_by[class.index()];
        let mut segment = item([
            (tags::SEGMENT_NUMBER, VR::US, u16::from(class.label()).into()),
            (tags::SEGMENT_LABEL, VR::LO, class.abbreviation().into()),
            (tags::SEGMENT_DESCRIPTION, VR::ST, class.name().into()),
            (tags::SEGMENT_ALGORITHM_TYPE, VR::CS, made_by.algorithm_type().into()),
        ]);
        put_sequence(&mut segment, tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, vec![coded(category)]);
        put_sequence(&mut segment, tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, vec![coded(kind)]);
        let mut retina = coded(RETINA);
        if let Some(side) = laterality {
            put_sequence(&mut retina, tags::ANATOMIC_REGION_MODIFIER_SEQUENCE, vec![coded(side.code())]);
        }
        put_sequence(&mut segment, tags::ANATOMIC_REGION_SEQUENCE, vec![retina]);
        // No algorithm made what a person drew: its name is asked for of the others (type 1C).
        if made_by == SegmentedBy::Person {
            return segment;
        }
        put(&mut segment, tags::SEGMENT_ALGORITHM_NAME, VR::LO, or_unknown(options.algorithm_name));
        let mut algorithm = item([
            (tags::ALGORITHM_NAME, VR::LO, or_unknown(options.algorithm_name).into()),
            (tags::ALGORITHM_VERSION, VR::LO, or_unknown(options.algorithm_version).into()),
        ]);
        put_sequence(
            &mut algorithm,
            tags::ALGORITHM_FAMILY_CODE_SEQUENCE,
            vec![coded(ARTIFICIAL_INTELLIGENCE)],
        );
        put_sequence(&mut segment, tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE, vec![algorithm]);
        segment
    });
    put_sequence(object, tags::SEGMENT_SEQUENCE, segments.into());
}

/// Two dimensions: the segment, then the B-scan as its number in the stack,
/// which exists whether or not its place is known.
pub(super) fn put_functional_groups(
    object: &mut InMemDicomObject,
    frames: usize,
    source: Option<&Source>,
    places: &Places,
    new_uids: &NewUids,
) {
    let uid = || (tags::DIMENSION_ORGANIZATION_UID, VR::UI, new_uids.dimensions.as_str().into());
    put_sequence(object, tags::DIMENSION_ORGANIZATION_SEQUENCE, vec![item([uid()])]);
    let dimension = |pointer: Tag, group: Tag, label: &str| {
        item([
            uid(),
            (tags::DIMENSION_INDEX_POINTER, VR::AT, pointer.into()),
            (tags::FUNCTIONAL_GROUP_POINTER, VR::AT, group.into()),
            (tags::DIMENSION_DESCRIPTION_LABEL, VR::LO, label.into()),
        ])
    };
    let dimensions = vec![
        dimension(tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE, "Segment"),
        dimension(tags::IN_STACK_POSITION_NUMBER, tags::FRAME_CONTENT_SEQUENCE, "B-scan"),
    ];
    put_sequence(object, tags::DIMENSION_INDEX_SEQUENCE, dimensions);

    let mut shared = InMemDicomObject::new_empty();
    let pixels = &places.pixels;
    let mut measures = InMemDicomObject::new_empty();
    put(&mut measures, tags::PIXEL_SPACING, VR::DS, decimals(&pixels.spacing));
    put(&mut measures, tags::SLICE_THICKNESS, VR::DS, decimals(&[pixels.thickness]));
    if let Some(between) = pixels.between {
        put(&mut measures, tags::SPACING_BETWEEN_SLICES, VR::DS, decimals(&[between]));
    }
    put_sequence(&mut shared, tags::PIXEL_MEASURES_SEQUENCE, vec![measures]);
    let orientation =
        |cosines: &[f64; 6]| item([(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, decimals(cosines))]);
    if let [one] = places.orientations.as_slice() {
        put_sequence(&mut shared, tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation(one)]);
    }
    put_sequence(object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared]);

    let mut groups = Vec::new();
    for class in FluidClass::ALL {
        for frame in 0..frames {
            let number = u32::try_from(frame + 1).unwrap_or(u32::MAX);
            let segment = item([(tags::REFERENCED_SEGMENT_NUMBER, VR::US, u16::from(class.label()).into())]);
            let content = item([
                (tags::STACK_ID, VR::SH, "1".into()),
                (tags::IN_STACK_POSITION_NUMBER, VR::UL, number.into()),
                (
                    tags::DIMENSION_INDEX_VALUES,
                    VR::UL,
                    PrimitiveValue::U32([u32::from(class.label()), number].as_slice().into()),
                ),
            ]);
            let mut group = InMemDicomObject::new_empty();
            put_sequence(&mut group, tags::SEGMENT_IDENTIFICATION_SEQUENCE, vec![segment]);
            put_sequence(&mut group, tags::FRAME_CONTENT_SEQUENCE, vec![content]);
            if let Some(position) = places.positions.as_ref().and_then(|positions| positions.get(frame)) {
                let position = item([(tags::IMAGE_POSITION_PATIENT, VR::DS, decimals(position))]);
                put_sequence(&mut group, tags::PLANE_POSITION_SEQUENCE, vec![position]);
            }
            if places.orientations.len() > 1
                && let Some(cosines) = places.orientations.get(frame)
            {
                put_sequence(&mut group, tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation(cosines)]);
            }
            if let Some(image) = source.and_then(|source| source.frames.get(frame)) {
                put_sequence(&mut group, tags::DERIVATION_IMAGE_SEQUENCE, vec![derived_from(image)]);
            }
            groups.push(group);
        }
    }
    put_sequence(object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, groups);
}

fn derived_from(image: &SourceFrame) -> InMemDicomObject {
    let mut reference = reference_to(image);
    if let Some(number) = image.frame_number {
        put(&mut reference, tags::REFERENCED_FRAME_NUMBER, VR::IS, number.to_string());
    }
    put(&mut reference, tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES");
    put_sequence(&mut reference, tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, vec![coded(SOURCE_IMAGE)]);
    let mut derivation = InMemDicomObject::new_empty();
    put_sequence(&mut derivation, tags::DERIVATION_CODE_SEQUENCE, vec![coded(SEGMENTATION)]);
    with_sequence(derivation, tags::SOURCE_IMAGE_SEQUENCE, vec![reference])
}

pub(super) fn reference_to(image: &SourceFrame) -> InMemDicomObject {
    item([
        (tags::REFERENCED_SOP_CLASS_UID, VR::UI, image.sop_class_uid.as_str().into()),
        (tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, image.sop_instance_uid.as_str().into()),
    ])
}
