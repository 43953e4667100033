//! Text of a header, whatever program wrote it.

use std::borrow::Cow;

/// What Windows-1252 has in the place of Latin-1's control letters, from 0x80 on
/// (after the table of the Unicode Consortium; what is free there stays as it is).
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}',
    '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

/// `bytes` as text: UTF-8 with its mark or without, else Windows-1252, of which
/// Latin-1 is a part. Given a line at a time, one comment in another encoding
/// changes no other line.
pub(crate) fn header_text(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes.iter().map(|byte| letter(*byte)).collect::<String>().into(),
    }
}

fn letter(byte: u8) -> char {
    let special = usize::from(byte).checked_sub(0x80).and_then(|at| WINDOWS_1252.get(at));
    special.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_any_age_are_text() {
        for (bytes, text) in [
            (&b"oct.raw"[..], "oct.raw"),
            ("Größe".as_bytes(), "Größe"),
            (b"\xEF\xBB\xBFNDims", "NDims"),
            (b"Gr\xF6\xDFe", "Größe"),
            (b"OD \x96 1", "OD \u{2013} 1"),
        ] {
            assert_eq!(header_text(bytes), text);
        }
    }
}
