//! Elements of a data set that is written.

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use oct::Code;

pub(super) fn coded(Code { value, scheme, meaning }: Code) -> InMemDicomObject {
    item([
        (tags::CODE_VALUE, VR::SH, value.as_ref().into()),
        (tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme.as_ref().into()),
        (tags::CODE_MEANING, VR::LO, meaning.as_ref().into()),
    ])
}

pub(super) fn item<const N: usize>(elements: [(Tag, VR, PrimitiveValue); N]) -> InMemDicomObject {
    InMemDicomObject::from_element_iter(
        elements.into_iter().map(|(tag, vr, value)| DataElement::new(tag, vr, value)),
    )
}

pub(super) fn put(object: &mut InMemDicomObject, tag: Tag, vr: VR, value: impl Into<PrimitiveValue>) {
    object.put(DataElement::new(tag, vr, value.into()));
}

pub(super) fn put_bytes(object: &mut InMemDicomObject, tag: Tag, bytes: Vec<u8>) {
    object.put(DataElement::new(tag, VR::OB, PrimitiveValue::U8(bytes.into())));
}

pub(super) fn put_sequence(object: &mut InMemDicomObject, tag: Tag, items: Vec<InMemDicomObject>) {
    object.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
}

pub(super) fn with_sequence(
    mut object: InMemDicomObject,
    tag: Tag,
    items: Vec<InMemDicomObject>,
) -> InMemDicomObject {
    put_sequence(&mut object, tag, items);
    object
}

/// Text for an element of at most 64 letters. A backslash would part it in two.
pub(super) fn text(text: &str) -> String {
    text.trim().chars().filter(|letter| !letter.is_control() && *letter != '\\').take(64).collect()
}

/// Text for an element that must not be empty.
pub(super) fn or_unknown(given: &str) -> String {
    let text = text(given);
    if text.is_empty() { "unknown".to_owned() } else { text }
}

/// `YYYYMMDD`, or nothing where it is none.
pub(super) fn date(text: &str) -> &str {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) { text } else { "" }
}

pub(super) fn decimals(values: &[f64]) -> PrimitiveValue {
    PrimitiveValue::Strs(values.iter().copied().map(decimal).collect())
}

/// A number in at most 16 letters, as near as they allow (PS3.5 6.2, DS).
fn decimal(value: f64) -> String {
    // Minus zero is a zero.
    let value = value + 0.0;
    let exact = value.to_string();
    if exact.len() <= 16 {
        return exact;
    }
    let rounded =
        (0..=14).rev().flat_map(|digits| [format!("{value:.digits$}"), format!("{value:.digits$e}")]);
    rounded
        .filter(|text| text.len() <= 16)
        .min_by(|a, b| {
            let error =
                |text: &String| text.parse::<f64>().map_or(f64::INFINITY, |read| (read - value).abs());
            error(a).total_cmp(&error(b))
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_has_at_most_16_letters_and_loses_little() {
        for value in [
            0.0,
            0.01171875,
            0.011718749999999999,
            -0.003_872_123_456_789_012,
            1.0 / 3.0,
            -1e-17,
            6.0,
            123_456.789_012_345_67,
            -9_999.999_999_999_999,
            f64::MIN_POSITIVE,
            1e300,
        ] {
            let text = decimal(value);
            assert!((1..=16).contains(&text.len()), "{value}: {text}");
            let read: f64 = text.parse().unwrap();
            assert!((read - value).abs() <= value.abs() * 1e-8, "{value}: {text}");
        }
        assert_eq!(decimal(-0.0), "0");
        assert_eq!(decimal(0.1 + 0.2), "0.30000000000000");
    }

    #[test]
    fn text_cannot_become_two_values() {
        assert_eq!(text(" a\\b\u{7}c "), "abc");
        assert_eq!(or_unknown("\\"), "unknown");
        assert_eq!(date("1970-1-1"), "");
    }
}
