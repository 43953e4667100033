//! Which part of the body an image shows, where that is not the retina (PS3.3 C.7.6.16.2.8,
//! C.8.17.5; Body Part Examined in PS3.16 annex L).

use dicom_dictionary_std::tags;

use super::elements::DataSet;
use crate::Cause;
use crate::error::shortened;
use crate::names::{Meaning, is_no_retina};

/// Codes of PS3.16 CID 4209 and 4211 whose part holds a retina, of SNOMED CT and its older
/// ones in DICOM: eye, both eyes, choroid, fovea, optic nerve head, retina. Their meaning may
/// be written in any language.
const WITH_RETINA: [&str; 9] =
    ["81745001", "T-AA000", "T-AA180", "T-AA310", "T-AA621", "T-AA630", "T-AA610", "18944008", "8966001"];
/// Those of the front of the eye, by the older codes: anterior chamber, sclera, cornea, ciliary
/// body, iris, lens, eyelids, conjunctiva, what belongs to the tears.
const OF_THE_FRONT: [&str; 13] = [
    "T-AA050", "T-AA110", "T-AA200", "T-AA400", "T-AA500", "T-AA700", "T-AA810", "T-AA820", "T-AA830",
    "T-AA860", "T-AA862", "T-AA910", "T-AA940",
];

/// What `data_set` (an object, or the anatomy of a frame) says that it shows, in a few words,
/// where that is the front of the eye or another organ.
pub(super) fn no_retina(data_set: &DataSet<'_>) -> Result<Option<String>, Cause> {
    for region in [tags::PRIMARY_ANATOMIC_STRUCTURE_SEQUENCE, tags::ANATOMIC_REGION_SEQUENCE] {
        let Some(code) = data_set.first_item(region)? else { continue };
        if let Some(found) = no_retina_of_code(&code) {
            return Ok(Some(found));
        }
    }
    let part = data_set.text(tags::BODY_PART_EXAMINED).filter(|part| is_no_retina(part));
    if part.is_some() {
        return Ok(part.map(|part| shortened(&part)));
    }
    let is_front =
        |tag| data_set.text(tag).is_some_and(|text| Meaning::of(&text) == Some(Meaning::FrontOfEye));
    let described = [tags::SERIES_DESCRIPTION, tags::PROTOCOL_NAME].into_iter().any(is_front);
    Ok(described.then(|| Meaning::FrontOfEye.called().to_owned()))
}

fn no_retina_of_code(code: &DataSet<'_>) -> Option<String> {
    let value = code.text(tags::CODE_VALUE).unwrap_or_default();
    if WITH_RETINA.contains(&value.as_str()) {
        return None;
    }
    let meaning = code.text(tags::CODE_MEANING).unwrap_or_default();
    if OF_THE_FRONT.contains(&value.as_str()) {
        return Some(if meaning.is_empty() {
            Meaning::FrontOfEye.called().to_owned()
        } else {
            shortened(&meaning)
        });
    }
    is_no_retina(&meaning).then(|| shortened(&meaning))
}
