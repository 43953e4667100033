//! Fluid painted into a real, fluid-free B-scan.
//!
//! The picture around the fluid stays what the device made of a living eye: its
//! layers are lifted and bent to make room, pixel by pixel and without
//! interpolation, so that speckle keeps its grain. Fluid is filled with greys of
//! the same B-scan's vitreous, and its border is as soft as a point spread. Truth
//! is exact where something was painted, and "none" elsewhere is as true as
//! the source is fluid-free.
//!
//! Heights and widths assume a Spectralis: [`AXIAL_UM`] and [`LATERAL_UM`].

use oct::Samples;

use crate::anatomy::Anatomy;
use crate::eye::PhantomBScan;
use crate::random::{Noise, Stream};

/// Distance of rows that sizes are drawn for, µm.
pub const AXIAL_UM: f32 = 3.87;
/// Distance of columns that sizes are drawn for, µm.
pub const LATERAL_UM: f32 = 11.4;
/// Free rows that a lifted retina keeps above itself.
const HEADROOM: f32 = 6.0;
/// From column to column an RPE that was followed moves by at most this, rows.
const LARGEST_STEP: f32 = 4.0;
/// Thinnest retina that is painted into, rows.
const THINNEST_RETINA: f32 = 25.0;
/// Rows of vitreous that are enough to take its texture from.
const ENOUGH_VITREOUS: usize = 12;

const PURPOSE_PAINTING: u64 = 9;

/// A B-scan with the surfaces that fluid lies between.
#[derive(Debug, Clone)]
pub struct Canvas {
    /// Greys of 0..=1, row by row.
    grey: Vec<f32>,
    columns: usize,
    rows: usize,
    /// Row of the inner limiting membrane, of the RPE's upper edge and of
    /// Bruch's membrane, a column.
    ilm: Vec<f32>,
    rpe: Vec<f32>,
    bruch: Vec<f32>,
    /// Pixels that no eye is in: padding.
    left_out: Vec<bool>,
    /// Typical grey of vitreous and of retina.
    vitreous: f32,
    retina: f32,
    /// How much stronger the retina's speckle is than the vitreous'.
    graininess: f32,
}

impl Canvas {
    /// Finds the surfaces of a B-scan of `columns` columns. `layers`, of the
    /// same size, is true from the RPE to Bruch's membrane; without it both are
    /// taken from the brightest band below the inner retina. `left_out`, of the
    /// same size, marks padding, which lends no texture and no typical grey.
    ///
    /// `None` where no retina is seen.
    pub fn new(grey: Vec<f32>, columns: usize, layers: Option<&[bool]>, left_out: Vec<bool>) -> Option<Self> {
        let rows = grey.len().checked_div(columns)?;
        let fits = left_out.len() == grey.len() && layers.is_none_or(|layers| layers.len() == grey.len());
        if rows < 64 || columns < 64 || !fits {
            return None;
        }
        let smooth = smoothed(&grey, columns, 7, 1);
        let ilm = steady(inner_surface(&smooth, columns), 15)?;
        let (rpe, bruch) = match layers {
            Some(layers) => marked(layers, columns)?,
            None => {
                let peak = steady(brightest_band(&smooth, columns, &ilm), 41)?;
                (peak.iter().map(|row| row - 3.0).collect(), peak.iter().map(|row| row + 4.0).collect())
            }
        };
        let mut canvas = Self {
            grey,
            columns,
            rows,
            ilm,
            rpe,
            bruch,
            left_out,
            vitreous: 0.0,
            retina: 0.0,
            graininess: 1.0,
        };
        let above = |canvas: &Self, x: usize| (2.0, canvas.ilm[x] - 8.0);
        let within = |canvas: &Self, x: usize| (canvas.ilm[x] + 4.0, canvas.rpe[x] - 4.0);
        canvas.vitreous = canvas.mean(above, |canvas, index| canvas.grey[index]);
        canvas.retina = canvas.mean(within, |canvas, index| canvas.grey[index]);
        let grain = |canvas: &Self, index: usize| {
            let beside = canvas.grey[if index > 0 { index - 1 } else { index + 1 }];
            (canvas.grey[index] - beside).abs()
        };
        let (smooth, grainy) = (canvas.mean(above, grain), canvas.mean(within, grain));
        canvas.graininess = if smooth > 0.0 { (grainy / smooth).clamp(1.0, 4.0) } else { 1.0 };
        let thick = (0..columns).filter(|x| canvas.rpe[*x] - canvas.ilm[*x] > THINNEST_RETINA).count();
        (thick * 2 > columns && canvas.retina > canvas.vitreous).then_some(canvas)
    }

    /// Rows of inner limiting membrane, RPE and Bruch's membrane at column `x`.
    pub fn surfaces(&self, x: usize) -> [f32; 3] {
        [self.ilm[x], self.rpe[x], self.bruch[x]]
    }

    fn mean(&self, rows: impl Fn(&Self, usize) -> (f32, f32), value: impl Fn(&Self, usize) -> f32) -> f32 {
        let (mut sum, mut count) = (0.0f64, 0usize);
        for x in 0..self.columns {
            let (from, to) = rows(self, x);
            for row in from.max(0.0) as usize..(to.max(0.0) as usize).min(self.rows) {
                let index = row * self.columns + x;
                if !self.left_out[index] {
                    sum += f64::from(value(self, index));
                    count += 1;
                }
            }
        }
        if count > 0 { (sum / count as f64) as f32 } else { 0.0 }
    }
}

/// Mean over `2 across + 1` columns and `2 down + 1` rows.
fn smoothed(grey: &[f32], columns: usize, across: usize, down: usize) -> Vec<f32> {
    let rows = grey.len() / columns;
    let mut wide = vec![0.0; grey.len()];
    for (row, out) in grey.chunks_exact(columns).zip(wide.chunks_exact_mut(columns)) {
        for (x, out) in out.iter_mut().enumerate() {
            let part = &row[x.saturating_sub(across)..(x + across + 1).min(columns)];
            *out = part.iter().sum::<f32>() / part.len() as f32;
        }
    }
    let mut smooth = vec![0.0; grey.len()];
    for row in 0..rows {
        let part = row.saturating_sub(down)..(row + down + 1).min(rows);
        let weight = 1.0 / part.len() as f32;
        for from in part {
            for x in 0..columns {
                smooth[row * columns + x] += wide[from * columns + x] * weight;
            }
        }
    }
    smooth
}

fn column(image: &[f32], columns: usize, x: usize) -> impl Iterator<Item = f32> + '_ {
    image.iter().skip(x).step_by(columns).copied()
}

/// First row from above that is clearly brighter than vitreous, and stays so.
fn inner_surface(smooth: &[f32], columns: usize) -> Vec<Option<f32>> {
    let mut sorted = smooth.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let part = |fraction: f32| sorted[(fraction * (sorted.len() - 1) as f32) as usize];
    let threshold = part(0.3) + 0.3 * (part(0.98) - part(0.3));
    let found = |x: usize| {
        let values: Vec<f32> = column(smooth, columns, x).collect();
        let bright = |window: &[f32]| window.iter().all(|value| *value > threshold);
        values.windows(5).position(bright).map(|row| row as f32)
    };
    (0..columns).map(found).collect()
}

/// The brightest band at least a thin retina below the inner surface.
fn brightest_band(smooth: &[f32], columns: usize, ilm: &[f32]) -> Vec<Option<f32>> {
    let found = |x: usize| {
        let below = (ilm[x] + THINNEST_RETINA) as usize;
        let values = column(smooth, columns, x).enumerate().skip(below);
        values.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| row as f32)
    };
    (0..columns).map(found).collect()
}

/// Upper and lower edge of what is marked in each column.
fn marked(layers: &[bool], columns: usize) -> Option<(Vec<f32>, Vec<f32>)> {
    let edges = |x: usize| {
        let mut rows = layers.iter().skip(x).step_by(columns).enumerate().filter(|(_, inside)| **inside);
        let first = rows.next()?.0;
        Some((first, rows.next_back().map_or(first, |(row, _)| row)))
    };
    let edges: Vec<Option<(usize, usize)>> = (0..columns).map(edges).collect();
    let upper = steady(edges.iter().map(|edge| edge.map(|(upper, _)| upper as f32)).collect(), 1)?;
    let lower = steady(edges.iter().map(|edge| edge.map(|(_, lower)| lower as f32 + 1.0)).collect(), 1)?;
    Some((upper, lower))
}

/// A running median of `2 reach + 1` columns over what was found, carried on
/// where nothing was; `None` where less than half was found.
fn steady(found: Vec<Option<f32>>, reach: usize) -> Option<Vec<f32>> {
    if found.iter().flatten().count() * 2 < found.len() {
        return None;
    }
    let median = |x: usize, reach: usize| {
        let part = &found[x.saturating_sub(reach)..(x + reach + 1).min(found.len())];
        let mut values: Vec<f32> = part.iter().flatten().copied().collect();
        values.sort_unstable_by(f32::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let wide = |x: usize| {
        let mut reach = reach;
        loop {
            if let Some(row) = median(x, reach) {
                return row;
            }
            // Half of all columns hold a row, so this ends.
            reach *= 2;
        }
    };
    Some((0..found.len()).map(wide).collect())
}

/// One cyst, in columns and rows.
#[derive(Debug, Clone, Copy)]
struct Cyst {
    x: f32,
    /// Place between ILM (0) and RPE (1).
    depth: f32,
    half: [f32; 2],
    level: f32,
    lift: f32,
    warp: f32,
}

/// What is painted, and the B-scan that it gives.
#[derive(Debug, Clone)]
pub struct Painting {
    /// The B-scan with its truth, 8-bit.
    pub bscan: PhantomBScan,
}

/// Heights a column, in rows.
struct Lifts {
    detachment: Vec<f32>,
    subretinal: Vec<f32>,
    swelling: Vec<f32>,
}

impl Painting {
    /// Draws fluid by `seed` and paints it; a quarter of all seeds paint none.
    pub fn draw(seed: u64, canvas: &Canvas) -> Self {
        let stream = &mut Stream::new(seed, PURPOSE_PAINTING);
        let present = if stream.chance(0.25) {
            [false; 3]
        } else {
            loop {
                let drawn = [stream.chance(0.55), stream.chance(0.42), stream.chance(0.4)];
                if drawn.contains(&true) {
                    break drawn;
                }
            }
        };
        let shape = Noise::new(stream);
        let mut lifts = Lifts {
            detachment: vec![0.0; canvas.columns],
            subretinal: vec![0.0; canvas.columns],
            swelling: vec![0.0; canvas.columns],
        };
        if present[2] {
            for _ in 0..stream.count(1, 2) {
                let half = stream.log_between(12.0, 130.0);
                let height = half * LATERAL_UM / AXIAL_UM * stream.between(0.1, 0.42);
                mound(&mut lifts.detachment, stream, shape, half, height.clamp(lowest_detachment(), 115.0));
            }
        }
        if present[1] {
            for _ in 0..stream.count(1, 2) {
                let half = stream.log_between(10.0, 150.0);
                let height = half * LATERAL_UM / AXIAL_UM * stream.log_between(0.05, 0.3);
                mound(&mut lifts.subretinal, stream, shape, half, height.clamp(4.0, 66.0));
            }
        }
        let cysts = if present[0] { cysts(stream, canvas) } else { Vec::new() };
        swell(&mut lifts.swelling, &cysts);
        lifts.keep_in_bscan(canvas);
        let levels = Levels::draw(stream, canvas);
        Self { bscan: paint(canvas, &lifts, &cysts, &levels, shape, stream) }
    }
}

/// Adds a mound somewhere to `heights`.
fn mound(heights: &mut [f32], stream: &mut Stream, shape: Noise, half: f32, height: f32) {
    let centre = stream.between(0.05, 0.95) * heights.len() as f32;
    let power = stream.between(0.6, 1.4);
    let bumps = stream.between(0.0, 0.5);
    let place = stream.between(0.0, 100.0);
    for (x, lifted) in heights.iter_mut().enumerate() {
        let q = (x as f32 - centre) / half;
        if q.abs() < 1.0 {
            let rough = 1.0 + bumps * shape.over_plane(q * 2.5 + place, place);
            *lifted = lifted.max(height * (1.0 - q * q).powf(power) * rough.clamp(0.2, 1.0));
        }
    }
}

fn cysts(stream: &mut Stream, canvas: &Canvas) -> Vec<Cyst> {
    let home = stream.between(0.1, 0.9) * canvas.columns as f32;
    let spread = stream.log_between(15.0, 130.0);
    let typical = stream.log_between(3.0, 14.0);
    let mut cysts: Vec<Cyst> = Vec::new();
    for _ in 0..stream.log_between(1.0, 28.0) as usize {
        let x = home + spread * stream.normal();
        if x < 0.0 || x >= canvas.columns as f32 {
            continue;
        }
        let thickness = canvas.rpe[x as usize] - canvas.ilm[x as usize];
        if thickness < THINNEST_RETINA {
            continue;
        }
        let across = (typical * (0.6 * stream.normal()).exp()).clamp(1.5, 32.0);
        let tall = across * LATERAL_UM / AXIAL_UM * stream.log_between(0.45, 2.0);
        let cyst = Cyst {
            x,
            depth: stream.between(0.3, 0.85),
            half: [across, tall.clamp(3.0, 0.55 * thickness)],
            level: stream.between(-0.05, 0.3),
            lift: stream.between(0.3, 0.8),
            warp: stream.between(0.05, 0.4),
        };
        // A wall stays between two cysts.
        let apart = |other: &Cyst| {
            let across = (cyst.x - other.x) / (cyst.half[0] + other.half[0] + 1.5);
            let down = (cyst.depth - other.depth) * thickness / (cyst.half[1] + other.half[1] + 2.5);
            across * across + down * down > 1.0
        };
        if cysts.iter().all(apart) {
            cysts.push(cyst);
        }
    }
    cysts
}

fn swell(swelling: &mut [f32], cysts: &[Cyst]) {
    for (x, swelling) in swelling.iter_mut().enumerate() {
        let fourth = |cyst: &Cyst| {
            let q = (x as f32 - cyst.x) / (1.3 * cyst.half[0] + 4.0);
            (2.0 * cyst.half[1] * cyst.lift * (-q * q).exp()).powi(4)
        };
        *swelling = cysts.iter().map(fourth).sum::<f32>().sqrt().sqrt();
    }
}

impl Lifts {
    fn total(&self, x: usize) -> f32 {
        self.detachment[x] + self.subretinal[x] + self.swelling[x]
    }

    /// Lowers everything by one factor where the retina would leave the B-scan,
    /// and drops detachments that are then as low as drusen, and what lies
    /// where the RPE was not followed (as at the rim of the disc).
    fn keep_in_bscan(&mut self, canvas: &Canvas) {
        let mut factor = 1f32;
        for x in 0..canvas.columns {
            let room = (canvas.ilm[x] - HEADROOM).max(0.0);
            if self.total(x) > room {
                factor = factor.min(room / self.total(x));
            }
        }
        for heights in [&mut self.detachment, &mut self.subretinal, &mut self.swelling] {
            for height in heights {
                *height *= factor;
            }
        }
        let broken = |from: usize, to: usize| {
            let rows = &canvas.rpe[from.saturating_sub(1)..(to + 1).min(canvas.columns)];
            rows.windows(2).any(|pair| (pair[0] - pair[1]).abs() > LARGEST_STEP)
        };
        for (heights, lowest) in [(&mut self.detachment, lowest_detachment()), (&mut self.subretinal, 1.0)] {
            let mut from = 0;
            for mound in heights.chunk_by_mut(|a, b| (*a > 0.0) == (*b > 0.0)) {
                let to = from + mound.len();
                if mound.iter().all(|height| *height < lowest) || broken(from, to) {
                    mound.fill(0.0);
                }
                from = to;
            }
        }
    }
}

/// Rows of the lowest mound that is a detachment.
fn lowest_detachment() -> f32 {
    crate::PED_MIN_HEIGHT_MM * 1000.0 / AXIAL_UM
}

/// How bright the fluids are, between vitreous (0) and retina (1), and their texture.
struct Levels {
    detachment: f32,
    /// Strength of the texture of a detachment: vascular tissue is uneven.
    uneven: f32,
    subretinal: f32,
    /// Spread of the noise where the vitreous lends none.
    noise: f32,
    /// Softness of borders, sigma in columns and rows.
    soft: [f32; 2],
    /// How much brighter tissue below fluid gets, a row of fluid.
    enhancement: f32,
}

impl Levels {
    fn draw(stream: &mut Stream, canvas: &Canvas) -> Self {
        let serous = stream.chance(0.45);
        Self {
            detachment: if serous { stream.between(-0.05, 0.3) } else { stream.between(0.3, 0.85) },
            uneven: if serous { 0.0 } else { stream.between(0.0, 0.35) },
            subretinal: stream.between(-0.08, 0.22),
            noise: 0.12 * (canvas.retina - canvas.vitreous),
            soft: [stream.between(0.4, 1.1), stream.between(0.5, 1.5)],
            enhancement: stream.between(0.0, 0.002),
        }
    }
}

const IRF: u8 = 1;
const SRF: u8 = 2;
const PED: u8 = 3;

fn paint(
    canvas: &Canvas,
    lifts: &Lifts,
    cysts: &[Cyst],
    levels: &Levels,
    shape: Noise,
    stream: &mut Stream,
) -> PhantomBScan {
    let (columns, rows) = (canvas.columns, canvas.rows);
    let mut labels = vec![0u8; columns * rows];
    let mut anatomy = vec![Anatomy::Vitreous as u8; columns * rows];
    let mut tissue = vec![0f32; columns * rows];
    let mut level = vec![0f32; columns * rows];
    for x in 0..columns {
        let (ilm, rpe, bruch) = (canvas.ilm[x], canvas.rpe[x].min(canvas.bruch[x]), canvas.bruch[x]);
        let detached = lifts.detachment[x].round();
        let subretinal = lifts.subretinal[x].round();
        let outer = rpe - detached - subretinal;
        let inner = ilm - lifts.total(x).round();
        let stretch = (rpe - ilm) / (outer - inner).max(1.0);
        let behind = 1.0 + levels.enhancement * (detached + subretinal);
        for row in 0..rows {
            let r = row as f32;
            let index = row * columns + x;
            let (source, region, label) = if r >= bruch {
                (r, Anatomy::ChoroidSclera, 0)
            } else if r >= bruch - detached {
                (bruch - 1.0, Anatomy::RpeToBruch, PED)
            } else if r >= rpe - detached {
                (r + detached, Anatomy::RpeToBruch, 0)
            } else if r >= outer {
                (rpe, Anatomy::Retina, SRF)
            } else if r >= inner {
                // Stretched tissue repeats rows; a row up or down breaks the repetition.
                let astray = if stretch < 1.0 { stream.between(-1.0, 1.0).round() } else { 0.0 };
                ((ilm + (r - inner) * stretch + astray).clamp(ilm, (rpe - 1.0).max(ilm)), Anatomy::Retina, 0)
            } else {
                (r + ilm - inner, Anatomy::Vitreous, 0)
            };
            let from = (source.max(0.0) as usize).min(rows - 1);
            let below = region == Anatomy::ChoroidSclera || region == Anatomy::RpeToBruch;
            tissue[index] = canvas.grey[from * columns + x] * if below { behind } else { 1.0 };
            anatomy[index] = region as u8;
            labels[index] = label;
            level[index] = match label {
                PED => levels.detachment + levels.uneven * shape.over_plane(x as f32 * 0.09, r * 0.2),
                SRF => levels.subretinal,
                _ => 0.0,
            };
        }
        for cyst in cysts {
            let down = inner + cyst.depth * (outer - inner);
            let [half_x, half_z] = cyst.half;
            let dx = (x as f32 - cyst.x) / half_x;
            if dx.abs() > 1.5 {
                continue;
            }
            let (from, to) = ((down - 1.5 * half_z).max(inner + 3.0), (down + 1.5 * half_z).min(outer - 3.0));
            for row in from.max(0.0) as usize..(to.max(0.0) as usize).min(rows) {
                let dz = (row as f32 - down) / half_z;
                let wall =
                    cyst.warp * shape.over_plane(x as f32 / half_x * 1.2 + cyst.x, row as f32 / half_z * 1.2);
                let index = row * columns + x;
                if dx * dx + dz * dz + wall < 1.0
                    && anatomy[index] == Anatomy::Retina as u8
                    && labels[index] == 0
                {
                    labels[index] = IRF;
                    level[index] = cyst.level;
                }
            }
        }
    }
    let inside: Vec<f32> = labels.iter().map(|label| if *label > 0 { 1.0 } else { 0.0 }).collect();
    let share = softened(&inside, columns, levels.soft);
    // A border pixel outside takes the level of the fluid beside it.
    let filled = softened(&level, columns, levels.soft);
    let contrast = canvas.retina - canvas.vitreous;
    let texture = Texture::of(canvas, levels.noise);
    let mut greys = Vec::with_capacity(columns * rows);
    for (index, tissue) in tissue.iter().enumerate() {
        let share = share[index];
        if share < 1e-3 {
            greys.push(*tissue);
            continue;
        }
        let level = filled[index] / share;
        // Speckle grows with the signal.
        let grain = 1.0 + level.clamp(0.0, 1.0) * (canvas.graininess - 1.0);
        let fluid = canvas.vitreous + level * contrast + grain * texture.at(index, stream);
        greys.push(tissue * (1.0 - share) + fluid * share);
    }
    let samples = greys.iter().map(|grey| (grey.clamp(0.0, 1.0) * 255.0).round() as u8).collect();
    PhantomBScan { columns, rows, samples: Samples::U8(samples), labels, anatomy }
}

/// Noise around its mean, as the vitreous of the B-scan has it.
struct Texture<'a> {
    canvas: &'a Canvas,
    /// Rows of vitreous in each column, from and to; none where there are too few.
    rows: Vec<Option<(usize, usize)>>,
    noise: f32,
}

impl<'a> Texture<'a> {
    fn of(canvas: &'a Canvas, noise: f32) -> Self {
        let free = canvas.ilm.iter().fold(f32::INFINITY, |least, row| least.min(*row)) - 8.0;
        let free = free.max(0.0) as usize;
        let rows = |x: usize| {
            let padded = (0..free).rev().find(|row| canvas.left_out[row * canvas.columns + x]);
            let from = padded.map_or(0, |row| row + 1);
            (free - from >= ENOUGH_VITREOUS).then_some((from, free))
        };
        Self { canvas, rows: (0..canvas.columns).map(rows).collect(), noise }
    }

    fn at(&self, index: usize, stream: &mut Stream) -> f32 {
        let columns = self.canvas.columns;
        let (row, x) = (index / columns, index % columns);
        let Some((from, to)) = self.rows[x] else { return self.noise * stream.normal() };
        // Up and down again, so that no seam shows.
        let count = to - from;
        let place = row % (2 * count);
        let row = from + if place < count { place } else { 2 * count - 1 - place };
        self.canvas.grey[row * columns + x] - self.canvas.vitreous
    }
}

/// A separable Gaussian blur, sigma in columns and rows.
fn softened(image: &[f32], columns: usize, sigma: [f32; 2]) -> Vec<f32> {
    let rows = image.len() / columns;
    let kernel = |sigma: f32| -> Vec<f32> {
        let weights: Vec<f32> = (-3..=3).map(|k| (-0.5 * (k as f32 / sigma).powi(2)).exp()).collect();
        let sum: f32 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    };
    let (across, down) = (kernel(sigma[0]), kernel(sigma[1]));
    let mut wide = vec![0.0; image.len()];
    for (row, out) in image.chunks_exact(columns).zip(wide.chunks_exact_mut(columns)) {
        for (x, out) in out.iter_mut().enumerate() {
            for (k, weight) in across.iter().enumerate() {
                *out += weight * row[(x + k).saturating_sub(3).min(columns - 1)];
            }
        }
    }
    let mut soft = vec![0.0; image.len()];
    for (row, out) in soft.chunks_exact_mut(columns).enumerate() {
        for (k, weight) in down.iter().enumerate() {
            let from = (row + k).saturating_sub(3).min(rows - 1);
            for (out, value) in out.iter_mut().zip(&wide[from * columns..(from + 1) * columns]) {
                *out += weight * value;
            }
        }
    }
    soft
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vitreous, retina, a bright RPE, choroid; speckle by a hash.
    fn canvas() -> Canvas {
        let (columns, rows) = (256, 300);
        let grey = (0..columns * rows).map(|index| {
            let (row, x) = (index / columns, index % columns);
            let bend = (x as f32 * 0.02).sin() * 6.0;
            let r = row as f32 - bend;
            let level = match r {
                r if r < 120.0 => 0.1,
                r if r < 128.0 => 0.6,
                r if r < 190.0 => 0.4,
                r if r < 197.0 => 0.9,
                _ => 0.3,
            };
            level + 0.05 * (((index * 7919) % 101) as f32 / 101.0 - 0.5)
        });
        Canvas::new(grey.collect(), columns, None, vec![false; columns * rows]).unwrap()
    }

    #[test]
    fn surfaces_are_found_where_they_were_drawn() {
        let canvas = canvas();
        for x in (20..236).step_by(20) {
            let bend = (x as f32 * 0.02).sin() * 6.0;
            let [ilm, rpe, bruch] = canvas.surfaces(x);
            assert!((ilm - 120.0 - bend).abs() < 5.0, "ILM at {x}: {ilm}");
            assert!((rpe - 190.0 - bend).abs() < 5.0 && bruch > rpe, "RPE at {x}: {rpe}, {bruch}");
        }
    }

    #[test]
    fn every_fluid_lies_where_it_belongs_and_is_darker_than_the_retina() {
        let canvas = canvas();
        let mut seen = [0usize; 4];
        for seed in 0..40 {
            let painted = Painting::draw(seed, &canvas).bscan;
            let Samples::U8(greys) = &painted.samples else { panic!("8-bit") };
            for (index, label) in painted.labels.iter().enumerate() {
                seen[usize::from(*label)] += 1;
                let expected = match *label {
                    IRF | SRF => Anatomy::Retina,
                    PED => Anatomy::RpeToBruch,
                    _ => continue,
                };
                assert_eq!(painted.anatomy[index], expected as u8);
            }
            let mean = |wanted: u8| {
                let of: Vec<f64> = painted
                    .labels
                    .iter()
                    .zip(greys)
                    .filter(|(l, _)| **l == wanted)
                    .map(|(_, g)| f64::from(*g))
                    .collect();
                (of.len() > 200).then(|| of.iter().sum::<f64>() / of.len() as f64 / 255.0)
            };
            for label in [IRF, SRF] {
                if let Some(grey) = mean(label) {
                    assert!(grey < 0.33, "label {label} of seed {seed} has grey {grey}");
                }
            }
        }
        assert!(seen.iter().all(|count| *count > 500), "{seen:?}");
    }

    #[test]
    fn where_nothing_is_painted_the_bscan_is_the_source() {
        let canvas = canvas();
        let untouched = (0..80).filter(|seed| {
            let painted = Painting::draw(*seed, &canvas).bscan;
            let Samples::U8(greys) = &painted.samples else { panic!("8-bit") };
            let same = greys.iter().zip(&canvas.grey).all(|(a, b)| (f32::from(*a) / 255.0 - b).abs() < 0.003);
            assert_eq!(same, painted.labels.iter().all(|label| *label == 0), "seed {seed}");
            same
        });
        assert!((2..60).contains(&untouched.count()));
    }

    #[test]
    fn an_image_without_a_retina_is_no_canvas() {
        let nothing = vec![false; 128 * 128];
        assert!(Canvas::new(vec![0.1; 128 * 128], 128, None, nothing.clone()).is_none());
        assert!(Canvas::new(vec![], 0, None, vec![]).is_none());
        assert!(Canvas::new(vec![0.1; 128 * 128], 128, Some(&[true; 3]), nothing).is_none());
        assert!(Canvas::new(vec![0.1; 128 * 128], 128, None, vec![false; 3]).is_none());
    }

    #[test]
    fn padding_lends_no_texture_and_a_lowered_detachment_is_no_drusen() {
        let whole = canvas();
        let padded: Vec<bool> =
            (0..whole.grey.len()).map(|n| n / whole.columns < 60 && n % whole.columns < 128).collect();
        let greys = whole.grey.iter().zip(&padded).map(|(grey, out)| if *out { 0.0 } else { *grey });
        let canvas = Canvas::new(greys.collect(), whole.columns, None, padded).unwrap();
        assert!(
            (canvas.vitreous - whole.vitreous).abs() < 0.01,
            "{} and {}",
            canvas.vitreous,
            whole.vitreous
        );
        let texture = Texture::of(&canvas, 0.0);
        assert!(texture.rows[..128].iter().flatten().all(|(from, _)| *from == 60));
        let mut lifts =
            Lifts { detachment: vec![60.0; 256], subretinal: vec![200.0; 256], swelling: vec![0.0; 256] };
        lifts.keep_in_bscan(&canvas);
        let highest = lifts.detachment.iter().copied().fold(0.0, f32::max);
        assert!(highest == 0.0 || highest >= lowest_detachment(), "{highest} rows");
    }
}
