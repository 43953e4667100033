//! Where a B-scan lies on the stage: proportions and scale bars.

use oct::{Axis, Geometry};

use crate::canvas::image::Placement;
use crate::model::Zoom;

/// Height of a pixel divided by its width: from the spacing where both are
/// known and not in doubt, drawn `depth` times deeper than in truth, else 1.
pub fn pixel_aspect(geometry: &Geometry, depth: u8) -> f64 {
    match (geometry.trusted_mm(Axis::Axial), geometry.trusted_mm(Axis::Lateral)) {
        (Some(axial), Some(lateral)) => axial / lateral * f64::from(depth),
        _ => 1.0,
    }
}

/// The largest placement of `columns` x `rows` pixels on a stage that keeps the
/// pixel's aspect, then zoomed; a zoomed picture never leaves the stage.
pub fn place(stage: (f64, f64), columns: u32, rows: u32, aspect: f64, zoom: Zoom) -> Placement {
    let (width, height) = (f64::from(columns), f64::from(rows) * aspect);
    if width <= 0.0 || height <= 0.0 || stage.0 <= 0.0 || stage.1 <= 0.0 {
        return Placement::default();
    }
    let scale = (stage.0 / width).min(stage.1 / height) * zoom.scale;
    let (width, height) = (width * scale, height * scale);
    let shift = |stage: f64, size: f64, wanted: f64| {
        let slack = ((size - stage) / 2.0).max(0.0);
        (stage - size) / 2.0 + wanted.clamp(-slack, slack)
    };
    Placement { x: shift(stage.0, width, zoom.dx), y: shift(stage.1, height, zoom.dy), width, height }
}

/// A round length in mm and its CSS pixels, the longest of at most `most` pixels
/// and at least a third of that.
pub fn scale_bar(pixels_per_mm: f64, most: f64) -> Option<(f64, f64)> {
    [5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01]
        .into_iter()
        .map(|mm| (mm, mm * pixels_per_mm))
        .find(|(_, pixels)| (most / 3.0..=most).contains(pixels))
}

#[cfg(test)]
mod tests {
    use oct::{AxisSpacing, SpacingSource};

    use super::*;

    #[test]
    fn the_picture_fits_whole_and_in_the_middle() {
        let placed = place((1000.0, 600.0), 512, 496, 1.0, Zoom::default());
        assert!((placed.height - 600.0).abs() < 1e-9);
        assert!((placed.x - (1000.0 - placed.width) / 2.0).abs() < 1e-9);
        assert_eq!(place((0.0, 600.0), 512, 496, 1.0, Zoom::default()), Placement::default());
    }

    #[test]
    fn spacing_gives_true_proportions_only_where_both_axes_are_known() {
        let mut geometry = Geometry::default();
        assert_eq!(pixel_aspect(&geometry, 2), 1.0);
        geometry.axial = AxisSpacing::new(Axis::Axial, 0.004, SpacingSource::FromUser).unwrap();
        assert_eq!(pixel_aspect(&geometry, 2), 1.0);
        geometry.lateral = AxisSpacing::new(Axis::Lateral, 0.012, SpacingSource::FromUser).unwrap();
        assert!((pixel_aspect(&geometry, 1) - 1.0 / 3.0).abs() < 1e-9);
        assert!((pixel_aspect(&geometry, 3) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_scale_bar_is_a_round_length_of_readable_size() {
        assert_eq!(scale_bar(150.0, 160.0), Some((1.0, 150.0)));
        assert_eq!(scale_bar(400.0, 160.0), Some((0.2, 80.0)));
        assert_eq!(scale_bar(0.001, 160.0), None);
    }
}
