//! The view of the fluid in space: whether it is open, and from where one looks.

use scene::{Camera, FromScene, SceneFailure};

/// By how much a key turns, degrees.
pub const TURN_DEG: f32 = 10.0;
/// By how much a key or a button enlarges.
pub const ZOOM_STEP: f32 = 1.25;

/// How the worker is that draws.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum SceneStatus {
    /// Its code is on its way, or it has not drawn yet.
    #[default]
    Loading,
    /// It draws: triangles of each class, by [`oct::FluidClass::index`].
    Drawn([u32; 3]),
    /// It draws no more.
    Failed(SceneFailure),
}

/// The view in space.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneView {
    /// Whether it is open.
    pub is_open: bool,
    /// From where one looks.
    pub camera: Camera,
    /// Whether the camera glides to its place: not where a hand moves it.
    pub glides: bool,
    /// How many times deeper than in truth it is drawn: 1, 2 or 3.
    pub depth: u8,
    /// How it is drawn.
    pub status: SceneStatus,
}

impl Default for SceneView {
    /// Closed. Twice as deep as in truth, which the view says: fluid is flat.
    fn default() -> Self {
        let status = SceneStatus::default();
        Self { is_open: false, camera: Camera::default(), glides: false, depth: 2, status }
    }
}

/// Places from which anatomy is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standpoint {
    /// As it opens.
    Start,
    /// From the vitreous, as a fundus is seen.
    Above,
    /// Along the B-scans' normal, as a B-scan is seen.
    Front,
    /// Across the B-scans.
    Side,
}

impl Standpoint {
    /// The camera there.
    pub fn camera(self) -> Camera {
        let at = |yaw_deg, pitch_deg| Camera { yaw_deg, pitch_deg, zoom: 1.0 };
        match self {
            Self::Start => Camera::default(),
            Self::Above => at(0.0, 90.0),
            Self::Front => at(0.0, 0.0),
            Self::Side => at(90.0, 0.0),
        }
    }
}

/// What happens to the view in space.
#[derive(Debug, Clone, PartialEq)]
pub enum SceneInput {
    /// Open it, or close it.
    Toggle,
    /// Close it.
    Close,
    /// Walk around the scan and above it, degrees; a hand that drags is followed at once.
    Turn {
        /// To the right.
        yaw_deg: f32,
        /// Up.
        pitch_deg: f32,
        /// Whether a hand drags.
        by_hand: bool,
    },
    /// Enlarge by a factor above 1; a hand is followed at once.
    Zoom {
        /// The factor.
        factor: f32,
        /// Whether a hand pinches or turns a wheel.
        by_hand: bool,
    },
    /// Draw the next depth: 1, 2, 3, then 1 again.
    NextDepth,
    /// Look from a known place.
    StandAt(Standpoint),
    /// The worker tells something.
    Told(FromScene),
}

impl SceneView {
    /// Takes in what happens. `has_scan` says whether there is anything to see.
    pub fn take_in(&mut self, input: SceneInput, has_scan: bool) {
        match input {
            SceneInput::Toggle if !self.is_open && has_scan => {
                *self = Self { is_open: true, ..Self::default() };
            }
            SceneInput::Toggle | SceneInput::Close => self.is_open = false,
            SceneInput::Turn { yaw_deg, pitch_deg, by_hand } => {
                self.camera = self.camera.turned(yaw_deg, pitch_deg);
                self.glides = !by_hand;
            }
            SceneInput::Zoom { factor, by_hand } => {
                self.camera = self.camera.zoomed(factor);
                self.glides = !by_hand;
            }
            SceneInput::StandAt(standpoint) => {
                self.camera = standpoint.camera();
                self.glides = true;
            }
            SceneInput::NextDepth => self.depth = self.depth % 3 + 1,
            SceneInput::Told(FromScene::Built { triangles, .. }) => {
                self.status = SceneStatus::Drawn(triangles);
            }
            SceneInput::Told(FromScene::Failed { failure }) => self.status = SceneStatus::Failed(failure),
            SceneInput::Told(FromScene::Loaded | FromScene::Started) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> SceneView {
        let mut view = SceneView::default();
        view.take_in(SceneInput::Toggle, true);
        view
    }

    #[test]
    fn it_opens_only_where_there_is_a_scan_and_closes_by_the_same_key() {
        let mut view = SceneView::default();
        view.take_in(SceneInput::Toggle, false);
        assert!(!view.is_open);
        view.take_in(SceneInput::Toggle, true);
        assert!(view.is_open);
        view.take_in(SceneInput::Toggle, true);
        assert!(!view.is_open);
    }

    #[test]
    fn a_view_that_opens_again_begins_anew() {
        let mut view = opened();
        view.take_in(SceneInput::Turn { yaw_deg: 90.0, pitch_deg: 0.0, by_hand: true }, true);
        view.take_in(SceneInput::Told(FromScene::Failed { failure: SceneFailure::NoWebGl2 }), true);
        view.take_in(SceneInput::Close, true);
        view.take_in(SceneInput::Toggle, true);
        assert_eq!(view, opened());
    }

    #[test]
    fn a_hand_is_followed_at_once_and_a_key_glides() {
        let mut view = opened();
        view.take_in(SceneInput::Zoom { factor: ZOOM_STEP, by_hand: false }, true);
        assert!(view.glides && view.camera.zoom == ZOOM_STEP);
        view.take_in(SceneInput::Turn { yaw_deg: 1.0, pitch_deg: 0.0, by_hand: true }, true);
        assert!(!view.glides);
        view.take_in(SceneInput::StandAt(Standpoint::Start), true);
        assert_eq!(view.camera, Camera::default());
    }

    #[test]
    fn what_was_drawn_last_is_what_is_told() {
        let mut view = opened();
        view.take_in(SceneInput::Told(FromScene::Started), true);
        assert_eq!(view.status, SceneStatus::Loading);
        view.take_in(SceneInput::Told(FromScene::Built { triangles: [1, 0, 2], elapsed_ms: 9.0 }), true);
        assert_eq!(view.status, SceneStatus::Drawn([1, 0, 2]));
    }
}
