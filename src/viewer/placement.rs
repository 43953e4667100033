//! Where a B-scan lies on the stage: proportions, zoom, the scale bar.

use oct::Geometry;

/// Zoom at most; beyond it single pixels fill the stage.
pub const MAX_ZOOM: f64 = 16.0;

/// Zoom and shift, relative to the fitted picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zoom {
    /// 1 is fitted.
    pub scale: f64,
    /// Shift to the right, CSS pixels.
    pub dx: f64,
    /// Shift down, CSS pixels.
    pub dy: f64,
}

impl Default for Zoom {
    fn default() -> Self {
        Self { scale: 1.0, dx: 0.0, dy: 0.0 }
    }
}

/// A rectangle on the stage, CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Placement {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// Height of a pixel divided by its width: from the spacing where both are
/// known, drawn `depth` times deeper than in truth, else 1.
pub fn pixel_aspect(geometry: &Geometry, depth: u8) -> f64 {
    match (geometry.axial.mm(), geometry.lateral.mm()) {
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

/// Zooms by `factor` so that the point under (x, y), measured from the stage's
/// middle, stays where it is.
pub fn zoom_at(zoom: Zoom, factor: f64, x: f64, y: f64) -> Zoom {
    let scale = (zoom.scale * factor).clamp(1.0, MAX_ZOOM);
    if scale == 1.0 {
        return Zoom::default();
    }
    let ratio = scale / zoom.scale;
    Zoom { scale, dx: x - (x - zoom.dx) * ratio, dy: y - (y - zoom.dy) * ratio }
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
    use oct::{Axis, AxisSpacing, SpacingSource};

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
    fn zooming_keeps_the_point_under_the_pointer() {
        let zoomed = zoom_at(Zoom::default(), 2.0, 100.0, -40.0);
        assert_eq!(zoomed, Zoom { scale: 2.0, dx: -100.0, dy: 40.0 });
        assert_eq!(zoom_at(zoomed, 0.1, 0.0, 0.0), Zoom::default());
    }

    #[test]
    fn the_scale_bar_is_a_round_length_of_readable_size() {
        assert_eq!(scale_bar(150.0, 160.0), Some((1.0, 150.0)));
        assert_eq!(scale_bar(400.0, 160.0), Some((0.2, 80.0)));
        assert_eq!(scale_bar(0.001, 160.0), None);
    }
}
