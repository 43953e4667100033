//! Which of several files is the volume, where names tell.

use crate::InputFile;
use crate::error::{listed, was};

/// Whether a file is named as a mask (RETOUCH: `reference.mhd`).
pub(super) fn is_mask(file: &InputFile) -> bool {
    let name = file.name().to_lowercase();
    ["reference", "mask", "label", "seg"].iter().any(|word| {
        name.starts_with(word) || name.contains(&format!("-{word}")) || name.contains(&format!("_{word}"))
    })
}

/// Whether a folder of that name holds masks.
pub(super) fn is_mask_folder(name: &str) -> bool {
    let name = name.to_lowercase();
    ["mask", "label", "reference", "instances", "layers"].iter().any(|word| name.starts_with(word))
}

/// The folders on the way to a file.
pub(super) fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit('/').skip(1)
}

/// That `paths` were taken for masks, in one sentence.
pub(super) fn taken_for_masks<'a>(paths: impl ExactSizeIterator<Item = &'a str>) -> Option<String> {
    let count = paths.len();
    let names = listed(paths);
    match count {
        0 => None,
        1 => Some(format!("{names} was taken for a mask and left out.")),
        _ => Some(format!("{names} were taken for masks and left out, {count} in all.")),
    }
}

/// Leaves the one volume among `volumes` where names tell which: RETOUCH's
/// `oct.mhd` beside `reference.mhd`, or a scan beside masks.
pub(super) fn choose(files: &[InputFile], volumes: &mut Vec<usize>, warnings: &mut Vec<String>) {
    let name = |index: &usize| files[*index].path.as_str();
    if let [only] = volumes.as_slice() {
        if files[*only].name().to_lowercase().starts_with("reference.") {
            warnings.push(format!("{} is named like a mask and was opened as a volume.", name(only)));
        }
        return;
    }
    let (masks, mut scans): (Vec<usize>, Vec<usize>) =
        volumes.iter().partition(|index| is_mask(&files[**index]));
    if scans.is_empty() {
        return;
    }
    warnings.extend(taken_for_masks(masks.iter().map(name)));
    let folder = |index: &usize| name(index).rsplit_once('/').map_or("", |(folder, _)| folder);
    let one_folder = scans.iter().all(|scan| folder(scan) == folder(&scans[0]));
    let is_oct = |index: &usize| files[*index].name().to_lowercase().starts_with("oct.");
    if let ([oct], true) = (scans.iter().copied().filter(is_oct).collect::<Vec<_>>().as_slice(), one_folder) {
        let others: Vec<&str> = scans.iter().filter(|scan| *scan != oct).map(name).collect();
        if !others.is_empty() {
            let (names, were) = (listed(others.iter()), was(others.len()));
            warnings.push(format!("{names} {were} left out beside {}.", name(oct)));
        }
        scans = vec![*oct];
    }
    *volumes = scans;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_masks_are_known() {
        let file = |path: &str| InputFile { path: path.to_owned(), bytes: Vec::new() };
        for mask in ["reference.mhd", "eye/Mask.nii", "oct_mask.nii.gz", "oct-seg.mha"] {
            assert!(is_mask(&file(mask)), "{mask}");
        }
        assert!(!is_mask(&file("reference/oct.mhd")));
    }
}
