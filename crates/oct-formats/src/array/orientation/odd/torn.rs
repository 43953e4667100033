//! Whether the rows of an array are as long as its header says.
//!
//! A file of samples does not say where a row ends. Read with another length (columns and
//! rows exchanged, rows with bytes of padding) the layers still run from side to side, but
//! what lies above each other in the eye is shifted from row to row, and a figure of it
//! looks like any other. In the samples as they lie in memory, what is lateral in a row
//! (less the mean of [`AROUND`] neighbours) is found again one, two and three rows on: its
//! correlation there, less that [`BESIDE`] samples beside, has a peak for the true length
//! and for no other. Slanted layers make a broad one, which the difference takes away, and
//! which moves from row to row.
//!
//! Measured at the stated length, and at the best of all others from a quarter of it to
//! three times, in units of the spread of these (robust standard deviation):
//!
//! | what | n | stated | another | best other over stated |
//! |---|---|---|---|---|
//! | Duke, Bonn, Kermany, OCTDL, macular hole | 160 | 40 to 350 | the half: 0.4 to 0.7 of it | at most 0.75 |
//! | Bioptigen (very noisy) | 18 | 23 to 26 | 22 to 25 | at most 0.98 |
//! | phantom of 128 x 124, no speckle from row to row | 1 | 4.4 | 3.0 | 0.7 |
//! | blurred, noise, JPEG, tilted by 10 and 30 degrees, resampled by 1/8 to 2, of 4 greys, saturated | 950 | | | none of them is taken for torn |
//! | the same read with columns and rows exchanged | 690 | -6 to 3 | 4 to 350 | 87 % found |
//! | with rows 16 longer, 2 shorter | 940 | | | 97 %, 95 % found |
//!
//! Not found are lengths that are a multiple or a part of the true one (900 x 450
//! exchanged: each row is then cut in two), where every second length fits as well, and
//! noise that hides everything. Two equal pictures side by side are taken for torn.

use oct::OctVolume;

use crate::array::orientation::sample_at;

/// Samples of which the mean is taken away.
const AROUND: usize = 17;
/// Distance at which a peak is compared with its sides.
const BESIDE: usize = 2;
/// Rows on which it is looked for.
const ROWS_ON: usize = 3;
/// Shorter rows or fewer of them tell nothing.
const FEWEST: usize = 32;
/// The shortest length that is tried.
const SHORTEST: usize = 24;
/// Products of two samples at most: a tenth of a second.
const MOST_PRODUCTS: usize = 150_000_000;
/// Samples whose products are added up before the sum is written down.
const AT_ONCE: usize = 4;
/// Places of the array at which rows are compared.
const PLACES: usize = 16;
/// A peak of this height is one, whatever its length.
const CLEAR: f64 = 8.0;
/// A peak of this height is one where it is the length of a column: only that one is tried.
const CLEAR_IF_EXCHANGED: f64 = 3.5;
/// The stated length is wrong where its peak is lower than this part of the other.
const LOWER: f64 = 0.5;

/// Whether the rows of `volume`, filled as the samples lie in memory, seem to have another
/// length than the stated one.
pub(super) fn is_torn(volume: &OctVolume) -> bool {
    other_row_length(volume).is_some()
}

/// The length that the rows seem to have, where it is not the stated one, or a multiple of it.
fn other_row_length(volume: &OctVolume) -> Option<usize> {
    let (stated, rows) = (volume.columns(), volume.rows());
    if stated < FEWEST || rows < FEWEST {
        return None;
    }
    let peaks = Peaks::of(volume)?;
    let at_stated = peaks.at(stated)?;
    let is_wrong = |other: f64| at_stated < LOWER * other;
    if stated != rows && peaks.at(rows).is_some_and(|peak| peak >= CLEAR_IF_EXCHANGED && is_wrong(peak)) {
        return Some(rows);
    }
    let others =
        (peaks.shortest..).zip(&peaks.heights).filter(|(length, _)| length.abs_diff(stated) > BESIDE);
    let (length, best) = others.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (*best >= CLEAR && is_wrong(*best)).then_some(length)
}

/// The peak of each length of a row, in units of their spread.
struct Peaks {
    shortest: usize,
    heights: Vec<f64>,
}

impl Peaks {
    fn of(volume: &OctVolume) -> Option<Self> {
        let total = volume.samples().len();
        let shortest = SHORTEST.max(volume.columns() / 4);
        // Half of the array is left to compare with.
        let longest = (3 * volume.columns()).min((total / 2).checked_sub(BESIDE)? / ROWS_ON);
        let lags = ROWS_ON * longest + BESIDE + 1;
        let correlation = correlation(volume, lags)?;
        let peak = |length: usize| {
            let at_row = |row: usize| {
                let lag = row * length;
                correlation[lag] - (correlation[lag - BESIDE] + correlation[lag + BESIDE]) / 2.0
            };
            (1..=ROWS_ON).map(at_row).sum::<f64>() / ROWS_ON as f64
        };
        let mut heights: Vec<f64> = (shortest..=longest).map(peak).collect();
        let middle = median(&heights)?;
        let spread = 1.48 * median(&heights.iter().map(|peak| (peak - middle).abs()).collect::<Vec<_>>())?;
        heights.iter_mut().for_each(|peak| *peak /= spread);
        spread.is_normal().then_some(Self { shortest, heights })
    }

    fn at(&self, length: usize) -> Option<f64> {
        self.heights.get(length.checked_sub(self.shortest)?).copied()
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    let middle = sorted.len() / 2;
    (!sorted.is_empty()).then(|| *sorted.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// Correlation of what is lateral in the samples with itself, for each of the first `lags`.
fn correlation(volume: &OctVolume, lags: usize) -> Option<Vec<f64>> {
    let total = volume.samples().len();
    let window = total.checked_sub(lags)?;
    let length = (MOST_PRODUCTS / lags).min(window) / PLACES / AT_ONCE * AT_ONCE;
    let mut sums = vec![0.0_f64; lags];
    for place in 0..PLACES {
        let start = (window - length) * place / (PLACES - 1);
        let lateral = lateral(volume, start, length + lags);
        let mut products = vec![0.0_f32; lags];
        for (part, values) in lateral[..length].as_chunks::<AT_ONCE>().0.iter().enumerate() {
            let others: [&[f32]; AT_ONCE] = std::array::from_fn(|at| &lateral[AT_ONCE * part + at..][..lags]);
            for (lag, product) in products.iter_mut().enumerate() {
                *product += (0..AT_ONCE).map(|at| values[at] * others[at][lag]).sum::<f32>();
            }
        }
        sums.iter_mut().zip(products).for_each(|(sum, product)| *sum += f64::from(product));
    }
    let all = sums[0];
    (all > 0.0 && all.is_finite()).then(|| sums.into_iter().map(|sum| sum / all).collect())
}

/// `count` samples from `start` on, less the mean around each, clipped to their 5th and 95th
/// percentile (letters and padding in white go) and scaled to that range.
fn lateral(volume: &OctVolume, start: usize, count: usize) -> Vec<f32> {
    let mut samples: Vec<f32> = (start..start + count).map(|index| sample_at(volume, index)).collect();
    let mut sorted = samples.clone();
    let mut quantile =
        |percent: usize| *sorted.select_nth_unstable_by((count - 1) * percent / 100, f32::total_cmp).1;
    let (dark, bright) = (quantile(5), quantile(95));
    let range = if bright > dark { bright - dark } else { 1.0 };
    samples.iter_mut().for_each(|sample| *sample = (sample.clamp(dark, bright.max(dark)) - dark) / range);
    let mut before = vec![0.0_f64];
    before.extend(samples.iter().scan(0.0_f64, |sum, sample| {
        *sum += f64::from(*sample);
        Some(*sum)
    }));
    let mean = |at: usize| {
        let (first, end) = (at.saturating_sub(AROUND / 2), (at + AROUND / 2 + 1).min(count));
        (before[end] - before[first]) / (end - first) as f64
    };
    samples.iter().enumerate().map(|(at, sample)| sample - mean(at) as f32).collect()
}

#[cfg(test)]
mod tests {
    use oct::{Geometry, Samples};

    use super::super::drawn::{SIZES, greys};
    use super::*;

    fn found(columns: usize, rows: usize) -> Option<usize> {
        let mut greys = greys();
        let bscans = greys.len() / (columns * rows);
        greys.truncate(columns * rows * bscans);
        let volume = OctVolume::new(columns, rows, bscans, Samples::U8(greys), Geometry::default()).unwrap();
        other_row_length(&volume)
    }

    #[test]
    fn rows_of_another_length_than_stated_are_found_with_their_own() {
        let [columns, rows, _] = SIZES;
        assert_eq!(found(columns, rows), None);
        assert_eq!(found(rows, columns), Some(columns), "exchanged");
        for stated in [94, 95, 97, 100, 112] {
            assert!(found(stated, rows).is_some_and(|length| length % columns == 0), "{stated}");
        }
    }

    #[test]
    fn what_has_no_rows_to_compare_is_not_torn() {
        for samples in [vec![7; 64 * 64], (0..64 * 64_u32).map(|at| (at * at % 251) as u8).collect()] {
            let volume = OctVolume::new(64, 64, 1, Samples::U8(samples), Geometry::default()).unwrap();
            assert_eq!(Peaks::of(&volume).and_then(|peaks| peaks.at(9)), None);
            let _ = other_row_length(&volume);
        }
        assert_eq!(found(96, 16), None, "few rows are no picture");
    }
}
