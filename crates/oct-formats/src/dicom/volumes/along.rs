//! Where frames lie across their planes, as one coordinate each.

use oct::vector::{cross, dot, minus, norm};

use super::{FrameOf, Images};
use crate::dicom::frame::{Course, Location};

/// B-scans closer than this lie at the same place, mm.
const SAME_MM: f64 = 0.001;
/// A pixel of the fundus image where its size is not known: only ratios count.
const SOME_MM: f64 = 0.012;
/// Cosine of the angle up to which two directions are parallel (2.6 degrees).
const PARALLEL: f64 = 0.999;
/// Distances are multiples of the usual one to this fraction of it.
const ON_GRID: f64 = 0.1;

/// One coordinate in mm for each frame, in the order in which they were given.
/// Not all lie at the same place.
#[derive(Debug, Clone)]
pub(super) struct Along {
    pub(super) at_mm: Vec<f64>,
}

/// Steps from one place to the next that are wider than the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hole {
    /// Index of the place before it.
    pub(super) after: usize,
    /// B-scans that would fill it.
    pub(super) lost: usize,
}

impl Along {
    /// `None` where the coordinates say nothing: not numbers, or the same for all
    /// frames because somebody filled a field.
    fn new(at_mm: Vec<f64>) -> Option<Self> {
        let first = *at_mm.first()?;
        let is_sound = at_mm.iter().all(|at| at.is_finite());
        (is_sound && at_mm.iter().any(|at| (at - first).abs() > SAME_MM)).then_some(Self { at_mm })
    }

    /// Whether the frames come in the order of their places, from whichever side.
    pub(super) fn is_in_order(&self) -> bool {
        self.at_mm.is_sorted() || self.at_mm.is_sorted_by(|one, other| one >= other)
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.at_mm.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// Number of the place of each frame, counted from one end.
    pub(super) fn places(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.at_mm.len()).collect();
        order.sort_by(|one, other| self.at_mm[*one].total_cmp(&self.at_mm[*other]));
        let mut places = vec![0; order.len()];
        let (mut place, mut start) = (0, order.first().map_or(0.0, |first| self.at_mm[*first]));
        for index in order {
            if self.at_mm[index] - start > SAME_MM {
                place += 1;
                start = self.at_mm[index];
            }
            places[index] = place;
        }
        places
    }

    /// Whether all lie at places of their own, whose distances are multiples of one.
    pub(super) fn is_grid(&self) -> bool {
        let steps = self.steps();
        let Some(usual) = usual(&steps).filter(|_| steps.iter().all(|step| *step > SAME_MM)) else {
            return false;
        };
        steps.iter().all(|step| {
            let ratio = step / usual;
            ratio > 0.5 && (ratio - ratio.round()).abs() < ON_GRID
        })
    }

    fn steps(&self) -> Vec<f64> {
        self.sorted().array_windows().map(|[one, other]| other - one).collect()
    }

    /// Holes in a grid, counted along the sorted frames; empty where it is none or has none.
    pub(super) fn holes(&self) -> Vec<Hole> {
        let steps = self.steps();
        let Some(usual) = usual(&steps).filter(|_| self.is_grid()) else { return Vec::new() };
        let lost = |step: &f64| (step / usual).round() as usize - 1;
        let holes = steps.iter().enumerate().map(|(after, step)| Hole { after, lost: lost(step) });
        holes.filter(|hole| hole.lost > 0).collect()
    }
}

/// The distance that most of three and more `steps` have.
fn usual(steps: &[f64]) -> Option<f64> {
    let mut sorted = steps.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().filter(|_| steps.len() > 1)
}

/// Where `frames` lie; `None` where not each of them says so, and where they are
/// not parallel.
pub(super) fn along(images: &Images<'_>, frames: &[FrameOf]) -> Option<Along> {
    let slices = || frames.iter().map(|frame| images.frame(*frame).slice_location).collect::<Option<_>>();
    by_planes(images, frames)
        .or_else(|| on_fundus(images, frames).and_then(Along::new))
        .or_else(|| slices().and_then(Along::new))
}

/// By positions and orientations; without these along the line that the positions make.
fn by_planes(images: &Images<'_>, frames: &[FrameOf]) -> Option<Along> {
    let positions: Vec<[f64; 3]> =
        frames.iter().map(|frame| images.frame(*frame).position).collect::<Option<_>>()?;
    let first = *positions.first()?;
    let orientations: Option<Vec<[f64; 6]>> =
        frames.iter().map(|frame| images.frame(*frame).orientation).collect();
    let normal = match orientations {
        Some(orientations) => {
            let directions = |[a, b, c, d, e, f]: [f64; 6]| Some((unit([a, b, c])?, unit([d, e, f])?));
            let (row, column) = directions(*orientations.first()?)?;
            let is_parallel = |orientation: &[f64; 6]| {
                directions(*orientation)
                    .is_some_and(|(r, c)| dot(r, row) > PARALLEL && dot(c, column) > PARALLEL)
            };
            unit(cross(row, column)).filter(|_| orientations.iter().all(is_parallel))?
        }
        None => {
            let far = |at: &[f64; 3]| norm(minus(*at, first));
            let farthest = positions.iter().max_by(|one, other| far(one).total_cmp(&far(other)))?;
            unit(minus(*farthest, first))?
        }
    };
    Along::new(positions.iter().map(|position| dot(minus(*position, first), normal)).collect())
}

/// By straight courses over one image of the fundus; down that image, or to its right.
fn on_fundus(images: &Images<'_>, frames: &[FrameOf]) -> Option<Vec<f64>> {
    let course = |frame: &FrameOf| {
        let location = images.facts(*frame).locations(frame.frame).first()?;
        let is_line = location.course == Course::Line && location.points.len() > 1;
        is_line.then_some(location)
    };
    let courses: Vec<&Location> = frames.iter().map(course).collect::<Option<_>>()?;
    let ends = |location: &Location| {
        let flat = |point: &[f64; 2]| [point[0], point[1], 0.0];
        Some((flat(location.points.first()?), flat(location.points.last()?)))
    };
    let (start, end) = ends(courses.first()?)?;
    let direction = unit(minus(end, start))?;
    let across = cross([0.0, 0.0, 1.0], direction);
    let across = if across[1] + across[0] / 1e3 < 0.0 { across.map(|c| -c) } else { across };
    let at = |location: &&Location| {
        let (from, to) = ends(location)?;
        let is_parallel = dot(unit(minus(to, from))?, direction) > PARALLEL;
        let is_on_it = location.image == courses.first()?.image;
        (is_parallel && is_on_it).then(|| dot(minus(from, start), across) * SOME_MM)
    };
    courses.iter().map(at).collect()
}

fn unit(a: [f64; 3]) -> Option<[f64; 3]> {
    let length = norm(a);
    (length.is_finite() && length > 0.0).then(|| a.map(|c| c / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_in_a_grid_alone() {
        let holes = |at: &[f64]| Along::new(at.to_vec()).unwrap().holes();
        assert_eq!(holes(&[0.0, 0.12, 0.24, 0.36]), []);
        assert_eq!(holes(&[0.48, 0.12, 0.0, 0.36]), [Hole { after: 1, lost: 1 }]);
        assert_eq!(holes(&[0.0, 0.1, 0.2, 0.3, 0.6]), [Hole { after: 3, lost: 2 }]);
        assert_eq!(holes(&[0.0, 0.1, 0.25, 0.3]), []);
    }

    #[test]
    fn frames_at_one_place_share_its_number() {
        let along = Along::new(vec![0.2, 0.0, 0.2, 0.1, 0.0]).unwrap();
        assert_eq!(along.places(), [2, 0, 2, 1, 0]);
        assert!(!along.is_grid());
        assert!(Along::new(vec![0.1, 0.1]).is_none());
    }
}
