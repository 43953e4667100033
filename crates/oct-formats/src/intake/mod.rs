//! What a person dropped, sorted: zips unpacked, litter dropped, exactly one
//! candidate left to be read.

mod choose;
pub(crate) mod drop_listing;
pub(crate) mod file_sets;
mod image_groups;
pub(crate) mod image_stack;
mod linear;
mod recognise;
mod results;
mod set_aside;
mod unzip;
pub(crate) mod without_names;

use std::collections::BTreeSet;

use oct::ScanPattern;

use self::choose::{choose, folders, is_mask, is_mask_folder, taken_for_masks};
use self::recognise::{Recognised, recognise};
use self::unzip::{Budget, unzip};
use crate::bytes::content::describe;
use crate::error::{Fault, listed, was};
use crate::formats::reader::{Chosen, Reader};
use crate::formats::{Companion, Format};
use crate::litter::{is_litter, is_small_copy};
use crate::names::Meaning;
use crate::{Cause, InputFile, OpenError, OpenOptions, Opened};

/// Reads the one volume among `files`, or the one that was chosen.
pub(crate) fn open(files: Vec<InputFile>, options: OpenOptions) -> Result<Opened, OpenError> {
    let OpenOptions { choice, axes } = options;
    let Unpacked { mut files, zips, mut aside } = unpack(files)?;
    let names = without_names::names_in(
        files.iter().map(|file| file.path.as_str()).chain(aside.iter().map(|(path, _)| path.as_str())),
    );
    let mut warnings: Vec<String> = aside.iter().map(|(path, cause)| format!("{path} {cause}")).collect();
    let recognised = without_results(&mut files, &mut warnings);
    let mut opened = match read_one(files, recognised, zips, choice, &mut warnings) {
        // What was set aside is the likelier scan than a note beside it.
        Err(OpenError::NoVolume { .. }) if !aside.is_empty() => {
            let (path, cause) = aside.swap_remove(0);
            return Err(cause.of(&path));
        }
        read => read?,
    };
    if let Some(choice) = choice.filter(|choice| *choice >= opened.choices.len().max(1)) {
        let count = opened.choices.len().max(1);
        return Err(OpenError::NoSuchChoice { name: opened.name, choice, count });
    }
    let name = opened.name.clone();
    let (volume, as_shown) = linear::shown(opened.volume).map_err(|cause| cause.of(&name))?;
    opened = Opened { volume, ..opened };
    opened.warnings.extend(as_shown);
    opened = opened.with_axes_settled(axes).map_err(|cause| cause.of(&name))?;
    if let Some(pattern) = by_name(&opened) {
        opened.volume.geometry.pattern = pattern;
    }
    if results::holds_labels_only(&opened.volume) {
        opened.volume.geometry.pattern = ScanPattern::Labels;
    }
    opened.warnings.splice(0..0, warnings);
    opened.warnings.extend(opened.format.not_proven());
    opened.names = names;
    Ok(opened)
}

/// What the name of a file says that its reader cannot know: flow and maps of the retina
/// are exported in the layout of a scan. DICOM says it itself.
fn by_name(opened: &Opened) -> Option<ScanPattern> {
    if opened.format == Format::Dicom {
        return None;
    }
    let meaning = match opened.bscan_names.as_slice() {
        [] => Meaning::of(&opened.name),
        // Of images each name has to say so, and the name of their folder says nothing.
        [first, others @ ..] => {
            Meaning::of(first).filter(|meaning| others.iter().all(|name| Meaning::of(name) == Some(*meaning)))
        }
    };
    meaning?.pattern()
}

/// What was dropped, without zips and litter, sorted by path.
struct Unpacked {
    files: Vec<InputFile>,
    /// Paths of the zips.
    zips: Vec<String>,
    /// Files that are no scan as they are, each with what to do about it.
    aside: Vec<(String, Cause)>,
}

/// What each of `files` is, after those are taken away that were made of the scan
/// among them; where nothing else is there, one of them is what is meant.
fn without_results(files: &mut Vec<InputFile>, warnings: &mut Vec<String>) -> Vec<Recognised> {
    let mut recognised = recognise(files);
    let results: Vec<Option<&str>> = files.iter().map(results::what_is).collect();
    let is_scan = |recognised: Recognised| {
        recognised.is_image() || is_part(recognised) || one_file_reader(recognised).is_some()
    };
    if recognised.iter().zip(&results).any(|(one, result)| is_scan(*one) && result.is_none()) {
        let kinds: BTreeSet<&str> = results.iter().flatten().copied().collect();
        for kind in kinds {
            let of_kind = files.iter().zip(&results).filter(|(_, result)| **result == Some(kind));
            let names: Vec<String> = of_kind.map(|(file, _)| file.path.clone()).collect();
            let were = was(names.len());
            let names = listed(names.into_iter());
            warnings.push(format!("{names} {were} left out beside the scan: {kind}."));
        }
        let mut left = results.iter().map(Option::is_none);
        files.retain(|_| left.next().unwrap_or(true));
        // Without the results: the data file of a mask belongs to nothing now.
        recognised = recognise(files);
    } else {
        let meant = files.iter().zip(&results).filter_map(|(file, result)| result.map(|kind| (file, kind)));
        warnings.extend(
            meant
                .map(|(file, kind)| {
                    format!("{} is {kind}, not a scan: fluid in it means nothing.", file.path)
                })
                .take(1),
        );
    }
    recognised
}

fn unpack(files: Vec<InputFile>) -> Result<Unpacked, OpenError> {
    let zip = Format::Zip.row();
    let mut zips = Vec::new();
    let mut unpacked = Vec::new();
    let mut aside = Vec::new();
    let mut litter = Vec::new();
    let mut budget = Budget::default();
    for mut file in files {
        file.path = tidy(&file.path);
        if is_litter(&file.path) {
            litter.push(file.path);
        } else if set_aside::is_last_part_of_a_zip(&file) {
            aside.push((file.path, Cause::Archive { kind: "one part of a split zip" }));
        } else if let Some(cause) = set_aside::why(&file) {
            aside.push((file.path, cause));
        } else if (zip.signature)(&file) {
            unzip(&file, &mut budget, &mut unpacked).map_err(|cause| cause.of(&file.path))?;
            zips.push(file.path);
        } else if zip.has_ending(file.name()) {
            let found = describe(&file.bytes).to_owned();
            return Err(Cause::NotWhatItSays { expected: "a zip file", found }.of(&file.path));
        } else {
            unpacked.push(file);
        }
    }
    unpacked.retain(|file| match set_aside::why(file) {
        Some(cause) => {
            aside.push((file.path.clone(), cause));
            false
        }
        None => true,
    });
    aside.sort_by(|a, b| a.0.cmp(&b.0));
    if unpacked.is_empty()
        && let Some((path, cause)) = aside.first()
    {
        return Err(cause.clone().of(path));
    }
    if unpacked.is_empty() && zips.is_empty() && !litter.is_empty() {
        litter.sort();
        return Err(OpenError::OnlyLitter {
            count: litter.len(),
            are_small_copies: litter.iter().all(|path| is_small_copy(path)),
            names: listed(litter.iter()),
        });
    }
    // Whatever the order of the drop, the same file is chosen and the same one is blamed.
    unpacked.sort_by(|a, b| a.path.cmp(&b.path));
    zips.sort();
    unpacked.dedup();
    if let Some([one, other]) = unpacked.array_windows().find(|[one, other]| one.path == other.path) {
        return Err(several(vec![one.path.clone(), other.path.clone()]));
    }
    Ok(Unpacked { files: unpacked, zips, aside })
}

/// Reads what is left as the one volume: a file that is a volume alone, else the
/// files that make one together, else the images.
fn read_one(
    mut files: Vec<InputFile>,
    mut recognised: Vec<Recognised>,
    zips: Vec<String>,
    choice: Option<usize>,
    warnings: &mut Vec<String>,
) -> Result<Opened, OpenError> {
    let mut volumes: Vec<usize> =
        (0..files.len()).filter(|index| one_file_reader(recognised[*index]).is_some()).collect();
    let is_scan = |recognised: &Recognised| recognised.is_image() || is_part(*recognised);
    if recognised.iter().any(is_scan) && volumes.iter().all(|index| is_mask(&files[*index])) {
        // Images beside what was saved of an earlier run on them.
        warnings.extend(taken_for_masks(volumes.iter().map(|index| files[*index].path.as_str())));
        for index in volumes.drain(..) {
            recognised[index] = Recognised::Other;
        }
    }
    choose(&files, &mut volumes, warnings);
    let part = recognised.iter().position(|recognised| is_part(*recognised));
    // Structure comes before flow, which often lies beside it.
    volumes.sort_by_key(|index| Meaning::of(files[*index].name()) == Some(Meaning::Flow));
    let paths: Vec<String> =
        volumes.iter().copied().chain(part).map(|index| files[index].path.clone()).collect();
    if paths.len() > 1 && part.is_some() {
        return Err(several(paths));
    }
    if paths.len() > 1 {
        // Each of them is a volume of its own: the person chooses.
        let chosen = choice.unwrap_or(0);
        let Some(&wanted) = volumes.get(chosen) else {
            let name = "what was dropped".to_owned();
            return Err(OpenError::NoSuchChoice { name, choice: chosen, count: paths.len() });
        };
        let rest: Vec<usize> = volumes.into_iter().filter(|index| *index != wanted).collect();
        for index in rest {
            recognised[index] = Recognised::Other;
        }
        let opened = read_one(files, recognised, zips, None, warnings)?;
        // Two numbers for one choice cannot be asked for.
        if opened.choices.len() > 1 {
            return Err(several(paths));
        }
        return Ok(Opened { choices: paths, chosen, ..opened });
    }
    let beside = |other: Recognised| other.is_image() || other.not_read().is_some();
    if let Some(&chosen) = volumes.first()
        && let Some((format, read)) = one_file_reader(recognised[chosen])
    {
        left_out(&files, &recognised, beside, &files[chosen].path, warnings);
        let file = files.swap_remove(chosen);
        let path = file.path.clone();
        if format.row().companions.iter().any(|companion| matches!(companion, Companion::Images { .. })) {
            // Below the file: what its own folder is called says nothing.
            let below = path.len() - file.name().len();
            let is_mask = |path: &str| folders(path).any(is_mask_folder);
            files.retain(|other| !is_mask(other.path.get(below..).unwrap_or_default()));
        }
        return read(Chosen { file, others: files, choice }).map_err(|fault| fault.of(&path));
    }
    let format = match part.map(|index| recognised[index]) {
        Some(Recognised::As(format)) => format,
        _ => Format::ImageStack,
    };
    let is_one = |other: Recognised| match format {
        Format::ImageStack => other.is_image(),
        format => other == Recognised::As(format),
    };
    let any = recognised.iter().any(|other| is_one(*other));
    let (true, Reader::ManyFiles { called, read }) = (any, format.row().reader) else {
        return Err(nothing_to_read(&files, &recognised, zips));
    };
    left_out(&files, &recognised, |other| beside(other) && !is_one(other), called, warnings);
    let files: Vec<InputFile> =
        files.into_iter().zip(recognised).filter(|(_, one)| is_one(*one)).map(|(file, _)| file).collect();
    let first = files.first().map(|file| file.path.clone()).unwrap_or_default();
    read(files, choice).map_err(|fault| fault.of(&first))
}

type ReadOne = fn(Chosen) -> Result<Opened, Fault>;

/// The reader of a file that is a volume alone.
fn one_file_reader(recognised: Recognised) -> Option<(Format, ReadOne)> {
    let Recognised::As(format) = recognised else { return None };
    match format.row().reader {
        Reader::OneFile(read) => Some((format, read)),
        Reader::ManyFiles { .. } | Reader::Folder | Reader::None => None,
    }
}

/// Whether a file is one of several that make a volume together, and says so
/// itself: images do not.
fn is_part(recognised: Recognised) -> bool {
    match recognised {
        Recognised::As(format) => {
            !recognised.is_image() && matches!(format.row().reader, Reader::ManyFiles { .. })
        }
        Recognised::Misnamed | Recognised::Other => false,
    }
}

/// Says which files of another volume, perhaps, were not read.
fn left_out(
    files: &[InputFile],
    recognised: &[Recognised],
    is_left_out: impl Fn(Recognised) -> bool,
    chosen: &str,
    warnings: &mut Vec<String>,
) {
    let names: Vec<String> = files
        .iter()
        .zip(recognised)
        .filter(|(_, recognised)| is_left_out(**recognised))
        .map(|(file, _)| file.path.clone())
        .collect();
    if !names.is_empty() {
        warnings.push(format!(
            "{chosen} was opened without {}: drop that alone to open it.",
            listed(names.into_iter())
        ));
    }
}

/// `/` between the parts, none of which is empty or climbs: a zip may claim
/// any path, and nothing of ours is looked up by one.
fn tidy(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.split('/').filter(|part| !["", ".", ".."].contains(part)).collect::<Vec<_>>().join("/")
}

fn several(names: Vec<String>) -> OpenError {
    OpenError::SeveralVolumes { count: names.len(), names: listed(names.into_iter()) }
}

fn nothing_to_read(files: &[InputFile], recognised: &[Recognised], zips: Vec<String>) -> OpenError {
    for (file, recognised) in files.iter().zip(recognised) {
        if let Some(format) = recognised.not_read() {
            return Cause::NotReadYet { format }.of(&file.path);
        }
    }
    // A zip with nothing in it is named itself.
    let names = if files.is_empty() { zips } else { files.iter().map(|file| file.path.clone()).collect() };
    if names.is_empty() {
        return OpenError::Nothing;
    }
    OpenError::NoVolume { count: names.len(), names: listed(names.into_iter()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_tidied() {
        assert_eq!(tidy("./eye\\..//../oct.mhd"), "eye/oct.mhd");
    }
}
