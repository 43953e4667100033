//! Dates and times of DICOM in the words of ISO 8601.

use std::ops::Range;

use dicom_dictionary_std::tags;

use super::elements::DataSet;

/// When the image was taken, as far as it says; then, whether its time of day is
/// that of the acquisition, not of a file that was made of it.
pub(super) fn acquired(data_set: &DataSet<'_>) -> (Option<String>, bool) {
    let stated = data_set.text(tags::ACQUISITION_DATE_TIME).and_then(|at| iso_of_date_time(&at));
    let from = |date, time| iso(&data_set.text(date)?, &data_set.text(time).unwrap_or_default());
    let exact = stated.or_else(|| from(tags::ACQUISITION_DATE, tags::ACQUISITION_TIME));
    if exact.is_some() {
        return (exact, true);
    }
    let made = from(tags::CONTENT_DATE, tags::CONTENT_TIME);
    (made.or_else(|| from(tags::SERIES_DATE, tags::SERIES_TIME)), false)
}

/// `YYYYMMDDHHMMSS`, with or without what follows, as ISO 8601.
pub(super) fn iso_of_date_time(at: &str) -> Option<String> {
    let (date, time) = at.split_at_checked(8).unwrap_or((at, ""));
    iso(date, time)
}

/// Seconds into the day of a time in the words of ISO 8601.
pub(super) fn second_of_day(at: &str) -> Option<u32> {
    let (_, time) = at.split_once('T')?;
    let mut parts = time.split(':').map(|part| part.parse::<u32>().ok());
    Some(parts.next()?? * 3600 + parts.next()?? * 60 + parts.next()??)
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
    fn seconds_are_counted_from_midnight() {
        assert_eq!(second_of_day("2019-03-05T14:02:11"), Some(50_531));
        assert_eq!(second_of_day("2019-03-05"), None);
    }

    #[test]
    fn dates_are_written_as_the_rest_of_lacuna_does() {
        assert_eq!(iso("20190305", "140211.000").as_deref(), Some("2019-03-05T14:02:11"));
        assert_eq!(iso("20190305", "").as_deref(), Some("2019-03-05"));
        for wrong in ["2019", "20191305", "2019-3-5", "2019030\u{e9}"] {
            assert_eq!(iso(wrong, "140211"), None, "{wrong}");
        }
    }
}
