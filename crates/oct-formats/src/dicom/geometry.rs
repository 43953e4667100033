//! Where the frames of DICOM images lie, in mm.
//!
//! Pixel Spacing is the step from row to row first (axial), then from column
//! to column (lateral) (PS3.3 10.7.1.3). Image Position and Orientation
//! (Patient) give the first pixel's centre and the directions of a row and of a
//! column in left, posterior, superior (C.7.6.2). Ophthalmic Frame Location
//! gives the course of a B-scan over an image of the fundus, in pixels of that
//! image from the corner of its first, row before column (C.8.17.10). Slice
//! Thickness says how thick a frame is, not how far the next one lies: it is
//! never read.

use oct::vector::{cross, dot, minus, norm};
use oct::{Arrangement, Axis, AxisSpacing, BScanPlace, Geometry, ScanPattern, placement};

use super::facts::Facts;
use super::frame::{Course, Location};
use super::said_twice::OtherSpacing;
use crate::stated::spacing::{is_filler, take};

const PIXEL_SPACING: &str = "PixelSpacing (0028,0030)";
const POSITION: &str = "ImagePositionPatient (0020,0032)";
const COORDINATES: &str = "ReferenceCoordinates (0022,0032)";
const BETWEEN: &str = "SpacingBetweenSlices (0018,0088)";

/// Steps that differ by less than this fraction are one.
const SAME: f64 = 1e-3;
/// An image of the fundus has a scale of its own, which misses that of the OCT by some percent.
const OF_ANOTHER_SCALE: f64 = 0.1;
/// Directions may miss their length and their right angle by this much.
const UNIT: f64 = 0.01;
/// The step from column to column where it is not stated: for the pattern
/// alone, in which only ratios count.
const SOME_MM: f64 = 0.012;
/// Cosine of the angle up to which two directions are parallel (2.6 degrees).
const PARALLEL: f64 = 0.999;
/// Points of a circle lie this near to one radius.
const ROUND: f64 = 0.05;

/// Ends of a B-scan.
type Ends = ([f64; 3], [f64; 3]);

/// The image of the fundus that comes with a volume.
pub(super) struct Fundus<'a> {
    /// SOP Instance UID.
    pub(super) instance: Option<&'a str>,
    /// Width and height of a pixel, where stated.
    pub(super) pixel_mm: Option<[f64; 2]>,
}

/// Geometry of the frames (an object and an index within it each) as one volume.
pub(super) fn geometry(
    file: &str,
    columns: usize,
    frames: &[(&Facts, usize)],
    fundus: Option<&Fundus<'_>>,
    warnings: &mut Vec<String>,
) -> Geometry {
    let mut geometry = Geometry::default();
    pixel_spacing(file, frames, &mut geometry, warnings);
    let step = geometry.lateral.mm().unwrap_or(SOME_MM);
    let on_fundus = on_fundus(frames, fundus).or_else(|| on_fundus(frames, None));
    // Where a B-scan bends, its first column and one direction say little.
    let bends = on_fundus.as_ref().is_some_and(OnFundus::bends);
    let planes = if bends { None } else { planes(frames, warnings) };
    let length = step * columns.saturating_sub(1) as f64;
    let ends: Option<Vec<Ends>> = planes.as_ref().map(|planes| {
        planes.iter().map(|plane| (plane.origin, along(plane.origin, plane.row, length))).collect()
    });

    let mut found =
        planes.as_deref().and_then(|planes| arrangement(planes, length)).map(|found| (found, POSITION));
    if let (None, Some(on_fundus)) = (found, &on_fundus) {
        found = on_fundus.arrangement().map(|found| (found, COORDINATES));
    }
    if let Some((Arrangement { pattern, between_bscans_mm }, tag)) = found {
        geometry.pattern = pattern;
        if let Some(mm) = between_bscans_mm {
            warnings.extend(take(&mut geometry, Axis::BetweenBScans, mm, tag, mm));
        }
    }
    stated_between(file, frames, &mut geometry, warnings);
    said_twice(frames, columns, on_fundus.as_ref(), &mut geometry);

    geometry.places = match (&on_fundus, fundus) {
        (Some(on_fundus), Some(_)) => on_fundus.places(),
        // In mm of the patient they would lie anywhere on that image.
        (None, Some(_)) => Vec::new(),
        (_, None) if geometry.lateral.mm().is_none() => Vec::new(),
        (_, None) => planes
            .as_deref()
            .zip(ends.as_deref())
            .map(|(planes, ends)| places(planes, ends))
            .unwrap_or_default(),
    };
    geometry.header_step_mm = header_steps(frames);
    if let Some(planes) = &planes {
        grid(planes, &mut geometry);
    }
    geometry
}

/// Steps that the first frame states, whatever the others say.
fn header_steps(frames: &[(&Facts, usize)]) -> [Option<f64>; 3] {
    let Some((facts, index)) = frames.first() else { return [None; 3] };
    let frame = facts.frame(*index);
    let step = |step: &f64| step.is_finite() && *step > 0.0;
    let [axial, lateral] = frame.pixel_spacing.map_or([None; 2], |steps| steps.map(Some));
    // A single frame with a place is an image of three axes for other programs.
    let is_placed = frame.pixel_spacing.is_some() || frame.position.is_some();
    let between = if frames.len() == 1 { is_placed.then_some(1.0) } else { frame.between };
    [lateral, axial, between].map(|stated| stated.filter(step))
}

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs()
}

fn pixel_spacing(
    file: &str,
    frames: &[(&Facts, usize)],
    geometry: &mut Geometry,
    warnings: &mut Vec<String>,
) {
    let mut steps = frames.iter().map(|(facts, index)| facts.frame(*index).pixel_spacing);
    let Some(Some([axial, lateral])) = steps.next() else { return };
    if !steps.all(|other| other.is_some_and(|[a, b]| is_same(axial, a) && is_same(lateral, b))) {
        warnings.push(format!(
            "{file} states another pixel spacing for some B-scans than for others: none was used, enter it by hand."
        ));
        return;
    }
    warnings.extend(take(geometry, Axis::Axial, axial, PIXEL_SPACING, axial));
    warnings.extend(take(geometry, Axis::Lateral, lateral, PIXEL_SPACING, lateral));
}

/// Notes what contradicts the spacing that was taken: other fields, and the courses over the
/// image of the fundus, which has a scale of its own.
fn said_twice(
    frames: &[(&Facts, usize)],
    columns: usize,
    on_fundus: Option<&OnFundus<'_>>,
    geometry: &mut Geometry,
) {
    let mut others: Vec<&OtherSpacing> = Vec::new();
    for other in frames.iter().flat_map(|(facts, _)| &facts.other_spacing) {
        if !others.contains(&other) {
            others.push(other);
        }
    }
    others.into_iter().for_each(|other| other.compare(geometry));
    if let Some((facts, _)) = frames.first() {
        let all = &facts.all_frames;
        let [axial, lateral] = all.pixel_spacing.map_or([None; 2], |steps| steps.map(Some));
        geometry.contradict("what all frames share", [[lateral, axial, None]]);
    }
    let Some(on_fundus) = on_fundus else { return };
    let apart = |taken: &AxisSpacing, mm: Option<f64>| {
        mm.filter(|mm| taken.mm().is_some_and(|taken| (mm - taken).abs() > OF_ANOTHER_SCALE * taken))
    };
    let between = on_fundus.arrangement().and_then(|found| found.between_bscans_mm);
    let lateral = on_fundus.length_mm().map(|mm| mm / columns as f64);
    let reading = [apart(&geometry.lateral, lateral), None, apart(&geometry.between_bscans, between)];
    geometry.contradict(COORDINATES, [reading]);
}

/// Takes Spacing Between Slices where no position tells more, and says where the two disagree.
fn stated_between(
    file: &str,
    frames: &[(&Facts, usize)],
    geometry: &mut Geometry,
    warnings: &mut Vec<String>,
) {
    let mut stated = frames.iter().map(|(facts, index)| facts.frame(*index).between);
    let Some(Some(mm)) = stated.next() else { return };
    if !stated.all(|other| other.is_some_and(|other| is_same(mm, other))) {
        return;
    }
    if is_filler(Axis::BetweenBScans, frames.len() as u64, mm) || frames.len() < 2 {
        return;
    }
    match geometry.between_bscans.mm() {
        // Positions tell more than a figure that is no distance.
        Some(_) if mm <= 0.0 => {}
        Some(found) if (found - mm).abs() > 0.05 * mm => warnings.push(format!(
            "{file} states {mm} mm between B-scans, but their positions are {found:.4} mm apart: the positions were used."
        )),
        None if geometry.pattern.why_no_volume().is_none() => {
            warnings.extend(take(geometry, Axis::BetweenBScans, mm, BETWEEN, mm));
        }
        _ => {}
    }
}

/// First pixel and directions of a frame, unit vectors.
#[derive(Clone, Copy)]
struct Plane {
    origin: [f64; 3],
    /// Along a row, from column to column.
    row: [f64; 3],
    /// Down a column, from row to row.
    column: [f64; 3],
}

/// Planes of all frames; `None` where one of them is not stated.
fn planes(frames: &[(&Facts, usize)], warnings: &mut Vec<String>) -> Option<Vec<Plane>> {
    let mut planes = Vec::new();
    for (facts, index) in frames {
        let frame = facts.frame(*index);
        let (origin, [a, b, c, d, e, f]) = frame.position.zip(frame.orientation)?;
        let (row, column) = ([a, b, c], [d, e, f]);
        let is_unit = |direction| (norm(direction) - 1.0).abs() < UNIT;
        if !is_unit(row) || !is_unit(column) || dot(row, column).abs() > UNIT {
            warnings.push(
                "The file states directions of the B-scans that are not at right angles: their positions were not used."
                    .to_owned(),
            );
            return None;
        }
        planes.push(Plane { origin, row: unit(row), column: unit(column) });
    }
    // Some writers fill a required field with zeros.
    let is_filler = planes.len() > 1 && planes.iter().all(|plane| plane.origin == [0.0; 3]);
    (!is_filler).then_some(planes)
}

/// Pattern and distance of planes whose rows are `length` long. A shift down the
/// columns lies in the plane as one along the rows does, and makes no distance.
fn arrangement(planes: &[Plane], length: f64) -> Option<Arrangement> {
    let first = planes.first()?;
    if planes.iter().any(|plane| dot(plane.column, first.column) < PARALLEL) {
        return Some(Arrangement { pattern: ScanPattern::Other, between_bscans_mm: None });
    }
    let level = |plane: &Plane| {
        let depth = dot(minus(plane.origin, first.origin), first.column);
        let start = along(plane.origin, first.column, -depth);
        (start, along(start, plane.row, length))
    };
    placement::arrangement(&planes.iter().map(level).collect::<Vec<_>>())
}

/// B-scans on a plane across the axial direction, as one who looks at the eye
/// sees it: the patient's left to the right, superior up.
fn places(planes: &[Plane], ends: &[Ends]) -> Vec<BScanPlace> {
    let Some(axial) = planes.first().map(|plane| plane.column) else { return Vec::new() };
    // An axis that is not itself nearly axial.
    let left = if axial[0].abs() < 0.9 { [1.0, 0.0, 0.0] } else { [0.0, 1.0, 0.0] };
    let right = unit(minus(left, axial.map(|c| c * dot(left, axial))));
    let down = cross(axial, right);
    let flat = |point| [dot(point, right), dot(point, down)];
    ends.iter().map(|(start, end)| BScanPlace::Line { start_mm: flat(*start), end_mm: flat(*end) }).collect()
}

/// Origin, directions and the step from frame to frame of the grid, where the frames make
/// one. The step leads from the first frame to the last, so it holds a shift of frames in
/// their own plane, and of uneven distances the mean.
fn grid(planes: &[Plane], geometry: &mut Geometry) {
    let (Some(first), Some(last)) = (planes.first(), planes.last()) else { return };
    let is_parallel =
        |plane: &Plane| dot(plane.row, first.row) > PARALLEL && dot(plane.column, first.column) > PARALLEL;
    if !planes.iter().all(is_parallel) {
        return;
    }
    let across = cross(first.row, first.column);
    // Kept in the order of the file, whichever way that runs.
    let backwards = dot(minus(last.origin, first.origin), across) < 0.0;
    let across = if backwards { across.map(|c| -c) } else { across };
    let whole = minus(last.origin, first.origin);
    let leads_out = dot(whole, across) > SAME * norm(whole);
    let next = if leads_out { unit(whole) } else { across };
    if leads_out {
        geometry.header_step_mm[2] = Some(norm(whole) / (planes.len() - 1) as f64);
    }
    geometry.origin_mm = first.origin;
    for (component, cosines) in geometry.direction.as_chunks_mut().0.iter_mut().enumerate() {
        *cosines = [first.row[component], first.column[component], next[component]];
    }
}

/// Courses of all frames over one image of the fundus.
struct OnFundus<'a> {
    courses: Vec<&'a Location>,
    pixel_mm: Option<[f64; 2]>,
}

/// `None` where a frame lacks its course over that image (without one: over any).
fn on_fundus<'a>(frames: &[(&'a Facts, usize)], fundus: Option<&Fundus<'_>>) -> Option<OnFundus<'a>> {
    let is_on_it = |location: &Location| match fundus {
        None => true,
        Some(fundus) => location.image.is_some() && location.image.as_deref() == fundus.instance,
    };
    let is_course = |location: &&Location| {
        let is_finite = location.points.iter().flatten().all(|coordinate| coordinate.is_finite());
        location.course != Course::Flat && location.points.len() > 1 && is_finite && is_on_it(location)
    };
    let course = |(facts, index): &(&'a Facts, usize)| facts.locations(*index).iter().find(is_course);
    let courses = frames.iter().map(course).collect::<Option<_>>()?;
    Some(OnFundus { courses, pixel_mm: fundus.and_then(|fundus| fundus.pixel_mm) })
}

impl OnFundus<'_> {
    fn bends(&self) -> bool {
        self.courses.iter().any(|location| location.course == Course::Curve)
    }

    fn ends(location: &Location, [wide, high]: [f64; 2]) -> Option<([f64; 2], [f64; 2])> {
        let mm = |[x, y]: [f64; 2]| [x * wide, y * high];
        Some((mm(*location.points.first()?), mm(*location.points.last()?)))
    }

    /// Pattern, and the distance where the size of a pixel is known.
    fn arrangement(&self) -> Option<Arrangement> {
        let pattern = |pattern| Some(Arrangement { pattern, between_bscans_mm: None });
        if self.bends() {
            let round = self.courses.iter().all(|location| circle(location, [1.0, 1.0]).is_some());
            return pattern(if round { ScanPattern::Circle } else { ScanPattern::Other });
        }
        let ends: Option<Vec<Ends>> = self
            .courses
            .iter()
            .map(|location| {
                let (a, b) = Self::ends(location, self.pixel_mm.unwrap_or([SOME_MM; 2]))?;
                Some(([a[0], a[1], 0.0], [b[0], b[1], 0.0]))
            })
            .collect();
        let found = placement::arrangement(&ends?)?;
        let between_bscans_mm = found.between_bscans_mm.filter(|_| self.pixel_mm.is_some());
        Some(Arrangement { between_bscans_mm, ..found })
    }

    /// How long the B-scans are that are straight, where the size of a pixel is known: as
    /// most of them.
    fn length_mm(&self) -> Option<f64> {
        let pixel_mm = self.pixel_mm.filter(|_| !self.bends())?;
        let length = |location: &&Location| {
            let (start, end) = Self::ends(location, pixel_mm)?;
            Some((end[0] - start[0]).hypot(end[1] - start[1]))
        };
        let mut lengths: Vec<f64> = self.courses.iter().map(length).collect::<Option<_>>()?;
        lengths.sort_by(f64::total_cmp);
        lengths.get(lengths.len() / 2).copied()
    }

    fn places(&self) -> Vec<BScanPlace> {
        let Some(pixel_mm) = self.pixel_mm else { return Vec::new() };
        let place = |location: &&Location| match location.course {
            Course::Line => {
                let (start_mm, end_mm) = Self::ends(location, pixel_mm)?;
                Some(BScanPlace::Line { start_mm, end_mm })
            }
            _ => {
                let (centre_mm, start_mm) = circle(location, pixel_mm)?;
                Some(BScanPlace::Circle { centre_mm, start_mm })
            }
        };
        self.courses.iter().map(place).collect::<Option<_>>().unwrap_or_default()
    }
}

/// Centre and first point of a course once around.
fn circle(location: &Location, [wide, high]: [f64; 2]) -> Option<([f64; 2], [f64; 2])> {
    let points: Vec<[f64; 2]> = location.points.iter().map(|[x, y]| [x * wide, y * high]).collect();
    let ([first, .., last], true) = (points.as_slice(), points.len() > 7) else { return None };
    let count = points.len() as f64;
    let centre = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / count);
    let radius = |point: &[f64; 2]| (point[0] - centre[0]).hypot(point[1] - centre[1]);
    let mean = points.iter().map(radius).sum::<f64>() / count;
    let is_round = mean > 0.0 && points.iter().all(|point| (radius(point) - mean).abs() < ROUND * mean);
    // The last point comes back to the first, or one step short of it.
    let gap = (first[0] - last[0]).hypot(first[1] - last[1]);
    let is_closed = gap < mean;
    (is_round && is_closed).then_some((centre, *first))
}

fn along(from: [f64; 3], direction: [f64; 3], length: f64) -> [f64; 3] {
    [0, 1, 2].map(|axis| from[axis] + direction[axis] * length)
}

/// `a` is not zero: its length was checked, or it is what is left of an axis.
fn unit(a: [f64; 3]) -> [f64; 3] {
    let length = norm(a);
    a.map(|c| c / length)
}
