//! What is drawn from the front in one visit: the scan, where the other one lies on it, both
//! B-scans in view, what is marked.

use engine_protocol::EnFaceTransform;
use oct::{EnFace, EnFacePlace};
use web_sys::CanvasRenderingContext2d;

use super::visit_of;
use crate::canvas::image::Placement;
use crate::canvas::palette::{CURSOR, GRID, PLACE_IN_VIEW, SEAM};
use crate::model::compare::rim;
use crate::model::{Front, Model, Scan};
use crate::viewer::etdrs::on_map;
use crate::viewer::front::Painted;

/// How strongly the other visit's picture lies over this one.
const OVER: f64 = 0.55;

/// Pictures of one visit, made anew where they change.
pub struct Pictures {
    own: Painted,
    other: Painted,
}

impl Pictures {
    /// Those of `visit`.
    pub fn of(model: &Model, visit: usize) -> Option<Self> {
        let (own, _) = visit_of(model, visit)?;
        let (other, _) = visit_of(model, 1 - visit)?;
        Some(Self {
            own: Painted::of(own, Front::Classes, model.view.visible),
            other: Painted::of(other, Front::Picture, [false; 3]),
        })
    }

    /// Draws all that there is to be seen of `visit` at `at`.
    pub fn draw(
        &self,
        context: &CanvasRenderingContext2d,
        model: &Model,
        visit: usize,
        (at, ratio): (Placement, f64),
    ) {
        self.own.draw(context, at, ratio);
        let Some((scan, compare)) = visit_of(model, visit) else { return };
        if let Some(other) = Other::of(model, visit) {
            if compare.is_over {
                other.draw_over(context, &self.other, scan, at);
            }
            let on_map =
                |place: EnFacePlace| on_map(scan, at, other.own.bscan_and_column(other.here.apply(place)));
            dashes(context, rim(&other.grid).into_iter().map(on_map));
            let end = |column: f64| on_map(other.grid.place(f64::from(other.scan.cursor.bscan), column));
            dashes(context, [end(-0.5), end(other.grid.columns() as f64 - 0.5)]);
        }
        let [_, y] = on_map(scan, at, (f64::from(scan.cursor.bscan), 0.0));
        context.set_fill_style_str(CURSOR);
        context.fill_rect(at.x, y - 0.75, at.width, 1.5);
        for (number, [bscan, column]) in compare.marks_in(visit).enumerate() {
            cross(context, on_map(scan, at, (bscan, column)), 6.0, Some(number + 1));
        }
        if compare.is_marking {
            let [bscan, column] = compare.crosses[visit];
            cross(context, on_map(scan, at, (bscan, column)), 14.0, None);
        }
    }
}

/// The other visit, laid on this one.
struct Other<'a> {
    scan: &'a Scan,
    grid: EnFace,
    own: EnFace,
    /// From its places to those of this one.
    here: EnFaceTransform,
}

impl<'a> Other<'a> {
    fn of(model: &'a Model, visit: usize) -> Option<Self> {
        let (own, compare) = visit_of(model, visit)?;
        let (scan, _) = visit_of(model, 1 - visit)?;
        let grid = |scan: &Scan| EnFace::of(&scan.info.geometry);
        Some(Self { scan, grid: grid(scan)?, own: grid(own)?, here: compare.to_other(1 - visit)? })
    }

    /// Draws its picture where it lies on that of `scan`. B-scans that are shifted along themselves
    /// are drawn below each other.
    fn draw_over(&self, context: &CanvasRenderingContext2d, picture: &Painted, scan: &Scan, at: Placement) {
        let (columns, bscans) = (f64::from(self.scan.info.columns), f64::from(self.scan.info.bscans));
        let upside_down = oct::en_face::is_upside_down(&self.scan.info.geometry);
        // A place on its picture of a pixel a cell.
        let corner = |x: f64, y: f64| {
            let bscan = if upside_down { bscans - 0.5 - y } else { y - 0.5 };
            let place = self.here.apply(self.grid.place(bscan, x - 0.5));
            on_map(scan, at, self.own.bscan_and_column(place))
        };
        let [o, x, y] = [corner(0.0, 0.0), corner(columns, 0.0), corner(0.0, bscans)];
        let along = |end: [f64; 2], cells: f64| [0, 1].map(|axis| (end[axis] - o[axis]) / cells);
        let ([a, b], [c, d]) = (along(x, columns), along(y, bscans));
        context.save();
        // It fails only for what is no number.
        if context.transform(a, b, c, d, o[0], o[1]).is_ok() {
            context.set_global_alpha(OVER);
            picture.draw(context, Placement { x: 0.0, y: 0.0, width: columns, height: bscans }, 1.0);
        }
        context.restore();
    }
}

/// A line of dashes that reads on bright and on dark.
fn dashes(context: &CanvasRenderingContext2d, line: impl IntoIterator<Item = [f64; 2]>) {
    context.begin_path();
    line.into_iter().for_each(|[x, y]| context.line_to(x, y));
    for (colour, width, dash) in [(SEAM, 3.0, 0.0), (PLACE_IN_VIEW, 1.5, 6.0)] {
        let dash =
            if dash > 0.0 { js_sys::Array::of2(&dash.into(), &4.0.into()) } else { js_sys::Array::new() };
        // It fails only for what is no number.
        drop(context.set_line_dash(&dash));
        context.set_stroke_style_str(colour);
        context.set_line_width(width);
        context.stroke();
    }
    drop(context.set_line_dash(&js_sys::Array::new()));
}

fn cross(context: &CanvasRenderingContext2d, [x, y]: [f64; 2], reach: f64, number: Option<usize>) {
    context.begin_path();
    for (dx, dy) in [(reach, 0.0), (0.0, reach)] {
        context.move_to(x - dx, y - dy);
        context.line_to(x + dx, y + dy);
    }
    for (colour, width) in [(SEAM, 4.0), (GRID, 1.75)] {
        context.set_stroke_style_str(colour);
        context.set_line_width(width);
        context.stroke();
    }
    if let Some(number) = number {
        let (number, x, y) = (number.to_string(), x + 6.0, y - 5.0);
        context.set_font("600 13px system-ui, sans-serif");
        context.set_stroke_style_str(SEAM);
        context.set_line_width(4.0);
        // Both fail only for a place that is no number.
        drop(context.stroke_text(&number, x, y));
        context.set_fill_style_str(GRID);
        drop(context.fill_text(&number, x, y));
    }
}
