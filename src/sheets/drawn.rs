//! A picture of a fixed size that is drawn once, sharp on paper.

use leptos::html::Canvas;
use leptos::prelude::*;
use web_sys::CanvasRenderingContext2d;

use crate::canvas::surface::{Size, cleared};

/// Pixels for each CSS pixel: at 96 CSS pixels to the inch some 200 to the inch of paper.
const RATIO: f64 = 2.0;

/// Draws with CSS pixels, given the pixels for each.
pub type Draw = Box<dyn Fn(&CanvasRenderingContext2d, f64)>;

/// The picture, `width` x `height` CSS pixels where there is room for it.
#[component]
pub fn Drawn(
    /// Width, CSS pixels.
    width: f64,
    /// Height, CSS pixels.
    height: f64,
    /// What it shows, for who does not see it.
    label: String,
    /// Draws it.
    draw: Draw,
) -> impl IntoView {
    let canvas: NodeRef<Canvas> = NodeRef::new();
    Effect::new(move |_| {
        let size = Size { width, height, ratio: RATIO };
        if let Some(context) = canvas.get().and_then(|canvas| cleared(&canvas, size)) {
            draw(&context, RATIO);
        }
    });
    view! { <canvas node_ref=canvas role="img" aria-label=label style:width=format!("{width:.0}px")></canvas> }
}
