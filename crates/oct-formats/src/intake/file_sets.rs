//! Which of many files are opened at once: a folder of patients becomes sets of files,
//! each of which [`crate::open_with`] gets by itself. What a file is and which of several
//! is the scan is asked of the same places as for one drop; what a set holds
//! ([`crate::Opened::choices`]) only opening tells. The first bytes of files suffice, so
//! that folders of any size are sorted.

use std::collections::{BTreeMap, BTreeSet};

use super::choose::{choose, folders, is_mask, is_mask_folder};
use super::recognise::{Recognised, recognise};
use super::{is_part, one_file_reader, results, set_aside};
use crate::formats::{Companion, Format};
use crate::{InputFile, dicom};

/// As much of a file tells what it is, and of a DICOM object the study.
pub const HEAD_BYTES: usize = 64 * 1024;
/// What is kept of a head that names no other file.
const KEPT_BYTES: usize = 4096;

/// The files of one folder, by their paths and first bytes.
#[derive(Debug, Default)]
pub struct FolderListing {
    heads: Vec<InputFile>,
    /// By the path of a DICOM object.
    studies: BTreeMap<String, String>,
}

/// Files that are opened at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSet {
    /// Their paths as they were listed, sorted. What belongs beside a header is not among them.
    pub paths: Vec<String>,
    /// The DICOM study that all of them belong to: objects of it in other folders are opened
    /// with them, since the image of the fundus that places B-scans may be one.
    pub study: Option<String>,
}

/// What a folder holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSets {
    /// What is opened at once, sorted by paths.
    pub sets: Vec<FileSet>,
    /// Paths of all other files: data of headers, notes, masks and results of earlier runs,
    /// images beside a volume; sorted.
    pub left_out: Vec<String>,
}

impl FolderListing {
    /// Adds a file of the folder: its path from what was named on, with `/` between the parts, and at
    /// least its first [`HEAD_BYTES`].
    pub fn add(&mut self, mut head: InputFile) {
        if head.bytes.get(128..132) == Some(b"DICM")
            && let Some(study) = dicom::study(&head.bytes)
        {
            self.studies.insert(head.path.clone(), study);
        }
        let mut rules = crate::formats::FORMATS.iter().flat_map(|row| row.companions);
        let name = head.name().to_lowercase();
        let names_another =
            rules.any(|rule| matches!(rule, Companion::Named { ending, .. } if name.ends_with(ending)));
        head.bytes.truncate(if names_another { HEAD_BYTES } else { KEPT_BYTES });
        head.bytes.shrink_to_fit();
        self.heads.push(head);
    }

    /// What of the folder is opened at once. Each file that is a volume alone, or says of
    /// itself that it is one and is broken, is a set of its own, as is a zip; DICOM objects
    /// are one a study; images beside no volume are one, which opening tells apart.
    pub fn file_sets(self) -> FileSets {
        let Self { heads: mut files, studies } = self;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let all: BTreeSet<String> = files.iter().map(|file| file.path.clone()).collect();
        let mut sets = Vec::new();
        files.retain(|file| {
            let alone = is_zip(file) || set_aside::why(file).is_some();
            if alone {
                sets.push(FileSet { paths: vec![file.path.clone()], study: None });
            }
            !alone && results::what_is(file).is_none() && !results::is_dicom_directory(file)
        });
        let recognised = recognise(&files);
        sets.extend(sets_of(&files, &recognised, &studies));
        sets.sort_by(|a, b| a.paths.cmp(&b.paths));
        let taken: BTreeSet<&String> = sets.iter().flat_map(|set| &set.paths).collect();
        let left_out = all.iter().filter(|path| !taken.contains(path)).cloned().collect();
        FileSets { sets, left_out }
    }
}

fn is_zip(file: &InputFile) -> bool {
    let zip = Format::Zip.row();
    (zip.signature)(file) || zip.has_ending(file.name())
}

fn sets_of(
    files: &[InputFile],
    recognised: &[Recognised],
    studies: &BTreeMap<String, String>,
) -> Vec<FileSet> {
    let alone = |index: usize| FileSet { paths: vec![files[index].path.clone()], study: None };
    let is_scan = |index: &usize| !is_in_mask_folder(&files[*index].path);
    let all_that = |is_one: &dyn Fn(Recognised) -> bool| -> Vec<usize> {
        (0..files.len()).filter(|index| is_one(recognised[*index])).filter(is_scan).collect()
    };
    // What another program named like a volume and is none: its reader says what is wrong.
    let is_image = |index: &usize| {
        recognised[*index] != Recognised::Misnamed
            || Format::ImageStack.row().has_ending(files[*index].name())
    };
    let (mut images, misnamed): (Vec<usize>, Vec<usize>) =
        all_that(&Recognised::is_image).into_iter().partition(is_image);
    let parts = all_that(&is_part);
    let mut volumes = all_that(&|one| one_file_reader(one).is_some());
    // A mask is no scan because the scan beside it is broken.
    let any_other = !(images.is_empty() && parts.is_empty() && misnamed.is_empty());
    if any_other && volumes.iter().all(|index| is_mask(&files[*index])) {
        volumes.clear();
    }
    // The only volume of a folder is opened whatever it is called.
    if volumes.len() > 1 {
        choose(files, &mut volumes, &mut Vec::new());
    }
    if !(volumes.is_empty() && parts.is_empty()) {
        images.clear();
    }
    let mut not_read = all_that(&|one| one.not_read().is_some());
    if !(volumes.is_empty() && parts.is_empty() && images.is_empty() && misnamed.is_empty()) {
        not_read.clear();
    }
    let mut by_study: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for index in parts {
        let path = files[index].path.clone();
        by_study.entry(studies.get(&path).cloned()).or_default().push(path);
    }
    let of_study = by_study.into_iter().map(|(study, paths)| FileSet { paths, study });
    let of_images = (!images.is_empty()).then(|| FileSet {
        paths: images.into_iter().map(|index| files[index].path.clone()).collect(),
        study: None,
    });
    volumes.into_iter().chain(misnamed).chain(not_read).map(alone).chain(of_study).chain(of_images).collect()
}

/// Whether a file lies in a folder of masks that is not the very one that was named.
fn is_in_mask_folder(path: &str) -> bool {
    let below = path.split_once('/').map_or("", |(_, below)| below);
    folders(below).any(is_mask_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn sets(files: &[(&str, &[u8])]) -> Vec<Vec<String>> {
        listed(files).sets.into_iter().map(|set| set.paths).collect()
    }

    fn listed(files: &[(&str, &[u8])]) -> FileSets {
        let mut listing = FolderListing::default();
        for (path, bytes) in files {
            listing.add(InputFile { path: (*path).to_owned(), bytes: bytes.to_vec() });
        }
        listing.file_sets()
    }

    /// The start of an object of `study`, explicit little-endian.
    fn dicom(study: &str) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        let syntax = b"1.2.840.10008.1.2.1\0";
        bytes.extend(b"\x02\0\x10\0UI");
        bytes.extend((syntax.len() as u16).to_le_bytes());
        bytes.extend(syntax);
        bytes.extend(b"\x20\0\x0D\0UI");
        bytes.extend((study.len() as u16).to_le_bytes());
        bytes.extend(study.as_bytes());
        // Cut in the middle of the next one.
        bytes.extend(b"\x28\0\x10\0US\x02");
        bytes
    }

    #[test]
    fn a_volume_is_a_set_of_its_own_and_its_data_and_masks_are_none() {
        let header = b"NDims = 3\nElementDataFile = oct.raw\n";
        let found = listed(&[
            ("all/p1/oct.mhd", header),
            ("all/p1/oct.raw", b"x"),
            ("all/p1/reference.mhd", b"NDims = 3\nElementDataFile = reference.raw\n"),
            ("all/p1/reference.raw", b"x"),
            ("all/p1/notes.txt", b"x"),
        ]);
        assert_eq!(found.sets.len(), 1);
        assert_eq!(found.sets[0].paths, ["all/p1/oct.mhd"]);
        assert_eq!(found.left_out.len(), 4);
        assert_eq!(
            sets(&[("all/a.vol", b"HSF-OCT"), ("all/b.e2e", b"CMDb")]),
            [["all/a.vol"], ["all/b.e2e"]]
        );
    }

    #[test]
    fn images_of_a_folder_are_one_set_and_not_taken_beside_a_volume() {
        assert_eq!(sets(&[("a/1.png", PNG), ("a/2.png", PNG)]), [["a/1.png", "a/2.png"]]);
        assert_eq!(sets(&[("a/1.png", PNG), ("a/x.vol", b"HSF-OCT")]), [["a/x.vol"]]);
        assert!(sets(&[("a/eye/masks/1.png", PNG)]).is_empty());
        assert_eq!(sets(&[("masks/1.png", PNG)]).len(), 1, "it was named itself");
    }

    #[test]
    fn objects_of_a_study_are_one_set_without_the_list_of_files() {
        let (one, two) = (dicom("1.2.3\0"), dicom("1.2.4\0"));
        let found = listed(&[("a/1", &one), ("a/2", &two), ("a/3", &one)]);
        let told: Vec<_> = found.sets.iter().map(|set| (set.paths.len(), set.study.as_deref())).collect();
        assert_eq!(told, [(2, Some("1.2.3")), (1, Some("1.2.4"))]);
        let mut directory = vec![0; 128];
        directory.extend(b"DICM\x02\0\x02\0UI\x14\x001.2.840.10008.1.3.10");
        assert!(sets(&[("a/DICOMDIR", &directory)]).is_empty());
    }

    #[test]
    fn what_is_broken_archived_or_not_read_is_kept_to_be_named() {
        assert_eq!(sets(&[("a/noise.mhd", b"ZZZZ"), ("a/ok.vol", b"HSF-OCT")]).len(), 2);
        assert_eq!(
            sets(&[("a/b.zip", b"x"), ("a/c.tar.gz", b"\x1F\x8B\x08"), ("a/d.dcm.part", b"x")]).len(),
            3
        );
        assert_eq!(sets(&[("a/scan.mat", b"x")]), [["a/scan.mat"]]);
        assert!(sets(&[("a/notes.txt", b"x")]).is_empty());
    }

    #[test]
    fn a_mask_beside_a_broken_scan_is_not_taken_in_its_place() {
        let mask = b"NDims = 3\nElementDataFile = reference.raw\n";
        assert_eq!(sets(&[("a/oct.mhd", b"ZZZZ"), ("a/reference.mhd", mask)]), [["a/oct.mhd"]]);
        assert_eq!(sets(&[("a/reference.mhd", mask)]), [["a/reference.mhd"]], "nothing else is meant");
    }

    #[test]
    fn what_lacuna_saved_is_no_input() {
        let found = listed(&[("a/mask.mhd", b"Comment = Lacuna fluid mask\nElementDataFile = mask.raw\n")]);
        assert!(found.sets.is_empty());
        assert_eq!(found.left_out, ["a/mask.mhd"]);
    }
}
