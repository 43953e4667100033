//! What was given, as sets of files that are opened one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use oct_formats::bounds::DEEPEST_FOLDER;
use oct_formats::{FileSets, FolderListing, HEAD_BYTES, InputFile, is_litter};

use crate::collect::{Found, MAX_GIB, file_name, with_companions};
use crate::failure::Failure;

/// Files that are opened at once: one scan, or several to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFiles {
    /// What people call it: the file, or the folder of several. Below a folder that was given
    /// this is the path from its name on; of a file that was given, the path as it was given.
    pub called: String,
    /// The files that make it, without what lies beside a header.
    pub files: Vec<Found>,
}

impl ScanFiles {
    fn new(files: Vec<Found>, was_named: bool) -> Self {
        let path = |file: &Found| match was_named {
            true => file.path.to_string_lossy().replace('\\', "/"),
            false => file.name.clone(),
        };
        let paths: Vec<String> = files.iter().map(path).collect();
        Self { called: common(&paths).to_owned(), files }
    }

    /// Each file by itself.
    pub fn apart(self) -> Vec<Self> {
        let Self { called, files } = self;
        let beside = |file: Found| {
            let name = file.name.rsplit('/').next().unwrap_or(&file.name);
            Self { called: format!("{called}/{name}"), files: vec![file] }
        };
        files.into_iter().map(beside).collect()
    }
}

/// The only path, or the innermost folder of several.
fn common(paths: &[String]) -> &str {
    let [first, others @ ..] = paths else { return "" };
    if others.is_empty() {
        return first;
    }
    let mut folders = first.match_indices('/').rev().map(|(end, _)| &first[..=end]);
    let of_all = folders.find(|folder| others.iter().all(|path| path.starts_with(*folder)));
    of_all.map_or(first.as_str(), |folder| &folder[..folder.len() - 1])
}

/// What was found.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Of files that were given, then of folders in their order, below them by name.
    pub sets: Vec<ScanFiles>,
    /// What could not be looked at.
    pub unreadable: Vec<(PathBuf, Failure)>,
    /// Files in folders that are no scan and belong to none.
    pub left_out: Vec<String>,
    /// Files that were taken, whatever way led to them.
    taken: BTreeSet<PathBuf>,
}

/// Looks through `inputs` and all folders below. What lies in the folder `out` is no input.
pub fn find(inputs: &[PathBuf], out: &Path) -> Inputs {
    let out = fs::canonicalize(out).ok();
    let mut found = Inputs::default();
    let mut files_by_folder: BTreeMap<PathBuf, Vec<Found>> = BTreeMap::new();
    let mut folders = Vec::new();
    for input in inputs {
        match fs::metadata(input) {
            Err(source) => found.unreadable(input, source),
            // `.` and `..` have no name of their own.
            Ok(metadata) if metadata.is_dir() => match fs::canonicalize(input) {
                Ok(whole) => folders.push((input, file_name(&whole))),
                Err(source) => found.unreadable(input, source),
            },
            Ok(_) => {
                let folder = input.parent().unwrap_or(Path::new("")).to_owned();
                let file = Found { name: file_name(input), path: input.clone() };
                files_by_folder.entry(folder).or_default().push(file);
            }
        }
    }
    for files in files_by_folder.into_values() {
        let left = found.take(files, &mut Studies::new(), true);
        // Whoever names a file wants to know what is wrong with it.
        let untaken: Vec<Found> = left.into_iter().filter(|file| !found.is_taken(&file.path)).collect();
        for file in untaken {
            found.push(vec![file], true);
        }
    }
    for (folder, name) in folders {
        found.walk(folder, &name, out.as_deref());
    }
    found
}

/// Sets by the DICOM study of their files: the place in `Inputs::sets` and the bytes so far.
type Studies = BTreeMap<String, (usize, u64)>;

impl Inputs {
    fn unreadable(&mut self, path: &Path, source: io::Error) {
        self.unreadable.push((path.to_owned(), Failure::Read { path: path.to_owned(), source }));
    }

    fn is_taken(&self, path: &Path) -> bool {
        std::path::absolute(path).is_ok_and(|path| self.taken.contains(&path))
    }

    /// Whether `path` is new; from now on it is not.
    fn mark(&mut self, path: &Path) -> bool {
        std::path::absolute(path).is_ok_and(|path| self.taken.insert(path))
    }

    fn push(&mut self, files: Vec<Found>, were_named: bool) {
        let files: Vec<Found> = files.into_iter().filter(|file| self.mark(&file.path)).collect();
        for companion in files.iter().flat_map(|file| with_companions(file.clone())) {
            self.mark(&companion.path);
        }
        if !files.is_empty() {
            self.sets.push(ScanFiles::new(files, were_named));
        }
    }

    /// Takes what `folder`, called `name`, holds, and all folders below it.
    fn walk(&mut self, folder: &Path, name: &str, out: Option<&Path>) {
        let mut studies = Studies::new();
        let mut left = Vec::new();
        // A list and no recursion: how deep it goes is the folder's business.
        let mut folders = vec![(folder.to_owned(), name.to_owned(), 0)];
        while let Some((folder, name, depth)) = folders.pop() {
            if depth > DEEPEST_FOLDER {
                let failure = Failure::TooDeep { path: folder.clone(), limit: DEEPEST_FOLDER };
                self.unreadable.push((folder, failure));
                continue;
            }
            match entries(&folder, &name, out) {
                Ok((files, below)) => {
                    left.extend(self.take(files, &mut studies, false));
                    folders.extend(below.into_iter().rev().map(|(path, name)| (path, name, depth + 1)));
                }
                Err(source) => self.unreadable(&folder, source),
            }
        }
        let untaken = left.into_iter().filter(|file| !self.is_taken(&file.path));
        let untaken: Vec<String> = untaken.map(|file| file.name).collect();
        self.left_out.extend(untaken);
    }

    /// Takes the scans among `files` of one folder, and gives the others.
    fn take(&mut self, files: Vec<Found>, studies: &mut Studies, were_named: bool) -> Vec<Found> {
        let mut listing = FolderListing::default();
        let mut by_name = BTreeMap::new();
        for file in files {
            match head(&file.path) {
                Ok(bytes) => {
                    listing.add(InputFile { path: file.name.clone(), bytes });
                    by_name.insert(file.name.clone(), file);
                }
                Err(source) => self.unreadable(&file.path, source),
            }
        }
        let FileSets { sets, left_out } = listing.file_sets();
        for set in sets {
            let files: Vec<Found> = set.paths.iter().filter_map(|path| by_name.remove(path)).collect();
            match set.study {
                Some(study) => self.push_of_study(files, study, studies, were_named),
                None => self.push(files, were_named),
            }
        }
        left_out.iter().filter_map(|path| by_name.remove(path)).collect()
    }

    /// Objects of a study are opened together as far as memory allows.
    fn push_of_study(&mut self, files: Vec<Found>, study: String, studies: &mut Studies, were_named: bool) {
        let files: Vec<Found> = files.into_iter().filter(|file| self.mark(&file.path)).collect();
        let bytes: u64 =
            files.iter().filter_map(|file| fs::metadata(&file.path).ok()).map(|file| file.len()).sum();
        let known = studies.get_mut(&study).filter(|(_, held)| held.saturating_add(bytes) <= MAX_GIB << 30);
        match known {
            Some((place, held)) => {
                let set = &mut self.sets[*place];
                let files = std::mem::take(&mut set.files).into_iter().chain(files).collect();
                *set = ScanFiles::new(files, were_named);
                *held += bytes;
            }
            None if files.is_empty() => {}
            None => {
                studies.insert(study, (self.sets.len(), bytes));
                self.sets.push(ScanFiles::new(files, were_named));
            }
        }
    }
}

/// Folders, each with its name from what was given on.
type Folders = Vec<(PathBuf, String)>;

/// Files and folders in `folder`, sorted, without litter.
fn entries(folder: &Path, name: &str, out: Option<&Path>) -> io::Result<(Vec<Found>, Folders)> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, entry_name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if is_litter(&entry_name) {
            continue;
        }
        let kind = entry.file_type()?;
        let name = format!("{name}/{entry_name}");
        if kind.is_dir() {
            if out.is_none() || fs::canonicalize(&path).ok().as_deref() != out {
                folders.push((path, name));
            }
        } else if kind.is_file() || kind.is_symlink() && path.is_file() {
            // Linked folders may go in circles and are left out.
            files.push(Found { name, path });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    folders.sort();
    Ok((files, folders))
}

/// The first bytes of a file.
fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(HEAD_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn names(found: &Inputs) -> Vec<&str> {
        found.sets.iter().map(|set| set.called.as_str()).collect()
    }

    const HEADER: &[u8] = b"NDims = 3\nElementDataFile = oct.raw\n";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    #[test]
    fn a_folder_of_patients_is_a_set_a_scan_and_its_results_are_none() {
        let root = tempfile::tempdir().unwrap();
        let all = root.path().join("all");
        for (name, bytes) in [
            ("p1/oct.mhd", HEADER),
            ("p1/oct.raw", b"x"),
            ("p2/left/1.png", PNG),
            ("p2/left/2.png", PNG),
            ("p2/right/1.png", PNG),
            ("p3.vol", b"HSF-OCT"),
            ("out/scans/x/mask.nii", b"n"),
            ("notes.txt", b"x"),
            ("p1/.DS_Store", b"x"),
        ] {
            write(&all, name, bytes);
        }
        let found = find(std::slice::from_ref(&all), &all.join("out"));
        assert_eq!(names(&found), ["all/p3.vol", "all/p1/oct.mhd", "all/p2/left", "all/p2/right/1.png"]);
        assert_eq!(found.left_out, ["all/notes.txt"]);
        assert!(found.unreadable.is_empty());
    }

    #[test]
    fn what_was_named_twice_is_taken_once_and_what_is_missing_is_told() {
        let root = tempfile::tempdir().unwrap();
        let all = root.path().join("all");
        let header = write(&all, "oct.mhd", HEADER);
        let raw = write(&all, "oct.raw", b"x");
        let missing = root.path().join("missing.vol");
        let found = find(&[all.clone(), header, raw, missing.clone()], &root.path().join("out"));
        assert_eq!(found.sets.len(), 1);
        assert!(names(&found)[0].ends_with("all/oct.mhd"), "{:?}", names(&found));
        assert!(found.left_out.is_empty());
        assert_eq!(found.unreadable.len(), 1);
        assert_eq!(found.unreadable[0].0, missing);
    }

    #[test]
    fn files_that_were_named_are_all_accounted_for() {
        let root = tempfile::tempdir().unwrap();
        let inputs = [
            write(root.path(), "a/oct.mhd", HEADER),
            write(root.path(), "a/oct.raw", b"x"),
            write(root.path(), "a/notes.txt", b"x"),
            write(root.path(), "b/1.png", PNG),
            write(root.path(), "b/2.png", PNG),
        ];
        let found = find(&inputs, &root.path().join("out"));
        let called: Vec<&str> =
            names(&found).into_iter().filter_map(|path| path.rsplit('/').next()).collect();
        assert_eq!(called, ["oct.mhd", "notes.txt", "b"]);
        assert_eq!(found.sets[2].files.len(), 2);
    }
}
