//! Which day names tell.

/// The day that `path` names, as `2024-11-03`, the last part of it first. Of 3-4-2024 it is
/// the 3rd of April: enough to tell one day from another.
pub(crate) fn day(path: &str) -> Option<String> {
    path.rsplit('/').find_map(|part| dates(part).into_iter().next().map(|(day, _)| day))
}

/// The day that `text` names for certain.
pub(crate) fn stated_day(text: &str) -> Option<String> {
    dates(text).into_iter().find(|(_, is_sure)| *is_sure).map(|(day, _)| day)
}

/// The dates in `text`, each with whether its figures have one order alone.
fn dates(text: &str) -> Vec<(String, bool)> {
    let mut dates: Vec<(String, bool)> = Vec::new();
    let runs = runs(text);
    for (_, run) in runs.iter().filter(|(_, run)| run.len() == 8) {
        if let (Some(year), Some(month), Some(date)) = (run.get(..4), run.get(4..6), run.get(6..)) {
            dates.extend(as_day(year, month, date).map(|day| (day, true)));
        }
    }
    for [(_, a), (to_b, b), (to_c, c)] in runs.array_windows() {
        // Figures without a zero before them are a date only between the same short signs.
        let is_written_so = to_b == to_c && ["-", ".", "/"].contains(to_b);
        let is_short = |run: &str| run.len() == 2 || is_written_so && run.len() == 1;
        if a.len() == 4 && is_short(b) && is_short(c) {
            dates.extend(as_day(a, b, c).map(|day| (day, true)));
        } else if c.len() == 4 && is_short(a) && is_short(b) {
            let (day_first, month_first) = (as_day(c, b, a), as_day(c, a, b));
            let is_sure = day_first.is_none() || month_first.is_none() || day_first == month_first;
            dates.extend(day_first.or(month_first).map(|day| (day, is_sure)));
        }
    }
    dates
}

/// The runs of digits in `text`, each with what stands between it and the one before.
fn runs(text: &str) -> Vec<(&str, &str)> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (between, from) = rest.split_at(start);
        let end = from.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        runs.push((between, run));
        rest = after;
    }
    runs
}

fn as_day(year: &str, month: &str, day: &str) -> Option<String> {
    let number =
        |text: &str, from, to| text.parse::<u32>().ok().filter(|number| (from..=to).contains(number));
    let (year, month, day) = (number(year, 1990, 2099)?, number(month, 1, 12)?, number(day, 1, 31)?);
    Some(format!("{year}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_day_in_the_usual_ways() {
        for (path, said) in [
            ("20240103_OD_001.png", Some("2024-01-03")),
            ("2024-01-03/b1.png", Some("2024-01-03")),
            ("b_03.01.2024_7.png", Some("2024-01-03")),
            ("visit 3.1.2024/b7.png", Some("2024-01-03")),
            ("scan 3 1 2024.png", None),
            ("10162422.png", None),
            ("IM00000001.png", None),
        ] {
            assert_eq!(day(path).as_deref(), said, "{path}");
        }
    }

    #[test]
    fn a_day_that_could_be_another_is_not_stated() {
        for (name, said) in [
            ("Cube 512x128_6-25-2009_10-51-44_OD", Some("2009-06-25")),
            ("Disc Cube_14-04-2016_11-14-24_OS", Some("2016-04-14")),
            ("Angio (6mmx6mm)_6-3-2019_13-2-0_OS", None),
            ("Cube_7-7-2019_OS", Some("2019-07-07")),
        ] {
            assert_eq!(stated_day(name).as_deref(), said, "{name}");
        }
    }
}
