//! From reflectivity to samples: point spread, speckle, noise, log, grey curve.
//!
//! Fully developed speckle of `n` independent looks has Gamma-distributed
//! intensity with `n` degrees (Goodman, *Speckle Phenomena in Optics*). We
//! draw it as the Wilson-Hilferty cube of one correlated Gaussian field: one
//! field instead of `2 n`, and right to a per cent down to one look.
//!
//! | style | looks | background | type |
//! |---|---|---|---|
//! | Cirrus | 1.2 to 4.5 (vendor smoothing of single A-scans) | grey | u8 |
//! | Topcon | 2.5 to 8 | dark grey | u8 |
//! | Spectralis | 3.5 to 15 (ART, partly correlated) | black dots after background subtraction | u16 |

use oct::{AxisSpacing, Geometry, SampleType, Samples, ScanPattern, SpacingSource};

use crate::random::Stream;

/// Whose B-scans an eye looks like; sizes and spacings are RETOUCH's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VendorStyle {
    /// Zeiss Cirrus: 512 x 1024 x 128, 8-bit.
    Cirrus,
    /// Heidelberg Spectralis: 512 x 496 x 49, 16-bit.
    Spectralis,
    /// Topcon: 512 x 885 or 650 x 128 (by seed), 8-bit.
    Topcon,
}

impl VendorStyle {
    /// All styles.
    pub const ALL: [Self; 3] = [Self::Cirrus, Self::Spectralis, Self::Topcon];

    /// The vendor's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cirrus => "Cirrus",
            Self::Spectralis => "Spectralis",
            Self::Topcon => "Topcon",
        }
    }

    /// B-scans in a RETOUCH volume.
    pub fn bscans(self) -> usize {
        match self {
            Self::Cirrus | Self::Topcon => 128,
            Self::Spectralis => 49,
        }
    }

    /// Type of the samples.
    pub fn sample_type(self) -> SampleType {
        match self {
            Self::Cirrus | Self::Topcon => SampleType::U8,
            Self::Spectralis => SampleType::U16,
        }
    }
}

/// The grid of one scan in samples and mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Samples per row.
    pub columns: usize,
    /// Rows per B-scan.
    pub rows: usize,
    /// B-scans.
    pub bscans: usize,
    /// Spacing in mm: lateral, axial, between B-scans.
    pub mm: [f64; 3],
}

impl Grid {
    /// The grid of a style; other `bscans` than the vendor's keep its spacing: a narrower field.
    pub fn of(style: VendorStyle, bscans: Option<usize>, stream: &mut Stream) -> Self {
        let tall = stream.chance(0.5);
        let (rows, mm) = match style {
            VendorStyle::Cirrus => (1024, [0.01174, 0.00196, 0.047]),
            VendorStyle::Spectralis => (496, [0.0115, 0.00387, 0.120]),
            VendorStyle::Topcon if tall => (885, [0.01172, 0.0026, 0.0469]),
            VendorStyle::Topcon => (650, [0.01172, 0.0035, 0.0469]),
        };
        Self { columns: 512, rows, bscans: bscans.unwrap_or(style.bscans()).max(1), mm }
    }

    /// The same as a geometry; the phantom knows its spacing, so no axis is unknown.
    pub fn geometry(&self) -> Geometry {
        use oct::Axis;
        let spacing = |axis, mm| {
            let source = SpacingSource::FromFile { tag: "phantom".to_owned() };
            AxisSpacing::new(axis, mm, source).unwrap_or_else(|_| AxisSpacing::unknown())
        };
        Geometry {
            lateral: spacing(Axis::Lateral, self.mm[0]),
            axial: spacing(Axis::Axial, self.mm[1]),
            between_bscans: spacing(Axis::BetweenBScans, self.mm[2]),
            pattern: ScanPattern::Raster,
            ..Geometry::default()
        }
    }
}

/// How one eye was imaged.
#[derive(Debug, Clone)]
pub struct Look {
    /// Decibels from grey 0 to grey 1 of reflectivity.
    range_db: f32,
    looks: f32,
    noise_looks: f32,
    /// Noise floor on the reflectivity's scale.
    noise_level: f32,
    /// Part of the mean noise that is subtracted.
    subtracted: f32,
    /// Speckle grain, sigma in samples: axial, lateral.
    grain: [f32; 2],
    /// Grain of the noise.
    noise_grain: [f32; 2],
    /// Point spread, sigma in samples: axial, lateral.
    spread: [f32; 2],
    /// Blur of the finished image, in samples: registration and resampling.
    finish: [f32; 2],
    /// Grey of the noise floor and of reflectivity 1 in the output, 0..1.
    black: f32,
    white: f32,
    gamma: f32,
    /// Loss of signal per B-scan height, zero delay above the retina (negative: below).
    roll_off: f32,
}

impl Look {
    /// Draws how `style` images an eye.
    pub fn draw(stream: &mut Stream, style: VendorStyle, grid: &Grid) -> Self {
        let mm = [grid.mm[1] as f32, grid.mm[0] as f32];
        // Coherence length about 4 to 7 um in tissue, spot 12 to 20 um: FWHM to sigma is 1/2.35.
        let axial = stream.between(0.0035, 0.0065) / 2.35;
        let lateral = stream.between(0.011, 0.021) / 2.35;
        let mut look = Self {
            range_db: stream.between(28.0, 40.0),
            looks: 1.0,
            noise_looks: 1.0,
            noise_level: 0.0,
            subtracted: 0.0,
            grain: [axial / mm[0] * 0.8 + 0.25, lateral / mm[1] * 0.7],
            noise_grain: [axial / mm[0] * 0.6 + 0.2, 0.2],
            spread: [axial / mm[0], lateral / mm[1]],
            finish: [0.0, 0.0],
            black: 0.0,
            white: 1.0,
            gamma: stream.between(0.8, 1.25),
            roll_off: stream.between(-0.15, 0.25),
        };
        match style {
            VendorStyle::Cirrus => {
                look.looks = stream.log_between(1.2, 4.5);
                look.noise_looks = look.looks * stream.between(1.0, 2.0);
                look.noise_level = stream.between(0.0, 0.2);
                look.black = stream.between(0.08, 0.28);
                look.white = stream.between(0.75, 1.15);
                look.noise_grain[1] = stream.between(0.2, 0.6);
                look.finish = [stream.between(0.2, 1.4), stream.between(0.0, 0.7)];
            }
            VendorStyle::Topcon => {
                look.looks = stream.log_between(2.5, 8.0);
                look.noise_looks = look.looks * stream.between(1.0, 2.0);
                look.noise_level = stream.between(-0.05, 0.18);
                look.black = stream.between(0.03, 0.2);
                look.white = stream.between(0.6, 1.0);
                look.noise_grain[1] = stream.between(0.2, 0.5);
                look.finish = [stream.between(0.2, 1.0), stream.between(0.1, 0.7)];
            }
            VendorStyle::Spectralis => {
                look.looks = stream.log_between(3.5, 15.0);
                look.noise_looks = look.looks * stream.between(0.25, 0.9);
                look.noise_level = stream.between(-0.02, 0.16);
                look.subtracted = stream.between(0.3, 0.8);
                // Duke's vitreous is at 25 of 255 with black dots, Bonn's at 8, Optovue's at 0.
                look.black =
                    if stream.chance(0.6) { stream.between(0.06, 0.2) } else { stream.between(-0.03, 0.08) };
                // Duke's brightest hundredth of pixels lies at 120 to 196 of 255.
                look.white = stream.between(0.6, 1.25);
                // Lag-1 correlation of the grain: Duke 0.71 axial, 0.53 lateral, Bonn 0.74 and 0.65.
                look.finish = [stream.between(0.35, 0.8), stream.between(0.2, 0.55)];
            }
        }
        if stream.chance(0.12) {
            // A low-signal scan: cataract, dry eye.
            look.noise_level += stream.between(0.08, 0.2);
        }
        look
    }

    /// The same device with one frame instead of many, as Bioptigen's B-scans are: speckle of
    /// one look, and a noise floor that hides the darker layers.
    pub(crate) fn single_frame(&mut self, stream: &mut Stream) {
        self.looks = stream.log_between(0.9, 1.8);
        self.noise_looks = self.looks * stream.between(0.9, 1.3);
        self.noise_level = stream.between(0.18, 0.46);
        self.subtracted = 0.0;
        // Bioptigen's vitreous lies at a third of white, and its retina at a half.
        self.black = stream.between(0.12, 0.4);
        self.white = stream.between(0.6, 1.05);
        self.grain[1] = stream.between(0.2, 0.5);
        self.noise_grain = [stream.between(0.2, 0.6), 0.2];
        self.finish = [stream.between(0.0, 0.5), 0.0];
    }

    /// Forms the image of `reflectivity` (row by row), in 0..1.
    pub fn form(&self, reflectivity: &[f32], columns: usize, stream: &mut Stream) -> Vec<f32> {
        let rows = reflectivity.len() / columns;
        // ln of intensity per unit of reflectivity.
        let scale = self.range_db * std::f32::consts::LN_10 / 10.0;
        let mut intensity: Vec<f32> = Vec::with_capacity(reflectivity.len());
        for row in 0..rows {
            let fall = self.roll_off * (row as f32 / rows as f32 - 0.4);
            intensity.extend(
                reflectivity[row * columns..(row + 1) * columns].iter().map(|v| ((v - fall) * scale).exp()),
            );
        }
        blur(&mut intensity, columns, self.spread, Gain::Mean);
        let speckle = field(stream, columns, rows, self.grain);
        let noise = field(stream, columns, rows, self.noise_grain);
        let floor = (self.noise_level * scale).exp();
        let (signal_a, signal_b) = gamma_terms(self.looks);
        let (noise_a, noise_b) = gamma_terms(self.noise_looks);
        // Below a twentieth of the floor everything is black.
        let least = 0.05 * floor;
        let black_ln = floor.ln();
        for ((value, s), n) in intensity.iter_mut().zip(&speckle).zip(&noise) {
            let s = (signal_a + signal_b * s).max(0.05);
            let n = (noise_a + noise_b * n).max(0.0);
            let total = *value * s * s * s + floor * (n * n * n - self.subtracted);
            *value = (total.max(least).ln() - black_ln) / (scale - black_ln);
        }
        blur(&mut intensity, columns, self.finish, Gain::Mean);
        for value in &mut intensity {
            let grey = (self.black + *value * (self.white - self.black)).clamp(0.0, 1.0);
            *value = grey.powf(self.gamma);
        }
        intensity
    }
}

/// Terms of Wilson and Hilferty's cube for a Gamma variate of mean 1 and `looks` degrees.
fn gamma_terms(looks: f32) -> (f32, f32) {
    (1.0 - 1.0 / (9.0 * looks), 1.0 / (3.0 * looks.sqrt()))
}

/// What a kernel keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gain {
    /// Weights sum to 1.
    Mean,
    /// Squared weights sum to 1: white noise keeps its variance.
    Variance,
}

/// Correlated Gaussian noise of variance 1.
fn field(stream: &mut Stream, columns: usize, rows: usize, grain: [f32; 2]) -> Vec<f32> {
    let mut field: Vec<f32> = (0..columns * rows).map(|_| stream.normal()).collect();
    blur(&mut field, columns, grain, Gain::Variance);
    field
}

fn kernel(sigma: f32, gain: Gain) -> Vec<f32> {
    if sigma < 0.2 {
        return vec![1.0];
    }
    let reach = (2.5 * sigma).ceil().min(6.0) as i32;
    let mut weights: Vec<f32> = (-reach..=reach).map(|k| (-0.5 * (k as f32 / sigma).powi(2)).exp()).collect();
    let total: f32 = match gain {
        Gain::Mean => weights.iter().sum(),
        Gain::Variance => weights.iter().map(|w| w * w).sum::<f32>().sqrt(),
    };
    for weight in &mut weights {
        *weight /= total;
    }
    weights
}

/// Separable Gaussian blur with sigma (axial, lateral) in samples; edges are repeated.
fn blur(image: &mut Vec<f32>, columns: usize, sigma: [f32; 2], gain: Gain) {
    let rows = image.len() / columns;
    let lateral = kernel(sigma[1], gain);
    if lateral.len() > 1 {
        let reach = lateral.len() / 2;
        let mut padded = vec![0.0_f32; columns + 2 * reach];
        for row in image.chunks_exact_mut(columns) {
            padded[..reach].fill(row[0]);
            padded[reach..reach + columns].copy_from_slice(row);
            padded[reach + columns..].fill(row[columns - 1]);
            row.fill(0.0);
            for (k, weight) in lateral.iter().enumerate() {
                for (out, value) in row.iter_mut().zip(&padded[k..]) {
                    *out += weight * value;
                }
            }
        }
    }
    let axial = kernel(sigma[0], gain);
    if axial.len() > 1 {
        let reach = axial.len() / 2;
        let mut out = vec![0.0_f32; image.len()];
        for (row, out) in out.chunks_exact_mut(columns).enumerate() {
            for (k, weight) in axial.iter().enumerate() {
                let from = (row + k).saturating_sub(reach).min(rows - 1);
                for (out, value) in out.iter_mut().zip(&image[from * columns..(from + 1) * columns]) {
                    *out += weight * value;
                }
            }
        }
        *image = out;
    }
}

/// Stores grey values of 0..1 in the style's type.
pub fn quantise(grey: &[f32], style: VendorStyle) -> Samples {
    match style.sample_type() {
        SampleType::U16 => Samples::U16(grey.iter().map(|g| (g * 65_535.0).round() as u16).collect()),
        _ => Samples::U8(grey.iter().map(|g| (g * 255.0).round() as u8).collect()),
    }
}
