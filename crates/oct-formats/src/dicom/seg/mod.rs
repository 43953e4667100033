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

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use oct::codes::RETINA;
use oct::{Code, FluidClass, Geometry, LabelMask, Laterality, OctVolume};
use sha2::{Digest, Sha256};

use crate::dicom::source::{Source, SourceFrame};
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

const BODY_SUBSTANCE: Code = Code::new("91720002", "SCT", "Body Substance");
const ABNORMAL_STRUCTURE: Code = Code::new("49755003", "SCT", "Morphologically Abnormal Structure");
const ARTIFICIAL_INTELLIGENCE: Code = Code::new("123110", "DCM", "Artificial Intelligence");
const SEGMENTATION: Code = Code::new("113076", "DCM", "Segmentation");
const SOURCE_IMAGE: Code = Code::new("121322", "DCM", "Source Image for Image Processing Operation");

/// Category and type of a class's segment.
fn segment_codes(class: FluidClass) -> [Code; 2] {
    let category = match class {
        FluidClass::Irf | FluidClass::Srf => BODY_SUBSTANCE,
        FluidClass::Ped => ABNORMAL_STRUCTURE,
    };
    let private = || Code::new(class.abbreviation(), PRIVATE_SCHEME, class.name());
    [category, class.code().unwrap_or_else(private)]
}

const PRIVATE_SCHEME: &str = "99LACUNA";
const FORMAT: &str = "a DICOM segmentation";
const MOST_PIXELS_A_SIDE: usize = u16::MAX as usize;
/// Dimensions and sizes within which two directions are at right angles.
const RIGHT_ANGLE: f64 = 1e-3;

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
    if mask.measured_bscans() != mask.bscans() || mask.bscans() == 0 {
        return Err(WriteError::Unmeasured { measured: mask.measured_bscans(), bscans: mask.bscans() });
    }
    for side in [mask.columns(), mask.rows()] {
        if !(1..=MOST_PIXELS_A_SIDE).contains(&side) {
            return Err(WriteError::TooLarge { format: FORMAT, size: side });
        }
    }
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
    put_functional_groups(&mut object, mask.bscans(), source, geometry, &places, &new_uids);
    put_bytes(&mut object, tags::PIXEL_DATA, pixels);

    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let file = object.with_meta(meta).map_err(|error| WriteError::Encode(error.to_string()))?;
    let mut bytes = Vec::new();
    file.write_all(&mut bytes).map_err(|error| WriteError::Encode(error.to_string()))?;
    Ok(bytes)
}

/// All frames, segment by segment, a bit a pixel: the first pixel is the lowest
/// bit, frames follow each other without a gap, an even number of bytes
/// (PS3.5 8.1.1 and annex D).
fn packed(mask: &LabelMask) -> Result<Vec<u8>, WriteError> {
    let too_large = WriteError::TooLarge { format: FORMAT, size: mask.bscans() };
    let frames = mask.bscans().checked_mul(FluidClass::ALL.len());
    let bits = frames
        .and_then(|frames| frames.checked_mul(mask.columns()))
        .and_then(|bits| bits.checked_mul(mask.rows()));
    // The length of an element has 32 bits, all of them set means "not known";
    // the number of frames is a signed number of 32 bits.
    let fits = |bits: &usize| *bits as u64 / 8 < u64::from(u32::MAX) - 2;
    let (Some(_), Some(bits)) = (frames.filter(|count| i32::try_from(*count).is_ok()), bits.filter(fits))
    else {
        return Err(too_large);
    };
    let mut pixels = Vec::new();
    pixels.try_reserve_exact(bits.div_ceil(16) * 2).map_err(|_| too_large)?;
    let (mut byte, mut filled) = (0_u8, 0);
    for class in FluidClass::ALL {
        for label in (0..mask.bscans()).filter_map(|frame| mask.bscan(frame)).flatten() {
            byte |= u8::from(*label == class.label()) << filled;
            filled += 1;
            if filled == 8 {
                pixels.push(byte);
                (byte, filled) = (0, 0);
            }
        }
    }
    if filled > 0 {
        pixels.push(byte);
    }
    if pixels.len() % 2 == 1 {
        pixels.push(0);
    }
    Ok(pixels)
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

/// Where the frames lie, as far as it is known for all of them.
struct Places {
    /// Of each B-scan, in mm.
    positions: Option<Vec<[f64; 3]>>,
    /// Of each B-scan, or one for all: cosines of a row, then of a column.
    orientations: Option<Vec<[f64; 6]>>,
    /// Whether the file must say where it lies, since it has no images to point to.
    required: bool,
}

impl Places {
    fn of(source: Option<&Source>, geometry: &Geometry, frames: usize) -> Self {
        let Some(source) = source else { return Self::of_volume(geometry, frames) };
        // A place without a frame of reference is a place nowhere.
        let known: Option<Vec<_>> = source
            .frames
            .iter()
            .map(|frame| source.frame_of_reference_uid.as_ref().and(frame.position_mm.zip(frame.orientation)))
            .collect();
        let known = known.filter(|places| {
            places.iter().all(|(position, orientation)| {
                position.iter().all(|mm| mm.is_finite()) && is_right_angled(orientation)
            })
        });
        let (positions, mut orientations): (Option<Vec<_>>, Option<Vec<_>>) =
            known.map_or((None, None), |places| {
                let (positions, orientations) = places.into_iter().unzip();
                (Some(positions), Some(orientations))
            });
        if let Some(all) = &mut orientations {
            let first = all.first().copied();
            if all.iter().all(|orientation| Some(*orientation) == first) {
                all.truncate(1);
            }
        }
        Self { positions, orientations, required: false }
    }

    /// In the volume's own axes.
    fn of_volume(geometry: &Geometry, frames: usize) -> Self {
        let d = &geometry.direction;
        let orientation = [d[0], d[3], d[6], d[1], d[4], d[7]];
        let step = match geometry.between_bscans.mm() {
            // The first B-scan lies at the origin whatever the next one's distance is.
            None if frames == 1 => Some(0.0),
            step => step,
        };
        let known = geometry.origin_mm.iter().chain([&d[2], &d[5], &d[8]]).all(|value| value.is_finite());
        let positions = step.filter(|_| known).map(|step| {
            (0..frames)
                .map(|frame| [0, 1, 2].map(|c| geometry.origin_mm[c] + d[3 * c + 2] * step * frame as f64))
                .collect()
        });
        let orientations = is_right_angled(&orientation).then(|| vec![orientation]);
        Self { positions, orientations, required: true }
    }

    fn frame_of_reference(&self, source: Option<&Source>, new_uids: &NewUids) -> Option<String> {
        match source {
            Some(source) => source.frame_of_reference_uid.clone(),
            None => Some(new_uids.frame_of_reference.clone()),
        }
    }
}

/// Two directions of length 1 at right angles, as PS3.3 C.7.6.2.1.1 wants them.
fn is_right_angled(cosines: &[f64; 6]) -> bool {
    let dot = |a: usize, b: usize| (0..3).map(|c| cosines[a + c] * cosines[b + c]).sum::<f64>();
    cosines.iter().all(|cosine| cosine.is_finite())
        && (dot(0, 0) - 1.0).abs() < RIGHT_ANGLE
        && (dot(3, 3) - 1.0).abs() < RIGHT_ANGLE
        && dot(0, 3).abs() < RIGHT_ANGLE
}

/// UIDs that are ours to give. They follow from what the file says: whoever
/// writes the same thing at the same second writes the same file.
struct NewUids {
    instance: String,
    series: String,
    study: String,
    frame_of_reference: String,
    dimensions: String,
}

impl NewUids {
    fn of(pixels: &[u8], mask: &LabelMask, source: Option<&Source>, options: &SegOptions<'_>) -> Self {
        let mut content = Sha256::new();
        content.update(b"lacuna segmentation 2\0");
        for size in [mask.columns(), mask.rows(), mask.bscans()] {
            content.update((size as u64).to_le_bytes());
        }
        content.update(pixels);
        content.update(options.scan);
        let mut text = |text: &str| {
            content.update((text.len() as u64).to_le_bytes());
            content.update(text);
        };
        for fact in
            [options.created, options.software_version, options.algorithm_name, options.algorithm_version]
        {
            text(fact);
        }
        // An identified file and its twin without a name are two objects.
        text(if options.identify.is_some() { "identified" } else { "" });
        if let Some(source) = source {
            text(&source.study_instance_uid);
            text(&source.series_instance_uid);
            for frame in &source.frames {
                text(&frame.sop_instance_uid);
                text(&frame.frame_number.unwrap_or(0).to_string());
            }
        }
        let uid = |role: &str| {
            let digest = content.clone().chain_update(role).finalize();
            uid_of(std::array::from_fn(|index| digest[index]))
        };
        Self {
            instance: uid("instance"),
            series: uid("series"),
            study: uid("study"),
            frame_of_reference: uid("frame of reference"),
            dimensions: uid("dimensions"),
        }
    }
}

/// The UID of a UUID (PS3.5 B.2): `2.25.` and the decimal of its 128 bits, of
/// which six say that it is one of version 8, "custom" (RFC 9562, 5.8).
fn uid_of(mut bits: [u8; 16]) -> String {
    bits[6] = bits[6] & 0x0F | 0x80;
    bits[8] = bits[8] & 0x3F | 0x80;
    format!("2.25.{}", u128::from_be_bytes(bits))
}

/// A time as DICOM has it.
struct Created {
    date: String,
    time: String,
    /// `+HHMM`.
    offset: String,
}

impl Created {
    /// Reads RFC 3339; `None` where it is none. Fractions of a second are cut.
    fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize, least: u32, most: u32| {
            let digits = text.get(from..to)?;
            let valid = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|number| valid && (least..=most).contains(number)).map(|_| digits)
        };
        let bytes = text.as_bytes();
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        let separated = separators.iter().all(|(at, letter)| bytes.get(*at) == Some(letter));
        if !separated || !matches!(bytes.get(10), Some(b'T' | b't' | b' ')) {
            return None;
        }
        let date = [number(0, 4, 0, 9999)?, number(5, 7, 1, 12)?, number(8, 10, 1, 31)?].concat();
        let time = [number(11, 13, 0, 23)?, number(14, 16, 0, 59)?, number(17, 19, 0, 60)?].concat();
        let fraction = text.get(19..)?.strip_prefix('.');
        let zone_at = match fraction {
            Some(fraction) => 20 + fraction.bytes().take_while(u8::is_ascii_digit).count(),
            None => 19,
        };
        let offset = match text.get(zone_at..)? {
            "Z" | "z" | "-00:00" => "+0000".to_owned(),
            zone if zone.len() == 6 && zone.starts_with(['+', '-']) && zone.get(3..4) == Some(":") => {
                let hours = number(zone_at + 1, zone_at + 3, 0, 14)?;
                [&zone[..1], hours, number(zone_at + 4, zone_at + 6, 0, 59)?].concat()
            }
            _ => return None,
        };
        Some(Self { date, time, offset })
    }
}

fn put_patient_and_study(
    object: &mut InMemDicomObject,
    source: Option<&Source>,
    identify: Option<&Patient>,
    new_uids: &NewUids,
) {
    let of_patient = |field: fn(&Patient) -> &Option<String>| {
        identify.and_then(|patient| field(patient).as_deref()).unwrap_or_default()
    };
    put(object, tags::PATIENT_NAME, VR::PN, text(of_patient(|patient| &patient.name)));
    put(object, tags::PATIENT_ID, VR::LO, text(of_patient(|patient| &patient.id)));
    let birth_date: String =
        of_patient(|patient| &patient.birth_date).chars().filter(|c| *c != '-').collect();
    put(object, tags::PATIENT_BIRTH_DATE, VR::DA, date(&birth_date));
    let sex = of_patient(|patient| &patient.sex);
    put(object, tags::PATIENT_SEX, VR::CS, if ["F", "M", "O"].contains(&sex) { sex } else { "" });
    if identify.is_none() {
        put(object, tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES");
        put(
            object,
            tags::DEIDENTIFICATION_METHOD,
            VR::LO,
            "Patient and study date left empty by Lacuna, UIDs kept",
        );
    }
    put(
        object,
        tags::STUDY_INSTANCE_UID,
        VR::UI,
        source.map_or(new_uids.study.as_str(), |source| &source.study_instance_uid),
    );
    let study_date = source.and_then(|source| source.study_date.as_deref()).filter(|_| identify.is_some());
    put(object, tags::STUDY_DATE, VR::DA, date(study_date.unwrap_or_default()));
    put(object, tags::STUDY_TIME, VR::TM, "");
    put(object, tags::REFERRING_PHYSICIAN_NAME, VR::PN, "");
    put(object, tags::STUDY_ID, VR::SH, "");
    put(object, tags::ACCESSION_NUMBER, VR::SH, "");
}

fn put_series_and_equipment(
    object: &mut InMemDicomObject,
    source: Option<&Source>,
    options: &SegOptions<'_>,
    created: &Created,
    new_uids: &NewUids,
) {
    put(object, tags::MODALITY, VR::CS, "SEG");
    put(object, tags::SERIES_INSTANCE_UID, VR::UI, new_uids.series.as_str());
    put(object, tags::SERIES_NUMBER, VR::IS, "1");
    put(object, tags::SERIES_DATE, VR::DA, created.date.as_str());
    put(object, tags::SERIES_TIME, VR::TM, created.time.as_str());
    put(object, tags::SERIES_DESCRIPTION, VR::LO, "Retinal fluid, Lacuna, research only");
    // Which eye stands with each segment: a series of many frames may not say it.
    put(object, tags::BODY_PART_EXAMINED, VR::CS, "EYE");
    put(object, tags::MANUFACTURER, VR::LO, "Lacuna");
    put(object, tags::MANUFACTURER_MODEL_NAME, VR::LO, "Lacuna");
    // Must not be empty; a program has none.
    put(object, tags::DEVICE_SERIAL_NUMBER, VR::LO, "0");
    put(object, tags::SOFTWARE_VERSIONS, VR::LO, or_unknown(options.software_version));
    if let Some(source) = source {
        let mut seen = std::collections::BTreeSet::new();
        let instances: Vec<_> = source
            .frames
            .iter()
            .filter(|frame| seen.insert(&frame.sop_instance_uid))
            .map(reference_to)
            .collect();
        let series = item([(tags::SERIES_INSTANCE_UID, VR::UI, source.series_instance_uid.as_str().into())]);
        let series = with_sequence(series, tags::REFERENCED_INSTANCE_SEQUENCE, instances);
        put_sequence(object, tags::REFERENCED_SERIES_SEQUENCE, vec![series]);
    }
}

fn put_image(
    object: &mut InMemDicomObject,
    mask: &LabelMask,
    source: Option<&Source>,
    created: &Created,
    new_uids: &NewUids,
) -> Result<(), WriteError> {
    put(object, tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    put(object, tags::SOP_CLASS_UID, VR::UI, uids::SEGMENTATION_STORAGE);
    put(object, tags::SOP_INSTANCE_UID, VR::UI, new_uids.instance.as_str());
    put(object, tags::INSTANCE_CREATION_DATE, VR::DA, created.date.as_str());
    put(object, tags::INSTANCE_CREATION_TIME, VR::TM, created.time.as_str());
    put(object, tags::TIMEZONE_OFFSET_FROM_UTC, VR::SH, created.offset.as_str());
    let scheme = item([
        (tags::CODING_SCHEME_DESIGNATOR, VR::SH, PRIVATE_SCHEME.into()),
        (tags::CODING_SCHEME_NAME, VR::ST, "Fluid classes of Lacuna".into()),
        (tags::CODING_SCHEME_RESPONSIBLE_ORGANIZATION, VR::ST, "Lacuna".into()),
    ]);
    put_sequence(object, tags::CODING_SCHEME_IDENTIFICATION_SEQUENCE, vec![scheme]);
    put(object, tags::INSTANCE_NUMBER, VR::IS, "1");
    put(object, tags::CONTENT_DATE, VR::DA, created.date.as_str());
    put(object, tags::CONTENT_TIME, VR::TM, created.time.as_str());
    put(object, tags::CONTENT_LABEL, VR::CS, "RETINAL_FLUID");
    put(object, tags::CONTENT_DESCRIPTION, VR::LO, "Retinal fluid in OCT: IRF, SRF, PED");
    // A program is no person.
    put(object, tags::CONTENT_CREATOR_NAME, VR::PN, "");
    put(
        object,
        tags::IMAGE_TYPE,
        VR::CS,
        PrimitiveValue::Strs(["DERIVED", "PRIMARY"].map(str::to_owned).into()),
    );
    put(object, tags::BURNED_IN_ANNOTATION, VR::CS, "NO");
    let lossy = source.and_then(|source| source.lossy.as_ref());
    put(object, tags::LOSSY_IMAGE_COMPRESSION, VR::CS, if lossy.is_some() { "01" } else { "00" });
    if let Some(ratio) = lossy.and_then(|lossy| lossy.ratio.as_deref()) {
        put(object, tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, ratio);
    }
    if let Some(method) = lossy.and_then(|lossy| lossy.method.as_deref()) {
        put(object, tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS, method);
    }
    put(object, tags::SEGMENTATION_TYPE, VR::CS, "BINARY");
    put(object, tags::SEGMENTS_OVERLAP, VR::CS, "NO");
    put(object, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    for (tag, value) in [
        (tags::ROWS, mask.rows()),
        (tags::COLUMNS, mask.columns()),
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::BITS_ALLOCATED, 1),
        (tags::BITS_STORED, 1),
        (tags::HIGH_BIT, 0),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        let size = WriteError::TooLarge { format: FORMAT, size: value };
        put(object, tag, VR::US, u16::try_from(value).map_err(|_| size)?);
    }
    put(object, tags::NUMBER_OF_FRAMES, VR::IS, (mask.bscans() * FluidClass::ALL.len()).to_string());
    Ok(())
}

fn put_segments(object: &mut InMemDicomObject, laterality: Option<Laterality>, options: &SegOptions<'_>) {
    let segments = FluidClass::ALL.map(|class| {
        let [category, kind] = segment_codes(class);
        let mut segment = item([
            (tags::SEGMENT_NUMBER, VR::US, u16::from(class.label()).into()),
            (tags::SEGMENT_LABEL, VR::LO, class.abbreviation().into()),
            (tags::SEGMENT_DESCRIPTION, VR::ST, class.name().into()),
            (tags::SEGMENT_ALGORITHM_TYPE, VR::CS, "AUTOMATIC".into()),
            (tags::SEGMENT_ALGORITHM_NAME, VR::LO, or_unknown(options.algorithm_name).into()),
        ]);
        put_sequence(&mut segment, tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, vec![coded(category)]);
        put_sequence(&mut segment, tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, vec![coded(kind)]);
        let mut retina = coded(RETINA);
        if let Some(side) = laterality {
            put_sequence(&mut retina, tags::ANATOMIC_REGION_MODIFIER_SEQUENCE, vec![coded(side.code())]);
        }
        put_sequence(&mut segment, tags::ANATOMIC_REGION_SEQUENCE, vec![retina]);
        let mut algorithm = item([
            (tags::ALGORITHM_NAME, VR::LO, or_unknown(options.algorithm_name).into()),
            (tags::ALGORITHM_VERSION, VR::LO, or_unknown(options.algorithm_version).into()),
        ]);
        put_sequence(
            &mut algorithm,
            tags::ALGORITHM_FAMILY_CODE_SEQUENCE,
            vec![coded(ARTIFICIAL_INTELLIGENCE)],
        );
        put_sequence(&mut segment, tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE, vec![algorithm]);
        segment
    });
    put_sequence(object, tags::SEGMENT_SEQUENCE, segments.into());
}

/// Two dimensions: the segment, then the B-scan as its number in the stack,
/// which exists whether or not its place is known.
fn put_functional_groups(
    object: &mut InMemDicomObject,
    frames: usize,
    source: Option<&Source>,
    geometry: &Geometry,
    places: &Places,
    new_uids: &NewUids,
) {
    let uid = || (tags::DIMENSION_ORGANIZATION_UID, VR::UI, new_uids.dimensions.as_str().into());
    put_sequence(object, tags::DIMENSION_ORGANIZATION_SEQUENCE, vec![item([uid()])]);
    let dimension = |pointer: Tag, group: Tag, label: &str| {
        item([
            uid(),
            (tags::DIMENSION_INDEX_POINTER, VR::AT, pointer.into()),
            (tags::FUNCTIONAL_GROUP_POINTER, VR::AT, group.into()),
            (tags::DIMENSION_DESCRIPTION_LABEL, VR::LO, label.into()),
        ])
    };
    let dimensions = vec![
        dimension(tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE, "Segment"),
        dimension(tags::IN_STACK_POSITION_NUMBER, tags::FRAME_CONTENT_SEQUENCE, "B-scan"),
    ];
    put_sequence(object, tags::DIMENSION_INDEX_SEQUENCE, dimensions);

    let mut shared = InMemDicomObject::new_empty();
    let pixel = geometry.axial.mm().zip(geometry.lateral.mm());
    if pixel.is_some() || places.required {
        let mut measures = InMemDicomObject::new_empty();
        if let Some((axial, lateral)) = pixel {
            put(&mut measures, tags::PIXEL_SPACING, VR::DS, decimals(&[axial, lateral]));
        }
        if let Some(between) = geometry.between_bscans.mm() {
            put(&mut measures, tags::SPACING_BETWEEN_SLICES, VR::DS, decimals(&[between]));
            // What a labelled pixel stands for across B-scans; other programs ask for it.
            put(&mut measures, tags::SLICE_THICKNESS, VR::DS, decimals(&[between]));
        }
        put_sequence(&mut shared, tags::PIXEL_MEASURES_SEQUENCE, vec![measures]);
    }
    let orientation =
        |cosines: &[f64; 6]| item([(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, decimals(cosines))]);
    let orientations = places.orientations.as_deref().unwrap_or_default();
    match orientations {
        [one] => put_sequence(&mut shared, tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation(one)]),
        [] if places.required => {
            put_sequence(&mut shared, tags::PLANE_ORIENTATION_SEQUENCE, vec![InMemDicomObject::new_empty()]);
        }
        _ => {}
    }
    put_sequence(object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared]);

    let mut groups = Vec::new();
    for class in FluidClass::ALL {
        for frame in 0..frames {
            let number = u32::try_from(frame + 1).unwrap_or(u32::MAX);
            let segment = item([(tags::REFERENCED_SEGMENT_NUMBER, VR::US, u16::from(class.label()).into())]);
            let content = item([
                (tags::STACK_ID, VR::SH, "1".into()),
                (tags::IN_STACK_POSITION_NUMBER, VR::UL, number.into()),
                (
                    tags::DIMENSION_INDEX_VALUES,
                    VR::UL,
                    PrimitiveValue::U32([u32::from(class.label()), number].as_slice().into()),
                ),
            ]);
            let mut group = InMemDicomObject::new_empty();
            put_sequence(&mut group, tags::SEGMENT_IDENTIFICATION_SEQUENCE, vec![segment]);
            put_sequence(&mut group, tags::FRAME_CONTENT_SEQUENCE, vec![content]);
            if let Some(position) = places.positions.as_ref().and_then(|positions| positions.get(frame)) {
                let position = item([(tags::IMAGE_POSITION_PATIENT, VR::DS, decimals(position))]);
                put_sequence(&mut group, tags::PLANE_POSITION_SEQUENCE, vec![position]);
            } else if places.required {
                put_sequence(&mut group, tags::PLANE_POSITION_SEQUENCE, vec![InMemDicomObject::new_empty()]);
            }
            if orientations.len() > 1
                && let Some(cosines) = orientations.get(frame)
            {
                put_sequence(&mut group, tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation(cosines)]);
            }
            if let Some(image) = source.and_then(|source| source.frames.get(frame)) {
                put_sequence(&mut group, tags::DERIVATION_IMAGE_SEQUENCE, vec![derived_from(image)]);
            }
            groups.push(group);
        }
    }
    put_sequence(object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, groups);
}

fn derived_from(image: &SourceFrame) -> InMemDicomObject {
    let mut reference = reference_to(image);
    if let Some(number) = image.frame_number {
        put(&mut reference, tags::REFERENCED_FRAME_NUMBER, VR::IS, number.to_string());
    }
    put(&mut reference, tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES");
    put_sequence(&mut reference, tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, vec![coded(SOURCE_IMAGE)]);
    let mut derivation = InMemDicomObject::new_empty();
    put_sequence(&mut derivation, tags::DERIVATION_CODE_SEQUENCE, vec![coded(SEGMENTATION)]);
    with_sequence(derivation, tags::SOURCE_IMAGE_SEQUENCE, vec![reference])
}

fn reference_to(image: &SourceFrame) -> InMemDicomObject {
    item([
        (tags::REFERENCED_SOP_CLASS_UID, VR::UI, image.sop_class_uid.as_str().into()),
        (tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, image.sop_instance_uid.as_str().into()),
    ])
}

fn coded(Code { value, scheme, meaning }: Code) -> InMemDicomObject {
    item([
        (tags::CODE_VALUE, VR::SH, value.as_ref().into()),
        (tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme.as_ref().into()),
        (tags::CODE_MEANING, VR::LO, meaning.as_ref().into()),
    ])
}

fn item<const N: usize>(elements: [(Tag, VR, PrimitiveValue); N]) -> InMemDicomObject {
    InMemDicomObject::from_element_iter(
        elements.into_iter().map(|(tag, vr, value)| DataElement::new(tag, vr, value)),
    )
}

fn put(object: &mut InMemDicomObject, tag: Tag, vr: VR, value: impl Into<PrimitiveValue>) {
    object.put(DataElement::new(tag, vr, value.into()));
}

fn put_bytes(object: &mut InMemDicomObject, tag: Tag, bytes: Vec<u8>) {
    object.put(DataElement::new(tag, VR::OB, PrimitiveValue::U8(bytes.into())));
}

fn put_sequence(object: &mut InMemDicomObject, tag: Tag, items: Vec<InMemDicomObject>) {
    object.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
}

fn with_sequence(mut object: InMemDicomObject, tag: Tag, items: Vec<InMemDicomObject>) -> InMemDicomObject {
    put_sequence(&mut object, tag, items);
    object
}

/// Text for an element of at most 64 letters. A backslash would part it in two.
fn text(text: &str) -> String {
    text.trim().chars().filter(|letter| !letter.is_control() && *letter != '\\').take(64).collect()
}

/// Text for an element that must not be empty.
fn or_unknown(given: &str) -> String {
    let text = text(given);
    if text.is_empty() { "unknown".to_owned() } else { text }
}

/// `YYYYMMDD`, or nothing where it is none.
fn date(text: &str) -> &str {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) { text } else { "" }
}

fn decimals(values: &[f64]) -> PrimitiveValue {
    PrimitiveValue::Strs(values.iter().copied().map(decimal).collect())
}

/// A number in at most 16 letters, as near as they allow (PS3.5 6.2, DS).
fn decimal(value: f64) -> String {
    // Minus zero is a zero.
    let value = value + 0.0;
    let exact = value.to_string();
    if exact.len() <= 16 {
        return exact;
    }
    let rounded =
        (0..=14).rev().flat_map(|digits| [format!("{value:.digits$}"), format!("{value:.digits$e}")]);
    rounded
        .filter(|text| text.len() <= 16)
        .min_by(|a, b| {
            let error =
                |text: &String| text.parse::<f64>().map_or(f64::INFINITY, |read| (read - value).abs());
            error(a).total_cmp(&error(b))
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_has_at_most_16_letters_and_loses_little() {
        for value in [
            0.0,
            0.01171875,
            0.011718749999999999,
            -0.003_872_123_456_789_012,
            1.0 / 3.0,
            -1e-17,
            6.0,
            123_456.789_012_345_67,
            -9_999.999_999_999_999,
            f64::MIN_POSITIVE,
            1e300,
        ] {
            let text = decimal(value);
            assert!((1..=16).contains(&text.len()), "{value}: {text}");
            let read: f64 = text.parse().unwrap();
            assert!((read - value).abs() <= value.abs() * 1e-8, "{value}: {text}");
        }
        assert_eq!(decimal(-0.0), "0");
        assert_eq!(decimal(0.1 + 0.2), "0.30000000000000");
    }

    #[test]
    fn a_uid_is_a_custom_uuid_in_decimal() {
        // RFC 9562's bits: version 8 in the seventh byte, variant 10 in the ninth.
        assert_eq!(uid_of([0; 16]), "2.25.604472133179351442128896");
        assert_eq!(uid_of([0xFF; 16]), format!("2.25.{}", 0xFFFF_FFFF_FFFF_8FFF_BFFF_FFFF_FFFF_FFFF_u128));
        assert!(uid_of([0xFF; 16]).len() <= 64);
    }

    #[test]
    fn times_are_rfc_3339_or_none() {
        let parsed = |text: &str| Created::parse(text).map(|time| [time.date, time.time, time.offset]);
        let found = |parts: [&str; 3]| Some(parts.map(str::to_owned));
        assert_eq!(parsed("2026-01-02T03:04:05Z"), found(["20260102", "030405", "+0000"]));
        assert_eq!(parsed("2026-01-02T03:04:05.678-05:30"), found(["20260102", "030405", "-0530"]));
        for wrong in [
            "",
            "2026-01-02",
            "2026-01-02T03:04:05",
            "2026-13-02T03:04:05Z",
            "2026-01-02T03:04:05+5:00",
            "2026-01-02T+3:04:05Z",
            "äöüäöüäöüäöüäöüäöü",
            "2026-01-02T03:04:05.ä",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_first_pixel_is_the_lowest_bit_and_frames_follow_without_a_gap() {
        let mut mask = LabelMask::unmeasured(3, 1, 2);
        mask.set_bscan(0, vec![1, 0, 3]).unwrap();
        mask.set_bscan(1, vec![2, 1, 3]).unwrap();
        // IRF 100 010, SRF 000 100, PED 001 001, from the right in each byte; filled to an even number.
        assert_eq!(packed(&mask), Ok(vec![0b0001_0001, 0b0100_0010, 0b10, 0]));
    }

    #[test]
    fn text_cannot_become_two_values() {
        assert_eq!(text(" a\\b\u{7}c "), "abc");
        assert_eq!(or_unknown("\\"), "unknown");
        assert_eq!(date("1970-1-1"), "");
    }
}
