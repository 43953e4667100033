//! A pattern for each class, so that they are told apart without colour: IRF has dots, SRF rising
//! lines, PED upright lines.

use leptos::prelude::*;
use oct::FluidClass;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, CanvasWindingRule, HtmlCanvasElement, Path2d};

/// Width and height of a tile, CSS pixels.
const SIDE: usize = 8;

/// Which pixels of a tile are set, row by row.
type Pixels = [bool; SIDE * SIDE];

/// A tile that is repeated over the places of a class.
pub struct Tile(Option<HtmlCanvasElement>);

/// The tiles by [`FluidClass::index`].
pub fn tiles() -> [Tile; 3] {
    FluidClass::ALL.map(|class| Tile(drawn(pixels(class))))
}

/// Those of what a person missed and of what they invented, where no class has its own.
pub fn differences() -> [Tile; 2] {
    different().map(|pixels| Tile(drawn(pixels)))
}

impl Tile {
    /// Fills `path` with it, as strongly as the fill.
    pub fn fill(&self, context: &CanvasRenderingContext2d, path: &Path2d, opacity: f64) {
        let Some(tile) = &self.0 else { return };
        if let Ok(Some(pattern)) = context.create_pattern_with_html_canvas_element(tile, "repeat") {
            context.set_fill_style_canvas_pattern(&pattern);
            context.set_global_alpha((opacity * 1.6).min(1.0));
            context.fill_with_path_2d_and_winding(path, CanvasWindingRule::Evenodd);
            context.set_global_alpha(1.0);
        }
    }
}

fn drawn(pixels: Pixels) -> Option<HtmlCanvasElement> {
    let canvas = document().create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    canvas.set_width(SIDE as u32);
    canvas.set_height(SIDE as u32);
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.set_fill_style_str("rgba(255,255,255,0.55)");
    for (index, _) in pixels.iter().enumerate().filter(|(_, is_set)| **is_set) {
        context.fill_rect((index % SIDE) as f64, (index / SIDE) as f64, 1.0, 1.0);
    }
    Some(canvas)
}

/// Falling lines, and dots.
fn different() -> [Pixels; 2] {
    let of = |is_set: fn(usize, usize) -> bool| std::array::from_fn(|at| is_set(at % SIDE, at / SIDE));
    [of(|x, y| (x + SIDE - y) % SIDE < 2), of(|x, y| x % 4 < 2 && y % 4 < 2)]
}

/// Which pixels of the tile are set, row by row.
fn pixels(class: FluidClass) -> Pixels {
    std::array::from_fn(|index| {
        let (x, y) = (index % SIDE, index / SIDE);
        match class {
            FluidClass::Irf => x % 4 < 2 && y % 4 < 2 && (x / 4 + y / 4) % 2 == 0,
            FluidClass::Srf => (x + y) % SIDE < 2,
            FluidClass::Ped => x % 4 == 0,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_differ_and_none_covers_half_of_what_lies_beneath() {
        let [irf, srf, ped] = FluidClass::ALL.map(pixels);
        assert!(irf != srf && srf != ped && irf != ped);
        let [missed, invented] = different();
        assert_ne!(missed, invented);
        for pattern in [irf, srf, ped, missed, invented] {
            let set = pattern.iter().filter(|is_set| **is_set).count();
            assert!((1..SIDE * SIDE / 2).contains(&set));
        }
    }

    #[test]
    fn a_pattern_goes_on_from_tile_to_tile() {
        let srf = pixels(FluidClass::Srf);
        // One step to the right and one up is the same line, over the edge too.
        for index in 0..SIDE * SIDE {
            let (x, y) = ((index % SIDE + 1) % SIDE, (index / SIDE + SIDE - 1) % SIDE);
            assert_eq!(srf[index], srf[y * SIDE + x]);
        }
    }
}
