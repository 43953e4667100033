//! One picture of a whole volume: B-scans from all over it with the stored
//! boundaries, and where they lie on the fundus image. What a reader got wrong
//! (rows upside down, half a B-scan, another order) is seen at a glance.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use oct::{BScanPlace, FundusImage, GreyRange, OctVolume};

use crate::failure::Failure;

/// Most B-scans on a sheet.
const MOST_TILES: usize = 12;
/// Tiles beside each other.
const ACROSS: usize = 4;
/// Widest and tallest tile in pixels.
const TILE: (u32, u32) = (320, 240);
/// Between tiles.
const GAP: u32 = 4;
/// Of boundaries, one after the other.
const COLOURS: [[u8; 3]; 6] =
    [[255, 96, 96], [96, 220, 255], [255, 210, 64], [140, 255, 140], [220, 140, 255], [255, 170, 110]];

/// Encodes the sheet of `volume` as PNG: the fundus image first, where there is one.
///
/// # Errors
/// [`Failure::Encode`] where PNG cannot hold it.
pub fn png(volume: &OctVolume) -> Result<Vec<u8>, Failure> {
    let mut tiles: Vec<RgbImage> = volume.fundus.iter().map(|image| fundus(image, volume)).collect();
    let shown = volume.bscans().min(MOST_TILES);
    let grey = GreyRange::of(volume);
    // Evenly from the first to the last.
    let last = volume.bscans() - 1;
    tiles.extend((0..shown).map(|tile| bscan(volume, grey, last * tile / (shown - 1).max(1))));

    let rows = tiles.len().div_ceil(ACROSS) as u32;
    let across = tiles.len().min(ACROSS) as u32;
    let mut sheet =
        RgbImage::from_pixel(across * (TILE.0 + GAP) - GAP, rows * (TILE.1 + GAP) - GAP, Rgb([24, 26, 30]));
    for (index, tile) in tiles.iter().enumerate() {
        let (column, row) = ((index % ACROSS) as i64, (index / ACROSS) as i64);
        let left = column * i64::from(TILE.0 + GAP) + i64::from((TILE.0 - tile.width()) / 2);
        let top = row * i64::from(TILE.1 + GAP) + i64::from((TILE.1 - tile.height()) / 2);
        image::imageops::replace(&mut sheet, tile, left, top);
    }
    let mut png = Cursor::new(Vec::new());
    sheet.write_to(&mut png, ImageFormat::Png).map_err(|error| Failure::Encode {
        file: "the contact sheet".to_owned(),
        reason: error.to_string(),
    })?;
    Ok(oct_formats::images::marked(png.into_inner()))
}

/// Size within [`TILE`] in the proportions of the samples.
fn fitted(columns: usize, rows: usize) -> (u32, u32) {
    let scale = (f64::from(TILE.0) / columns as f64).min(f64::from(TILE.1) / rows as f64);
    let side = |samples: usize, most: u32| ((samples as f64 * scale).round() as u32).clamp(1, most);
    (side(columns, TILE.0), side(rows, TILE.1))
}

/// Greys at a size; each pixel is the mean of the samples it covers.
fn shrunk(greys: &[u8], columns: usize, rows: usize) -> RgbImage {
    let (width, height) = fitted(columns, rows);
    let span = |at: u32, size: u32, samples: usize| {
        let from = at as usize * samples / size as usize;
        from..((at as usize + 1) * samples / size as usize).max(from + 1)
    };
    RgbImage::from_fn(width, height, |x, y| {
        let (across, down) = (span(x, width, columns), span(y, height, rows));
        let count = (across.len() * down.len()).max(1) as u32;
        let sum: u32 = down
            .flat_map(|row| across.clone().map(move |column| row * columns + column))
            .map(|at| u32::from(greys.get(at).copied().unwrap_or(0)))
            .sum();
        Rgb([(sum / count) as u8; 3])
    })
}

fn bscan(volume: &OctVolume, grey: GreyRange, index: usize) -> RgbImage {
    let Some(bscan) = volume.bscan(index) else { return RgbImage::new(1, 1) };
    let (columns, rows) = (volume.columns(), volume.rows());
    let mut tile = shrunk(&grey.show(bscan), columns, rows);
    let (width, height) = tile.dimensions();
    for (surface, colour) in volume.surfaces.iter().zip(COLOURS.iter().cycle()) {
        for x in 0..width {
            let column = x as usize * columns / width as usize;
            let row = surface.row.get(index * columns + column).copied().unwrap_or(f32::NAN);
            let y = row * height as f32 / rows as f32;
            if y >= 0.0 && y < height as f32 {
                tile.put_pixel(x, y as u32, Rgb(*colour));
            }
        }
    }
    tile
}

/// The fundus image with the B-scans on it, the first in colour.
fn fundus(image: &FundusImage, volume: &OctVolume) -> RgbImage {
    let mut tile = shrunk(image.greys(), image.columns(), image.rows());
    let (width, height) = tile.dimensions();
    let mut draw = |x: f64, y: f64, colour: [u8; 3]| {
        if x >= 0.0 && y >= 0.0 && x < f64::from(width) && y < f64::from(height) {
            tile.put_pixel(x as u32, y as u32, Rgb(colour));
        }
    };
    let Some([mm_wide, mm_high]) = image.size_mm() else { return tile };
    let (x_scale, y_scale) = (f64::from(width) / mm_wide, f64::from(height) / mm_high);
    for (bscan, place) in volume.geometry.places.iter().enumerate() {
        let colour = if bscan == 0 { [255, 210, 64] } else { [96, 220, 255] };
        for step in 0..=400 {
            let part = f64::from(step) / 400.0;
            let [x, y] = match place {
                BScanPlace::Line { start_mm, end_mm } => {
                    [0, 1].map(|axis| start_mm[axis] + part * (end_mm[axis] - start_mm[axis]))
                }
                BScanPlace::Circle { centre_mm, start_mm } => {
                    let out = [start_mm[0] - centre_mm[0], start_mm[1] - centre_mm[1]];
                    let (sin, cos) = (part * std::f64::consts::TAU).sin_cos();
                    [centre_mm[0] + out[0] * cos - out[1] * sin, centre_mm[1] + out[0] * sin + out[1] * cos]
                }
            };
            draw(x * x_scale, y * y_scale, colour);
        }
    }
    tile
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::{FundusKind, Geometry, LayerSurface, Samples};

    fn decoded(volume: &OctVolume) -> RgbImage {
        image::load_from_memory(&png(volume).unwrap()).unwrap().to_rgb8()
    }

    #[test]
    fn the_vitreous_side_is_on_top_and_boundaries_are_drawn_where_they_lie() {
        let mut samples = vec![0; 320 * 240];
        samples[..320 * 120].fill(200);
        let mut volume = OctVolume::new(320, 240, 1, Samples::U8(samples), Geometry::default()).unwrap();
        volume.surfaces = vec![LayerSurface { name: "ILM".to_owned(), row: vec![180.5; 320] }];
        let sheet = decoded(&volume);
        assert_eq!(sheet.dimensions(), TILE);
        assert_eq!(sheet.get_pixel(7, 60), &Rgb([200; 3]));
        assert_eq!(sheet.get_pixel(7, 170), &Rgb([0; 3]));
        assert_eq!(sheet.get_pixel(7, 180), &Rgb(COLOURS[0]));
    }

    #[test]
    fn bscans_are_drawn_on_the_fundus_image_where_the_file_puts_them() {
        let mut volume = OctVolume::new(2, 2, 2, Samples::U8(vec![9; 8]), Geometry::default()).unwrap();
        let greys = vec![50; 240 * 240];
        volume.fundus = FundusImage::new(FundusKind::Slo, 240, 240, greys, Some([0.025, 0.025]));
        let line = |y: f64| BScanPlace::Line { start_mm: [1.0, y], end_mm: [5.0, y] };
        volume.geometry.places = vec![line(4.5), line(1.5)];
        let sheet = decoded(&volume);
        // The image is 240 wide in a tile of 320.
        assert_eq!(sheet.get_pixel(40 + 120, 180), &Rgb([255, 210, 64]));
        assert_eq!(sheet.get_pixel(40 + 120, 60), &Rgb([96, 220, 255]));
        assert_eq!(sheet.get_pixel(40 + 120, 100), &Rgb([50; 3]));
    }

    #[test]
    fn a_long_volume_shows_its_first_and_its_last_bscan() {
        let samples = (0..100).flat_map(|bscan| [bscan as u8; 4]).collect();
        let volume = OctVolume::new(2, 2, 100, Samples::U8(samples), Geometry::default()).unwrap();
        let sheet = decoded(&volume);
        assert_eq!(sheet.get_pixel(TILE.0 / 2, TILE.1 / 2), &Rgb([0; 3]));
        let last = sheet.get_pixel(sheet.width() - TILE.0 / 2, sheet.height() - TILE.1 / 2);
        assert_eq!(last, &Rgb([99; 3]));
    }
}
