//! How far the B-scan is enlarged, and where it was shifted to.

/// Zoom at most; beyond it single pixels fill the stage.
pub const MAX_ZOOM: f64 = 16.0;
/// By how much a key or button enlarges.
pub const ZOOM_STEP: f64 = 1.5;

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

impl Zoom {
    /// Zooms by `factor` so that the point under (x, y), measured from the stage's
    /// middle, stays where it is.
    pub fn at(self, factor: f64, x: f64, y: f64) -> Self {
        let scale = (self.scale * factor).clamp(1.0, MAX_ZOOM);
        if scale == 1.0 {
            return Self::default();
        }
        let ratio = scale / self.scale;
        Self { scale, dx: x - (x - self.dx) * ratio, dy: y - (y - self.dy) * ratio }
    }

    /// Whether the B-scan is larger than the stage.
    pub fn is_enlarged(self) -> bool {
        self.scale > 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let zoomed = Zoom::default().at(2.0, 100.0, -40.0);
        assert_eq!(zoomed, Zoom { scale: 2.0, dx: -100.0, dy: 40.0 });
        assert_eq!(zoomed.at(0.1, 0.0, 0.0), Zoom::default());
    }
}
