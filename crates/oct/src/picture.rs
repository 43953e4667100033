//! Whether a B-scan holds a picture of an eye, or nothing: blank, noise, a blink.
//!
//! Layers run from side to side: depth profiles of strips of a retina are alike, those of
//! noise are not. Each of [`STRIPS`] strips is averaged to a profile of [`ROWS`] cells of
//! samples clipped to their 5th and 95th percentile (burned-in text and stray white go), and
//! a smooth course over depth is taken away (a fading gradient goes). *Likeness* is the
//! correlation of a strip with the next but one, at the best of a few shifts (layers tilt);
//! *contrast* is what is left of a profile's height. Gain, gamma, bit depth and noise that
//! averages out change neither much.
//!
//! Measured (`r` likeness, `c` contrast), smallest to largest:
//!
//! | what | n | r | c |
//! |---|---|---|---|
//! | Duke, Bonn, Kermany, OCTDL, macular hole | 87 | 0.67 to 0.98 | 0.12 to 0.22 |
//! | Bioptigen (very noisy) | 18 | 0.67 to 0.88 | 0.061 to 0.093 |
//! | phantoms, gain 1 to 2 | 12 | 0.83 to 0.94 | 0.15 |
//! | retinas in twice their contrast of noise | 23 | 0.61 to 0.91 | 0.041 to 0.091 |
//! | in four times (hardly seen by eye) | 23 | 0.42 to 0.84 | 0.027 to 0.060 |
//! | at 15 % of their brightness over a noise floor | 23 | 0.49 to 0.85 | 0.029 to 0.073 |
//! | gamma 0.4, tilted by a quarter, cropped, every 4th sample | 92 | 0.60 to 0.98 | 0.053 to 0.22 |
//! | Gauss, uniform, Poisson, speckle, salt, of six sizes, also as JPEG | 138 | 0.00 to 0.35 | 0.00 to 0.13 |
//! | noise with text, also as JPEG | 48 | 0.22 to 0.47 | 0.012 to 0.14 |
//! | gradients over depth, exact | 48 | 1.00 | 0.007 to 0.018 |
//! | blank, blank with text, as JPEG | 72 | 0.00 (64 x 64 with text 0.84) | 0.00 |
//!
//! Brightness that grows across pictures of 128 x 128, with text, passes as well: 5 of 6
//! (likeness up to 0.95, contrast up to 0.032); none of 30 larger ones does.
//!
//! It fails for clouds as large as a tenth of the picture, for text over a twentieth of it,
//! and for thick bright bands that are no retina: those are pictures to it.

use crate::padding::Scanned;
use crate::rank::at_ranks;

/// Strips from side to side, and cells of a profile.
const STRIPS: usize = 16;
const ROWS: usize = 64;
/// Cells by which layers may lie higher or lower two strips on.
const SHIFTS: usize = 6;
/// The share of pairs of strips that may be less alike: a retina may end within the picture.
const LESS_ALIKE: f64 = 0.7;
/// A picture reaches both. Halfway between noise and the least of the real B-scans.
const LIKENESS: f64 = 0.48;
const CONTRAST: f64 = 0.022;
/// Where less of a B-scan than this is no padding, there is too little to see.
const SEEN: f64 = 0.2;
/// Samples are clipped to these of their quantiles.
const BLACK: f64 = 0.05;
const WHITE: f64 = 0.95;

/// How much a B-scan looks like layers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Layering {
    /// Correlation of depth profiles two strips apart, 0..=1.
    pub likeness: f64,
    /// Standard deviation of a profile about its smooth course, in units of the grey range.
    pub contrast: f64,
}

impl Layering {
    /// Of a B-scan of `columns` columns.
    pub fn of(scanned: &Scanned, columns: usize) -> Self {
        Self::measured(scanned, columns).unwrap_or_default()
    }

    /// Whether this is a picture.
    pub fn is_picture(&self) -> bool {
        self.likeness >= LIKENESS && self.contrast >= CONTRAST
    }

    fn measured(scanned: &Scanned, columns: usize) -> Option<Self> {
        let rows = scanned.samples.len().checked_div(columns)?;
        let greys = scanned.of_eye();
        if (greys.len() as f64) < SEEN * scanned.samples.len() as f64 {
            return None;
        }
        let last = greys.len().checked_sub(1)?;
        let [black, white] = at_ranks(&greys, [BLACK, WHITE].map(|part| (last as f64 * part) as usize))?;
        // Also where either is no number.
        if white.partial_cmp(&black) != Some(std::cmp::Ordering::Greater) {
            return None;
        }
        let (cells, strips) = (ROWS.min(rows), STRIPS.min(columns));
        let mut sums = vec![(0.0f64, 0usize); cells * strips];
        let firsts: Vec<usize> = (0..=strips).map(|strip| (strip * columns).div_ceil(strips)).collect();
        let lines = scanned.samples.chunks_exact(columns).zip(scanned.is_padding.chunks_exact(columns));
        let mut greys = vec![0.0; columns];
        for (row, (line, is_padding)) in lines.enumerate() {
            for (grey, sample) in greys.iter_mut().zip(line) {
                *grey = ((sample - black) / (white - black)).clamp(0.0, 1.0);
            }
            for (strip, ends) in firsts.windows(2).enumerate() {
                let cell = &mut sums[strip * cells + row * cells / rows];
                let (mut sum, mut count) = *cell;
                let within = ends[0]..ends[1];
                for (grey, padding) in greys[within.clone()].iter().zip(&is_padding[within]) {
                    sum += if *padding { 0.0 } else { f64::from(*grey) };
                    count += usize::from(!padding);
                }
                *cell = (sum, count);
            }
        }
        let least = rows * columns / (cells * strips) / 2;
        let profiles: Vec<Option<Profile>> = sums
            .chunks_exact(cells)
            .map(|strip| {
                let mean = |(sum, count): &(f64, usize)| (*count > least).then(|| sum / *count as f64);
                Profile::of(&strip.iter().map(mean).collect::<Vec<_>>())
            })
            .collect();
        let mut contrasts: Vec<f64> = profiles.iter().flatten().map(|profile| profile.contrast).collect();
        if contrasts.len() * 4 < strips {
            return None;
        }
        let mut alike: Vec<f64> = profiles
            .windows(3)
            .filter_map(|three| match three {
                [Some(one), _, Some(other)] => one.likeness(other),
                _ => None,
            })
            .collect();
        Some(Self {
            likeness: quantile(&mut alike, LESS_ALIKE)?.max(0.0),
            contrast: quantile(&mut contrasts, 0.5)?,
        })
    }
}

/// Means over a strip by depth, without their smooth course.
struct Profile {
    cells: Vec<Option<f64>>,
    contrast: f64,
}

impl Profile {
    /// `None` where too little is known.
    fn of(means: &[Option<f64>]) -> Option<Self> {
        let known: Vec<(f64, f64)> = means
            .iter()
            .enumerate()
            .filter_map(|(cell, mean)| Some((depth(cell, means.len()), (*mean)?)))
            .collect();
        if known.len() * 4 < means.len() || known.len() < 8 {
            return None;
        }
        let course = Course::of(&known)?;
        let left = |cell: usize, mean: f64| mean - course.at(depth(cell, means.len()));
        let cells: Vec<Option<f64>> =
            means.iter().enumerate().map(|(cell, mean)| Some(left(cell, (*mean)?))).collect();
        let squares: f64 = cells.iter().flatten().map(|left| left * left).sum();
        Some(Self { contrast: (squares / known.len() as f64).sqrt(), cells })
    }

    /// Correlation at the best shift; `None` where they share too little.
    fn likeness(&self, other: &Self) -> Option<f64> {
        let (this, that) = (&self.cells, &other.cells);
        let at = |later: usize, one: &[Option<f64>], two: &[Option<f64>]| {
            let pairs: Vec<(f64, f64)> =
                one.iter().skip(later).zip(two).filter_map(|(a, b)| (*a).zip(*b)).collect();
            (pairs.len() * 4 >= this.len()).then(|| correlation(&pairs)).flatten()
        };
        (0..=SHIFTS)
            .flat_map(|shift| [at(shift, this, that), at(shift, that, this)])
            .flatten()
            .reduce(f64::max)
    }
}

/// -1 at the top to 1 at the bottom.
fn depth(cell: usize, cells: usize) -> f64 {
    2.0 * cell as f64 / (cells.max(2) - 1) as f64 - 1.0
}

/// A polynomial of the fourth degree over depth, by least squares.
struct Course([f64; 5]);

impl Course {
    fn of(known: &[(f64, f64)]) -> Option<Self> {
        // The normal equations, with the right side as a sixth column.
        let mut table = [[0.0f64; 6]; 5];
        for (at, mean) in known {
            let terms = terms(*at);
            for (line, term) in table.iter_mut().zip(terms) {
                for (cell, other) in line.iter_mut().zip(terms) {
                    *cell += term * other;
                }
                line[5] += term * mean;
            }
        }
        // Gauss-Jordan; Legendre's polynomials keep the pivots apart from 0.
        for step in 0..5 {
            let best = (step..5).max_by(|a, b| table[*a][step].abs().total_cmp(&table[*b][step].abs()))?;
            table.swap(step, best);
            let pivot = table[step];
            if pivot[step].abs() < 1e-9 {
                return None;
            }
            for (_, line) in table.iter_mut().enumerate().filter(|(index, _)| *index != step) {
                let factor = line[step] / pivot[step];
                for (cell, of_pivot) in line.iter_mut().zip(pivot) {
                    *cell -= factor * of_pivot;
                }
            }
        }
        Some(Self(std::array::from_fn(|step| table[step][5] / table[step][step])))
    }

    fn at(&self, depth: f64) -> f64 {
        self.0.iter().zip(terms(depth)).map(|(factor, term)| factor * term).sum()
    }
}

/// Legendre's polynomials.
fn terms(x: f64) -> [f64; 5] {
    let square = x * x;
    [
        1.0,
        x,
        (3.0 * square - 1.0) / 2.0,
        (5.0 * square - 3.0) * x / 2.0,
        ((35.0 * square - 30.0) * square + 3.0) / 8.0,
    ]
}

fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let count = pairs.len() as f64;
    let (a, b) = pairs.iter().fold((0.0, 0.0), |(a, b), pair| (a + pair.0 / count, b + pair.1 / count));
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for pair in pairs {
        let (from_a, from_b) = (pair.0 - a, pair.1 - b);
        both += from_a * from_b;
        of_a += from_a * from_a;
        of_b += from_b * from_b;
    }
    let most = (of_a * of_b).sqrt();
    (most > 1e-9).then(|| both / most)
}

fn quantile(values: &mut [f64], fraction: f64) -> Option<f64> {
    let index = (values.len().checked_sub(1)? as f64 * fraction) as usize;
    Some(*values.select_nth_unstable_by(index, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use crate::{Geometry, OctVolume, Samples};

    const SIZES: [[usize; 2]; 4] = [[496, 512], [124, 128], [200, 200], [64, 64]];

    /// Even noise, 0..=1, from an index and a seed.
    fn noise(index: usize, seed: u64) -> f64 {
        let mut x =
            (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ seed.wrapping_mul(0xD1B5_4A32_D192_ED03);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Speckle of mean 1.
    fn speckle(index: usize, seed: u64) -> f64 {
        -(1.0 - noise(index, seed)).max(1e-12).ln()
    }

    /// `grey` of depth and place from side to side, both 0..=1, and of the index.
    fn samples([rows, columns]: [usize; 2], grey: impl Fn(f64, f64, usize) -> f64) -> Vec<f32> {
        (0..rows * columns)
            .map(|index| {
                let (row, column) = (index / columns, index % columns);
                grey(row as f64 / rows as f64, column as f64 / columns as f64, index) as f32
            })
            .collect()
    }

    fn is_picture(size: [usize; 2], samples: Samples) -> bool {
        let volume = OctVolume::new(size[1], size[0], 1, samples, Geometry::default()).unwrap();
        volume.bscan(0).unwrap().has_picture()
    }

    /// How bright an eye is at a depth: a retina of three layers that bows and tilts.
    fn eye(depth: f64, across: f64) -> f64 {
        let below = depth - 0.35 - 0.1 * across - 0.08 * (3.0 * across).sin();
        match below {
            below if below < 0.0 => 8.0,
            below if below < 0.08 => 70.0,
            below if below < 0.2 => 35.0,
            below if below < 0.26 => 130.0,
            below => 45.0 * (-6.0 * (below - 0.26)).exp() + 8.0,
        }
    }

    fn u8s(greys: Vec<f32>) -> Samples {
        Samples::U8(greys.into_iter().map(|grey| grey as u8).collect())
    }

    #[test]
    fn an_eye_is_a_picture_whatever_gain_gamma_bit_depth_and_noise() {
        for size in SIZES {
            let plain = |depth: f64, across: f64, index| eye(depth, across) * speckle(index, 3);
            assert!(is_picture(size, u8s(samples(size, plain))), "{size:?}");
            for gain in [0.1, 0.6, 1.8, 2.5] {
                let greys = samples(size, |depth, across, index| plain(depth, across, index) * gain);
                assert!(is_picture(size, u8s(greys)), "{size:?} gain {gain}");
            }
            for gamma in [0.6, 1.6] {
                let greys = samples(size, |depth, across, index| plain(depth, across, index).powf(gamma));
                assert!(is_picture(size, Samples::F32(greys)), "{size:?} gamma {gamma}");
            }
            let dim = |depth, across, index| 20.0 * speckle(index, 4) + 0.5 * plain(depth, across, index);
            // 64 x 64 samples of speckle do not average enough.
            assert!(
                size == [64, 64] || is_picture(size, Samples::F32(samples(size, dim))),
                "{size:?} behind a cataract"
            );
        }
    }

    #[test]
    fn an_eye_that_is_cut_or_partly_padded_is_a_picture() {
        let size = [496, 512];
        let cut = |depth: f64, across: f64, index| eye(depth + 0.42, across) * speckle(index, 5);
        assert!(is_picture(size, u8s(samples(size, cut))), "cut above");
        let padded = |depth: f64, across: f64, index| match depth {
            depth if depth < 0.25 => 255.0,
            _ => eye(depth, across).min(120.0) * speckle(index, 6).min(2.0),
        };
        assert!(is_picture(size, u8s(samples(size, padded))));
        let blink = |depth: f64, across: f64, index| match across {
            across if across < 0.6 => eye(depth, across) * speckle(index, 7),
            _ => 8.0 * speckle(index, 7),
        };
        assert!(is_picture(size, u8s(samples(size, blink))), "most of it is seen");
    }

    #[test]
    fn noise_and_blanks_of_any_kind_are_no_picture() {
        for (seed, size) in SIZES.into_iter().enumerate() {
            let none = |what: &str, greys: Vec<f32>| {
                assert!(!is_picture(size, u8s(greys.clone())), "{what}, {size:?}, 8 bits");
                assert!(!is_picture(size, Samples::F32(greys)), "{what}, {size:?}, floats");
            };
            let seed = seed as u64;
            for grey in [0.0, 20.0, 255.0] {
                none("blank", samples(size, |_, _, _| grey));
            }
            none("even noise", samples(size, |_, _, index| 40.0 * noise(index, seed)));
            none("speckle", samples(size, |_, _, index| 30.0 * speckle(index, seed)));
            none("salt", samples(size, |_, _, index| if noise(index, seed) < 0.04 { 255.0 } else { 0.0 }));
            none("gradient", samples(size, |depth, _, _| 200.0 * depth));
            none("gradient aside", samples(size, |_, across, _| 200.0 * across));
            none(
                "fading",
                samples(size, |depth, _, index| (10.0 + 60.0 * (-4.0 * depth).exp()) * speckle(index, seed)),
            );
            none(
                "padded noise",
                samples(size, |depth, _, index| match depth {
                    depth if depth < 0.5 => 0.0,
                    _ => 10.0 + 30.0 * noise(index, seed),
                }),
            );
        }
    }

    #[test]
    fn what_is_no_number_or_nearly_all_padding_is_no_picture() {
        let size = [124, 128];
        for cell in [f32::NAN, f32::INFINITY, f32::MAX] {
            assert!(!is_picture(size, Samples::F32(vec![cell; 124 * 128])));
        }
        let mostly = samples(size, |depth, across, index| match depth {
            depth if depth < 0.85 => f64::NAN,
            _ => eye(depth - 0.5, across) * speckle(index, 8),
        });
        assert!(!is_picture(size, Samples::F32(mostly)));
        assert!(!is_picture([1, 2], Samples::U8(vec![0, 9])), "too small to hold layers");
    }
}
