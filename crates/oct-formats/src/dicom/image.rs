//! What a DICOM file is: an image with its pixels still packed, or something else
//! (PS3.10 section 7).

use std::io::{self, Read};

use dicom_dictionary_std::{tags, uids};
use flate2::read::DeflateDecoder;

use super::elements::{DataSet, Stored};
use super::facts::{Facts, Shows};
use super::frame::Course;
use super::syntax::{self, Packing, Syntax};
use crate::bytes::content::describe;
use crate::{Cause, InputFile};

/// What a deflated data set may become: this much, and so many bytes for each byte.
const FREE_BYTES: u64 = 64 << 20;
const MOST_RATIO: u64 = 100;

/// What a file holds.
#[derive(Debug)]
pub(super) enum Object {
    /// Pixels.
    Image(Box<Image>),
    /// Something else, in words.
    Other { path: String, found: String },
}

/// An object with pixels, still packed.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) path: String,
    /// The bytes that `stored` is counted in.
    pub(super) bytes: Vec<u8>,
    pub(super) stored: Stored,
    pub(super) facts: Facts,
}

/// Reads all of an object but its pixels.
pub(super) fn parse(file: InputFile) -> Result<Object, Cause> {
    let InputFile { path, mut bytes } = file;
    let (start, syntax) = start(&bytes)?;
    let mut start = start;
    if syntax.deflated {
        bytes = inflate(bytes.get(start..).unwrap_or_default())?;
        start = 0;
    }
    let data_set = DataSet::parse(&bytes, start..bytes.len(), syntax.explicit)?;
    let sop_class = data_set.text(tags::SOP_CLASS_UID).unwrap_or_default();
    let stored = data_set.pixel_data()?;
    let (Some(stored), Ok(())) = (stored, is_image(&sop_class)) else {
        let found = is_image(&sop_class).err().unwrap_or("no image").to_owned();
        return Ok(Object::Other { path, found });
    };
    let facts = Facts::read(&data_set, sop_class, syntax.packing)?;
    if facts.shows != Shows::Fundus && facts.locations(0).iter().any(|on| on.course == Course::Flat) {
        return Ok(Object::Other { path, found: "sections along the retina".to_owned() });
    }
    Ok(Object::Image(Box::new(Image { path, bytes, stored, facts })))
}

/// Where the data set starts and how it is encoded.
fn start(bytes: &[u8]) -> Result<(usize, Syntax), Cause> {
    let raw = |explicit| Syntax { explicit, deflated: false, packing: Packing::Raw };
    let states_types =
        |at: usize| bytes.get(at + 4..at + 6).is_some_and(|name| name.iter().all(u8::is_ascii_uppercase));
    let meta = match bytes {
        _ if bytes.get(128..132) == Some(b"DICM") => 132,
        // Written without the preamble that the standard asks for.
        [2, 0, ..] => 0,
        [8, 0, ..] if walks(bytes, states_types(0)) => return Ok((0, raw(states_types(0)))),
        _ => {
            let found = describe(bytes).to_owned();
            return Err(Cause::NotWhatItSays { expected: "a DICOM file", found });
        }
    };
    let (meta, end) = DataSet::parse_meta(bytes, meta)?;
    let Some(uid) = meta.text(tags::TRANSFER_SYNTAX_UID) else { return Ok((end, raw(states_types(end)))) };
    let syntax = syntax::syntax(&uid).ok_or_else(|| Cause::Unsupported {
        feature: syntax::unreadable(&uid),
        remedy: "export the scan as Explicit VR Little Endian",
    })?;
    Ok((end, syntax))
}

/// Whether `bytes`, which do not say what they are, make a data set.
fn walks(bytes: &[u8], explicit: bool) -> bool {
    DataSet::parse(bytes, 0..bytes.len(), explicit)
        .is_ok_and(|data_set| data_set.has(tags::SOP_CLASS_UID) || data_set.has(tags::ROWS))
}

/// Unpacks twice: once to count, so that the memory of a volume is taken once.
fn inflate(packed: &[u8]) -> Result<Vec<u8>, Cause> {
    let damaged = |error: io::Error| Cause::malformed(error);
    let most = FREE_BYTES.saturating_add(MOST_RATIO.saturating_mul(packed.len() as u64));
    let mut counted = DeflateDecoder::new(packed).take(most + 1);
    let length = io::copy(&mut counted, &mut io::sink()).map_err(damaged)?;
    if length > most {
        return Err(Cause::TooLarge { limit: "100 times its size" });
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize).map_err(|_| Cause::out_of_memory())?;
    DeflateDecoder::new(packed).take(length).read_to_end(&mut bytes).map_err(damaged)?;
    Ok(bytes)
}

/// Whether objects of this class are images of a patient, else what they are.
fn is_image(sop_class: &str) -> Result<(), &'static str> {
    let number = sop_class.strip_prefix("1.2.840.10008.5.1.4.1.1.").unwrap_or_default();
    let first = number.split('.').next().unwrap_or_default();
    match (first, sop_class) {
        (_, uids::MEDIA_STORAGE_DIRECTORY_STORAGE) => Err("a list of files (DICOMDIR)"),
        (_, uids::OPHTHALMIC_OPTICAL_COHERENCE_TOMOGRAPHY_EN_FACE_IMAGE_STORAGE) => Err("an en-face image"),
        (_, uids::OPHTHALMIC_THICKNESS_MAP_STORAGE) => Err("a thickness map"),
        (
            _,
            uids::SEGMENTATION_STORAGE
            | uids::SURFACE_SEGMENTATION_STORAGE
            | uids::LABEL_MAP_SEGMENTATION_STORAGE
            | uids::HEIGHT_MAP_SEGMENTATION_STORAGE,
        ) => Err("a segmentation"),
        ("66", _) => Err("data without an image"),
        ("11", _) => Err("a presentation state"),
        ("88", _) => Err("a report"),
        ("104", _) => Err("a document"),
        ("78" | "79" | "80", _) => Err("measurements of an eye"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_that_are_no_images_are_named() {
        assert_eq!(is_image(uids::SEGMENTATION_STORAGE), Err("a segmentation"));
        assert_eq!(is_image(uids::ENCAPSULATED_PDF_STORAGE), Err("a document"));
        assert_eq!(is_image(uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE), Ok(()));
        assert_eq!(is_image(""), Ok(()));
    }
}
