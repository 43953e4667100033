//! A canvas that follows the size of its element and the pixels of the screen.

use js_sys::Array;
use leptos::ev;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// The size of a canvas.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Size {
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Pixels of the screen for each CSS pixel.
    pub ratio: f64,
}

/// A canvas inside of an element whose size it has.
#[derive(Clone, Copy)]
pub struct Surface {
    canvas: NodeRef<Canvas>,
    size: RwSignal<Size>,
}

impl Surface {
    /// A canvas that follows `holder`.
    pub fn in_element(holder: NodeRef<Div>) -> Self {
        Self { canvas: NodeRef::new(), size: followed_size(holder) }
    }

    /// Another canvas in the same element.
    pub fn above(self) -> Self {
        Self { canvas: NodeRef::new(), ..self }
    }

    /// To be put on the canvas in the view.
    pub fn canvas(self) -> NodeRef<Canvas> {
        self.canvas
    }

    /// Its size; reactive.
    pub fn size(self) -> Size {
        self.size.get()
    }

    /// Its size as it is now.
    pub fn size_now(self) -> Size {
        self.size.get_untracked()
    }

    /// The cleared canvas, to be drawn on in CSS pixels; reactive, so that what
    /// draws it does so again after a change of size. `None` before it is mounted.
    pub fn cleared(self) -> Option<(CanvasRenderingContext2d, Size)> {
        let size = self.size.get();
        let canvas = self.canvas.get()?;
        Some((cleared(&canvas, size)?, size))
    }
}

/// A canvas of `size`, cleared, to be drawn on in CSS pixels.
pub fn cleared(canvas: &HtmlCanvasElement, size: Size) -> Option<CanvasRenderingContext2d> {
    canvas.set_width((size.width * size.ratio).round() as u32);
    canvas.set_height((size.height * size.ratio).round() as u32);
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.set_transform(size.ratio, 0.0, 0.0, size.ratio, 0.0, 0.0).ok()?;
    Some(context)
}

fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 4.0)
}

/// The size of an element, followed for as long as the component lives.
fn followed_size(element: NodeRef<Div>) -> RwSignal<Size> {
    let size = RwSignal::new(Size::default());
    let measure = move || {
        let Some(element) = element.get_untracked() else { return };
        let (width, height) = (f64::from(element.client_width()), f64::from(element.client_height()));
        let now = Size { width, height, ratio: pixel_ratio() };
        if size.get_untracked() != now {
            size.set(now);
        }
    };
    // The browser's own zoom, or another screen, changes the ratio and not always the size.
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let observed = Closure::<dyn FnMut(Array)>::new(move |_: Array| measure());
        if let Ok(observer) = web_sys::ResizeObserver::new(observed.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let keep = StoredValue::new_local(Some((observer, observed)));
            on_cleanup(move || {
                if let Some((observer, _)) = keep.try_update_value(Option::take).flatten() {
                    observer.disconnect();
                }
            });
        }
    });
    size
}
