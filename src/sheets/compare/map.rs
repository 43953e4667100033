//! The map of change, seen from the front of the earlier visit: of the retina's thickness, and of
//! all fluid.

use engine_protocol::{ChangeGrid, FULL_CHANGE_UM, change_colour};
use web_sys::Element;

use crate::canvas::image::{Image, Placement};
use crate::model::compare::Found;
use crate::model::{Scan, Zoom};
use crate::sheets::plain::{Picture, add, set_length};
use crate::viewer::placement::{place, scale_bar};
use crate::words::{Locale, compare, micrometres, millimetres};

/// The largest map, CSS pixels.
const MAP: (f64, f64) = (290.0, 260.0);

/// Adds both maps with their legend to `to`; nothing where the scans do not lie on each other.
pub fn add_maps(to: &Element, locale: Locale, before: &Scan, found: &Found) {
    let Some((grid, maps)) = found.compared.map.zip(found.maps.as_ref()) else { return };
    add(to, "h4", &[], compare::MAP.say(locale));
    let at = place(MAP, grid.columns, grid.rows, 1.0, Zoom::default());
    let at = Placement { x: 0.0, y: 0.0, ..at };
    let upside_down = oct::en_face::is_upside_down(&before.info.geometry);
    let both = add(to, "div", &[("class", "compare-maps"), ("data-testid", "compare-maps")], "");
    for (title, um) in [compare::MAP_RETINA, compare::MAP_FLUID].into_iter().zip(maps) {
        let title = title.say(locale);
        let figure = add(&both, "figure", &[], "");
        let context = Picture::add(&figure, [at.width, at.height], title).cleared();
        if let Some((context, image)) = context.zip(image(grid, um, upside_down)) {
            image.draw_crisp(&context, at);
        }
        add(&figure, "figcaption", &[], title);
    }
    let full = micrometres(f64::from(FULL_CHANGE_UM));
    let legend = add(to, "div", &[("class", "change-bar")], "");
    add(&legend, "span", &[], &format!("−{full}"));
    add(&legend, "i", &[("aria-hidden", "true")], "");
    add(&legend, "span", &[], &format!("+{full}"));
    add(&legend, "b", &[("aria-hidden", "true")], "");
    add(&legend, "span", &[], compare::NOT_BOTH.say(locale));
    if let Some((mm, pixels)) = scale_bar(at.width / (grid.cell_mm * f64::from(grid.columns)), 100.0) {
        let scale = add(to, "p", &[("class", "compare-scale")], "");
        set_length(&add(&scale, "i", &[], ""), "width", &format!("{pixels:.0}px"));
        add(&scale, "span", &[], &millimetres(mm));
    }
}

/// A pixel a cell, the retina as a fundus image shows it.
fn image(grid: ChangeGrid, um: &[f32], upside_down: bool) -> Option<Image> {
    let row = grid.columns.max(1) as usize;
    let rgba = |um: &f32| {
        let [r, g, b] = change_colour(*um);
        [r, g, b, 255]
    };
    let rgba: Vec<u8> = if upside_down {
        um.rchunks(row).flatten().flat_map(rgba).collect()
    } else {
        um.iter().flat_map(rgba).collect()
    };
    Image::of_rgba(&rgba, grid.columns, grid.rows)
}
