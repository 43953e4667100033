//! What each file is: by its content, else by its ending, else by the files
//! beside it.

use std::collections::BTreeSet;

use crate::InputFile;
use crate::bytes::data_file::name_key;
use crate::formats::{ByEnding, Companion, FORMATS, Format};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recognised {
    /// One of a format.
    As(Format),
    /// One of a format by its name, whose content is something else.
    Misnamed,
    /// Data of a header, notes, files of other programs.
    Other,
}

impl Recognised {
    /// Whether it is an image, or is read as one so that its decoder can say
    /// what is wrong with it.
    pub(super) fn is_image(self) -> bool {
        matches!(self, Self::As(Format::ImageStack) | Self::Misnamed)
    }

    /// The name of a format that is known and not read.
    pub(super) fn not_read(self) -> Option<&'static str> {
        match self {
            Self::As(format) => format.row().not_read,
            Self::Misnamed | Self::Other => None,
        }
    }
}

/// What each of `files` is.
pub(super) fn recognise(files: &[InputFile]) -> Vec<Recognised> {
    let mut recognised: Vec<Recognised> = files.iter().map(alone).collect();
    belonging_to_others(files, &mut recognised);
    recognised
}

/// What a file is by itself.
fn alone(file: &InputFile) -> Recognised {
    for row in FORMATS {
        if (row.signature)(file) {
            return Recognised::As(row.format);
        }
        match row.by_ending {
            _ if !row.has_ending(file.name()) => {}
            ByEnding::Enough => return Recognised::As(row.format),
            ByEnding::Misnamed => return Recognised::Misnamed,
            ByEnding::NotEnough => {}
        }
    }
    Recognised::Other
}

/// Corrects what only the neighbours tell: the data file of a header is nothing
/// else, whatever its ending (`.img` is common); the images of an export are no
/// stack; and beside `oct.mhd` a text with the same fields is a copy of it.
fn belonging_to_others(files: &[InputFile], recognised: &mut [Recognised]) {
    let folder = |file: &InputFile| file.path.len() - file.name().len();
    let (mut data, mut exports) = (BTreeSet::new(), BTreeSet::new());
    let mut any_mhd = false;
    for (file, recognised) in files.iter().zip(recognised.iter()) {
        // A `.hdr` of any program has its samples in the `.img` beside it.
        let format = match *recognised {
            Recognised::As(format) => format,
            Recognised::Other if file.name().to_lowercase().ends_with(".hdr") => Format::Nifti,
            Recognised::Misnamed | Recognised::Other => continue,
        };
        any_mhd |= format == Format::MetaImage && format.row().has_ending(file.name());
        for companion in format.row().companions {
            let folder = &file.path[..folder(file)];
            match companion {
                Companion::Images { .. } => drop(exports.insert(folder)),
                Companion::Named { .. } => {
                    let name = companion.named_in(&file.bytes);
                    data.extend(name.map(|name| (folder, name_key(&name))));
                }
                Companion::SameStem { ending, beside } => {
                    let name = name_key(file.name());
                    let stem = name.strip_suffix(ending);
                    data.extend(stem.map(|stem| (folder, format!("{stem}{beside}"))));
                }
            }
        }
    }
    for (file, recognised) in files.iter().zip(recognised) {
        let is_data = || data.contains(&(&file.path[..folder(file)], name_key(file.name())));
        let is_of_an_export = || exports.iter().any(|export| file.path.starts_with(export));
        let belongs = match *recognised {
            Recognised::As(Format::MetaImage) => any_mhd && !Format::MetaImage.row().has_ending(file.name()),
            // Their content says for certain what they are.
            Recognised::As(Format::Dicom | Format::HeidelbergXml | Format::Nifti) | Recognised::Other => {
                false
            }
            other if other.is_image() || other.not_read().is_some() => is_data() || is_of_an_export(),
            _ => is_data(),
        };
        if belongs {
            *recognised = Recognised::Other;
        }
    }
}
