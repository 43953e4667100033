//! Which scans lie among many files, told by how these begin: by the same signs by which one
//! of them would be chosen to be read, and with the same companions.

use std::collections::{BTreeMap, BTreeSet};

use super::choose::{choose, folders, is_mask, is_mask_folder};
use super::image_stack::stacks;
use super::recognise::Recognised;
use super::{is_part, one_file_reader, set_aside, tidy, without_results};
use crate::bytes::data_file::data_file_among;
use crate::dicom::Head;
use crate::formats::{Companion, Format};
use crate::images::natural_key;
use crate::{InputFile, is_litter};

/// So many bytes from the beginning of a file tell what it is and where it belongs.
pub const HEAD_BYTES: u64 = 16 << 10;

/// Files that make one scan together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFiles {
    /// What tells it from the others: its path below the folder that all lie in.
    pub name: String,
    /// Paths of its files as they were given, sorted.
    pub paths: Vec<String>,
}

/// The scans among files of which `heads` hold the first [`HEAD_BYTES`], in the natural order of
/// their names. Each zip is taken for one, and so is each file that is known and cannot be
/// read: what is wrong with it is said when it is opened. What belongs to none is left out, as
/// are masks, results and litter. Empty where nothing looks like a scan.
pub fn scans_among(heads: Vec<InputFile>) -> Vec<ScanFiles> {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    let (mut files, mut found) = (Vec::new(), Found::default());
    for InputFile { path, bytes } in heads {
        let file = InputFile { path: tidy(&path), bytes };
        if is_litter(&file.path) || given.contains_key(&file.path) {
            continue;
        }
        let zip = Format::Zip.row();
        if set_aside::why(&file).is_some() || (zip.signature)(&file) || zip.has_ending(file.name()) {
            found.add(file.path.clone(), vec![file.path.clone()]);
        } else {
            files.push(file.clone());
        }
        given.insert(file.path, path);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut warnings = Vec::new();
    let recognised = without_results(&mut files, &mut warnings);
    let claimed = found.single_files(&files, &recognised);
    found.series(&files, &recognised);
    let taken = found.folders();
    let (mut images, mut unread) = (Vec::new(), BTreeMap::<&str, Vec<String>>::new());
    for ((index, file), recognised) in files.iter().enumerate().zip(&recognised) {
        let folder = folder(&file.path);
        if claimed.contains(&index) || taken.contains(folder) {
            continue;
        }
        if recognised.is_image() {
            images.push(file.clone());
        } else if recognised.not_read().is_some() {
            unread.entry(folder).or_default().push(file.path.clone());
        }
    }
    let groups = stacks(images, &mut warnings);
    let mut stacks_in: BTreeMap<String, usize> = BTreeMap::new();
    for group in &groups {
        *stacks_in.entry(group.folder().to_owned()).or_default() += 1;
    }
    for group in groups {
        let paths: Vec<String> = group.files.iter().map(|file| file.path.clone()).collect();
        let name = match (group.folder(), paths.as_slice()) {
            (_, [only]) => only.clone(),
            (folder, _) if stacks_in.get(folder) == Some(&1) && !folder.is_empty() => folder.to_owned(),
            (folder, _) => format!("{folder}/{}", group.called),
        };
        found.add(name, paths);
    }
    let taken = found.folders();
    for (folder, paths) in unread.into_iter().filter(|(folder, _)| !taken.contains(*folder)) {
        let name = if let [only] = paths.as_slice() { only.clone() } else { folder.to_owned() };
        found.add(name, paths);
    }
    found.named(&given)
}

/// Scans by what they are called, with the paths of their files.
#[derive(Default)]
struct Found(Vec<(String, Vec<String>)>);

impl Found {
    fn add(&mut self, name: String, paths: Vec<String>) {
        self.0.push((name, paths));
    }

    /// Folders in which files of scans lie.
    fn folders(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(|(_, paths)| paths).map(|path| folder(path).to_owned()).collect()
    }

    /// Adds each file that is a volume alone, with what belongs to it; which files those are,
    /// and those that belong to a mask.
    fn single_files(&mut self, files: &[InputFile], recognised: &[Recognised]) -> BTreeSet<usize> {
        let is_volume = |index: &usize| one_file_reader(recognised[*index]).is_some();
        let all: Vec<usize> = (0..files.len()).filter(is_volume).collect();
        let others = recognised.iter().any(|one| one.is_image() || is_part(*one));
        let only_masks = !others && all.iter().all(|index| is_mask(&files[*index]));
        let mut by_folder: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for index in all.iter().filter(|index| only_masks || !is_mask(&files[**index])) {
            by_folder.entry(folder(&files[*index].path)).or_default().push(*index);
        }
        let mut claimed: BTreeSet<usize> = all.iter().copied().collect();
        let companions: BTreeMap<usize, Vec<usize>> =
            all.into_iter().map(|index| (index, companions(files, recognised, index))).collect();
        claimed.extend(companions.values().flatten());
        for mut volumes in by_folder.into_values() {
            choose(files, &mut volumes, &mut Vec::new());
            for index in volumes {
                let beside = companions.get(&index).into_iter().flatten();
                let paths = std::iter::once(&index).chain(beside).map(|index| files[*index].path.clone());
                self.add(files[index].path.clone(), paths.collect());
            }
        }
        claimed
    }

    /// Adds each series of DICOM images, with the other images of its study: a photograph of
    /// the fundus among them belongs to it.
    fn series(&mut self, files: &[InputFile], recognised: &[Recognised]) {
        let mut studies: BTreeMap<(Option<String>, &str), Vec<(Head, &InputFile)>> = BTreeMap::new();
        for (file, _) in files.iter().zip(recognised).filter(|(_, recognised)| is_part(**recognised)) {
            let head = Head::of(&file.bytes);
            // Without UIDs, what lies in one folder belongs together.
            let folder = if head.study.is_none() { folder(&file.path) } else { "" };
            studies.entry((head.study.clone(), folder)).or_default().push((head, file));
        }
        for images in studies.into_values() {
            let any_oct = images.iter().any(|(head, _)| head.is_oct());
            let any_scan = images.iter().any(|(head, _)| head.may_be_scan());
            let is_scan = |head: &Head| match (any_oct, any_scan) {
                (true, _) => head.is_oct(),
                (false, true) => head.may_be_scan(),
                (false, false) => true,
            };
            let mut series: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
            let mut beside = Vec::new();
            for (head, file) in &images {
                if is_scan(head) {
                    series.entry(head.series.as_deref()).or_default().push(file.path.clone());
                } else if head.is_image() {
                    beside.push(file.path.clone());
                }
            }
            let mut folders: Vec<&str> = series.values().flatten().map(|path| folder(path)).collect();
            folders.sort_unstable();
            let is_alone = |paths: &[String]| {
                let own = folder(&paths[0]);
                !own.is_empty()
                    && paths.iter().all(|path| folder(path) == own)
                    && folders.iter().filter(|folder| **folder == own).count() == paths.len()
            };
            let named: Vec<(String, Vec<String>)> = series
                .into_values()
                .map(|paths| {
                    let by_folder = paths.len() > 1 && is_alone(&paths);
                    let name = if by_folder { folder(&paths[0]).to_owned() } else { paths[0].clone() };
                    (name, paths.into_iter().chain(beside.iter().cloned()).collect())
                })
                .collect();
            self.0.extend(named);
        }
    }

    /// The scans by their names below the folder that all lie in, with paths as they were `given`.
    fn named(self, given: &BTreeMap<String, String>) -> Vec<ScanFiles> {
        let mut common = self.0.first().map_or("", |(name, _)| folder(name)).to_owned();
        while !common.is_empty() && !self.0.iter().all(|(name, _)| is_below(name, &common)) {
            common = folder(&common).to_owned();
        }
        let below = |name: String| match name.strip_prefix(&common) {
            Some(rest) if !common.is_empty() => rest.trim_start_matches('/').to_owned(),
            _ => name.trim_start_matches('/').to_owned(),
        };
        let mut scans: Vec<ScanFiles> = self
            .0
            .into_iter()
            .map(|(name, paths)| {
                let paths: BTreeSet<String> =
                    paths.iter().filter_map(|path| given.get(path)).cloned().collect();
                ScanFiles { name: below(name), paths: paths.into_iter().collect() }
            })
            .collect();
        scans.sort_by_cached_key(|scan| natural_key(&scan.name));
        scans
    }
}

/// The folder of `path`, empty where it lies in none.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether `name` lies in `folder`.
fn is_below(name: &str, folder: &str) -> bool {
    name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The files that belong beside file `index`, by the table of formats; where it names one that
/// is not found, all that is nothing else in its folder, so that its reader may look for it.
fn companions(files: &[InputFile], recognised: &[Recognised], index: usize) -> Vec<usize> {
    let file = &files[index];
    let Recognised::As(format) = recognised[index] else { return Vec::new() };
    let own = folder(&file.path);
    let inside: Vec<usize> =
        (0..files.len()).filter(|other| *other != index && folder(&files[*other].path) == own).collect();
    let names: Vec<&str> = inside.iter().map(|other| files[*other].name()).collect();
    let named = |wanted: &str| data_file_among(wanted, &names).map(|place| inside[place]);
    let (mut found, mut wanting) = (Vec::new(), false);
    for companion in format.row().companions {
        match companion {
            Companion::Named { .. } => {
                if let Some(name) = companion.named_in(&file.bytes).filter(|name| name != "LOCAL") {
                    let place = named(&name);
                    wanting |= place.is_none();
                    found.extend(place);
                }
            }
            Companion::SameStem { ending, beside } => {
                let name = file.name().to_lowercase();
                found.extend(name.strip_suffix(ending).and_then(|stem| named(&format!("{stem}{beside}"))));
            }
            Companion::Images { .. } => {
                let is_of_it = |path: &str| {
                    own.is_empty() && !path.contains('/')
                        || folder(path) == own
                        || is_below(path, own) && !own.is_empty()
                };
                let has_ending = |name: &str| Format::ImageStack.row().has_ending(name);
                found.extend((0..files.len()).filter(|other| {
                    let path = files[*other].path.as_str();
                    let rest = path.get(own.len()..).unwrap_or_default();
                    is_of_it(path) && has_ending(path) && !folders(rest).any(is_mask_folder)
                }));
            }
        }
    }
    if wanting && found.is_empty() {
        found.extend(inside.into_iter().filter(|other| recognised[*other] == Recognised::Other));
    }
    found
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
        scans_among(files).into_iter().map(|scan| (scan.name, scan.paths)).collect()
    }

    fn names(files: Vec<InputFile>) -> Vec<String> {
        scans_among(files).into_iter().map(|scan| scan.name).collect()
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
    fn a_folder_of_patients_is_a_scan_each_without_its_masks() {
        let files = vec![
            mhd("cohort/P2/oct.mhd"),
            file("cohort/P2/oct.raw", b"12345678"),
            mhd("cohort/P2/reference.mhd"),
            file("cohort/P2/reference.raw", b"12345678"),
            mhd("cohort/P10/oct.mhd"),
            file("cohort/P10/oct.raw", b"12345678"),
            file("cohort/.DS_Store", b"x"),
        ];
        assert_eq!(
            named(files),
            [
                (
                    "P2/oct.mhd".to_owned(),
                    vec!["cohort/P2/oct.mhd".to_owned(), "cohort/P2/oct.raw".to_owned()]
                ),
                (
                    "P10/oct.mhd".to_owned(),
                    vec!["cohort/P10/oct.mhd".to_owned(), "cohort/P10/oct.raw".to_owned()]
                ),
            ]
        );
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
        let renamed = vec![mhd("oct.mhd"), file("data.bin", b"12345678")];
        assert_eq!(
            named(renamed),
            [("oct.mhd".to_owned(), vec!["data.bin".to_owned(), "oct.mhd".to_owned()])]
        );
    }

    #[test]
    fn a_picture_beside_a_volume_is_no_scan_but_an_export_keeps_its_images() {
        assert_eq!(names(vec![file("p/a.vol", b"HSF-OCT"), png("p/fundus.png")]), ["a.vol"]);
        let export = |folder: &str| {
            vec![
                file(&format!("{folder}/a.xml"), b"<HEDX></HEDX>"),
                png(&format!("{folder}/1.png")),
                png(&format!("{folder}/2.png")),
            ]
        };
        let found = named([export("x/1"), export("x/2")].concat());
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].1, ["x/1/1.png", "x/1/2.png", "x/1/a.xml"]);
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
    fn what_lacuna_saved_is_no_scan_of_a_list() {
        let mask =
            file("b/mask.mhd", b"Comment = Lacuna fluid mask\nNDims = 3\nElementDataFile = mask.raw\n");
        let files = vec![mhd("a/oct.mhd"), file("a/oct.raw", b"1"), mask, file("b/mask.raw", b"1")];
        assert_eq!(names(files), ["oct.mhd"]);
        assert!(names(vec![file("notes.txt", b"x")]).is_empty());
        assert!(names(Vec::new()).is_empty());
    }
}
