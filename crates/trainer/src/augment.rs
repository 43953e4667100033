//! Augmentation: nnU-Net's kinds \[strong\] plus OCT's own \[ours\], each with a switch.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::datasets::{Look, Sample};

macro_rules! kinds {
    ($($(#[doc = $what:literal])+ $name:ident,)+) => {
        /// Which kinds are on.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Augmentation { $($(#[doc = $what])+ pub $name: bool,)+ }

        impl Augmentation {
            /// Names of all kinds.
            pub const KINDS: &'static [&'static str] = &[$(stringify!($name)),+];

            /// All kinds.
            pub fn all() -> Self { Self { $($name: true),+ } }

            /// Switches a kind off; false where there is none of that name.
            pub fn switch_off(&mut self, kind: &str) -> bool {
                match kind {
                    $(stringify!($name) => self.$name = false,)+
                    _ => return false,
                }
                true
            }
        }
    };
}

kinds! {
    /// By up to 12 degrees.
    rotation,
    /// Rows and columns, each by 0.7 to 1.35.
    scaling,
    /// Waves that bend the image by some six pixels at most.
    elastic,
    /// Left and right.
    flip,
    /// Up and down by 25 rows.
    axial_shift,
    /// Greys to a power of 0.58 to 1.73.
    gamma,
    /// Brightness and contrast.
    contrast,
    /// Added to each pixel.
    noise,
    /// With the four neighbours.
    blur,
    /// Shrunk and enlarged again.
    low_resolution,
    /// OCT: noise that grows with the signal.
    speckle,
    /// OCT: a vessel's shadow or a clouded lens, a band of columns.
    shadow,
    /// OCT: sensitivity falls off with depth.
    depth_falloff,
    /// OCT: greys and speckle of an image of another dataset.
    vendor_style,
}

/// A crop ready for the network.
#[derive(Debug, Clone)]
pub struct Crop {
    /// `channels * rows * columns`, 0..=1.
    pub image: Vec<f32>,
    /// As [`Sample::bits`].
    pub bits: Vec<u32>,
}

/// How crops are cut and changed.
#[derive(Debug, Clone, Copy)]
pub struct Cutter<'a> {
    /// Kinds that are on.
    pub kinds: &'a Augmentation,
    /// Bits that a crop prefers to hold.
    pub foreground: u32,
    /// Rows and columns of a crop.
    pub size: [usize; 2],
    /// Whether OCT's own kinds apply.
    pub is_oct: bool,
    /// An image whose style the crop may take.
    pub style: Option<&'a Look>,
}

impl Cutter<'_> {
    /// Draws a crop from `sample`, warped and with changed intensities. Outside
    /// of the sample it is black background, as behind the border of a scan.
    pub fn cut(&self, sample: &Sample, rng: &mut impl Rng) -> Crop {
        let mut crop = self.warp(sample, rng);
        let pixels = self.size[0] * self.size[1];
        let change = Intensities::draw(self, sample, rng);
        for image in crop.image.chunks_exact_mut(pixels) {
            change.apply(image, self.size[1], rng);
        }
        crop
    }

    fn warp(&self, sample: &Sample, rng: &mut impl Rng) -> Crop {
        let kinds = self.kinds;
        let [rows, columns] = self.size;
        let angle =
            if kinds.rotation && rng.random_bool(0.5) { rng.random_range(-0.21f32..0.21) } else { 0.0 };
        let mut scale =
            |low: f32, high: f32| if kinds.scaling { rng.random_range(low..high).exp() } else { 1.0 };
        let (scale_rows, scale_columns) = (scale(-0.3, 0.25), scale(-0.35, 0.3));
        let mirror = if kinds.flip && rng.random_bool(0.5) { -1.0 } else { 1.0 };
        let (sin, cos) = angle.sin_cos();
        let waves = if kinds.elastic && rng.random_bool(0.5) { elastic(rng) } else { Vec::new() };
        let (centre_row, centre_column) = self.centre(sample, rng);
        let channels = sample.channels.len();
        let pixels = rows * columns;
        let mut crop = Crop { image: vec![0.0; channels * pixels], bits: vec![0; pixels] };
        for row in 0..rows {
            let down = row as f32 + 0.5 - rows as f32 / 2.0;
            for column in 0..columns {
                let across = (column as f32 + 0.5 - columns as f32 / 2.0) * mirror;
                let [bent_rows, bent_columns] = displacement(&waves, down, across);
                let from_row = centre_row + (down * cos + across * sin) * scale_rows + bent_rows - 0.5;
                let from_column =
                    centre_column + (across * cos - down * sin) * scale_columns + bent_columns - 0.5;
                let index = row * columns + column;
                for (channel, image) in sample.channels.iter().enumerate() {
                    crop.image[channel * pixels + index] =
                        grey_at(image, sample.rows, sample.columns, from_row, from_column);
                }
                crop.bits[index] = bits_at(sample, from_row, from_column);
            }
        }
        crop
    }

    /// Where the crop is centred: nnU-Net's foreground oversampling, with 60 %
    /// instead of 33 %, because most columns of a phantom hold no fluid.
    fn centre(&self, sample: &Sample, rng: &mut impl Rng) -> (f32, f32) {
        let [rows, columns] = self.size;
        let shift = if self.kinds.axial_shift { rng.random_range(-25.0f32..25.0) } else { 0.0 };
        let inside = |at: f32, crop: usize, whole: usize| {
            let half = (crop as f32 / 2.0).min(whole as f32 / 2.0);
            at.clamp(half, (whole as f32 - half).max(half))
        };
        if rng.random_bool(0.6) {
            let start = rng.random_range(0..sample.bits.len());
            // A random start and a large odd step visit pixels in scattered order.
            let found = (0..sample.bits.len() / 7).map(|n| (start + n * 7919) % sample.bits.len());
            let mut found = found.filter(|index| sample.bits[*index] & self.foreground != 0);
            if let Some(index) = found.next() {
                let astray = rng.random_range(-0.4f32..0.4) * columns as f32;
                let column = inside((index % sample.columns) as f32 + astray, columns, sample.columns);
                let row = inside((index / sample.columns) as f32, rows, sample.rows);
                return (row + shift, column);
            }
        }
        let half = (columns as f32 / 2.0).min(sample.columns as f32 / 2.0);
        let column = rng.random_range(half..=(sample.columns as f32 - half).max(half));
        (sample.rows as f32 / 2.0 + shift, column)
    }
}

/// One wave of an elastic deformation.
struct Wave {
    /// Change of its phase a row and a column, radians.
    per_row: f32,
    per_column: f32,
    phase: f32,
    /// Rows and columns by which it moves a pixel at most.
    amplitude: [f32; 2],
}

/// Waves of 50 to 200 pixels that together move a pixel by some six at most: a
/// retina bends, but a cyst stays a cyst.
fn elastic(rng: &mut impl Rng) -> Vec<Wave> {
    let mut wave = || {
        let length = rng.random_range(50.0f32..200.0);
        let (sin, cos) = rng.random_range(0.0..std::f32::consts::TAU).sin_cos();
        let turn = std::f32::consts::TAU / length;
        let amplitude = [rng.random_range(-2.0f32..2.0), rng.random_range(-2.0f32..2.0)];
        Wave {
            per_row: sin * turn,
            per_column: cos * turn,
            phase: rng.random_range(0.0..std::f32::consts::TAU),
            amplitude,
        }
    };
    (0..3).map(|_| wave()).collect()
}

fn displacement(waves: &[Wave], row: f32, column: f32) -> [f32; 2] {
    waves.iter().fold([0.0; 2], |[rows, columns], wave| {
        let height = (wave.per_row * row + wave.per_column * column + wave.phase).sin();
        [rows + wave.amplitude[0] * height, columns + wave.amplitude[1] * height]
    })
}

fn grey_at(image: &[u8], rows: usize, columns: usize, row: f32, column: f32) -> f32 {
    let (top, left) = (row.floor(), column.floor());
    if top < -1.0 || left < -1.0 || top >= rows as f32 || left >= columns as f32 {
        return 0.0;
    }
    let (down, across) = (row - top, column - left);
    let pixel = |row: f32, column: f32| {
        if row < 0.0 || column < 0.0 || row >= rows as f32 || column >= columns as f32 {
            0.0
        } else {
            f32::from(image[row as usize * columns + column as usize])
        }
    };
    let above = pixel(top, left) * (1.0 - across) + pixel(top, left + 1.0) * across;
    let below = pixel(top + 1.0, left) * (1.0 - across) + pixel(top + 1.0, left + 1.0) * across;
    (above * (1.0 - down) + below * down) / 255.0
}

fn bits_at(sample: &Sample, row: f32, column: f32) -> u32 {
    let (row, column) = (row.round(), column.round());
    if row >= 0.0 && column >= 0.0 && row < sample.rows as f32 && column < sample.columns as f32 {
        sample.bits[row as usize * sample.columns + column as usize]
    } else {
        0
    }
}

/// One draw of all that changes greys; the same for all channels of a crop.
struct Intensities {
    greys: Option<Vec<f32>>,
    shadow: Option<Vec<f32>>,
    falloff: f32,
    blur: f32,
    low_resolution: usize,
    speckle: f32,
    noise: f32,
    gamma: f32,
    contrast: f32,
    brightness: f32,
}

impl Intensities {
    fn draw(cutter: &Cutter<'_>, sample: &Sample, rng: &mut impl Rng) -> Self {
        let kinds = cutter.kinds;
        let mut on = |switch: bool, chance: f64| switch && rng.random_bool(chance);
        let oct = cutter.is_oct;
        let [stylish, shadowed, falling, blurred, coarse, speckled, noisy, bent, contrasted] = [
            on(kinds.vendor_style && oct, 0.3),
            on(kinds.shadow && oct, 0.25),
            on(kinds.depth_falloff && oct, 0.25),
            on(kinds.blur, 0.3),
            on(kinds.low_resolution, 0.12),
            on(kinds.speckle && oct, 0.5),
            on(kinds.noise, 0.5),
            on(kinds.gamma, 0.7),
            on(kinds.contrast, 1.0),
        ];
        let mut change = Self {
            greys: None,
            shadow: shadowed.then(|| shadow(cutter.size[1], rng)),
            falloff: if falling { rng.random_range(-0.5f32..0.5) } else { 0.0 },
            blur: if blurred { rng.random_range(0.15f32..0.5) } else { 0.0 },
            low_resolution: if coarse { rng.random_range(2..=3) } else { 1 },
            speckle: if speckled { rng.random_range(0.0f32..0.3) } else { 0.0 },
            noise: if noisy { rng.random_range(0.0f32..0.08) } else { 0.0 },
            gamma: if bent { rng.random_range(-0.55f32..0.55).exp() } else { 1.0 },
            contrast: if contrasted { rng.random_range(0.75f32..1.25) } else { 1.0 },
            brightness: if contrasted { rng.random_range(-0.1f32..0.1) } else { 0.0 },
        };
        if let Some(style) = cutter.style.filter(|_| stylish) {
            change.greys = Some(grey_curve(&sample.look, style));
            // Speckle adds up in squares; what is too strong is blurred away.
            let missing = style.speckle.powi(2) - sample.look.speckle.powi(2);
            if missing > 0.0 {
                // Against the mean of two neighbours white noise counts by the root of 3/2.
                change.speckle = (missing / 1.5).sqrt().min(0.6);
            } else {
                change.blur = change.blur.max((1.0 - style.speckle / sample.look.speckle.max(1e-3)) * 0.6);
            }
        }
        change
    }

    fn apply(&self, image: &mut [f32], columns: usize, rng: &mut impl Rng) {
        if let Some(curve) = &self.greys {
            for value in image.iter_mut() {
                *value = curve[(*value * 255.0).round().clamp(0.0, 255.0) as usize];
            }
        }
        if let Some(factors) = &self.shadow {
            for row in image.chunks_exact_mut(columns) {
                for (value, factor) in row.iter_mut().zip(factors) {
                    *value *= factor;
                }
            }
        }
        if self.falloff != 0.0 {
            let rows = image.len() / columns;
            for (row, values) in image.chunks_exact_mut(columns).enumerate() {
                let factor = 1.0 - self.falloff * (row as f32 / rows as f32 - 0.5);
                values.iter_mut().for_each(|value| *value *= factor);
            }
        }
        if self.blur > 0.0 {
            blur(image, columns, self.blur);
        }
        if self.low_resolution > 1 {
            coarsen(image, columns, self.low_resolution);
        }
        let mean = image.iter().sum::<f32>() / image.len() as f32;
        for value in image {
            let (first, second) = normals(rng);
            let noisy = (*value * (1.0 + self.speckle * first) + self.noise * second).clamp(0.0, 1.0);
            let bent = if self.gamma == 1.0 { noisy } else { noisy.powf(self.gamma) };
            *value = ((bent - mean) * self.contrast + mean + self.brightness).clamp(0.0, 1.0);
        }
    }
}

/// For each grey 0..=255 the grey of `to` at the same quantile, 0..=1.
fn grey_curve(from: &Look, to: &Look) -> Vec<f32> {
    let grey = |value: usize| {
        let value = value as f32;
        let above = from.quantiles.iter().position(|quantile| *quantile >= value).unwrap_or(16);
        if above == 0 {
            return to.quantiles[0] / 255.0;
        }
        let (low, high) = (from.quantiles[above - 1], from.quantiles[above]);
        let part = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 1.0 };
        (to.quantiles[above - 1] + part * (to.quantiles[above] - to.quantiles[above - 1])) / 255.0
    };
    (0..256).map(grey).collect()
}

/// Two draws of roughly normal spread: sums of three uniforms, a quarter of the
/// time of Box-Muller, and their short tails never matter after the clamp.
fn normals(rng: &mut impl Rng) -> (f32, f32) {
    let bits: u64 = rng.random();
    let part = |shift: u32| ((bits >> shift) & 0x3FF) as f32 / 1023.0 - 0.5;
    ((part(0) + part(10) + part(20)) * 2.0, (part(30) + part(40) + part(50)) * 2.0)
}

fn shadow(columns: usize, rng: &mut impl Rng) -> Vec<f32> {
    let centre = rng.random_range(0.0..columns as f32);
    let width = rng.random_range(2.0f32..columns as f32 / 3.0);
    let depth = rng.random_range(0.2f32..0.8);
    let factor = |column: usize| 1.0 - depth * (-((column as f32 - centre) / width).powi(2)).exp();
    (0..columns).map(factor).collect()
}

/// Mixes each pixel with the mean of its neighbours left, right, above and below.
fn blur(image: &mut [f32], columns: usize, amount: f32) {
    let before = image.to_vec();
    let rows = image.len() / columns;
    for row in 0..rows {
        for column in 0..columns {
            let index = row * columns + column;
            let left = before[if column > 0 { index - 1 } else { index }];
            let right = before[if column + 1 < columns { index + 1 } else { index }];
            let above = before[if row > 0 { index - columns } else { index }];
            let below = before[if row + 1 < rows { index + columns } else { index }];
            image[index] = before[index] * (1.0 - amount) + (left + right + above + below) * amount / 4.0;
        }
    }
}

/// Each block of `size` x `size` pixels becomes its mean.
fn coarsen(image: &mut [f32], columns: usize, size: usize) {
    let rows = image.len() / columns;
    for top in (0..rows).step_by(size) {
        for left in (0..columns).step_by(size) {
            let block: Vec<usize> = (top..(top + size).min(rows))
                .flat_map(|row| (left..(left + size).min(columns)).map(move |column| row * columns + column))
                .collect();
            let mean = block.iter().map(|index| image[*index]).sum::<f32>() / block.len() as f32;
            block.into_iter().for_each(|index| image[index] = mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::Split;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn square() -> Sample {
        let inside = |n: usize| (12..28).contains(&(n / 40)) && (12..28).contains(&(n % 40));
        let image: Vec<u8> = (0..1600).map(|n| if inside(n) { 255 } else { 0 }).collect();
        Sample {
            name: "square".into(),
            subject: "square".into(),
            split: Split::Train,
            rows: 40,
            columns: 40,
            look: Look::of(&image, 40),
            channels: vec![image],
            bits: (0..1600).map(|n| u32::from(inside(n)) << 12).collect(),
        }
    }

    fn cutter(kinds: &Augmentation, size: usize) -> Cutter<'_> {
        Cutter { kinds, foreground: 1 << 12, size: [size; 2], is_oct: true, style: None }
    }

    #[test]
    fn labels_move_with_the_image() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let kinds = Augmentation::all();
        for _ in 0..20 {
            let crop = cutter(&kinds, 48).warp(&square(), &mut rng);
            let both = crop.image.iter().zip(&crop.bits);
            let agree = both.filter(|(image, bits)| (**image > 0.5) == (**bits == 1 << 12)).count();
            assert!(agree as f32 / 2304.0 > 0.97, "{agree} of 2304 pixels agree");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_crop_and_values_stay_in_range() {
        let kinds = Augmentation::all();
        let crop = |seed| cutter(&kinds, 32).cut(&square(), &mut ChaCha8Rng::seed_from_u64(seed));
        assert_eq!(crop(5).image, crop(5).image);
        assert_ne!(crop(5).image, crop(6).image);
        assert!((0..30).all(|seed| crop(seed).image.iter().all(|value| (0.0..=1.0).contains(value))));
    }

    #[test]
    fn with_every_kind_switched_off_a_crop_of_full_size_is_the_sample() {
        let mut kinds = Augmentation::all();
        for kind in Augmentation::KINDS {
            assert!(kinds.switch_off(kind), "{kind}");
        }
        assert!(!kinds.switch_off("colour"));
        let crop =
            (0..20).map(|seed| cutter(&kinds, 40).cut(&square(), &mut ChaCha8Rng::seed_from_u64(seed)));
        let exact = crop.filter(|crop| {
            crop.image.iter().zip(&square().channels[0]).all(|(a, b)| *a == f32::from(*b) / 255.0)
        });
        // A crop that is centred on foreground lies elsewhere.
        assert!(exact.count() > 3);
    }

    #[test]
    fn style_transfer_brings_the_greys_of_the_other_image() {
        let dark = Look { quantiles: std::array::from_fn(|n| n as f32 * 4.0), speckle: 0.1 };
        let bright = Look { quantiles: std::array::from_fn(|n| 100.0 + n as f32 * 8.0), speckle: 0.2 };
        let curve = grey_curve(&dark, &bright);
        assert!(curve.is_sorted());
        assert!((curve[32] * 255.0 - 164.0).abs() < 1.0, "the median becomes the median");
        assert!((curve[0] * 255.0 - 100.0).abs() < 1.0 && (curve[255] * 255.0 - 228.0).abs() < 1.0);
    }
}
