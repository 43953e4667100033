//! Dates and times of DICOM in the words of ISO 8601.

use std::ops::Range;

use dicom_dictionary_std::tags;

use super::elements::DataSet;

/// When the image was taken, as far as it says.
pub(super) fn acquired(data_set: &DataSet<'_>) -> Option<String> {
    if let Some(at) = data_set.text(tags::ACQUISITION_DATE_TIME) {
        let (date, time) = at.split_at_checked(8).unwrap_or((at.as_str(), ""));
        return iso(date, time);
    }
    [(tags::ACQUISITION_DATE, tags::ACQUISITION_TIME), (tags::CONTENT_DATE, tags::CONTENT_TIME)]
        .into_iter()
        .find_map(|(date, time)| iso(&data_set.text(date)?, &data_set.text(time).unwrap_or_default()))
}

/// `YYYYMMDD` and `HHMMSS`, with or without what follows, as ISO 8601.
pub(super) fn iso(date: &str, time: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if date.len() != 8 || !digits(date) {
        return None;
    }
    let number = |range: Range<usize>| date.get(range).and_then(|part| part.parse::<u32>().ok());
    if !(1..=12).contains(&number(4..6)?) || !(1..=31).contains(&number(6..8)?) {
        return None;
    }
    let date = format!("{}-{}-{}", date.get(..4)?, date.get(4..6)?, date.get(6..8)?);
    let time = time
        .get(..6)
        .filter(|time| digits(time))
        .and_then(|time| Some(format!("T{}:{}:{}", time.get(..2)?, time.get(2..4)?, time.get(4..6)?)));
    Some(date + &time.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_rest_of_lacuna_does() {
        assert_eq!(iso("20190305", "140211.000").as_deref(), Some("2019-03-05T14:02:11"));
        assert_eq!(iso("20190305", "").as_deref(), Some("2019-03-05"));
        for wrong in ["2019", "20191305", "2019-3-5", "2019030\u{e9}"] {
            assert_eq!(iso(wrong, "140211"), None, "{wrong}");
        }
    }
}
