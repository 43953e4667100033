//! A picture of a fixed size, sharp on paper, and the bars in its corner.

use leptos::html::Canvas;
use leptos::prelude::*;
use oct::Axis;
use web_sys::CanvasRenderingContext2d;

use crate::canvas::image::Placement;
use crate::canvas::surface::{Size, cleared};
use crate::model::Scan;
use crate::viewer::placement::scale_bar;
use crate::words::{Locale, millimetres, report};

/// Pixels for each CSS pixel: at 96 CSS pixels to the inch some 200 to the inch of paper.
pub const RATIO: f64 = 2.0;

/// Draws with CSS pixels, given the pixels for each; anew where what it reads changes.
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

/// Bars for the corner of a B-scan.
pub struct Bars {
    /// Width and height, percent of the picture, as the style sheet writes them.
    pub size: [String; 2],
    /// What they stand for.
    pub said: String,
}

/// Those of a B-scan of `scan` at `at`; `None` where a spacing is not known.
pub fn bars(locale: Locale, scan: &Scan, at: Placement) -> Option<Bars> {
    let bar = |axis: Axis, size: f64, samples: u32, most: f64| {
        let mm = scan.info.geometry.trusted_mm(axis)?;
        let (mm, pixels) = scale_bar(size / (mm * f64::from(samples)), most)?;
        Some((millimetres(mm), format!("{:.2}%", pixels / size * 100.0)))
    };
    let (across, width) = bar(Axis::Lateral, at.width, scan.info.columns, 160.0)?;
    let (deep, height) = bar(Axis::Axial, at.height, scan.info.rows, 60.0)?;
    Some(Bars { size: [width, height], said: report::bars(locale, &across, &deep) })
}
