//! Everything within a closed outline.

use crate::edit::Point;
use crate::grid::Grid;
use crate::shape::Shape;

/// The samples whose middle lies within `outline`, which closes itself: those from which a ray
/// crosses it an odd number of times. Points that are no numbers are left out.
pub fn within(grid: Grid, outline: &[Point]) -> Shape {
    let outline: Vec<Point> =
        outline.iter().copied().filter(|at| at.column.is_finite() && at.row.is_finite()).collect();
    let mut ranges = Vec::new();
    let mut crossings: Vec<f32> = Vec::new();
    for row in 0..if outline.len() < 3 { 0 } else { grid.rows } {
        let y = row as f32 + 0.5;
        crossings.clear();
        for (index, a) in outline.iter().enumerate() {
            let b = outline[(index + 1) % outline.len()];
            if (a.row <= y) != (b.row <= y) {
                crossings.push(a.column + (y - a.row) / (b.row - a.row) * (b.column - a.column));
            }
        }
        crossings.sort_unstable_by(f32::total_cmp);
        for pair in crossings.as_chunks::<2>().0 {
            // The first sample whose middle lies right of a crossing; `as` saturates.
            let [first, after] = pair.map(|x| ((x - 0.5).ceil() as u32).min(grid.columns));
            ranges.push(row * grid.columns + first..row * grid.columns + after);
        }
    }
    Shape::of_ranges(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { columns: 10, rows: 8, bscans: 1 };

    fn outline(points: &[(f32, f32)]) -> Vec<Point> {
        points.iter().map(|(column, row)| Point { column: *column, row: *row }).collect()
    }

    #[test]
    fn an_outline_holds_the_samples_whose_middle_is_in_it() {
        let square = within(GRID, &outline(&[(2.0, 1.0), (5.0, 1.0), (5.0, 4.0), (2.0, 4.0)]));
        assert_eq!(square.ranges(), [12..15, 22..25, 32..35]);
        let triangle = within(GRID, &outline(&[(0.0, 0.0), (8.0, 0.0), (0.0, 8.0)]));
        assert_eq!(triangle.samples(), 28, "the longest side runs through middles, which lie outside");
    }

    #[test]
    fn an_outline_that_leaves_the_bscan_is_cut_and_none_holds_nothing() {
        let all = within(GRID, &outline(&[(-9.0, -9.0), (99.0, -9.0), (99.0, 99.0), (-9.0, 99.0)]));
        assert_eq!(all.ranges(), [0..80]);
        for odd in [&[][..], &[(1.0, 1.0), (5.0, 5.0)], &[(1.0, f32::NAN), (2.0, 2.0), (3.0, f32::INFINITY)]]
        {
            assert!(within(GRID, &outline(odd)).is_empty());
        }
    }
}
