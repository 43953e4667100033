//! The modules that say whose a segmentation is, what made it, and how its image
//! is stored.

use dicom_core::VR;
use dicom_core::value::PrimitiveValue;
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use oct::{FluidClass, LabelMask};

use super::codes::PRIVATE_SCHEME;
use super::created::Created;
use super::elements::{date, item, or_unknown, put, put_sequence, text, with_sequence};
use super::frames::reference_to;
use super::new_uids::NewUids;
use super::{FORMAT, SegOptions};
use crate::dicom::source::Source;
use crate::{Patient, WriteError};

pub(super) fn put_patient_and_study(
    object: &mut InMemDicomObject,
    source: Option<&Source>,
    identify: Option<&Patient>,
    new_uids: &NewUids,
) {
    let of_patient = |field: fn(&Patient) -> &Option<String>| {
        identify.and_then(|patient| field(patient).as_deref()).unwrap_or_default()
    };
    put(object, tags::PATIENT_NAME, VR::PN, text(of_patient(|patient| &patient.name)));
    put(object, tags::PATIENT_ID, VR::LO, text(of_patient(|patient| &patient.id)));
    let birth_date: String =
        of_patient(|patient| &patient.birth_date).chars().filter(|c| *c != '-').collect();
    put(object, tags::PATIENT_BIRTH_DATE, VR::DA, date(&birth_date));
    let sex = of_patient(|patient| &patient.sex);
    put(object, tags::PATIENT_SEX, VR::CS, if ["F", "M", "O"].contains(&sex) { sex } else { "" });
    if identify.is_none() {
        put(object, tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES");
        put(
            object,
            tags::DEIDENTIFICATION_METHOD,
            VR::LO,
            "Patient and study date left empty by Lacuna, UIDs kept",
        );
    }
    put(
        object,
        tags::STUDY_INSTANCE_UID,
        VR::UI,
        source.map_or(new_uids.study.as_str(), |source| &source.study_instance_uid),
    );
    let study_date = source.and_then(|source| source.study_date.as_deref()).filter(|_| identify.is_some());
    put(object, tags::STUDY_DATE, VR::DA, date(study_date.unwrap_or_default()));
    put(object, tags::STUDY_TIME, VR::TM, "");
    put(object, tags::REFERRING_PHYSICIAN_NAME, VR::PN, "");
    put(object, tags::STUDY_ID, VR::SH, "");
    put(object, tags::ACCESSION_NUMBER, VR::SH, "");
}

pub(super) fn put_series_and_equipment(
    object: &mut InMemDicomObject,
    source: Option<&Source>,
    options: &SegOptions<'_>,
    created: &Created,
    new_uids: &NewUids,
) {
    put(object, tags::MODALITY, VR::CS, "SEG");
    put(object, tags::SERIES_INSTANCE_UID, VR::UI, new_uids.series.as_str());
    put(object, tags::SERIES_NUMBER, VR::IS, "1");
    put(object, tags::SERIES_DATE, VR::DA, created.date.as_str());
    put(object, tags::SERIES_TIME, VR::TM, created.time.as_str());
    put(object, tags::SERIES_DESCRIPTION, VR::LO, "Retinal fluid, Lacuna, for research and teaching only");
    // Which eye stands with each segment: a series of many frames may not say it.
    put(object, tags::BODY_PART_EXAMINED, VR::CS, "EYE");
    put(object, tags::MANUFACTURER, VR::LO, "Lacuna");
    put(object, tags::MANUFACTURER_MODEL_NAME, VR::LO, "Lacuna");
    // Must not be empty; a program has none.
    put(object, tags::DEVICE_SERIAL_NUMBER, VR::LO, "0");
    put(object, tags::SOFTWARE_VERSIONS, VR::LO, or_unknown(options.software_version));
    if let Some(source) = source {
        let mut seen = std::collections::BTreeSet::new();
        let instances: Vec<_> = source
            .frames
            .iter()
            .filter(|frame| seen.insert(&frame.sop_instance_uid))
            .map(reference_to)
            .collect();
        let series = item([(tags::SERIES_INSTANCE_UID, VR::UI, source.series_instance_uid.as_str().into())]);
        let series = with_sequence(series, tags::REFERENCED_INSTANCE_SEQUENCE, instances);
        put_sequence(object, tags::REFERENCED_SERIES_SEQUENCE, vec![series]);
    }
}

pub(super) fn put_image(
    object: &mut InMemDicomObject,
    mask: &LabelMask,
    source: Option<&Source>,
    created: &Created,
    new_uids: &NewUids,
) -> Result<(), WriteError> {
    put(object, tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    put(object, tags::SOP_CLASS_UID, VR::UI, uids::SEGMENTATION_STORAGE);
    put(object, tags::SOP_INSTANCE_UID, VR::UI, new_uids.instance.as_str());
    put(object, tags::INSTANCE_CREATION_DATE, VR::DA, created.date.as_str());
    put(object, tags::INSTANCE_CREATION_TIME, VR::TM, created.time.as_str());
    put(object, tags::TIMEZONE_OFFSET_FROM_UTC, VR::SH, created.offset.as_str());
    let scheme = item([
        (tags::CODING_SCHEME_DESIGNATOR, VR::SH, PRIVATE_SCHEME.into()),
        (tags::CODING_SCHEME_NAME, VR::ST, "Fluid classes of Lacuna".into()),
        (tags::CODING_SCHEME_RESPONSIBLE_ORGANIZATION, VR::ST, "Lacuna".into()),
    ]);
    put_sequence(object, tags::CODING_SCHEME_IDENTIFICATION_SEQUENCE, vec![scheme]);
    put(object, tags::INSTANCE_NUMBER, VR::IS, "1");
    put(object, tags::CONTENT_DATE, VR::DA, created.date.as_str());
    put(object, tags::CONTENT_TIME, VR::TM, created.time.as_str());
    put(object, tags::CONTENT_LABEL, VR::CS, "RETINAL_FLUID");
    put(object, tags::CONTENT_DESCRIPTION, VR::LO, "Retinal fluid in OCT: IRF, SRF, PED");
    // A program is no person.
    put(object, tags::CONTENT_CREATOR_NAME, VR::PN, "");
    put(
        object,
        tags::IMAGE_TYPE,
        VR::CS,
        PrimitiveValue::Strs(["DERIVED", "PRIMARY"].map(str::to_owned).into()),
    );
    put(object, tags::BURNED_IN_ANNOTATION, VR::CS, "NO");
    let lossy = source.and_then(|source| source.lossy.as_ref());
    put(object, tags::LOSSY_IMAGE_COMPRESSION, VR::CS, if lossy.is_some() { "01" } else { "00" });
    if let Some(ratio) = lossy.and_then(|lossy| lossy.ratio.as_deref()) {
        put(object, tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, ratio);
    }
    if let Some(method) = lossy.and_then(|lossy| lossy.method.as_deref()) {
        put(object, tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS, method);
    }
    put(object, tags::SEGMENTATION_TYPE, VR::CS, "BINARY");
    put(object, tags::SEGMENTS_OVERLAP, VR::CS, "NO");
    put(object, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    for (tag, value) in [
        (tags::ROWS, mask.rows()),
        (tags::COLUMNS, mask.columns()),
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::BITS_ALLOCATED, 1),
        (tags::BITS_STORED, 1),
        (tags::HIGH_BIT, 0),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        let size = WriteError::TooLarge { format: FORMAT, size: value };
        put(object, tag, VR::US, u16::try_from(value).map_err(|_| size)?);
    }
    put(object, tags::NUMBER_OF_FRAMES, VR::IS, (mask.bscans() * FluidClass::ALL.len()).to_string());
    Ok(())
}
