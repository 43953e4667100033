//! What a tool is about to do: its mark under the pointer, until the engine's answer is there.

use engine_protocol::Radius;
use leptos::prelude::*;
use web_sys::CanvasRenderingContext2d;

use crate::canvas::image::Placement;
use crate::canvas::palette::{CURSOR, SEAM, css, css_with_opacity};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::{Hand, Tool};

/// How much a mark lets through, 0..=1.
const MARK: f64 = 0.45;
/// The ring of a tool without a size, CSS pixels.
const POINT: f64 = 5.0;

/// A path that a tool goes, in columns and rows.
#[derive(Clone, Copy)]
pub struct Draft {
    surface: Surface,
    placement: Memo<Option<Placement>>,
    path: StoredValue<Vec<[f64; 2]>>,
    page: Page,
}

impl Draft {
    /// On `surface`, above a B-scan at `placement`.
    pub fn on(surface: Surface, placement: Memo<Option<Placement>>) -> Self {
        let page = Page::expect();
        let draft = Self { surface, placement, path: StoredValue::new(Vec::new()), page };
        // What was drawn is there, or the B-scan is another one. The cursor that the keyboard moves
        // is shown by the ring.
        let shown = page.memo(|model| {
            let scan = model.scan()?;
            let here = scan.cursor.column.zip(scan.cursor.row).filter(|_| model.hand.tool.is_some());
            Some((scan.id, scan.cursor.bscan, scan.bscans.results_changed(), model.hand, here))
        });
        Effect::new(move |_| {
            let at = shown.get().and_then(|(.., here)| here).map(|(column, row)| [column, row]);
            placement.get();
            surface.size();
            if !draft.is_begun() {
                draft.paint(at);
            }
        });
        draft
    }

    /// Whether a path is under way.
    pub fn is_begun(self) -> bool {
        self.path.with_value(|path| !path.is_empty())
    }

    /// The tool goes on to `at`.
    pub fn go_to(self, at: [f64; 2]) {
        self.path.update_value(|path| path.push(at));
        self.paint(Some(at));
    }

    /// The path, which is over; its mark stays until the answer comes.
    pub fn end(self) -> Vec<[f64; 2]> {
        self.path.try_update_value(std::mem::take).unwrap_or_default()
    }

    /// The pointer is at `at`.
    pub fn point(self, at: Option<[f64; 2]>) {
        if !self.is_begun() {
            self.paint(at);
        }
    }

    fn paint(self, pointer: Option<[f64; 2]>) {
        let (Some((context, _)), Some(at)) =
            (untrack(|| self.surface.cleared()), self.placement.get_untracked())
        else {
            return;
        };
        self.page.peek(|model| {
            let Some((tool, scan)) = model.hand.tool.zip(model.scan()) else { return };
            let size = [f64::from(scan.info.columns), f64::from(scan.info.rows)];
            let radius = model.hand.radius_on(&scan.info.geometry);
            let mark = Mark { context: &context, at, size, hand: model.hand, radius };
            self.path.with_value(|path| mark.path(tool, path));
            if let Some(pointer) = pointer {
                mark.ring(tool, pointer);
            }
        });
    }
}

/// The mark of a tool on a B-scan of `size` columns and rows.
struct Mark<'a> {
    context: &'a CanvasRenderingContext2d,
    at: Placement,
    size: [f64; 2],
    hand: Hand,
    radius: Radius,
}

impl Mark<'_> {
    /// The way that the tool went.
    fn path(&self, tool: Tool, path: &[[f64; 2]]) {
        let (Some(first), true) = (path.first(), tool.has_size() || tool == Tool::Lasso) else { return };
        let context = self.context;
        context.save();
        context.begin_path();
        if tool == Tool::Lasso {
            path.iter().for_each(|at| {
                let [x, y] = self.on_stage(*at);
                context.line_to(x, y);
            });
            context.set_line_width(1.5);
            context.set_stroke_style_str(&css(self.hand.class.colour()));
        } else {
            // In columns both ways, so that a round line has the tool's shape.
            let rows_in_columns = f64::from(self.radius.columns / self.radius.rows);
            let [columns, rows] = self.size;
            // They fail only for what is no number.
            let _never = context.translate(self.at.x, self.at.y);
            let _never = context.scale(self.at.width / columns, self.at.height / (rows * rows_in_columns));
            context.move_to(first[0] - 1e-3, first[1] * rows_in_columns);
            path.iter().for_each(|[column, row]| context.line_to(*column, row * rows_in_columns));
            context.set_line_width(2.0 * f64::from(self.radius.columns));
            context.set_line_cap("round");
            context.set_line_join("round");
            let colour = if tool.has_class() { self.hand.class.colour() } else { [242, 245, 248] };
            context.set_stroke_style_str(&css_with_opacity(colour, MARK));
        }
        context.stroke();
        context.restore();
    }

    /// The tool itself.
    fn ring(&self, tool: Tool, pointer: [f64; 2]) {
        let [x, y] = self.on_stage(pointer);
        let [columns, rows] = self.size;
        let radii = if tool.has_size() {
            [
                f64::from(self.radius.columns) / columns * self.at.width,
                f64::from(self.radius.rows) / rows * self.at.height,
            ]
        } else {
            [POINT, POINT]
        };
        let context = self.context;
        for (width, colour) in [(3.0, SEAM), (1.25, CURSOR)] {
            context.set_line_width(width);
            context.set_stroke_style_str(colour);
            context.begin_path();
            // It fails only for a negative radius, which none of these is.
            let _never = context.ellipse(x, y, radii[0], radii[1], 0.0, 0.0, std::f64::consts::TAU);
            context.stroke();
        }
    }

    fn on_stage(&self, [column, row]: [f64; 2]) -> [f64; 2] {
        let [columns, rows] = self.size;
        [self.at.x + column / columns * self.at.width, self.at.y + row / rows * self.at.height]
    }
}
