//! What earlier runs left: whether a scan is done already. A scan is known by what is in its
//! files, so that one that was changed is another one, and one that was only moved is the same.

use std::fs;
use std::path::{Path, PathBuf};

use oct_formats::InputFile;
use sha2::{Digest, Sha256};

use super::record::{MadeWith, SCHEMA, ScanRecord};

/// The folder of all scans in that of a cohort.
pub const SCANS: &str = "scans";
/// The record of a scan beside its files; written last.
pub const RECORD: &str = "scan.json";
/// As much of a checksum tells the scans of a cohort apart: 16 hex digits.
const ID_DIGITS: usize = 16;
/// Where volumes of a file were refused, the count stands beside a later one.
const VOLUMES_TO_ASK: usize = 4;

/// SHA-256 in hex of the names and contents of `files`, which are sorted: names say the eye, the
/// day and the order of B-scans.
pub fn fingerprint(files: &[InputFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        for part in [file.path.as_bytes(), &file.bytes] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What volume `volume` (from 1) of `volumes` in the files of `sha256` is known by.
pub fn id(sha256: &str, volume: usize, volumes: usize) -> String {
    let of_files = sha256.get(..ID_DIGITS).unwrap_or(sha256);
    if volumes < 2 { of_files.to_owned() } else { format!("{of_files}-{volume}") }
}

/// Where the files of the scan `id` lie.
pub fn folder(out: &Path, id: &str) -> PathBuf {
    out.join(SCANS).join(id)
}

/// What is done already of the files of `sha256`, for each of their volumes; empty where it is
/// not known how many there are.
pub fn done(out: &Path, sha256: &str, made_with: &MadeWith) -> Vec<Option<ScanRecord>> {
    let record = |volume, volumes| record(&folder(out, &id(sha256, volume, volumes)), sha256);
    let whole = |found: Option<ScanRecord>| found.filter(|found| is_whole(out, found, made_with));
    if let Some(only) = whole(record(1, 1)) {
        return vec![Some(only)];
    }
    let volumes =
        (1..=VOLUMES_TO_ASK).find_map(|volume| record(volume, 2)).map_or(0, |one| one.input.volumes);
    (1..=volumes).map(|volume| whole(record(volume, volumes))).collect()
}

/// The record in `folder`, where it is one of the files of `sha256`.
fn record(folder: &Path, sha256: &str) -> Option<ScanRecord> {
    let record: ScanRecord = serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()?;
    (record.schema == SCHEMA && record.input.sha256.as_deref() == Some(sha256)).then_some(record)
}

/// Whether `record` says what would be measured now, and all its files are there.
fn is_whole(out: &Path, record: &ScanRecord, made_with: &MadeWith) -> bool {
    let folder = record.folder.as_ref().map(|folder| out.join(folder));
    record.made_with.gives_the_same_as(made_with)
        && folder.is_some_and(|folder| record.files.iter().all(|file| folder.join(file).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_or_content_is_another_scan() {
        let of = |path: &str, bytes: &[u8]| {
            fingerprint(&[InputFile { path: path.to_owned(), bytes: bytes.to_vec() }])
        };
        assert_eq!(of("a", b"bc"), of("a", b"bc"));
        assert_ne!(of("a", b"bc"), of("a", b"bd"));
        assert_ne!(of("a", b"bc"), of("ab", b"c"));
        assert_eq!(of("", b"").len(), 64);
    }

    #[test]
    fn volumes_of_one_file_have_places_of_their_own() {
        let sha256 = "0123456789abcdef0123";
        assert_eq!(id(sha256, 1, 1), "0123456789abcdef");
        assert_eq!(id(sha256, 2, 3), "0123456789abcdef-2");
    }
}
