//! What is said of single frames: PS3.3 C.7.6.16 (functional groups) and C.8.17
//! (ophthalmic tomography).

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use oct::Laterality;

use super::elements::DataSet;
use crate::Cause;

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
pub(super) fn frames(data_set: &DataSet<'_>, count: usize) -> Result<(Frame, SingleFrames), Cause> {
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

/// The eye that an element `tag` states.
pub(super) fn laterality(data_set: &DataSet<'_>, tag: Tag) -> Option<Laterality> {
    match data_set.text(tag).as_deref() {
        Some("R") => Some(Laterality::Od),
        Some("L") => Some(Laterality::Os),
        _ => None,
    }
}
