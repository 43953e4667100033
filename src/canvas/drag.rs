//! The one way of dragging: a pointer that went down is held until it is let go,
//! wherever it moves meanwhile.

use leptos::attr::Attribute;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::PointerEvent;

/// A pointer that came less far than this, CSS pixels, was pressed and not dragged.
pub const STILL: f64 = 3.0;

/// A drag on an element. What was true when the pointer went down is kept with it.
pub struct Drag<T: 'static> {
    element: NodeRef<Div>,
    grip: StoredValue<Option<Grip<T>>, LocalStorage>,
}

#[derive(Clone, Copy)]
struct Grip<T> {
    pointer: i32,
    x: f64,
    y: f64,
    kept: T,
}

impl<T> Clone for Drag<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Drag<T> {}

impl<T: Copy + 'static> Drag<T> {
    /// Drags on `element`.
    pub fn on(element: NodeRef<Div>) -> Self {
        Self { element, grip: StoredValue::new_local(None) }
    }

    /// The pointer goes down; `kept` comes back with every move. A second finger
    /// and other buttons than the first and the middle one take no hold.
    pub fn press(self, event: &PointerEvent, kept: T) {
        if !event.is_primary() || !matches!(event.button(), 0 | 1) {
            return;
        }
        if let Some(element) = self.element.get_untracked() {
            // Only a pointer that is gone already cannot be captured.
            let _gone = element.set_pointer_capture(event.pointer_id());
        }
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        self.grip.set_value(Some(Grip { pointer: event.pointer_id(), x, y, kept }));
    }

    /// How far a held pointer has come to the right and down, CSS pixels.
    pub fn travel(self, event: &PointerEvent) -> Option<(f64, f64, T)> {
        let come = self.ended(event)?;
        if event.buttons() == 0 {
            // It was let go where nobody was told of it, as in a context menu.
            self.release();
            return None;
        }
        Some(come)
    }

    /// How far the pointer that is let go came, as [`Self::travel`] says it.
    pub fn ended(self, event: &PointerEvent) -> Option<(f64, f64, T)> {
        let grip = self.grip.get_value().filter(|grip| grip.pointer == event.pointer_id())?;
        Some((f64::from(event.client_x()) - grip.x, f64::from(event.client_y()) - grip.y, grip.kept))
    }

    /// The pointer is let go, or was taken away.
    pub fn release(self) {
        self.grip.set_value(None);
    }
}

/// Calls `go` with the place on `element` where it is pressed, 0 to 1 across and
/// down, and wherever the pointer moves while it is held. Spread on the element.
pub fn scrub(element: NodeRef<Div>, go: impl Fn([f64; 2]) + Copy + 'static) -> impl Attribute {
    let drag = Drag::on(element);
    let follow = move |event: &PointerEvent| {
        if drag.travel(event).is_some()
            && let Some(element) = element.get_untracked()
        {
            let bounds = element.get_bounding_client_rect();
            go([
                part_of(f64::from(event.client_x()) - bounds.left(), bounds.width()),
                part_of(f64::from(event.client_y()) - bounds.top(), bounds.height()),
            ]);
        }
    };
    let press = move |event: PointerEvent| {
        drag.press(&event, ());
        follow(&event);
    };
    view! {
        <{..} on:pointerdown=press on:pointermove=move |event| follow(&event)
            on:pointerup=move |_| drag.release() on:pointercancel=move |_| drag.release() />
    }
}

/// Where `at` lies in `0..size`, 0 to 1; a pointer outside is at the edge.
fn part_of(at: f64, size: f64) -> f64 {
    (at / size.max(1.0)).clamp(0.0, 1.0)
}

/// The slot of `count` equal ones that lies at `part` of their row.
pub fn slot_at(part: f64, count: u32) -> u32 {
    ((part * f64::from(count)).floor() as u32).min(count.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_outside_is_at_the_edge() {
        assert_eq!([part_of(-5.0, 100.0), part_of(25.0, 100.0), part_of(140.0, 100.0)], [0.0, 0.25, 1.0]);
        assert_eq!(part_of(3.0, 0.0), 1.0);
    }

    #[test]
    fn every_slot_is_reached_and_the_last_one_holds_the_far_edge() {
        assert_eq!([0.0, 0.24, 0.25, 0.99, 1.0].map(|part| slot_at(part, 4)), [0, 0, 1, 3, 3]);
        assert_eq!(slot_at(0.5, 0), 0);
    }
}
