//! Pixels as images for canvases, made once and drawn often.

use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::surface::Size;

/// A rectangle on a canvas, CSS pixels.
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

impl Placement {
    /// All of a canvas.
    pub fn whole(size: Size) -> Self {
        Self { x: 0.0, y: 0.0, width: size.width, height: size.height }
    }
}

/// An image of pixels.
pub struct Image {
    canvas: HtmlCanvasElement,
    columns: u32,
}

impl Image {
    /// One pixel for each byte; `None` where they do not fill `columns` x `rows`.
    pub fn of_bytes(bytes: &[u8], columns: u32, rows: u32, colour: impl Fn(u8) -> [u8; 4]) -> Option<Self> {
        let rgba: Vec<u8> = bytes.iter().flat_map(|byte| colour(*byte)).collect();
        Self::of_rgba(&rgba, columns, rows)
    }

    /// One grey pixel for each byte.
    pub fn of_greys(greys: &[u8], columns: u32, rows: u32) -> Option<Self> {
        Self::of_bytes(greys, columns, rows, |grey| [grey, grey, grey, 255])
    }

    /// One pixel for each four bytes.
    pub fn of_rgba(rgba: &[u8], columns: u32, rows: u32) -> Option<Self> {
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), columns, rows).ok()?;
        let canvas = web_sys::window()?.document()?.create_element("canvas").ok()?;
        let canvas = canvas.dyn_into::<HtmlCanvasElement>().ok()?;
        canvas.set_width(columns);
        canvas.set_height(rows);
        let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        context.put_image_data(&image, 0.0, 0.0).ok()?;
        Some(Self { canvas, columns })
    }

    /// Draws it; single pixels stay crisp where they are large.
    pub fn draw(&self, context: &CanvasRenderingContext2d, at: Placement, ratio: f64) {
        self.draw_as(context, at, at.width * ratio < 4.0 * f64::from(self.columns));
    }

    /// Draws it, each pixel with its edges.
    pub fn draw_crisp(&self, context: &CanvasRenderingContext2d, at: Placement) {
        self.draw_as(context, at, false);
    }

    fn draw_as(&self, context: &CanvasRenderingContext2d, at: Placement, smooth: bool) {
        context.set_image_smoothing_enabled(smooth);
        // It fails only for an image without pixels: nothing is to be drawn then.
        let _nothing_to_draw = context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &self.canvas,
            at.x,
            at.y,
            at.width,
            at.height,
        );
    }
}

/// What is made of a key once, and again only for another key.
pub struct Kept<K: 'static, T: 'static>(StoredValue<Option<(K, T)>, LocalStorage>);

impl<K, T> Clone for Kept<K, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T> Copy for Kept<K, T> {}

impl<K: PartialEq + 'static, T: 'static> Kept<K, T> {
    /// Nothing is made yet.
    pub fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// What belongs to `key`, made now where it is not kept.
    pub fn with<R>(self, key: K, make: impl FnOnce() -> T, read: impl FnOnce(&T) -> R) -> Option<R> {
        if !self.0.with_value(|kept| kept.as_ref().is_some_and(|(kept, _)| *kept == key)) {
            let made = make();
            self.0.set_value(Some((key, made)));
        }
        self.0.with_value(|kept| kept.as_ref().map(|(_, made)| read(made)))
    }
}

impl<K: PartialEq + 'static, T: 'static> Default for Kept<K, T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_made_again_only_for_another_key() {
        let owner = Owner::new();
        owner.with(|| {
            let kept = Kept::new();
            let made = std::cell::Cell::new(0);
            let make = |key: u32| {
                kept.with(key, || made.set(made.get() + 1), |()| ());
            };
            make(1);
            make(1);
            assert_eq!(made.get(), 1);
            make(2);
            make(1);
            assert_eq!(made.get(), 3);
        });
    }
}
