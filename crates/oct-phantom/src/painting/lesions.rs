//! Which fluid is painted: mounds below the retina, cysts in it, and how far
//! both lift what lies above them.

use super::fluid_free::FluidFreeBScan;
use super::surfaces::THINNEST_RETINA;
use super::{AXIAL_UM, LATERAL_UM};
use crate::random::{Noise, Stream};

/// Free rows that a lifted retina keeps above itself.
const HEADROOM: f32 = 6.0;
/// From column to column an RPE that was followed moves by at most this, rows.
const LARGEST_STEP: f32 = 4.0;

/// One cyst, in columns and rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct PaintedCyst {
    pub(super) x: f32,
    /// Place between ILM (0) and RPE (1).
    pub(super) depth: f32,
    pub(super) half: [f32; 2],
    pub(super) level: f32,
    pub(super) lift: f32,
    pub(super) warp: f32,
}

/// Heights a column, in rows.
pub(super) struct Lifts {
    pub(super) detachment: Vec<f32>,
    pub(super) subretinal: Vec<f32>,
    pub(super) swelling: Vec<f32>,
}

/// Adds a mound somewhere to `heights`.
pub(super) fn mound(heights: &mut [f32], stream: &mut Stream, shape: Noise, half: f32, height: f32) {
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

pub(super) fn cysts(stream: &mut Stream, source: &FluidFreeBScan) -> Vec<PaintedCyst> {
    let home = stream.between(0.1, 0.9) * source.columns as f32;
    let spread = stream.log_between(15.0, 130.0);
    let typical = stream.log_between(3.0, 14.0);
    let mut cysts: Vec<PaintedCyst> = Vec::new();
    for _ in 0..stream.log_between(1.0, 28.0) as usize {
        let x = home + spread * stream.normal();
        if x < 0.0 || x >= source.columns as f32 {
            continue;
        }
        let thickness = source.rpe[x as usize] - source.ilm[x as usize];
        if thickness < THINNEST_RETINA {
            continue;
        }
        let across = (typical * (0.6 * stream.normal()).exp()).clamp(1.5, 32.0);
        let tall = across * LATERAL_UM / AXIAL_UM * stream.log_between(0.45, 2.0);
        let cyst = PaintedCyst {
            x,
            depth: stream.between(0.3, 0.85),
            half: [across, tall.clamp(3.0, 0.55 * thickness)],
            level: stream.between(-0.05, 0.3),
            lift: stream.between(0.3, 0.8),
            warp: stream.between(0.05, 0.4),
        };
        // A wall stays between two cysts.
        let apart = |other: &PaintedCyst| {
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

pub(super) fn swell(swelling: &mut [f32], cysts: &[PaintedCyst]) {
    for (x, swelling) in swelling.iter_mut().enumerate() {
        let fourth = |cyst: &PaintedCyst| {
            let q = (x as f32 - cyst.x) / (1.3 * cyst.half[0] + 4.0);
            (2.0 * cyst.half[1] * cyst.lift * (-q * q).exp()).powi(4)
        };
        *swelling = cysts.iter().map(fourth).sum::<f32>().sqrt().sqrt();
    }
}

impl Lifts {
    pub(super) fn total(&self, x: usize) -> f32 {
        self.detachment[x] + self.subretinal[x] + self.swelling[x]
    }

    /// Lowers everything by one factor where the retina would leave the B-scan,
    /// and drops detachments that are then as low as drusen, and what lies
    /// where the RPE was not followed (as at the rim of the disc).
    pub(super) fn keep_in_bscan(&mut self, source: &FluidFreeBScan) {
        let mut factor = 1f32;
        for x in 0..source.columns {
            let room = (source.ilm[x] - HEADROOM).max(0.0);
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
            let rows = &source.rpe[from.saturating_sub(1)..(to + 1).min(source.columns)];
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
pub(super) fn lowest_detachment() -> f32 {
    crate::PED_MIN_HEIGHT_MM * 1000.0 / AXIAL_UM
}

#[cfg(test)]
mod tests {
    use super::super::tests::fluid_free;
    use super::*;

    #[test]
    fn a_lowered_detachment_is_no_drusen() {
        let source = fluid_free();
        let mut lifts =
            Lifts { detachment: vec![60.0; 256], subretinal: vec![200.0; 256], swelling: vec![0.0; 256] };
        lifts.keep_in_bscan(&source);
        let highest = lifts.detachment.iter().copied().fold(0.0, f32::max);
        assert!(highest == 0.0 || highest >= lowest_detachment(), "{highest} rows");
    }
}
