//! Augmentation: nnU-Net's kinds \[strong\] plus OCT's own \[ours\], each with a switch.

mod edges;
mod intensities;
mod kinds;

use rand::Rng;

use super::graders::Graders;
use super::sample::{Look, Sample};

use edges::Edges;
use intensities::Intensities;
pub use kinds::Augmentation;

/// A crop ready for the network.
#[derive(Debug, Clone)]
pub struct Crop {
    /// `channels * rows * columns`, 0..=1.
    pub image: Vec<f32>,
    /// As [`Sample::bits`].
    pub bits: Vec<u32>,
    /// The same by further graders, where the mean of all is learnt.
    pub others: Vec<Vec<u32>>,
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
    /// What is taken of several graders.
    pub graders: Graders,
}

impl Cutter<'_> {
    /// Draws a crop from `sample`, warped and with changed intensities. Outside
    /// of the sample it is black background, as behind the border of a scan.
    pub fn cut(&self, sample: &Sample, rng: &mut impl Rng) -> Crop {
        let mut crop = self.warp(sample, rng);
        self.graders.take(&mut crop, rng);
        let pixels = self.size[0] * self.size[1];
        let change = Intensities::draw(self.kinds, self.size[1], &sample.look, self.style, self.is_oct, rng);
        for image in crop.image.chunks_exact_mut(pixels) {
            change.apply(image, self.size[1], rng);
        }
        Edges::draw(self.kinds, rng).apply(&mut crop, self.size);
        crop
    }

    fn warp(&self, sample: &Sample, rng: &mut impl Rng) -> Crop {
        let kinds = self.kinds;
        let [rows, columns] = self.size;
        let angle =
            if kinds.rotation && rng.random_bool(0.5) { rng.random_range(-0.21f32..0.21) } else { 0.0 };
        let mut scale =
            |low: f32, high: f32| if kinds.scaling { rng.random_range(low..high).exp() } else { 1.0 };
        let (scale_rows, mut scale_columns) = (scale(-0.3, 0.25), scale(-0.35, 0.3));
        if sample.image_level.present != 0 {
            // What is somewhere in the image must be in the crop: a wide one is narrowed, within reason.
            scale_columns = scale_columns.max((sample.columns as f32 / columns as f32).min(1.5));
        }
        let mirror = if kinds.flip && rng.random_bool(0.5) { -1.0 } else { 1.0 };
        let (sin, cos) = angle.sin_cos();
        let waves = if kinds.elastic && rng.random_bool(0.5) { elastic(rng) } else { Vec::new() };
        let (centre_row, centre_column) = self.centre(sample, rng);
        let channels = sample.channels.len();
        let pixels = rows * columns;
        let others = sample.others.iter().filter(|_| self.graders.looks_at_others());
        let masks: Vec<&[u32]> = others.map(Vec::as_slice).collect();
        let mut crop = Crop {
            image: vec![0.0; channels * pixels],
            bits: vec![0; pixels],
            others: vec![vec![0; pixels]; masks.len()],
        };
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
                if let Some(from) = pixel_at(sample, from_row, from_column) {
                    crop.bits[index] = sample.bits[from];
                    for (other, mask) in crop.others.iter_mut().zip(&masks) {
                        other[index] = mask[from];
                    }
                }
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
        // Where no more is known than that something is there, all of it must be in the crop.
        if sample.image_level.present != 0 {
            return (sample.rows as f32 / 2.0 + shift, sample.columns as f32 / 2.0);
        }
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

/// The pixel of `sample` that lies at a place; `None` outside of it, where nothing is marked.
fn pixel_at(sample: &Sample, row: f32, column: f32) -> Option<usize> {
    let (row, column) = (row.round(), column.round());
    let inside = row >= 0.0 && column >= 0.0 && row < sample.rows as f32 && column < sample.columns as f32;
    inside.then(|| row as usize * sample.columns + column as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ImageLevel, Split};
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
            others: Vec::new(),
            image_level: ImageLevel::default(),
        }
    }

    fn cutter(kinds: &Augmentation, size: usize) -> Cutter<'_> {
        let graders = Graders::default();
        Cutter { kinds, foreground: 1 << 12, size: [size; 2], is_oct: true, style: None, graders }
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
    fn a_crop_of_an_image_that_holds_something_somewhere_is_taken_from_its_middle_and_wide() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let kinds = Augmentation { axial_shift: false, ..Augmentation::all() };
        let mut somewhere = square();
        somewhere.image_level.present = 1;
        for _ in 0..20 {
            // 28 columns show all 40: the 16 of the square are some 11, tilted and bent.
            let seen = cutter(&kinds, 28).warp(&somewhere, &mut rng).bits;
            let columns = (0..28).filter(|column| (0..28).any(|row| seen[row * 28 + column] != 0)).count();
            assert!((7..20).contains(&columns), "{columns}");
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
}
