//! How far a wheel is turned.

use leptos::prelude::*;
use web_sys::WheelEvent;

/// A wheel event from here on is a notch of a mouse wheel (100 to 120), one step each.
const NOTCH: f64 = 60.0;
/// Travel of one step on a trackpad, which sends many small events.
const PER_STEP: f64 = 40.0;

/// CSS pixels down: a wheel may report pixels, lines or pages.
pub fn travel(event: &WheelEvent) -> f64 {
    event.delta_y() * [1.0, 40.0, 400.0].get(event.delta_mode() as usize).copied().unwrap_or(1.0)
}

/// A wheel that goes step by step.
#[derive(Clone, Copy)]
pub struct Steps(StoredValue<f64>);

impl Steps {
    /// It has not been turned.
    pub fn new() -> Self {
        Self(StoredValue::new(0.0))
    }

    /// Steps down that `event` makes, with what was left of those before.
    pub fn of(self, event: &WheelEvent) -> i64 {
        let delta = travel(event);
        if delta.abs() >= NOTCH {
            self.0.set_value(0.0);
            return delta.signum() as i64;
        }
        let travel = self.0.get_value() + delta;
        let steps = (travel / PER_STEP).trunc();
        self.0.set_value(travel - steps * PER_STEP);
        steps as i64
    }
}

impl Default for Steps {
    fn default() -> Self {
        Self::new()
    }
}
