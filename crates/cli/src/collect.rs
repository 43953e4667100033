//! Files, folders and companions into memory, within bounds.
//!
//! Names are those a browser would give: a file by its name, a file in a
//! folder by its path from that folder on, the folder's own name first, with
//! `/` between. So the same input has the same name here and in the app.

use std::fs;
use std::path::{Component, Path, PathBuf};

use oct::AxisOrder;
use oct_formats::bounds::{DEEPEST_FOLDER, MOST_FILES};
use oct_formats::formats::{Companion, FORMATS, Format};
use oct_formats::{InputFile, OpenOptions, Opened, data_file_among, is_litter};

use crate::failure::Failure;

/// Most bytes of one volume in GiB. RETOUCH's largest volume has 0.07.
pub const MAX_GIB: u64 = 4;

/// A file to be read, and the name it goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name, with `/` between the parts.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// Opens the one volume in `inputs`, or number `volume` (from 1) of several, with
/// its axes as they were stated.
///
/// # Errors
/// [`Failure`] where something cannot be read or is no OCT volume.
pub fn open(
    inputs: &[PathBuf],
    out: Option<&Path>,
    volume: Option<u32>,
    axes: Option<AxisOrder>,
) -> Result<Opened, Failure> {
    let files = collect(inputs, out)?;
    let choice = volume.map(|number| number as usize - 1);
    Ok(oct_formats::open_with(files, OpenOptions { choice, axes })?)
}

/// The volume, where it is known which of its axes is which.
///
/// # Errors
/// [`Failure::AxesInDoubt`] where that is not sure.
pub fn with_known_axes(opened: Opened) -> Result<Opened, Failure> {
    match &opened.axis_question {
        Some(question) => Err(Failure::AxesInDoubt {
            name: opened.name.clone(),
            because: question.because.unwrap_or("it is not sure which axis is depth"),
            remedy: match question.candidates.as_slice() {
                // There is nothing to choose from: it is right as it is, or it is not.
                [only] => format!("pass --axes {} if it is right as it is", only.axes),
                _ => format!("say how its axes lie with --axes, which is one of {}", question.choices()),
            },
        }),
        None => Ok(opened),
    }
}

/// The volume, where the person chose it or there is one only: of several the first may
/// be the other eye, another day, or flow.
///
/// # Errors
/// [`Failure::WhichVolume`] where there are several.
pub fn with_known_volume(opened: Opened, chosen: Option<u32>) -> Result<Opened, Failure> {
    if opened.choices.len() < 2 || chosen.is_some() {
        return Ok(opened);
    }
    let numbered = opened.choices.iter().zip(1..).map(|(volume, number)| format!("{number}: {volume}"));
    let volumes = numbered.collect::<Vec<_>>().join("; ");
    Err(Failure::WhichVolume { count: opened.choices.len(), volumes })
}

/// Reads all of `inputs` as the files of one volume, sorted by name. What lies
/// in the folder `out` is not read: it may hold the results of an earlier run.
///
/// # Errors
/// [`Failure`] where something cannot be read or a bound is passed.
pub fn collect(inputs: &[PathBuf], out: Option<&Path>) -> Result<Vec<InputFile>, Failure> {
    let out = out.and_then(|out| fs::canonicalize(out).ok());
    let mut found = Vec::new();
    for input in inputs {
        let metadata = fs::metadata(input).map_err(|source| read(input, source))?;
        if metadata.is_dir() {
            let before = found.len();
            // `.` and `..` have no name of their own.
            let name = fs::canonicalize(input).map_err(|source| read(input, source))?;
            let name = file_name(&name);
            walk(input, &name, 0, out.as_deref(), &mut found)?;
            if found.len() == before {
                return Err(Failure::NoFiles { path: input.clone() });
            }
        } else {
            for file in with_companions(Found { name: file_name(input), path: input.clone() }) {
                push(&mut found, file.name, file.path)?;
            }
        }
    }
    read_together(found)
}

/// `file` with what belongs to it and lies beside it.
pub fn with_companions(file: Found) -> Vec<Found> {
    let folder = file.name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let beside = companions(&file.path)
        .into_iter()
        .map(|path| Found { name: format!("{folder}{}", file_name(&path)), path });
    let beside: Vec<Found> = beside.collect();
    [file].into_iter().chain(beside).collect()
}

/// Reads `found` as the files of one volume, each once, sorted by name.
///
/// # Errors
/// As of [`collect`].
pub fn read_together(mut found: Vec<Found>) -> Result<Vec<InputFile>, Failure> {
    if found.len() > MOST_FILES {
        return Err(Failure::TooManyFiles { limit: MOST_FILES });
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    name_apart(&mut found);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    read_all(&found)
}

fn walk(
    folder: &Path,
    name: &str,
    depth: usize,
    out: Option<&Path>,
    found: &mut Vec<Found>,
) -> Result<(), Failure> {
    if depth > DEEPEST_FOLDER {
        return Err(Failure::TooDeep { path: folder.to_owned(), limit: DEEPEST_FOLDER });
    }
    for entry in fs::read_dir(folder).map_err(|source| read(folder, source))? {
        let entry = entry.map_err(|source| read(folder, source))?;
        let path = entry.path();
        let entry_name = entry.file_name().to_string_lossy().into_owned();
        if is_litter(&entry_name) {
            continue;
        }
        let kind = entry.file_type().map_err(|source| read(&path, source))?;
        let entry_name = format!("{name}/{entry_name}");
        if kind.is_dir() {
            if out.is_none() || fs::canonicalize(&path).ok().as_deref() != out {
                walk(&path, &entry_name, depth + 1, out, found)?;
            }
        } else if kind.is_file() || kind.is_symlink() && path.is_file() {
            // Linked files are usual on clusters; linked folders may go in circles and are left out.
            push(found, entry_name, path)?;
        }
    }
    Ok(())
}

fn push(found: &mut Vec<Found>, name: String, path: PathBuf) -> Result<(), Failure> {
    if found.len() >= MOST_FILES {
        return Err(Failure::TooManyFiles { limit: MOST_FILES });
    }
    found.push(Found { name, path });
    Ok(())
}

/// The name of something that was named by the person: a dot before it does
/// not make it litter, as it would further down.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().trim_start_matches('.').to_owned()
}

/// Files that share a name, from different folders, go by their whole path.
fn name_apart(found: &mut [Found]) {
    let names: Vec<String> = found.iter().map(|file| file.name.clone()).collect();
    for file in found {
        if names.iter().filter(|name| **name == file.name).count() > 1 {
            let parts = file.path.components().filter_map(|part| match part {
                Component::Normal(part) => Some(part.to_string_lossy()),
                _ => None,
            });
            file.name = parts.collect::<Vec<_>>().join("/");
        }
    }
}

/// Files that belong to `path` and lie beside it, by the table of formats: the
/// data file of a header, the text of an Optovue scan, the images of an export.
/// A header can name only its own folder: it may come from anywhere.
fn companions(path: &Path) -> Vec<PathBuf> {
    let ending = ending(path);
    let rules = FORMATS.iter().flat_map(|row| row.companions).filter(|rule| rule.ending() == ending);
    rules
        .flat_map(|rule| match rule {
            Companion::Named { .. } => {
                named_in(path, rule).map(|name| beside(path, &name)).into_iter().collect()
            }
            Companion::SameStem { beside: ending, .. } => {
                let companion = path.with_extension(ending.trim_start_matches('.'));
                vec![beside(path, &companion.file_name().unwrap_or_default().to_string_lossy())]
            }
            Companion::Images { .. } => images_beside(path),
        })
        .filter(|companion| companion.is_file())
        .collect()
}

/// The ending of `path` with its dot, in lower case.
fn ending(path: &Path) -> String {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    format!(".{extension}")
}

/// The images in the folder of `path`, by name.
fn images_beside(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(path)).into_iter().flatten().flatten().map(|entry| entry.path());
    let images = Format::ImageStack.row().endings;
    let mut images: Vec<PathBuf> = entries.filter(|path| images.contains(&ending(path).as_str())).collect();
    images.sort();
    images
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file `name` beside `header`, also where a system changed how it is written.
fn beside(header: &Path, name: &str) -> PathBuf {
    let wanted = header.with_file_name(name);
    if wanted.exists() {
        return wanted;
    }
    let names: Vec<String> = fs::read_dir(folder(header))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let alike = data_file_among(name, &names);
    alike.map_or(wanted, |place| header.with_file_name(names[place]))
}

/// The file that `header` names as `rule` says, where it names one in its own folder.
fn named_in(header: &Path, rule: &Companion) -> Option<String> {
    // A header of more than 64 KiB is none.
    if fs::metadata(header).ok()?.len() > 64 * 1024 {
        return None;
    }
    let name = rule.named_in(&fs::read(header).ok()?)?;
    let mut parts = Path::new(&name).components();
    let is_plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
    (is_plain && name != "LOCAL").then_some(name)
}

fn read_all(found: &[Found]) -> Result<Vec<InputFile>, Failure> {
    let limit = MAX_GIB << 30;
    let mut total = 0_u64;
    for file in found {
        total =
            total.saturating_add(fs::metadata(&file.path).map_err(|source| read(&file.path, source))?.len());
    }
    if total > limit {
        return Err(Failure::TooLarge { limit_gib: MAX_GIB });
    }
    found
        .iter()
        .map(|file| {
            let bytes = fs::read(&file.path).map_err(|source| read(&file.path, source))?;
            Ok(InputFile { path: file.name.clone(), bytes })
        })
        .collect()
}

fn read(path: &Path, source: std::io::Error) -> Failure {
    Failure::Read { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[InputFile]) -> Vec<&str> {
        files.iter().map(|file| file.path.as_str()).collect()
    }

    fn write(root: &Path, name: &str, text: &str) -> PathBuf {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_folder_is_read_below_its_own_name_sorted_and_without_clutter() {
        let root = tempfile::tempdir().unwrap();
        for name in ["eye/b.png", "eye/a.png", "eye/deep/c.png", "eye/.DS_Store", "eye/Thumbs.db"] {
            write(root.path(), name, name);
        }
        let files = collect(&[root.path().join("eye")], None).unwrap();
        assert_eq!(names(&files), ["eye/a.png", "eye/b.png", "eye/deep/c.png"]);
        assert_eq!(files[1].bytes, b"eye/b.png");
    }

    #[test]
    fn results_of_an_earlier_run_inside_the_folder_are_not_input() {
        let root = tempfile::tempdir().unwrap();
        for name in ["eye/a.png", "eye/out/masks/a.png"] {
            write(root.path(), name, name);
        }
        let files = collect(&[root.path().join("eye")], Some(&root.path().join("eye/out"))).unwrap();
        assert_eq!(names(&files), ["eye/a.png"]);
    }

    #[test]
    fn what_belongs_to_a_file_is_taken_from_beside_it() {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("eye.nhdr", "NRRD0004\ndata file: eye.raw.gz\n\n"),
            ("eye.raw.gz", "x"),
            ("scan.OCT", "x"),
            ("Scan.TXT", "x"),
            ("B2.tif", "x"),
            ("B1.BMP", "x"),
            ("export.xml", "<HEDX/>"),
        ] {
            write(root.path(), name, text);
        }
        let with = |name: &str| collect(&[root.path().join(name)], None).unwrap();
        assert_eq!(names(&with("eye.nhdr")), ["eye.nhdr", "eye.raw.gz"]);
        assert_eq!(names(&with("scan.OCT")), ["Scan.TXT", "scan.OCT"]);
        assert_eq!(names(&with("export.xml")), ["B1.BMP", "B2.tif", "export.xml"]);
    }

    #[test]
    fn a_metaimage_header_brings_its_raw_file_once() {
        let root = tempfile::tempdir().unwrap();
        let header = write(root.path(), "oct.mhd", "NDims = 3\nElementDataFile = oct.raw\n");
        let raw = write(root.path(), "oct.raw", "12345678");
        assert_eq!(names(&collect(std::slice::from_ref(&header), None).unwrap()), ["oct.mhd", "oct.raw"]);
        assert_eq!(names(&collect(&[header, raw], None).unwrap()), ["oct.mhd", "oct.raw"]);
    }

    #[test]
    fn a_header_cannot_reach_outside_its_folder() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "secret.raw", "no");
        for target in ["../secret.raw", "/etc/hostname", "LOCAL", ".."] {
            let header = write(root.path(), "in/oct.mhd", &format!("ElementDataFile = {target}\n"));
            assert_eq!(names(&collect(&[header], None).unwrap()), ["oct.mhd"], "{target}");
        }
    }

    #[test]
    fn files_of_one_name_from_two_folders_stay_apart() {
        let root = tempfile::tempdir().unwrap();
        let inputs = [write(root.path(), "od/1.png", "a"), write(root.path(), "os/1.png", "b")];
        let files = collect(&inputs, None).unwrap();
        assert!(
            files[0].path.ends_with("od/1.png") && files[1].path.ends_with("os/1.png"),
            "{:?}",
            names(&files)
        );
    }

    #[test]
    fn missing_files_empty_folders_and_bottomless_folders_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let missing = root.path().join("missing.mhd");
        assert!(matches!(collect(&[missing], None), Err(Failure::Read { .. })));
        assert!(matches!(collect(&[root.path().to_owned()], None), Err(Failure::NoFiles { .. })));
        write(root.path(), &format!("{}x.png", "d/".repeat(DEEPEST_FOLDER + 1)), "x");
        assert!(matches!(collect(&[root.path().to_owned()], None), Err(Failure::TooDeep { .. })));
    }
}
