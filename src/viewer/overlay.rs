//! Masks and the similarity map, drawn over the B-scan.

use leptos::html::Canvas;
use leptos::prelude::*;
use oct::FluidClass;
use web_sys::{CanvasRenderingContext2d, CanvasWindingRule, HtmlCanvasElement, Path2d};

use super::bscan_canvas::{draw, image_canvas, prepare};
use super::contour::{Loop, outlines};
use super::placement::Placement;
use super::view_settings::{ViewSettings, colour};
use crate::session::Session;

/// None of the fluids' colours.
const BOUNDARY_COLOURS: [&str; 4] = ["#7ae0b0", "#e0a6ff", "#9fd0ff", "#f0b98c"];

/// Outlines per class of one B-scan, with the state of the store they were taken from.
struct Traced {
    bscan: u32,
    changes: u64,
    outlines: [Vec<Loop>; 3],
    heat: Option<HtmlCanvasElement>,
}

/// Keeps the overlay canvas up to date.
pub fn draw_on(canvas: NodeRef<Canvas>, size: RwSignal<(f64, f64)>, placement: Memo<Option<Placement>>) {
    let session = Session::expect();
    let settings = ViewSettings::expect();
    let traced: StoredValue<Option<Traced>, LocalStorage> = StoredValue::new_local(None);

    Effect::new(move |_| {
        let changes = session.results_changed.get();
        // Boundaries come with the picture.
        session.pictures_changed.track();
        let bscan = session.bscan.get();
        let (Some(canvas), Some(placement)) = (canvas.get(), placement.get()) else { return };
        let Some(context) = prepare(&canvas, size.get()) else { return };
        let opacity = settings.opacity.get();
        let draws = FluidClass::ALL.map(|class| settings.draws(class));
        let heat = session.similarity_wanted().get() && !settings.hidden_by_key.get();
        let grid = session.volume.with_untracked(|v| v.as_ref().map(|v| (v.columns, v.rows)));
        let Some((columns, rows)) = grid else { return };

        let held =
            traced.with_value(|t| t.as_ref().is_some_and(|t| (t.bscan, t.changes) == (bscan, changes)));
        if !held {
            traced.set_value(Some(trace(session, bscan, changes, columns, rows)));
        }
        traced.with_value(|traced| {
            let Some(traced) = traced else { return };
            if let Some(image) = traced.heat.as_ref().filter(|_| heat) {
                context.set_global_alpha(0.6);
                draw(&context, image, placement, columns);
                context.set_global_alpha(1.0);
            }
            if settings.boundaries.get() && !settings.hidden_by_key.get() {
                session.with_bscans(|bscans| {
                    stroke_boundaries(&context, bscans.boundaries(bscan), columns, rows, placement)
                });
            }
            let scale = (placement.width / f64::from(columns), placement.height / f64::from(rows));
            for class in FluidClass::ALL.into_iter().filter(|class| draws[class.index()]) {
                if let Some(path) = path(&traced.outlines[class.index()], placement, scale) {
                    paint(&context, &path, colour(class), opacity);
                }
            }
        });
    });
}

fn trace(session: Session, bscan: u32, changes: u64, columns: u32, rows: u32) -> Traced {
    session.with_bscans(|bscans| {
        let labels = bscans.measured(bscan).map(|measured| measured.mask.decode()).unwrap_or_default();
        let outlines = FluidClass::ALL.map(|class| outlines(&labels, columns as usize, class.label()));
        let heat =
            bscans.similarity(bscan).and_then(|map| image_canvas(&map.to_vec(), columns, rows, heat_colour));
        Traced { bscan, changes, outlines, heat }
    })
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
    for (surface, colour) in
        boundaries.chunks_exact(columns.max(1) as usize).zip(BOUNDARY_COLOURS.iter().cycle())
    {
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

fn paint(context: &CanvasRenderingContext2d, path: &Path2d, (r, g, b): (u8, u8, u8), opacity: f64) {
    context.set_fill_style_str(&format!("rgba({r},{g},{b},{opacity:.3})"));
    context.fill_with_path_2d_and_winding(path, CanvasWindingRule::Evenodd);
    context.set_line_join("round");
    // A dark seam keeps the outline readable on bright tissue.
    context.set_stroke_style_str("rgba(0,0,0,0.55)");
    context.set_line_width(3.0);
    context.stroke_with_path(path);
    context.set_stroke_style_str(&format!("rgb({r},{g},{b})"));
    context.set_line_width(1.5);
    context.stroke_with_path(path);
}

/// Violet where detail was kept, over teal, to pale where semantics were
/// trusted: none of the fluids' colours, lightness rises all the way.
fn heat_colour(value: u8) -> [u8; 4] {
    const STOPS: [[f32; 3]; 4] =
        [[40.0, 16.0, 78.0], [36.0, 92.0, 128.0], [52.0, 176.0, 140.0], [226.0, 246.0, 190.0]];
    let at = f32::from(value) / 255.0 * 3.0;
    let low = (at as usize).min(2);
    let part = at - low as f32;
    let [r, g, b] =
        std::array::from_fn(|i| (STOPS[low][i] + (STOPS[low + 1][i] - STOPS[low][i]) * part) as u8);
    [r, g, b, 255]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heat_scale_grows_lighter_all_the_way() {
        // Relative luminance; steps of 5, since single steps round up and down.
        let lightness = |value| {
            let [r, g, b, _] = heat_colour(value).map(f32::from);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        assert!((5..=255).step_by(5).all(|value| lightness(value) > lightness(value - 5)));
    }
}
