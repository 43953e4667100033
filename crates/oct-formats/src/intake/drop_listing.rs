//! Which scans lie in a drop of many files: what [`FolderListing`] opens at once of each of its
//! folders, with the files that belong beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::choose::{folders, is_mask_folder};
use super::file_sets::{FileSet, FileSets, FolderListing};
use super::tidy;
use crate::bytes::data_file::data_file_among;
use crate::formats::{Companion, FORMATS, Format};
use crate::images::natural_key;
use crate::{InputFile, is_litter};

/// The files of a drop, by their paths and first bytes.
#[derive(Debug, Default)]
pub struct DropListing {
    folders: BTreeMap<String, FolderListing>,
    /// Paths as they were given, by the tidy ones.
    given: BTreeMap<String, String>,
    /// First bytes of those that may name another.
    headers: BTreeMap<String, Vec<u8>>,
}

/// A scan of a drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedScan {
    /// What tells it from the others: its path below the folder that all lie in.
    pub name: String,
    /// Paths of its files as they were given, sorted.
    pub paths: Vec<String>,
}

impl DropListing {
    /// Adds a file: its path with `/` between the parts, and at least its first
    /// [`super::file_sets::HEAD_BYTES`].
    pub fn add(&mut self, head: InputFile) {
        let InputFile { path: given, bytes } = head;
        let path = tidy(&given);
        if is_litter(&path) || self.given.contains_key(&path) {
            return;
        }
        if rules_of(&path).any(|rule| matches!(rule, Companion::Named { .. })) {
            self.headers.insert(path.clone(), bytes.clone());
        }
        self.folders
            .entry(folder(&path).to_owned())
            .or_default()
            .add(InputFile { path: path.clone(), bytes });
        self.given.insert(path, given);
    }

    /// The scans, in the natural order of their names. A file of several volumes is one, as is a
    /// DICOM study, the images of a folder, or a zip: what they hold only opening tells. What
    /// is broken or cannot be read is one, too. Empty where nothing looks like a scan.
    pub fn scans(mut self) -> Vec<DroppedScan> {
        let mut sets: Vec<FileSet> = Vec::new();
        let mut left_out = BTreeSet::new();
        let mut studies: BTreeMap<String, usize> = BTreeMap::new();
        for listing in std::mem::take(&mut self.folders).into_values() {
            let FileSets { sets: found, left_out: others } = listing.file_sets();
            left_out.extend(others);
            for set in found {
                let known = set.study.as_ref().and_then(|study| studies.get(study)).copied();
                match (known, &set.study) {
                    (Some(place), _) => sets[place].paths.extend(set.paths),
                    (None, study) => {
                        studies.extend(study.clone().map(|study| (study, sets.len())));
                        sets.push(set);
                    }
                }
            }
        }
        let beside: Vec<BTreeSet<String>> = sets
            .iter()
            .map(|set| match set.paths.as_slice() {
                [only] => self.companions(only, &left_out),
                _ => BTreeSet::new(),
            })
            .collect();
        let claimed: BTreeSet<&String> = beside.iter().flatten().collect();
        // Images below the folder of an export are its own, not a scan.
        let is_own = |set: &FileSet| !set.paths.iter().all(|path| claimed.contains(path));
        let scans: Vec<(String, BTreeSet<String>)> = sets
            .iter()
            .zip(&beside)
            .filter(|(set, _)| is_own(set))
            .map(|(set, beside)| (called(&set.paths), set.paths.iter().chain(beside).cloned().collect()))
            .collect();
        self.named(scans)
    }

    /// The files that belong beside `path`, by the table of formats; where it names one that is
    /// not found, all of its folder that is nothing else, so that its reader may look for it.
    fn companions(&self, path: &str, left_out: &BTreeSet<String>) -> BTreeSet<String> {
        let own = folder(path);
        let name = name_in(path, own);
        let inside: Vec<&String> =
            self.given.keys().filter(|other| *other != path && folder(other) == own).collect();
        let names: Vec<&str> = inside.iter().map(|other| name_in(other, own)).collect();
        let named = |wanted: &str| data_file_among(wanted, &names).map(|place| inside[place].clone());
        let mut found = BTreeSet::new();
        for rule in rules_of(path) {
            match rule {
                Companion::Named { .. } => {
                    let header = self.headers.get(path).map(Vec::as_slice).unwrap_or_default();
                    let Some(wanted) = rule.named_in(header).filter(|wanted| wanted != "LOCAL") else {
                        continue;
                    };
                    match named(&wanted) {
                        Some(data) => drop(found.insert(data)),
                        None => found.extend(left_out.iter().filter(|other| folder(other) == own).cloned()),
                    }
                }
                Companion::SameStem { ending, beside } => {
                    let stem = name.len().checked_sub(ending.len()).and_then(|end| name.get(..end));
                    found.extend(stem.and_then(|stem| named(&format!("{stem}{beside}"))));
                }
                Companion::Images { .. } => {
                    let is_of_it = |other: &String| {
                        let below = if own.is_empty() { Some(other.as_str()) } else { below(other, own) };
                        below.is_some_and(|below| !folders(below).any(is_mask_folder))
                            && Format::ImageStack.row().has_ending(other)
                    };
                    found.extend(self.given.keys().filter(|other| is_of_it(other)).cloned());
                }
            }
        }
        found
    }

    /// `scans` with names below the folder that all lie in, and paths as they were given.
    fn named(&self, scans: Vec<(String, BTreeSet<String>)>) -> Vec<DroppedScan> {
        let mut common = scans.first().map_or("", |(called, _)| folder(called)).to_owned();
        while !common.is_empty() && !scans.iter().all(|(called, _)| below(called, &common).is_some()) {
            common = folder(&common).to_owned();
        }
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for (called, _) in &scans {
            *times.entry(called.clone()).or_default() += 1;
        }
        let mut named: Vec<DroppedScan> = scans
            .into_iter()
            .map(|(called, paths)| {
                // Two studies in one folder.
                let called = match paths.first() {
                    Some(first) if times.get(&called).is_some_and(|times| *times > 1) => first.clone(),
                    _ => called,
                };
                let name = below(&called, &common).unwrap_or(&called).to_owned();
                let paths = paths.iter().filter_map(|path| self.given.get(path)).cloned().collect();
                DroppedScan { name, paths }
            })
            .collect();
        named.sort_by_cached_key(|scan| natural_key(&scan.name));
        named
    }
}

/// Rules of what belongs beside a file of this name.
fn rules_of(path: &str) -> impl Iterator<Item = &'static Companion> {
    let path = path.to_lowercase();
    let rules = FORMATS.iter().flat_map(|row| row.companions);
    rules.filter(move |rule| path.ends_with(rule.ending()))
}

/// The only path, or the innermost folder of several.
fn called(paths: &[String]) -> String {
    let [first, others @ ..] = paths else { return String::new() };
    let mut common = if others.is_empty() { first.as_str() } else { folder(first) };
    while !common.is_empty() && !others.iter().all(|other| below(other, common).is_some()) {
        common = folder(common);
    }
    if common.is_empty() { first.clone() } else { common.to_owned() }
}

/// The folder of `path`, empty where it lies in none.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of the file `path` in its `folder`.
fn name_in<'a>(path: &'a str, folder: &str) -> &'a str {
    below(path, folder).unwrap_or(path)
}

/// What of `path` follows `folder`, where it lies in that.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, bytes: &[u8]) -> InputFile {
        InputFile { path: path.to_owned(), bytes: bytes.to_vec() }
    }

    fn mhd(path: &str) -> InputFile {
        let data = path.rsplit('/').next().unwrap().replace(".mhd", ".raw");
        let header = format!("NDims = 3\nDimSize = 2 2 2\nElementDataFile = {data}\n");
        file(path, header.as_bytes())
    }

    fn png(path: &str) -> InputFile {
        file(path, &crate::images::write_grey_png(4, 4, &[7; 16]).unwrap())
    }

    fn named(files: Vec<InputFile>) -> Vec<(String, Vec<String>)> {
        let mut listing = DropListing::default();
        files.into_iter().for_each(|file| listing.add(file));
        listing.scans().into_iter().map(|scan| (scan.name, scan.paths)).collect()
    }

    fn names(files: Vec<InputFile>) -> Vec<String> {
        named(files).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn files_that_are_volumes_alone_are_scans_each_broken_or_not_and_notes_are_none() {
        let files = vec![
            file("b10.vol", b"HSF-OCT"),
            file("b2.vol", b"cut"),
            file("notes.txt", b"x"),
            file("a.fda", b"FOCT"),
        ];
        assert_eq!(names(files), ["a.fda", "b2.vol", "b10.vol"]);
    }

    #[test]
    fn a_folder_of_patients_is_a_scan_each_with_its_data_and_without_its_masks() {
        let raw = |path| file(path, b"12345678");
        let files = vec![
            mhd("cohort/P2/oct.mhd"),
            raw("cohort/P2/oct.raw"),
            mhd("cohort/P2/reference.mhd"),
            raw("cohort/P2/reference.raw"),
            mhd("cohort/P10/oct.mhd"),
            raw("cohort/P10/oct.raw"),
            file("cohort/.DS_Store", b"x"),
        ];
        let of = |patient: &str| {
            let paths = ["oct.mhd", "oct.raw"].map(|name| format!("cohort/{patient}/{name}"));
            (format!("{patient}/oct.mhd"), paths.to_vec())
        };
        assert_eq!(named(files), [of("P2"), of("P10")]);
    }

    #[test]
    fn folders_of_images_are_a_scan_each_and_masks_in_them_none() {
        let mut files = Vec::new();
        for folder in ["P1", "P2"] {
            files.extend((1..5).map(|number| png(&format!("in/{folder}/b{number}.png"))));
            files.extend((1..5).map(|number| png(&format!("in/{folder}/masks/b{number}.png"))));
        }
        let found = named(files);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[0].0.as_str(), found[0].1.len()), ("P1", 4));
    }

    #[test]
    fn one_stack_and_one_header_with_its_data_are_one_scan() {
        assert_eq!(names((1..9).map(|number| png(&format!("eye/{number}.png"))).collect()).len(), 1);
        // A name that was changed on the way: its reader may know it.
        let renamed = vec![mhd("oct.mhd"), file("data.bin", b"12345678")];
        assert_eq!(
            named(renamed),
            [("oct.mhd".to_owned(), vec!["data.bin".to_owned(), "oct.mhd".to_owned()])]
        );
    }

    #[test]
    fn an_export_keeps_its_images_also_those_in_folders_below_it() {
        assert_eq!(names(vec![file("p/a.vol", b"HSF-OCT"), png("p/fundus.png")]), ["a.vol"]);
        let export = |folder: &str| {
            let images = [1, 2].map(|number| png(&format!("{folder}/images/{number}.png")));
            [file(&format!("{folder}/a.xml"), b"<HEDX></HEDX>")].into_iter().chain(images)
        };
        let found = named(export("x/1").chain(export("x/2")).collect());
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].0, "1/a.xml");
        assert_eq!(found[0].1, ["x/1/a.xml", "x/1/images/1.png", "x/1/images/2.png"]);
    }

    #[test]
    fn headers_and_texts_of_the_same_name_go_with_their_volumes() {
        let files = vec![file("a.OCT", b"x"), file("A.txt", b"x"), file("b.OCT", b"x"), file("b.txt", b"x")];
        let found = named(files);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|(_, paths)| paths.len() == 2), "{found:?}");
    }

    #[test]
    fn zips_archives_and_files_that_are_known_and_not_read_are_said_to_be_there() {
        let files = vec![
            file("a.zip", b"PK\x03\x04"),
            file("b.zip", b"PK\x03\x04"),
            file("c.rar", b"Rar!\x1A\x07"),
            file("deep/d.mat", b"MATLAB"),
        ];
        assert_eq!(names(files), ["a.zip", "b.zip", "c.rar", "deep/d.mat"]);
    }

    #[test]
    fn what_lacuna_saved_and_what_is_no_scan_is_left_out_and_odd_paths_keep_theirs() {
        let mask =
            file("b/mask.mhd", b"Comment = Lacuna fluid mask\nNDims = 3\nElementDataFile = mask.raw\n");
        let files = vec![mhd("a/oct.mhd"), file("a/oct.raw", b"1"), mask, file("b/mask.raw", b"1")];
        assert_eq!(names(files), ["oct.mhd"]);
        assert!(names(vec![file("notes.txt", b"x")]).is_empty());
        assert!(names(Vec::new()).is_empty());
        let odd =
            vec![file("./a\\x.vol", b"HSF-OCT"), file("b//y.vol", b"HSF-OCT"), file("./a/x.vol", b"HSF-OCT")];
        assert_eq!(named(odd)[0], ("a/x.vol".to_owned(), vec!["./a\\x.vol".to_owned()]));
    }
}
