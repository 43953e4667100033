//! Zips to the files in them, within bounds.

use std::io::{Cursor, ErrorKind, Read};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::tidy;
use crate::error::Cause;
use crate::formats::Format;
use crate::{InputFile, is_litter};

/// What all zips of one drop may unpack to together.
const MOST_UNPACKED_BYTES: u64 = 4 << 30;
/// Files in all zips of one drop.
const MOST_ENTRIES: usize = 20_000;
/// What any zip may unpack to, however small it is: a mask of RETOUCH has
/// 67 MB and packs to a few KB, so small zips must be allowed to grow.
const FREE_BYTES: u64 = 512 << 20;
/// Beyond that, bytes out for each byte in. Scans pack to a half or a third;
/// deflate's own limit of 1032 is reached by bombs only.
const MOST_RATIO: u64 = 100;

/// Zips within a zip. Stores pack what was packed before.
const DEEPEST_ZIP: usize = 2;

/// What may still be unpacked.
pub(super) struct Budget {
    bytes: u64,
    entries: usize,
    /// What each zip may unpack to, however small it is.
    free: u64,
    /// How many zips lie around the one that is unpacked.
    depth: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: MOST_UNPACKED_BYTES, entries: MOST_ENTRIES, free: FREE_BYTES, depth: 0 }
    }
}

/// Unpacks `zip` as a folder of its own name, so that two zips never mix.
pub(super) fn unzip(zip: &InputFile, budget: &mut Budget, files: &mut Vec<InputFile>) -> Result<(), Cause> {
    let too_large = |limit| Cause::TooLarge { limit };
    check_directory(&zip.bytes)?;
    let mut archive = ZipArchive::new(Cursor::new(zip.bytes.as_slice())).map_err(Cause::malformed)?;
    budget.entries = budget.entries.checked_sub(archive.len()).ok_or_else(too_many_files)?;
    let by_ratio = budget.free.saturating_add(MOST_RATIO.saturating_mul(zip.bytes.len() as u64));
    let limit = if by_ratio < budget.bytes { "512 MiB and 100 times its size" } else { "4 GiB" };
    let mut left = by_ratio.min(budget.bytes);
    for index in 0..archive.len() {
        let (packing, is_encrypted) = match archive.by_index_raw(index) {
            Ok(entry) if entry.is_dir() || is_litter(&tidy(entry.name())) => continue,
            Ok(entry) => (entry.compression(), entry.encrypted()),
            Err(error) => return Err(Cause::malformed(error)),
        };
        if is_encrypted {
            return Err(Cause::Encrypted);
        }
        if let Some(packing) = not_unpacked(packing) {
            return Err(Cause::Unsupported {
                feature: format!("{packing} packing"),
                remedy: "pack it again as an ordinary zip (Deflate), or unpack it and drop what is inside",
            });
        }
        let entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Cause::Encrypted);
            }
            Err(error) => return Err(Cause::malformed(error)),
        };
        let inner = tidy(entry.name());
        if inner.is_empty() {
            continue;
        }
        let mut bytes = Vec::new();
        // Grows with what really comes out, whatever the entry declares.
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|error| match error.kind() {
            ErrorKind::OutOfMemory => Cause::out_of_memory(),
            _ => Cause::cannot_unpack(error),
        })?;
        let unpacked = bytes.len() as u64;
        left = left.checked_sub(unpacked).ok_or_else(|| too_large(limit))?;
        budget.bytes = budget.bytes.saturating_sub(unpacked);
        let file = InputFile { path: format!("{}/{inner}", zip.path), bytes };
        let row = Format::Zip.row();
        // By its ending, too: documents of office programs are zips of pictures.
        if row.has_ending(file.name()) && (row.signature)(&file) && budget.depth < DEEPEST_ZIP {
            // It may take no more than what is left of the zip around it.
            let whole = budget.bytes;
            budget.bytes = whole.min(left);
            let may_take = budget.bytes;
            budget.depth += 1;
            let nested = unzip(&file, budget, files);
            budget.depth -= 1;
            let taken = may_take.saturating_sub(budget.bytes);
            budget.bytes = whole - taken;
            left -= taken;
            nested?;
        } else {
            files.push(file);
        }
    }
    Ok(())
}

/// The name of a packing that is not unpacked (APPNOTE.TXT 4.4.5).
fn not_unpacked(packing: CompressionMethod) -> Option<String> {
    // By the numbers: which variants there are depends on the whole workspace.
    let name = match packing {
        CompressionMethod::STORE | CompressionMethod::DEFLATE | CompressionMethod::DEFLATE64 => return None,
        CompressionMethod::SHRINK => "Shrink",
        CompressionMethod::IMPLODE => "Implode",
        CompressionMethod::BZIP2 => "bzip2",
        CompressionMethod::LZMA => "LZMA",
        CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => "Zstandard",
        CompressionMethod::XZ => "xz",
        CompressionMethod::JPEG => "JPEG",
        CompressionMethod::WAVPACK => "WavPack",
        CompressionMethod::PPMD => "PPMd",
        _ => "an unknown",
    };
    Some(name.to_owned())
}

fn too_many_files() -> Cause {
    Cause::TooLarge { limit: "20,000 files" }
}

/// Refuses a zip whose directory would make the reader hang or reserve memory:
/// it tries every end record there is, each with a search of its own, and
/// reserves room for as many files as one declares. Layout: APPNOTE.TXT 4.3.16.
fn check_directory(bytes: &[u8]) -> Result<(), Cause> {
    const END: &[u8] = b"PK\x05\x06";
    /// A zip of zips holds one for each zip in it that is stored as it is.
    const MOST_ENDS: usize = 256;
    let ends: Vec<usize> = bytes
        .windows(END.len())
        .enumerate()
        .filter(|(_, window)| *window == END)
        .map(|(at, _)| at)
        .take(MOST_ENDS + 1)
        .collect();
    if ends.len() > MOST_ENDS {
        return Err(Cause::malformed("it has hundreds of directories"));
    }
    let entries = ends.last().and_then(|at| bytes.get(at + 10..at + 12));
    // A zip64 says 65535 here, and has that many files or more.
    let declared = entries.map_or(0, |entries| usize::from(u16::from_le_bytes([entries[0], entries[1]])));
    if declared > MOST_ENTRIES {
        return Err(too_many_files());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(entries: &[(&str, usize)]) -> InputFile {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, zeros) in entries {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut archive, &vec![0; *zeros]).unwrap();
        }
        InputFile { path: "eye.zip".to_owned(), bytes: archive.finish().unwrap().into_inner() }
    }

    #[test]
    fn a_zip_that_grows_past_any_of_the_limits_is_refused_with_that_limit() {
        let bomb = zip(&[("a", 600_000), ("b", 600_000)]);
        assert!(bomb.bytes.len() < 3_000, "{}", bomb.bytes.len());
        let by_ratio = 100 * bomb.bytes.len() as u64;
        for (bytes, entries, free, limit) in [
            (1_199_999, 2, 1 << 30, Some("4 GiB")),
            (1 << 30, 2, 1_199_999 - by_ratio, Some("512 MiB and 100 times its size")),
            (1 << 30, 1, 1 << 30, Some("20,000 files")),
            (1_200_000, 2, 1_200_000 - by_ratio, None),
        ] {
            let mut files = Vec::new();
            let result = unzip(&bomb, &mut Budget { bytes, entries, free, depth: 0 }, &mut files);
            let refused = limit.map_or(Ok(()), |limit| Err(Cause::TooLarge { limit }));
            assert_eq!(result, refused);
        }
    }

    #[test]
    fn several_zips_share_one_budget() {
        let mut budget = Budget { bytes: 1_000, entries: 9, free: 1_000, depth: 0 };
        let mut files = Vec::new();
        assert_eq!(unzip(&zip(&[("a", 600)]), &mut budget, &mut files), Ok(()));
        assert_eq!((budget.bytes, budget.entries), (400, 8));
        assert!(matches!(unzip(&zip(&[("a", 600)]), &mut budget, &mut files), Err(Cause::TooLarge { .. })));
    }
}
