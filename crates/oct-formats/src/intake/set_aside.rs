//! Files that are no scan as they are, with what to do about them.

use crate::formats::{Format, endings};
use crate::{Cause, InputFile};

/// How browsers and programs call what they have not fetched whole.
const UNFINISHED: [&str; 7] =
    [".part", ".partial", ".crdownload", ".download", ".opdownload", ".filepart", ".!ut"];

/// Archives other than zip by their first bytes.
const ARCHIVES: [(&[u8], &str); 6] = [
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"\xFD7zXZ\0", "an xz archive"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
    (b"BZh", "a bzip2 archive"),
    // The first part of a zip that was split.
    (b"PK\x07\x08", "one part of a split zip"),
];

/// Why `file` is left aside, where it is.
pub(super) fn why(file: &InputFile) -> Option<Cause> {
    let name = file.name().to_lowercase();
    let (bytes, has) = (file.bytes.as_slice(), |ending: &str| name.ends_with(ending));
    if UNFINISHED.iter().any(|ending| has(ending)) {
        return Some(Cause::Unfinished);
    }
    let of_start = ARCHIVES.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| *kind);
    let is_part = name
        .rsplit_once(".z")
        .is_some_and(|(_, part)| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()));
    let kind = if is_part {
        Some("one part of a split zip")
    } else if bytes.get(257..262) == Some(b"ustar") {
        Some("a tar archive")
    } else if bytes.starts_with(b"\x1F\x8B") && is_wrapped(&name) {
        Some("a gzip archive")
    } else {
        of_start
    };
    kind.map(|kind| Cause::Archive { kind })
}

/// Whether `.gz` stands behind a name whose format is not packed so by itself.
fn is_wrapped(name: &str) -> bool {
    let Some(inner) = name.strip_suffix(".gz") else { return name.ends_with(".tgz") };
    // Headers name packed data files with these endings.
    let is_packed_itself = [".nii", ".img"].iter().any(|ending| inner.ends_with(ending));
    inner.ends_with(".tar") || !is_packed_itself && endings().any(|ending| inner.ends_with(ending))
}

/// A zip of several parts: the number of a part stands in its last record
/// (APPNOTE.TXT 4.3.16), all bits of it where the zip is a zip64.
pub(super) fn is_last_part_of_a_zip(file: &InputFile) -> bool {
    /// The record, with the longest comment.
    const TAIL: usize = 22 + 0xFFFF;
    let tail = &file.bytes[file.bytes.len().saturating_sub(TAIL)..];
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06");
    let disk = end.and_then(|at| tail.get(at + 4..at + 6)).and_then(|disk| disk.first_chunk());
    Format::Zip.row().has_ending(file.name())
        && disk.is_some_and(|disk| !matches!(u16::from_le_bytes(*disk), 0 | 0xFFFF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn downloads_and_archives_are_called_by_what_they_are() {
        let why = |path: &str, bytes: &[u8]| why(&InputFile { path: path.to_owned(), bytes: bytes.to_vec() });
        assert_eq!(why("eye/oct.zip.crdownload", b"PK"), Some(Cause::Unfinished));
        assert_eq!(why("eye/OCT.dcm.part", b"PK"), Some(Cause::Unfinished));
        for (path, bytes, kind) in [
            ("a", &b"7z\xBC\xAF\x27\x1C\0"[..], "a 7z archive"),
            ("a.rar", b"Rar!\x1A\x07\x01", "a RAR archive"),
            ("a.z01", b"x", "one part of a split zip"),
            ("a.tar.gz", b"\x1F\x8B\x08", "a gzip archive"),
            ("a.dcm.gz", b"\x1F\x8B\x08", "a gzip archive"),
        ] {
            assert_eq!(why(path, bytes), Some(Cause::Archive { kind }), "{path}");
        }
        for kept in ["a.nii.gz", "a.raw.gz", "a.img.gz", "mask.gz"] {
            assert_eq!(why(kept, b"\x1F\x8B\x08"), None, "{kept}");
        }
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(why("eye", &tar), Some(Cause::Archive { kind: "a tar archive" }));
    }
}
