//! What is said of single frames: PS3.3 C.7.6.16 (functional groups) and C.8.17
//! (ophthalmic tomography).

use std::collections::BTreeMap;

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use oct::Laterality;

use super::dates::iso_of_date_time;
use super::elements::DataSet;
use super::eye::{described_eyes, eye};
use super::part::no_retina;
use crate::Cause;
use crate::names::Eye;

/// Frames that an object describes one by one.
const MOST_DESCRIBED: usize = 65_536;
/// Numbers of one frame along the dimensions of its object.
const MOST_DIMENSIONS: usize = 16;
/// Points along one scan, and images that a frame is located on.
const MOST_POINTS: usize = 65_536;
pub(super) const MOST_LOCATIONS: usize = 4;

/// What is said of single frames, from the first on.
pub(super) type SingleFrames = Vec<Option<Box<Frame>>>;

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
    /// The eyes that its descriptions name, by field.
    pub(super) described_eyes: BTreeMap<Tag, Eye>,
    /// What is shown, where it is not the retina.
    pub(super) no_retina: Option<String>,
    /// When it was taken, in the words of ISO 8601.
    pub(super) acquired: Option<String>,
    pub(super) acquisition_number: Option<i64>,
    /// Which of several moments it shows, from 1.
    pub(super) time_point: Option<i64>,
    /// The stack of parallel frames that it belongs to, and its number there, from 1.
    pub(super) stack: Option<String>,
    pub(super) in_stack: Option<u32>,
    /// Its numbers along the dimensions of the object.
    pub(super) dimensions: Vec<u32>,
    /// Along the normal of the frames, mm.
    pub(super) slice_location: Option<f64>,
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

/// What is said of all frames (by the object, then by its shared functional
/// groups) and of each; the later counts.
pub(super) struct Frames {
    pub(super) all: Frame,
    pub(super) single: SingleFrames,
    /// Frames that the object describes one by one, be it more than it has.
    pub(super) described: usize,
}

/// Reads what `data_set` says of its frames, `count` by its own word.
pub(super) fn frames(data_set: &DataSet<'_>, count: usize) -> Result<Frames, Cause> {
    let number = |tag| data_set.text(tag).and_then(|text| text.parse().ok());
    let mut all = Frame {
        laterality: eye(data_set)?,
        described_eyes: described_eyes(data_set)?,
        no_retina: no_retina(data_set)?,
        acquisition_number: number(tags::ACQUISITION_NUMBER),
        time_point: number(tags::TEMPORAL_POSITION_IDENTIFIER),
        slice_location: data_set.text(tags::SLICE_LOCATION).and_then(|text| text.parse().ok()),
        ..Frame::default()
    };
    all.read_measures(data_set)?;
    all.read_plane(data_set)?;
    all.read_rescale(data_set)?;
    if let Some(shared) = data_set.first_item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE)? {
        all.read_groups(&shared)?;
    }
    let (mut single, mut described) = (Vec::new(), 0);
    // Copied for each frame but for the places: those may be long.
    let shared = Frame { locations: Vec::new(), ..all.clone() };
    data_set.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, MOST_DESCRIBED, |groups| {
        described += 1;
        if described > count {
            return Ok(());
        }
        let mut frame = shared.clone();
        frame.read_groups(&groups)?;
        single.push((frame != shared).then(|| Box::new(frame)));
        Ok(())
    })?;
    Ok(Frames { all, single, described })
}

impl Frame {
    fn read_groups(&mut self, groups: &DataSet<'_>) -> Result<(), Cause> {
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
            self.laterality = eye(&anatomy)?.or(self.laterality);
            self.no_retina = no_retina(&anatomy)?.or(self.no_retina.take());
        }
        if let Some(content) = groups.first_item(tags::FRAME_CONTENT_SEQUENCE)? {
            self.read_content(&content)?;
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

    fn read_measures(&mut self, from: &DataSet<'_>) -> Result<(), Cause> {
        let spacing = from.decimals(tags::PIXEL_SPACING, "Pixel Spacing")?;
        let between: Option<[f64; 1]> =
            from.decimals(tags::SPACING_BETWEEN_SLICES, "Spacing Between Slices")?;
        self.pixel_spacing = spacing.or(self.pixel_spacing);
        self.between = between.map(|[mm]| mm).or(self.between);
        Ok(())
    }

    fn read_plane(&mut self, from: &DataSet<'_>) -> Result<(), Cause> {
        let position = from.decimals(tags::IMAGE_POSITION_PATIENT, "Image Position (Patient)")?;
        let orientation = from.decimals(tags::IMAGE_ORIENTATION_PATIENT, "Image Orientation (Patient)")?;
        self.position = position.or(self.position);
        self.orientation = orientation.or(self.orientation);
        Ok(())
    }

    /// PS3.3 C.7.6.16.2.2.
    fn read_content(&mut self, from: &DataSet<'_>) -> Result<(), Cause> {
        let acquired = [tags::FRAME_ACQUISITION_DATE_TIME, tags::FRAME_REFERENCE_DATE_TIME]
            .into_iter()
            .find_map(|tag| iso_of_date_time(&from.text(tag)?));
        self.acquired = acquired.or(self.acquired.take());
        let acquisition = from.whole(tags::FRAME_ACQUISITION_NUMBER).map(i64::from);
        self.acquisition_number = acquisition.or(self.acquisition_number);
        self.time_point = from.whole(tags::TEMPORAL_POSITION_INDEX).map(i64::from).or(self.time_point);
        self.described_eyes.extend(described_eyes(from)?);
        self.stack = from.text(tags::STACK_ID).or(self.stack.take());
        self.in_stack = from.whole(tags::IN_STACK_POSITION_NUMBER).or(self.in_stack);
        self.dimensions = from.wholes(tags::DIMENSION_INDEX_VALUES, MOST_DIMENSIONS);
        Ok(())
    }

    fn read_rescale(&mut self, from: &DataSet<'_>) -> Result<(), Cause> {
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
