//! Elements that are made once and never change: a view would be compiled for each kind of them,
//! and there are many.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement};

use super::drawn::RATIO;
use crate::canvas::surface::{Size, cleared};

/// Adds an element of `tag` with these attributes and this text at the end of `to`.
pub fn add(to: &Element, tag: &str, attributes: &[(&str, &str)], text: &str) -> Element {
    let made = to.owner_document().and_then(|document| document.create_element(tag).ok());
    // It fails only for what is no name of an element.
    let Some(made) = made else { return to.clone() };
    for (name, value) in attributes {
        drop(made.set_attribute(name, value));
    }
    if !text.is_empty() {
        made.set_text_content(Some(text));
    }
    drop(to.append_child(&made));
    made
}

/// Gives `element` a length of its own, such as a `width` of `12px`.
pub fn set_length(element: &Element, name: &str, length: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        drop(element.style().set_property(name, length));
    }
}

/// A picture that is drawn on.
pub struct Picture {
    canvas: Element,
    size: Size,
}

impl Picture {
    /// Adds one of `width` x `height` CSS pixels that shows `label`.
    pub fn add(to: &Element, [width, height]: [f64; 2], label: &str) -> Self {
        let canvas = add(to, "canvas", &[("role", "img"), ("aria-label", label)], "");
        set_length(&canvas, "width", &format!("{width:.0}px"));
        Self { canvas, size: Size { width, height, ratio: RATIO } }
    }

    /// Clears it for drawing in CSS pixels, [`RATIO`] pixels to each.
    pub fn cleared(&self) -> Option<CanvasRenderingContext2d> {
        cleared(self.canvas.dyn_ref::<HtmlCanvasElement>()?, self.size)
    }
}
