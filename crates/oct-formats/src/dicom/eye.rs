//! Which eye an image or a frame shows, by what it states and by what it is called.

use std::collections::BTreeMap;

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use oct::Laterality;

use super::elements::DataSet;
use crate::Cause;
use crate::names::{self, Eye};

/// Modifiers of one anatomic region that are looked at.
const MOST_MODIFIERS: usize = 4;
/// Private fields of one object that may tell its eye.
const MOST_PRIVATE: usize = 16;
/// Retired, and still written.
const ACQUISITION_COMMENTS: Tag = Tag(0x0018, 0x4000);
/// Fields in which people and programs write the eye in words.
const DESCRIPTIONS: [Tag; 17] = [
    tags::SERIES_DESCRIPTION,
    tags::PROTOCOL_NAME,
    tags::IMAGE_COMMENTS,
    tags::STUDY_DESCRIPTION,
    tags::ACQUISITION_PROTOCOL_NAME,
    tags::ACQUISITION_PROTOCOL_DESCRIPTION,
    ACQUISITION_COMMENTS,
    tags::PERFORMED_PROCEDURE_STEP_DESCRIPTION,
    tags::REQUESTED_PROCEDURE_DESCRIPTION,
    tags::DERIVATION_DESCRIPTION,
    tags::CONTENT_LABEL,
    tags::CONTENT_DESCRIPTION,
    tags::BODY_PART_EXAMINED,
    tags::VIEW_NAME,
    tags::VIEW_POSITION,
    tags::FRAME_COMMENTS,
    tags::FRAME_LABEL,
];

/// Sequences of codes whose meaning may name it.
const CODED_DESCRIPTIONS: [Tag; 4] = [
    tags::PROCEDURE_CODE_SEQUENCE,
    tags::SERIES_DESCRIPTION_CODE_SEQUENCE,
    tags::PERFORMED_PROTOCOL_CODE_SEQUENCE,
    tags::VIEW_CODE_SEQUENCE,
];

/// The eye that `data_set` (an object, or the anatomy of a frame) states: by its
/// laterality, else by its anatomic region (PS3.3 C.7.3.1, C.8.17.5, C.7.6.16.2.8).
pub(super) fn eye(data_set: &DataSet<'_>) -> Result<Option<Laterality>, Cause> {
    let stated = [tags::FRAME_LATERALITY, tags::IMAGE_LATERALITY, tags::LATERALITY]
        .into_iter()
        .find_map(|tag| names::eye(&data_set.text(tag)?));
    if stated.is_some() {
        return Ok(stated.map(Eye::laterality));
    }
    for (region, modifier) in [
        (tags::ANATOMIC_REGION_SEQUENCE, tags::ANATOMIC_REGION_MODIFIER_SEQUENCE),
        (tags::PRIMARY_ANATOMIC_STRUCTURE_SEQUENCE, tags::PRIMARY_ANATOMIC_STRUCTURE_MODIFIER_SEQUENCE),
    ] {
        let found = anatomy(data_set, region, modifier)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The eyes that descriptions of `data_set` (an object, or the content of a frame) name, by
/// field. Weak: they tell images apart and are not taken for what these state.
pub(super) fn described_eyes(data_set: &DataSet<'_>) -> Result<BTreeMap<Tag, Eye>, Cause> {
    let described = DESCRIPTIONS.into_iter().filter_map(|tag| Some((tag, data_set.text(tag)?)));
    let described = described.filter_map(|(tag, text)| Some((tag, names::eye(&text)?)));
    // What a private field means nobody knows: only whole words count.
    let private = data_set.private_texts().filter_map(|(tag, text)| Some((tag, names::eye(text)?)));
    let private = private.filter(|(_, eye)| eye.surely().is_some()).take(MOST_PRIVATE);
    let mut eyes: BTreeMap<Tag, Eye> = described.chain(private).collect();
    for tag in CODED_DESCRIPTIONS {
        let meaning = data_set.first_item(tag)?.and_then(|code| code.text(tags::CODE_MEANING));
        eyes.extend(meaning.and_then(|meaning| Some((tag, names::eye(&meaning)?))));
    }
    Ok(eyes)
}

fn anatomy(data_set: &DataSet<'_>, region: Tag, modifier: Tag) -> Result<Option<Laterality>, Cause> {
    let Some(region) = data_set.first_item(region)? else { return Ok(None) };
    let mut found = None;
    region.items(modifier, MOST_MODIFIERS, |code| {
        found = found.or_else(|| side_of_code(&code));
        Ok(())
    })?;
    Ok(found.or_else(|| side_of_code(&region)))
}

/// By SNOMED CT or its older codes in DICOM (PS3.16 CID 244), else in words.
fn side_of_code(code: &DataSet<'_>) -> Option<Laterality> {
    match code.text(tags::CODE_VALUE).as_deref() {
        Some("24028007" | "G-A100" | "18944008") => return Some(Laterality::Od),
        Some("7771000" | "G-A101" | "8966001") => return Some(Laterality::Os),
        _ => {}
    }
    names::eye(&code.text(tags::CODE_MEANING)?)?.surely()
}
