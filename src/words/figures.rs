//! Numbers, times and counts in words a clinician reads. Units and signs are the same in
//! every language.

use super::Locale;

/// A volume in nanolitres. A true zero reads `0 nl`; what is there but rounds
/// to nothing never does.
pub fn nanolitres(nl: f64) -> String {
    if nl == 0.0 {
        "0 nl".to_owned()
    } else if nl < 0.01 {
        "< 0.01 nl".to_owned()
    } else if nl < 1.0 {
        format!("{nl:.2} nl")
    } else {
        format!("{nl:.1} nl")
    }
}

/// A volume, as [`nanolitres`] writes it, as the least that there is.
pub fn at_least(volume: &str) -> String {
    if volume.starts_with('<') { "> 0 nl".to_owned() } else { format!("≥ {volume}") }
}

/// A length in µm, whole.
pub fn micrometres(um: f64) -> String {
    format!("{um:.0} µm")
}

/// An area in mm². A true zero reads `0 mm²`; what is there but rounds to nothing never does.
pub fn square_millimetres(mm2: f64) -> String {
    match mm2 {
        0.0 => "0 mm²".to_owned(),
        mm2 if mm2 < 0.001 => "< 0.001 mm²".to_owned(),
        mm2 if mm2 < 0.1 => format!("{mm2:.3} mm²"),
        mm2 => format!("{mm2:.2} mm²"),
    }
}

/// A length in mm with three significant digits, trailing zeros dropped.
pub fn millimetres(mm: f64) -> String {
    let digits = if mm > 0.0 { (2 - mm.log10().floor() as i32).clamp(0, 8) as usize } else { 0 };
    let text = format!("{mm:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} mm")
}

/// `1 B-scan`, `49 B-scans`.
pub fn bscans(locale: Locale, count: usize) -> String {
    match locale {
        Locale::English if count == 1 => "1 B-scan".to_owned(),
        Locale::English => format!("{count} B-scans"),
        Locale::Chinese => format!("{count} 幅 B 扫描"),
    }
}

/// Time left as people say it; rounded coarsely, so that the words do not flicker.
pub fn time_left(locale: Locale, ms: f64) -> String {
    let seconds = ms / 1000.0;
    let (minutes, hours) = (seconds / 60.0, seconds / 3600.0);
    let is = |en: String, zh: String| match locale {
        Locale::English => en,
        Locale::Chinese => zh,
    };
    if seconds < 8.0 {
        is("a few seconds left".to_owned(), "还剩几秒".to_owned())
    } else if seconds < 55.0 {
        let seconds = (seconds / 5.0).ceil() * 5.0;
        is(format!("about {seconds:.0} seconds left"), format!("约剩 {seconds:.0} 秒"))
    } else if seconds < 90.0 {
        is("about a minute left".to_owned(), "约剩 1 分钟".to_owned())
    } else if seconds < 3300.0 {
        is(format!("about {minutes:.0} minutes left"), format!("约剩 {minutes:.0} 分钟"))
    } else if hours < 1.25 {
        is("about an hour left".to_owned(), "约剩 1 小时".to_owned())
    } else {
        is(format!("about {hours:.1} hours left"), format!("约剩 {hours:.1} 小时"))
    }
}

/// A duration that has passed.
pub fn duration(locale: Locale, ms: f64) -> String {
    let seconds = ms / 1000.0;
    let [minute, second] = match locale {
        Locale::English => ["min", "s"],
        Locale::Chinese => ["分", "秒"],
    };
    if seconds < 10.0 {
        format!("{seconds:.1} {second}")
    } else if seconds < 60.0 {
        format!("{seconds:.0} {second}")
    } else {
        let whole = seconds.round() as u64;
        format!("{} {minute} {:02} {second}", whole / 60, whole % 60)
    }
}

/// A number of parameters, e.g. `1.94 million`. Chinese counts in ten thousands (万).
pub fn parameters(locale: Locale, count: u64) -> String {
    let (figure, unit) = match locale {
        Locale::English if count >= 1_000_000 => (format!("{:.2}", count as f64 / 1e6), "million"),
        Locale::English if count >= 1_000 => (format!("{:.0}", count as f64 / 1e3), "thousand"),
        Locale::Chinese if count >= 1_000_000 => (format!("{:.0}", count as f64 / 1e4), "万"),
        Locale::Chinese if count >= 10_000 => (format!("{:.1}", count as f64 / 1e4), "万"),
        _ => return count.to_string(),
    };
    format!("{figure} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tiny_volume_never_reads_as_zero() {
        assert_eq!(nanolitres(0.0), "0 nl");
        assert_eq!(nanolitres(0.004), "< 0.01 nl");
        assert_eq!(nanolitres(0.37), "0.37 nl");
        assert_eq!(nanolitres(12.34), "12.3 nl");
        assert_eq!(nanolitres(1234.5), "1234.5 nl");
        assert_eq!([at_least("12.3 nl"), at_least("< 0.01 nl")], ["≥ 12.3 nl", "> 0 nl"]);
    }

    #[test]
    fn millimetres_keep_three_significant_digits() {
        assert_eq!(millimetres(0.003_87), "0.00387 mm");
        assert_eq!(millimetres(0.12), "0.12 mm");
        assert_eq!(millimetres(6.0), "6 mm");
        assert_eq!(millimetres(0.011_742_3), "0.0117 mm");
    }

    #[test]
    fn time_left_is_told_coarsely() {
        let left = |ms| time_left(Locale::English, ms);
        assert_eq!(left(1200.0), "a few seconds left");
        assert_eq!(left(21_000.0), "about 25 seconds left");
        assert_eq!(left(70_000.0), "about a minute left");
        assert_eq!(left(600_000.0), "about 10 minutes left");
        assert_eq!(left(7_200_000.0), "about 2.0 hours left");
        assert_eq!(time_left(Locale::Chinese, 21_000.0), "约剩 25 秒");
        assert_eq!(duration(Locale::English, 65_400.0), "1 min 05 s");
        assert_eq!(duration(Locale::Chinese, 65_400.0), "1 分 05 秒");
    }

    #[test]
    fn chinese_counts_in_ten_thousands() {
        assert_eq!(parameters(Locale::English, 1_940_000), "1.94 million");
        assert_eq!(parameters(Locale::Chinese, 1_940_000), "194 万");
        assert_eq!(parameters(Locale::Chinese, 12_000), "1.2 万");
        assert_eq!([parameters(Locale::English, 999), parameters(Locale::Chinese, 999)], ["999", "999"]);
    }
}
