//! When a segmentation was made.

/// A time as DICOM has it.
pub(super) struct Created {
    pub(super) date: String,
    pub(super) time: String,
    /// `+HHMM`.
    pub(super) offset: String,
}

impl Created {
    /// Reads RFC 3339; `None` where it is none. Fractions of a second are cut.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize, least: u32, most: u32| {
            let digits = text.get(from..to)?;
            let valid = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|number| valid && (least..=most).contains(number)).map(|_| digits)
        };
        let bytes = text.as_bytes();
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        let separated = separators.iter().all(|(at, letter)| bytes.get(*at) == Some(letter));
        if !separated || !matches!(bytes.get(10), Some(b'T' | b't' | b' ')) {
            return None;
        }
        let date = [number(0, 4, 0, 9999)?, number(5, 7, 1, 12)?, number(8, 10, 1, 31)?].concat();
        let time = [number(11, 13, 0, 23)?, number(14, 16, 0, 59)?, number(17, 19, 0, 60)?].concat();
        let fraction = text.get(19..)?.strip_prefix('.');
        let zone_at = match fraction {
            Some(fraction) => 20 + fraction.bytes().take_while(u8::is_ascii_digit).count(),
            None => 19,
        };
        let offset = match text.get(zone_at..)? {
            "Z" | "z" | "-00:00" => "+0000".to_owned(),
            zone if zone.len() == 6 && zone.starts_with(['+', '-']) && zone.get(3..4) == Some(":") => {
                let hours = number(zone_at + 1, zone_at + 3, 0, 14)?;
                [&zone[..1], hours, number(zone_at + 4, zone_at + 6, 0, 59)?].concat()
            }
            _ => return None,
        };
        Some(Self { date, time, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_or_none() {
        let parsed = |text: &str| Created::parse(text).map(|time| [time.date, time.time, time.offset]);
        let found = |parts: [&str; 3]| Some(parts.map(str::to_owned));
        assert_eq!(parsed("2026-01-02T03:04:05Z"), found(["20260102", "030405", "+0000"]));
        assert_eq!(parsed("2026-01-02T03:04:05.678-05:30"), found(["20260102", "030405", "-0530"]));
        for wrong in [
            "",
            "2026-01-02",
            "2026-01-02T03:04:05",
            "2026-13-02T03:04:05Z",
            "2026-01-02T03:04:05+5:00",
            "2026-01-02T+3:04:05Z",
            "äöüäöüäöüäöüäöüäöü",
            "2026-01-02T03:04:05.ä",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
