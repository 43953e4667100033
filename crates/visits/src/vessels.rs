//! What is dark and thin in an en-face picture: the shadows of vessels.
//!
//! The brightness of each B-scan, of large areas and of lesions goes away: from each B-scan its
//! median, from each place the mean of 0.25 mm around it, and what is left is divided by how
//! much there is of it within 0.5 mm. What is darker counts up to three times its usual size,
//! what is brighter up to once: vessels are dark. \[ours\]

use crate::picture::EnFacePicture;

/// Standard deviations of the smoothing, mm: vessels are 0.03 to 0.12 wide.
const AROUND_MM: f64 = 0.25;
const CONTRAST_MM: f64 = 0.5;
/// How far what is dark, and what is bright, counts, in what is usual.
const DARKEST: f32 = 3.0;
const BRIGHTEST: f32 = 1.0;
/// A cell is seen where as much of what it is made of is.
const LEAST_SEEN: f32 = 0.5;

/// Darkness of vessels in square cells, in the scan's own axes.
#[derive(Debug, Clone)]
pub(crate) struct VesselMap {
    pub cell_mm: f64,
    pub columns: usize,
    pub rows: usize,
    /// Where the middle of the first cell lies, lateral and slow.
    pub first_mm: [f64; 2],
    /// About 0 in the mean; 0 where nothing was seen.
    pub dark: Vec<f32>,
    /// 1 where it was seen, else 0.
    pub seen: Vec<f32>,
}

impl VesselMap {
    /// Of `picture`, in cells of `cell_mm`.
    pub fn of(picture: &EnFacePicture, cell_mm: f64) -> Self {
        let mut map = Self::resampled(picture, cell_mm);
        let cells = |mm: f64| mm / cell_mm;
        // What is finer than this is noise.
        let fine = map.smooth(&map.dark, cells((cell_mm / 2.0).max(0.03)));
        let around = map.smooth(&fine, cells(AROUND_MM));
        let detail: Vec<f32> = around.iter().zip(&fine).map(|(around, fine)| around - fine).collect();
        let squared: Vec<f32> = detail.iter().map(|value| value * value).collect();
        let usual: Vec<f32> = map
            .smooth(&squared, cells(CONTRAST_MM))
            .into_iter()
            .map(|square| square.max(0.0).sqrt())
            .collect();
        let seen_cells = map.seen.iter().sum::<f32>().max(1.0);
        let mean_usual =
            usual.iter().zip(&map.seen).map(|(usual, seen)| usual * seen).sum::<f32>() / seen_cells;
        // Where there is nearly nothing, noise is not made large.
        let least = (0.3 * mean_usual).max(f32::MIN_POSITIVE);
        let clipped: Vec<f32> = detail
            .iter()
            .zip(&usual)
            .map(|(value, usual)| (value / usual.max(least)).clamp(-BRIGHTEST, DARKEST))
            .collect();
        let mean = clipped.iter().zip(&map.seen).map(|(value, seen)| value * seen).sum::<f32>() / seen_cells;
        map.dark = clipped.iter().zip(&map.seen).map(|(value, seen)| (value - mean) * seen).collect();
        map
    }

    /// Greys less the median of their B-scan, in square cells.
    fn resampled(picture: &EnFacePicture, cell_mm: f64) -> Self {
        let grid = picture.grid();
        let greys = without_medians(picture);
        let starts = (0..grid.bscans()).map(|bscan| grid.start_mm(bscan));
        let (least, most) =
            starts.fold((0.0_f64, 0.0_f64), |(least, most), mm| (least.min(mm), most.max(mm)));
        let cells = |mm: f64| ((mm / cell_mm).floor().max(0.0) as usize + 1).min(MOST_CELLS);
        let width_mm = grid.lateral_mm() * (grid.columns() - 1) as f64 + most - least;
        let (columns, rows) = (cells(width_mm), cells(grid.slow_mm() * (grid.bscans() - 1) as f64));
        let first_mm = [least, 0.0];
        let (mut dark, mut seen) = (vec![0.0; columns * rows], vec![0.0; columns * rows]);
        let slow_reach = cell_mm.max(grid.slow_mm());
        let lateral_reach = cell_mm.max(grid.lateral_mm());
        for row in 0..rows {
            let slow_mm = row as f64 * cell_mm;
            let mut sums = vec![[0.0_f64; 3]; columns];
            for (bscan, across) in weights(slow_mm, slow_reach, grid.slow_mm(), grid.bscans()) {
                let line = &greys[bscan * grid.columns()..(bscan + 1) * grid.columns()];
                for (column, sum) in sums.iter_mut().enumerate() {
                    let lateral_mm = least + column as f64 * cell_mm - grid.start_mm(bscan);
                    for (at, along) in weights(lateral_mm, lateral_reach, grid.lateral_mm(), line.len()) {
                        let weight = across * along;
                        sum[0] += weight;
                        if line[at].is_finite() {
                            sum[1] += weight;
                            sum[2] += weight * f64::from(line[at]);
                        }
                    }
                }
            }
            for (column, [all, known, sum]) in sums.into_iter().enumerate() {
                if known > 0.0 && known >= f64::from(LEAST_SEEN) * all {
                    dark[row * columns + column] = (sum / known) as f32;
                    seen[row * columns + column] = 1.0;
                }
            }
        }
        Self { cell_mm, columns, rows, first_mm, dark, seen }
    }

    /// The middle of the map, lateral and slow in mm.
    pub fn middle_mm(&self) -> [f64; 2] {
        let middle = |first: f64, count: usize| first + 0.5 * (count - 1) as f64 * self.cell_mm;
        [middle(self.first_mm[0], self.columns), middle(self.first_mm[1], self.rows)]
    }

    /// Width and height in mm.
    pub fn size_mm(&self) -> [f64; 2] {
        [self.columns, self.rows].map(|count| count as f64 * self.cell_mm)
    }

    /// What of it was seen, mm².
    pub fn seen_mm2(&self) -> f64 {
        f64::from(self.seen.iter().sum::<f32>()) * self.cell_mm * self.cell_mm
    }

    /// Darkness at a place, between the four cells around it; `None` where one of them was not
    /// seen.
    pub fn at(&self, lateral_mm: f64, slow_mm: f64) -> Option<f32> {
        let column = (lateral_mm - self.first_mm[0]) / self.cell_mm;
        let row = (slow_mm - self.first_mm[1]) / self.cell_mm;
        let inside = column >= 0.0 && row >= 0.0;
        if !inside || column > (self.columns - 1) as f64 || row > (self.rows - 1) as f64 {
            return None;
        }
        let (left, top) = (column as usize, row as usize);
        let (right, below) = ((left + 1).min(self.columns - 1), (top + 1).min(self.rows - 1));
        let cells =
            [(left, top), (right, top), (left, below), (right, below)].map(|(c, r)| r * self.columns + c);
        if cells.iter().any(|cell| self.seen[*cell] == 0.0) {
            return None;
        }
        let [a, b, c, d] = cells.map(|cell| self.dark[cell]);
        let (along, across) = ((column - left as f64) as f32, (row - top as f64) as f32);
        let (upper, lower) = (a + (b - a) * along, c + (d - c) * along);
        Some(upper + (lower - upper) * across)
    }

    /// The weighted mean about each cell of those that were seen, by a bell of `sigma` cells; 0
    /// where none was.
    fn smooth(&self, values: &[f32], sigma: f64) -> Vec<f32> {
        let mut sums: Vec<f32> = values.iter().zip(&self.seen).map(|(value, seen)| value * seen).collect();
        let mut parts = self.seen.clone();
        for map in [&mut sums, &mut parts] {
            blur(map, self.columns, sigma);
        }
        sums.iter().zip(&parts).map(|(sum, part)| if *part > 1e-3 { sum / part } else { 0.0 }).collect()
    }
}

/// No map has more cells along a side: whoever asks chooses cells that fit.
const MOST_CELLS: usize = 2048;

/// Greys less the median of what was seen of their B-scan; NaN where nothing was seen.
fn without_medians(picture: &EnFacePicture) -> Vec<f32> {
    let mut greys = Vec::with_capacity(picture.greys().len());
    for line in picture.greys().chunks(picture.grid().columns().max(1)) {
        let mut counts = [0_usize; 256];
        line.iter().for_each(|grey| counts[usize::from(*grey)] += 1);
        counts[0] = 0;
        let half = counts.iter().sum::<usize>().div_ceil(2);
        let mut passed = 0;
        let median = counts.iter().position(|count| {
            passed += count;
            passed >= half
        });
        let median = median.unwrap_or(0) as f32;
        greys.extend(line.iter().map(|grey| if *grey == 0 { f32::NAN } else { f32::from(*grey) - median }));
    }
    greys
}

/// Which of `count` samples `step_mm` apart lie within `reach_mm` of `at_mm`, each with its weight,
/// which falls evenly from the middle.
fn weights(at_mm: f64, reach_mm: f64, step_mm: f64, count: usize) -> impl Iterator<Item = (usize, f64)> {
    let first = ((at_mm - reach_mm) / step_mm).ceil().max(0.0) as usize;
    let after = (((at_mm + reach_mm) / step_mm).floor() + 1.0).max(0.0) as usize;
    (first.min(count)..after.min(count)).filter_map(move |sample| {
        let weight = 1.0 - (sample as f64 * step_mm - at_mm).abs() / reach_mm;
        (weight > 1e-9).then_some((sample, weight))
    })
}

/// A bell of `sigma` samples along both axes; beyond the edge there is nothing.
fn blur(map: &mut [f32], columns: usize, sigma: f64) {
    let reach = ((3.0 * sigma).ceil() as usize).clamp(1, 64);
    let mut bell: Vec<f32> = (0..=2 * reach)
        .map(|at| (-0.5 * ((at as f64 - reach as f64) / sigma.max(1e-3)).powi(2)).exp() as f32)
        .collect();
    let all: f32 = bell.iter().sum();
    bell.iter_mut().for_each(|weight| *weight /= all);
    let rows = map.len() / columns.max(1);
    let mut padded = vec![0.0_f32; columns + 2 * reach];
    for line in map.chunks_exact_mut(columns) {
        padded[reach..reach + columns].copy_from_slice(line);
        for (at, value) in line.iter_mut().enumerate() {
            *value = bell.iter().zip(&padded[at..]).map(|(weight, value)| weight * value).sum();
        }
    }
    let along = map.to_vec();
    map.fill(0.0);
    for row in 0..rows {
        let line = &mut map[row * columns..(row + 1) * columns];
        for (at, weight) in bell.iter().enumerate() {
            let Some(from) = (row + at).checked_sub(reach).filter(|from| *from < rows) else { continue };
            for (value, sample) in line.iter_mut().zip(&along[from * columns..(from + 1) * columns]) {
                *value += weight * sample;
            }
        }
    }
}
