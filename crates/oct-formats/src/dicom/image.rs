//! What a DICOM file is: an image with its pixels still packed, or something else
//! (PS3.10 section 7).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};

use dicom_dictionary_std::{tags, uids};
use flate2::read::DeflateDecoder;

use super::elements::{DataSet, Stored};
use super::facts::Facts;
use super::frame::Course;
use super::shows::Shows;
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
    /// An image that is not stated as OCT and cannot be read.
    Unread { path: String, cause: Cause },
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

impl Image {
    /// A number that tells its pixels from others, by what is stored and how it is scaled.
    pub(super) fn digest(&self) -> u64 {
        let pieces = match &self.stored {
            Stored::Native(range) => std::slice::from_ref(range),
            Stored::Fragments { fragments, .. } => fragments,
        };
        let mut hasher = DefaultHasher::new();
        self.facts.frame(0).rescale.map(|rescale| rescale.map(f64::to_bits)).hash(&mut hasher);
        for piece in pieces {
            self.bytes.get(piece.clone()).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Why its frames are not all of the scan, by what it says of itself: one sentence.
    pub(super) fn not_whole(&self) -> Option<String> {
        let Self { path, facts, .. } = self;
        let frames = facts.layout.frames;
        let counts = [(facts.described_frames, "describes"), (self.frames_held().max(frames), "holds")];
        if let Some((count, does)) = counts.iter().find(|(count, _)| *count > 0 && *count != frames) {
            let stated = if frames == 1 { "1 frame".to_owned() } else { format!("{frames} frames") };
            return Some(format!(
                "{path} states {stated} and {does} {count}: export the scan again, some may be missing."
            ));
        }
        facts.is_extract.then(|| {
            format!("{path} holds frames that were taken out of another object: open that one to measure all of it.")
        })
    }

    /// Frames that there are pixels for; 0 where only unpacking tells.
    fn frames_held(&self) -> usize {
        match &self.stored {
            Stored::Native(range) => range.len() / self.facts.layout.frame_bytes().max(1),
            // Offsets of 4 bytes, one a frame.
            Stored::Fragments { offsets, .. } => offsets.len() / 4,
        }
    }

    /// Frames that it states, as far as its bytes could hold them. At least one, so that
    /// what is wrong with an image is said when it is unpacked.
    pub(super) fn frames_there(&self) -> usize {
        let most = match &self.stored {
            Stored::Native(_) => self.frames_held(),
            Stored::Fragments { fragments, .. } => fragments.len(),
        };
        self.facts.layout.frames.min(most).max(1)
    }
}

/// Reads all of an object but its pixels.
pub(super) fn parse(file: InputFile) -> Result<Object, Cause> {
    let InputFile { path, mut bytes } = file;
    let Start { at, syntax, sop_class } = match start(&bytes) {
        Ok(start) => start,
        Err(Unstarted { cause, sop_class }) if sop_class.as_deref().is_some_and(is_something_else) => {
            return Ok(Object::Unread { path, cause });
        }
        Err(Unstarted { cause, .. }) => return Err(cause),
    };
    let mut start = at;
    if syntax.deflated {
        bytes = inflate(bytes.get(start..).unwrap_or_default())?;
        start = 0;
    }
    let data_set = DataSet::parse(&bytes, start..bytes.len(), syntax.explicit)?;
    // A list of files states its class in the header alone.
    let sop_class = data_set.text(tags::SOP_CLASS_UID).or(sop_class).unwrap_or_default();
    let stored = data_set.pixel_data()?;
    let shows = is_image(&sop_class).and_then(|()| Shows::of(&data_set, &sop_class));
    let (stored, shows) = match (stored, shows) {
        (Some(stored), Ok(shows)) => (stored, shows),
        (_, shows) => {
            let found = is_image(&sop_class).err().or(shows.err()).unwrap_or("no image").to_owned();
            return Ok(Object::Other { path, found });
        }
    };
    let facts = match Facts::read(&data_set, sop_class, shows, syntax.packing) {
        Err(cause) if data_set.text(tags::SOP_CLASS_UID).as_deref().is_some_and(is_something_else) => {
            return Ok(Object::Unread { path, cause });
        }
        facts => facts?,
    };
    if facts.shows != Shows::Fundus && facts.locations(0).iter().any(|on| on.course == Course::Flat) {
        return Ok(Object::Other { path, found: "sections along the retina".to_owned() });
    }
    Ok(Object::Image(Box::new(Image { path, bytes, stored, facts })))
}

/// The study of the object that `head` begins, where these bytes tell it.
pub(crate) fn study(head: &[u8]) -> Option<String> {
    let Start { at, syntax, .. } = start(head).ok().filter(|start| !start.syntax.deflated)?;
    let last = Some(tags::STUDY_INSTANCE_UID);
    DataSet::parse_to(head, at..head.len(), syntax.explicit, last).ok()?.text(tags::STUDY_INSTANCE_UID)
}

/// Whether objects of this class are stated, and not as OCT: one that cannot be
/// read is no lost part of a scan.
fn is_something_else(sop_class: &str) -> bool {
    sop_class != uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE
}

/// Where a data set starts and how it is encoded.
struct Start {
    at: usize,
    syntax: Syntax,
    /// By the header before it.
    sop_class: Option<String>,
}

/// Why no data set could be found, and what it should have been.
struct Unstarted {
    cause: Cause,
    sop_class: Option<String>,
}

impl From<Cause> for Unstarted {
    fn from(cause: Cause) -> Self {
        Self { cause, sop_class: None }
    }
}

fn start(bytes: &[u8]) -> Result<Start, Unstarted> {
    let raw = |explicit| Syntax { explicit, deflated: false, packing: Packing::Raw };
    let states_types =
        |at: usize| bytes.get(at + 4..at + 6).is_some_and(|name| name.iter().all(u8::is_ascii_uppercase));
    let meta = match bytes {
        _ if bytes.get(128..132) == Some(b"DICM") => 132,
        // Written without the preamble that the standard asks for.
        [2, 0, ..] => 0,
        [8, 0, ..] if walks(bytes, states_types(0)) => {
            return Ok(Start { at: 0, syntax: raw(states_types(0)), sop_class: None });
        }
        _ => {
            let found = describe(bytes).to_owned();
            return Err(Cause::NotWhatItSays { expected: "a DICOM file", found }.into());
        }
    };
    let (meta, at) = DataSet::parse_meta(bytes, meta)?;
    let sop_class = meta.text(tags::MEDIA_STORAGE_SOP_CLASS_UID);
    let Some(uid) = meta.text(tags::TRANSFER_SYNTAX_UID) else {
        return Ok(Start { at, syntax: raw(states_types(at)), sop_class });
    };
    match syntax::syntax(&uid) {
        Some(syntax) => Ok(Start { at, syntax, sop_class }),
        None => {
            let feature = syntax::unreadable(&uid);
            let remedy = "export the scan as Explicit VR Little Endian";
            Err(Unstarted { cause: Cause::Unsupported { feature, remedy }, sop_class })
        }
    }
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
        (
            _,
            uids::INTRAVASCULAR_OPTICAL_COHERENCE_TOMOGRAPHY_IMAGE_STORAGE_FOR_PRESENTATION
            | uids::INTRAVASCULAR_OPTICAL_COHERENCE_TOMOGRAPHY_IMAGE_STORAGE_FOR_PROCESSING,
        ) => Err("an OCT of a vessel"),
        (_, uids::PARAMETRIC_MAP_STORAGE) => Err("a map of values"),
        ("66" | "67", _) => Err("data without an image"),
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
