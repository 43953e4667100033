//! What the samples themselves say of the axes of an array.
//!
//! The retina is layered: along depth brightness changes much, along the other
//! two axes little. Neighbouring B-scans are taken at different moments, so they
//! differ more than neighbouring columns. Below the retina lies the choroid,
//! which scatters; above it the vitreous, which does not. The figures beside the
//! thresholds were measured on the real eyes that the tests name.

use oct::OctVolume;

use super::sample_at;

/// Cells along each axis in which samples are averaged, so that speckle does not count.
const CELLS: usize = 24;
/// Cells along depth to tell its two ends.
const DEPTH_CELLS: usize = 64;
/// Samples along each axis that are looked at.
const LOOKED_AT: usize = 120;
/// Places along each axis at which neighbours are compared.
const COMPARED: usize = 48;
/// A share of samples of the very largest value above this is padding in white: which
/// regions lie along the border of a B-scan ([`oct::padding`]) is not known before its axes.
const WHITE_PADDING: f64 = 0.01;
/// An image of no more values than these is one of labels.
const MOST_LABELS: usize = 8;
/// Above this part of a line's range lies the retina.
const RETINA: f64 = 0.4;
/// Cells beside the retina that are compared, above and below.
const BESIDE: usize = 8;
/// Lines along depth that have to agree on its ends.
const FEWEST_LINES: usize = 4;

/// What the samples say of each axis, in the order of the array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Picture {
    /// Part of the variance that lies along the axis: near 1 for depth.
    pub(super) layering: [f64; 3],
    /// How much neighbours along the axis differ; 0 where there are none.
    pub(super) roughness: [f64; 3],
}

impl Picture {
    /// What the samples of `volume` say; `None` where they are all alike or labels.
    pub(super) fn of(volume: &OctVolume) -> Option<Self> {
        let array = Array::of(volume);
        let cells = Cells::of(&array, [CELLS; 3])?;
        let [across, down, through] = cells.sizes;
        let lines = |axis: usize| -> f64 {
            let [first, second] = [(1, 2), (0, 2), (0, 1)].map(<[usize; 2]>::from)[axis];
            let mut sum = 0.0;
            for a in 0..cells.sizes[first] {
                for b in 0..cells.sizes[second] {
                    let line = (0..cells.sizes[axis]).map(|at| {
                        let mut place = [0; 3];
                        (place[first], place[second], place[axis]) = (a, b, at);
                        cells.filled(place)
                    });
                    sum += variance(line);
                }
            }
            sum / (cells.sizes[first] * cells.sizes[second]) as f64
        };
        let all = (0..through).flat_map(|z| (0..down).flat_map(move |y| (0..across).map(move |x| [x, y, z])));
        let total = variance(all.map(|place| cells.filled(place)));
        // Of a line of few cells the mean takes a part of the variance with it.
        let layering = [0, 1, 2].map(|axis| {
            let count = cells.sizes[axis] as f64;
            if count < 2.0 { 0.0 } else { lines(axis) / total * count / (count - 1.0) }
        });
        let is_told = total.is_normal() && layering.iter().all(|part| part.is_finite());
        is_told
            .then(|| Self { layering, roughness: [0, 1, 2].map(|axis| array.roughness(axis, cells.padding)) })
    }
}

/// How much brighter it is behind the retina than before it along axis `depth`,
/// in parts of the range of brightness: positive where the vitreous comes first.
/// `None` where too few lines tell.
pub(super) fn brighter_behind(volume: &OctVolume, depth: usize) -> Option<f64> {
    let mut wanted = [CELLS; 3];
    *wanted.get_mut(depth)? = DEPTH_CELLS;
    let cells = Cells::of(&Array::of(volume), wanted)?;
    let others: Vec<usize> = (0..3).filter(|axis| *axis != depth).collect();
    let mut differences = Vec::new();
    for a in 0..cells.sizes[others[0]] {
        for b in 0..cells.sizes[others[1]] {
            let mut place = [0; 3];
            (place[others[0]], place[others[1]]) = (a, b);
            let line: Vec<Option<f64>> = (0..cells.sizes[depth])
                .map(|at| {
                    place[depth] = at;
                    cells.at(place)
                })
                .collect();
            differences.extend(brighter_behind_on(&line));
        }
    }
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    (differences.len() >= FEWEST_LINES).then_some(mean)
}

/// Skewness of the greys, averaged over cells so that speckle does not count: an OCT
/// has many dark cells and few bright ones. Of the values with and without white padding
/// the larger. `None` where the samples are all alike or labels.
pub(super) fn skewness(volume: &OctVolume) -> Option<f64> {
    let array = Array::of(volume);
    let of = |ignores_white: bool| Cells::looked_at(&array, [CELLS; 3], ignores_white)?.skewness();
    Some(of(true)?.max(of(false)?))
}

/// The same on one line; cells of padding are `None`.
fn brighter_behind_on(line: &[Option<f64>]) -> Option<f64> {
    let first = line.iter().position(Option::is_some)?;
    let last = line.iter().rposition(Option::is_some)?;
    let known: Vec<f64> = line.iter().flatten().copied().collect();
    if known.len() < 2 * BESIDE {
        return None;
    }
    let mut sorted = known.clone();
    sorted.sort_by(f64::total_cmp);
    let (dark, bright) = (sorted[sorted.len() / 10], sorted[sorted.len() - 1]);
    let part = |value: f64| (value - dark) / (bright - dark);
    let line: Vec<f64> = line[first..=last].iter().map(|cell| part(cell.unwrap_or(sorted[0]))).collect();
    let is_retina = |value: &f64| *value > RETINA;
    let (top, bottom) = (line.iter().position(is_retina)?, line.iter().rposition(is_retina)?);
    // What fills the picture to an edge has no other side there.
    if top < 2 || bottom + 3 > line.len() {
        return None;
    }
    let mean = |cells: &[f64]| cells.iter().sum::<f64>() / cells.len() as f64;
    let before = mean(&line[top.saturating_sub(BESIDE)..top]);
    let behind = mean(&line[bottom + 1..line.len().min(bottom + 1 + BESIDE)]);
    Some(behind - before).filter(|difference| difference.is_finite())
}

fn variance(values: impl Iterator<Item = f64>) -> f64 {
    let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for value in values {
        count += 1.0;
        let from_old = value - mean;
        mean += from_old / count;
        squares += from_old * (value - mean);
    }
    if count > 0.0 { squares / count } else { 0.0 }
}

/// Samples by their place in the array.
struct Array<'a> {
    volume: &'a OctVolume,
    sizes: [usize; 3],
    steps: [usize; 3],
}

impl<'a> Array<'a> {
    fn of(volume: &'a OctVolume) -> Self {
        let sizes = [volume.columns(), volume.rows(), volume.bscans()];
        let steps = [1, sizes[0], sizes[0] * sizes[1]];
        Self { volume, sizes, steps }
    }

    /// The sample at `index`; `None` where the file says that it is none.
    fn sample(&self, index: usize) -> Option<f32> {
        let value = sample_at(self.volume, index);
        Some(value).filter(|value| !self.volume.stated_padding.is_some_and(|stated| stated.contains(*value)))
    }

    /// Offsets along an axis of at most `most` samples evenly over it.
    fn spread(&self, axis: usize, most: usize) -> Vec<usize> {
        let (size, count) = (self.sizes[axis], self.sizes[axis].min(most));
        (0..count).map(|at| at * size / count * self.steps[axis]).collect()
    }

    /// Root of the mean square by which neighbours along `axis` differ.
    fn roughness(&self, axis: usize, padding: Option<f32>) -> f64 {
        if self.sizes[axis] < 2 {
            return 0.0;
        }
        let [x, y, z] = [0, 1, 2].map(|axis| self.spread(axis, COMPARED));
        let last = (self.sizes[axis] - 1) * self.steps[axis];
        let (mut sum, mut count) = (0.0, 0.0);
        for (x, y, z) in z.iter().flat_map(|z| y.iter().flat_map(|y| x.iter().map(|x| (*x, *y, *z)))) {
            let (index, along) = (x + y + z, [x, y, z][axis]);
            let index = if along == last { index - self.steps[axis] } else { index };
            let known = |index: usize| self.sample(index).filter(|sample| Some(*sample) != padding);
            if let (Some(one), Some(next)) = (known(index), known(index + self.steps[axis])) {
                sum += f64::from(next - one).powi(2);
                count += 1.0;
            }
        }
        if count > 0.0 { f64::sqrt(sum / count) } else { 0.0 }
    }
}

/// Averages of samples over cells of the array.
struct Cells {
    sizes: [usize; 3],
    /// Sum and number of samples in each cell, those of padding left out.
    sums: Vec<(f64, u32)>,
    mean: f64,
    /// The value of white padding.
    padding: Option<f32>,
}

impl Cells {
    /// At most `wanted` cells along each axis; `None` where the samples are all
    /// alike or labels.
    fn of(array: &Array<'_>, wanted: [usize; 3]) -> Option<Self> {
        Self::looked_at(array, wanted, true)
    }

    /// The same, with padding in white among the samples where it is not ignored.
    fn looked_at(array: &Array<'_>, wanted: [usize; 3], ignores_white: bool) -> Option<Self> {
        let offsets = [0, 1, 2].map(|axis| array.spread(axis, LOOKED_AT.max(wanted[axis])));
        let sizes = [0, 1, 2].map(|axis| offsets[axis].len().min(wanted[axis]));
        let (mut values, mut largest, mut distinct) = (Vec::new(), f32::NEG_INFINITY, Vec::new());
        for z in &offsets[2] {
            for y in &offsets[1] {
                for x in &offsets[0] {
                    let value = array.sample(x + y + z);
                    values.push(value);
                    let Some(value) = value else { continue };
                    largest = largest.max(value);
                    if distinct.len() <= MOST_LABELS && !distinct.contains(&value) {
                        distinct.push(value);
                    }
                }
            }
        }
        if distinct.len() <= MOST_LABELS {
            return None;
        }
        let white = values.iter().filter(|value| **value == Some(largest)).count();
        let padding =
            (ignores_white && white as f64 > WHITE_PADDING * values.len() as f64).then_some(largest);
        let mut sums = vec![(0.0, 0); sizes[0] * sizes[1] * sizes[2]];
        let cell = |axis: usize, at: usize| at * sizes[axis] / offsets[axis].len();
        let mut samples = values.into_iter();
        for z in 0..offsets[2].len() {
            for y in 0..offsets[1].len() {
                let start = (cell(2, z) * sizes[1] + cell(1, y)) * sizes[0];
                for x in 0..offsets[0].len() {
                    if let Some(value) = samples.next().flatten().filter(|value| Some(*value) != padding) {
                        let (sum, count) = &mut sums[start + cell(0, x)];
                        *sum += f64::from(value);
                        *count += 1;
                    }
                }
            }
        }
        let known: Vec<f64> = sums.iter().filter_map(|cell| average(*cell)).collect();
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        mean.is_finite().then_some(Self { sizes, sums, mean, padding })
    }

    /// Skewness of the averages: the third moment about the mean over that of the normal spread.
    fn skewness(&self) -> Option<f64> {
        let known = || self.sums.iter().filter_map(|cell| average(*cell)).map(|value| value - self.mean);
        let moment =
            |power: i32| known().map(|value| value.powi(power)).sum::<f64>() / known().count() as f64;
        Some(moment(3) / moment(2).powf(1.5)).filter(|skewness| skewness.is_finite())
    }

    /// The average in a cell, `None` where all is padding.
    fn at(&self, [x, y, z]: [usize; 3]) -> Option<f64> {
        average(self.sums[(z * self.sizes[1] + y) * self.sizes[0] + x])
    }

    /// The average in a cell; padding says nothing, and so is as bright as all.
    fn filled(&self, place: [usize; 3]) -> f64 {
        self.at(place).unwrap_or(self.mean)
    }
}

fn average((sum, count): (f64, u32)) -> Option<f64> {
    (count > 0).then(|| sum / f64::from(count))
}
