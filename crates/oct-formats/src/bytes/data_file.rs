//! The data file that a header names, of MetaImage and NRRD.

use unicode_normalization::UnicodeNormalization;

use crate::error::shortened;
use crate::{Cause, InputFile};

/// The file among `others` that `header` names as `wanted` in its `field`; it
/// must lie beside the header.
///
/// # Errors
/// [`Cause`] where it lies elsewhere, is several files, or was not dropped.
pub(crate) fn find(
    header: &str,
    field: &'static str,
    wanted: &str,
    mut others: Vec<InputFile>,
) -> Result<InputFile, Cause> {
    let wanted = wanted.strip_prefix("./").or_else(|| wanted.strip_prefix(".\\")).unwrap_or(wanted);
    if wanted.is_empty() {
        return Err(Cause::MissingField { field });
    }
    if wanted.contains(['/', '\\', ':']) || wanted == ".." {
        return Err(Cause::OutsideFolder { wanted: shortened(wanted) });
    }
    if wanted == "LIST" || wanted.starts_with("LIST ") || is_pattern(wanted) {
        return Err(Cause::BadField {
            field,
            value: shortened(wanted),
            why: "spreads the volume over several files",
        });
    }
    let folder = header.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = if folder.is_empty() { wanted.to_owned() } else { format!("{folder}/{wanted}") };
    let place = others.iter().position(|file| file.path == path).or_else(|| {
        // Header and data zipped one by one, or a name that was changed on the way.
        let of_header = folder_without_zips(header);
        let beside: Vec<usize> = (0..others.len())
            .filter(|index| others[*index].path != header)
            .filter(|index| folder_without_zips(&others[*index].path) == of_header)
            .collect();
        let names: Vec<&str> = beside.iter().map(|index| others[*index].name()).collect();
        data_file_among(wanted, &names).map(|place| beside[place])
    });
    match place {
        Some(place) => Ok(others.swap_remove(place)),
        None => Err(Cause::MissingDataFile { wanted: shortened(wanted) }),
    }
}

/// Which of `names`, those of the files beside a header, is the one that the
/// header calls `wanted`: where capitals, composed and decomposed letters (macOS),
/// percent signs of a download or blanks at the end differ, it is the same. A name
/// in an encoding that is not known (of East Asia, mostly) can only be the one
/// file that has its ending.
pub fn data_file_among(wanted: &str, names: &[&str]) -> Option<usize> {
    let all = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..names.len()).filter(|index| is_it(names[*index])).collect()
    };
    let key = name_key(wanted);
    let ending = |name: &str| name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let mut found = all(&|name| name == wanted);
    if found.is_empty() {
        found = all(&|name| name_key(name) == key);
    }
    if found.is_empty() && !wanted.is_ascii() && ending(wanted).is_some() {
        found = all(&|name| ending(name) == ending(wanted));
    }
    if let [only] = found[..] { Some(only) } else { None }
}

/// What of a name stays the same on its way between systems.
pub(crate) fn name_key(name: &str) -> String {
    let name = percent_decoded(name).unwrap_or_else(|| name.to_owned());
    name.trim().nfc().collect::<String>().to_lowercase()
}

/// `name` with its percent signs resolved, as downloads and addresses write
/// names; `None` where it has none, or where what comes out is no name.
fn percent_decoded(name: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(name.len());
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let value = digit(bytes.next())? * 16 + digit(bytes.next())?;
        decoded.push(u8::try_from(value).ok()?);
    }
    let decoded = String::from_utf8(decoded).ok()?;
    let is_name = !decoded.contains(|letter: char| letter.is_control() || ['/', '\\', ':'].contains(&letter));
    (is_name && decoded != name).then_some(decoded)
}

/// Whether a name stands for several, with a number in the place of `%03d`.
fn is_pattern(name: &str) -> bool {
    name.split('%').skip(1).any(|rest| {
        rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).starts_with(['d', 'i', 'u'])
    })
}

/// The folder of `path` as if zips were no folders, as it stays between systems.
fn folder_without_zips(path: &str) -> Vec<String> {
    let folders = path.rsplit_once('/').map_or("", |(folder, _)| folder).split('/').map(name_key);
    folders.filter(|part| !part.is_empty() && !part.ends_with(".zip")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_the_same_on_its_way_between_systems() {
        for (wanted, there) in [
            ("oct.raw", "oct.raw"),
            ("OCT.raw", "oct.RAW"),
            ("M\u{fc}ller.raw", "Mu\u{308}ller.raw"),
            ("Mu\u{308}ller.raw", "M\u{dc}LLER.raw"),
            ("left eye.raw", "left%20eye.raw"),
            ("Gr%C3%B6sse.raw", "Gr\u{f6}sse.raw"),
            ("oct.raw", "oct.raw "),
            ("\u{83}e\u{83}X.raw", "\u{30c6}\u{30b9}.raw"),
        ] {
            assert_eq!(data_file_among(wanted, &["x.img", there, "y.txt"]), Some(1), "{wanted}");
        }
    }

    #[test]
    fn of_two_files_that_it_may_be_none_is_taken() {
        assert_eq!(data_file_among("a.raw", &["A.raw", "a.RAW"]), None);
        assert_eq!(data_file_among("a.raw", &["b.raw"]), None);
        assert_eq!(data_file_among("\u{e4}.raw", &["b.raw", "c.raw"]), None);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let others = || vec![InputFile { path: "x.raw".to_owned(), bytes: Vec::new() }];
        for wanted in ["../x.raw", "..\\x.raw", "/x.raw", "C:\\x.raw"] {
            let refused = find("eye/oct.mhd", "ElementDataFile", wanted, others());
            assert!(matches!(refused, Err(Cause::OutsideFolder { .. })), "{wanted}");
        }
        for wanted in ["x.raw", "..%2Fx.raw", "%2e%2e%2fx.raw"] {
            let refused = find("eye/oct.mhd", "ElementDataFile", wanted, others());
            assert!(matches!(refused, Err(Cause::MissingDataFile { .. })), "{wanted}");
        }
        let several = find("oct.mhd", "ElementDataFile", "slice%03d.raw", others());
        assert!(matches!(several, Err(Cause::BadField { .. })));
        assert!(find("oct.mhd", "ElementDataFile", ".\\x.raw", others()).is_ok());
    }
}
