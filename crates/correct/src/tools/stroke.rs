//! Brush and eraser: an ellipse swept along a line.

use std::ops::Range;

use crate::edit::{Point, Radius};
use crate::grid::Grid;
use crate::shape::Shape;

/// A brush this small still covers the middle of a sample wherever it is.
const LEAST_RADIUS: f32 = 0.71;

/// The samples whose middle an ellipse of `radius` covers on its way along `points`. What is no
/// number is left out.
pub fn swept(grid: Grid, radius: Radius, points: &[Point]) -> Shape {
    let least = |radius: f32| if radius.is_finite() { radius.max(LEAST_RADIUS) } else { LEAST_RADIUS };
    let radius = Radius { columns: least(radius.columns), rows: least(radius.rows) };
    // Where the brush is a disc of radius 1.
    let scaled = |point: &Point| [point.column / radius.columns, point.row / radius.rows];
    let line: Vec<[f32; 2]> =
        points.iter().map(scaled).filter(|point| point.iter().all(|at| at.is_finite())).collect();
    let mut ranges = Vec::new();
    match line.as_slice() {
        [] => {}
        [dab] => sweep(grid, radius, *dab, *dab, &mut ranges),
        _ => line.windows(2).for_each(|pair| sweep(grid, radius, pair[0], pair[1], &mut ranges)),
    }
    Shape::of_ranges(ranges)
}

/// Adds what a disc of radius 1 covers from `a` to `b`, row by row.
fn sweep(grid: Grid, radius: Radius, a: [f32; 2], b: [f32; 2], ranges: &mut Vec<Range<u32>>) {
    let (top, bottom) = (a[1].min(b[1]) - 1.0, a[1].max(b[1]) + 1.0);
    for row in samples(top * radius.rows, bottom * radius.rows, grid.rows) {
        let Some([left, right]) = chord(a, b, (row as f32 + 0.5) / radius.rows) else { continue };
        let columns = samples(left * radius.columns, right * radius.columns, grid.columns);
        if !columns.is_empty() {
            ranges.push(row * grid.columns + columns.start..row * grid.columns + columns.end);
        }
    }
}

/// The samples of `count` whose middle lies from `start` to `end`.
fn samples(start: f32, end: f32, count: u32) -> Range<u32> {
    // `as` saturates at both ends.
    let first = (start - 0.5).ceil() as u32;
    let after = if end < 0.5 { 0 } else { ((end - 0.5).floor() as u32).saturating_add(1) };
    first.min(count)..after.min(count)
}

/// From where to where a line at height `y` runs within a disc of radius 1 that moves from `a`
/// to `b`. That is a convex set, so the ends are on one of the two discs or of the two sides.
fn chord(a: [f32; 2], b: [f32; 2], y: f32) -> Option<[f32; 2]> {
    let mut ends: Option<[f32; 2]> = None;
    let mut reach = |x: f32| {
        let [left, right] = ends.unwrap_or([x, x]);
        ends = Some([left.min(x), right.max(x)]);
    };
    for [x, centre] in [a, b] {
        let squared = 1.0 - (y - centre).powi(2);
        if squared >= 0.0 {
            reach(x - squared.sqrt());
            reach(x + squared.sqrt());
        }
    }
    let along = [b[0] - a[0], b[1] - a[1]];
    let length = along[0].hypot(along[1]);
    // A line that runs along the row has its ends on the discs.
    if length > 0.0 && along[1] != 0.0 {
        for side in [1.0, -1.0] {
            let normal = [-along[1] / length * side, along[0] / length * side];
            let part = (y - a[1] - normal[1]) / along[1];
            if (0.0..=1.0).contains(&part) {
                reach(a[0] + normal[0] + part * along[0]);
            }
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { columns: 40, rows: 30, bscans: 1 };

    fn point(column: f32, row: f32) -> Point {
        Point { column, row }
    }

    /// The middle of a sample is within an ellipse around some of many places along the line.
    fn expected(radius: Radius, points: &[Point]) -> Vec<bool> {
        let covered = |index: u32| {
            let (column, row) = ((index % 40) as f32 + 0.5, (index / 40) as f32 + 0.5);
            points.windows(2).any(|pair| {
                (0..=400).any(|step| {
                    let part = step as f32 / 400.0;
                    let at = |a: f32, b: f32| a + part * (b - a);
                    let columns = (column - at(pair[0].column, pair[1].column)) / radius.columns;
                    let rows = (row - at(pair[0].row, pair[1].row)) / radius.rows;
                    columns * columns + rows * rows <= 1.0
                })
            })
        };
        (0..GRID.pixels()).map(covered).collect()
    }

    #[test]
    fn a_stroke_covers_what_its_ellipse_passes_over() {
        let radius = Radius { columns: 2.5, rows: 5.0 };
        for line in [
            vec![point(5.0, 8.0), point(30.0, 20.0)],
            vec![point(20.2, 4.1), point(20.2, 25.1)],
            vec![point(4.0, 15.1), point(36.0, 15.1), point(10.0, 3.0)],
            vec![point(-3.0, -2.0), point(45.0, 40.0)],
        ] {
            let found = swept(GRID, radius, &line);
            let expected = expected(radius, &line);
            let differ = (0..GRID.pixels()).filter(|at| found.holds(*at) != expected[*at as usize]).count();
            // The steps of the comparison miss a few samples on the border.
            assert!(differ <= 4, "{differ} of {} differ", found.samples());
        }
    }

    #[test]
    fn a_dab_is_an_ellipse_and_the_smallest_one_is_still_a_sample() {
        let dab = swept(GRID, Radius { columns: 2.0, rows: 1.0 }, &[point(10.5, 10.5)]);
        assert_eq!(dab.ranges(), [9 * 40 + 10..9 * 40 + 11, 408..413, 11 * 40 + 10..11 * 40 + 11]);
        for at in [point(7.0, 7.0), point(7.5, 7.5), point(7.99, 7.01)] {
            assert!(!swept(GRID, Radius { columns: 0.0, rows: f32::NAN }, &[at]).is_empty());
        }
    }

    #[test]
    fn odd_strokes_draw_nothing_and_do_not_panic() {
        let radius = Radius { columns: 2.0, rows: 2.0 };
        for points in [vec![], vec![point(f32::NAN, 3.0)], vec![point(-50.0, 5.0)], vec![point(5.0, 99.0)]] {
            assert!(swept(GRID, radius, &points).is_empty(), "{points:?}");
        }
        let huge = [point(-1e30, -1e30), point(1e30, 1e30)];
        swept(GRID, Radius { columns: 1e30, rows: 1e-30 }, &huge);
        swept(GRID, Radius { columns: f32::INFINITY, rows: 3.0 }, &huge);
        let empty = Grid { columns: 0, rows: 0, bscans: 0 };
        assert!(swept(empty, radius, &[point(0.0, 0.0)]).is_empty());
    }
}
