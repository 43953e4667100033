//! Makes room in a B-scan and fills it with fluid.

use oct::Samples;

use super::fluid_free::FluidFreeBScan;
use super::lesions::{Lifts, PaintedCyst};
use crate::anatomy::Anatomy;
use crate::eye::PhantomBScan;
use crate::random::{Noise, Stream};

/// Rows of vitreous that are enough to take its texture from.
const ENOUGH_VITREOUS: usize = 12;

/// How bright the fluids are, between vitreous (0) and retina (1), and their texture.
pub(super) struct Levels {
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
    pub(super) fn draw(stream: &mut Stream, source: &FluidFreeBScan) -> Self {
        let serous = stream.chance(0.45);
        Self {
            detachment: if serous { stream.between(-0.05, 0.3) } else { stream.between(0.3, 0.85) },
            uneven: if serous { 0.0 } else { stream.between(0.0, 0.35) },
            subretinal: stream.between(-0.08, 0.22),
            noise: 0.12 * (source.retina - source.vitreous),
            soft: [stream.between(0.4, 1.1), stream.between(0.5, 1.5)],
            enhancement: stream.between(0.0, 0.002),
        }
    }
}

pub(super) const IRF: u8 = 1;
pub(super) const SRF: u8 = 2;
pub(super) const PED: u8 = 3;

/// The B-scan with its fluid and its truth.
pub(super) fn paint(
    source: &FluidFreeBScan,
    lifts: &Lifts,
    cysts: &[PaintedCyst],
    levels: &Levels,
    shape: Noise,
    stream: &mut Stream,
) -> PhantomBScan {
    let (columns, rows) = (source.columns, source.rows);
    let mut labels = vec![0u8; columns * rows];
    let mut anatomy = vec![Anatomy::Vitreous as u8; columns * rows];
    let mut tissue = vec![0f32; columns * rows];
    let mut level = vec![0f32; columns * rows];
    for x in 0..columns {
        let (ilm, rpe, bruch) = (source.ilm[x], source.rpe[x].min(source.bruch[x]), source.bruch[x]);
        let detached = lifts.detachment[x].round();
        let subretinal = lifts.subretinal[x].round();
        let outer = rpe - detached - subretinal;
        let inner = ilm - lifts.total(x).round();
        let stretch = (rpe - ilm) / (outer - inner).max(1.0);
        let behind = 1.0 + levels.enhancement * (detached + subretinal);
        for row in 0..rows {
            let r = row as f32;
            let index = row * columns + x;
            let (taken_from, region, label) = if r >= bruch {
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
            let from = (taken_from.max(0.0) as usize).min(rows - 1);
            let below = region == Anatomy::ChoroidSclera || region == Anatomy::RpeToBruch;
            tissue[index] = source.grey[from * columns + x] * if below { behind } else { 1.0 };
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
    let contrast = source.retina - source.vitreous;
    let texture = Texture::of(source, levels.noise);
    let mut greys = Vec::with_capacity(columns * rows);
    for (index, tissue) in tissue.iter().enumerate() {
        let share = share[index];
        if share < 1e-3 {
            greys.push(*tissue);
            continue;
        }
        let level = filled[index] / share;
        // Speckle grows with the signal.
        let grain = 1.0 + level.clamp(0.0, 1.0) * (source.graininess - 1.0);
        let fluid = source.vitreous + level * contrast + grain * texture.at(index, stream);
        greys.push(tissue * (1.0 - share) + fluid * share);
    }
    let samples = greys.iter().map(|grey| (grey.clamp(0.0, 1.0) * 255.0).round() as u8).collect();
    PhantomBScan { columns, rows, samples: Samples::U8(samples), labels, anatomy }
}

/// Noise around its mean, as the vitreous of the B-scan has it.
struct Texture<'a> {
    source: &'a FluidFreeBScan,
    /// Rows of vitreous in each column, from and to; none where there are too few.
    rows: Vec<Option<(usize, usize)>>,
    noise: f32,
}

impl<'a> Texture<'a> {
    fn of(source: &'a FluidFreeBScan, noise: f32) -> Self {
        let free = source.ilm.iter().fold(f32::INFINITY, |least, row| least.min(*row)) - 8.0;
        let free = free.max(0.0) as usize;
        let rows = |x: usize| {
            let padded = (0..free).rev().find(|row| source.left_out[row * source.columns + x]);
            let from = padded.map_or(0, |row| row + 1);
            (free - from >= ENOUGH_VITREOUS).then_some((from, free))
        };
        Self { source, rows: (0..source.columns).map(rows).collect(), noise }
    }

    fn at(&self, index: usize, stream: &mut Stream) -> f32 {
        let columns = self.source.columns;
        let (row, x) = (index / columns, index % columns);
        let Some((from, to)) = self.rows[x] else { return self.noise * stream.normal() };
        // Up and down again, so that no seam shows.
        let count = to - from;
        let place = row % (2 * count);
        let row = from + if place < count { place } else { 2 * count - 1 - place };
        self.source.grey[row * columns + x] - self.source.vitreous
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
    use super::super::tests::fluid_free;
    use super::*;

    #[test]
    fn padding_lends_no_texture() {
        let whole = fluid_free();
        let padded: Vec<bool> =
            (0..whole.grey.len()).map(|n| n / whole.columns < 60 && n % whole.columns < 128).collect();
        let greys = whole.grey.iter().zip(&padded).map(|(grey, out)| if *out { 0.0 } else { *grey });
        let source = FluidFreeBScan::new(greys.collect(), whole.columns, None, padded).unwrap();
        assert!(
            (source.vitreous - whole.vitreous).abs() < 0.01,
            "{} and {}",
            source.vitreous,
            whole.vitreous
        );
        let texture = Texture::of(&source, 0.0);
        assert!(texture.rows[..128].iter().flatten().all(|(from, _)| *from == 60));
    }
}
