//! From where the scan is seen: around it, above or below it, near or far.

use serde::{Deserialize, Serialize};

use crate::matrix::{Matrix, perspective, product, scale, shift, turn_about_x, turn_about_y};

/// How steeply one looks down or up at most, degrees: beyond it, all would stand on its head.
pub const STEEPEST_DEG: f32 = 90.0;
/// How large and how small the scan is drawn at most.
pub const ZOOMS: [f32; 2] = [0.6, 12.0];
/// Half of the height of what is seen at distance 1: an angle of 28 degrees in all, a long
/// lens, so that lengths in front and behind may be compared.
const HALF_HEIGHT: f32 = 0.2493;
/// Room around the scan.
const MARGIN: f32 = 1.03;

/// A place from which one looks at the scan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Around the scan, degrees, -180 to 180: 0 from the front, above 0 from the right.
    pub yaw_deg: f32,
    /// Above the scan, degrees, -90 to 90: 90 from the vitreous, as a fundus is seen.
    pub pitch_deg: f32,
    /// 1 where all of the scan is seen.
    pub zoom: f32,
}

impl Default for Camera {
    /// From the front, a little from the left and from above.
    fn default() -> Self {
        Self { yaw_deg: -30.0, pitch_deg: 26.0, zoom: 1.0 }
    }
}

/// What is looked at, and in which picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subject {
    /// How large the scan is along x, y and z, mm.
    pub size_mm: [f32; 3],
    /// What is kept in the middle the more the picture is enlarged: where the fluid lies, mm.
    pub focus_mm: [f32; 3],
    /// How many times taller than in truth everything is drawn.
    pub stretch: f32,
    /// Width of the picture by its height.
    pub aspect: f32,
}

/// What a camera makes of a subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// From places in mm to the picture.
    pub matrix: Matrix,
    /// Where the eye is, mm, in the space in which the scan is stretched.
    pub eye: [f32; 3],
}

impl Camera {
    /// Turned around the scan and lifted above it; NaN turns nothing.
    #[must_use]
    pub fn turned(self, yaw_deg: f32, pitch_deg: f32) -> Self {
        let finite = |deg: f32| if deg.is_finite() { deg } else { 0.0 };
        let yaw_deg = (self.yaw_deg + finite(yaw_deg) + 180.0).rem_euclid(360.0) - 180.0;
        let pitch_deg = (self.pitch_deg + finite(pitch_deg)).clamp(-STEEPEST_DEG, STEEPEST_DEG);
        Self { yaw_deg, pitch_deg, ..self }
    }

    /// Enlarged by a factor; what is none changes nothing.
    #[must_use]
    pub fn zoomed(self, factor: f32) -> Self {
        let factor = if factor.is_finite() && factor > 0.0 { factor } else { 1.0 };
        Self { zoom: (self.zoom * factor).clamp(ZOOMS[0], ZOOMS[1]), ..self }
    }

    /// Part of the way to `target`, around the nearer side; all of it at 1.
    #[must_use]
    pub fn towards(self, target: Self, part: f32) -> Self {
        let around_deg = (target.yaw_deg - self.yaw_deg + 180.0).rem_euclid(360.0) - 180.0;
        let turned = self.turned(around_deg * part, (target.pitch_deg - self.pitch_deg) * part);
        turned.zoomed((target.zoom / self.zoom).powf(part))
    }

    /// Whether both see the same, to the eye.
    pub fn is_near(self, other: Self) -> bool {
        let around_deg = (other.yaw_deg - self.yaw_deg + 180.0).rem_euclid(360.0) - 180.0;
        let steep_deg = other.pitch_deg - self.pitch_deg;
        around_deg.abs() < 0.05 && steep_deg.abs() < 0.05 && (other.zoom / self.zoom - 1.0).abs() < 0.002
    }

    /// What it sees of `subject`. All of the scan at zoom 1, however it is turned.
    pub fn view(self, subject: &Subject) -> View {
        let Subject { size_mm, focus_mm, stretch, aspect } = *subject;
        let stretch = if stretch.is_finite() { stretch.clamp(0.1, 10.0) } else { 1.0 };
        let aspect = if aspect.is_finite() { aspect.clamp(0.1, 10.0) } else { 1.0 };
        let tall = [1.0, stretch, 1.0];
        let half: [f32; 3] = std::array::from_fn(|axis| (size_mm[axis] * tall[axis] / 2.0).max(1e-3));
        let (pitch, yaw) = (self.pitch_deg.to_radians(), self.yaw_deg.to_radians());

        // The scan turns within a cylinder. Its rims reach farthest up and down in front and
        // behind, and farthest to the sides a little before them.
        let around = half[0].hypot(half[2]);
        let (sin, cos) = (pitch.sin().abs(), pitch.cos());
        let rim = |tall: f32| {
            (half[1] * cos + tall * around * sin) / HALF_HEIGHT + (around * cos - tall * half[1] * sin).abs()
        };
        let sides = around * cos.hypot(1.0 / (HALF_HEIGHT * aspect)) + half[1] * sin;
        let distance = rim(1.0).max(rim(-1.0)).max(sides) * MARGIN;
        let reach = half[0].hypot(half[1]).hypot(half[2]) * 1.5;

        let to_focus = (1.0 - 1.0 / self.zoom.max(1.0)).clamp(0.0, 1.0);
        let target: [f32; 3] = std::array::from_fn(|axis| focus_mm[axis] * tall[axis] * to_focus);
        let turned = product(&turn_about_x(pitch), &turn_about_y(-yaw));
        let to_eye = product(&shift([0.0, 0.0, -distance]), &product(&turned, &shift(target.map(|at| -at))));
        let near = (distance - 2.0 * reach).max(distance * 0.05);
        let lens = perspective(HALF_HEIGHT / self.zoom.max(0.01), aspect, near, distance + 2.0 * reach);
        let away = [yaw.sin() * pitch.cos(), pitch.sin(), yaw.cos() * pitch.cos()];
        View {
            matrix: product(&lens, &product(&to_eye, &scale(tall))),
            eye: std::array::from_fn(|axis| target[axis] + away[axis] * distance),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::project;

    const SUBJECT: Subject =
        Subject { size_mm: [6.0, 2.0, 5.0], focus_mm: [1.0, 0.2, -1.0], stretch: 1.0, aspect: 1.6 };

    fn corners() -> impl Iterator<Item = [f32; 3]> {
        (0..8).map(|number| {
            std::array::from_fn(|axis| {
                SUBJECT.size_mm[axis] * if number >> axis & 1 == 1 { 0.5 } else { -0.5 }
            })
        })
    }

    #[test]
    fn the_whole_scan_is_seen_from_wherever_one_looks() {
        for stretch in [1.0, 3.0] {
            for aspect in [0.5, 1.0, 2.2] {
                for yaw_deg in (-180..180).step_by(15) {
                    for pitch_deg in (-90..=90).step_by(15) {
                        let camera =
                            Camera { yaw_deg: yaw_deg as f32, pitch_deg: pitch_deg as f32, zoom: 1.0 };
                        let view = camera.view(&Subject { stretch, aspect, ..SUBJECT });
                        for corner in corners() {
                            let at = project(&view.matrix, corner);
                            assert!(at.iter().all(|at| at.abs() <= 1.0), "{camera:?} {aspect}: {at:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn from_above_a_scan_lies_as_on_the_fundus() {
        let camera = Camera { yaw_deg: 0.0, pitch_deg: 90.0, zoom: 1.0 };
        let matrix = camera.view(&SUBJECT).matrix;
        let [right, behind] = [[3.0, 0.0, 0.0], [0.0, 0.0, -2.5]].map(|at| project(&matrix, at));
        assert!(right[0] > 0.3 && right[1].abs() < 1e-3, "{right:?}");
        assert!(behind[1] > 0.3 && behind[0].abs() < 1e-3, "{behind:?}");
    }

    #[test]
    fn who_comes_nearer_has_the_fluid_in_the_middle() {
        let off = |zoom: f32| {
            let [x, y, _] =
                project(&Camera { zoom, ..Camera::default() }.view(&SUBJECT).matrix, SUBJECT.focus_mm);
            x.hypot(y) / zoom
        };
        assert!(off(8.0) < off(2.0) / 3.0 && off(2.0) < off(1.0), "{} {} {}", off(1.0), off(2.0), off(8.0));
    }

    #[test]
    fn an_orbit_goes_around_and_stops_at_the_poles() {
        let camera = Camera::default().turned(-160.0, 500.0);
        assert_eq!((camera.yaw_deg, camera.pitch_deg), (170.0, 90.0));
        assert_eq!(Camera::default().turned(f32::NAN, f32::INFINITY), Camera::default());
        assert_eq!(Camera::default().zoomed(1e9).zoom, ZOOMS[1]);
        assert_eq!(Camera::default().zoomed(-1.0), Camera::default());
    }

    #[test]
    fn a_glide_takes_the_nearer_way_and_arrives() {
        let (from, to) = (
            Camera { yaw_deg: 170.0, ..Camera::default() },
            Camera { yaw_deg: -170.0, pitch_deg: 0.0, zoom: 4.0 },
        );
        let half = from.towards(to, 0.5);
        assert!((half.yaw_deg.abs() - 180.0).abs() < 1e-3 && (half.zoom - 2.0).abs() < 1e-4, "{half:?}");
        assert!(from.towards(to, 1.0).is_near(to) && !half.is_near(to));
    }
}
