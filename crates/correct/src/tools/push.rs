//! A ball that pushes the outline of a class.

use oct::FluidClass;

use super::{stroke, whole};
use crate::edit::{Paint, Place, Point, Radius};
use crate::error::CorrectError;
use crate::planes::Planes;
use crate::shape::Shape;

/// What changes where a ball rolls along `points`, and into what. Where it starts within the
/// class it pushes the outline outward: background that it passes over becomes fluid. Else it
/// pushes inward, and fluid that it passes over becomes background. Other classes stay.
///
/// # Errors
/// [`CorrectError::NoSuchBScan`].
pub fn pushed(
    planes: &dyn Planes,
    bscan: u32,
    class: FluidClass,
    radius: Radius,
    points: &[Point],
) -> Result<(Shape, Paint), CorrectError> {
    let grid = planes.grid();
    let labels = whole(planes, bscan, |planes| planes.labels(bscan))?;
    let label_at = |point: &Point| {
        // A negative or NaN place saturates to the first sample; it is only asked for its label.
        let at = Place { column: point.column as u32, row: point.row as u32 };
        grid.index(at).and_then(|index| labels.get(index as usize)).copied()
    };
    let is_within = points.first().and_then(label_at) == Some(class.label());
    let (from, paint) = if is_within { (0, Paint::Fluid(class)) } else { (class.label(), Paint::Background) };
    let swept = stroke::swept(grid, radius, points);
    Ok((swept.filtered(|index| labels.get(index as usize) == Some(&from)), paint))
}
