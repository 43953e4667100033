//! The map of change as a picture: fluid and thickness of the retina, second less first.

use std::io::Cursor;

use fluid::report::RESEARCH_USE_NOTICE;
use image::{ImageFormat, Rgb, RgbImage};
use visits::ChangeMap;

use crate::failure::Failure;

/// The file.
pub const MAP: &str = "compare.png";
/// Pixels of a cell.
const SCALE: u32 = 4;
/// Between panels and around them.
const GAP: u32 = 8;
/// Here the colour of a difference, or of what there is, is full, µm.
const FULL_UM: f32 = 200.0;
const UNSEEN: [u8; 3] = [60, 63, 70];
const AROUND: [u8; 3] = [24, 26, 30];
const NOTHING: [f32; 3] = [236.0, 236.0, 236.0];
/// Less: blue. More: red. For those who do not tell red from green these two differ.
const LESS: [f32; 3] = [33.0, 102.0, 172.0];
const MORE: [f32; 3] = [178.0, 24.0, 43.0];

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
                picture.put_pixel(left + x, GAP + y, Rgb(colour(um)));
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

fn colour(um: f32) -> [u8; 3] {
    if um.is_nan() {
        return UNSEEN;
    }
    let full = if um < 0.0 { LESS } else { MORE };
    let part = (um.abs() / FULL_UM).min(1.0);
    [0, 1, 2].map(|channel| (NOTHING[channel] + (full[channel] - NOTHING[channel]) * part).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_blue_more_is_red_and_what_was_not_seen_is_neither() {
        let [red, _, blue] = colour(-500.0);
        assert!(blue > 2 * red);
        let [red, _, blue] = colour(200.0);
        assert!(red > 2 * blue);
        assert_eq!((colour(0.0), colour(f32::NAN)), ([236; 3], UNSEEN));
    }
}
