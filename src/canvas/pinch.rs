//! Two fingers on an element: how they move apart, and where their middle goes.

use std::collections::BTreeMap;

use leptos::prelude::*;
use web_sys::PointerEvent;

/// What two fingers did since they were last looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PinchStep {
    /// Above 1 where they moved apart.
    pub factor: f64,
    /// The middle between them, CSS pixels of the window.
    pub middle: [f64; 2],
    /// How far that middle went.
    pub travel: [f64; 2],
}

/// The fingers on an element.
#[derive(Clone, Copy)]
pub struct Pinch(StoredValue<BTreeMap<i32, [f64; 2]>>);

impl Pinch {
    /// No finger is down.
    pub fn new() -> Self {
        Self(StoredValue::new(BTreeMap::new()))
    }

    /// A finger goes down; says whether two are down now. A mouse has none.
    pub fn press(self, event: &PointerEvent) -> bool {
        if event.pointer_type() == "touch" {
            self.0.update_value(|fingers| {
                fingers.insert(event.pointer_id(), place(event));
            });
        }
        self.is_pinching()
    }

    /// Whether two fingers are down.
    pub fn is_pinching(self) -> bool {
        self.0.with_value(|fingers| fingers.len() == 2)
    }

    /// A finger moves; what that does where there are two.
    pub fn travel(self, event: &PointerEvent) -> Option<PinchStep> {
        let mut step = None;
        self.0.update_value(|fingers| {
            let other = fingers.iter().find(|(id, _)| **id != event.pointer_id()).map(|(_, at)| *at);
            let Some(finger) = fingers.get_mut(&event.pointer_id()) else { return };
            let before = std::mem::replace(finger, place(event));
            step = other.filter(|_| fingers.len() == 2).map(|other| pinched(other, before, place(event)));
        });
        step
    }

    /// A finger is lifted.
    pub fn release(self, event: &PointerEvent) {
        self.0.update_value(|fingers| {
            fingers.remove(&event.pointer_id());
        });
    }
}

impl Default for Pinch {
    fn default() -> Self {
        Self::new()
    }
}

fn place(event: &PointerEvent) -> [f64; 2] {
    [f64::from(event.client_x()), f64::from(event.client_y())]
}

/// One finger rests at `other`, the other one goes from `before` to `now`.
fn pinched(other: [f64; 2], before: [f64; 2], now: [f64; 2]) -> PinchStep {
    let apart = |at: [f64; 2]| (at[0] - other[0]).hypot(at[1] - other[1]).max(1.0);
    let middle = |at: [f64; 2]| [0, 1].map(|axis| (at[axis] + other[axis]) / 2.0);
    let (from, to) = (middle(before), middle(now));
    PinchStep { factor: apart(now) / apart(before), middle: to, travel: [to[0] - from[0], to[1] - from[1]] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingers_twice_as_far_apart_enlarge_to_twice_about_their_middle() {
        let step = pinched([0.0, 0.0], [100.0, 0.0], [200.0, 0.0]);
        assert_eq!(step, PinchStep { factor: 2.0, middle: [100.0, 0.0], travel: [50.0, 0.0] });
        assert!(pinched([5.0, 5.0], [5.0, 5.0], [5.0, 5.0]).factor.is_finite());
    }
}
