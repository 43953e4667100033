//! Writes a mask as a DICOM Segmentation object (PS3.3 A.51 and C.8.20): one
//! bit a pixel, three segments, every B-scan in each of them, so that "no fluid
//! here" is a fact in the file and not a frame left out.
//!
//! # Where it lies
//!
//! A segmentation says where it belongs in one of two ways (PS3.3 table
//! A.51-2): by the image each frame was derived from, or by a place in a frame
//! of reference. With a [`Source`] it has the first, and the second too where
//! the source knows its positions. A volume of another format has no images to
//! point to: the file gets a study and a frame of reference of its own, whose
//! axes are the volume's.
//!
//! Sizes and places are those of the source's header, so that the mask lies on the scan, also
//! where a person has corrected the spacing that is measured with. Where the format demands a
//! figure that nobody knows, 1 mm stands for it and Image Comments (0020,4000) say so.
//!
//! # Who it is of
//!
//! Nobody, unless the user asked for an identified file: name, number, birth
//! date, sex and study date are empty. The UIDs of the source's study, series
//! and images stay, since a segmentation without them belongs to nothing; who
//! has the source can look up the patient there, who has this file cannot.
//!
//! # Codes
//!
//! From PS3.16: categories CID 7150, algorithm family CID 7162, retina CID 4209,
//! sides CID 244, derivation CID 7203, purpose CID 7202. Where a kind of fluid
//! has no public code ([`oct::codes`]) the private designator `99LACUNA` is
//! used, as PS3.16 chapter 8 allows: names that begin with 99 are anybody's.

mod codes;
mod created;
mod elements;
mod frames;
mod modules;
mod new_uids;
mod pixels;
mod places;

use std::borrow::Cow;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use oct::{Geometry, LabelMask, OctVolume, RESEARCH_USE_NOTICE};
use sha2::{Digest, Sha256};

use self::created::Created;
use self::elements::{put, put_bytes};
use self::frames::{put_functional_groups, put_segments};
use self::modules::{put_image, put_patient_and_study, put_series_and_equipment};
use self::new_uids::NewUids;
use self::pixels::packed;
use self::places::Places;
use super::source::Source;
use crate::array::stored_order::as_stored;
use crate::error::shortened;
use crate::{Patient, WriteError};

/// What a segmentation says of its making.
#[derive(Debug, Clone, Copy)]
pub struct SegOptions<'a> {
    /// Now, RFC 3339 to the second or finer, e.g. `2026-01-02T03:04:05Z`.
    pub created: &'a str,
    /// Version of Lacuna.
    pub software_version: &'a str,
    /// Name of the network.
    pub algorithm_name: &'a str,
    /// Version of the network, e.g. the SHA-256 of its weights.
    pub algorithm_version: &'a str,
    /// Whom the file is to name; nobody by default.
    pub identify: Option<&'a Patient>,
    /// What was segmented ([`scan_digest`]): two scans are two objects, however
    /// alike their masks are.
    pub scan: [u8; 32],
    /// Who made each segment, by [`oct::FluidClass::index`].
    pub made_by: [SegmentedBy; 3],
}

/// Who made a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SegmentedBy {
    /// The network alone.
    #[default]
    Algorithm,
    /// The network, corrected by a person.
    Both,
    /// A person alone.
    Person,
}

impl SegmentedBy {
    /// Segment Algorithm Type (0062,0008; PS3.3 C.8.20.4).
    fn algorithm_type(self) -> &'static str {
        match self {
            Self::Algorithm => "AUTOMATIC",
            Self::Both => "SEMIAUTOMATIC",
            Self::Person => "MANUAL",
        }
    }
}

/// Tells one scan from another: SHA-256 over its size and the samples of its
/// middle B-scan, whose speckle no other has.
pub fn scan_digest(volume: &OctVolume) -> [u8; 32] {
    let mut digest = Sha256::new();
    for size in [volume.columns(), volume.rows(), volume.bscans()] {
        digest.update((size as u64).to_le_bytes());
    }
    if let Some(bscan) = volume.bscan(volume.bscans() / 2) {
        bscan.to_f32().iter().for_each(|sample| digest.update(sample.to_le_bytes()));
    }
    digest.finalize().into()
}

const FORMAT: &str = "a DICOM segmentation";
const MOST_PIXELS_A_SIDE: usize = u16::MAX as usize;

/// Encodes `mask` as a Segmentation Storage object in explicit VR little endian.
///
/// `geometry` is that of the volume; `source` names the DICOM images the volume
/// was read from, one a B-scan. The same arguments give the same bytes.
///
/// # Errors
/// [`WriteError::Unmeasured`] unless every B-scan is measured,
/// [`WriteError::TooLarge`] where a side or the number of frames has no place
/// in the format, [`WriteError::Encode`] where the time or the source make no sense.
pub fn write_segmentation(
    mask: &LabelMask,
    geometry: &Geometry,
    source: Option<&Source>,
    options: &SegOptions<'_>,
) -> Result<Vec<u8>, WriteError> {
    if !mask.is_complete() {
        return Err(WriteError::Unmeasured { measured: mask.measured_bscans(), bscans: mask.bscans() });
    }
    for side in [mask.columns(), mask.rows()] {
        if !(1..=MOST_PIXELS_A_SIDE).contains(&side) {
            return Err(WriteError::TooLarge { format: FORMAT, size: side });
        }
    }
    // A frame has the rows of the image that it belongs to, also where that is upside down.
    let mask = if source.is_some() { as_stored(mask, geometry)?.0 } else { Cow::Borrowed(mask) };
    let mask = mask.as_ref();
    let pixels = packed(mask)?;
    let created = Created::parse(options.created)
        .ok_or_else(|| WriteError::Encode(format!("{} is no time", shortened(options.created))))?;
    if let Some(source) = source {
        check(source, mask.bscans())?;
    }
    let places = Places::of(source, geometry, mask.bscans());
    let new_uids = NewUids::of(&pixels, mask, source, options);

    let mut object = InMemDicomObject::new_empty();
    put_patient_and_study(&mut object, source, options.identify, &new_uids);
    put_series_and_equipment(&mut object, source, options, &created, &new_uids);
    if let Some(reference) = places.frame_of_reference(source, &new_uids) {
        put(&mut object, tags::FRAME_OF_REFERENCE_UID, VR::UI, reference);
        put(&mut object, tags::POSITION_REFERENCE_INDICATOR, VR::LO, "");
    }
    put_image(&mut object, mask, source, &created, &new_uids)?;
    put_segments(&mut object, geometry.laterality, options);
    put_functional_groups(&mut object, mask.bscans(), source, &places, &new_uids);
    if places.orientations.is_empty() {
        // Asked for where no plane is stated (PS3.3 C.7.6.1.1.1), and may be empty.
        put(&mut object, tags::PATIENT_ORIENTATION, VR::CS, "");
    }
    let mut comments = vec![RESEARCH_USE_NOTICE];
    if !places.invented.is_empty() {
        comments.extend(&places.invented);
        comments.push("Lengths and volumes measured in this file mean nothing.");
    }
    put(&mut object, tags::IMAGE_COMMENTS, VR::LT, comments.join(" "));
    put_bytes(&mut object, tags::PIXEL_DATA, pixels);

    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let file = object.with_meta(meta).map_err(|error| WriteError::Encode(error.to_string()))?;
    let mut bytes = Vec::new();
    file.write_all(&mut bytes).map_err(|error| WriteError::Encode(error.to_string()))?;
    Ok(bytes)
}

/// A source of another number of images, or with UIDs that are none, would make
/// a file that points nowhere.
fn check(source: &Source, frames: usize) -> Result<(), WriteError> {
    if source.frames.len() != frames {
        return Err(WriteError::Encode(format!(
            "{} source images do not match {frames} B-scans",
            source.frames.len()
        )));
    }
    let is_uid = |uid: &str| {
        (1..=64).contains(&uid.len()) && uid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let of_frames = source.frames.iter().flat_map(|frame| [&frame.sop_class_uid, &frame.sop_instance_uid]);
    [&source.study_instance_uid, &source.series_instance_uid]
        .into_iter()
        .chain(&source.frame_of_reference_uid)
        .chain(of_frames)
        .find(|uid| !is_uid(uid))
        .map_or(Ok(()), |uid| Err(WriteError::Encode(format!("\"{}\" is no DICOM UID", shortened(uid)))))
}
