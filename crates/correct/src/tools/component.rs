//! Connected fluid of one class, in a B-scan or through the volume.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Range;

use super::{index_of, whole};
use crate::edit::{Extent, Place};
use crate::error::CorrectError;
use crate::grid::Grid;
use crate::planes::Planes;
use crate::shape::Shape;

/// The fluid of one class that is connected with `at`, by B-scan: within a B-scan where samples
/// touch, also at a corner; from one B-scan to the next where one lies behind the other.
///
/// # Errors
/// [`CorrectError::NoFluid`] where `at` is background, [`CorrectError::Outside`].
pub fn component(
    planes: &dyn Planes,
    bscan: u32,
    at: Place,
    extent: Extent,
) -> Result<Vec<(u32, Shape)>, CorrectError> {
    let index = index_of(planes, at)?;
    let label = whole(planes, bscan, |planes| planes.labels(bscan))?[index as usize];
    if label == 0 {
        return Err(CorrectError::NoFluid);
    }
    let grid = planes.grid();
    let mut rows: HashMap<u32, Rows> = HashMap::new();
    let mut found: BTreeMap<u32, Vec<Range<u32>>> = BTreeMap::new();
    // Where to look, in which B-scan.
    let mut waiting = VecDeque::from([(bscan, at.row, at.column..at.column + 1)]);
    while let Some((bscan, row, columns)) = waiting.pop_front() {
        let rows = match rows.entry(bscan) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(unknown) => {
                let labels = whole(planes, bscan, |planes| planes.labels(bscan))?;
                unknown.insert(Rows::of(grid, &labels, label))
            }
        };
        for run in rows.take(row, columns) {
            let start = row * grid.columns;
            found.entry(bscan).or_default().push(start + run.start..start + run.end);
            let touching = run.start.saturating_sub(1)..(run.end + 1).min(grid.columns);
            if let Some(above) = row.checked_sub(1) {
                waiting.push_back((bscan, above, touching.clone()));
            }
            if row + 1 < grid.rows {
                waiting.push_back((bscan, row + 1, touching));
            }
            if extent == Extent::Volume {
                if let Some(before) = bscan.checked_sub(1) {
                    waiting.push_back((before, row, run.clone()));
                }
                if bscan + 1 < grid.bscans {
                    waiting.push_back((bscan + 1, row, run));
                }
            }
        }
    }
    Ok(found.into_iter().map(|(bscan, ranges)| (bscan, Shape::of_ranges(ranges))).collect())
}

/// The connected parts of `shape`, samples that touch at a corner too.
pub(super) fn parts(grid: Grid, shape: &Shape) -> Vec<Shape> {
    let mut rows = Rows::of_shape(grid, shape);
    let mut parts = Vec::new();
    while let Some((row, run)) = rows.first() {
        let mut ranges = Vec::new();
        let mut waiting = VecDeque::from([(row, run)]);
        while let Some((row, columns)) = waiting.pop_front() {
            for run in rows.take(row, columns) {
                ranges.push(row * grid.columns + run.start..row * grid.columns + run.end);
                let touching = run.start.saturating_sub(1)..(run.end + 1).min(grid.columns);
                waiting.extend(row.checked_sub(1).map(|above| (above, touching.clone())));
                waiting.extend((row + 1 < grid.rows).then_some((row + 1, touching)));
            }
        }
        parts.push(Shape::of_ranges(ranges));
    }
    parts
}

/// The runs of a class in each row that were not taken yet.
struct Rows(Vec<Vec<Range<u32>>>);

impl Rows {
    fn of(grid: Grid, labels: &[u8], label: u8) -> Self {
        Self::of_shape(grid, &Shape::of_samples(labels.iter().map(|found| *found == label)))
    }

    fn of_shape(grid: Grid, shape: &Shape) -> Self {
        let mut rows = vec![Vec::new(); grid.rows as usize];
        let columns = grid.columns.max(1);
        for range in shape.ranges() {
            let mut start = range.start;
            while start < range.end {
                let row = start / columns;
                let end = range.end.min((row + 1) * columns);
                if let Some(runs) = rows.get_mut(row as usize) {
                    runs.push(start - row * columns..end - row * columns);
                }
                start = end;
            }
        }
        Self(rows)
    }

    /// Takes the runs of `row` that share a column with `columns`.
    fn take(&mut self, row: u32, columns: Range<u32>) -> Vec<Range<u32>> {
        let Some(runs) = self.0.get_mut(row as usize) else { return Vec::new() };
        runs.extract_if(.., |run| run.start < columns.end && columns.start < run.end).collect()
    }

    fn first(&self) -> Option<(u32, Range<u32>)> {
        (0..).zip(&self.0).find_map(|(row, runs)| Some((row, runs.first()?.clone())))
    }
}
