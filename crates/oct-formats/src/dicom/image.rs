//! What a DICOM object says of its image: size, samples, frames, acquisition.
//! Attributes after DICOM PS3.3: C.7.6.3 (image pixel), C.7.6.16 (functional
//! groups), C.8.17 (ophthalmic tomography), PS3.10 section 7 (the file).

use std::io::{self, Read};
use std::ops::Range;

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use flate2::read::DeflateDecoder;
use oct::Laterality;

use super::elements::{DataSet, Stored};
use super::people;
use super::source::LossyCompression;
use super::syntax::{self, Packing, Syntax};
use crate::error::shortened;
use crate::{InputFile, OpenError, Patient, images};

/// Frames of one object, and the longest side: more than any device makes.
const MOST: u64 = 65_535;
/// What a deflated data set may become: this much, and so many bytes for each byte.
const FREE_BYTES: u64 = 64 << 20;
const MOST_RATIO: u64 = 100;
/// Points along one scan, and images that a frame is located on.
const MOST_POINTS: usize = 65_536;
const MOST_LOCATIONS: usize = 4;

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

/// What is said of single frames, from the first on.
pub(super) type SingleFrames = Vec<Option<Box<Frame>>>;

/// All that an object says of its image.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) kind: Kind,
    pub(super) sop_class: String,
    pub(super) sop_instance: Option<String>,
    pub(super) study: Option<String>,
    pub(super) series: Option<String>,
    pub(super) frame_of_reference: Option<String>,
    pub(super) study_date: Option<String>,
    pub(super) lossy: Option<LossyCompression>,
    pub(super) series_number: Option<i64>,
    pub(super) instance_number: Option<i64>,
    /// UID of the whole and number of this part, where one image is spread over objects.
    pub(super) concatenation: Option<(String, u32)>,
    pub(super) layout: Layout,
    pub(super) packing: Packing,
    /// What is said of all frames.
    pub(super) all_frames: Frame,
    /// What is said of single ones, from the first on, where it differs; often
    /// there are none, and the count of frames is no promise of theirs.
    pub(super) single_frames: SingleFrames,
    /// Instances that the image as a whole refers to.
    pub(super) referenced: Vec<String>,
    pub(super) laterality: Option<Laterality>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) acquired: Option<String>,
    /// Grey levels go through a table that is not applied.
    pub(super) has_lookup_table: bool,
    /// Taken by a fundus camera.
    pub(super) is_camera: bool,
    pub(super) patient: Patient,
}

/// What an image shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// B-scans of an OCT device.
    Tomography,
    /// Flow in B-scans.
    Angiography,
    /// The fundus.
    Fundus,
    /// Any other image.
    General,
}

impl Kind {
    /// In words that tell volumes apart.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tomography => "OCT",
            Self::Angiography => "OCT angiography",
            Self::Fundus => "fundus image",
            Self::General => "not stated as OCT",
        }
    }
}

/// How the pixels lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) frames: usize,
    pub(super) colour: Colour,
    /// All reds of a frame first, not pixel by pixel.
    pub(super) planar: bool,
    /// 8, 16 or 32.
    pub(super) bits_allocated: u32,
    pub(super) bits_stored: u32,
    pub(super) high_bit: u32,
    pub(super) signed: bool,
    pub(super) float: bool,
}

impl Layout {
    /// 1 or 3.
    pub(super) fn channels(&self) -> usize {
        match self.colour {
            Colour::Grey { .. } => 1,
            Colour::Rgb | Colour::Ybr => 3,
        }
    }

    /// Pixels of one frame. Both sides have 16 bits.
    pub(super) fn pixels(&self) -> usize {
        self.columns.saturating_mul(self.rows)
    }

    /// Bytes of one frame that is not packed.
    pub(super) fn frame_bytes(&self) -> usize {
        self.pixels().saturating_mul(self.channels()).saturating_mul(self.bits_allocated as usize / 8)
    }
}

/// Photometric interpretation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// One grey a pixel; `inverted` where high is dark.
    Grey { inverted: bool },
    /// Red, green, blue.
    Rgb,
    /// Luminance and two colour differences.
    Ybr,
}

/// What is said of one frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Frame {
    /// From row to row, then from column to column, mm.
    pub(super) pixel_spacing: Option<[f64; 2]>,
    /// From frame to frame, mm.
    pub(super) between: Option<f64>,
    pub(super) position: Option<[f64; 3]>,
    pub(super) orientation: Option<[f64; 6]>,
    pub(super) locations: Vec<Location>,
    /// Slope and intercept.
    pub(super) rescale: Option<[f64; 2]>,
    pub(super) laterality: Option<Laterality>,
}

/// Where a frame lies on an image of the fundus.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Location {
    /// SOP Instance UID of the image.
    pub(super) image: Option<String>,
    pub(super) course: Course,
    /// Columns and rows in pixels, (0, 0) being the top left corner of the first.
    pub(super) points: Vec<[f64; 2]>,
}

/// How the columns of a frame run over the fundus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// From the first point to the last.
    Line,
    /// Through all points.
    Curve,
    /// The frame lies flat on the fundus: it is no B-scan.
    Flat,
}

/// Reads all of an object but its pixels.
pub(super) fn parse(file: InputFile) -> Result<Object, OpenError> {
    let InputFile { path, mut bytes } = file;
    let (start, syntax) = start(&path, &bytes)?;
    let mut start = start;
    if syntax.deflated {
        bytes = inflate(&path, bytes.get(start..).unwrap_or_default())?;
        start = 0;
    }
    let data_set = DataSet::parse(&path, &bytes, start..bytes.len(), syntax.explicit)?;
    let sop_class = data_set.text(tags::SOP_CLASS_UID).unwrap_or_default();
    let stored = data_set.pixel_data()?;
    let (Some(stored), Ok(())) = (stored, is_image(&sop_class)) else {
        let found = is_image(&sop_class).err().unwrap_or("no image").to_owned();
        return Ok(Object::Other { path, found });
    };
    let facts = Facts::read(&data_set, sop_class, syntax.packing)?;
    if facts.kind != Kind::Fundus && facts.locations(0).iter().any(|on| on.course == Course::Flat) {
        return Ok(Object::Other { path, found: "sections along the retina".to_owned() });
    }
    Ok(Object::Image(Box::new(Image { path, bytes, stored, facts })))
}

/// Where the data set starts and how it is encoded.
fn start(path: &str, bytes: &[u8]) -> Result<(usize, Syntax), OpenError> {
    let raw = |explicit| Syntax { explicit, deflated: false, packing: Packing::Raw };
    let states_types =
        |at: usize| bytes.get(at + 4..at + 6).is_some_and(|name| name.iter().all(u8::is_ascii_uppercase));
    let meta = match bytes {
        _ if bytes.get(128..132) == Some(b"DICM") => 132,
        // Written without the preamble that the standard asks for.
        [2, 0, ..] => 0,
        [8, 0, ..] if walks(path, bytes, states_types(0)) => return Ok((0, raw(states_types(0)))),
        _ => {
            let found = images::describe(bytes).to_owned();
            return Err(OpenError::NotWhatItSays { file: path.to_owned(), expected: "a DICOM file", found });
        }
    };
    let (meta, end) = DataSet::parse_meta(path, bytes, meta)?;
    let Some(uid) = meta.text(tags::TRANSFER_SYNTAX_UID) else { return Ok((end, raw(states_types(end)))) };
    let syntax = syntax::syntax(&uid).ok_or_else(|| OpenError::Unsupported {
        file: path.to_owned(),
        feature: syntax::unreadable(&uid),
        remedy: "export the scan as Explicit VR Little Endian",
    })?;
    Ok((end, syntax))
}

/// Whether `bytes`, which do not say what they are, make a data set.
fn walks(path: &str, bytes: &[u8], explicit: bool) -> bool {
    DataSet::parse(path, bytes, 0..bytes.len(), explicit)
        .is_ok_and(|data_set| data_set.has(tags::SOP_CLASS_UID) || data_set.has(tags::ROWS))
}

/// Unpacks twice: once to count, so that the memory of a volume is taken once.
fn inflate(path: &str, packed: &[u8]) -> Result<Vec<u8>, OpenError> {
    let damaged = |error: io::Error| OpenError::Damaged { file: path.to_owned(), cause: error.to_string() };
    let most = FREE_BYTES.saturating_add(MOST_RATIO.saturating_mul(packed.len() as u64));
    let mut counted = DeflateDecoder::new(packed).take(most + 1);
    let length = io::copy(&mut counted, &mut io::sink()).map_err(damaged)?;
    if length > most {
        return Err(OpenError::TooLarge { file: path.to_owned(), limit: "100 times its size" });
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize).map_err(|_| OpenError::out_of_memory(path))?;
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

fn lossy(data_set: &DataSet<'_>) -> Option<LossyCompression> {
    // They are written again: only what their types allow gets through.
    let stated = |tag, allowed: fn(char) -> bool| {
        data_set.text(tag).filter(|text| text.chars().all(|letter| letter == '\\' || allowed(letter)))
    };
    (data_set.text(tags::LOSSY_IMAGE_COMPRESSION)? == "01").then(|| LossyCompression {
        ratio: stated(tags::LOSSY_IMAGE_COMPRESSION_RATIO, |letter| {
            letter.is_ascii_digit() || "+-.Ee ".contains(letter)
        }),
        method: stated(tags::LOSSY_IMAGE_COMPRESSION_METHOD, |letter| {
            letter.is_ascii_uppercase() || letter.is_ascii_digit() || "_ ".contains(letter)
        }),
    })
}

impl Facts {
    fn read(data_set: &DataSet<'_>, sop_class: String, packing: Packing) -> Result<Self, OpenError> {
        let layout = Layout::read(data_set)?;
        let (all_frames, single_frames) = frames(data_set, layout.frames)?;
        let image_type = data_set.text(tags::IMAGE_TYPE).unwrap_or_default().to_uppercase();
        let is_flow = ["FLOW", "ANGIO", "OCTA"].iter().any(|word| image_type.contains(word));
        let kind = match sop_class.as_str() {
            uids::OPHTHALMIC_OPTICAL_COHERENCE_TOMOGRAPHY_BSCAN_VOLUME_ANALYSIS_STORAGE => Kind::Angiography,
            uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE if is_flow => Kind::Angiography,
            uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE => Kind::Tomography,
            uids::OPHTHALMIC_PHOTOGRAPHY8_BIT_IMAGE_STORAGE
            | uids::OPHTHALMIC_PHOTOGRAPHY16_BIT_IMAGE_STORAGE
            | uids::WIDE_FIELD_OPHTHALMIC_PHOTOGRAPHY_STEREOGRAPHIC_PROJECTION_IMAGE_STORAGE
            | uids::WIDE_FIELD_OPHTHALMIC_PHOTOGRAPHY3_D_COORDINATES_IMAGE_STORAGE => Kind::Fundus,
            _ => Kind::General,
        };
        let mut referenced = Vec::new();
        data_set.items(tags::REFERENCED_IMAGE_SEQUENCE, MOST_LOCATIONS, |item| {
            referenced.extend(item.text(tags::REFERENCED_SOP_INSTANCE_UID));
            Ok(())
        })?;
        let device = data_set.first_item(tags::ACQUISITION_DEVICE_TYPE_CODE_SEQUENCE)?;
        let device = device.and_then(|code| code.text(tags::CODE_MEANING)).unwrap_or_default();
        let number = |tag| data_set.text(tag).and_then(|text| text.parse().ok());
        let part = data_set.whole(tags::IN_CONCATENATION_NUMBER);
        Ok(Self {
            kind,
            sop_class,
            sop_instance: data_set.text(tags::SOP_INSTANCE_UID),
            study: data_set.text(tags::STUDY_INSTANCE_UID),
            series: data_set.text(tags::SERIES_INSTANCE_UID),
            frame_of_reference: data_set.text(tags::FRAME_OF_REFERENCE_UID),
            study_date: data_set.text(tags::STUDY_DATE).filter(|date| iso(date, "").is_some()),
            lossy: lossy(data_set),
            series_number: number(tags::SERIES_NUMBER),
            instance_number: number(tags::INSTANCE_NUMBER),
            concatenation: data_set.text(tags::CONCATENATION_UID).zip(part),
            layout,
            packing,
            laterality: laterality(data_set, tags::IMAGE_LATERALITY)
                .or_else(|| laterality(data_set, tags::LATERALITY))
                .or_else(|| single_frames.iter().flatten().find_map(|frame| frame.laterality))
                .or(all_frames.laterality),
            all_frames,
            single_frames,
            referenced,
            manufacturer: data_set.text(tags::MANUFACTURER),
            model: data_set.text(tags::MANUFACTURER_MODEL_NAME),
            acquired: acquired(data_set),
            has_lookup_table: data_set.has(tags::MODALITY_LUT_SEQUENCE),
            is_camera: device.to_lowercase().contains("fundus camera"),
            patient: people::patient(data_set),
        })
    }

    /// What is said of frame `index`; without its places on the fundus.
    pub(super) fn frame(&self, index: usize) -> &Frame {
        self.single_frames.get(index).and_then(Option::as_deref).unwrap_or(&self.all_frames)
    }

    /// Where frame `index` lies on images of the fundus.
    pub(super) fn locations(&self, index: usize) -> &[Location] {
        let own = &self.frame(index).locations;
        if own.is_empty() { &self.all_frames.locations } else { own }
    }
}

impl Layout {
    fn read(data_set: &DataSet<'_>) -> Result<Self, OpenError> {
        let file = data_set.file();
        let needed = |tag, field| {
            data_set.whole(tag).ok_or_else(|| OpenError::MissingField { file: file.to_owned(), field })
        };
        let bad = |field, value: u32, why| OpenError::BadField {
            file: file.to_owned(),
            field,
            value: value.to_string(),
            why,
        };
        let (rows, columns) = (needed(tags::ROWS, "Rows")?, needed(tags::COLUMNS, "Columns")?);
        let frames = match data_set.text(tags::NUMBER_OF_FRAMES) {
            None => 1,
            Some(text) => text.parse().map_err(|_| OpenError::BadField {
                file: file.to_owned(),
                field: "Number of Frames",
                value: shortened(&text),
                why: "is not a number",
            })?,
        };
        let (columns, rows): (u64, u64) = (columns.into(), rows.into());
        if [columns, rows, frames].iter().any(|size| !(1..=MOST).contains(size)) {
            return Err(OpenError::ImpossibleSize { file: file.to_owned(), columns, rows, bscans: frames });
        }
        let float = data_set.has_float_pixels();
        let allocated = if float { 32 } else { needed(tags::BITS_ALLOCATED, "Bits Allocated")? };
        if ![8, 16, 32].contains(&allocated) {
            let sample_type = format!("{allocated} bits");
            return Err(OpenError::SampleType { file: file.to_owned(), sample_type });
        }
        let stored = data_set.whole(tags::BITS_STORED).filter(|_| !float).unwrap_or(allocated);
        if !(1..=allocated).contains(&stored) {
            return Err(bad("Bits Stored", stored, "is not between 1 and Bits Allocated"));
        }
        let high_bit = data_set.whole(tags::HIGH_BIT).filter(|_| !float).unwrap_or(stored - 1);
        if !(stored - 1..allocated).contains(&high_bit) {
            return Err(bad("High Bit", high_bit, "does not fit Bits Stored and Bits Allocated"));
        }
        let channels = data_set.whole(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        let photometric = data_set.text(tags::PHOTOMETRIC_INTERPRETATION);
        let colour = match (photometric.as_deref(), channels) {
            (Some("MONOCHROME1"), 1) => Colour::Grey { inverted: true },
            (Some("MONOCHROME2") | None, 1) => Colour::Grey { inverted: false },
            (Some("RGB"), 3) => Colour::Rgb,
            (Some("YBR_FULL" | "YBR_FULL_422" | "YBR_ICT" | "YBR_RCT" | "YBR_PARTIAL_420"), 3) => Colour::Ybr,
            (photometric, _) => {
                return Err(OpenError::Unsupported {
                    file: file.to_owned(),
                    feature: format!(
                        "the colours {} in {channels} channels",
                        shortened(photometric.unwrap_or("of no stated kind"))
                    ),
                    remedy: "export the scan in greyscale",
                });
            }
        };
        Ok(Self {
            columns: columns as usize,
            rows: rows as usize,
            frames: frames as usize,
            colour,
            planar: data_set.whole(tags::PLANAR_CONFIGURATION) == Some(1),
            bits_allocated: allocated,
            bits_stored: stored,
            high_bit,
            signed: data_set.whole(tags::PIXEL_REPRESENTATION) == Some(1),
            float,
        })
    }
}

/// What is said of all frames (by the object, then by its shared functional
/// groups) and of each; the later counts.
fn frames(data_set: &DataSet<'_>, count: usize) -> Result<(Frame, SingleFrames), OpenError> {
    let mut all = Frame::default();
    all.read_measures(data_set)?;
    all.read_plane(data_set)?;
    all.read_rescale(data_set)?;
    if let Some(shared) = data_set.first_item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE)? {
        all.read_groups(&shared)?;
    }
    let mut single = Vec::new();
    // Copied for each frame but for the places: those may be long.
    let shared = Frame { locations: Vec::new(), ..all.clone() };
    data_set.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, count, |groups| {
        let mut frame = shared.clone();
        frame.read_groups(&groups)?;
        single.push((frame != shared).then(|| Box::new(frame)));
        Ok(())
    })?;
    Ok((all, single))
}

impl Frame {
    fn read_groups(&mut self, groups: &DataSet<'_>) -> Result<(), OpenError> {
        if let Some(measures) = groups.first_item(tags::PIXEL_MEASURES_SEQUENCE)? {
            self.read_measures(&measures)?;
        }
        for plane in [tags::PLANE_POSITION_SEQUENCE, tags::PLANE_ORIENTATION_SEQUENCE] {
            if let Some(plane) = groups.first_item(plane)? {
                self.read_plane(&plane)?;
            }
        }
        if let Some(rescale) = groups.first_item(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE)? {
            self.read_rescale(&rescale)?;
        }
        if let Some(anatomy) = groups.first_item(tags::FRAME_ANATOMY_SEQUENCE)? {
            self.laterality = laterality(&anatomy, tags::FRAME_LATERALITY);
        }
        let mut locations = Vec::new();
        groups.items(tags::OPHTHALMIC_FRAME_LOCATION_SEQUENCE, MOST_LOCATIONS, |item| {
            locations.push(Location::read(&item));
            Ok(())
        })?;
        if !locations.is_empty() {
            self.locations = locations;
        }
        Ok(())
    }

    fn read_measures(&mut self, from: &DataSet<'_>) -> Result<(), OpenError> {
        let spacing = from.decimals(tags::PIXEL_SPACING, "Pixel Spacing")?;
        let between: Option<[f64; 1]> =
            from.decimals(tags::SPACING_BETWEEN_SLICES, "Spacing Between Slices")?;
        self.pixel_spacing = spacing.or(self.pixel_spacing);
        self.between = between.map(|[mm]| mm).or(self.between);
        Ok(())
    }

    fn read_plane(&mut self, from: &DataSet<'_>) -> Result<(), OpenError> {
        let position = from.decimals(tags::IMAGE_POSITION_PATIENT, "Image Position (Patient)")?;
        let orientation = from.decimals(tags::IMAGE_ORIENTATION_PATIENT, "Image Orientation (Patient)")?;
        self.position = position.or(self.position);
        self.orientation = orientation.or(self.orientation);
        Ok(())
    }

    fn read_rescale(&mut self, from: &DataSet<'_>) -> Result<(), OpenError> {
        let slope: Option<[f64; 1]> = from.decimals(tags::RESCALE_SLOPE, "Rescale Slope")?;
        let intercept: Option<[f64; 1]> = from.decimals(tags::RESCALE_INTERCEPT, "Rescale Intercept")?;
        if slope.is_some() || intercept.is_some() {
            let [slope] = slope.unwrap_or([1.0]);
            let [intercept] = intercept.unwrap_or([0.0]);
            self.rescale = Some([slope, intercept]);
        }
        Ok(())
    }
}

impl Location {
    fn read(from: &DataSet<'_>) -> Self {
        let numbers = from.floats(tags::REFERENCE_COORDINATES, 2 * MOST_POINTS);
        let (pairs, _) = numbers.as_chunks();
        let course = match from.text(tags::OPHTHALMIC_IMAGE_ORIENTATION).as_deref() {
            Some("TRANSVERSE") => Course::Flat,
            Some("NONLINEAR") => Course::Curve,
            Some(_) => Course::Line,
            None if pairs.len() > 2 => Course::Curve,
            None => Course::Line,
        };
        // Stored as row, then column.
        let points = pairs.iter().map(|[row, column]| [*column, *row]).collect();
        Self { image: from.text(tags::REFERENCED_SOP_INSTANCE_UID), course, points }
    }
}

fn laterality(data_set: &DataSet<'_>, tag: Tag) -> Option<Laterality> {
    match data_set.text(tag).as_deref() {
        Some("R") => Some(Laterality::Od),
        Some("L") => Some(Laterality::Os),
        _ => None,
    }
}

fn acquired(data_set: &DataSet<'_>) -> Option<String> {
    if let Some(at) = data_set.text(tags::ACQUISITION_DATE_TIME) {
        let (date, time) = at.split_at_checked(8).unwrap_or((at.as_str(), ""));
        return iso(date, time);
    }
    [(tags::ACQUISITION_DATE, tags::ACQUISITION_TIME), (tags::CONTENT_DATE, tags::CONTENT_TIME)]
        .into_iter()
        .find_map(|(date, time)| iso(&data_set.text(date)?, &data_set.text(time).unwrap_or_default()))
}

/// `YYYYMMDD` and `HHMMSS`, with or without what follows, as ISO 8601.
pub(super) fn iso(date: &str, time: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if date.len() != 8 || !digits(date) {
        return None;
    }
    let number = |range: Range<usize>| date.get(range).and_then(|part| part.parse::<u32>().ok());
    if !(1..=12).contains(&number(4..6)?) || !(1..=31).contains(&number(6..8)?) {
        return None;
    }
    let date = format!("{}-{}-{}", date.get(..4)?, date.get(4..6)?, date.get(6..8)?);
    let time = time
        .get(..6)
        .filter(|time| digits(time))
        .and_then(|time| Some(format!("T{}:{}:{}", time.get(..2)?, time.get(2..4)?, time.get(4..6)?)));
    Some(date + &time.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_rest_of_lacuna_does() {
        assert_eq!(iso("20190305", "140211.000").as_deref(), Some("2019-03-05T14:02:11"));
        assert_eq!(iso("20190305", "").as_deref(), Some("2019-03-05"));
        for wrong in ["2019", "20191305", "2019-3-5", "2019030\u{e9}"] {
            assert_eq!(iso(wrong, "140211"), None, "{wrong}");
        }
    }

    #[test]
    fn objects_that_are_no_images_are_named() {
        assert_eq!(is_image(uids::SEGMENTATION_STORAGE), Err("a segmentation"));
        assert_eq!(is_image(uids::ENCAPSULATED_PDF_STORAGE), Err("a document"));
        assert_eq!(is_image(uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE), Ok(()));
        assert_eq!(is_image(""), Ok(()));
    }
}
