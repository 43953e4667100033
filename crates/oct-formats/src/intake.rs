//! What a person dropped, sorted: zips unpacked, litter dropped, exactly one
//! candidate left to be read.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::{InputFile, OpenError, Opened, images, metaimage, nifti};

/// What one zip may unpack to.
const MOST_UNPACKED_BYTES: u64 = 4 << 30;
const MOST_ENTRIES: usize = 20_000;
/// Names that an error lists.
const LISTED: usize = 3;

/// What a file is, by content first and by name where content does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    MetaImageHeader,
    Nifti,
    Image,
    /// Known by name, not read.
    NotReadYet(&'static str),
    /// An image or header by name whose content is something else.
    Impostor,
    /// Data of a header, notes, litter of other programs.
    Other,
}

/// Reads the one volume among `files`.
pub(crate) fn open(files: Vec<InputFile>) -> Result<Opened, OpenError> {
    if files.is_empty() {
        return Err(OpenError::Nothing);
    }
    let mut unpacked = Vec::new();
    for file in files {
        if is_litter(&file.path) {
            continue;
        }
        if file.bytes.starts_with(b"PK\x03\x04") || file.bytes.starts_with(b"PK\x05\x06") {
            unpacked.extend(unzip(&file)?);
        } else {
            unpacked.push(file);
        }
    }
    let mut warnings = Vec::new();
    let kinds: Vec<Kind> = unpacked.iter().map(kind).collect();
    let of = |wanted: Kind| -> Vec<usize> { (0..kinds.len()).filter(|index| kinds[*index] == wanted).collect() };

    let mut volumes = of(Kind::MetaImageHeader);
    volumes.extend(of(Kind::Nifti));
    if volumes.len() > 1 {
        leave_out_masks(&unpacked, &mut volumes, &mut warnings);
    }
    if volumes.len() > 1 {
        return Err(several(volumes.iter().map(|index| unpacked[*index].path.clone())));
    }
    let mut opened = if let Some(&chosen) = volumes.first() {
        let chosen_kind = kinds[chosen];
        let file = unpacked.swap_remove(chosen);
        if chosen_kind == Kind::MetaImageHeader { metaimage::read(file, unpacked) } else { nifti::read(file) }
    } else if kinds.contains(&Kind::Image) || kinds.contains(&Kind::Impostor) {
        let stack = unpacked.into_iter().zip(kinds);
        let stack = stack.filter(|(_, kind)| matches!(kind, Kind::Image | Kind::Impostor));
        open_images(stack.map(|(file, _)| file).collect(), &mut warnings)
    } else {
        Err(nothing_to_read(&unpacked, &kinds))
    }?;
    opened.warnings.splice(0..0, warnings);
    Ok(opened)
}

/// Files that systems leave behind; nobody means them.
fn is_litter(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
        || path.ends_with("Thumbs.db")
        || path.ends_with("desktop.ini")
}

fn unzip(zip: &InputFile) -> Result<Vec<InputFile>, OpenError> {
    let damaged = |cause: String| OpenError::Damaged { file: zip.path.clone(), cause };
    let too_large = |limit| OpenError::TooLarge { file: zip.path.clone(), limit };
    let mut archive =
        ZipArchive::new(Cursor::new(zip.bytes.as_slice())).map_err(|error| damaged(error.to_string()))?;
    if archive.len() > MOST_ENTRIES {
        return Err(too_large("20000 files"));
    }
    let mut left = MOST_UNPACKED_BYTES;
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(OpenError::Encrypted { file: zip.path.clone() });
            }
            Err(error) => return Err(damaged(error.to_string())),
        };
        let path = entry.name().replace('\\', "/");
        if entry.is_dir() || is_litter(&path) {
            continue;
        }
        let mut bytes = Vec::new();
        // Grows with what really comes out, whatever the entry declares.
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
        left = left.checked_sub(bytes.len() as u64).ok_or_else(|| too_large("4 GiB"))?;
        files.push(InputFile { path, bytes });
    }
    Ok(files)
}

fn kind(file: &InputFile) -> Kind {
    let bytes = file.bytes.as_slice();
    let name = file.name().to_lowercase();
    let named = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let starts = |magics: &[&[u8]]| magics.iter().any(|magic| bytes.starts_with(magic));
    if bytes.get(128..132) == Some(b"DICM") || named(&[".dcm", ".dicom"]) {
        return Kind::NotReadYet("a DICOM file");
    }
    if starts(&[b"HSF-OCT"]) || named(&[".vol"]) {
        return Kind::NotReadYet("a Heidelberg .vol file");
    }
    if named(&[".e2e", ".sdb"]) {
        return Kind::NotReadYet("a Heidelberg E2E file");
    }
    if starts(&[b"FOCT"]) || named(&[".fda", ".fds"]) {
        return Kind::NotReadYet("a Topcon file");
    }
    if named(&[".mhd", ".mha"]) {
        return if metaimage::is_header(bytes) || bytes.is_empty() { Kind::MetaImageHeader } else { Kind::Impostor };
    }
    if named(&[".nii", ".nii.gz", ".hdr"]) {
        return Kind::Nifti;
    }
    if named(&[".img"]) {
        return Kind::NotReadYet("a Zeiss .img file");
    }
    if named(&[".oct"]) {
        return Kind::NotReadYet("an Optovue or Bioptigen .OCT file");
    }
    if starts(&[b"\x89PNG", b"\xFF\xD8\xFF", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]) {
        return Kind::Image;
    }
    if named(&[".png", ".jpg", ".jpeg", ".tif", ".tiff"]) {
        return Kind::Impostor;
    }
    if bytes.get(344..348).is_some_and(|magic| magic == b"n+1\0") {
        return Kind::Nifti;
    }
    if metaimage::is_header(bytes) && named(&[".txt", ".header"]) {
        return Kind::MetaImageHeader;
    }
    Kind::Other
}

/// Beside a volume, files named as masks are masks (RETOUCH: `reference.mhd`).
fn leave_out_masks(files: &[InputFile], volumes: &mut Vec<usize>, warnings: &mut Vec<String>) {
    let is_mask = |index: &usize| {
        let name = files[*index].name().to_lowercase();
        ["reference", "mask", "label", "seg"].iter().any(|word| name.starts_with(word) || name.contains(&format!("-{word}")) || name.contains(&format!("_{word}")))
    };
    if volumes.iter().all(is_mask) {
        return;
    }
    volumes.retain(|index| {
        let mask = is_mask(index);
        if mask {
            warnings.push(format!("{} was taken for a mask and left out.", files[*index].path));
        }
        !mask
    });
}

fn open_images(files: Vec<InputFile>, warnings: &mut Vec<String>) -> Result<Opened, OpenError> {
    let mut by_folder: BTreeMap<String, Vec<InputFile>> = BTreeMap::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        by_folder.entry(folder).or_default().push(file);
    }
    if by_folder.len() > 1 {
        let is_mask = |folder: &str| {
            let last = folder.rsplit('/').next().unwrap_or("").to_lowercase();
            ["mask", "label", "reference", "instances", "layers"].iter().any(|word| last.starts_with(word))
        };
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
        let folders = by_folder.into_keys().map(|folder| if folder.is_empty() { "the top folder".to_owned() } else { folder });
        return Err(several(folders));
    }
    let mut stack = by_folder.into_values().next().unwrap_or_default();
    if let [only] = stack.as_slice() {
        let is_tiff = [b"II*\0", b"MM\0*"].iter().any(|magic| only.bytes.starts_with(*magic));
        if is_tiff && images::tiff_pages(&only.bytes, &only.path)? > 1 {
            return images::read_multipage_tiff(stack.remove(0));
        }
    }
    // A text file renamed to .png is refused by the decoder, in words and by name.
    images::read_stack(stack)
}

fn several(names: impl ExactSizeIterator<Item = String>) -> OpenError {
    let count = names.len();
    OpenError::SeveralVolumes { count, names: listed(names) }
}

fn nothing_to_read(files: &[InputFile], kinds: &[Kind]) -> OpenError {
    for (file, kind) in files.iter().zip(kinds) {
        if let Kind::NotReadYet(format) = kind {
            return OpenError::NotReadYet { file: file.path.clone(), format };
        }
    }
    if files.is_empty() {
        return OpenError::Nothing;
    }
    OpenError::NoVolume { count: files.len(), names: listed(files.iter().map(|file| file.path.clone())) }
}

fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = if names.len() > LISTED { ", …" } else { "" };
    format!("{}{more}", names.take(LISTED).collect::<Vec<_>>().join(", "))
}
