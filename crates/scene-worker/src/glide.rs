//! The camera on its way to where it is wanted.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code, reason = "natively only its tests"))]

use scene::Camera;

/// Time in which most of the way is made, ms.
const PACE_MS: f64 = 70.0;
/// A frame counts as so long at most: after a pause the camera goes on, it does not jump.
const LONGEST_FRAME_MS: f64 = 100.0;

/// A camera that follows another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glide {
    /// Where it is.
    pub now: Camera,
    wanted: Camera,
    last_ms: Option<f64>,
}

impl Glide {
    /// It is there.
    pub fn at(camera: Camera) -> Self {
        Self { now: camera, wanted: camera, last_ms: None }
    }

    /// Goes to `wanted`, or is there at once.
    pub fn go(&mut self, wanted: Camera, glides: bool) {
        if glides {
            self.wanted = wanted;
        } else {
            *self = Self::at(wanted);
        }
    }

    /// A frame is drawn at `now_ms` of a steady clock; gives whether another must follow.
    pub fn step(&mut self, now_ms: f64) -> bool {
        if self.now.is_near(self.wanted) {
            *self = Self::at(self.wanted);
            return false;
        }
        let elapsed_ms = self.last_ms.map_or(16.0, |last_ms| (now_ms - last_ms).clamp(0.0, LONGEST_FRAME_MS));
        self.last_ms = Some(now_ms);
        self.now = self.now.towards(self.wanted, 1.0 - (-elapsed_ms / PACE_MS).exp() as f32);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_arrives_within_a_second_and_then_rests() {
        let wanted = Camera::default().turned(150.0, 30.0).zoomed(3.0);
        let mut glide = Glide::at(Camera::default());
        glide.go(wanted, true);
        let frames = (0..60).take_while(|frame| glide.step(f64::from(*frame) * 16.7)).count();
        assert!((10..60).contains(&frames), "{frames}");
        assert_eq!(glide.now, wanted);
        assert!(!glide.step(5000.0));
    }

    #[test]
    fn where_motion_is_not_wanted_it_is_there_at_once() {
        let mut glide = Glide::at(Camera::default());
        glide.go(Camera::default().turned(90.0, 0.0), false);
        assert!(!glide.step(0.0) && glide.now.yaw_deg == 60.0);
    }
}
