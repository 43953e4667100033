//! Mask images of an earlier, longer run into the same folder: beside new results
//! they would be taken for masks of the new scan.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use oct_formats::images;

use crate::failure::Failure;

/// The file that stands for a whole set of results.
const REPORT: &str = "report.json";
/// Where mask images lie.
const MASKS: &str = "masks";
/// How much of a PNG tells its mark.
const HEAD: u64 = 256;

/// Mask images in `folder` that Lacuna saved and that `new`, a whole set of
/// results, does not replace. Nothing else is ever touched: an image is known by
/// its mark, or, from before there was one, by the name that only Lacuna gives
/// beside a report of Lacuna's.
pub fn results(folder: &Path, new: &[String]) -> Vec<PathBuf> {
    if !new.iter().any(|name| name == REPORT) {
        return Vec::new();
    }
    let has_report =
        fs::read_to_string(folder.join(REPORT)).is_ok_and(|report| report.contains("\"lacuna\""));
    let mut stale: Vec<PathBuf> = fs::read_dir(folder.join(MASKS))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_new = new.iter().any(|new| new.strip_prefix("masks/") == Some(name.as_str()));
            // What is about to take its place has a dot before its name.
            !is_new
                && !name.starts_with('.')
                && (is_marked(&entry.path()) || has_report && is_numbered(&name))
        })
        .map(|entry| entry.path())
        .collect();
    stale.sort();
    stale
}

/// Removes them, and the folder of masks where nothing is left in it.
///
/// # Errors
/// [`Failure::Stale`] for the first that stays.
pub fn remove(stale: Vec<PathBuf>) -> Result<(), Failure> {
    let folder = stale.first().and_then(|first| first.parent()).map(Path::to_owned);
    for path in stale {
        fs::remove_file(&path).map_err(|source| Failure::Stale { path, source })?;
    }
    if let Some(folder) = folder {
        // Fails where something is left in it, which is as it should be.
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

fn is_marked(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && images::is_marked(&head)
}

/// `bscan_0012.png`.
fn is_numbered(name: &str) -> bool {
    let number = name.strip_prefix("bscan_").and_then(|rest| rest.strip_suffix(".png"));
    number.is_some_and(|number| number.len() >= 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
}
