//! Masks, boundaries and the similarity map, drawn over the B-scan.

use leptos::prelude::*;
use oct::FluidClass;
use web_sys::{CanvasRenderingContext2d, CanvasWindingRule, Path2d};

use super::contour::{Loop, outlines};
use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::palette::{BOUNDARIES, SEAM, css, css_with_opacity, heat};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::Scan;

/// What is drawn over one B-scan.
struct Traced {
    /// Outlines by [`FluidClass::index`].
    outlines: [Vec<Loop>; 3],
    heat: Option<Image>,
}

impl Traced {
    fn of(scan: &Scan) -> Self {
        let (bscan, columns, rows) = (scan.cursor.bscan, scan.info.columns, scan.info.rows);
        let labels = scan.bscans.measured(bscan).map(|measured| measured.mask.decode()).unwrap_or_default();
        let map = scan.bscans.similarity(bscan);
        Self {
            outlines: FluidClass::ALL.map(|class| outlines(&labels, columns as usize, class.label())),
            heat: map.and_then(|map| Image::of_bytes(&map.to_vec(), columns, rows, heat)),
        }
    }
}

/// Keeps the overlay on `surface` up to date.
pub fn draw_on(surface: Surface, placement: Memo<Option<Placement>>) {
    let page = Page::expect();
    let shown = page.memo_scan(|scan| (scan.id, scan.cursor.bscan, scan.bscans.results_changed()));
    // Boundaries come with the picture.
    let pictures = page.memo_scan(|scan| scan.bscans.pictures_changed());
    let view = page.memo(|model| model.view.clone());
    let traced: Kept<_, Traced> = Kept::new();
    Effect::new(move |_| {
        pictures.get();
        let (Some(shown), Some(at)) = (shown.get(), placement.get()) else { return };
        let Some((context, size)) = surface.cleared() else { return };
        let view = view.get();
        page.peek(|model| {
            let Some(scan) = model.scan() else { return };
            traced.with(
                shown,
                || Traced::of(scan),
                |traced| {
                    let (columns, rows) = (scan.info.columns, scan.info.rows);
                    let over = |wanted: bool| wanted && !view.hidden_by_key;
                    if let Some(image) = traced.heat.as_ref().filter(|_| over(view.similarity)) {
                        context.set_global_alpha(0.6);
                        image.draw(&context, at, size.ratio);
                        context.set_global_alpha(1.0);
                    }
                    if over(view.boundaries) {
                        let boundaries = scan.bscans.boundaries(scan.cursor.bscan);
                        stroke_boundaries(&context, boundaries, columns, rows, at);
                    }
                    let scale = (at.width / f64::from(columns), at.height / f64::from(rows));
                    for class in FluidClass::ALL.into_iter().filter(|class| view.drawn()[class.index()]) {
                        if let Some(path) = path(&traced.outlines[class.index()], at, scale) {
                            paint(&context, &path, class.colour(), view.opacity);
                        }
                    }
                },
            );
        });
    });
}

/// Draws boundaries, each from column to column where both have it.
fn stroke_boundaries(
    context: &CanvasRenderingContext2d,
    boundaries: &[f32],
    columns: u32,
    rows: u32,
    at: Placement,
) {
    let (x_scale, y_scale) = (at.width / f64::from(columns), at.height / f64::from(rows));
    context.set_line_width(1.25);
    for (surface, colour) in boundaries.chunks_exact(columns.max(1) as usize).zip(BOUNDARIES.iter().cycle()) {
        context.set_stroke_style_str(colour);
        context.begin_path();
        let mut in_line = false;
        for (column, row) in surface.iter().enumerate() {
            if !row.is_finite() {
                in_line = false;
                continue;
            }
            let (x, y) = (at.x + (column as f64 + 0.5) * x_scale, at.y + f64::from(*row) * y_scale);
            if in_line {
                context.line_to(x, y)
            } else {
                context.move_to(x, y)
            }
            in_line = true;
        }
        context.stroke();
    }
}

fn path(outlines: &[Loop], placement: Placement, scale: (f64, f64)) -> Option<Path2d> {
    let path = Path2d::new().ok()?;
    for points in outlines {
        for (index, (x, y)) in points.iter().enumerate() {
            let (x, y) = (placement.x + f64::from(*x) * scale.0, placement.y + f64::from(*y) * scale.1);
            if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        path.close_path();
    }
    (!outlines.is_empty()).then_some(path)
}

fn paint(context: &CanvasRenderingContext2d, path: &Path2d, colour: [u8; 3], opacity: f64) {
    context.set_fill_style_str(&css_with_opacity(colour, opacity));
    context.fill_with_path_2d_and_winding(path, CanvasWindingRule::Evenodd);
    context.set_line_join("round");
    context.set_stroke_style_str(SEAM);
    context.set_line_width(3.0);
    context.stroke_with_path(path);
    context.set_stroke_style_str(&css(colour));
    context.set_line_width(1.5);
    context.stroke_with_path(path);
}
