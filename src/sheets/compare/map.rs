//! The map of change, seen from the front of the earlier visit: of the retina's thickness, and of
//! all fluid.

use engine_protocol::{ChangeGrid, FULL_CHANGE_UM, change_colour};
use leptos::prelude::*;

use crate::canvas::image::{Image, Placement};
use crate::model::compare::Found;
use crate::model::{Scan, Zoom};
use crate::sheets::drawn::Drawn;
use crate::viewer::placement::{place, scale_bar};
use crate::words::{Locale, Text, compare, micrometres, millimetres};

/// The largest map, CSS pixels.
const MAP: (f64, f64) = (290.0, 260.0);

/// Both maps with their legend; nothing where the scans do not lie on each other.
pub fn maps(locale: Locale, before: &Scan, found: &Found) -> Option<AnyView> {
    let (grid, [thickness, fluid]) = (found.compared.map?, found.maps.as_ref()?);
    let end = |sign: &str| format!("{sign}{}", micrometres(f64::from(FULL_CHANGE_UM)));
    let at = place(MAP, grid.columns, grid.rows, 1.0, Zoom::default());
    let at = Placement { x: 0.0, y: 0.0, ..at };
    let bar = scale_bar(at.width / (grid.cell_mm * f64::from(grid.columns)), 100.0);
    let bar = bar.map(|(mm, pixels)| {
        let width = format!("{:.2}%", pixels / at.width * 100.0);
        view! { <p class="compare-scale"><i style:width=width></i>{millimetres(mm)}</p> }
    });
    let upside_down = oct::en_face::is_upside_down(&before.info.geometry);
    let map = |title: Text, um: &[f32]| {
        let image = image(grid, um, upside_down);
        let draw = Box::new(move |context: &web_sys::CanvasRenderingContext2d, _: f64| {
            if let Some(image) = &image {
                image.draw_crisp(context, at);
            }
        });
        let title = title.say(locale);
        view! {
            <figure>
                <Drawn width=at.width height=at.height label=title.to_owned() draw />
                <figcaption>{title}</figcaption>
            </figure>
        }
    };
    Some(
        view! {
            <h4>{compare::MAP.say(locale)}</h4>
            <div class="compare-maps" data-testid="compare-maps">{map(compare::MAP_RETINA, thickness)}{map(compare::MAP_FLUID, fluid)}</div>
            <div class="colour-bar change-bar">
                <span>{end("−")}</span><i aria-hidden="true"></i><span>{end("+")}</span>
                <b aria-hidden="true"></b><span>{compare::NOT_BOTH.say(locale)}</span>
            </div>
            {bar}
        }
        .into_any(),
    )
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
