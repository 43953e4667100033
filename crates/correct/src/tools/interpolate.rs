//! Shapes between those of two B-scans, by signed distances to their outlines
//! (Herman, Zheng and Bucholtz, IEEE Computer Graphics and Applications 12(3), 1992).

use oct::FluidClass;

use super::component::parts;
use super::{Change, whole};
use crate::distance::signed_distances;
use crate::error::CorrectError;
use crate::grid::Grid;
use crate::planes::Planes;
use crate::shape::Shape;

/// What changes in the B-scans between `from` and `to` so that `class` has there the shapes
/// between its shapes in these two. Where the two do not overlap at all, they are moved onto
/// each other and back. Fluid of the class that meets the new shape becomes that; other fluid of
/// it, and voxels that a person drew, stay.
///
/// # Errors
/// [`CorrectError`] where one of the two has none of the class, or nothing lies between them.
pub fn between(
    planes: &dyn Planes,
    class: FluidClass,
    from: u32,
    to: u32,
) -> Result<Vec<Change>, CorrectError> {
    let (first, last) = (from.min(to), from.max(to));
    if last - first < 2 {
        return Err(CorrectError::NothingBetween);
    }
    let grid = planes.grid();
    let ends = [end(planes, class, first)?, end(planes, class, last)?];
    let field = Field::between(grid, &ends);
    let mut changes = Vec::new();
    for bscan in first + 1..last {
        let part = (bscan - first) as f32 / (last - first) as f32;
        let shape = field.shape(grid, part);
        let labels = whole(planes, bscan, |planes| planes.labels(bscan))?;
        let is_drawn = |index: u32| planes.drawn(bscan).is_some_and(|drawn| drawn.holds(index));
        let now = Shape::of_samples(labels.iter().map(|label| *label == class.label()));
        for met in parts(grid, &now) {
            let outside = met.filtered(|index| !shape.holds(index));
            // Nothing of it lies outside, or all of it does.
            if outside.is_empty() || outside.samples() == met.samples() {
                continue;
            }
            changes.push(Change { bscan, shape: outside.filtered(|index| !is_drawn(index)), value: 0 });
        }
        changes.push(Change { bscan, shape: shape.filtered(|index| !is_drawn(index)), value: class.label() });
    }
    Ok(changes)
}

fn end(planes: &dyn Planes, class: FluidClass, bscan: u32) -> Result<Shape, CorrectError> {
    let labels = whole(planes, bscan, |planes| planes.labels(bscan))?;
    let shape = Shape::of_samples(labels.iter().map(|label| *label == class.label()));
    if shape.is_empty() {
        return Err(CorrectError::NothingToInterpolate { bscan, class });
    }
    Ok(shape)
}

/// Signed distances to both outlines in the box around them.
struct Field {
    /// Columns and rows of the box.
    size: [usize; 2],
    /// The box of the first and of the last shape, from where they lie: first column and row.
    corners: [[i64; 2]; 2],
    distances: [Vec<f32>; 2],
}

impl Field {
    fn between(grid: Grid, ends: &[Shape; 2]) -> Self {
        let overlap = ends[0].filtered(|index| ends[1].holds(index));
        let boxes = [bounds(grid, &ends[0]), bounds(grid, &ends[1])];
        // What overlaps stays in its place; else middle comes upon middle.
        let offset = if overlap.is_empty() {
            let [a, b] = [0, 1].map(|end| boxes[end]);
            [0, 1].map(|axis| ((b[0][axis] + b[1][axis]) - (a[0][axis] + a[1][axis])) / 2)
        } else {
            [0, 0]
        };
        let least = [0, 1].map(|axis| boxes[0][0][axis].min(boxes[1][0][axis] - offset[axis]) - 1);
        let most = [0, 1].map(|axis| boxes[0][1][axis].max(boxes[1][1][axis] - offset[axis]) + 1);
        let size = [0, 1].map(|axis| usize::try_from(most[axis] - least[axis]).unwrap_or(0));
        let corners = [least, [least[0] + offset[0], least[1] + offset[1]]];
        let distances = [0, 1].map(|end| {
            let mut inside = vec![false; size[0] * size[1]];
            for index in ends[end].ranges().iter().flat_map(Clone::clone) {
                let column = i64::from(index % grid.columns) - corners[end][0];
                let row = i64::from(index / grid.columns) - corners[end][1];
                let at = row as usize * size[0] + column as usize;
                if let Some(inside) = inside.get_mut(at) {
                    *inside = true;
                }
            }
            signed_distances(&inside, size[0])
        });
        Self { size, corners, distances }
    }

    /// The shape at `part` of the way, 0..=1.
    fn shape(&self, grid: Grid, part: f32) -> Shape {
        let corner = [0, 1].map(|axis| {
            let [a, b] = [0, 1].map(|end| self.corners[end][axis] as f32);
            (a + part * (b - a)).round() as i64
        });
        let mut ranges = Vec::new();
        let both = self.distances[0].iter().zip(&self.distances[1]);
        for (at, (a, b)) in both.enumerate() {
            if (1.0 - part) * a + part * b < 0.0 {
                let column = corner[0] + (at % self.size[0]) as i64;
                let row = corner[1] + (at / self.size[0]) as i64;
                if (0..i64::from(grid.columns)).contains(&column) && (0..i64::from(grid.rows)).contains(&row)
                {
                    let index = row as u32 * grid.columns + column as u32;
                    ranges.push(index..index + 1);
                }
            }
        }
        Shape::of_ranges(ranges)
    }
}

/// First column and row, and the ones after the last, of a shape that is not empty.
fn bounds(grid: Grid, shape: &Shape) -> [[i64; 2]; 2] {
    let (mut least, mut most) = ([i64::MAX; 2], [i64::MIN; 2]);
    for index in shape.ranges().iter().flat_map(Clone::clone) {
        let at = [i64::from(index % grid.columns), i64::from(index / grid.columns)];
        for axis in [0, 1] {
            least[axis] = least[axis].min(at[axis]);
            most[axis] = most[axis].max(at[axis] + 1);
        }
    }
    [least, most]
}
