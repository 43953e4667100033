//! Which eye an image or a frame shows.

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use oct::Laterality;

use super::elements::DataSet;
use crate::Cause;

/// Modifiers of one anatomic region that are looked at.
const MOST_MODIFIERS: usize = 4;

/// The eye that `data_set` (an object, or the anatomy of a frame) states: by its
/// laterality, else by its anatomic region (PS3.3 C.7.3.1, C.8.17.5, C.7.6.16.2.8).
pub(super) fn eye(data_set: &DataSet<'_>) -> Result<Option<Laterality>, Cause> {
    let stated = [tags::FRAME_LATERALITY, tags::IMAGE_LATERALITY, tags::LATERALITY]
        .into_iter()
        .find_map(|tag| side(&data_set.text(tag)?));
    if stated.is_some() {
        return Ok(stated);
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

/// The eye that words name, a file's path or a description; the last one counts. Weak:
/// it tells images apart and is not taken for what they state.
pub(super) fn eye_in_words(words: &str) -> Option<Laterality> {
    let mut found = None;
    for word in words.split(|letter: char| !letter.is_alphabetic()) {
        found = side(word).or(match word.to_ascii_uppercase().as_str() {
            "RE" => Some(Laterality::Od),
            "LE" => Some(Laterality::Os),
            _ => found,
        });
    }
    found
}

/// `B` (both) and anything else say nothing of which.
fn side(text: &str) -> Option<Laterality> {
    match text.to_ascii_uppercase().as_str() {
        "R" | "OD" | "RIGHT" => Some(Laterality::Od),
        "L" | "OS" | "LEFT" => Some(Laterality::Os),
        _ => None,
    }
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
    let meaning = code.text(tags::CODE_MEANING)?.to_lowercase();
    let says = |side: &str| meaning.split(|letter: char| !letter.is_alphabetic()).any(|word| word == side);
    match (says("right"), says("left")) {
        (true, false) => Some(Laterality::Od),
        (false, true) => Some(Laterality::Os),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eyes_are_found_in_names_as_whole_words() {
        for right in ["OD_01.dcm", "eye/R12.dcm", "a left/right-3", "scan RE"] {
            assert_eq!(eye_in_words(right), Some(Laterality::Od), "{right}");
        }
        assert_eq!(eye_in_words("left/IM1"), Some(Laterality::Os));
        for neither in ["IM1.dcm", "model/rods.dcm", "ORIGINAL"] {
            assert_eq!(eye_in_words(neither), None, "{neither}");
        }
    }
}
