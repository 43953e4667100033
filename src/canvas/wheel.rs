//! How far a wheel is turned.

use web_sys::WheelEvent;

/// CSS pixels down: a wheel may report pixels, lines or pages.
pub fn travel(event: &WheelEvent) -> f64 {
    event.delta_y() * [1.0, 40.0, 400.0].get(event.delta_mode() as usize).copied().unwrap_or(1.0)
}
