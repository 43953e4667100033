//! A sheet of B-scans to judge the phantoms by: one row a finding, drawn by several seeds, fluid
//! tinted (IRF red, SRF green, PED blue); then rows of real images, where paths of some are given.
//!
//! `cargo run -p oct-phantom --example sheet -- SHEET.png [REAL IMAGE ...]`
#![allow(clippy::unwrap_used, reason = "an example that is looked at")]

use image::imageops::{FilterType, resize};
use image::{GenericImage, Rgb, RgbImage};
use oct::Samples;
use oct_phantom::{Eye, EyeConfig, Finding, Findings, FluidMix, PhantomBScan, VendorStyle};

const TILE: [u32; 2] = [384, 288];
const COLUMNS: u32 = 4;

fn tinted(bscan: &PhantomBScan) -> RgbImage {
    let grey = |index: usize| match &bscan.samples {
        Samples::U8(values) => values[index],
        Samples::U16(values) => (values[index] >> 8) as u8,
        Samples::F32(_) => 0,
    };
    let pixel = |index: usize| {
        let mut rgb = [grey(index); 3];
        if let Some(channel) = usize::from(bscan.labels[index]).checked_sub(1) {
            rgb[channel] = rgb[channel].saturating_add(70);
        }
        rgb
    };
    let bytes: Vec<u8> = (0..bscan.columns * bscan.rows).flat_map(pixel).collect();
    RgbImage::from_raw(bscan.columns as u32, bscan.rows as u32, bytes).unwrap()
}

fn main() {
    let mut paths = std::env::args().skip(1);
    let sheet = paths.next().expect("name the picture to write");
    let mut tiles: Vec<RgbImage> = Vec::new();
    for (row, finding) in Finding::ALL.into_iter().enumerate() {
        for column in 0..COLUMNS as usize {
            let seed = 100 + (row * COLUMNS as usize + column) as u64;
            let style = VendorStyle::ALL[column % 3];
            // The first of a row is free of fluid.
            let fluid = if column == 0 { FluidMix::Free } else { FluidMix::Random };
            let findings = Findings::default().with(finding);
            let eye = Eye::new(&EyeConfig { findings, fluid, ..EyeConfig::new(seed, style) });
            tiles.push(tinted(&eye.bscan(eye.bscan_at_fovea())));
        }
    }
    tiles.extend(paths.map(|path| image::open(path).unwrap().to_rgb8()));
    let rows = (tiles.len() as u32).div_ceil(COLUMNS);
    let mut all = RgbImage::from_pixel(COLUMNS * TILE[0], rows * TILE[1], Rgb([255; 3]));
    for (position, tile) in tiles.iter().enumerate() {
        let (row, column) = (position as u32 / COLUMNS, position as u32 % COLUMNS);
        let small = resize(tile, TILE[0] - 4, TILE[1] - 4, FilterType::Triangle);
        all.copy_from(&small, column * TILE[0], row * TILE[1]).unwrap();
    }
    all.save(sheet).unwrap();
}
