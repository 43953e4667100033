//! Fluid painted into one B-scan, a sheet of seeds to look at:
//! `cargo run --release -p oct-phantom --example painting_sheet -- BSCAN.png SHEET.png`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a program to look with")]

use image::{GrayImage, Luma, Rgb, RgbImage};
use oct::Samples;
use oct_phantom::painting::{FluidFreeBScan, Painting};

const SEEDS: u32 = 6;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(source), Some(sheet)) = (arguments.next(), arguments.next()) else {
        panic!("usage: painting_sheet BSCAN.png SHEET.png");
    };
    let image: GrayImage = image::open(source).unwrap().to_luma8();
    let (columns, rows) = image.dimensions();
    let white = |Luma([value]): &Luma<u8>| *value == 255;
    let left_out: Vec<bool> = image.pixels().map(white).collect();
    let greys = image.pixels().map(|pixel| if white(pixel) { 0.0 } else { f32::from(pixel.0[0]) / 255.0 });
    let source = FluidFreeBScan::new(greys.collect(), columns as usize, None, left_out).unwrap();
    let mut picture = RgbImage::new(2 * columns, SEEDS * rows);
    for seed in 0..SEEDS {
        let painted = Painting::draw(u64::from(seed), &source).bscan;
        let Samples::U8(values) = painted.samples else { panic!("8-bit") };
        for (index, (grey, label)) in values.iter().zip(painted.labels).enumerate() {
            let (x, y) = (index as u32 % columns, index as u32 / columns + seed * rows);
            picture.put_pixel(x, y, Rgb([*grey; 3]));
            let colour = [[*grey; 3], [235, 70, 70], [60, 200, 90], [80, 130, 255]][usize::from(label)];
            picture.put_pixel(columns + x, y, Rgb(colour));
        }
    }
    picture.save(sheet).unwrap();
}
