//! What changes the greys of a crop: contrast, noise, blur, and what OCT does to an image.

use rand::Rng;

use super::super::sample::Look;
use super::kinds::Augmentation;

/// One draw of all that changes greys; the same for all channels of a crop.
pub(super) struct Intensities {
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
    gain: f32,
    /// Every so many columns are kept.
    picked: usize,
}

impl Intensities {
    /// Draws for a crop of so many `columns` from an image that looks like `look`; OCT
    /// has kinds of its own, of which one takes over the `style` of another image.
    pub(super) fn draw(
        kinds: &Augmentation,
        columns: usize,
        look: &Look,
        style: Option<&Look>,
        oct: bool,
        rng: &mut impl Rng,
    ) -> Self {
        let mut on = |switch: bool, chance: f64| switch && rng.random_bool(chance);
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
            shadow: shadowed.then(|| shadow(columns, rng)),
            falloff: if falling { rng.random_range(-0.5f32..0.5) } else { 0.0 },
            blur: if blurred { rng.random_range(0.15f32..0.5) } else { 0.0 },
            low_resolution: if coarse { rng.random_range(2..=3) } else { 1 },
            speckle: if speckled { rng.random_range(0.0f32..0.3) } else { 0.0 },
            noise: if noisy { rng.random_range(0.0f32..0.08) } else { 0.0 },
            gamma: if bent { rng.random_range(-0.55f32..0.55).exp() } else { 1.0 },
            contrast: if contrasted { rng.random_range(0.75f32..1.25) } else { 1.0 },
            brightness: if contrasted { rng.random_range(-0.1f32..0.1) } else { 0.0 },
            gain: 1.0,
            picked: 1,
        };
        if kinds.gain && rng.random_bool(0.4) {
            change.gain = rng.random_range(0.6f32.ln()..2f32.ln()).exp();
        }
        if kinds.picked_columns && rng.random_bool(0.15) {
            change.picked = rng.random_range(2..=3);
        }
        if let Some(style) = style.filter(|_| stylish) {
            change.greys = Some(grey_curve(look, style));
            // Speckle adds up in squares; what is too strong is blurred away.
            let missing = style.speckle.powi(2) - look.speckle.powi(2);
            if missing > 0.0 {
                // Against the mean of two neighbours white noise counts by the root of 3/2.
                change.speckle = (missing / 1.5).sqrt().min(0.6);
            } else {
                change.blur = change.blur.max((1.0 - style.speckle / look.speckle.max(1e-3)) * 0.6);
            }
        }
        change
    }

    pub(super) fn apply(&self, image: &mut [f32], columns: usize, rng: &mut impl Rng) {
        if let Some(curve) = &self.greys {
            for value in image.iter_mut() {
                *value = curve[(*value * 255.0).round().clamp(0.0, 255.0) as usize];
            }
        }
        if self.gain != 1.0 {
            image.iter_mut().for_each(|value| *value = (*value * self.gain).min(1.0));
        }
        if self.picked > 1 {
            pick_columns(image, columns, self.picked);
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

/// Keeps one column in `every`, and interpolates those between.
fn pick_columns(image: &mut [f32], columns: usize, every: usize) {
    for row in image.chunks_exact_mut(columns) {
        for column in 0..columns {
            let left = column - column % every;
            // The next kept column is still as it was.
            let right = if left + every < columns { left + every } else { left };
            let part = (column - left) as f32 / every as f32;
            row[column] = row[left] * (1.0 - part) + row[right] * part;
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
    use rand::SeedableRng;

    #[test]
    fn picked_columns_stay_and_those_between_lie_between_them() {
        let mut image = vec![0.0, 9.0, 9.0, 3.0, 9.0, 9.0, 6.0, 9.0];
        pick_columns(&mut image, 8, 3);
        let expected = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0];
        assert!(image.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{image:?}");
    }

    #[test]
    fn gain_saturates_and_leaves_nothing_above_white() {
        let mut kinds = Augmentation { gain: true, ..Augmentation::default() };
        let look = Look { quantiles: [0.0; 17], speckle: 0.1 };
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        let mut gains = Vec::new();
        for _ in 0..200 {
            let change = Intensities::draw(&kinds, 4, &look, None, true, &mut rng);
            let mut image = vec![0.0, 0.3, 0.7, 1.0];
            change.apply(&mut image, 4, &mut rng);
            assert!(image.iter().all(|value| (0.0..=1.0).contains(value)));
            gains.push(change.gain);
        }
        assert!(gains.iter().any(|gain| *gain < 0.7) && gains.iter().any(|gain| *gain > 1.8));
        kinds.gain = false;
        assert_eq!(Intensities::draw(&kinds, 4, &look, None, true, &mut rng).gain, 1.0);
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
