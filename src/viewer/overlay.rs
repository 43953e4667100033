//! Masks, boundaries and the similarity map, drawn over the B-scan.

use engine_protocol::UNTOUCHED;
use fluid::chances::POSSIBLE;
use leptos::prelude::*;
use oct::FluidClass;
use web_sys::{CanvasRenderingContext2d, CanvasWindingRule, Path2d};

use super::compared::Differences;
use super::contour::{Loop, outlines};
use super::pattern::{self, Tile};
use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::palette::{BOUNDARIES, DOUBT, DRAWN, LAYERS, SEAM, TRUTH, css, css_with_opacity, heat};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::find::drawn_labels;
use crate::model::{Answer, Scan, View};

/// What is drawn over one B-scan.
pub struct Traced {
    bscan: u32,
    /// Outlines by [`FluidClass::index`].
    outlines: [Vec<Loop>; 3],
    /// Around what a person drew.
    drawn: Vec<Loop>,
    /// Outlines of the truth, where that is shown.
    truth: [Vec<Loop>; 3],
    /// Where a person who finds the fluid by themselves is wrong, once they may know.
    differences: Option<Differences>,
    heat: Option<Image>,
    doubt: Option<Image>,
}

impl Traced {
    /// What was found in `bscan`, and what is truly there, as far as `view` and `answer` show it.
    pub fn of(scan: &Scan, bscan: u32, view: &View, answer: Answer) -> Self {
        let (columns, rows) = (scan.info.columns, scan.info.rows);
        let is_open = answer == Answer::Open;
        let is_compared = answer == Answer::Compared;
        let labels = if is_open {
            scan.bscans.measured(bscan).map(|measured| measured.mask.decode()).unwrap_or_default()
        } else {
            drawn_labels(scan, bscan)
        };
        let truth = if view.truth || is_compared { scan.truth.labels(bscan) } else { Vec::new() };
        let map = scan.bscans.similarity(bscan);
        let map = map.get(view.similarity_level).or(map.first());
        let chances = scan.chances.get(bscan).map(|maps| doubt(&maps.to_vec()));
        Self {
            bscan,
            outlines: by_class(&labels, columns as usize),
            drawn: if is_open { drawn(scan, bscan) } else { Vec::new() },
            truth: by_class(&truth, columns as usize),
            differences: is_compared.then(|| Differences::of(scan, bscan, &labels, &truth)),
            heat: map.and_then(|map| Image::of_bytes(&map.to_vec(), columns, rows, heat)),
            doubt: chances.and_then(|chances| Image::of_bytes(&chances, columns, rows, doubtful)),
        }
    }

    /// Draws what `view` shows of it on a picture that lies at `at`, with `ratio` pixels of the
    /// screen for each CSS pixel.
    pub fn draw(
        &self,
        context: &CanvasRenderingContext2d,
        scan: &Scan,
        (view, tiles): (&View, &[Tile; 3]),
        (at, ratio): (Placement, f64),
    ) {
        let (columns, rows) = (scan.info.columns, scan.info.rows);
        let over = |wanted: bool| wanted && !view.hidden_by_key;
        if let Some(image) = self.heat.as_ref().filter(|_| over(view.similarity)) {
            context.set_global_alpha(0.6);
            image.draw(context, at, ratio);
            context.set_global_alpha(1.0);
        }
        if let Some(image) = self.doubt.as_ref().filter(|_| over(view.doubt)) {
            image.draw(context, at, ratio);
        }
        if over(view.boundaries) {
            let boundaries = scan.bscans.boundaries(self.bscan);
            stroke_boundaries(context, boundaries, &BOUNDARIES, [columns, rows], at);
        }
        if over(view.layers)
            && let Some(measured) = scan.bscans.measured(self.bscan)
        {
            stroke_boundaries(context, &measured.boundaries, &LAYERS, [columns, rows], at);
        }
        let scale = (at.width / f64::from(columns), at.height / f64::from(rows));
        let differences = self.differences.as_ref().filter(|_| over(view.overlay));
        if let Some(differences) = differences {
            differences.draw_wrong(context, at, scale);
        }
        // What is right and what is wrong has to be seen beneath.
        let fill = if self.differences.is_some() { 0.0 } else { view.opacity };
        for class in FluidClass::ALL.into_iter().filter(|class| view.drawn()[class.index()]) {
            if let Some(path) = path(&self.outlines[class.index()], at, scale) {
                paint(context, &path, class.colour(), fill);
                if view.patterns {
                    tiles[class.index()].fill(context, &path, fill);
                }
            }
        }
        if over(view.overlay)
            && let Some(path) = path(&self.drawn, at, scale)
        {
            dash(context, &path);
        }
        for class in FluidClass::ALL.into_iter().filter(|class| over(view.is_visible(*class))) {
            if let Some(path) = path(&self.truth[class.index()], at, scale) {
                stroke_truth(context, &path);
            }
        }
        if let Some(differences) = differences {
            differences.draw_network(context, at, scale);
        }
    }
}

/// Outlines of each class, by [`FluidClass::index`].
pub(super) fn by_class(labels: &[u8], columns: usize) -> [Vec<Loop>; 3] {
    FluidClass::ALL.map(|class| outlines(labels, columns, class.label()))
}

/// Outlines of what a person drew in `bscan`.
fn drawn(scan: &Scan, bscan: u32) -> Vec<Loop> {
    let Some(drawn) = scan.bscans.drawn(bscan) else { return Vec::new() };
    let touched: Vec<u8> =
        drawn.drawn.decode().into_iter().map(|label| u8::from(label != UNTOUCHED)).collect();
    outlines(&touched, scan.info.columns as usize, 1)
}

/// Keeps the overlay on `surface` up to date.
pub fn draw_on(surface: Surface, placement: Memo<Option<Placement>>) {
    let page = Page::expect();
    let shown = page.memo(|model| {
        let scan = model.scan()?;
        let changed = (scan.bscans.results_changed(), scan.chances.changed(), scan.truth.is_there());
        Some((scan.id, scan.cursor.bscan, changed, model.answer()))
    });
    let tiles = StoredValue::new_local(pattern::tiles());
    // Boundaries come with the picture.
    let pictures = page.memo_scan(|scan| scan.bscans.pictures_changed());
    let view = page.memo(|model| model.view.clone());
    let traced: Kept<_, Traced> = Kept::new();
    Effect::new(move |_| {
        pictures.get();
        let (Some(shown), Some(at)) = (shown.get(), placement.get()) else { return };
        let Some((context, size)) = surface.cleared() else { return };
        let (view, answer) = (view.get(), shown.3);
        let shown = (shown, view.truth, view.similarity_level);
        page.peek(|model| {
            let Some(scan) = model.scan() else { return };
            let make = || Traced::of(scan, scan.cursor.bscan, &view, answer);
            traced.with(shown, make, |traced| {
                tiles.with_value(|tiles| traced.draw(&context, scan, (&view, tiles), (at, size.ratio)));
            });
        });
    });
}

/// Draws the outline of what a person drew: dots, so that it is none of a class.
fn dash(context: &CanvasRenderingContext2d, path: &Path2d) {
    stroke_pieces(context, path, 1.0, DRAWN, ([1.5, 3.5], 0.0));
}

/// Draws an outline in pieces and gaps of these lengths, from an offset on.
pub(super) fn stroke_pieces(
    context: &CanvasRenderingContext2d,
    path: &Path2d,
    width: f64,
    colour: &str,
    ([piece, gap], offset): ([f64; 2], f64),
) {
    // They fail only for what is no number.
    let _never = context.set_line_dash(&js_sys::Array::of2(&piece.into(), &gap.into()));
    context.set_line_dash_offset(offset);
    context.set_line_width(width);
    context.set_stroke_style_str(colour);
    context.stroke_with_path(path);
    let _never = context.set_line_dash(&js_sys::Array::new());
}

/// Draws boundaries, each from column to column where both have it.
fn stroke_boundaries(
    context: &CanvasRenderingContext2d,
    boundaries: &[f32],
    colours: &[&str],
    [columns, rows]: [u32; 2],
    at: Placement,
) {
    let (x_scale, y_scale) = (at.width / f64::from(columns), at.height / f64::from(rows));
    context.set_line_width(1.25);
    for (surface, colour) in boundaries.chunks_exact(columns.max(1) as usize).zip(colours.iter().cycle()) {
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

/// For each pixel how much in doubt the network is whether it is fluid, 255 at a chance of one half;
/// from the chances of the three classes, one map after the other.
fn doubt(chances: &[u8]) -> Vec<u8> {
    let pixels = chances.len() / 3;
    let of = |index: usize| {
        let [irf, srf, ped] = [0, 1, 2].map(|class| u32::from(chances[class * pixels + index]));
        let either = 255 - (255 - irf) * (255 - srf) / 255;
        let most = either.max(ped);
        (2 * most.min(255 - most)) as u8
    };
    (0..pixels).map(of).collect()
}

/// The colour of a doubt.
fn doubtful(doubt: u8) -> [u8; 4] {
    let [r, g, b] = DOUBT;
    // Sure is what is outside of the band between which volumes are said to lie.
    let is_sure = f32::from(doubt) < 2.0 * 255.0 * POSSIBLE;
    [r, g, b, if is_sure { 0 } else { 30 + doubt / 5 * 4 }]
}

pub(super) fn path(outlines: &[Loop], placement: Placement, scale: (f64, f64)) -> Option<Path2d> {
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

/// Draws an outline of the truth: dashes, which no outline of the network has.
fn stroke_truth(context: &CanvasRenderingContext2d, path: &Path2d) {
    for (colour, offset) in [(SEAM, 0.0), (TRUTH, 5.0)] {
        stroke_pieces(context, path, 2.0, colour, ([5.0, 5.0], offset));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_is_greatest_at_one_half_and_counts_irf_and_srf_as_one() {
        let irf = [0, 128, 255, 75];
        let srf = [0, 0, 0, 75];
        let ped = [0, 0, 0, 0];
        assert_eq!(doubt(&[irf, srf, ped].concat()), [0, 254, 0, 254]);
        assert_eq!(doubtful(0)[3], 0);
    }
}
