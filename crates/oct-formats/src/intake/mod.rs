//! What a person dropped, sorted: zips unpacked, litter dropped, exactly one
//! candidate left to be read.

mod choose;
mod image_groups;
pub(crate) mod image_stack;
mod meaning;
mod recognise;
mod unzip;
pub(crate) mod without_names;

use oct::ScanPattern;

use self::choose::{choose, folders, is_mask, is_mask_folder, taken_for_a_mask};
use self::meaning::Meaning;
use self::recognise::{Recognised, recognise};
use self::unzip::{Budget, unzip};
use crate::bytes::content::describe;
use crate::error::Fault;
use crate::formats::reader::{Chosen, Reader};
use crate::formats::{Companion, Format};
use crate::{Cause, InputFile, OpenError, OpenOptions, Opened, is_litter};

/// Names that an error lists.
const LISTED: usize = 3;

/// Reads the one volume among `files`, or the one that was chosen.
pub(crate) fn open(files: Vec<InputFile>, options: OpenOptions) -> Result<Opened, OpenError> {
    let OpenOptions { choice, axes } = options;
    let Unpacked { files, zips } = unpack(files)?;
    let names = without_names::names_in(files.iter().map(|file| file.path.as_str()));
    let recognised = recognise(&files);
    let mut warnings = Vec::new();
    let mut opened = read_one(files, recognised, zips, choice, &mut warnings)?;
    if let Some(choice) = choice.filter(|choice| *choice >= opened.choices.len().max(1)) {
        let count = opened.choices.len().max(1);
        return Err(OpenError::NoSuchChoice { name: opened.name, choice, count });
    }
    let name = opened.name.clone();
    opened = opened.with_axes_settled(axes).map_err(|cause| cause.of(&name))?;
    if Meaning::of(&opened.name) == Some(Meaning::Flow) {
        opened.volume.geometry.pattern = ScanPattern::Angiography;
    }
    opened.warnings.splice(0..0, warnings);
    opened.warnings.extend(opened.format.not_proven());
    opened.names = names;
    Ok(opened)
}

/// What was dropped, without zips and litter, sorted by path.
struct Unpacked {
    files: Vec<InputFile>,
    /// Paths of the zips.
    zips: Vec<String>,
}

fn unpack(files: Vec<InputFile>) -> Result<Unpacked, OpenError> {
    let zip = Format::Zip.row();
    let mut zips = Vec::new();
    let mut unpacked = Vec::new();
    let mut budget = Budget::default();
    for mut file in files {
        file.path = tidy(&file.path);
        if is_litter(&file.path) {
            continue;
        }
        if (zip.signature)(&file) {
            unzip(&file, &mut budget, &mut unpacked).map_err(|cause| cause.of(&file.path))?;
            zips.push(file.path);
        } else if zip.has_ending(file.name()) {
            let found = describe(&file.bytes).to_owned();
            return Err(Cause::NotWhatItSays { expected: "a zip file", found }.of(&file.path));
        } else {
            unpacked.push(file);
        }
    }
    // Whatever the order of the drop, the same file is chosen and the same one is blamed.
    unpacked.sort_by(|a, b| a.path.cmp(&b.path));
    zips.sort();
    unpacked.dedup();
    if let Some([one, other]) = unpacked.array_windows().find(|[one, other]| one.path == other.path) {
        return Err(several(vec![one.path.clone(), other.path.clone()]));
    }
    Ok(Unpacked { files: unpacked, zips })
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
        for index in volumes.drain(..) {
            warnings.push(taken_for_a_mask(&files[index].path));
            recognised[index] = Recognised::Other;
        }
    }
    choose(&files, &mut volumes, warnings);
    let part = recognised.iter().position(|recognised| is_part(*recognised));
    if volumes.len() + usize::from(part.is_some()) > 1 {
        return Err(several(
            volumes.into_iter().chain(part).map(|index| files[index].path.clone()).collect(),
        ));
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

fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = if names.len() > LISTED { ", …" } else { "" };
    format!("{}{more}", names.take(LISTED).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_tidied() {
        assert_eq!(tidy("./eye\\..//../oct.mhd"), "eye/oct.mhd");
    }
}
