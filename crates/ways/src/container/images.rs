//! A folder with an image a B-scan.

use image::codecs::bmp::BmpEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};

use crate::File;
use crate::container::tiff::Tiff;
use crate::samples::Depth;
use crate::scan::Scan;

/// The type of the images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// PNG of 8 bits.
    Png,
    /// PNG of 16 bits.
    Png16(Depth),
    /// PNG of three equal channels.
    PngColours,
    /// PNG with transparency.
    PngAlpha,
    /// JPEG of this quality.
    Jpeg(u8),
    /// BMP.
    Bmp,
    /// TIFF.
    Tiff(Tiff),
}

/// What the images are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// `scan_001`: any order is right.
    Padded,
    /// `scan_1` to `scan_10`.
    Natural,
    /// `IM0` to `IM9`.
    FromZero,
    /// `scan (1)`, as Windows numbers copies.
    Brackets,
    /// `001_scan`.
    NumberFirst,
    /// `2024-11-03 scan 1 of 10`.
    OfMany,
    /// `scan_001_OD`.
    EyeLast,
    /// Umlauts, composed; spaces.
    Unicode,
    /// Umlauts, decomposed, as macOS writes them.
    Decomposed,
    /// `SCAN_001.PNG`.
    Capitals,
    /// No ending at all.
    NoEnding,
    /// Hundreds as of a larger numbering: `scan_100`, `scan_110`.
    Tens,
}

/// What varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Images {
    /// The type of the images.
    pub kind: Kind,
    /// Their names.
    pub names: Names,
}

impl Images {
    /// PNGs with padded numbers.
    pub const PLAIN: Self = Self { kind: Kind::Png, names: Names::Padded };

    /// The images of `scan`.
    pub fn write(&self, scan: &Scan, base: &str) -> Vec<File> {
        (0..scan.bscans)
            .map(|bscan| {
                let path = self.name(base, scan, scan.numbers[bscan]);
                File::new(path, encode(self.kind, scan, bscan))
            })
            .collect()
    }

    fn name(&self, base: &str, scan: &Scan, number: usize) -> String {
        let ending = match self.kind {
            Kind::Png | Kind::Png16(_) | Kind::PngColours | Kind::PngAlpha => "png",
            Kind::Jpeg(_) => "jpg",
            Kind::Bmp => "bmp",
            Kind::Tiff(_) => "tif",
        };
        let one = number + 1;
        let (folder, stem) = base.rsplit_once('/').map_or(("", base), |(folder, stem)| (folder, stem));
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let name = match self.names {
            Names::Padded => format!("{stem}_{one:03}.{ending}"),
            Names::Natural => format!("{stem}_{one}.{ending}"),
            Names::FromZero => format!("IM{number}.{ending}"),
            Names::Brackets => format!("{stem} ({one}).{ending}"),
            Names::NumberFirst => format!("{one:03}_{stem}.{ending}"),
            Names::OfMany => format!("2024-11-03 {stem} {one} of {}.{ending}", scan.bscans),
            Names::EyeLast => {
                format!("{stem}_{one:03}_{}.{ending}", if scan.eye == 'R' { "OD" } else { "OS" })
            }
            Names::Unicode => format!("Zürich Größe é {one}.{ending}"),
            Names::Decomposed => format!("Zu\u{308}rich Gro\u{308}ße e\u{301} {one}.{ending}"),
            Names::Capitals => format!("SCAN_{one:03}.{}", ending.to_uppercase()),
            Names::NoEnding => format!("{stem}_{one:03}"),
            Names::Tens => format!("{stem}_{}.{ending}", 90 + 10 * one),
        };
        folder + &name
    }
}

/// B-scan `bscan` as an image.
pub fn encode(kind: Kind, scan: &Scan, bscan: usize) -> Vec<u8> {
    let (columns, rows) = (scan.columns as u32, scan.rows as u32);
    let greys = scan.bytes(bscan);
    let mut bytes = Vec::new();
    let png = |bytes: &mut Vec<u8>, samples: &[u8], colour| {
        PngEncoder::new(bytes).write_image(samples, columns, rows, colour).unwrap();
    };
    match kind {
        Kind::Png => png(&mut bytes, &greys, ExtendedColorType::L8),
        Kind::Png16(depth) => {
            // The encoder takes words in the order of the machine.
            let words = depth.bytes(scan.bscan(bscan).iter().copied(), cfg!(target_endian = "big"));
            png(&mut bytes, &words, ExtendedColorType::L16);
        }
        Kind::PngColours => {
            let colours: Vec<u8> = greys.iter().flat_map(|grey| [*grey; 3]).collect();
            png(&mut bytes, &colours, ExtendedColorType::Rgb8);
        }
        Kind::PngAlpha => {
            let colours: Vec<u8> = greys.iter().flat_map(|grey| [*grey, *grey, *grey, 255]).collect();
            png(&mut bytes, &colours, ExtendedColorType::Rgba8);
        }
        Kind::Jpeg(quality) => JpegEncoder::new_with_quality(&mut bytes, quality)
            .write_image(&greys, columns, rows, ExtendedColorType::L8)
            .unwrap(),
        Kind::Bmp => {
            BmpEncoder::new(&mut bytes).encode(&greys, columns, rows, ExtendedColorType::L8).unwrap();
        }
        Kind::Tiff(tiff) => bytes = tiff.page(scan, bscan),
    }
    bytes
}
