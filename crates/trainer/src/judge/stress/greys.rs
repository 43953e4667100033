//! Changes of greys in their place.

use anyhow::{Context, Result};
use image::ExtendedColorType::L8;
use image::codecs::jpeg::JpegEncoder;
use oct::SampleType;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::change::Picture;

/// A change of greys. Greys are fractions of white.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Brighter or darker, this many times; what is brighter than white is white.
    Gain(f32),
    /// To this power.
    Gamma(f32),
    /// Saved with 8 bits.
    Bits8,
    /// Saved with 16 bits, all of them in use.
    Bits16,
    /// Saved with 16 bits, of which the lower 12 are in use.
    Bits12In16,
    /// Saved as grey JPEG of this quality, 1 to 100, and read again.
    Jpeg(u8),
    /// Gaussian blur of this sigma, pixels.
    Blur(f32),
    /// Gaussian noise of this sigma is added.
    Noise(f32),
    /// Gaussian noise of this sigma, times the grey, is added.
    Speckle(f32),
    /// White letters at the top and a white scale bar at the bottom left.
    Text,
}

/// The same noise in every run.
const SEED: u64 = 20;

impl Change {
    /// The changed picture.
    ///
    /// # Errors
    /// Where a JPEG cannot be written or read.
    pub fn of(self, picture: &Picture) -> Result<Picture> {
        let mut changed = picture.clone();
        let greys = &mut changed.greys;
        match self {
            Self::Gain(gain) => greys.iter_mut().for_each(|grey| *grey *= gain),
            Self::Gamma(gamma) => greys.iter_mut().for_each(|grey| *grey = grey.powf(gamma)),
            Self::Bits8 => changed.sample_type = SampleType::U8,
            Self::Bits16 => changed.sample_type = SampleType::U16,
            Self::Bits12In16 => {
                greys.iter_mut().for_each(|grey| *grey = (*grey * 4095.0).round() / 65535.0);
                changed.sample_type = SampleType::U16;
            }
            Self::Jpeg(quality) => return jpeg(picture, quality),
            Self::Blur(sigma) => changed.greys = blurred(picture, sigma),
            Self::Noise(sigma) => noise(greys, |_| sigma),
            Self::Speckle(sigma) => noise(greys, |grey| sigma * grey),
            Self::Text => write_text(&mut changed),
        }
        Ok(changed)
    }
}

fn jpeg(picture: &Picture, quality: u8) -> Result<Picture> {
    let [rows, columns] = picture.size;
    let bytes: Vec<u8> = picture.greys.iter().map(|grey| (grey * 255.0).round() as u8).collect();
    let mut file = Vec::new();
    let size = [columns, rows].map(|pixels| u32::try_from(pixels).unwrap_or(u32::MAX));
    JpegEncoder::new_with_quality(&mut file, quality)
        .encode(&bytes, size[0], size[1], L8)
        .context("no JPEG can be made of it")?;
    let read = image::load_from_memory(&file).context("its JPEG cannot be read")?.into_luma8();
    let greys = read.into_raw().into_iter().map(|grey| f32::from(grey) / 255.0).collect();
    Ok(Picture { greys, sample_type: SampleType::U8, ..picture.clone() })
}

/// Edges are repeated.
fn blurred(picture: &Picture, sigma: f32) -> Vec<f32> {
    let reach = (3.0 * sigma).ceil() as isize;
    let weights: Vec<f32> =
        (-reach..=reach).map(|step| (-0.5 * (step as f32 / sigma).powi(2)).exp()).collect();
    let sum: f32 = weights.iter().sum();
    let [rows, columns] = picture.size;
    let along = |greys: &[f32], step_rows: isize, step_columns: isize| -> Vec<f32> {
        let mut blurred = vec![0.0; greys.len()];
        for row in 0..rows {
            for column in 0..columns {
                let near = |offset: isize| {
                    let row = (row as isize + offset * step_rows).clamp(0, rows as isize - 1);
                    let column = (column as isize + offset * step_columns).clamp(0, columns as isize - 1);
                    greys[row as usize * columns + column as usize]
                };
                let all = (-reach..=reach).zip(&weights).map(|(offset, weight)| near(offset) * weight);
                blurred[row * columns + column] = all.sum::<f32>() / sum;
            }
        }
        blurred
    };
    along(&along(&picture.greys, 0, 1), 1, 0)
}

fn noise(greys: &mut [f32], sigma: impl Fn(f32) -> f32) {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    for grey in greys {
        // Twelve uniform draws have a variance of one together, and are nearly Gaussian.
        let normal: f32 = (0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0;
        *grey += sigma(*grey) * normal;
    }
}

/// Rows of letters of 3 x 5 dots, the highest bit to the left: `OD 20.11.28 7:45 Q25`.
const LETTERS: [[u8; 5]; 20] = [
    [7, 5, 5, 5, 7],
    [6, 5, 5, 5, 6],
    [0, 0, 0, 0, 0],
    [7, 1, 7, 4, 7],
    [7, 5, 5, 5, 7],
    [0, 0, 0, 0, 2],
    [2, 6, 2, 2, 7],
    [2, 6, 2, 2, 7],
    [0, 0, 0, 0, 2],
    [7, 1, 7, 4, 7],
    [7, 5, 7, 5, 7],
    [0, 0, 0, 0, 0],
    [7, 1, 1, 1, 1],
    [0, 2, 0, 2, 0],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [0, 0, 0, 0, 0],
    [7, 5, 5, 7, 1],
    [7, 1, 7, 4, 7],
    [7, 4, 7, 1, 7],
];

/// A dot of a letter is so many rows of the picture high that a letter is 3 % of it.
fn write_text(picture: &mut Picture) {
    let [rows, columns] = picture.size;
    let dot = (rows / 165).max(1);
    let mut mark = |top: usize, left: usize, high: usize, wide: usize| {
        for row in top..(top + high).min(rows) {
            for column in left..(left + wide).min(columns) {
                picture.greys[row * columns + column] = 1.0;
            }
        }
    };
    for (place, letter) in LETTERS.iter().enumerate() {
        for (down, dots) in letter.iter().enumerate() {
            for across in (0..3).filter(|across| dots >> (2 - across) & 1 == 1) {
                mark((3 + down) * dot, (3 + 4 * place + across) * dot, dot, dot);
            }
        }
    }
    let bottom = rows.saturating_sub(4 * dot);
    mark(bottom, 3 * dot, dot, 25 * dot);
    mark(bottom.saturating_sub(25 * dot), 3 * dot, 25 * dot, dot);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(greys: &[u8], columns: usize) -> Picture {
        let greys: Vec<f32> = greys.iter().map(|grey| f32::from(*grey) / 255.0).collect();
        Picture { size: [greys.len() / columns, columns], greys, sample_type: SampleType::U8 }
    }

    fn bytes(change: Change, greys: &[u8], columns: usize) -> Vec<f32> {
        let changed = change.of(&picture(greys, columns)).unwrap();
        oct::OctVolume::new(columns, greys.len() / columns, 1, changed.samples(), Default::default())
            .unwrap()
            .bscan(0)
            .unwrap()
            .to_f32()
    }

    #[test]
    fn gain_saturates_and_rounds_and_gamma_keeps_black_and_white() {
        assert_eq!(bytes(Change::Gain(1.5), &[0, 101, 170, 200, 255], 5), [0.0, 152.0, 255.0, 255.0, 255.0]);
        assert_eq!(bytes(Change::Gain(0.6), &[0, 101, 255], 3), [0.0, 61.0, 153.0]);
        // 255 (64/255)^0.5 = 127.7.
        assert_eq!(bytes(Change::Gamma(0.5), &[0, 64, 255], 3), [0.0, 128.0, 255.0]);
    }

    #[test]
    fn more_bits_hold_the_same_greys_and_fewer_are_rounded() {
        assert_eq!(bytes(Change::Bits16, &[0, 100, 255], 3), [0.0, 25700.0, 65535.0]);
        // 100/255 of 4095 is 1605.9.
        assert_eq!(bytes(Change::Bits12In16, &[0, 100, 255], 3), [0.0, 1606.0, 4095.0]);
        let fine = Picture { size: [1, 2], greys: vec![0.5001, 0.5], sample_type: SampleType::U16 };
        assert_eq!(Change::Bits8.of(&fine).unwrap().samples(), oct::Samples::U8(vec![128, 128]));
    }

    #[test]
    fn a_jpeg_is_near_the_picture_the_nearer_the_better_its_quality() {
        let greys: Vec<u8> = (0..64u32 * 48).map(|n| (n * 7919 % 97 + n / 24) as u8).collect();
        let off = |quality| -> f32 {
            let read = bytes(Change::Jpeg(quality), &greys, 64);
            read.iter().zip(&greys).map(|(read, grey)| (read - f32::from(*grey)).abs()).sum::<f32>()
                / read.len() as f32
        };
        assert!(off(50) > 1.5 * off(95) && off(95) > 0.0 && off(50) < 40.0, "{} {}", off(50), off(95));
    }

    #[test]
    fn blur_spreads_a_point_as_a_gaussian_does_and_keeps_a_flat_picture() {
        let mut point = picture(&[0; 21 * 21], 21);
        point.greys[10 * 21 + 10] = 1.0;
        let spread = Change::Blur(1.5).of(&point).unwrap().greys;
        let total: f32 = spread.iter().sum();
        let variance: f32 =
            spread.iter().enumerate().map(|(n, grey)| grey * ((n % 21) as f32 - 10.0).powi(2)).sum();
        assert!((total - 1.0).abs() < 1e-4 && (variance - 2.25).abs() < 0.1, "{total} {variance}");
        let flat = Change::Blur(0.7).of(&picture(&[90; 30], 6)).unwrap().greys;
        assert!(flat.iter().all(|grey| (grey * 255.0 - 90.0).abs() < 1e-3));
    }

    #[test]
    fn noise_has_its_sigma_speckle_grows_with_the_grey_and_both_are_the_same_again() {
        let grey = picture(&[100; 4096], 64);
        let deviation = |change: Change, of: &Picture| -> f32 {
            let noisy = change.of(of).unwrap().greys;
            let squares: f32 = noisy.iter().zip(&of.greys).map(|(a, b)| (a - b).powi(2)).sum();
            (squares / 4096.0).sqrt() * 255.0
        };
        assert!((deviation(Change::Noise(10.0 / 255.0), &grey) - 10.0).abs() < 0.5);
        assert!((deviation(Change::Speckle(0.2), &grey) - 20.0).abs() < 1.0);
        assert_eq!(deviation(Change::Speckle(0.2), &picture(&[0; 4096], 64)), 0.0);
        assert_eq!(Change::Noise(0.1).of(&grey).unwrap(), Change::Noise(0.1).of(&grey).unwrap());
    }

    #[test]
    fn text_is_white_stands_at_the_top_and_the_bottom_and_leaves_the_rest() {
        let before = picture(&[40; 330 * 400], 400);
        let after = Change::Text.of(&before).unwrap();
        let marked: Vec<usize> = (0..330 * 400).filter(|n| after.greys[*n] != before.greys[*n]).collect();
        assert!(marked.iter().all(|n| after.greys[*n] == 1.0));
        // Letters of two rows a dot below row 6; the scale bar ends four dots above the bottom.
        assert_eq!((marked[0] / 400, marked[marked.len() - 1] / 400), (6, 323));
        assert!(!marked.iter().any(|n| (16..272).contains(&(n / 400))));
        assert!(marked.len() > 500 && marked.len() < 330 * 400 / 50, "{}", marked.len());
    }
}
