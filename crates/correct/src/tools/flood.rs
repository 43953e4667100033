//! The dark space around a place: water rises from there, and where the outline is steepest
//! before it runs out, it stops.

use std::borrow::Cow;

use super::{index_of, whole};
use crate::edit::Place;
use crate::error::CorrectError;
use crate::grid::Grid;
use crate::planes::Planes;
use crate::shape::Shape;

/// A space with more than this part of a B-scan is not bounded: the largest detachments of
/// RETOUCH have a sixth of theirs.
const MOST_PERCENT: u32 = 25;
/// Fewer samples are speckle.
const FEWEST_SAMPLES: usize = 12;
/// An outline that has this part of the steepest one's step may be the one that is meant: a
/// space that ran into its neighbour is often bounded more steeply than each by itself.
const NEARLY: f32 = 0.7;
/// Water that covers so many times the samples of the level before ran into another space.
const SPILLS: f32 = 1.25;
/// Greys by which an outline is brighter outside than inside from a sample to the next, at
/// least. Speckle that was smoothed has 2 to 3, the border of a cyst 8 to 25.
const LEAST_STEP: f32 = 4.0;
/// Half the rows and columns that are averaged against speckle; samples are shorter along depth.
const SMOOTHED: [usize; 2] = [2, 1];
/// Half the side of the square that tells whether a place is dark.
const AROUND: usize = 20;

/// The dark space around `at` in the greys of `bscan`.
///
/// # Errors
/// [`CorrectError::Leaks`], [`CorrectError::NotDark`], [`CorrectError::Outside`].
pub fn dark_space(planes: &dyn Planes, bscan: u32, at: Place) -> Result<Shape, CorrectError> {
    let seed = index_of(planes, at)?;
    let greys = smoothed_greys(planes, bscan)?;
    rise(planes.grid(), &greys, seed)
}

/// Greys of `bscan` without speckle.
pub(super) fn smoothed_greys(planes: &dyn Planes, bscan: u32) -> Result<Vec<u8>, CorrectError> {
    let greys: Cow<'_, [u8]> = whole(planes, bscan, |planes| planes.greys(bscan))?;
    Ok(box_mean(&greys, planes.grid().columns as usize, SMOOTHED))
}

/// The space around `seed` that is low in `plane`.
///
/// # Errors
/// [`CorrectError::Leaks`] where it is not bounded, [`CorrectError::NotDark`] where it is none.
pub(super) fn rise(grid: Grid, plane: &[u8], seed: u32) -> Result<Shape, CorrectError> {
    let leaks = CorrectError::Leaks { percent: MOST_PERCENT };
    let Some(seed_level) = plane.get(seed as usize).copied() else { return Err(CorrectError::NotDark) };
    let most = u64::from(grid.pixels()) * u64::from(MOST_PERCENT) / 100;
    let mut water = Water::new(grid, plane, seed);
    // The step at the outline and the samples within it, level by level.
    let mut levels: Vec<(f32, usize)> = Vec::new();
    for level in seed_level..=u8::MAX {
        water.rise_to(level, most);
        if water.leaked {
            break;
        }
        levels.push((water.step(), water.order.len()));
        if water.is_dry() {
            break;
        }
    }
    match shore(&levels) {
        Some(samples) => {
            let mut found = water.order;
            found.truncate(samples);
            Ok(without_holes(grid, &found))
        }
        None => {
            let around = mean_around(grid, plane, seed);
            Err(if f32::from(seed_level) + LEAST_STEP > around { CorrectError::NotDark } else { leaks })
        }
    }
}

/// How many samples are within the outline, of `levels` of rising water: the first one that is
/// nearly as steep as the steepest, and from there on uphill as long as no neighbouring space
/// runs full. `None` where none is steep.
fn shore(levels: &[(f32, usize)]) -> Option<usize> {
    let is_one = |(step, samples): &&(f32, usize)| *step >= LEAST_STEP && *samples >= FEWEST_SAMPLES;
    let steepest = levels.iter().filter(is_one).map(|(step, _)| *step).reduce(f32::max)?;
    let first = levels.iter().position(|level| is_one(&level) && level.0 >= NEARLY * steepest)?;
    let (mut best, mut last) = (levels[first], levels[first].1);
    for (step, samples) in &levels[first + 1..] {
        if *samples as f32 > SPILLS * last as f32 || *step < NEARLY * best.0 {
            break;
        }
        last = *samples;
        if *step > best.0 {
            best = (*step, *samples);
        }
    }
    Some(best.1)
}

/// Water that rises from a place.
struct Water<'a> {
    grid: Grid,
    plane: &'a [u8],
    /// Samples that it reaches next, by level.
    shore: Vec<Vec<u32>>,
    /// Neither dry nor waiting.
    known: Vec<State>,
    /// The samples under water in the order in which it reached them.
    order: Vec<u32>,
    /// Over all pairs of neighbours of which one is under water: by how much the other is higher.
    rise: i64,
    pairs: i64,
    leaked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Dry,
    Shore,
    Wet,
}

impl<'a> Water<'a> {
    fn new(grid: Grid, plane: &'a [u8], seed: u32) -> Self {
        let mut known = vec![State::Dry; plane.len()];
        let mut shore = vec![Vec::new(); 256];
        shore[plane[seed as usize] as usize].push(seed);
        known[seed as usize] = State::Shore;
        Self { grid, plane, shore, known, order: Vec::new(), rise: 0, pairs: 0, leaked: false }
    }

    /// Whether nothing is left to reach.
    fn is_dry(&self) -> bool {
        self.shore.iter().all(Vec::is_empty)
    }

    /// How much higher it is beyond the outline, from a sample to the next.
    fn step(&self) -> f32 {
        self.rise as f32 / self.pairs.max(1) as f32
    }

    /// Floods what is not higher than `level`; gives up where that is more than `most` samples,
    /// or the first or last row.
    fn rise_to(&mut self, level: u8, most: u64) {
        // What is reached is never below the level that water stands at, or is flooded at once.
        let mut lowest = 0;
        while lowest <= usize::from(level) {
            let Some(sample) = self.shore[lowest].pop() else {
                lowest += 1;
                continue;
            };
            let row = sample / self.grid.columns;
            if self.order.len() as u64 >= most || row == 0 || row + 1 == self.grid.rows {
                self.leaked = true;
                return;
            }
            if let Some(lower) = self.flood(sample) {
                lowest = lowest.min(usize::from(lower));
            }
        }
    }

    /// Floods one sample, and says the lowest of the neighbours that it found.
    fn flood(&mut self, sample: u32) -> Option<u8> {
        self.known[sample as usize] = State::Wet;
        self.order.push(sample);
        let height = i64::from(self.plane[sample as usize]);
        let mut lowest = None;
        for neighbour in neighbours(self.grid, sample).into_iter().flatten() {
            let at = neighbour as usize;
            let other = self.plane[at];
            match self.known[at] {
                State::Wet => {
                    self.rise -= height - i64::from(other);
                    self.pairs -= 1;
                    continue;
                }
                State::Shore => {}
                State::Dry => {
                    self.known[at] = State::Shore;
                    self.shore[usize::from(other)].push(neighbour);
                    lowest = Some(lowest.map_or(other, |lowest: u8| lowest.min(other)));
                }
            }
            self.rise += i64::from(other) - height;
            self.pairs += 1;
        }
        lowest
    }
}

/// Left, right, above, below.
fn neighbours(grid: Grid, sample: u32) -> [Option<u32>; 4] {
    let column = sample % grid.columns;
    [
        (column > 0).then(|| sample - 1),
        (column + 1 < grid.columns).then_some(sample + 1),
        sample.checked_sub(grid.columns),
        (sample + grid.columns < grid.pixels()).then_some(sample + grid.columns),
    ]
}

/// `samples` with what they enclose.
fn without_holes(grid: Grid, samples: &[u32]) -> Shape {
    let columns = samples.iter().map(|sample| sample % grid.columns);
    let rows = samples.iter().map(|sample| sample / grid.columns);
    let (Some(left), Some(right)) = (columns.clone().min(), columns.max()) else { return Shape::default() };
    let (Some(top), Some(bottom)) = (rows.clone().min(), rows.max()) else { return Shape::default() };
    // With a margin all around, from which everything outside is reached.
    let (width, height) = ((right - left + 3) as usize, (bottom - top + 3) as usize);
    let mut inside = vec![true; width * height];
    let mut within = vec![false; width * height];
    for sample in samples {
        let (column, row) = (sample % grid.columns - left + 1, sample / grid.columns - top + 1);
        within[row as usize * width + column as usize] = true;
    }
    let mut waiting = vec![0];
    inside[0] = false;
    while let Some(at) = waiting.pop() {
        let column = at % width;
        let next = [
            (column > 0).then(|| at - 1),
            (column + 1 < width).then_some(at + 1),
            at.checked_sub(width),
            Some(at + width).filter(|below| *below < inside.len()),
        ];
        for next in next.into_iter().flatten() {
            if inside[next] && !within[next] {
                inside[next] = false;
                waiting.push(next);
            }
        }
    }
    let mut ranges = Vec::new();
    for row in top..=bottom {
        for column in left..=right {
            let at = (row - top + 1) as usize * width + (column - left + 1) as usize;
            if inside[at] {
                let index = row * grid.columns + column;
                ranges.push(index..index + 1);
            }
        }
    }
    Shape::of_ranges(ranges)
}

/// Means over boxes of `half` rows and columns to each side, as far as there are any.
pub(super) fn box_mean(plane: &[u8], columns: usize, half: [usize; 2]) -> Vec<u8> {
    if columns == 0 {
        return Vec::new();
    }
    let rows = plane.len() / columns;
    // Sums over rows first, line by line; then along each line.
    let mut sums = vec![0_u32; columns];
    let mut mean = Vec::with_capacity(rows * columns);
    let line = |row: usize| &plane[row * columns..(row + 1) * columns];
    for row in 0..half[0].min(rows) {
        sums.iter_mut().zip(line(row)).for_each(|(sum, grey)| *sum += u32::from(*grey));
    }
    for row in 0..rows {
        if row + half[0] < rows {
            sums.iter_mut().zip(line(row + half[0])).for_each(|(sum, grey)| *sum += u32::from(*grey));
        }
        if let Some(gone) = row.checked_sub(half[0] + 1) {
            sums.iter_mut().zip(line(gone)).for_each(|(sum, grey)| *sum -= u32::from(*grey));
        }
        let lines = ((row + half[0]).min(rows - 1) - row.saturating_sub(half[0]) + 1) as u32;
        let mut sum: u32 = sums.iter().take(half[1]).sum();
        for column in 0..columns {
            sum += sums.get(column + half[1]).copied().unwrap_or(0);
            if let Some(gone) = column.checked_sub(half[1] + 1) {
                sum -= sums[gone];
            }
            let wide = ((column + half[1]).min(columns - 1) - column.saturating_sub(half[1]) + 1) as u32;
            mean.push((sum / (lines * wide)) as u8);
        }
    }
    mean
}

fn mean_around(grid: Grid, plane: &[u8], seed: u32) -> f32 {
    let (columns, rows) = (grid.columns as usize, grid.rows as usize);
    let (column, row) = (seed as usize % columns.max(1), seed as usize / columns.max(1));
    let (mut sum, mut count) = (0_u32, 0_u32);
    for row in row.saturating_sub(AROUND)..(row + AROUND + 1).min(rows) {
        for column in column.saturating_sub(AROUND)..(column + AROUND + 1).min(columns) {
            sum += plane.get(row * columns + column).copied().map_or(0, u32::from);
            count += 1;
        }
    }
    sum as f32 / count.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_of_the_box_as_far_as_the_picture_goes() {
        let plane: Vec<u8> = (0..35_u8).map(|at| at.wrapping_mul(37)).collect();
        let found = box_mean(&plane, 7, [2, 1]);
        for (at, mean) in found.iter().enumerate() {
            let (column, row) = (at % 7, at / 7);
            let near: Vec<u32> = (0..35_usize)
                .filter(|other| (other % 7).abs_diff(column) <= 1 && (other / 7).abs_diff(row) <= 2)
                .map(|other| u32::from(plane[other]))
                .collect();
            assert_eq!(u32::from(*mean), near.iter().sum::<u32>() / near.len() as u32, "{at}");
        }
        assert!(box_mean(&[], 0, [2, 1]).is_empty());
        assert_eq!(box_mean(&[3, 5], 2, [9, 9]), [4, 4]);
    }
}
