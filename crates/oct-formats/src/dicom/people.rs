//! Who was scanned, in whatever letters the file has.

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries::EXPLICIT_VR_LITTLE_ENDIAN;

use super::dates::iso;
use super::elements::DataSet;
use crate::Patient;

/// Longer values are cut: names and numbers of patients are shorter.
const LONGEST: usize = 512;

/// The patient module (PS3.3 C.7.1.1) of `data_set`.
pub(super) fn patient(data_set: &DataSet<'_>) -> Patient {
    Patient {
        name: text(data_set, tags::PATIENT_NAME, b"PN"),
        id: text(data_set, tags::PATIENT_ID, b"LO"),
        birth_date: data_set.text(tags::PATIENT_BIRTH_DATE).and_then(|date| iso(&date, "")),
        sex: data_set.text(tags::PATIENT_SEX).filter(|sex| ["F", "M", "O"].contains(&sex.as_str())),
    }
}

/// A text in the file's character set. The library knows these; it is given
/// that set and the text alone, so nothing hostile reaches it.
fn text(data_set: &DataSet<'_>, tag: Tag, value_type: &[u8; 2]) -> Option<String> {
    let value = data_set.value(tag)?;
    let mut alone = Vec::new();
    let character_set = data_set.value(tags::SPECIFIC_CHARACTER_SET).unwrap_or_default();
    for (tag, value_type, value) in
        [(tags::SPECIFIC_CHARACTER_SET, b"CS", character_set), (tag, value_type, value)]
    {
        let value = value.get(..LONGEST).unwrap_or(value);
        alone.extend(tag.0.to_le_bytes());
        alone.extend(tag.1.to_le_bytes());
        alone.extend(value_type);
        alone.extend((value.len() as u16).to_le_bytes());
        alone.extend(value);
    }
    let decoded =
        InMemDicomObject::read_dataset_with_ts(alone.as_slice(), &EXPLICIT_VR_LITTLE_ENDIAN.erased())
            .ok()
            .and_then(|object| Some(object.get(tag)?.to_str().ok()?.into_owned()));
    let text = decoded.or_else(|| data_set.text(tag))?;
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\0').to_owned();
    (!text.is_empty()).then_some(text)
}
