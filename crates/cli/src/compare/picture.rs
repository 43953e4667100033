//! The map of change as a picture: fluid and thickness of the retina, second less first.

use std::io::Cursor;

use fluid::report::RESEARCH_USE_NOTICE;
use image::{ImageFormat, Rgb, RgbImage};
use visits::ChangeMap;
use visits::map::change_colour;

use crate::failure::Failure;

/// The file.
pub const MAP: &str = "compare.png";
/// Pixels of a cell.
const SCALE: u32 = 4;
/// Between panels and around them.
const GAP: u32 = 8;
const AROUND: [u8; 3] = [24, 26, 30];

/// Four panels side by side as PNG: fluid at the first visit, at the second, the change of fluid,
/// the change of the retina's thickness. Blue is less and red more, full at 200 µm; dark grey was
/// not seen.
///
/// # Errors
/// [`Failure::Encode`] where PNG cannot hold it.
pub fn png(map: &ChangeMap) -> Result<Vec<u8>, Failure> {
    let fluid = map.all_fluid_um();
    let panels =
        [fluid.before.clone(), fluid.after.clone(), fluid.difference(), map.thickness_um.difference()];
    let (columns, rows) = (map.columns as u32, map.rows as u32);
    let panel_width = columns * SCALE + GAP;
    let width = panel_width * panels.len() as u32 + GAP;
    let mut picture = RgbImage::from_pixel(width, rows * SCALE + 2 * GAP, Rgb(AROUND));
    for (index, panel) in panels.iter().enumerate() {
        let left = GAP + index as u32 * panel_width;
        for y in 0..rows * SCALE {
            let row = if map.is_upside_down { rows - 1 - y / SCALE } else { y / SCALE };
            for x in 0..columns * SCALE {
                let um = panel.get((row * columns + x / SCALE) as usize).copied().unwrap_or(f32::NAN);
                picture.put_pixel(left + x, GAP + y, Rgb(change_colour(um)));
            }
        }
    }
    let mut png = Cursor::new(Vec::new());
    picture
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|error| Failure::Encode { file: MAP.to_owned(), reason: error.to_string() })?;
    let png = oct_formats::images::with_disclaimer(png.into_inner(), RESEARCH_USE_NOTICE);
    Ok(oct_formats::images::marked(png))
}
