//! Days from one date of acquisition to another.

/// Days from `before` to `after`, less than 0 where the second was taken first. Both begin with a
/// date as ISO 8601 writes it (`2019-03-05`, or with a time behind it); `None` where one does not.
pub fn days_between(before: &str, after: &str) -> Option<i64> {
    Some(day(after)? - day(before)?)
}

/// Days since 1 March of the year 0 of the Gregorian calendar.
fn day(text: &str) -> Option<i64> {
    let date = text.get(..10)?;
    let ends = text.get(10..)?;
    if !ends.is_empty() && !ends.starts_with(['T', ' ']) {
        return None;
    }
    let mut parts = date.split('-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i64>().ok())?
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    // The year begins in March, so that the leap day is its last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(365 * year + leap_days + (153 * month + 2) / 5 + day - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        assert_eq!(days_between("2019-03-05T14:02:11", "2019-03-05T09:00:00"), Some(0));
        assert_eq!(days_between("2019-12-31", "2020-01-01 08:00"), Some(1));
        assert_eq!(days_between("2020-02-28", "2020-03-01"), Some(2));
        assert_eq!(days_between("2100-02-28", "2100-03-01"), Some(1));
        assert_eq!(days_between("2000-01-01", "2024-01-01"), Some(8766));
        assert_eq!(days_between("2024-06-01", "2024-05-02"), Some(-30));
    }

    #[test]
    fn what_is_no_date_has_no_days() {
        for odd in
            ["", "2019", "20190305", "2019-13-01", "2019-02-29", "2019-00-10", "2019-01-00", "+019-01-01"]
        {
            assert_eq!(days_between(odd, "2020-01-01"), None, "{odd}");
        }
        assert_eq!(days_between("2019-01-0é", "2020-01-01"), None);
        assert_eq!(days_between("2019-01-012", "2020-01-01"), None);
    }
}
