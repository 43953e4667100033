//! A program in the place of a person who mends what a network got wrong, on generated eyes with
//! planted errors: with all tools, which begin with a click that proposes an outline, and with the
//! brush alone.
//!
//! Seconds are those of the keystroke-level model (Card, Moran and Newell, Communications of the
//! ACM 23(7), 1980): 1.35 s to think, 1.1 s to point, 0.1 s to press or release, 0.28 s a key,
//! and 0.9 s a straight piece of a drawing with 0.16 s a centimetre.

use std::time::Instant;

use correct::{Edit, Extent, Grid, Paint, Place, Point, Radius, Shape};
use oct::{FluidClass, GreyRange};
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};

#[path = "../scan/mod.rs"]
mod scan;

use scan::Scan;

const THINK_S: f64 = 1.35;
const POINT_S: f64 = 1.1;
const PRESS_S: f64 = 0.1;
const KEY_S: f64 = 0.28;
const PIECE_S: f64 = 0.9;
const CENTIMETRE_S: f64 = 0.16;
/// A B-scan on a screen: so many samples are as wide as a centimetre.
const SAMPLES_A_CM: f64 = 30.0;

/// What a lesion reaches before a person is content.
const ENOUGH: f64 = 0.95;
/// An outline that is proposed is accepted where it is this good.
const WORTH_ACCEPTING: f64 = 0.8;
/// Nobody goes on longer than this in one B-scan.
const MOST_TRIES: usize = 40;

/// Of a lesion that reaches through more B-scans these are mended, around where it is largest.
const MOST_BSCANS: usize = 9;

/// What was done so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Effort {
    pub interactions: usize,
    pub seconds: f64,
    /// The longest that a tool took to compute, ms.
    pub slowest_ms: f64,
}

impl Effort {
    /// Both one after the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            interactions: self.interactions + other.interactions,
            seconds: self.seconds + other.seconds,
            slowest_ms: self.slowest_ms.max(other.slowest_ms),
        }
    }
}

/// What a network got wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// It missed the largest lesion of a class, and suspected it or did not.
    Missed(FluidClass, bool),
    /// It found a detachment where there is none.
    Invented,
    /// What it found of fluid under the retina leaks out of its end.
    Leaking,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Missed(FluidClass::Irf, true),
        Self::Missed(FluidClass::Irf, false),
        Self::Missed(FluidClass::Srf, true),
        Self::Missed(FluidClass::Srf, false),
        Self::Missed(FluidClass::Ped, true),
        Self::Missed(FluidClass::Ped, false),
        Self::Invented,
        Self::Leaking,
    ];
}

impl std::fmt::Display for Planted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missed(class, true) => write!(f, "missed {}, suspected", class.abbreviation()),
            Self::Missed(class, false) => write!(f, "missed {}, not suspected", class.abbreviation()),
            Self::Invented => write!(f, "invented PED"),
            Self::Leaking => write!(f, "leaking SRF"),
        }
    }
}

/// How an error was mended.
pub struct Mended {
    /// In so many B-scans.
    pub bscans: usize,
    /// Dice of each outline that was proposed for a click.
    pub proposed: Vec<f64>,
    /// With all tools.
    pub with_tools: Effort,
    /// With the brush alone.
    pub with_brush: Effort,
}

/// A person at a scan, who knows the truth.
struct Person {
    scan: Scan,
    truth: Vec<Vec<u8>>,
    effort: Effort,
    /// Dice of each outline that was proposed.
    proposed: Vec<f64>,
    way: Way,
}

/// How a person holds the brush. What is quickest now is not what is quickest in the end: of all ways the
/// best is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In lines, from side to side.
    Lines,
    /// From end to end.
    Along,
    /// Each time as it gains most a second.
    Either,
}

/// One lesion that is wrong: its class, and the samples that it concerns, by B-scan.
struct Lesion {
    class: FluidClass,
    places: Vec<(usize, Shape)>,
}

impl Person {
    fn at(eye: &Known, way: Way, model: Vec<Vec<u8>>, chances: Vec<Option<Vec<u8>>>) -> Self {
        let mut scan = Scan::blank(eye.grid.columns, eye.grid.rows, eye.grid.bscans);
        scan.greys = eye.greys.clone();
        scan.model = model;
        scan.chances = chances;
        Self { scan, truth: eye.truth.clone(), effort: Effort::default(), proposed: Vec::new(), way }
    }

    fn grid(&self) -> Grid {
        self.scan.corrections.grid()
    }

    /// Makes an edit that takes `seconds` beside thinking and pointing.
    fn make(&mut self, bscan: usize, edit: &Edit, seconds: f64) -> bool {
        let start = Instant::now();
        let made = self.scan.make(bscan as u32, edit).is_ok();
        let took_ms = start.elapsed().as_secs_f64() * 1000.0;
        self.effort.slowest_ms = self.effort.slowest_ms.max(took_ms);
        self.effort.interactions += 1;
        self.effort.seconds += THINK_S + POINT_S + 2.0 * PRESS_S + seconds;
        made
    }

    /// Wrong samples of a lesion in a B-scan: those that lack its class, and those that have it wrongly.
    fn wrong(&self, lesion: &Lesion, bscan: usize, shape: &Shape) -> [Shape; 2] {
        let label = lesion.class.label();
        let now = self.scan.labels_of(bscan);
        let truth = &self.truth[bscan];
        let differs = |wanted: &[u8], other: &[u8]| {
            shape.filtered(|at| wanted[at as usize] == label && other[at as usize] != label)
        };
        [differs(truth, &now), differs(&now, truth)]
    }

    /// Dice of a lesion in a B-scan; how much of it is gone, where there is none in truth.
    fn dice(&self, lesion: &Lesion, bscan: usize, shape: &Shape) -> f64 {
        let [missing, invented] = self.wrong(lesion, bscan, shape).map(|wrong| wrong.samples() as f64);
        let label = lesion.class.label();
        let true_samples = shape.filtered(|at| self.truth[bscan][at as usize] == label).samples() as f64;
        if true_samples == 0.0 {
            return 1.0 - invented / shape.samples() as f64;
        }
        let hit = true_samples - missing;
        2.0 * hit / (2.0 * hit + missing + invented)
    }

    /// Goes on with `mend` in every B-scan of a lesion until it is good enough.
    fn mend(&mut self, lesion: &Lesion, mut mend: impl FnMut(&mut Self, usize, &Shape, usize)) {
        for (bscan, shape) in &lesion.places {
            let mut tries = 0;
            while self.dice(lesion, *bscan, shape) < ENOUGH && tries < MOST_TRIES {
                mend(self, *bscan, shape, tries);
                tries += 1;
            }
            // On to the next B-scan.
            self.effort.seconds += KEY_S;
        }
    }

    /// Makes of several edits the one that brings most a second, as who knows their tools does.
    fn make_best(&mut self, lesion: &Lesion, bscan: usize, shape: &Shape, edits: Vec<(Edit, f64)>) {
        let before = self.dice(lesion, bscan, shape);
        let mut best: Option<(f64, Edit, f64)> = None;
        for (edit, seconds) in edits {
            if self.scan.make(bscan as u32, &edit).is_ok_and(|changed| !changed.is_empty()) {
                let gain = self.dice(lesion, bscan, shape) - before;
                self.scan.history.undo(&mut self.scan.corrections);
                let pace = gain / (THINK_S + POINT_S + 2.0 * PRESS_S + seconds);
                if best.as_ref().is_none_or(|(best, ..)| pace > *best) {
                    best = Some((pace, edit, seconds));
                }
            }
        }
        if let Some((_, edit, seconds)) = best {
            self.make(bscan, &edit, seconds);
        }
    }

    /// The largest part of a lesion that is wrong in a B-scan, and what belongs there.
    fn largest_wrong(&self, lesion: &Lesion, bscan: usize, shape: &Shape) -> Option<(Shape, Paint)> {
        let [missing, invented] = self.wrong(lesion, bscan, shape);
        let largest = |shape: &Shape| parts(self.grid(), shape).into_iter().max_by_key(Shape::samples);
        let missing = largest(&missing).map(|part| (part, Paint::Fluid(lesion.class)));
        let invented = largest(&invented).map(|part| (part, Paint::Background));
        missing.into_iter().chain(invented).max_by_key(|(part, _)| part.samples())
    }

    /// A stroke with a brush that fits, within the largest wrong part, and its seconds.
    fn stroke(&self, lesion: &Lesion, bscan: usize, shape: &Shape) -> Option<(Edit, f64)> {
        let (part, paint) = self.largest_wrong(lesion, bscan, shape)?;
        let rows = rows_of(self.grid(), &part);
        let height = rows.len() as f32;
        let width = rows.iter().map(|(_, columns)| columns[1] - columns[0]).fold(0.0, f32::max);
        let radius = (0.35 * height.min(width)).clamp(0.8, 14.0);
        // Lines of its height, from side to side.
        let mut points = Vec::new();
        let mut last: Option<f32> = None;
        for (index, (row, [left, right])) in rows.iter().enumerate() {
            let row = *row as f32 + 0.5;
            let is_edge = (index as f32) < radius - 0.5 || (index as f32) > height - radius - 0.5;
            let is_due = last.is_none_or(|last| row - last >= 1.4 * radius);
            if (is_edge && height > 2.0 * radius) || !is_due {
                continue;
            }
            last = Some(row);
            let (left, right) = (left + radius, right - radius);
            let ends = if left <= right { [left, right] } else { [(left + right) / 2.0; 2] };
            let ends = if points.len().is_multiple_of(4) { ends } else { [ends[1], ends[0]] };
            points.extend(ends.map(|column| Point { column, row }));
        }
        if points.is_empty() {
            let (row, [left, right]) = rows[rows.len() / 2];
            points.push(Point { column: (left + right) / 2.0, row: row as f32 + 0.5 });
        }
        let seconds = PIECE_S * points.len().saturating_sub(1) as f64
            + CENTIMETRE_S * length(&points) / SAMPLES_A_CM
            // Another size, by a key.
            + KEY_S;
        let radius = Radius { columns: radius, rows: radius };
        Some((Edit::Stroke { paint, radius, points }, seconds))
    }

    /// Strokes that follow the largest wrong part from its left to its right end with a brush of its
    /// usual height, in one straight piece, two, four and eight, and their seconds.
    fn strokes_along(&self, lesion: &Lesion, bscan: usize, shape: &Shape) -> Vec<(Edit, f64)> {
        let Some((part, paint)) = self.largest_wrong(lesion, bscan, shape) else { return Vec::new() };
        let columns = columns_of(self.grid(), &part);
        let mut heights: Vec<f32> = columns.iter().map(|(_, [top, bottom])| bottom - top).collect();
        heights.sort_by(f32::total_cmp);
        let radius = (0.5 * heights[heights.len() / 2]).clamp(0.8, 14.0);
        let inset = (radius as usize).min(columns.len().saturating_sub(1) / 2);
        let within = &columns[inset..columns.len() - inset];
        let along = |pieces: usize| {
            let at = |piece: usize| {
                let (column, [top, bottom]) = within[piece * (within.len() - 1) / pieces];
                Point { column: column as f32 + 0.5, row: (top + bottom) / 2.0 }
            };
            let points: Vec<Point> = (0..=pieces).map(at).collect();
            let seconds = PIECE_S * pieces as f64 + CENTIMETRE_S * length(&points) / SAMPLES_A_CM + KEY_S;
            (Edit::Stroke { paint, radius: Radius { columns: radius, rows: radius }, points }, seconds)
        };
        [1, 2, 4, 8].map(along).into()
    }

    /// A line drawn around the largest part that is wrong.
    fn lasso(&self, lesion: &Lesion, bscan: usize, shape: &Shape) -> Option<(Edit, f64)> {
        let (part, paint) = self.largest_wrong(lesion, bscan, shape)?;
        let rows = rows_of(self.grid(), &part);
        let step = (rows.len() / 8).max(1);
        let last = rows.len() - 1;
        let kept: Vec<usize> = (0..=last).filter(|row| row.is_multiple_of(step) || *row == last).collect();
        let side = |index: &usize, end: usize| {
            let (row, columns) = rows[*index];
            let middle = match *index {
                0 => 0.0,
                index if index == last => 1.0,
                _ => 0.5,
            };
            Point { column: columns[end], row: row as f32 + middle }
        };
        let left = kept.iter().map(|index| side(index, 0));
        let outline: Vec<Point> = left.chain(kept.iter().rev().map(|index| side(index, 1))).collect();
        // A curve around it is four straight pieces.
        let seconds = 4.0 * PIECE_S + CENTIMETRE_S * length(&outline) / SAMPLES_A_CM;
        Some((Edit::Lasso { paint, outline }, seconds))
    }

    /// All that a brush can do next.
    fn strokes(&self, lesion: &Lesion, bscan: usize, shape: &Shape) -> Vec<(Edit, f64)> {
        let mut strokes = Vec::new();
        if self.way != Way::Lines {
            strokes.extend(self.strokes_along(lesion, bscan, shape));
        }
        if self.way != Way::Along {
            strokes.extend(self.stroke(lesion, bscan, shape));
        }
        strokes
    }

    /// One more step with the brush alone.
    fn brush(&mut self, lesion: &Lesion, bscan: usize, shape: &Shape) {
        let strokes = self.strokes(lesion, bscan, shape);
        self.make_best(lesion, bscan, shape, strokes);
    }

    /// One more step with whatever is best.
    fn any(&mut self, lesion: &Lesion, bscan: usize, shape: &Shape) {
        let mut edits = self.strokes(lesion, bscan, shape);
        edits.extend(self.lasso(lesion, bscan, shape));
        self.make_best(lesion, bscan, shape, edits);
    }

    /// A click into the largest part that is missing; what is proposed is seen and, where it is
    /// right but for a little, accepted by a key.
    fn propose(&mut self, lesion: &Lesion, bscan: usize, shape: &Shape) {
        let [missing, _] = self.wrong(lesion, bscan, shape);
        let Some(part) = parts(self.grid(), &missing).into_iter().max_by_key(Shape::samples) else { return };
        let at = middle(self.grid(), &part);
        let edit = Edit::Accept { class: lesion.class, at };
        self.make(bscan, &edit, 0.0);
        let dice = self.dice(lesion, bscan, shape);
        self.proposed.push(dice);
        if dice >= WORTH_ACCEPTING {
            self.effort.interactions += 1;
            self.effort.seconds += KEY_S;
        } else {
            // It was never accepted.
            self.scan.history.undo(&mut self.scan.corrections);
        }
    }
}

/// Of a line, in samples.
fn length(points: &[Point]) -> f64 {
    let pieces = points.windows(2);
    pieces.map(|pair| (pair[1].column - pair[0].column).hypot(pair[1].row - pair[0].row)).map(f64::from).sum()
}

/// Rows of a shape with their first column and the one after the last.
fn rows_of(grid: Grid, shape: &Shape) -> Vec<(u32, [f32; 2])> {
    let mut rows: Vec<(u32, [f32; 2])> = Vec::new();
    for index in shape.ranges().iter().flat_map(Clone::clone) {
        let (row, column) = (index / grid.columns, (index % grid.columns) as f32);
        match rows.last_mut().filter(|(last, _)| *last == row) {
            Some((_, columns)) => columns[1] = column + 1.0,
            None => rows.push((row, [column, column + 1.0])),
        }
    }
    rows
}

/// Columns of a shape with their first row and the one after the last.
fn columns_of(grid: Grid, shape: &Shape) -> Vec<(u32, [f32; 2])> {
    let mut columns: std::collections::BTreeMap<u32, [f32; 2]> = std::collections::BTreeMap::new();
    for index in shape.ranges().iter().flat_map(Clone::clone) {
        let (row, column) = ((index / grid.columns) as f32, index % grid.columns);
        columns.entry(column).and_modify(|rows| rows[1] = row + 1.0).or_insert([row, row + 1.0]);
    }
    columns.into_iter().collect()
}

/// A place within a shape, in the middle of its widest row.
fn middle(grid: Grid, shape: &Shape) -> Place {
    let rows = rows_of(grid, shape);
    let middle = &rows[rows.len() / 2];
    let column = ((middle.1[0] + middle.1[1]) / 2.0) as u32;
    let at = Place { column, row: middle.0 };
    if shape.holds(grid.index(at).unwrap()) {
        at
    } else {
        Place { column: middle.1[0] as u32, row: middle.0 }
    }
}

/// Connected parts, samples that share a side.
fn parts(grid: Grid, shape: &Shape) -> Vec<Shape> {
    let mut left: std::collections::BTreeSet<u32> = shape.ranges().iter().flat_map(Clone::clone).collect();
    let mut parts = Vec::new();
    while let Some(first) = left.pop_first() {
        let (mut waiting, mut part) = (vec![first], Vec::new());
        while let Some(at) = waiting.pop() {
            part.push(at..at + 1);
            for next in [at.wrapping_sub(1), at + 1, at.wrapping_sub(grid.columns), at + grid.columns] {
                if left.remove(&next) {
                    waiting.push(next);
                }
            }
        }
        parts.push(Shape::of_ranges(part));
    }
    parts
}

/// A shape with what lies within `by` columns and rows of it.
fn around(grid: Grid, shape: &Shape, by: u32) -> Shape {
    let rows = rows_of(grid, shape);
    let mut ranges = Vec::new();
    for (row, [left, right]) in rows {
        for row in row.saturating_sub(by)..(row + by + 1).min(grid.rows) {
            let left = (left as u32).saturating_sub(by);
            let right = (right as u32 + by).min(grid.columns);
            ranges.push(row * grid.columns + left..row * grid.columns + right);
        }
    }
    Shape::of_ranges(ranges)
}

/// The probabilities of a network that labels `model` and suspects `missed`: blurred, and less
/// than a half where it missed something.
fn suspected(grid: Grid, model: &[u8], missed: Option<(&Shape, FluidClass)>) -> Vec<u8> {
    let mut maps = Vec::new();
    for class in FluidClass::ALL {
        let mut map: Vec<u8> =
            model.iter().map(|label| if *label == class.label() { 230 } else { 0 }).collect();
        if let Some((shape, _)) = missed.filter(|(_, of)| *of == class) {
            shape.ranges().iter().flat_map(Clone::clone).for_each(|at| map[at as usize] = 80);
        }
        for _ in 0..2 {
            map = blurred(&map, grid.columns as usize);
        }
        maps.extend(map);
    }
    maps
}

/// Means of 5 x 5 samples.
fn blurred(map: &[u8], columns: usize) -> Vec<u8> {
    let rows = map.len() / columns;
    let mut sums = vec![0_u32; map.len()];
    for row in 0..rows {
        for column in 2..columns - 2 {
            sums[row * columns + column] = map[row * columns + column - 2..row * columns + column + 3]
                .iter()
                .map(|v| u32::from(*v))
                .sum();
        }
    }
    let mut means = vec![0; map.len()];
    for row in 2..rows - 2 {
        for column in 0..columns {
            let sum: u32 = (row - 2..row + 3).map(|row| sums[row * columns + column]).sum();
            means[row * columns + column] = (sum / 25) as u8;
        }
    }
    means
}

/// An eye of which the truth is known.
pub struct Known {
    grid: Grid,
    greys: Vec<Vec<u8>>,
    truth: Vec<Vec<u8>>,
}

/// One with all three fluids.
pub fn eye(seed: u64) -> Known {
    let (volume, mask) = Eye::new(&EyeConfig {
        bscans: Some(25),
        fluid: FluidMix::Present { irf: true, srf: true, ped: true },
        ..EyeConfig::new(seed, VendorStyle::Spectralis)
    })
    .volume();
    let range = GreyRange::of(&volume);
    let grid =
        Grid { columns: volume.columns() as u32, rows: volume.rows() as u32, bscans: volume.bscans() as u32 };
    Known {
        grid,
        greys: (0..volume.bscans()).map(|bscan| range.show(volume.bscan(bscan).unwrap())).collect(),
        truth: (0..volume.bscans()).map(|bscan| mask.bscan(bscan).unwrap().to_vec()).collect(),
    }
}

/// The connected fluid of `class` with the most samples, by B-scan.
fn largest(grid: Grid, truth: &[Vec<u8>], class: FluidClass) -> Vec<(usize, Shape)> {
    let mut scan = Scan::blank(grid.columns, grid.rows, grid.bscans);
    scan.model = truth.to_vec();
    let mut best: Vec<(usize, Shape)> = Vec::new();
    for (bscan, labels) in truth.iter().enumerate() {
        let shape = Shape::of_samples(labels.iter().map(|label| *label == class.label()));
        let Some(part) = parts(grid, &shape).into_iter().max_by_key(Shape::samples) else { continue };
        let edit =
            Edit::Component { at: middle(grid, &part), extent: Extent::Volume, paint: Paint::Background };
        let found: Vec<(usize, Shape)> = correct::changes(&edit, bscan as u32, &scan)
            .unwrap()
            .into_iter()
            .map(|change| (change.bscan as usize, change.shape))
            .collect();
        let samples = |of: &[(usize, Shape)]| of.iter().map(|(_, shape)| shape.samples()).sum::<u64>();
        if samples(&found) > samples(&best) {
            best = found;
        }
    }
    let fullest =
        best.iter().enumerate().max_by_key(|(_, (_, shape))| shape.samples()).map_or(0, |(at, _)| at);
    let first = fullest.saturating_sub(MOST_BSCANS / 2).min(best.len().saturating_sub(MOST_BSCANS));
    best = best.into_iter().skip(first).take(MOST_BSCANS).collect();
    // What is a few samples large nobody draws.
    best.retain(|(_, shape)| shape.samples() >= 40);
    best
}

/// Plants an error in an eye and mends it, once with all tools and once with the brush alone.
pub fn mend(eye: &Known, planted: Planted) -> Mended {
    let (grid, truth) = (eye.grid, &eye.truth);
    let (mut model, mut chances) = (truth.clone(), vec![None; truth.len()]);
    let mut places = Vec::new();
    let class = match planted {
        Planted::Missed(class, suspects) => {
            for (bscan, shape) in largest(grid, truth, class) {
                shape.ranges().iter().flat_map(Clone::clone).for_each(|at| model[bscan][at as usize] = 0);
                chances[bscan] = Some(suspected(grid, &model[bscan], suspects.then_some((&shape, class))));
                places.push((bscan, around(grid, &shape, 6)));
            }
            class
        }
        Planted::Invented => {
            // In the vitreous, over seven B-scans.
            for (bscan, labels) in model.iter_mut().enumerate().take(16).skip(9) {
                let points =
                    [Point { column: 90.0, row: 40.0 }, Point { column: 130.0 - bscan as f32, row: 44.0 }];
                let shape =
                    correct::tools::stroke::swept(grid, Radius { columns: 16.0, rows: 12.0 }, &points);
                shape.ranges().iter().flat_map(Clone::clone).for_each(|at| labels[at as usize] = 3);
                places.push((bscan, shape));
            }
            FluidClass::Ped
        }
        Planted::Leaking => {
            for (bscan, shape) in largest(grid, truth, FluidClass::Srf) {
                let rows = rows_of(grid, &shape);
                let (row, [_, right]) = rows[rows.len() / 2];
                let points = [
                    Point { column: right - 2.0, row: row as f32 },
                    Point { column: right + 30.0, row: row as f32 - 12.0 },
                ];
                let leak = correct::tools::stroke::swept(grid, Radius { columns: 9.0, rows: 9.0 }, &points);
                let leak = leak.filtered(|at| model[bscan][at as usize] == 0);
                leak.ranges().iter().flat_map(Clone::clone).for_each(|at| model[bscan][at as usize] = 2);
                let both = shape.ranges().iter().chain(leak.ranges()).cloned().collect();
                places.push((bscan, Shape::of_ranges(both)));
            }
            FluidClass::Srf
        }
    };
    let lesion = Lesion { class, places };
    let quickest = |mend: &dyn Fn(&mut Person)| {
        let mended = [Way::Lines, Way::Along, Way::Either].map(|way| {
            let mut person = Person::at(eye, way, model.clone(), chances.clone());
            mend(&mut person);
            person
        });
        let [one, other, last] = mended;
        let quicker = |one: Person, other: Person| {
            if other.effort.seconds < one.effort.seconds { other } else { one }
        };
        quicker(quicker(one, other), last)
    };
    let with_tools = quickest(&|person| {
        person.mend(&lesion, |person, bscan, shape, tries| match planted {
            Planted::Missed(..) if tries == 0 => person.propose(&lesion, bscan, shape),
            Planted::Invented => {
                let at = Place { column: 95, row: 41 };
                let edit = Edit::Component { at, extent: Extent::Volume, paint: Paint::Background };
                person.make(bscan, &edit, KEY_S);
            }
            Planted::Missed(..) | Planted::Leaking => person.any(&lesion, bscan, shape),
        });
    });
    let with_brush = quickest(&|person| {
        person.mend(&lesion, |person, bscan, shape, _| person.brush(&lesion, bscan, shape));
    });
    Mended {
        bscans: lesion.places.len(),
        proposed: with_tools.proposed,
        with_tools: with_tools.effort,
        with_brush: with_brush.effort,
    }
}
