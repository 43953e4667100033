//! Points in time as device files store them, in the words of ISO 8601.

use time::{Duration, OffsetDateTime};

/// Years in which an OCT can have been taken. Anything else is a field that
/// nobody filled.
const YEARS_OF_OCT: std::ops::RangeInclusive<i32> = 1991..=2100;
/// Years in which a patient can have been born.
const YEARS_OF_BIRTH: std::ops::RangeInclusive<i32> = 1880..=2100;

/// `2019-03-05T14:02:11` from a Windows `FILETIME`, 100 ns since 1601, as it
/// stands, without a zone. `None` where no OCT was taken.
pub(crate) fn of_filetime(ticks: u64) -> Option<String> {
    /// From 1601 to 1970, in seconds.
    const TO_1970: i64 = 11_644_473_600;
    let seconds = i64::try_from(ticks / 10_000_000).ok()? - TO_1970;
    let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    let (hour, minute, second) = at.to_hms();
    YEARS_OF_OCT.contains(&at.year()).then(|| format!("{}T{hour:02}:{minute:02}:{second:02}", iso_date(at)))
}

/// `1950-01-31` from the days since the 30th of December 1899 (OLE's
/// `VariantTime`). `None` where nobody was born.
pub(crate) fn birth_date_of_days(days: f64) -> Option<String> {
    /// From 1899-12-30 to 1970.
    const TO_1970: f64 = 25_569.0;
    let is_set = days.is_finite() && days != 0.0 && days.abs() < 1e6;
    let since_1970 = is_set.then(|| Duration::days((days.floor() - TO_1970) as i64))?;
    let at = OffsetDateTime::UNIX_EPOCH.checked_add(since_1970)?;
    YEARS_OF_BIRTH.contains(&at.year()).then(|| iso_date(at))
}

fn iso_date(at: OffsetDateTime) -> String {
    format!("{:04}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filetime_is_a_date_and_a_time_of_day() {
        // The exam of a public sample: 131286184616218310 is 2017-01-11 14:27:41.6.
        assert_eq!(of_filetime(131_286_184_616_218_310).as_deref(), Some("2017-01-11T14:27:41"));
        for unset in [0, 1, u64::MAX] {
            assert_eq!(of_filetime(unset), None);
        }
    }

    #[test]
    fn birth_dates_count_days() {
        assert_eq!(birth_date_of_days(36_526.0).as_deref(), Some("2000-01-01"));
        assert_eq!(birth_date_of_days(-10_000.0), None);
        for unset in [0.0, f64::NAN, 1e300, -1e300] {
            assert_eq!(birth_date_of_days(unset), None);
        }
    }
}
