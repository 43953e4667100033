//! The ETDRS grid on the view from the front: where its lines and letters lie (drawn in
//! [`super::front`]).

use std::f64::consts::TAU;

use fluid::regions::DIAMETERS_MM;
use fluid::{Figures, FoveaPlace};
use oct::{EnFace, EnFacePlace};
use web_sys::CanvasRenderingContext2d;

use super::en_face::is_upside_down;
use crate::canvas::image::Placement;
use crate::canvas::palette::GRID;
use crate::model::Scan;

/// The distance within which a press takes hold of the fovea, CSS pixels.
const REACH: f64 = 14.0;
/// A circle is drawn as so many straight lines.
const CHORDS: i32 = 96;

/// The grid on a canvas, CSS pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The fovea.
    pub fovea: [f64; 2],
    /// Circles and spokes, point by point; none where places are not known in mm.
    lines: Vec<Vec<[f64; 2]>>,
    /// The sides of the retina at the top, right, bottom and left.
    pub letters: [Option<char>; 4],
}

impl Grid {
    /// The grid of `scan` on a map at `at`; `None` before there are figures.
    pub fn of(scan: &Scan, at: Placement) -> Option<Self> {
        let Figures { fovea, sides, .. } = scan.figures.as_ref()?;
        let fovea = (*fovea)?;
        let upside_down = is_upside_down(scan);
        let on_map = |place: (f64, f64)| on_map(scan, at, place);
        // B-scans that are shifted along themselves are drawn below each other: the circles are
        // drawn through the same places of the retina as the figures are taken from.
        let lines = EnFace::of(&scan.info.geometry).map_or_else(Vec::new, |grid| {
            let centre = grid.place(fovea.bscan, fovea.column);
            let from_fovea = |radius: f64, turn: f64| {
                let (slow, lateral) = (turn * TAU).sin_cos();
                on_map(grid.bscan_and_column(EnFacePlace {
                    lateral_mm: centre.lateral_mm + radius * lateral,
                    slow_mm: centre.slow_mm + radius * slow,
                }))
            };
            let circle = |diameter: f64| {
                (0..=CHORDS)
                    .map(|chord| from_fovea(diameter / 2.0, f64::from(chord) / f64::from(CHORDS)))
                    .collect()
            };
            let [small, _, large] = DIAMETERS_MM;
            let spoke = |turn: f64| {
                let steps = f64::from(CHORDS);
                let along = |step: i32| small + (large - small) * f64::from(step) / steps;
                (0..=CHORDS).map(|step| from_fovea(along(step) / 2.0, turn)).collect()
            };
            DIAMETERS_MM.map(circle).into_iter().chain([0.125, 0.375, 0.625, 0.875].map(spoke)).collect()
        });
        let [top, bottom] = if upside_down {
            [sides.last_bscan, sides.first_bscan]
        } else {
            [sides.first_bscan, sides.last_bscan]
        };
        let letters = [top, sides.last_column, bottom, sides.first_column];
        Some(Self {
            fovea: on_map((fovea.bscan, fovea.column)),
            lines,
            letters: letters.map(|side| side.map(|side| side.letter())),
        })
    }

    /// Whether a press at `at` takes hold of the fovea.
    pub fn is_held_at(&self, at: [f64; 2]) -> bool {
        (at[0] - self.fovea[0]).hypot(at[1] - self.fovea[1]) <= REACH
    }

    /// Draws it within `at`.
    pub fn draw(&self, context: &CanvasRenderingContext2d, at: Placement) {
        let [x, y] = self.fovea;
        context.save();
        context.begin_path();
        context.rect(at.x, at.y, at.width, at.height);
        context.clip();
        context.set_stroke_style_str(GRID);
        context.set_line_width(1.25);
        for line in &self.lines {
            context.begin_path();
            line.iter().for_each(|[x, y]| context.line_to(*x, *y));
            context.stroke();
        }
        context.set_line_width(2.0);
        context.begin_path();
        for (dx, dy) in [(6.0, 0.0), (0.0, 6.0)] {
            context.move_to(x - dx, y - dy);
            context.line_to(x + dx, y + dy);
        }
        context.stroke();
        context.restore();
        context.set_fill_style_str(GRID);
        context.set_font("600 13px system-ui, sans-serif");
        context.set_text_align("center");
        context.set_text_baseline("middle");
        let (middle_x, middle_y) = (at.x + at.width / 2.0, at.y + at.height / 2.0);
        let places = [
            [middle_x, at.y + 12.0],
            [at.x + at.width - 12.0, middle_y],
            [middle_x, at.y + at.height - 12.0],
            [at.x + 12.0, middle_y],
        ];
        for (letter, [x, y]) in self.letters.iter().zip(places) {
            if let Some(letter) = letter {
                // It fails only for a place that is no number.
                let _never = context.fill_text(&letter.to_string(), x, y);
            }
        }
    }
}

/// Where a B-scan and a column of it lie on the map at `at`.
pub fn on_map(scan: &Scan, at: Placement, (bscan, column): (f64, f64)) -> [f64; 2] {
    let (columns, bscans) = (f64::from(scan.info.columns), f64::from(scan.info.bscans));
    let from_top = if is_upside_down(scan) { bscans - 1.0 - bscan } else { bscan };
    [at.x + (column + 0.5) / columns * at.width, at.y + (from_top + 0.5) / bscans * at.height]
}

/// The fovea, in B-scan and column, for a place on the map at `at`.
pub fn fovea_at(scan: &Scan, at: Placement, [x, y]: [f64; 2]) -> FoveaPlace {
    let (columns, bscans) = (f64::from(scan.info.columns), f64::from(scan.info.bscans));
    let part = |to: f64, from: f64, size: f64| ((to - from) / size.max(1.0)).clamp(0.0, 1.0);
    let column = (part(x, at.x, at.width) * columns - 0.5).clamp(0.0, columns - 1.0);
    let from_top = (part(y, at.y, at.height) * bscans - 0.5).clamp(0.0, bscans - 1.0);
    let bscan = if is_upside_down(scan) { bscans - 1.0 - from_top } else { from_top };
    FoveaPlace { bscan, column }
}
