//! Augmentation: nnU-Net's kinds \[strong\] plus OCT's own \[ours\].

use rand::Rng;

use crate::datasets::Sample;

/// A crop ready for the network.
#[derive(Debug, Clone)]
pub struct Crop {
    /// `rows * columns`, 0..=1.
    pub image: Vec<f32>,
    /// As [`Sample::bits`].
    pub bits: Vec<u8>,
}

/// Draws a crop of `rows` x `columns` from `sample`, warped and with changed
/// intensities. `foreground` are the bits that a crop
/// prefers to hold. Outside of the sample the crop is black background, as
/// behind the border of a scan.
pub fn augment(sample: &Sample, foreground: u8, rows: usize, columns: usize, rng: &mut impl Rng) -> Crop {
    let mut crop = warp(sample, foreground, rows, columns, rng);
    change_intensities(&mut crop.image, columns, rng);
    crop
}

fn warp(sample: &Sample, foreground: u8, rows: usize, columns: usize, rng: &mut impl Rng) -> Crop {
    let angle = if rng.random_bool(0.5) { rng.random_range(-0.21f32..0.21) } else { 0.0 };
    let scale_rows = rng.random_range(-0.3f32..0.25).exp();
    let scale_columns = rng.random_range(-0.35f32..0.3).exp();
    let mirror = if rng.random_bool(0.5) { -1.0 } else { 1.0 };
    let (sin, cos) = angle.sin_cos();
    let waves = if rng.random_bool(0.5) { elastic(rng) } else { Vec::new() };
    let (centre_row, centre_column) = centre(sample, foreground, columns, rng);
    let mut crop = Crop { image: vec![0.0; rows * columns], bits: vec![0; rows * columns] };
    for row in 0..rows {
        let down = row as f32 + 0.5 - rows as f32 / 2.0;
        for column in 0..columns {
            let across = (column as f32 + 0.5 - columns as f32 / 2.0) * mirror;
            let [bent_rows, bent_columns] = displacement(&waves, down, across);
            let from_row = centre_row + (down * cos + across * sin) * scale_rows + bent_rows - 0.5;
            let from_column =
                centre_column + (across * cos - down * sin) * scale_columns + bent_columns - 0.5;
            let index = row * columns + column;
            let (image, bits) = at(sample, from_row, from_column);
            crop.image[index] = image;
            crop.bits[index] = bits;
        }
    }
    crop
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

/// Where the crop is centred: nnU-Net's foreground oversampling, with 60 %
/// instead of 33 %, because most columns of a phantom hold no fluid.
fn centre(sample: &Sample, foreground: u8, columns: usize, rng: &mut impl Rng) -> (f32, f32) {
    let middle = sample.rows as f32 / 2.0 + rng.random_range(-25.0f32..25.0);
    if rng.random_bool(0.6) {
        let start = rng.random_range(0..sample.bits.len());
        // A random start and a large odd step visit pixels in scattered order.
        let found = (0..sample.bits.len() / 7).map(|n| (start + n * 7919) % sample.bits.len());
        let mut found = found.filter(|index| sample.bits[*index] & foreground != 0);
        if let Some(index) = found.next() {
            let column = (index % sample.columns) as f32;
            return (middle, column + rng.random_range(-0.4f32..0.4) * columns as f32);
        }
    }
    let half = (columns as f32 / 2.0).min(sample.columns as f32 / 2.0);
    (middle, rng.random_range(half..=(sample.columns as f32 - half).max(half)))
}

fn at(sample: &Sample, row: f32, column: f32) -> (f32, u8) {
    let (top, left) = (row.floor(), column.floor());
    if top < -1.0 || left < -1.0 || top >= sample.rows as f32 || left >= sample.columns as f32 {
        return (0.0, 0);
    }
    let (down, across) = (row - top, column - left);
    let pixel = |row: f32, column: f32| {
        if row < 0.0 || column < 0.0 || row >= sample.rows as f32 || column >= sample.columns as f32 {
            0.0
        } else {
            f32::from(sample.image[row as usize * sample.columns + column as usize])
        }
    };
    let above = pixel(top, left) * (1.0 - across) + pixel(top, left + 1.0) * across;
    let below = pixel(top + 1.0, left) * (1.0 - across) + pixel(top + 1.0, left + 1.0) * across;
    let (near_row, near_column) = (row.round(), column.round());
    let inside = near_row >= 0.0
        && near_column >= 0.0
        && near_row < sample.rows as f32
        && near_column < sample.columns as f32;
    let bits =
        if inside { sample.bits[near_row as usize * sample.columns + near_column as usize] } else { 0 };
    ((above * (1.0 - down) + below * down) / 255.0, bits)
}

fn change_intensities(image: &mut [f32], columns: usize, rng: &mut impl Rng) {
    if rng.random_bool(0.25) {
        shadow(image, columns, rng);
    }
    if rng.random_bool(0.3) {
        blur(image, columns, rng.random_range(0.15f32..0.5));
    }
    let speckle = if rng.random_bool(0.5) { rng.random_range(0.0f32..0.3) } else { 0.0 };
    let noise = if rng.random_bool(0.5) { rng.random_range(0.0f32..0.08) } else { 0.0 };
    let gamma = if rng.random_bool(0.7) { rng.random_range(-0.55f32..0.55).exp() } else { 1.0 };
    let contrast = rng.random_range(0.75f32..1.25);
    let brightness = rng.random_range(-0.1f32..0.1);
    let mean = image.iter().sum::<f32>() / image.len() as f32;
    for value in image {
        let (first, second) = normals(rng);
        let noisy = (*value * (1.0 + speckle * first) + noise * second).clamp(0.0, 1.0);
        *value = ((noisy.powf(gamma) - mean) * contrast + mean + brightness).clamp(0.0, 1.0);
    }
}

/// Two draws of roughly normal spread: sums of three uniforms, a quarter of the
/// time of Box-Muller, and their short tails never matter after the clamp.
fn normals(rng: &mut impl Rng) -> (f32, f32) {
    let bits: u64 = rng.random();
    let part = |shift: u32| ((bits >> shift) & 0x3FF) as f32 / 1023.0 - 0.5;
    ((part(0) + part(10) + part(20)) * 2.0, (part(30) + part(40) + part(50)) * 2.0)
}

/// A vessel's shadow or a clouded lens: a band of columns gets darker.
fn shadow(image: &mut [f32], columns: usize, rng: &mut impl Rng) {
    let centre = rng.random_range(0.0..columns as f32);
    let width = rng.random_range(2.0f32..columns as f32 / 3.0);
    let depth = rng.random_range(0.2f32..0.8);
    let factors: Vec<f32> = (0..columns)
        .map(|column| 1.0 - depth * (-((column as f32 - centre) / width).powi(2)).exp())
        .collect();
    for row in image.chunks_exact_mut(columns) {
        for (value, factor) in row.iter_mut().zip(&factors) {
            *value *= factor;
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::Split;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn square() -> Sample {
        let inside = |n: usize| (12..28).contains(&(n / 40)) && (12..28).contains(&(n % 40));
        Sample {
            name: "square".into(),
            split: Split::Train,
            rows: 40,
            columns: 40,
            image: (0..1600).map(|n| if inside(n) { 255 } else { 0 }).collect(),
            bits: (0..1600).map(|n| u8::from(inside(n))).collect(),
        }
    }

    #[test]
    fn labels_move_with_the_image() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for _ in 0..20 {
            let crop = warp(&square(), 1, 48, 48, &mut rng);
            let agree = crop
                .image
                .iter()
                .zip(&crop.bits)
                .filter(|(image, bits)| (**image > 0.5) == (**bits == 1))
                .count();
            assert!(agree as f32 / 2304.0 > 0.97, "{agree} of 2304 pixels agree");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_crop_and_values_stay_in_range() {
        let crop = |seed| augment(&square(), 1, 32, 32, &mut ChaCha8Rng::seed_from_u64(seed));
        assert_eq!(crop(5).image, crop(5).image);
        assert_ne!(crop(5).image, crop(6).image);
        assert!(crop(5).image.iter().all(|value| (0.0..=1.0).contains(value)));
    }
}
