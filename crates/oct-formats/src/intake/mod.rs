//! What a person dropped, sorted: zips unpacked, litter dropped, exactly one
//! candidate left to be read.

pub(crate) mod without_names;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, ErrorKind, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use self::without_names as nameless;
use crate::array::{metaimage, nifti, npy, nrrd};
use crate::device::{bioptigen, heidelberg_e2e, heidelberg_vol, heidelberg_xml, optovue, topcon, zeiss_img};
use crate::{InputFile, OpenError, Opened, dicom, images};

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
/// Names that an error lists.
const LISTED: usize = 3;

/// What a file is, by content first and by name where content does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    MetaImageHeader,
    Nifti,
    /// A whole volume in a file of a device or another program.
    Volume(Reader),
    /// A header whose B-scans are the images beside it.
    HeidelbergXml,
    /// One of the files that make a volume together.
    Dicom,
    Image,
    /// Known by name, not read.
    NotReadYet(&'static str),
    /// An image or header by name whose content is something else.
    Impostor,
    /// Data of a header, notes, litter of other programs.
    Other,
}

/// Readers of formats that need no more than the one file, or name the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reader {
    HeidelbergVol,
    HeidelbergE2e,
    Topcon,
    ZeissImg,
    Optovue,
    Bioptigen,
    Nrrd,
    Npy,
}

impl Reader {
    fn read(
        self,
        file: InputFile,
        others: Vec<InputFile>,
        choice: Option<usize>,
    ) -> Result<Opened, OpenError> {
        match self {
            Self::HeidelbergVol => heidelberg_vol::read(file),
            Self::HeidelbergE2e => heidelberg_e2e::read(file, choice),
            Self::Topcon => topcon::read(file),
            Self::ZeissImg => zeiss_img::read(file),
            Self::Optovue => optovue::read(file, others),
            Self::Bioptigen => bioptigen::read(file),
            Self::Nrrd => nrrd::read(file, others),
            Self::Npy => npy::read(file),
        }
    }
}

/// Reads the one volume among `files`, or the one that was chosen.
pub(crate) fn open(files: Vec<InputFile>, choice: Option<usize>) -> Result<Opened, OpenError> {
    let mut zips = Vec::new();
    let mut unpacked = Vec::new();
    let mut budget = Budget::default();
    for mut file in files {
        file.path = tidy(&file.path);
        if is_litter(&file.path) {
            continue;
        }
        if [&b"PK\x03\x04"[..], b"PK\x05\x06"].iter().any(|magic| file.bytes.starts_with(magic)) {
            unzip(&file, &mut budget, &mut unpacked)?;
            zips.push(file.path);
        } else if has_ending(file.name(), &[".zip"]) {
            let cause = images::describe(&file.bytes).to_owned();
            return Err(OpenError::Damaged { file: file.path, cause });
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

    let names = nameless::names_in(unpacked.iter().map(|file| file.path.as_str()));
    let mut warnings = Vec::new();
    let mut kinds: Vec<Kind> = unpacked.iter().map(kind).collect();
    settle(&unpacked, &mut kinds);
    let mut volumes: Vec<usize> = (0..kinds.len())
        .filter(|index| {
            matches!(
                kinds[*index],
                Kind::MetaImageHeader | Kind::Nifti | Kind::Volume(_) | Kind::HeidelbergXml
            )
        })
        .collect();
    let is_image = |kind: &Kind| matches!(kind, Kind::Image | Kind::Impostor);
    let is_scan = |kind: &Kind| is_image(kind) || *kind == Kind::Dicom;
    if kinds.iter().any(is_scan) && volumes.iter().all(|index| is_mask(&unpacked[*index])) {
        // Images beside what was saved of an earlier run on them.
        for index in volumes.drain(..) {
            warnings.push(taken_for_a_mask(&unpacked[index].path));
            kinds[index] = Kind::Other;
        }
    }
    choose(&unpacked, &mut volumes, &mut warnings);
    let dicom = kinds.iter().position(|kind| *kind == Kind::Dicom);
    if volumes.len() + usize::from(dicom.is_some()) > 1 {
        return Err(several(
            volumes.into_iter().chain(dicom).map(|index| unpacked[index].path.clone()).collect(),
        ));
    }
    let mut opened = if let Some(&chosen) = volumes.first() {
        let chosen_kind = kinds[chosen];
        let beside = |kind: &Kind| is_image(kind) || matches!(kind, Kind::NotReadYet(_));
        left_out(&unpacked, &kinds, beside, &unpacked[chosen].path, &mut warnings);
        kinds.clear();
        let file = unpacked.swap_remove(chosen);
        match chosen_kind {
            Kind::MetaImageHeader => metaimage::read(file, unpacked),
            Kind::Volume(reader) => reader.read(file, unpacked, choice),
            Kind::HeidelbergXml => {
                // Below the export: what its own folder is called says nothing.
                let below = file.path.len() - file.name().len();
                let is_mask = |path: &str| folders(path).any(is_mask_folder);
                unpacked.retain(|other| !is_mask(other.path.get(below..).unwrap_or_default()));
                heidelberg_xml::read(file, unpacked, choice)
            }
            _ => nifti::read(file),
        }
    } else if dicom.is_some() {
        let beside = |kind: &Kind| is_image(kind) || matches!(kind, Kind::NotReadYet(_));
        left_out(&unpacked, &kinds, beside, "The DICOM files", &mut warnings);
        let files = unpacked.into_iter().zip(kinds).filter(|(_, kind)| *kind == Kind::Dicom);
        dicom::read(files.map(|(file, _)| file).collect(), choice)
    } else if kinds.iter().any(is_image) {
        let beside = |kind: &Kind| matches!(kind, Kind::NotReadYet(_));
        left_out(&unpacked, &kinds, beside, "The images", &mut warnings);
        let stack = unpacked.into_iter().zip(kinds);
        let stack = stack.filter(|(_, kind)| is_image(kind));
        open_images(stack.map(|(file, _)| file).collect(), &mut warnings)
    } else {
        Err(nothing_to_read(&unpacked, &kinds, zips))
    }?;
    if let Some(choice) = choice.filter(|choice| *choice >= opened.choices.len().max(1)) {
        let count = opened.choices.len().max(1);
        return Err(OpenError::NoSuchChoice { file: opened.name, choice, count });
    }
    opened.warnings.splice(0..0, warnings);
    opened.names = names;
    Ok(opened)
}

/// Corrects what only the neighbours tell: the data file of a header is nothing
/// else, whatever its ending (`.img` is common), and beside `oct.mhd` a text
/// with the same fields is a copy of it.
fn settle(files: &[InputFile], kinds: &mut [Kind]) {
    let folder = |file: &InputFile| file.path.len() - file.name().len();
    let is_named = |file: &InputFile| has_ending(file.name(), &[".mhd", ".mha"]);
    let headers: Vec<&InputFile> = files
        .iter()
        .zip(kinds.iter())
        .filter(|(_, kind)| **kind == Kind::MetaImageHeader)
        .map(|(file, _)| file)
        .collect();
    let any_named = headers.iter().any(|file| is_named(file));
    let named = headers.iter().map(|file| (*file, metaimage::data_file(file)));
    let nrrd_headers =
        files.iter().zip(kinds.iter()).filter(|(_, kind)| **kind == Kind::Volume(Reader::Nrrd));
    let named = named.chain(nrrd_headers.map(|(file, _)| (file, nrrd::data_file(file))));
    let data: BTreeSet<(String, String)> = named
        .filter_map(|(file, name)| Some((file.path[..folder(file)].to_owned(), name?.to_lowercase())))
        .collect();
    let exports: BTreeSet<&str> = files
        .iter()
        .zip(kinds.iter())
        .filter(|(_, kind)| **kind == Kind::HeidelbergXml)
        .map(|(file, _)| &file.path[..folder(file)])
        .collect();
    let is_export_image = |kind: Kind| matches!(kind, Kind::Image | Kind::Impostor | Kind::NotReadYet(_));
    for (file, kind) in files.iter().zip(kinds) {
        let is_data = match kind {
            Kind::MetaImageHeader => any_named && !is_named(file),
            Kind::Image | Kind::Impostor | Kind::Volume(_) | Kind::NotReadYet(_) => {
                exports.iter().any(|export| file.path.starts_with(export)) && is_export_image(*kind)
                    || data.contains(&(file.path[..folder(file)].to_owned(), file.name().to_lowercase()))
            }
            Kind::Nifti | Kind::HeidelbergXml | Kind::Dicom | Kind::Other => false,
        };
        if is_data {
            *kind = Kind::Other;
        }
    }
}

/// Says which files of another volume, perhaps, were not read.
fn left_out(
    files: &[InputFile],
    kinds: &[Kind],
    is_left_out: impl Fn(&Kind) -> bool,
    chosen: &str,
    warnings: &mut Vec<String>,
) {
    let names: Vec<String> = files
        .iter()
        .zip(kinds)
        .filter(|(_, kind)| is_left_out(kind))
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

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let name = name.to_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Files that systems leave behind; nobody means them.
fn is_litter(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
        || ["thumbs.db", "desktop.ini", "ehthumbs.db"].iter().any(|litter| name.eq_ignore_ascii_case(litter))
}

/// What may still be unpacked.
struct Budget {
    bytes: u64,
    entries: usize,
    /// What each zip may unpack to, however small it is.
    free: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: MOST_UNPACKED_BYTES, entries: MOST_ENTRIES, free: FREE_BYTES }
    }
}

/// Unpacks `zip` as a folder of its own name, so that two zips never mix.
fn unzip(zip: &InputFile, budget: &mut Budget, files: &mut Vec<InputFile>) -> Result<(), OpenError> {
    let damaged = |cause: String| OpenError::Damaged { file: zip.path.clone(), cause };
    let too_large = |limit| OpenError::TooLarge { file: zip.path.clone(), limit };
    check_directory(zip)?;
    let mut archive =
        ZipArchive::new(Cursor::new(zip.bytes.as_slice())).map_err(|error| damaged(error.to_string()))?;
    budget.entries = budget.entries.checked_sub(archive.len()).ok_or_else(|| too_many_files(zip))?;
    let by_ratio = budget.free.saturating_add(MOST_RATIO.saturating_mul(zip.bytes.len() as u64));
    let limit = if by_ratio < budget.bytes { "512 MiB and 100 times its size" } else { "4 GiB" };
    let mut left = by_ratio.min(budget.bytes);
    for index in 0..archive.len() {
        let entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(OpenError::Encrypted { file: zip.path.clone() });
            }
            Err(error) => return Err(damaged(error.to_string())),
        };
        let inner = tidy(entry.name());
        if entry.is_dir() || inner.is_empty() || is_litter(&inner) {
            continue;
        }
        let mut bytes = Vec::new();
        // Grows with what really comes out, whatever the entry declares.
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|error| match error.kind() {
            ErrorKind::OutOfMemory => OpenError::out_of_memory(&zip.path),
            _ => damaged(error.to_string()),
        })?;
        let unpacked = bytes.len() as u64;
        left = left.checked_sub(unpacked).ok_or_else(|| too_large(limit))?;
        budget.bytes = budget.bytes.saturating_sub(unpacked);
        files.push(InputFile { path: format!("{}/{inner}", zip.path), bytes });
    }
    Ok(())
}

fn too_many_files(zip: &InputFile) -> OpenError {
    OpenError::TooLarge { file: zip.path.clone(), limit: "20,000 files" }
}

/// Refuses a zip whose directory would make the reader hang or reserve memory:
/// it tries every end record there is, each with a search of its own, and
/// reserves room for as many files as one declares. Layout: APPNOTE.TXT 4.3.16.
fn check_directory(zip: &InputFile) -> Result<(), OpenError> {
    const END: &[u8] = b"PK\x05\x06";
    /// A zip of zips holds one for each zip in it that is stored as it is.
    const MOST_ENDS: usize = 256;
    let bytes = zip.bytes.as_slice();
    let ends: Vec<usize> = bytes
        .windows(END.len())
        .enumerate()
        .filter(|(_, window)| *window == END)
        .map(|(at, _)| at)
        .take(MOST_ENDS + 1)
        .collect();
    if ends.len() > MOST_ENDS {
        let cause = "it has hundreds of directories".to_owned();
        return Err(OpenError::Damaged { file: zip.path.clone(), cause });
    }
    let entries = ends.last().and_then(|at| bytes.get(at + 10..at + 12));
    // A zip64 says 65535 here, and has that many files or more.
    let declared = entries.map_or(0, |entries| usize::from(u16::from_le_bytes([entries[0], entries[1]])));
    if declared > MOST_ENTRIES {
        return Err(too_many_files(zip));
    }
    Ok(())
}

fn kind(file: &InputFile) -> Kind {
    let bytes = file.bytes.as_slice();
    let named = |endings: &[&str]| has_ending(file.name(), endings);
    let starts = |magics: &[&[u8]]| magics.iter().any(|magic| bytes.starts_with(magic));
    if bytes.get(128..132) == Some(b"DICM") || named(&[".dcm", ".dicom"]) {
        return Kind::Dicom;
    }
    if starts(&[b"HSF-OCT"]) || named(&[".vol"]) {
        return Kind::Volume(Reader::HeidelbergVol);
    }
    if starts(&[b"CMDb"]) || named(&[".e2e", ".sdb"]) {
        return Kind::Volume(Reader::HeidelbergE2e);
    }
    if starts(&[b"FOCT"]) || named(&[".fda", ".fds"]) {
        return Kind::Volume(Reader::Topcon);
    }
    if starts(&[b"NRRD0"]) || named(&[".nrrd", ".nhdr"]) {
        return Kind::Volume(Reader::Nrrd);
    }
    if starts(&[b"\x93NUMPY"]) || named(&[".npy"]) {
        return Kind::Volume(Reader::Npy);
    }
    if named(&[".xml"]) && heidelberg_xml::is_export(bytes) {
        return Kind::HeidelbergXml;
    }
    if named(&[".mhd", ".mha"]) {
        return if metaimage::is_header(bytes) || bytes.is_empty() {
            Kind::MetaImageHeader
        } else {
            Kind::Impostor
        };
    }
    // `.hdr` belongs to a dozen programs, so its content decides.
    if named(&[".nii", ".nii.gz"]) || nifti::is_header(bytes) {
        return Kind::Nifti;
    }
    if named(&[".img"]) {
        return Kind::Volume(Reader::ZeissImg);
    }
    if named(&[".oct"]) {
        let reader = if bioptigen::is_bioptigen(bytes) { Reader::Bioptigen } else { Reader::Optovue };
        return Kind::Volume(reader);
    }
    if named(&[".mat"]) {
        return Kind::NotReadYet("a MATLAB file");
    }
    if starts(&[b"\x89PNG", b"\xFF\xD8\xFF", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"])
        || named(&[".bmp"]) && images::is_image(bytes)
    {
        return Kind::Image;
    }
    if named(&[".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"]) {
        return Kind::Impostor;
    }
    if named(&[".gif", ".webp", ".jp2", ".j2k"]) {
        return Kind::NotReadYet("an image in another format than PNG, JPEG, BMP or TIFF");
    }
    if metaimage::is_header(bytes) && named(&[".txt", ".header"]) {
        return Kind::MetaImageHeader;
    }
    Kind::Other
}

/// Whether a file is named as a mask (RETOUCH: `reference.mhd`).
fn is_mask(file: &InputFile) -> bool {
    let name = file.name().to_lowercase();
    ["reference", "mask", "label", "seg"].iter().any(|word| {
        name.starts_with(word) || name.contains(&format!("-{word}")) || name.contains(&format!("_{word}"))
    })
}

/// Whether a folder of that name holds masks.
fn is_mask_folder(name: &str) -> bool {
    let name = name.to_lowercase();
    ["mask", "label", "reference", "instances", "layers"].iter().any(|word| name.starts_with(word))
}

/// The folders on the way to a file.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit('/').skip(1)
}

fn taken_for_a_mask(path: &str) -> String {
    format!("{path} was taken for a mask and left out.")
}

/// Leaves the one volume among `volumes` where names tell which: RETOUCH's
/// `oct.mhd` beside `reference.mhd`, or a scan beside masks.
fn choose(files: &[InputFile], volumes: &mut Vec<usize>, warnings: &mut Vec<String>) {
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
    warnings.extend(masks.iter().map(|mask| taken_for_a_mask(name(mask))));
    let folder = |index: &usize| name(index).rsplit_once('/').map_or("", |(folder, _)| folder);
    let one_folder = scans.iter().all(|scan| folder(scan) == folder(&scans[0]));
    let is_oct = |index: &usize| files[*index].name().to_lowercase().starts_with("oct.");
    if let ([oct], true) = (scans.iter().copied().filter(is_oct).collect::<Vec<_>>().as_slice(), one_folder) {
        let others = scans.iter().filter(|scan| *scan != oct);
        warnings.extend(others.map(|other| format!("{} was left out beside {}.", name(other), name(oct))));
        scans = vec![*oct];
    }
    *volumes = scans;
}

fn open_images(files: Vec<InputFile>, warnings: &mut Vec<String>) -> Result<Opened, OpenError> {
    let mut by_folder: BTreeMap<String, Vec<InputFile>> = BTreeMap::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        by_folder.entry(folder).or_default().push(file);
    }
    if by_folder.len() > 1 {
        let is_mask = |folder: &str| is_mask_folder(folder.rsplit('/').next().unwrap_or(""));
        if by_folder.keys().any(|folder| !is_mask(folder)) {
            by_folder.retain(|folder, _| {
                if is_mask(folder) {
                    warnings.push(format!("The folder {folder} was taken for masks and left out."));
                }
                !is_mask(folder)
            });
        }
    }
    if by_folder.len() > 1 {
        let folders = by_folder
            .into_keys()
            .map(|folder| if folder.is_empty() { "the top folder".to_owned() } else { folder });
        return Err(several(folders.collect()));
    }
    let mut stack = by_folder.into_values().next().unwrap_or_default();
    if stack.iter().any(|file| !is_mask(file)) {
        stack.retain(|file| {
            let keep = !is_mask(file);
            if !keep {
                warnings.push(taken_for_a_mask(&file.path));
            }
            keep
        });
    }
    let mut multipage = Vec::new();
    for file in &stack {
        let is_tiff = [b"II*\0", b"MM\0*"].iter().any(|magic| file.bytes.starts_with(*magic));
        if is_tiff && images::tiff_pages(&file.bytes, &file.path)? > 1 {
            multipage.push(file.path.clone());
        }
    }
    match (stack.len(), multipage.len()) {
        (1, 1) => return images::read_multipage_tiff(stack.remove(0)),
        (_, 0) => {}
        // Each of them is a volume: a stack of their first pages would be none.
        (_, 1) => return Err(several(stack.into_iter().map(|file| file.path).collect())),
        _ => return Err(several(multipage)),
    }
    // A text file renamed to .png is refused by the decoder, in words and by name.
    images::read_stack(stack)
}

fn several(names: Vec<String>) -> OpenError {
    OpenError::SeveralVolumes { count: names.len(), names: listed(names.into_iter()) }
}

fn nothing_to_read(files: &[InputFile], kinds: &[Kind], zips: Vec<String>) -> OpenError {
    for (file, kind) in files.iter().zip(kinds) {
        if let Kind::NotReadYet(format) = kind {
            return OpenError::NotReadYet { file: file.path.clone(), format };
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
    fn paths_are_tidied_and_litter_is_known() {
        assert_eq!(tidy("./eye\\..//../oct.mhd"), "eye/oct.mhd");
        for litter in [".DS_Store", "eye/.hidden/a.png", "__MACOSX/eye/a.png", "eye/Thumbs.db", "THUMBS.DB"] {
            assert!(is_litter(litter), "{litter}");
        }
        for kept in ["eye/oct.mhd", "eye.v2/a.png", "notthumbs.db"] {
            assert!(!is_litter(kept), "{kept}");
        }
    }

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
            let result = unzip(&bomb, &mut Budget { bytes, entries, free }, &mut files);
            let refused =
                limit.map_or(Ok(()), |limit| Err(OpenError::TooLarge { file: "eye.zip".to_owned(), limit }));
            assert_eq!(result, refused);
        }
    }

    #[test]
    fn several_zips_share_one_budget() {
        let mut budget = Budget { bytes: 1_000, entries: 9, free: 1_000 };
        let mut files = Vec::new();
        assert_eq!(unzip(&zip(&[("a", 600)]), &mut budget, &mut files), Ok(()));
        assert_eq!((budget.bytes, budget.entries), (400, 8));
        assert!(matches!(
            unzip(&zip(&[("a", 600)]), &mut budget, &mut files),
            Err(OpenError::TooLarge { .. })
        ));
    }

    #[test]
    fn names_of_masks_are_known() {
        let file = |path: &str| InputFile { path: path.to_owned(), bytes: Vec::new() };
        for mask in ["reference.mhd", "eye/Mask.nii", "oct_mask.nii.gz", "oct-seg.mha"] {
            assert!(is_mask(&file(mask)), "{mask}");
        }
        assert!(!is_mask(&file("reference/oct.mhd")));
    }
}
